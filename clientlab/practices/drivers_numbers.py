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
    share, share_low, share_high = _importance(sums, drawn, held, method, level)
    penalty = best_penalty(sums, held)
    shrunk, error = jackknife(sums, held, penalty)
    away = student.ppf((1 + level) / 2, df) * error
    unit = spread / scale
    tested, kept, through = _tested(units, together, level, seed)
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


def _importance(
    sums: np.ndarray, drawn: np.ndarray, held: int, method: str, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Importance, with quantiles of the redrawn samples corrected for their bias.

    Samples drawn anew explain more than they should: a row drawn twice fits itself. The
    quantiles are moved so that the estimate lies at their middle (Efron & Tibshirani 1993,
    §14.3, without acceleration).
    """
    whole, again = (_shares(stack, held, method) for stack in (sums.sum(axis=0), drawn))
    low, high = _corrected(whole, again, level)
    return whole, np.minimum(low, whole), np.maximum(high, whole)


def _shares(sums: np.ndarray, held: int, method: str) -> np.ndarray:
    left = left_over(sums, held)
    if method == "alone":
        own = np.diagonal(left, axis1=-2, axis2=-1)
        below = own[..., :-1] * own[..., -1:]
        return np.divide(left[..., :-1, -1] ** 2, below, out=np.zeros_like(below),
                         where=below > 0)  # fmt: skip
    return lmg_of(left) if method == "lmg" else johnson_of(left)


def _corrected(whole: np.ndarray, again: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of redrawn samples, moved so that the estimate lies at their middle."""
    from scipy.special import ndtr, ndtri

    least = 1 / (2 * len(again))
    bias = ndtri(np.clip((again < whole).mean(axis=0), least, 1 - least))
    low, high = (
        np.array([np.quantile(column, ndtr(2 * move + ndtri(tail)))
                  for column, move in zip(again.T, bias, strict=True)])
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )  # fmt: skip
    return low, high
