"""Whether clients grow: what they pay, what they buy more, whom they bring.

It answers: the average check, the revenue that the same clients added and who sold it,
the share of new clients who came by referral. Public names are importable from
`clientlab.clients.kpis`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.answers import SMALL, WRITE, ByGroup, OverTime, counted, interval_of, money
from clientlab.clients.base import ClientBase
from clientlab.clients.churn_rates import changes_of
from clientlab.clients.periods import IN_A_YEAR, MONTHS, PERIODS, called, complete
from clientlab.clients.revenue import MONTH, _of_kind
from clientlab.clients.schema import tables
from clientlab.clients.spells import spells
from clientlab.results import CannotSay
from clientlab.stats import design, proportions
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, percent

CHECK = Text("Average check", "Средний чек")
EXPANSION = Text("Expansion revenue", "Допродажи")
REFERRAL = Text("New clients by referral", "Новые клиенты по рекомендации")
CLIENTS = Text("client|clients", "клиент|клиента|клиентов")
SELLERS = tables()["invoices"]["sold_by"].allowed
UP, CROSS = Text("up-sell", "рост прежних услуг"), Text("cross-sell", "новые услуги")
NOT_TOLD = Text("not told who", "кто – не указано")


def average_check(base: ClientBase, *, period: str = "Q") -> OverTime | CannotSay:
    """Mean revenue of a client in a month, of clients with an invoice in the period.

    check = Σ amount of the period ÷ its months ÷ clients with an invoice above 0 in it,
    all kinds of revenue, credit notes taken off (S2, S3; system B21). t intervals over
    clients; the same clients in two periods count with their covariance.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    OverTime
        `frame`: ``period, estimate, low, high, base`` (clients), ``revenue``.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    (300 + 600) ÷ 3 months ÷ 2 clients:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "amount": [300, 600],
    ...         "issued_on": ["2024-01-10", "2024-02-10"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> average_check(base).frame[["estimate", "base"]].values.tolist()
    [[150.0, 2.0]]
    """
    periods = complete(base, period)
    if periods.empty:
        return _cannot(base, CHECK, _no_period(period))
    parts = _checks(base, periods, MONTHS[period])
    if not any(len(part) for part in parts):
        why = Text("no whole period has an invoice", "ни в одном полном периоде нет счетов")
        return _cannot(base, CHECK, why)
    frame = pd.DataFrame([
        {"period": first, **_ends(part, lambda part=part: design.mean(part, design.Design())),
         "base": len(part), "revenue": part.sum() * MONTHS[period]}
        for first, part in zip(periods["first"], parts, strict=True)])  # fmt: skip
    few = int(frame["base"].between(1, SMALL - 1).sum())
    skewed = Text(
        f"{few} of {len(frame)} checks stand on fewer than {SMALL} clients: a few large bills "
        "make such intervals too short.",
        f"{few} из {len(frame)} чеков стоят меньше чем на {SMALL} клиентах: из-за немногих "
        "крупных счетов такие интервалы слишком узки.",
    )
    return OverTime(
        frame,
        base.provenance(len(pd.unique(np.concatenate([part.index for part in parts]))),
                        Text("clients with an invoice", "клиентов со счетами")),
        ((skewed,) if few else ()) + _bare(frame),
        changes=_check_changes(frame, parts, period), period=period, subject=CHECK, better=1,
        unit_of_estimate="money",
        what=Text(f"Revenue of a client per month of the {PERIODS[period].en}, of clients with an "
                  "invoice in it; 95% intervals (t)",
                  f"Выручка с клиента в месяц, клиенты со счетами за {PERIODS[period].ru}; 95%-е "
                  "интервалы (t)"),
        advice=Text("Look which clients cut their bills, and which of the new ones are small.",
                    "Посмотреть, кто сократил счета и кто из новых клиентов мелкий."),
    )  # fmt: skip


def expansion(base: ClientBase, *, period: str = "Q") -> ByGroup | CannotSay:
    """What current clients bought more in the last whole period, and who sold it.

    Of clients with R0 > 0, the recurring revenue of the month before the period, and R1
    of its last month: up-sell = Σ max(R1 − R0, 0) by client and service bought in the 12
    months before; cross-sell = revenue of any kind in the last month for services not
    bought before; both ÷ Σ R0 (S2, S4; system B21). What several sellers sold of a
    service is shared out by what they billed. Linearised t intervals over clients.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}

    Returns
    -------
    ByGroup
        `frame`: ``group`` (say 'up_sell: account'), ``label_en, label_ru, estimate, low,
        high, base`` (clients with R0 > 0), ``count`` (clients who bought), ``revenue``,
        ``what, sold_by``. Without services up-sell only.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    In March a pays 20 more for SEO, b buys design for 30; both paid 100 in December:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": list("ababb"),
    ...         "amount": [100, 100, 120, 90, 30], "service": ["SEO"] * 4 + ["design"],
    ...         "issued_on": ["2023-12-05"] * 2 + ["2024-03-05"] * 3})},
    ...     observed_from="2023-12-01", observed_until="2024-03-31")
    >>> expansion(base).frame[["group", "estimate", "base"]].values.tolist()
    [['up_sell', 0.1, 2], ['cross_sell', 0.15, 2]]
    """
    periods = complete(base, period)
    early = periods["first"] - pd.DateOffset(months=1) < base.observed_from
    periods = periods[~early.to_numpy(bool)]
    if periods.empty:
        return _cannot(base, EXPANSION, _no_period(period, before=True))
    first, last = periods.iloc[-1][["first", "last"]]
    sold = _sold(base, first, last)
    if not len(sold.before):
        why = Text(f"no recurring revenue in the month before {first:%Y-%m-%d}",
                   f"нет регулярной выручки в месяце до {first:%Y-%m-%d}")  # fmt: skip
        return _cannot(base, EXPANSION, why)
    frame = _lines(sold)
    provenance = base.provenance(
        len(sold.before),
        Text("clients with recurring revenue before the period",
             "клиентов с регулярной выручкой до периода"),
    )  # fmt: skip
    told, leader = _told(sold, Text(*(called(first, period, lang) for lang in ("en", "ru"))))
    return ByGroup(
        frame, provenance, (*sold.notes, *_bare(frame)), subject=EXPANSION, told=told,
        what=Text("Revenue that the same clients added by the last month of the period ÷ their "
                  "recurring revenue of the month before it; 95% intervals (t)",
                  "Выручка, добавленная теми же клиентами к последнему месяцу периода, ÷ их "
                  "регулярная выручка за месяц до него; 95%-е интервалы (t)"),
        advice=_advice(frame, leader),
    )  # fmt: skip


def referral_rate(base: ClientBase, *, period: str = "Y") -> OverTime | CannotSay:
    """Share of the clients who came in a period that came by referral.

    share = new clients with channel 'referral' ÷ new clients whose channel is known; new
    in the period in which their first spell began (S3; system B21). Wilson intervals.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    OverTime
        `frame`: ``period, count`` (by referral), ``base`` (channel known), ``estimate,
        low, high, new`` (all who came).

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    Three came, the channel of two is known:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b", "c"], "started_on": "2024-05-01",
    ...         "channel": ["referral", "tender", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "amount": [1],
    ...         "issued_on": ["2024-06-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> referral_rate(base).frame[["count", "base", "estimate", "new"]].values.tolist()
    [[1.0, 2.0, 0.5, 3.0]]
    """
    periods = complete(base, period)
    missing = base.lacks(REFERRAL, clients=("channel",))
    if missing:
        return missing
    if periods.empty:
        return _cannot(base, REFERRAL, _no_period(period))
    frame = _referred(base, periods)
    if not frame["base"].any():
        why = Text("in no whole period did a client come whose channel is known",
                   "ни в одном полном периоде нет новых клиентов с известным каналом")  # fmt: skip
        return _cannot(base, REFERRAL, why)
    unknown = int((frame["new"] - frame["base"]).sum())
    note = Text(f"New clients whose channel is not told, in no share: {unknown}.",
                f"Новые клиенты без указанного канала, не входят ни в одну долю: {unknown}.")  # fmt: skip
    few = int(frame["base"].between(1, SMALL - 1).sum())
    small = Text(f"{few} of {len(frame)} shares stand on fewer than {SMALL} new clients.",
                 f"{few} из {len(frame)} долей стоят меньше чем на {SMALL} новых клиентах.")  # fmt: skip
    return OverTime(
        frame, base.provenance(int(frame["base"].sum()), Text("new clients", "новых клиентов")),
        ((note,) if unknown else ()) + ((small,) if few else ()),
        changes=changes_of(frame.rename(columns={"count": "lost"}), period), period=period,
        subject=REFERRAL, better=1,
        of=Text("new client|new clients", "новый клиент|новых клиента|новых клиентов"),
        what=Text(f"Came by referral, of clients whose first spell began in the "
                  f"{PERIODS[period].en} and whose channel is known; 95% intervals (Wilson)",
                  f"Пришли по рекомендации, от новых клиентов с известным каналом за "
                  f"{PERIODS[period].ru}; 95%-е интервалы (Уилсон)"),
        advice=Text("Ask the most content clients this month whom they would recommend us to.",
                    "В этом месяце спросить самых довольных клиентов, кому нас порекомендовать."),
    )  # fmt: skip


def _checks(base: ClientBase, periods: pd.DataFrame, months: int) -> list[pd.Series]:
    """Monthly revenue by index of the client, of those with an invoice, by period."""
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    issued, amount = invoices["issued_on"].to_numpy(), invoices["amount"].to_numpy(float)
    at = np.searchsorted(periods["first"].to_numpy(), issued, "right") - 1
    inside = (at >= 0) & (issued <= periods["last"].to_numpy()[-1])
    flat, amount = codes[inside] * len(periods) + at[inside], amount[inside]
    shape = len(ids), len(periods)
    sums = np.bincount(flat, amount, shape[0] * shape[1]).reshape(shape) / months
    billed = np.bincount(flat[amount > 0], minlength=sums.size).reshape(shape) > 0
    return [pd.Series(sums[billed[:, column], column], np.flatnonzero(billed[:, column]))
            for column in range(len(periods))]  # fmt: skip


def _check_changes(frame: pd.DataFrame, parts: list[pd.Series], period: str) -> pd.DataFrame:
    """The last period less the one before and the one a year ago, clients as clusters."""
    rows = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(frame) <= back or (against == "year_ago" and back == 1):
            continue
        both = pd.concat([parts[-1 - back], parts[-1]])
        now = np.repeat([0, 1], [len(parts[-1 - back]), len(parts[-1])])
        plan = design.Design(clusters=both.index)
        found = _ends(both, lambda y=both, g=now, d=plan: design.difference(y, g, d))
        then = frame.iloc[-1 - back]
        found["estimate"] = frame["estimate"].iloc[-1] - then["estimate"]
        rows.append({"against": against, "period": then["period"], **found,
                     "base": int(then["base"])})  # fmt: skip
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])


@dataclass(frozen=True)
class _Sold:
    """R0 by client, and what was added: kind of sale → (clients, sellers)."""

    before: np.ndarray
    added: dict[str, np.ndarray]
    sellers: tuple[str | None, ...]
    notes: tuple[Text, ...]

    def share(self, part: np.ndarray) -> dict[str, float]:
        """Σ part ÷ Σ R0 with its interval."""
        found = _ends(part, lambda: design.ratio(part, self.before, design.Design()))
        return {**found, "estimate": float(part.sum() / self.before.sum())}


def _sold(base: ClientBase, first: pd.Timestamp, last: pd.Timestamp) -> _Sold:
    """What clients with R0 > 0 added, by seller; see `expansion`."""
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    amount, issued = invoices["amount"].to_numpy(float), invoices["issued_on"].to_numpy()
    month, start = issued.astype(MONTH), first.to_datetime64()
    regular = _of_kind(base, invoices, "recurring")
    before = regular & (month == (first - pd.DateOffset(months=1)).to_datetime64().astype(MONTH))
    paid = np.bincount(codes[before], amount[before], len(ids))
    services = (invoices["service"] if base.has("invoices", "service")
                else pd.Series(None, invoices.index, object))  # fmt: skip
    of_service, names = pd.factorize(services)
    of_service = np.where(of_service < 0, len(names), of_service)
    cell = codes.astype(np.int64) * (len(names) + 1) + of_service
    end = (month == last.to_datetime64().astype(MONTH)) & (paid[codes] > 0)
    cells, at = np.unique(cell[end], return_inverse=True)
    told = cells % (len(names) + 1) < len(names)
    earlier = (issued < start) & (issued >= base.observed_from.to_datetime64()) & (amount > 0)
    year = earlier & (issued >= (first - pd.DateOffset(months=12)).to_datetime64())
    ever, lately = np.isin(cells, cell[earlier]) | ~told, np.isin(cells, cell[year]) | ~told
    spent = pd.Series(amount[before]).groupby(cell[before]).sum().reindex(cells, fill_value=0.0)
    rows = pd.DataFrame({"at": at, "seller": _sellers(invoices)[end], "amount": amount[end],
                         "regular": amount[end] * regular[end]})  # fmt: skip
    gain = {"up_sell": np.where(lately, _sums(rows, "regular", len(cells)) - spent, 0.0)}
    if base.has("invoices", "service"):
        gain["cross_sell"] = np.where(ever, 0.0, _sums(rows, "amount", len(cells)))
    who, client = np.flatnonzero(paid > 0), cells // (len(names) + 1)
    added = {}
    for what, values in gain.items():
        column = "regular" if what == "up_sell" else "amount"
        table = np.zeros((len(ids), len(SELLERS) + 1))
        np.add.at(table, client, _shared(rows, column, np.maximum(values, 0)))
        added[what] = table[who]
    back = int((ever & ~lately & told & (_sums(rows, "amount", len(cells)) > 0)).sum())
    return _Sold(paid[who], added, (*SELLERS, None), _notes(base, first, back, int((~told).sum())))
