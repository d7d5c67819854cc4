"""Discrete-time hazard by cause: who leaves within the horizon, and why.

It answers: with which probability does a client leave for each cause, given what is
known today. The causes compete: who leaves for one cannot leave for another any more. Each
row of snapshots is a client followed for some days, so rows whose horizon was cut off
can be learned from as far as they go.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from clientlab.churn.preparation import Prepared, left_and_stayed, zero_or_one
from clientlab.problems import InvalidValue

STAYED = ""  # the cause of who stayed, as in the keys of snapshots
LEFT = "left"  # the one cause where none are told
STEPS = 500


class MultinomialHazard(ClassifierMixin, BaseEstimator):
    """Multinomial logit of leaving in a period, by cause, with a ridge.

    Parameters
    ----------
    ridge : float
        Penalty of the effects that all causes share, on standardised columns; 0 leaves
        none at all, and then causes are fitted as if alone.
    apart : float
        Penalty of what sets a cause apart from the others, in shares of `ridge`: more
        lets causes with few leavers borrow from all.
    horizon : int
        Days that a prediction is for.
    step : int
        Days of a period, where `fit` is told for how many days each row was at risk.
    knots : int
        Knots of the curve of each number; 0 leaves numbers straight.

    Attributes
    ----------
    causes_ : list of str
    coef_ : ndarray, shape (columns of the matrix, causes)
    intercept_ : ndarray, shape (causes,)
    effective_parameters : float
        Trace of (information + penalty)⁻¹ information (Gray 1992), intercepts not counted.

    Notes
    -----
    In each period log(h_c / h_0) = a_c + x·(β + δ_c), with h_0 the probability to stay;
    ridge·(|β|² + apart·Σ|δ_c|²)/2 is taken off the log-likelihood. A row counts for its
    whole periods at risk (Allison 1982; Tutz & Schmid 2016); without days at risk there is
    one period, the horizon. Without a ridge it is the multinomial logit of statsmodels'
    ``MNLogit``.

    Examples
    --------
    >>> X = pd.DataFrame({"claims": [0, 1, 2, 3, 4, 5, 6, 7] * 5})
    >>> cause = ["", "", "price", "", "", "dissatisfied", "", "dissatisfied"] * 5
    >>> fitted = MultinomialHazard(ridge=1).fit(X, cause)
    >>> fitted.predict_causes(X).round(2).tail(1)
        dissatisfied  price
    39          0.74   0.03
    """

    def __init__(
        self,
        *,
        ridge: float = 100.0,
        apart: float = 1.0,
        horizon: int = 90,
        step: int = 30,
        knots: int = 0,
    ):
        self.ridge = ridge
        self.apart = apart
        self.horizon = horizon
        self.step = step
        self.knots = knots

    def fit(self, X: pd.DataFrame, y: Any, days_at_risk: Any = None) -> MultinomialHazard:
        """Learn from rows of snapshots.

        Parameters
        ----------
        X : DataFrame
        y : array_like
            Cause of who left, '' for who stayed; or 1 and 0.
        days_at_risk : array_like of float, optional
            Days from the snapshot to the end, or as far as the client was followed.

        Raises
        ------
        InvalidValue
            If settings make no model, or labels or days do not go with the rows.
        """
        self._check()
        cause = _causes(y)
        left = left_and_stayed((cause != STAYED).astype(int), len(X)).astype(bool)
        self.causes_ = sorted(set(cause[left]))
        self.classes_ = np.array([0, 1])
        self.periods_ = 1 if days_at_risk is None else max(1, round(self.horizon / self.step))
        self.prepared_ = Prepared(knots=self.knots).fit(X)
        stays = (~left).astype(float)
        if days_at_risk is not None:
            stays = _stays(days_at_risk, left, self.step, self.periods_)
        events = (cause[:, None] == np.array(self.causes_, dtype=object)).astype(float)
        Z = self.prepared_.transform(X)
        lived = Lived(Z, events, stays)
        solved = _maximum(lived, self._penalty())
        self.intercept_, self.coef_ = solved[0], solved[1:]
        self.effective_parameters = _effective(lived, solved, self._penalty())
        return self

    def predict_causes(self, X: pd.DataFrame) -> pd.DataFrame:
        """Probability of leaving within the horizon, a column for each cause."""
        check_is_fitted(self)
        eta = self.prepared_.transform(X) @ self.coef_ + self.intercept_
        hazard, stay = _hazards(eta)
        gone = 1 - stay
        within = -np.expm1(self.periods_ * np.log(stay))
        return pd.DataFrame(
            hazard * (within / np.where(gone > 0, gone, 1))[:, None],
            index=X.index,
            columns=self.causes_,
        )

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Probability to stay and to leave, whatever the cause."""
        p = self.predict_causes(X).sum(axis=1).to_numpy()
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """1 where leaving is more probable than staying."""
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)

    def _penalty(self) -> np.ndarray:
        """What is left of the penalty between causes when the shared effect is the best."""
        count = len(self.causes_)
        if not self.ridge:
            return np.zeros((count, count))
        own, shared = self.apart * self.ridge, self.ridge
        return own * (np.eye(count) - own / (count * own + shared))

    def _check(self) -> None:
        if self.ridge < 0 or self.apart <= 0 or self.step < 1 or self.horizon < self.step:
            raise InvalidValue(
                f"ridge={self.ridge:g}, apart={self.apart:g}, horizon={self.horizon}, "
                f"step={self.step}: a ridge is 0 or more, apart is positive, and a horizon has at "
                "least one step of at least a day."
            )


