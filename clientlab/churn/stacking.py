"""Members of a model combined by what each of them says of clients it did not learn from.

It answers: how much to believe each member, and how sure the combined probability is.
Arrays in, arrays out; logits throughout.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clientlab.churn.ridge import expit, log_loss

DOUBT = 0.5  # prior standard deviation of a weight
SLOPE_DOUBT = 0.25  # prior standard deviation of the slope of calibration around 1


class Combination(NamedTuple):
    """The combined logit is ``intercept + (logits - middle) @ weights``."""

    intercept: float
    weights: np.ndarray
    middle: np.ndarray

    def of(self, logits: np.ndarray) -> np.ndarray:
        """Combined logit of the logits of the members, shape (rows, members)."""
        return self.intercept + (logits - self.middle) @ self.weights


def combine(logits: np.ndarray, y: np.ndarray, prior: np.ndarray) -> Combination:
    """Weights of the members, none below zero.

    Parameters
    ----------
    logits : ndarray, shape (rows, members)
        Of rows that the member did not learn from.
    y : ndarray of 0/1, shape (rows,)
    prior : ndarray, shape (members,)
        Weights that are left where there is little to learn from.

    Returns
    -------
    Combination

    Notes
    -----
    Stacking (Wolpert 1992; Breiman 1996; van der Laan et al. 2007) of logits: log loss
    + Σ(weight − prior)²/(2·0.5²), so with twenty leavers the prior decides and with
    hundreds the data do. The weights need not sum to 1: members that are too timid or
    too sure are recalibrated in the same step.

    Examples
    --------
    >>> y = np.array([0, 0, 1, 1] * 50)
    >>> knows, guesses = 2.0 * y - 1, np.tile([1.0, -1.0], 100)
    >>> combine(np.column_stack([knows, guesses]), y, np.ones(2)).weights.round(1)
    array([3.2, 0.3])
    """
    from scipy.optimize import minimize

    middle = logits.mean(axis=0)
    away = logits - middle

    def lost(at: np.ndarray) -> tuple[float, np.ndarray]:
        told = at[0] + away @ at[1:]
        wrong = expit(told) - y
        off = (at[1:] - prior) / DOUBT**2
        value = log_loss(y, told) + 0.5 * off @ (at[1:] - prior)
        return value, np.append(wrong.sum(), away.T @ wrong + off)

    start = np.append(np.log(y.mean() / (1 - y.mean())), prior)
    bounds = [(None, None), *[(0, None)] * len(prior)]
    at = minimize(lost, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Combination(float(at[0]), at[1:], middle)


class Sureness(NamedTuple):
    """How well intercept and slope of the combined logit are known.

    Attributes
    ----------
    middle : float
        Mean logit.
    covariance : ndarray, shape (2, 2)
        Of the intercept at `middle` and of the slope.
    df : int
        Clients who left, less two.
    """

    middle: float
    covariance: np.ndarray
    df: int

    def directions(self, logit: np.ndarray) -> np.ndarray:
        """Derivative of logits by intercept and slope, shape (rows, 2)."""
        return np.column_stack([np.ones(len(logit)), logit - self.middle])

    def reach(self, direction: np.ndarray, level: float) -> np.ndarray:
        """Half the width of intervals, shape (rows,)."""
        from scipy.stats import t

        variance = np.einsum("ij,jk,ik->i", direction, self.covariance, direction)
        return t.ppf((1 + level) / 2, self.df) * np.sqrt(variance)


def sureness(logit: np.ndarray, y: np.ndarray, clients: np.ndarray) -> Sureness:
    """Covariance of the calibration line of held-out logits, clients as clusters.

    Parameters
    ----------
    logit : ndarray, shape (rows,)
        Combined logit of rows that the members did not learn from.
    y : ndarray of 0/1, shape (rows,)
    clients : ndarray of int, shape (rows,)

    Returns
    -------
    Sureness

    Notes
    -----
    Of logit(p) = a + b·logit with a prior N(1, 0.25²) of b: H⁻¹(B + P)H⁻¹, with B the
    cross-product of scores summed by client (Liang & Zeger 1986), P the precision of the
    prior and H = A'WA + P.
    """
    middle = float(logit.mean())
    A = np.column_stack([np.ones(len(logit)), logit - middle])
    p = expit(logit)
    precision = np.diag([0.0, 1 / SLOPE_DOUBT**2])
    bend = np.linalg.inv((A.T * (p * (1 - p))) @ A + precision)
    score = np.zeros((clients.max() + 1, 2))
    np.add.at(score, clients, A * (y - p)[:, None])
    count = len(np.unique(clients))
    spread = score.T @ score * (count / max(count - 1, 1)) + precision
    left = len(np.unique(clients[y == 1]))
    return Sureness(middle, bend @ spread @ bend, max(left - 2, 1))
