"""Latent classes of answers, fitted by StepMix; the only module that imports it.

It answers: which classes explain best that some answers come together, and how likely is
each respondent in each. It does not decide how many there are: `profiles` does.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.wording import Text

MISSING = Text(
    "Profiles need the package stepmix: python -m pip install 'clientlab[profiles]'",
    "Для профилей нужен пакет stepmix: python -m pip install 'clientlab[profiles]'",
)
TOLERANCE, ITERATIONS = 1e-5, 500  # of the mean log likelihood
FLOOR = 1e-12


@dataclass(frozen=True, eq=False)
class Items:
    """Answers as codes.

    Attributes
    ----------
    codes : ndarray of float, shape (respondents, items)
        0, 1 … for the answers of an item, NaN where not given.
    answers : ndarray of int, shape (items,)
        How many answers each item has; a tick has 2.
    weights : ndarray, shape (respondents,)
    """

    codes: np.ndarray
    answers: np.ndarray
    weights: np.ndarray

    def of(self, rows: np.ndarray) -> Items:
        return Items(self.codes[rows], self.answers, self.weights[rows])


@dataclass(frozen=True, eq=False)
class Mixture:
    """Classes as fitted, the largest first.

    Attributes
    ----------
    sizes : ndarray, shape (classes,)
    shares : list of ndarray, shape (classes, answers)
        For each item, how often each answer is given in each class.
    log_likelihood : float
    parameters : int
    """

    sizes: np.ndarray
    shares: list[np.ndarray]
    log_likelihood: float
    parameters: int

    @property
    def aic3(self) -> float:
        """Akaike's criterion with three points for each parameter; less is better."""
        return 3 * self.parameters - 2 * self.log_likelihood

    def bic(self, respondents: int) -> float:
        return self.parameters * np.log(respondents) - 2 * self.log_likelihood

    def posterior(self, items: Items) -> np.ndarray:
        """How likely every respondent is in every class, (respondents, classes)."""
        log = np.repeat(np.log(np.maximum(self.sizes, FLOOR))[None], len(items.codes), axis=0)
        for column, share in zip(items.codes.T, self.shares, strict=True):
            known = ~np.isnan(column)
            log[known] += np.log(np.maximum(share, FLOOR)).T[column[known].astype(int)]
        log -= log.max(axis=1, keepdims=True)
        found = np.exp(log)
        return found / found.sum(axis=1, keepdims=True)

    def invented(self, items: Items, random: np.random.Generator) -> Items:
        """As many respondents of these classes, with answers missing where they are missing."""
        one = random.choice(len(self.sizes), len(items.codes), p=self.sizes / self.sizes.sum())
        codes = np.empty(items.codes.shape)
        for place, share in enumerate(self.shares):
            upto = np.cumsum(share, axis=1)[one]
            drawn = random.random(len(one))[:, None] * upto[:, -1:]
            codes[:, place] = (drawn > upto[:, :-1]).sum(axis=1)
        return Items(np.where(np.isnan(items.codes), np.nan, codes), items.answers, items.weights)


def available() -> bool:
    """Whether StepMix is installed."""
    try:
        import stepmix  # noqa: F401
    except ImportError:
        return False
    return True


def fitted(items: Items, classes: int, *, starts: int, seed: int) -> Mixture:
    """The best of several starts of the EM algorithm.

    Parameters
    ----------
    items : Items
    classes, starts, seed : int

    Returns
    -------
    Mixture

    Notes
    -----
    StepMix (Morin et al. 2025), full information on missing answers.
    """
    from sklearn import config_context
    from stepmix.stepmix import StepMix
    from stepmix.utils import get_mixed_descriptor

    frame = pd.DataFrame(items.codes, columns=[f"i{n}" for n in range(items.codes.shape[1])])
    ticks = [name for name, count in zip(frame, items.answers, strict=True) if count == 2]
    others = [name for name in frame if name not in ticks]
    tail = "_nan" if np.isnan(items.codes).any() else ""
    kinds = {f"binary{tail}": ticks, f"categorical{tail}": others}
    data, measured = get_mixed_descriptor(
        frame, **{kind: names for kind, names in kinds.items() if names}
    )
    model = StepMix(
        n_components=classes, measurement=measured, n_init=starts, random_state=seed, verbose=0,
        progress_bar=0, abs_tol=TOLERANCE, rel_tol=0.0, max_iter=ITERATIONS,
    )  # fmt: skip
    # Checks of every step would take half of the time.
    with warnings.catch_warnings(), config_context(assume_finite=True):
        warnings.simplefilter("ignore")  # of a start that did not arrive; others did
        model.fit(data, sample_weight=items.weights)
        mean = float(model.score(data, sample_weight=items.weights))
    held = model.get_parameters()
    sizes = np.asarray(held["weights"], float)
    order = np.argsort(-sizes, kind="stable")
    shares = _shares(held["measurement"], tail, list(frame), ticks, items.answers)
    count = classes - 1 + classes * int((items.answers - 1).sum())
    return Mixture(sizes[order], [share[order] for share in shares],
                   mean * float(items.weights.sum()), count)  # fmt: skip


def _shares(
    measurement: dict, tail: str, names: list[str], ticks: list[str], answers: np.ndarray
) -> list[np.ndarray]:
    """Shares by item in our order, out of StepMix's blocks by kind of item."""
    none = {"pis": np.empty((0, 0)), "max_n_outcomes": 0}
    ticked = np.asarray(measurement.get(f"binary{tail}", none)["pis"])
    held = measurement.get(f"categorical{tail}", none)
    found, place, start = [], 0, 0
    for name, count in zip(names, answers, strict=True):
        if name in ticks:
            share = ticked[:, place]
            found.append(np.column_stack([1 - share, share]))
            place += 1
        else:
            width = int(held["max_n_outcomes"])
            share = np.asarray(held["pis"])[:, start : start + width][:, :count]
            # Answers that nobody gave have no column.
            found.append(np.pad(share, ((0, 0), (0, count - share.shape[1]))))
            start += width
    return found
