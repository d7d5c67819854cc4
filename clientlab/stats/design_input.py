"""What a design is given, as arrays that cannot change, or the sentence that refuses it.

It deliberately knows no strata and no variance: `clientlab.stats.design_sample` does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def effective_base(weights: ArrayLike) -> float:
    """How many equally weighted rows would be as precise: Kish's (Σw)² / Σw².

    Parameters
    ----------
    weights : array_like of float, shape (rows,)

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If weights are negative, missing or all 0.

    Notes
    -----
    Kish (1965), Survey Sampling. It holds for weights that have nothing to do with the
    answer; the linearised variance of `clientlab.stats.design` needs no such belief.

    Examples
    --------
    >>> effective_base([1, 1, 2, 2])
    3.6
    """
    weights = optional_numbers(weights, "weights")
    check_weights(weights)
    return float(weights.sum() ** 2 / (weights**2).sum())


def numbers(values: Any, name: str) -> np.ndarray:
    """An array of floats in which a missing value is NaN; a refusal if that cannot be."""
    try:
        if hasattr(values, "to_numpy"):
            found = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            found = np.asarray(values, dtype=float)
    except (ValueError, TypeError):
        raise TypeError(f"{name} must be numbers, with NaN where one is missing.") from None
    infinite = int(np.isinf(found).sum())
    if infinite:
        raise ValueError(f"{name} holds {infinite} infinite values; use NaN for a missing one.")
    return found


def as_labels(values: Any) -> np.ndarray:
    """An array that keeps a missing value missing: numpy turns ["a", nan] into "nan"."""
    return np.asarray(values) if hasattr(values, "dtype") else np.asarray(values, dtype=object)


def coded(labels: np.ndarray, name: str) -> tuple[list[Any], np.ndarray]:
    """The categories in sorted order and the number of each row's one."""
    try:
        categories, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        raise TypeError(f"{name} mixes text with other types; make all of it text.") from None
    return categories.tolist(), codes


def missing(labels: np.ndarray) -> np.ndarray:
    """Where a label is None, NaN or NA."""
    import pandas as pd

    return np.asarray(pd.isna(labels))


def optional_numbers(values: Any, name: str) -> np.ndarray | None:
    """Numbers that nobody can change, or None."""
    return None if values is None else kept(numbers(values, name))


def labels(values: Any, name: str) -> Any:
    """One label per row that nobody can change, or None; missing ones are refused."""
    if values is None:
        return None
    found = as_labels(values)
    if found.ndim != 1:
        raise ValueError(f"{name} has the shape {found.shape}; it needs one value per row.")
    absent = int(missing(found).sum())
    if absent:
        raise ValueError(
            f"{name} is missing in {absent} of {len(found)} rows; give each row a value, such as "
            '"unknown".'
        )
    return kept(found if found.dtype.kind != "O" else found.astype(str))


def margin_columns(values: Any) -> list[np.ndarray] | None:
    """The margins as a list of columns, however they were given."""
    if values is None:
        return None
    if hasattr(values, "columns"):
        columns = [values[name] for name in values.columns]
    elif isinstance(values, list | tuple) and len(values) and np.ndim(values[0]) == 1:
        columns = list(values)
    else:
        table = as_labels(values)
        columns = [table] if table.ndim == 1 else list(table.T)
    return [labels(column, f"margin {i}") for i, column in enumerate(columns, start=1)]


def kept(values: np.ndarray) -> np.ndarray:
    """A copy that nobody can change."""
    copy = np.array(values)
    copy.setflags(write=False)
    return copy


def check_weights(weights: np.ndarray | None) -> None:
    """Refuse weights that are negative, missing, all 0 or not one per row."""
    if weights is None:
        return
    if weights.ndim != 1:
        raise ValueError(f"weights have the shape {weights.shape}; give one number per row.")
    absent, negative = int(np.isnan(weights).sum()), int((weights < 0).sum())
    if absent:
        raise ValueError(f"weights are missing in {absent} of {weights.size} rows.")
    if negative:
        raise ValueError(f"weights are negative in {negative} of {weights.size} rows.")
    if not weights.sum() > 0:
        raise ValueError("weights sum to 0; at least two rows need a positive one.")


def check_fpc(fpc: np.ndarray | None) -> None:
    """Refuse population sizes that are missing or in a table."""
    if fpc is None:
        return
    if fpc.ndim > 1:
        raise ValueError(f"fpc has the shape {fpc.shape}; give one number, or one per row.")
    absent = int(np.isnan(fpc).sum())
    if absent:
        raise ValueError(f"fpc is missing in {absent} of {fpc.size} rows.")
