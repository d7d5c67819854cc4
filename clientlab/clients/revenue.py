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

from clientlab.clients.answers import ByGroup, OverTime, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.periods import IN_A_YEAR, PERIODS, called, complete
from clientlab.clients.positioning import FACTS, last_year
from clientlab.clients.spells import contract_of
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.wording import Text, number, percent, plural

KINDS = ("recurring", "project", "all")
NAME = Text("Retention of revenue", "Удержание выручки")
MONTH = "datetime64[M]"
NO_SPREAD = 1e-12  # a standard error below it is rounding
TOP = (1, 3, 5, 10)  # the largest clients whose share is told


def monthly(base: ClientBase, *, kind: str = "recurring") -> pd.DataFrame:
    """Revenue of clients by month of issue.

    Recurring is what is marked so, less the credit notes of clients who have any; where
    no file tells the kind of an invoice, all invoices of clients with an ongoing
    contract.

    Parameters
    ----------
    base : ClientBase
    kind : {"recurring", "project", "all"}

    Returns
    -------
    pandas.DataFrame of shape (clients with any, months)
        Index ``client_id``; columns are the first days of all months of the records.
    """
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    keep = _of_kind(base, invoices, kind)
    months = pd.period_range(base.observed_from, base.observed_until, freq="M")
    at = invoices["issued_on"].to_numpy().astype(MONTH) - np.datetime64(months[0].start_time, "M")
    at = at.astype(int)
    keep = keep & (at >= 0) & (at < len(months))
    who, rows = np.unique(codes[keep], return_inverse=True)
    flat = rows * len(months) + at[keep]
    sums = np.bincount(flat, invoices["amount"].to_numpy(float)[keep], len(who) * len(months))
    return pd.DataFrame(
        sums.reshape(len(who), len(months)),
        index=pd.Index(ids[who], name="client_id"),
        columns=months.start_time,
    )


def _of_kind(base: ClientBase, invoices: pd.DataFrame, kind: str) -> np.ndarray:
    """Which invoices are of a kind."""
    if kind == "all":
        return np.ones(len(invoices), bool)
    if "kind" not in invoices:
        clients = base.tables["clients"]
        projects = set(clients.loc[(contract_of(clients) == "project").to_numpy(), "client_id"])
        of_project = invoices["client_id"].isin(projects).to_numpy()
        return of_project if kind == "project" else ~of_project
    told = invoices["kind"]
    if kind == "project":
        return (told == "project").to_numpy(bool, na_value=False)
    # A kind that is not told counts as recurring: nothing marks it as a project.
    regular = ((told == "recurring") | told.isna()).to_numpy(bool, na_value=False)
    with_any = set(invoices.loc[regular, "client_id"])
    notes = (told == "credit_note").to_numpy(bool, na_value=False)
    return regular | (notes & invoices["client_id"].isin(with_any).to_numpy())


@dataclass(frozen=True, eq=False, repr=False)
class Retention(OverTime):
    """Gross and net retention by period; made by `revenue_retention`."""

    @property
    def formats(self) -> dict[str, str]:
        shares = ("grr", "grr_low", "grr_high", "nrr", "nrr_low", "nrr_high")
        return dict.fromkeys(shares, "percent") | dict.fromkeys(
            ("revenue_before", "revenue_after"), "integer"
        )

    def _head(self, lang: str) -> str:
        row = self.last
        name = called(row["period"], self.period, lang)
        net, gross = percent(row["nrr"], lang), percent(row["grr"], lang)
        return Text(
            f"Of recurring revenue {net} were there at the end of {name}, {gross} without growth",
            f"Регулярной выручки на конец {name} осталось {net}, без роста — {gross}",
        ).in_language(lang)

    def _base(self, row: pd.Series, lang: str) -> str:
        text = super()._base(row, lang)
        if pd.isna(row["grr_low"]):
            return text
        ends = interval_of(row["grr_low"], row["grr_high"], "share", lang)
        gross = Text(f"; gross: {ends}", f"; без роста: {ends}").in_language(lang)
        return text[:-1] + gross + ")"

    def decide(self, lang: str = "en") -> str:
        row = self.last
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
        return ""

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
        base`` (clients), ``revenue_before, revenue_after``, and ``estimate, low, high``
        equal to those of `nrr`. Linearised t intervals of a ratio over clients; NaN with
        fewer than two clients or without spread.

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
    table = monthly(base)
    pairs, rows = [], []
    for first, last in zip(periods["first"], periods["last"], strict=True):
        before = first - pd.DateOffset(months=1)
        if before < base.observed_from:
            continue  # the month before is not covered by the records
        pair = _pair(table, before, last.replace(day=1))
        pairs.append(pair)
        rows.append({"period": first, **_retained(pair, level)})
    if not rows or not any(row["base"] for row in rows):
        return CannotSay.because(_nothing(base, period), base.provenance())
    frame = pd.DataFrame(rows)
    return Retention(
        frame,
        base.provenance(len(table), Text("clients with recurring revenue",
                                         "клиентов с регулярной выручкой")),
        _notes(table, frame),
        changes=_changes(frame, pairs, period, level),
        period=period,
        subject=NAME,
        what=Text(
            "Recurring revenue of the same clients: last month of the "
            f"{PERIODS[period].en} ÷ month before it; net counts growth, gross does not",
            f"Регулярная выручка тех же клиентов: последний месяц ({PERIODS[period].ru}) ÷ месяц "
            "до начала; с ростом и без него",
        ),
        better=1,
    )  # fmt: skip


