"""The days of snapshots: those asked for, and the last days of months.

It answers: on which days may one look, and which is the last day whose outcome is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.store import to_day
from clientlab.problems import InvalidValue
from clientlab.wording import plural


def month_ends(
    base: ClientBase, *, every: int = 1, horizon: Any = "90D", first: Any = None
) -> list[pd.Timestamp]:
    """Last days of months that have a label, the latest and every so many months before.

    Parameters
    ----------
    base : ClientBase
    every : int
        Months between two days.
    horizon : timedelta-like
    first : date-like, optional
        No earlier day; by default a year after the records begin, so that there is a past.

    Returns
    -------
    list of Timestamp
        Rising; empty where the records are too short.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": "a", "issued_on": ["2024-02-01"],
    ...                               "amount": 100})},
    ...     observed_from="2023-01-01", observed_until="2024-08-31")
    >>> [f"{day:%Y-%m-%d}" for day in month_ends(base, every=2)]
    ['2024-01-31', '2024-03-31', '2024-05-31']
    """
    last = base.observed_until - horizon_of(horizon)
    begin = base.observed_from + pd.DateOffset(years=1) if first is None else to_day(first, "first")
    ends_ = pd.date_range(begin, last, freq="ME")
    return [pd.Timestamp(day) for day in ends_[::-1][::every][::-1]]


def days_of(days: Any) -> list[pd.Timestamp]:
    """Days asked for, each once, rising."""
    many = [days] if isinstance(days, str) or not isinstance(days, Iterable) else list(days)
    return sorted({to_day(day, "day") for day in many})


def horizon_of(horizon: Any) -> pd.Timedelta:
    """A horizon as a whole number of days; InvalidValue if it is none."""
    try:
        length = pd.Timedelta(horizon)
    except (ValueError, TypeError):
        length = pd.NaT
    if pd.isna(length) or length < pd.Timedelta(days=1) or length % pd.Timedelta(days=1):
        raise InvalidValue(f"horizon={horizon!r} is no number of whole days. Write '90D'.")
    return length


def checked_days(base: ClientBase, days: Any) -> list[pd.Timestamp]:
    """Days within the records, each once, rising.

    Raises
    ------
    InvalidValue
        If there is none, or one lies outside of the records.
    """
    asked = days_of(days)
    if not asked:
        raise InvalidValue("No day is given. Use month_ends(base, every=3), or name days.")
    outside = [day for day in asked if not base.observed_from <= day <= base.observed_until]
    if outside:
        listed = ", ".join(f"{day:%Y-%m-%d}" for day in outside[:5])
        more = f" and {len(outside) - 5} more" if len(outside) > 5 else ""
        verb = plural(len(outside), "lies", "lie")
        raise InvalidValue(
            f"{plural(len(outside), 'Day', 'Days')} {listed}{more} {verb} outside of the records "
            f"({base.observed_from:%Y-%m-%d} to {base.observed_until:%Y-%m-%d}). Use days within "
            "them."
        )
    return asked
