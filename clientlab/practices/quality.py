"""Respondents whose answers are doubtful; flagged, never dropped.

It answers: who answered twice, who gave the same mark to everything, who was too quick,
who contradicts what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.questions import Answers
from clientlab.values import numbers

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?")
FLAGS = {
    "duplicate": "they repeat all answers (or the identifier) of an earlier one",
    "straight_liner": "they gave one mark to every row of a grid",
    "speeder": "they took less than a third of the median time",
    "impossible": "an answer lies outside of what was possible",
    "contradiction": "they ticked an option that excludes all others, and another",
    "not_asked": "they answered a question that was not put to them",
    "empty": "they gave no answer at all",
}
ENOUGH = 5  # answers that must be equal before two respondents are taken for one
GRID_ROWS = 4  # rows of a grid under which equal marks mean nothing
QUICK = 1 / 3  # of the median time


def flags_of(
    answers: Mapping[str, Answers], rows: int, respondent: Any = None, seconds: Any = None
) -> pd.DataFrame:
    """Flags of every respondent.

    Parameters
    ----------
    answers : mapping of question to Answers
    rows : int
    respondent, seconds : Series, optional
        Identifier, and how long the answering took.

    Returns
    -------
    DataFrame of bool, columns `FLAGS`
    """
    flags = pd.DataFrame(False, index=range(rows), columns=list(FLAGS))
    if not rows:
        return flags
    flags["empty"] = silent(answers, rows)
    flags["duplicate"] = _duplicates(answers, rows)
    if respondent is not None:
        told = respondent.reset_index(drop=True)
        given = told.notna() & (told.astype(str).str.strip() != "")
        flags["duplicate"] |= (told.duplicated() & given).to_numpy(bool)
    flags["straight_liner"] = _straight(answers, rows)
    if seconds is not None:
        took = seconds_of(seconds)
        known = took[~np.isnan(took)]
        flags["speeder"] = took < QUICK * np.median(known) if len(known) else False
    for one in answers.values():
        flags.loc[list(one.unread), "impossible"] = True
        flags["not_asked"] |= ~one.asked & one.said_something
        if one.question.type == "multi":
            flags["contradiction"] |= _contradicts(one)
    return flags


def silent(answers: Mapping[str, Answers], rows: int) -> np.ndarray:
    """Who said nothing to anything; of a single question nobody can tell.

    Parameters
    ----------
    answers : mapping of question to Answers
    rows : int

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    if len(answers) < 2:
        return np.zeros(rows, bool)
    spoke = [one.said_something | np.isin(np.arange(rows), [*one.unread, *one.other])
             for one in answers.values()]  # fmt: skip
    return ~np.any(spoke, axis=0)


def seconds_of(column: pd.Series) -> np.ndarray:
    """How long the answering took: seconds, '4:10' or '0:04:10'; NaN where it is neither.

    Examples
    --------
    >>> seconds_of(pd.Series(["4:10", "0:00:20", "95,5", "?"])).tolist()
    [250.0, 20.0, 95.5, nan]
    """
    if pd.api.types.is_timedelta64_dtype(column):
        return column.dt.total_seconds().to_numpy(float)
    text = column.astype(object).where(column.notna(), "").map(lambda value: str(value).strip())
    clock = text.map(_CLOCK.fullmatch)
    read = numbers(text.mask(clock.notna(), "")).values.to_numpy(float, copy=True)
    for row, found in enumerate(clock):
        if found:
            hours, minutes, rest = (int(part or 0) for part in found.groups())
            read[row] = 3600 * hours + 60 * minutes + rest
    return read


def _duplicates(answers: Mapping[str, Answers], rows: int) -> np.ndarray:
    columns = [values for one in answers.values() if one.question.type != "text"
               for values in (one.values.T if one.values.ndim > 1 else [one.values])]  # fmt: skip
    if not columns:
        return np.zeros(rows, bool)
    given = sum(one.said_something for one in answers.values())
    # Open texts are compared too: two people seldom write the same.
    texts = [pd.factorize(one.values)[0] for one in answers.values() if one.question.type == "text"]
    frame = pd.DataFrame({n: column for n, column in enumerate([*columns, *texts])})
    many = len(columns) + len(texts) >= 3 * ENOUGH  # few columns are alike by chance
    return frame.duplicated().to_numpy() & (np.asarray(given) >= ENOUGH) & many


def _straight(answers: Mapping[str, Answers], rows: int) -> np.ndarray:
    grids: dict[str, list[np.ndarray]] = {}
    for one in answers.values():
        if one.question.grid:
            values = np.where(one.answered, one.values.astype(float), np.nan)
            grids.setdefault(one.question.grid, []).append(values)
    found = np.zeros(rows, bool)
    for columns in grids.values():
        if len(columns) >= GRID_ROWS:
            marks = np.array(columns)
            found |= ~np.isnan(marks).any(axis=0) & (marks == marks[0]).all(axis=0)
    return found


def _contradicts(one: Answers) -> np.ndarray:
    alone = np.array([option.exclusive for option in one.question.choices])
    ticked = one.values == 1
    return ticked[:, alone].any(axis=1) & (ticked.sum(axis=1) > 1)
