"""Whatever claims to tell who leaves, as a score for every client and day.

It answers: what did this rule, this column of a table, this series of health scores say
on each day of the backtest. Models are fitted in `predicting`; everything else is here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.models import NAMES
from clientlab.churn.rules import RULES, Rule
from clientlab.clients.base import ClientBase
from clientlab.clients.schema import HISTORY, tables
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

KEYS = ["client_id", "day"]


@dataclass(frozen=True)
class Column:
    """A column of any table of the base as a predictor: the last value known on the day.

    Attributes
    ----------
    table, column : str
        Of the schema, with a ``client_id``: ("board", "colour"), ("feedback", "csi").
    order : mapping of value to number, optional
        What each value stands for, higher for more at risk; for columns of codes.
    threshold : float, optional
        The alarm is raised from this number on; by default for the riskiest tenth of a day.
    within : int, optional
        Days after which a value is too old to count; by default it never is.
    lower_is_riskier : bool
        For numbers of which few is a bad sign, such as satisfaction.

    Raises
    ------
    InvalidValue
        If the schema has no such table with clients, or no such column in it.

    Examples
    --------
    >>> Column("board", "colour", {"green": 0, "yellow": 1, "red": 2}, threshold=2, within=35)
    Column(board.colour)
    """

    table: str
    column: str
    order: Mapping[Any, float] | None = None
    threshold: float | None = None
    within: int | None = None
    lower_is_riskier: bool = False

    def __post_init__(self) -> None:
        known = [name for name, table in tables().items() if table.of_a_client]
        if self.table not in known:
            raise InvalidValue(_unknown(f"{self!r}: the table", self.table, known))
        columns = [name for name in tables()[self.table].by_name if name != "client_id"]
        if self.column not in columns:
            raise InvalidValue(
                _unknown(f"{self!r}: the column", self.column, columns)
                + " A number of your own: give it as a Series by client_id and day."
            )

    def __repr__(self) -> str:
        return f"Column({self.table}.{self.column})"

    def score(self, base: ClientBase) -> pd.Series | CannotSay:
        """The number of each client on the day of the base.

        Parameters
        ----------
        base : ClientBase

        Returns
        -------
        Series by client_id, or CannotSay if the files do not hold the column

        Raises
        ------
        InvalidValue
            If a value has no place in `order`, or the column needs one.
        """
        name = f"{self.table}.{self.column}"
        missing = base.lacks(Text(name, name), **{self.table: (self.column,)})
        if missing:
            return missing
        rows = base.tables[self.table][["client_id", self.column]]
        if self.within is not None:
            rows = rows[self._days(base) > base.day - pd.Timedelta(days=self.within)]
        last = rows[rows[self.column].notna()].groupby("client_id")[self.column].last()
        return self._numbers(last)

    def _days(self, base: ClientBase) -> pd.Series:
        return base.tables[self.table][tables()[self.table].known_at]

    def _numbers(self, values: pd.Series) -> pd.Series:
        if self.order is not None:
            strange = sorted({str(one) for one in values.unique() if one not in self.order})
            if strange:
                raise InvalidValue(
                    f"{self!r}: {strange[0]!r} has no place in order={dict(self.order)!r}; "
                    "give every value a number, higher for more at risk."
                )
            values = values.astype(object).map(dict(self.order))
        elif not pd.api.types.is_numeric_dtype(values):
            raise InvalidValue(
                f"{self!r} holds words. Say which are riskier: "
                'Column("board", "colour", {"green": 0, "yellow": 1, "red": 2}).'
            )
        values = values.astype(float)
        return -values if self.lower_is_riskier else values


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(str(name), known, 1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"{what} {name!r} is not known.{meant} Known: {', '.join(known)}."


BOARD = Column("board", "colour", {"green": 0, "yellow": 1, "red": 2}, threshold=2, within=35)


def is_model(candidate: Any) -> bool:
    """Whether it is something to be fitted."""
    return hasattr(candidate, "fit") and not isinstance(candidate, Rule | Column | pd.Series)


def named(candidates: Any) -> dict[str, Any]:
    """Candidates by name: a mapping, names of rules, or both kinds in a list.

    Raises
    ------
    InvalidType, InvalidValue
        If there is none, or one is no model, rule, column, series or known name.
    """
    if isinstance(candidates, str) or not isinstance(candidates, Mapping | Sequence):
        candidates = [candidates]
    if not isinstance(candidates, Mapping):
        candidates = {_name_of(one): one for one in candidates}
    if not candidates:
        raise InvalidValue(
            f"There is no candidate to test. Give a mapping, such as {{'model': default_model(), "
            f"'silence': RULES['silence']}}; rules: {', '.join(RULES)}."
        )
    return {str(name): _checked(str(name), one) for name, one in candidates.items()}


def _name_of(candidate: Any) -> str:
    if isinstance(candidate, str):
        return candidate
    if isinstance(candidate, Rule):
        return candidate.name
    if isinstance(candidate, Column):
        return f"{candidate.table}.{candidate.column}"
    return type(candidate).__name__


def _checked(name: str, candidate: Any) -> Any:
    if isinstance(candidate, str):
        return RULES.get(candidate, candidate)  # else a column of the snapshots
    if is_model(candidate) or isinstance(candidate, Rule | Column | pd.Series):
        return candidate
    raise InvalidType(
        f"Candidate {name!r} is a {type(candidate).__name__}. Give a model with fit and "
        "predict_proba, a rule (RULES['silence']), a Column of a table, the name of a rule or of "
        "a feature, or a Series by client_id and day."
    )


def label(name: str, candidate: Any = None) -> Text:
    """What a candidate is called in the room.

    Examples
    --------
    >>> label("silence", RULES["silence"]).ru, label("mine").en
    ('молчание', 'mine')
    """
    if isinstance(candidate, Rule) and name == candidate.name:
        return candidate.label
    return NAMES.get(name, Text(name, name))


def scores(
    candidate: Any, X: pd.DataFrame, base_on: Mapping[pd.Timestamp, ClientBase]
) -> pd.Series | CannotSay:
    """What a candidate that is not fitted says of every row; NaN where it says nothing.

    Parameters
    ----------
    candidate : Rule, Column, Series or str
    X : DataFrame of features by client_id and day
    base_on : mapping of day to the base as known at its end
        Empty if no base was given.

    Returns
    -------
    Series, index as `X`, or CannotSay if the records hold nothing of the kind on any day

    Raises
    ------
    InvalidValue
        If a feature is unknown or holds words, a Series is not dated, or a rule needs a
        base and there is none.
    """
    if isinstance(candidate, str):
        return _feature(candidate, X)
    if isinstance(candidate, pd.Series):
        return as_known(candidate, X.index)
    if not base_on:
        raise InvalidValue(
            f"{_name_of(candidate)!r} is read from the records as they were on each day: pass "
            "base=base, the base that the snapshots were taken from."
        )
    parts, missing = [], None
    for day, rows in X.groupby(level="day", sort=True):
        found = candidate.score(base_on[pd.Timestamp(day)])
        if isinstance(found, CannotSay):
            missing, found = found, pd.Series(dtype=float)
        clients = rows.index.get_level_values("client_id")
        parts.append(pd.Series(found.reindex(clients).to_numpy(float), index=rows.index))
    whole = pd.concat(parts).reindex(X.index)
    return missing if missing is not None and whole.isna().all() else whole


def only_today(candidate: Any, said: pd.Series) -> CannotSay | None:
    """Why a column that its source overwrites says nothing of any past day; None if it does.

    Parameters
    ----------
    candidate : Rule, Column, Series or str
    said : Series
        What it said on the test days.
    """
    if not isinstance(candidate, Column) or said.notna().any():
        return None
    if candidate.column not in tables()[candidate.table].undated:
        return None
    name = f"{candidate.table}.{candidate.column}"
    return CannotSay.because(Text(
        f"{name}: what it was on the test days is not known, the export keeps only today's value. "
        f"Write its changes down with their dates in the table {HISTORY}.",
        f"{name}: каким было значение на даты проверки, неизвестно: выгрузка хранит только "
        f"сегодняшнее. Записывайте его изменения с датами в таблицу {HISTORY}.",
    ))  # fmt: skip


def _feature(name: str, X: pd.DataFrame) -> pd.Series:
    if name not in X:
        raise InvalidValue(
            f"{name!r} is neither a rule nor a feature. Rules: {', '.join(RULES)}. Features: "
            f"{', '.join(map(str, X.columns))}."
        )
    if not pd.api.types.is_numeric_dtype(X[name]):
        raise InvalidValue(
            f"The feature {name!r} holds words, and words have no order of risk; use a model."
        )
    return X[name].astype(float)


def as_known(series: pd.Series, index: pd.MultiIndex) -> pd.Series:
    """Values recorded on days, as they were known on others: the last one until then.

    Parameters
    ----------
    series : Series of numbers
        Index: client_id and the day on which the value became known.
    index : MultiIndex of client_id and day

    Returns
    -------
    Series, index as given; NaN before the first value of a client

    Raises
    ------
    InvalidValue
        If the values are not dated: today's score must not be held against the past.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-10", "2024-03-10"])
    >>> health = pd.Series([7.0, 2.0], pd.MultiIndex.from_arrays([["a", "a"], days], names=KEYS))
    >>> asked = pd.MultiIndex.from_product([["a", "b"], [pd.Timestamp("2024-02-01")]], names=KEYS)
    >>> as_known(health, asked).tolist()
    [7.0, nan]
    """
    if series.index.nlevels != 2:
        raise InvalidValue(
            "A Series needs two levels of index, client_id and the day on which the value became "
            "known. Without days, today's score would be held against the past."
        )
    told = pd.DataFrame({
        "client_id": series.index.get_level_values(0).astype(str),
        "day": pd.to_datetime(series.index.get_level_values(1)).astype("datetime64[s]"),
        "value": series.to_numpy(float)}).dropna()  # fmt: skip
    asked = pd.DataFrame({
        "client_id": index.get_level_values("client_id").astype(str),
        "day": pd.to_datetime(index.get_level_values("day")).astype("datetime64[s]"),
        "place": np.arange(len(index))})  # fmt: skip
    asked, told = (one.sort_values("day", kind="stable") for one in (asked, told))
    found = pd.merge_asof(asked, told, on="day", by="client_id")
    return pd.Series(found.set_index("place")["value"].sort_index().to_numpy(), index=index)
