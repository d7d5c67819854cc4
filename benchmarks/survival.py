"""Curves with late entry and Cox regression beside statsmodels, and lifelines if it is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.timing import row

ROWS = 1_000_000


def run() -> list[dict[str, Any]]:
    """Time each task and its peer."""
    random = np.random.default_rng(0)
    days = random.integers(1, 3000, ROWS)
    entry = np.where(random.random(ROWS) < 0.5, 0, np.floor(days * random.random(ROWS)))
    cause = np.where(random.random(ROWS) < 0.6, random.integers(1, 4, ROWS), 0)
    return [
        _kaplan_meier(days, cause > 0, entry),
        *_aalen_johansen(days, cause, entry),
        _cox(random, 100_000),
    ]


def _kaplan_meier(days, gone, entry) -> dict[str, Any]:
    from statsmodels.duration.survfunc import SurvfuncRight

    from clientlab.stats import survival

    return row(
        "Kaplan-Meier, se, interval, late entry",
        len(days),
        lambda: survival.kaplan_meier(days, gone, entry=entry),
        "statsmodels SurvfuncRight (late entry)",
        lambda: SurvfuncRight(days, gone.astype(int), entry=entry),
    )


def _aalen_johansen(days, cause, entry) -> list[dict[str, Any]]:
    from statsmodels.duration.survfunc import CumIncidenceRight

    from clientlab.stats import survival

    ours = survival.aalen_johansen
    rows = [
        row(
            "Aalen-Johansen of 3 causes, se, interval",
            len(days),
            lambda: ours(days, cause),
            "statsmodels CumIncidenceRight",
            lambda: CumIncidenceRight(days, cause),
        ),
        row(
            "the same with late entry",
            len(days),
            lambda: ours(days, cause, entry=entry),
            "statsmodels CumIncidenceRight (no entry)",
            lambda: CumIncidenceRight(days, cause),
        ),
    ]
    try:
        from lifelines import AalenJohansenFitter
    except ImportError:
        return rows
    few = slice(None, 20_000)
    fitter = AalenJohansenFitter(calculate_variance=True, seed=0)
    rows.append(
        row(
            "Aalen-Johansen, se",
            20_000,
            lambda: ours(days[few], cause[few]),
            "lifelines AalenJohansenFitter (ties jittered, one cause)",
            lambda: fitter.fit(days[few], cause[few], event_of_interest=1),
        )
    )
    return rows


def _cox(random: np.random.Generator, rows: int) -> dict[str, Any]:
    import pandas as pd
    from statsmodels.duration.hazard_regression import PHReg

    from clientlab.stats import survival

    names = [f"x{column}" for column in range(10)]
    X = random.normal(size=(rows, 10))
    days = random.integers(1, 1500, rows)
    entry = np.floor(days * random.random(rows) * 0.5)
    gone = random.random(rows) < 0.4
    frame = pd.DataFrame(X, columns=names).assign(days=days, entry=entry, gone=gone)
    return row(
        "Cox regression of 10 covariates, late entry",
        rows,
        lambda: survival.cox(frame, names, exit="days", event="gone", entry="entry"),
        "statsmodels PHReg",
        lambda: PHReg(days, X, gone.astype(int), entry=entry + 0.5, ties="efron").fit(disp=0),
    )
