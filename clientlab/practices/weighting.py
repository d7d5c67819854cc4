"""Weights that make a survey fit known shares: raking.

It answers: how much should every respondent count, so that sizes, services and regions
stand as they do among all. What cannot be met is an error that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from clientlab.practices.survey import Survey, joined
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats.design import effective_base
from clientlab.wording import Text

TOLERANCE = 1e-10
ROUNDS = 2_000
SUM = 0.005  # by which printed shares may miss 1 before they are refused


def rake(
    survey: Survey, targets: Mapping[str, Mapping[str, float]], *, largest: float | None = None
) -> Survey:
    """Weights under which every target question has its known shares.

    Iterative proportional fitting (Deming and Stephan 1940): the weights of one margin
    after another are scaled to their target until all fit to 1e-10.

    Parameters
    ----------
    survey : Survey
        Its own weights, if any, are where raking begins.
    targets : mapping of question to a mapping of option to share
        Shares of a single-choice question; they add up to 1 (or 100).
    largest : float, optional
        No respondent counts more than so many times the mean; trimmed weights are raked
        again until both hold.

    Returns
    -------
    Survey
        With weights of mean 1, and with the margins, which the intervals take into account.

    Raises
    ------
    InvalidValue
        If a share belongs to no option or to one that nobody chose, someone chose an
        option without a target or did not answer, two questions with equal answers have
        different targets, or the targets (with `largest`) contradict each other: the
        margin and what it misses are named.

    Examples
    --------
    >>> import pandas as pd
    >>> book = {"name": "x", "questions": [
    ...     {"id": "size", "type": "single", "text": "?", "options": [{"id": "s"}, {"id": "l"}]}]}
    >>> survey = Survey.from_frame(pd.DataFrame({"size": ["s", "s", "s", "l"]}), book)
    >>> rake(survey, {"size": {"s": 0.5, "l": 0.5}}).weights.round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    joined(survey, "Raking")
    if not targets:
        raise InvalidValue("There are no targets: {'size': {'small': 0.4, 'large': 0.6}}.")
    if largest is not None and not largest > 1:
        raise InvalidValue(f"largest={largest:g}: a weight may exceed the mean, so more than 1.")
    margins = {question: _margin(survey, question, dict(shares))
               for question, shares in targets.items()}  # fmt: skip
    _contradictions(margins)
    start = np.ones(len(survey)) if survey.weights is None else survey.weights
    weights = _fitted(start, margins, largest)
    return replace(
        survey,
        weights=weights * len(weights) / weights.sum(),
        weighted_by=" × ".join(targets),
        margins=[codes for codes, _, _ in margins.values()],
    )


def raked(survey: Survey, targets: Mapping[str, Mapping[str, float]] | None) -> Survey | CannotSay:
    """As `rake`, with a sentence where the targets cannot be met; without any, as it was.

    Parameters
    ----------
    survey : Survey
    targets : mapping of question to a mapping of option to share, or None

    Returns
    -------
    Survey, or CannotSay with what `rake` would have refused

    Examples
    --------
    >>> import pandas as pd
    >>> book = {"name": "x", "questions": [
    ...     {"id": "size", "type": "single", "text": "?", "options": [{"id": "s"}, {"id": "l"}]}]}
    >>> survey = Survey.from_frame(pd.DataFrame({"size": ["s", "s"]}), book)
    >>> raked(survey, {"size": {"s": 0.5, "l": 0.5}}).say().split(",")[0]
    "Not weighted. Target 'size': nobody chose 'l'"
    """
    if not targets:
        return survey
    try:
        return rake(survey, targets)
    except InvalidValue as error:
        said = Text(f"Not weighted. {error}", f"Взвесить не удалось. {error}")
        return CannotSay.because(said, survey.provenance())


def weight_summary(survey: Survey) -> dict[str, float]:
    """Smallest, largest, effective base (Kish) and what weighting costs.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    dict
        ``smallest, largest, effective_base, design_effect``.
    """
    weights = np.ones(len(survey)) if survey.weights is None else survey.weights
    base = effective_base(weights)
    return {
        "smallest": float(weights.min()),
        "largest": float(weights.max()),
        "effective_base": base,
        "design_effect": len(weights) / base,
    }


Margin = tuple[np.ndarray, np.ndarray, list[str]]


def _margin(survey: Survey, question: str, shares: dict[str, float]) -> Margin:
    """Code of every respondent, target share of every code, and names of the codes."""
    given = survey.given(question)
    if isinstance(given, CannotSay):
        raise InvalidValue(given.say())
    if given.values.ndim > 1 or given.question.type not in ("single", "bands"):
        raise InvalidValue(
            f"{question!r} is no single choice: only such a question can be raked to."
        )
    known = [option.id for option in given.question.choices]
    strange = [option for option in shares if option not in known]
    if strange:
        raise InvalidValue(
            f"Target {question!r}: {strange[0]!r} is no option. There are: {', '.join(known)}."
        )
    silent = int((~given.inside).sum())
    if silent:
        raise InvalidValue(
            f"Target {question!r}: {silent} of {len(survey)} respondents did not answer it, so no "
            f"weight fits them. Choose the others: survey.only(survey.answers[{question!r}].inside)"
        )
    total = sum(shares.values())
    scale = 100.0 if abs(total - 100) < 100 * SUM else 1.0
    if abs(total / scale - 1) > SUM or min(shares.values()) < 0:
        raise InvalidValue(
            f"Target {question!r}: the shares add up to {total:g}; they must be positive and make "
            "1 (or 100)."
        )
    counts = np.bincount(given.values, minlength=len(known))
    wanted = np.array([shares.get(option, 0.0) for option in known]) / total
    for place, option in enumerate(known):
        if wanted[place] > 0 and not counts[place]:
            raise InvalidValue(
                f"Target {question!r}: nobody chose {option!r}, so no weight gives it "
                f"{100 * wanted[place]:.3g}%. Put it together with another option."
            )
        if counts[place] and not wanted[place] > 0:
            raise InvalidValue(
                f"Target {question!r}: {counts[place]} respondents chose {option!r}, which has no "
                "share. Give it one, or leave them out."
            )
    return given.values.astype(np.int64), wanted, known


