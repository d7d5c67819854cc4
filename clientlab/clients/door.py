"""From an analyst's files to typed tables: every value read, or told.

It answers: what do the files hold, in the columns of the schema. It repairs nothing: a
value that could not be read is missing and listed, a row that cannot be used is set
aside and listed. What the values mean together is for `checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.headers import mapped_headers
from clientlab.clients.schema import Column, Table, tables
from clientlab.clients.sources import is_of_file, raw_tables
from clientlab.config import FILE, Config
from clientlab.problems import Problem
from clientlab.reading import PLAIN, RawTable
from clientlab.values import currency_of, read_values
from clientlab.wording import plural

VALUES_SHOWN = 3
# What a value of a kind could not be read as, and how it is written.
READ_AS = {
    "day": ("a day", "Write days as 31.12.2026 or 2026-12-31."),
    "moment": ("a day and time", "Write them as 31.12.2026 14:05."),
    "money": ("an amount", "Write amounts as 1 234,50 or 1234.5, with nothing but the currency."),
    "number": ("a number", "Write numbers as 1 234,5 or 1234.5."),
    "integer": ("a whole number", "Write whole numbers, as in 4."),
    "flag": ("yes or no", "Write yes or no (да, нет)."),
    "code": ("one of the list", ""),
}


@dataclass
class Opened:
    """One table as it came through the door.

    Attributes
    ----------
    frame : pandas.DataFrame
        Columns of the schema, typed; the index is the row as the analyst sees it.
    aside : pandas.Series of str
        Why a row is set aside; '' if it is used.
    rows_in : int
        Rows of the file that hold anything, totals included.
    problems : list of Problem
    """

    frame: pd.DataFrame
    aside: pd.Series
    rows_in: int
    problems: list[Problem] = field(default_factory=list)

    def set_aside(self, rows: np.ndarray, why: str) -> None:
        """Set rows aside, unless they are already."""
        self.aside[np.asarray(rows, bool) & (self.aside == "").to_numpy()] = why


def open_source(source: Any) -> tuple[Config, dict[str, Opened], list[Problem]]:
    """Everything that a source holds, as typed tables.

    Parameters
    ----------
    source : path or mapping of table to path or DataFrame
        A folder (with or without clientlab.toml), a clientlab.toml, a workbook with a
        sheet per table, or tables by name.

    Returns
    -------
    config, tables, problems
        `problems` are those of no single table.
    """
    config, raw, problems = raw_tables(source)
    opened = {name: _opened(tables()[name], table, config) for name, table in raw.items()}
    for name in (table.name for table in tables().values() if table.required):
        unread = [problem for problem in problems if problem.table == name]
        if name not in opened and not any(map(is_of_file, unread)):
            problems.append(_missing_table(name, problems))
    return config, opened, problems


def _missing_table(name: str, problems: list[Problem]) -> Problem:
    others = ", ".join(tables()[name].also)
    ending = " is not read: no table has this name."
    left = [problem.message.removesuffix(ending)
            for problem in problems if problem.message.endswith(ending)]  # fmt: skip
    there = f" Not read so far: {', '.join(left[:5])}." if left else ""
    return Problem(
        name,
        f"the table is missing; it is required. A file or sheet of this name is looked for "
        f"({name}.csv, {name}.xlsx), or one called: {others}.{there}",
        fix=f'Rename it, or name it in {FILE}: [files] {name} = "path", of a sheet '
        f'{name} = {{path = "book.xlsx", sheets = ["…"]}}',
    )


def _opened(table: Table, raw: RawTable, config: Config) -> Opened:
    """One raw table, mapped and typed."""
    headers, problems = mapped_headers(table, list(raw.frame.columns), config)
    problems += raw.problems(table.name)
    if raw.guessed not in PLAIN:
        problems.append(Problem(table.name, f"the file was read as: {raw.guessed}.",
                                severity="note"))  # fmt: skip
    frame = pd.DataFrame(index=raw.frame.index)
    aside = pd.Series("", index=raw.frame.index, dtype=object)
    if raw.frame.empty:
        problems.append(Problem(table.name, "the table holds no rows.",
                                severity="error" if table.required else "warning"))  # fmt: skip
    extra = config.values.get(table.name, {})
    opened = Opened(frame, aside, len(raw.frame) + len(raw.totals) + len(raw.repeated), problems)
    left = sorted((*raw.totals, *raw.repeated))
    if left:
        text = "totals or repeated headers: set aside."
        problems.append(Problem(table.name, text, rows=tuple(left), severity="note"))
    for name, header in headers.items():
        _read_column(opened, table, table[name], raw.frame[header], header, extra.get(name))
    return opened


def _read_column(
    opened: Opened,
    table: Table,
    column: Column,
    raw: pd.Series,
    header: str,
    extra: Mapping[str, str] | None,
) -> None:
    """Type one column; list what could not be read, and what is out of its bounds."""
    words = {**column.words, **(extra or {})}
    read = read_values(raw, column.kind, header=str(header), allowed=column.allowed, extra=words)
    values, wrong = read.values, read.unread.to_numpy(bool)
    for guess in read.guessed:
        opened.problems.append(Problem(table.name, guess, column=column.name, severity="note"))
    if wrong.any():
        what, fix = READ_AS.get(column.kind, ("a value", ""))
        rule = f" Use one of: {', '.join(column.allowed)}." if column.allowed else ""
        if column.allowed:
            value = str(raw[wrong].iloc[0]).replace('"', "'")
            fix = f'Or map it in {FILE}: [values.{table.name}.{column.name}] "{value}" = "…"'
        _tell(opened, table, column, raw[wrong], f"could not be read as {what}", rule, fix)
    outside = np.zeros(len(values), bool)
    if column.low is not None:
        outside |= (values < column.low).to_numpy(bool, na_value=False)
    if column.high is not None:
        outside |= (values > column.high).to_numpy(bool, na_value=False)
    if outside.any():
        ends = f"{column.low:g}" + (f" to {column.high:g}" if column.high is not None else " up")
        verb = plural(int(outside.sum()), "lies", "lie")
        _tell(opened, table, column, raw[outside], f"{verb} outside of {ends}")
        values = values.mask(outside)
    if column.required:
        empty = values.isna().to_numpy(bool)
        missing = empty & ~wrong & ~outside
        if missing.any():
            count = int(missing.sum())
            word = plural(count, "row", "rows")
            text = f"{count} {word} without a value; it is required. Set aside."
            opened.problems.append(
                Problem(table.name, text, column=column.name, rows=tuple(raw.index[missing]),
                        fix="Fill it in; of merged cells only the first holds the value.")
            )  # fmt: skip
        opened.set_aside(empty, f"no {column.name}")
    if column.kind == "money" and not pd.api.types.is_numeric_dtype(raw):
        signs = currency_of(raw)
        if (signs != "").any():
            opened.frame[f"_currency_{column.name}"] = signs
    opened.frame[column.name] = values


def _tell(
    opened: Opened,
    table: Table,
    column: Column,
    wrong: pd.Series,
    what: str,
    rule: str = "",
    fix: str = "",
) -> None:
    """One problem for the values of a column that cannot be used."""
    count = len(wrong)
    noun = plural(count, "value", "values")
    after = "Rows set aside." if column.required else "Taken as missing."
    opened.problems.append(
        Problem(
            table.name,
            f"{count} {noun} {what} ({listed(wrong)}). {after}{rule}",
            column=column.name,
            rows=tuple(wrong.index),
            severity="error" if column.required else "warning",
            fix=fix,
        )
    )


def listed(values: Iterable[Any]) -> str:
    """The first of the distinct values, and how many more there are."""
    shown = list(dict.fromkeys(repr(str(value)) for value in values))
    more = f" and {len(shown) - VALUES_SHOWN} more" if len(shown) > VALUES_SHOWN else ""
    return ", ".join(shown[:VALUES_SHOWN]) + more
