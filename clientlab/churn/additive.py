"""Logistic regression whose parts add up, with a penalty chosen by held-out clients.

It answers: how does the risk move with each column, the others held. Straight lines, or
smooth curves; the one model of the kit that can be explained without any approximation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from clientlab.churn.preparation import Prepared, left_and_stayed
from clientlab.churn.ridge import (
    PENALTIES,
    along,
    best_penalty,
    client_folds,
    clients_of,
    expit,
    known,
    ridge_path,
)
from clientlab.problems import InvalidValue


class AdditiveLogistic(ClassifierMixin, BaseEstimator):
    """Logistic regression on lines or curves, with a ridge.

    Parameters
    ----------
    knots : int
        Knots of the curve of each number, at its quantiles; 0 for straight lines.
    ridge : float, optional
        Penalty of the standardised parts; by default the one of `PENALTIES` whose log
        loss is least on held-out clients.
    folds, seed : int
        Parts that the clients are dealt into, from which start.

    Attributes
    ----------
    ridge_ : float
        The penalty used.
    coef_ : ndarray, shape (columns of the matrix,)
    intercept_ : float
    baseline : float
        Logit at which every contribution is 0: that of a client with the means of all.
    effective_parameters : float
        Trace of (information + ridge)⁻¹ information (Gray 1992), intercept not counted.

    Notes
    -----
    Additive on the logit scale (Hastie & Tibshirani 1986); see `Prepared` for the parts.

    Examples
    --------
    >>> clients = pd.DataFrame({"months": range(60), "model": ["retainer", "project"] * 30})
    >>> left = (clients["months"] < 20).to_numpy().astype(int)
    >>> fitted = AdditiveLogistic(knots=4).fit(clients, left)
    >>> parts = fitted.contributions(clients)
    >>> p = 1 / (1 + np.exp(-fitted.baseline - parts.sum(axis=1)))
    >>> bool(np.allclose(p, fitted.predict_proba(clients)[:, 1]))
    True
    """

    def __init__(
        self,
        *,
        knots: int = 0,
        ridge: float | None = None,
        folds: int = 5,
        seed: int = 0,
    ):
        self.knots = knots
        self.ridge = ridge
        self.folds = folds
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: Any, groups: Any = None) -> AdditiveLogistic:
        """Learn; rows of one client (`groups`, or index level client_id) stay together."""
        if self.ridge is not None and self.ridge <= 0:
            raise InvalidValue(f"ridge={self.ridge:g}: a ridge is positive.")
        y = left_and_stayed(y, len(X))
        self.classes_ = np.array([0, 1])
        self.prepared_ = Prepared(knots=self.knots).fit(X)
        Z = self.prepared_.transform(X)
        self.ridge_ = self.ridge or self._chosen(Z, y, clients_of(X, groups))
        path = ridge_path(Z, y, [least for least in PENALTIES if least > self.ridge_]
                          + [self.ridge_])  # fmt: skip
        self.intercept_, self.coef_ = float(path[-1, 0]), path[-1, 1:]
        self.baseline = self.intercept_
        self.effective_parameters = known(Z, path[-1], self.ridge_).effective
        return self

    def _chosen(self, Z: np.ndarray, y: np.ndarray, clients: np.ndarray) -> float:
        told = np.zeros((len(y), len(PENALTIES)))
        for learn, held in client_folds(y, clients, self.folds, self.seed):
            told[held] = along(ridge_path(Z[learn], y[learn]), Z[held])
        return PENALTIES[best_penalty(y, told)]

    def decision_function(self, X: pd.DataFrame) -> np.ndarray:
        """Logit of leaving."""
        check_is_fitted(self)
        return self.prepared_.transform(X) @ self.coef_ + self.intercept_

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Probability to stay and to leave."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """1 where leaving is more probable than staying."""
        return (self.decision_function(X) > 0).astype(int)

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """What each column of X adds to the logit, beside `baseline`; exact."""
        check_is_fitted(self)
        return by_column(self.prepared_, self.prepared_.transform(X) * self.coef_, X)


def by_column(prepared: Prepared, parts: np.ndarray, X: pd.DataFrame) -> pd.DataFrame:
    """Parts of the matrix summed by the column of the table that they come from."""
    summed = {name: parts[:, block].sum(axis=1) for name, block in prepared.blocks_.items()}
    return pd.DataFrame(summed, index=X.index, columns=list(prepared.blocks_))
