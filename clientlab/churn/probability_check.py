"""Do probabilities mean what they say: promised against come, by parts of the list.

It answers: of those who were given one in ten, did one in ten leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import Resamples, wilson
from clientlab.churn.backtest_words import clients
from clientlab.churn.backtests import Backtest
from clientlab.results import CannotSay, Result
from clientlab.stats import scoring
from clientlab.stats import weighted_scoring as weighted
from clientlab.wording import Text, number


@dataclass(frozen=True, eq=False, repr=False)
class Reliability(Result):
    """Promised against come, by parts of the list; made by `reliability`.

    Attributes
    ----------
    labels : dict of candidate to Text
    slopes : dict of candidate to (estimate, low, high)
        Of the calibration; 1 is right, under 1 the probabilities are too extreme.
    """

    labels: Mapping[str, Text] = field(default_factory=dict)
    slopes: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)

    digits: ClassVar[int] = 2

    def _judged(self, name: str) -> Text:
        _, low, high = self.slopes[name]
        if np.isnan(low) or low <= 1 <= high:
            return Text("cannot be told apart from right", "не отличить от верных")
        if high < 1:
            return Text("too extreme", "слишком крайние")
        return Text("too timid", "слишком робкие")

    def headline(self, lang: str = "en") -> str:
        told = [
            Text(f"'{self.labels[name].en}' {self._judged(name).en}",
                 f"«{self.labels[name].ru}» {self._judged(name).ru}").in_language(lang)
            for name in self.slopes
        ]  # fmt: skip
        head = Text("Probabilities", "Вероятности").in_language(lang)
        return f"{head}: {'; '.join(told)}"

    def say(self, lang: str = "en") -> str:
        word = Text("slope", "наклон").in_language(lang)
        told = [
            f"{self.labels[name].in_language(lang)}: {word} {number(value, lang, digits=2)} "
            f"({number(low, lang, digits=2)} … {number(high, lang, digits=2)})"
            for name, (value, low, high) in self.slopes.items()
        ]
        right = Text("1 is right", "1 это верно").in_language(lang)
        return f"{'; '.join(told)}; {right}; {clients(self.provenance.base, lang)}."

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Parts of the list, least risk first: mean probability promised and share that left; "
            "95% intervals, clients drawn anew",
            "Части списка от меньшего риска: средняя обещанная вероятность и доля ушедших; "
            "95%-е интервалы, клиенты выбраны заново",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts
        from clientlab.session.charts_scores import promised

        lang, series = texts.language(), {}
        for name, rows in self.frame.groupby("candidate", sort=False):
            series[self.labels[str(name)].in_language(lang)] = tuple(
                rows[column] for column in ("predicted", "estimate", "low", "high")
            )
        across = Text("promised", "обещано").in_language(lang)
        up = Text("left", "ушли").in_language(lang)
        with charts.picture(self, ax) as axes:
            promised(axes, series, across=across, up=up)
        return axes


def reliability(
    tested: Backtest | CannotSay,
    candidates: Sequence[str] | str | None = None,
    *,
    bins: int = 5,
    level: float = 0.95,
) -> Reliability | CannotSay:
    """Do probabilities mean what they say?

    Parameters
    ----------
    tested : Backtest
    candidates : str or sequence of str, optional
        By default the models.
    bins : int
        Parts of the list with about equally many rows; equal probabilities are never split.
    level : float

    Returns
    -------
    Reliability
        `frame`: ``candidate, bin, predicted, estimate, low, high, base`` (clients).

    Raises
    ------
    InvalidValue
        If a candidate was not tested.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> reliability(backtest("load", example()), "load").headline()
    "Probabilities: 'load' cannot be told apart from right"
    """
    if isinstance(tested, CannotSay):
        return tested
    names = [candidates] if isinstance(candidates, str) else list(candidates or ())
    names = names or [name for name, kind in tested.kinds.items() if kind == "model"]
    names = [name for name in names if tested.rows_of(name)["probability"].notna().all()]
    if not names:
        return CannotSay.because(Text("No candidate of this test gives a probability.",
                                      "Вероятностей здесь не даёт никто."),
                                 tested.provenance)  # fmt: skip
    parts, slopes = [], {}
    table = tested.frame[tested.frame["measure"] == "calibration_slope"].set_index("candidate")
    for name in names:
        rows = tested.rows_of(name)
        parts.append(_binned(rows, bins, level).assign(candidate=name))
        slopes[name] = tuple(table.loc[name, ["estimate", "low", "high"]].astype(float))
    columns = ["candidate", "bin", "predicted", "estimate", "low", "high", "base"]
    return Reliability(
        pd.concat(parts, ignore_index=True)[columns], tested.provenance, (),
        {name: tested.labels[name] for name in names}, slopes,
    )  # fmt: skip


def _binned(rows: pd.DataFrame, bins: int, level: float) -> pd.DataFrame:
    y, p = rows["y"].to_numpy(), rows["probability"].to_numpy()
    made = scoring.calibration(y, p, bins=bins).bins
    edges = np.cumsum(made["base"].to_numpy())
    part = np.searchsorted(edges, np.argsort(np.argsort(p, kind="stable")), side="right")
    resamples, told = Resamples(rows["client_id"], replicates=1000), []
    for place, row in enumerate(made.itertuples()):
        inside = part == place
        drawn = resamples.of(lambda w, inside=inside: weighted.mean(y[inside], w), inside)
        clients = rows["client_id"][inside].nunique()
        spread = float(np.nanstd(drawn, ddof=1))
        low, high = wilson(float(row.estimate), spread, clients, level)
        told.append((row.bin, row.predicted, row.estimate, low, high, clients))
    return pd.DataFrame(told, columns=["bin", "predicted", "estimate", "low", "high", "base"])
