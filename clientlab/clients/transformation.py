"""In which month of the relationship clients leave: the Data Base Transformation Rate.

It answers: of those still there, and of all that began, what share leaves in each month.
Public names are importable from `clientlab.clients.lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from clientlab.clients.answers import WRITE, interval_of, without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve, ends_of
from clientlab.clients.durations import DAYS_IN_MONTH, durations
from clientlab.clients.lifetime_curves import FEW_AT_RISK, about_curve, nobody_left
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number

RATE = Text("Data Base Transformation Rate", "DBTR, кривая жизненного цикла")


@dataclass(frozen=True, eq=False, repr=False)
class TransformationRate(Result):
    """Who leaves in which month of the relationship; made by `transformation_rate`.

    Attributes
    ----------
    every : int
        Months in a row of `frame`.
    begin : int
        Month from which on the curve is told.
    """

    every: int = 1
    begin: int = 0

    @property
    def formats(self) -> dict[str, str]:
        return dict.fromkeys(("estimate", "low", "high", "of_all"), "percent1") | dict.fromkeys(
            ("month", "at_risk", "left"), "integer")  # fmt: skip

    @property
    def told(self) -> pd.DataFrame:
        """Months that enough spells stand behind."""
        rows = self.frame[self.frame["at_risk"] >= FEW_AT_RISK].dropna(subset=["estimate"])
        return rows if len(rows) else self.frame.dropna(subset=["estimate"])

    @staticmethod
    def _top(rows: pd.DataFrame) -> pd.Series:
        """The month that surely has a high rate, not the noisiest one."""
        return rows.loc[rows["low"].fillna(0).idxmax()]

    def stands_out(self) -> bool:
        """Whether so many leave in the month that is told by less than a chance of 5%.

        Were all months alike, leavers would fall on them by the clients at risk: binomial,
        Bonferroni over the months that are told.
        """
        rows = self.told
        top, left = self._top(rows), int(rows["left"].sum())
        share = top["at_risk"] / rows["at_risk"].sum()
        chance = 1.0 if share == 1 else special.bdtrc(top["left"] - 1, left, share)
        return bool(top["left"] > 0 and len(rows) * chance < 0.05)

    def _months(self, month: float, lang: str) -> str:
        first = int(month) - self.every + 1
        span = number(first) if self.every == 1 else f"{first}–{int(month)}"
        return Text(f"month {span}" if self.every == 1 else f"months {span}",
                    f"{span}-й месяц" if self.every == 1 else f"{span}-й месяцы"
                    ).in_language(lang)  # fmt: skip

    def say(self, lang: str = "en") -> str:
        rows = self.told
        if not self.frame["left"].any():
            return nobody_left(self.frame["at_risk"].max(), lang)
        if rows.empty:
            return Text("No month was watched to its end.",
                        "Ни один месяц не наблюдался до конца.").in_language(lang)  # fmt: skip
        top = self._top(rows)
        ends = interval_of(top["low"], top["high"], "share", lang)
        value, of_all = (WRITE["share"](top[name], lang) for name in ("estimate", "of_all"))
        span, base = self._months(top["month"], lang), number(top["at_risk"], lang)
        if not self.stands_out():
            return Text(
                f"No month stands out from chance; most leave in {span}: {value} of those still "
                f"there (95% interval {ends}, base {base}).",
                f"Ни один месяц не выделяется; чаще всего уходят в {span}: {value} тех, кто ещё с "
                f"нами (95%-й интервал {ends}, база {base}).",
            ).in_language(lang)
        return Text(
            f"Most leave in {span}: {value} of those still there (95% interval {ends}, base "
            f"{base}), {of_all} of all that began.",
            f"Чаще всего уходят в {span}: {value} тех, кто ещё с нами (95%-й интервал {ends}, "
            f"база {base}), {of_all} всех начавших.",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        rows = self.told
        if rows.empty or not rows["left"].any():
            return ""
        top = self._top(rows)
        if not self.stands_out():
            return Text("Do not pick a critical month: none stands out from chance.",
                        "Не назначать «критический месяц»: случайных колебаний ни один не "
                        "превышает.").in_language(lang)  # fmt: skip
        first = int(top["month"]) - self.every + 1
        return Text(
            f"Put a call before month {first}, for every client, into the calendar.",
            f"Внести в календарь звонок каждому клиенту до начала {first}-го месяца.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        bins = Text(f", {self.every} months a bar", f", столбец — {self.every} мес")
        bins = "" if self.every == 1 else bins.in_language(lang)
        return Text(
            f"By month of the relationship{bins}. Bars: share of all that began; points: share of "
            "those still there, 95% intervals",
            f"По месяцам сотрудничества{bins}. Столбцы — доля всех начавших; точки — доля тех, "
            "кто ещё с нами, 95%-е интервалы",
        ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame.dropna(subset=["estimate"])
        few = (rows["at_risk"] < FEW_AT_RISK).to_numpy()
        rows = rows[: int(np.argmax(few)) or 1] if few.any() else rows  # to the first thin month
        with charts.picture(self, ax) as axes:
            charts.hazards(
                axes, rows["month"] - self.every / 2, rows["of_all"], rows["estimate"],
                rows["low"], rows["high"], width=0.7 * self.every,
            )  # fmt: skip
            axes.set_xlabel(Text("month of the relationship", "месяц сотрудничества"
                                 ).in_language(lang))  # fmt: skip
        return axes


def transformation_rate(
    base: ClientBase, *, every: int = 1, contract: str = "ongoing", silent_after: int | None = None
) -> TransformationRate | CannotSay:
    """Which share leaves in which month of the relationship (DBTR).

    Two columns, never one. Of those still there: 1 − S(m) ÷ S(m − 1). Of all that began:
    S(m − 1) − S(m), the article's reading. S is Kaplan–Meier's daily curve with late
    entry; month m is ((m − 1) · 30.4375, m · 30.4375] days (S1; system B4).

    Parameters
    ----------
    base : ClientBase
    every : int
        Months in a row; `month` is then the last of them.
    contract : {"ongoing", "project", "all"}
        Project clients last from their first to their last invoice.
    silent_after : int, optional
        Days of silence after which a project client is lost.

    Returns
    -------
    TransformationRate
        `frame`: ``month, at_risk`` (spells under observation on any day of it), ``left,
        estimate, low, high`` (of those still there), ``of_all``. The month of the last day
        seen is NaN unless everybody had left. Counted are spells.

    Raises
    ------
    InvalidValue
        If `every` is no positive whole number, or the contract is not known.

    Notes
    -----
    Wilson intervals with the base of which a binomial share would have Greenwood's
    variance; where nobody left, the mean number at risk; where all did, `at_risk`.

    Examples
    --------
    Four clients; one leaves in the first month, one in the second:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": list("abcd"), "started_on": "2024-01-01",
    ...         "ended_on": ["2024-01-20", "2024-02-20", None, None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-05"],
    ...         "amount": [100]})}, observed_from="2024-01-01", observed_until="2024-03-31")
    >>> transformation_rate(base).frame[["month", "left", "estimate", "of_all"]].round(2).head(2)
       month  left  estimate  of_all
    0      1     1      0.25    0.25
    1      2     1      0.33    0.25
    """
    if isinstance(every, bool) or not isinstance(every, int | np.integer) or every < 1:
        raise InvalidValue(f"every={every!r} must be a whole number of months, such as 3.")
    seen = durations(base, RATE, contract=contract, silent_after=silent_after)
    if isinstance(seen, CannotSay):
        return seen
    curve = Curve.of(seen.frame)
    months = curve.months
    bins = np.arange((months[0] - 1) // every, -(-months[-1] // every)) * every
    start, end = ends_of(bins), ends_of(bins + every)
    before, after = (curve.at(days)["survival"].to_numpy() for days in (start, end))
    first = np.maximum(start, curve.begin)
    before = np.where(start < curve.begin, 1.0, before)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(before > 0, 1 - after / before, np.nan)
    low, high = _of_rate(curve, rate, first, np.minimum(end, curve.end))
    frame = pd.DataFrame(
        {
            "month": bins + every,
            "at_risk": curve.at_risk(first, end),
            "left": curve.leaving(first, end),
            "estimate": rate,
            "low": low,
            "high": high,
            "of_all": before - after,
        }
    )
    return TransformationRate(
        frame, seen.provenance, (*about_curve(curve, seen), *seen.notes),
        every=int(every), begin=round(curve.begin / DAYS_IN_MONTH),
    )  # fmt: skip


def _of_rate(
    curve: Curve, rate: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's ends with the base that Greenwood's variance of the stretch speaks for."""
    daily = curve.daily
    y, d = daily["at_risk"].to_numpy(), daily["events"].to_numpy()
    with np.errstate(divide="ignore"):
        term = np.where((d > 0) & (y > d), d / (y * (y - d)), 0.0)
    sums = np.append(0.0, np.cumsum(term))
    place = [np.searchsorted(daily["time"].to_numpy(), days + 1e-9) for days in (start, end)]
    spread = sums[place[1]] - sums[place[0]]
    mean_at_risk = curve.days_at_risk(start, end) / np.maximum(end - start, 1)
    size = np.where(rate < 1, mean_at_risk, curve.at_risk(start, end))
    some = (rate > 0) & (rate < 1) & (spread > 0)
    size[some] = rate[some] / ((1 - rate[some]) * spread[some])
    found = [
        proportions.interval(share * n, n) if n > 0 and not np.isnan(share) else None
        for share, n in zip(rate, size, strict=True)
    ]
    return (np.array([np.nan if one is None else float(one.low) for one in found]),
            np.array([np.nan if one is None else float(one.high) for one in found]))  # fmt: skip
