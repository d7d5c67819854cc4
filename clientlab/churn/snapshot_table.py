"""Client × day: what was known that day, and who left within the horizon after it.

It answers: from which rows can leaving be predicted. Everything in `X` was known at the end
of its day; everything in `y` and `keys` happened later. A day whose horizon runs past the
last record has no label, for nobody: its rows are kept apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.at_risk import (
    at_risk,
    checked_contract,
    ends,
    who_is_left_out,
    with_left_out,
)
from clientlab.churn.feature_values import called, joined, lacking, windowed
from clientlab.churn.feature_windows import Aggregate
from clientlab.churn.features import FEATURES, Feature, as_feature
from clientlab.churn.snapshot_days import checked_days, horizon_of, month_ends
from clientlab.churn.snapshot_rows import Snapshots
from clientlab.clients.base import ClientBase
from clientlab.clients.knowledge import dated_only
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, number, plural

__all__ = ["Snapshots", "every_months", "month_ends", "snapshots"]

INDEX = ["client_id", "day"]
ROWS = Text("row of a client and a day|rows of clients and days",
            "строка «клиент и день»|строки «клиент и день»|строк «клиент и день»")  # fmt: skip


def snapshots(
    base: ClientBase,
    days: Any,
    *,
    horizon: Any = "90D",
    features: Mapping[str, Feature | Aggregate | Callable[..., Any]] = FEATURES,
    contract: str = "ongoing",
    silent_after: int | None = None,
) -> Snapshots:
    """Features and labels of the clients at risk on each day (systems C2 and C3).

    At risk are clients with a spell that is open at the end of the day and of whom no
    notice was known. Left means that the spell ended within (day, day + horizon].

    Parameters
    ----------
    base : ClientBase
    days : date-like or sequence of them
        Ends of months are good days: the last bills of the month are then known.
    horizon : timedelta-like
        A whole number of days.
    features : mapping of name to Feature, window or function
        By default all; those whose tables or columns the files lack are left out. Your own:
        ``FEATURES | {"bills": lambda base: base.tables["invoices"].groupby("client_id").size()}``.
    contract : {"ongoing", "project", "all"}
        Whose leaving: contracts that are ended, project clients that fall silent, both.
    silent_after : int, optional
        Days of silence that make a project client lost; by default what clientlab.toml
        says, else `silence_threshold` of the whole base.

    Returns
    -------
    Snapshots

    Raises
    ------
    InvalidValue
        If a day lies outside of the records, or the horizons of all days run past the
        last record. Of some days: their rows are in `censored`.

    Examples
    --------
    A client who leaves on the last day of the horizon, one who leaves later:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01",
    ...                              "ended_on": ["2024-05-30", "2024-05-31"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-01",
    ...                               "amount": 100})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> found = snapshots(base, ["2024-03-01"])
    >>> found.y.tolist(), found.keys["days_at_risk"].tolist()
    ([1, 0], [90, 90])
    >>> found.X[["tenure_months", "days_since_invoice"]].round(1).values.tolist()
    [[2.0, 29.0], [2.0, 29.0]]
    """
    asked, length = checked_days(base, days), horizon_of(horizon)
    silent = checked_contract(base, contract, silent_after)
    wanted = {name: as_feature(name, one) for name, one in features.items()}
    used, notes = lacking(base, wanted)
    _raise_if_all_censored(base, asked, length, contract, silent)
    last = base.observed_until - length
    risk, columns = _values(base, asked, used, contract, silent)
    empty = [name for name, column in columns.items() if pd.isna(column).all()]
    notes += _about_empty(empty, asked)
    kept = {name: column for name, column in columns.items() if name not in empty}
    index = _index(asked, risk)
    X = pd.DataFrame(kept, index=index)
    seen = np.repeat([day <= last for day in asked], [len(frame) for frame in risk])
    keys = _keys(base, asked, risk, length, contract, silent, index)[seen]
    notes += _about_censored(asked, risk, last, length) + who_is_left_out(base, contract)
    return Snapshots(
        X[seen],
        keys["left_on"].notna().astype(int).rename("left"),
        keys,
        X[~seen],
        length,
        {name: used[name] for name in kept},
        base.provenance(int(seen.sum()), ROWS),
        tuple(notes),
        base,
        contract,
        silent,
    )


def every_months(
    base: ClientBase, months: int = 3, *, horizon: Any = "90D", **more: Any
) -> Snapshots | CannotSay:
    """Snapshots on the last days of months, or a sentence where there is nobody to look at.

    Parameters
    ----------
    base : ClientBase
    months : int
        Between two days, counted back from the last day that has a label.
    horizon, more
        As for `snapshots`.

    Returns
    -------
    Snapshots or CannotSay

    Raises
    ------
    InvalidValue
        As for `snapshots`.
    """
    days = month_ends(base, every=months, horizon=horizon)
    if not days:
        length = horizon_of(horizon).days
        short = Text(
            f"Snapshots: the records ({base.observed_from:%Y-%m-%d} to {base.day:%Y-%m-%d}) are "
            f"shorter than a year and {length} days. Add earlier records, or take a shorter "
            "horizon.",
            f"Срезы: записи ({base.observed_from:%d.%m.%Y} – {base.day:%d.%m.%Y}) короче года и "
            f"{length} дней. Добавьте более ранние записи или возьмите горизонт короче.",
        )
        return CannotSay.because(short, base.provenance())
    found = snapshots(base, days, horizon=horizon, **more)
    if len(found.X):
        return found
    nobody = Text("Snapshots: nobody was at risk of leaving on any of these days.",
                  "Срезы: ни на одну из дат уходить было некому.")  # fmt: skip
    return CannotSay.because(with_left_out(nobody, base, found.contract), base.provenance())


def _values(
    base: ClientBase,
    days: list[pd.Timestamp],
    features: Mapping[str, Feature],
    contract: str,
    silent: int | None,
) -> tuple[list[pd.DataFrame], dict[str, Any]]:
    """Who is at risk on each day, and their features, each as one column."""
    base = dated_only(base)
    risk, by_day = [], []
    for day in days:
        known = base.as_of(day)
        risk.append(at_risk(known, contract, silent))
        by_day.append(called(base, known, risk[-1]["client_id"], features))
    made: dict[str, Any] = windowed(base, days, risk, features)
    made |= {name: joined([one[name] for one in by_day]) for name in by_day[0]}
    return risk, {name: made[name] for name in features}


def _raise_if_all_censored(
    base: ClientBase,
    days: list[pd.Timestamp],
    length: pd.Timedelta,
    contract: str,
    silent: int | None,
) -> None:
    """The day of the base alone is no mistake: it is the day to predict from."""
    last = base.observed_until - length
    if days[0] <= last or days == [base.observed_until]:
        return
    count = len(at_risk(base.as_of(days[0]), contract, silent))
    use = (
        f"Use a day up to {last:%Y-%m-%d}."
        if last >= base.observed_from
        else f"The records are shorter than {length.days} days: use a shorter horizon."
    )
    raise InvalidValue(
        f"Day {days[0]:%Y-%m-%d} plus {length.days} days runs past the last record "
        f"({base.observed_until:%Y-%m-%d}): {number(count)} {plural(count, 'client', 'clients')} "
        f"would be unknown, not 'stayed'. {use}"
    )


def _index(days: list[pd.Timestamp], risk: list[pd.DataFrame]) -> pd.MultiIndex:
    """Rows by day, then by client."""
    counts = [len(frame) for frame in risk]
    ids = pd.Index(np.concatenate([frame["client_id"].to_numpy() for frame in risk]), dtype="str")
    codes, levels = pd.factorize(ids, sort=True)
    at = np.repeat(np.arange(len(days)), counts)
    return pd.MultiIndex(
        levels=[levels, pd.DatetimeIndex(days)], codes=[codes, at], names=INDEX,
        verify_integrity=False,
    )  # fmt: skip


def _keys(
    base: ClientBase,
    days: list[pd.Timestamp],
    risk: list[pd.DataFrame],
    length: pd.Timedelta,
    contract: str,
    silent: int | None,
    index: pd.MultiIndex,
) -> pd.DataFrame:
    """What happened within the horizon to each client at risk."""
    told = ends(base, contract, silent)
    left, causes = [], []
    for day, frame in zip(days, risk, strict=True):
        covers = ((told["started_on"] <= day) & ~(told["ended_on"] <= day)).to_numpy()
        spell = told[covers].drop_duplicates("client_id", keep="last").set_index("client_id")
        at = spell.index.get_indexer(frame["client_id"])
        ended = spell["ended_on"].to_numpy()[at].astype("datetime64[s]")
        late = ~(ended <= (day + length).to_datetime64())
        left.append(np.where(late, np.datetime64("NaT"), ended))
        causes.append(np.where(late, "", spell["cause"].to_numpy(object)[at]))
    when = index.get_level_values("day")
    left_on = pd.Series(np.concatenate(left).astype("datetime64[s]"), index=index)
    survived = (left_on - when.to_numpy()).dt.days.fillna(length.days)
    return pd.DataFrame(
        {
            "client_id": index.get_level_values("client_id"),
            "day": when,
            "cause": pd.array(np.concatenate(causes).astype(object), dtype="str"),
            "left_on": left_on.to_numpy(),
            "days_at_risk": survived.to_numpy(np.int64),
        },
        index=index,
    )


def _about_empty(empty: list[str], days: list[pd.Timestamp]) -> list[Text]:
    if not empty:
        return []
    listed = ", ".join(empty)
    return [
        Text(
            f"Nothing was known on any of these days, so left out: {listed}.",
            f"Ни на один из этих дней ничего не известно, поэтому без них: {listed}.",
        )
    ]


def _about_censored(
    days: list[pd.Timestamp], risk: list[pd.DataFrame], last: pd.Timestamp, length: pd.Timedelta
) -> list[Text]:
    apart = [(day, len(frame)) for day, frame in zip(days, risk, strict=True) if day > last]
    if not apart:
        return []
    count, clients = len(apart), max(size for _, size in apart)
    return [
        Text(
            f"Kept apart, as the label is not known yet: {count} {plural(count, 'day', 'days')} "
            f"from {apart[0][0]:%Y-%m-%d} on, up to {number(clients)} clients. Labels reach to "
            f"{last:%Y-%m-%d}.",
            f"Отложено, потому что исход ещё не известен: дней — {count}, с "
            f"{apart[0][0]:%d.%m.%Y}, клиентов — до {number(clients, 'ru')}. Исходы известны для "
            f"дней до {last:%d.%m.%Y}.",
        )
    ]
