"""How good a prediction of leaving is: ranking, calibration, losses, profit.

Everywhere `y` is 1 for a client who left and 0 for one who stayed, `score` is any
number that is higher for riskier clients, and `p` is a probability of leaving.
One row is one client; rows of one client at several dates are not independent,
and the intervals here do not know it: resample clients instead.
"""

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.estimate import Estimate, quantile_of
from clientlab.stats.profit import Profit, expected_maximum_profit
from clientlab.stats.scoring_input import column
from clientlab.stats.scoring_probabilities import Brier, Calibration, brier, calibration, log_loss
from clientlab.stats.scoring_ranking import (
    PairedDifference,
    auc,
    auc_difference,
    average_precision,
    lift_at,
)

__all__ = [
    "Brier",
    "Calibration",
    "PairedDifference",
    "Profit",
    "auc",
    "auc_difference",
    "average_precision",
    "brier",
    "calibration",
    "corrected_interval",
    "expected_maximum_profit",
    "lift_at",
    "log_loss",
]


def corrected_interval(
    differences: ArrayLike, train_size: float, test_size: float, *, level: float = 0.95
) -> Estimate:
    """Mean difference of two models over random splits, with an honest interval.

    Parameters
    ----------
    differences : array-like of shape (splits,)
        Measure of one model minus that of the other, one value per split, at least two.
    train_size, test_size : float
        Rows (or shares) in the training and the test part of one split; only their
        ratio counts. A `test_size` of 0 gives the uncorrected t interval, for
        differences that are independent of each other.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    Estimate
        Mean difference, corrected `se`, t interval, `df` = splits - 1. Differences that
        are all equal have se 0: the spread cannot be told from them, the interval is NaN.

    Raises
    ------
    ValueError
        Fewer than two differences, missing values, a training size not above 0, a test
        size below 0.

    Notes
    -----
    Nadeau & Bengio (2003): the training parts of random splits overlap, so the plain
    variance s² / splits is too small; (1 / splits + test_size / train_size) · s² mends
    it approximately. The correction is for random splits of one table only (repeated
    cross-validation, repeated hold-out), not for splits in time.

    Examples
    --------
    >>> result = corrected_interval([0.01, 0.03, 0.02, 0.02], train_size=80, test_size=20)
    >>> round(result.low, 4), round(result.high, 4)
    (0.0016, 0.0384)
    """
    gaps = column(differences, "differences")
    if len(gaps) < 2:
        raise ValueError(
            "differences has 1 value. The spread between splits needs at least 2: "
            "repeat the split with other seeds."
        )
    if not (train_size > 0 and test_size >= 0):
        raise ValueError(
            f"train_size is {train_size:g} and test_size is {test_size:g}. The training part must "
            f"be above 0 and the test part 0 or more: pass the numbers of rows of one split."
        )
    df = len(gaps) - 1
    mean = float(gaps.mean())
    se = float(np.sqrt((1 / len(gaps) + test_size / train_size) * gaps.var(ddof=1)))
    half = quantile_of(level, df) * (se if np.ptp(gaps) > 0 else np.nan)
    return Estimate(mean, se, mean - half, mean + half, df)
