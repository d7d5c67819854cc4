"""What clients get less what they expect, weighted by what matters to each of them.

It answers: on which side of service do we fall short, where does it matter, where to act
first. Several people of one client count as a cluster; what cannot be told apart is said.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Option
from clientlab.practices.forms import MEASURES, absent
from clientlab.practices.gaps_result import Gaps
from clientlab.practices.survey import Survey, joined
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import design, proportions, ranking_means
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, plural

FEWEST, GROUPS = 10, 5  # respondents and clients under which nothing is told


def gaps(
    survey: Survey | CannotSay | None,
    *,
    expected: str | None = "expected",
    perceived: str | None = "perceived",
    importance: str | None = "importance",
    level: float = 0.95,
) -> Gaps | CannotSay:
    """Service quality by side of service: perceived less expected (S2).

    Parameters
    ----------
    survey : Survey or None
        Of `expectations_form`, of `expectations_survey`, or with three grids of your own.
    expected, perceived, importance : str
        Grids with the same rows and scale. Importance may be None: all sides count alike.
    level : float

    Returns
    -------
    Gaps
        `frame` by side, the worst contribution first: ``side, label_en, label_ru,
        expected, perceived, estimate`` (gap: perceived less expected, of the same people),
        ``low, high, p_value, adjusted, base``; ``importance`` and ``matters, matters_low,
        matters_high, matters_adjusted`` (marks above the respondent's own mean over the
        sides); ``contribution, contribution_low, contribution_high`` (to the weighted
        score), ``rank, rank_low, rank_high`` (1: pulls it down most) and ``cell`` (act,
        keep, spare, later, cannot). `overall` is the weighted score, `unweighted` the plain
        mean of the gaps.

    Raises
    ------
    InvalidValue
        If a grid is missing in the codebook or has other rows or another scale.

    Notes
    -----
    Respondent i weighs side s by its importance over the sum of the importance that i gave
    to all sides, so that who marks everything high weighs no more than others. The score
    of i is Σ weight · gap; its mean is the sum of the sides' contributions. Means, paired
    gaps and scores are linearised over clients, t on clients less one; tests are corrected
    over the sides (Holm). Ranks of the contributions: `stats.ranking_means.order`.

    Cells: falls short (gap surely under 0) or exceeds (surely over 0), matters more or less
    than the other sides (surely over or under the respondents' own mean). All four need
    both tests; else 'cannot'. Parasuraman, Zeithaml & Berry (1988) measure service by such
    gaps; the map is Martilla & James's (1977), with intervals.

    Examples
    --------
    >>> from clientlab.demo import demo_expectations
    >>> found = gaps(demo_expectations())
    >>> found.frame.loc[0, ["side", "cell"]].tolist()
    ['initiative', 'act']
    """
    if survey is None:
        return absent()
    if isinstance(survey, CannotSay):
        return survey
    if expected is None or perceived is None:
        return survey.no_question()
    joined(survey, "A gap")
    found = _marks(survey, expected, perceived, importance)
    if isinstance(found, CannotSay):
        return found
    gap = found.perceived - found.expected
    known = ~np.isnan(gap).all(axis=1)
    clients = known.sum() if survey.clusters is None else len(np.unique(survey.clusters[known]))
    few = _too_few(int(known.sum()), int(clients), survey.clusters is not None)
    if few is not None:
        return CannotSay.because(few, survey.provenance(0))
    frame, overall, plain, unweighted = _scored(found, gap, survey, level)
    return Gaps(
        frame, survey.provenance(int(known.sum())), _notes(found, survey, frame, unweighted),
        overall=overall, unweighted=plain, level=level, ends=found.ends, clients=int(clients),
        weighs=found.importance is not None, by_client=_by_client(found, gap, survey),
    )  # fmt: skip


def _scored(
    found: Marks, gap: np.ndarray, survey: Survey, level: float
) -> tuple[pd.DataFrame, Estimate, Estimate, int]:
    """Sides with their contributions; weighted and plain score; who has no weights."""
    known = ~np.isnan(gap).all(axis=1)
    weighted = _weights(found.importance, gap) * np.where(np.isnan(gap), 0.0, gap)
    complete = ~np.isnan(weighted).all(axis=1)
    order = ranking_means.order(weighted, survey.design, level=level).items
    frame = _sides(found, gap, survey, level).assign(
        contribution=order["mean"], contribution_low=order["mean_low"],
        contribution_high=order["mean_high"], rank=order["estimate"], rank_low=order["low"],
        rank_high=order["high"],
    )  # fmt: skip
    frame["cell"] = _cells(frame, 1 - level)
    score = np.where(complete, np.nansum(weighted, axis=1), np.nan)
    plain = np.where(known, np.nanmean(np.where(known[:, None], gap, 0.0), axis=1), np.nan)
    overall, unweighted = (design.mean(one, survey.design, level=level) for one in (score, plain))
    frame = frame.sort_values("contribution", kind="stable", ignore_index=True)
    return frame, overall, unweighted, int((known & ~complete).sum())


class Marks(NamedTuple):
    """Three grids as tables of respondents × sides; importance None where it was not asked."""

    sides: tuple[Option, ...]
    expected: np.ndarray
    perceived: np.ndarray
    importance: np.ndarray | None
    ends: tuple[float, float]


def _marks(
    survey: Survey, expected: str, perceived: str, importance: str | None
) -> Marks | CannotSay:
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
    held = [row for row in grids[expected].rows
            if all(f"{id}.{row.id}" in survey.answers for id in rows)]  # fmt: skip
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
        Text("Fewer than two sides of service were asked three ways, so there is no map.",
             "Меньше двух сторон сервиса спросили трижды, поэтому карты нет.")
    )  # fmt: skip


def _too_few(people: int, clients: int, clustered: bool) -> Text | None:
    if people >= FEWEST and clients >= (GROUPS if clustered else 2):
        return None
    return Text(
        f"{people} {plural(people, 'person', 'people')} of {clients} "
        f"{plural(clients, 'client', 'clients')} answered: too few to tell a gap ({FEWEST} and "
        f"{GROUPS} are needed).",
        f"Ответили {people} {plural(people, 'человек', 'человека', 'человек')}, клиентов "
        f"{clients}: мало, чтобы говорить о разрыве (нужно {FEWEST} и {GROUPS}).",
    )


def _sides(found: Marks, gap: np.ndarray, survey: Survey, level: float) -> pd.DataFrame:
    both = ~np.isnan(gap)
    means = [design.mean(np.where(both, one, np.nan), survey.design, level=level)
             for one in (found.expected, found.perceived)]  # fmt: skip
    shift = design.mean(gap, survey.design, level=level)
    important = np.full(gap.shape, np.nan) if found.importance is None else found.importance
    if found.importance is None:
        own = matters = Estimate(*([np.full(gap.shape[1], np.nan)] * 5))
    else:
        asked = ~np.isnan(important).all(axis=1)
        middle = np.nanmean(np.where(asked[:, None], important, 0), axis=1)[:, None]
        own = design.mean(important, survey.design, level=level)
        matters = design.mean(important - middle, survey.design, level=level)
    p = np.asarray(_p(shift))
    return pd.DataFrame({
        "side": [side.id for side in found.sides],
        "label_en": [side.text.en for side in found.sides],
        "label_ru": [side.text.ru for side in found.sides],
        "expected": means[0].estimate, "perceived": means[1].estimate,
        "estimate": shift.estimate, "low": shift.low, "high": shift.high,
        "p_value": p, "adjusted": proportions.adjust(p, "holm"), "base": both.sum(axis=0),
        "importance": own.estimate, "matters": matters.estimate, "matters_low": matters.low,
        "matters_high": matters.high,
        "matters_adjusted": proportions.adjust(np.asarray(_p(matters)), "holm"),
    })  # fmt: skip


def _by_client(found: Marks, gap: np.ndarray, survey: Survey) -> pd.DataFrame:
    """Mean gap of each client that has a name, by side."""
    columns = ["client", "side", "gap", "people"]
    if survey.cluster_names is None:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(gap, columns=[side.id for side in found.sides])
    long = table.assign(client=survey.cluster_names).melt("client", var_name="side")
    long = long[(long["client"] != "") & long["value"].notna()]
    means = long.groupby(["client", "side"])["value"].agg(["mean", "size"]).reset_index()
    return means.set_axis(columns, axis=1)


def _p(found: Estimate) -> np.ndarray:
    """Of a mean that differs from 0; all alike and not 0 is told by their number."""
    p = np.atleast_1d(design.p_value(found))
    constant = (np.asarray(found.se) == 0) & np.isnan(p)
    alike = np.where(np.asarray(found.estimate) == 0, 1.0, 2 * 0.5 ** (np.asarray(found.df) + 1))
    return np.where(constant, np.minimum(alike, 1.0), p)


def _weights(importance: np.ndarray | None, gap: np.ndarray) -> np.ndarray:
    """Weight of every side to every respondent; the sides with both marks sum to 1."""
    known = ~np.isnan(gap)
    marks = known.astype(float) if importance is None else np.where(known, importance, np.nan)
    # Whoever gave a gap but no importance for some side has no score of weights.
    whole = ~(np.isnan(marks) & known).any(axis=1) & known.any(axis=1)
    marks = np.where(known, marks, 0.0)
    total = marks.sum(axis=1, keepdims=True)
    return np.where(whole[:, None] & (total > 0), marks / np.where(total > 0, total, 1), np.nan)


def _cells(frame: pd.DataFrame, alpha: float) -> np.ndarray:
    sure = (frame["adjusted"] < alpha) & (frame["matters_adjusted"] < alpha)
    short, more = frame["estimate"] < 0, frame["matters"] > 0
    return np.select(
        [~sure, short & more, ~short & more, ~short & ~more],
        ["cannot", "act", "keep", "spare"], "later",
    )  # fmt: skip


def _notes(found: Marks, survey: Survey, frame: pd.DataFrame, unweighted: int) -> tuple[Text, ...]:
    notes = [
        Text(
            f"Corrected for {len(frame)} sides; a corner is named only where both tests say so.",
            f"С поправкой на число сторон ({len(frame)}); угол назван, только если уверены оба "
            "критерия.",
        )
    ]
    top = float(np.mean(found.expected[~np.isnan(found.expected)] == found.ends[1]))
    if top > 0.2:
        notes.append(
            Text(
                f"{number(100 * top)}% of the expectations are the highest mark: nothing can "
                "exceed them, and gaps lean downwards.",
                f"Высшая оценка ожиданий — в {number(100 * top, 'ru')}% случаев: превзойти её "
                "нельзя, и разрывы смещены вниз.",
            )
        )
    if unweighted:
        notes.append(
            Text(
                f"Told a gap and not what matters: {unweighted}; in the gaps, not in the score.",
                f"Оценили, но не назвали важность: {unweighted}; входят в разрывы, не в балл.",
            )
        )
    if survey.clusters is None:
        notes.append(
            Text(
                "Everybody counts as a client of its own: name the column of the client "
                "(clusters=…) if several people of one answered.",
                "Каждый ответивший считается отдельным клиентом: если от клиента ответили "
                "несколько, назовите колонку клиента (clusters=…).",
            )
        )
    notes.append(
        Text(
            "What clients say they expect is asked in the same breath as what they get: the gap is "
            "a talk to begin with, not a measurement of work.",
            "Ожидания спрошены вместе с восприятием: разрыв — повод для разговора, а не измерение "
            "работы.",
        )
    )
    return tuple(notes)
