"""Logistic regression with a ridge, along a path of penalties; parts of the clients.

It answers: which coefficients does each penalty give, and which rows are held out
together. Arrays in, arrays out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clientlab.problems import InvalidValue

# Penalties on standardised columns: effects of 0.02 to 1 of a logit a standard deviation.
PENALTIES = (3000.0, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
USUAL = 100.0  # effects of a tenth of a logit
STEPS = 30  # of Newton's method; four or so are usual
CLOSE = 1e-6  # a step that gains less log-likelihood is the last one
LEAST = 1e-6  # weight of a row that is predicted without doubt


def expit(logit: np.ndarray) -> np.ndarray:
    """Probability of a logit, without overflow."""
    from scipy.special import expit as stable

    return stable(logit)


def log_loss(y: np.ndarray, logit: np.ndarray) -> float:
    """Sum of the log losses of logits."""
    return float((np.logaddexp(0, logit) - y * logit).sum())


def ridge_path(Z: np.ndarray, y: np.ndarray, penalties: Sequence[float] = PENALTIES) -> np.ndarray:
    """Intercept and coefficients for each penalty.

    Parameters
    ----------
    Z : ndarray, shape (rows, columns)
    y : ndarray of 0/1, shape (rows,)
        Both of them there.
    penalties : sequence of float
        From the greatest down, so that each fit begins near its end.

    Returns
    -------
    ndarray, shape (penalties, 1 + columns)

    Notes
    -----
    Newton's method on log-likelihood − penalty·|β|²/2, the intercept free (Hoerl &
    Kennard 1970; le Cessie & van Houwelingen 1992); scikit-learn's C is 1/penalty.
    """
    A = np.column_stack([np.ones(len(Z)), Z])
    beta = np.zeros(A.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    found = []
    for penalty in penalties:
        pull = np.full(A.shape[1], penalty)
        pull[0] = 0.0
        beta = _newton(A, y, pull, beta)
        found.append(beta)
    return np.array(found)


def _newton(A: np.ndarray, y: np.ndarray, pull: np.ndarray, beta: np.ndarray) -> np.ndarray:
    lost = log_loss(y, A @ beta) + 0.5 * pull @ beta**2
    for _ in range(STEPS):
        p = expit(A @ beta)
        weight = np.maximum(p * (1 - p), LEAST)
        bend = (A.T * weight) @ A
        bend[np.diag_indices_from(bend)] += pull
        step = np.linalg.solve(bend, A.T @ (p - y) + pull * beta)
        length = 1.0
        while True:  # halved until it gains: far from the end a whole step may overshoot
            nearer = beta - length * step
            now = log_loss(y, A @ nearer) + 0.5 * pull @ nearer**2
            if now <= lost + 1e-12 or length < 1e-6:
                break
            length /= 2
        gain, beta, lost = lost - now, nearer, now
        if gain < CLOSE:
            break
    return beta


def along(path: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Logits of all penalties, shape (rows, penalties)."""
    return Z @ path[:, 1:].T + path[:, 0]


class Known(NamedTuple):
    """How well the coefficients of a ridge are known.

    Attributes
    ----------
    middle : ndarray, shape (columns,)
        Mean of the columns where the information is: the intercept is known best there.
    covariance : ndarray, shape (columns, columns)
        Of the coefficients, (information + penalty)⁻¹: the penalty as a prior.
    effective : float
        Effective number of parameters (Gray 1992), intercept not counted.
    """

    middle: np.ndarray
    covariance: np.ndarray
    effective: float


def known(Z: np.ndarray, beta: np.ndarray, penalty: float) -> Known:
    """How well the coefficients `beta`, intercept first, of rows Z are known."""
    p = expit(Z @ beta[1:] + beta[0])
    weight = p * (1 - p)
    middle = np.average(Z, axis=0, weights=weight)
    information = ((Z - middle).T * weight) @ (Z - middle)
    covariance = np.linalg.inv(information + penalty * np.eye(len(information)))
    return Known(middle, covariance, float(np.trace(covariance @ information)))


def best_penalty(y: np.ndarray, logits: np.ndarray) -> int:
    """Which of `PENALTIES` does best on held-out rows, mildly drawn to the usual one.

    Parameters
    ----------
    y : ndarray of 0/1, shape (rows,)
    logits : ndarray, shape (rows, penalties)

    Notes
    -----
    Log loss + (ln(penalty/100))²/2: with few leavers the curve of the loss is flat, and its
    lowest point an accident.
    """
    usual = 0.5 * np.log(np.array(PENALTIES) / USUAL) ** 2
    return int(np.argmin([log_loss(y, column) for column in logits.T] + usual))


def clients_of(X: Any, groups: Any = None) -> np.ndarray:
    """Which rows belong together: `groups`, else the index level client_id, else none.

    Raises
    ------
    InvalidValue
        If there is not a group for every row.
    """
    if groups is None and isinstance(X, pd.DataFrame) and "client_id" in X.index.names:
        groups = X.index.get_level_values("client_id")
    if groups is None:
        return np.arange(len(X))
    codes = pd.factorize(np.asarray(groups))[0]
    if len(codes) != len(X) or (codes < 0).any():
        raise InvalidValue(
            f"groups has {len(codes)} values, {int((codes < 0).sum())} of them missing; X has "
            f"{len(X)} rows. Give the client of every row."
        )
    return codes


def client_folds(
    y: np.ndarray, clients: np.ndarray, folds: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows held out, all rows of a client on one side.

    Clients who left and clients who stayed are dealt out like cards, so that each part
    has its share of both.

    Parameters
    ----------
    y : ndarray of 0/1, shape (rows,)
    clients : ndarray of int, shape (rows,)
        0, 1, … as `clients_of` gives them.
    folds : int
        Parts; fewer if fewer clients left or stayed.
    seed : int

    Yields
    ------
    learn, held : ndarray of bool, shape (rows,)

    Examples
    --------
    >>> y, clients = np.array([0, 1, 0, 0, 1, 0]), np.array([0, 0, 1, 2, 3, 4])
    >>> [int(held.sum()) for _, held in client_folds(y, clients, 2, seed=0)]
    [4, 2]
    """
    left = np.zeros(clients.max() + 1)
    np.maximum.at(left, clients, y)
    random = np.random.default_rng(seed)
    dealt = np.empty(len(left), int)
    dealt[np.lexsort((random.random(len(left)), left))] = np.arange(len(left))
    part = (dealt % folds)[clients]
    for fold in range(folds):
        held = part == fold
        if held.any() and 0 < y[~held].sum() < (~held).sum():
            yield ~held, held
