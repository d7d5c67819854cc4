"""The client base: one door in, and what was known on any day.

It answers: what is in the records, what is wrong with them, how did they look at the
end of a day. It deliberately computes no indicator: those are functions of a base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.checks import checked
from clientlab.clients.door import open_source
from clientlab.clients.matching import match_clients
from clientlab.clients.schema import HISTORY, tables
from clientlab.clients.store import DAY, Store, build, raise_if_unusable, to_day
from clientlab.config import Config
from clientlab.problems import InvalidValue, Problems
from clientlab.results import CannotSay, Provenance
from clientlab.values import read_values
from clientlab.wording import Text, number, plural


class _Tables(Mapping):
    """Tables as they were known, masked when first read."""

    def __init__(self, base: ClientBase) -> None:
        self._base = base
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._base._known(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._base._store.tables)

    def __len__(self) -> int:
        return len(self._base._store.tables)

    def __contains__(self, name: object) -> bool:
        return name in self._base._store.tables

    def __repr__(self) -> str:
        return f"<tables: {', '.join(self)}>"


@dataclass(frozen=True, eq=False, repr=False)
class ClientBase:
    """The clients of an agency, as they were known at the end of a day.

    Made by `ClientBase.read`; `as_of` gives the base of an earlier day.

    Attributes
    ----------
    day : Timestamp
        What was known by the end of this day is in the tables, nothing else.
    tables : mapping of name to DataFrame
        Rows in the order in which they became known.
    """

    _store: Store
    day: pd.Timestamp
    _is_export_day: bool = True
    tables: Mapping[str, pd.DataFrame] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", _Tables(self))

    @classmethod
    def read(
        cls, source: Any, *, observed_from: Any = None, observed_until: Any = None
    ) -> ClientBase:
        """Read all tables of a base, check them, and keep what can be used.

        Parameters
        ----------
        source : path or mapping
            A folder with the exports (and a clientlab.toml, if headers need mapping),
            a clientlab.toml, a workbook with a sheet per table, or a mapping of table
            to DataFrame or path. Tables and columns: data/README.md.
        observed_from, observed_until : date-like, optional
            First and last day of the records; before what clientlab.toml says. By
            default the first and last day on which anything was recorded: a guess.

        Returns
        -------
        ClientBase

        Raises
        ------
        InvalidValue
            If a required table or column is missing, or nothing in it can be used; all
            at once. What else is wrong is listed by `check`.

        Examples
        --------
        >>> base = ClientBase.read({
        ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["01.02.2024"]}),
        ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["05.02.2024"],
        ...                               "amount": ["1 234,50 ₽"]})})
        >>> base.tables["invoices"]["amount"].tolist()
        [1234.5]
        """
        config, opened, problems = open_source(source)
        for one in opened.values():
            problems += one.problems
        raise_if_unusable(problems, opened)
        match_clients(opened)
        problems += [problem for one in opened.values() for problem in one.problems]
        problems = list(dict.fromkeys(problems))
        told, currency = checked(opened, config)
        window = (observed_from, observed_until)
        store = build(config, opened, [*problems, *told], currency, window)
        return cls(store, store.observed_until)

    def check(self) -> Problems:
        """Everything that is wrong with the files, the gravest first."""
        return self._store.problems

    def as_of(self, day: Any) -> ClientBase:
        """The base as it was at the end of a day.

        Rows that became known later are gone; values that became known later than
        their row (a payment, an end and its reason) are missing; what the source
        overwrites without a date is missing too, unless `history` or `assignments`
        date it.

        Parameters
        ----------
        day : date-like
            A day after that of the base gives the base itself, so that
            ``base.as_of(a).as_of(b)`` is the base of the earlier of the two.

        Returns
        -------
        ClientBase

        Raises
        ------
        InvalidValue
            If the day lies before the records begin.
        """
        wanted = to_day(day, "as_of")
        told = "observed_until" not in self._store.guessed
        if wanted >= self.day and (told or not self._is_export_day):
            return self
        if wanted < self._store.observed_from:
            raise InvalidValue(
                f"Nothing was recorded by {wanted:%Y-%m-%d}: the records begin on "
                f"{self._store.observed_from:%Y-%m-%d}. Use that day or a later one."
            )
        return ClientBase(self._store, wanted, False)

    def of(self, clients: Iterable[str]) -> ClientBase:
        """The base of some clients only, on the same day and over the same records.

        Rows of tables that belong to no client, such as refused deals, stay.

        Parameters
        ----------
        clients : iterable of str
            Identifiers; one that the base does not know is refused.

        Returns
        -------
        ClientBase

        Raises
        ------
        InvalidValue

        Examples
        --------
        >>> base = ClientBase.read({
        ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-02-01"}),
        ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-05",
        ...                               "amount": [100, 70]})})
        >>> base.of(["b"]).tables["invoices"]["amount"].tolist()
        [70.0]
        """
        wanted = pd.Index(clients, dtype="str").unique()
        unknown = wanted.difference(self._store.ids)
        if len(unknown):
            raise InvalidValue(f"{unknown[0]!r} is not a client of this base.")
        return ClientBase(self._store.of(wanted), self.day, self._is_export_day)

    @property
    def observed_from(self) -> pd.Timestamp:
        """First day of the records."""
        return self._store.observed_from

    @property
    def observed_until(self) -> pd.Timestamp:
        """Last day of the records known to this base."""
        return self.day

    @property
    def guessed(self) -> frozenset[str]:
        """Which of 'observed_from', 'observed_until' are guesses."""
        return self._store.guessed if self._is_export_day else self._store.guessed - {
            "observed_until"
        }  # fmt: skip

    @property
    def config(self) -> Config:
        """What clientlab.toml says."""
        return self._store.config

    @property
    def rows(self) -> pd.DataFrame:
        """Every row accounted for: ``table, rows_in, used, set_aside, why``."""
        return self._store.rows

    @cached_property
    def hidden(self) -> dict[str, int]:
        """Undated values that are missing because this is not the day of the export."""
        if self._is_export_day:
            return {}
        raw = self._slice("clients")
        shown = self.tables["clients"]
        return {
            name: int((raw[name].notna() & shown[name].isna()).sum())
            for name in tables()["clients"].undated
            if name in raw
        }

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table was given, with these columns."""
        return table in self.tables and set(columns) <= set(self._store.tables[table].frame)

    def lacks(self, what: Text, **columns: tuple[str, ...]) -> CannotSay | None:
        """A sentence that names what is missing for an answer; None if all is there.

        Parameters
        ----------
        what : Text
            The answer, as the subject of the sentence.
        **columns : tuple of str
            Columns needed, by table.
        """
        missing = [
            f"{table}.{name}" if name else table
            for table, names in columns.items()
            for name in (names or ("",))
            if not self.has(table, *filter(None, (name,)))
        ]
        if not missing:
            return None
        listed = ", ".join(missing)
        return CannotSay.because(
            Text(f"{what.en}: needs {listed}, which the files do not hold.",
                 f"{what.ru}: нужны данные {listed}, в файлах их нет."),
            self.provenance(),
        )  # fmt: skip

    def provenance(
        self, base: int | None = None, base_of: Text = Text("", ""), **more: Any
    ) -> Provenance:
        """Where a result of this base comes from."""
        name = self.config.name
        source = Text(name or "own client base", name or "собственная клиентская база")
        window = (f"{self.observed_from:%Y-%m-%d}", f"{self.day:%Y-%m-%d}")
        return Provenance(
            source=source,
            base=base,
            base_of=base_of,
            window=window,
            currency=self._store.currency,
            synthetic=self.config.synthetic,
            **more,
        )

    @property
    def currency(self) -> str:
        """ISO code of the money in this base; empty if no file tells it."""
        return self._store.currency or ""

    def codes(self, table: str) -> tuple[np.ndarray, pd.Index]:
        """Whose each row is, as index into identifiers; for fast sums by client.

        Returns
        -------
        codes : ndarray of int, shape (rows of the table,)
        ids : Index
            Identifiers, some of which may not be known to this base.
        """
        codes = self._store.tables[table].codes
        if codes is None:
            raise InvalidValue(f"The table {table!r} has no client_id: its rows belong to nobody.")
        return codes[: self._count(table)], self._store.ids

    def __repr__(self) -> str:
        mark = "SYNTHETIC DATA: " if self.config.synthetic else ""
        clients = self.tables["clients"]["client_id"].nunique()
        return (
            f"<{mark}ClientBase of {number(clients)} {plural(clients, 'client', 'clients')}, "
            f"{self.observed_from:%Y-%m-%d} to {self.day:%Y-%m-%d}>"
        )

    def _count(self, name: str) -> int:
        known = self._store.tables[name].known
        return int(np.searchsorted(known, self.day.to_datetime64().astype(DAY), side="right"))

    def _slice(self, name: str) -> pd.DataFrame:
        return self._store.tables[name].frame.iloc[: self._count(name)]

    def _known(self, name: str) -> pd.DataFrame:
        """A table as it was known at the end of the day."""
        if name not in self._store.tables:
            raise KeyError(name)
        frame = self._slice(name)
        end = self.day + pd.Timedelta(days=1)
        masked = {}
        for column, day in tables()[name].later.items():
            if column in frame and day in frame:
                late = (frame[day] >= end).to_numpy()
                if column != day and not self._is_export_day:
                    late = late | frame[day].isna().to_numpy()  # known, none knows since when
                if late.any():
                    masked[column] = frame[column].mask(late)
            elif column in frame and not self._is_export_day:
                masked[column] = frame[column].mask(np.ones(len(frame), bool))
        if name == "clients":
            masked |= self._dated(frame)
        return frame.assign(**masked) if masked else frame

    def _dated(self, frame: pd.DataFrame) -> dict[str, pd.Series]:
        """Undated columns of clients: hidden before the export, then filled from dates."""
        filled = {}
        for name in tables()["clients"].undated:
            dated = self._last_told(name, frame)
            if self._is_export_day and name in frame:
                if dated is not None:
                    filled[name] = frame[name].where(frame[name].notna(), dated)
            elif dated is not None:
                filled[name] = dated
            elif name in frame:
                filled[name] = frame[name].mask(np.ones(len(frame), bool))
        return filled

    def _last_told(self, column: str, frame: pd.DataFrame) -> pd.Series | None:
        """The last dated value of an undated column, by row of clients; None without any."""
        told = []
        if HISTORY in self.tables:
            rows = self.tables[HISTORY]
            rows = rows[rows["column"] == column]
            told.append(rows[["client_id", "value", "known_on"]])
        if column == "manager" and "assignments" in self.tables:
            rows = self.tables["assignments"].rename(
                columns={"manager": "value", "from_on": "known_on"}
            )
            told.append(rows[["client_id", "value", "known_on"]])
        rows = pd.concat(told) if told else pd.DataFrame()
        if rows.empty:
            return None
        last = rows.sort_values("known_on", kind="stable").groupby("client_id")["value"].last()
        values = frame["client_id"].map(last)
        kind = tables()["clients"][column].kind
        read = read_values(values.astype(object).where(values.notna(), ""), kind)
        return read.values if column not in frame else read.values.astype(frame[column].dtype)
