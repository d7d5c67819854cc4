"""Intervals for a survival between 0 and 1 from its standard error, on three scales."""

from __future__ import annotations

import numpy as np


def _plain(survival, se, z):
    return np.clip(survival - z * se, 0, 1), np.clip(survival + z * se, 0, 1)


@np.errstate(invalid="ignore", divide="ignore")
def _log(survival, se, z):
    reach = np.exp(z * se / survival)
    low = np.where(survival > 0, survival / reach, np.nan)
    return low, np.where(survival > 0, np.minimum(1, survival * reach), np.nan)


def log_log(survival: np.ndarray, se: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Normal on the scale of log(−log S)."""
    # Not at 0 and 1, where the scale has no place for them.
    inner = (survival > 0) & (survival < 1)
    inside = np.where(inner, survival, 0.5)
    reach = z * se / np.abs(inside * np.log(inside))
    centre = np.log(-np.log(inside))
    low, high = np.exp(-np.exp(centre + reach)), np.exp(-np.exp(centre - reach))
    return np.where(inner, low, np.nan), np.where(inner, high, np.nan)


INTERVALS = {"log": _log, "log-log": log_log, "plain": _plain}
