"""The values of features for the clients at risk on many days.

It answers: what is each feature of each client on each day. Windows of many days are made
in one pass (`window_pass`); a function of a base is called day by day.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.feature_windows import Aggregate, Span
from clientlab.churn.features import Feature
from clientlab.churn.window_pass import table_spans, windows
from clientlab.clients.base import ClientBase
from clientlab.clients.store import DAY
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text


def lacking(
    base: ClientBase, features: Mapping[str, Feature]
) -> tuple[dict[str, Feature], list[Text]]:
    """The features that the files can give, and what is left out for want of what."""
    used, missing = {}, {}
    for name, feature in features.items():
        lacks = [
            table if not base.has(table) else f"{table}.{column}"
            for table, columns in feature.tables.items()
            for column in (columns or ("",))
            if not base.has(table, *filter(None, (column,)))
        ]
        if lacks:
            missing.setdefault(", ".join(dict.fromkeys(lacks)), []).append(name)
        else:
            used[name] = feature
    if not missing:
        return used, []
    listed = "; ".join(f"{', '.join(names)} ({what})" for what, names in missing.items())
    return used, [
        Text(
            f"Left out, as the files do not hold what they need: {listed}.",
            f"Без этих признаков, в файлах нет нужных данных: {listed}.",
        )
    ]


def windowed(
    base: ClientBase,
    days: list[pd.Timestamp],
    risk: list[pd.DataFrame],
    features: Mapping[str, Feature],
) -> dict[str, np.ndarray]:
    """The features made of windows, each as one column over all days, then clients.

    Parameters
    ----------
    base : ClientBase
    days : list of Timestamp
        Rising.
    risk : list of DataFrame
        ``client_id, started_on`` of each day.
    features : mapping of name to Feature
        Those whose tables are there.
    """
    chosen = {name: one.made_by for name, one in features.items()
              if isinstance(one.made_by, Aggregate)}  # fmt: skip
    if not chosen:
        return {}
    numbers = _numbers(pd.Series(days))
    _, ids = base.codes("clients")
    who = [ids.get_indexer(frame["client_id"]) for frame in risk]
    ages = [day - _numbers(frame["started_on"]) + 1
            for day, frame in zip(numbers, risk, strict=True)]  # fmt: skip
    parts = [window for one in chosen.values() for window in one.parts]
    found = windows(base, parts, numbers, who)
    named = dict.fromkeys(window.rows.table for window in parts)
    spans = {table: table_spans(base, table, numbers) for table in named}
    made = {}
    for name, one in chosen.items():
        by_day = []
        for at in range(len(days)):
            # The whole is as old as its youngest table.
            of_table = min(int(spans[window.rows.table][at]) for window in one.parts)
            span = Span(ages[at], of_table)
            by_day.append(one.of([found[window][at] for window in one.parts], span))
        made[name] = np.concatenate(by_day)
    return made


def called(
    base: ClientBase, known: ClientBase, clients: pd.Series, features: Mapping[str, Feature]
) -> dict[str, pd.Series]:
    """The features that are functions, for the clients of one day.

    Parameters
    ----------
    base : ClientBase
        As it is now: for functions of a base and a day.
    known : ClientBase
        As of the day.
    clients : Series of client_id
    features : mapping of name to Feature
    """
    return {
        name: value_of(name, one.made_by, base, known, clients)
        for name, one in features.items()
        if not one.windows
    }


def value_of(
    name: str,
    function: Callable[..., Any],
    base: ClientBase,
    known: ClientBase,
    clients: pd.Series,
) -> pd.Series:
    """A function of a base for some clients: floats or words, missing where it has none.

    Raises
    ------
    InvalidType
        If it returns no Series by client_id.
    InvalidValue
        If a client has two values, or they are neither numbers nor words.
    """
    found = function(base, known.day) if takes_day(function) else function(known)
    if isinstance(found, CannotSay):
        return pd.Series(np.nan, index=clients)
    if not isinstance(found, pd.Series):
        raise InvalidType(
            f"Feature {name!r} returned a {type(found).__name__}; it must return a pandas Series "
            "with client_id as its index."
        )
    if found.index.has_duplicates:
        twice = found.index[found.index.duplicated()][0]
        raise InvalidValue(
            f"Feature {name!r} has two values for the client {twice!r}; give one for each."
        )
    values = found.reindex(clients)
    if pd.api.types.is_datetime64_any_dtype(values.dtype) or pd.api.types.is_timedelta64_dtype(
        values.dtype
    ):
        raise InvalidValue(
            f"Feature {name!r} gives dates; give the days between: (base.day - dates).dt.days."
        )
    numeric = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(
        values.dtype
    )
    if numeric:
        return pd.Series(values.to_numpy(float, na_value=np.nan), index=clients)
    return _words(values)


def _words(values: pd.Series) -> pd.Series:
    """Numbers that stand among missing values are numbers; the rest are words."""
    told = values.astype(object)
    there = told.notna()
    if not there.any() or all(isinstance(value, int | float | bool) for value in told[there]):
        return told.where(there, np.nan).astype(float)
    return told.where(there, np.nan)


def joined(parts: list[pd.Series]) -> Any:
    """One column over all days: floats, or categories."""
    if all(pd.api.types.is_float_dtype(part.dtype) for part in parts):
        return np.concatenate([part.to_numpy() for part in parts])
    whole = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    told = whole.map(str, na_action="ignore")
    return pd.Categorical(told, categories=sorted(told.dropna().unique()))


def takes_day(function: Callable[..., Any]) -> bool:
    """Whether a function wants the base as it is now and a day, not the base of the day."""
    try:
        given = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [one for one in given if one.kind in plain and one.default is inspect.Parameter.empty]
    return len(needed) >= 2


def _numbers(days: pd.Series) -> np.ndarray:
    return days.to_numpy().astype(DAY).astype(np.int64)
