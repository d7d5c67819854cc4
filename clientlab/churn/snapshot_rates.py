"""What a snapshot table holds: who left after each day, and how much was known.

It answers: how many clients were there on each day and how many of them left within the
horizon; of which tables was anything known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.snapshot_table import Snapshots
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.schema import tables
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, percent_range, plural

NAME = Text("Who left after each day", "Кто ушёл после каждого дня")


@dataclass(frozen=True, eq=False, repr=False)
class LeftAfter(Result):
    """Share that left within the horizon after each day; made by `left_after`.

    `frame`: ``day, left, base, estimate, low, high`` (Wilson).

    Attributes
    ----------
    horizon : Timedelta or None
    clients, left : int
        Different clients, and how many of them left within a horizon.
    """

    horizon: pd.Timedelta | None = None
    clients: int = 0
    left: int = 0

    formats: ClassVar[dict[str, str]] = {"left": "integer"}

    def headline(self, lang: str = "en") -> str:
        days, rows = number(len(self.frame), lang), number(self.frame["base"].sum(), lang)
        return Text(
            f"{number(self.left)} of {number(self.clients)} clients left within "
            f"{self._horizon} days of a look at them: {rows} rows on {days} "
            f"{plural(len(self.frame), 'day', 'days')}",
            f"Из {number(self.clients, 'ru')} "
            f"{plural(self.clients, 'клиента', 'клиентов', 'клиентов')} в течение {self._horizon} "
            f"дней после среза ушло: {number(self.left, 'ru')} (строк {rows}, дат {days})",
        ).in_language(lang)

    @property
    def _horizon(self) -> int:
        return self.horizon.days if self.horizon is not None else 0

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[-1]
        day = f"{row['day']:%d.%m.%Y}" if lang == "ru" else f"{row['day']:%Y-%m-%d}"
        ends = percent_range(row["low"], row["high"], lang)
        base = int(row["base"])
        return self.headline(lang) + Text(
            f". After {day}: {percent(row['estimate'])} (95% interval {ends}, base {number(base)} "
            f"{plural(base, 'client', 'clients')}).",
            f". После {day}: {percent(row['estimate'], 'ru')} (95%-й интервал {ends}, база "
            f"{number(base, 'ru')} {plural(base, 'клиент', 'клиента', 'клиентов')}).",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Of the clients at risk on a day, the share that left within the {self._horizon} days "
            "after it; 95% intervals (Wilson)",
            f"Доля ушедших за {self._horizon} дней после даты среди тех, кто мог уйти; 95%-е "
            "интервалы (Уилсон)",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, frame = texts.language(), self.frame
        form = "%m.%Y" if lang == "ru" else "%Y-%m"
        with charts.picture(self, ax) as axes:
            charts.over_time(axes, frame["day"].dt.strftime(form), frame["estimate"], frame["low"],
                             frame["high"])  # fmt: skip
        return axes


@dataclass(frozen=True, eq=False, repr=False)
class Known(Result):
    """How much of each table was known; made by `known`.

    `frame`: ``table, features, base`` (rows), ``estimate``: share of the values that were
    known. A complete count, no interval.
    """

    formats: ClassVar[dict[str, str]] = {"features": "integer", "base": "integer"}

    def headline(self, lang: str = "en") -> str:
        low = self.frame.iloc[-1]
        table = table_name(low["table"])
        if low["estimate"] == 1:
            return Text("Every value was known on its day",
                        "Все значения были известны на свою дату").in_language(lang)  # fmt: skip
        return Text(
            f"Least was known from '{table.en}': {percent(low['estimate'])} of the values",
            f"Хуже всего известно из «{table.ru}»: {percent(low['estimate'], 'ru')} значений",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        count, rows = int(self.frame["features"].sum()), int(self.frame["base"].iloc[0])
        return self.headline(lang) + Text(
            f" ({number(count)} features, base {number(rows)} rows; complete count, no interval).",
            f" (признаков: {number(count, 'ru')}, база: строк {number(rows, 'ru')}; полный "
            "подсчёт, без интервала).",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Share of the values that were known on their day, by table; in brackets: features",
            "Доля значений, известных на свою дату, по таблицам; в скобках — число признаков",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        names = [f"{table_name(table).in_language(lang)} ({count})" for table, count in zip(
            self.frame["table"], self.frame["features"], strict=True)]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.bars(axes, names, self.frame["estimate"])
        return axes


def table_name(table: str) -> Text:
    """A table as it is called in the files, in Russian by its usual name.

    Examples
    --------
    >>> table_name("invoices")
    Text(en='invoices', ru='счета')
    """
    return Text(table.replace("_", " "), next(iter(tables()[table].also), table))


def left_after(snaps: Snapshots | CannotSay) -> LeftAfter | CannotSay:
    """Share of the clients at risk that left within the horizon, day by day.

    Parameters
    ----------
    snaps : Snapshots

    Returns
    -------
    LeftAfter
        CannotSay where nobody was at risk.

    Raises
    ------
    InvalidValue
        Never.

    Examples
    --------
    >>> from clientlab.churn import snapshots
    >>> from clientlab.clients import ClientBase
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01",
    ...                              "ended_on": ["2024-05-30", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-01",
    ...                               "amount": 100})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> found = left_after(snapshots(base, ["2024-03-31", "2024-06-30"]))
    >>> found.frame[["left", "base", "estimate"]].values.tolist()
    [[1.0, 2.0, 0.5], [0.0, 1.0, 0.0]]
    """
    if isinstance(snaps, CannotSay):
        return snaps
    if not len(snaps):
        none = Text(f"{NAME.en}: nobody was at risk on these days.",
                    f"{NAME.ru}: на эти даты уходить было некому.")  # fmt: skip
        return CannotSay.because(none, snaps.provenance)
    days = snaps.X.index.get_level_values("day")
    by_day = snaps.y.groupby(days)
    frame = pd.DataFrame({"left": by_day.sum(), "base": by_day.size()})
    frame = frame.rename_axis("day").reset_index()
    found = proportions.interval(frame["left"].to_numpy(), frame["base"].to_numpy())
    frame = frame.assign(estimate=found.estimate, low=found.low, high=found.high)
    gone = snaps.keys.loc[snaps.y == 1, "client_id"].nunique()
    many = snaps.keys["client_id"].nunique()
    provenance = replace(snaps.provenance, base=many, base_of=CLIENTS)
    return LeftAfter(frame, provenance, snaps.notes, horizon=snaps.horizon, clients=many, left=gone)


def known(snaps: Snapshots | CannotSay) -> Known | CannotSay:
    """Of each table, the share of its features' values that were known on their day.

    Parameters
    ----------
    snaps : Snapshots

    Returns
    -------
    Known
        The best known first. CannotSay where there is no row.

    Raises
    ------
    InvalidValue
        Never.
    """
    if isinstance(snaps, CannotSay):
        return snaps
    if not len(snaps):
        return left_after(snaps)
    there: dict[str, list[float]] = {}
    for name, one in snaps.features.items():
        share = float(snaps.X[name].notna().mean())
        there.setdefault(next(iter(one.tables), "clients"), []).append(share)
    frame = pd.DataFrame(
        {
            "table": list(there),
            "features": [len(shares) for shares in there.values()],
            "base": len(snaps),
            "estimate": [float(np.mean(shares)) for shares in there.values()],
        }
    )
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    return Known(frame, snaps.provenance)
