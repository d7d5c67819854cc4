"""Any question by any banner, with letters that say which groups are higher.

It answers: who does what, and which differences chance does not explain. Every letter can
be asked why it stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.crosstab_linear import linear_cells
from clientlab.practices.crosstab_notes import notes_of
from clientlab.practices.crosstab_result import Crosstab
from clientlab.practices.crosstab_rows import LETTERS, Rows, joined_letters
from clientlab.practices.crosstab_tests import (
    ADJUSTMENTS,
    ALPHA,
    Banner,
    Cells,
    counted,
    mean_cells,
    overlapping_cells,
    pairs_of,
    share_cells,
)
from clientlab.practices.survey import Survey, joined
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.stats.estimate import checked_level
from clientlab.wording import Text

BANNERS = ("single", "bands", "multi")
CHOICES = (*BANNERS, "ranking")
MEANS = ("scale", "number", "nps")


def crosstab(
    survey: Survey,
    question: str | Sequence[str] | None,
    by: str | Sequence[str] | None,
    *,
    adjust: str | None = "holm",
    min_base: int = 10,
    level: float = 0.95,
) -> Crosstab | CannotSay:
    """One or more questions by one or more banners.

    Parameters
    ----------
    survey : Survey
    question, by : str, sequence of str or None
        A banner is a single choice, ordered ranges or a multi-select, whose groups then
        overlap. A scale, a number and NPS have one row, their mean or score; of a ranking
        the shares are of first places.
    adjust : {"holm", "bh", "bonferroni", None}
        Correction over all pairs of one banner within one option row.
    min_base : int
        Groups with a smaller effective base are shown and not tested.
    level : float
        Of the intervals.

    Returns
    -------
    Crosstab
        `frame`: ``question, banner, option, label_en, label_ru, group, letter, letters,
        count, estimate, low, high, base, effective_base, mark``; a row for each cell.
        ``letter`` names the group (A, B, C… in the order of the codebook), ``letters``
        lists the groups it is higher than, ``mark`` is "grey" (not tested), "small"
        (effective base under 30) or "".

    Raises
    ------
    InvalidValue
        If there is no such question, a banner is no choice, or rows are no respondents.

    Notes
    -----
    Without weights and clusters: score test of two shares with the pooled share; Fisher's
    exact test where a base is under 30; where respondents are in both groups, with their
    covariance; Welch's test of means. With weights or clusters: t of the linearised
    difference (`crosstab_linear.linear_cells`). Two-sided at 0.05 after correction.

    Examples
    --------
    >>> from clientlab.demo import demo_survey
    >>> found = crosstab(demo_survey(), "upsell_ways", "role_model")
    >>> row = found.frame.query("option == 'salesperson' and group == 'three_roles'")
    >>> row[["letter", "letters"]].values.tolist()
    [['C', 'AB']]
    """
    joined(survey, "A crosstab")
    checked_level(level)
    if adjust is not None and adjust not in ADJUSTMENTS:
        raise InvalidValue(f"adjust={adjust!r} is not known; use {', '.join(ADJUSTMENTS)} or None.")
    if question is None or by is None:
        return survey.no_question()
    questions = [question] if isinstance(question, str) else list(question)
    banners = [_banner(survey, name) for name in ([by] if isinstance(by, str) else by)]
    for part in (*(survey.given(name) for name in questions), *banners):
        if isinstance(part, CannotSay):
            return part
    groups = [one for one in banners if isinstance(one, Banner)]
    base = _base(survey, questions, groups)
    if not base:
        return _nobody(survey, questions, groups)
    tables = _tables(survey, questions, groups, level, min_base, adjust)
    frame = pd.concat([part.frame() for part in tables], ignore_index=True)
    return Crosstab(
        frame, survey.provenance(base), notes_of(tables, min_base, adjust),
        tables=tuple(tables), adjust=adjust, min_base=min_base, survey=survey,
    )  # fmt: skip


def _nobody(survey: Survey, questions: list[str], banners: list[Banner]) -> CannotSay:
    names = [*questions, *(banner.question for banner in banners)]
    asked = [survey.codebook[name].text for name in names]
    en, ru = ("; ".join(f"«{text.in_language(lang)}»" for text in asked) for lang in ("en", "ru"))
    nobody = Text(f"Nobody answered both: {en}.", f"Никто не ответил на оба вопроса: {ru}.")
    return CannotSay.because(nobody, survey.provenance(0))


def _base(survey: Survey, questions: list[str], banners: Sequence[Banner]) -> int:
    """Who answered one of the questions and is in a group."""
    answered, there = np.zeros((2, len(survey)), bool)
    for name in questions:
        answered |= survey.answers[name].inside
        if answered.all():
            break
    for banner in banners:
        there |= banner.anywhere()
    return int((answered & there).sum())


def _banner(survey: Survey, name: str) -> Banner | CannotSay:
    given = survey.given(name)
    if isinstance(given, CannotSay):
        return given
    if given.question.type not in BANNERS:
        raise InvalidValue(
            f"{name!r} is of type {given.question.type!r}: a banner is a single choice, ranges or "
            "a multi-select."
        )
    names = [option.id for option in given.question.choices]
    if given.question.type == "multi":
        member = (given.values == 1) & given.inside[:, None]
        used = member.any(axis=0)
        return Banner(
            name, [n for n, use in zip(names, used, strict=True) if use], None, member[:, used]
        )
    codes = np.where(given.inside, given.values, -1).astype(np.int64)
    used = np.bincount(codes[codes >= 0], minlength=len(names)) > 0
    new = np.append(np.where(used, np.cumsum(used) - 1, -1), -1)
    return Banner(name, [n for n, use in zip(names, used, strict=True) if use], new[codes], None)


def _tables(
    survey: Survey,
    questions: list[str],
    banners: list[Banner],
    level: float,
    min_base: int,
    adjust: str | None,
) -> list[Rows]:
    """Options of all questions under each other, so that each banner is tested at once."""
    answers = [survey.answers[name] for name in questions]
    for one in answers:
        if one.question.type not in (*CHOICES, *MEANS):
            raise InvalidValue(
                f"{one.question.id!r} is of type {one.question.type!r}: it has no crosstab."
            )
    choices = [one for one in answers if one.question.type in CHOICES]
    counts = counted(choices, banners) if survey.is_simple and choices else {}
    tables = []
    for n, banner in enumerate(banners):
        parts: list[tuple[Any, Cells]] = []
        if survey.is_simple and banner.codes is not None and choices:
            hits, bases = (np.concatenate([counts[q, n][side] for q in range(len(choices))])
                           for side in (0, 1))  # fmt: skip
            parts.append((choices, share_cells(hits, bases, level, min_base)))
        elif survey.is_simple:
            parts += [([one], overlapping_cells(one, banner, level, min_base)) for one in choices]
        else:
            parts += [
                ([one], linear_cells(survey, one, banner, level, min_base)) for one in choices
            ]
        for one in answers:
            if one.question.type in MEANS:
                plain = survey.is_simple and banner.codes is not None
                made = (mean_cells(one, banner, level, min_base) if plain
                        else linear_cells(survey, one, banner, level, min_base))  # fmt: skip
                parts.append(([one], made))
        tables += [_table(survey, banner, ones, cells, adjust, min_base) for ones, cells in parts]
    return tables


def _table(
    survey: Survey,
    banner: Banner,
    answers: Sequence[Any],
    cells: Cells,
    adjust: str | None,
    min_base: int,
) -> Rows:
    questions, options, labels = [], [], []
    for one in answers:
        if one.question.type in MEANS:
            name = "nps" if one.question.type == "nps" else "mean"
            rows = [(name, Text("NPS", "NPS") if name == "nps" else Text("mean", "среднее"))]
        else:
            rows = [(option.id, option.text) for option in one.question.choices]
        questions += [one.question.id] * len(rows)
        options += [id for id, _ in rows]
        labels += [label for _, label in rows]
    p = cells.p_value
    adjusted = proportions.adjust(p, adjust) if adjust and p.size else p
    given = survey.codebook[banner.question]
    return Rows(banner, [given.option(name).text for name in banner.names], questions, options,
                  labels, cells, adjusted, _letters(cells, adjusted), min_base)  # fmt: skip


def _letters(cells: Cells, adjusted: np.ndarray) -> np.ndarray:
    """The groups each cell is higher than."""
    rows, groups = cells.estimate.shape
    if groups > len(LETTERS):
        raise InvalidValue(f"A banner of {groups} groups has no letters; put options together.")
    found = np.full((rows, groups), "", object)
    pairs = pairs_of(groups)
    higher: dict[tuple[int, int], list[int]] = {}
    for row, pair in zip(*np.nonzero(adjusted < ALPHA), strict=True):
        a, b = pairs[pair]
        up, down = (a, b) if cells.estimate[row, a] > cells.estimate[row, b] else (b, a)
        higher.setdefault((row, up), []).append(down)
    for place, others in higher.items():
        found[place] = joined_letters([LETTERS[other] for other in sorted(others)], groups)
    return found
