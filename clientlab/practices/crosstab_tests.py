"""Which groups of a banner differ: counts, shares and means of all groups, all pairs.

It answers: how likely is a difference as large by chance. Arrays in, arrays out; many
questions are tested at once. `crosstabs` writes the letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from clientlab.practices.questions import Answers
from clientlab.practices.toplines import hits_of
from clientlab.stats import design, proportions

ALPHA = 0.05
ADJUSTMENTS = {"holm": "Holm", "bh": "Benjamini–Hochberg", "bonferroni": "Bonferroni"}
SMALL = 30  # effective base under which a cell is marked, and shares tested by Fisher's exact test
SCORE, EXACT, WELCH, LINEAR, NONE = "score", "exact", "welch", "linearised", ""
NONE_AT_ALL = 1e-12  # standard errors that only rounding keeps from 0
CELLS = 200_000  # of all banners together, counted at once


@dataclass(frozen=True, eq=False)
class Banner:
    """Groups of respondents; they may overlap if the question is a multi-select.

    Attributes
    ----------
    question : str
    names : list of str
        Options of the question.
    codes : ndarray of int, shape (respondents,), or None
        Group of each respondent, −1 for none.
    member : ndarray of bool, shape (respondents, groups), or None
        Of a multi-select.
    """

    question: str
    names: list[str]
    codes: np.ndarray | None
    member: np.ndarray | None

    def members(self) -> np.ndarray:
        if self.codes is None:
            return np.asarray(self.member)
        return self.codes[:, None] == np.arange(len(self.names))

    def anywhere(self) -> np.ndarray:
        """Who is in any group."""
        return np.asarray(self.member).any(axis=1) if self.codes is None else self.codes >= 0


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows (options, or one mean) × groups of one banner.

    Attributes
    ----------
    kind : {"share", "mean", "nps"}
    estimate, low, high, base, effective_base, count : ndarray, shape (rows, groups)
    p_value : ndarray, shape (rows, pairs)
        NaN where no test was made.
    test : ndarray of str, shape (rows, pairs)
    """

    kind: str
    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    effective_base: np.ndarray
    count: np.ndarray
    p_value: np.ndarray
    test: np.ndarray


def pairs_of(groups: int) -> np.ndarray:
    """Pairs of groups in the order of all p-values, shape (pairs, 2)."""
    return np.array(list(combinations(range(groups), 2)), int).reshape(-1, 2)


def counted(
    answers: list[Answers], banners: list[Banner]
) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray]]:
    """Hits and bases of every question by every banner with groups that do not overlap.

    Parameters
    ----------
    answers : list of Answers
        Of questions with options.
    banners : list of Banner

    Returns
    -------
    dict of (question, banner) to hits (options, groups) and bases (options, groups)

    Notes
    -----
    The banners are crossed with each other, so that every question is counted once for
    all of them.
    """
    plain = [n for n, banner in enumerate(banners) if banner.codes is not None]
    found = {}
    for chunk in _chunks(plain, banners):
        sizes = [len(banners[n].names) + 1 for n in chunk]
        cross = np.zeros(len(answers[0].asked), np.int64)
        for n, size in zip(chunk, sizes, strict=True):
            cross *= size
            cross += np.asarray(banners[n].codes) + 1
        cells = int(np.prod(sizes))
        for q, one in enumerate(answers):
            hits, bases = _by_cell(one, cross, cells)
            for axis, n in enumerate(chunk):
                others = tuple(1 + other for other in range(len(chunk)) if other != axis)
                found[q, n] = tuple(
                    part.reshape(-1, *sizes).sum(axis=others)[:, 1:] for part in (hits, bases)
                )
    return found


def _chunks(plain: list[int], banners: list[Banner]) -> list[list[int]]:
    chunks: list[list[int]] = []
    size = 0
    for n in plain:
        groups = len(banners[n].names) + 1
        if chunks and size * groups <= CELLS:
            chunks[-1].append(n)
            size *= groups
        else:
            chunks.append([n])
            size = groups
    return chunks


