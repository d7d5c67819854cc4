"""Scores of models on random halves of a table.

It answers: what does each model score where it did not learn. For tables without
dates only: where there are dates, time decides, and a random split flatters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.preparation import ready
from clientlab.problems import InvalidValue
from clientlab.stats import scoring
from clientlab.wording import Text

MEASURES = {
    "auc": Text("AUC (higher is better)", "AUC (больше лучше)"),
    "log_loss": Text("log loss (lower is better)", "логарифмическая потеря (меньше лучше)"),
    "brier": Text("Brier score (lower is better)", "показатель Брайера (меньше лучше)"),
    "lift_10": Text("Lift in the riskiest tenth (higher is better)",
                    "Лифт в самой рискованной десятой части (больше лучше)"),
    "profit": Text("Expected maximum profit (higher is better)",
                   "Ожидаемая максимальная прибыль (больше лучше)"),
    "calibration_slope": Text("Calibration slope (1 is right, under 1 too sure)",
                              "Наклон калибровки (1 верно, меньше 1 самоуверенно)"),
}  # fmt: skip
# Of the slope neither way is better: it should be 1.
HIGHER_IS_BETTER = {"auc": True, "log_loss": False, "brier": False, "lift_10": True,
                    "profit": True}  # fmt: skip
# Assumptions of Verbraken, Verbeke & Baesens (2013), in euros per customer: the tables hold no
# money, so that this compares models with what others printed and plans nothing.
PRINTED = {"clv": 200.0, "incentive": 10.0, "contact": 1.0, "alpha": 6.0, "beta": 14.0}
# A model of trees may be quite sure and wrong: the loss is cut there, as scikit-learn's is.
SURE = 1e-15
NEVER = 1e-3  # for the slope, which a single probability of 0 would decide
SCORES = {
    "auc": lambda y, p: scoring.auc(y, p).estimate,
    "log_loss": lambda y, p: scoring.log_loss(y, np.clip(p, SURE, 1 - SURE)).estimate,
    "brier": lambda y, p: scoring.brier(y, p).score,
    "lift_10": lambda y, p: scoring.lift_at(y, p, 0.1).estimate,
    "profit": lambda y, p: scoring.expected_maximum_profit(y, p, **PRINTED).profit,
    "calibration_slope": lambda y, p: (
        scoring.calibration(y, np.clip(p, NEVER, 1 - NEVER)).slope.estimate
    ),
}
SIZES = ["train_size", "test_size"]


def cross_validate(
    models: Mapping[str, Any], X: pd.DataFrame, y: np.ndarray, *, repeats: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Scores of models trained on one random half and judged on the other, both ways.

    Parameters
    ----------
    models : mapping of name to estimator
        Anything with `fit` and `predict_proba`; cloned for every half.
    X : pandas.DataFrame, shape (rows, columns)
    y : ndarray of 0/1, shape (rows,)
    repeats : int
        Times the rows are split anew, in the proportion of `y`.
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``model, repeat, half, measure, value, train_size, test_size``; all models see
        the same halves.

    Raises
    ------
    InvalidValue
        If there is no model or no repeat, the lengths differ, or fewer than two rows
        of one kind leave nothing for one of the halves.
    """
    from sklearn.base import clone
    from sklearn.model_selection import StratifiedKFold

    _check(models, X, y, repeats)
    rows = []
    for repeat in range(repeats):
        halves = StratifiedKFold(2, shuffle=True, random_state=seed + repeat).split(X, y)
        for half, (train, test) in enumerate(halves):
            for name, model in models.items():
                fitted = clone(ready(model, X)).fit(X.iloc[train], y[train])
                p = fitted.predict_proba(X.iloc[test])[:, 1]
                place = (name, repeat, half, len(train), len(test))
                rows += [(*place, measure, score(y[test], p)) for measure, score in SCORES.items()]
    columns = ["model", "repeat", "half", *SIZES, "measure", "value"]
    return pd.DataFrame(rows, columns=columns)


def _check(models: Mapping[str, Any], X: pd.DataFrame, y: np.ndarray, repeats: int) -> None:
    if not models or repeats < 1:
        raise InvalidValue(
            f"{len(models)} models, repeats={repeats}: give at least one model and one repeat."
        )
    if len(X) != len(y):
        raise InvalidValue(f"X has {len(X)} rows and y has {len(y)}; they must be the same rows.")
    left = int(np.sum(y))
    if min(left, len(y) - left) < 2:
        raise InvalidValue(
            f"{left} of {len(y)} left: each half needs somebody who left and somebody who stayed."
        )
