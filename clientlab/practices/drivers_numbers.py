"""The numbers of `drivers`: importance, slopes, their intervals and their tests.

It answers: how much of the outcome goes with each practice, in which direction, and is it
beyond chance. With too few units for all practices at once, each is taken alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.practices.drivers_columns import Units
from clientlab.stats.importance import EXACT, johnson_of, lmg_of
from clientlab.stats.importance_slopes import best_penalty, jackknife, left_over, moments, redrawn
from clientlab.stats.importance_tests import FlipTest, sign_flips

PER_DRIVER = 5  # units a practice (or covariate) must have before all are regressed at once
REPLICATES = 1000


class Numbers(NamedTuple):
    """What was found: a row for each practice, and how."""

    frame: pd.DataFrame
    method: str  # "lmg", "johnson" or "alone"
    explained: float  # R² of all practices after what is held fixed; NaN if alone
    visible: float  # r² from which a practice is told from chance
    through: list[tuple[int, int]]  # practice, and the stronger one that it goes with


def numbers_of(units: Units, *, level: float, seed: int) -> Numbers:
    """Importance, slopes, shrunken slopes, tests.

    Parameters
    ----------
    units : Units
    level : float
    seed : int

    Returns
    -------
    Numbers
    """
    from scipy.stats import t as student

    sums, held, scale, spread = _sums(units)
    count = len(units.practices)
    rows = len(units.outcome)
    together = enough(units)
    method = ("lmg" if count <= EXACT else "johnson") if together else "alone"
    slope, se = jackknife(sums, held) if together else _alone(sums, held, count)
    used = held + count if together else held + 1
    df = float(max(1, min(len(sums) - 1, rows - used)))
    reach = student.ppf((1 + level) / 2, df) * se
    drawn = redrawn(sums, REPLICATES, seed)
    share, again = (_shares(stack, held, method) for stack in (sums.sum(axis=0), drawn))
    penalty = best_penalty(sums, held)
    shrunk, error = jackknife(sums, held, penalty)
    away = student.ppf((1 + level) / 2, df) * error
    unit = spread / scale
    tested, kept, through = _tested(units, together, level, seed)
    share_low, share_high = importance_ends(share, again, tested.p_value, level)
    frame = pd.DataFrame(
        {
            "estimate": share, "low": share_low, "high": share_high,
            "slope": slope * unit, "slope_low": (slope - reach) * unit,
            "slope_high": (slope + reach) * unit,
            "shrunk": shrunk * unit, "shrunk_low": (shrunk - away) * unit,
            "shrunk_high": (shrunk + away) * unit,
            "p_value": tested.p_value, "p_adjusted": tested.p_adjusted,
            "direction": np.where(kept, np.sign(slope), 0).astype(int),
            "base": rows,
        }
    )  # fmt: skip
    explained = float(share.sum()) if together else np.nan
    return Numbers(frame, method, explained, tested.visible, through)


def enough(units: Units) -> bool:
    """Whether there are five units for each column, so that all can be regressed at once."""
    return len(units.outcome) >= PER_DRIVER * (len(units.practices) + units.held.shape[1])


def _tested(
    units: Units, together: bool, level: float, seed: int
) -> tuple[FlipTest, np.ndarray, list[tuple[int, int]]]:
    """Which practices are beyond chance, and not only by way of a stronger one.

    Taken alone, a practice also goes with the outcome if it goes with one that does. So
    the surest is kept, and the next only if it is beyond chance (at the level, without
    correction) with the kept ones held fixed.
    """
    table = np.column_stack([one.values for one in units.practices])
    more = {"weights": units.weights, "clusters": units.clusters, "seed": seed}
    tested = sign_flips(table, units.outcome, held=units.held, together=together, **more)
    kept = tested.p_adjusted < 1 - level
    through: list[tuple[int, int]] = []
    if together or kept.sum() < 2:
        return tested, kept, through
    first: list[int] = []
    for place in sorted(np.flatnonzero(kept), key=lambda n: (tested.p_value[n], n)):
        held = np.column_stack([units.held, table[:, first]])
        again = sign_flips(table[:, [place]], units.outcome, held=held, **more)
        if again.p_value[0] < 1 - level or not first:
            first.append(int(place))
        else:
            kept[place] = False
            apart = [abs(np.corrcoef(table[:, place], table[:, one])[0, 1]) for one in first]
            through.append((int(place), first[int(np.argmax(apart))]))
    return tested, kept, through


def _sums(units: Units) -> tuple[np.ndarray, int, np.ndarray, float]:
    """Sums of products by cluster of all columns in standard deviations."""
    table = np.column_stack([units.held, *(one.values for one in units.practices)])
    mean, std = _moments(table, units.weights)
    varies = std > 1e-12
    table = (table[:, varies] - mean[varies]) / std[varies]
    held = 1 + int(varies[: units.held.shape[1]].sum())
    middle, spread = _moments(units.outcome[:, None], units.weights)
    outcome = (units.outcome - middle[0]) / spread[0]
    columns = np.column_stack([np.ones(len(outcome)), table, outcome])
    scale = std[units.held.shape[1] :]
    return moments(columns, units.weights, units.clusters), held, scale, float(spread[0])


def _moments(table: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = np.average(table, axis=0, weights=weights)
    return mean, np.sqrt(np.average((table - mean) ** 2, axis=0, weights=weights))


def _alone(sums: np.ndarray, held: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Slope and standard error of each practice by itself, with what is held fixed."""
    found = []
    for one in range(held, held + count):
        places = [*range(held), one, sums.shape[-1] - 1]
        slope, se = jackknife(sums[:, places][:, :, places], held)
        found.append((slope[0], se[0]))
    slope, se = np.array(found).T
    return slope, se


def importance_ends(
    whole: np.ndarray, again: np.ndarray, chance: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals of importance: quantiles of redrawn samples, from 0 where chance may be all.

    A share is never under 0, so that no redrawn sample reaches the 0 of a practice that
    goes with nothing; its test does. Measured (LMG of five columns, 60 and 150 rows, 1000
    samples): 93–96% for shares of 0–22%; corrected for bias, the quantiles cover 77–93%.

    Parameters
    ----------
    whole : ndarray, shape (practices,)
    again : ndarray, shape (replicates, practices)
    chance : ndarray, shape (practices,)
        p-values of the slopes, uncorrected.
    level : float
    """
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2], axis=0)
    low = np.where(chance < 1 - level, np.minimum(low, whole), 0.0)
    return low, np.maximum(high, whole)


def _shares(sums: np.ndarray, held: int, method: str) -> np.ndarray:
    left = left_over(sums, held)
    if method == "alone":
        own = np.diagonal(left, axis1=-2, axis2=-1)
        below = own[..., :-1] * own[..., -1:]
        return np.divide(left[..., :-1, -1] ** 2, below, out=np.zeros_like(below),
                         where=below > 0)  # fmt: skip
    return lmg_of(left) if method == "lmg" else johnson_of(left)