def concentration(base: ClientBase) -> ByGroup | CannotSay:
    """How much of the revenue of the last 12 months comes from the largest clients.

    share = revenue of the k largest ÷ revenue of all clients with revenue above 0, credit
    notes taken off; effective number of clients = 1 ÷ Σ share² (Herfindahl; system B3).

    Parameters
    ----------
    base : ClientBase

    Returns
    -------
    ByGroup
        `frame`: ``group`` (k: 1, 3, 5, 10, as far as there are so many), ``label_en,
        label_ru, estimate, low, high, base`` (clients), ``revenue``. ``low, high`` are
        NaN: facts of the books.

    Raises
    ------
    InvalidValue
        Never; without revenue it cannot say.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": list("abc"), "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": list("abc"), "amount": [50, 30, 20],
    ...         "issued_on": "2024-01-10"})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> concentration(base).frame[["group", "estimate", "base"]].values.tolist()
    [[1.0, 0.5, 3.0], [3.0, 1.0, 3.0]]
    """
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    inside = invoices["issued_on"].to_numpy() >= last_year(base).to_datetime64()
    sums = np.bincount(codes[inside], invoices["amount"].to_numpy(float)[inside], len(ids))
    paid = np.sort(sums[sums > 0])[::-1]
    window = f"{last_year(base):%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
    if not len(paid):
        return CannotSay.because(
            Text(f"Concentration of revenue: no client has revenue in {window}.",
                 f"Концентрация выручки: за {window} ни у одного клиента нет выручки."),
            base.provenance())  # fmt: skip
    shares = paid / paid.sum()
    effective = 1 / float((shares**2).sum())
    return ByGroup(
        _largest(paid),
        base.provenance(len(paid), Text("clients with revenue", "клиентов с выручкой")),
        _facts(effective, int((sums < 0).sum())),
        subject=Text("Concentration of revenue", "Концентрация выручки"),
        told=_told(shares, effective, window),
        what=Text(f"Revenue of the largest clients ÷ revenue of all, {window}",
                  f"Выручка крупнейших клиентов ÷ выручка всех, {window}"),
        advice=Text(f"Decide what the agency does if its largest client ({percent(shares[0])} of "
                    "revenue) leaves.",
                    "Решить, что делает агентство, если уйдёт крупнейший клиент "
                    f"({percent(shares[0], 'ru')} выручки)."),
    )  # fmt: skip


def _largest(paid: np.ndarray) -> pd.DataFrame:
    """Share of the k largest, of revenue in falling order."""
    top = [k for k in TOP if k <= len(paid)]
    most = np.cumsum(paid)[np.array(top) - 1]
    return pd.DataFrame({
        "group": top,
        "label_en": ["the largest client" if k == 1 else f"{k} largest clients" for k in top],
        "label_ru": ["крупнейший клиент" if k == 1 else
                     f"{k} {plural(k, '', 'крупнейших клиента', 'крупнейших клиентов')}"
                     for k in top],
        "estimate": most / paid.sum(), "low": np.nan, "high": np.nan, "base": len(paid),
        "revenue": most})  # fmt: skip


