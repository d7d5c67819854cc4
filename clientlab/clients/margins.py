"""What each client brought in each month of the relationship.

It answers: revenue less the costs that the files book on the client, by spell and month,
and how many days of that month the spell was under observation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.curves import ends_of
from clientlab.clients.durations import DAYS_IN_MONTH
from clientlab.problems import InvalidValue
from clientlab.wording import Text, number, percent

GRACE = 62  # days after the end in which a bill or a cost still belongs to a spell


@dataclass(frozen=True, eq=False)
class Margins:
    """Money by spell and month.

    Attributes
    ----------
    money, days : ndarray of shape (spells, months)
        What came in, and the days under observation.
    subject : Text
        What it is: margin, or revenue where no costs are booked on clients.
    notes : tuple of Text
    """

    money: np.ndarray
    days: np.ndarray
    subject: Text
    notes: tuple[Text, ...]


def margins(base: ClientBase, frame: pd.DataFrame, *, share: float | None = None) -> Margins:
    """Money and days of spells by month of the relationship.

    Parameters
    ----------
    base : ClientBase
    frame : DataFrame
        Spells in days, as `durations` gives them.
    share : float, optional
        Margin as a share of revenue, 0–1, in place of the costs in the files.

    Returns
    -------
    Margins

    Raises
    ------
    InvalidValue
        If the share leaves (0, 1].
    """
    if share is not None and not 0 < share <= 1:
        raise InvalidValue(f"margin={share!r} is a share of revenue: between 0 and 1, say 0.35.")
    months = int(np.ceil(frame["exit"].max() / DAYS_IN_MONTH))
    start, end = ends_of(np.arange(months)), ends_of(np.arange(1, months + 1))
    entry, exit = (frame[name].to_numpy(float)[:, None] for name in ("entry", "exit"))
    days = np.clip(np.minimum(exit, end) - np.maximum(entry, start), 0, None)
    money, outside = _placed(base, frame, "invoices", months)
    notes = []
    subject = Text("margin", "маржа")
    if share is not None:
        money = share * money
        notes.append(
            Text(
                f"Margin is taken as {percent(share)} of revenue: your number.",
                f"Маржа взята как {percent(share, 'ru')} выручки: ваше число.",
            )
        )
    elif _has_costs(base):
        spent, more = _placed(base, frame, "costs", months)
        money, outside = money - spent, outside + more
        notes.append(_not_booked(base))
    else:
        subject = Text("revenue", "выручка")
        notes.append(
            Text(
                "No costs are booked on clients (costs.client_id): this is revenue, not profit. "
                "Give margin=0.35, or whatever yours is.",
                "Расходы по клиентам не указаны (costs.client_id): это выручка, не прибыль. "
                "Задайте margin=0.35 или свою долю.",
            )
        )  # fmt: skip
    if outside:
        notes.append(
            Text(
                f"Rows of money more than {GRACE} days from any spell, not counted: "
                f"{number(outside)}.",
                f"Строк с деньгами дальше {GRACE} дней от любого периода, не учтены: "
                f"{number(outside, 'ru')}.",
            )
        )
    return Margins(money, days, subject, tuple(note for note in notes if note.en))


def _has_costs(base: ClientBase) -> bool:
    if not base.has("costs", "client_id"):
        return False
    return bool(base.tables["costs"]["client_id"].notna().any())


def _placed(
    base: ClientBase, frame: pd.DataFrame, table: str, months: int
) -> tuple[np.ndarray, int]:
    """Amounts by spell and month, and rows of these clients that fit no spell."""
    rows, (codes, ids) = base.tables[table], base.codes(table)
    when = rows["issued_on" if table == "invoices" else "spent_on"].to_numpy()
    when = when.astype("datetime64[D]").astype(np.int64)
    amount = rows["amount"].to_numpy(float)
    opens = base.observed_from.to_datetime64().astype("datetime64[D]").astype(np.int64)
    keep = (codes >= 0) & (when >= opens) & ~np.isnan(amount)
    codes, when, amount = codes[keep].astype(np.int64), when[keep], amount[keep]
    whose = ids.get_indexer(frame["client_id"]).astype(np.int64)
    start = frame["started_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
    order = np.lexsort((start, whose))
    # One key for client and day: days since 1970 stay far below the factor.
    factor = np.int64(1_000_000)
    keys = whose[order] * factor + start[order] + 500_000
    place = np.searchsorted(keys, codes * factor + when + 500_000, side="right") - 1
    known = np.isin(codes, whose)
    mine = known & (place >= 0)
    mine[mine] = whose[order][place[mine]] == codes[mine]
    ahead = known & ~mine  # before the first spell: paid in advance
    place = np.where(ahead, np.searchsorted(keys, codes * factor), place)
    codes, when, amount, place = (part[known] for part in (codes, when, amount, place))
    spell = order[place]
    age = when - start[spell]
    left, last = frame["left"].to_numpy()[spell], frame["exit"].to_numpy()[spell]
    # What comes after a spell that is cut off by the end of the observation is not seen.
    inside = np.where(left, age <= last + GRACE, age <= last) & (age >= -GRACE)
    spell, amount = spell[inside], amount[inside]
    # A day lies between two ages: money of the first one belongs to (0, 1].
    day = np.clip(age[inside] + 1, frame["entry"].to_numpy()[spell] + 1, last[inside])
    month = np.ceil(day / DAYS_IN_MONTH).astype(np.int64) - 1
    sums = np.bincount(spell * months + month, amount, len(frame) * months)
    return sums.reshape(len(frame), months), int((~inside & left).sum())


def _not_booked(base: ClientBase) -> Text:
    """Costs that belong to no client are not subtracted."""
    costs = base.tables["costs"]
    common = costs[costs["client_id"].isna()]
    if common.empty:
        return Text("", "")
    share = common["amount"].sum() / costs["amount"].sum()
    return Text(
        f"Costs that belong to no client ({percent(share)} of all costs) are not subtracted.",
        f"Расходы, не отнесённые к клиентам ({percent(share, 'ru')} всех расходов), не вычтены.",
    )
