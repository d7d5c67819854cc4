"""Which practices go with an outcome: how much, in which direction, and how surely.

It answers: of many practices, which go with longer relationships, with NPS, with up-sell,
beyond chance. It never answers what would happen if a practice were taken up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clientlab.practices.drivers_columns import (
    Units,
    comparable,
    grouped,
    held_of,
    practices_of,
    units_of,
)
from clientlab.practices.drivers_numbers import PER_DRIVER, Numbers, enough, numbers_of
from clientlab.practices.drivers_outcome import Outcome, outcome_of
from clientlab.practices.drivers_result import Drivers
from clientlab.practices.survey import Survey, joined
from clientlab.results import CannotSay, Provenance
from clientlab.wording import Text, counted, number, percent

UNITS, CLUSTERS = 20, 10  # under which nothing is said
# What else could bring practice and outcome together; gone once it is held fixed.
CONFUSERS = {
    "size": Text("size of the agency", "размер агентства"),
    "role_model": Text("role model", "ролевая модель"),
    "services": Text("services sold", "набор услуг"),
    "financial_model": Text("how the work is paid", "модель оплаты"),
    "": Text(
        "which clients come (large ones stay longer and get more attention); how able the manager "
        "is; the other direction: what is done for clients because they stay; who answered",
        "какие клиенты приходят (крупные и остаются дольше, и получают больше внимания); насколько "
        "силён менеджер; обратное направление: так работают с теми, кто и без того остаётся; кто "
        "ответил на опрос",
    ),
}


def drivers(
    survey: Survey,
    outcome: Any,
    *,
    questions: Sequence[str] | None = None,
    hold: Sequence[str] = (),
    level: float = 0.95,
    seed: int = 0,
) -> Drivers | CannotSay:
    """Practices that go with an outcome, with importance, direction and size.

    Parameters
    ----------
    survey : Survey
    outcome : str, Series, array_like, or what `outcome_by_key` returns
        The name of a scale, a number or an NPS question (promoters 100, detractors −100);
        a series with the names of the survey's clusters (agencies) as its index; one value
        for each respondent. What is the same for all of an agency is taken as the agency's.
    questions : sequence of str, optional
        Multi-selects and scales whose options and points are the practices. By default the
        longest multi-select and all scales.
    hold : sequence of str
        Questions held fixed: size, role model, services …
    level : float
    seed : int
        Of the redrawn samples.

    Returns
    -------
    Drivers
        `frame` by practice, the most important first: ``practice, label_en, label_ru,
        unit``; ``estimate, low, high``, its share (0–1) of the differences in the outcome;
        ``slope`` with ends, in units of the outcome for all against nobody (a tick), a point
        (a scale) or a standard deviation (practices taken as one), least squares;
        ``shrunk`` with ends, the same by ridge regression of all practices; ``p_value,
        p_adjusted`` (for all practices), ``direction`` (1, −1; 0 cannot be told), ``base``.

    Raises
    ------
    InvalidValue
        If a question is of no use as outcome, practice or covariate, or the series fits
        neither respondents nor agencies.

    Notes
    -----
    Up to 12 practices `stats.importance.lmg`, above it those that correlate by 0.7 on
    average are taken as one, and Johnson's weights share out R². Both need five units for
    every column; with fewer, each practice is taken alone with what is held fixed, the
    shares (r²) overlap, and a practice that goes with the outcome only by way of a surer
    one is not told. Tests turn the signs of clusters (`stats.importance_tests`), corrected
    for all practices; intervals of slopes leave out one cluster at a time (CV3) and are of
    one practice each. Samples for intervals of importance are drawn by cluster; they begin
    at 0 where the slope, by itself, is not beyond chance. Ridge's penalty predicts left-out
    clusters best; its intervals do not cover what shrinking takes away. Agencies count
    alike, whatever the number of their managers.

    Measured on 200 surveys of the demo, outcomes of 36 agencies, 22 practices: the two that
    go with `months` are told in 88% and 64% of them, any other in 1 survey. With an outcome
    of 180 managers in 40 agencies (two of 22 practices count, a point and 1.2 points to a
    scatter of 1.1): 96% and 87%, any other in 10 surveys, as many as 5% are.

    Examples
    --------
    >>> from clientlab.demo import demo_outcomes, demo_survey
    >>> found = drivers(demo_survey(), demo_outcomes().set_index("agency")["months"])
    >>> found.frame[["practice", "direction", "base"]].head(1).values.tolist()
    [['loyalty_methods.feedback', 1, 36]]
    """
    joined(survey, "drivers")
    wanted = outcome_of(survey, outcome)
    if isinstance(wanted, CannotSay):
        return wanted
    practices = practices_of(survey, questions, wanted)
    held = held_of(survey, hold)
    for part in (practices, held):
        if isinstance(part, CannotSay):
            return part
    if not practices:
        return survey.no_question()
    units = units_of(survey, wanted, practices, held)
    provenance = _provenance(survey, wanted, units)
    unable = _unable(units, wanted, provenance)
    if unable is not None:
        return unable
    units = comparable(units)
    fewer = grouped(units)
    if enough(fewer):  # else each is taken alone, and none needs company
        units = fewer
    if not units.practices:
        why = Text("No practice differs enough between them to be compared.",
                   "Ни одна практика не различается настолько, чтобы её сравнить.")  # fmt: skip
        return CannotSay.because(why, provenance)
    found = numbers_of(units, level=level, seed=seed)
    frame = found.frame.copy()
    for place, name in enumerate(("practice", "label_en", "label_ru", "unit")):
        values = [(one.id, one.label.en, one.label.ru, one.unit)[place] for one in units.practices]
        frame.insert(place, name, values)
    frame = frame.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
    notes = (*_notes(found, units, wanted), *units.notes, _confusers(hold, wanted))
    return Drivers(frame, provenance, notes, label=wanted.label, forms=wanted.forms,
                   method=found.method, explained=found.explained, level=level)  # fmt: skip


def _provenance(survey: Survey, outcome: Outcome, units: Units) -> Provenance:
    return Provenance(
        source=survey.source, base=len(units.outcome), base_of=outcome.forms,
        weights=survey.weighted_by or None, synthetic=survey.synthetic or outcome.synthetic,
    )  # fmt: skip


def _unable(units: Units, outcome: Outcome, provenance: Provenance) -> CannotSay | None:
    """Too few units, too few clusters, or nothing to explain."""
    count = len(units.outcome)
    if count < UNITS or units.independent < CLUSTERS:
        few = count if count < UNITS else units.independent
        need = UNITS if count < UNITS else CLUSTERS
        what = outcome.forms if count < UNITS else Text("cluster|clusters", "группа|группы|групп")
        return CannotSay.because(
            Text(
                f"«{outcome.label.en}»: {number(few)} {counted(few, what)} with an outcome and all "
                f"answers, at least {need} are needed to say what goes with it.",
                f"«{outcome.label.ru}»: с результатом и всеми ответами — {number(few, 'ru')} "
                f"{counted(few, what, 'ru')}; чтобы сказать, что с ним связано, нужно не меньше "
                f"{need}.",
            ),
            provenance,
        )
    if units.outcome.min() == units.outcome.max():
        return CannotSay.because(
            Text(f"«{outcome.label.en}» is the same for all: there is nothing to explain.",
                 f"«{outcome.label.ru}» у всех одинаково: объяснять нечего."), provenance,
        )  # fmt: skip
    return None


def _notes(found: Numbers, units: Units, outcome: Outcome) -> list[Text]:
    count, base = len(found.frame), len(units.outcome)
    what, what_ru = counted(base, outcome.forms), counted(base, outcome.forms, "ru")
    seen = found.visible
    notes = [
        Text(
            f"{number(count)} practices tested, corrected for their number; a practice must go "
            f"with about {percent(seen)} of the differences to be told from chance here.",
            f"Проверено практик: {number(count, 'ru')}, с поправкой на их число; чтобы отличаться "
            f"от случайности, практика должна быть связана примерно с {percent(seen, 'ru')} "
            "различий.",
        )
    ]
    if found.method == "alone":
        notes.append(
            Text(
                f"{number(base)} {what} are fewer than {PER_DRIVER} for each practice: each is "
                "taken alone, shares overlap and do not add up.",
                f"{number(base, 'ru')} {what_ru} — меньше {PER_DRIVER} на практику: каждая взята "
                "отдельно, доли пересекаются и не складываются.",
            )
        )
    else:
        notes.append(
            Text(
                f"Together they go with {percent(found.explained)} of the differences; practices "
                f"that mean nothing would reach about {percent(count / max(base - 1, 1))}.",
                f"Вместе они связаны с {percent(found.explained, 'ru')} различий; практики, "
                f"которые ничего не значат, набрали бы около "
                f"{percent(count / max(base - 1, 1), 'ru')}.",
            )
        )
    for one, other in found.through:
        weak, strong = units.practices[one].label, units.practices[other].label
        notes.append(
            Text(
                f"«{weak.en}» goes with it too, but no longer once «{strong.en}» is held fixed.",
                f"«{weak.ru}» тоже связано, но не при том же уровне «{strong.ru}».",
            )
        )
    if outcome.found == "same":
        notes.append(
            Text(
                "The outcome is the same for all of an agency: agencies are counted, not "
                "respondents.",
                "Результат одинаков внутри агентства: считаются агентства, а не респонденты.",
            )
        )
    return notes


def _confusers(hold: Sequence[str], outcome: Outcome) -> Text:
    """What else could explain the same; less what is held fixed."""
    held = {hold} if isinstance(hold, str) else set(hold)
    en, ru = ("; ".join(text.in_language(lang) for id, text in CONFUSERS.items() if id not in held)
              for lang in ("en", "ru"))  # fmt: skip
    if outcome.question:
        en += "; the mood of whoever answered both questions"
        ru += "; настроение того, кто отвечал на оба вопроса"
    return Text(
        f"Association, not cause. The same could come of: {en}.",
        f"Связь, а не причина. То же самое могло дать: {ru}.",
    )
