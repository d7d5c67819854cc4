"""Concordance of a risk score with the order of leaving, with late entry."""

from __future__ import annotations

import numpy as np

from clientlab.stats.survival_spells import Spells


def concordance(seen: Spells, gone: np.ndarray, risk: np.ndarray) -> float:
    """Share of comparable pairs in which the riskier spell left first.

    Parameters
    ----------
    seen : Spells
    gone : ndarray of bool, shape (spells,)
    risk : ndarray of float, shape (spells,)

    Returns
    -------
    float
        Equal risks count one half; NaN without a comparable pair.

    Notes
    -----
    A spell that left at t is compared with all that were at risk at t and did not leave
    then. Ranks of risk are counted in a Fenwick tree (1994) while time runs backwards:
    spells come in at their exit and go out at their entry.
    """
    levels, rank = np.unique(risk, return_inverse=True)
    tree = np.zeros(len(levels) + 1, dtype=np.int64)
    lower = equal = total = 0.0
    size = len(seen.time)
    at_exit, at_entry = _by_time(seen.last, size), _by_time(seen.first, size)
    for time in range(size - 1, -1, -1):
        ending = at_exit[time]
        for spell in ending[~gone[ending]]:
            _add(tree, rank[spell], 1)
        everybody = _below(tree, len(levels))
        for spell in ending[gone[ending]]:
            under = _below(tree, rank[spell])
            same = _below(tree, rank[spell] + 1) - under
            lower, equal, total = lower + under, equal + same, total + everybody
        for spell in ending[gone[ending]]:
            _add(tree, rank[spell], 1)
        for spell in at_entry[time]:
            _add(tree, rank[spell], -1)
    return float((lower + equal / 2) / total) if total else float("nan")


def _by_time(place: np.ndarray, size: int) -> list[np.ndarray]:
    """Spells at each time."""
    order = np.argsort(place, kind="stable")
    return np.split(order, np.searchsorted(place[order], np.arange(1, size)))


def _add(tree: np.ndarray, index: int, by: int) -> None:
    index += 1
    while index < len(tree):
        tree[index] += by
        index += index & -index


def _below(tree: np.ndarray, index: int) -> int:
    """Number of spells with a rank under `index`."""
    found = 0
    while index > 0:
        found += tree[index]
        index -= index & -index
    return found
