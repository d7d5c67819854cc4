"""One question at a time: shares with their intervals, on the base that belongs to them.

It answers: which share gives each option, how good is the mean of a scale, how many wait
longer than an hour. Weights and clusters count as in `stats.design`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from clientlab.practices.medians import median, weighted_median
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey
from clientlab.practices.topline_result import Topline
from clientlab.results import CannotSay
from clientlab.stats import design, proportions
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number

SMALL = 30
CHOICES = ("single", "bands", "multi", "ranking")


def topline(
    survey: Survey | CannotSay, question: str | None, *, level: float = 0.95
) -> Topline | CannotSay:
    """Shares of the answers to one question, and the mean of a scale.

    Parameters
    ----------
    survey : Survey
    question : str or None
        A row of a grid is 'grid.row'. None: the survey has no such question; said so.
    level : float

    Returns
    -------
    Topline
        `frame` by option in the order of the codebook: ``option, label_en, label_ru,
        count, estimate, low, high, base``, with weights also ``effective_base``. The base
        is who was asked and answered; whoever ticked nothing of a multi-select has
        answered. Ranges also have ``cumulative, cumulative_low, cumulative_high``; of a
        ranking the share is of first places, with ``mean_rank``. `summary` holds the mean
        and the median of a scale or number, or the Net Promoter Score.

    Raises
    ------
    InvalidValue
        If the codebook has no such question.

    Notes
    -----
    Intervals: Wilson's; with weights or clusters the same on the linearised effective base
    with t (`stats.design.proportion`). Of means, t; of the median, ranks of the order
    statistics (binomial), with weights or clusters Woodruff's. Of NPS, the score interval of
    `stats.design.nps`.

    Examples
    --------
    >>> from clientlab.demo import published_respondents
    >>> found = topline(published_respondents(), "loyalty_methods").frame
    >>> found.loc[[0], ["option", "count", "base"]].values.tolist()
    [['feedback', 52, 95]]
    """
    if isinstance(survey, CannotSay):
        return survey
    given = survey.given(question)
    if isinstance(given, CannotSay):
        return given
    if not (given.inside & _counts(survey)).any():
        return CannotSay.because(
            Text(f"Nobody answered «{given.question.text.en}».",
                 f"На вопрос «{given.question.text.ru}» никто не ответил."), survey.provenance(0),
        )  # fmt: skip
    kind = given.question.type
    if kind in CHOICES:
        frame = _shares(survey, given, level)
    elif kind == "text":
        frame = _texts(given)
    else:
        frame = _points(survey, given, level)
    summary = _summary(survey, given, level) if kind in ("scale", "number", "nps") else {}
    base = int(given.inside.sum())
    return Topline(frame, survey.provenance(base), _notes(survey, given, frame),
                   question=given.question, summary=summary, level=level)  # fmt: skip


def _counts(survey: Survey) -> np.ndarray:
    """Whose weight is above 0."""
    return np.ones(len(survey), bool) if survey.weights is None else survey.weights > 0


def shares_of(
    survey: Survey, hits: np.ndarray, inside: np.ndarray, level: float
) -> dict[str, np.ndarray]:
    """Counts, shares, intervals and bases of columns of hits; one path for all surveys.

    Parameters
    ----------
    survey : Survey
    hits, inside : ndarray of bool, shape (respondents, options)
        Who gave the option, and who is in its base.
    level : float

    Returns
    -------
    dict of column to ndarray of shape (options,)
    """
    count = np.array([np.count_nonzero(column) for column in (hits & inside).T], int)
    base = np.array([np.count_nonzero(column) for column in inside.T], int)
    if survey.is_simple:
        found = proportions.interval(count, base, level=level)
        return {"count": count, "estimate": found.estimate, "low": found.low, "high": found.high,
                "base": base}  # fmt: skip
    weights = np.ones(len(survey)) if survey.weights is None else survey.weights
    effective = np.array([_kish(weights[column]) for column in inside.T])
    columns = np.where(inside, hits, np.nan).astype(float)
    parts = {name: np.full(len(base), np.nan) for name in ("estimate", "low", "high")}
    some = effective > 0
    if not survey.varies:  # one cluster: a share and no interval
        parts["estimate"] = _means(columns, weights)
    elif some.any():
        found = design.proportion(columns[:, some], survey.design, method="wilson", level=level)
        for name in parts:
            parts[name][some] = getattr(found, name)
    return {"count": count, **parts, "base": base, "effective_base": effective}


def _means(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted means of columns, NaN left out."""
    there = np.where(np.isnan(columns), 0.0, weights[:, None])
    with np.errstate(invalid="ignore"):
        return (there * np.nan_to_num(columns)).sum(axis=0) / there.sum(axis=0)


