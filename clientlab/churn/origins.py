"""Which days train and which day is tested: time runs one way, with a gap.

It answers: on a test day, whose fate was known already. A label looks one horizon ahead,
so only days that lie a whole horizon back can teach. Where the gap cannot be kept this
raises: it never gets shorter by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clientlab.clients.store import to_day
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, plural

LEAVERS = 10  # under so many leavers nothing is told


@dataclass(frozen=True)
class Origin:
    """One test day, and the days that were over by then.

    Attributes
    ----------
    day : Timestamp
    trained_on : tuple of Timestamp
    """

    day: pd.Timestamp
    trained_on: tuple[pd.Timestamp, ...]


def origins(
    days: Sequence[pd.Timestamp],
    horizon: pd.Timedelta,
    *,
    test_days: Any = None,
    gap: Any = None,
) -> list[Origin]:
    """Rolling origins: each test day with the training days at least a gap before it.

    Parameters
    ----------
    days : sequence of Timestamp
        Days of the snapshots.
    horizon : Timedelta
        How far the label looks ahead.
    test_days : sequence of date-like, optional
        By default every day that has a training day.
    gap : timedelta-like, optional
        By default the horizon; longer if the outcome becomes known late.

    Returns
    -------
    list of Origin, by day

    Raises
    ------
    InvalidValue
        If a gap shorter than the horizon is asked for, a test day has no snapshot, or a
        test day has no training day that far back.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01"])
    >>> [(f"{one.day:%m}", len(one.trained_on)) for one in origins(days, pd.Timedelta("90D"))]
    [('04', 1)]
    """
    days = sorted({pd.Timestamp(day) for day in days})
    gap = horizon if gap is None else pd.Timedelta(gap)
    if gap < horizon:
        raise InvalidValue(
            f"gap={_in_days(gap)} is shorter than the horizon of {_in_days(horizon)}: labels of "
            "training days would look beyond the test day. Use a gap of the horizon or more."
        )
    made = [Origin(day, tuple(one for one in days if one + gap <= day)) for day in days]
    if test_days is None:
        kept = [one for one in made if one.trained_on]
        if not kept:
            first, last = (f"{one:%Y-%m-%d}" for one in (days[0], days[-1]))
            raise InvalidValue(
                f"The snapshots run from {first} to {last}: no day lies {_in_days(gap)} or more "
                "after another, so no training day is over before a test day. Take snapshots of "
                "earlier days too."
            )
        return kept
    wanted = sorted({to_day(day, "test_days") for day in test_days})
    by_day = {one.day: one for one in made}
    for day in wanted:
        if day not in by_day:
            raise InvalidValue(
                f"There is no snapshot of {day:%Y-%m-%d}; there are {len(days)} from "
                f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}."
            )
        if not by_day[day].trained_on:
            raise InvalidValue(
                f"Test day {day:%Y-%m-%d}: no snapshot lies {_in_days(gap)} or more before it, so "
                f"the gap cannot be kept. Use a test day from {days[0] + gap:%Y-%m-%d} on, or "
                "take snapshots of earlier days too."
            )
    return [by_day[day] for day in wanted]


def taught(found: list[Origin], y: pd.Series) -> list[Origin]:
    """Origins with ten leavers in their training days; if none has, those with two.

    One leaver teaches nothing: nobody can be held out.
    """
    left = y[y == 1].index.to_frame(index=False)
    count = [left["client_id"][left["day"].isin(one.trained_on)].nunique() for one in found]
    for least in (LEAVERS, 2):
        kept = [one for one, many in zip(found, count, strict=True) if many >= least]
        if kept:
            return kept
    return []


def held(found: list[Origin], every: int) -> list[Origin]:
    """The same test days, with a model that is kept for so many of them.

    Raises
    ------
    InvalidValue
        If `every` is under 1.

    Examples
    --------
    >>> days = pd.to_datetime(["2023-01-01", "2023-05-01", "2023-09-01"])
    >>> [len(one.trained_on) for one in held(origins(days, pd.Timedelta("90D")), 2)]
    [1, 1]
    """
    if every < 1:
        raise InvalidValue(f"refit_every={every} must be 1 or more test days.")
    return [Origin(one.day, found[place - place % every].trained_on)
            for place, one in enumerate(found)]  # fmt: skip


def too_few_to_teach(y: pd.Series) -> CannotSay:
    """The sentence where no test day has leavers before it."""
    left = y[y == 1].index.get_level_values("client_id").nunique()
    return CannotSay.because(Text(
        f"Nobody can be predicted here: {left} {plural(left, 'client', 'clients')} of the "
        "snapshots left, and before no test day there were two to learn from.",
        f"Предсказывать здесь не на чем: в срезах {plural(left, 'ушёл', 'ушли', 'ушло')} {left} "
        f"{plural(left, 'клиент', 'клиента', 'клиентов')}, и ни перед одной датой проверки не "
        "набралось двух, чтобы на них учиться.",
    ))  # fmt: skip


def _in_days(span: pd.Timedelta) -> str:
    days = span / pd.Timedelta(days=1)
    return f"{days:g} days"
