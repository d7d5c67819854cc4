"""Shares and the Net Promoter Score from a designed sample.

It answers: what share of clients, how sure, when the sample is weighted, clustered or
most of a small population. Public names are importable from `clientlab.stats.design`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.design_linear import (
    columns_of,
    interval,
    observed,
    shaped,
    weighted_ratio,
)
from clientlab.stats.design_sample import Design
from clientlab.stats.estimate import Estimate, quantile_of

METHODS = ("logit", "wilson", "beta")
NPS_METHODS = ("score", "t")
NONE = 1e-10  # a standard error of a share below this is rounding, not spread


def proportion(
    hit: ArrayLike,
    design: Design,
    *,
    method: str = "logit",
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Weighted share with an interval that stays between 0 and 1.

    Parameters
    ----------
    hit : array_like of 0, 1, bool or NaN, shape (rows,) or (rows, k)
    design : Design
    method : {"logit", "wilson", "beta"}
        See Notes.
    domain : array_like of bool, shape (rows,), optional
    level : float

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If a hit is neither 0 nor 1, the method is unknown, the lengths differ, nothing
        or one cluster only is left.

    Notes
    -----
    With p the share, se its linearised standard error, t on the design's degrees of
    freedom (Franco, Little, Louis & Slud 2019 compare these intervals):

    - logit: logit p ± t · se / (p (1 − p)), as R's ``svyciprop(method = "logit")``.
    - wilson: Wilson's interval with t for z and the effective base p (1 − p) / se².
    - beta: Clopper–Pearson's with that base times (t on rows − 1 / t on the design's
      degrees)², Korn & Graubard (1998), as R's ``svyciprop(method = "beta")``.

    At a share of 0 or 1 the standard error is 0 and says nothing. The base is then
    Kish's of the clusters' summed weights, over the share of the population not drawn;
    logit takes Wilson's interval. R fails or gives NaN there. A share inside (0, 1)
    whose standard error is 0 (raked to, or constant in all strata) is a point.

    Measured coverage at 95%, equal weights, weights of effective base 0.7–0.85 n,
    clusters of 1–5, shares of 10–50%: wilson 94–97.5% at n = 20, 93–97% at 50 and 95;
    logit 96–99% at n = 20, 94.5–97% at 50 and 95; beta 95–99%. Of a share of 5% wilson
    covers 92–94% at n = 95 with unequal weights or clusters, the others 93–98%. Prefer
    logit or beta where fewer than 5 hits are to be expected of the effective base.

    Examples
    --------
    >>> found = proportion([1, 0, 0, 1, 0, 0, 0, 1], Design(weights=[1, 1, 1, 2, 1, 2, 1, 1]))
    >>> found.estimate, round(found.low, 3), round(found.high, 3)
    (0.4, 0.086, 0.825)
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known; use one of {', '.join(METHODS)}.")
    hits, inside, design, alone = observed(hit, "hit", design, domain)
    strange = int(((hits != 0) & (hits != 1)).sum())
    if strange:
        raise ValueError(f"hit holds {strange} values that are neither 0, 1 nor missing.")
    share, influence = weighted_ratio(hits, inside.astype(float), design)
    found = interval(share, influence, inside, design, level, alone)
    low, high = _share_interval(columns_of(found), inside, design, method, level)
    return found._replace(low=shaped(low, alone), high=shaped(high, alone))


def nps(
    score: ArrayLike,
    design: Design,
    *,
    method: str = "score",
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Net Promoter Score as a difference of shares: −1 to 1, not −100 to 100.

    Parameters
    ----------
    score : array_like of int, shape (rows,) or (rows, k)
        0–10 or NaN; 9 and 10 are promoters, 0–6 detractors.
    design : Design
    method : {"score", "t"}
        See Notes.
    domain : array_like of bool, shape (rows,), optional
    level : float

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If a score is not a whole number of 0–10, the method is unknown, the lengths
        differ, nothing or one cluster only is left.

    Notes
    -----
    The mean s of 1, 0, −1 with its linearised standard error, as R's ``svymean``.

    - score: the θ with (s − θ)² ≤ t² (q − θ²) / m, where q is the share that is not
      passive and m = (q − s²) / se² the effective base; q gets one more such answer.
      Without passives it is Wilson's interval of the share of promoters. Iterated
      score intervals do best in Rocks (2016), "Interval estimation for the Net
      Promoter Score"; this one needs no iteration. If all answers are of one kind, m
      is Kish's base as in `proportion`.
    - t: s ± t · se cut at −1 and 1; a point if all answers are of one kind.

    Measured coverage at 95%, weights of effective base 0.7–0.85 n, clusters of 1–5:
    score 93.5–97.5% for n = 20, 50, 95 and shares of 10–60%; with 80% promoters and 2%
    detractors 91–94% for n = 20 and 50. There t covers 90%, with weights elsewhere 92–94%.

    Examples
    --------
    >>> found = nps([10, 9, 8, 3, 10, 7, 9, 6], Design())
    >>> found.estimate, round(found.low, 2), round(found.high, 2)
    (0.25, -0.44, 0.71)
    """
    if method not in NPS_METHODS:
        raise ValueError(f"method={method!r} is not known; use one of {', '.join(NPS_METHODS)}.")
    scores, inside, design, alone = observed(score, "score", design, domain)
    strange = scores[~np.isin(scores, np.arange(11))]
    if strange.size:
        raise ValueError(
            f"{strange.size} of {int(inside.sum())} scores are not whole numbers from 0 to 10 (the "
            f"first is {strange[0]:g}). Set what is no answer to NaN."
        )
    sides = np.where(inside, (scores >= 9) * 1.0 - (scores <= 6), 0.0)
    estimate, influence = weighted_ratio(sides, inside.astype(float), design)
    found = interval(estimate, influence, inside, design, level, alone)
    if method == "t":
        low, high = np.maximum(found.low, -1), np.minimum(found.high, 1)
    else:
        low, high = _nps_interval(columns_of(found), sides, inside, design, level)
    return found._replace(
        low=shaped(np.atleast_1d(low), alone), high=shaped(np.atleast_1d(high), alone)
    )


