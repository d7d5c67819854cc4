"""How sure a probability is: what came of clients whom the model had scored alike.

It answers: of clients with this score, which share left within the horizon, and between
which ends may it lie. The scores are those of clients the model had not seen; the interval
comes from clients drawn anew. It deliberately judges no model: that is the backtest's work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.churn.preparation import ready
from clientlab.clients.redrawn import drawn

FOLDS = 5
DRAWS = 500
PRIOR = 1.0  # weight of a slope of 1: with ten leavers a slope of its own would be chance
STEPS = 30


@dataclass(frozen=True, eq=False)
class Recalibrated:
    """What scores of unseen clients came to: logit p = a + b · logit(score).

    Attributes
    ----------
    lines : ndarray of shape (1 + DRAWS, 2)
        a and b; the first row is the estimate, the others are of clients drawn anew.
    rows, clients, leavers : int
        What they were learned from: client-days, clients, client-days with a leaver.
    """

    lines: np.ndarray
    rows: int
    clients: int
    leavers: int

    @property
    def slope(self) -> tuple[float, float, float]:
        """b with its 95% interval; 0 is a score that tells nothing."""
        low, high = np.quantile(self.lines[1:, 1], [0.025, 0.975])
        return float(self.lines[0, 1]), float(low), float(high)

    def draws(self, score: np.ndarray) -> np.ndarray:
        """Probabilities of clients with these scores, shape (1 + DRAWS, clients)."""
        logit = _logit(np.asarray(score, float))
        # A score that points the wrong way tells nothing: it does not turn the list round.
        slope = np.maximum(self.lines[:, 1:], 0)
        return _sigmoid(self.lines[:, :1] + slope * logit)

    def told(self, score: np.ndarray, level: float = 0.95) -> pd.DataFrame:
        """``estimate, low, high`` of the probability for each score."""
        found = self.draws(score)
        low, high = np.quantile(found[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
        return pd.DataFrame({"estimate": found[0], "low": np.minimum(low, found[0]),
                             "high": np.maximum(high, found[0])})  # fmt: skip


def recalibrate(
    y: np.ndarray, score: np.ndarray, clients: np.ndarray, *, seed: int = 0
) -> Recalibrated:
    """Learn what scores of clients not seen by the model came to.

    Parameters
    ----------
    y : ndarray of 0/1, shape (rows,)
    score : ndarray of shape (rows,)
        Probabilities of a model that had not seen the client (`unseen`).
    clients : ndarray of shape (rows,)
        Whose each row is: all rows of a client are drawn together.
    seed : int

    Returns
    -------
    Recalibrated

    Notes
    -----
    Cox's (1958) calibration line by logistic regression, its slope held towards 1 by a
    normal prior of unit variance; 500 resamples of clients.

    Examples
    --------
    >>> y = np.repeat([0, 1, 0, 1], [80, 20, 20, 80])
    >>> found = recalibrate(y, np.repeat([0.2, 0.8], 100), np.arange(200))
    >>> [round(float(p), 2) for p in found.told(np.array([0.2, 0.8]))["estimate"]]
    [0.2, 0.8]
    """
    y, logit = np.asarray(y, float), _logit(np.asarray(score, float))
    clients = np.asarray(clients)
    weights = np.vstack([np.ones(len(y)), drawn(clients, DRAWS, seed)])
    lines = np.tile([0.0, 1.0], (len(weights), 1))
    for _ in range(STEPS):
        p = _sigmoid(lines[:, :1] + lines[:, 1:] * logit)
        off, curve = weights * (y - p), weights * p * (1 - p)
        first = off.sum(axis=1)
        second = off @ logit - PRIOR * (lines[:, 1] - 1)
        h11, h12 = curve.sum(axis=1) + 1e-9, curve @ logit
        h22 = curve @ logit**2 + PRIOR
        size = h11 * h22 - h12**2
        step = np.column_stack([(h22 * first - h12 * second) / size,
                                (h11 * second - h12 * first) / size])  # fmt: skip
        lines = lines + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-8:
            break
    return Recalibrated(lines, len(y), len(np.unique(clients)), int(y.sum()))


def unseen(
    model, X: pd.DataFrame, y: pd.Series, clients: np.ndarray, *, seed: int = 0
) -> np.ndarray:
    """Probabilities for each row from models fitted without the client of the row.

    Parameters
    ----------
    model : estimator
        Cloned; not fitted itself.
    X, y : table and outcomes
    clients : ndarray
        Whose each row is.
    seed : int

    Returns
    -------
    ndarray of shape (rows,)
    """
    from sklearn.base import clone
    from sklearn.model_selection import StratifiedGroupKFold

    score = np.empty(len(y))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(X, y, clients):
        fitted = clone(ready(model, X)).fit(X.iloc[train], y.iloc[train])
        score[test] = fitted.predict_proba(X.iloc[test])[:, 1]
    return score


def _logit(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-5, 1 - 1e-5)
    return np.log(p / (1 - p))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))
