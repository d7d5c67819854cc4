"""What stands in the columns of one question: distinct texts, and who wrote which.

It answers: which cells are empty, which mean 'no answer', which are words of one's own.
A million answers have a dozen texts, so texts are read once each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Question
from clientlab.practices.packed import is_other, without_other
from clientlab.practices.ticks import NOT_TICKED, TICKED
from clientlab.values import EMPTY

_WHOLE = re.compile(r"(0|[1-9]\d*)\.0")  # as pandas writes a column with gaps


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of an export that belong to one question, as text; empty is ''.

    Attributes
    ----------
    whole : Series or None
        The column of the question itself.
    parts : mapping of option to Series
        A column for each option.
    ranked : list of Series
        A column for each rank: the option that stands first, second …
    other : Series or None
        The column of its 'other' texts.
    """

    whole: pd.Series | None = None
    parts: Mapping[str, pd.Series] = field(default_factory=dict)
    ranked: tuple[pd.Series, ...] = ()
    other: pd.Series | None = None


def distinct(column: pd.Series | None, question: Question) -> tuple[np.ndarray, list[str]]:
    """Where each row's text is among the distinct ones, −1 if it is empty or missing."""
    if column is None:
        return np.empty(0, int), []
    codes, unique = pd.factorize(column)
    shown = [as_text(value) for value in unique]
    if question.type != "text":
        shown = [_WHOLE.sub(r"\1", text) if _WHOLE.fullmatch(text) else text for text in shown]
    missing = {text.casefold() for text in question.missing}
    # 'none' is an empty cell, unless it is the name of an option.
    named = {name.casefold() for option in question.choices for name in option.names}
    empty = np.array([(low := text.casefold()) in missing or (low in EMPTY and low not in named)
                      for text in shown] + [True])  # fmt: skip
    shown = ["" if gone else text for gone, text in zip(empty[:-1], shown, strict=True)]
    return np.where(empty[codes], -1, codes), shown


def as_text(value: Any) -> str:
    """A cell as it was typed: whole numbers without decimals."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))  # Excel and SPSS keep whole numbers with a decimal
    return str(value).strip()


def said_missing(column: pd.Series | None, question: Question) -> np.ndarray:
    """Which cells hold a code or a word that stands for 'no answer'."""
    missing = {text.casefold() for text in question.missing}
    if column is None or not missing:
        return np.zeros(0 if column is None else len(column), bool)
    return np.array([as_text(value).casefold() in missing for value in column], bool)


def own_words(
    question: Question, columns: Columns, strange: Mapping[int, str], rows: int
) -> dict[int, str]:
    """Texts of those who wrote an answer of their own."""
    if not question.has_other:
        return {}
    found = {int(row): without_other(text) for row, text in strange.items()
             if question.other or is_other(text)}  # fmt: skip
    if columns.other is not None:
        codes, unique = distinct(columns.other, question)
        for row in np.flatnonzero(codes >= 0):
            text = unique[codes[row]]
            if text.casefold() not in TICKED | NOT_TICKED:
                found[int(row)] = without_other(text)
            elif text.casefold() in TICKED:
                found.setdefault(int(row), "")
    return dict(sorted(found.items()))
