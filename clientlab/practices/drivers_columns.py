"""Practices and what is held fixed, as columns over respondents or agencies.

It answers: which practices can be compared at all. Copies of each other, and what hardly
anybody does otherwise, are named and left out; practices that go together are made one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientlab.practices.drivers_outcome import Outcome, out_of
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, counted, number

PRACTICE_TYPES = ("multi", "scale", "number", "nps")
HELD_TYPES = ("single", "bands", *PRACTICE_TYPES)
DIFFER = 5  # units that must differ from the most common value before anything is said
CLUSTERS_DIFFER = 3  # and clusters that they must come from
TOGETHER = 0.7  # mean correlation from which practices are taken as one
GROUPED_FROM = 12  # practices above which that is done


@dataclass(frozen=True, eq=False)
class Column:
    """One practice, or several as one.

    Attributes
    ----------
    id : str
        'question.option', or the question of a scale.
    label : Text
    values : ndarray of float
        By respondent, later by unit; NaN where not known.
    unit : {"tick", "point", "deviation"}
        What a difference of one means: all against nobody, a point of a scale, a standard
        deviation of practices taken as one.
    members : tuple of str
        Ids of the practices taken as one.
    """

    id: str
    label: Text
    values: np.ndarray
    unit: str = "tick"
    members: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Units:
    """What is regressed on what: a row for each respondent or agency.

    Attributes
    ----------
    practices : list of Column
    held : ndarray, shape (n, columns)
    outcome, weights : ndarray, shape (n,)
    clusters : ndarray or None
    notes : list of Text
    """

    practices: list[Column]
    held: np.ndarray
    outcome: np.ndarray
    weights: np.ndarray
    clusters: np.ndarray | None
    notes: list[Text]

    @property
    def independent(self) -> int:
        """Units drawn alone: clusters, or rows without any."""
        return len(self.outcome if self.clusters is None else np.unique(self.clusters))


def practices_of(
    survey: Survey, questions: Sequence[str] | None, outcome: Outcome
) -> list[Column] | CannotSay:
    """Columns of the practices asked for; by default of the longest list and all scales."""
    asked = [questions] if isinstance(questions, str) else questions
    if asked is None:
        lists = [id for id, one in survey.answers.items()
                 if one.question.type == "multi" and one.question.asked_if is None]  # fmt: skip
        longest = max(lists, key=lambda id: len(survey.codebook[id].options), default=None)
        scales = [id for id, one in survey.answers.items() if one.question.type == "scale"]
        asked = [id for id in (longest, *scales) if id is not None]
    found = []
    for id in asked:
        if id == outcome.question:
            continue
        given = survey.given(id)
        if isinstance(given, CannotSay):
            return given
        if given.question.type not in PRACTICE_TYPES:
            raise InvalidValue(
                f"{id!r} is of type {given.question.type!r}; practices are options of a "
                "multi-select, or a scale. What only describes an agency goes into hold=."
            )
        found += _columns(given)
    return found


def held_of(survey: Survey, hold: Sequence[str]) -> list[Column] | CannotSay:
    """Columns of what is held fixed: a choice as one column for each option but the first."""
    found = []
    for id in [hold] if isinstance(hold, str) else hold:
        given = survey.given(id)
        if isinstance(given, CannotSay):
            return given
        if given.question.type not in HELD_TYPES:
            raise InvalidValue(f"hold: {id!r} is of type {given.question.type!r}, which is no "
                               "number and no choice.")  # fmt: skip
        if given.question.type not in ("single", "bands"):
            found += _columns(given)
            continue
        for place, option in enumerate(given.question.choices[1:], start=1):
            values = np.where(given.inside, given.values == place, np.nan)
            found.append(Column(f"{id}.{option.id}", option.text, values))
    return found


def _columns(given: Answers) -> list[Column]:
    question = given.question
    if question.type != "multi":
        values = np.where(given.inside, given.values.astype(float), np.nan)
        return [Column(question.id, question.text, values, "point")]
    found = []
    for place, option in enumerate(question.choices):
        if option.exclusive or option.id == "other":
            continue
        known = given.inside & (given.values[:, place] >= 0)
        values = np.where(known, given.values[:, place] == 1, np.nan)
        found.append(Column(f"{question.id}.{option.id}", option.text, values))
    return found


def units_of(
    survey: Survey, outcome: Outcome, practices: list[Column], held: list[Column]
) -> Units:
    """One row for each unit that has an outcome, all practices and all that is held fixed.

    Practices of an agency are the share (mean) of its respondents; its weight is their
    mean weight.
    """
    table = np.column_stack([one.values for one in (*practices, *held)])
    weights = np.ones(len(survey)) if survey.weights is None else survey.weights
    inside = outcome.unit >= 0
    code = np.full(len(survey), -1)
    labels, code[inside] = np.unique(outcome.unit[inside], return_inverse=True)
    rows = _means(table, weights, code, len(labels))
    first = np.array([np.flatnonzero(code == one)[0] for one in range(len(labels))], int)
    values = outcome.values[first]
    weight = np.bincount(code[inside], weights[inside]) / np.bincount(code[inside])
    alone = survey.clusters is None or len(np.unique(survey.clusters[first])) == len(first)
    known = ~np.isnan(values) & (weight > 0)
    complete = known & ~np.isnan(rows).any(axis=1)
    notes = _missing(outcome, [*practices, *held], rows, known, complete, len(labels))
    count = len(practices)
    return Units(
        [replace(one, values=rows[complete, n]) for n, one in enumerate(practices)],
        rows[complete, count:], values[complete], weight[complete] / weight[complete].mean(),
        None if alone or survey.clusters is None else survey.clusters[first][complete], notes,
    )  # fmt: skip


def _means(table: np.ndarray, weights: np.ndarray, code: np.ndarray, units: int) -> np.ndarray:
    """Weighted means by unit of the answers that there are."""
    found = np.full((units, table.shape[1]), np.nan)
    for n, column in enumerate(table.T):
        known = ~np.isnan(column) & (code >= 0)
        total = np.bincount(code[known], weights[known], minlength=units)
        value = np.bincount(code[known], weights[known] * column[known], minlength=units)
        found[:, n] = np.divide(value, total, out=np.full(units, np.nan), where=total > 0)
    return found


def _missing(
    outcome: Outcome,
    columns: list[Column],
    rows: np.ndarray,
    known: np.ndarray,
    complete: np.ndarray,
    units: int,
) -> list[Text]:
    notes = []
    without, partial = int((~known).sum()), int((known & ~complete).sum())
    what_en, what_ru = counted(units, outcome.forms), out_of(units, outcome.forms)
    if without:
        notes.append(
            Text(
                f"{number(without)} of {number(units)} {what_en} have no outcome and are left out.",
                f"Без результата и потому вне расчёта: {number(without, 'ru')} из "
                f"{number(units, 'ru')} {what_ru}.",
            )
        )
    if partial:
        gaps = np.isnan(rows[known]).sum(axis=0)
        worst = columns[int(gaps.argmax())].label
        notes.append(
            Text(
                f"{number(partial)} more lack an answer and are left out, most often to "
                f"«{worst.en}»; without that question they count (questions=).",
                f"Ещё {number(partial, 'ru')} не ответили на один из вопросов и не вошли, чаще "
                f"всего на «{worst.ru}»; без него они войдут (questions=).",
            )
        )
    return notes


def comparable(units: Units) -> Units:
    """Without practices that hardly vary, and with copies of one another as one."""
    kept: list[Column] = []
    rare, copies = [], []
    for one in units.practices:
        values, counts = np.unique(one.values, return_counts=True)
        differ = one.values != values[counts.argmax()] if len(values) else np.zeros(0, bool)
        places = differ.sum()
        if units.clusters is not None:
            places = min(places, DIFFER * (len(np.unique(units.clusters[differ]))
                                           >= CLUSTERS_DIFFER))  # fmt: skip
        if places < DIFFER:
            rare.append(one)
            continue
        twin = next((n for n, other in enumerate(kept) if _alike(one, other)), None)
        if twin is None:
            kept.append(one)
        else:
            copies.append((kept[twin], one))
            kept[twin] = replace(kept[twin], members=(*_ids(kept[twin]), *_ids(one)))
    notes = [*units.notes, *_told(rare, copies)]
    return replace(units, practices=kept, notes=notes)


def _alike(one: Column, other: Column) -> bool:
    return bool(abs(np.corrcoef(one.values, other.values)[0, 1]) > 1 - 1e-9)


def _ids(one: Column) -> tuple[str, ...]:
    return one.members or (one.id,)


def _told(rare: list[Column], copies: list[tuple[Column, Column]]) -> list[Text]:
    notes = []
    if rare:
        names = quoted(one.label for one in rare)
        notes.append(
            Text(
                f"Left out, as fewer than {DIFFER} differ from the rest in it: {names.en}.",
                f"Не вошли, потому что отличаются меньше {DIFFER}: {names.ru}.",
            )
        )
    return [*notes, *(counted_once(second.label, first.label) for first, second in copies)]


def quoted(labels: Iterable[Text]) -> Text:
    """Labels in one line.

    Examples
    --------
    >>> quoted([Text("Calls", "Звонки"), Text("Visits", "Встречи")]).en
    '«Calls»; «Visits»'
    """
    held = list(labels)
    return Text(*("; ".join(f"«{one.in_language(lang)}»" for one in held) for lang in ("en", "ru")))


def counted_once(copy: Text, kept: Text) -> Text:
    """What is said of a practice whose answers are those of another one."""
    return Text(
        f"«{copy.en}» cannot be told from «{kept.en}»: the same (or exactly the opposite) "
        "answers. Counted once.",
        f"«{copy.ru}» не отличить от «{kept.ru}»: ответы те же (или прямо противоположные). "
        "Считается один раз.",
    )


def grouped(units: Units) -> Units:
    """Above twelve practices, those that go together (mean |r| of 0.7) as one.

    Average linkage on 1 − |r|; a group is the mean of its members in standard deviations,
    turned so that all point the same way.
    """
    many = len(units.practices)
    if many <= GROUPED_FROM:
        return units
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    table = np.column_stack([one.values for one in units.practices])
    among = np.corrcoef(table.T)
    apart = np.clip(1 - np.abs(among), 0, None)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), "average")
    label = fcluster(tree, 1 - TOGETHER, "distance")
    found, notes = [], list(units.notes)
    for one in dict.fromkeys(label):
        places = np.flatnonzero(label == one)
        if len(places) == 1:
            found.append(units.practices[places[0]])
            continue
        members = [units.practices[place] for place in places]
        away = (table[:, places] - table[:, places].mean(axis=0)) / table[:, places].std(axis=0)
        mean = (away * np.sign(among[places[0], places])).mean(axis=1)
        en, ru = (" + ".join(part.label.in_language(lang) for part in members)
                  for lang in ("en", "ru"))  # fmt: skip
        ids = tuple(id for part in members for id in _ids(part))
        found.append(Column("+".join(part.id for part in members), Text(en, ru),
                            mean / mean.std(), "deviation", ids))  # fmt: skip
        notes.append(Text(f"Go together and are taken as one: {en}.",
                          f"Встречаются вместе и взяты как одно: {ru}."))  # fmt: skip
    return replace(units, practices=found, notes=notes)
