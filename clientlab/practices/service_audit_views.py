"""The twelve rules of service as the team sees itself and as its clients see it.

It answers: on which rule do the two views part, by how much, how surely. The respondents are
different people; those of one agency or client count as a cluster.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Question
from clientlab.practices.forms import absent
from clientlab.practices.service_audit_consistency import FEWEST, grid_marks
from clientlab.practices.service_audit_result import ServiceAudit
from clientlab.practices.survey import Survey, joined
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance
from clientlab.stats import design, proportions
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, plural

GROUPS = 5  # clusters of each view under which nothing is told


def service_audit(
    managers: Survey | CannotSay | None,
    clients: Survey | CannotSay | None,
    question: str | None = "rules",
    *,
    adjust: str = "holm",
    level: float = 0.95,
) -> ServiceAudit | CannotSay:
    """The managers' mark of every rule less the clients'.

    Parameters
    ----------
    managers, clients : Survey or None
        Answers to the two forms (`service_audit_form`), or to two of your own with the same
        grid.
    question : str or None
        The grid that both have.
    adjust : {"holm", "bh", "bonferroni"}
        Correction over the rules.
    level : float

    Returns
    -------
    ServiceAudit
        `frame` by rule, the widest gap first: ``rule, label_en, label_ru, managers,
        managers_low, managers_high, managers_base, clients, clients_low, clients_high,
        estimate`` (managers less clients, marks), ``low, high, p_value, adjusted, verdict``
        (higher, lower, cannot) and ``base`` (people of clients). `overall` is the
        difference of the means of all rules.

    Raises
    ------
    InvalidValue
        If a codebook has no such grid, or the grids share no row or have two scales.

    Notes
    -----
    `stats.design.difference`: linearised, t on the clusters. Clusters of one name in both
    surveys are taken for one (an agency and its clients); others are independent.

    Examples
    --------
    >>> from clientlab.demo import demo_audit
    >>> found = service_audit(*demo_audit())
    >>> sorted(found.frame.loc[found.frame["verdict"] == "higher", "rule"])
    ['listens', 'promises', 'warns']
    """
    for survey in (managers, clients):
        if survey is None:
            return absent()
        if isinstance(survey, CannotSay):
            return survey
    if question is None:
        return managers.no_question()  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    for survey in (managers, clients):
        joined(survey, "A service audit")
    views = [grid_marks(survey, question) for survey in (managers, clients)]
    both = _both(question, views)
    marks = [table[both] for _, table in views]
    for survey, table, who in zip((managers, clients), marks, ("managers", "clients"), strict=True):
        reason = _too_few(survey, table, who)
        if reason is not None:
            return CannotSay.because(reason, survey.provenance(0))
    frame, overall = _compared(managers, clients, marks, adjust, level)
    labels = {row.id: row.text for row in views[0][0].rows}
    frame.insert(1, "label_en", [labels[id].en for id in both])
    frame.insert(2, "label_ru", [labels[id].ru for id in both])
    order = frame["estimate"].abs().sort_values(ascending=False, kind="stable").index
    first, second = managers.provenance(), clients.provenance()
    provenance = _of_both(first, second)
    return ServiceAudit(
        frame.loc[order].reset_index(drop=True), provenance, _notes(managers, clients, frame),
        question=views[0][0], overall=overall, level=level,
    )  # fmt: skip


def _both(question: str, views: list[tuple[Question, pd.DataFrame]]) -> list[str]:
    (first, ours), (second, theirs) = views
    if (first.low, first.high) != (second.low, second.high):
        raise InvalidValue(
            f"{question!r} has the scale {first.low:g}–{first.high:g} in one survey and "
            f"{second.low:g}–{second.high:g} in the other: marks of two scales cannot be "
            "subtracted."
        )
    both = [id for id in ours if id in theirs]
    if not both:
        raise InvalidValue(
            f"{question!r} has no row that both surveys hold. One: {', '.join(ours) or 'none'}. "
            f"The other: {', '.join(theirs) or 'none'}."
        )
    return both


def _too_few(survey: Survey, marks: pd.DataFrame, who: str) -> Text | None:
    people, groups = int(marks.notna().any(axis=1).sum()), _independent(survey, marks)
    if people >= FEWEST and groups >= GROUPS:
        return None
    ru = {
        "managers": plural(people, "менеджер", "менеджера", "менеджеров"),
        "clients": plural(people, "человек", "человека", "человек") + " у клиентов",
    }[who]
    return Text(
        f"{people} of the {who} in {groups} {plural(groups, 'cluster', 'clusters')} answered: too "
        f"few to compare two views ({FEWEST} and {GROUPS} are needed).",
        f"Ответили {people} {ru}, кластеров {groups}: мало, чтобы сравнивать два взгляда (нужно "
        f"{FEWEST} и {GROUPS}).",
    )


def _compared(
    managers: Survey, clients: Survey, marks: list[pd.DataFrame], adjust: str, level: float
) -> tuple[pd.DataFrame, Estimate]:
    means = [design.mean(table.to_numpy(), survey.design, level=level)
             for survey, table in zip((managers, clients), marks, strict=True)]  # fmt: skip
    view = np.repeat([1, 0], [len(managers), len(clients)])  # the second less the first
    plan = _plan(managers, clients)
    stacked = pd.concat(marks, ignore_index=True)
    gap = design.difference(stacked.to_numpy(), view, plan, level=level)
    p = _p(gap, min(_independent(one, table) for one, table in
                    zip((managers, clients), marks, strict=True)))  # fmt: skip
    adjusted = proportions.adjust(p, adjust)
    sure = adjusted < 1 - level
    frame = pd.DataFrame({
        "rule": list(stacked.columns), "managers": means[0].estimate,
        "managers_low": means[0].low, "managers_high": means[0].high,
        "managers_base": marks[0].notna().sum().to_numpy(), "clients": means[1].estimate,
        "clients_low": means[1].low, "clients_high": means[1].high, "estimate": gap.estimate,
        "low": gap.low, "high": gap.high, "p_value": p, "adjusted": adjusted,
        "verdict": np.where(sure, np.where(gap.estimate > 0, "higher", "lower"), "cannot"),
        "base": marks[1].notna().sum().to_numpy(),
    })  # fmt: skip
    overall = design.difference(stacked.mean(axis=1).to_numpy(), view, plan, level=level)
    return frame, overall


def _p(gap: Estimate, fewest: int) -> np.ndarray:
    """p-values; where all of a view say the same, that of a sign for each pair of clusters."""
    p, apart = np.asarray(design.p_value(gap)), np.asarray(gap.estimate)
    alike = (np.asarray(gap.se) == 0) & ~np.isnan(apart)
    return np.where(alike, np.where(apart == 0, 1.0, min(1.0, 2 * 0.5**fewest)), p)


def _independent(survey: Survey, marks: pd.DataFrame) -> int:
    """Clusters (people, without any) that gave a mark."""
    known = marks.notna().any(axis=1).to_numpy()
    return int(known.sum() if survey.clusters is None else len(np.unique(survey.clusters[known])))


def _plan(managers: Survey, clients: Survey) -> design.Design:
    """Both surveys as one design: clusters of one name are one, weights as they are."""
    weights = [np.ones(len(one)) if one.weights is None else one.weights
               for one in (managers, clients)]  # fmt: skip
    shared = _shared(managers, clients)
    clusters = []
    for view, survey in enumerate((managers, clients)):
        own = np.arange(len(survey)) if survey.clusters is None else survey.clusters
        names = survey.cluster_names
        clusters += [
            f"both.{names[row]}" if names is not None and names[row] in shared
            else f"{view}.{cluster}" for row, cluster in enumerate(own)
        ]  # fmt: skip
    return design.Design(weights=np.concatenate(weights), clusters=clusters)


def _shared(managers: Survey, clients: Survey) -> set[str]:
    if managers.cluster_names is None or clients.cluster_names is None:
        return set()
    return (set(managers.cluster_names) & set(clients.cluster_names)) - {""}


def _of_both(first: Provenance, second: Provenance) -> Provenance:
    return replace(
        first,
        source=Text(f"{first.source.en}; {second.source.en}",
                    f"{first.source.ru}; {second.source.ru}"),
        base=(first.base or 0) + (second.base or 0),
        rows_in=(first.rows_in or 0) + (second.rows_in or 0),
        rows_used=(first.rows_used or 0) + (second.rows_used or 0),
        rows_set_aside=(first.rows_set_aside or 0) + (second.rows_set_aside or 0),
        synthetic=first.synthetic or second.synthetic,
    )  # fmt: skip


def _notes(managers: Survey, clients: Survey, frame: pd.DataFrame) -> tuple[Text, ...]:
    notes = [
        Text(f"Corrected for {len(frame)} rules.", f"С поправкой на число правил: {len(frame)}.")
    ]
    shared = len(_shared(managers, clients))
    if shared:
        notes.append(
            Text(
                f"{shared} {plural(shared, 'cluster is', 'clusters are')} in both surveys and "
                f"{plural(shared, 'counts', 'count')} as one.",
                f"Кластеров, которые есть в обоих опросах и считаются одним: {shared}.",
            )
        )
    notes.append(
        Text(
            "Two groups of people use a scale in their own ways: one rule far from the others says "
            "more than a shift of all of them.",
            "Две группы людей пользуются шкалой по-разному: одно правило вдали от остальных "
            "говорит больше, чем сдвиг всех сразу.",
        )
    )
    return tuple(notes)
