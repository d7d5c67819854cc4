"""Whether the money stays with those who stay: gross and net retention of revenue.

It answers: of the recurring revenue of the month before a period, how much is still
there in its last month, from the same clients. Revenue of projects is kept apart. Public
names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.answers import OverTime, in_currency, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import RECURRING
from clientlab.clients.periods import IN_A_YEAR, PERIODS, called, complete
from clientlab.clients.revenue_months import monthly
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.stats.ratios import leverage_ratio
from clientlab.wording import Text, percent

NAME = Text("Retention of revenue", "Удержание выручки")
NO_SPREAD = 1e-12  # a standard error below it is rounding


@dataclass(frozen=True, eq=False, repr=False)
class Retention(OverTime):
    """Gross and net retention by period; made by `revenue_retention`.

    Attributes
    ----------
    uneven : bool
        Most clients are not billed every month, and no file tells which invoices recur.
    """

    uneven: bool = False

    @property
    def formats(self) -> dict[str, str]:
        shares = ("grr", "grr_low", "grr_high", "nrr", "nrr_low", "nrr_high")
        return dict.fromkeys(shares, "percent") | dict.fromkeys(
            ("revenue_before", "revenue_after", "project_revenue"), "integer"
        )

    def _head(self, lang: str) -> str:
        row = self.last
        name = called(row["period"], self.period, lang)
        net, gross = percent(row["nrr"], lang), percent(row["grr"], lang)
        heads = {
            0: Text(f"Of recurring revenue {net} was there at the end of {name}",
                    f"Регулярной выручки на конец {name} осталось {net}"),
            -1: Text(f"Recurring revenue of the same clients shrank to {net} in {name}",
                     f"Регулярная выручка тех же клиентов за {name} сжалась до {net}"),
            1: Text(f"Recurring revenue of the same clients grew to {net} in {name}",
                    f"Регулярная выручка тех же клиентов за {name} выросла до {net}"),
        }  # fmt: skip
        told = int(row["low"] > 1) - int(row["high"] < 1)  # 0 without an interval
        tail = Text(f", {gross} without growth", f", без роста — {gross}")
        return heads[told].in_language(lang) + tail.in_language(lang)

    def _base(self, row: pd.Series, lang: str) -> str:
        text = super()._base(row, lang)
        if pd.isna(row["grr_low"]):
            return text
        ends = interval_of(row["grr_low"], row["grr_high"], "share", lang)
        gross = Text(f"; gross: {ends}", f"; без роста: {ends}").in_language(lang)
        return text[:-1] + gross + ")"

    def decide(self, lang: str = "en") -> str:
        row = self.last
        if self.uneven:
            return Text(
                "First mark which invoices recur (invoices.kind): most clients are not billed "
                "every month, and a month without a bill looks like a loss.",
                "Сначала указать, какие счета регулярные (invoices.kind): большинству клиентов "
                "выставляют не каждый месяц, и месяц без счёта выглядит как потеря.",
            ).in_language(lang)
        if row["high"] < 1:
            return Text(
                "The base shrinks without new clients: before new sales, agree who grows whom.",
                "Без новых клиентов база сжимается: до новых продаж решить, кто кого растит.",
            ).in_language(lang)
        if row["low"] > 1 and row["grr_high"] < 1:
            return Text(
                "Growth of some hides losses of others: look at the losses, client by client.",
                "Рост одних скрывает потери других: разобрать потери поклиентно.",
            ).in_language(lang)
        return super().decide(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        frame = self.frame[self.frame["estimate"].notna()]
        place = np.arange(len(frame))
        net = Text("net", "с ростом").in_language(lang)
        gross = Text("gross", "без роста").in_language(lang)
        with charts.picture(self, ax) as axes:
            charts.lines(
                axes,
                place,
                {net: frame["nrr"].to_numpy(), gross: frame["grr"].to_numpy()},
                bands={
                    net: (frame["nrr_low"], frame["nrr_high"]),
                    gross: (frame["grr_low"], frame["grr_high"]),
                },
            )
            step = max(1, -(-len(frame) // 9))
            shown = place[::-1][::step][::-1]
            names = [called(first, self.period, lang) for first in frame["period"]]
            axes.set_xticks(shown, [names[index] for index in shown])
            charts.share_axis(axes.yaxis)
            axes.set_ylim(bottom=0)
        return axes


def revenue_retention(
    base: ClientBase, *, period: str = "Q", level: float = 0.95
) -> Retention | CannotSay:
    """Gross and net retention of recurring revenue, on the same clients.

    With R0 the recurring revenue of a client in the month before the period and R1 that
    in its last month: GRR = Σ min(R1, R0) ÷ Σ R0, NRR = Σ R1 ÷ Σ R0, over clients with
    R0 > 0 (S1; system B3). R1 under 0, a credit note above the fee, counts as 0.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Periods that the records cover wholly, the month before included.
    level : float

    Returns
    -------
    Retention
        An `OverTime`; `frame`: ``period, grr, grr_low, grr_high, nrr, nrr_low, nrr_high,
        base`` (clients), ``revenue_before, revenue_after``, ``project_revenue`` (of all
        clients in the period, in no ratio), and ``estimate, low, high`` equal to those of
        `nrr`. Intervals of a ratio over few clients of unequal size
        (`stats.ratios.leverage_ratio`); NaN with fewer than two clients, that of `nrr`
        without spread too.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    In December a pays 100 and b 100; in March a pays 150 and b 40:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b", "a", "b"],
    ...         "issued_on": ["2023-12-05", "2023-12-05", "2024-03-05", "2024-03-05"],
    ...         "amount": [100, 100, 150, 40]})},
    ...     observed_from="2023-12-01", observed_until="2024-03-31")
    >>> revenue_retention(base).frame[["grr", "nrr", "base"]].values.tolist()
    [[0.7, 0.95, 2.0]]
    """
    periods = complete(base, period)
    table, projects = monthly(base), monthly(base, kind="project").sum()
    pairs, rows = [], []
    for first, last in zip(periods["first"], periods["last"], strict=True):
        before = first - pd.DateOffset(months=1)
        if before < base.observed_from:
            continue  # the month before is not covered by the records
        pair = _pair(table, before, last.replace(day=1))
        pairs.append(pair)
        apart = projects.loc[first:last].sum()
        rows.append({"period": first, **_retained(pair, level), "project_revenue": apart})
    if not rows or not any(row["base"] for row in rows):
        return CannotSay.because(_nothing(base, period), base.provenance())
    frame = pd.DataFrame(rows)
    return Retention(
        frame,
        base.provenance(len(table), RECURRING),
        _notes(table, frame, pairs) + _of_all_kinds(base) + _apart(base, frame.iloc[-1], period),
        changes=_changes(frame, pairs, period, level),
        period=period,
        subject=NAME,
        what=Text(
            "Recurring revenue of the same clients: last month of the "
            f"{PERIODS[period].en} ÷ month before it; net counts growth, gross does not",
            f"Регулярная выручка тех же клиентов: последний месяц ({PERIODS[period].ru}) ÷ месяц "
            "до начала; с ростом и без него",
        ),
        advice=Text(
            "Name the clients who pay less than before: one by one, what changed, who calls.",
            "Назвать клиентов, которые платят меньше: поимённо, что изменилось и кто звонит.",
        ),
        better=1,
        level=level,
        uneven=not base.has("invoices", "kind") and 2 * _with_gaps(table) > len(table),
    )  # fmt: skip


def _pair(table: pd.DataFrame, before: pd.Timestamp, after: pd.Timestamp) -> pd.DataFrame:
    """``client_id, before, after``: R0 and R1 of the clients with R0 > 0."""
    pair = table[[before, after]].set_axis(["before", "after"], axis=1).reset_index()
    pair = pair[pair["before"] > 0]
    return pair.assign(
        after=pair["after"].clip(lower=0),
        owed=pair["after"] < 0,  # more credited than billed
    )


def _retained(pair: pd.DataFrame, level: float) -> dict[str, Any]:
    """GRR and NRR of one period, with their intervals."""
    before, after = pair["before"].to_numpy(), pair["after"].to_numpy()
    gross = leverage_ratio(np.minimum(after, before), before, bounded=True, level=level)
    net = leverage_ratio(after, before, level=level)
    low, high = np.maximum(net.low, 0.0), net.high
    return {
        "grr": gross.estimate, "grr_low": gross.low, "grr_high": gross.high,
        "nrr": net.estimate, "nrr_low": low, "nrr_high": high,
        "estimate": net.estimate, "low": low, "high": high,
        "base": len(pair), "revenue_before": before.sum(), "revenue_after": after.sum(),
    }  # fmt: skip


def _changes(
    frame: pd.DataFrame, pairs: list[pd.DataFrame], period: str, level: float
) -> pd.DataFrame:
    """NRR of the last period less that of the one before and a year ago.

    NRR is the mean of R1 ÷ R0 weighted by R0, so its change is a difference of weighted
    means; a client in both periods is one cluster.
    """
    rows = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(frame) <= back or (against == "year_ago" and back == 1):
            continue
        then, now = pairs[-1 - back], pairs[-1]
        gap = frame["nrr"].iloc[-1] - frame["nrr"].iloc[-1 - back]
        low, high = _gap_interval(then, now, level)
        rows.append((against, frame["period"].iloc[-1 - back], gap, low, high, len(then)))
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])


def _gap_interval(then: pd.DataFrame, now: pd.DataFrame, level: float) -> tuple[float, float]:
    both = pd.concat([then, now])
    group = np.repeat([0, 1], [len(then), len(now)])
    if min(len(then), len(now)) < 2:
        return np.nan, np.nan
    plan = design.Design(weights=both["before"].to_numpy(), clusters=both["client_id"].to_numpy())
    found = design.difference((both["after"] / both["before"]).to_numpy(), group, plan, level=level)
    if not found.se > NO_SPREAD:
        return np.nan, np.nan
    return float(found.low), float(found.high)


def _nothing(base: ClientBase, period: str) -> Text:
    window = f"{base.observed_from:%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
    return Text(
        f"Retention of revenue: no {PERIODS[period].en} of the records ({window}) has recurring "
        "revenue in the month before it.",
        f"Удержание выручки: ни у одного периода ({PERIODS[period].ru}) внутри записей ({window}) "
        "нет регулярной выручки в месяце до его начала.",
    )


def _with_gaps(table: pd.DataFrame) -> int:
    """Clients with a month without revenue between others."""
    paid = table.to_numpy() != 0
    paid = paid[paid.any(axis=1)]  # an invoice and its credit note may cancel
    first, last = paid.argmax(axis=1), paid.shape[1] - paid[:, ::-1].argmax(axis=1)
    return int(((last - first) > paid.sum(axis=1)).sum())


def _of_all_kinds(base: ClientBase) -> tuple[Text, ...]:
    if base.has("invoices", "kind"):
        return ()
    return (
        Text(
            "The files do not tell which invoices recur (invoices.kind): all of clients with an "
            "ongoing contract count.",
            "В файлах не указано, какие счета регулярные (invoices.kind): взяты все счета клиентов "
            "с постоянным договором.",
        ),
    )


def _apart(base: ClientBase, row: pd.Series, period: str) -> tuple[Text, ...]:
    """Revenue of projects in the last period, where there is any."""
    if not row["project_revenue"]:
        return ()
    en, ru = (in_currency(row["project_revenue"], base.currency, lang) for lang in ("en", "ru"))
    return (
        Text(
            f"Revenue of projects stands apart: {en} in {called(row['period'], period)}.",
            f"Выручка проектов — отдельно: {ru} за {called(row['period'], period, 'ru')}.",
        ),
    )


def _notes(table: pd.DataFrame, frame: pd.DataFrame, pairs: list[pd.DataFrame]) -> tuple[Text, ...]:
    """Clients billed with gaps, and small bases."""
    gaps, notes = _with_gaps(table), []
    if gaps:
        notes.append(
            Text(
                f"{gaps} of {len(table)} clients have months without a recurring invoice between "
                "others: bills by quarter look like a loss and a return.",
                f"У {gaps} из {len(table)} клиентов есть месяцы без регулярного счёта между "
                "другими: квартальные счета выглядят как потеря и возврат.",
            )
        )
    owed = sum(int(pair["owed"].sum()) for pair in pairs)
    if owed:
        notes.append(
            Text(
                f"Last months with more credited than billed, counted as 0: {owed}.",
                f"Последние месяцы, где сторно больше счетов, взяты как 0: {owed}.",
            )
        )
    small = int((frame["base"] < 30).sum())
    if small:
        notes.append(
            Text(
                f"{small} of {len(frame)} periods stand on fewer than 30 clients.",
                f"Менее чем по 30 клиентам посчитано периодов: {small} из {len(frame)}.",
            )
        )
    return tuple(notes)
