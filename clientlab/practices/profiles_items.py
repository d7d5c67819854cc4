"""Answers as the items that types are made of.

It answers: which options vary enough to tell types apart, and what each is called.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Option
from clientlab.practices.drivers_columns import counted_once, quoted
from clientlab.practices.profiles_mixture import Items
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey
from clientlab.wording import Text

DIFFER = 5  # who must answer otherwise than most, before an option counts


def items_of(
    survey: Survey, given: list[Answers]
) -> tuple[np.ndarray, Items, pd.DataFrame, list[Text]]:
    """Answers as codes of those who answered any, and what each code of an item is called."""
    inside = np.any([one.inside for one in given], axis=0)
    weights = np.ones(len(survey)) if survey.weights is None else survey.weights
    rows = np.flatnonzero(inside & (weights > 0))
    codes, answers, texts, labels, rare, copies = [], [], [], [], [], []
    for one in given:
        for kept, column, count, options in _columns(one, rows):
            if not kept:
                rare += [option.text for option in options]
                continue
            twin = next((n for n, other in enumerate(codes) if _alike(column, other)), None)
            if twin is not None and count == answers[twin] == 2:
                copies.append(counted_once(options[-1].text, texts[twin]))
                continue
            texts.append(options[-1].text)
            first = 1 if one.question.type == "multi" else 0
            labels += [(len(codes), first + place, one.question.id, option.id, option.text.en,
                        option.text.ru) for place, option in enumerate(options)]  # fmt: skip
            codes.append(column)
            answers.append(count)
    names = ["item", "code", "question", "option", "label_en", "label_ru"]
    table = np.column_stack(codes) if codes else np.empty((len(rows), 0))
    weight = weights[rows] / weights[rows].mean() if len(rows) else np.empty(0)
    items = Items(table, np.array(answers, int), weight)
    notes = []
    if rare:
        told = quoted(rare)
        notes.append(
            Text(
                f"Left out, as fewer than {DIFFER} answer otherwise than the rest: {told.en}.",
                f"Не вошли, потому что иначе остальных отвечают меньше {DIFFER}: {told.ru}.",
            )
        )
    return rows, items, pd.DataFrame(labels, columns=names), [*notes, *copies]


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two ticks are given by the same respondents, or one exactly by the others."""
    return any(np.array_equal(one, turned, equal_nan=True) for turned in (other, 1 - other))


def _columns(
    one: Answers, rows: np.ndarray
) -> Iterator[tuple[bool, np.ndarray, int, tuple[Option, ...]]]:
    """Items of a question: an item for each option of a multi-select, or one in all."""
    inside, choices = one.inside[rows], one.question.choices
    if one.question.type != "multi":
        codes = np.where(inside & (one.values[rows] >= 0), one.values[rows], np.nan).astype(float)
        counts = np.bincount(codes[~np.isnan(codes)].astype(int), minlength=len(choices))
        yield bool(counts.sum() - counts.max(initial=0) >= DIFFER), codes, len(choices), choices
        return
    for place, option in enumerate(choices):
        if option.exclusive or option.id == "other":
            continue
        values = one.values[rows, place]
        codes = np.where(inside & (values >= 0), values, np.nan).astype(float)
        ticks, others = (codes == 1).sum(), (codes == 0).sum()
        yield bool(min(ticks, others) >= DIFFER), codes, 2, (option,)
