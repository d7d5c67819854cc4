"""Curves behind the measures of a backtest: lift, ROC, precision and recall.

It answers: how many calls find how many leavers. All test days together, as in the
measures; bands draw clients anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import Resamples
from clientlab.churn.backtest_words import clients
from clientlab.churn.backtests import Backtest
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import weighted_scoring as weighted
from clientlab.wording import Text, percent

KINDS: dict[str, Text] = {
    "lift": Text("lift", "лифт"),
    "roc": Text("ROC", "ROC"),
    "precision_recall": Text("precision and recall", "точность и полнота"),
}
AXES: dict[str, tuple[Text, Text]] = {
    "lift": (Text("share of clients called, riskiest first",
                  "доля клиентов, которым звоним, начиная с самых рискованных"),
             Text("share of the leavers among them", "доля ушедших среди них")),
    "roc": (Text("share of those who stayed that is called", "доля оставшихся, которым звоним"),
            Text("share of the leavers that is called", "доля ушедших, которым звоним")),
    "precision_recall": (Text("share of the leavers that is called",
                              "доля ушедших, которым звоним"),
                         Text("share of the calls that reach a leaver",
                              "доля звонков, попавших к уходящему")),
}  # fmt: skip
GRID = np.round(np.linspace(0, 1, 41), 3)
DRAWN = 4  # curves in one picture
TENTH = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class Curves(Result):
    """Curves of candidates; made by `curves`.

    Attributes
    ----------
    kind : {"lift", "roc", "precision_recall"}
    labels : dict of candidate to Text
    banded : tuple of str
        Candidates drawn with their band.
    rate : float
        Share of client-days that left.
    """

    kind: str = "lift"
    labels: Mapping[str, Text] = field(default_factory=dict)
    banded: tuple[str, ...] = ()
    rate: float = 0.0

    digits: ClassVar[int] = 2

    def _at_a_tenth(self) -> pd.DataFrame:
        rows = self.frame[np.isclose(self.frame["at"], TENTH)]
        return rows.sort_values("estimate", ascending=False, kind="stable")

    def headline(self, lang: str = "en") -> str:
        rows = self._at_a_tenth().set_index("candidate")
        first = next(iter(self.labels))  # not the luckiest of all at this one point
        name, share = self.labels[first], percent(rows.loc[first, "estimate"], lang)
        return {
            "lift": Text(f"Calling a tenth by '{name.en}' reaches {share} of those who leave",
                         f"Звонок десятой части по «{name.ru}» достаёт {share} уходящих"),
            "roc": Text(f"Where a tenth of those who stay is called, '{name.en}' finds {share} of "
                        "the leavers",
                        f"Если звонить десятой части оставшихся, «{name.ru}» находит {share} "
                        "ушедших"),
            "precision_recall": Text(
                f"To find a tenth of the leavers by '{name.en}', {share} of the calls hit",
                f"Чтобы найти десятую часть ушедших по «{name.ru}», в цель попадает {share} "
                "звонков"),
        }[self.kind].in_language(lang)  # fmt: skip

    def say(self, lang: str = "en") -> str:
        across, up = (text.in_language(lang) for text in AXES[self.kind])
        told = "; ".join(
            f"{self.labels[row['candidate']].in_language(lang)} {percent(row['estimate'], lang)} "
            f"({percent(row['low'], lang)}–{percent(row['high'], lang)})"
            for _, row in self._at_a_tenth().iterrows()
        )
        head = Text(f"At a tenth ({across}), {up}", f"На десятой части ({across}), {up}")
        base = clients(self.provenance.base, lang)
        return f"{head.in_language(lang)}: {told}; {base}."

    def measures(self, lang: str = "en") -> str:
        return Text(
            "All test days together; bands: 95%, clients drawn anew; dashed grey: by chance",
            "Все даты проверки вместе; полосы: 95%, клиенты выбраны заново; серый пунктир: наугад",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts
        from clientlab.session.charts_scores import shares

        lang, series = texts.language(), {}
        for name, rows in self.frame.groupby("candidate", sort=False):
            parts = (rows["at"], rows["estimate"])
            ends = (rows["low"], rows["high"]) if name in self.banded else ()
            series[self.labels[str(name)].in_language(lang)] = (*parts, *ends)
        flat = self.kind == "precision_recall"  # by chance each call hits with the same chance
        chance = ([0, 1], [self.rate] * 2 if flat else [0, 1])
        across, up = (text.in_language(lang) for text in AXES[self.kind])
        quiet = [self.labels[name].in_language(lang) for name in self.labels
                 if name not in self.banded]  # fmt: skip
        with charts.picture(self, ax) as axes:
            shares(axes, series, across=across, up=up, quiet=quiet, reference=chance)
        return axes


def curves(
    tested: Backtest | CannotSay,
    kind: str = "lift",
    *,
    candidates: Sequence[str] | None = None,
    level: float = 0.95,
) -> Curves | CannotSay:
    """How many calls find how many leavers.

    Parameters
    ----------
    tested : Backtest
    kind : {"lift", "roc", "precision_recall"}
    candidates : sequence of str, optional
        By default the four with the highest AUC, models first among equals; the models,
        or else the first, have bands.
    level : float

    Returns
    -------
    Curves
        `frame`: ``candidate, at, estimate, low, high, base``; `at` is the share across.

    Raises
    ------
    InvalidValue
        If the kind or a candidate is not known.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> curves(backtest("load", example())).headline()
    "Calling a tenth by 'load' reaches 40% of those who leave"
    """
    if isinstance(tested, CannotSay):
        return tested
    if kind not in KINDS:
        raise InvalidValue(f"kind={kind!r} is not known; use one of {', '.join(KINDS)}.")
    names = list(candidates) if candidates is not None else _first(tested)
    resamples, parts = None, []
    for name in names:
        rows = tested.rows_of(name)
        resamples = resamples or Resamples(rows["client_id"], replicates=400)
        y, score = rows["y"].to_numpy(), rows["score"].to_numpy()
        value = _curve(kind, y, score)
        line = value(np.ones((1, len(y))))[0]
        drawn = np.concatenate([value(resamples.weights[at : at + 50][:, resamples.codes])
                                for at in range(0, resamples.replicates, 50)])  # fmt: skip
        ends = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        parts.append(pd.DataFrame({"candidate": name, "at": GRID, "estimate": line,
                                   "low": ends[0], "high": ends[1],
                                   "base": tested.provenance.base}))  # fmt: skip
    models = tuple(name for name in names if tested.kinds[name] == "model") or tuple(names[:1])
    rate = float(tested.rows_of(names[0])["y"].mean())
    labels = {name: tested.labels[name] for name in names}
    return Curves(pd.concat(parts, ignore_index=True), tested.provenance, (),
                  kind, labels, models, rate)  # fmt: skip


def _first(tested: Backtest) -> list[str]:
    order = list(tested.of("auc")["candidate"])
    models = [name for name in order if tested.kinds[name] == "model"][: DRAWN - 1]
    rest = [name for name in order if name not in models]
    return [*models, *rest[: DRAWN - len(models)]]


def _curve(kind: str, y: np.ndarray, score: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The curve on the grid for every weighting: ties are taken as drawn at random."""

    def lines(weights: np.ndarray) -> np.ndarray:
        left, stayed = weighted.by_score(y, -score, weights)
        start = np.zeros((len(left), 1))
        found = np.hstack([start, np.cumsum(left, axis=1)])
        false = np.hstack([start, np.cumsum(stayed, axis=1)])
        called = found + false
        if kind == "precision_recall":
            return _precision(found, called)
        across = called if kind == "lift" else false
        return np.array([np.interp(GRID, one / one[-1], two / two[-1])
                         for one, two in zip(across, found, strict=True)])  # fmt: skip

    return lines


def _precision(found: np.ndarray, called: np.ndarray) -> np.ndarray:
    """Precision where a part of the leavers is found; calls between cuts are drawn at random."""
    lines = []
    for hits, calls in zip(found, called, strict=True):
        # A part is found at the first call that finds it: later calls in vain do not count.
        rising = hits + 1e-12 * np.arange(len(hits))
        needed = np.interp(GRID * hits[-1], rising, calls)
        with np.errstate(invalid="ignore"):
            line = GRID * hits[-1] / needed
        line[0] = line[1] if len(line) > 1 else np.nan
        lines.append(line)
    return np.array(lines)
