"""Intervals by drawing the sample again, for numbers that have no formula.

It answers: how sure is a median, a Gini, a concentration or any function of the rows,
when all rows of a client move together. It deliberately knows no weights and no strata:
means, shares and ratios of such samples have formulas in `clientlab.stats.design`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.estimate import Estimate, checked_level

METHODS = ("percentile", "bca")
NAN_ALLOWED = 0.05  # share of resamples that may have no value
CELLS = 5_000_000  # numbers drawn at once, 40 MB


def bootstrap(
    statistic: Callable[..., Any],
    data: Any,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    method: str = "percentile",
    replicates: int = 2000,
    seed: int = 0,
) -> Estimate:
    """Any statistic of a sample with a bootstrap interval.

    Parameters
    ----------
    statistic : callable
        Gets the columns of a tuple one by one, anything else whole, and returns a
        number or a 1-d array of k numbers. If it takes ``axis`` (as ``np.mean`` and
        ``np.median`` do), columns without clusters are computed many at once.
    data : array_like, tuple of array_like, or data frame
        One row per observation.
    clusters : array_like, shape (rows,), optional
        Whose row it is: all rows of a client are drawn together.
    level : float
    method : {"percentile", "bca"}
        Quantiles of the resamples, or those corrected for bias and skewness by a
        jackknife over clusters, which calls the statistic once per cluster.
    replicates : int
        Number of resamples; at least 200.
    seed : int
        The same seed gives the same interval.

    Returns
    -------
    Estimate
        ``se`` is the standard deviation of the resamples, ``df`` is infinite. If all
        resamples are equal, the interval is a point and says nothing.

    Raises
    ------
    ValueError
        If there are fewer than 2 rows or clusters, lengths differ, the statistic is
        NaN on the data or in more than 5% of the resamples (fewer are left out), or
        "bca" meets an estimate outside of all resamples.

    Notes
    -----
    Efron & Tibshirani (1993), chapters 12–14; clusters as in Davison & Hinkley (1997),
    §3.8. With the same seed it equals `scipy.stats.bootstrap`.

    Measured coverage at 95%, percentile and bca alike within a point: of the mean of
    normal rows 92–93% at n = 20, 93–94% at 50 and 95; of the median 93–95% throughout.
    It cannot hold with few clusters (mean, clusters of 1–5: 88% with 9 clusters, 92%
    with 15, 94% with 31) or with skew (mean of log-normal rows, σ = 1: 86–87% at n = 20,
    91% at 50, 92% at 95). Where a formula exists, prefer it.

    Examples
    --------
    >>> found = bootstrap(np.median, [3, 5, 4, 8, 7, 9, 30], replicates=500)
    >>> found.estimate, found.low, found.high
    (7.0, 4.0, 9.0)
    """
    _check(method, level, replicates)
    columns, call = _columns(data, statistic)
    rows = _rows(columns)
    members = _members(clusters, rows)
    estimate = np.asarray(call(columns), dtype=float)
    if estimate.ndim > 1 or np.isnan(estimate).any():
        raise ValueError(
            f"The statistic of the data is {estimate.tolist()}; it must be a number or a 1-d "
            "array of numbers, none of them NaN."
        )
    drawn = _draw(call, columns, members, statistic, replicates, seed)
    drawn = drawn.reshape(replicates, -1)
    known = np.isfinite(drawn).all(axis=1)
    if (~known).sum() > NAN_ALLOWED * replicates:
        raise ValueError(
            f"{int((~known).sum())} of {replicates} resamples gave no finite number; at most "
            f"{NAN_ALLOWED:.0%} may. The sample is too small for this statistic."
        )
    drawn = drawn[known]
    tails = np.full((2, drawn.shape[1]), [[(1 - level) / 2], [(1 + level) / 2]])
    if method == "bca":
        tails = _corrected(tails, drawn, np.atleast_1d(estimate), call, columns, members)
    ends = [
        np.array([np.quantile(column, tail) for column, tail in zip(drawn.T, side, strict=True)])
        for side in tails
    ]
    parts = (np.atleast_1d(estimate), drawn.std(axis=0, ddof=1), *ends)
    if estimate.ndim == 0:
        return Estimate(*(float(part[0]) for part in parts), float("inf"))
    return Estimate(*parts, float("inf"))


def _check(method: str, level: float, replicates: int) -> None:
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known; use one of {', '.join(METHODS)}.")
    checked_level(level)
    if replicates < 200:
        raise ValueError(f"replicates={replicates} is too few for an interval; use 200 or more.")


def _columns(data: Any, statistic: Callable[..., Any]) -> tuple[Any, Callable[..., Any]]:
    """The data as something rows can be taken from, and the statistic of that."""
    if hasattr(data, "iloc"):
        return data, statistic
    if isinstance(data, tuple):
        return tuple(np.asarray(c) for c in data), lambda columns, **more: statistic(
            *columns, **more
        )
    return np.asarray(data), statistic


def _rows(columns: Any) -> int:
    lengths = [len(column) for column in columns] if isinstance(columns, tuple) else [len(columns)]
    if len(set(lengths)) != 1:
        raise ValueError(f"The columns have {lengths} rows; all need as many.")
    if lengths[0] < 2:
        raise ValueError(f"The data have {lengths[0]} rows; resampling needs at least 2.")
    return lengths[0]


def _members(clusters: ArrayLike | None, rows: int) -> tuple[np.ndarray, ...] | int:
    """Rows sorted by cluster, first place and size of each cluster; rows without any."""
    if clusters is None:
        return rows
    import pandas as pd

    labels = np.asarray(clusters, dtype=object)  # keeps a missing one missing
    if labels.shape != (rows,):
        raise ValueError(
            f"clusters have the shape {labels.shape} and the data {rows} rows; give one per row."
        )
    codes, found = pd.factorize(labels)
    absent = int((codes < 0).sum())
    if absent:
        raise ValueError(f"clusters are missing in {absent} of {rows} rows.")
    if len(found) < 2:
        raise ValueError("All rows belong to one cluster; resampling needs at least 2.")
    sizes = np.bincount(codes)
    return np.argsort(codes, kind="stable"), np.cumsum(sizes) - sizes, sizes


def _taken(columns: Any, index: np.ndarray) -> Any:
    if isinstance(columns, tuple):
        return tuple(column[index] for column in columns)
    return columns.iloc[index] if hasattr(columns, "iloc") else columns[index]


def _draw(call, columns, members, statistic, replicates, seed) -> np.ndarray:
    """Statistic of each resample, (replicates,) or (replicates, k)."""
    random = np.random.default_rng(seed)
    if isinstance(members, tuple):
        count = len(members[1])
        return np.array(
            [
                call(_taken(columns, _rows_of(random.integers(0, count, count), members)))
                for _ in range(replicates)
            ],
            dtype=float,
        )
    flat = columns if isinstance(columns, tuple) else (columns,)
    many = (
        not hasattr(columns, "iloc") and all(c.ndim == 1 for c in flat) and _takes_axis(statistic)
    )
    found = []
    for start in range(0, replicates, max(1, CELLS // members)):
        size = min(max(1, CELLS // members), replicates - start)
        index = random.integers(0, members, (size, members))
        if many:
            found.extend(np.asarray(call(_taken(columns, index), axis=-1), dtype=float))
        else:
            found.extend(call(_taken(columns, row)) for row in index)
    return np.array(found, dtype=float)


def _rows_of(drawn: np.ndarray, members: tuple[np.ndarray, ...]) -> np.ndarray:
    """All rows of the clusters drawn, a cluster drawn twice with its rows twice."""
    order, first, sizes = members
    lengths = sizes[drawn]
    shift = np.repeat(first[drawn] - (np.cumsum(lengths) - lengths), lengths)
    return order[shift + np.arange(lengths.sum())]


def _takes_axis(statistic: Callable[..., Any]) -> bool:
    try:
        return "axis" in inspect.signature(statistic).parameters
    except (TypeError, ValueError):
        return False


def _corrected(tails, drawn, estimate, call, columns, members) -> np.ndarray:
    """Levels of the quantiles after the BCa correction, (2, k)."""
    from scipy.special import ndtr, ndtri

    below = ((drawn < estimate).mean(axis=0) + (drawn <= estimate).mean(axis=0)) / 2
    constant = np.ptp(drawn, axis=0) == 0
    if np.any(((below == 0) | (below == 1)) & ~constant):
        raise ValueError(
            'The estimate lies outside of all resamples; "bca" has no interval there. Use '
            'method="percentile", and doubt the statistic.'
        )
    bias = ndtri(np.where(constant, 0.5, below))
    away = _jackknife(call, columns, members)
    away = away.mean(axis=0) - away
    spread = (away**2).sum(axis=0)
    skew = np.divide(
        (away**3).sum(axis=0), 6 * spread**1.5, out=np.zeros_like(spread), where=spread > 0
    )
    shifted = bias + ndtri(tails)
    return ndtr(bias + shifted / (1 - skew * shifted))


def _jackknife(call, columns, members) -> np.ndarray:
    """Statistic without each cluster, (clusters, k)."""
    clustered = isinstance(members, tuple)
    count = len(members[1]) if clustered else members
    everyone = np.arange(count)
    found = []
    for left_out in range(count):
        others = np.delete(everyone, left_out)
        found.append(call(_taken(columns, _rows_of(others, members) if clustered else others)))
    found = np.array(found, dtype=float).reshape(count, -1)
    if np.isnan(found).any():
        raise ValueError(
            f"{int(np.isnan(found).any(axis=1).sum())} of {count} rows or clusters cannot be left "
            'out without the statistic becoming NaN; use method="percentile".'
        )
    return found
