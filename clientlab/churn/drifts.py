"""Has the world moved on: the newest test days against the earlier ones, and the features.

It answers: does the candidate still tell who leaves as it did, and do today's clients look
like those it learnt from (system C11). As many of the newest test days are taken as hold
ten leavers: on fewer nothing is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import Resamples, difference
from clientlab.churn.backtest_words import between, clients
from clientlab.churn.backtests import Backtest
from clientlab.churn.origins import LEAVERS
from clientlab.results import CannotSay, Result
from clientlab.stats import weighted_scoring as weighted
from clientlab.wording import Text, number, plural

MEASURES: dict[str, Text] = {
    "auc": Text("AUC", "AUC"),
    "log_loss": Text("log loss", "логарифмическая потеря"),
    "more_left": Text("share that left less promised", "доля ушедших минус обещанная"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Drift(Result):
    """Newest test days less the earlier ones; made by `drift`.

    Attributes
    ----------
    name : Text
    newest : tuple of str
        First and last of the newest test days, ISO.
    earlier_days, newest_days : int
    """

    name: Text = Text("model", "модель")
    newest: tuple[str, str] = ("", "")
    earlier_days: int = 0
    newest_days: int = 0

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    cell_words: ClassVar[dict] = {"measure": MEASURES}

    @property
    def moved(self) -> list[str]:
        """Measures whose interval excludes 0."""
        rows = self.frame[(self.frame["low"] > 0) | (self.frame["high"] < 0)]
        return list(rows["measure"])

    def headline(self, lang: str = "en") -> str:
        if not self.moved:
            return Text(
                f"'{self.name.en}': no drift can be told on the newest {self.newest_days} test "
                f"{plural(self.newest_days, 'day', 'days')}",
                f"«{self.name.ru}»: на последних датах проверки ({self.newest_days}) сдвига не "
                "видно",
            ).in_language(lang)
        listed = ", ".join(MEASURES[name].in_language(lang) for name in self.moved)
        return Text(f"'{self.name.en}' has drifted: {listed}",
                    f"«{self.name.ru}» сдвинулась: {listed}").in_language(lang)  # fmt: skip

    def say(self, lang: str = "en") -> str:
        told = []
        for _, row in self.frame.iterrows():
            sides = [number(row[side], lang, digits=2) for side in ("newest", "earlier")]
            against = Text("against", "против").in_language(lang)
            gap = between(row["estimate"], row["low"], row["high"], lang)
            told.append(f"{MEASURES[row['measure']].in_language(lang)} {sides[0]} {against} "
                        f"{sides[1]}, {gap}")  # fmt: skip
        base = clients(self.provenance.base, lang)
        return Text(
            f"From {self.newest[0]} on against before: {'; '.join(told)}; {base}.",
            f"С {self.newest[0]} против прежнего: {'; '.join(told)}; {base}.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if not self.moved:
            return ""
        return Text("Look at the features that moved before you trust the next list.",
                    "До следующего списка посмотреть, какие признаки сдвинулись."
                    ).in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Newest test days (from {self.newest[0]} on) less the earlier ones; intervals hold "
            "for all rows together, clients drawn anew; grey: contains 0",
            f"Последние даты проверки (с {self.newest[0]}) минус прежние; интервалы верны для всех "
            "строк сразу, клиенты выбраны заново; серое: содержит 0",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [MEASURES[name].in_language(lang) for name in rows["measure"]],
                        rows["estimate"], rows["low"], rows["high"], reference=0.0,
                        texts=[number(value, lang, digits=2) for value in rows["estimate"]],
                        quiet=[name not in self.moved for name in rows["measure"]])  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def drift(
    tested: Backtest | CannotSay, candidate: str | None = None, *, level: float = 0.95
) -> Drift | CannotSay:
    """The newest test days against the earlier ones.

    Parameters
    ----------
    tested : Backtest
    candidate : str, optional
        By default the first model, or else the first candidate.
    level : float
        Of all intervals together (Bonferroni).

    Returns
    -------
    Drift
        `frame`: ``measure, newest, earlier, estimate`` (newest less earlier)``, low, high,
        base`` (clients). CannotSay where either side has fewer than ten leavers.

    Raises
    ------
    InvalidValue
        If the candidate was not tested.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> drift(backtest("load", example())).frame["measure"].tolist()
    ['auc', 'log_loss', 'more_left']
    """
    if isinstance(tested, CannotSay):
        return tested
    models = [name for name, kind in tested.kinds.items() if kind == "model"]
    name = candidate or (models or list(tested.labels))[0]
    rows = tested.rows_of(name)
    new = _newest(rows)
    left = [rows["client_id"][side & (rows["y"] == 1)].nunique() for side in (new, ~new)]
    if min(left) < LEAVERS:
        return CannotSay.because(_too_few(left), tested.provenance)
    y, score, p = (rows[column].to_numpy() for column in ("y", "score", "probability"))
    resamples, told = Resamples(rows["client_id"]), []
    sides = {
        "auc": lambda at, w: weighted.auc(y[at], score[at], w),
        "log_loss": lambda at, w: weighted.log_loss(y[at], p[at], w),
        "more_left": lambda at, w: weighted.mean(y[at] - p[at], w),
    }
    sides = {key: of for key, of in sides.items() if key == "auc" or not np.isnan(p).any()}
    for measure, of in sides.items():
        values, drawn = [], []
        for at in (new, ~new):
            values.append(float(of(at, np.ones((1, int(at.sum()))))[0]))
            drawn.append(resamples.of(lambda w, of=of, at=at: of(at, w), at))
        gap = values[0] - values[1]
        if np.isnan(gap):
            continue  # everybody left on one side: there is nobody to rank
        ends = difference(gap, drawn[0] - drawn[1], min(left), 1 - (1 - level) / len(sides))
        told.append((measure, *values, gap, *ends, tested.provenance.base))
    columns = ["measure", "newest", "earlier", "estimate", "low", "high", "base"]
    days = rows["day"][new]
    ends = tuple(f"{day:%Y-%m-%d}" for day in (days.min(), days.max()))
    frame, earlier = pd.DataFrame(told, columns=columns), rows["day"][~new].nunique()
    return Drift(frame, tested.provenance, _thin(left), tested.labels[name], ends, earlier,
                 days.nunique())  # fmt: skip


def _newest(rows: pd.DataFrame) -> np.ndarray:
    """Rows of the fewest newest test days that hold ten leavers."""
    days = np.sort(rows["day"].unique())[::-1]
    for count in range(1, len(days)):
        inside = rows["day"].isin(days[:count]).to_numpy()
        if rows["client_id"][inside & (rows["y"] == 1)].nunique() >= LEAVERS:
            return inside
    return rows["day"].isin(days[:1]).to_numpy()


def _too_few(left: list[int]) -> Text:
    return Text(
        f"Whether it drifts cannot be told: {left[0]} clients left after the newest test days and "
        f"{left[1]} after the earlier ones; either side needs {LEAVERS}.",
        f"Есть ли сдвиг, сказать нельзя: после последних дат проверки ушли {left[0]}, после "
        f"прежних {left[1]}; с каждой стороны нужно {LEAVERS}.",
    )


def _thin(left: list[int]) -> tuple[Text, ...]:
    if min(left) >= 2 * LEAVERS:
        return ()
    return (Text(
        f"Few leavers: {left[0]} after the newest days, {left[1]} after the earlier ones. Only a "
        "large drift would be seen.",
        f"Ушедших мало: {left[0]} после последних дат, {left[1]} после прежних. Виден был бы "
        "только большой сдвиг.",
    ),)  # fmt: skip
