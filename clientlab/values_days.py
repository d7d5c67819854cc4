"""Dates as they stand in exports; used through `clientlab.values`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

DAY_UNIT = "s"  # whole seconds: room for every year, and no floats
FIRST_YEAR, LAST_YEAR = 1950, 2100
SERIALS = (20_000, 80_000)  # October 1954 to January 2119: no number of pieces is so large
EXCEL_ZERO = datetime(1899, 12, 30)
MONTHS = {
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8,
    "сен": 9, "окт": 10, "ноя": 11, "дек": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5,
    "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_CLOCK = r"(?:[T,\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})" + _CLOCK)
_DOTS = re.compile(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4}|\d{2})(?:\s*г\.?)?" + _CLOCK)
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})" + _CLOCK)
_WORDS = re.compile(r"(\d{1,2})\s+([A-Za-zА-Яа-я]{3,9})\.?,?\s+(\d{4})(?:\s*г\.?)?" + _CLOCK)


def written_days(texts: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Moments of texts; NaT where none is written.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    moments : ndarray of datetime64[s]
    guessed : tuple of str
    """
    day_first, guessed = _order_of_slashes(texts)
    found = np.array([_moment(text, day_first) for text in texts], dtype=f"datetime64[{DAY_UNIT}]")
    serials = sum(_serial(text) is not None for text in texts)
    if serials:
        guessed = (*guessed, f"{_values(serials, 'distinct ')} as serial dates of Excel.")
    return found, guessed


def serial_days(values: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Moments of Excel's serial numbers; NaT outside of 1954–2119."""
    inside = (values >= SERIALS[0]) & (values <= SERIALS[1])
    seconds = np.round(np.where(inside, values, 0) * 86_400).astype("int64")
    zero = np.datetime64(EXCEL_ZERO, DAY_UNIT)
    found = np.where(
        inside, zero + seconds.astype(f"timedelta64[{DAY_UNIT}]"), np.datetime64("NaT")
    )
    told = (f"{_values(int(inside.sum()))} as serial dates of Excel.",)
    return found.astype(f"datetime64[{DAY_UNIT}]"), told if inside.any() else ()


def _values(count: int, kind: str = "") -> str:
    return f"1 {kind}value is read" if count == 1 else f"{count:,} {kind}values are read"


def _order_of_slashes(texts: Sequence[str]) -> tuple[bool, tuple[str, ...]]:
    """Whether 03/04/2026 is in April; said where no value decides."""
    hits = [hit for hit in map(_SLASHES.fullmatch, texts) if hit]
    if not hits:
        return True, ()
    first = max(int(hit[1]) for hit in hits)
    second = max(int(hit[2]) for hit in hits)
    if first <= 12 < second:
        return False, ()
    if first <= 12:
        return True, (f"{hits[0][0]!r}: the day is taken to stand first.",)
    return True, ()


def _serial(text: str) -> float | None:
    if not re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return None
    value = float(text.replace(",", "."))
    return value if SERIALS[0] <= value <= SERIALS[1] else None


def _moment(text: str, day_first: bool) -> datetime | None:
    serial = _serial(text)
    if serial is not None:
        return EXCEL_ZERO + timedelta(seconds=round(serial * 86_400))
    parts = _parts(text, day_first)
    if parts is None:
        return None
    (year, month, day), clock = parts
    if len(str(year)) <= 2:
        year += 2000 if year < 70 else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime(year, month, day, *(int(part or 0) for part in clock))
    except ValueError:
        return None


def _parts(text: str, day_first: bool) -> tuple[tuple[int, int, int], tuple] | None:
    """Year, month, day and clock of a text."""
    if hit := _ISO.fullmatch(text):
        return (int(hit[1]), int(hit[2]), int(hit[3])), hit.groups()[3:]
    if hit := _DOTS.fullmatch(text):
        return (int(hit[3]), int(hit[2]), int(hit[1])), hit.groups()[3:]
    if hit := _SLASHES.fullmatch(text):
        first, second = int(hit[1]), int(hit[2])
        day, month = (first, second) if day_first else (second, first)
        return (int(hit[3]), month, day), hit.groups()[3:]
    if hit := _WORDS.fullmatch(text):
        month = MONTHS.get(hit[2][:3].casefold())
        return None if month is None else ((int(hit[3]), month, int(hit[1])), hit.groups()[3:])
    return None
