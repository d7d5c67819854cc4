"""What was read, sorted by when it became known; shared by the bases of all days.

It answers: from which day is each row known, which window do the records cover, what
became of every row. `base` looks at it; nobody else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.checks import outside_window
from clientlab.clients.door import Opened
from clientlab.clients.schema import ENTERED, tables
from clientlab.config import FILE, Config
from clientlab.problems import InvalidValue, Problem, Problems

DAY, DAY_S = "datetime64[D]", "datetime64[s]"
NEVER = np.datetime64("9999-12-31", "D")  # a row of a client that is never known
# Records of work; a client may have begun, or been assigned, long before there were any.
EVENTS = (
    "invoices", "touches", "requests", "deliveries", "feedback", "board", "costs",
    "acquisition", "deals_lost", "expectations",
)  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """One table sorted by the day from which its rows are known."""

    frame: pd.DataFrame
    known: np.ndarray
    codes: np.ndarray | None  # index of the client of each row

    def of(self, ids: pd.Index, clients: pd.Index) -> Stored:
        if self.codes is None:
            return self
        kept = ids.isin(clients)
        # The last stands for -1: a row that belongs to no known client.
        place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        rows = np.flatnonzero(np.append(kept, False)[self.codes])
        frame = self.frame.take(rows).reset_index(drop=True)
        return Stored(frame, self.known[rows], place[self.codes[rows]])


@dataclass(frozen=True)
class Store:
    """All that was read; shared by the bases of all days."""

    tables: Mapping[str, Stored]
    ids: pd.Index
    config: Config
    problems: Problems
    rows: pd.DataFrame
    observed_from: pd.Timestamp
    observed_until: pd.Timestamp
    guessed: frozenset[str]
    currency: str | None

    def of(self, clients: pd.Index) -> Store:
        """The rows of some clients, and those that belong to none."""
        kept = {name: table.of(self.ids, clients) for name, table in self.tables.items()}
        return replace(self, tables=kept, ids=self.ids[self.ids.isin(clients)])


def to_day(value: Any, name: str) -> pd.Timestamp:
    """A day without its hour; InvalidValue, naming the argument, if it is none."""
    try:
        day = pd.Timestamp(value)
    except (ValueError, TypeError):
        day = pd.NaT
    if pd.isna(day):
        raise InvalidValue(f"{name}={value!r} is not a day. Write it as '2026-06-30'.")
    return day.tz_localize(None).normalize()


def raise_if_unusable(problems: list[Problem], opened: Mapping[str, Opened]) -> None:
    """Stop where a required table or column is missing, or empty; all errors are told."""
    required = [name for name, table in tables().items() if table.required]
    errors = [problem for problem in problems if problem.severity == "error"]
    fatal = [problem for problem in errors if "is missing" in problem.message]
    none = [
        Problem(name, f"none of {len(opened[name].frame)} rows can be used.")
        for name in required
        if name in opened and len(opened[name].frame) and not (opened[name].aside == "").any()
    ]
    if fatal:
        Problems(errors).raise_if_errors()
    if none or any(name not in opened for name in required):
        Problems([*none, *errors]).raise_if_errors()


def build(
    config: Config,
    opened: dict[str, Opened],
    problems: list[Problem],
    currency: str | None,
    window: tuple[Any, Any],
) -> Store:
    """Sort the opened tables by the day on which rows became known."""
    clients = opened["clients"]
    used = (clients.aside == "").to_numpy()
    ids = pd.Index(sorted(clients.frame.loc[used, "client_id"].unique()), dtype="str")
    known = {name: _known_days(name, one) for name, one in opened.items()}
    first_known = _first_known(clients.frame["client_id"], known["clients"], ids)
    stored, days = {}, {}
    for name, one in opened.items():
        stored[name], days[name] = _sorted(name, one, known[name], ids, first_known)
    start, end, guessed = _window(opened, days, config, window)
    if "observed_from" in guessed or "observed_until" in guessed:
        problems.append(_told_guess(start, end, guessed))
    for name in stored:
        problems += outside_window(name, days[name], start, end)
    rows = _accounted(opened, days, end)
    return Store(
        stored, ids, config, Problems(problems), rows, start, end, frozenset(guessed), currency
    )


def _known_days(name: str, one: Opened) -> np.ndarray:
    """The day from which each row is known; NEVER for a row that is set aside."""
    known = one.frame[tables()[name].known_at].to_numpy().astype(DAY)
    if ENTERED in one.frame:
        known = np.fmax(known, one.frame[ENTERED].to_numpy().astype(DAY))
    return np.where((one.aside == "").to_numpy() & ~np.isnat(known), known, NEVER)


def _first_known(told: pd.Series, known: np.ndarray, ids: pd.Index) -> np.ndarray:
    """The day from which each client is known at all."""
    first = np.full(len(ids) + 1, NEVER)
    np.minimum.at(first, ids.get_indexer(told), known)
    first[-1] = NEVER  # -1: no such client
    return first


def _sorted(
    name: str, one: Opened, known: np.ndarray, ids: pd.Index, first_known: np.ndarray
) -> tuple[Stored, pd.Series]:
    """A table in the order in which its rows became known, and the day of each used row."""
    codes = None
    frame = one.frame[[column for column in one.frame if not column.startswith("_")]]
    if "client_id" in frame:
        codes = ids.get_indexer(frame["client_id"])
        if tables()[name].of_a_client:
            # A row is not known before its client: nothing of a client typed in late leaks.
            known = np.fmax(known, first_known[codes])
    order = np.argsort(known, kind="stable")
    order = order[: int(np.searchsorted(known[order], NEVER))]
    days = pd.Series(known[order].astype("datetime64[s]"), index=frame.index[order])
    rows = frame.take(order).reset_index(drop=True)
    return Stored(rows, known[order], None if codes is None else codes[order]), days


def _window(
    opened: Mapping[str, Opened],
    days: Mapping[str, pd.Series],
    config: Config,
    said: tuple[Any, Any],
) -> tuple[pd.Timestamp, pd.Timestamp, set[str]]:
    """First and last day of the records: said by the analyst, or guessed."""
    start = said[0] if said[0] is not None else config.observed_from
    end = said[1] if said[1] is not None else config.observed_until
    guessed = set()
    events = [day for name, day in days.items() if name in EVENTS and len(day)]
    clients = opened["clients"]
    if "ended_on" in clients.frame:
        events.append(clients.frame.loc[(clients.aside == "").to_numpy(), "ended_on"].dropna())
    events = [day for day in events if len(day)] or [days["clients"]]
    if not len(events[0]) and (start is None or end is None):
        raise InvalidValue(
            "The tables hold no rows of clients, so the window of the records cannot be guessed. "
            f"Give observed_from and observed_until: in {FILE}, under [base], a line each."
        )
    if start is None:
        start, guessed = min(day.min() for day in events), guessed | {"observed_from"}
    if end is None:
        end = _last([*days.values(), *(_later(name, one) for name, one in opened.items())])
        guessed |= {"observed_until"}
    start, end = to_day(start, "observed_from"), to_day(end, "observed_until")
    if end < start:
        raise InvalidValue(
            f"observed_until ({end:%Y-%m-%d}) lies before observed_from ({start:%Y-%m-%d})."
        )
    return start, end, guessed


def _last(days: list[pd.Series]) -> pd.Timestamp:
    """The last of all days until today.

    One invoice with a typing error in its year, or a contract that ends next spring, would
    else put the end of the records into the future, and everybody's silence with it.
    """
    everything = pd.concat([day.astype(DAY_S) for day in days if len(day)])
    past = everything[everything <= pd.Timestamp.now()]
    return (past if len(past) else everything).max()


def _later(name: str, one: Opened) -> pd.Series:
    """Days on which something of used rows became known later than the rows."""
    used = (one.aside == "").to_numpy()
    days = [day for day in set(tables()[name].later.values()) if day in one.frame]
    found = [one.frame[day][used] for day in days]
    return pd.concat(found).dropna() if found else pd.Series(dtype=DAY_S)


def _told_guess(start: pd.Timestamp, end: pd.Timestamp, guessed: set[str]) -> Problem:
    parts = []
    if "observed_from" in guessed:
        parts.append(f"the records begin on {start:%Y-%m-%d}")
    if "observed_until" in guessed:
        parts.append(f"the last day is {end:%Y-%m-%d}")
    return Problem(
        "base",
        f"{' and '.join(parts)}: a guess, from what was recorded first and last.",
        severity="warning",
        fix=f"Say it in {FILE}, under [base], a line each: "
        + ", ".join(
            f"{name} = {day:%Y-%m-%d}"
            for name, day in (("observed_from", start), ("observed_until", end))
            if name in guessed
        )
        + ".",
    )


def _accounted(
    opened: Mapping[str, Opened], days: Mapping[str, pd.Series], end: pd.Timestamp
) -> pd.DataFrame:
    """Rows in = used + set aside, with the reasons."""
    lines = []
    for name, one in opened.items():
        after = int((days[name] > end).sum())
        reasons = one.aside[one.aside != ""].value_counts().sort_index().to_dict()
        totals = one.rows_in - len(one.frame)
        counted = {"totals": totals, **reasons, "after the last day": after}
        why = "; ".join(f"{reason}: {count}" for reason, count in counted.items() if count)
        aside = sum(counted.values())
        lines.append((name, one.rows_in, one.rows_in - aside, aside, why))
    return pd.DataFrame(lines, columns=["table", "rows_in", "used", "set_aside", "why"])
