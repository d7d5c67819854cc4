"""How the answers to each type of question are read and kept.

It answers: what did every respondent say to one question, who was asked, who answered.
A type is a function in `QUESTION_TYPES`: columns of text in, `Answers` out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.codebook import OTHER, Question, matched, places
from clientlab.practices.packed import split_cell, without_other
from clientlab.values import EMPTY, NO, YES, numbers

TICKED = YES | {"выбрано", "отмечено", "checked", "selected", "ticked", "1.0"}
NOT_TICKED = NO | {"не выбрано", "не отмечено", "unchecked", "not selected", "0.0"}
_LEADING = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:[-–—.:)(=]|\s).*", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to one question.

    Attributes
    ----------
    question : Question
    values : ndarray
        By respondent: place of the option (−1: none) of a single choice; 1, 0 and −1 (not
        known) by option of a multi-select; the number of a scale; the rank by option, NaN
        where not ranked; the text.
    answered : ndarray of bool
    asked : ndarray of bool
    other : mapping of row to text
        What was written instead of an option.
    unread : mapping of row to text
        What fits no option and no rule; counted as not answered.
    cannot_tell_none : bool
        The export writes nothing both for 'ticked nothing' and for 'did not answer'.
    """

    question: Question
    values: np.ndarray
    answered: np.ndarray
    asked: np.ndarray
    other: Mapping[int, str] = field(default_factory=dict)
    unread: Mapping[int, str] = field(default_factory=dict)
    cannot_tell_none: bool = False

    @property
    def inside(self) -> np.ndarray:
        """Who was asked and answered: the base of every share."""
        return self.asked & self.answered

    def of(self, rows: np.ndarray) -> Answers:
        """The answers of some respondents, by place."""
        new = {int(old): number for number, old in enumerate(rows)}
        kept = ({new[row]: text for row, text in texts.items() if row in new}
                for texts in (self.other, self.unread))  # fmt: skip
        other, unread = kept
        return replace(
            self, values=self.values[rows], answered=self.answered[rows], asked=self.asked[rows],
            other=other, unread=unread,
        )  # fmt: skip

    def hits(self, option: int) -> np.ndarray:
        """Who gave this option, by its place."""
        values = self.values if self.values.ndim == 1 else self.values[:, option]
        wanted = option if self.values.ndim == 1 else 1
        return values == wanted


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


def read_answers(question: Question, columns: Columns, rows: int) -> Answers:
    """Read one question; everybody is taken to have been asked.

    Parameters
    ----------
    question : Question
    columns : Columns
    rows : int
        Respondents.

    Returns
    -------
    Answers
    """
    return QUESTION_TYPES[question.type](question, columns, np.ones(rows, bool))


