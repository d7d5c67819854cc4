"""What clients say: Net Promoter Score and satisfaction, with several people of a client.

It answers: would they recommend us, are they content; whether we ask too often is in
`asked`. People of one client are not independent: intervals take clients as clusters.
Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from clientlab.clients.answers import OverTime
from clientlab.clients.asked import asked_often
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import ANSWERS
from clientlab.clients.periods import IN_A_YEAR, PERIODS, complete, touched
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.wording import Text, number, percent, plural

NPS = Text("NPS", "NPS")
CSI = Text("Satisfaction (CSI)", "Удовлетворённость (CSI)")


def nps(base: ClientBase, *, period: str = "Y") -> OverTime | CannotSay:
    """Net Promoter Score by period: share of 9–10 less share of 0–6.

    Several people of one client are a cluster; the interval is a score interval on the
    effective base (`stats.design.nps`; S1, system B8). The scale is −1 to 1 in `frame`
    and −100 to 100 in words.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        By the day of the answer. If no whole one has an answer, those that the records
        cover in part.

    Returns
    -------
    OverTime
        `frame`: ``period, estimate, low, high, base`` (answers), ``clients``. Intervals
        are NaN with answers of one client only.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "feedback": pd.DataFrame({"client_id": ["a", "a", "b"], "asked_on": "2024-02-01",
    ...         "answered_on": "2024-02-03", "nps": [10, 9, 3]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> nps(base).frame[["estimate", "base", "clients"]].round(3).values.tolist()
    [[0.333, 3.0, 2.0]]
    """
    what = Text(
        f"Share of 9–10 less share of 0–6, answers of the {PERIODS.get(period, PERIODS['Y']).en}; "
        "95% intervals, clients as clusters",
        "Доля оценок 9–10 минус доля 0–6; 95%-е интервалы, люди одного клиента — кластер",
    )
    return _scores(base, "nps", period, NPS, what, design.nps)


def csi(base: ClientBase, *, period: str = "Y") -> OverTime | CannotSay:
    """Mean satisfaction of 1–5 by period, clients as clusters (S1; system B8).

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}

    Returns
    -------
    OverTime
        `frame`: ``period, estimate, low, high, base`` (answers), ``clients``.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "feedback": pd.DataFrame({"client_id": ["a", "b"], "asked_on": "2024-02-01",
    ...         "answered_on": "2024-02-03", "csi": [5, 4]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> csi(base).frame["estimate"].tolist()
    [4.5]
    """
    what = Text(
        "Mean of 1–5; 95% intervals, people of one client as a cluster",
        "Среднее по шкале 1–5; 95%-е интервалы, люди одного клиента — кластер",
    )
    return _scores(base, "csi", period, CSI, what, design.mean)


def _scores(
    base: ClientBase, column: str, period: str, name: Text, what: Text, statistic: Callable
) -> OverTime | CannotSay:
    """A statistic of scores by period of the answer."""
    periods = complete(base, period)
    missing = base.lacks(name, feedback=(column,))
    if missing:
        return missing
    rows = _answers(base, column)
    parts = _by_period(rows, periods)
    partly = not any(map(len, parts))
    if partly:  # a score of half a year is a score; nobody is counted as gone by it
        periods = touched(base.observed_from, base.observed_until, period)
        parts = _by_period(rows[rows["day"] >= base.observed_from], periods)
    if not any(map(len, parts)):
        window = f"{base.observed_from:%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
        none = Text("nobody answered within the records", "никто не ответил в границах записей")
        reason = Text(*(f"{a}: {b} ({window})." for a, b in zip(name, none, strict=True)))
        return CannotSay.because(reason, base.provenance())
    # Periods before the first question tell nothing: nobody was asked.
    begin = next(number for number, part in enumerate(parts) if len(part))
    parts, periods = parts[begin:], periods.iloc[begin:]
    frame = pd.DataFrame(
        [
            {"period": first, **_estimate(part, statistic)}
            for first, part in zip(periods["first"], parts, strict=True)
        ]
    )
    return OverTime(
        frame,
        base.provenance(sum(map(len, parts)), ANSWERS),
        _notes(base, frame) + _partly(period) * partly,
        changes=_changes(frame, parts, period, column),
        period=period,
        subject=name,
        what=what,
        of=ANSWERS,
        better=1,
        unit_of_estimate="points" if column == "nps" else "score",
        advice=Text(
            "Call those who gave the lowest scores this week, the ones who answered first.",
            "На этой неделе позвонить поставившим низкие оценки.",
        ),
    )


def _by_period(rows: pd.DataFrame, periods: pd.DataFrame) -> list[pd.DataFrame]:
    """The answers of each period."""
    return [rows[rows["day"].between(first, last)]
            for first, last in periods[["first", "last"]].itertuples(index=False)]  # fmt: skip


def _partly(period: str) -> tuple[Text]:
    name = PERIODS[period]
    return (
        Text(
            f"No whole {name.en} of the records has an answer: a {name.en} counts as far as the "
            "records go.",
            f"Ни в одном полном периоде ({name.ru}) ответов нет: периоды взяты насколько хватает "
            "записей.",
        ),
    )


def _answers(base: ClientBase, column: str) -> pd.DataFrame:
    """Scores that were given: ``client_id, day, score``."""
    frame = base.tables["feedback"]
    day = frame["asked_on"]
    if "answered_on" in frame:  # an answer without a day is one of the day of the question
        day = frame["answered_on"].fillna(day)
    rows = pd.DataFrame({"client_id": frame["client_id"], "day": day, "score": frame[column]})
    return rows.dropna()


def _estimate(part: pd.DataFrame, statistic: Callable) -> dict[str, float]:
    """Estimate of one period; NaN intervals where one client answered."""
    clients = part["client_id"].nunique()
    found = {"estimate": np.nan, "low": np.nan, "high": np.nan, "base": len(part),
             "clients": clients}  # fmt: skip
    if clients == 1 and len(part):
        score = part["score"]
        one = ((score >= 9).mean() - (score <= 6).mean()) if statistic is design.nps else (
            score.mean())  # fmt: skip
        found["estimate"] = float(one)
    elif clients:
        plan = design.Design(clusters=part["client_id"].to_numpy())
        given = statistic(part["score"].to_numpy(float), plan)
        found |= {
            "estimate": float(given.estimate),
            "low": float(given.low),
            "high": float(given.high),
        }
        if found["low"] == found["high"]:  # all alike: the spread says nothing
            found |= {"low": np.nan, "high": np.nan}
    return found


def _changes(
    frame: pd.DataFrame, parts: list[pd.DataFrame], period: str, column: str
) -> pd.DataFrame:
    """The last period less earlier ones; the same clients are in both (clusters)."""
    rows = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(frame) <= back or (against == "year_ago" and back == 1):
            continue
        now, then = parts[-1], parts[-1 - back]
        gap = frame["estimate"].iloc[-1] - frame["estimate"].iloc[-1 - back]
        low = high = np.nan
        both = pd.concat([then, now])
        answered = [part["client_id"].nunique() for part in (then, now)]
        if min(answered) > 1 and both["client_id"].nunique() > 2:
            score = both["score"].to_numpy(float)
            value = np.where(score >= 9, 1.0, np.where(score <= 6, -1.0, 0.0))
            value = value if column == "nps" else score
            group = np.repeat([0, 1], [len(then), len(now)])
            plan = design.Design(clusters=both["client_id"].to_numpy())
            found = design.difference(value, group, plan)
            if found.se > 0:
                low, high = float(found.low), float(found.high)
        rows.append((against, frame["period"].iloc[-1 - back], gap, low, high, len(then)))
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])


def _notes(base: ClientBase, frame: pd.DataFrame) -> tuple[Text, ...]:
    feedback = base.tables["feedback"]
    notes = [
        Text(
            "No interval covers who chose to answer.",
            "Никакой интервал не учитывает, кто решил ответить.",
        )
    ]
    if "answered_on" in feedback:
        asked, answered = len(feedback), int(feedback["answered_on"].notna().sum())
        notes.append(
            Text(
                f"Answered {percent(answered / asked)} of {number(asked)} who were asked.",
                f"Ответили {percent(answered / asked, 'ru')} из {number(asked, 'ru')} опрошенных.",
            )
        )
    often = len(asked_often(base))
    if often:
        word = plural(often, "client was", "clients were")
        notes.append(
            Text(
                f"{often} {word} asked more often than once a quarter: once a year is the advice.",
                f"Клиентов, которых спрашивали чаще раза в квартал: {often}; совет — раз в год.",
            )
        )
    return tuple(notes)
