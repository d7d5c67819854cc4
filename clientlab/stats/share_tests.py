"""Tests of independent groups, and their correction when there are many.

It answers: may these groups be called different. Public names are importable from
`clientlab.stats.proportions`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.counts import checked_counts, plain


def fisher(k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike) -> Any:
    """Two-sided p-value of Fisher's exact test of two independent shares.

    Parameters
    ----------
    k1, n1, k2, n2 : int or array_like of int
        Hits and bases of the two groups.

    Returns
    -------
    float or ndarray
        Sum of the probabilities of all tables with these margins that are no more
        likely than the one observed, as R's `fisher.test`.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not finite, or k exceeds n.

    Examples
    --------
    >>> round(fisher(3, 20, 10, 20), 4)
    0.0407
    """
    from scipy.special import gammaln

    k1, n1 = checked_counts(k1=k1, n1=n1, whole=True)
    k2, n2 = checked_counts(k2=k2, n2=n2, whole=True)

    def choose(base: Any, hits: Any) -> Any:
        return gammaln(base + 1) - gammaln(hits + 1) - gammaln(base - hits + 1)

    def p_value(k1: float, n1: float, k2: float, n2: float) -> float:
        hits = k1 + k2
        possible = np.arange(max(0, hits - n2), min(hits, n1) + 1)
        logs = choose(n1, possible) + choose(n2, hits - possible) - choose(n1 + n2, hits)
        # Tables as likely as the observed one count with it, whatever the last bit says.
        unlikely = logs <= logs[int(k1 - possible[0])] + 1e-7
        return min(1.0, float(np.exp(logs[unlikely]).sum()))

    return plain(np.vectorize(p_value, otypes=[float])(k1, n1, k2, n2))


def pairwise(hits: ArrayLike, bases: ArrayLike) -> np.ndarray:
    """p-values of all pairs of independent groups, two-sided.

    Parameters
    ----------
    hits, bases : float or array_like, shape (..., groups)
        Hits and base of each group; leading axes (options, questions) are tested at
        once. `bases` may be one row for all of them.

    Returns
    -------
    ndarray, shape (..., pairs)
        Pairs in the order of ``itertools.combinations(range(groups), 2)``. NaN where a
        group is empty; 1 where neither or both of the groups are all hits.

    Raises
    ------
    ValueError
        As for `interval`, or if there are fewer than two groups.

    Notes
    -----
    Score test with the pooled share, χ² without continuity correction, as R's
    ``prop.test(c(k1, k2), c(n1, n2), correct = FALSE)``. Its true level at 5%, two
    groups of 20, 50 or 95, is at most 5.4%, 5.7% and 5.2%. Correct the p-values of one
    family by `adjust`. Shares of the same people need `mcnemar`.

    Examples
    --------
    >>> pairwise([3, 10, 9], 20).round(3)
    array([0.018, 0.038, 0.752])
    """
    from scipy.special import erfc

    hits, bases = checked_counts(hits=hits, bases=bases)
    if hits.ndim == 0 or hits.shape[-1] < 2:
        raise ValueError("There are fewer than two groups; give the hits of two or more.")
    first, second = np.triu_indices(hits.shape[-1], 1)
    k1, k2, n1, n2 = hits[..., first], hits[..., second], bases[..., first], bases[..., second]
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (k1 + k2) / (n1 + n2)
        spread = np.sqrt(2 * pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        gap = np.abs(k1 / n1 - k2 / n2)
        return np.where((spread == 0) & (gap == 0), 1.0, erfc(gap / spread))


def adjust(p: ArrayLike, method: str = "holm") -> np.ndarray:
    """p-values corrected for the number of tests.

    Parameters
    ----------
    p : array_like of float, shape (..., tests)
        Each row is a family of its own. NaN is a test that was not made: it stays NaN
        and does not count.
    method : {"holm", "bh", "bonferroni"}
        Holm (1979) and Bonferroni bound the probability of any false finding, Holm
        finding at least as much; Benjamini and Hochberg (1995) bound the expected
        share of false ones among the findings, for independent or positively
        dependent tests.

    Returns
    -------
    ndarray, shape (..., tests)

    Raises
    ------
    ValueError
        If a p-value leaves 0–1, or the method is unknown.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.atleast_1d(np.asarray(p, dtype=float))
    if method not in ADJUSTMENTS:
        raise ValueError(f"method={method!r} is not known; use one of {', '.join(ADJUSTMENTS)}.")
    outside = p[(p < 0) | (p > 1)]
    if outside.size:
        raise ValueError(
            f"{outside.size} of {p.size} p-values lie outside of 0–1 (the first is {outside[0]:g})."
        )
    order = np.argsort(p, axis=-1, kind="stable")  # NaN last
    ranked = np.take_along_axis(p, order, axis=-1)
    tests = (~np.isnan(p)).sum(axis=-1, keepdims=True)
    adjusted = np.empty_like(p)
    steps = np.minimum(1, ADJUSTMENTS[method](ranked, np.arange(p.shape[-1]), tests))
    np.put_along_axis(adjusted, order, steps, axis=-1)
    return np.where(np.isnan(p), np.nan, adjusted)


def _holm(ranked: np.ndarray, rank: np.ndarray, tests: np.ndarray) -> np.ndarray:
    return np.maximum.accumulate((tests - rank) * ranked, axis=-1)


def _benjamini_hochberg(ranked: np.ndarray, rank: np.ndarray, tests: np.ndarray) -> np.ndarray:
    steps = tests / (rank + 1) * ranked
    return np.fmin.accumulate(steps[..., ::-1], axis=-1)[..., ::-1]


ADJUSTMENTS = {
    "holm": _holm,
    "bh": _benjamini_hochberg,
    "bonferroni": lambda ranked, rank, tests: tests * ranked,
}
