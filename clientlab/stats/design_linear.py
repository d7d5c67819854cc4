"""From influences to intervals: what all estimates of a designed sample share.

It answers: which rows count, how each row moves a ratio of weighted sums, and which t
interval follows. Importable estimates are in `clientlab.stats.design`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.design_input import numbers
from clientlab.stats.design_sample import Design
from clientlab.stats.estimate import Estimate, checked_level, quantile_of


def observed(
    values: ArrayLike, name: str, design: Design, domain: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, Design, bool]:
    """Values as a table with 0 outside of the domain, where they count, the design,
    and whether a single column was given.
    """
    table = numbers(values, name)
    if table.ndim not in (1, 2):
        raise ValueError(f"{name} has the shape {table.shape}; give one column or a table.")
    design, alone = design.of_length(len(table)), table.ndim == 1
    table = table[:, None] if alone else table
    inside = ~np.isnan(table)
    if alone and not inside.any():
        raise ValueError(f"All {len(table)} values of {name} are missing.")
    inside &= (_domain(domain, len(table)) & (design.weights > 0))[:, None]
    if alone and not inside.any():
        raise ValueError(f"No row of the domain has a value of {name} and a weight above 0.")
    return np.where(inside, table, 0.0), inside, design, alone


def weighted_ratio(
    num: np.ndarray, den: np.ndarray, design: Design
) -> tuple[np.ndarray, np.ndarray]:
    """Σwx / Σwd of each column and the influence of each row on it; NaN over 0."""
    weights = design.weights
    below = weights @ den
    below = np.where(below == 0, np.nan, below)
    estimate = (weights @ num) / below
    return estimate, weights[:, None] * (num - den * estimate) / below


def interval(
    estimate: np.ndarray,
    influence: np.ndarray,
    inside: np.ndarray,
    design: Design,
    level: float,
    alone: bool,
) -> Estimate:
    """The t interval of estimates whose influences are known."""
    checked_level(level)
    degrees = design.degrees(inside).astype(float)
    if alone and degrees[0] < 1:
        clusters = clusters_with(inside, design)[0]
        raise ValueError(
            f"The answers come from {clusters} {unit_of(design)}, which leaves no degree of "
            "freedom; a variance needs at least 2 in one stratum."
        )
    degrees[degrees < 1] = np.nan
    se = np.sqrt((design.deviations(influence) ** 2).sum(axis=0)) + 0 * degrees
    reach = quantile_of(level, degrees) * se
    parts = (estimate, se, estimate - reach, estimate + reach, degrees)
    return Estimate(*(shaped(part, alone) for part in parts))


def shaped(column: np.ndarray, alone: bool) -> Any:
    """A float if a single column was given, the array otherwise."""
    return float(column[0]) if alone else column


def columns_of(found: Estimate) -> Estimate:
    """The same with arrays in place of floats."""
    return Estimate(*(np.atleast_1d(part) for part in found))


def clusters_with(inside: np.ndarray, design: Design) -> np.ndarray:
    """Number of clusters (rows without any) that hold a row inside, by column."""
    return (design.cluster_sums(inside.astype(float)) > 0).sum(axis=0)


def unit_of(design: Design) -> str:
    """What was drawn, as an error names it."""
    return "row(s)" if design.clusters is None else "cluster(s)"


def _domain(domain: ArrayLike | None, rows: int) -> np.ndarray:
    if domain is None:
        return np.ones(rows, dtype=bool)
    found = np.asarray(domain)
    if found.shape != (rows,):
        raise ValueError(
            f"domain has the shape {found.shape} and the data have {rows} rows; give one True or "
            "False per row."
        )
    strange = int((~np.isin(found, (0, 1))).sum())
    if strange:
        raise ValueError(f"domain holds {strange} values that are neither True nor False.")
    return found.astype(bool)
