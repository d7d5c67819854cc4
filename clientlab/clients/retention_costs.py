"""What it costs to keep clients: in full and operating, a client and month, of revenue.

Public names are importable from `clientlab.clients.value`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, in_currency, interval_of, without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.durations import durations
from clientlab.clients.last_months import last_months, nothing_in
from clientlab.clients.nouns import CLIENTS
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import design
from clientlab.wording import Text

KEEPING = Text("Cost of keeping a client", "Стоимость удержания клиента")
PURPOSES = ("service", "client_budget")


@dataclass(frozen=True, eq=False, repr=False)
class RetentionCost(Result):
    """Cost of keeping clients; made by `retention_cost`."""

    window: str = ""

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "number"

    def row(self, measure: str, per: str) -> pd.Series:
        """One number: 'full' or 'operating', per 'client_month' or 'revenue'."""
        rows = self.frame[(self.frame["measure"] == measure) & (self.frame["per"] == per)]
        if rows.empty:
            raise InvalidValue(f"There is no {measure!r} per {per!r} in this result.")
        return rows.iloc[0]

    def say(self, lang: str = "en") -> str:
        currency, parts = self.provenance.currency or "", []
        for measure, name in MEASURES.items():
            if measure not in set(self.frame["measure"]):
                continue
            a_month, share = self.row(measure, "client_month"), self.row(measure, "revenue")
            value = in_currency(a_month["estimate"], currency, lang)
            if pd.notna(a_month["low"]):
                value += (f" ({in_currency(a_month['low'], '', lang)} – "
                          f"{in_currency(a_month['high'], '', lang)})")  # fmt: skip
            part = WRITE["share"](share["estimate"], lang)
            if pd.notna(share["low"]):
                part += f" ({interval_of(share['low'], share['high'], 'share', lang)})"
            parts.append(Text(f"{name.en} {value} a client and month, {part} of revenue",
                              f"{name.ru} {value} на клиента в месяц, {part} выручки"
                              ).in_language(lang))  # fmt: skip
        head = Text("Keeping clients costs", "Удержание стоит").in_language(lang)
        return f"{head}: {'; '.join(parts)}."

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        return Text(
            "Plan the cost of keeping per client and month next to the fee, before the budget of "
            "winning new ones.",
            "Планировать расходы на удержание на клиента в месяц рядом с его платежом, до бюджета "
            "на привлечение.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Client service and client budget, {self.window}, a client and month. Full: with "
            "payroll and fixed costs; operating: without them. 95% intervals (months)",
            f"Клиентский сервис и клиентский бюджет, {self.window}, на клиента в месяц. Полная — с "
            "ФОТ и постоянными расходами, операционная — без них. 95%-е интервалы (месяцы)",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, currency = texts.language(), self.provenance.currency or ""
        rows = self.frame[self.frame["per"] == "client_month"]
        with charts.picture(self, ax) as axes:
            charts.bars(
                axes, [MEASURES[name].in_language(lang) for name in rows["measure"]],
                rows["estimate"], low=rows["low"].fillna(rows["estimate"]),
                high=rows["high"].fillna(rows["estimate"]),
                texts=[in_currency(value, currency, lang) for value in rows["estimate"]],
            )  # fmt: skip
        return axes


MEASURES = {"full": Text("in full", "полная"), "operating": Text("operating", "операционная")}


def retention_cost(base: ClientBase, *, months: int = 12) -> RetentionCost | CannotSay:
    """What it costs to keep clients: in full, and operating.

    Costs whose purpose is client service or client budget ÷ months of clients, and ÷
    revenue, over the last whole months. Operating leaves payroll and fixed costs out (S1;
    system B6).

    Parameters
    ----------
    base : ClientBase
        Needs costs with their purpose; 'operating' needs their nature too.
    months : int

    Returns
    -------
    RetentionCost
        `frame`: ``measure`` (full, operating), ``per`` (client_month, revenue),
        ``estimate, low, high, base`` (clients). Ratios of sums over months, linearised,
        t on months − 1: how much single months vary, not what the next year brings.

    Raises
    ------
    InvalidValue
        If `months` is no positive whole number.

    Examples
    --------
    One client for two whole months; 300 for service and 60 for gifts:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2023-02-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": "a", "issued_on": ["2024-01-05", "2024-02-05"],
    ...                               "amount": 900}),
    ...     "costs": pd.DataFrame({"spent_on": ["2024-01-31", "2024-02-28"], "amount": [300, 60],
    ...         "purpose": ["service", "client_budget"], "nature": ["payroll", "operating"]})},
    ...     observed_from="2024-01-01", observed_until="2024-02-29")
    >>> retention_cost(base, months=2).frame[["measure", "per", "estimate"]].values.tolist()[:2]
    [['full', 'client_month', 180.0], ['full', 'revenue', 0.2]]
    """
    if missing := base.lacks(KEEPING, costs=("purpose",)):
        return missing
    found = last_months(base, KEEPING, months)
    if isinstance(found, CannotSay):
        return found
    first, last, window = found
    costs = base.tables["costs"]
    costs = costs[costs["purpose"].isin(PURPOSES)]
    costs = costs[(costs["spent_on"] >= first) & (costs["spent_on"] <= last)]
    if not costs["amount"].sum() > 0:
        why = Text("no costs of client service or client budget",
                   "нет расходов на клиентский сервис и клиентский бюджет")  # fmt: skip
        return nothing_in(base, KEEPING, window, why)
    days, clients, how = _client_months(base, first, last)
    if not days.sum():
        return nothing_in(base, KEEPING, window, Text("nobody was a client", "клиентов нет"))
    invoices = base.tables["invoices"]
    revenue = _by_month(invoices["issued_on"], invoices["amount"], days.index)
    kinds = {"full": np.ones(len(costs), bool)}
    notes = [*how]
    if base.has("costs", "nature"):
        kinds["operating"] = (costs["nature"] == "operating").to_numpy(bool)
    else:
        notes.append(
            Text(
                "Costs do not tell their nature (costs.nature): no operating cost.",
                "Вид расходов не указан (costs.nature): операционной стоимости нет.",
            )
        )
    rows = []
    for measure, chosen in kinds.items():
        spent = _by_month(costs["spent_on"][chosen], costs["amount"][chosen], days.index)
        for per, under in (("client_month", days), ("revenue", revenue)):
            rows.append((measure, per, *_ratio(spent, under), clients))
    frame = pd.DataFrame(rows, columns=["measure", "per", "estimate", "low", "high", "base"])
    return RetentionCost(frame, base.provenance(clients, CLIENTS), tuple(notes), window=window)


def _client_months(
    base: ClientBase, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.Series, int, tuple[Text, ...]]:
    """Months of clients by calendar month (all its days are one), clients, and how known."""
    seen = durations(base, KEEPING, contract="all")
    months = pd.period_range(first, last, freq="M")
    if isinstance(seen, CannotSay):
        return pd.Series(0.0, index=months), 0, ()
    frame, day = seen.frame, base.day.to_datetime64().astype("datetime64[D]")
    start = frame["started_on"].to_numpy().astype("datetime64[D]")[:, None]
    end = frame["last_on"].to_numpy().astype("datetime64[D]")[:, None]
    end = np.where(frame["left"].to_numpy()[:, None], end, day)
    opens = months.start_time.to_numpy().astype("datetime64[D]")
    closes = months.end_time.to_numpy().astype("datetime64[D]")
    there = (np.minimum(end, closes) - np.maximum(start, opens)).astype(int) + 1
    there = np.clip(there, 0, None)
    length = (closes - opens).astype(int) + 1
    clients = frame.loc[there.sum(axis=1) > 0, "client_id"].nunique()
    return pd.Series((there / length).sum(axis=0), index=months), clients, seen.notes


def _by_month(day: pd.Series, amount: pd.Series, months: pd.Index) -> pd.Series:
    sums = amount.groupby(day.dt.to_period("M")).sum()
    return sums.reindex(months, fill_value=0.0).astype(float)


def _ratio(over: pd.Series, under: pd.Series) -> tuple[float, float, float]:
    if not under.sum() > 0:
        return (np.nan,) * 3
    value = float(over.sum() / under.sum())
    if len(over) < 3:
        return value, np.nan, np.nan
    found = design.ratio(over.to_numpy(), under.to_numpy(), design.Design())
    if not found.se > 1e-12 * abs(value):
        return value, np.nan, np.nan
    return value, max(float(found.low), 0.0), float(found.high)
