"""How the answers to each type of question are read and kept.

It answers: what did every respondent say to one question, who was asked, who answered.
A type is a function in `QUESTION_TYPES`: columns of text in, `Answers` out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from clientlab.practices.cells import Columns, distinct, own_words, said_missing
from clientlab.practices.codebook import OTHER, Question, matched, places
from clientlab.practices.packed import folded, split_cell
from clientlab.practices.ticks import UNREAD, readings
from clientlab.values import numbers

# '5 – very good' is 5, LimeSurvey's A5 is 5; '7.5', '3–4' and '5 10' are no mark.
_LEADING = re.compile(
    r"(?:AO?0*(?=\d+$))?(-?\d+)(?:\s*[-–—.:)(=](?!\s*\d)|\s+(?!\d)|$).*", re.DOTALL
)


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
    remarks : tuple of str
        What was guessed about its columns, and which of them the export lacks.
    """

    question: Question
    values: np.ndarray
    answered: np.ndarray
    asked: np.ndarray
    other: Mapping[int, str] = field(default_factory=dict)
    unread: Mapping[int, str] = field(default_factory=dict)
    cannot_tell_none: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def said_something(self) -> np.ndarray:
        """Answered with more than an empty cell."""
        if self.question.type != "multi":
            return self.answered
        return self.answered & (self.values == 1).any(axis=1)

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
    codes, unique = distinct(columns.whole, question)
    found = np.array([matched(names, text) for text in unique] + [-1], np.int16)
    values = found[codes]
    strange = {int(row): unique[codes[row]] for row in np.flatnonzero((values < 0) & (codes >= 0))}
    other = own_words(question, columns, strange, len(asked))
    if other:
        values = values.copy()
        values[[row for row in other if values[row] < 0]] = _place_of_other(question)
        strange = {row: text for row, text in strange.items() if row not in other}
    return Answers(question, values, values >= 0, asked, other, strange)


def _multi(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    if columns.parts:
        return _multi_by_column(question, columns, asked)
    choices = question.choices
    values = np.zeros((len(asked), len(choices)), np.int8, order="F")
    names = places(choices)
    codes, unique = distinct(columns.whole, question)
    split = [split_cell(text, names) for text in unique]
    strange: dict[int, str] = {}
    for row in np.flatnonzero(codes >= 0):
        found, left = split[codes[row]]
        values[row, found] = 1
        if left:
            strange[int(row)] = "; ".join(left)
    given = codes >= 0
    other = own_words(question, columns, strange, len(asked))
    if other:
        values[list(other), _place_of_other(question)] = 1
        strange = {row: text for row, text in strange.items() if row not in other}
    # An empty cell: where 'none of these' can be ticked it is no answer, else it may be one.
    tells = any(option.exclusive for option in choices)
    unread_only = np.zeros(len(asked), bool)
    unread_only[[row for row in strange if not values[row].any()]] = True
    ticked = (values == 1).any(axis=1)
    answered = (given | ticked | ~np.bool_(tells)) & ~unread_only
    answered &= ~said_missing(columns.whole, question)
    values[~answered] = -1
    return Answers(question, values, answered, asked, other, strange, not tells)


def _multi_by_column(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    choices, rows = question.choices, len(asked)
    values = np.full((rows, len(choices)), -1, np.int8, order="F")
    given = {place: distinct(columns.parts[option.id], question)
             for place, option in enumerate(choices)
             if option.id in columns.parts and option.id != OTHER}  # fmt: skip
    meaning, guessed = readings(choices, {place: texts for place, (_, texts) in given.items()})
    strange: dict[int, str] = {}
    for place, (codes, unique) in given.items():
        told = np.array([*meaning[place], -1], np.int8)[codes]
        values[:, place] = told
        for row in np.flatnonzero(told == UNREAD):
            strange[int(row)] = "; ".join(filter(None, (strange.get(row), unique[codes[row]])))
    other = own_words(question, columns, {}, rows)
    tells = (values == 0).any() or any(option.exclusive for option in choices)
    ticked = (values == 1).any(axis=1)
    ticked[list(other)] = True
    if not (values == 0).any():  # only ticks are written: what is empty was not ticked
        answered = (ticked | ~np.bool_(tells)) & ~_only_unread(strange, ticked)
        for place in given:
            values[answered & (values[:, place] == -1), place] = 0
    else:
        answered = (values >= 0).any(axis=1) | ticked
    values[values == UNREAD] = -1
    if question.has_other and (columns.other is not None or question.other):
        place = _place_of_other(question)
        values[answered, place] = 0
        values[list(other), place] = 1
    lacking = [option.id for place, option in enumerate(choices)
               if place not in given and option.id != OTHER]  # fmt: skip
    remarks = []
    if lacking:
        remarks.append(f"no column for {', '.join(lacking)}: not known of anybody.")
    if guessed:
        remarks.append("its columns hold 1 and 2: read as ticked and not ticked.")
    return Answers(question, values, answered, asked, other, strange, not tells, tuple(remarks))


def _only_unread(strange: Mapping[int, str], ticked: np.ndarray) -> np.ndarray:
    found = np.zeros(len(ticked), bool)
    found[list(strange)] = True
    return found & ~ticked


def _place_of_other(question: Question) -> int:
    return next(n for n, option in enumerate(question.choices) if option.id == OTHER)


def _number(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    codes, unique = distinct(columns.whole, question)
    cut = [hit[1] if (hit := _LEADING.fullmatch(text)) and question.type != "number" else text
           for text in unique]  # fmt: skip
    words = {folded(word): point for point, pair in question.points.items() for word in pair}
    cut = [str(words.get(folded(text), text)) for text in cut]
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
                    ~said_missing(columns.parts[option.id], question), ""))  # fmt: skip
                values[:, place] = read.values.to_numpy(float)
                strange |= {int(row): str(columns.parts[option.id].iloc[row])
                            for row in np.flatnonzero(read.unread)}  # fmt: skip
    elif columns.ranked:
        names = places(choices)
        for rank, column in enumerate(columns.ranked, start=1):
            codes, unique = distinct(column, question)
            found = np.array([matched(names, text) for text in unique] + [-1])[codes]
            known = np.flatnonzero(found >= 0)
            values[known, found[known]] = rank
            strange |= {int(row): unique[codes[row]]
                        for row in np.flatnonzero((codes >= 0) & (found < 0))}  # fmt: skip
    else:
        names = places(choices)
        codes, unique = distinct(columns.whole, question)
        split = [split_cell(text, names) for text in unique]
        for row in np.flatnonzero(codes >= 0):
            found, left = split[codes[row]]
            values[row, found] = np.arange(1, len(found) + 1)
            if left:
                strange[int(row)] = "; ".join(left)
    return Answers(question, values, ~np.isnan(values).all(axis=1), asked, {}, strange)


def _open(question: Question, columns: Columns, asked: np.ndarray) -> Answers:
    codes, unique = distinct(columns.whole, question)
    values = np.array([*unique, ""], dtype=object)[codes]
    return Answers(question, values, codes >= 0, asked)


QUESTION_TYPES: dict[str, Callable[[Question, Columns, np.ndarray], Answers]] = {
    "single": _single, "bands": _single, "multi": _multi, "scale": _number, "nps": _number,
    "number": _number, "ranking": _ranking, "text": _open,
}  # fmt: skip
