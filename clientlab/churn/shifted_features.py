"""Features whose distribution moved: do today's clients look like those of before.

It answers: which inputs of a model are no longer what it learnt from (system C11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import Resamples
from clientlab.churn.backtest_words import clients
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.stats import weighted_scoring as weighted
from clientlab.wording import Text, number, plural

SHOWN = 12  # features in the picture
FEWEST = 10  # clients: of fewer drawn anew, intervals are too short


@dataclass(frozen=True, eq=False, repr=False)
class FeatureShifts(Result):
    """How far each feature has moved; made by `feature_shifts`.

    Attributes
    ----------
    labels : dict of feature to Text
    newest : str
        First of the newest days, ISO.
    """

    labels: Mapping[str, Text] = field(default_factory=dict)
    newest: str = ""

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2

    @property
    def cell_words(self) -> dict[str, Mapping]:
        return {"feature": self.labels}

    @property
    def moved(self) -> pd.DataFrame:
        """Features of which it can be told, the furthest first."""
        rows = self.frame[self.frame["moved"]]
        return rows.reindex(rows["estimate"].sub(0.5).abs().sort_values(ascending=False).index)

    def headline(self, lang: str = "en") -> str:
        moved, many = self.moved, len(self.frame)
        if not len(moved):
            return Text(
                f"No feature has moved that can be told ({number(many)} tested)",
                f"Сдвига признаков не видно (проверено {number(many, 'ru')})",
            ).in_language(lang)
        first = moved.iloc[0]
        way = Text("up", "вверх") if first["estimate"] > 0.5 else Text("down", "вниз")
        count, name = len(moved), self.labels[first["feature"]]
        return Text(
            f"{count} of {many} features have moved, furthest '{name.en}', {way.en}",
            f"Сдвинулись признаки: {count} из {many}, дальше всего «{name.ru}», {way.ru}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        told = [
            f"{self.labels[row['feature']].in_language(lang)} "
            f"{number(row['estimate'], lang, digits=2)} ({number(row['low'], lang, digits=2)}–"
            f"{number(row['high'], lang, digits=2)})"
            for _, row in self.moved.head(5).iterrows()
        ]
        listed = f": {'; '.join(told)}" if told else ""
        return f"{self.headline(lang)}{listed}; {clients(self.provenance.base, lang)}."

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Chance that a value from {self.newest} on is above one of before; 0.5: not moved. "
            "Intervals hold for all features together; grey: contains 0.5",
            f"Вероятность, что значение с {self.newest} выше прежнего; 0,5: не сдвинулся. "
            "Интервалы верны для всех признаков сразу; серое: содержит 0,5",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        order = self.frame["estimate"].sub(0.5).abs().sort_values(ascending=False).index[:SHOWN]
        rows = self.frame.loc[order]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [self.labels[name].in_language(lang) for name in rows["feature"]],
                        rows["estimate"], rows["low"], rows["high"], reference=0.5,
                        texts=[number(value, lang, digits=2) for value in rows["estimate"]],
                        quiet=list(~rows["moved"]))  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def feature_shifts(
    snapshots: Any, *, since: Any = None, level: float = 0.95, seed: int = 0
) -> FeatureShifts | CannotSay:
    """Features whose distribution moved.

    Parameters
    ----------
    snapshots : Snapshots
    since : date-like, optional
        First of the newest days; by default the last quarter of the days.
    level : float
        Of all intervals together.
    seed : int

    Returns
    -------
    FeatureShifts or CannotSay
        CannotSay of one day, or of fewer than ten clients. `frame`: ``feature, estimate``
        (chance that a newer value is above an earlier one,
        equal ones count one half)``, low, high, base`` (clients with both)``, p_value``
        (Holm)``, moved``. Each level of a feature of words is a row of its own.

    Raises
    ------
    InvalidValue
        If there are no days on one of the two sides.

    Notes
    -----
    The chance is that of Mann and Whitney, so it does not hang on one very large client.
    Clients are drawn anew with all their days, early and late: most are on both sides.
    The population stability index has a bias of (bins − 1)(1/n + 1/m) and is not used.
    """
    if isinstance(snapshots, CannotSay):
        return snapshots
    X = snapshots.X
    days = np.sort(X.index.unique("day"))
    if len(days) < 2:
        reason = Text("Whether features moved cannot be told from one day.",
                      "По одной дате не сказать, сдвинулись ли признаки.")  # fmt: skip
        return CannotSay.because(reason, getattr(snapshots, "provenance", None))
    first = (
        pd.Timestamp(since) if since is not None else pd.Timestamp(days[-max(1, len(days) // 4)])
    )
    new = (X.index.get_level_values("day") >= first).astype(int)
    if new.all() or not new.any():
        raise InvalidValue(
            f"since={first:%Y-%m-%d} leaves no days on one side; there are {len(days)} from "
            f"{pd.Timestamp(days[0]):%Y-%m-%d} to {pd.Timestamp(days[-1]):%Y-%m-%d}."
        )
    names = X.index.get_level_values("client_id")
    if (many := names.nunique()) < FEWEST:
        reason = Text(
            f"Whether features moved cannot be told from {many} "
            f"{plural(many, 'client', 'clients')}; {FEWEST} are needed.",
            f"Сдвинулись ли признаки: клиентов {many}, нужно хотя бы {FEWEST}.",
        )
        return CannotSay.because(reason, getattr(snapshots, "provenance", None))
    resamples = Resamples(names, replicates=1000, seed=seed)
    told = [(name, *_shift(values, new, resamples)) for name, values in _numbers(X)]
    # All resamples alike: either every newer value lies on one side, or nothing differs.
    told = [one for one in told if np.isfinite(one[2]) and (one[2] > 0 or one[1] != 0.5)]
    frame = _corrected(told, level)
    own = snapshots.provenance
    base_of = Text("client on {} days|clients on {} days", "клиент за {} дат|клиента за {} дат|"
                   "клиентов за {} дат")  # fmt: skip
    base_of = Text(base_of.en.format(len(days), len(days)),
                   base_of.ru.format(len(days), len(days), len(days)))  # fmt: skip
    provenance = replace(own, base=len(resamples.names), base_of=base_of)
    labels = {name: _label(name, getattr(snapshots, "features", {})) for name in frame["feature"]}
    return FeatureShifts(frame, provenance, (), labels, f"{first:%Y-%m-%d}")


def _numbers(X: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Each feature as numbers; a feature of words as one row of 0 and 1 for each level."""
    found = []
    for name, column in X.items():
        if pd.api.types.is_numeric_dtype(column):
            found.append((str(name), column.to_numpy(float)))
            continue
        for value in sorted(column.dropna().astype(str).unique()):
            found.append((f"{name} = {value}", (column.astype(str) == value).to_numpy(float)))
    return found


