"""What a window counts: how many, how much, how long ago, against the client's own past.

It answers: how is a feature put together from counts and sums over the last N days. The
numbers themselves are made by `window_pass`, for many days at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clientlab.clients.schema import tables
from clientlab.problems import InvalidValue

HOW = ("count", "sum", "since")
# Grains of a sum: the smallest part of a number that is counted.
GRAINS = {"money": 100, "number": 10**6, "integer": 1, "flag": 1}


class Measure(NamedTuple):
    """A number of every row, made from its columns.

    Parameters
    ----------
    columns : tuple of str
        What it is made of: known when the last of them is.
    of : callable
        ``of(frame)`` gives a float for each row.
    grain : int
        Parts of 1 in which it is counted.
    """

    columns: tuple[str, ...]
    of: Callable[[pd.DataFrame], np.ndarray]
    grain: int = 1


class Rows(NamedTuple):
    """Rows of a table, and the column with the day on which what is counted happened.

    Parameters
    ----------
    table : str
    on : str, optional
        By default the day of the row; ``paid_on`` counts an invoice when it is paid.
    where : tuple of (column, value or values or test)
        Only rows of these values; a test takes the column as an array.
    column : str or Measure, optional
        Only rows with a value; it is what a sum adds.
    """

    table: str
    on: str | None = None
    where: tuple[tuple[str, Any], ...] = ()
    column: str | Measure | None = None

    @property
    def day(self) -> str:
        return self.on or tables()[self.table].known_at

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is looked at."""
        made = self.column.columns if isinstance(self.column, Measure) else (self.column,)
        found = (self.day, *(name for name, _ in self.where), *made)
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def grain(self) -> int:
        if isinstance(self.column, Measure):
            return self.column.grain
        return GRAINS.get(tables()[self.table][self.column].kind, 1) if self.column else 1


@dataclass(frozen=True)
class Window:
    """One number of every client from the rows of the last days.

    Parameters
    ----------
    rows : Rows
    how : {"count", "sum", "since"}
        Rows, their sum, or days since the last of them. Where there was none, since the
        client or the records began: silence is at least that long.
    days : int
        Length of the window; since looks at all rows.
    back : int
        Days before the day of the snapshot on which the window ends.
    """

    rows: Rows
    how: str = "count"
    days: int = 90
    back: int = 0

    def __post_init__(self) -> None:
        if self.how not in HOW:
            raise InvalidValue(f"how={self.how!r} is not known; use one of {', '.join(HOW)}.")
        if self.how == "sum" and self.rows.column is None:
            raise InvalidValue(f"A sum over {self.rows.table!r} needs a column to add up.")
        if self.days < 1 or self.back < 0:
            raise InvalidValue(
                f"A window of {self.days} days that ends {self.back} days back is none: give "
                "whole days, at least 1 and 0."
            )

    @property
    def parts(self) -> tuple[Window, ...]:
        return (self,)

    def of(self, values: Sequence[np.ndarray], span: Span) -> np.ndarray:
        """NaN while the records of the table are shorter than the window, or not begun."""
        (found,) = values
        if self.how == "since":
            if span.of_table < 1:
                return np.full(len(found), np.nan)
            return np.where(found < 0, np.minimum(span.of_client, span.of_table), found)
        return np.where(span.of_table >= self.days + self.back, found, np.nan)


class Span(NamedTuple):
    """For how many days there has been something to count, the day itself included."""

    of_client: np.ndarray
    of_table: int


@dataclass(frozen=True)
class Share:
    """One window as part of another, a mean too: NaN where the whole is 0."""

    part: Window
    whole: Window

    @property
    def parts(self) -> tuple[Window, ...]:
        return self.part, self.whole

    def of(self, values: Sequence[np.ndarray], span: Span) -> np.ndarray:
        return _divided(*values)


@dataclass(frozen=True)
class Typical:
    """The geometric mean of a column that holds logarithms: one long night weighs little."""

    mean: Share

    @property
    def parts(self) -> tuple[Window, ...]:
        return self.mean.parts

    def of(self, values: Sequence[np.ndarray], span: Span) -> np.ndarray:
        return np.exp(_divided(*values))


@dataclass(frozen=True)
class Change:
    """A rate now against the client's own past: −1 all gone, 0 as before, 1 all new.

    (now − before) ÷ (now + before), both as a day: the ratio now ÷ before is
    (1 + x) ÷ (1 − x), so that half as much is −0.33. NaN until the client and the records
    of the table have a past as long as the window now.
    """

    now: Window
    before: Window

    @property
    def parts(self) -> tuple[Window, ...]:
        return self.now, self.before

    def of(self, values: Sequence[np.ndarray], span: Span) -> np.ndarray:
        past = np.minimum(np.minimum(span.of_client, span.of_table) - self.now.days,
                          self.before.days)  # fmt: skip
        now, before = values[0] / self.now.days, values[1] / np.maximum(past, 1)
        both = np.abs(now) + np.abs(before)
        found = np.where(both > 0, (now - before) / np.where(both > 0, both, 1), 0.0)
        return np.where(past >= self.now.days, found, np.nan)


@dataclass(frozen=True)
class Shift:
    """A mean now less the client's own mean before; NaN without either."""

    now: Share
    before: Share

    @property
    def parts(self) -> tuple[Window, ...]:
        return *self.now.parts, *self.before.parts

    def of(self, values: Sequence[np.ndarray], span: Span) -> np.ndarray:
        return _divided(*values[:2]) - _divided(*values[2:])


Aggregate = Window | Share | Typical | Change | Shift


def _divided(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole != 0, part / np.where(whole != 0, whole, 1), np.nan)
