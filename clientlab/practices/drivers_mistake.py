"""The usual way to look for practices that work, made on purpose, and what it finds in nothing.

It answers: what does a table say that takes every manager for an agency and every practice
for the only one; and how often does it find practices where there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.practices.drivers_columns import (
    Column,
    comparable,
    practices_of,
    units_of,
)
from clientlab.practices.drivers_outcome import Outcome, outcome_of
from clientlab.practices.drivers_result import digits_of, signed
from clientlab.practices.survey import RESPONDENTS, Survey, joined
from clientlab.results import CannotSay, Provenance, Result
from clientlab.stats import proportions
from clientlab.stats.importance_tests import sign_flips
from clientlab.wording import Text, number, percent, percent_range

RUNS, FLIPS = 200, 999
ENOUGH = 20


def one_by_one(
    survey: Survey, outcome: Any, *, questions: Sequence[str] | None = None
) -> OneByOne | CannotSay:
    """The mistake: every respondent with the agency's outcome, every practice tested alone.

    Parameters
    ----------
    survey, outcome, questions
        As for `drivers`.

    Returns
    -------
    OneByOne
        `frame` by practice: ``practice, label_en, label_ru``, the difference ``estimate,
        low, high`` in units of the outcome, ``base``, ``p_value`` (t, uncorrected).

    Examples
    --------
    >>> from clientlab.demo import demo_outcomes, demo_survey
    >>> months = demo_outcomes().set_index("agency")["months"]
    >>> found = one_by_one(demo_survey(), months)
    >>> found.provenance.base, len(found.frame)
    (165, 22)
    """
    from scipy.stats import t as student

    prepared = _prepared(survey, outcome, questions)
    if isinstance(prepared, CannotSay):
        return prepared
    wanted, practices = prepared
    rows = []
    for one in practices:
        known = ~np.isnan(one.values) & ~np.isnan(wanted.values)
        x, y = one.values[known], wanted.values[known]
        if known.sum() < ENOUGH or np.ptp(x) == 0 or np.ptp(y) == 0:
            continue
        away = x - x.mean()
        slope = away @ y / (away @ away)
        left = y - y.mean() - slope * away
        df = len(y) - 2
        se = np.sqrt(left @ left / df / (away @ away))
        reach = student.ppf(0.975, df) * se
        chance = 2 * student.sf(abs(slope) / se, df) if se > 0 else 0.0
        rows.append((one.id, one.label.en, one.label.ru, slope, slope - reach, slope + reach,
                     int(known.sum()), chance))  # fmt: skip
    if not rows:
        return CannotSay.because(
            Text("Too few answers with an outcome for the usual table.",
                 "Для привычной таблицы слишком мало ответов с результатом."), survey.provenance(0),
        )  # fmt: skip
    names = ["practice", "label_en", "label_ru", "estimate", "low", "high", "base", "p_value"]
    frame = pd.DataFrame(rows, columns=names).sort_values("p_value", kind="stable")
    base = int(frame["base"].max())
    return OneByOne(frame.reset_index(drop=True), _provenance(survey, wanted, base),
                    label=wanted.label)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class OneByOne(Result):
    """The usual table; made by `one_by_one`."""

    label: Text = Text("", "")
    unit: ClassVar[str] = "score"
    formats: ClassVar[dict] = {"p_value": "p_value"}

    def headline(self, lang: str = "en") -> str:
        found = int((self.frame["p_value"] < 0.05).sum())
        count, chance = len(self.frame), number(0.05 * len(self.frame), lang, digits=1)
        return Text(
            f"The usual table calls {found} of {count} practices significant; {chance} would come "
            "of chance alone",
            f"Привычная таблица назовёт значимыми {found} из {count} практик; по чистой "
            f"случайности было бы {chance}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        base = number(self.provenance.base or 0, lang)
        return Text(
            f"{self.headline('en')}, if {base} managers were so many agencies, which they are not.",
            f"{self.headline('ru')}, если бы {base} менеджеров были столькими же агентствами, а "
            "это не так.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        what = self.label.in_language(lang)
        return Text(
            f"WRONG ON PURPOSE: difference in «{what}» by practice, managers as if independent, "
            "uncorrected; grey: not under 5%",
            f"НАМЕРЕННО НЕВЕРНО: разница «{what}» по практикам, менеджеры будто независимы, без "
            "поправки; серое — не меньше 5%",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame.head(10)
        shown = [signed(value, lang, digits_of(value)) for value in rows["estimate"]]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, list(rows[f"label_{lang}"]), rows["estimate"], rows["low"],
                        rows["high"], reference=0, texts=shown,
                        quiet=list(rows["p_value"] >= 0.05))  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def false_finds(
    survey: Survey,
    outcome: Any,
    *,
    questions: Sequence[str] | None = None,
    runs: int = RUNS,
    seed: int = 0,
) -> FalseFinds | CannotSay:
    """How often the usual table and `drivers` find practices where there is nothing to find.

    The outcomes are dealt out to the agencies (respondents) by chance, `runs` times; each
    way is then asked for practices at 5%.

    Parameters
    ----------
    survey, outcome, questions
        As for `drivers`; agencies are taken practice by practice, without what is held.
    runs, seed : int

    Returns
    -------
    FalseFinds
        `frame` by way: ``way, label_en, label_ru``, the share ``estimate, low, high`` of
        the ``base`` runs that found any practice, and ``mean`` practices found.
    """
    prepared = _prepared(survey, outcome, questions)
    if isinstance(prepared, CannotSay):
        return prepared
    wanted, practices = prepared
    units = comparable(units_of(survey, wanted, practices, []))
    if len(units.outcome) < ENOUGH or not units.practices or np.ptp(units.outcome) == 0:
        return CannotSay.because(
            Text("Too few agencies or respondents with an outcome to deal it out by chance.",
                 "Слишком мало агентств или респондентов с результатом, чтобы раздать его "
                 "случайно."), survey.provenance(len(units.outcome)),
        )  # fmt: skip
    random = np.random.default_rng(seed)
    table = np.column_stack([one.values for one in units.practices])
    code = pd.Series(wanted.unit)
    known = (wanted.unit >= 0) & ~np.isnan(wanted.values)
    places = np.unique(wanted.unit[known])
    value_of = pd.Series(wanted.values[known]).groupby(wanted.unit[known]).first()
    own = {one.id for one in units.practices}
    raw = [one for one in practices if one.id in own]
    found = np.zeros((runs, 2))
    for run in range(runs):
        dealt = pd.Series(random.permutation(value_of.to_numpy()), index=places)
        found[run, 0] = _naive(raw, code.map(dealt).to_numpy(float))
        careful = sign_flips(table, random.permutation(units.outcome), weights=units.weights,
                             clusters=units.clusters, together=False, flips=FLIPS,
                             seed=run)  # fmt: skip
        found[run, 1] = (careful.p_adjusted < 0.05).sum()
    share = proportions.interval((found > 0).sum(axis=0), runs)
    frame = pd.DataFrame(
        {
            "way": ["usual", "careful"],
            "label_en": ["the usual table", "units counted, all tests corrected"],
            "label_ru": ["привычная таблица", "считаются единицы, с поправкой на все проверки"],
            "estimate": share.estimate, "low": share.low, "high": share.high, "base": runs,
            "mean": found.mean(axis=0),
        }
    )  # fmt: skip
    return FalseFinds(frame, _provenance(survey, wanted, len(units.outcome), wanted.forms))


@dataclass(frozen=True, eq=False, repr=False)
class FalseFinds(Result):
    """Practices found in outcomes dealt out by chance; made by `false_finds`."""

    def headline(self, lang: str = "en") -> str:
        usual, careful = (percent(value, lang) for value in self.frame["estimate"])
        return Text(
            f"In outcomes dealt out by chance the usual table finds practices {usual} of the time, "
            f"the careful one {careful}",
            f"Если раздать результаты случайно, привычная таблица находит практики в {usual} "
            f"случаев, осторожная — в {careful}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        usual, careful = (percent_range(row.low, row.high, lang)
                          for row in self.frame.itertuples())  # fmt: skip
        runs = number(self.frame["base"].iloc[0], lang)
        return f"{self.headline(lang)} ({usual}; {careful}; " + Text(
            f"{runs} deals).", f"раздач: {runs})."
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Share of random deals in which at least one practice is called significant at 5%",
            "Доля случайных раздач, в которых хоть одна практика названа значимой на уровне 5%",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        rows = self.frame
        with charts.picture(self, ax) as axes:
            charts.bars(axes, list(rows[f"label_{texts.language()}"]), rows["estimate"],
                        low=rows["low"], high=rows["high"])  # fmt: skip
        return axes


def _prepared(
    survey: Survey, outcome: Any, questions: Sequence[str] | None
) -> tuple[Outcome, list[Column]] | CannotSay:
    joined(survey, "drivers")
    wanted = outcome_of(survey, outcome)
    if isinstance(wanted, CannotSay):
        return wanted
    practices = practices_of(survey, questions, wanted)
    return practices if isinstance(practices, CannotSay) else (wanted, practices)


def _provenance(
    survey: Survey, outcome: Outcome, base: int, forms: Text = RESPONDENTS
) -> Provenance:
    return Provenance(
        source=survey.source, base=base, base_of=forms,
        synthetic=survey.synthetic or outcome.synthetic,
    )  # fmt: skip


def _naive(practices: list[Column], values: np.ndarray) -> int:
    """Practices that correlate with the outcome at 5%, respondents as if independent."""
    from scipy.stats import pearsonr

    found = 0
    for one in practices:
        known = ~np.isnan(one.values) & ~np.isnan(values)
        x, y = one.values[known], values[known]
        if len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
            found += bool(pearsonr(x, y).pvalue < 0.05)
    return found