class Lived(NamedTuple):
    """Rows with their ends.

    Attributes
    ----------
    Z : ndarray, shape (rows, columns)
    events : ndarray of 0/1, shape (rows, causes)
    stays : ndarray, shape (rows,)
        Periods that each row was seen to stay.
    """

    Z: np.ndarray
    events: np.ndarray
    stays: np.ndarray


def _causes(y: Any) -> np.ndarray:
    y = pd.Series(np.asarray(y)).reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(y) or pd.api.types.is_bool_dtype(y):
        return np.where(zero_or_one(y.to_numpy()) == 1, LEFT, STAYED).astype(object)
    if y.isna().any():
        raise InvalidValue(
            f"{int(y.isna().sum())} causes are missing; write '' for who stayed and 'unknown' for "
            "who left without a reason."
        )
    return y.astype(str).to_numpy(dtype=object)


def _stays(days_at_risk: Any, left: np.ndarray, step: int, periods: int) -> np.ndarray:
    days = np.asarray(days_at_risk, dtype=float)
    if len(days) != len(left) or not np.isfinite(days).all() or (days < 0).any():
        raise InvalidValue("days_at_risk must be a number of days, 0 or more, for every row of X.")
    whole = np.where(left, np.ceil(days / step) - 1, np.floor(days / step))
    return np.clip(whole, 0, periods - left)


def _hazards(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the causes and of staying, of linear predictors."""
    top = np.maximum(eta.max(axis=1), 0)[:, None]
    grown = np.exp(eta - top)
    total = np.exp(-top[:, 0]) + grown.sum(axis=1)
    return grown / total[:, None], np.exp(-top[:, 0]) / total


def _maximum(lived: Lived, penalty: np.ndarray) -> np.ndarray:
    """Intercepts and coefficients, shape (1 + columns, causes)."""
    from scipy.optimize import minimize

    A = np.column_stack([np.ones(len(lived.Z)), lived.Z])
    share = lived.events.sum(axis=0) / (lived.stays.sum() + lived.events.sum())
    start = np.zeros((A.shape[1], lived.events.shape[1]))
    start[0] = np.log(np.maximum(share, 1e-9) / max(1 - share.sum(), 1e-9))
    rows = lived.stays + lived.events.sum(axis=1)

    def lost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        B = flat.reshape(start.shape)
        eta = A @ B
        top = np.maximum(eta.max(axis=1), 0)
        grown = np.exp(eta - top[:, None])
        total = np.exp(-top) + grown.sum(axis=1)
        value = rows @ (top + np.log(total)) - (lived.events * eta).sum()
        slope = A.T @ (rows[:, None] * grown / total[:, None] - lived.events)
        pulled = B[1:] @ penalty
        slope[1:] += pulled
        return float(value + 0.5 * (B[1:] * pulled).sum()), slope.ravel()

    options = {"maxiter": STEPS, "maxfun": 2 * STEPS, "gtol": 1e-6, "ftol": 1e-13}
    found = minimize(lost, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    return found.x.reshape(start.shape)


def _effective(lived: Lived, solved: np.ndarray, penalty: np.ndarray) -> float:
    """Effective number of parameters, intercepts not counted."""
    A = np.column_stack([np.ones(len(lived.Z)), lived.Z])
    hazard, _ = _hazards(A @ solved)
    rows = lived.stays + lived.events.sum(axis=1)
    width, causes = A.shape[1], solved.shape[1]
    information = np.zeros((causes, width, causes, width))
    for one in range(causes):
        for other in range(one + 1):
            weight = rows * hazard[:, one] * ((one == other) - hazard[:, other])
            block = (A.T * weight) @ A
            information[one, :, other], information[other, :, one] = block, block
    flat = information.reshape(causes * width, -1)
    pull = np.kron(penalty, np.diag(np.append(0.0, np.ones(width - 1))))
    found = np.linalg.lstsq(flat + pull, flat, rcond=None)[0]
    return float(np.trace(found)) - causes
