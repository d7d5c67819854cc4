"""What one point of churn is worth, and the textbook's value of a geometric lifetime.

It answers: how much more would a client bring if one in a hundred fewer left in a year.
Public names are importable from `clientlab.clients.value`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.clients.answers import gap_of, in_currency, without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve
from clientlab.clients.durations import DAYS_IN_MONTH, durations
from clientlab.clients.lifetime_worth import VALUE
from clientlab.clients.margins import margins
from clientlab.clients.redrawn import Redrawn, ends
from clientlab.clients.times import in_time
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent

POINTS = tuple(range(-5, 6))
YEAR = 12 * DAYS_IN_MONTH
POINT_OF = (0.015, 0.95)  # churn a year of which a point can be told


@dataclass(frozen=True, eq=False, repr=False)
class ChurnPoint(Result):
    """LTV at other churn; made by `churn_point`.

    Attributes
    ----------
    churn : float
        Share that leaves in a year of the relationship, on average, 0–1.
    gain : tuple of float
        What one point less is worth a client, with its interval.
    horizon : float
        Months.
    """

    churn: float = np.nan
    gain: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    horizon: float = 60.0
    subject: Text = Text("margin", "маржа")

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "number"

    @property
    def formats(self) -> dict[str, str]:
        money = dict.fromkeys(
            ("estimate", "low", "high", "change", "change_low", "change_high", "base"), "integer"
        )
        return money | {"churn": "percent1"}

    def say(self, lang: str = "en") -> str:
        currency = self.provenance.currency or ""
        marks = (currency, "", "")
        value, low, high = (in_currency(part, mark, lang) if np.isfinite(part) else "–"
                            for part, mark in zip(self.gain, marks, strict=True))  # fmt: skip
        time, churn = in_time(self.horizon, lang), percent(self.churn, lang)
        return Text(
            f"One point less churn a year is worth {value} a client in the first {time} (95% "
            f"interval {low} – {high}); churn is {churn} a year.",
            f"Минус один пункт годового оттока — это {value} с клиента за первые {time} (95%-й "
            f"интервал {low} – {high}); отток сейчас {churn} в год.",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.say(lang).split("; ")[0])

    def decide(self, lang: str = "en") -> str:
        return Text(
            "Price every measure against churn with this number times the clients it reaches.",
            "Сравнивать цену каждой меры против оттока с этим числом, умноженным на охваченных "
            "клиентов.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Change of the expected {self.subject.en} of a client, first {in_time(self.horizon)}, "
            "if churn a year were other; band: 95%, clients drawn anew",
            f"Изменение показателя «{self.subject.ru}» клиента за первые "
            f"{in_time(self.horizon, 'ru')} при другом годовом оттоке; полоса — 95%, бутстреп "
            "клиентов",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang, rows = texts.language(), self.frame
        with charts.picture(self, ax) as axes:
            axes.axhline(0, color=style.QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.fill_between(rows["points"], rows["change_low"], rows["change_high"],
                              color=style.MAIN, alpha=0.15, linewidth=0)  # fmt: skip
            axes.plot(rows["points"], rows["change"], color=style.MAIN)
            for end in (0, -1):
                row = rows.iloc[end]
                axes.annotate(gap_of(row["change"], "money", lang), (row["points"], row["change"]),
                              (0, 16 if end == 0 else -22), textcoords="offset points",
                              ha="left" if end == 0 else "right", color=style.MAIN, weight="bold",
                              size=style.SIZES["value"], parse_math=False)  # fmt: skip
            axes.set_xlabel(Text("points of churn a year", "пунктов годового оттока"
                                 ).in_language(lang))  # fmt: skip
            names = ["+" * int(point > 0) + number(point, lang) for point in rows["points"]]
            axes.set_xticks(rows["points"], names)
            axes.yaxis.set_major_formatter(lambda value, _: in_currency(value, "", lang))
            axes.grid(axis="y", linewidth=0.8)
            axes.tick_params(length=0)
            axes.spines[["left", "bottom"]].set_visible(False)
        return axes


def churn_point(
    base: ClientBase, *, horizon: int = 60, margin: float | None = None, level: float = 0.95
) -> ChurnPoint | CannotSay:
    """LTV as it would be if more or fewer clients left in a year.

    All rates of leaving are multiplied by the same factor, so that churn a year, 1 −
    exp(−365.25 · leavers ÷ days at risk), moves by whole points: S becomes Sᵏ with k =
    log(1 − other churn) ÷ log(1 − churn). What clients bring while they stay is taken as
    it is (system B5).

    Parameters
    ----------
    base : ClientBase
        Clients with an ongoing contract.
    horizon : int
        Months; shortened to those that five clients are followed for.
    margin : float, optional
        Share of revenue, in place of the costs in the files.
    level : float

    Returns
    -------
    ChurnPoint
        `frame`: ``points`` (of change), ``churn, estimate, low, high`` (LTV), ``change,
        change_low, change_high`` (against now), ``base``; `gain` is what one point less is
        worth a client.

    Raises
    ------
    InvalidValue
        If the horizon is not positive.

    Examples
    --------
    >>> from clientlab.demo import DEMO
    >>> found = churn_point(ClientBase.read(DEMO))
    >>> bool(0 < found.gain[1] < found.gain[0] < found.gain[2])
    True
    """
    if not horizon >= 1:
        raise InvalidValue(f"horizon={horizon!r} must be a number of months, such as 60.")
    seen = durations(base, VALUE)
    if isinstance(seen, CannotSay):
        return seen
    curve = Curve.of(seen.frame)
    if not curve.left.any():
        return _no_point(base, 0.0)
    money = margins(base, seen.frame, share=margin)
    months = min(int(horizon), curve.told_months)
    again = Redrawn.of(curve, seen.frame["client_id"])
    weights = np.vstack([np.ones(len(curve.rows)), again.weights])
    amounts, days = money.money[curve.rows][:, :months], money.days[curve.rows][:, :months]
    with np.errstate(divide="ignore", invalid="ignore"):
        a_day = np.nan_to_num((weights @ amounts) / (weights @ days))
    at_risk = weights @ (curve.exit - curve.entry)
    churn = 1 - np.exp(-YEAR * (weights @ curve.left) / at_risk)
    if not POINT_OF[0] < churn[0] < POINT_OF[1]:
        return _no_point(base, churn[0])
    whole = np.arange(curve.begin, curve.end + 1)
    daily = np.vstack([curve.at(whole)["survival"].to_numpy(), again.survival])
    month = np.minimum((whole[:-1] // DAYS_IN_MONTH).astype(int), months)
    kept = month < months
    values = {}
    for point in POINTS:
        other = np.clip(churn + point / 100, 1e-9, 1 - 1e-9)
        with np.errstate(divide="ignore"):
            power = np.where(churn > 0, np.log1p(-other) / np.log1p(-churn), 1.0)
        height = daily[:, :-1] ** power[:, None]
        values[point] = (height * np.append(a_day, np.zeros((len(a_day), 1)), axis=1)[:, month]
                         )[:, kept].sum(axis=1)  # fmt: skip
    rows = [
        (point, max(churn[0] + point / 100, 0.0), found[0], *ends(found[1:], level),
         (found - values[0])[0], *ends((found - values[0])[1:], level), len(curve.rows))
        for point, found in values.items()
    ]  # fmt: skip
    columns = ["points", "churn", "estimate", "low", "high", "change", "change_low",
               "change_high", "base"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame[frame["churn"].between(0.005, 0.995) | (frame["points"] == 0)]
    gain = values[-1] - values[0]
    note = Text("What clients bring while they stay is taken as it is now.",
                "То, что клиенты приносят, пока остаются, взято как есть.")  # fmt: skip
    return ChurnPoint(
        frame.reset_index(drop=True), seen.provenance, (note, *money.notes, *seen.notes),
        churn=float(churn[0]), gain=(float(gain[0]), *ends(gain[1:], level)),
        horizon=float(months), subject=money.subject,
    )  # fmt: skip


def _no_point(base: ClientBase, churn: float) -> CannotSay:
    share = Text(percent(churn), percent(churn, "ru"))
    return CannotSay.because(
        Text(f"One point of churn: it is {share.en} a year, of which a point more or less tells "
             "nothing.",
             f"Один пункт оттока: за год уходят {share.ru}, пункт больше или меньше ни о чём не "
             "говорит."),
        base.provenance(),
    )  # fmt: skip


class Geometric(NamedTuple):
    """Mean and standard deviation of what one client brings."""

    mean: float
    sd: float


def geometric_lifetime_value(
    margin: float,
    churn: float,
    *,
    discount: float = 0.0,
    months: int | None = None,
    paid: str = "advance",
) -> Geometric:
    """The textbook's LTV: the same margin and the same churn in every month.

    With r = 1 − churn and v the discount of a month, paid in advance Σ m (r v)ᵏ⁻¹, in
    arrears Σ m (r v)ᵏ over k = 1 … N; without an end m ÷ (1 − r v) and m r v ÷ (1 − r v)
    (Berger & Nasr 1998, Journal of Interactive Marketing 12). The variance is that of the
    discounted payments of one client.

    Parameters
    ----------
    margin : float
        Money a month.
    churn : float
        Share that leaves a month, 0–1.
    discount : float
        Rate a year.
    months : int, optional
        Number of months counted; without it all.
    paid : {"advance", "arrears"}
        At the beginning of a month by all who are there, or at its end by all who stayed.

    Returns
    -------
    Geometric

    Raises
    ------
    InvalidValue
        If a number cannot be used; without an end and without discount churn must be above 0.

    Examples
    --------
    >>> [round(part) for part in geometric_lifetime_value(100, 0.05)]
    [2000, 1949]
    >>> round(geometric_lifetime_value(100, 0.05, months=12, paid="arrears").mean, 1)
    873.3
    """
    v = (1 + discount) ** (-1 / 12) if 0 <= discount < 1 else np.nan
    r = 1 - churn
    usable = 0 <= churn <= 1 and not np.isnan(v) and paid in ("advance", "arrears")
    if not usable or (months is None and r * v >= 1) or (months is not None and months < 1):
        raise InvalidValue(
            "Give churn between 0 and 1 a month, discount as a rate a year (0.15), paid "
            "'advance' or 'arrears', and months, or a churn above 0."
        )

    def total(x: float) -> float:
        """1 + x + … up to the last month."""
        if months is None:
            return 1 / (1 - x)
        return float(months) if x == 1 else (1 - x**months) / (1 - x)

    # Paid at k = 0, 1, … with chance rᵏ, worth vᵏ; E[PV²] = Σ rᵏ (v²ᵏ + 2 vᵏ Σ_{j<k} vʲ).
    mean = total(r * v)
    if v < 1:
        square = total(r * v**2) + 2 * (mean - total(r * v**2)) / (1 - v)
    elif months is None:
        square = mean + 2 * r / (1 - r) ** 2
    else:
        k = np.arange(months)
        square = mean + 2 * float((k * r**k).sum())
    if paid == "arrears":  # the same one month later, by those who stayed
        mean, square = r * v * mean, r * v**2 * square
    return Geometric(margin * mean, margin * float(np.sqrt(max(square - mean**2, 0.0))))
