"""What comes first: the rank of every item, and how sure it is.

It answers: which priority is first, which ranks are possible for each, is ours another place
than the printed one. Mean ranks alone would put everything into an order that a second
survey turns round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Option, matched, places
from clientlab.practices.forms import absent
from clientlab.practices.published import Published
from clientlab.practices.ranking_result import Agreement, Ranking
from clientlab.practices.survey import Survey, joined
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import ranking as ranks
from clientlab.stats import ranking_means
from clientlab.wording import Text, number, plural

FEWEST = 10  # respondents under which no order is told
TESTS = {"Friedman": "критерий Фридмана", "Wald": "критерий Вальда"}
AGREED = {
    "sure": Text("more than chance", "больше случайного"),
    "cannot": Text("no agreement can be told from chance", "согласия не отличить от случайного"),
    "same": Text("everybody gave the same order", "у всех один и тот же порядок"),
    "untested": Text("too few clusters to test it", "для проверки мало кластеров"),
}


def ranking(
    survey: Survey | CannotSay | None,
    question: str | None,
    *,
    published: Published | CannotSay | None = None,
    unranked: str = "last",
    level: float = 0.95,
    seed: int = 0,
) -> Ranking | CannotSay:
    """Rank of every option with its uncertainty.

    Parameters
    ----------
    survey : Survey or None
    question : str or None
        A question of type ranking (all options, or the first few of them), or a grid of
        scales, whose rows are then ranked by their marks, the highest first.
    published : Published, optional
        Printed ranks of some options; they go together by id or label.
    unranked : {"last", "missing"}
        What it means that a respondent did not rank an option: it shares the last places
        (a top 3 of a list that everybody saw), or it was not shown.
    level : float
    seed : int
        Of the resamples behind `probability_first`.

    Returns
    -------
    Ranking
        `frame`, best first: ``option, label_en, label_ru, estimate`` (rank by the mean,
        ties share the mean of their ranks), ``low, high`` (ranks that the tests of all
        pairs allow), ``mean, mean_low, mean_high`` (mean rank, or mean mark of a grid),
        ``probability_first, ranked`` (who ranked it), ``base``; with `published` also
        ``published_rank, verdict``. `pairs` holds every pair with its test, `agreement`
        Kendall's W.

    Raises
    ------
    InvalidValue
        If the question is neither, or `published` has no rank of an option of ours.

    Notes
    -----
    See `stats.ranking_means.order`: linearised tests of all pairs, Holm; all ranges of
    ranks hold at once. Agreement is Friedman's test; with weights or clusters Wald's F of
    equal mean ranks instead, W as a description.

    Examples
    --------
    >>> from clientlab.demo import demo_audit
    >>> found = ranking(demo_audit()[0], "priorities")
    >>> found.frame[["option", "low", "high"]].values.tolist()[0]
    ['sales', 1.0, 1.0]
    """
    if survey is None:
        return absent()
    if isinstance(survey, CannotSay):
        return survey
    if isinstance(published, CannotSay):
        return published
    if question is None:
        return survey.no_question()
    asked = _asked(survey, question)
    if isinstance(asked, CannotSay):
        return asked
    joined(survey, "A ranking")
    best = "low" if asked.kind == "ranking" else "high"
    # A mark that is missing is no last place; only a list can be cut off after a top 3.
    left_out = unranked if asked.kind == "ranking" else "missing"
    placed = ranks.places(asked.values, best=best, unranked=left_out)
    columns = placed if asked.kind == "ranking" else asked.values
    known = ~np.isnan(columns).all(axis=1)
    groups = known.sum() if survey.clusters is None else len(np.unique(survey.clusters[known]))
    if known.sum() < FEWEST or groups < 3:
        return CannotSay.because(_too_few(int(known.sum()), int(groups)), survey.provenance(0))
    table = pd.DataFrame(columns, columns=[option.id for option in asked.options])
    found = ranking_means.order(table, survey.design, best=best, level=level, seed=seed)
    frame = _frame(found.items, asked)
    if published is not None:
        frame = _beside(frame, asked.options, published)
    provenance = survey.provenance(int(known.sum()))
    if published is not None:
        said = published.provenance.source
        both = (f"{own}; {other}" for own, other in zip(survey.source, said, strict=True))
        provenance = replace(provenance, source=Text(*both))
    agreement = _agreement(survey, placed)
    return Ranking(
        frame.sort_values(["estimate", "option"], kind="stable", ignore_index=True), provenance,
        _notes(asked, agreement, published, unranked), text=asked.text, pairs=found.pairs,
        agreement=agreement, level=level, kind=asked.kind,
    )  # fmt: skip


class Asked(NamedTuple):
    """What was ranked: numbers by respondent and option, and how they were asked."""

    text: Text
    options: tuple[Option, ...]
    values: np.ndarray
    kind: str


def _asked(survey: Survey, question: str) -> Asked | CannotSay:
    whole = next((one for one in survey.codebook.questions if one.id == question), None)
    if whole is not None and whole.type == "grid" and whole.low is not None:
        held = [row for row in whole.rows if f"{question}.{row.id}" in survey.answers]
        if len(held) < 2:
            return _one_item()
        given = [survey.answers[f"{question}.{row.id}"] for row in held]
        values = np.column_stack([np.where(one.inside, one.values, np.nan) for one in given])
        return Asked(whole.text, tuple(held), values.astype(float), "grid")
    given = survey.given(question)
    if isinstance(given, CannotSay):
        return given
    if given.question.type != "ranking":
        raise InvalidValue(
            f"{question!r} is of type {given.question.type!r}: only a ranking, or a grid of "
            "scales, can be ranked."
        )
    values = np.where(given.inside[:, None], given.values, np.nan)
    return Asked(given.question.text, given.question.choices, values, "ranking")


def _one_item() -> CannotSay:
    return CannotSay.because(
        Text("Fewer than two of these rows were answered, so there is nothing to rank.",
             "Ответили меньше чем на две строки, упорядочивать нечего.")
    )  # fmt: skip


def _too_few(people: int, groups: int) -> Text:
    return Text(
        f"{people} {plural(people, 'respondent', 'respondents')} in {groups} "
        f"{plural(groups, 'cluster', 'clusters')} ranked these: too few to tell any order (10 and "
        "3 are needed).",
        f"Упорядочили {people} {plural(people, 'человек', 'человека', 'человек')}, кластеров "
        f"{groups}: мало, чтобы говорить о порядке (нужно 10 и 3).",
    )


def _frame(items: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    labels = {option.id: option.text for option in asked.options}
    counts = (~np.isnan(asked.values)).sum(axis=0)
    return pd.DataFrame({
        "option": items["item"], "label_en": [labels[id].en for id in items["item"]],
        "label_ru": [labels[id].ru for id in items["item"]], "estimate": items["estimate"],
        "low": items["low"], "high": items["high"], "mean": items["mean"],
        "mean_low": items["mean_low"], "mean_high": items["mean_high"],
        "probability_first": items["probability_first"], "ranked": counts, "base": items["base"],
    })  # fmt: skip


def _beside(frame: pd.DataFrame, options: tuple[Option, ...], study: Published) -> pd.DataFrame:
    """Printed ranks beside ours; a place that our range leaves out is another one."""
    rows = study.frame[study.frame["precision"] == "rank"]
    names = places(options)
    found: dict[str, float] = {}
    for row in rows.itertuples():
        tried = (matched(names, text) for text in (row.option, row.label_en, row.label_ru))
        place = next((one for one in tried if one >= 0), -1)
        if place >= 0:
            found[options[place].id] = float(row.figure)
    if not found:
        raise InvalidValue(
            f"No printed rank belongs to an option of ours. Printed: "
            f"{', '.join(rows['option']) or 'no rank at all'}. Ours: "
            f"{', '.join(option.id for option in options)}."
        )
    frame = frame.assign(published_rank=frame["option"].map(found))
    verdict = np.select(
        [frame["published_rank"].isna(), frame["high"] < frame["published_rank"],
         frame["low"] > frame["published_rank"]], ["", "higher", "lower"], "cannot")  # fmt: skip
    return frame.assign(verdict=verdict)


def _agreement(survey: Survey, placed: np.ndarray) -> Agreement:
    complete = ~np.isnan(placed).any(axis=1)
    if complete.sum() < 2:
        return Agreement(np.nan, np.nan, "", int(complete.sum()))
    found = ranks.friedman(placed)
    if survey.is_simple:
        return Agreement(found.kendall_w, found.p_value, "Friedman", found.base)
    wald = ranking_means.equal_means(np.where(complete[:, None], placed, np.nan), survey.design)
    return Agreement(found.kendall_w, wald.p_value, "Wald", found.base)


def _notes(
    asked: Asked, agreement: Agreement, published: Published | None, unranked: str
) -> tuple[Text, ...]:
    notes = []
    if not np.isnan(agreement.w):
        w = [number(agreement.w, lang, digits=2) for lang in ("en", "ru")]
        verdict = AGREED[agreement.verdict]
        notes.append(
            Text(
                f"Kendall's W {w[0]} (0 no agreement, 1 one order for all; {agreement.test}): "
                f"{verdict.en}.",
                f"W Кендалла {w[1]} (0 — согласия нет, 1 — порядок у всех один; "
                f"{TESTS[agreement.test]}): {verdict.ru}.",
            )
        )
    if asked.kind == "ranking" and np.isnan(asked.values).any() and unranked == "last":
        notes.append(
            Text(
                "Not everybody ranked every option: what was left out shares the last places.",
                "Не все упорядочили всё: остальные варианты делят последние места.",
            )
        )
    if published is not None:
        notes.append(
            Text(
                "A printed rank has no base and no interval, and its list was another one: a place "
                "says less where the lists differ in length.",
                "У напечатанного места нет ни базы, ни интервала, и список был другим: место "
                "говорит меньше, если списки разной длины.",
            )
        )
    return tuple(notes)
