"""What a colour was worth: what came after it, and the same clients under two managers.

It answers: is green of one manager worth as much as green of another. Managers do not have
the same clients: a share of green cannot be told from better clients. Two views can: what
happened after a green week, and clients who were handed over.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup
from clientlab.clients.base import ClientBase
from clientlab.clients.board import NAME
from clientlab.clients.board_colours import (
    by_manager,
    line_of,
    managed,
    told_range,
)
from clientlab.clients.nouns import HANDOVERS, WEEKS
from clientlab.clients.spells import spells
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.wording import Text, number

AROUND = 8  # weeks before and after a handover
FEW = 5  # handovers below which nothing is said


def leniency(base: ClientBase, *, horizon: int = 90) -> ByGroup | CannotSay:
    """What green was worth: clients who left soon after a green week, by manager.

    estimate = green weeks after which the client left within the horizon ÷ green weeks
    whose horizon the records cover; clients are clusters (system B15).

    Parameters
    ----------
    base : ClientBase
        Needs `manager` in board, `ended_on` in clients.
    horizon : int
        Days.

    Returns
    -------
    ByGroup
        `frame` as of `colours_by_manager`. Weeks whose horizon runs past the records are
        left out and counted in a note.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01",
    ...                              "ended_on": ["2024-02-01", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": ["a", "b"], "colour": "green",
    ...         "manager": ["Ann", "Bob"], "filled_on": ["2024-01-05", "2024-01-12"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> leniency(base).frame[["group", "estimate"]].values.tolist()
    [['Ann', 1.0], ['Bob', 0.0]]
    """
    rows = managed(base)
    if isinstance(rows, CannotSay):
        return rows
    if missing := base.lacks(NAME, clients=("ended_on",)):
        return missing
    green = rows[rows["colour"] == "green"]
    seen = (green["filled_on"] + pd.Timedelta(days=horizon) <= base.day).to_numpy()
    if not seen.any():
        reason = Text(
            f"{NAME.en}: no green week lies {horizon} days before the end of the records.",
            f"{NAME.ru}: ни одной зелёной недели не позже чем за {horizon} дней до конца записей.",
        )
        return CannotSay.because(reason, base.provenance())
    left = _left_within(base, green, horizon)[seen]
    frame = by_manager(green[seen], left)
    late = int((~seen).sum())
    notes = (
        Text(f"Green weeks of the last {horizon} days, of which the end is not known: {late}.",
             f"Зелёные недели за последние {horizon} дней, исход которых неизвестен: {late}."),
    )  # fmt: skip
    return ByGroup(
        frame,
        base.provenance(int(seen.sum()), WEEKS),
        notes if late else (),
        subject=NAME,
        told=told_range(
            frame,
            Text(f"Green weeks after which the client left within {horizon} days",
                 f"Зелёные недели, после которых клиент ушёл за {horizon} дней"),
            WEEKS,
        ),
        what=Text(
            f"Of green weeks, those after which the client left within {horizon} days, by who gave "
            "the colour; line: all; 95% intervals (clients as clusters)",
            f"Доля зелёных недель, после которых клиент ушёл за {horizon} дней, по менеджеру; "
            "линия — все; 95%-е интервалы (клиенты — кластеры)",
        ),
        overall=float(left.mean()),
    )  # fmt: skip


def handed_over(base: ClientBase) -> ByGroup | CannotSay:
    """The same clients under two managers: share of green against the other manager.

    For each handover the share of green in up to eight weeks after it less that in up to
    eight before; for a manager, that of clients taken over, and with the sign turned that
    of clients given away. Mean over handovers, t interval (system B15). A handover may
    itself change the relation: read it as a difference in use only if it holds for many.

    Parameters
    ----------
    base : ClientBase
        Needs `manager` in board.

    Returns
    -------
    ByGroup
        `frame`: ``group`` (manager), ``label_en, label_ru, estimate`` (difference of
        shares, −1 to 1), ``low, high, base`` (handovers). Managers with fewer than five
        handovers are left out.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": "a", "colour": "green", "manager": "Ann",
    ...         "filled_on": ["2024-01-05"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> handed_over(base).say()
    'Traffic-light board: no manager has 5 handovers of clients on the board, the most is 0.'
    """
    rows = managed(base)
    if isinstance(rows, CannotSay):
        return rows
    moves = _handovers(rows)
    told = moves.groupby("manager").size() if len(moves) else pd.Series(dtype=int)
    known = [manager for manager, count in told.items() if count >= FEW]
    if not known:
        most = int(told.max()) if len(told) else 0
        reason = Text(
            f"{NAME.en}: no manager has {FEW} handovers of clients on the board, the most is "
            f"{most}.",
            f"{NAME.ru}: ни у одного менеджера нет {FEW} передач клиентов с табло, больше всего — "
            f"{most}.",
        )
        return CannotSay.because(reason, base.provenance())
    lines = []
    for manager in known:
        part = moves[moves["manager"] == manager]
        found = design.mean(part["gap"].to_numpy(), design.Design())
        lines.append(line_of(manager, float(found.estimate), found.low, found.high, len(part)))
    frame = pd.DataFrame(lines).sort_values("estimate", ascending=False, ignore_index=True)
    return ByGroup(
        frame,
        base.provenance(len(moves) // 2, HANDOVERS),
        (Text("A handover may itself change the relation.",
              "Передача клиента и сама может изменить отношения."),),
        subject=NAME,
        told=_told_same(frame),
        what=Text(
            "Share of green weeks under this manager less that under the other one, same clients, "
            f"up to {AROUND} weeks on either side; 95% intervals (t)",
            "Доля зелёных недель у этого менеджера минус у другого, те же клиенты, до "
            f"{AROUND} недель с каждой стороны; 95%-е интервалы (t)",
        ),
        overall=0.0,
    )  # fmt: skip


def _left_within(base: ClientBase, rows: pd.DataFrame, horizon: int) -> np.ndarray:
    """Whether the client of each row left within so many days after it."""
    ends = spells(base)[["client_id", "ended_on"]].dropna()
    both = rows.reset_index()[["index", "client_id", "filled_on"]].merge(ends, on="client_id")
    after = (both["ended_on"] - both["filled_on"]).dt.days
    hit = both.loc[(after > 0) & (after <= horizon), "index"]
    return rows.index.isin(hit)


def _handovers(rows: pd.DataFrame) -> pd.DataFrame:
    """``manager, gap``: two rows for each change of manager on the board."""
    found = []
    green = (rows["colour"] == "green").to_numpy(float)
    for at in rows.groupby("client_id", sort=True).indices.values():
        managers = rows["manager"].to_numpy()[at]
        turns = np.flatnonzero(managers[1:] != managers[:-1]) + 1
        edges = [0, *turns, len(at)]
        for number_, turn in enumerate(turns):
            before = at[max(edges[number_], turn - AROUND) : turn]
            after = at[turn : min(edges[number_ + 2], turn + AROUND)]
            gap = green[after].mean() - green[before].mean()
            found += [(managers[turn], gap), (managers[turn - 1], -gap)]
    return pd.DataFrame(found, columns=["manager", "gap"])


def _told_same(frame: pd.DataFrame) -> Text:
    """Managers whose green differs from that of others on the same clients."""
    more = frame[frame["low"] > 0]["group"].tolist()
    fewer = frame[frame["high"] < 0]["group"].tolist()
    if not more and not fewer:
        return Text(
            "On the same clients no manager gives green more or less often than the others, as "
            f"far as can be told (base {number(frame['base'].sum())} handovers).",
            "На тех же клиентах ни один менеджер не ставит зелёный заметно чаще или реже других "
            f"(база: передач {number(frame['base'].sum(), 'ru')}).",
        )
    en = "; ".join(
        filter(
            None,
            (
                "more often: " + ", ".join(more) if more else "",
                "less often: " + ", ".join(fewer) if fewer else "",
            ),
        )
    )
    ru = "; ".join(filter(None, ("чаще: " + ", ".join(more) if more else "",
                                 "реже: " + ", ".join(fewer) if fewer else "")))  # fmt: skip
    return Text(
        f"On the same clients green is given {en} (base {number(frame['base'].sum())} handovers).",
        f"На тех же клиентах зелёный ставят {ru} (база: передач "
        f"{number(frame['base'].sum(), 'ru')}).",
    )
