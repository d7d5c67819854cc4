"""Months, quarters and years of a base: which are complete, and what they are called.

It answers: over which periods may a rate be taken. A period counts only if the records
cover all of it, its first day included.
"""

from __future__ import annotations

import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.problems import InvalidValue
from clientlab.wording import Text

PERIODS = {
    "M": Text("month", "месяц"),
    "Q": Text("quarter", "квартал"),
    "Y": Text("year", "год"),
}
IN_A_YEAR = {"M": 12, "Q": 4, "Y": 1}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
_RU = "янв фев мар апр май июн июл авг сен окт ноя дек".split()
_EN = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def checked_period(period: str) -> str:
    """Return `period` if it is known, raise InvalidValue if not."""
    if period not in PERIODS:
        raise InvalidValue(f"period={period!r} is not known; use one of {', '.join(PERIODS)}.")
    return period


def complete(base: ClientBase, period: str = "Q") -> pd.DataFrame:
    """Periods that lie wholly inside of the records.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}

    Returns
    -------
    pandas.DataFrame
        ``first, last``: first and last day of each.
    """
    return between(base.observed_from, base.observed_until, period)


def between(start: pd.Timestamp, end: pd.Timestamp, period: str) -> pd.DataFrame:
    """Periods that lie wholly between two days, both included.

    Examples
    --------
    >>> found = between(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-07-30"), "Q")
    >>> found["first"].dt.strftime("%Y-%m-%d").tolist()
    ['2024-01-01', '2024-04-01']
    """
    frame = touched(start, end, period)
    inside = (frame["first"] >= start) & (frame["last"] <= end)
    return frame[inside].reset_index(drop=True)


def touched(start: pd.Timestamp, end: pd.Timestamp, period: str) -> pd.DataFrame:
    """Periods of which at least a day lies between two days: ``first, last``."""
    found = pd.period_range(start, end, freq=checked_period(period))
    return pd.DataFrame(
        {
            "first": found.start_time.astype("datetime64[us]"),
            "last": found.end_time.floor("D").astype("datetime64[us]"),
        }
    )


def shorter(period: str) -> Text:
    """What to do where the records are too short for a period.

    Examples
    --------
    >>> shorter("Y").en, shorter("M").en
    (" Use period='Q'.", ' Longer records are needed.')
    """
    less = {"Y": "Q", "Q": "M"}.get(period)
    if less is None:
        return Text(" Longer records are needed.", " Нужны более длинные записи.")
    return Text(f" Use period='{less}'.", f" Возьмите period='{less}'.")


def called(first: pd.Timestamp, period: str, lang: str = "en") -> str:
    """Name of a period.

    Examples
    --------
    >>> called(pd.Timestamp("2026-04-01"), "Q"), called(pd.Timestamp("2026-04-01"), "Q", "ru")
    ('Q2 2026', '2 кв. 2026')
    """
    if period == "Y":
        return str(first.year)
    if period == "M":
        names = _RU if lang == "ru" else _EN
        return f"{names[first.month - 1]} {first.year}"
    quarter = (first.month + 2) // 3
    return f"{quarter} кв. {first.year}" if lang == "ru" else f"Q{quarter} {first.year}"
