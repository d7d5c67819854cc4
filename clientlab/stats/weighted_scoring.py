"""Measures of a prediction under many weightings of its rows at once.

It answers: how would AUC, lift or log loss have come out with other clients. A resample
of clients is a weighting of rows, so a thousand of them are a matrix; with weights of
one every function equals its namesake in `clientlab.stats.scoring`, which the tests hold.

In all functions `y` and the score or probability have the shape (rows,), `weights`
(resamples, rows), and the answer (resamples,): NaN where a resample has none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

STEPS = 25  # of Newton's method; from the slope of the data it takes four to eight
STEEP = 50.0  # a slope beyond is one of classes that do not overlap: none


def auc(y: ArrayLike, score: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Area under the ROC curve, ties counting one half.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [1, 3, 2, 4], [[1, 1, 1, 1], [2, 0, 1, 1], [1, 1, 0, 0]]).tolist()
    [0.75, 1.0, nan]
    """
    left, stayed = by_score(y, score, weights)
    below = np.cumsum(stayed, axis=1) - stayed / 2
    return _ratio((below * left).sum(axis=1), left.sum(axis=1) * stayed.sum(axis=1))


def average_precision(y: ArrayLike, score: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Sum of precision over the steps of recall, without interpolation.

    Examples
    --------
    >>> average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [[1, 1, 1, 1]]).round(4).tolist()
    [0.8333]
    """
    left, stayed = by_score(y, -np.asarray(score, float), weights)
    found = np.cumsum(left, axis=1)
    precision = _ratio(found, found + np.cumsum(stayed, axis=1))
    return _ratio(np.nansum(precision * left, axis=1), left.sum(axis=1))


def lift_at(y: ArrayLike, score: ArrayLike, weights: ArrayLike, share: float) -> np.ndarray:
    """Part of all leavers in the riskiest `share`, divided by it; ties expected.

    Examples
    --------
    >>> lift_at([1, 1, 0, 0], [7, 7, 7, 1], [[1, 1, 1, 1]], 0.25).round(4).tolist()
    [1.3333]
    """
    left, stayed = by_score(y, -np.asarray(score, float), weights)
    count = left + stayed
    before = np.cumsum(count, axis=1) - count
    room = share * count.sum(axis=1, keepdims=True) - before
    called = np.clip(np.divide(room, count, out=np.zeros_like(room), where=count > 0), 0, 1)
    return _ratio((called * left).sum(axis=1), left.sum(axis=1) * share)


def log_loss(y: ArrayLike, p: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Mean of -log of the probability given to what happened.

    Examples
    --------
    >>> log_loss([0, 1], [0.5, 0.5], [[1, 3]]).round(4).tolist()
    [0.6931]
    """
    given = np.where(np.asarray(y) == 1, p, 1 - np.asarray(p, float))
    return mean(-np.log(given), weights)


def brier(y: ArrayLike, p: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Mean squared distance of probability and outcome.

    Examples
    --------
    >>> brier([0, 1], [0.5, 0.5], [[1, 3]]).tolist()
    [0.25]
    """
    return mean((np.asarray(p, float) - np.asarray(y, float)) ** 2, weights)


def mean(values: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Weighted mean; NaN where nothing has a weight.

    Examples
    --------
    >>> mean([1.0, 4.0], [[1, 1], [3, 0], [0, 0]]).tolist()
    [2.5, 1.0, nan]
    """
    weights = np.asarray(weights, float)
    return _ratio(weights @ np.asarray(values, float), weights.sum(axis=1))


def calibration_slope(y: ArrayLike, p: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Slope of the logistic regression of what happened on the logit of the probability.

    NaN where those who left and those who stayed do not overlap.

    Examples
    --------
    >>> calibration_slope([0, 1, 0, 0], [0.2, 0.4, 0.6, 0.8], [[1, 1, 1, 1]]).round(3).tolist()
    [-0.543]
    """
    logit = np.log(np.asarray(p, float) / (1 - np.asarray(p, float)))
    gone, stayed = by_score(y, logit, weights)  # equal probabilities are one term
    count, x = gone + stayed, np.unique(logit)
    spread = x.std() or np.nan
    x = (x - x.mean()) / spread
    rate = _ratio(gone.sum(axis=1), count.sum(axis=1))
    rate = np.where((rate > 0) & (rate < 1), rate, np.nan)
    alpha, beta = np.log(rate / (1 - rate)), np.zeros(len(rate))
    step = np.full(len(rate), np.inf)
    with np.errstate(all="ignore"):  # what does not arrive is NaN in the end
        for _ in range(STEPS):
            fitted = 1 / (1 + np.exp(-(alpha[:, None] + beta[:, None] * x)))
            miss, curve = gone - count * fitted, count * fitted * (1 - fitted)
            s0, s1, s2 = curve.sum(axis=1), curve @ x, curve @ x**2
            g0, g1 = miss.sum(axis=1), miss @ x
            step = np.clip((s0 * g1 - s1 * g0) / (s0 * s2 - s1**2), -2, 2)
            beta = beta + step
            alpha = alpha + np.clip((g0 - s1 * step) / s0, -2, 2)
            if np.nanmax(np.abs(step), initial=0) < 1e-7:
                break
    known = (np.abs(step) < 1e-5) & (np.abs(beta) < STEEP)
    return np.where(known, beta, np.nan) / spread


def by_score(y: ArrayLike, score: ArrayLike, weights: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Weight of those who left and of those who stayed, by value of the score, lowest first."""
    left, weights = np.asarray(y, float), np.asarray(weights, float)
    _, place = np.unique(np.asarray(score, float), return_inverse=True)
    order = np.argsort(place, kind="stable")
    first = np.flatnonzero(np.diff(place[order], prepend=-1))
    sorted_weights = weights[:, order]
    gone = np.add.reduceat(sorted_weights * left[order], first, axis=1)
    return gone, np.add.reduceat(sorted_weights, first, axis=1) - gone


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
