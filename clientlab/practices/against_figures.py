"""Our answers against the printed ones: like with like, and the difference with its interval.

It answers: which practices do our people name more or less often than the market. It
deliberately refuses what was measured and not said: `placing.place` is for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from clientlab.practices.against_matching import (
    ABOVE,
    BELOW,
    Figures,
    figures_of,
    options_matched,
)
from clientlab.practices.against_notes import notes_of
from clientlab.practices.against_result import AgainstPublished
from clientlab.practices.forms import absent
from clientlab.practices.published import Published
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey, joined
from clientlab.practices.toplines import hits_of
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import design, mover, proportions
from clientlab.wording import Text, plural

EACH = ("respondent", "cluster")
FEWEST = 10  # answers under which nothing is compared, as in a crosstab
MEASURED = Text(
    "No difference: one side is measured, the other is what people say of themselves. Requests "
    "and agencies are different units, and nobody timed the agencies. place(measured, published) "
    "tells into which printed range the measured falls.",
    "Разности нет: одно измерено, другое люди сказали о себе. Запросы и агентства — разные "
    "единицы, и агентства никто не засекал. place(measured, published) скажет, в какой "
    "напечатанный вариант попадает измеренное.",
)


def against_published(
    survey: Survey | CannotSay | None,
    question: str | None,
    published: Published | CannotSay,
    *,
    base: int | Mapping[str, int] | None = None,
    each: str = "respondent",
    adjust: str = "holm",
    level: float = 0.95,
) -> AgainstPublished | CannotSay:
    """Our share of every option less the printed one.

    Parameters
    ----------
    survey : Survey or None
        Anything measured instead of asked is refused in a sentence.
    question : str or None
    published : Published
        Options go together by id, or by label. One called '…_cumulative' is held against
        the ranges up to the option of that name.
    base : int or mapping of option to int, optional
        How many answered the study. By default the smallest base that fits its figures (if
        they share none, two neighbouring ones), and the verdicts are tried on the next
        possible base too.
    each : {"respondent", "cluster"}
        Who counts as one of ours: every respondent, or every cluster (agency) with the
        share of its respondents; without clusters everybody is one.
    adjust : {"holm", "bh", "bonferroni"}
        Correction over the options.
    level : float

    Returns
    -------
    AgainstPublished
        `frame` by option: ``option, label_en, label_ru, ours, ours_low, ours_high, base``,
        with weights or clusters ``effective_base``; ``published, published_low,
        published_high, published_base, precision``; ``estimate`` (ours less published, NaN
        where the printed figure is a bound), ``low, high, p_value, adjusted, verdict``
        (higher, lower, cannot) and ``verdict_next`` on the next possible base.

    Raises
    ------
    InvalidValue
        If no option is found on both sides, `each` is not known, or a named base does not
        fit.

    Notes
    -----
    Both shares have Wilson's interval, ours on the linearised effective base with t; they
    are joined by `stats.mover.difference`, which without weights and clusters is
    Newcombe's. The p-value is that of the same interval.

    'Almost 70%' says that the printed share is under 70%: it can only be told whether ours
    is surely above that, and of 'more than' whether ours is surely below. Such rows have
    one end.

    Examples
    --------
    >>> from clientlab.demo import demo_survey
    >>> from clientlab.practices import published
    >>> found = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"))
    >>> found.frame.loc[0, ["option", "verdict"]].tolist(), found.next_base
    (['feedback', 'cannot'], 190)
    """
    if survey is None:
        return absent()
    if isinstance(survey, CannotSay):
        return survey
    if not isinstance(survey, Survey):
        return CannotSay.because(MEASURED)
    if isinstance(published, CannotSay):
        return published
    if each not in EACH:
        raise InvalidValue(f"each={each!r} is not known; use one of {', '.join(EACH)}.")
    given = survey.given(question)
    if isinstance(given, CannotSay):
        return given
    figures = figures_of(published, base)
    refusal = _refusal(survey, given, figures)
    if refusal is not None:
        return CannotSay.because(refusal, survey.provenance(0))
    counted = _one_vote_each(survey, given) if each == "cluster" else survey
    pairs = _held(options_matched(given.question, published, figures.rows), given)
    if pairs.empty:
        return CannotSay.because(NOT_HELD, survey.provenance(0))
    ours = _ours(counted, given, pairs, level)
    if ours is None:
        return CannotSay.because(ONE_CLUSTER, survey.provenance(0))
    frame = _compared(ours, pairs.join(figures.rows), figures.bases, adjust, level)
    following = figures.following(published)
    frame["verdict_next"] = ""
    if following:
        nxt = _compared(ours, pairs.join(following.rows), following.bases, adjust, level)
        frame["verdict_next"] = nxt["verdict"]
    said = published.provenance.source
    source = Text(*(f"{own}; {other}" for own, other in zip(survey.source, said, strict=True)))
    return AgainstPublished(
        frame, replace(survey.provenance(int(given.inside.sum())), source=source),
        notes_of(survey, given, published, figures, frame, each),
        question=given.question, level=level, asked=published.asked, adjust=adjust,
        next_base=following.base if following else None, base_named=figures.how == "named",
    )  # fmt: skip


ONE_CLUSTER = Text(
    "All answers come from one cluster, so how far ours vary is not known and nothing is compared.",
    "Все ответы из одного кластера: насколько они разнятся, неизвестно, и сравнения нет.",
)


NOT_HELD = Text(
    "The export has no column for any option that was printed. Add the wording of its headers to "
    'the codebook: also: ["…"].',
    "В выгрузке нет колонок ни для одного напечатанного варианта. Допишите формулировки её "
    'заголовков в кодовую книгу: also: ["…"].',
)


def _held(pairs: pd.DataFrame, given: Answers) -> pd.DataFrame:
    """Without options that the export has no column for: nobody could be asked of them."""
    answered = hits_of(given)[1].any(axis=0)
    return pairs[answered[pairs["own"].to_numpy()]]


def _refusal(survey: Survey, given: Answers, figures: Figures) -> Text | None:
    if figures.rows.empty:
        return Text(
            "Nothing of this question was printed as percent; only shares are compared. A printed "
            "rank belongs to ranking(survey, question, published=…).",
            "Ни одна цифра этого вопроса не напечатана в процентах, а сравниваются только доли. "
            "Напечатанному месту служит ranking(survey, question, published=…).",
        )
    if figures.how == "unknown":
        return Text(
            "No base fits these printed figures, or none can be told from them; a difference needs "
            "one. If you know how many answered, name it: base=….",
            "Ни одна база не подходит этим цифрам или по ним её не узнать, а разности она нужна. "
            "Если знаете, сколько ответило, назовите: base=….",
        )
    people = int(given.inside.sum())
    if people < FEWEST:
        return Text(
            f"«{given.question.text.en}»: {people} {plural(people, 'answer', 'answers')}; at least "
            f"{FEWEST} are needed to be held against printed figures.",
            f"«{given.question.text.ru}»: {people} {plural(people, 'ответ', 'ответа', 'ответов')}; "
            f"чтобы сравнить с публикацией, нужно не меньше {FEWEST}.",
        )
    return None


def _one_vote_each(survey: Survey, given: Answers) -> Survey:
    """Everybody who answered weighs one over the answers of the own cluster."""
    joined(survey, "Counting agencies")
    if survey.clusters is None:  # everybody is one alone
        return survey
    size = pd.Series(given.inside).groupby(survey.clusters).transform("sum").to_numpy(float)
    own = np.ones(len(survey)) if survey.weights is None else survey.weights
    total = pd.Series(own * given.inside).groupby(survey.clusters).transform("sum").to_numpy()
    weights = np.where(given.inside & (size > 0), own / np.where(total > 0, total, 1), 0.0)
    return replace(survey, weights=weights * len(survey) / weights.sum(), margins=None)


def _ours(survey: Survey, given: Answers, pairs: pd.DataFrame, level: float) -> pd.DataFrame | None:
    """Shares and effective bases of the matched options; None if one cluster is left."""
    hits, inside = hits_of(given)
    upto = np.cumsum(hits, axis=1).astype(bool)
    columns = np.column_stack(
        [(upto if together else hits)[:, own]
         for own, together in zip(pairs["own"], pairs["upto"], strict=True)]
    )  # fmt: skip
    known = inside[:, pairs["own"].to_numpy()]
    count, base = (columns & known).sum(axis=0), known.sum(axis=0)
    frame = pd.DataFrame({"count": count, "base": base}, index=pairs.index)
    if survey.is_simple:
        share = count / np.where(base > 0, base, np.nan)
        return frame.assign(ours=share, effective_base=base.astype(float), df=np.inf)
    answers = np.where(known, columns, np.nan).astype(float)
    try:
        found = design.proportion(answers, survey.design, method="wilson", level=level)
    except ValueError:
        return None
    if np.isnan(found.df).all():
        return None
    side = mover.effective(found, level)
    # Clusters that all have the same share between 0 and 1 show no scatter: that is luck.
    counted = np.where(np.isfinite(side.base), side.base, base)
    return frame.assign(ours=side.share, effective_base=counted, df=side.df)


def _compared(
    ours: pd.DataFrame, printed: pd.DataFrame, bases: pd.Series, adjust: str, level: float
) -> pd.DataFrame:
    theirs = mover.Side(printed["published"].to_numpy(), bases.loc[printed.index].to_numpy())
    own = mover.Side(*(ours[name].to_numpy() for name in ("ours", "effective_base", "df")))
    gap = mover.difference(own, theirs, level=level)
    p = np.atleast_1d(mover.p_value(own, theirs))
    below = printed["precision"].isin(BELOW).to_numpy()
    above = printed["precision"].isin(ABOVE).to_numpy()
    # A bound speaks in one direction: in the other nothing could be found.
    p = np.where((below & (gap.estimate <= 0)) | (above & (gap.estimate >= 0)), 1.0, p)
    adjusted = proportions.adjust(p, adjust)
    sure = adjusted < 1 - level
    verdict = np.where(sure, np.where(gap.estimate > 0, "higher", "lower"), "cannot")
    of_ours, of_theirs = (mover.ends(side, level=level) for side in (own, theirs))
    frame = pd.DataFrame({
        "option": printed.index, "label_en": printed["label_en"], "label_ru": printed["label_ru"],
        "ours": own.share, "ours_low": of_ours[0], "ours_high": of_ours[1], "base": ours["base"],
        "effective_base": own.base, "published": theirs.share,
        "published_low": np.where(below, np.nan, of_theirs[0]),
        "published_high": np.where(above, np.nan, of_theirs[1]),
        "published_base": theirs.base.astype(int), "precision": printed["precision"],
        "estimate": np.where(below | above, np.nan, gap.estimate),
        "low": np.where(above, np.nan, gap.low), "high": np.where(below, np.nan, gap.high),
        "p_value": p, "adjusted": adjusted, "verdict": verdict,
    })  # fmt: skip
    return frame.reset_index(drop=True)
