"""Checks of outcomes, scores and probabilities, shared by the parts of `scoring`."""

import numpy as np
from numpy.typing import ArrayLike


def column(values: ArrayLike, name: str) -> np.ndarray:
    """`values` as a one-dimensional float array without missing values."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} is not numeric throughout. It must hold one number per client: "
            f"drop the rows without one and convert the rest to numbers."
        ) from None
    if array.ndim != 1:
        raise ValueError(
            f"{name} has the shape {array.shape}. It must hold one number per client: "
            f"of a table of probabilities pass the column of 1, as in table[:, 1]."
        )
    if len(array) == 0:
        raise ValueError(f"{name} is empty. It must hold one number per client: pass at least one.")
    missing = int(np.isnan(array).sum())
    if missing:
        raise ValueError(
            f"{name} has missing values in {missing} of {len(array)} rows. "
            f"Every client needs one: drop these rows first, from all arrays alike."
        )
    return array


def outcomes_and(y: ArrayLike, *others: ArrayLike, names: tuple[str, ...]) -> list[np.ndarray]:
    """The checked outcomes `y` (0 or 1) and the arrays that go with them, row by row."""
    left = column(y, "y")
    arrays = [column(values, name) for values, name in zip(others, names, strict=True)]
    for array, name in zip(arrays, names, strict=True):
        if len(array) != len(left):
            raise ValueError(
                f"y has {len(left)} rows and {name} has {len(array)}. "
                f"They must describe the same clients in the same order: pass arrays of one length."
            )
    other = ~np.isin(left, (0.0, 1.0))
    if other.any():
        raise ValueError(
            f"y is neither 0 nor 1 in {int(other.sum())} of {len(left)} rows "
            f"(the first is {left[other][0]:g}). 1 means left, 0 means stayed: recode y."
        )
    return [left, *arrays]


def need_both_classes(y: np.ndarray, what: str) -> None:
    """Refuse outcomes that are all alike, in a sentence that names `what` needs both."""
    if y.min() == y.max():
        fate = "left" if y[0] == 1 else "stayed"
        raise ValueError(
            f"y holds one class only: all {len(y)} clients {fate}. {what} compares those who left "
            f"with those who stayed: use a longer horizon or more clients."
        )


def probabilities(y: ArrayLike, p: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The checked outcomes and the probabilities given for them."""
    left, p = outcomes_and(y, p, names=("p",))
    outside = (p < 0) | (p > 1)
    if outside.any():
        raise ValueError(
            f"p is outside 0 to 1 in {int(outside.sum())} of {len(p)} rows "
            f"(the first is {p[outside][0]:g}). A probability is needed here: "
            f"pass predict_proba(...)[:, 1], not a score or a percentage."
        )
    return left, p
