"""Who leaves: what was known, models and rules held against each other, what follows.

Names are loaded when they are asked for: reading a base must not wait for scikit-learn.
"""

from importlib import import_module
from typing import Any

# Public name -> module that holds it; a module of its own name needs no line.
_NAMES = {
    "FEATURES": "features",
    "Feature": "features",
    "Snapshots": "snapshot_table",
    "snapshots": "snapshot_table",
    "month_ends": "snapshot_table",
    "every_months": "snapshot_table",
    "PLANTED": "planted_leaks",
    "check_no_leakage": "leakage",
    "left_after": "snapshot_rates",
    "known": "snapshot_rates",
    "telling": "telling_numbers",
    "how_early": "early",
    "todays_table": "todays_mistake",
    "undated": "undated_columns",
    "RULES": "rules",
    "default_model": "defaults",
    "backtest": "backtests",
    "Column": "candidates",
    "verdict": "verdicts",
    "history": "over_time",
    "unseen": "unseen_clients",
    "curves": "backtest_curves",
    "reliability": "probability_check",
    "alarms": "alarms_caught",
    "learning_curve": "learning",
    "flattery": "careless_tests",
    "board_test": "board_against_model",
    "drift": "drifts",
    "feature_shifts": "shifted_features",
    "risk_list": "risk_lists",
}

__all__ = [*_NAMES]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"clientlab.churn.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
