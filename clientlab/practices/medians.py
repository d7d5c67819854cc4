"""The middle answer and how sure it is, with and without weights.

It answers: half of the managers give this mark or less. It assumes nothing about the
shape of the answers.
"""

from __future__ import annotations

import numpy as np

from clientlab.stats import design
from clientlab.stats.design import Design
from clientlab.stats.estimate import Estimate


def median(values: np.ndarray, level: float = 0.95) -> Estimate:
    """The median, between the order statistics that the binomial puts around it.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    level : float

    Returns
    -------
    Estimate
        Ends NaN where n is too small for the level (5 at 95%).

    Examples
    --------
    >>> found = median(np.arange(1, 10.0))
    >>> found.estimate, found.low, found.high
    (5.0, 2.0, 8.0)
    """
    from scipy.stats import binom

    ordered, n = np.sort(values), len(values)
    # The largest k with P(X < k) ≤ (1 − level) / 2: from the k-th value to the k-th last.
    k = int(binom.ppf((1 - level) / 2, n, 0.5))
    while k > 0 and binom.cdf(k - 1, n, 0.5) > (1 - level) / 2:
        k -= 1
    low, high = (ordered[k - 1], ordered[n - k]) if k > 0 else (np.nan, np.nan)
    return Estimate(float(np.median(ordered)), np.nan, float(low), float(high), np.nan)


def weighted_median(values: np.ndarray, plan: Design, level: float = 0.95) -> Estimate:
    """The weighted median with Woodruff's interval (1952).

    The interval of the share at or below the median, linearised with t, is read off the
    weighted distribution: R's ``svyquantile(…, qrule = "hf2", interval.type = "mean")``.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN is no answer.
    plan : Design
    level : float

    Returns
    -------
    Estimate
        Ends NaN where the share's interval leaves 0–1 or there is none.

    Examples
    --------
    >>> found = weighted_median(np.arange(1.0, 21.0), Design(weights=np.ones(20)))
    >>> found.estimate, found.low, found.high
    (10.5, 6.0, 15.0)
    """
    values = np.asarray(values, float)
    there = ~np.isnan(values) & (plan.weights > 0)
    order = np.argsort(values[there], kind="stable")
    ordered, weights = values[there][order], plan.weights[there][order]
    upto = np.cumsum(weights) / weights.sum()
    middle = _at(ordered, upto, 0.5)
    below = np.where(np.isnan(values), np.nan, values <= middle)
    share = design.mean(below[:, None], plan, level=level)
    low, high = float(share.low[0]), float(share.high[0])
    ends = (_at(ordered, upto, low) if low >= 0 else np.nan,
            _at(ordered, upto, high) if high <= 1 else np.nan)  # fmt: skip
    return Estimate(middle, np.nan, *ends, float(share.df[0]))


def _at(ordered: np.ndarray, upto: np.ndarray, share: float) -> float:
    """The value at a share of the weights; half way between two where it falls on one."""
    place = int(np.searchsorted(upto, share - 1e-12))
    if place >= len(ordered) - 1:
        return float(ordered[-1])
    on = abs(upto[place] - share) < 1e-12
    return float((ordered[place] + ordered[place + 1]) / 2 if on else ordered[place])
