"""Three grids of marks, side of service by side, ready to be compared.

It answers: which sides were marked both as expected and as perceived, on which scale. It
computes no gap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clientlab.practices.codebook import Option
from clientlab.practices.forms import MEASURES
from clientlab.practices.survey import Survey
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text


class Marks(NamedTuple):
    """Three grids as tables of respondents × sides; importance None where it was not asked."""

    sides: tuple[Option, ...]
    expected: np.ndarray
    perceived: np.ndarray
    importance: np.ndarray | None
    ends: tuple[float, float]


def marks_of(
    survey: Survey, expected: str, perceived: str, importance: str | None
) -> Marks | CannotSay:
    """The marks of every side that has both; importance None where the export lacks it.

    Raises
    ------
    InvalidValue
        If a grid is missing in the codebook or has other rows or another scale.
    """
    wanted = dict(zip(MEASURES, (expected, perceived, importance), strict=True))
    grids = {one.id: one for one in survey.codebook.questions if one.type == "grid"}
    for role, id in wanted.items():
        if id is not None and (id not in grids or grids[id].low is None):
            raise InvalidValue(
                f"{role}={id!r} is no grid of scales. The codebook has: "
                f"{', '.join(grids) or 'none'}."
            )
    rows = {id: [row.id for row in grids[id].rows] for id in wanted.values() if id is not None}
    ends = {id: (grids[id].low, grids[id].high) for id in (expected, perceived)}
    for id, own in rows.items():
        if own != rows[expected]:
            raise InvalidValue(
                f"{id!r} has the rows {', '.join(own)} and {expected!r} "
                f"{', '.join(rows[expected])}: a gap needs the same rows in the same order."
            )
    if ends[expected] != ends[perceived]:
        raise InvalidValue(
            f"{expected!r} has the scale {ends[expected][0]:g}–{ends[expected][1]:g} and "
            f"{perceived!r} {ends[perceived][0]:g}–{ends[perceived][1]:g}: marks of two scales "
            "cannot be subtracted."
        )
    if not any(f"{importance}.{row.id}" in survey.answers for row in grids[expected].rows):
        wanted["importance"] = None  # the export does not hold it
    asked = [id for id in wanted.values() if id is not None]
    held = [row for row in grids[expected].rows
            if all(f"{id}.{row.id}" in survey.answers for id in asked)]  # fmt: skip
    if len(held) < 2:
        return _one_side()
    tables = [None if id is None else _table(survey, id, held) for id in wanted.values()]
    low, high = ends[expected]
    return Marks(tuple(held), *tables, (float(low or 0), float(high or 0)))  # type: ignore


def _table(survey: Survey, grid: str, rows: list[Option]) -> np.ndarray:
    given = [survey.answers[f"{grid}.{row.id}"] for row in rows]
    return np.column_stack([np.where(one.inside, one.values, np.nan) for one in given])


def _one_side() -> CannotSay:
    return CannotSay.because(
        Text("Fewer than two sides of service have both marks, expected and perceived: field them "
             "side by side (the form of expectations ships with the kit).",
             "Обе оценки, ожидания и восприятие, есть меньше чем по двум сторонам сервиса: "
             "спрашивайте их рядом (анкета ожиданий есть в наборе).")
    )  # fmt: skip
