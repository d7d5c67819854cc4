"""Features that are functions of a base as it was known on a day.

It answers: what is known of each client besides what a window counts. A function takes a
base and returns a number or a word by client_id; clients it does not name have none.
Indicators of `clientlab.clients` are features too: `of_kpi`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.board import COLOURS, RECENT, filled, streaks
from clientlab.results import CannotSay

DAYS_IN_MONTH = 30.4375
QUIET = 14  # days that somebody who was asked has to answer
YEAR = pd.Timedelta(days=365)
STAGES = ("executor", "contractor", "adviser", "partner")
# Several features ask the same of one base, one day after the other. A base that is kept
# keeps its tables: no more of them than there are questions of one day.
once, thrice = lru_cache(maxsize=1), lru_cache(maxsize=3)


def of_kpi(
    kpi: Callable[[ClientBase], object], column: str
) -> Callable[[ClientBase], pd.Series | CannotSay]:
    """A column of an indicator with a row for each client, as a feature.

    Parameters
    ----------
    kpi : callable
        ``kpi(base)`` gives a result whose `frame` has a client_id.
    column : str

    Returns
    -------
    callable
        Hands on a `CannotSay`: the feature is then left out, with its sentence.

    Examples
    --------
    >>> from clientlab.clients.past_due import days_past_due
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2023-05-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "amount": [100], "paid_on": [None],
    ...         "issued_on": ["2024-01-10"], "due_on": ["2024-01-20"]})},
    ...     observed_from="2024-01-01", observed_until="2024-01-31")
    >>> of_kpi(days_past_due, "days_past_due")(base).to_dict()
    {'a': 11}
    """

    def found(base: ClientBase) -> pd.Series | CannotSay:
        result = _result(kpi, base)
        if isinstance(result, CannotSay):
            return result
        return result.frame.set_index("client_id")[column]

    found.__name__ = f"{kpi.__name__}_{column}"
    return found


@thrice
def _result(kpi: Callable[[ClientBase], Any], base: ClientBase) -> Any:
    return kpi(base)


def of_clients(column: str) -> Callable[[ClientBase], pd.Series]:
    """A column of the clients, that of the last spell known."""

    def found(base: ClientBase) -> pd.Series:
        return _last_spell(base)[column]

    found.__name__ = f"clients_{column}"
    return found


def tenure_months(base: ClientBase) -> pd.Series:
    """Months since the first day of the spell."""
    return (base.day - _last_spell(base)["started_on"]).dt.days / DAYS_IN_MONTH


def earlier_spells(base: ClientBase) -> pd.Series:
    """How often the client has left before."""
    return base.tables["clients"].groupby("client_id").size() - 1


def services_year(base: ClientBase) -> pd.Series:
    """Different services with an invoice in the last 365 days (the activity of B12)."""
    invoices = base.tables["invoices"]
    rows = invoices[(invoices["issued_on"] > base.day - YEAR) & (invoices["amount"] > 0)]
    return _for_all(base, rows.groupby("client_id")["service"].nunique())


def open_requests(base: ClientBase) -> pd.Series:
    """Requests of the last 90 days that nobody has answered yet."""
    requests = base.tables["requests"]
    recent = requests["asked_at"].dt.normalize() > base.day - pd.Timedelta(days=90)
    rows = requests[requests["answered_at"].isna() & recent]
    return _for_all(base, rows.groupby("client_id").size())


def last_score(column: str) -> Callable[[ClientBase], pd.Series]:
    """The mean score on the last day on which somebody of the client answered."""

    def found(base: ClientBase) -> pd.Series:
        by_day = _scores(base, column)
        return by_day.groupby(level="client_id").last()

    found.__name__ = f"last_{column}"
    return found


def nps_change(base: ClientBase) -> pd.Series:
    """The last NPS score less the client's own mean of the days before."""
    by_day = _scores(base, "nps")
    last = by_day.groupby(level="client_id").last()
    count = by_day.groupby(level="client_id").size()
    before = (by_day.groupby(level="client_id").sum() - last)[count > 1] / (count[count > 1] - 1)
    return last - before


def unanswered_year(base: ClientBase) -> pd.Series:
    """Of those asked in the last 365 days, at least 14 ago, the share who have not answered."""
    asked = base.tables["feedback"]
    wait = base.day - pd.Timedelta(days=QUIET)
    rows = asked[(asked["asked_on"] > base.day - YEAR) & (asked["asked_on"] <= wait)]
    return rows["answered_on"].isna().groupby(rows["client_id"]).mean()


@thrice
def _scores(base: ClientBase, column: str) -> pd.Series:
    """Mean score by client and day of the answer, in order of the days."""
    rows = base.tables["feedback"]
    rows = rows[rows[column].notna() & rows["answered_on"].notna()]
    values = rows[column].astype(float)
    return values.groupby([rows["client_id"], rows["answered_on"]]).mean()


