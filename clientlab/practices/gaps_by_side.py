"""What clients get less what they expect, weighted by what matters to each of them.

It answers: on which side of service do we fall short, where does it matter, where to act
first. Several people of one client count as a cluster; what cannot be told apart is said.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.practices.forms import absent
from clientlab.practices.gaps_marks import Marks, marks_of
from clientlab.practices.gaps_result import Gaps
from clientlab.practices.survey import Survey, joined
from clientlab.results import CannotSay
from clientlab.stats import design, proportions, ranking_means
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, plural

FEWEST, GROUPS = 10, 5  # respondents and clients under which nothing is told


def gaps(
    survey: Survey | CannotSay | None,
    *,
    expected: str | None = "expected",
    perceived: str | None = "perceived",
    importance: str | None = "importance",
    level: float = 0.95,
) -> Gaps | CannotSay:
    """Service quality by side of service: perceived less expected (S2).

    Parameters
    ----------
    survey : Survey or None
        Of `expectations_form`, of `expectations_survey`, or with three grids of your own.
    expected, perceived, importance : str
        Grids with the same rows and scale. Importance may be None: all sides count alike; so
        they do, with a note, where too few told it.
    level : float

    Returns
    -------
    Gaps
        `frame` by side, the worst contribution first: ``side, label_en, label_ru,
        expected, perceived, estimate`` (gap: perceived less expected, of the same people),
        ``low, high, p_value, adjusted, base``; ``importance`` and ``matters, matters_low,
        matters_high, matters_adjusted`` (marks above the respondent's own mean over the
        sides); ``contribution, contribution_low, contribution_high`` (to the weighted
        score), ``rank, rank_low, rank_high`` (1: pulls it down most) and ``cell`` (act,
        keep, spare, later, cannot). `overall` is the weighted score, `unweighted` the plain
        mean of the gaps.

    Raises
    ------
    InvalidValue
        If a grid is missing in the codebook or has other rows or another scale.

    Notes
    -----
    Respondent i weighs side s by its importance over the sum of the importance that i gave
    to all sides, so that who marks everything high weighs no more than others. The score
    of i is Σ weight · gap; its mean is the sum of the sides' contributions. Means, paired
    gaps and scores are linearised over clients, t on clients less one; tests are corrected
    over the sides (Holm). Ranks of the contributions: `stats.ranking_means.order`.

    Cells: falls short (gap surely under 0) or exceeds (surely over 0), matters more or less
    than the other sides (surely over or under the respondents' own mean). All four need
    both tests; else 'cannot'. Parasuraman, Zeithaml & Berry (1988) measure service by such
    gaps; the map is Martilla & James's (1977), with intervals.

    Examples
    --------
    >>> from clientlab.demo import demo_expectations
    >>> found = gaps(demo_expectations())
    >>> found.frame.loc[0, ["side", "cell"]].tolist()
    ['initiative', 'act']
    """
    if survey is None:
        return absent()
    if isinstance(survey, CannotSay):
        return survey
    if expected is None or perceived is None:
        return survey.no_question()
    joined(survey, "A gap")
    found = marks_of(survey, expected, perceived, importance)
    if isinstance(found, CannotSay):
        return found
    gap = found.perceived - found.expected
    known = ~np.isnan(gap).all(axis=1)
    few, clients = _too_few(known, survey)
    if few is not None:
        return CannotSay.because(few, survey.provenance(0))
    if _too_few(~np.isnan(_weights(found.importance, gap)).all(axis=1), survey)[0] is not None:
        found = found._replace(importance=None)  # what matters is not known well enough
    frame, overall, plain, unweighted = _scored(found, gap, survey, level)
    return Gaps(
        frame, survey.provenance(int(known.sum())), _notes(found, survey, unweighted, importance),
        overall=overall, unweighted=plain, level=level, ends=found.ends, clients=clients,
        weighs=found.importance is not None, by_client=_by_client(found, gap, survey),
    )  # fmt: skip


def _scored(
    found: Marks, gap: np.ndarray, survey: Survey, level: float
) -> tuple[pd.DataFrame, Estimate, Estimate, int]:
    """Sides with their contributions; weighted and plain score; who has no weights."""
    known = ~np.isnan(gap).all(axis=1)
    weighted = _weights(found.importance, gap) * np.where(np.isnan(gap), 0.0, gap)
    complete = ~np.isnan(weighted).all(axis=1)
    order = ranking_means.order(weighted, survey.design, level=level).items
    frame = _sides(found, gap, survey, level).assign(
        contribution=order["mean"], contribution_low=order["mean_low"],
        contribution_high=order["mean_high"], rank=order["estimate"], rank_low=order["low"],
        rank_high=order["high"],
    )  # fmt: skip
    frame["cell"] = _cells(frame, 1 - level)
    score = np.where(complete, np.nansum(weighted, axis=1), np.nan)
    plain = np.where(known, np.nanmean(np.where(known[:, None], gap, 0.0), axis=1), np.nan)
    overall, unweighted = (design.mean(one, survey.design, level=level) for one in (score, plain))
    frame = frame.sort_values("contribution", kind="stable", ignore_index=True)
    return frame, overall, unweighted, int((known & ~complete).sum())


def _too_few(known: np.ndarray, survey: Survey) -> tuple[Text | None, int]:
    """Why nothing is told of those who answered, if so, and how many clients they are of."""
    people, alone = int(known.sum()), survey.clusters is None
    clients = people if survey.clusters is None else len(np.unique(survey.clusters[known]))
    if people >= FEWEST and (alone or clients >= GROUPS):
        return None, clients
    return Text(
        f"{people} {plural(people, 'person', 'people')} of {clients} "
        f"{plural(clients, 'client', 'clients')} answered: too few to tell a gap ({FEWEST} and "
        f"{GROUPS} are needed).",
        f"Ответили {people} {plural(people, 'человек', 'человека', 'человек')}, клиентов "
        f"{clients}: мало, чтобы говорить о разрыве (нужно {FEWEST} и {GROUPS}).",
    ), clients


def _sides(found: Marks, gap: np.ndarray, survey: Survey, level: float) -> pd.DataFrame:
    both = ~np.isnan(gap)
    means = [design.mean(np.where(both, one, np.nan), survey.design, level=level)
             for one in (found.expected, found.perceived)]  # fmt: skip
    shift = design.mean(gap, survey.design, level=level)
    important = np.full(gap.shape, np.nan) if found.importance is None else found.importance
    if found.importance is None:
        own = matters = Estimate(*([np.full(gap.shape[1], np.nan)] * 5))
    else:
        asked = ~np.isnan(important).all(axis=1)
        middle = np.nanmean(np.where(asked[:, None], important, 0), axis=1)[:, None]
        own = design.mean(important, survey.design, level=level)
        matters = design.mean(important - middle, survey.design, level=level)
    p = np.asarray(_p(shift))
    return pd.DataFrame({
        "side": [side.id for side in found.sides],
        "label_en": [side.text.en for side in found.sides],
        "label_ru": [side.text.ru for side in found.sides],
        "expected": means[0].estimate, "perceived": means[1].estimate,
        "estimate": shift.estimate, "low": shift.low, "high": shift.high,
        "p_value": p, "adjusted": proportions.adjust(p, "holm"), "base": both.sum(axis=0),
        "importance": own.estimate, "matters": matters.estimate, "matters_low": matters.low,
        "matters_high": matters.high,
        "matters_adjusted": proportions.adjust(np.asarray(_p(matters)), "holm"),
    })  # fmt: skip


def _by_client(found: Marks, gap: np.ndarray, survey: Survey) -> pd.DataFrame:
    """Mean gap of each client that has a name, by side."""
    columns = ["client", "side", "gap", "people"]
    if survey.cluster_names is None:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(gap, columns=[side.id for side in found.sides])
    long = table.assign(client=survey.cluster_names).melt("client", var_name="side")
    long = long[(long["client"] != "") & long["value"].notna()]
    means = long.groupby(["client", "side"])["value"].agg(["mean", "size"]).reset_index()
    return means.set_axis(columns, axis=1)


def _p(found: Estimate) -> np.ndarray:
    """Of a mean that differs from 0; all alike and not 0 is told by their number."""
    p = np.atleast_1d(design.p_value(found))
    constant = (np.asarray(found.se) == 0) & np.isnan(p)
    alike = np.where(np.asarray(found.estimate) == 0, 1.0, 2 * 0.5 ** (np.asarray(found.df) + 1))
    return np.where(constant, np.minimum(alike, 1.0), p)


def _weights(importance: np.ndarray | None, gap: np.ndarray) -> np.ndarray:
    """Weight of every side to every respondent; the sides with both marks sum to 1."""
    known = ~np.isnan(gap)
    marks = known.astype(float) if importance is None else np.where(known, importance, np.nan)
    # Whoever gave a gap but no importance for some side has no score of weights.
    whole = ~(np.isnan(marks) & known).any(axis=1) & known.any(axis=1)
    marks = np.where(known, marks, 0.0)
    total = marks.sum(axis=1, keepdims=True)
    return np.where(whole[:, None] & (total > 0), marks / np.where(total > 0, total, 1), np.nan)


def _cells(frame: pd.DataFrame, alpha: float) -> np.ndarray:
    sure = (frame["adjusted"] < alpha) & (frame["matters_adjusted"] < alpha)
    short, more = frame["estimate"] < 0, frame["matters"] > 0
    return np.select(
        [~sure, short & more, ~short & more, ~short & ~more],
        ["cannot", "act", "keep", "spare"], "later",
    )  # fmt: skip


NO_WEIGHTS = Text(
    "Too few told what matters to them: all sides count alike, and no corner is named. Ask for the "
    "importance of each side.",
    "Слишком мало ответивших назвали важность: все стороны учтены поровну, углов нет. Спрашивайте "
    "важность каждой стороны.",
)
NO_CLIENTS = Text(
    "Everybody counts as a client of its own: name the column of the client (clusters=…) if "
    "several people of one answered.",
    "Каждый ответивший считается отдельным клиентом: если от клиента ответили несколько, назовите "
    "колонку клиента (clusters=…).",
)
ONE_BREATH = Text(
    "What clients say they expect is asked in the same breath as what they get: the gap is a talk "
    "to begin with, not a measurement of work.",
    "Ожидания спрошены вместе с восприятием: разрыв — повод для разговора, а не измерение работы.",
)


def _notes(
    found: Marks, survey: Survey, unweighted: int, importance: str | None
) -> tuple[Text, ...]:
    sides, weighed = len(found.sides), found.importance is not None
    both = Text("; a corner is named only where both tests say so",
                "; угол назван, только если уверены оба критерия")  # fmt: skip
    more = both if weighed else Text("", "")
    notes = [
        Text(f"Corrected for {sides} sides{more.en}.",
             f"С поправкой на число сторон ({sides}){more.ru}.")
    ]  # fmt: skip
    if importance is not None and not weighed:
        notes.append(NO_WEIGHTS)
    top = float(np.mean(found.expected[~np.isnan(found.expected)] == found.ends[1]))
    if top > 0.2:
        notes.append(
            Text(
                f"{number(100 * top)}% of the expectations are the highest mark: nothing can "
                "exceed them, and gaps lean downwards.",
                f"Высшая оценка ожиданий — в {number(100 * top, 'ru')}% случаев: превзойти её "
                "нельзя, и разрывы смещены вниз.",
            )
        )
    if unweighted:
        notes.append(
            Text(
                f"Told a gap and not what matters: {unweighted}; in the gaps, not in the score.",
                f"Оценили, но не назвали важность: {unweighted}; входят в разрывы, не в балл.",
            )
        )
    if survey.clusters is None:
        notes.append(NO_CLIENTS)
    return (*notes, ONE_BREATH)
