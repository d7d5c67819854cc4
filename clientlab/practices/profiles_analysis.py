"""Which combinations of practices there are, and who works in which.

It answers: are there types of account management at all, how many, how stable, and who is
of which. One type is an answer too, and the usual one: practices that do not come together
beyond chance make no types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from clientlab.practices.profiles_items import items_of
from clientlab.practices.profiles_mixture import MISSING, Items, Mixture, available, fitted
from clientlab.practices.profiles_result import Profiles
from clientlab.practices.survey import RESPONDENTS, Survey, joined
from clientlab.practices.toplines import shares_of
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, counted, number

TYPES = ("multi", "single", "bands")
RESPONDENTS_NEEDED, ITEMS_NEEDED, PER_CLASS = 50, 4, 20
STARTS = 5
BOOTSTRAPS, LEVEL = 59, 0.05
REFITS = 60


def profiles(
    survey: Survey,
    questions: Sequence[str] | str | None,
    *,
    most: int = 4,
    seed: int = 0,
) -> Profiles | CannotSay:
    """Types of respondents by the answers that they combine (latent classes).

    Parameters
    ----------
    survey : Survey
    questions : str or sequence of str
        Multi-selects, whose options are looked at one by one, and single choices.
    most : int
        Largest number of types that is tried; at least 20 respondents for each.
    seed : int

    Returns
    -------
    Profiles
        `frame` by type and option: ``profile`` (1 is the largest), ``question, option,
        label_en, label_ru``, the share ``estimate, low, high`` of the type that gives the
        option, ``base`` (respondents most likely of the type). `sizes`, `members` (who is
        of which type, with probability), `criteria` (AIC3, BIC, p of each number of types),
        `stability`.

    Raises
    ------
    InvalidValue
        If a question has no options, or `most` is under 1.

    Notes
    -----
    Another type is added as long as AIC3 (Akaike's criterion with 3 points a parameter;
    Fonseca & Cardoso 2007) falls *and* the bootstrap likelihood-ratio test says so
    (McLachlan 1987; 59 samples of the smaller model, p ≤ 0.05). Options that are ticked by
    the same people (or by exactly the others) count once: two copies would make two types.
    AIC3, because at 95–180
    answers to 19 options the sample-size adjusted BIC asks for two types in 20–97% of
    independent data, and BIC, which is told beside it, for a gain three times that of
    chance, so that it misses types which the test finds. Stability: 60 samples drawn
    anew by cluster, fitted again; how the original respondents are then sorted, against how
    they are (adjusted Rand index, 1 the same, 0 as by chance); intervals are quantiles of
    these fits. With one type, intervals are those of `topline`.

    Measured: 200 tables of independent answers to 19 options with the published shares are
    one type in all, at 95 answers and at 180. One type takes seconds; more take up to a
    minute, most of it for the test and the stability.

    Managers of one agency answer alike, which can look like a type; `members` tells whether
    types are agencies.

    Examples
    --------
    >>> from clientlab.demo import demo_survey
    >>> profiles(demo_survey(), "loyalty_methods").count
    1
    """
    joined(survey, "profiles")
    if most < 1:
        raise InvalidValue(f"most={most}: there is at least 1 type.")
    names = [questions] if isinstance(questions, str) else questions
    if not names:
        return survey.no_question()
    given = []
    for name in names:
        one = survey.given(name)
        if isinstance(one, CannotSay):
            return one
        if one.question.type not in TYPES:
            raise InvalidValue(f"{name!r} is of type {one.question.type!r}; types are made of "
                               f"questions with options ({', '.join(TYPES)}).")  # fmt: skip
        given.append(one)
    rows, items, labels, notes = items_of(survey, given)
    unable = _unable(survey, len(rows), len(items.answers))
    if unable is not None:
        return unable
    tried = max(1, min(most, len(rows) // PER_CLASS))
    models = [fitted(items, k, starts=STARTS if k > 1 else 1, seed=seed)
              for k in range(1, tried + 1)]  # fmt: skip
    count, criteria = _chosen(models, items, seed)
    chosen = models[count - 1]
    refits = _refits(survey, rows, items, chosen, seed) if count > 1 else None
    found = _result(survey, rows, items, labels, chosen, criteria, refits, [*notes])
    return replace(found, asked=given[0].question.text) if len(given) == 1 else found


def _unable(survey: Survey, respondents: int, items: int) -> CannotSay | None:
    if not available():
        return CannotSay.because(MISSING, survey.provenance(respondents))
    if respondents >= RESPONDENTS_NEEDED and items >= ITEMS_NEEDED:
        return None
    if respondents < RESPONDENTS_NEEDED:
        few, few_ru = (f"{number(respondents, lang)} {counted(respondents, RESPONDENTS, lang)}"
                       for lang in ("en", "ru"))  # fmt: skip
        need = RESPONDENTS_NEEDED
    else:
        few, few_ru = f"{items} options that vary", f"вариантов, которые различаются: {items}"
        need = ITEMS_NEEDED
    return CannotSay.because(
        Text(f"{few}: types can be looked for with at least {need}.",
             f"{few_ru}; искать типы можно, когда не меньше {need}."),
        survey.provenance(respondents),
    )  # fmt: skip


def _chosen(models: list[Mixture], items: Items, seed: int) -> tuple[int, pd.DataFrame]:
    """The number of types that criterion and test agree on, and both for each number."""
    n = len(items.codes)
    aic3 = [model.aic3 for model in models]
    best = int(np.argmin(aic3)) + 1
    chance = [np.nan] * len(models)
    count = 1
    for fewer, more in pairwise(models[:best]):
        chance[count] = bootstrap_test(fewer, more, items, seed=seed)
        if chance[count] > LEVEL:
            break
        count += 1
    rows = {
        "profiles": np.arange(1, len(models) + 1),
        "log_likelihood": [model.log_likelihood for model in models],
        "parameters": [model.parameters for model in models],
        "aic3": aic3, "bic": [model.bic(n) for model in models], "p_value": chance,
        "chosen": np.arange(1, len(models) + 1) == count,
    }  # fmt: skip
    return count, pd.DataFrame(rows)


def bootstrap_test(
    fewer: Mixture, more: Mixture, items: Items, *, samples: int = BOOTSTRAPS, seed: int = 0
) -> float:
    """How often data of the smaller model gain as much by one more class: a p-value.

    It stops as soon as it cannot fall to 0.05 any more (Besag & Clifford 1991): the value
    then is that of the samples drawn.

    Parameters
    ----------
    fewer, more : Mixture
        Fitted to `items`.
    items : Items
    samples, seed : int

    Returns
    -------
    float
    """
    random = np.random.default_rng(seed)
    observed = more.log_likelihood - fewer.log_likelihood
    k, enough = len(fewer.sizes), int(LEVEL * (samples + 1))
    above = 0
    for drawn in range(1, samples + 1):
        again = fewer.invented(items, random)
        null = fitted(again, k, starts=STARTS if k > 1 else 1, seed=seed)
        gain = fitted(again, k + 1, starts=STARTS, seed=seed).log_likelihood - null.log_likelihood
        above += gain >= observed
        if above >= enough:
            return above / drawn
    return (1 + above) / (1 + samples)


def _refits(
    survey: Survey, rows: np.ndarray, items: Items, chosen: Mixture, seed: int
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Rand indices, shares and sizes of samples drawn anew, classes named as in the first."""
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_rand_score

    random = np.random.default_rng([seed, 1])
    cluster = np.arange(len(rows)) if survey.clusters is None else survey.clusters[rows]
    places = [np.flatnonzero(cluster == one) for one in np.unique(cluster)]
    first = chosen.posterior(items)
    sorted_ = first.argmax(axis=1)
    rand, shares, sizes = [], [], []
    for _ in range(REFITS):
        drawn = np.concatenate([places[n] for n in random.integers(0, len(places), len(places))])
        model = fitted(items.of(drawn), len(chosen.sizes), starts=STARTS, seed=seed)
        again = model.posterior(items)
        rand.append(adjusted_rand_score(sorted_, again.argmax(axis=1)))
        match = linear_sum_assignment(-(first.T @ again))[1]
        shares.append(np.concatenate([share[match] for share in model.shares], axis=1))
        sizes.append(model.sizes[match])
    return np.array(rand), shares, np.array(sizes)


