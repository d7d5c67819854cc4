"""One question in two surveys: what changed, and whether chance explains it.

It answers: do more agencies ask for feedback than a year ago. Different people answered
each time; options are matched by their names in the codebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.crosstab_tests import ALPHA, columns_averaged
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import design, proportions
from clientlab.wording import Text, number, percent, plural

KINDS = ("single", "bands", "multi", "scale", "number", "nps")


def compare_waves(
    first: Survey, second: Survey, question: str, *, adjust: str = "holm", level: float = 0.95
) -> Waves | CannotSay:
    """The second survey less the first, by option or of the mean.

    Parameters
    ----------
    first, second : Survey
        Of different respondents; each with its own weights and clusters.
    question : str
    adjust : {"holm", "bh", "bonferroni"}
        Correction over the options.
    level : float

    Returns
    -------
    Waves
        `frame`: ``option, label_en, label_ru, before, after, estimate`` (after less before),
        ``low, high, p_value, adjusted, base_before, base``. Options that only one of the
        surveys offered are named in the notes.

    Raises
    ------
    InvalidValue
        If the question is of another type in the other survey, or an open text.

    Notes
    -----
    Newcombe's interval and the score test of two shares; with weights or clusters the
    linearised difference with the surveys as strata (`stats.design.difference`). Of raked
    surveys the weights count and the margins do not: intervals are a little wide.

    Examples
    --------
    >>> book = {"name": "x", "questions": [
    ...     {"id": "q", "type": "single", "text": "?", "options": [{"id": "yes"}, {"id": "no"}]}]}
    >>> one, two = (Survey.from_frame(pd.DataFrame({"q": ["yes"] * k + ["no"] * (40 - k)}), book)
    ...             for k in (10, 26))
    >>> compare_waves(one, two, "q").frame.loc[0, ["before", "after", "estimate"]].tolist()
    [0.25, 0.65, 0.4]
    """
    given = first.given(question), second.given(question)
    for one in given:
        if isinstance(one, CannotSay):
            return one
    before, after = (one for one in given if isinstance(one, Answers))
    if before.question.type != after.question.type or before.question.type not in KINDS:
        raise InvalidValue(
            f"{question!r} is of type {before.question.type!r} and {after.question.type!r}: only "
            f"questions of one type can be compared, {', '.join(KINDS)}."
        )
    options, lost = _options(before, after)
    rows = [_row(first, second, before, after, option, level) for option in options]
    frame = pd.DataFrame(rows)
    frame.insert(9, "adjusted", proportions.adjust(frame["p_value"].to_numpy(float), adjust))
    return Waves(frame, second.provenance(int(after.inside.sum())), _notes(lost, len(rows)),
                 question=after.question, level=level)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Waves(Result):
    """What changed between two surveys; made by `compare_waves`."""

    question: Any = None
    level: float = 0.95

    @property
    def changed(self) -> pd.DataFrame:
        """Rows that chance does not explain, the surest first."""
        rows = self.frame[self.frame["adjusted"] < ALPHA]
        return rows.sort_values("adjusted", kind="stable")

    def _said(self, value: float, lang: str, sign: bool = False) -> str:
        kind = self.question.type
        plus = "+" if sign and value > 0 else ""
        if kind in ("scale", "number"):
            return plus + number(value, lang, digits=1)
        if kind == "nps" or sign:
            return plus + number(100 * value, lang)
        return percent(value, lang)

    def headline(self, lang: str = "en") -> str:
        rows = self.changed
        if rows.empty:
            return Text("No change can be told from chance",
                        "Изменений, отличимых от случайных, нет").in_language(lang)  # fmt: skip
        row, more = rows.iloc[0], len(rows) - 1
        tail = Text(f"; {more} more {plural(more, 'change', 'changes')}",
                    f"; ещё изменений: {more}").in_language(lang) if more else ""  # fmt: skip
        before, after = self._said(row["before"], lang), self._said(row["after"], lang)
        return f"«{row[f'label_{lang}']}»: {before} → {after}{tail}"

    def say(self, lang: str = "en") -> str:
        rows = self.changed
        row = rows.iloc[0] if len(rows) else self.frame.loc[self.frame["estimate"].abs().idxmax()]
        ends = " … ".join(self._said(row[end], lang, True) for end in ("low", "high"))
        largest = Text("largest change", "наибольшее изменение").in_language(lang)
        points = Text("points", "п. п.").in_language(lang)
        unit = "" if self.question.type in ("scale", "number") else f" {points}"
        return (
            f"{self.headline(lang)} ({largest}: «{row[f'label_{lang}']}», "
            f"{self._said(row['estimate'], lang, True)}{unit}, "
            f"{percent(self.level, lang)}: {ends}; "
            f"{Text('bases', 'базы').in_language(lang)} {number(row['base_before'], lang)}, "
            f"{number(row['base'], lang)})."
        )

    def measures(self, lang: str = "en") -> str:
        what = Text("second survey less the first; corrected for the number of options",
                    "второй опрос минус первый; с поправкой на число вариантов")  # fmt: skip
        return f"{self.question.text.in_language(lang)} {what.in_language(lang)}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.frame.sort_values("estimate", ascending=False, kind="stable")
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, list(rows[f"label_{lang}"]), rows["estimate"],
                rows["low"].fillna(rows["estimate"]), rows["high"].fillna(rows["estimate"]),
                reference=0.0, quiet=(rows["adjusted"] >= ALPHA).to_list(),
                texts=[self._said(value, lang, True) for value in rows["estimate"]],
            )  # fmt: skip
        return axes


def _options(before: Answers, after: Answers) -> tuple[list[tuple[str, Text]], list[Text]]:
    """What both surveys offered, and the labels of what only one did."""
    if before.question.type not in ("single", "bands", "multi"):
        name = "nps" if before.question.type == "nps" else "mean"
        return [(name, Text("NPS", "NPS") if name == "nps" else Text("mean", "среднее"))], []
    old = {option.id: option.text for option in before.question.choices}
    new = {option.id: option.text for option in after.question.choices}
    both = [(id, text) for id, text in new.items() if id in old]
    return both, [text for id, text in {**old, **new}.items() if (id in old) != (id in new)]


def _row(
    first: Survey, second: Survey, before: Answers, after: Answers, option: tuple, level: float
) -> dict[str, Any]:
    values = [_of_option(one, option[0]) for one in (before, after)]
    bases = [int((~np.isnan(column)).sum()) for column in values]
    found = {"option": option[0], "label_en": option[1].en, "label_ru": option[1].ru}
    simple = first.is_simple and second.is_simple and before.question.type in (
        "single", "bands", "multi")  # fmt: skip
    if simple and min(bases):
        hits = [int(np.nansum(column)) for column in values]
        gap = proportions.difference(hits[1], bases[1], hits[0], bases[0], level=level)
        p = float(proportions.pairwise(hits, bases)[0])
        shares = [hit / base for hit, base in zip(hits, bases, strict=True)]
        numbers = (*shares, float(gap.estimate), float(gap.low), float(gap.high), p)
    else:
        numbers = _linearised(first, second, values, level)
    names = ("before", "after", "estimate", "low", "high", "p_value")
    return found | dict(zip(names, numbers, strict=True)) | {
        "base_before": bases[0], "base": bases[1]}  # fmt: skip


def _of_option(one: Answers, option: str) -> np.ndarray:
    columns, inside, kind = columns_averaged(one)
    place = 0
    if kind == "share":
        place = [known.id for known in one.question.choices].index(option)
    inside = np.broadcast_to(inside, columns.shape)
    return np.where(inside[:, place], columns[:, place], np.nan)


def _linearised(
    first: Survey, second: Survey, values: list[np.ndarray], level: float
) -> tuple[float, ...]:
    weights = [np.ones(len(one)) if one.weights is None else one.weights for one in (first, second)]
    clusters = [np.arange(len(one)) if one.clusters is None else one.clusters
                for one in (first, second)]  # fmt: skip
    means = [float(np.nansum(w * v) / w[~np.isnan(v)].sum()) if (~np.isnan(v)).any() else np.nan
             for w, v in zip(weights, values, strict=True)]  # fmt: skip
    wave = np.repeat([0, 1], [len(first), len(second)])
    of_two = [f"{number}.{cluster}" for number, part in enumerate(clusters) for cluster in part]
    plan = design.Design(weights=np.concatenate(weights), clusters=of_two, strata=wave)
    try:
        gap = design.difference(np.concatenate(values), wave, plan, level=level)
    except ValueError:  # a wave with one cluster
        return (*means, means[1] - means[0], np.nan, np.nan, np.nan)
    ends = float(gap.estimate), float(gap.low), float(gap.high)
    return (*means, *ends, float(design.p_value(gap)))


def _notes(lost: list[Text], rows: int) -> tuple[Text, ...]:
    notes = []
    if lost:
        notes.append(
            Text(
                f"Offered once only, not compared: {'; '.join(text.en for text in lost)}.",
                f"Были только в одном опросе: {'; '.join(text.ru for text in lost)}.",
            )
        )
    if rows > 1:
        notes.append(
            Text(f"Corrected for {rows} options.", f"С поправкой на число вариантов: {rows}.")
        )
    notes.append(
        Text(
            "A change may also come from who answered this time.",
            "Изменение может быть и оттого, что ответили другие люди.",
        )
    )
    return tuple(notes)
