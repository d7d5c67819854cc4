"""The curve again and again, on clients drawn anew: for numbers that have no formula.

It answers: how far would an extrapolated lifetime or a lifetime value move if the agency
had other clients. All spells of a client are drawn together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.curves import Curve

REPLICATES = 1000
CELLS = 20_000_000  # weights at once, 160 MB


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Curves of resamples, day by day.

    Attributes
    ----------
    weights : ndarray of shape (replicates, spells)
        How often each spell of the curve was drawn.
    survival : ndarray of shape (replicates, days + 1)
        At the end of each day from `begin` on.
    curve : Curve
    """

    weights: np.ndarray
    survival: np.ndarray
    curve: Curve

    @classmethod
    def of(
        cls, curve: Curve, clients: pd.Series, *, replicates: int | None = None, seed: int = 0
    ) -> Redrawn:
        """Draw the clients of a curve.

        Parameters
        ----------
        curve : Curve
        clients : Series
            Whose each spell of the frame is that the curve was made of.
        replicates : int, optional
            By default `enough_for` the spells.
        """
        replicates = replicates or enough_for(len(curve.rows))
        weights = drawn(clients.to_numpy()[curve.rows], replicates, seed)
        length = curve.end - curve.begin
        survival = np.ones((replicates, length + 1))
        entry, exit = curve.entry - curve.begin, curve.exit - curve.begin
        gone = exit[curve.left]
        for row, weight in zip(survival, weights, strict=True):
            came = np.bincount(entry, weight, length + 1)
            went = np.bincount(exit, weight, length + 1)
            left = np.bincount(gone, weight[curve.left], length + 1)
            # At risk on day t: entered before it, and not gone before it.
            at_risk = np.cumsum(came - went)[:-1]
            rate = np.divide(left[1:], at_risk, where=left[1:] > 0, out=np.zeros(length))
            row[1:] = np.cumprod(1 - np.minimum(rate, 1.0))
        return cls(weights, survival, curve)

    def at(self, days: np.ndarray) -> np.ndarray:
        """Survival at the end of these days, shape (replicates, days)."""
        place = np.clip(np.floor(np.asarray(days) + 1e-9) - self.curve.begin, 0, None).astype(int)
        return self.survival[:, np.minimum(place, self.survival.shape[1] - 1)]

    def area(self, until: np.ndarray) -> np.ndarray:
        """Mean days from `begin` to these days, shape (replicates, days)."""
        until = np.asarray(until, dtype=float) - self.curve.begin
        whole = np.cumsum(self.survival, axis=1)
        sums = np.concatenate([np.zeros((len(whole), 1)), whole], axis=1)
        day = np.clip(np.floor(until + 1e-9).astype(int), 0, self.survival.shape[1] - 1)
        return sums[:, day] + (until - day) * self.survival[:, day]


def enough_for(rows: int) -> int:
    """Number of resamples: 1,000, fewer of many thousand rows to stay within the memory.

    Examples
    --------
    >>> enough_for(240), enough_for(50_000), enough_for(1_000_000)
    (1000, 400, 200)
    """
    return int(np.clip(CELLS // max(rows, 1), 200, REPLICATES))


def drawn(clients: np.ndarray, replicates: int, seed: int) -> np.ndarray:
    """How often each row is drawn when clients are, shape (replicates, rows)."""
    codes, names = pd.factorize(clients)
    random = np.random.default_rng(seed)
    many = len(names)
    return random.multinomial(many, np.full(many, 1 / many), replicates)[:, codes].astype(float)


def ends(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval; an end may be infinite, NaN if a tenth cannot be told."""
    values = values[~np.isnan(values)] if np.isnan(values).mean() <= 0.1 else np.array([np.nan])
    tails = (1 - level) / 2, (1 + level) / 2
    # Of neighbours only: between a number and infinity nothing can be interpolated.
    low = np.quantile(values, tails[0], method="lower")
    return float(low), float(np.quantile(values, tails[1], method="higher"))
