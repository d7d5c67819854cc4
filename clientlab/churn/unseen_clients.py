"""Clients never seen before: does the model know who leaves, or does it know these clients.

It answers: how good is the model on a client of whom it learnt nothing. In use most
clients were there before, so the first number is the honest one for the Monday list, the
second one for a client who came last week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import HIGHER_IS_BETTER, MEASURES, difference
from clientlab.churn.backtest_words import between, clients
from clientlab.churn.backtests import Backtest
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number


@dataclass(frozen=True, eq=False, repr=False)
class Unseen(Result):
    """Models on clients they know and on clients they do not; made by `unseen`.

    Attributes
    ----------
    measure : str
    labels : dict of candidate to Text
    """

    measure: str = "auc"
    labels: Mapping[str, Text] = field(default_factory=dict)

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2

    @property
    def cell_words(self) -> dict[str, Mapping]:
        return {"candidate": self.labels}

    @property
    def loses(self) -> list[str]:
        """Models that are surely worse on clients they never saw."""
        return list(self.frame["candidate"][self.frame["high"] < 0])

    def headline(self, lang: str = "en") -> str:
        if self.loses:
            listed = ", ".join(self.labels[name].in_language(lang) for name in self.loses)
            return Text(f"Worse on clients never seen: {listed}",
                        f"Хуже на незнакомых клиентах: {listed}").in_language(lang)  # fmt: skip
        return Text(
            "On clients never seen the models are not told apart from clients they know",
            "На незнакомых клиентах модели не отличить от них же на знакомых",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        told = []
        for _, row in self.frame.iterrows():
            known, new = (number(row[side], lang, digits=2) for side in ("seen", "unseen"))
            gap = between(row["estimate"], row["low"], row["high"], lang)
            name = self.labels[row["candidate"]]
            told.append(Text(f"{name.en}: {new} never seen, {known} as in use, difference {gap}",
                             f"{name.ru}: {new} на незнакомых, {known} как в работе, разница {gap}"
                             ).in_language(lang))  # fmt: skip
        measure = MEASURES[self.measure].in_language(lang)
        return f"{measure}: {'; '.join(told)}; {clients(self.provenance.base, lang)}."

    def measures(self, lang: str = "en") -> str:
        name = MEASURES[self.measure].in_language(lang)
        return Text(
            f"{name} of models that never saw the client less that of models that may have, same "
            "clients and days; below 0: worse; grey: contains 0",
            f"{name} модели, не видевшей клиента, минус {name} модели, которая могла его видеть; "
            "те же клиенты и даты; ниже 0: хуже; серое: содержит 0",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        unsure = [not (low > 0 or high < 0) for low, high in zip(rows["low"], rows["high"],
                                                                 strict=True)]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [self.labels[name].in_language(lang) for name in rows["candidate"]],
                        rows["estimate"], rows["low"], rows["high"], reference=0.0, quiet=unsure,
                        texts=[number(value, lang, digits=2)
                               for value in rows["estimate"]])  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def unseen(
    tested: Backtest | CannotSay, *, measure: str = "auc", level: float = 0.95
) -> Unseen | CannotSay:
    """How the models do on clients they never saw.

    Parameters
    ----------
    tested : Backtest
        Made with `unseen_folds`.
    measure : str
        A key of `backtest_measures.MEASURES`; losses with their sign turned.
    level : float

    Returns
    -------
    Unseen
        `frame` by model: ``candidate, seen, unseen, estimate`` (unseen less seen, below 0
        is worse)``, low, high, base``.

    Raises
    ------
    InvalidValue
        If the measure is not known.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> from clientlab.churn.models import spline_logistic
    >>> unseen(backtest({"mine": spline_logistic()}, example())).headline()
    'On clients never seen the models are not told apart from clients they know'
    """
    if isinstance(tested, CannotSay):
        return tested
    if measure not in MEASURES:
        raise InvalidValue(f"Measure {measure!r} is not known; use one of {', '.join(MEASURES)}.")
    if not len(tested.unseen):
        reason = Text(
            "No model of this test was asked about clients it never saw (unseen_folds).",
            "В этой проверке модели не спрашивали о незнакомых клиентах (unseen_folds).",
        )
        return CannotSay.because(reason, tested.provenance)
    sign, rows = (1.0 if HIGHER_IS_BETTER[measure] else -1.0), []
    for name in tested.unseen_draws:
        known, new = (table[(table["candidate"] == name) & (table["measure"] == measure)]
                      ["estimate"].iloc[0] for table in (tested.frame, tested.unseen))  # fmt: skip
        drawn = sign * (tested.unseen_draws[name][measure] - tested.draws[name][measure])
        gap = sign * float(new - known)
        if np.ptp(drawn[np.isfinite(drawn)]) == 0:
            ends = (gap, gap)  # the model learns nothing of clients: both are the same
        else:
            ends = difference(gap, drawn, tested.leavers, level)
        rows.append((name, known, new, gap, *ends, tested.provenance.base))
    columns = ["candidate", "seen", "unseen", "estimate", "low", "high", "base"]
    folds = tested.unseen_folds
    note = Text(
        f"Models that never saw the client learnt from {folds - 1} of {folds} parts of the "
        "clients: a part of the difference may be that.",
        f"Не видевшие клиента модели учились на {folds - 1} из {folds} частей клиентов: часть "
        "разницы может быть из-за этого.",
    )
    labels = {name: tested.labels[name] for name in tested.unseen_draws}
    frame = pd.DataFrame(rows, columns=columns)
    return Unseen(frame, tested.provenance, (note,), measure, labels)
