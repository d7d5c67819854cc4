"""Which groups differ, with weights or clusters: one linearised path for shares and means.

It answers: how likely is a difference as large by chance, where managers of one agency
answer alike or do not count the same. The same variance stands behind every topline.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from clientlab.practices.crosstab_tests import (
    EXACT,
    LINEAR,
    NONE,
    NONE_AT_ALL,
    SCORE,
    SMALL,
    Banner,
    Cells,
    columns_averaged,
    pairs_of,
    without_spread,
)
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey
from clientlab.stats import design

FEW_CLUSTERS = 10  # in a group, under which its own variance is poorly known
RARE = 5  # hits or misses under which a linearised variance is not trusted alone


def linear_cells(
    survey: Survey, one: Answers, banner: Banner, level: float, min_base: int
) -> Cells:
    """Shares, means or NPS with weights or clusters: one linearised path for all of them.

    The variance of a difference is V[a, a] + V[b, b] − 2 V[a, b] of `design.covariance`,
    its t on the clusters with an answer in either group, less two; where one has fewer
    than ten clusters of its own, on Satterthwaite's degrees of freedom. A group under 30, or
    with fewer than 5 hits or misses, is tested by the score test on effective bases too,
    and the larger p-value counts: where nobody ticks, a linearised variance is 0.
    """
    values, inside, kind = columns_averaged(one)
    member, pairs = banner.members(), pairs_of(len(banner.names))
    rows, groups = values.shape[1], member.shape[1]
    parts = {name: np.full((rows, groups), np.nan) for name in ("estimate", "low", "high")}
    base, count = np.zeros((rows, groups), int), np.zeros((rows, groups), int)
    effective = np.zeros((rows, groups))
    p, test = np.full((rows, len(pairs)), np.nan), np.full((rows, len(pairs)), NONE, object)
    weights = np.ones(len(survey)) if survey.weights is None else survey.weights
    for row in range(rows):
        there = member & inside[:, [row]] & (weights > 0)[:, None]
        columns = np.where(there, values[:, [row]], np.nan)
        base[row], count[row] = there.sum(axis=0), np.nansum(columns > 0, axis=0)
        total = (weights[:, None] * there).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            effective[row] = total**2 / (weights[:, None] ** 2 * there).sum(axis=0)
            parts["estimate"][row] = np.nansum(weights[:, None] * columns, axis=0) / total
        several = np.flatnonzero(base[row] > 1)
        if len(several) and survey.varies:
            ends = _intervals(survey, columns[:, several], kind, level)
            parts["low"][row, several], parts["high"][row, several] = ends
        sizes = np.nan_to_num(effective[row])
        rare = np.minimum(count[row], base[row] - count[row]) < RARE
        p[row], test[row] = _linear_tests(
            survey, columns, parts["estimate"][row], sizes, rare, pairs, kind, min_base
        )
    return Cells(kind, **parts, base=base, effective_base=np.nan_to_num(effective), count=count,
                 p_value=p, test=test)  # fmt: skip


def _intervals(
    survey: Survey, columns: np.ndarray, kind: str, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Of each group; NaN of one that is a single cluster."""
    if kind == "share":
        found: Any = design.proportion(columns, survey.design, method="wilson", level=level)
    else:
        found = design.mean(columns, survey.design, level=level)
    return found.low, found.high


def _degrees(one: int, two: int, both: int, spread_one: float, spread_two: float) -> float:
    """Clusters less two, as R's svyttest; Satterthwaite's where a group has few of them."""
    if min(one, two) >= FEW_CLUSTERS or both or not spread_one + spread_two > 0:
        return max(one + two - both - 2, 1)
    parts = (spread_one**2 / max(one - 1, 0.5), spread_two**2 / max(two - 1, 0.5))
    return max((spread_one + spread_two) ** 2 / sum(parts), 1)


def _clusters_in(survey: Survey, columns: np.ndarray) -> np.ndarray:
    """Clusters with an answer in both of two groups; on the diagonal, in the group."""
    there = ~np.isnan(columns)
    if survey.clusters is not None:
        _, codes = np.unique(survey.clusters, return_inverse=True)
        there = np.column_stack([np.bincount(codes[group], minlength=codes.max() + 1) > 0
                                 for group in there.T])  # fmt: skip
    counted = there.astype(float)
    return (counted.T @ counted).astype(int)


def _linear_tests(
    survey: Survey,
    columns: np.ndarray,
    estimate: np.ndarray,
    effective: np.ndarray,
    rare: np.ndarray,
    pairs: np.ndarray,
    kind: str,
    min_base: int,
) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import erfc, stdtr

    p, test = np.full(len(pairs), np.nan), np.full(len(pairs), NONE, object)
    if not len(pairs) or not survey.varies:
        return p, test
    spread = design.covariance(columns, survey.design)
    present = _clusters_in(survey, columns)
    for place, (a, b) in enumerate(pairs):
        if min(effective[a], effective[b]) < max(min_base, 2):
            continue
        gap = abs(estimate[a] - estimate[b])
        se = np.sqrt(max(spread[a, a] + spread[b, b] - 2 * spread[a, b], 0.0))
        se = 0.0 if se < NONE_AT_ALL * max(1.0, abs(estimate[a]), abs(estimate[b])) else se
        degrees = _degrees(present[a, a], present[b, b], present[a, b], spread[a, a], spread[b, b])
        found, name = 2 * stdtr(degrees, -gap / se) if se > 0 else np.nan, LINEAR
        few = min(effective[a], effective[b]) < SMALL or rare[a] or rare[b]
        if kind == "share" and (few or not se > 0):
            sizes = effective[[a, b]]
            pooled = (estimate[[a, b]] * sizes).sum() / sizes.sum()
            under = np.sqrt(pooled * (1 - pooled) * (1 / sizes).sum())
            score = erfc(gap / under / np.sqrt(2)) if under > 0 else 1.0
            found, name = np.fmax(found, score), f"{LINEAR}, {SCORE}"
        elif not se > 0:
            own = present[a, a], present[b, b]
            found, name = without_spread(estimate[a], estimate[b], *own), EXACT
        if not np.isnan(found):
            p[place], test[place] = found, name
    return p, test
