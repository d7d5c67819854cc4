"""How much of an outcome goes with each of several columns that go with each other.

It answers: R² of a regression, shared out among its columns, so that the shares sum to it
whatever the order in which the columns are named. It says nothing of cause, and nothing
of chance: intervals are made of `lmg_of` and `johnson_of` on samples drawn anew.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike

EXACT = 12  # columns up to which all subsets are quick
MOST = 16  # and up to which they fit into memory
AT_ONCE = 2_000_000  # numbers held while subsets double
NOTHING = 1e-9  # share of a column's variance that is taken for none


def lmg(X: ArrayLike, y: ArrayLike, *, weights: ArrayLike | None = None) -> np.ndarray:
    """R² shared out by the mean gain of each column over all orders of entering.

    Parameters
    ----------
    X : array_like, shape (n, k)
        Columns that may explain the outcome, at most 16; no value missing.
    y : array_like, shape (n,)
        The outcome.
    weights : array_like, shape (n,), optional
        Not negative; only their ratios matter.

    Returns
    -------
    ndarray of shape (k,)
        Not negative, sums to R²; in the share of the variance of `y`, 0–1.

    Raises
    ------
    ValueError
        If a value is missing, a column or the outcome is constant, lengths differ, or
        there are more than 16 columns.

    Notes
    -----
    Lindeman, Merenda & Gold (1980); the Shapley value of R² (Grömping 2006, 2007), in R
    `relaimpo::calc.relimp(type = "lmg")`. All 2^k subsets are regressed once, by sweeping
    one column at a time. A column that others fully determine gains nothing after them.
    A column that explains nothing in the population still gets about 1/(n − 1).

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> lmg(X, [0, 1, 3, 4]).round(6).tolist()
    [0.9, 0.1]
    """
    return lmg_of(_covariance(X, y, weights))


def johnson(X: ArrayLike, y: ArrayLike, *, weights: ArrayLike | None = None) -> np.ndarray:
    """R² shared out by Johnson's relative weights: quick for any number of columns.

    Parameters and errors are those of `lmg`, without a limit on the number of columns.

    Returns
    -------
    ndarray of shape (k,)
        Not negative, sums to R².

    Notes
    -----
    Johnson (2000): with R = VΔ²V' the correlations of the columns and Λ = VΔV' its root,
    the weights are Λ∘Λ (Λ⁻¹r)∘(Λ⁻¹r). For two columns they equal `lmg`. Exact copies
    share their weight evenly (Λ⁻¹ is then the pseudo-inverse).

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> johnson(X, [0, 1, 3, 4]).round(6).tolist()
    [0.9, 0.1]
    """
    return johnson_of(_covariance(X, y, weights))


def lmg_of(covariance: np.ndarray) -> np.ndarray:
    """`lmg` of covariance matrices whose last row and column are the outcome's.

    Parameters
    ----------
    covariance : ndarray of shape (…, k + 1, k + 1)
        Any number of them at once. A column without variance gets 0.

    Returns
    -------
    ndarray of shape (…, k)
    """
    columns = covariance.shape[-1] - 1
    if columns > MOST:
        raise ValueError(
            f"LMG of {columns} columns needs {2**columns:,} regressions; it is made for up to "
            f"{MOST}. Use johnson, or fewer columns."
        )
    flat = covariance.reshape(-1, columns + 1, columns + 1)
    step = max(1, AT_ONCE // (3 * 2**columns))
    found = [_shares(flat[start : start + step]) for start in range(0, len(flat), step)]
    return np.concatenate(found).reshape(*covariance.shape[:-2], columns)


def johnson_of(covariance: np.ndarray) -> np.ndarray:
    """`johnson` of covariance matrices whose last row and column are the outcome's.

    Parameters and results are those of `lmg_of`.
    """
    spread = np.sqrt(np.maximum(np.diagonal(covariance, axis1=-2, axis2=-1), 0))
    spread = np.where(spread > 0, spread, np.inf)
    correlation = covariance / (spread[..., :, None] * spread[..., None, :])
    among, with_outcome = correlation[..., :-1, :-1], correlation[..., :-1, -1]
    values, vectors = np.linalg.eigh(among)
    kept = values > NOTHING
    root = np.sqrt(np.where(kept, values, 0))
    inverse = np.where(kept, 1 / np.where(kept, root, 1), 0)
    turned = np.swapaxes(vectors, -1, -2)
    # Λ⁻¹r without building Λ⁻¹, and Λ itself.
    slopes = (vectors * inverse[..., None, :]) @ (turned @ with_outcome[..., None])
    loading = (vectors * root[..., None, :]) @ turned
    return ((loading**2) @ (slopes**2))[..., 0]


def _covariance(X: ArrayLike, y: ArrayLike, weights: ArrayLike | None) -> np.ndarray:
    """Covariances of the columns and the outcome, after all checks."""
    table, outcome = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if table.ndim != 2 or outcome.shape != (len(table),):
        raise ValueError(
            f"X has the shape {table.shape} and y {outcome.shape}; give a table and one outcome "
            "for each of its rows."
        )
    both = np.column_stack([table, outcome])
    if np.isnan(both).any():
        rows = int(np.isnan(both).any(axis=1).sum())
        raise ValueError(f"{rows} of {len(both)} rows have a missing value; leave them out first.")
    weight = np.ones(len(both)) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != (len(both),) or not (weight >= 0).all() or not weight.sum() > 0:
        raise ValueError("weights must be one number of 0 or more for each row, not all of them 0.")
    away = both - np.average(both, axis=0, weights=weight)
    found = (away.T * weight) @ away / weight.sum()
    constant = np.ptp(both[weight > 0], axis=0) == 0
    if constant.any():
        names = [f"column {n} of X" for n in range(len(constant) - 1)] + ["y"]
        which = ", ".join(name for name, one in zip(names, constant, strict=True) if one)
        raise ValueError(f"Constant: {which}. What does not vary explains nothing.")
    return found


def _shares(covariance: np.ndarray) -> np.ndarray:
    """Shares of R², (matrices, columns)."""
    columns = covariance.shape[-1] - 1
    explained = _explained(covariance)
    subsets = np.arange(2**columns)
    size = np.array([int(subset).bit_count() for subset in subsets])
    found = np.empty((len(covariance), columns))
    for column in range(columns):
        without = subsets[(subsets >> column) & 1 == 0]
        gain = explained[:, without | (1 << column)] - explained[:, without]
        chance = [1 / (columns * comb(columns - 1, k)) for k in size[without]]
        found[:, column] = gain @ np.array(chance)
    return found


def _explained(covariance: np.ndarray) -> np.ndarray:
    """R² of the outcome on every subset: bit j of its number says whether column j is in it."""
    variances = np.diagonal(covariance, axis1=1, axis2=2)
    outcome = np.where(variances[:, -1] > 0, variances[:, -1], np.inf)
    left = covariance[:, None]
    for column in range(covariance.shape[-1] - 1):
        rest, edge, pivot = left[..., 1:, 1:], left[..., 1:, 0], left[..., 0, 0]
        known = pivot > NOTHING * np.maximum(variances[:, column, None], 1e-300)
        share = np.where(known, 1 / np.where(known, pivot, 1), 0)
        swept = rest - edge[..., :, None] * edge[..., None, :] * share[..., None, None]
        left = np.concatenate([rest, swept], axis=1)  # without the column, then with it
    return 1 - np.maximum(left[:, :, 0, 0], 0) / outcome[:, None]