def _contradictions(margins: Mapping[str, Margin]) -> None:
    """Questions answered alike by everybody must not have different targets."""
    names = list(margins)
    for one, first in enumerate(names):
        for second in names[one + 1 :]:
            (codes, wanted, known), (others, wished, _) = margins[first], margins[second]
            pairs = np.unique(codes * 10_000 + others)
            if len(pairs) != len(np.unique(codes)) or len(pairs) != len(np.unique(others)):
                continue
            for pair in pairs:
                code, other = divmod(int(pair), 10_000)
                if abs(wanted[code] - wished[other]) > TOLERANCE:
                    raise InvalidValue(
                        f"Targets {first!r} and {second!r} contradict each other: everybody's "
                        f"answers to both are alike, and {known[code]!r} is to have "
                        f"{100 * wanted[code]:.3g}% and {100 * wished[other]:.3g}%."
                    )


def _fitted(start: np.ndarray, margins: Mapping[str, Margin], largest: float | None) -> np.ndarray:
    """Weights of all respondents; respondents with equal answers are fitted as one."""
    shape = tuple(len(known) for _, _, known in margins.values())
    cell = np.zeros(len(start), np.int64)
    for (codes, _, _), size in zip(margins.values(), shape, strict=True):
        cell = cell * size + codes
    present = np.flatnonzero(np.bincount(cell, minlength=int(np.prod(shape))))
    if largest is None:
        mass = np.bincount(cell, start, minlength=present[-1] + 1)[present]
        factors = _scaled(mass, present, shape, margins)
        by_cell = np.zeros(present[-1] + 1)
        by_cell[present] = factors / mass
        return start * by_cell[cell]
    return _trimmed(start, cell, present, shape, margins, largest)


def _scaled(
    mass: np.ndarray, present: np.ndarray, shape: tuple[int, ...], margins: Mapping[str, Margin]
) -> np.ndarray:
    """Masses of the cells that fit all margins."""
    codes = np.unravel_index(present, shape)
    total, mass = mass.sum(), mass.astype(float)
    worst = ("", 0)
    for _ in range(ROUNDS):
        gap = 0.0
        for (name, (_, wanted, _)), code in zip(margins.items(), codes, strict=True):
            now = np.bincount(code, mass, minlength=len(wanted)) / total
            off = np.abs(now - wanted)
            if off.max() > gap:
                gap, worst = float(off.max()), (name, int(off.argmax()))
            with np.errstate(divide="ignore", invalid="ignore"):
                factor = np.where(now > 0, wanted / now, 1.0)
            mass = mass * factor[code]
        if gap < TOLERANCE:
            return mass
    name, code = worst
    _, wanted, known = margins[name]
    place = list(margins).index(name)
    now = np.bincount(codes[place], mass, minlength=len(wanted)) / mass.sum()
    raise InvalidValue(
        f"The targets contradict each other: after {ROUNDS:,} rounds {name!r} still has "
        f"{100 * now[code]:.3g}% of {known[code]!r} instead of {100 * wanted[code]:.3g}%. Put rare "
        "options together, or leave a target out."
    )


def _trimmed(
    start: np.ndarray,
    cell: np.ndarray,
    present: np.ndarray,
    shape: tuple[int, ...],
    margins: Mapping[str, Margin],
    largest: float,
) -> np.ndarray:
    """Rake, cut what is too large, rake again, until both hold."""
    weights, size = start.astype(float), present[-1] + 1
    for _ in range(200):
        mass = np.bincount(cell, weights, minlength=size)[present]
        by_cell = np.zeros(size)
        by_cell[present] = _scaled(mass, present, shape, margins) / mass
        weights = weights * by_cell[cell]
        limit = largest * weights.mean()
        if (weights <= limit * (1 + 1e-6)).all():
            return weights
        weights = np.minimum(weights, limit)
    name, option, missed = _missed(weights, margins)
    raise InvalidValue(
        f"No weights up to {largest:g} times the mean fit: with them {name!r} misses {option!r} by "
        f"{100 * missed:.2g} points. Allow larger weights, or put rare options together."
    )


def _missed(weights: np.ndarray, margins: Mapping[str, Margin]) -> tuple[str, str, float]:
    found = ("", "", 0.0)
    for name, (codes, wanted, known) in margins.items():
        off = np.abs(np.bincount(codes, weights, minlength=len(wanted)) / weights.sum() - wanted)
        if off.max() > found[2]:
            found = (name, known[int(off.argmax())], float(off.max()))
    return found
