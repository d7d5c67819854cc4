"""How long each spell lasted, and from which day of it on it was under observation.

It answers: who was at risk of leaving on which day of the relationship. A spell lasts from
its first day to its last, end − start, and is under observation from the age that it had
when the records began: those who left before that are in no file. Risk sets are (entry,
exit]. Seen on one day only, a spell would be in none of them; it counts for that one day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import SPELLS
from clientlab.clients.silence import in_days, invoiced, silence_threshold
from clientlab.clients.spells import contract_of, lacks_by, spells
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance
from clientlab.wording import Text, number, plural

DAYS_IN_MONTH = 30.4375
DAY = np.timedelta64(1, "D")
CONTRACTS = ("ongoing", "project", "all")
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Durations:
    """Spells in days.

    Attributes
    ----------
    frame : DataFrame
        ``client_id, started_on, last_on`` (its end, or the last day it was seen), ``entry,
        exit`` (days), ``left, reason`` and the column to break down by. At risk on (entry,
        exit]; `reason` is empty while the spell goes on.
    notes : tuple of Text
        What was set aside, and how an end is known.
    provenance : Provenance
    """

    frame: pd.DataFrame
    notes: tuple[Text, ...]
    provenance: Provenance

    @property
    def late(self) -> int:
        """Spells that began before the records."""
        return int((self.frame["entry"] > 0).sum())


def durations(
    base: ClientBase,
    what: Text,
    *,
    contract: str = "ongoing",
    by: str | None = None,
    silent_after: int | None = None,
) -> Durations | CannotSay:
    """Spells of a base in days, or a sentence where there are none.

    Parameters
    ----------
    base : ClientBase
    what : Text
        The answer, as the subject of a sentence that says what is missing.
    contract : {"ongoing", "project", "all"}
        Until one side ends it, order by order, or both.
    by : str, optional
        Column of clients that is carried along; of project clients their last value.
    silent_after : int, optional
        Days of silence after which a project client is lost; by default
        ``silent_after_days`` of clientlab.toml, without it `silence_threshold`.

    Returns
    -------
    Durations or CannotSay

    Raises
    ------
    InvalidValue
        If the contract or the column is not known.
    """
    if contract not in CONTRACTS:
        raise InvalidValue(f"contract={contract!r} is not known; use {', '.join(CONTRACTS)}.")
    if missing := lacks_by(base, by, what):
        return missing
    parts, notes = [], []
    if contract != "project":
        frame = _by_contract(base, by)
        parts.append(frame)
        notes += _about_contracts(base)
    if contract != "ongoing":
        found = _by_silence(base, what, by, silent_after)
        if isinstance(found, CannotSay) and contract == "project":
            return found
        if isinstance(found, CannotSay):
            notes.append(found.reason)
        else:
            parts.append(found[0])
            notes += found[1]
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    if frame.empty and contract == "ongoing":
        return CannotSay.because(_projects_only(what), base.provenance())
    never = (frame["exit"] < frame["entry"]).to_numpy()
    if never.any():
        notes.append(_before_records(base, int(never.sum())))
    frame = _in_a_risk_set(frame[~never].reset_index(drop=True))
    if frame.empty:
        none = Text(f"{what.en}: no client was under observation for a single day.",
                    f"{what.ru}: ни один клиент не наблюдался ни дня.")  # fmt: skip
        return CannotSay.because(none, base.provenance())
    again = len(frame) - frame["client_id"].nunique()
    if again:
        notes.append(
            Text(
                f"Counted are spells; of clients who returned: {again}.",
                f"Считаются периоды сотрудничества: {again} — вернувшихся клиентов.",
            )
        )
    return Durations(frame, tuple(notes), base.provenance(len(frame), SPELLS))


def _in_a_risk_set(frame: pd.DataFrame) -> pd.DataFrame:
    """A day for each spell that was seen on one day only: the first, or that of the records."""
    exit = np.maximum(frame["exit"], 1)
    return frame.assign(exit=exit, entry=np.minimum(frame["entry"], exit - 1))


def _by_contract(base: ClientBase, by: str | None) -> pd.DataFrame:
    """Spells of clients with an ongoing contract, as they are written down."""
    frame = spells(base, "contract", "end_reason", by or "")
    frame = frame[(contract_of(frame) == "ongoing").to_numpy()]
    start, day = _days(frame["started_on"]), _day(base)
    end = _days(frame["ended_on"])
    left = ~np.isnat(end) & (end <= day)
    told = frame["end_reason"].fillna(UNKNOWN).to_numpy(object)
    last = np.where(left, end, day)
    return _framed(base, frame, by, start, last, np.where(left, told, ""))


def _by_silence(
    base: ClientBase, what: Text, by: str | None, silent_after: int | None
) -> tuple[pd.DataFrame, list[Text]] | CannotSay:
    """Spells of project clients, made of their invoices.

    The last invoice is the end if a silence of `silent_after` days followed it. Whether
    one did is known up to that many days before the last day: there observation ends.
    """
    if missing := base.lacks(what, clients=("contract",)):
        return missing
    chosen = silent_after or base.config.silent_after_days
    if chosen is None:
        found = silence_threshold(base)
        if isinstance(found, CannotSay):
            return found
        chosen = found.days
    seen = invoiced(base)
    runs = seen.spells(chosen)
    last_day = _day(base) - chosen * DAY
    ids = seen.ids[runs["client_id"].to_numpy()]
    end, first = _days(runs["ended_on"]) - chosen * DAY, _days(runs["started_on"])
    left = ~np.isnat(end)
    clients = spells(base, by or "").drop_duplicates("client_id", keep="last")
    frame = clients.set_index("client_id").reindex(ids).reset_index(names="client_id")
    # The first invoices of one who came before the records began are in no file.
    opening = ~runs["client_id"].duplicated().to_numpy()
    began = spells(base).drop_duplicates("client_id").set_index("client_id")["started_on"]
    began = np.fmin(_days(began.reindex(ids)), first)
    start = np.where(opening, began, first)
    last = np.where(left, end, last_day)
    made = _framed(base, frame, by, start, last, np.where(left, UNKNOWN, ""))
    # Seen from the first invoice on, which is why the client is known at all.
    made["entry"] = np.where(made["entry"] > 0, (first - start) // DAY, made["entry"])
    told = in_days(int(chosen)), in_days(int(chosen), "ru")
    return made, [
        Text(
            f"Project clients last from their first to their last invoice; one is the last if "
            f"{told[0]} without another followed, so they are followed until {last_day}.",
            f"Проектные клиенты — от первого счёта до последнего; последний — после которого "
            f"{told[1]} не было нового, поэтому наблюдаем их до {last_day}.",
        )
    ]


def _framed(
    base: ClientBase,
    frame: pd.DataFrame,
    by: str | None,
    start: np.ndarray,
    last: np.ndarray,
    reason: np.ndarray,
) -> pd.DataFrame:
    opens = np.datetime64(base.observed_from.to_datetime64(), "D")
    entry = np.maximum((opens - start) // DAY, 0)
    made = pd.DataFrame(
        {
            "client_id": frame["client_id"].to_numpy(),
            "started_on": start.astype("datetime64[s]"),
            "last_on": last.astype("datetime64[s]"),
            "entry": entry.astype(np.int64),
            "exit": ((last - start) // DAY).astype(np.int64),
            "left": reason != "",
            "reason": reason,
        }
    )
    return made if by is None else made.assign(**{by: frame[by].to_numpy()})


def _days(column: pd.Series) -> np.ndarray:
    return column.to_numpy().astype("datetime64[D]")


def _day(base: ClientBase) -> np.datetime64:
    return np.datetime64(base.day.to_datetime64(), "D")


def _about_contracts(base: ClientBase) -> list[Text]:
    if base.has("clients", "contract"):
        return []
    return [
        Text(
            "The files do not tell who works order by order (clients.contract): all clients are "
            "taken as ongoing.",
            "В файлах не указано, кто работает от заказа к заказу (clients.contract): все клиенты "
            "считаются постоянными.",
        )
    ]


def _projects_only(what: Text) -> Text:
    return Text(
        f'{what.en}: all clients work order by order; ask with contract="project".',
        f'{what.ru}: все клиенты работают от заказа к заказу; задайте contract="project".',
    )


def _before_records(base: ClientBase, count: int) -> Text:
    return Text(
        f"Set aside, not seen on any day: {number(count)} {plural(count, 'spell', 'spells')} "
        f"(ended before {base.observed_from:%Y-%m-%d}, or began after the observation ended).",
        f"Не наблюдались ни дня и отложены: {number(count, 'ru')} (закончились до "
        f"{base.observed_from:%Y-%m-%d} либо начались после конца наблюдения).",
    )
