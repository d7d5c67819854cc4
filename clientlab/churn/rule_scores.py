"""What each rule of thumb says of each client, from the base of a day.

It answers: how many days of silence, how late, how red. Every function takes a base and
returns a number for each client known to it, higher for more at risk, NaN where the
records say nothing. Public through `clientlab.churn.rules.RULES`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.board import RECENT, filled, streaks, week_of
from clientlab.clients.segments import rcm as rcm_codes
from clientlab.clients.windows import by_client
from clientlab.results import CannotSay
from clientlab.wording import Text

QUARTER = pd.Timedelta(days=90)
YEAR = pd.Timedelta(days=365)
CONTACTS = {"touches": "happened_on", "requests": "asked_at"}


def silence(base: ClientBase) -> pd.Series | CannotSay:
    """Days since the last contact or request; without any, since the client is on record."""
    told = [by_client(base, table, day, how="last") for table, day in CONTACTS.items()
            if base.has(table, day)]  # fmt: skip
    if not told:
        reason = Text("Silence: needs touches or requests, which the files do not hold.",
                      "Молчание: нужны контакты или запросы, в файлах их нет.")  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    last = pd.concat(told, axis=1).max(axis=1)
    return _days_since(base, last)


def no_invoice(base: ClientBase) -> pd.Series:
    """Days since the last invoice; without any, since the client is on record."""
    positive = base.tables["invoices"]["amount"].to_numpy(float) > 0
    return _days_since(base, by_client(base, "invoices", how="last", rows=positive))


def less_work(base: ClientBase) -> pd.Series:
    """Fall of invoiced money against the 90 days before, as a share of them.

    NaN where nothing was invoiced in the 90 days before.
    """
    since, before = base.day - QUARTER + pd.Timedelta(days=1), base.day - 2 * QUARTER
    recent = by_client(base, "invoices", "amount", how="sum", since=since)
    both = by_client(base, "invoices", "amount", how="sum", since=before + pd.Timedelta(days=1))
    earlier = both - recent
    return 1 - recent / earlier.where(earlier > 0)


def late_payment(base: ClientBase) -> pd.Series:
    """Most days late of the invoices that are unpaid, or fell due in the last 90 days.

    Due on the day itself is not late; without any such invoice 0.
    """
    rows = base.tables["invoices"]
    due, paid = rows["due_on"], rows["paid_on"]
    late = (paid.where(paid.notna(), base.day) - due) / pd.Timedelta(days=1)
    counts = due.notna() & (rows["amount"] > 0) & (paid.isna() | (due > base.day - QUARTER))
    worst = late[counts].groupby(rows["client_id"][counts]).max()
    return worst.clip(lower=0).reindex(_clients(base)).fillna(0.0)


def claims(base: ClientBase) -> pd.Series:
    """Claims of the last 90 days."""
    rows = base.tables["requests"]["is_claim"].fillna(False).to_numpy(bool)
    since = base.day - QUARTER + pd.Timedelta(days=1)
    return by_client(base, "requests", since=since, rows=rows)


def low_nps(base: ClientBase) -> pd.Series:
    """10 less the last score given in the last 12 months; NaN without one."""
    rows = base.tables["feedback"]
    day = rows["answered_on"] if "answered_on" in rows else rows["asked_on"]
    rows = rows.assign(day=day.where(day.notna(), rows["asked_on"]))
    rows = rows[rows["nps"].notna() & (rows["day"] > base.day - YEAR)]
    last = rows.sort_values("day", kind="stable").groupby("client_id")["nps"].last()
    return 10 - last.astype(float).reindex(_clients(base))


def red_board(base: ClientBase) -> pd.Series | CannotSay:
    """Last colour of the last four weeks as 0, 1, 2; NaN without one."""
    rows = filled(base)
    if isinstance(rows, CannotSay):
        return rows
    rows = rows[rows["week"] >= week_of(base.day) - RECENT]
    last = rows.groupby("client_id")["colour"].last()
    return last.map({"green": 0.0, "yellow": 1.0, "red": 2.0}).reindex(_clients(base))


def red_streak(base: ClientBase) -> pd.Series | CannotSay:
    """Weeks in a row with red, now; NaN for who has had no colour in four weeks."""
    found, colour = streaks(base), red_board(base)
    if isinstance(found, CannotSay):
        return found
    if isinstance(colour, CannotSay):
        return colour
    weeks = found.frame.set_index("client_id")["current"].reindex(_clients(base))
    return weeks.astype(float).where(colour.notna())


def rcm(base: ClientBase) -> pd.Series | CannotSay:
    """Mean of the known digits of the code, turned round: 0 all at best, 1 all at worst."""
    found = rcm_codes(base)
    if isinstance(found, CannotSay):
        return found
    digits = found.frame.set_index("client_id")[["recency", "capacity", "monetary"]]
    least, most = (1, 5) if found.levels == 5 else (0, 1)
    return (1 - (digits - least) / (most - least)).mean(axis=1).reindex(_clients(base))


def _clients(base: ClientBase) -> pd.Index:
    codes, ids = base.codes("clients")
    return pd.Index(ids[pd.unique(codes)], name="client_id")


def _days_since(base: ClientBase, last: pd.Series) -> pd.Series:
    """Days from a day, or from the first day on record, to the day of the base."""
    begun = by_client(base, "clients", "started_on", how="last")
    begun = begun.where(begun > base.observed_from, base.observed_from)
    last = last.astype(begun.dtype)
    last = last.where(last > begun, begun) if last.notna().any() else begun
    days = (base.day.normalize() - last.dt.normalize()) / pd.Timedelta(days=1)
    return days.where(np.isfinite(days))