def last_colour(base: ClientBase) -> pd.Series:
    """The last colour of the last weeks: −1 red, 0 yellow, 1 green."""
    rows = _result(filled, base)
    if isinstance(rows, CannotSay):
        return rows
    recent = rows["filled_on"] > base.day - pd.Timedelta(weeks=RECENT)
    last = rows[recent].drop_duplicates("client_id", keep="last")
    values = last["colour"].map({name: place - 1.0 for place, name in enumerate(COLOURS)})
    return values.astype(float).set_axis(last["client_id"])


def red_streak(base: ClientBase) -> pd.Series | CannotSay:
    """Red weeks in a row up to now; missing for who is not on the board."""
    found = _result(streaks, base)
    if isinstance(found, CannotSay):
        return found
    now = found.frame.set_index("client_id")["current"].astype(float)
    return now[now.index.isin(last_colour(base).index)]


def manager_months(base: ClientBase) -> pd.Series:
    """Months with the account manager of the day."""
    last = _assigned(base).drop_duplicates("client_id", keep="last").set_index("client_id")
    return (base.day - last["from_on"]).dt.days / DAYS_IN_MONTH


def handed_over(base: ClientBase) -> pd.Series:
    """1 if the account manager changed in the last 180 days."""
    rows = _assigned(base)
    before = rows.groupby("client_id")["manager"].shift()
    changed = before.notna() & (rows["manager"] != before)
    recent = rows["from_on"] > base.day - pd.Timedelta(days=180)
    return (changed & recent).groupby(rows["client_id"]).any().astype(float)


def manager_clients(base: ClientBase) -> pd.Series:
    """Clients that the account manager has on that day."""
    manager = _managers(base)
    return manager.map(manager.value_counts())


def manager_answer_hours(base: ClientBase) -> pd.Series:
    """Typical hours to the manager's first answer in the last 365 days, over all clients."""
    rows = base.tables["requests"]
    recent = rows["asked_at"].dt.normalize() > base.day - YEAR
    rows = rows[recent & rows["answered_at"].notna()]
    hours = _log_hours(rows)
    return np.exp(_managers(base).map(hours.groupby(rows["manager"]).mean()).astype(float))


def _log_hours(rows: pd.DataFrame) -> pd.Series:
    minutes = (rows["answered_at"] - rows["asked_at"]).dt.total_seconds() / 60
    return np.log(np.maximum(minutes, 1) / 60)


@once
def _managers(base: ClientBase) -> pd.Series:
    """The manager of each current client, as dated by assignments."""
    last = _assigned(base).drop_duplicates("client_id", keep="last").set_index("client_id")
    spells = _last_spell(base)
    current = spells.index[spells["ended_on"].isna()] if "ended_on" in spells else spells.index
    return last["manager"].astype(object).reindex(current).dropna()


@once
def _assigned(base: ClientBase) -> pd.DataFrame:
    return base.tables["assignments"].sort_values("from_on", kind="stable")


def contacts(base: ClientBase) -> pd.Series:
    """People of the client whom we know and who have not left it."""
    people = base.tables["people"]
    there = people["left_on"].isna() if "left_on" in people else people["met_on"].notna()
    return _for_all(base, people[there].groupby("client_id").size())


def decider_known(base: ClientBase) -> pd.Series:
    """1 if somebody who decides, and has not left, is known to us."""
    people = base.tables["people"]
    there = people["left_on"].isna() if "left_on" in people else people["met_on"].notna()
    rows = people[there & (people["role"] == "decides")]
    return (_for_all(base, rows.groupby("client_id").size()) > 0).astype(float)


def stage(base: ClientBase) -> pd.Series:
    """The stage on the ladder of relations: 1 executor to 4 partner."""
    rows = base.tables["stages"].drop_duplicates("client_id", keep="last")
    places = {name: place + 1.0 for place, name in enumerate(STAGES)}
    return rows["stage"].astype(object).map(places).astype(float).set_axis(rows["client_id"])


def days_to_contract_end(base: ClientBase) -> pd.Series:
    """Days to the agreed end of the last contract; negative once it has passed."""
    rows = base.tables["contracts"].drop_duplicates("client_id", keep="last")
    return (rows["ends_on"] - base.day).dt.days.astype(float).set_axis(rows["client_id"])


def expectation_gap(base: ClientBase) -> pd.Series:
    """Perceived less expected service when last asked, weighted by importance (A12)."""
    rows = base.tables["expectations"]
    last = rows.groupby("client_id")["asked_on"].transform("max")
    rows = rows[(rows["asked_on"] == last) & rows["perceived"].notna() & rows["expected"].notna()]
    weight = rows["importance"] if "importance" in rows else pd.Series(1.0, index=rows.index)
    weight = weight.astype(float).fillna(1.0)
    gap = (rows["perceived"] - rows["expected"]).astype(float) * weight
    by = rows["client_id"]
    return gap.groupby(by).sum() / weight.groupby(by).sum()


@once
def _last_spell(base: ClientBase) -> pd.DataFrame:
    clients = base.tables["clients"]
    return clients.drop_duplicates("client_id", keep="last").set_index("client_id")


def _for_all(base: ClientBase, found: pd.Series) -> pd.Series:
    """0 for a client of whom the table holds nothing."""
    return found.reindex(_last_spell(base).index, fill_value=0).astype(float)