def _told(shares: np.ndarray, effective: float, window: str) -> Text:
    """What the largest clients bring, and how many equal ones that would be."""
    count, top = len(shares), min(5, len(shares))
    if count == 1:
        return Text(f"All revenue comes from one client ({window}; base 1 client).",
                    f"Вся выручка — от одного клиента ({window}; база 1 клиент).")  # fmt: skip
    most = shares[:top].sum()
    if top == count:
        more = Text("", "")
    else:
        more = Text(
            f", {top} largest {percent(most)}", f", {top} крупнейших — {percent(most, 'ru')}"
        )
    return Text(
        f"The largest client brings {percent(shares[0])} of revenue{more.en} ({window}; as "
        f"concentrated as {number(effective, digits=1)} equal clients; base {number(count)} "
        "clients).",
        f"Крупнейший клиент приносит {percent(shares[0], 'ru')} выручки{more.ru} ({window}; "
        f"эффективное число клиентов {number(effective, 'ru', digits=1)}; база "
        f"{number(count, 'ru')} {plural(count, 'клиент', 'клиента', 'клиентов')}).",
    )


def _facts(effective: float, negative: int) -> tuple[Text, ...]:
    """That these are facts, and what was left out."""
    notes = [
        FACTS,
        Text(f"Effective number of clients, 1 ÷ Σ share²: {number(effective, digits=1)}.",
             "Эффективное число клиентов, 1 ÷ Σ доля²: "
             f"{number(effective, 'ru', digits=1)}."),
    ]  # fmt: skip
    if negative:
        notes.append(
            Text(
                f"Clients with more credit notes than invoices, left out: {negative}.",
                f"Клиенты, у которых сторно больше счетов, не учтены: {negative}.",
            )
        )
    return tuple(notes)


def _pair(table: pd.DataFrame, before: pd.Timestamp, after: pd.Timestamp) -> pd.DataFrame:
    """``client_id, before, after``: R0 and R1 of the clients with R0 > 0."""
    pair = table[[before, after]].set_axis(["before", "after"], axis=1).reset_index()
    pair = pair[pair["before"] > 0]
    return pair.assign(after=pair["after"].clip(lower=0))


def _retained(pair: pd.DataFrame, level: float) -> dict[str, Any]:
    """GRR and NRR of one period, with their intervals."""
    before, after = pair["before"].to_numpy(), pair["after"].to_numpy()
    net = _ratio(after, before, level)
    gross = _ratio(np.minimum(after, before), before, level)
    return {
        "grr": gross[0], "grr_low": gross[1], "grr_high": np.fmin(gross[2], 1.0),
        "nrr": net[0], "nrr_low": net[1], "nrr_high": net[2],
        "estimate": net[0], "low": net[1], "high": net[2],
        "base": len(pair), "revenue_before": before.sum(), "revenue_after": after.sum(),
    }  # fmt: skip


def _ratio(part: np.ndarray, whole: np.ndarray, level: float) -> tuple[float, float, float]:
    if not len(whole):
        return (np.nan,) * 3
    estimate = float(part.sum() / whole.sum())
    if len(whole) < 2:
        return estimate, np.nan, np.nan
    found = design.ratio(part, whole, design.Design(), level=level)
    if not found.se > NO_SPREAD:  # all alike: the spread says nothing
        return estimate, np.nan, np.nan
    return estimate, max(0.0, float(found.low)), float(found.high)


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


def _notes(table: pd.DataFrame, frame: pd.DataFrame) -> tuple[Text, ...]:
    """Clients billed with gaps, and small bases."""
    paid = table.to_numpy() != 0
    paid = paid[paid.any(axis=1)]  # an invoice and its credit note may cancel
    first, last = paid.argmax(axis=1), paid.shape[1] - paid[:, ::-1].argmax(axis=1)
    gaps = int(((last - first) > paid.sum(axis=1)).sum())
    notes = []
    if gaps:
        notes.append(
            Text(
                f"{gaps} of {len(table)} clients have months without a recurring invoice between "
                "others: bills by quarter look like a loss and a return.",
                f"У {gaps} из {len(table)} клиентов есть месяцы без регулярного счёта между "
                "другими: квартальные счета выглядят как потеря и возврат.",
            )
        )
    small = int((frame["base"] < 30).sum())
    if small:
        notes.append(
            Text(
                f"{small} of {len(frame)} periods stand on fewer than 30 clients.",
                f"{small} из {len(frame)} периодов стоят меньше чем на 30 клиентах.",
            )
        )
    return tuple(notes)
