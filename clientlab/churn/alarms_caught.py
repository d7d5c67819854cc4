"""Alarms before those who left: how many, how early, at which price, and what was missed.

It answers: had we called whenever a rule rang, whom would we have reached in time. A
leaving is caught if any alarm rang within the horizon before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import first_alarms
from clientlab.churn.backtests import Backtest
from clientlab.clients.answers import in_currency
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, plural

SAID = 4  # candidates of which `say` speaks
SPENT = "spend_90"  # the feature: money invoiced in 90 days


@dataclass(frozen=True, eq=False, repr=False)
class Alarms(Result):
    """What the alarms of each candidate caught; made by `alarms`.

    Attributes
    ----------
    labels : dict of candidate to Text
    currency : str
    """

    labels: Mapping[str, Text] = field(default_factory=dict)

    @property
    def cell_words(self) -> dict[str, Mapping]:
        return {"candidate": self.labels}

    formats: ClassVar[dict[str, str]] = dict.fromkeys(
        ("alarms", "right", "lead_days", "money_missed", "money_at_stake"), "integer"
    )
    digits: ClassVar[int] = 2

    def of(self, candidate: str) -> pd.Series:
        """The row of one candidate."""
        return self.frame.set_index("candidate").loc[candidate]

    def headline(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        if not row["estimate"]:
            return Text("No alarm rang before a leaving", "Ни одной тревоги перед уходом"
                        ).in_language(lang)  # fmt: skip
        name, share = self.labels[row["candidate"]], percent(row["estimate"], lang)
        calls = _calls(row)
        return Text(
            f"'{name.en}' rang before {share} of the leavings, at {number(calls, digits=1)} alarms "
            "for each one caught",
            f"Тревога «{name.ru}» была перед {share} уходов, на одного пойманного тревог: "
            f"{number(calls, 'ru', digits=1)}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        told = [self._one(row, lang) for _, row in self.frame.head(SAID).iterrows()]
        rest = len(self.frame) - SAID
        if rest > 0:
            told.append(Text(f"{number(rest)} more rang less often before a leaving.",
                             f"Остальные ({number(rest, 'ru')}) срабатывали перед уходом реже."
                             ).in_language(lang))  # fmt: skip
        return " ".join(told)

    def _one(self, row: pd.Series, lang: str) -> str:
        name, base = self.labels[row["candidate"]], int(row["base"])
        share, low, high = (percent(row[end], lang) for end in ("estimate", "low", "high"))
        days, rang = number(row["lead_days"], lang), number(row["alarms"], lang)
        ahead = Text(f", {days} days ahead", f", дней в запасе {days}").in_language(lang)
        ahead = "" if np.isnan(row["lead_days"]) else ahead
        money = ""
        if not np.isnan(row["money_missed"]):
            missed = in_currency(row["money_missed"], self.provenance.currency or "", lang)
            money = Text(f", missed {missed} a month", f", упущено {missed} в месяц")
            money = money.in_language(lang)
        return Text(
            f"{name.en}: rang before {share} ({low}–{high}) of {base} leavings{ahead}, {rang} "
            f"{plural(int(row['alarms']), 'alarm', 'alarms')}{money}.",
            f"{name.ru}: тревога перед {share} ({low}–{high}) из {base} уходов{ahead}, тревог "
            f"{rang}{money}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Share of the leavings before which the alarm rang within the horizon; beside: alarms "
            "for each one caught, mean days ahead; 95% intervals",
            "Доля уходов, перед которыми в пределах горизонта была тревога; рядом: тревог на "
            "одного пойманного и дней в запасе; 95%-е интервалы",
        ).in_language(lang)

    def table(self):
        """The frame as a table, money as it is read out."""
        from clientlab.session import tables, texts

        lang, currency = texts.language(), self.provenance.currency or ""
        frame = self.frame.copy()
        for name in ("money_missed", "money_at_stake"):
            told = [in_currency(value, currency, lang) for value in frame[name].dropna()]
            if told:
                frame[name] = told
            else:
                frame = frame.drop(columns=name)  # nobody said what clients bring
        return tables.result_table(replace(self, frame=frame))

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        names = [self.labels[name].in_language(lang) for name in self.frame["candidate"]]
        unit = Text("d", "дн.").in_language(lang)
        written = [
            f"{percent(row['estimate'], lang)} · {number(_calls(row), lang, digits=1)} · "
            f"{number(row['lead_days'], lang)} {unit}" if row["estimate"] else percent(0.0, lang)
            for _, row in self.frame.iterrows()
        ]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.bars(axes, names, self.frame["estimate"], low=self.frame["low"],
                        high=self.frame["high"], texts=written,
                        quiet=list(self.frame["estimate"] == 0))  # fmt: skip
        return axes


def alarms(
    tested: Backtest | CannotSay,
    snapshots: Any = None,
    *,
    money: pd.Series | None = None,
    level: float = 0.95,
) -> Alarms | CannotSay:
    """What the alarms caught, how early, and what was missed.

    Parameters
    ----------
    tested : Backtest
    snapshots : Snapshots, optional
        With the feature `spend_90` they tell what a client brings in a month.
    money : Series by client_id and day, optional
        What a client brings in a month, as known on the day, if you know it better.
    level : float

    Returns
    -------
    Alarms
        `frame` by candidate, most caught first: ``candidate, estimate, low, high`` (share
        of the leavings caught, Wilson), ``base`` (leavings), ``alarms`` (client-days
        with one), ``right`` (of these, within the horizon of a leaving), ``lead_days``
        (mean of those caught), ``money_missed, money_at_stake`` (a month, of the leavings
        not caught and of all; NaN without `money`).

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> alarms(backtest("load", example())).frame[["base", "alarms", "right"]].values.tolist()
    [[42, 30, 16]]
    """
    if isinstance(tested, CannotSay):
        return tested
    if money is None and snapshots is not None and SPENT in snapshots.X:
        money = snapshots.X[SPENT] / 3
    rows = [(name, *_of(tested.rows_of(name), money, level)) for name in tested.labels]
    columns = ["candidate", "estimate", "low", "high", "base", "alarms", "right", "lead_days",
               "money_missed", "money_at_stake"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["estimate", "alarms"], ascending=[False, True], kind="stable")
    note = Text(
        "A rule rings at its own threshold; who has none rings for the riskiest tenth of a day. "
        "More caught with more alarms is no better rule: read both.",
        "Правило срабатывает на своём пороге, у кого его нет, тревога у самой рискованной десятой "
        "части дня. Больше пойманных при большем числе тревог не значит лучше: смотрите на оба.",
    )
    return Alarms(frame.reset_index(drop=True), tested.provenance, (note,), dict(tested.labels))


def _of(rows: pd.DataFrame, money: pd.Series | None, level: float) -> tuple[float, ...]:
    gone = rows[rows["y"] == 1].sort_values("day", kind="stable")
    last = gone.drop_duplicates(["client_id", "left_on"], keep="last")
    caught = first_alarms(rows.assign(lead=rows["lead"].fillna(0).where(rows["y"] == 1)))
    base, hit = len(last), len(caught)
    share = proportions.interval(hit, base, level=level)
    rang = rows[rows["alarm"]]
    lead = rows["lead"].to_numpy()[caught["place"].to_numpy()]
    missed, stake = np.nan, np.nan
    if money is not None:
        at = pd.MultiIndex.from_frame(last[["client_id", "day"]])
        monthly = money.reindex(at).to_numpy(float)
        out = ~last["client_id"].isin(caught["client_id"]).to_numpy()
        missed, stake = float(np.nansum(monthly[out])), float(np.nansum(monthly))
    days = float(np.nanmean(lead)) if np.isfinite(lead).any() else np.nan
    ends = (float(share.estimate), float(share.low), float(share.high))
    return (*ends, base, len(rang), int(rang["y"].sum()), days, missed, stake)


def _calls(row: pd.Series) -> float:
    """Alarms for each leaving that was caught."""
    caught = round(row["estimate"] * row["base"])
    return row["alarms"] / caught if caught else np.nan
