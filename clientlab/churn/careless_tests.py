"""How much a careless test flatters: the usual mistakes, run on the same rows.

It answers: by how much does a random split, or a test on the rows that the model learnt
from, promise more than a test in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn import predicting
from clientlab.churn.backtest_measures import Resamples, difference, interval, measured
from clientlab.churn.backtest_words import between, clients
from clientlab.churn.backtests import Backtest
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number

WAYS: dict[str, Text] = {
    "in_time": Text("in time: days it could not know", "по времени: неизвестные даты"),
    "random_split": Text("random split of all rows", "случайное разбиение всех строк"),
    "training_rows": Text("on the rows it learnt from", "на тех же строках, по которым училась"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Flattery(Result):
    """The same model, tested carelessly and in time; made by `flattery`.

    Attributes
    ----------
    name : Text
    gaps : dict of way to (estimate, low, high)
        How much more than in time each careless way promises.
    """

    name: Text = Text("model", "модель")
    gaps: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    cell_words: ClassVar[dict] = {"way": WAYS}

    def headline(self, lang: str = "en") -> str:
        honest = self._value("in_time", lang)
        loud = max(self.gaps, key=lambda way: self.gaps[way][0])
        if self.gaps[loud][1] > 0:
            return Text(
                f"AUC {self._value(loud, 'en')} {WAYS[loud].en}, {honest} in time: careless tests "
                "flatter",
                f"AUC {self._value(loud, 'ru')} {WAYS[loud].ru}, {honest} по времени: небрежная "
                "проверка льстит",
            ).in_language(lang)
        return Text(
            f"Careless tests cannot be told from the one in time here: AUC {honest} in time",
            f"Небрежная проверка здесь неотличима от проверки по времени: AUC {honest}",
        ).in_language(lang)

    def _value(self, way: str, lang: str) -> str:
        rows = self.frame.set_index("way")["estimate"]
        return number(float(rows[way]), lang, digits=2)

    def say(self, lang: str = "en") -> str:
        told = []
        for way, (value, low, high) in self.gaps.items():
            told.append(f"{WAYS[way].in_language(lang)} {between(value, low, high, lang)}")
        base = clients(self.provenance.base, lang)
        return Text(
            f"AUC in time {self._value('in_time', 'en')}; more than that: {'; '.join(told)}; "
            f"{base}.",
            f"AUC по времени {self._value('in_time', 'ru')}; сверх того: {'; '.join(told)}; "
            f"{base}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "AUC of one model on the same clients and days, tested in three ways; 95% intervals",
            "AUC одной модели на одних клиентах и датах при трёх способах проверки; 95%-е "
            "интервалы",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [WAYS[way].in_language(lang) for way in self.frame["way"]],
                        self.frame["estimate"], self.frame["low"], self.frame["high"],
                        reference=0.5, quiet=list(self.frame["way"] != "in_time"),
                        texts=[number(value, lang, digits=2)
                               for value in self.frame["estimate"]])  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def flattery(
    model: Any,
    snapshots: Any,
    tested: Backtest | CannotSay,
    name: str,
    *,
    folds: int = 5,
    seed: int = 0,
) -> Flattery | CannotSay:
    """The usual mistakes on the same rows: a random split, and a test on the training rows.

    Parameters
    ----------
    model : estimator
        The one that was tested under `name`.
    snapshots : Snapshots
    tested : Backtest
    name : str
        Candidate of `tested`.
    folds : int
        Parts of the random split; rows of one client and days after the test day teach.
    seed : int

    Returns
    -------
    Flattery
        `frame`: ``way, estimate, low, high, base``; AUC on the rows of the test days.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> from clientlab.churn.models import forest
    >>> rows = example()
    >>> tested = backtest({"forest": forest()}, rows, unseen_folds=0)
    >>> flattery(forest(), rows, tested, "forest").gaps["training_rows"][0] > 0
    True
    """
    if isinstance(tested, CannotSay):
        return tested
    X, y = snapshots.X, pd.Series(np.asarray(snapshots.y, int), index=snapshots.X.index)
    honest = tested.rows_of(name)
    at = pd.MultiIndex.from_frame(honest[["client_id", "day"]])
    ways = {"in_time": honest["score"].to_numpy()}
    part = np.random.default_rng(seed).permutation(len(X)) % folds
    said = pd.Series(np.nan, index=X.index)
    for fold in range(folds):
        ask = part == fold
        said[ask] = predicting.asked(predicting.fitted(model, X[~ask], y[~ask]), X[ask])[0]
    ways["random_split"] = said.reindex(at).to_numpy()
    ways["training_rows"] = predicting.asked(predicting.fitted(model, X, y), X.loc[at])[0]
    resamples = Resamples(honest["client_id"])
    found = {way: measured(honest.assign(score=score), resamples)["auc"]
             for way, score in ways.items()}  # fmt: skip
    rows = [(way, value, *interval("auc", value, drawn, tested.leavers), tested.provenance.base)
            for way, (value, drawn) in found.items()]  # fmt: skip
    gaps = {}
    for way in ("random_split", "training_rows"):
        gap = found[way][0] - found["in_time"][0]
        gaps[way] = (gap, *difference(gap, found[way][1] - found["in_time"][1], tested.leavers))
    note = Text(
        "A random split lets the same client and later days teach the test.",
        "При случайном разбиении тест подсказывают тот же клиент и более поздние даты.",
    )
    columns = ["way", "estimate", "low", "high", "base"]
    return Flattery(pd.DataFrame(rows, columns=columns), tested.provenance, (note,),
                    tested.labels[name], gaps)  # fmt: skip
