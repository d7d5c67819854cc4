"""The lifetime value of some spells month by month, and on clients drawn anew.

It answers: what comes in which month of the relationship, what in all, and what the usual
short cuts would say. The words are in `lifetime_worth`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.clients.curves import Curve, ends_of
from clientlab.clients.durations import DAYS_IN_MONTH
from clientlab.clients.redrawn import Redrawn, ends
from clientlab.clients.tail import Tail
from clientlab.stats import design

YEAR = 12 * DAYS_IN_MONTH


class Terms(NamedTuple):
    """Months that count, discount a year, and how much of a month is gone when money comes in."""

    horizon: int
    discount: float
    at: float


@dataclass(frozen=True, eq=False)
class Worth:
    """LTV of one group of spells, and of its resamples.

    Attributes
    ----------
    by_month : DataFrame
    rows : list of (measure, estimate, low, high, base)
    tail : Tail or None
    product : ndarray
    """

    by_month: pd.DataFrame
    rows: list[tuple]
    tail: Tail | None
    product: np.ndarray


def worth_of(
    part: pd.DataFrame, money: np.ndarray, days: np.ndarray, terms: Terms, level: float
) -> Worth:
    """LTV of some spells.

    Parameters
    ----------
    part : DataFrame
        ``client_id, entry, exit, left``.
    money, days : ndarray of shape (spells, months)
    terms : Terms
    level : float
    """
    curve = Curve.of(part, level)
    paths = _Paths(
        curve, Redrawn.of(curve, part["client_id"]), money[curve.rows], days[curve.rows], terms
    )
    kept, base = paths.tail is not None, len(part)
    historic = _historic(part, paths.money, curve.rows, level)
    rows = [
        ("expected", *_told(paths.sums[:, terms.horizon - 1], level), base),
        ("extrapolated", *(_told(paths.whole, level) if kept else (np.nan,) * 3), base),
        ("historic", *historic),
        ("product", *_told(paths.short, level), base),
        ("textbook", *_told(paths.textbook, level), base),
    ]
    by_month = _by_month(paths, level).head(terms.horizon)
    return Worth(by_month, rows, paths.tail, paths.product[0])


@dataclass(frozen=True, eq=False)
class _Paths:
    """Money by month of the clients as they are (first row) and drawn anew (the others)."""

    curve: Curve
    again: Redrawn
    money: np.ndarray
    days: np.ndarray
    terms: Terms

    @cached_property
    def weights(self) -> np.ndarray:
        return np.vstack([np.ones(len(self.curve.rows)), self.again.weights])

    @cached_property
    def tail(self) -> Tail | None:
        return Tail.of(self.curve, self.curve.followed())

    @property
    def seen(self) -> int:
        """Months that enough were followed for."""
        return min(self.curve.told_months, self.money.shape[1])

    @property
    def months(self) -> np.ndarray:
        return np.arange(1, max(self.terms.horizon, self.seen) + 1)

    @cached_property
    def area(self) -> np.ndarray:
        """Days of each month seen that a client is there for."""
        edges = np.clip(ends_of(np.arange(self.seen + 1)), self.curve.begin, self.curve.end)
        return np.diff(np.vstack([self.curve.area(edges), self.again.area(edges)]), axis=1)

    def a_day(self, months: slice) -> np.ndarray:
        """Money a day of those who are there, by month."""
        with np.errstate(divide="ignore", invalid="ignore"):
            came, there = (self.weights @ part[:, months] for part in (self.money, self.days))
            return np.nan_to_num(came / there)

    def overall(self, months: slice) -> np.ndarray:
        """Money a day of all these months together."""
        with np.errstate(divide="ignore", invalid="ignore"):
            came, there = (
                self.weights @ part[:, months].sum(axis=1) for part in (self.money, self.days)
            )
            return np.nan_to_num(came / there)

    @cached_property
    def rate(self) -> np.ndarray:
        """Of leaving a day beyond what was seen."""
        if self.tail is None:
            return np.zeros(len(self.weights))
        return np.append(self.tail.rate, self.tail.rates(self.again))

    @cached_property
    def after(self) -> tuple[np.ndarray, np.ndarray]:
        """Share still there after the months seen, and money a day of the tail."""
        if self.tail is None:
            return (np.zeros(len(self.weights)),) * 2
        edge = np.array([min(ends_of(np.array(self.seen)), self.curve.end)])
        still = np.append(self.curve.at(edge)["survival"], self.again.at(edge)[:, 0])
        first = int(self.tail.since // DAYS_IN_MONTH)
        return np.nan_to_num(still), self.overall(slice(first, self.seen))

    @cached_property
    def value(self) -> np.ndarray:
        """Money by month, discounted; beyond what was seen the last rates go on."""
        still, money = self.after
        rate = self.rate[:, None]
        step = np.arange(len(self.months) - self.seen) * DAYS_IN_MONTH
        with np.errstate(divide="ignore", invalid="ignore"):
            # Days of one month under a constant rate, of those there at its beginning.
            days = np.where(rate > 0, -np.expm1(-rate * DAYS_IN_MONTH) / rate, DAYS_IN_MONTH)
        more = still[:, None] * np.exp(-rate * step) * days * money[:, None]
        seen = self.area * self.a_day(slice(self.seen))
        return np.hstack([seen, more]) * self.factor

    @property
    def factor(self) -> np.ndarray:
        """What money of each month counts."""
        return (1 + self.terms.discount) ** (-(self.months - 1 + self.terms.at) / 12)

    @cached_property
    def sums(self) -> np.ndarray:
        return np.cumsum(self.value, axis=1)

    @property
    def whole(self) -> np.ndarray:
        """With what comes after the last month: it shrinks by the rate and by the discount."""
        still, money = self.after
        still = still * np.exp(-self.rate * (len(self.months) - self.seen) * DAYS_IN_MONTH)
        force = self.rate + np.log1p(self.terms.discount) / YEAR
        with np.errstate(divide="ignore", invalid="ignore"):
            more = np.where(still > 0, still * money / force, 0.0)
        return self.sums[:, -1] + more * (1 + self.terms.discount) ** (-len(self.months) / 12)

    @cached_property
    def product(self) -> np.ndarray:
        """Sum so far of survival × the overall mean."""
        overall = self.overall(slice(None))[:, None]
        return np.cumsum(self.area * overall * self.factor[: self.seen], axis=1)

    @property
    def short(self) -> np.ndarray:
        """The product up to the horizon; beyond what was seen it goes on as the estimate does."""
        horizon, money = self.terms.horizon, self.after[1]
        beyond = self.value[:, self.seen : horizon].sum(axis=1)
        days = np.divide(beyond, money, out=np.zeros_like(beyond), where=money != 0)
        return self.product[:, min(horizon, self.seen) - 1] + days * self.overall(slice(None))

    @property
    def textbook(self) -> np.ndarray:
        """Mean money a day ÷ share that leaves a day."""
        with np.errstate(divide="ignore", invalid="ignore"):
            churn = (self.weights @ self.curve.left) / (self.weights @ self.days.sum(axis=1))
            return self.overall(slice(None)) / churn


def _by_month(paths: _Paths, level: float) -> pd.DataFrame:
    curve, months, sums = paths.curve, paths.months, paths.sums
    low, high = np.quantile(sums[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    alike = np.ptp(sums[1:], axis=0) == 0
    seen = months <= paths.seen
    margin = np.full(len(months), np.nan)
    margin[: paths.seen] = paths.a_day(slice(paths.seen))[0] * DAYS_IN_MONTH
    return pd.DataFrame(
        {
            "month": months,
            "survival": curve.at(ends_of(months))["survival"].where(seen).to_numpy(),
            "margin": margin,
            "value": paths.value[0],
            "estimate": sums[0],
            "low": np.where(alike, np.nan, low),
            "high": np.where(alike, np.nan, high),
            "at_risk": curve.at_risk(ends_of(months - 1), ends_of(months)),
            "seen": seen,
        }
    )


def _told(values: np.ndarray, level: float) -> tuple[float, float, float]:
    low, high = ends(values[1:], level)
    if not low < high:  # one client, or all alike
        low = high = np.nan
    return float(values[0]), low, high


def _historic(
    part: pd.DataFrame, money: np.ndarray, rows: np.ndarray, level: float
) -> tuple[float, float, float, int]:
    """Mean of what each client brought in the records."""
    sums = pd.Series(money.sum(axis=1)).groupby(part["client_id"].to_numpy()[rows]).sum()
    if len(sums) < 2 or sums.nunique() == 1:
        return float(sums.mean()), np.nan, np.nan, len(sums)
    found = design.mean(sums.to_numpy(), design.Design(), level=level)
    return float(found.estimate), float(found.low), float(found.high), len(sums)
