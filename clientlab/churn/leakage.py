"""Whether a feature looks ahead: proved by changing what came after.

It answers: is a value of a day the same if everything later is taken away, if it is
replaced by another future, and does it follow the client under another name. What is frozen
into a function cannot change, so functions are looked into; what was written after the fact
under an early date changes nothing either, so values that only leavers have are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.at_risk import ends
from clientlab.churn.feature_values import called, lacking, windowed
from clientlab.churn.features import FEATURES, Feature, as_feature
from clientlab.churn.leak_holding import held
from clientlab.churn.leak_outcome import tell_the_outcome
from clientlab.churn.leakage_result import HOW, Leakage
from clientlab.churn.snapshot_days import checked_days
from clientlab.churn.snapshot_rows import Snapshots
from clientlab.clients.altered import relabelled, scrambled, truncated
from clientlab.clients.base import ClientBase
from clientlab.clients.knowledge import dated_only
from clientlab.clients.nouns import CLIENTS
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

NEAR = 1e-9  # sums over clients in another order differ in the last bits
NONE = np.nan


def check_no_leakage(
    base: ClientBase,
    days: Any,
    features: Mapping[str, Feature | Callable[..., Any]] = FEATURES,
    *,
    seed: int = 0,
) -> Leakage | CannotSay:
    """Which features know on a day what was known only later (system C3).

    Every feature is computed on each day four times: from the base as it is; from one that
    ends on that day; from one with another future (rows changed, dropped, added, entered
    late under early days; ends, reasons and payments of later days redrawn, undated values
    shuffled); from one whose clients and managers have each other's names. The first three
    must be equal to the byte, the fourth must follow the names. Besides, functions that
    carry data along are named, and values that only leavers or only stayers have.

    Parameters
    ----------
    base : ClientBase
    days : date-like or sequence of them, or Snapshots
        Before the last day of the base: there must be a future to change. Of snapshots the
        last day of each year.
    features : mapping of name to Feature or function
        Your own functions are checked as they are: of a base, or of a base and a day.
    seed : int
        Of the other future and the other names.

    Returns
    -------
    Leakage
        `ok`, `named`, `raise_if_any`; `frame`: ``feature, day, how, clients, base, why_en,
        why_ru``.

    Raises
    ------
    InvalidValue
        If a day lies outside of the records or is their last one.

    Examples
    --------
    A feature that knows who will have left:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01",
    ...                              "ended_on": ["2024-05-30", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-01",
    ...                               "amount": 100})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> def is_gone(base, day):
    ...     return base.tables["clients"].set_index("client_id")["ended_on"].notna()
    >>> check_no_leakage(base, "2024-03-31", {"is_gone": is_gone}).frame[
    ...     ["feature", "how", "clients", "base"]].values.tolist()
    [['is_gone', 'truncated', 1, 2], ['is_gone', 'scrambled', 1, 2]]
    >>> check_no_leakage(base, "2024-03-31").ok
    True
    """
    if isinstance(days, CannotSay):
        return days
    if isinstance(days, Snapshots):
        days = pd.Series(days.days, index=days.days.year).groupby(level=0).last().tolist()
    asked = checked_days(base, days)
    if asked[-1] == base.observed_until:
        raise InvalidValue(
            f"On {asked[-1]:%Y-%m-%d}, the last day of the base, there is no future to change. "
            "Give earlier days, such as month_ends(base, every=6)."
        )
    wanted = {name: as_feature(name, one) for name, one in features.items()}
    used, notes = lacking(base, wanted)
    random = np.random.default_rng(seed)
    lines: list[dict] = [
        _line(name, None, "holds", NONE, NONE, what)
        for name, one in used.items()
        if not one.windows and (what := held(one.made_by)) is not None
    ]
    most, known = 0, {line["feature"] for line in lines}
    for day in asked:
        found, count, valued = _of_day(base, day, used, random)
        lines += found
        most, known = max(most, count), known | valued | {line["feature"] for line in found}
    if empty := [name for name in used if name not in known]:
        notes = [*notes, _nothing_known(empty)]
        used = {name: one for name, one in used.items() if name in known}
    columns = ["feature", "day", "how", "clients", "base", "why_en", "why_ru"]
    frame = pd.DataFrame(lines, columns=columns)
    frame["day"] = pd.to_datetime(frame["day"])
    rank = {name: place for place, name in enumerate(used)}
    ways = {how: place for place, how in enumerate(HOW)}
    frame = frame.sort_values(["feature", "how", "day"], kind="stable", ignore_index=True,
                              key=lambda column: column.map(rank | ways) if column.name != "day"
                              else column)  # fmt: skip
    return Leakage(
        frame,
        base.provenance(most, CLIENTS),
        tuple(notes),
        features=tuple(used),
        days=tuple(asked),
        by_table=_by_table(used),
    )


def _nothing_known(names: list[str]) -> Text:
    """An empty column is the same with any future: that says nothing."""
    listed = ", ".join(names)
    return Text(
        f"Not checked, as nothing is known on these days: {listed}. Values that the source "
        "overwrites count as unknown until the table 'history' dates them.",
        f"Не проверены, в эти даты ничего не известно: {listed}. Значения, которые источник "
        "перезаписывает, неизвестны, пока таблица history их не датирует.",
    )


def _by_table(features: Mapping[str, Feature]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, one in features.items():
        found.setdefault(next(iter(one.tables), "clients"), []).append(name)
    return {table: tuple(names) for table, names in found.items()}


def _of_day(
    base: ClientBase,
    day: pd.Timestamp,
    features: Mapping[str, Feature],
    random: np.random.Generator,
) -> tuple[list[dict], int, set[str]]:
    """What is seen on one day, how many clients were looked at, which features have values."""
    clients = _known_clients(base, day)
    real = _values(base, day, features, clients)
    lines = [_line(name, day, "fails", len(clients), len(clients), failed)
             for name, failed in real.items() if isinstance(failed, Text)]  # fmt: skip
    real = {name: values for name, values in real.items() if isinstance(values, pd.Series)}
    called_ = {name: features[name] for name in real if not features[name].windows}
    again = _values(base, day, called_, clients)
    unsteady = _compared({name: real[name] for name in called_}, again, day, "unsteady")
    lines += unsteady
    real = {name: values for name, values in real.items()
            if name not in {line["feature"] for line in unsteady}}  # fmt: skip
    alive = {name: features[name] for name in real}
    then = _values(truncated(base, day), day, alive, clients)
    lines += _compared(real, then, day, "truncated")
    future = _values(scrambled(base, day, random), day, alive, clients)
    lines += _compared(real, future, day, "scrambled")
    other = relabelled(base, day, random)
    moved = clients.assign(client_id=clients["client_id"].map(other.ids).to_numpy())
    # Against the base that ends on the day, so that only the names make a difference.
    then = {name: _renamed(values, other.words) for name, values in then.items()
            if isinstance(values, pd.Series)}  # fmt: skip
    followed = _values(other.base, day, {name: features[name] for name in then}, moved)
    lines += _compared(then, followed, day, "relabelled", exact=False)
    told = ends(base, "ongoing", None)
    current = told[(told["started_on"] <= day) & ~(told["ended_on"] <= day)]
    rows = clients["client_id"].isin(current["client_id"]).to_numpy()
    left = clients.loc[rows, "client_id"].isin(
        current.loc[current["ended_on"].notna(), "client_id"])  # fmt: skip
    columns = {name: values[rows].reset_index(drop=True) for name, values in real.items()}
    for name, (size, why) in tell_the_outcome(columns, left.to_numpy()).items():
        lines.append(_line(name, day, "outcome", size, int(rows.sum()), why))
    return lines, len(clients), {name for name, one in real.items() if one.notna().any()}


def _known_clients(base: ClientBase, day: pd.Timestamp) -> pd.DataFrame:
    """Every client known by the end of the day, also those who had left."""
    clients = base.as_of(day).tables["clients"]
    rows = clients.drop_duplicates("client_id", keep="last")
    return rows[["client_id", "started_on"]].sort_values("client_id", ignore_index=True)


def _values(
    base: ClientBase, day: pd.Timestamp, features: Mapping[str, Feature], clients: pd.DataFrame
) -> dict[str, pd.Series | Text]:
    """Values by feature, in the order of `clients`; what went wrong in place of them."""
    base = dated_only(base)
    found: dict[str, pd.Series | Text] = {
        name: pd.Series(column)
        for name, column in windowed(base, [day], [clients], features).items()
    }
    known = base.as_of(day)
    for name, one in features.items():
        if one.windows:
            continue
        try:
            values = called(base, known, clients["client_id"], {name: one})[name]
            found[name] = values.reset_index(drop=True)
        except Exception as error:  # whatever a function of the analyst's own may raise
            told = f"{type(error).__name__}: {error}"
            found[name] = Text(told, told)
    return found


def _compared(
    real: Mapping[str, pd.Series],
    other: Mapping[str, pd.Series | Text],
    day: pd.Timestamp,
    how: str,
    *,
    exact: bool = True,
) -> list[dict]:
    lines = []
    for name, values in real.items():
        found = other[name]
        if isinstance(found, Text):
            lines.append(_line(name, day, how, len(values), len(values), found))
            continue
        count = int((~_same(values, found, exact)).sum())
        if count:
            lines.append(_line(name, day, how, count, len(values)))
    return lines


def _renamed(values: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """A feature may be a name: then it is the new one."""
    if pd.api.types.is_float_dtype(values.dtype):
        return values
    return values.astype(object).map(lambda value: words.get(value, value))


def _same(one: pd.Series, two: pd.Series, exact: bool) -> np.ndarray:
    numbers = pd.api.types.is_float_dtype(one.dtype) and pd.api.types.is_float_dtype(two.dtype)
    if not numbers:
        first, second = one.astype(object), two.astype(object)
        return ((first == second) | (first.isna() & second.isna())).to_numpy(bool)
    a, b = one.to_numpy(float), two.to_numpy(float)
    if exact:
        return (a == b) | (np.isnan(a) & np.isnan(b))
    return np.isclose(a, b, rtol=NEAR, atol=NEAR, equal_nan=True)


def _line(
    name: str,
    day: pd.Timestamp | None,
    how: str,
    clients: float,
    base: float,
    why: Text | None = None,
) -> dict:
    told = why or Text("", "")
    return {"feature": name, "day": day, "how": how, "clients": clients, "base": base,
            "why_en": told.en, "why_ru": told.ru}  # fmt: skip
