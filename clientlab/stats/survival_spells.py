"""Time under observation: checked spells, and who was at risk when.

A spell is at risk on (entry, exit]. Everything in `clientlab.stats.survival` stands on
the counts made here, in whole days by counting, in fractions by sorting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

DAYS = 1_000_000  # whole numbers up to here are counted in a table instead of sorted


@dataclass(frozen=True, eq=False)
class Spells:
    """Spells on a common axis of their distinct exit times.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Distinct exit times, rising.
    first, last : ndarray of int, shape (spells,)
        Index of the first and the last of these times at which a spell is at risk.
        `first` > `last` cannot be.
    weights : ndarray, shape (spells,), or None
        None: every spell counts once.
    """

    time: np.ndarray
    first: np.ndarray
    last: np.ndarray
    weights: np.ndarray | None = None

    def at_exit(self, chosen: np.ndarray | None = None, values: Any = None) -> np.ndarray:
        """Sum over spells (those chosen) at their exit times; counts without values."""
        return self._sum(self.last, len(self.time), chosen, values)

    def at_entry(self, values: Any = None) -> np.ndarray:
        """Sum over spells at the first time at which they are at risk."""
        return self._sum(self.first, len(self.time), None, values)

    def at_risk(self, values: Any = None) -> np.ndarray:
        """Sum over the spells at risk at each time; their number without values."""
        # From the end, so that the last risk set is exactly those who leave in it.
        left = np.cumsum(self.at_exit(values=values)[::-1])[::-1]
        late = np.cumsum(self.at_entry(values)[::-1])[::-1]
        return left - np.append(late[1:], 0)

    def _sum(self, place, length, chosen, values) -> np.ndarray:
        values = self._weighted(values)
        if chosen is not None:
            place = place[chosen]
            values = None if values is None else values[chosen]
        return np.bincount(place, values, length).astype(float)

    def _weighted(self, values):
        if self.weights is None:
            return values
        return self.weights if values is None else values * self.weights


def spells(
    exit: ArrayLike, entry: ArrayLike | None = None, weights: ArrayLike | None = None
) -> Spells:
    """Check times and put them on their axis.

    Raises
    ------
    ValueError
        If lengths differ, a time is missing, negative or infinite, a spell ends before
        or when it begins, or weights are negative or all 0.
    """
    exit = _times(exit, "exit")
    entry = np.zeros(len(exit)) if entry is None else _times(entry, "entry")
    same_length(exit, entry=entry)
    wrong = np.flatnonzero(exit <= entry)
    if len(wrong):
        row = wrong[0]
        raise ValueError(
            f"{len(wrong)} of {len(exit)} spells end before or when they begin (the first: row "
            f"{row}, entry {entry[row]:g}, exit {exit[row]:g}). Time at risk is (entry, exit]: "
            "count in days, and set these rows aside."
        )
    if weights is not None:
        weights = _numbers(weights, "weights must be numbers.")
        same_length(exit, weights=weights)
        if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
            raise ValueError("weights must be finite, not negative, and not all 0.")
    time, first, last = _axis(exit, entry)
    return Spells(time, first, last, weights)


def events(event: ArrayLike, rows: int) -> np.ndarray:
    """Whether each spell ended in the event, as bool."""
    values, missing = _labels(event, rows, "event")
    if values.dtype != bool:
        strange = missing.copy()
        strange[~missing] = ~np.isin(values[~missing], (0, 1))
        if strange.any():
            raise ValueError(
                f"event is neither 0 nor 1 in {int(strange.sum())} of {rows} rows. 1 means that "
                "the spell ended in the event, 0 that it was still going on (censored)."
            )
        values = values.astype(bool)
    return values


def causes(cause: ArrayLike, rows: int) -> tuple[list, np.ndarray]:
    """Names of the causes and the code of each spell: 0 is still going on, 1, 2, … a cause.

    Raises
    ------
    ValueError
        If the lengths differ, a number is negative, fractional or infinite, a name is
        '0', or numbers and names are mixed.
    """
    values, missing = _labels(cause, rows, "cause")
    if values.dtype.kind in "biuf":
        known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
        odd = known[(known < 0) | (known != np.floor(known)) | ~np.isfinite(known)]
        if odd.size:
            raise ValueError(
                f"cause holds {odd.size} values that are no code of a cause (the first is "
                f"{odd[0]:g}). Use 0 for a spell that is still going on, and 1, 2, … or names "
                "for the causes."
            )
    censored = missing.copy()
    known = values[~missing]
    texts = int((known == "0").sum()) if known.dtype == object else 0
    if texts:
        raise ValueError(
            f"cause holds the text '0' in {texts} of {rows} rows. Turn the codes into numbers, or "
            "give spells that are still going on an empty name."
        )
    censored[~missing] = (known == 0) | (known == "") if known.dtype == object else known == 0
    names, codes = _coded(values[~censored], "cause")
    placed = np.zeros(rows, dtype=np.int64)
    placed[~censored] = codes + 1
    if names.dtype.kind == "f":
        names = names.astype(np.int64)
    return names.tolist(), placed


def groups(group: ArrayLike, rows: int) -> tuple[list, np.ndarray]:
    """Names of the groups and the code of each spell.

    Raises
    ------
    ValueError
        If the lengths differ, a group is missing, there is only one, or numbers and names
        are mixed.
    """
    values, missing = _labels(group, rows, "group")
    if missing.any():
        raise ValueError(
            f"group is missing in {int(missing.sum())} of {rows} rows; set these rows aside."
        )
    names, codes = _coded(values, "group")
    if len(names) < 2:
        raise ValueError(f"There is one group only ({names[0]}); a test compares two or more.")
    return names.tolist(), codes


def same_length(exit: np.ndarray, **other: np.ndarray) -> None:
    """Refuse a column of another length than `exit`, in a sentence that names it."""
    ((name, values),) = other.items()
    if values.shape != (len(exit),):
        raise ValueError(
            f"exit has {len(exit)} rows and {name} has the shape {values.shape}; give one value "
            "per spell in each."
        )


def _labels(values: ArrayLike, rows: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Labels as they are, and which are missing."""
    import pandas as pd

    # A list goes through objects: numpy would turn NaN among names into the name "nan".
    labels = np.asarray(values, dtype=None if hasattr(values, "dtype") else object)
    same_length(np.empty(rows), **{name: labels})
    if labels.dtype.kind not in "biuf":
        labels = pd.Series(labels, dtype=object).infer_objects().to_numpy()
    return labels, pd.isna(labels)


