"""The average check: what a client with an invoice pays in a month.

It answers: do clients pay more than a year ago, each client in the periods with an invoice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import SMALL, OverTime
from clientlab.clients.base import ClientBase
from clientlab.clients.growth import cannot_say, ends_of, no_period, without_interval
from clientlab.clients.periods import IN_A_YEAR, MONTHS, PERIODS, complete
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.wording import Text

WITH_INVOICE = Text(
    "client with an invoice|clients with an invoice",
    "клиент со счетами|клиента со счетами|клиентов со счетами",
)
CHECK = Text("Average check", "Средний чек")


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
        return cannot_say(base, CHECK, no_period(period))
    parts = _checks(base, periods, MONTHS[period])
    if not any(len(part) for part in parts):
        why = Text("no whole period has an invoice", "ни в одном полном периоде нет счетов")
        return cannot_say(base, CHECK, why)
    frame = pd.DataFrame([
        {"period": first, **ends_of(part, lambda part=part: design.mean(part, design.Design())),
         "base": len(part), "revenue": part.sum() * MONTHS[period]}
        for first, part in zip(periods["first"], parts, strict=True)])  # fmt: skip
    if all((part >= 0).all() for part in parts):  # no credit notes: nothing is under zero
        frame["low"] = frame["low"].clip(lower=0)
    few = int(frame["base"].between(1, SMALL - 1).sum())
    skewed = Text(
        f"{few} of {len(frame)} checks stand on fewer than {SMALL} clients: a few large bills "
        "make such intervals too short.",
        f"Менее чем по {SMALL} клиентам посчитано чеков: {few} из {len(frame)}; из-за немногих "
        "крупных счетов такие интервалы слишком узки.",
    )
    return OverTime(
        frame,
        base.provenance(len(pd.unique(np.concatenate([part.index for part in parts]))),
                        WITH_INVOICE),
        ((skewed,) if few else ()) + without_interval(frame),
        changes=_check_changes(frame, parts, period), period=period, subject=CHECK, better=1,
        unit_of_estimate="money",
        what=Text(f"Revenue of a client per month of the {PERIODS[period].en}, of clients with an "
                  "invoice in it; 95% intervals (t)",
                  f"Выручка с клиента в месяц, клиенты со счетами за {PERIODS[period].ru}; 95%-е "
                  "интервалы (t)"),
        advice=Text("Look which clients cut their bills, and which of the new ones are small.",
                    "Посмотреть, кто сократил счета и кто из новых клиентов мелкий."),
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
        found = ends_of(both, lambda y=both, g=now: design.difference(
            y, g, design.Design(clusters=y.index)))  # fmt: skip
        then = frame.iloc[-1 - back]
        found["estimate"] = frame["estimate"].iloc[-1] - then["estimate"]
        rows.append({"against": against, "period": then["period"], **found,
                     "base": int(then["base"])})  # fmt: skip
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])