def _single(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    names = places(question.choices)
    codes, unique = _distinct(columns.whole, question)
    found = np.array([matched(names, text) for text in unique] + [-1], np.int16)
    values = found[codes]
    strange = {row: unique[codes[row]] for row in np.flatnonzero((values < 0) & (codes >= 0))}
    other = _others(question, columns, strange, len(asked))
    if question.other:
        where = next(n for n, option in enumerate(question.choices) if option.id == OTHER)
        values = values.copy()
        values[[row for row in other if values[row] < 0]] = where
        strange = {}
    return Answers(question, values, values >= 0, asked, other, strange)


def _multi(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    if columns.parts:
        return _multi_by_column(question, columns, asked)
    choices = question.choices
    values = np.zeros((len(asked), len(choices)), np.int8, order="F")
    names = {name.casefold().strip(): place for place, option in enumerate(choices)
             for name in option.names}  # fmt: skip
    codes, unique = _distinct(columns.whole, question)
    split = [split_cell(text, names) for text in unique]
    strange: dict[int, str] = {}
    for row in np.flatnonzero(codes >= 0):
        found, left = split[codes[row]]
        values[row, found] = 1
        if left:
            strange[int(row)] = "; ".join(left)
    given = codes >= 0
    other = _others(question, columns, strange, len(asked))
    if question.other:
        where = next(n for n, option in enumerate(choices) if option.id == OTHER)
        values[list(other), where] = 1
        strange = {}
    # An empty cell: where 'none of these' can be ticked it is no answer, else it may be one.
    tells = any(option.exclusive for option in choices)
    unread_only = np.zeros(len(asked), bool)
    unread_only[[row for row in strange if not values[row].any()]] = True
    answered = (given | ~np.bool_(tells)) & ~unread_only & ~_said_missing(columns.whole, question)
    values[~answered] = -1
    return Answers(question, values, answered, asked, other, strange, not tells)


def _multi_by_column(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    choices, rows = question.choices, len(asked)
    values = np.full((rows, len(choices)), -1, np.int8, order="F")
    strange: dict[int, str] = {}
    for place, option in enumerate(choices):
        column = columns.parts.get(option.id)
        if column is None:
            continue
        names = {name.casefold().strip() for name in option.names}
        codes, unique = _distinct(column, question)
        told = np.array([_ticked(text, names) for text in unique] + [-1], np.int8)
        values[:, place] = told[codes]
        for row in np.flatnonzero((codes >= 0) & (told[codes] == -2)):
            strange[int(row)] = unique[codes[row]]
    values[values == -2] = -1
    other = _others(question, columns, {}, rows)
    if question.other and other:
        where = next(n for n, option in enumerate(choices) if option.id == OTHER)
        values[list(other), where] = 1
    tells = (values == 0).any() or any(option.exclusive for option in choices)
    if not (values == 0).any():  # only ticks are written: what is empty was not ticked
        answered = (values == 1).any(axis=1) | ~np.bool_(tells)
        values[answered[:, None] & (values < 0)] = 0
    else:
        answered = (values >= 0).any(axis=1)
        if question.other:
            where = next(n for n, option in enumerate(choices) if option.id == OTHER)
            column = values[:, where]
            column[answered & (column < 0)] = 0
    return Answers(question, values, answered, asked, other, strange, not tells)


def _ticked(text: str, names: set[str]) -> int:
    low = text.casefold()
    if low in TICKED or low in names:
        return 1
    return 0 if low in NOT_TICKED else -2


def _number(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    codes, unique = _distinct(columns.whole, question)
    cut = [hit[1] if (hit := _LEADING.fullmatch(text)) and question.type != "number" else text
           for text in unique]  # fmt: skip
    ends = {anchor.casefold(): end for pair, end in
            zip(question.anchors, (question.low, question.high), strict=False)
            for anchor in pair}  # fmt: skip
    cut = [str(ends.get(text.casefold(), text)) for text in cut]
    read = numbers(pd.Series(cut, dtype=object)).values.to_numpy(float) if cut else np.empty(0)
    low, high = (0.0, 10.0) if question.type == "nps" else (question.low, question.high)
    inside = ~np.isnan(read)
    inside &= (read >= (-np.inf if low is None else low)) & (
        read <= (np.inf if high is None else high))  # fmt: skip
    if question.type != "number":
        inside &= read % 1 == 0
    values = np.append(np.where(inside, read, np.nan), np.nan)[codes]
    strange = {int(row): unique[codes[row]]
               for row in np.flatnonzero((codes >= 0) & np.isnan(values))}  # fmt: skip
    return Answers(question, values, ~np.isnan(values), asked, {}, strange)


def _ranking(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    choices, rows = question.choices, len(asked)
    values, strange = np.full((rows, len(choices)), np.nan), {}
    if columns.parts:
        for place, option in enumerate(choices):
            if option.id in columns.parts:
                read = numbers(columns.parts[option.id].where(
                    ~_said_missing(columns.parts[option.id], question), ""))  # fmt: skip
                values[:, place] = read.values.to_numpy(float)
                strange |= {int(row): str(columns.parts[option.id].iloc[row])
                            for row in np.flatnonzero(read.unread)}  # fmt: skip
    elif columns.ranked:
        names = places(choices)
        for rank, column in enumerate(columns.ranked, start=1):
            codes, unique = _distinct(column, question)
            found = np.array([matched(names, text) for text in unique] + [-1])[codes]
            known = np.flatnonzero(found >= 0)
            values[known, found[known]] = rank
            strange |= {int(row): unique[codes[row]]
                        for row in np.flatnonzero((codes >= 0) & (found < 0))}  # fmt: skip
    else:
        names = {name.casefold().strip(): place for place, option in enumerate(choices)
                 for name in option.names}  # fmt: skip
        codes, unique = _distinct(columns.whole, question)
        split = [split_cell(text, names) for text in unique]
        for row in np.flatnonzero(codes >= 0):
            found, left = split[codes[row]]
            values[row, found] = np.arange(1, len(found) + 1)
            if left:
                strange[int(row)] = "; ".join(left)
    return Answers(question, values, ~np.isnan(values).all(axis=1), asked, {}, strange)


def _open(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    codes, unique = _distinct(columns.whole, question)
    values = np.array([*unique, ""], dtype=object)[codes]
    return Answers(question, values, codes >= 0, asked)


QUESTION_TYPES: dict[str, Callable[[Question, Columns, np.ndarray], Answers]] = {
    "single": _single, "bands": _single, "multi": _multi, "scale": _number, "nps": _number,
    "number": _number, "ranking": _ranking, "text": _open,
}  # fmt: skip


def _distinct(column: pd.Series | None, question: Question) -> tuple[np.ndarray, list[str]]:
    """Where each row's text is among the distinct ones, −1 if it is empty or missing."""
    if column is None:
        return np.empty(0, int), []
    codes, unique = pd.factorize(column)
    shown = [_as_text(value) for value in unique]
    missing = {text.casefold() for text in question.missing}
    # 'none' is an empty cell, unless it is the name of an option.
    named = {name.casefold() for option in question.choices for name in option.names}
    empty = np.array([(low := text.casefold()) in missing or (low in EMPTY and low not in named)
                      for text in shown] + [True])  # fmt: skip
    return np.where(empty[codes], -1, codes), shown


def _as_text(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))  # Excel and SPSS keep whole numbers with a decimal
    return str(value).strip()


def _said_missing(column: pd.Series | None, question: Question) -> np.ndarray:
    missing = {text.casefold() for text in question.missing}
    if column is None or not missing:
        return np.zeros(0 if column is None else len(column), bool)
    return np.array([_as_text(value).casefold() in missing for value in column], bool)


def _others(
    question: Question, columns: Columns, strange: Mapping[int, str], rows: int
) -> dict[int, str]:
    """Texts of those who wrote an answer of their own."""
    if not question.other:
        return {}
    found = {int(row): without_other(text) or text for row, text in strange.items()}
    if columns.other is not None:
        codes, unique = _distinct(columns.other, question)
        for row in np.flatnonzero(codes >= 0):
            text = unique[codes[row]]
            if text.casefold() not in TICKED | NOT_TICKED:
                found[int(row)] = without_other(text) or text
            elif text.casefold() in TICKED:
                found.setdefault(int(row), "")
    return dict(sorted(found.items()))
