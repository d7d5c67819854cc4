"""Do the rules of a self-assessment measure one thing, so that they may be summed.

It answers: how repeatable is the mean of a grid of marks, and which row does not belong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Question
from clientlab.practices.forms import absent
from clientlab.practices.survey import Survey, joined
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import reliability
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, percent, plural

FEWEST, ITEMS, GROUPS = 10, 3, 5  # respondents, rows and clusters under which nothing is told
ENOUGH = 0.7  # alpha from which marks are usually summed (Nunnally 1978)
NOTHING = Estimate(np.nan, np.nan, np.nan, np.nan, np.nan)


def grid_marks(survey: Survey, grid: str) -> tuple[Question, pd.DataFrame]:
    """A grid of scales as a table: respondents × rows that the export holds, NaN unanswered.

    Raises
    ------
    InvalidValue
        If the codebook has no such grid.
    """
    grids = {one.id: one for one in survey.codebook.questions if one.type == "grid"}
    if grid not in grids or grids[grid].low is None:
        raise InvalidValue(
            f"{grid!r} is no grid of scales. The codebook has: {', '.join(grids) or 'none'}."
        )
    columns = {}
    for row in grids[grid].rows:
        given = survey.answers.get(f"{grid}.{row.id}")
        if given is not None:
            columns[row.id] = np.where(given.inside, given.values, np.nan).astype(float)
    return grids[grid], pd.DataFrame(columns, index=range(len(survey)))


def consistency(
    survey: Survey | CannotSay | None, question: str | None = "rules", *, level: float = 0.95
) -> Consistency | CannotSay:
    """Cronbach's alpha of a grid with its interval, and how each row goes with the rest.

    Parameters
    ----------
    survey : Survey or None
    question : str or None
        A grid of scales.
    level : float

    Returns
    -------
    Consistency
        `frame` by row of the grid, the one that goes least with the others first: ``item,
        label_en, label_ru, mean, estimate`` (correlation with the sum of the others),
        ``low, high, alpha_without, base``. `alpha` holds alpha with its interval.

    Raises
    ------
    InvalidValue
        If the codebook has no such grid.

    Notes
    -----
    Respondents with every row answered. `stats.reliability`: an interval that needs no
    normal marks and knows weights and clusters. Alpha is the least that the reliability of
    the sum can be if errors do not go together; it grows with the number of rows, and it
    does not show that they measure one thing.

    Examples
    --------
    >>> from clientlab.demo import demo_audit
    >>> found = consistency(demo_audit()[0])
    >>> round(found.alpha.estimate, 1), len(found.frame)
    (0.9, 12)
    """
    if survey is None:
        return absent()
    if isinstance(survey, CannotSay):
        return survey
    if question is None:
        return survey.no_question()
    joined(survey, "Consistency")
    grid, marks = grid_marks(survey, question)
    known = marks.notna().all(axis=1).to_numpy()
    groups = known.sum() if survey.clusters is None else len(np.unique(survey.clusters[known]))
    reason = _too_little(marks, known, int(groups))
    if reason is not None:
        return CannotSay.because(reason, survey.provenance(0))
    plan = None if survey.is_simple else survey.design
    alpha = reliability.alpha(marks, design=plan, level=level)
    rest = reliability.item_rest(marks, design=plan, level=level)
    labels = {row.id: row.text for row in grid.rows}
    frame = pd.DataFrame({
        "item": rest["item"], "label_en": [labels[id].en for id in rest["item"]],
        "label_ru": [labels[id].ru for id in rest["item"]],
        "mean": marks[known].mean().to_numpy(), "estimate": rest["estimate"], "low": rest["low"],
        "high": rest["high"], "alpha_without": rest["alpha_without"], "base": rest["base"],
    }).sort_values("estimate", kind="stable", ignore_index=True)  # fmt: skip
    return Consistency(
        frame, survey.provenance(int(known.sum())), _notes(survey, marks, known), alpha=alpha,
        text=grid.text, level=level,
    )  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Consistency(Result):
    """How rows of a grid go together; made by `consistency`.

    Attributes
    ----------
    alpha : Estimate
    text : Text
    level : float
    """

    alpha: Estimate = NOTHING
    text: Text = Text("", "")
    level: float = 0.95

    unit: ClassVar[str] = "score"
    formats: ClassVar[dict] = {"alpha_without": "score", "mean": "score"}

    @property
    def verdict(self) -> str:
        """'sum' if alpha is surely 0.7 or more, 'apart' if surely less, else 'cannot'."""
        if self.alpha.low >= ENOUGH:
            return "sum"
        return "apart" if self.alpha.high < ENOUGH else "cannot"

    def _alpha(self, lang: str) -> str:
        value, low, high = (
            number(float(part), lang, digits=2)
            for part in (self.alpha.estimate, self.alpha.low, self.alpha.high)
        )
        ends = Text(f"{low} to {high}", f"от {low} до {high}").in_language(lang)
        return f"α {value} ({ends})"

    def headline(self, lang: str = "en") -> str:
        rows, alpha = len(self.frame), self._alpha(lang)
        return {
            "sum": Text(f"The {rows} rows may be summed: {alpha}",
                        f"Строки ({rows}) можно складывать: {alpha}"),
            "apart": Text(f"The {rows} rows do not make one score: {alpha}",
                          f"Строки ({rows}) не складываются в один балл: {alpha}"),
            "cannot": Text(f"Whether the {rows} rows make one score cannot be told: {alpha}",
                           f"Складываются ли строки ({rows}) в один балл, не видно: {alpha}"),
        }[self.verdict].in_language(lang)  # fmt: skip

    def say(self, lang: str = "en") -> str:
        row, base = self.frame.iloc[0], number(self.provenance.base or 0, lang)
        value, low, high = (number(row[part], lang, digits=2) for part in
                            ("estimate", "low", "high"))  # fmt: skip
        return Text(
            f"{self.headline(lang)}. Goes least with the others: «{row['label_en']}», {value} "
            f"({low} to {high}); base {base}, {percent(self.level)}.",
            f"{self.headline(lang)}. Слабее всего связана с остальными «{row['label_ru']}»: "
            f"{value} (от {low} до {high}); база {base}, {percent(self.level, lang)}.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if self.verdict == "sum":
            return Text(
                "Track the mean of all rows as one score; talk about the rows.",
                "Следить за средним по всем строкам, а обсуждать строки.",
            ).in_language(lang)
        return Text(
            "Do not report a mean of these rows: read each row on its own.",
            "Не показывать среднее этих строк: читать каждую отдельно.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        share = percent(self.level, lang)
        return Text(
            f"{self.text.en} Correlation of each row with the sum of the others, intervals of "
            f"{share}",
            f"{self.text.ru} Связь каждой строки с суммой остальных, интервалы {share}",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, texts

        lang, rows = texts.language(), self.frame
        with charts.picture(self, ax) as axes:
            charts.dots(axes, list(rows[f"label_{lang}"]), rows["estimate"],
                        rows["low"].fillna(rows["estimate"]), rows["high"].fillna(rows["estimate"]),
                        reference=0.0,
                        texts=[number(v, lang, digits=2) for v in rows["estimate"]])  # fmt: skip
            charts_market.labelled(axes, list(rows[f"label_{lang}"]))
            charts.number_axis(axes.xaxis)
        return axes


def _too_little(marks: pd.DataFrame, known: np.ndarray, groups: int) -> Text | None:
    items, people = marks.shape[1], int(known.sum())
    if items < ITEMS:
        return Text(
            f"{items} {plural(items, 'row was', 'rows were')} asked; whether marks go together is "
            f"told from {ITEMS} rows on.",
            f"Строк спросили {items}; связаны ли оценки, видно от {ITEMS} строк.",
        )
    if people < FEWEST or groups < GROUPS:
        return Text(
            f"{people} {plural(people, 'respondent', 'respondents')} of {groups} "
            f"{plural(groups, 'cluster', 'clusters')} answered all {items} rows: too few to tell "
            f"whether marks go together ({FEWEST} and {GROUPS} are needed).",
            f"На все строки ({items}) ответили {people} "
            f"{plural(people, 'человек', 'человека', 'человек')}, кластеров {groups}: мало, чтобы "
            f"сказать, связаны ли оценки (нужно {FEWEST} и {GROUPS}).",
        )
    if np.ptp(marks[known].sum(axis=1)) == 0:
        return Text("Everybody has the same sum of marks: nothing can go together.",
                    "У всех одинаковая сумма оценок: связи не видно.")  # fmt: skip
    return None


def _notes(survey: Survey, marks: pd.DataFrame, known: np.ndarray) -> tuple[Text, ...]:
    notes = []
    partly = int((marks.notna().any(axis=1).to_numpy() & ~known).sum())
    if partly:
        notes.append(
            Text(f"Left a row out, not used: {partly}.",
                 f"Пропустили строку и не учтены: {partly}.")
        )  # fmt: skip
    straight = int(survey.flags["straight_liner"].to_numpy()[known].sum())
    if straight:
        notes.append(
            Text(
                f"One mark for every row: {straight}. They raise alpha without saying anything; "
                "survey.without('straight_liner') leaves them out.",
                f"Одна оценка на все строки: {straight}. Они повышают α, ничего не говоря; "
                "survey.without('straight_liner') убирает их.",
            )
        )
    notes.append(
        Text(
            "Alpha says how repeatable the sum is, not that it measures what it is called.",
            "Альфа говорит, насколько сумма воспроизводима, а не что она измеряет то, как названа.",
        )
    )
    return tuple(notes)
