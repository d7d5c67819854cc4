"""Who could leave on a day, as known on that day, and who left afterwards.

It answers: which clients have a spell that is open at the end of a day and whose end was
not announced by then; when and why did it end. Clients with an ongoing contract end on the
day that is written down, project clients on the day on which their silence reached a
threshold (`silence_spells`).
"""

from __future__ import annotations

import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.silence import silence_spells, silence_threshold
from clientlab.clients.spells import contract_of, spells
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

CONTRACTS = ("ongoing", "project", "all")
UNKNOWN = "unknown"


def checked_contract(base: ClientBase, contract: str, silent_after: int | None) -> int | None:
    """Days of silence that count as leaving, if project clients are looked at.

    Raises
    ------
    InvalidValue
        If the contract is not known, or nothing tells how long a silence must be.
    """
    if contract not in CONTRACTS:
        raise InvalidValue(f"contract={contract!r} is not known; use {', '.join(CONTRACTS)}.")
    if contract == "ongoing" or (contract == "all" and not base.has("clients", "contract")):
        return None
    if not base.has("clients", "contract"):
        raise InvalidValue(
            "contract='project': the files do not tell who works order by order, the column "
            "'contract' of clients is missing. Add it (ongoing, project), or use "
            "contract='ongoing'."
        )
    chosen = silent_after or base.config.silent_after_days
    if chosen is not None:
        return int(chosen)
    found = silence_threshold(base)
    if isinstance(found, CannotSay):
        raise InvalidValue(
            f"{found.reason.en} Or give silent_after=120 to snapshots(…), or contract='ongoing'."
        )
    return found.days


def at_risk(known: ClientBase, contract: str, silent_after: int | None) -> pd.DataFrame:
    """Open spells at the end of the day of a base.

    Parameters
    ----------
    known : ClientBase
        As of the day.
    contract : {"ongoing", "project", "all"}
    silent_after : int or None

    Returns
    -------
    DataFrame
        ``client_id, started_on``, a row for each client, sorted by client_id.
    """
    frame = _ends(known, contract, silent_after)
    open_ = frame["ended_on"].isna() & frame["notice_on"].isna()
    frame = frame.loc[open_.to_numpy(), ["client_id", "started_on"]]
    frame = frame.drop_duplicates("client_id", keep="last")
    return frame.sort_values("client_id", kind="stable", ignore_index=True)


def announced(known: ClientBase, contract: str, silent_after: int | None) -> pd.Index:
    """Clients whose spell is open and who have given notice: they leave for certain."""
    frame = _ends(known, contract, silent_after)
    gone = frame["ended_on"].isna() & frame["notice_on"].notna()
    return pd.Index(frame.loc[gone.to_numpy(), "client_id"].unique(), dtype="str").sort_values()


def ends(base: ClientBase, contract: str, silent_after: int | None) -> pd.DataFrame:
    """All spells with their ends and reasons, as known now.

    Returns
    -------
    DataFrame
        ``client_id, started_on, ended_on, cause``; the cause is 'unknown' where no reason
        is told.
    """
    frame = _ends(base, contract, silent_after)
    return frame.drop(columns="notice_on").reset_index(drop=True)


def _ends(base: ClientBase, contract: str, silent_after: int | None) -> pd.DataFrame:
    parts = []
    if contract != "project":
        frame = spells(base, "contract", "notice_on", "end_reason")
        frame = frame[(contract_of(frame) == "ongoing").to_numpy()]
        cause = frame["end_reason"].astype(object)
        cause = cause.where(cause.notna(), UNKNOWN)
        parts.append(frame.assign(cause=cause)[
            ["client_id", "started_on", "ended_on", "notice_on", "cause"]])  # fmt: skip
    if contract != "ongoing" and base.has("clients", "contract"):
        found = silence_spells(base, silent_after or 0)
        parts.append(found.assign(notice_on=pd.NaT, cause=UNKNOWN))
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def who_is_left_out(base: ClientBase, contract: str) -> list[Text]:
    """What the reader must know about those who are not looked at."""
    if contract != "ongoing" or not base.has("clients", "contract"):
        return []
    clients = base.tables["clients"]
    project = contract_of(clients) == "project"
    count = int(clients.loc[project.to_numpy(), "client_id"].nunique())
    if not count:
        return []
    return [
        Text(
            f"Project clients ({count}) are left out: they fall silent, nobody writes down their "
            "end. contract='project' looks at them.",
            f"Проектные клиенты ({count}) не рассматриваются: они замолкают, дату ухода никто не "
            "пишет. Для них есть contract='project'.",
        )
    ]


def with_left_out(nobody: Text, base: ClientBase, contract: str) -> Text:
    """The sentence that there is nobody, and whom to look at instead."""
    told = [nobody, *who_is_left_out(base, contract)]
    return Text(" ".join(one.en for one in told), " ".join(one.ru for one in told))
