"""Windows over tables with many rows, for every client on many days at once.

It answers: what is the number of each window for each client, as known on each of many
days. One pass over the rows of a table serves all days and windows: clients are counted up
to every edge of a window, and a window is the difference of two edges. Sums are counted in
whole hundredths (or the grain of their column), so that they are exact, and the same on a
base that knows more. Day by day `base.as_of(day)` gives the same numbers, more slowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clientlab.churn.feature_windows import Measure, Rows, Window
from clientlab.clients.base import ClientBase
from clientlab.clients.knowledge import known_on
from clientlab.clients.schema import tables
from clientlab.clients.store import DAY
from clientlab.problems import InvalidValue

EXACT = 2**53  # whole numbers above it are not exact as floats
NEVER = -(2**62)


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
    """For how many days a table has been kept, as known on each day; the day included.

    Invoices since the records begin, an optional table since its first row: nobody says
    when the touches or the board were begun.
    """
    opens = int(base.observed_from.to_datetime64().astype(DAY).astype(np.int64))
    if tables()[table].required:
        return days - opens + 1
    known = known_on(base, table).astype(np.int64)
    own = base.tables[table][tables()[table].known_at].to_numpy().astype(DAY).astype(np.int64)
    place = np.searchsorted(known, days, side="right")
    first = np.minimum.accumulate(own) if len(own) else own
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
            raise InvalidValue(
                f"{rows.table}: the values of {rows.column!r} add up to more than can be counted "
                "exactly. Give them in thousands."
            )
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
    if "sum" in upto and stream.value is not None:
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
            weights = value[rows] if window.how == "sum" and value is not None else None
            found = found + np.bincount(codes[rows], weights, stream.clients)[who]
    if window.how == "since":
        return np.where(found == NEVER, -1.0, day - found)
    return found / grain if window.how == "sum" else found
