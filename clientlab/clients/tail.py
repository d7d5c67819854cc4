"""What is assumed of clients beyond the last day that enough of them were followed to.

It answers: at which rate do they go on leaving, and how is that said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientlab.clients.curves import Curve
from clientlab.clients.durations import DAYS_IN_MONTH
from clientlab.clients.redrawn import Redrawn
from clientlab.clients.times import in_time
from clientlab.wording import Text, number, plural

FEW = 5  # leavers on which the rate of the tail stands


@dataclass(frozen=True)
class Tail:
    """What is assumed beyond the last day that enough clients were followed to.

    Attributes
    ----------
    since, until : float
        Days of the relationship between which the rate was seen.
    left : int
    rate : float
        Share that leaves a day, of those still there.
    """

    since: float
    until: float
    left: int
    rate: float

    @classmethod
    def of(cls, curve: Curve, until: float, *, few: int = FEW) -> Tail | None:
        """From the shortest stretch of whole years, up to `until`, with so many leavers."""
        year = 12 * DAYS_IN_MONTH
        since, few = until, 1 if curve.left.all() else few  # all left: nothing is assumed
        while since > curve.begin:
            since = max(since - year, float(curve.begin))
            left = int(curve.leaving(np.array([since]), np.array([until]))[0])
            if left >= few:
                days = curve.days_at_risk(since, until)[0]
                return cls(since, until, left, left / days)
        return None

    def rates(self, redrawn: Redrawn) -> np.ndarray:
        """The rate in each resample."""
        curve = redrawn.curve
        inside = np.clip(curve.exit, self.since, self.until) - np.clip(
            curve.entry, self.since, self.until
        )
        gone = curve.left & (curve.exit > self.since) & (curve.exit <= self.until)
        days = redrawn.weights @ inside
        return np.divide(redrawn.weights @ gone, days, where=days > 0, out=np.zeros(len(days)))


def assumption(tail: Tail, clients: int = 0) -> Text:
    """What is assumed beyond the last day, in words; of how many, if that is told."""
    year = 12 * DAYS_IN_MONTH
    rate = number(100 * (1 - np.exp(-tail.rate * year)))
    rate_ru = number(100 * (1 - np.exp(-tail.rate * year)), "ru")
    since, until = (in_time(days / DAYS_IN_MONTH) for days in (tail.since, tail.until))
    since_ru, until_ru = (in_time(days / DAYS_IN_MONTH, "ru") for days in (tail.since, tail.until))
    many = number(clients), number(clients, "ru")
    of = Text(f" for {many[0]} {plural(clients, 'client', 'clients')}" * bool(clients),
              f" (касается клиентов: {many[1]})" * bool(clients))  # fmt: skip
    return Text(
        f"Assumed, not seen{of.en}: after {until} clients go on leaving as they did from {since} "
        f"on ({rate}% a year, {tail.left} {plural(tail.left, 'leaver', 'leavers')}).",
        f"Допущение{of.ru}: после отметки {until_ru} клиенты уходят с тем же темпом, что и после "
        f"отметки {since_ru} ({rate_ru}% в год, ушедших {tail.left}).",
    )
