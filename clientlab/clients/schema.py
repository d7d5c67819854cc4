"""The one description of every table of a client base.

It answers: which tables and columns there are, what each means, and when its value
became known. The door (`base`), its checks, the templates, the data dictionary and
`as_of` are derived from it. It deliberately holds no data and computes nothing.

When a value became known
-------------------------
row      a row is known from the day in the table's `known_at` column, never before the
         client it belongs to, and never before `entered_on` if the row was typed in late
fixed    known with its row and never changed
a name   known from the day in that column: `paid_on` from `paid_on`, `end_reason` from
         `ended_on`; before that day it is missing
undated  the source overwrites it without a date: usable on the day of the export only
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from clientlab.wording import Text

UNKNOWN = Text("not told", "не указано")
FIXED, UNDATED = "fixed", "undated"
ENTERED = "entered_on"
HISTORY = "history"  # the table that gives undated values their dates back

# What a column holds, and how the data dictionary names it.
KINDS = {
    "text": Text("text", "текст"),
    "id": Text("identifier", "идентификатор"),
    "day": Text("date", "дата"),
    "moment": Text("date and time", "дата и время"),
    "money": Text("money, in the currency of the base", "деньги, в валюте базы"),
    "number": Text("number", "число"),
    "integer": Text("whole number", "целое число"),
    "flag": Text("yes or no", "да или нет"),
    "code": Text("one of a list", "одно из списка"),
}


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Parameters
    ----------
    name : str
        Its name in the base.
    kind : str
        A key of `KINDS`.
    meaning : Text
    known_at : str
        "fixed", "undated" or the column with the day from which the value is known.
    required : bool
        Without it the table cannot be used.
    allowed : mapping of code to Text
        The values of a "code" column, with their labels.
    low, high : float, optional
        Bounds of a number, both included.
    also : tuple of str
        Names met in exports, in lower case; matched without regard to spaces,
        punctuation and units.
    words : mapping of word to code
        Words met in exports for the values of a "code" column.
    """

    name: str
    kind: str
    meaning: Text
    known_at: str = FIXED
    required: bool = False
    allowed: Mapping[str, Text] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    also: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_day(self) -> bool:
        return self.kind in ("day", "moment")


@dataclass(frozen=True)
class Table:
    """One table of the base.

    Parameters
    ----------
    name : str
    meaning : Text
        What one row is.
    known_at : str
        The column with the day from which a row is known.
    columns : tuple of Column
    required : bool
        The base cannot be read without it.
    key : tuple of str
        Columns that together may not repeat.
    also : tuple of str
        Names of files and sheets met in exports, in lower case.
    """

    name: str
    meaning: Text
    known_at: str
    columns: tuple[Column, ...]
    required: bool = False
    key: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return self.by_name[name]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by their names, `entered_on` included."""
        return {column.name: column for column in (*self.columns, ENTERED_ON)}

    @property
    def required_columns(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    @property
    def undated(self) -> list[str]:
        return [column.name for column in self.columns if column.known_at == UNDATED]

    @cached_property
    def later(self) -> dict[str, str]:
        """Columns that may become known after their row, and the column with that day."""
        return {
            column.name: column.known_at
            for column in self.columns
            if column.known_at not in (FIXED, UNDATED, self.known_at)
        }

    @property
    def of_a_client(self) -> bool:
        """Whether every row belongs to a client."""
        return "client_id" in self.required_columns


ENTERED_ON = Column(
    "entered_on",
    "day",
    Text(
        "when the row was typed in, if later than it happened: nothing of it is known before",
        "когда строку внесли, если позже события: до этого дня её не знали",
    ),
    also=("дата внесения", "внесено", "дата ввода", "created at"),
)


@cache
def tables() -> dict[str, Table]:
    """All tables by name, the required ones first.

    Examples
    --------
    >>> [name for name, table in tables().items() if table.required]
    ['clients', 'invoices']
    >>> tables()["invoices"].later
    {'paid_on': 'paid_on'}
    >>> tables()["clients"].undated
    ['tier', 'key_client', 'manager', 'competence', 'capacity']
    """
    from clientlab.clients.schema_tables import TABLES

    return {table.name: table for table in TABLES}


def labelled(column: str, value: Any) -> Text:
    """A value of a column of clients as it is read out; None is 'not told'."""
    if value is None:
        return UNKNOWN
    known = tables()["clients"].by_name.get(column)
    if known and value in known.allowed:
        return known.allowed[value]
    if known and known.kind == "flag":
        return Text("yes", "да") if value else Text("no", "нет")
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Text(text, text)
