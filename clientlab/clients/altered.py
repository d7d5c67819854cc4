"""The same base with another future, or under other names: to test what looks ahead.

It answers: what would a base look like if nothing had been recorded after a day; if
something else had happened after it; if its clients had each other's names. What is taken
from the base of that day alone cannot tell the first two from the real one, and follows
the names in the third.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.knowledge import dated_only
from clientlab.clients.schema import ENTERED, HISTORY, Table, tables
from clientlab.clients.store import DAY, Stored

DROPPED, CHANGED = 0.3, 0.5  # shares of the future rows, of the values known later
# Columns that name somebody: they change hands with the names.
NAMES = {"manager": "manager", "owner": "manager", "name": "name"}


def truncated(base: ClientBase, day: pd.Timestamp) -> ClientBase:
    """The base as if it had been exported at the end of a day, without undated values.

    Rows known later are gone, values known later are blank.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"],
    ...                              "ended_on": ["2024-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": "a", "amount": [10, 20],
    ...         "issued_on": ["2024-02-01", "2024-05-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> cut = truncated(base, pd.Timestamp("2024-03-31"))
    >>> cut.tables["invoices"]["amount"].tolist(), cut.tables["clients"]["ended_on"].tolist()
    ([10.0], [NaT])
    """
    known = dated_only(base).as_of(day)
    stored = {}
    for name, table in base._store.tables.items():
        count = len(known.tables[name])
        frame = known.tables[name].reset_index(drop=True)
        codes = None if table.codes is None else table.codes[:count]
        stored[name] = Stored(frame, table.known[:count], codes)
    return _with(base, stored, day)


def scrambled(base: ClientBase, day: pd.Timestamp, random: np.random.Generator) -> ClientBase:
    """The base with another future after a day: rows changed, dropped and added.

    Of what was known by the end of the day nothing changes. Where a table tells when rows
    were entered, rows of early days are added that were entered later.

    Parameters
    ----------
    base : ClientBase
    day : Timestamp
    random : Generator
    """
    end = day.to_datetime64().astype(DAY)
    last = base.day.to_datetime64().astype(DAY)
    future = _Future(end, max(last, end + np.timedelta64(60, "D")), random)
    stored = {
        name: future.of(tables()[name], table, base._store.ids)
        for name, table in base._store.tables.items()
    }
    return _with(base, stored, base.day)


class Relabelled(NamedTuple):
    """A base under other names, and who is now who.

    Attributes
    ----------
    base : ClientBase
    ids : Series
        The new identifier by the old one.
    words : dict
        The new name by the old one, of clients and managers.
    """

    base: ClientBase
    ids: pd.Series
    words: dict[str, str]


def relabelled(base: ClientBase, day: pd.Timestamp, random: np.random.Generator) -> Relabelled:
    """The base of a day under other names and in another order.

    Every client takes the identifier and the name of another, every manager the name of
    another; the clients stand in another order.
    """
    cut = truncated(base, day)
    ids = base._store.ids
    place = random.permutation(len(ids))
    names = pd.Series(ids[place], index=ids)
    swaps = _swapped_names(cut, random)
    stored = {}
    for name, table in cut._store.tables.items():
        frame = _renamed(name, table.frame, names, swaps)
        codes = table.codes
        if codes is not None:
            codes = np.append(place, -1)[codes]  # -1: nobody's
        known = table.known
        if name == "clients" and codes is not None and len(codes):
            # The rows of one client stay as they were among themselves.
            order = np.argsort(random.permutation(len(ids))[codes], kind="stable")
            frame, codes = frame.take(order).reset_index(drop=True), codes[order]
            known = np.full(len(order), known.min())
        stored[name] = Stored(frame, known, codes)
    words = {old: new for one in swaps.values() for old, new in one.items()}
    return Relabelled(_with(base, stored, day), names, words)


def _with(base: ClientBase, stored: Mapping[str, Stored], until: pd.Timestamp) -> ClientBase:
    store = replace(
        base._store,
        tables=stored,
        observed_until=until,
        guessed=base._store.guessed - {"observed_until"},
    )
    return ClientBase(store, until, until == base.day and base._is_export_day)


def _swapped_names(base: ClientBase, random: np.random.Generator) -> dict[str, dict]:
    """For each kind of name, whose name everybody takes."""
    found: dict[str, set] = {}
    for table in base._store.tables.values():
        for column, kind in NAMES.items():
            if column in table.frame:
                found.setdefault(kind, set()).update(table.frame[column].dropna().unique())
    history = base._store.tables.get(HISTORY)
    if history is not None:
        rows = history.frame[history.frame["column"] == "manager"]
        found.setdefault("manager", set()).update(rows["value"].dropna().unique())
    swaps = {}
    for kind, values in found.items():
        old = sorted(map(str, values))
        swaps[kind] = dict(zip(old, np.roll(old, 1 + random.integers(max(len(old) - 1, 1))),
                               strict=True))  # fmt: skip
    return swaps


def _renamed(
    table: str, frame: pd.DataFrame, names: pd.Series, swaps: Mapping[str, dict]
) -> pd.DataFrame:
    new = {}
    if "client_id" in frame:
        new["client_id"] = _mapped(frame["client_id"], names.to_dict())
    if "referred_by" in frame:
        new["referred_by"] = _mapped(frame["referred_by"], names.to_dict())
    for column, kind in NAMES.items():
        if column in frame:
            new[column] = _mapped(frame[column], swaps[kind])
    if table == HISTORY:
        of_manager = frame["column"] == "manager"
        new["value"] = frame["value"].where(~of_manager, _mapped(frame["value"], swaps["manager"]))
    return frame.assign(**new)


def _mapped(column: pd.Series, to: Mapping) -> pd.Series:
    """Values by a mapping; what it does not name stays."""
    values = column.astype(object)
    return values.map(lambda value: to.get(value, value)).astype(column.dtype)


class _Future:
    """Another future of one table after another."""

    def __init__(self, end: np.datetime64, last: np.datetime64, random: np.random.Generator):
        self.end, self.last, self.random = end, last, random

    def of(self, spec: Table, table: Stored, ids: pd.Index) -> Stored:
        count = int(np.searchsorted(table.known, self.end, side="right"))
        now, later = table.frame.iloc[:count], table.frame.iloc[count:]
        codes = table.codes
        kept = np.flatnonzero(self.random.random(len(later)) >= DROPPED)
        later = later.iloc[kept]
        frames = [self._known_later(spec, now), self._other_rows(spec, later)]
        whose = [] if codes is None else [
            codes[:count], self._others(spec, later, codes[count:][kept])]  # fmt: skip
        known = [table.known[:count], self._days(len(kept))]
        if ENTERED in table.frame and count:
            again = self.random.integers(0, count, max(1, count // 5))
            frames.append(self._entered_late(spec, now.iloc[again]))
            whose += [] if codes is None else [codes[again]]
            known.append(self._days(len(again)))
        frame = pd.concat([one for one in frames if len(one)] or [now], ignore_index=True)
        day = np.concatenate(known)
        made = None if codes is None else np.concatenate(whose)
        return self._in_order(spec, frame, day, made, ids, count)

    def _in_order(
        self,
        spec: Table,
        frame: pd.DataFrame,
        known: np.ndarray,
        codes: np.ndarray | None,
        ids: pd.Index,
        count: int,
    ) -> Stored:
        """The new rows by the day on which they are known; their own day is not later."""
        order = np.concatenate([np.arange(count), count + np.argsort(known[count:], kind="stable")])
        frame, known = frame.take(order).reset_index(drop=True), known[order]
        if codes is not None:
            codes = codes[order]
            mine = codes >= 0
            told = frame["client_id"].to_numpy(object).copy()
            told[mine] = ids.to_numpy(object)[codes[mine]]
            frame = frame.assign(client_id=pd.Series(told).astype(frame["client_id"].dtype))
        return Stored(frame, known, codes)

    def _days(self, many: int) -> np.ndarray:
        span = int((self.last - self.end).astype(int))
        return self.end + self.random.integers(1, span + 1, many).astype("m8[D]")

    def _others(self, spec: Table, later: pd.DataFrame, codes: np.ndarray) -> np.ndarray:
        """Rows that happen later change hands; those only entered later keep their client."""
        happens = later[spec.known_at].to_numpy().astype(DAY) > self.end
        codes = codes.copy()
        codes[happens] = self.random.permutation(codes[happens])
        return codes

    def _known_later(self, spec: Table, now: pd.DataFrame) -> pd.DataFrame:
        """Rows of the past: what became known of them later is something else."""
        new = {}
        for column in spec.undated:
            if column in now:
                new[column] = now[column].to_numpy()[self.random.permutation(len(now))]
        for day in dict.fromkeys(spec.later.values()):
            if day not in now:
                continue
            then = now[day].to_numpy().astype(DAY)
            unknown = np.isnat(then) | (then > self.end)
            changed = unknown & (self.random.random(len(now)) < CHANGED)
            other = np.where(self.random.random(len(now)) < 0.5, self._days(len(now)),
                             np.datetime64("NaT"))  # fmt: skip
            drawn = pd.Series(other.astype("M8[s]"), index=now.index).astype(now[day].dtype)
            new[day] = now[day].mask(changed, drawn)
            for column in (name for name, at in spec.later.items() if at == day and name != day):
                if column in now:
                    drawn = now[column].iloc[self.random.permutation(len(now))]
                    drawn.index = now.index
                    new[column] = now[column].where(~pd.Series(unknown, index=now.index), drawn)
        return now.assign(**new)

    def _other_rows(self, spec: Table, later: pd.DataFrame) -> pd.DataFrame:
        """Rows of the future: values of other rows, other amounts."""
        new = {}
        for name in later:
            if name in (spec.known_at, ENTERED, "client_id"):
                continue  # the day says that the row is one of the future
            drawn = later[name].iloc[self.random.permutation(len(later))]
            if spec[name].kind == "money":
                drawn = np.round(drawn * np.exp(self.random.normal(0, 1, len(later))), 2)
            new[name] = drawn.set_axis(later.index)
        return later.assign(**new)

    def _entered_late(self, spec: Table, past: pd.DataFrame) -> pd.DataFrame:
        """Rows that happened by the day and were entered after it."""
        when = self._days(len(past)).astype("M8[s]")
        new = {name: past[name] * 3 + 1000 for name in past if spec[name].kind == "money"}
        return past.assign(**{ENTERED: when.astype(past[ENTERED].dtype)}, **new)