def _kish(weights: np.ndarray) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum()) if (weights > 0).any() else 0.0


def hits_of(given: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Who gave each option, and who is in the base of each."""
    choices = given.question.choices
    if given.question.type == "multi":
        inside = (given.values >= 0) & given.inside[:, None]
        return given.values == 1, inside
    if given.question.type == "ranking":
        return given.values == 1, np.repeat(given.inside[:, None], len(choices), axis=1)
    hits = np.empty((len(given.inside), len(choices)), bool, order="F")
    for place in range(len(choices)):
        np.equal(given.values, place, out=hits[:, place])
    return hits, np.broadcast_to(given.inside[:, None], hits.shape)


def _shares(survey: Survey, given: Answers, level: float) -> pd.DataFrame:
    choices = given.question.choices
    hits, inside = hits_of(given)
    frame = pd.DataFrame(
        {
            "option": [option.id for option in choices],
            "label_en": [option.text.en for option in choices],
            "label_ru": [option.text.ru for option in choices],
            **shares_of(survey, hits, inside, level),
        }
    )
    if given.question.is_ordered:
        upto = np.cumsum(hits, axis=1).astype(bool)
        found = shares_of(survey, upto, inside, level)
        frame["cumulative"] = found["estimate"]
        frame["cumulative_low"], frame["cumulative_high"] = found["low"], found["high"]
        # All ranges together are everybody: nothing about that is uncertain.
        whole = frame["cumulative_low"].where(frame["cumulative_low"].isna(), 1.0)
        frame.loc[frame.index[-1], ["cumulative_low", "cumulative_high"]] = whole.iloc[-1]
    if given.question.type == "ranking":
        ranks = np.where(given.inside[:, None], given.values, np.nan)
        with np.errstate(invalid="ignore"):
            known = ~np.isnan(ranks)
            total = np.where(known, ranks, 0).sum(axis=0)
            frame["mean_rank"] = total / np.where(known.any(axis=0), known.sum(axis=0), np.nan)
            frame["ranked"] = known.sum(axis=0)
    return frame


def _points(survey: Survey, given: Answers, level: float) -> pd.DataFrame:
    """Shares of the points of a scale; of NPS its three groups; of a number its fifths."""
    values = given.values
    if given.question.type == "nps":
        groups = [
            ("promoters", Text("promoters, 9–10", "сторонники, 9–10"), values >= 9),
            ("passives", Text("passives, 7–8", "нейтральные, 7–8"), (values >= 7) & (values < 9)),
            ("detractors", Text("detractors, 0–6", "критики, 0–6"), values < 7),
        ]
    elif given.question.type == "scale":
        points = np.arange(int(given.question.low), int(given.question.high) + 1)
        words = given.question.points
        groups = [
            (str(point), Text(*(f"{point}: {words[point].in_language(lang)}" if point in words
                                else str(point) for lang in ("en", "ru"))), values == point)
            for point in points
        ]  # fmt: skip
    else:
        cuts = np.unique(np.quantile(values[given.inside], [0.2, 0.4, 0.6, 0.8]))
        edges = [-np.inf, *cuts, np.inf]
        groups = [(_range(low, high), Text(_range(low, high), _range(low, high)),
                   (values > low) & (values <= high))
                  for low, high in pairwise(edges)]  # fmt: skip
    hits = np.column_stack([hit for _, _, hit in groups])
    inside = np.broadcast_to(given.inside[:, None], hits.shape)
    return pd.DataFrame(
        {
            "option": [name for name, _, _ in groups],
            "label_en": [label.en for _, label, _ in groups],
            "label_ru": [label.ru for _, label, _ in groups],
            **shares_of(survey, hits, inside, level),
        }
    )


def _range(low: float, high: float) -> str:
    if np.isinf(low):
        return f"≤ {high:g}"
    return f"> {low:g}" if np.isinf(high) else f"{low:g}–{high:g}"


def _texts(given: Answers) -> pd.DataFrame:
    """How often each text was written; they are no options, so they have no interval."""
    texts = pd.Series(given.values[given.inside]).value_counts()
    base = int(given.inside.sum())
    return pd.DataFrame(
        {
            "option": texts.index, "label_en": texts.index, "label_ru": texts.index,
            "count": texts.to_numpy(), "estimate": texts.to_numpy() / base, "low": np.nan,
            "high": np.nan, "base": base,
        }
    )  # fmt: skip


def _summary(survey: Survey, given: Answers, level: float) -> dict[str, Estimate]:
    values = np.where(given.inside, given.values, np.nan)
    is_nps = given.question.type == "nps"
    name = "nps" if is_nps else "mean"
    if not survey.varies:
        if is_nps:
            values = np.where(np.isnan(values), np.nan, (values >= 9) * 1.0 - (values <= 6))
        weights = np.ones(len(survey)) if survey.weights is None else survey.weights
        value = float(_means(values[:, None], weights)[0])
        return {name: Estimate(value, np.nan, np.nan, np.nan, np.nan)}
    # As a table of one column: answers of one cluster then have a mean and no interval.
    found = (design.nps if is_nps else design.mean)(values[:, None], survey.design, level=level)
    summary = {name: Estimate(*(float(np.atleast_1d(part)[0]) for part in found))}
    if not is_nps:
        summary["median"] = (
            median(values[~np.isnan(values)], level) if survey.is_simple
            else weighted_median(values, survey.design, level)
        )  # fmt: skip
    return summary


def _notes(survey: Survey, given: Answers, frame: pd.DataFrame) -> tuple[Text, ...]:
    none = np.zeros(len(survey), bool)
    if given.question.type == "multi":
        none = ((given.values == 1).sum(axis=1) == 0) & given.inside
    counts = [
        (given.asked & ~given.answered, Text("Asked, and no answer", "Спросили, ответа нет")),
        (~given.asked, Text("Not asked", "Не спрашивали")),
        (none, Text("Ticked nothing, in the base", "Не отметили ничего, входят в базу")),
    ]
    notes = [Text(f"{text.en}: {number(hit.sum())}.", f"{text.ru}: {number(hit.sum(), 'ru')}.")
             for hit, text in counts if hit.any()]  # fmt: skip
    if given.unread:
        count = len(given.unread)
        notes.append(
            Text(
                f"Could not be placed: {number(count)} answers; see check().",
                f"Не удалось отнести ответов: {number(count, 'ru')}; см. check().",
            )
        )
    if survey.weights is not None:
        inside = given.inside & _counts(survey)
        worth = number(_kish(survey.weights[inside])), number(_kish(survey.weights[inside]), "ru")
        notes.append(
            Text(
                f"Unequal weights: {number(inside.sum())} answers are worth {worth[0]}.",
                f"Неравные веса: ответов {number(inside.sum(), 'ru')}, стоят они как {worth[1]}.",
            )
        )
    if frame["base"].max() < SMALL:
        notes.append(
            Text(
                "Fewer than 30 answers: the intervals are wide.",
                "Меньше 30 ответов: интервалы широкие.",
            )
        )
    who = Text(
        "No interval covers who chose to answer.",
        "Никакой интервал не учитывает, кто решил ответить.",
    )
    return (*notes, who)
