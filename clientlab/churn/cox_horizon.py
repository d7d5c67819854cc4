"""Cox regression as a predictor: the probability to leave within the horizon.

It answers: what does the model of the textbooks say of the next 90 days. Its covariates
are reduced before, to as many directions as the leavers can carry.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from clientlab.churn.preparation import Prepared, left_and_stayed
from clientlab.problems import InvalidValue
from clientlab.stats import survival

LEAVERS = 10  # for each direction
FLAT = 0.1  # spread of a direction along which clients hardly differ


class CoxHorizon(ClassifierMixin, BaseEstimator):
    """Proportional hazards from the day of the snapshot, on principal components.

    Parameters
    ----------
    horizon : float
        Days that a prediction is for.
    components : int, optional
        Directions of the standardised columns that are kept, those along which clients
        differ most; by default one for every ten who left, and one at least.

    Attributes
    ----------
    fit_ : CoxFit
        Of `clientlab.stats.survival.cox`, ties by Efron, covariates c1, c2, …
    directions_ : ndarray, shape (columns of the matrix, components)

    Notes
    -----
    Cox (1972) on principal components, chosen without a look at who left (Harrell 2015,
    data reduction); where an effect has no end, on half as many. The probability is
    1 − S(horizon).

    Examples
    --------
    >>> X = pd.DataFrame({"claims": [0, 1, 2, 3, 4, 5, 6, 7] * 5})
    >>> left = [0, 0, 1, 0, 1, 0, 0, 1] * 5
    >>> days = [90, 90, 70, 90, 60, 90, 90, 12] * 5
    >>> CoxHorizon().fit(X, left, days).predict_proba(X)[[0, 7], 1].round(2)
    array([0.14, 0.71])
    """

    def __init__(self, *, horizon: float = 90.0, components: int | None = None):
        self.horizon = horizon
        self.components = components

    def fit(self, X: pd.DataFrame, y: Any, days_at_risk: Any = None) -> CoxHorizon:
        """Learn from rows of snapshots.

        Parameters
        ----------
        X : DataFrame
        y : array_like of 0/1
        days_at_risk : array_like of float, optional
            Days to the end, or as far as the client was followed; without them all are
            taken to have been followed for the horizon, and to have left at its end.

        Raises
        ------
        InvalidValue
            If settings make no model, or the labels or days do not go with the rows.
        """
        if self.horizon <= 0 or (self.components is not None and self.components < 1):
            raise InvalidValue(
                f"horizon={self.horizon:g}, components={self.components}: a horizon is positive, "
                "and there is one component or more."
            )
        y = left_and_stayed(y, len(X))
        days = np.full(len(y), self.horizon) if days_at_risk is None else days_at_risk
        days = np.asarray(days, dtype=float)
        if len(days) != len(y) or not (np.isfinite(days) & (days > 0)).all():
            raise InvalidValue("days_at_risk must be a number of days above 0 for every row of X.")
        self.classes_ = np.array([0, 1])
        self.prepared_ = Prepared().fit(X)
        Z = self.prepared_.transform(X)
        directions = self._directions(Z, int(y.sum()))
        while True:
            self.directions_ = directions
            frame, names = self._scores(Z)
            try:
                spells = frame.assign(days=days, left=y)
                self.fit_ = survival.cox(spells, names, exit="days", event="left")
                break
            except ValueError as error:  # an effect without an end: fewer directions have one
                directions = directions[:, : len(names) // 2]
                if not directions.size:
                    raise InvalidValue(str(error)) from error
        # Beyond the last day seen the curve is not known; nobody was followed to the horizon
        # only if all rows were cut off.
        self.until_ = min(self.horizon, float(days.max()))
        return self

    def _directions(self, Z: np.ndarray, left: int) -> np.ndarray:
        _, size, turned = np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)
        possible = int((size > FLAT * np.sqrt(len(Z))).sum())
        if not possible:
            raise InvalidValue(
                "All rows of X are alike: there is nothing to tell clients apart by."
            )
        count = self.components or max(1, left // LEAVERS)
        return turned[: min(count, possible)].T

    def _scores(self, Z: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
        names = [f"c{number}" for number in range(1, self.directions_.shape[1] + 1)]
        return pd.DataFrame(Z @ self.directions_, columns=names), names

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Probability to stay and to leave within the horizon."""
        check_is_fitted(self)
        frame, _ = self._scores(self.prepared_.transform(X))
        stay = self.fit_.survival_at(frame, [self.until_])[:, 0]
        return np.column_stack([stay, 1 - stay])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """1 where leaving is more probable than staying."""
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)
