"""Windowed aggregates of tables with many rows, for every client on many days at once.

It answers: how many, how much, how long ago, in the last N days, as known on each of many
days. One pass over the rows of a table serves all days and windows: clients are counted up
to every edge of a window, and a window is the difference of two edges. Sums are counted in
whole hundredths (or the grain of their column), so that they are exact, and the same on a
base that knows more. Day by day `base.as_of(day)` gives the same numbers, more slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.knowledge import known_on
from clientlab.clients.schema import tables
from clientlab.problems import InvalidValue

DAY = "datetime64[D]"
EXACT = 2**53  # whole numbers above it are not exact as floats
HOW = ("count", "sum", "since")
# Grains of a sum: the smallest part of a number that is counted.
GRAINS = {"money": 100, "number": 10**6, "integer": 1, "flag": 1}
NEVER = -(2**62)


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


Aggregate = Window | Share | Change | Shift


def _divided(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole != 0, part / np.where(whole != 0, whole, 1), np.nan)


def windows(
    base: ClientBase, wanted: Iterable[Window], days: np.ndarray, who: Sequence[np.ndarray]
) -> dict[Window, list[np.ndarray]]:
    """All windows on all days, for the clients of each day.

    Parameters
    ----------
    base : ClientBase
    wanted : iterable of Window
    days : ndarray of int
        Days since 1970, rising.
    who : sequence of ndarray of int
        Clients of each day, as codes of `ClientBase.codes`.

    Returns
    -------
    dict of Window to list of ndarray
        For each day a float for each of its clients; since is −1 where there was none.
    """
    by_rows: dict[Rows, list[Window]] = {}
    for window in dict.fromkeys(wanted):
        by_rows.setdefault(window.rows, []).append(window)
    found: dict[Window, list[np.ndarray]] = {}
    for rows, same in by_rows.items():
        found |= _pass(_Stream.of(base, rows), same, days, who, rows.grain)
    return found


def table_spans(base: ClientBase, table: str, days: np.ndarray) -> np.ndarray:
    """For how many days a table has been kept, as known on each day; the day included."""
    known = known_on(base, table).astype(np.int64)
    own = base.tables[table][tables()[table].known_at].to_numpy().astype(DAY).astype(np.int64)
    place = np.searchsorted(known, days, side="right")
    first = np.minimum.accumulate(own) if len(own) else own
    opens = int(base.observed_from.to_datetime64().astype(DAY).astype(np.int64))
    begins = np.array([max(first[at - 1], opens) if at else day + 1
                       for at, day in zip(place, days, strict=True)], np.int64)  # fmt: skip
    return days - begins + 1


class _Stream(NamedTuple):
    """Rows by the day of what happened; those known only later stand apart."""

    codes: np.ndarray
    day: np.ndarray
    value: np.ndarray | None
    late: tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray]  # …, known
    clients: int

    @classmethod
    def of(cls, base: ClientBase, rows: Rows) -> _Stream:
        frame, spec = base.tables[rows.table], tables()[rows.table]
        codes, ids = base.codes(rows.table)
        known, keep = known_on(base, rows.table), codes >= 0
        for name, allowed in rows.where:
            keep &= _chosen(frame[name], allowed)
        for name in dict.fromkeys(spec.later[name] for name in rows.columns if name in spec.later):
            later = frame[name].to_numpy().astype(DAY)
            keep &= ~np.isnat(later)
            known = np.fmax(known, later)
        day, value = frame[rows.day].to_numpy().astype(DAY), None
        if rows.column is not None:
            value = _counted(frame, rows)
            keep &= ~np.isnan(value)
        keep &= ~np.isnat(day)
        if not keep.all():
            codes, day, known = codes[keep], day[keep], known[keep]
            value = None if value is None else value[keep]
        if value is not None and np.abs(value).sum() >= EXACT:
            raise InvalidValue(f"{rows.table}: the sum of {rows.column!r} is too large to be exact.")
        return cls._split(codes, day.astype(np.int64), known.astype(np.int64), value, len(ids))

    @classmethod
    def _split(
        cls,
        codes: np.ndarray,
        day: np.ndarray,
        known: np.ndarray,
        value: np.ndarray | None,
        clients: int,
    ) -> _Stream:
        late = known > day
        apart = codes[late], day[late], None if value is None else value[late], known[late]
        if len(apart[0]):
            codes, day = codes[~late], day[~late]
            value = None if value is None else value[~late]
        if len(day) and (day[1:] < day[:-1]).any():  # dated by another column than the rows are
            order = np.argsort(day, kind="stable")
            codes, day = codes[order], day[order]
            value = None if value is None else value[order]
        return cls(codes, day, value, apart, clients)


def _chosen(column: pd.Series, allowed: Any) -> np.ndarray:
    if callable(allowed):
        return np.asarray(allowed(column.to_numpy()), bool)
    wanted = allowed if isinstance(allowed, tuple) else (allowed,)
    return column.isin(wanted).to_numpy(bool)


def _counted(frame: pd.DataFrame, rows: Rows) -> np.ndarray:
    """The column in whole grains."""
    if isinstance(rows.column, Measure):
        value = np.asarray(rows.column.of(frame), float)
    else:
        value = frame[rows.column].to_numpy(float, na_value=np.nan)
    return np.rint(value * rows.grain) if rows.grain != 1 else np.rint(value)


def _pass(
    stream: _Stream,
    wanted: Sequence[Window],
    days: np.ndarray,
    who: Sequence[np.ndarray],
    grain: int,
) -> dict[Window, list[np.ndarray]]:
    """One pass over the rows, stopping at every edge of a window."""
    found = {window: [np.zeros(len(one)) for one in who] for window in wanted}
    stops: dict[int, list[tuple[Window, int, int]]] = {}
    for at, day in enumerate(days.tolist()):
        for window in wanted:
            stops.setdefault(day - window.back, []).append((window, at, 1))
            if window.how != "since":
                stops.setdefault(day - window.back - window.days, []).append((window, at, -1))
    needed = {window.how for window in wanted}
    upto = {how: np.zeros(stream.clients) for how in needed}
    if "since" in needed:
        upto["since"][:] = NEVER
    edges = sorted(stops)
    places = np.searchsorted(stream.day, edges, side="right")
    first = 0
    for edge, last in zip(edges, places.tolist(), strict=True):
        _advance(upto, stream, slice(first, last))
        first = last
        for window, at, sign in stops[edge]:
            found[window][at] += sign * upto[window.how][who[at]]
    for window, by_day in found.items():
        for at, day in enumerate(days.tolist()):
            by_day[at] = _finished(window, by_day[at], stream, day, who[at], grain)
    return found


def _advance(upto: Mapping[str, np.ndarray], stream: _Stream, rows: slice) -> None:
    """Count some more rows; in place, since edges follow each other."""
    codes = stream.codes[rows]
    if not len(codes):
        return
    if "count" in upto:
        upto["count"] += np.bincount(codes, minlength=stream.clients)
    if "sum" in upto:
        upto["sum"] += np.bincount(codes, stream.value[rows], stream.clients)
    if "since" in upto:
        upto["since"][codes] = stream.day[rows]  # rising, so the last one stays


def _finished(
    window: Window, found: np.ndarray, stream: _Stream, day: int, who: np.ndarray, grain: int
) -> np.ndarray:
    """With the rows that were known late, in the unit of the window."""
    codes, on, value, known = stream.late
    end = day - window.back
    if len(codes):
        rows = (known <= day) & (on <= end)
        if window.how == "since":
            last = np.full(stream.clients, float(NEVER))
            np.maximum.at(last, codes[rows], on[rows])
            found = np.maximum(found, last[who])
        else:
            rows &= on > end - window.days
            weights = None if window.how == "count" else value[rows]
            found = found + np.bincount(codes[rows], weights, stream.clients)[who]
    if window.how == "since":
        return np.where(found == NEVER, -1.0, day - found)
    return found / grain if window.how == "sum" else found