def _shift(values: np.ndarray, new: np.ndarray, resamples: Resamples) -> tuple[float, float, int]:
    """Chance, its standard error and the clients behind it."""
    known = np.isfinite(values)
    if len(np.unique(new[known])) < 2 or np.ptp(values[known]) == 0:
        return np.nan, np.nan, 0
    value = float(weighted.auc(new[known], values[known], np.ones((1, int(known.sum()))))[0])
    drawn = resamples.of(lambda w: weighted.auc(new[known], values[known], w), known)
    return value, float(np.nanstd(drawn, ddof=1)), len(np.unique(resamples.codes[known]))


def _corrected(told: list[tuple], level: float) -> pd.DataFrame:
    """Intervals for all features together, p-values by Holm."""
    from scipy.special import ndtr, ndtri

    frame = pd.DataFrame(told, columns=["feature", "estimate", "se", "base"])
    if not len(frame):
        return frame.assign(low=[], high=[], p_value=[], moved=[])
    z = (frame["estimate"] - 0.5) / frame["se"]
    frame["p_value"] = proportions.adjust(2 * ndtr(-z.abs().to_numpy()), method="holm")
    half = ndtri(1 - (1 - level) / (2 * len(frame))) * frame["se"]
    frame["low"] = (frame["estimate"] - half).clip(0, 1)
    frame["high"] = (frame["estimate"] + half).clip(0, 1)
    frame["moved"] = frame["p_value"] < 1 - level
    return frame[["feature", "estimate", "low", "high", "base", "p_value", "moved"]]


def _label(name: str, features: Mapping[str, Any]) -> Text:
    own, _, value = name.partition(" = ")
    meaning = getattr(features.get(own), "meaning", None)
    if meaning is None:
        return Text(name, name)
    return Text(f"{meaning.en}: {value}", f"{meaning.ru}: {value}") if value else meaning
