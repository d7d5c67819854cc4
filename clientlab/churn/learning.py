"""Would more clients help: the learning curve of a model.

It answers: does the model still learn from every further client, or has it all it can use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn import predicting
from clientlab.churn.backtest_measures import MEASURES, Resamples, difference, interval, measured
from clientlab.churn.backtest_words import between, clients
from clientlab.churn.backtests import Backtest
from clientlab.churn.candidates import label
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number

SHARES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False, repr=False)
class LearningCurve(Result):
    """A measure by the number of clients learnt from; made by `learning_curve`.

    Attributes
    ----------
    measure : str
    name : Text
    gain : tuple of (estimate, low, high)
        Of all clients against half of them; above 0 is better.
    """

    measure: str = "auc"
    name: Text = Text("model", "модель")
    gain: tuple[float, float, float] = (np.nan, np.nan, np.nan)

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    formats: ClassVar[dict[str, str]] = {"share": "percent", "clients": "integer"}

    def headline(self, lang: str = "en") -> str:
        _, low, high = self.gain
        if low > 0:
            return Text(f"'{self.name.en}' still learns: twice the clients made it better",
                        f"«{self.name.ru}» ещё учится: вдвое больше клиентов её улучшили"
                        ).in_language(lang)  # fmt: skip
        if high < 0:
            return Text(f"'{self.name.en}' got worse with twice the clients",
                        f"«{self.name.ru}»: вдвое больше клиентов её ухудшили"
                        ).in_language(lang)  # fmt: skip
        return Text(
            f"'{self.name.en}': whether twice the clients help cannot be told",
            f"«{self.name.ru}»: помогает ли вдвое больше клиентов, не сказать",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        first, last = self.frame.iloc[0], self.frame.iloc[-1]
        gain = between(*self.gain, lang)
        name = MEASURES[self.measure].in_language(lang)
        few, many = number(first["leavers"], lang), number(last["leavers"], lang)
        values = [number(row["estimate"], lang, digits=2) for row in (first, last)]
        base = clients(self.provenance.base, lang)
        return Text(
            f"{name}: {values[0]} learning from {few} leavers, {values[1]} from {many}; all "
            f"clients against half of them {gain}, {base}.",
            f"{name}: {values[0]} при {few} ушедших в обучении, {values[1]} при {many}; все "
            f"клиенты против половины {gain}, {base}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        name = MEASURES[self.measure].in_language(lang)
        return Text(
            f"{name} on the test days by the leavers that the model learnt from; 95% intervals",
            f"{name} на датах проверки в зависимости от числа ушедших в обучении; 95%-е интервалы",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        word = Text("leavers", "ушедших").in_language(lang)
        names = [f"{number(count, lang)} {word}" for count in self.frame["leavers"]]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, names, self.frame["estimate"], self.frame["low"], self.frame["high"],
                        reference=0.5 if self.measure == "auc" else None,
                        texts=[number(value, lang, digits=2)
                               for value in self.frame["estimate"]])  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def learning_curve(
    model: Any,
    snapshots: Any,
    tested: Backtest | CannotSay,
    *,
    measure: str = "auc",
    shares: Sequence[float] = SHARES,
    draws: int = 3,
    name: str = "model",
    seed: int = 0,
) -> LearningCurve | CannotSay:
    """How good the model is when it learns from a part of the clients.

    Parameters
    ----------
    model : estimator
    snapshots : Snapshots
    tested : Backtest
        Its test days are used.
    measure : {"auc", "average_precision", "log_loss", "brier", "lift_10"}
    shares : sequence of float
        Parts of the clients, with all their rows; the last one is 1.
    draws : int
        Times each part is drawn; the measure is their mean.
    name : str
    seed : int

    Returns
    -------
    LearningCurve
        `frame`: ``share, clients, leavers`` (mean, at the last test day), ``estimate, low,
        high, base``.

    Raises
    ------
    InvalidValue
        If a share leaves (0, 1] or the measure is not known.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> from clientlab.churn.models import spline_logistic
    >>> rows = example()
    >>> tested = backtest({"model": spline_logistic()}, rows, unseen_folds=0)
    >>> found = learning_curve(spline_logistic(), rows, tested, shares=(0.5, 1), draws=1)
    >>> found.frame["share"].tolist()
    [0.5, 1.0]
    """
    if isinstance(tested, CannotSay):
        return tested
    if not all(0 < share <= 1 for share in shares) or measure not in MEASURES:
        raise InvalidValue(
            f"shares={tuple(shares)!r} must lie above 0 and up to 1, and measure={measure!r} be "
            f"one of {', '.join(MEASURES)}."
        )
    X, y = snapshots.X, pd.Series(np.asarray(snapshots.y, int), index=snapshots.X.index)
    told, kept = [], {}
    resamples = Resamples(tested.rows_of(next(iter(tested.labels)))["client_id"])
    random = np.random.default_rng(seed)
    for share in shares:
        made = [
            _part(model, X, y, tested, share, random) for _ in range(1 if share == 1 else draws)
        ]
        found = [measured(rows, resamples)[measure] for rows, _, _ in made]
        value = float(np.mean([one for one, _ in found]))
        drawn = np.mean([draw for _, draw in found], axis=0)
        kept[share] = value, drawn
        low, high = interval(measure, value, drawn, tested.leavers)
        clients, left = (float(np.mean([one[at] for one in made])) for at in (1, 2))
        told.append((share, clients, left, value, low, high, tested.provenance.base))
    columns = ["share", "clients", "leavers", "estimate", "low", "high", "base"]
    return LearningCurve(
        pd.DataFrame(told, columns=columns), tested.provenance, (), measure, label(name),
        _gain(kept, measure, tested.leavers),
    )  # fmt: skip


def _part(
    model: Any, X: pd.DataFrame, y: pd.Series, tested: Backtest, share: float,
    random: np.random.Generator,
) -> tuple[pd.DataFrame, int, int]:  # fmt: skip
    """Rows of the test, predicted by a model that learnt from a part of the clients."""
    days = X.index.get_level_values("day")
    clients = X.index.get_level_values("client_id")
    parts, count, left, kept = [], 0, 0, {}
    template = tested.rows_of(next(iter(tested.labels)))
    for day, rows in template.groupby("day", sort=True):
        row = tested.days[tested.days["day"] == day].iloc[0]
        if row["trained_until"] not in kept:  # a model may be kept for several test days
            train = (days >= row["trained_from"]) & (days <= row["trained_until"])
            mine = _drawn(clients[train], y.to_numpy()[train], share, random)
            taught = train & clients.isin(mine)
            count, left = len(mine), clients[taught][y.to_numpy()[taught] == 1].nunique()
            kept = {row["trained_until"]: predicting.fitted(model, X[taught], y[taught])}
        inner = kept[row["trained_until"]]
        at = pd.MultiIndex.from_frame(rows[["client_id", "day"]])
        score, p = predicting.asked(inner, X.loc[at])
        parts.append(rows.assign(score=score, probability=p, alarm=False))
    return pd.concat(parts).loc[template.index], count, left


def _drawn(
    clients: pd.Index, left: np.ndarray, share: float, random: np.random.Generator
) -> np.ndarray:
    """A part of the clients, and the same part of those who left, at least two."""
    gone = np.unique(clients[left == 1])
    others = np.setdiff1d(np.unique(clients), gone)
    most = [max(min(2, len(group)), round(share * len(group))) for group in (gone, others)]
    return np.concatenate([random.choice(group, size, replace=False)
                           for group, size in zip((gone, others), most, strict=True)])  # fmt: skip


def _gain(
    kept: Mapping[float, tuple[float, np.ndarray]], measure: str, leavers: int
) -> tuple[float, float, float]:
    if not {0.5, 1.0} <= set(kept):
        return np.nan, np.nan, np.nan
    sign = -1.0 if measure in ("log_loss", "brier") else 1.0
    (half, half_drawn), (full, full_drawn) = kept[0.5], kept[1.0]
    estimate = sign * (full - half)
    return estimate, *difference(estimate, sign * (full_drawn - half_drawn), leavers)
