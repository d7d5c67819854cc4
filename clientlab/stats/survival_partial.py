"""The partial likelihood of Cox regression, with late entry and ties, and its maximum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from clientlab.stats.survival_spells import Spells

TIES = ("efron", "breslow")
STEPS = 50  # of Newton's method; six or so are usual
CLOSE = 1e-8  # a step as short as this is the last one, in standard deviations
STEP = 1e-4  # a last step above this share of a coefficient has not arrived
FLAT = 1e4  # a standard error, for one standard deviation, that says nothing was compared
EXTREME = 10  # a log hazard ratio between the ends of a covariate that nobody observes


class Partial(NamedTuple):
    """Log-likelihood, and by tilt its score and information.

    Attributes
    ----------
    loglik : float
    score : ndarray, shape (tilts, covariates)
    information : ndarray, shape (tilts, covariates, covariates)
    """

    loglik: float
    score: np.ndarray
    information: np.ndarray


def partial(
    X: np.ndarray,
    seen: Spells,
    gone: np.ndarray,
    ties: str,
    beta: np.ndarray,
    tilts: Sequence[np.ndarray] | None = None,
) -> Partial:
    """Partial likelihood at `beta`, its derivatives weighted by time.

    Parameters
    ----------
    X : ndarray, shape (spells, covariates)
        Centred, so that no exponential overflows.
    seen : Spells
    gone : ndarray of bool, shape (spells,)
    ties : {"efron", "breslow"}
    beta : ndarray, shape (covariates,)
    tilts : sequence of ndarray, shape (times,), optional
        Weights of the times in score and information; by default once 1.

    Notes
    -----
    The second moments over risk sets are not formed time by time: summed over times
    they are X'·diag(risk · c)·X, where c is the running sum of 1/total over the times
    at which a spell was at risk.
    """
    tilts = [np.ones(len(seen.time))] if tilts is None else tilts
    line = X @ beta
    line = line - line.max()
    risk = np.exp(line)
    total, ended = seen.at_risk(risk), seen.at_exit(gone, risk)
    sums = np.array([seen.at_risk(risk * column) for column in X.T])
    sums_ended = np.array([seen.at_exit(gone, risk * column) for column in X.T])
    score = np.array([seen.at_exit(gone, column) for column in X.T])
    loglik = float(line[gone].sum())
    inverse, inverse_ended = np.zeros_like(total), np.zeros_like(total)
    spread = np.zeros((len(tilts), len(beta), len(beta)))
    for fraction, rows, weight in shares(seen.at_exit(gone), ties):
        rest = total[rows] - fraction * ended[rows]
        mean = (sums[:, rows] - fraction * sums_ended[:, rows]) / rest
        loglik -= float((weight * np.log(rest)).sum())
        score[:, rows] -= weight * mean
        inverse[rows] += weight / rest
        inverse_ended[rows] += weight * fraction / rest
        for place, tilt in enumerate(tilts):
            spread[place] -= (mean * (weight * tilt[rows])) @ mean.T
    for place, tilt in enumerate(tilts):
        until = np.append(0.0, np.cumsum(inverse * tilt))
        c = until[seen.last + 1] - until[seen.first]
        c -= gone * (inverse_ended * tilt)[seen.last]
        spread[place] += X.T @ (X * (risk * c)[:, None])
    return Partial(loglik, np.array([score @ tilt for tilt in tilts]), spread)


def shares(count: np.ndarray, ties: str) -> Iterator[tuple]:
    """Steps through ties: part of the leavers taken out, times concerned, weight."""
    if ties == "breslow":
        rows = np.flatnonzero(count > 0)
        yield np.zeros(len(rows)), rows, count[rows]
        return
    for step in range(int(count.max())):
        rows = np.flatnonzero(count > step)
        yield step / count[rows], rows, 1.0


def maximum(
    X: np.ndarray, seen: Spells, gone: np.ndarray, ties: str, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and their standard errors.

    Raises
    ------
    ValueError
        If a coefficient has no finite maximum.
    """
    scale = X.std(axis=0)
    scaled = (X - X.mean(axis=0)) / scale
    alike = _never_compared(scaled, seen, gone, ties)
    if alike.any():
        raise ValueError(_endless(np.array(names)[alike]))
    with np.errstate(all="ignore"):  # what went wrong is told below, in a sentence
        try:
            beta, step, se = _newton(scaled, seen, gone, ties)
        except np.linalg.LinAlgError:
            raise ValueError(_endless(names)) from None
    wild = ~((se > 0) & (se < FLAT)) | ~(step <= np.maximum(CLOSE, STEP * np.abs(beta)))
    if wild.any():
        extreme = wild & ~(np.abs(beta) * np.ptp(scaled, axis=0) <= EXTREME)
        raise ValueError(_endless(np.array(names)[extreme if extreme.any() else wild]))
    return beta / scale, se / scale


def _newton(
    X: np.ndarray, seen: Spells, gone: np.ndarray, ties: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Maximum, length of the step that would follow, standard errors."""
    beta = np.zeros(X.shape[1])
    found = partial(X, seen, gone, ties, beta)
    for _ in range(STEPS):
        step = np.linalg.solve(found.information[0], found.score[0])
        while True:  # a step that leads down is halved
            following = partial(X, seen, gone, ties, beta + step)
            short = not np.abs(step).max() > CLOSE
            if short or following.loglik >= found.loglik - 1e-10 * (1 - found.loglik):
                break
            step = step / 2
        beta, found = beta + step, following
        if short:
            break
    covariance = np.linalg.inv(found.information[0])
    return beta, np.abs(covariance @ found.score[0]), np.sqrt(np.diag(covariance))


def _never_compared(X: np.ndarray, seen: Spells, gone: np.ndarray, ties: str) -> np.ndarray:
    """Which covariates have a part that is the same in every risk set."""
    values, vectors = np.linalg.eigh(
        partial(X, seen, gone, ties, np.zeros(X.shape[1])).information[0]
    )
    same = np.abs(vectors[:, values <= 1e-10 * values.max()]) > 1e-4
    return np.any(same, axis=1)


def _endless(names: Sequence[str]) -> str:
    return (
        f"No finite effect can be given for {', '.join(names)}: it separates those who left from "
        "those who stayed, or too few left. Leave it out, or pool rare categories."
    )
