"""Measures of candidates with intervals, clients drawn anew with all their rows.

It answers: how good was each candidate, and how much better than another. All candidates
are scored on the same resamples, so a difference is paired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.stats import proportions, scoring
from clientlab.stats import weighted_scoring as weighted
from clientlab.stats.estimate import quantile_of
from clientlab.wording import Text

LIFT = 0.1
CELLS = 4_000_000  # weights at once, 32 MB
WORK = 8_000_000  # weights in all: resamples times rows
MEASURES: dict[str, Text] = {
    "auc": Text("AUC", "AUC"),
    "average_precision": Text("average precision", "средняя точность"),
    "log_loss": Text("log loss", "логарифмическая потеря"),
    "brier": Text("Brier score", "показатель Брайера"),
    "calibration_slope": Text("calibration slope", "наклон калибровки"),
    "lift_10": Text("lift of the riskiest tenth", "лифт верхней десятой части"),
    "lead_days": Text("days of warning", "дней до ухода"),
    "profit": Text("profit per client", "прибыль на клиента"),
}
HIGHER_IS_BETTER = {name: name not in ("log_loss", "brier") for name in MEASURES}


class Resamples:
    """Weights of clients, drawn once and used for every candidate.

    Parameters
    ----------
    clients : array-like, shape (rows,)
        Whose row it is; all rows of a client get the same weight.
    replicates : int, optional
        By default 2,000, fewer for more than 4,000 rows, never under 400.
    seed : int
    """

    def __init__(self, clients: Any, *, replicates: int | None = None, seed: int = 0) -> None:
        self.codes, self.names = pd.factorize(np.asarray(clients))
        count, rows = len(self.names), max(len(self.codes), 1)
        self.replicates = replicates or int(np.clip(WORK // rows, 400, 2000))
        random = np.random.default_rng(seed)
        self.weights = random.multinomial(count, np.full(count, 1 / count), self.replicates)

    def of(self, measure: Callable[[np.ndarray], np.ndarray], rows: Any = None) -> np.ndarray:
        """A measure of every resample.

        Parameters
        ----------
        measure : callable
            Takes weights (resamples, rows), returns one number for each resample.
        rows : ndarray of bool or int, optional
            Only these rows.
        """
        codes = self.codes if rows is None else self.codes[rows]
        step = max(1, CELLS // max(len(codes), 1))
        parts = [measure(self.weights[at : at + step][:, codes].astype(float))
                 for at in range(0, self.replicates, step)]  # fmt: skip
        return np.concatenate(parts)


def measured(
    rows: pd.DataFrame, resamples: Resamples, profit: Mapping[str, Any] | None = None
) -> dict[str, tuple[float, np.ndarray]]:
    """Every measure of one candidate: of the data, and of each resample.

    Parameters
    ----------
    rows : DataFrame
        ``score, probability, alarm, y, lead`` of the test rows, in the order of `resamples`.
    resamples : Resamples
    profit : mapping, optional
        Assumptions for `scoring.expected_maximum_profit`.

    Returns
    -------
    dict of measure to (estimate, resamples); NaN where there is none
    """
    y, score = rows["y"].to_numpy(), rows["score"].to_numpy()
    p = rows["probability"].to_numpy()
    found = {
        "auc": (scoring.auc(y, score).estimate, lambda w: weighted.auc(y, score, w)),
        "average_precision": (scoring.average_precision(y, score).estimate,
                              lambda w: weighted.average_precision(y, score, w)),
        "lift_10": (scoring.lift_at(y, score, LIFT).estimate,
                    lambda w: weighted.lift_at(y, score, w, LIFT)),
    }  # fmt: skip
    if not np.isnan(p).any():
        found |= {
            "log_loss": (scoring.log_loss(y, p).estimate, lambda w: weighted.log_loss(y, p, w)),
            "brier": (scoring.brier(y, p).score, lambda w: weighted.brier(y, p, w)),
            "calibration_slope": (scoring.calibration(y, p).slope.estimate,
                                  lambda w: weighted.calibration_slope(y, p, w)),
        }  # fmt: skip
    none = np.nan, np.full(resamples.replicates, np.nan)
    table = dict.fromkeys(MEASURES, none)
    table |= {name: (float(value), resamples.of(of)) for name, (value, of) in found.items()}
    table["lead_days"] = lead(rows, resamples)
    if profit is None:
        del table["profit"]
    else:
        table["profit"] = _profit(y, score, profit, resamples)
    return table


def lead(rows: pd.DataFrame, resamples: Resamples) -> tuple[float, np.ndarray]:
    """Mean days from the first alarm within the horizon to the leaving, of those caught."""
    caught = first_alarms(rows)
    if not len(caught):
        return np.nan, np.full(resamples.replicates, np.nan)
    days = caught["lead"].to_numpy(float)
    at = caught["place"].to_numpy()
    return float(days.mean()), resamples.of(lambda w: weighted.mean(days, w), at)


def first_alarms(rows: pd.DataFrame) -> pd.DataFrame:
    """The first alarm before each leaving that was caught: ``client_id, lead, place`` (row)."""
    caught = rows.assign(place=np.arange(len(rows)))
    caught = caught[caught["alarm"] & (caught["y"] == 1) & caught["lead"].notna()]
    caught = caught.sort_values("day", kind="stable")
    return caught.drop_duplicates(["client_id", "left_on"])[["client_id", "lead", "place"]]


def _profit(
    y: np.ndarray, score: np.ndarray, profit: Mapping[str, Any], resamples: Resamples
) -> tuple[float, np.ndarray]:
    """Expected maximum profit; its hull is found resample by resample."""
    some = resamples.weights[:400]
    clv = np.broadcast_to(np.asarray(profit["clv"], float), y.shape)
    rest = {name: value for name, value in profit.items() if name != "clv"}
    drawn = np.full(len(some), np.nan)
    for place, weights in enumerate(some):
        at = np.repeat(np.arange(len(y)), weights[resamples.codes])
        if 0 < y[at].sum() < len(at):
            drawn[place] = scoring.expected_maximum_profit(
                y[at], score[at], clv=clv[at], **rest).profit  # fmt: skip
    whole = scoring.expected_maximum_profit(y, score, clv=clv, **rest)
    return float(whole.profit), drawn


def interval(
    measure: str, estimate: float, drawn: np.ndarray, clients: int, level: float = 0.95
) -> tuple[float, float]:
    """Ends of the interval of a measure from its resamples.

    Parameters
    ----------
    measure : str
        A key of `MEASURES`.
    estimate : float
    drawn : ndarray
        The measure of each resample.
    clients : int
        Clients who left; of lead_days those caught.
    level : float

    Returns
    -------
    low, high : float
        NaN where there is no estimate, or none in a tenth of the resamples.

    Notes
    -----
    AUC on the logit scale, losses on the log scale, slope and days as they are, all from
    the standard deviation of the resamples there; average precision and lift are shares of
    the leavers, with Wilson's interval on the base that has this deviation, at most the
    leavers. At an AUC of 0 or 1 all resamples agree: the exact bound of `scoring.auc`.

    Coverage of 95% intervals in simulated backtests (4,000 runs with about 21 leavers on
    six days, 1,000 each of the others: 35 leavers, 33 with an AUC of 0.83, 19 with a
    useless score, 40 on twelve days with overlapping horizons): AUC 94–95%, log loss
    94–95%, Brier score 94–96%, calibration slope 95–96%; Wilson's is wide on purpose,
    average precision 95–99% and lift 96–99%.
    """
    known = drawn[np.isfinite(drawn)]
    if np.isnan(estimate) or len(known) < 0.9 * len(drawn):
        return np.nan, np.nan
    z, se = quantile_of(level), float(known.std(ddof=1))
    if measure == "auc":
        return _auc_ends(estimate, known, clients, level)
    if measure in ("average_precision", "lift_10"):
        scale = 1 / LIFT if measure == "lift_10" else 1.0
        low, high = wilson(estimate / scale, se / scale, clients, level)
        return low * scale, high * scale
    if measure in ("log_loss", "brier"):
        factor = np.exp(z * float(np.log(known).std(ddof=1)))
        return estimate / factor, estimate * factor
    if measure == "profit":
        low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)
    if measure == "lead_days":
        half = quantile_of(level, clients - 1) * se if clients > 1 and se > 0 else np.nan
        return max(estimate - half, 0.0) if half == half else np.nan, estimate + half
    return estimate - z * se, estimate + z * se


def _auc_ends(area: float, known: np.ndarray, clients: int, level: float) -> tuple[float, float]:
    if area in (0.0, 1.0):
        bound = ((1 - level) / 2) ** (1 / max(clients, 1))
        return (bound, 1.0) if area == 1 else (0.0, 1 - bound)
    if np.ptp(known) == 0:
        return np.nan, np.nan  # a constant score ranks nobody
    if known.min() > 0 and known.max() < 1:
        se = float(np.log(known / (1 - known)).std(ddof=1))
    else:
        se = float(known.std(ddof=1)) / (area * (1 - area))
    centre, half = np.log(area / (1 - area)), quantile_of(level) * se
    return float(1 / (1 + np.exp(half - centre))), float(1 / (1 + np.exp(-half - centre)))


def of_one_score(
    area: float, ends: tuple[float, float], clients: int, level: float = 0.95
) -> tuple[float, float]:
    """Ends of an AUC where all who left have one score, say none of them was ever red.

    Parameters
    ----------
    area : float
    ends : (low, high)
        From resamples, in none of which one who left has another score.
    clients : int
        Clients who left.
    level : float

    Returns
    -------
    low, high : float
        At least as wide as the exact bound of `scoring.auc` at 0 and 1: so many of the
        leavers may rank at the other end without one of them having been seen.

    Examples
    --------
    >>> [round(end, 3) for end in of_one_score(0.497, (0.494, 0.4999), 59)]
    [0.467, 0.527]
    """
    bound = ((1 - level) / 2) ** (1 / max(clients, 1))
    low, high = ends
    return min(low, area * bound), max(high, 1 - (1 - area) * bound)


def wilson(share: float, se: float, clients: int, level: float) -> tuple[float, float]:
    """Wilson's interval of a share on the base that its standard error stands for."""
    share = min(share, 1.0)
    base = share * (1 - share) / se**2 if 0 < share < 1 and se > 0 else clients
    base = min(base, clients)
    low, high = proportions.interval(share * base, base, level=level)[2:4]
    return float(low), float(high)


def difference(
    estimate: float, drawn: np.ndarray, clients: int, level: float = 0.95
) -> tuple[float, float]:
    """Ends of the interval of a paired difference: t on the deviation of the resamples.

    Parameters
    ----------
    estimate : float
    drawn : ndarray
        Difference of two candidates in each resample of the same clients.
    clients : int
        Clients who left; the degrees of freedom are one less.
    level : float

    Returns
    -------
    low, high : float
        NaN where a tenth of the resamples has no difference, or all have the same.

    Notes
    -----
    The interval of a difference of two AUC covers 94–97% in the simulation of `interval`.
    """
    known = drawn[np.isfinite(drawn)]
    if np.isnan(estimate) or len(known) < 0.9 * len(drawn) or np.ptp(known) < 1e-12:
        return np.nan, np.nan
    half = quantile_of(level, max(clients - 1, 1)) * float(known.std(ddof=1))
    return estimate - half, estimate + half
