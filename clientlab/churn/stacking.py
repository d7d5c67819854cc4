"""Members of a model combined by what each of them says of clients it did not learn from.

It answers: how much to believe each member, and how sure the combined probability is.
Arrays in, arrays out; logits throughout.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clientlab.churn.ridge import expit, log_loss
from clientlab.stats.estimate import Estimate

DOUBT = 0.35  # prior standard deviation of a weight


class Combination(NamedTuple):
    """The combined logit is ``intercept + (logits - middle) @ weights``.

    Attributes
    ----------
    intercept : float
    weights : ndarray, shape (members,)
    unshrunk : ndarray, shape (members,)
        The weights before they are shrunk: shrinking makes nothing surer.
    middle : ndarray, shape (members,)
        Mean logits.
    covariance : ndarray, shape (1 + members, 1 + members)
        Of the intercept and the weights.
    df : int
        Clients who left, less two.
    free : float
        Effective number of weights beside their prior.
    """

    intercept: float
    weights: np.ndarray
    unshrunk: np.ndarray
    middle: np.ndarray
    covariance: np.ndarray
    df: int
    free: float

    def of(self, logits: np.ndarray) -> np.ndarray:
        """Combined logit of the logits of the members, shape (rows, members)."""
        return self.intercept + (logits - self.middle) @ self.weights

    def directions(self, logits: np.ndarray) -> np.ndarray:
        """Derivative of combined logits by intercept and weights, shape (rows, 1 + members)."""
        return np.column_stack([np.ones(len(logits)), logits - self.middle])


class Sureness(NamedTuple):
    """What intervals rest on: covariance of all that was estimated, and its df."""

    covariance: np.ndarray
    df: int

    def se(self, directions: np.ndarray) -> np.ndarray:
        """Standard errors along directions, shape (rows,)."""
        return np.sqrt(np.einsum("ij,jk,ik->i", directions, self.covariance, directions))

    def reach(self, directions: np.ndarray, level: float) -> np.ndarray:
        """Half the width of intervals of Student's t, shape (rows,)."""
        from scipy.stats import t

        return t.ppf((1 + level) / 2, self.df) * self.se(directions)

    def mean(self, logit: np.ndarray, directions: np.ndarray, level: float) -> Estimate:
        """Mean probability of rows with its interval.

        On the logit scale of the mean, so that the ends stay within 0 and 1.
        """
        p = expit(logit)
        mean = float(p.mean())
        slope = mean * (1 - mean)
        direction = ((p * (1 - p))[:, None] * directions).mean(axis=0)[None] / slope
        reach = float(self.reach(direction, level)[0])
        middle = np.log(mean / (1 - mean))
        low, high = expit(np.array([middle - reach, middle + reach]))
        se = float(self.se(direction)[0]) * slope
        return Estimate(mean, se, float(low), float(high), self.df)


def combine(
    logits: np.ndarray, y: np.ndarray, prior: np.ndarray, clients: np.ndarray
) -> Combination:
    """Weights of the members, none below zero.

    Parameters
    ----------
    logits : ndarray, shape (rows, members)
        Of rows that the member did not learn from.
    y : ndarray of 0/1, shape (rows,)
    prior : ndarray, shape (members,)
        Weights that are left where there is little to learn from.
    clients : ndarray of int, shape (rows,)
        Rows of a client are no independent witnesses of how sure the weights are.

    Returns
    -------
    Combination

    Notes
    -----
    Stacking (Wolpert 1992; Breiman 1996; van der Laan et al. 2007) of logits: log loss
    + Σ(weight − prior)²/(2·0.35²), so with twenty leavers the prior decides and with
    hundreds the data do. The weights need not sum to 1: members that are too timid or
    too sure are recalibrated in the same step. Since the rows that chose the weights
    flatter them, all are then shrunk by χ²/(χ² + k): χ² of the likelihood ratio against
    the share of all, k the effective number of weights beside their prior (Gray 1992). For
    large χ² that is (χ² − k)/χ² of van Houwelingen & le Cessie (1990), which takes back all
    where χ² is as small as k; this one only where held-out clients speak against the
    members. The intercept is set so that the mean probability stays.

    The covariance is H⁻¹(B + P)H⁻¹: B the cross-product of scores summed by client (Liang
    & Zeger 1986), P the precision of the prior, H = A'WA + P; a weight of 0 is taken as
    known.

    Examples
    --------
    >>> y = np.array([0, 0, 1, 1] * 50)
    >>> knows, guesses = 2.0 * y - 1, np.tile([1.0, -1.0], 100)
    >>> told = np.column_stack([knows, guesses])
    >>> combine(told, y, np.ones(2), np.arange(200)).weights.round(1)
    array([2.7, 0.4])
    """
    middle = logits.mean(axis=0)
    away = logits - middle
    intercept, weights = _best(away, y, prior)
    told = intercept + away @ weights
    covariance, free = _covariance(away, told, y, weights, clients)
    share = np.log(y.mean() / (1 - y.mean()))
    gain = 2 * (log_loss(y, np.full(len(y), share)) - log_loss(y, told))
    kept = gain / (gain + free) if gain > 0 else 0.0
    left = len(np.unique(clients[y == 1]))
    return Combination(
        _centred(share, away @ weights * kept, y.mean()),
        weights * kept,
        weights,
        middle,
        covariance,
        max(left - 2, 1),
        free,
    )


def _best(away: np.ndarray, y: np.ndarray, prior: np.ndarray) -> tuple[float, np.ndarray]:
    """Intercept and weights of the least log loss and distance from the prior."""
    from scipy.optimize import minimize

    def lost(at: np.ndarray) -> tuple[float, np.ndarray]:
        told = at[0] + away @ at[1:]
        wrong = expit(told) - y
        off = (at[1:] - prior) / DOUBT**2
        value = log_loss(y, told) + 0.5 * off @ (at[1:] - prior)
        return float(value), np.append(wrong.sum(), away.T @ wrong + off)

    start = np.append(np.log(y.mean() / (1 - y.mean())), prior)
    bounds = [(None, None), *[(0, None)] * len(prior)]
    at = minimize(lost, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(at[0]), at[1:]


def _covariance(
    away: np.ndarray, told: np.ndarray, y: np.ndarray, weights: np.ndarray, clients: np.ndarray
) -> tuple[np.ndarray, float]:
    """Of intercept and weights, clients as clusters; and the effective number of weights."""
    free = np.append(True, weights > 0)
    A = np.column_stack([np.ones(len(away)), away])[:, free]
    precision = np.diag(np.append(0.0, np.full(len(weights), 1 / DOUBT**2))[free])
    p = expit(told)
    information = (A.T * (p * (1 - p))) @ A
    inverse = np.linalg.inv(information + precision)
    score = np.zeros((clients.max() + 1, A.shape[1]))
    np.add.at(score, clients, A * (y - p)[:, None])
    count = len(np.unique(clients))
    spread = score.T @ score * (count / max(count - 1, 1)) + precision
    found = np.zeros((len(free), len(free)))
    found[np.ix_(free, free)] = inverse @ spread @ inverse
    return found, float(np.trace(inverse @ information)) - 1


def _centred(intercept: float, logit: np.ndarray, share: float) -> float:
    """Intercept at which the mean probability is the share: Newton's method."""
    for _ in range(30):
        p = expit(intercept + logit)
        step = (p.mean() - share) / max(float((p * (1 - p)).mean()), 1e-12)
        intercept -= float(np.clip(step, -1, 1))
        if abs(step) < 1e-12:
            break
    return float(intercept)