def _coded(labels: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Distinct labels in order, and the place of each label among them."""
    import pandas as pd

    codes, names = pd.factorize(labels)
    try:
        order = np.argsort(names)
    except TypeError:
        kinds = ", ".join(sorted({type(label).__name__ for label in labels}))
        raise ValueError(
            f"{name} mixes values of different kinds ({kinds}); use numbers or names throughout."
        ) from None
    return np.asarray(names)[order], np.argsort(order)[codes]


def _numbers(values: ArrayLike, refusal: str) -> np.ndarray:
    """As float; dates and strings are refused, although numpy would turn them into numbers."""
    given = np.asarray(values)
    try:
        numbers = given.astype(float)
    except (TypeError, ValueError):
        raise TypeError(refusal) from None
    if given.dtype.kind not in "biufO":
        raise TypeError(refusal)
    return numbers


def _times(values: ArrayLike, name: str) -> np.ndarray:
    times = _numbers(values, f"{name} must be numbers, say days since the start.")
    if times.ndim != 1 or not len(times):
        raise ValueError(f"{name} has the shape {times.shape}; give one time per spell.")
    bad = ~(np.isfinite(times) & (times >= 0))
    if bad.any():
        raise ValueError(
            f"{name} is missing, negative or infinite in {int(bad.sum())} of {len(times)} rows "
            f"(the first: row {np.flatnonzero(bad)[0]}). Times count from the start of each spell."
        )
    return times


def _axis(exit: np.ndarray, entry: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if exit.max() <= DAYS:
        days, begun = exit.astype(np.int64), entry.astype(np.int64)
        if np.array_equal(days, exit) and np.array_equal(begun, entry):
            seen = np.bincount(days) > 0
            until = np.cumsum(seen)  # distinct exit times up to and with each day
            return np.flatnonzero(seen).astype(float), until[begun], until[days] - 1
    time, last = np.unique(exit, return_inverse=True)
    return time, np.searchsorted(time, entry, side="right"), last
