"""The curve of those still there, day by day, and what it says month by month.

It answers: which stretch of the relationship did anybody see, and what share was still
there at the end of each of its months. Late entry leaves days on which nobody was under
observation; a curve is not carried over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from clientlab.clients.durations import DAYS_IN_MONTH
from clientlab.stats import survival


@dataclass(frozen=True, eq=False)
class Curve:
    """Kaplan–Meier's curve over the stretch of days in which most spells were watched.

    Attributes
    ----------
    entry, exit : ndarray of int, shape (spells,)
        Of the spells with any day in the stretch.
    left : ndarray of bool
    begin, end : int
        First and last day of the stretch: at risk on (begin, end]. The curve is 1 at
        `begin`; if that is not 0, it is told of those who stayed so long.
    rows : ndarray of int
        Which spells of the frame it was made of.
    level : float
    """

    entry: np.ndarray
    exit: np.ndarray
    left: np.ndarray
    begin: int
    end: int
    rows: np.ndarray
    level: float = 0.95

    @classmethod
    def of(cls, frame: pd.DataFrame, level: float = 0.95) -> Curve:
        """From ``entry, exit, left`` of at least one spell.

        A stretch ends where nobody is under observation any more, and where all who
        were had left although others, who entered later, stayed longer.
        """
        entry, exit, left = (frame[name].to_numpy() for name in ("entry", "exit", "left"))
        begin, end = _stretch(entry, exit, left)
        here = (exit > begin) & (entry < end)
        return cls(
            np.maximum(entry[here], begin), np.minimum(exit[here], end),
            (left & (exit <= end))[here], begin, end, np.flatnonzero(here), level,
        )  # fmt: skip

    @cached_property
    def daily(self) -> pd.DataFrame:
        """As `stats.survival.kaplan_meier`, log-log intervals."""
        return survival.kaplan_meier(
            self.exit, self.left, entry=self.entry, interval="log-log", level=self.level
        )

    def at(self, days: np.ndarray) -> pd.DataFrame:
        """``survival, se, low, high`` at the end of each day; NaN where it is not seen.

        Days are whole: half a day after the last one nobody could have left.
        """
        days = np.asarray(days, dtype=float)
        place = np.searchsorted(self.daily["time"].to_numpy(), days + 1e-9) - 1
        start = pd.DataFrame({"survival": [1.0], "se": [0.0], "low": [np.nan], "high": [np.nan]})
        rows = pd.concat([start, self.daily[list(start)]], ignore_index=True)
        found = rows.iloc[place + 1].reset_index(drop=True)
        found[(days < self.begin) | ~self.seen(days)] = np.nan
        return found

    def seen(self, days: np.ndarray) -> np.ndarray:
        """Whether somebody was followed to the end of each day, or all had left by then."""
        gone = self.daily["survival"].iloc[-1] == 0
        return gone | (np.floor(np.asarray(days, dtype=float) + 1e-9) <= self.end)

    def at_risk(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Spells under observation on any day of (start, end]."""
        entry, exit = np.sort(self.entry), np.sort(self.exit)
        return np.searchsorted(entry, end) - np.searchsorted(exit, start, side="right")

    def leaving(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Spells that ended in (start, end]."""
        gone = np.sort(self.exit[self.left])
        return np.searchsorted(gone, end, side="right") - np.searchsorted(gone, start, side="right")

    def days_at_risk(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Days under observation of all spells in (start, end], shape as `start`."""
        start, end = np.atleast_1d(start).astype(float), np.atleast_1d(end).astype(float)
        # The days up to t of every spell are a sum that grows by one for each at risk.
        entry, exit = np.sort(self.entry).astype(float), np.sort(self.exit).astype(float)

        def upto(t: np.ndarray) -> np.ndarray:
            def part(days: np.ndarray) -> np.ndarray:
                many = np.searchsorted(days, t)
                return many * t - np.append(0.0, np.cumsum(days))[many]

            return part(entry) - part(exit)

        return upto(end) - upto(start)

    def area(self, until: np.ndarray) -> np.ndarray:
        """Mean days from `begin` up to each of these days: the area under the curve."""
        time = np.append(float(self.begin), self.daily["time"].to_numpy(float))
        height = np.append(1.0, self.daily["survival"].to_numpy())
        until = np.atleast_1d(np.asarray(until, dtype=float))
        place = np.searchsorted(time, until, side="right") - 1
        whole = np.append(0.0, np.cumsum(np.diff(time) * height[:-1]))
        return whole[place] + (until - time[place]) * height[place]

    def followed(self, at_least: int = 5) -> float:
        """Last day on which so many were followed; of few, a fifth of the most there were."""
        if self.left.all():  # nothing is cut off: the curve is known to its end
            return float(self.end)
        at_risk = self.daily["at_risk"].to_numpy()
        enough = at_risk >= min(at_least, np.ceil(at_risk.max() / 5))
        return float(self.daily["time"].to_numpy()[enough][-1])

    @property
    def told_months(self) -> int:
        """Whole months that enough were followed for; up to the last leaver if all left."""
        whole = np.ceil if self.left.all() else np.floor
        return max(int(whole(self.followed() / DAYS_IN_MONTH)), 1)

    @property
    def months(self) -> np.ndarray:
        """Numbers of the months that begin before the last day seen, 1, 2, …"""
        first = int(self.begin // DAYS_IN_MONTH) + 1
        return np.arange(first, int(np.ceil(self.end / DAYS_IN_MONTH)) + 1)


def ends_of(month: np.ndarray) -> np.ndarray:
    """Last day of a month of the relationship, in days; month 0 is its beginning."""
    return np.asarray(month) * DAYS_IN_MONTH


def _stretch(entry: np.ndarray, exit: np.ndarray, left: np.ndarray) -> tuple[int, int]:
    """The stretch that most spells were watched in; of equal ones that with most days."""
    days = np.unique(np.concatenate([entry, exit]))
    starts, ends = np.sort(entry), np.sort(exit)
    # At risk on (day, next day], and who of those at risk on a day left on it.
    after = np.searchsorted(starts, days, side="right") - np.searchsorted(ends, days, side="right")
    before = np.searchsorted(starts, days) - np.searchsorted(ends, days)
    gone = np.searchsorted(np.sort(exit[left]), days, side="right") - np.searchsorted(
        np.sort(exit[left]), days
    )
    broken = (after == 0) | ((gone > 0) & (gone == before))
    edges = np.unique(np.concatenate([[entry.min()], days[broken]]))
    places = np.searchsorted(days, edges)
    best, chosen = (-1, -1.0), (int(edges[0]), int(edges[-1]))
    watched = np.append(0.0, np.cumsum(after[:-1] * np.diff(days)))
    for first, last in pairwise(places):
        begin, end = days[first], days[last]
        if after[first] == 0:  # nobody yet: it begins with the next who enters
            begin = starts[np.searchsorted(starts, begin)]
        many = int(((exit > begin) & (entry < end)).sum())
        if (many, watched[last] - watched[first]) > best:
            best, chosen = (many, watched[last] - watched[first]), (int(begin), int(end))
    return chosen
