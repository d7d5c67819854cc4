"""Features that look ahead, one for each usual way: to see the check find them.

It answers: how does a leak get into a table of features. All of them take the base as it
is today, where they should have taken it as it was that day. Never train on them.
"""

from __future__ import annotations

import pandas as pd

from clientlab.churn.features import Feature
from clientlab.clients.base import ClientBase
from clientlab.wording import Text


def _paid(base: ClientBase, day: pd.Timestamp) -> pd.Series:
    """Bills issued by the day that are paid today."""
    bills = base.tables["invoices"]
    paid = bills["paid_on"].notna() if "paid_on" in bills else bills["amount"] > 0
    return (paid & (bills["issued_on"] <= day)).groupby(bills["client_id"]).sum()


def _total(base: ClientBase, day: pd.Timestamp) -> pd.Series:
    """Revenue to date, as the CRM shows it today."""
    return base.tables["invoices"].groupby("client_id")["amount"].sum()


def _status(base: ClientBase, day: pd.Timestamp) -> pd.Series:
    """Whether the card says why the client left."""
    clients = base.tables["clients"].drop_duplicates("client_id", keep="last")
    ended = clients["ended_on"] if "ended_on" in clients else clients["started_on"].mask(True)
    return ended.notna().set_axis(clients["client_id"]).astype(float)


def _tier(base: ClientBase, day: pd.Timestamp) -> pd.Series:
    """The segment that stands in the card today."""
    clients = base.tables["clients"].drop_duplicates("client_id", keep="last")
    tier = clients["tier"] if "tier" in clients else pd.Series(None, clients.index, "str")
    return tier.set_axis(clients["client_id"])


PLANTED: dict[str, Feature] = {
    name: Feature(function, meaning, unit, meaning, meaning)
    for name, function, meaning, unit in (
        ("paid_today", _paid, Text("bills paid by today", "счета, оплаченные к сегодня"), "count"),
        ("total_today", _total, Text("revenue up to today", "выручка к сегодня"), "money"),
        ("status_today", _status, Text("has an end today", "сегодня отмечен уход"), "flag"),
        ("tier_today", _tier, Text("segment of today", "сегодняшний сегмент"), "code"),
    )
}
