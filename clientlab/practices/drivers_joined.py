"""Answers joined with numbers from elsewhere, by an explicit key, and its match rate.

It answers: how many have an outcome, whether those without one differ from the others,
and what the gap costs. Nothing is guessed: keys that only look alike are told, not joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.drivers_outcome import (
    SHOWN,
    Outcome,
    by_key,
    keys_of,
    out_of,
    plain,
    values_by_key,
)
from clientlab.practices.survey import Survey, joined
from clientlab.practices.toplines import hits_of
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.stats import proportions
from clientlab.values import normalised
from clientlab.wording import Text, counted, number, percent, percent_range, plural


def outcome_by_key(
    survey: Survey,
    table: pd.DataFrame | pd.Series | CannotSay,
    column: str | None = None,
    *,
    key: str | None = None,
    keys: Any = None,
    by: str | None = None,
    name: Text | str | None = None,
    synthetic: bool = False,
) -> Joined | CannotSay:
    """Join the answers with an outcome from elsewhere, and tell the match rate.

    Parameters
    ----------
    survey : Survey
    table : DataFrame or Series
        One row for each key; a Series has the key as its index.
    column : str
        Column with the outcome.
    key : str
        Column with the key.
    keys : array_like, shape (respondents,), optional
        The key of every respondent; without it, the names of the survey's clusters.
    by : str, optional
        Question (single choice) by whose groups the match rate is told.
    name : Text or str, optional
        What the outcome is called in sentences; the column's name by default.
    synthetic : bool
        The table is invented.

    Returns
    -------
    Joined
        `frame`: ``group, label_en, label_ru, count, base, estimate, low, high``; the first
        row is of all units, the others of the groups of `by`. Give it to `drivers`.

    Raises
    ------
    InvalidValue
        If the survey has no keys, a column is missing, no number can be read, or a key has
        several rows.

    Notes
    -----
    Keys are compared without case and surrounding spaces. Wilson intervals.

    Examples
    --------
    >>> from clientlab.demo import demo_survey
    >>> months = pd.Series([30.0, 41.5], index=["A01", "a02 "], name="months")
    >>> outcome_by_key(demo_survey(), months).frame.loc[0, ["count", "base"]].tolist()
    [2, 40]
    """
    if isinstance(table, CannotSay):
        return table
    if column is None and isinstance(table, pd.DataFrame):
        return CannotSay.because(
            Text("No column with this outcome was named.",
                 "Столбец с таким результатом не назван."), survey.provenance(0),
        )  # fmt: skip
    joined(survey, "outcome_by_key")
    there = values_by_key(table, column, key)
    label = name if isinstance(name, Text) else Text(*(str(name or there.name),) * 2)
    outcome = by_key(survey, there, keys=keys, label=label, synthetic=synthetic)
    if not (outcome.unit >= 0).any():
        return CannotSay.because(
            Text("No respondent has a key: nothing can be joined.",
                 "Ни у одного респондента нет ключа: соединять не с чем."), survey.provenance(0),
        )  # fmt: skip
    named = np.asarray(survey.cluster_names if keys is None else keys, dtype=object)
    frame = _rates(survey, outcome, by)
    provenance = Provenance(
        source=survey.source, base=int(frame["base"].iloc[0]), base_of=outcome.forms,
        synthetic=survey.synthetic or synthetic,
    )  # fmt: skip
    return Joined(frame, provenance, _notes(keys_of(survey, keys), named, there), outcome=outcome,
                  by=None if by is None else survey.codebook[by].text)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Joined(Result):
    """Which units have an outcome; made by `outcome_by_key`, taken by `drivers`.

    Attributes
    ----------
    outcome : Outcome
    by : Text or None
        Question whose groups the rows after the first are.
    """

    outcome: Any = None
    by: Text | None = None

    def headline(self, lang: str = "en") -> str:
        whole, forms = self.frame.iloc[0], self.outcome.forms
        count, base = (number(whole[name], lang) for name in ("count", "base"))
        share = percent(whole["estimate"], lang)
        what = counted(whole["base"], forms, "en")
        return Text(
            f"An outcome is known of {count} of {base} {what} ({share})",
            f"Результат известен у {count} из {base} {out_of(whole['base'], forms)} ({share})",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        whole = self.frame.iloc[0]
        share, ends = (percent(whole["estimate"], lang),
                       percent_range(whole["low"], whole["high"], lang))  # fmt: skip
        head = self.headline(lang).replace(f"({share})", f"({share}; {ends})", 1)
        return f"{head}. {self._cost(lang)}{self._who(lang)}"

    def _cost(self, lang: str) -> str:
        whole = self.frame.iloc[0]
        if not whole["count"]:
            return Text("Nothing can be said of it.", "О нём ничего сказать нельзя.").in_language(
                lang
            )
        if whole["count"] == whole["base"]:
            return Text("Nobody is missing.", "Пропусков нет.").in_language(lang)
        wider = percent(np.sqrt(whole["base"] / whole["count"]) - 1, lang)
        return Text(
            f"The gap makes intervals about {wider} wider than with all of them.",
            f"Из-за пропусков интервалы шире примерно на {wider}.",
        ).in_language(lang)

    def _who(self, lang: str) -> str:
        """Whether the missing are others than the rest, where groups are compared."""
        groups = self.frame.iloc[1:]
        if self.by is None or not 0 < self.frame["estimate"].iloc[0] < 1:
            return ""
        apart = _furthest(groups)
        by = self.by.in_language(lang)
        if apart is None:
            return Text(
                f" Whether groups of «{by}» are missing unequally cannot be told from chance.",
                f" Одинаково ли пропущены группы вопроса «{by}», от случайности не отличить.",
            ).in_language(lang)
        few, many = (groups.loc[row] for row in apart)
        first, second = few[f"label_{lang}"], many[f"label_{lang}"]
        one, other = percent(few["estimate"], lang), percent(many["estimate"], lang)
        return Text(
            f" They are not missing at random: «{first}» {one} known, «{second}» {other}; what "
            "follows holds for those who are known.",
            f" Пропуски не случайны: «{first}» — известно {one}, «{second}» — {other}; всё "
            "дальнейшее верно для тех, о ком известно.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        whole = self.frame.iloc[0]
        if whole["count"] == whole["base"]:
            return ""
        if whole["count"] == 0:
            return Text(
                "No key fits: look at how both files write them (below), and put one of them "
                "right before anything is joined.",
                "Ни один ключ не подошёл: посмотрите ниже, как они записаны в обоих файлах, и "
                "исправьте один из них.",
            ).in_language(lang)
        left = int(whole["base"] - whole["count"])
        missing = number(left, lang)
        return Text(
            f"Decide who completes the {missing} missing {plural(left, 'key', 'keys')} before the "
            "next session, and until when.",
            f"Решите, кто и когда до следующей сессии дополнит недостающие ключи: {missing}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        label = self.outcome.label.in_language(lang)
        said = Text(f"Share with a value of «{label}»", f"Доля, у кого известно «{label}»")
        by = "" if self.by is None else f" · {self.by.in_language(lang)}"
        return said.in_language(lang) + by

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        shown = [f"{percent(row.estimate, lang)} ({number(row.count, lang)} / "
                 f"{number(row.base, lang)})" for row in rows.itertuples()]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.bars(axes, list(rows[f"label_{lang}"]), rows["estimate"], low=rows["low"],
                        high=rows["high"], texts=shown)  # fmt: skip
        return axes


def _rates(survey: Survey, outcome: Outcome, by: str | None) -> pd.DataFrame:
    """Match rate of all units, and of the units of each group."""
    inside = outcome.unit >= 0
    units, first = np.unique(outcome.unit[inside], return_index=True)
    known = ~np.isnan(outcome.values[inside][first])
    rows = [("all", "all", "все", int(known.sum()), len(units))]
    given = None if by is None else survey.given(by)
    if given is not None and not isinstance(given, CannotSay):
        if given.values.ndim != 1 or given.question.type not in ("single", "bands"):
            raise InvalidValue(
                f"by={by!r} is of type {given.question.type!r}; groups come from a single choice."
            )
        hits = hits_of(given)[0][inside]
        group = np.array([hits[outcome.unit[inside] == one].sum(axis=0) for one in units])
        most = np.where(group.sum(axis=1) > 0, group.argmax(axis=1), -1)
        for place, option in enumerate(given.question.choices):
            here = most == place
            if here.any():
                rows.append((option.id, option.text.en, option.text.ru, int(known[here].sum()),
                             int(here.sum())))  # fmt: skip
    frame = pd.DataFrame(rows, columns=["group", "label_en", "label_ru", "count", "base"])
    found = proportions.interval(frame["count"].to_numpy(), frame["base"].to_numpy())
    return frame.assign(estimate=found.estimate, low=found.low, high=found.high)


def _furthest(groups: pd.DataFrame) -> tuple[Any, Any] | None:
    """The two groups furthest apart whose rates differ beyond chance (Fisher, Holm)."""
    pairs = list(combinations(groups.index, 2))
    if not pairs:
        return None
    from scipy.stats import fisher_exact

    def of(row: Any) -> list[int]:
        return [groups.at[row, "count"], groups.at[row, "base"] - groups.at[row, "count"]]

    chance = np.array([fisher_exact([of(a), of(b)])[1] for a, b in pairs])
    sure = np.flatnonzero(proportions.adjust(chance) < 0.05)
    if not len(sure):
        return None
    rate = groups["estimate"]
    a, b = max((pairs[n] for n in sure), key=lambda pair: abs(rate[pair[0]] - rate[pair[1]]))
    return (a, b) if rate[a] <= rate[b] else (b, a)


def _notes(own: np.ndarray, written: np.ndarray, there: pd.Series) -> tuple[Text, ...]:
    told = {plain(text): value for text, value in there.items()}
    ours = {text for text in own if text}
    as_written = {plain(text): str(text).strip() for text in (*there.index, *written)}
    absent = sorted(ours - set(told))
    empty = sorted(text for text in ours & set(told) if np.isnan(told[text]))
    unused = sorted(set(told) - ours)
    notes = []
    for found, en, ru in (
        (absent, "Keys of the survey without a row in the table",
         "Ключи опроса, для которых в таблице нет строки"),
        (empty, "Rows of the table without a value", "Строки таблицы без значения"),
        (unused, "Rows of the table that answer to nobody in the survey",
         "Строки таблицы, которым никто в опросе не соответствует"),
    ):  # fmt: skip
        if found:
            shown = ", ".join(as_written[text] for text in found[:SHOWN])
            shown += " …" if len(found) > SHOWN else ""
            notes.append(Text(f"{en}: {number(len(found))} ({shown}).",
                              f"{ru}: {number(len(found), 'ru')} ({shown})."))  # fmt: skip
    alike = {normalised(text) for text in absent} & {normalised(text) for text in unused} - {""}
    if alike:
        shown = ", ".join(sorted(alike)[:SHOWN])
        notes.append(Text(f"Not joined, though only punctuation differs: {shown}.",
                          f"Не соединено, хотя отличие только в знаках: {shown}."))  # fmt: skip
    nobody = int((own == "").sum())
    if nobody:
        notes.append(Text(f"Respondents without a key: {number(nobody)}.",
                          f"Респонденты без ключа: {number(nobody, 'ru')}."))  # fmt: skip
    return tuple(notes)
