"""Whether a model beats the rules, and by how much at least.

It answers: is there a reason to leave the rules that everybody understands. A model
beats the rules if it beats each of them: then it beats the best one, whichever that is,
and nobody had to choose it by looking at the test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

BEATS, OPEN, WORSE = "beats", "cannot_tell", "worse"
WORDS = {
    BEATS: Text("better", "лучше"),
    OPEN: Text("cannot be told apart", "не различить"),
    WORSE: Text("worse", "хуже"),
}
LOSSES = ("log_loss", "brier")


@dataclass(frozen=True, eq=False, repr=False)
class Verdict(Result):
    """How much better each model is than each rule; made by `verdict`.

    Attributes
    ----------
    measure : str
    labels : dict of candidate to Text
    leavers : int
    level : float
        Before the correction for the number of models.
    """

    measure: str = "auc"
    labels: Mapping[str, Text] = field(default_factory=dict)
    leavers: int = 0
    level: float = 0.95

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2

    @property
    def cell_words(self) -> dict[str, Mapping]:
        return {"model": self.labels, "rule": self.labels, "verdict": WORDS}

    @property
    def models(self) -> list[str]:
        """Models in the order in which they were given."""
        return list(dict.fromkeys(self.frame["model"]))

    def beats_the_rules(self, model: str | None = None) -> bool:
        """Whether a model beats every rule; any of them, if none is named."""
        names = self.models if model is None else [model]
        return any((self.of(name)["verdict"] == BEATS).all() for name in names)

    def of(self, model: str) -> pd.DataFrame:
        """Its rows, the rule that is hardest to beat first.

        Raises
        ------
        InvalidValue
            If there is no such model.
        """
        if model not in self.models:
            raise InvalidValue(f"{model!r} is not among the models: {', '.join(self.models)}.")
        rows = self.frame[self.frame["model"] == model]
        return rows.sort_values("low", kind="stable", na_position="first")

    def _named(self, candidate: str, lang: str) -> str:
        marks = ("'", "'") if lang == "en" else ("«", "»")
        return marks[0] + self.labels[candidate].in_language(lang) + marks[1]

    def headline(self, lang: str = "en") -> str:
        winners = [name for name in self.models if self.beats_the_rules(name)]
        if winners:
            listed = ", ".join(self._named(name, lang) for name in winners)
            verb = "beats" if len(winners) == 1 else "beat"
            found = Text(f"{listed} {verb} the rules", f"{listed} лучше правил")
            return found.in_language(lang)
        worst = self.frame[self.frame["verdict"] == WORSE]
        if len(worst):
            row = worst.iloc[0]
            first, second = self._named(row["model"], lang), self._named(row["rule"], lang)
            return Text(f"{first} is worse than the rule {second}",
                        f"{first} хуже правила {second}").in_language(lang)  # fmt: skip
        if len(self.models) == 1:
            name = self._named(self.models[0], lang)
            rule = self._named(self.of(self.models[0]).iloc[0]["rule"], lang)
            found = Text(
                f"{name} does not beat the rules: it cannot be told apart from {rule}",
                f"{name} не лучше правил: не отличить от {rule}",
            )
            return found.in_language(lang)
        return Text(
            "No model beats the rules that are in use already",
            "Ни одна модель не лучше правил, которые уже есть",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        parts = []
        for name in self.models:
            row = self.of(name).iloc[0]
            told = between(row["estimate"], row["low"], row["high"], lang)
            wins = self.beats_the_rules(name)
            parts.append(Text(
                f"{self._named(name, 'en')} {'beats' if wins else 'does not beat'} the rules: "
                f"hardest is {self._named(row['rule'], 'en')}, difference {told}",
                f"{self._named(name, 'ru')} {'лучше' if wins else 'не лучше'} правил: труднее "
                f"всего {self._named(row['rule'], 'ru')}, разница {told}",
            ).in_language(lang))  # fmt: skip
        measure, base = MEASURES[self.measure], self.provenance.base
        tail = Text(
            f"{measure.en}, paired, {clients(base, 'en')}, {number(self.leavers)} left.",
            f"{measure.ru}, парное сравнение, {clients(base, 'ru')}, ушли "
            f"{number(self.leavers, 'ru')}.",
        )
        return "; ".join(parts) + ". " + tail.in_language(lang)

    def decide(self, lang: str = "en") -> str:
        winners = [name for name in self.models if self.beats_the_rules(name)]
        if winners:
            return Text(
                f"Take {self._named(winners[0], 'en')} for the list of calls; repeat this test "
                "every quarter.",
                f"Взять для списка звонков {self._named(winners[0], 'ru')}; повторять эту "
                "проверку каждый квартал.",
            ).in_language(lang)
        if (self.frame["verdict"] == WORSE).any():
            rule = self.frame.loc[self.frame["verdict"] == WORSE, "rule"].iloc[0]
            return Text(f"Keep the rule {self._named(rule, 'en')}; put the model away.",
                        f"Оставить правило {self._named(rule, 'ru')}, модель отложить."
                        ).in_language(lang)  # fmt: skip
        return Text(
            "Keep the rule that everybody understands; collect records and ask again in a year.",
            "Оставить понятное всем правило; копить данные и спросить снова через год.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        name = MEASURES[self.measure].in_language(lang)
        return Text(
            f"{name} of the model less that of the rule on the same clients and days; grey: the "
            "interval contains 0",
            f"{name} модели минус {name} правила на тех же клиентах и датах; серое: интервал "
            "содержит 0",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        if len(self.models) == 1:
            rows = self.of(self.models[0])
            names = [self.labels[rule].in_language(lang) for rule in rows["rule"]]
        else:
            rows = pd.DataFrame([self.of(name).iloc[0] for name in self.models])
            versus = Text("against", "против").in_language(lang)
            names = [f"{self.labels[row['model']].in_language(lang)} {versus} "
                     f"{self.labels[row['rule']].in_language(lang)}"
                     for _, row in rows.iterrows()]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.dots(axes, names, rows["estimate"], rows["low"], rows["high"], reference=0.0,
                        texts=[number(value, lang, digits=2) for value in rows["estimate"]],
                        quiet=list(rows["verdict"] == OPEN))  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def verdict(
    tested: Backtest | CannotSay,
    models: Sequence[str] | str | None = None,
    *,
    measure: str = "auc",
    level: float = 0.95,
) -> Verdict | CannotSay:
    """Does a model beat the rules?

    Parameters
    ----------
    tested : Backtest
        With at least one model and one rule or column.
    models : str or sequence of str, optional
        By default all models of the test.
    measure : str
        A key of `backtest_measures.MEASURES`; losses are taken with their sign turned, so
        that above 0 is always better.
    level : float

    Returns
    -------
    Verdict
        `frame` by model and rule: ``model, rule, estimate, low, high, base, verdict``
        (beats, cannot_tell, worse).

    Raises
    ------
    InvalidValue
        If a model or the measure is not known.

    Notes
    -----
    'Beats the rules' is an intersection–union test (Berger 1982): each difference must
    exclude 0, which needs no correction for the number of rules and no choice of a best
    one. It is corrected for the number of models (Bonferroni): any of them may win by
    chance. 'Worse' may be found at any rule and is corrected for all pairs. The differences
    are paired, clients drawn anew with all their rows. On 50 invented agencies of 240
    clients who left by chance a ridge on all features beat the ten rules 0 times; by the
    level of the interval 4 times could have been chance.

    Examples
    --------
    >>> from clientlab.churn.backtest_example import example
    >>> from clientlab.churn.backtests import backtest
    >>> from clientlab.churn.models import spline_logistic
    >>> snapshots = example()
    >>> tested = backtest({"mine": spline_logistic(), "noise": "noise"}, snapshots, unseen_folds=0)
    >>> verdict(tested).headline()
    "'mine' beats the rules"
    """
    if isinstance(tested, CannotSay):
        return tested
    if measure not in MEASURES:
        raise InvalidValue(f"Measure {measure!r} is not known; use one of {', '.join(MEASURES)}.")
    names = _models(tested, models)
    rules = [name for name, kind in tested.kinds.items() if kind != "model"]
    if not names or not rules:
        return CannotSay.because(_lacking(bool(names)), tested.provenance)
    rows = [
        (model, rule, *_compared(tested, model, rule, measure, level, len(names), len(rules)))
        for model in names
        for rule in rules
    ]
    columns = ["model", "rule", "estimate", "low", "high", "base", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    mine = tuple(f"'{tested.labels[name].en}': " for name in names)
    cautions = [note for note in tested.notes if note.en.startswith(mine)]
    notes = (_note(len(names), len(rules)), *_wrong_way(tested, rules), *cautions)
    return Verdict(frame, tested.provenance, notes, measure, dict(tested.labels),
                   tested.leavers, level)  # fmt: skip


def gap(tested: Backtest, first: str, second: str, measure: str) -> tuple[float, np.ndarray]:
    """How much better the first candidate is than the second, and in each resample.

    Parameters
    ----------
    tested : Backtest
    first, second : str
    measure : str

    Returns
    -------
    estimate : float
        Above 0 the first one is better, whichever way the measure runs.
    drawn : ndarray
    """
    table = tested.frame[tested.frame["measure"] == measure].set_index("candidate")["estimate"]
    sign = 1.0 if HIGHER_IS_BETTER[measure] else -1.0
    drawn = sign * (tested.draws[first][measure] - tested.draws[second][measure])
    return sign * float(table[first] - table[second]), drawn


def _models(tested: Backtest, models: Sequence[str] | str | None) -> list[str]:
    if models is None:
        return [name for name, kind in tested.kinds.items() if kind == "model"]
    names = [models] if isinstance(models, str) else list(models)
    unknown = [name for name in names if name not in tested.labels]
    if unknown:
        raise InvalidValue(f"{unknown[0]!r} was not tested; there are {', '.join(tested.labels)}.")
    return names


def _compared(
    tested: Backtest, model: str, rule: str, measure: str, level: float, models: int, rules: int
) -> tuple[float, float, float, int, str]:
    estimate, drawn = gap(tested, model, rule, measure)
    low, high = difference(estimate, drawn, tested.leavers, 1 - (1 - level) / models)
    wide = difference(estimate, drawn, tested.leavers, 1 - (1 - level) / (models * rules))
    found = BEATS if low > 0 else WORSE if wide[1] < 0 else OPEN
    return estimate, low, high, tested.provenance.base or 0, found


def _lacking(has_models: bool) -> Text:
    if has_models:
        return Text("There is no rule to hold the model against: give at least one candidate "
                    "from RULES.",
                    "Модель не с чем сравнить: дайте хотя бы одно правило из RULES.")  # fmt: skip
    return Text("There is no model in this test, so there is nothing to decide about one.",
                "В этой проверке нет модели, решать не о чем.")  # fmt: skip


def _wrong_way(tested: Backtest, rules: list[str]) -> list[Text]:
    """Rules and columns that rank stayers above leavers: no feat to beat those."""
    areas = tested.frame[tested.frame["measure"] == "auc"].set_index("candidate")
    told = []
    for name, area in areas.loc[rules].query("high < 0.5")["estimate"].items():
        label, en, ru = (
            tested.labels[name],
            *(number(area, lang, digits=2) for lang in ("en", "ru")),
        )
        told.append(Text(
            f"'{label.en}' ranks the wrong way round (AUC {en}): to be better than it says "
            "nothing. If a high value is a good sign, turn its sign.",
            f"«{label.ru}» упорядочивает наоборот (AUC {ru}): быть лучше него ничего не значит. "
            "Если высокое значение — хороший признак, смените знак.",
        ))  # fmt: skip
    return told


def _note(models: int, rules: int) -> Text:
    return Text(
        f"'Beats the rules' means better than each of {rules}, so that no best one is chosen by "
        f"its result; corrected for {models} model{'s' if models > 1 else ''}.",
        f"«Лучше правил» значит лучше каждого из {rules}: лучшее не выбирают по итогу проверки; "
        f"поправка на число моделей ({models}).",
    )
