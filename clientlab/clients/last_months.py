"""The last whole months of a base, over which costs are counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.periods import between
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text


def last_months(
    base: ClientBase, what: Text, months: int
) -> tuple[pd.Timestamp, pd.Timestamp, str] | CannotSay:
    """First and last day of the last whole months, at most so many, and how they are called."""
    if isinstance(months, bool) or not isinstance(months, int | np.integer) or months < 1:
        raise InvalidValue(f"months={months!r} must be a whole number, such as 12.")
    whole = between(base.observed_from, base.observed_until, "M").tail(months)
    if whole.empty:
        why = Text("the records hold no whole month", "в записях нет ни одного полного месяца")
        return nothing_in(base, what, f"{base.observed_from:%Y-%m}", why)
    first, last = whole["first"].iloc[0], whole["last"].iloc[-1]
    return first, last, f"{first:%Y-%m} – {last:%Y-%m}"


def nothing_in(base: ClientBase, what: Text, window: str, why: Text) -> CannotSay:
    """A sentence: in these months there is nothing to count."""
    said = Text(f"{what.en}: {why.en} in {window}.", f"{what.ru}: за {window} {why.ru}.")
    return CannotSay.because(said, base.provenance())
