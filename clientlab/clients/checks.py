"""What the values of a base say against each other.

It answers: which spells overlap, which ends come before their starts, which rows
repeat, which money is in another currency. A row that would make a number wrong is set
aside and listed; what only looks odd is kept and listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from clientlab.clients.door import Opened
from clientlab.clients.schema import UNDATED, tables
from clientlab.config import Config
from clientlab.problems import Problem
from clientlab.wording import number, plural


def checked(opened: dict[str, Opened], config: Config) -> tuple[list[Problem], str | None]:
    """Run all checks; rows are set aside in `opened`.

    Returns
    -------
    problems, currency
        `currency` is that of the base, None if no file tells one.
    """
    problems = [
        *_twice(opened["clients"]),
        *_ended_before_started(opened),
        *_overlapping(opened),
        *_reason_without_end(opened["clients"]),
        *_repeated(opened),
        *_paid_before_issued(opened),
        *_negative(opened),
    ]
    told, currency = _currencies(opened, config.currency)
    return [*problems, *told, *_undated(opened)], currency


def _rows(frame: pd.DataFrame, where: np.ndarray) -> tuple:
    return tuple(frame.index[where])


def _used(one: Opened) -> np.ndarray:
    return (one.aside == "").to_numpy()


def _told(
    name: str,
    one: Opened,
    where: np.ndarray,
    words: Callable[[int], str],
    *,
    column: str,
    severity: str = "error",
) -> list[Problem]:
    """One problem for all rows of `where`, none if there are none."""
    count = int(where.sum())
    if not count:
        return []
    rows = _rows(one.frame, where)
    return [Problem(name, words(count), column=column, rows=rows, severity=severity)]


def _rows_of(count: int) -> str:
    return f"{count} {plural(count, 'row', 'rows')}"


def _ended_before_started(opened: dict[str, Opened]) -> list[Problem]:
    one = opened["clients"]
    if "ended_on" not in one.frame:
        return []
    wrong = _used(one) & (one.frame["ended_on"] < one.frame["started_on"]).to_numpy()
    one.set_aside(wrong, "ended before it started")
    return _told(
        "clients",
        one,
        wrong,
        lambda count: f"{_rows_of(count)} with an end before the start. Set aside.",
        column="ended_on",
    )


def _twice(one: Opened) -> list[Problem]:
    """Spells equal in every column: used once, before they are taken to overlap."""
    equal = _used(one) & one.frame.duplicated().to_numpy()
    one.set_aside(equal, "repeats another row")
    return _told(
        "clients",
        one,
        equal,
        lambda count: f"{_rows_of(count)} equal to another row in every column. Used once.",
        column="client_id",
        severity="warning",
    )


def _overlapping(opened: dict[str, Opened]) -> list[Problem]:
    one = opened["clients"]
    spells = one.frame[_used(one)]
    spells = spells.sort_values(["client_id", "started_on"], kind="stable")
    never = pd.Timestamp.max.floor("D")
    ended = spells["ended_on"].fillna(never) if "ended_on" in spells else never
    last = pd.Series(ended, index=spells.index).groupby(spells["client_id"]).cummax()
    before = last.groupby(spells["client_id"]).shift()
    over = spells.index[(spells["started_on"] < before).to_numpy()]
    wrong = one.frame.index.isin(over)
    one.set_aside(wrong, "overlaps an earlier spell")
    return _told(
        "clients",
        one,
        wrong,
        lambda count: (
            f"{_rows_of(count)} with a start before an earlier spell of the same client has ended. "
            "Set aside: the later spell of each. Give the earlier one its ended_on."
        ),
        column="started_on",
    )


def _reason_without_end(one: Opened) -> list[Problem]:
    """Whoever has a reason for leaving and no last day looks like a client of today."""
    if "end_reason" not in one.frame:
        return []
    open_ended = _used(one) & one.frame["end_reason"].notna().to_numpy()
    if "ended_on" in one.frame:
        open_ended &= one.frame["ended_on"].isna().to_numpy()
    return _told(
        "clients",
        one,
        open_ended,
        lambda count: (
            f"{_rows_of(count)} with a reason for the end and no last day. Kept as clients still "
            "there: give their ended_on."
        ),
        column="ended_on",
        severity="warning",
    )


def _repeated(opened: dict[str, Opened]) -> list[Problem]:
    """Keys that repeat: equal rows are used once, different rows are kept and told."""
    found = []
    for name, one in opened.items():
        key = [column for column in tables()[name].key if column in one.frame]
        if not key or key[0] != tables()[name].key[0]:
            continue
        used = _used(one) & one.frame[key[0]].notna().to_numpy()
        equal = used & one.frame.duplicated().to_numpy()
        one.set_aside(equal, "repeats another row")
        found += _told(
            name,
            one,
            equal,
            lambda count: f"{_rows_of(count)} equal to another row in every column. Used once.",
            column=key[0],
            severity="warning",
        )
        part = one.frame[used & ~equal]
        again = one.frame.index.isin(part.index[part.duplicated(key)])
        found += _told(
            name,
            one,
            again & used & ~equal,
            lambda count: (
                f"{_rows_of(count)} with the {key[0]} of another row, but other values. All are "  # noqa: B023
                "kept; delete those that were replaced."
            ),
            column=key[0],
            severity="warning",
        )
    return found


def _paid_before_issued(opened: dict[str, Opened]) -> list[Problem]:
    one = opened["invoices"]
    if "paid_on" not in one.frame:
        return []
    early = _used(one) & (one.frame["paid_on"] < one.frame["issued_on"]).to_numpy()
    return _told(
        "invoices",
        one,
        early,
        lambda count: f"{_rows_of(count)} paid before the day of issue. Kept as prepaid.",
        column="paid_on",
        severity="warning",
    )


def _negative(opened: dict[str, Opened]) -> list[Problem]:
    one = opened["invoices"]
    negative = _used(one) & (one.frame["amount"] < 0).to_numpy()
    if "kind" in one.frame:
        negative &= (one.frame["kind"] != "credit_note").to_numpy(bool, na_value=True)
    return _told(
        "invoices",
        one,
        negative,
        lambda count: (
            f"{_rows_of(count)} with a negative amount, not marked as a credit note. Kept: "
            "it lowers the revenue. Mark it: kind = credit_note."
        ),
        column="amount",
        severity="warning",
    )


def _currencies(opened: dict[str, Opened], said: str | None) -> tuple[list[Problem], str | None]:
    """Money in another currency cannot be added: set aside."""
    found, base = [], said
    for name, one in opened.items():
        signs = _signs(one)
        if signs is None:
            continue
        counts = signs[signs != ""].value_counts()
        if base is None and len(counts):
            base = str(counts.index[0])
            if len(counts) > 1:
                text = f"the currency of the base is {base}: a guess, most rows are in it."
                found.append(Problem(name, text, severity="note"))
        other = _used(one) & ((signs != "") & (signs != base)).to_numpy(bool)
        one.set_aside(other, "another currency")
        names = ", ".join(sorted(set(signs[other])))
        found += _told(
            name,
            one,
            other,
            lambda count: (
                f"{_rows_of(count)} in {names}, the base is in {base}. Set aside: money of "  # noqa: B023
                "two currencies cannot be added. Convert them in the file."
            ),
            column="amount",
        )
    return found, base


def _signs(one: Opened) -> pd.Series | None:
    """ISO code by row: from the column of currencies, or from the signs beside amounts."""
    columns = [name for name in one.frame if name.startswith("_currency_")]
    if "currency" in one.frame:
        columns.insert(0, "currency")
    if not columns:
        return None
    signs = one.frame[columns[0]].fillna("").astype(str)
    for name in columns[1:]:
        signs = signs.where(signs != "", one.frame[name].fillna("").astype(str))
    return signs.str.upper().replace({"RUR": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "₽": "RUB"})


def _undated(opened: dict[str, Opened]) -> list[Problem]:
    """Columns without dates: what is lost for earlier days."""
    frame = opened["clients"].frame
    counts = [
        f"{column.name} ({number(int(frame[column.name].notna().sum()))})"
        for column in tables()["clients"].columns
        if column.known_at == UNDATED and column.name in frame
    ]
    if not counts:
        return []
    text = (
        f"columns that the source overwrites without a date: {', '.join(counts)} values. They are "
        "missing for days before the export, unless the table 'history' dates them."
    )
    return [Problem("clients", text, severity="note")]


def outside_window(
    name: str, days: pd.Series, observed_from: pd.Timestamp, observed_until: pd.Timestamp
) -> Iterable[Problem]:
    """Rows known after the last day, and events before the first day.

    Parameters
    ----------
    name : str
    days : pandas.Series of datetime64
        Day of each used row, by the row as the analyst sees it.
    observed_from, observed_until : Timestamp
    """
    late = (days > observed_until).to_numpy()
    if late.any():
        yield Problem(
            name,
            f"{_rows_of(int(late.sum()))} dated after the last day of the records "
            f"({observed_until:%Y-%m-%d}). Set aside.",
            column=tables()[name].known_at,
            rows=tuple(days.index[late]),
            severity="warning",
        )
    early = (days < observed_from).to_numpy()
    if early.any() and name not in ("clients", "services", "people"):
        yield Problem(
            name,
            f"{_rows_of(int(early.sum()))} dated before the first day of the records "
            f"({observed_from:%Y-%m-%d}): nothing is counted for periods before it.",
            column=tables()[name].known_at,
            rows=tuple(days.index[early]),
            severity="note",
        )
