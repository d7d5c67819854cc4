"""The rows with the highest sum within limits: a knapsack.

It answers: which calls fit into the hours and the money and bring most. Solved exactly
by SciPy's HiGHS; a greedy list would leave hours unused where calls differ in length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientlab.problems import InvalidValue


def best_within(gains: np.ndarray, limits: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """Rows with the highest sum of gains whose weights stay within every limit.

    Parameters
    ----------
    gains : ndarray of shape (n,)
        Above 0.
    limits : sequence of (weights of shape (n,), limit)
        Weights of 0 or more; an infinite limit does not bind.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    InvalidValue
        If the solver does not end with a solution.

    Examples
    --------
    >>> best_within(np.array([5.0, 4.0, 3.0]), [(np.array([3.0, 2.0, 2.0]), 4.0)])
    array([False,  True,  True])
    """
    binding = [(weights, limit) for weights, limit in limits if weights.sum() > limit]
    if not binding:
        return np.ones(len(gains), bool)
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = np.vstack([weights for weights, _ in binding])
    found = milp(
        -gains,
        constraints=LinearConstraint(rows, -np.inf, [limit for _, limit in binding]),
        integrality=np.ones(len(gains)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 1e-7},
    )
    if found.x is None:
        raise InvalidValue(f"No list fits into the limits: {found.message}")
    return found.x > 0.5
