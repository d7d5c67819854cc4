"""Who will be gone next quarter, in clients and in money, as far as lifetime alone tells.

It answers: how many of today's clients leave in the next 91 days if they leave as clients
of their age did, what recurring revenue goes with them, and how last quarter's forecast
of the same kind did. Public names are importable from `clientlab.clients.lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from clientlab.clients.answers import in_currency, without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve
from clientlab.clients.durations import durations
from clientlab.clients.group_differences import named
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.redrawn import Redrawn
from clientlab.clients.revenue import monthly
from clientlab.clients.silence import in_days
from clientlab.clients.spells import spells
from clientlab.clients.tail import Tail, assumption
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, plural

LOSSES = Text("Losses expected", "Ожидаемые потери")
QUARTER = 91  # days
REVENUE_OVER = 3  # months of which recurring revenue is the mean
ALL = "all"


@dataclass(frozen=True, eq=False, repr=False)
class ExpectedLosses(Result):
    """Clients and recurring revenue that will be gone; made by `expected_losses`.

    Attributes
    ----------
    by : str
    days : int
    overall : Series
        The row of all clients.
    announced : int
        Clients who have given notice: counted as gone, with certainty.
    before : Series
        ``estimate, low, high, came, base`` of the forecast made `days` ago; empty if none
        could be made.
    """

    by: str = ""
    days: int = QUARTER
    overall: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    announced: int = 0
    before: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "number"

    @property
    def formats(self) -> dict[str, str]:
        return dict.fromkeys(("base", "revenue", "revenue_lost", "revenue_low", "revenue_high",
                              "low", "high"), "integer")  # fmt: skip

    def say(self, lang: str = "en") -> str:
        row, currency = self.overall, self.provenance.currency or ""
        count = number(row["estimate"], lang, digits=1)
        ends = f"{number(row['low'], lang)}–{number(row['high'], lang)}"
        base = number(row["base"], lang)
        parts = [Text(f"Expected to leave in {in_days(self.days)}: {count} of {base} clients "
                      f"(95% of forecasts {ends})",
                      f"За {in_days(self.days, 'ru')} ожидается уход {count} из {base} клиентов "
                      f"(в 95% случаев {ends})").in_language(lang)]  # fmt: skip
        if row["revenue"] > 0:
            lost = in_currency(row["revenue_lost"], currency, lang)
            reach = " – ".join(in_currency(row[f"revenue_{end}"], "", lang)
                               for end in ("low", "high"))  # fmt: skip
            parts.append(Text(f"with them {lost} of recurring revenue a month ({reach})",
                              f"с ними {lost} регулярной выручки в месяц ({reach})"
                              ).in_language(lang))  # fmt: skip
        if len(self.before):
            parts.append(self._check(lang))
        return f"{'; '.join(parts)}."

    def _check(self, lang: str) -> str:
        row = self.before
        told = number(row["estimate"], lang, digits=1)
        ends, came = f"{number(row['low'], lang)}–{number(row['high'], lang)}", int(row["came"])
        inside = row["low"] <= came <= row["high"]
        word = Text("inside", "внутри") if inside else Text("outside", "вне")
        return Text(f"{in_days(self.days)} ago it said {told} ({ends}), {came} left: "
                    f"{word.en} of the interval",
                    f"{in_days(self.days, 'ru')} назад прогноз: {told} ({ends}), ушли {came}: "
                    f"{word.ru} интервала").in_language(lang)  # fmt: skip

    def headline(self, lang: str = "en") -> str:
        return without_brackets("; ".join(self.say(lang).split("; ")[:2]))

    def decide(self, lang: str = "en") -> str:
        return Text(
            "Put this loss into the plan of the quarter. It names no client: for that see the "
            "predictor.",
            "Заложить эти потери в план квартала. Кто именно уйдёт, этот расчёт не говорит: для "
            "этого — модель.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Clients expected to leave in {in_days(self.days)} by their age alone; lines: 95% "
            "of forecasts, chance of the quarter included",
            f"Сколько клиентов уйдёт за {in_days(self.days, 'ru')} по стажу; линии — 95% "
            "прогнозов, с учётом случайности квартала",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, currency = texts.language(), self.provenance.currency or ""
        rows = self.frame if not self.by else self.frame.iloc[:-1]
        names = [self._name(row, lang) for _, row in rows.iterrows()]
        told = [number(row["estimate"], lang, digits=1)
                + (f" · {in_currency(row['revenue_lost'], currency, lang)}" * (row["revenue"] > 0))
                for _, row in rows.iterrows()]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.dots(axes, names, rows["estimate"], rows["low"], rows["high"], texts=told,
                        quiet=(rows["base"] < 5).to_list())  # fmt: skip
            axes.set_xlim(left=-0.02 * rows["high"].max() if len(rows) else 0)
            charts.number_axis(axes.xaxis)
        return axes

    def _name(self, row: pd.Series, lang: str) -> str:
        if not self.by:
            return Text("all clients", "все клиенты").in_language(lang)
        return f"{named(self.by, row['group'], lang)} · {number(row['base'], lang)}"


def expected_losses(
    base: ClientBase, *, days: int = QUARTER, by: str | None = None, level: float = 0.95
) -> ExpectedLosses | CannotSay:
    """Clients and recurring revenue expected to be lost, by the age of clients alone.

    A client of age a leaves within the days with chance 1 − S(a + days) ÷ S(a); beyond the
    last day that five are followed to, at the last rate seen (S1, S3; system B30). Lifetime
    alone tells no client from another of the same age.

    Parameters
    ----------
    base : ClientBase
        Clients with an ongoing contract.
    days : int
    by : str, optional
        Column of clients, say "manager".
    level : float

    Returns
    -------
    ExpectedLosses
        `frame`: ``group, base, estimate, low, high`` (clients), ``revenue`` (recurring a
        month, mean of the last three), ``revenue_lost, revenue_low, revenue_high``; the
        last row is "all". `before` holds the forecast made so many days ago against what
        came.

    Raises
    ------
    InvalidValue
        If `days` is no positive whole number, or the column is not known.

    Notes
    -----
    Intervals of forecasts: curves of resampled clients, and on each who leaves drawn by
    chance; seeded.

    Examples
    --------
    >>> from clientlab.demo import DEMO
    >>> found = expected_losses(ClientBase.read(DEMO), by="manager")
    >>> bool(abs(found.frame["estimate"].iloc[:-1].sum() - found.overall["estimate"]) < 1e-9)
    True
    """
    if isinstance(days, bool) or not isinstance(days, int | np.integer) or days < 1:
        raise InvalidValue(f"days={days!r} must be a whole number, such as 91.")
    found = _forecast(base, days, by, level)
    if isinstance(found, CannotSay):
        return found
    frame, announced, notes = found
    earlier = base.day - pd.Timedelta(days=int(days))
    before = pd.Series(dtype=float)
    if earlier > base.observed_from:
        then = _forecast(base.as_of(earlier), days, None, level)
        if not isinstance(then, CannotSay):
            before = then[0].iloc[-1][["estimate", "low", "high", "base"]].copy()
            before["came"] = _left_since(base, earlier)
    if announced:
        notes += (
            Text(
                f"{announced} {plural(announced, 'has', 'have')} given notice and "
                f"{plural(announced, 'counts', 'count')} as gone.",
                f"Предупредили об уходе и считаются ушедшими: {announced}.",
            ),
        )
    return ExpectedLosses(
        frame, base.provenance(int(frame["base"].iloc[-1]), CLIENTS), notes, by=by or "",
        days=int(days), overall=frame.iloc[-1], announced=announced, before=before,
    )  # fmt: skip


def _left_since(base: ClientBase, day: pd.Timestamp) -> int:
    """Clients with a contract there at the end of a day who have ended since."""
    seen = durations(base, LOSSES)
    if isinstance(seen, CannotSay):
        return 0
    frame = seen.frame
    gone = frame["left"] & (frame["started_on"] <= day) & (frame["last_on"] > day)
    return int(gone.sum())


def _forecast(
    base: ClientBase, days: int, by: str | None, level: float
) -> tuple[pd.DataFrame, int, tuple[Text, ...]] | CannotSay:
    """Rows by group, clients who gave notice, notes."""
    seen = durations(base, LOSSES, by=by)
    if isinstance(seen, CannotSay):
        return seen
    here = seen.frame[~seen.frame["left"]].reset_index(drop=True)
    window = f"{base.day:%Y-%m-%d}"
    if here.empty:
        nobody = Text(f"{LOSSES.en}: nobody is a client on {window}.",
                      f"{LOSSES.ru}: на {window} клиентов нет.")  # fmt: skip
        return CannotSay.because(nobody, base.provenance())
    curve = Curve.of(seen.frame)
    if not curve.left.any():
        so_far = Text(f"{LOSSES.en}: nobody has left so far, so nothing can be told.",
                      f"{LOSSES.ru}: пока никто не ушёл, сказать нечего.")  # fmt: skip
        return CannotSay.because(so_far, base.provenance())
    again = Redrawn.of(curve, seen.frame["client_id"])
    until = curve.followed()
    # With fewer leavers the rate is a poor one, but none at all would promise no loss.
    tail = Tail.of(curve, until) or Tail.of(curve, until, few=1)
    age = here["exit"].to_numpy(float)
    chance = _chances(curve, again, tail, age, days)
    told = _gave_notice(base, here)
    chance = np.where(told, 1.0, chance)
    random = np.random.default_rng(0)
    leaves = random.random((len(again.survival), len(here))) < chance[1:]
    fee = recurring_fee(base).reindex(here["client_id"]).fillna(0.0).clip(lower=0.0).to_numpy()
    groups = [] if by is None else list(here.groupby(by, sort=True, dropna=False).indices.items())
    rows = [loss_row(group, chance[0, who], leaves[:, who], fee[who], level)
            for group, who in [*groups, (ALL, np.arange(len(here)))]]  # fmt: skip
    frame = pd.DataFrame(rows)
    whole = frame.iloc[-1:]
    frame = frame.iloc[:-1].sort_values("estimate", ascending=False, kind="stable")
    frame = pd.concat([frame, whole], ignore_index=True)
    beyond = int((age + days > until).sum())
    assumed = (assumption(tail, beyond),) * (tail is not None and beyond > 0)
    return frame, int(told.sum()), (*assumed, *seen.notes)


def _chances(
    curve: Curve, again: Redrawn, tail: Tail | None, age: np.ndarray, days: int
) -> np.ndarray:
    """Chance to leave within the days, shape (1 + replicates, clients)."""
    until = curve.followed()
    rate = np.zeros(1 + len(again.survival)) if tail is None else np.append(
        tail.rate, tail.rates(again))  # fmt: skip

    def still(at: np.ndarray) -> np.ndarray:
        inside = np.clip(at, curve.begin, until)
        told = np.vstack([curve.at(inside)["survival"].to_numpy(), again.at(inside)])
        return told * np.exp(-rate[:, None] * np.maximum(at - until, 0))

    now, later = still(age), still(age + days)
    return 1 - np.divide(later, now, where=now > 0, out=np.ones_like(now))


def _gave_notice(base: ClientBase, here: pd.DataFrame) -> np.ndarray:
    if not base.has("clients", "notice_on"):
        return np.zeros(len(here), bool)
    frame = spells(base, "notice_on")
    keys = ["client_id", "started_on"]
    notice = here[keys].merge(frame[[*keys, "notice_on"]], on=keys, how="left")["notice_on"]
    return notice.notna().to_numpy()


def recurring_fee(base: ClientBase) -> pd.Series:
    """Recurring revenue a month, mean of the last three whole ones."""
    table = monthly(base)
    whole = [month for month in table if month + pd.offsets.MonthEnd(0) <= base.day]
    return table[whole[-REVENUE_OVER:]].mean(axis=1) if whole else table.sum(axis=1) * 0


def loss_row(
    group, chance: np.ndarray, leaves: np.ndarray, fee: np.ndarray, level: float
) -> dict[str, object]:
    """Clients and revenue lost of one group: mean, and quantiles of what chance may bring.

    Parameters
    ----------
    group : str
    chance : ndarray of shape (clients,)
        Probability of leaving.
    leaves : ndarray of bool, shape (draws, clients)
        Who leaves in each draw.
    fee : ndarray of shape (clients,)
        Recurring revenue a month.
    level : float
    """
    tails = [(1 - level) / 2, (1 + level) / 2]
    count, lost = leaves.sum(axis=1), leaves @ fee
    low, high = np.quantile(count, tails, method="closest_observation")
    revenue = np.quantile(lost, tails)
    return {"group": group, "base": len(chance), "estimate": float(chance.sum()),
            "low": float(low), "high": float(high), "revenue": float(fee.sum()),
            "revenue_lost": float(chance @ fee), "revenue_low": float(revenue[0]),
            "revenue_high": float(revenue[1])}  # fmt: skip