def _share_interval(
    found: Estimate, inside: np.ndarray, design: Design, method: str, level: float
) -> tuple[np.ndarray, np.ndarray]:
    share, se, degrees = found.estimate, found.se, found.df
    edge = (share == 0) | (share == 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        base = np.where(se < NONE, np.inf, share * (1 - share) / se**2)
    base = np.where(edge, _unspread_base(inside, design), base)
    if method == "logit":
        ends = _logit(share, se, degrees, level)
        at_edge = _wilson(share, base, degrees, level)
        return tuple(np.where(edge, w, e) for w, e in zip(at_edge, ends, strict=True))
    if method == "wilson":
        return _wilson(share, base, degrees, level)
    rows = inside.sum(axis=0)
    return _beta(
        share, base * (quantile_of(level, rows - 1.0) / quantile_of(level, degrees)) ** 2, level
    )


def _nps_interval(
    found: Estimate, sides: np.ndarray, inside: np.ndarray, design: Design, level: float
) -> tuple[np.ndarray, np.ndarray]:
    score = found.estimate
    active, _ = weighted_ratio(np.abs(sides), inside.astype(float), design)
    one_kind = np.ptp(np.where(inside, sides, score), axis=0) == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        base = np.where(found.se < NONE, np.inf, (active - score**2) / found.se**2)
    base = np.where(one_kind, _unspread_base(inside, design), base)
    active = active + (1 - active) / (base + 1)  # one more answer that is not passive
    fraction = quantile_of(level, found.df) ** 2 / base
    reach = np.sqrt(np.maximum(fraction * (active - score**2) + fraction**2 * active, 0))
    return (score - reach) / (1 + fraction), (score + reach) / (1 + fraction)


def _unspread_base(inside: np.ndarray, design: Design) -> np.ndarray:
    """Effective base where all answers are alike: Kish's, over clusters, infinite in a census."""
    sums = design.cluster_sums(design.weights[:, None] * inside)
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = sums.sum(axis=0) ** 2 / (sums**2).sum(axis=0)
        left = design.share_not_drawn[design.stratum_of_cluster]
        return kish / (left @ sums / sums.sum(axis=0))


def _logit(share, se, degrees, level):
    from scipy.special import expit, logit

    with np.errstate(divide="ignore", invalid="ignore"):
        reach = quantile_of(level, degrees) * se / (share * (1 - share))
        return expit(logit(share) - reach), expit(logit(share) + reach)


def _wilson(share, base, degrees, level):
    fraction = quantile_of(level, degrees) ** 2 / base
    middle = (share + fraction / 2) / (1 + fraction)
    reach = np.sqrt(fraction * share * (1 - share) + fraction**2 / 4) / (1 + fraction)
    # Rounding may put an end on the wrong side of a share of 0 or 1.
    return np.clip(middle - reach, 0.0, share), np.clip(middle + reach, share, 1.0)


def _beta(share, base, level):
    from scipy.special import betaincinv

    tail, known = (1 - level) / 2, np.isfinite(base)
    hits = np.where(known, base, 1.0) * share
    rest = np.where(known, base, 1.0) - hits
    low = np.where(hits > 0, betaincinv(np.where(hits > 0, hits, 1), rest + 1, tail), 0.0)
    high = np.where(rest > 0, betaincinv(hits + 1, np.where(rest > 0, rest, 1), 1 - tail), 1.0)
    fixed = np.isposinf(base)
    low, high = np.where(fixed, share, low), np.where(fixed, share, high)
    unknown = np.where(np.isnan(base), np.nan, 0.0)
    return low + unknown, high + unknown
