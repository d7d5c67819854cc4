"""Cohorts: of those who began in a quarter, how many are still there, quarter by quarter.

It answers: do later clients stay longer than earlier ones did at the same age. Cells that
the records cannot show are missing, never zero. Public names are importable from
`clientlab.clients.kpis`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import Cells
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.periods import MONTHS, PERIODS, called, complete, shorter
from clientlab.clients.revenue_months import monthly
from clientlab.clients.spells import ongoing, spells
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.wording import Text, percent, plural

WHAT = ("clients", "revenue")
DRAWN = 16  # more cells than that are not read from the back of a room
AGE_COMPARED = {"M": 12, "Q": 4, "Y": 1}  # a year after the start


def cohorts(base: ClientBase, *, of: str = "clients", period: str = "Q") -> Cells | CannotSay:
    """The triangle start period × age, for clients or for their revenue.

    Clients: share of those who began in the period who are there on the last day of the
    period that is `age` periods later, with an ongoing contract: projects end without a
    day. One who left and returned is there again. Revenue, of all clients:
    all revenue of the cohort in that period ÷ that in the first whole one (age 1), since
    the period of the start is covered only in part (S1; system B31).

    Parameters
    ----------
    base : ClientBase
    of : {"clients", "revenue"}
    period : {"M", "Q", "Y"}

    Returns
    -------
    Cells
        `frame`: ``cohort`` (first day), ``age, count, base, estimate, low, high``; one
        row per cell that the records show. Wilson intervals for clients; revenue is a
        fact of the books, its ``low, high`` are NaN.

    Raises
    ------
    InvalidValue
        If `of` or the period is not known.

    Examples
    --------
    Two begin in January, one of them leaves in May:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"],
    ...         "started_on": ["2024-01-10", "2024-01-20"], "ended_on": ["2024-05-01", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-15"],
    ...         "amount": [100]})},
    ...     observed_from="2024-01-01", observed_until="2024-06-30")
    >>> cohorts(base).frame[["age", "count", "base", "estimate"]].values.tolist()
    [[0.0, 2.0, 2.0, 1.0], [1.0, 1.0, 2.0, 0.5]]
    """
    if of not in WHAT:
        raise InvalidValue(f"of={of!r} is not known; use one of {', '.join(WHAT)}.")
    periods = complete(base, period)
    frame = ongoing(base) if of == "clients" else spells(base)
    began = frame.groupby("client_id")["started_on"].min()
    inside = began[began >= base.observed_from]
    frame = _cells(base, inside, periods, period, of)
    if frame.empty:
        return CannotSay.because(_nothing(period), base.provenance())
    late = len(began) - len(inside)
    notes = []
    if late:
        word = plural(late, "client", "clients")
        notes.append(
            Text(
                f"Left out: {late} {word} who began before the records, of whom only those who "
                "stayed are known.",
                f"Не входят начавшие до начала записей: {late}. Из них известны только те, кто "
                "остался.",
            )
        )
    if frame["cohort"].nunique() > DRAWN:
        notes.append(
            Text(
                f"Drawn are the {DRAWN} newest cohorts; all stand in the table.",
                f"На рисунке {DRAWN} последних когорт, в таблице — все.",
            )
        )
    return Cells(
        frame,
        base.provenance(len(inside), CLIENTS),
        tuple(notes),
        rows="cohort",
        columns="age",
        row_names={
            first: Text(called(first, period), called(first, period, "ru"))
            for first in frame["cohort"].unique()
        },
        told=_told(frame, period, of),
        drawn=DRAWN,
        what=_what(period, of),
    )


def _cells(
    base: ClientBase, began: pd.Series, periods: pd.DataFrame, period: str, of: str
) -> pd.DataFrame:
    """One row for each cohort and age that the records show."""
    first = periods["first"].to_numpy()
    columns = ["cohort", "age", "count", "base", "estimate", "low", "high"]
    if not len(first) or began.empty:
        return pd.DataFrame(columns=columns)
    cohort = np.searchsorted(first, began.to_numpy(), side="right") - 1
    inside = (cohort >= 0) & (began.to_numpy() <= periods["last"].iloc[-1].to_datetime64())
    began, cohort = began[inside], cohort[inside]
    of_cell = _there(base, began, periods) if of == "clients" else _money(base, began, period)
    rows = []
    for number in np.unique(cohort):
        members = of_cell[cohort == number]
        start = members[:, number + 1].sum() if number + 1 < len(first) else 0
        for age in range(len(first) - number):
            count = members[:, number + age].sum()
            if of == "clients":
                rows.append((first[number], age, count, len(members), count / len(members)))
            elif age and start > 0:
                rows.append((first[number], age, count, len(members), count / start))
    frame = pd.DataFrame(rows, columns=columns[:5])
    frame["low"] = frame["high"] = np.nan
    if of == "clients" and len(frame):
        share = proportions.interval(frame["count"].to_numpy(), frame["base"].to_numpy())
        frame["low"], frame["high"] = share.low, share.high
    return frame


def _there(base: ClientBase, began: pd.Series, periods: pd.DataFrame) -> np.ndarray:
    """Whether each client is there on the last day of each period."""
    frame = spells(base)
    row = pd.Index(began.index).get_indexer(frame["client_id"])
    found = np.zeros((len(began), len(periods)), bool)
    for index, last in enumerate(periods["last"]):
        now = ((frame["started_on"] <= last) & ~(frame["ended_on"] < last)).to_numpy()
        found[row[now & (row >= 0)], index] = True
    return found


def _money(base: ClientBase, began: pd.Series, period: str) -> np.ndarray:
    """Revenue of each client in each whole period."""
    periods = complete(base, period)
    table = monthly(base, kind="all").reindex(began.index, fill_value=0.0)
    step = MONTHS[period]
    return np.column_stack(
        [
            table[list(pd.date_range(first, periods=step, freq="MS"))].sum(axis=1)
            for first in periods["first"]
        ]
    )


def _told(frame: pd.DataFrame, period: str, of: str) -> Text:
    """Whether later cohorts keep more a year after the start than earlier ones."""
    age = AGE_COMPARED[period] + (of == "revenue")  # its first whole period has age 1
    cells = frame[frame["age"] == age].sort_values("cohort")
    if len(cells) < 2:
        return Text(
            f"Fewer than two cohorts are a year old: whether later ones keep more {of} cannot be "
            "said.",
            "Старше года меньше двух когорт: лучше ли поздние, сказать нельзя.",
        )
    early, later = cells.iloc[: len(cells) // 2], cells.iloc[len(cells) // 2 :]
    if of == "revenue":
        before, now = (part["estimate"].median() for part in (early, later))
        return Text(
            f"A year later the median cohort brought {percent(now)} of its first whole "
            f"{PERIODS[period].en}; earlier cohorts {percent(before)} (no interval: facts).",
            f"Год спустя медианная когорта приносит {percent(now, 'ru')} первого полного периода "
            f"({PERIODS[period].ru}); ранние когорты {percent(before, 'ru')} (факт, без "
            "интервала).",
        )
    return _told_clients(early, later)


def _told_clients(early: pd.DataFrame, later: pd.DataFrame) -> Text:
    counts = (later["count"].sum(), later["base"].sum(), early["count"].sum(), early["base"].sum())
    gap = proportions.difference(*counts)
    now, before = counts[0] / counts[1], counts[2] / counts[3]
    verdict = Text("not clearly different from earlier cohorts", "от ранних когорт не отличить")
    if gap.low > 0:
        verdict = Text("more than of earlier cohorts", "больше, чем у ранних когорт")
    elif gap.high < 0:
        verdict = Text("less than of earlier cohorts", "меньше, чем у ранних когорт")
    return Text(
        f"A year after the start {percent(now)} of later cohorts are there, {verdict.en} "
        f"({percent(before)}; base {counts[1]} and {counts[3]} clients).",
        f"Через год остаются {percent(now, 'ru')} клиентов поздних когорт, {verdict.ru} "
        f"({percent(before, 'ru')}; база {counts[1]} и {counts[3]}).",
    )


def _what(period: str, of: str) -> Text:
    if of == "clients":
        return Text(
            f"Share of those who began in the {PERIODS[period].en} and are there at its end, by "
            "age; ongoing contracts; empty: not observable",
            f"Доля начавших за {PERIODS[period].ru}, кто ещё с нами на его конец, по возрасту; "
            "постоянные договоры; пусто — не наблюдается",
        )
    return Text(
        f"Revenue of the cohort ÷ revenue of its first whole {PERIODS[period].en}, by age",
        f"Выручка когорты ÷ выручка первого полного периода ({PERIODS[period].ru}), по возрасту",
    )


def _nothing(period: str) -> Text:
    return Text(
        f"Cohorts: nobody began inside of a whole {PERIODS[period].en} of the records."
        f"{shorter(period).en}",
        f"Когорты: внутри записей нет полного периода ({PERIODS[period].ru}), в который кто-то "
        f"начал.{shorter(period).ru}",
    )
