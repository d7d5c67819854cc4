"""The usual mistake: today's table set against the leaving of the past.

It answers: how much does a number seem to predict when it is taken from the export of
today, and how much did it predict as it was known then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import Resamples, difference, interval
from clientlab.churn.feature_values import called, windowed
from clientlab.churn.snapshot_table import Snapshots
from clientlab.churn.telling_numbers import FEWEST, of_clients, too_few
from clientlab.clients.base import ClientBase
from clientlab.clients.knowledge import dated_only
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import scoring
from clientlab.stats import weighted_scoring as weighted
from clientlab.wording import Text, number, plural

SHOWN = 8
WHEN = {"then": Text("as known then", "как знали тогда"),
        "today": Text("from today's table", "из сегодняшней таблицы")}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class TodaysTable(Result):
    """Numbers as known then and as they are today; made by `todays_table`.

    `frame`: ``name, label_en, label_ru, table`` ("then", "today"), ``estimate, low, high``
    (AUC), ``base, left`` (clients). AUCs are turned so that today's is over ½.

    Attributes
    ----------
    gaps : DataFrame
        ``name, estimate, low, high, today, sure``: today less then, on the same clients;
        surely too good first, then by today's AUC.
    """

    gaps: pd.DataFrame = field(default_factory=pd.DataFrame)

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    cell_words: ClassVar[dict] = {"table": WHEN}
    formats: ClassVar[dict[str, str]] = {"base": "integer", "left": "integer"}

    def _row(self, name: str, table: str) -> pd.Series:
        rows = self.frame[(self.frame["name"] == name) & (self.frame["table"] == table)]
        return rows.iloc[0]

    @property
    def worst(self) -> str:
        """The number that promises most and is surely too good."""
        return str(self.gaps.iloc[0]["name"])

    def headline(self, lang: str = "en") -> str:
        today, then = self._row(self.worst, "today"), self._row(self.worst, "then")
        label = today[f"label_{lang}"]
        new, old = (number(row["estimate"], lang, digits=2) for row in (today, then))
        if self.gaps.iloc[0]["sure"]:
            return Text(
                f"Today's table 'predicts' the past: {label}, AUC {new}; as known then {old}",
                f"Сегодняшняя таблица «предсказывает» прошлое: {label}, AUC {new}; как знали "
                f"тогда — {old}",
            ).in_language(lang)
        return Text(
            f"Today's table cannot be told from what was known then: {label}, AUC {new} and {old}",
            f"Сегодняшнюю таблицу не отличить от известного тогда: {label}, AUC {new} и {old}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        gap = self.gaps.iloc[0]
        value, low, high = (number(gap[name], lang, digits=2) for name in ("estimate", "low",
                                                                           "high"))  # fmt: skip
        row = self._row(self.worst, "then")
        return self.headline(lang) + Text(
            f": {value} too good (95% interval for all numbers together {low} to {high}, base "
            f"{number(row['base'])} {plural(row['base'], 'client', 'clients')}, left "
            f"{number(row['left'])}).",
            f": завышено на {value} (95%-й интервал сразу для всех от {low} до {high}, база "
            f"{number(row['base'], 'ru')} {plural(row['base'], 'клиент', 'клиента', 'клиентов')}, "
            f"ушли {number(row['left'], 'ru')}).",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        return Text(
            "Ask of every predictor that you are offered: from which day are its inputs?",
            "Спрашивать о каждом предлагаемом прогнозе: на какой день взяты его данные?",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "AUC of single numbers for leaving within the horizon, the same clients and days; 95% "
            "intervals, clients resampled; grey: the two cannot be told apart",
            "AUC отдельных показателей для ухода в пределах горизонта, те же клиенты и дни; 95%-е "
            "интервалы, клиенты разыграны заново; серым: не различить",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, style, texts

        lang, gaps = texts.language(), self.gaps.head(SHOWN)
        sides, labels = {}, []
        for table, name in WHEN.items():
            rows = [self._row(one, table) for one in gaps["name"]]
            labels = [row[f"label_{lang}"] for row in rows]
            ends = [[row[end] for row in rows] for end in ("estimate", "low", "high")]
            sides[table] = charts_market.Marks(name.in_language(lang), *ends)
        written = [f"{number(today, lang, digits=2)} / {number(then, lang, digits=2)}"
                   for today, then in zip(sides["today"].values, sides["then"].values,
                                          strict=True)]  # fmt: skip
        with charts.picture(self, ax) as axes:
            sure = gaps["sure"].to_list()
            charts_market.versus(axes, labels, sides["today"], sides["then"], sure=sure,
                                 texts=written, start=None)  # fmt: skip
            axes.axvline(0.5, color=style.QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
            charts.number_axis(axes.xaxis)
        return axes


def todays_table(
    snaps: Snapshots | CannotSay, *, level: float = 0.95, seed: int = 0
) -> TodaysTable | CannotSay:
    """What single numbers seem to predict when they are taken from the export of today.

    Parameters
    ----------
    snaps : Snapshots
    level : float
    seed : int

    Returns
    -------
    TodaysTable
        All features that are numbers, the worst first; the intervals of the gaps
        hold for all together (Bonferroni). CannotSay with fewer than ten leavers.

    Raises
    ------
    InvalidValue
        If the snapshots do not carry their base.
    """
    if isinstance(snaps, CannotSay):
        return snaps
    left = snaps.keys.loc[snaps.y == 1, "client_id"].nunique()
    stay = snaps.keys.loc[snaps.y == 0, "client_id"].nunique()
    if min(left, stay) < FEWEST:
        return CannotSay.because(too_few(left, snaps.horizon), snaps.provenance)
    if snaps.base is None:
        raise InvalidValue("These snapshots do not carry their base: make them by snapshots(…).")
    now = _of_today(snaps.base, snaps)
    names = [name for name in now if _enough(snaps, snaps.X[name], now[name])]
    share = 1 - (1 - level) / max(len(names), 1)
    lines, gaps = [], []
    for name in names:
        pair, gap = _both(snaps, snaps.X[name], now[name], level, share, seed)
        one = snaps.features[name].meaning
        lines += [{"name": name, "label_en": one.en, "label_ru": one.ru, **line} for line in pair]
        then, today = (line["estimate"] for line in pair)
        told = today - 0.5 > abs(then - 0.5)  # else it told as much then, the other way round
        gaps.append({"name": name, **gap, "today": today, "sure": told and gap["low"] > 0})
    if not lines:
        none = Text("No number is known both then and today of ten leavers and ten others.",
                    "Ни один показатель не известен и тогда, и сегодня у десяти ушедших и десяти "
                    "других.")  # fmt: skip
        return CannotSay.because(none, snaps.provenance)
    found = pd.DataFrame(gaps)
    found = found.sort_values(["sure", "today"], ascending=False, kind="stable", ignore_index=True)
    return TodaysTable(pd.DataFrame(lines), of_clients(snaps), (), gaps=found)


def _of_today(base: ClientBase, snaps: Snapshots) -> dict[str, pd.Series]:
    """Each feature of today, on the rows of the snapshots."""
    numbers = {name: one for name, one in snaps.features.items()
               if pd.api.types.is_float_dtype(snaps.X[name].dtype)}  # fmt: skip
    today = dated_only(base)
    rows = today.tables["clients"].drop_duplicates("client_id", keep="last")
    clients = rows[["client_id", "started_on"]].reset_index(drop=True)
    made: dict[str, Any] = windowed(today, [base.day], [clients], numbers)
    made |= called(today, today, clients["client_id"], numbers)
    whose = pd.Index(clients["client_id"]).get_indexer(snaps.clients)
    return {
        name: pd.Series(np.asarray(made[name], float)[whose], index=snaps.X.index)
        for name in numbers
    }


def _enough(snaps: Snapshots, then: pd.Series, now: pd.Series) -> bool:
    known = (then.notna() & now.notna()).to_numpy()
    y, clients = snaps.y.to_numpy()[known], snaps.clients[known]
    return all(len(np.unique(clients[y == value])) >= FEWEST for value in (0, 1))


def _both(
    snaps: Snapshots, then: pd.Series, now: pd.Series, level: float, share: float, seed: int
) -> tuple[list[dict], dict]:
    """AUC of both tables on the rows with both values, and their difference."""
    known = (then.notna() & now.notna()).to_numpy()
    y, clients = snaps.y.to_numpy()[known], snaps.clients[known]
    left = len(np.unique(clients[y == 1]))
    resamples = Resamples(clients, replicates=500, seed=seed)
    values = {"then": then.to_numpy(float)[known], "today": now.to_numpy(float)[known]}
    if scoring.auc(y, values["today"]).estimate < 0.5:
        values = {table: -one for table, one in values.items()}
    lines, drawn = [], {}
    for table, one in values.items():
        drawn[table] = resamples.of(lambda weights, one=one: weighted.auc(y, one, weights))
        estimate = float(scoring.auc(y, one).estimate)
        low, high = interval("auc", estimate, drawn[table], left, level)
        lines.append({"table": table, "estimate": estimate, "low": low, "high": high,
                      "base": len(np.unique(clients)), "left": left})  # fmt: skip
    gap = lines[1]["estimate"] - lines[0]["estimate"]
    low, high = difference(gap, drawn["today"] - drawn["then"], left, share)
    return lines, {"estimate": gap, "low": low, "high": high}
