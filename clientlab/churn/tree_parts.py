"""What each column adds to a function that is no sum of columns: Shapley values.

It answers: how far does each column move this client's value from that of others. Arrays
in, arrays out; the values of a row add up exactly, whatever the orders drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

AT_ONCE = 100_000  # rows handed over in one call


def tree_parts(
    function: Callable[[np.ndarray], np.ndarray],
    Z: np.ndarray,
    background: np.ndarray,
    blocks: Sequence[Sequence[int]],
    seed: int = 0,
) -> np.ndarray:
    """Interventional Shapley values over random orders and their reverses.

    Parameters
    ----------
    function : callable
        Of a matrix, gives a number for each row.
    Z : ndarray, shape (rows, columns)
    background : ndarray, shape (others, columns)
        Rows to hold against: one order, and its reverse, for each.
    blocks : sequence of sequences of int
        Columns of Z that move together, a block for each part.
    seed : int
        Orders are the same for every row, so that parts of two clients compare.

    Returns
    -------
    ndarray, shape (rows, blocks)
        ``parts.sum(axis=1) == function(Z) - function(background).mean()``.

    Notes
    -----
    Štrumbelj & Kononenko (2014); an order with its reverse as in Mitchell et al. (2022).
    Exact where columns act in pairs at most.

    Examples
    --------
    >>> Z, others = np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]])
    >>> tree_parts(lambda z: z[:, 0] * z[:, 1], Z, others, [[0], [1]])
    array([[1., 1.]])
    """
    random = np.random.default_rng(seed)
    moving = [number for number, block in enumerate(blocks) if len(block)]
    total = np.zeros((len(Z), len(blocks)))
    for other in background:
        order = random.permutation(moving)
        for one in (order, order[::-1]):
            total[:, one] += np.diff(_along(function, Z, other, [blocks[b] for b in one]), axis=1)
    return total / (2 * len(background))


def _along(
    function: Callable, Z: np.ndarray, other: np.ndarray, blocks: list[Sequence[int]]
) -> np.ndarray:
    """Values while the other's blocks are replaced by the row's own, shape (rows, 1 + blocks)."""
    found = []
    size = max(1, AT_ONCE // (len(blocks) + 1))
    for first in range(0, len(Z), size):
        rows = Z[first : first + size]
        mixed = np.repeat(other[None, None], len(rows), axis=0).repeat(len(blocks) + 1, axis=1)
        for place, block in enumerate(blocks):
            mixed[:, place + 1 :, block] = rows[:, None, list(block)]
        told = function(mixed.reshape(-1, Z.shape[1]))
        found.append(told.reshape(len(rows), -1))
    return np.vstack(found) if found else np.zeros((0, len(blocks) + 1))