def _by_cell(one: Answers, cross: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Hits and bases by option and crossed cell."""
    options = len(one.question.choices)
    if one.values.ndim == 1:
        codes = np.where(one.asked, one.values, -1).astype(np.int64) + 1
        codes *= cells
        codes += cross
        hits = np.bincount(codes, minlength=(options + 1) * cells).reshape(-1, cells)[1:]
        return hits, np.broadcast_to(hits.sum(axis=0), hits.shape)
    hits = np.empty((options, cells), np.int64)
    bases = np.empty((options, cells), np.int64)
    everybody = None
    for place in range(options):
        column = one.values[:, place]
        inside = one.inside & (column >= 0) if one.question.type == "multi" else one.inside
        hits[place] = np.bincount(cross[inside & (column == 1)], minlength=cells)
        if everybody is None or (one.question.type == "multi" and (column[one.inside] < 0).any()):
            bases[place] = np.bincount(cross[inside], minlength=cells)
            everybody = bases[place] if everybody is None else everybody
        else:
            bases[place] = everybody
    return hits, bases


def share_cells(hits: np.ndarray, bases: np.ndarray, level: float, min_base: int) -> Cells:
    """Shares of groups that do not overlap, everybody counting the same."""
    found = proportions.interval(hits, bases, level=level)
    pairs = pairs_of(hits.shape[1])
    p = proportions.pairwise(hits, bases) if len(pairs) else np.empty((len(hits), 0))
    test = np.full(p.shape, SCORE, object)
    least = np.minimum(bases[:, pairs[:, 0]], bases[:, pairs[:, 1]])
    few = least < SMALL
    if few.any():
        row, pair = np.nonzero(few & (least >= max(min_base, 1)))
        one, two = pairs[pair, 0], pairs[pair, 1]
        p[row, pair] = proportions.fisher(
            hits[row, one], bases[row, one], hits[row, two], bases[row, two]
        )
        test[row, pair] = EXACT
    untested = least < max(min_base, 1)
    p[untested], test[untested] = np.nan, NONE
    return Cells("share", found.estimate, found.low, found.high, bases, bases.astype(float), hits,
                 p, test)  # fmt: skip


def overlapping_cells(one: Answers, banner: Banner, level: float, min_base: int) -> Cells:
    """Shares of groups that share respondents; the covariance of the shared ones counts.

    z = (pᵃ − pᵇ) ÷ √(p̄ (1 − p̄) (1/nᵃ + 1/nᵇ − 2 nᵃᵇ/(nᵃ nᵇ))) with p̄ the share among all
    of both groups; without an overlap it is the score test of two shares.
    """
    from scipy.special import erfc

    member = banner.members()
    hits, inside = hits_of(one)
    groups, pairs = member.shape[1], pairs_of(member.shape[1])
    shape = hits.shape[1], groups
    count, base = np.zeros(shape, int), np.zeros(shape, int)
    p = np.full((shape[0], len(pairs)), np.nan)
    for option in range(shape[0]):
        there = member & inside[:, [option]]
        counts = (there & hits[:, [option]]).astype(np.float32)
        both_hits, both = counts.T @ counts, there.astype(np.float32).T @ there.astype(np.float32)
        k, n = np.diag(both_hits).astype(float), np.diag(both).astype(float)
        count[option], base[option] = k, n
        a, b = pairs[:, 0], pairs[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            pooled = (k[a] + k[b] - both_hits[a, b]) / (n[a] + n[b] - both[a, b])
            spread = 1 / n[a] + 1 / n[b] - 2 * both[a, b] / (n[a] * n[b])
            se = np.sqrt(np.maximum(pooled * (1 - pooled) * spread, 0))
            gap = np.abs(k[a] / n[a] - k[b] / n[b])
            p[option] = np.where((se == 0) & (gap == 0), 1.0, erfc(gap / (se * np.sqrt(2))))
    least = np.minimum(base[:, pairs[:, 0]], base[:, pairs[:, 1]])
    p[least < max(min_base, 1)] = np.nan
    found = proportions.interval(count, base, level=level)
    test = np.where(np.isnan(p), NONE, SCORE).astype(object)
    return Cells("share", found.estimate, found.low, found.high, base, base.astype(float), count,
                 p, test)  # fmt: skip


def mean_cells(one: Answers, banner: Banner, level: float, min_base: int) -> Cells:
    """Means (or NPS) of groups, everybody counting the same: Welch's test of all pairs.

    Where neither group has any spread, Fisher's exact test of its two answers.
    """
    from scipy.special import stdtr

    values, inside, kind = columns_averaged(one)
    there = banner.members() & inside
    column = np.where(inside[:, 0], values[:, 0], 0.0)
    base = there.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = column @ there / base
        spread = np.array([column[group].var(ddof=1) if group.sum() > 1 else np.nan
                           for group in there.T])  # fmt: skip
        own = spread / base
    ends = np.array([_interval_of_group(values[group, 0], kind, level) for group in there.T])
    pairs = pairs_of(len(base))
    a, b = pairs[:, 0], pairs[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(own[a] + own[b])
        degrees = (own[a] + own[b]) ** 2 / (
            own[a] ** 2 / (base[a] - 1) + own[b] ** 2 / (base[b] - 1)
        )
        p = 2 * stdtr(degrees, -np.abs(mean[a] - mean[b]) / se)
    test = np.full(len(pairs), WELCH, object)
    for place in np.flatnonzero((se < NONE_AT_ALL) & (base[a] > 0) & (base[b] > 0)):
        p[place] = without_spread(mean[a[place]], mean[b[place]], base[a[place]], base[b[place]])
        test[place] = EXACT
    p = np.where(np.minimum(base[a], base[b]) < max(min_base, 2), np.nan, p)[None]
    test = np.where(np.isnan(p), NONE, test[None]).astype(object)
    return Cells(kind, mean[None], ends[:, 0][None], ends[:, 1][None], base[None],
                 base[None].astype(float), np.full((1, len(base)), -1), p, test)  # fmt: skip


def without_spread(one: float, two: float, first: int, second: int) -> float:
    """Everybody in a group answers alike: as two answers, by Fisher's exact test."""
    if np.isclose(one, two):
        return 1.0
    return float(proportions.fisher(first, first, 0, second))


def columns_averaged(one: Answers) -> tuple[np.ndarray, np.ndarray, str]:
    """What is averaged: hits of options, a scale, or −1, 0, 1 of an NPS."""
    kind = one.question.type
    if kind in ("scale", "number", "nps"):
        values = one.values.astype(float)
        if kind == "nps":
            values = np.where(np.isnan(values), np.nan, (values >= 9) * 1.0 - (values <= 6) * 1.0)
        return values[:, None], one.inside[:, None], "nps" if kind == "nps" else "mean"
    hits, inside = hits_of(one)
    return hits.astype(float), np.asarray(inside), "share"


def _interval_of_group(values: np.ndarray, kind: str, level: float) -> tuple[float, float]:
    if len(values) < 2:
        return np.nan, np.nan
    found = design.mean(values, design.Design(), level=level)
    if kind != "nps":
        return float(found.low), float(found.high)
    scores = np.where(values > 0, 10.0, np.where(values < 0, 0.0, 8.0))
    score = design.nps(scores, design.Design(), level=level)
    return float(score.low), float(score.high)
