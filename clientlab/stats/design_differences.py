"""Differences of groups and options in a designed sample.

It answers: do two groups differ, or two options that the same people tick, and by how
much. Public names are importable from `clientlab.stats.design`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.design_input import as_labels, coded, missing, numbers
from clientlab.stats.design_linear import (
    clusters_with,
    interval,
    observed,
    unit_of,
    weighted_ratio,
)
from clientlab.stats.design_sample import Design
from clientlab.stats.estimate import Estimate


def difference(y: ArrayLike, group: ArrayLike, design: Design, *, level: float = 0.95) -> Estimate:
    """Mean of the second group less mean of the first, groups in sorted order.

    Parameters
    ----------
    y : array_like of float, shape (rows,) or (rows, k)
    group : array_like, shape (rows,)
        Two values, say False and True; a missing one leaves the row out of both.
    design : Design
    level : float

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If there are not exactly two groups, a group has answers of one row only, or
        the lengths differ.

    Notes
    -----
    R: ``svycontrast(svyby(~y, ~group, d, svymean, covmat = TRUE), c(-1, 1))``; the same
    estimate and standard error as ``svyttest``, which takes one degree of freedom less.
    A cluster with rows in both groups counts with its covariance.

    Measured coverage at 95% of normal values, groups alike: 94–95% with equal weights
    and groups of 10 or more. It cannot hold in small groups, because the variance of a
    group of g is short by (g − 1) / g: with 6 of 20 in one group 92%, with 4 of 20
    89%, with 10 of 50 93%; unequal weights or clusters take another 1–2 points at
    n = 20 and 50.

    Examples
    --------
    >>> found = difference([3, 5, 4, 8, 7, 9], list("aaabbb"), Design())
    >>> found.estimate, round(found.se, 3), found.df
    (4.0, 0.73, 5.0)
    """
    values, inside, design, alone = observed(y, "y", design, None)
    labels, members = _two_groups(group, len(values))
    sides = [inside & member[:, None] for member in members]
    few = [clusters_with(side, design) < 2 for side in sides]
    for label, side, short in zip(labels, sides, few, strict=True):
        if alone and short[0]:
            raise ValueError(
                f"Group {label!r} has answers of {clusters_with(side, design)[0]} "
                f"{unit_of(design)}; a difference needs at least 2 in each group."
            )
    (first, from_first), (second, from_second) = (
        weighted_ratio(values * side, side.astype(float), design) for side in sides
    )
    unknown = few[0] | few[1]
    estimate = np.where(unknown, np.nan, second - first)
    influence = np.where(unknown, np.nan, from_second - from_first)
    return interval(estimate, influence, sides[0] | sides[1], design, level, alone)


def contrast(
    columns: ArrayLike,
    coefficients: ArrayLike,
    design: Design,
    *,
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Sum of coefficients × means of columns: compare overlapping groups or options.

    Parameters
    ----------
    columns : array_like of float, shape (rows, k)
        Options of a multi-select (0, 1, NaN where not asked), or the same answer in k
        domains, NaN outside of each.
    coefficients : array_like of float, shape (k,)
        Such as ``[1, -1]``.
    design : Design
    domain : array_like of bool, shape (rows,), optional
    level : float

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If there is not one coefficient per column, a column has answers of one row or
        cluster only, or as in `mean`.

    Notes
    -----
    R: ``svycontrast(svymean(~a + b, d), c(1, -1))``. The same people in both columns
    count with their covariance.

    Examples
    --------
    >>> ticked = [[1, 0], [1, 1], [1, 0], [0, 0], [1, 1], [0, 1]]
    >>> found = contrast(ticked, [1, -1], Design())
    >>> round(found.estimate, 3), round(found.se, 3)
    (0.167, 0.307)
    """
    values, inside, design, _ = observed(columns, "columns", design, domain)
    coefficients = numbers(coefficients, "coefficients")
    if coefficients.shape != (values.shape[1],) or np.isnan(coefficients).any():
        raise ValueError(
            f"coefficients are {coefficients.tolist()} and there are {values.shape[1]} columns; "
            "give one number per column."
        )
    few = int((clusters_with(inside, design) < 2).sum())
    if few:
        raise ValueError(
            f"{few} of {values.shape[1]} columns have answers of fewer than 2 {unit_of(design)}; "
            "leave them out."
        )
    means, influence = weighted_ratio(values, inside.astype(float), design)
    anywhere = (inside & (coefficients != 0)).any(axis=1)[:, None]
    estimate, influence = means @ coefficients, influence @ coefficients
    return interval(estimate[None], influence[:, None], anywhere, design, level, True)


def covariance(
    columns: ArrayLike, design: Design, *, domain: ArrayLike | None = None
) -> np.ndarray:
    """Covariance matrix of the weighted means of columns, for all contrasts at once.

    Parameters
    ----------
    columns : array_like of float, shape (rows, k)
        As in `contrast`; the means themselves are ``mean(columns, design)``.
    design : Design
    domain : array_like of bool, shape (rows,), optional

    Returns
    -------
    ndarray, shape (k, k)
        NaN in the rows and columns of a mean with answers of fewer than 2 rows or
        clusters.

    Raises
    ------
    ValueError
        If the lengths differ.

    Notes
    -----
    R: ``vcov(svymean(~a + b, d))``. Var(a − b) = V[a, a] + V[b, b] − 2 V[a, b].

    Examples
    --------
    >>> ticked = [[1, 0], [1, 1], [1, 0], [0, 0], [1, 1], [0, 1]]
    >>> covariance(ticked, Design()).round(4)
    array([[ 0.0444, -0.    ],
           [-0.    ,  0.05  ]])
    """
    values, inside, design, _ = observed(columns, "columns", design, domain)
    _, influence = weighted_ratio(values, inside.astype(float), design)
    influence = np.where(clusters_with(inside, design) < 2, np.nan, influence)
    deviations = design.deviations(influence)
    return deviations.T @ deviations


def p_value(found: Estimate, *, null: float = 0.0) -> Any:
    """Two-sided p-value that the estimate is `null`, from t on its degrees of freedom.

    Parameters
    ----------
    found : Estimate
        Such as a difference or a contrast.
    null : float

    Returns
    -------
    float or ndarray
        NaN where the standard error is 0 or NaN.

    Examples
    --------
    >>> round(p_value(difference([3, 5, 4, 8, 7, 9], list("aaabbb"), Design())), 4)
    0.0028
    """
    from scipy.special import stdtr

    se = np.asarray(found.se, dtype=float)
    distance = np.abs(np.asarray(found.estimate) - null)
    t = np.divide(distance, se, out=np.full(se.shape, np.nan), where=se > 0)
    p = 2 * stdtr(found.df, -t)
    return float(p) if p.ndim == 0 else p


def _two_groups(group: ArrayLike, rows: int) -> tuple[list[Any], list[np.ndarray]]:
    found = as_labels(group)
    if found.shape != (rows,):
        raise ValueError(
            f"group has the shape {found.shape} and y {rows} rows; give one group per row."
        )
    known = ~missing(found)
    labels, codes = coded(found[known], "group")
    if len(labels) != 2:
        listed = ", ".join(repr(label) for label in labels[:6]) or "none"
        raise ValueError(
            f"A difference needs 2 groups; there are {len(labels)}: {listed}. Set the other rows' "
            "group to None, or compare pairs with contrast()."
        )
    of_row = np.full(rows, -1)
    of_row[known] = codes
    return labels, [of_row == 0, of_row == 1]
