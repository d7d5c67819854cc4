"""Is a column's slope beyond chance, and still so after looking at many columns?

It answers: p-values of many slopes at once that hold with clusters, with unequal scatter
and with few rows, by turning the signs of what each cluster contributes. It makes no
intervals: `importance_slopes.jackknife` does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

FLIPS = 4999


class FlipTest(NamedTuple):
    """What turning signs found, by column.

    Attributes
    ----------
    p_value, p_adjusted : ndarray of shape (k,)
        Of one column alone, and corrected for all (step-down least p-value).
    visible : float
        Squared (partial) correlation from which a column is told from chance at 5% after
        the correction: its median over the columns.
    """

    p_value: np.ndarray
    p_adjusted: np.ndarray
    visible: float


def sign_flips(
    X: ArrayLike,
    y: ArrayLike,
    *,
    held: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    together: bool = True,
    flips: int = FLIPS,
    seed: int = 0,
) -> FlipTest:
    """Test the slope of every column against zero.

    Parameters
    ----------
    X : array_like, shape (n, k)
    y : array_like, shape (n,)
    held : array_like, shape (n, h), optional
        Columns held fixed beside the constant.
    weights : array_like, shape (n,), optional
    clusters : array_like, shape (n,), optional
        Rows that belong together keep one sign.
    together : bool
        All other columns are held fixed too; else each column is looked at alone.
    flips : int
    seed : int

    Returns
    -------
    FlipTest

    Notes
    -----
    A cluster contributes Σ x̃ r, with x̃ the column and r the outcome after what is held
    fixed; without a link its sign is a coin's (Hemerik, Goeman & Finos 2020), whatever the
    scatter within and between clusters. Each flip is divided by its own standard
    deviation, as what was fitted takes a part of the scatter away (De Santis et al. 2022).
    The same signs for all columns give the distribution of the least p-value (Westfall &
    Young 1993, step-down), so that what goes together is not corrected twice.

    Measured with 36 agencies, 22 practices of which 2 count, agencies of unequal size: a
    practice that does not count is told in 4–6% of the samples; by t tests with robust
    errors and Holm's correction in 12–13%, by exchanging the outcomes in 9–14%.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(60, 5))
    >>> found = sign_flips(X, X[:, 0] + random.normal(size=60))
    >>> (found.p_adjusted < 0.05).tolist()
    [True, False, False, False, False]
    """
    table, outcome = np.asarray(X, float), np.asarray(y, float)
    root = np.sqrt(np.ones(len(outcome)) if weights is None else np.asarray(weights, float))
    fixed = np.empty((len(root), 0)) if held is None else np.asarray(held, float)
    base = np.column_stack([root, fixed * root[:, None]])
    table, outcome = table * root[:, None], outcome * root
    codes = np.arange(len(outcome)) if clusters is None else np.unique(
        np.asarray(clusters), return_inverse=True)[1]  # fmt: skip
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(flips, codes.max() + 1))
    seen, turned, scale = [], [], []
    for column in range(table.shape[1]):
        others = np.delete(table, column, axis=1) if together else table[:, :0]
        one = _statistics(table[:, column], outcome, np.column_stack([base, others]), codes, signs)
        for place, part in zip((seen, turned, scale), one, strict=True):
            place.append(part)
    chance = _ranks(np.vstack([np.array(seen), np.column_stack(turned)]))
    needed = np.quantile(chance[1:].min(axis=1), 0.05)
    reach = [np.quantile(drawn, 1 - needed) * one for drawn, one in zip(turned, scale, strict=True)]
    visible = float(min(1.0, np.median(np.array(reach) ** 2)))
    return FlipTest(chance[0], _step_down(chance), visible)


def _statistics(
    column: np.ndarray, outcome: np.ndarray, base: np.ndarray, codes: np.ndarray, signs: np.ndarray
) -> tuple[float, np.ndarray, float]:
    """The statistic as observed and with signs turned, and what makes it a correlation."""
    basis = _basis(base)
    left, rest = column - basis @ (basis.T @ column), outcome - basis @ (basis.T @ outcome)
    size = float(left @ left)
    if size <= 1e-10 * float(column @ column) or not float(rest @ rest) > 0:
        return 0.0, np.zeros(len(signs)), 1.0
    part = np.bincount(codes, left * rest)
    scatter = np.sqrt((part**2).sum() / size)  # no flip changes it
    fitted = np.zeros((codes.max() + 1, basis.shape[1]))
    np.add.at(fitted, codes, left[:, None] * basis)
    lost = ((signs @ fitted) ** 2).sum(axis=1)
    spread = np.sqrt(np.maximum(size - lost, 1e-9 * size))
    observed = abs(part.sum()) / np.sqrt(size) / scatter
    return observed, np.abs(signs @ part) / spread / scatter, scatter / np.sqrt(rest @ rest)


def _basis(columns: np.ndarray) -> np.ndarray:
    """Orthonormal columns that span the same, without those that add nothing."""
    left, values, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, values > 1e-10 * values[0]]


def _ranks(statistics: np.ndarray) -> np.ndarray:
    """The share of each column that is as large or larger: a p-value of every flip."""
    found = np.empty(statistics.shape)
    for place, column in enumerate(statistics.T):
        below = np.searchsorted(np.sort(column), column - 1e-12, side="left")
        found[:, place] = 1 - below / len(column)
    return found


def _step_down(chance: np.ndarray) -> np.ndarray:
    """Each column against the least p-value of itself and all weaker ones; never falling.

    P-values are compared, not statistics: a column in which few differ has heavier tails.
    """
    observed = chance[0]
    order = np.argsort(observed, kind="stable")
    least = np.minimum.accumulate(chance[:, order[::-1]], axis=1)[:, ::-1]
    found = np.empty(len(order))
    found[order] = np.maximum.accumulate((least <= observed[order] + 1e-12).mean(axis=0))
    return found