def _result(
    survey: Survey,
    rows: np.ndarray,
    items: Items,
    labels: pd.DataFrame,
    chosen: Mixture,
    criteria: pd.DataFrame,
    refits: tuple[np.ndarray, list[np.ndarray], np.ndarray] | None,
    notes: list[Text],
) -> Profiles:
    posterior = chosen.posterior(items)
    first = posterior.argmax(axis=1)
    members = pd.DataFrame(
        {"row": survey.rows[rows], "profile": first + 1, "probability": posterior.max(axis=1)}
    )
    if survey.cluster_names is not None:
        members.insert(1, "cluster", survey.cluster_names[rows])
    places = np.concatenate([[0], np.cumsum([share.shape[1] for share in chosen.shares])])
    held = places[labels["item"]] + labels["code"].to_numpy()
    shares = np.concatenate(chosen.shares, axis=1)[:, held]
    low, high, size_low, size_high = _ends(survey, rows, items, labels, held, refits, chosen)
    k = len(chosen.sizes)
    base = np.bincount(first, minlength=k)
    frame = pd.concat(
        [labels.drop(columns=["item", "code"]).assign(
            profile=one + 1, estimate=shares[one], low=low[one], high=high[one],
            base=int(base[one])) for one in range(k)], ignore_index=True,
    )  # fmt: skip
    frame.insert(0, "profile", frame.pop("profile"))
    sizes = pd.DataFrame({"profile": np.arange(1, k + 1), "estimate": chosen.sizes,
                          "low": size_low, "high": size_high, "base": len(rows)})  # fmt: skip
    stability = None
    if refits is not None:
        ends = np.quantile(refits[0], [0.025, 0.975])
        stability = (float(refits[0].mean()), float(ends[0]), float(ends[1]))
    return Profiles(frame, survey.provenance(len(rows)), tuple(notes), sizes=sizes,
                    members=members, criteria=criteria, stability=stability)  # fmt: skip


def _around(ends: np.ndarray, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum(ends[0], found), np.maximum(ends[1], found)


def _ends(survey, rows, items, labels, held, refits, chosen):
    """Ends of the intervals of shares and sizes."""
    if refits is not None:
        shares, sizes = np.concatenate(chosen.shares, axis=1)[:, held], chosen.sizes
        drawn = np.array(refits[1])[:, :, held]
        # A small type is found larger in most redrawn samples: the ends hold what was found.
        low, high = _around(np.quantile(drawn, [0.025, 0.975], axis=0), shares)
        size_low, size_high = _around(np.quantile(refits[2], [0.025, 0.975], axis=0), sizes)
        return low, high, size_low, size_high
    codes = items.codes[:, labels["item"]]
    whole = np.zeros((len(survey), len(labels)), bool)
    inside = whole.copy()
    whole[rows] = codes == labels["code"].to_numpy()
    inside[rows] = ~np.isnan(codes)
    found = shares_of(survey, whole, inside, 0.95)
    return found["low"][None], found["high"][None], np.ones(1), np.ones(1)
