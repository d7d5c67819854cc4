"""Who was a client on which day.

It answers: how many clients were there on the first day of a period, and who of them
left in it. A client is there from `started_on` to `ended_on`, both included; clients are
counted, not spells.
"""

from __future__ import annotations

import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.schema import tables
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

COLUMNS = ["client_id", "started_on", "ended_on"]


def spells(base: ClientBase, *extra: str) -> pd.DataFrame:
    """Spells of a base: ``client_id, started_on, ended_on`` and more columns of clients."""
    frame = base.tables["clients"]
    wanted = list(dict.fromkeys([*COLUMNS, *(name for name in extra if name)]))
    missing = [name for name in wanted if name not in frame]
    frame = frame.assign(**{name: pd.NaT if name == "ended_on" else None for name in missing})
    frame = frame[wanted].copy()
    frame["ended_on"] = frame["ended_on"].astype("datetime64[s]")
    return frame


def lacks_by(base: ClientBase, by: str | None, what: Text) -> CannotSay | None:
    """A sentence if the files do not hold the column to break a number down by.

    Raises
    ------
    InvalidValue
        If neither they nor the schema know such a column.
    """
    if by in tables()["clients"].by_name and by not in COLUMNS:
        return base.lacks(what, clients=(str(by),))
    columns = [name for name in base.tables["clients"] if name not in COLUMNS]
    if by is not None and by not in columns:
        raise InvalidValue(
            f"by={by!r} is not a column of the clients of this base. Use one of: "
            f"{', '.join(columns) or 'none there'}."
        )
    return None


def contract_of(frame: pd.DataFrame) -> pd.Series:
    """'ongoing' or 'project' by row; ongoing where no file tells it."""
    if "contract" not in frame:
        return pd.Series("ongoing", index=frame.index)
    return frame["contract"].fillna("ongoing")


def ongoing(base: ClientBase, *extra: str) -> pd.DataFrame:
    """Spells of clients who work until one side ends it; projects end by silence."""
    frame = spells(base, "contract", *extra)
    return frame[(contract_of(frame) == "ongoing").to_numpy()]


def current(base: ClientBase, *extra: str) -> pd.DataFrame:
    """Clients there on the day of the base, one row each: that of their last spell."""
    frame = spells(base, *extra)
    there = (frame["started_on"] <= base.day) & ~(frame["ended_on"] < base.day)
    return frame[there.to_numpy()].drop_duplicates("client_id", keep="last")


def counted(frame: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, int]:
    """Clients of one period.

    Parameters
    ----------
    frame : DataFrame
        Spells: ``client_id, started_on, ended_on``.
    first, last : Timestamp
        First and last day of the period.

    Returns
    -------
    dict
        ``base`` active on the first day, ``lost`` of them within the period,
        ``came`` after the first day, ``came_and_went`` of these within the period.

    Examples
    --------
    >>> days = pd.to_datetime
    >>> frame = pd.DataFrame({
    ...     "client_id": ["a", "b", "c"],
    ...     "started_on": days(["2023-05-01", "2023-06-01", "2024-01-10"]),
    ...     "ended_on": days(["2024-02-01", None, "2024-03-01"])})
    >>> counted(frame, pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-31"))
    {'base': 2, 'lost': 1, 'came': 1, 'came_and_went': 1}
    """
    began, ended = frame["started_on"], frame["ended_on"]
    there = (began <= first) & ~(ended < first)
    left = (ended >= first) & (ended <= last)
    came = (began > first) & (began <= last)
    ids = frame["client_id"]
    return {
        "base": ids[there].nunique(),
        "lost": ids[there & left].nunique(),
        "came": ids[came].nunique(),
        "came_and_went": ids[came & left].nunique(),
    }


def reasons() -> dict:
    """Labels of the reasons for leaving."""
    return dict(tables()["clients"]["end_reason"].allowed)
