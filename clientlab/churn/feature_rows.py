"""Which rows of which table are counted: the raw material of windowed features.

It answers: what is an order, a claim, a payment made late. A number of a row (`Measure`) is
known when the last of its columns is: how late an invoice was paid, from its payment on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.churn.feature_windows import Change, Measure, Rows, Share, Window


def positive(values: np.ndarray) -> np.ndarray:
    """Amounts above 0: a credit note is no order."""
    return np.asarray(values, float) > 0


def _days_late(frame: pd.DataFrame) -> np.ndarray:
    late = (frame["paid_on"] - frame["due_on"]).dt.days
    return np.maximum(late.to_numpy(float), 0.0)


def _is_late(frame: pd.DataFrame) -> np.ndarray:
    late = (frame["paid_on"] - frame["due_on"]).dt.days.to_numpy(float)
    return np.where(np.isnan(late), np.nan, late > 0)


def _log_hours(frame: pd.DataFrame) -> np.ndarray:
    minutes = (frame["answered_at"] - frame["asked_at"]).dt.total_seconds().to_numpy(float) / 60
    return np.log(np.maximum(minutes, 1.0) / 60)


def _too_slow(frame: pd.DataFrame) -> np.ndarray:
    hours = (frame["answered_at"] - frame["asked_at"]).dt.total_seconds().to_numpy(float) / 3600
    promised = frame["promised_hours"].to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(hours) | np.isnan(promised), np.nan, hours > promised)


def _delivered_late(frame: pd.DataFrame) -> np.ndarray:
    days = (frame["delivered_on"] - frame["promised_on"]).dt.days.to_numpy(float)
    return np.where(np.isnan(days), np.nan, days > 0)


DAYS_LATE = Measure(("paid_on", "due_on"), _days_late)
PAID_LATE = Measure(("paid_on", "due_on"), _is_late)
LOG_HOURS = Measure(("answered_at", "asked_at"), _log_hours, 10**6)
TOO_SLOW = Measure(("answered_at", "asked_at", "promised_hours"), _too_slow)
DELIVERED_LATE = Measure(("delivered_on", "promised_on"), _delivered_late)

BILLED = Rows("invoices", where=(("amount", positive),))
REVENUE = Rows("invoices", column="amount")
PROJECTS = Rows("invoices", where=(("kind", "project"),), column="amount")
CREDIT = Rows("invoices", where=(("kind", "credit_note"),))
PAID = Rows("invoices", on="paid_on", where=(("amount", positive),), column=DAYS_LATE)
LATE = Rows("invoices", on="paid_on", where=(("amount", positive),), column=PAID_LATE)
COST = Rows("costs", column="amount")
ASKED = Rows("requests")
CLAIMS = Rows("requests", where=(("is_claim", True),))
ANSWERED = Rows("requests", on="answered_at", column=LOG_HOURS)
SLOW = Rows("requests", on="answered_at", column=TOO_SLOW)
TOUCHED = Rows("touches")
BEGUN = Rows("touches", where=(("began_by", "client"),))
REPORTS = Rows("touches", where=(("kind", "report"),))
MEETINGS = Rows("touches", where=(("kind", "meeting"),))
DONE = Rows("deliveries", on="delivered_on", column=DELIVERED_LATE)
POLLED = Rows("feedback")
COLOURED = Rows("board")
RED = Rows("board", where=(("colour", "red"),))
GONE = Rows("people", on="left_on")


def mean(rows: Rows, days: int, back: int = 0) -> Share:
    """Sum ÷ count of the same window."""
    return Share(Window(rows, "sum", days, back), Window(rows, "count", days, back))


def change(rows: Rows, how: str = "count") -> Change:
    """The last 90 days against the year before them."""
    return Change(Window(rows, how, 90), Window(rows, how, 365, back=90))
