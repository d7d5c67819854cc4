"""Values that only those have who left later, or only those who stayed.

It answers: does a feature tell the outcome by a word, or by being missing. It is no proof
of a leak: an early date written after the fact is known, by the files, on its early date,
and only such a pattern gives it away.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from clientlab.wording import Text

FEWEST = 5  # clients with a value
LEVEL = 1e-4  # of all tests of one check together
FEW_VALUES = 12  # a number of more values is not looked at value by value


def tell_the_outcome(columns: dict[str, pd.Series], left: np.ndarray) -> dict[str, tuple]:
    """The features with a value that only leavers or only stayers have.

    With L of n clients who left, k clients with a value are all leavers by chance with
    C(L, k) ÷ C(n, k) (Fisher's exact test, one-sided); Bonferroni over all values of all
    features.

    Parameters
    ----------
    columns : dict of name to Series
        One value for each client.
    left : ndarray of bool
        Who left after the day.

    Returns
    -------
    dict of name to (clients with the value, Text)

    Examples
    --------
    >>> left = np.arange(40) < 10
    >>> column = pd.Series(np.where(left, "archive", "AM-1"))
    >>> tell_the_outcome({"manager": column}, left)["manager"][1].en
    "all 10 clients with 'archive' left later, of the other 30 left 0"
    """
    groups = [(name, label, rows) for name, column in columns.items()
              for label, rows in _groups(column)]  # fmt: skip
    found: dict[str, tuple] = {}
    for name, label, rows in groups:
        size, gone, many = int(rows.sum()), int(left[rows].sum()), int(left.sum())
        if size < FEWEST or gone not in (0, size):
            continue
        pool = many if gone else len(left) - many
        chance = math.exp(_choices(pool, size) - _choices(len(left), size))
        if chance >= LEVEL / len(groups) or (name in found and not gone):
            continue  # who left is told rather than who stayed
        found[name] = size, _told(label, size, bool(gone), len(left) - size, many - gone)
    return found


def _groups(column: pd.Series) -> list[tuple[str, np.ndarray]]:
    """Who has which value, and of whom it is missing."""
    missing = column.isna().to_numpy()
    groups = [("missing", missing), ("known", ~missing)] if missing.any() else []
    words = not pd.api.types.is_float_dtype(column.dtype)
    values = sorted(column[~missing].astype(object).unique())
    if words or len(values) <= FEW_VALUES:
        told = column.astype(object).to_numpy()
        groups += [(repr(value), told == value) for value in values]
    return groups


def _choices(of: int, taken: int) -> float:
    """Logarithm of the binomial coefficient; −∞ where there is none."""
    if taken > of:
        return -math.inf
    return math.lgamma(of + 1) - math.lgamma(taken + 1) - math.lgamma(of - taken + 1)


def _told(label: str, size: int, gone: bool, others: int, others_gone: int) -> Text:
    states = {
        "missing": Text("no value", "пустым значением"),
        "known": Text("a value", "каким-либо значением"),
    }
    name = states.get(label, Text(label, f"«{label.strip(chr(39))}»"))
    return Text(
        f"all {size} clients with {name.en} {'left later' if gone else 'stayed'}, of the other "
        f"{others} left {others_gone}",
        f"все с {name.ru} ({size}) {'потом ушли' if gone else 'остались'}, из остальных "
        f"({others}) ушло: {others_gone}",
    )
