"""Designed samples, resampling and ranks beside what else computes them here.

Every row is one task: our seconds, the peer's, and their ratio in the same run (above
1: we are faster). Peers do less where the note says so. Nothing is asserted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.timing import row


def run() -> list[dict[str, Any]]:
    """Time each task and its peer, best of three."""
    random = np.random.default_rng(0)
    return [
        _means(random, 1_000),
        _means(random, 100_000),
        _clustered(random, 100_000),
        _table(random, 100_000),
        _bootstrap(random, 95),
        _friedman(random, 1_000),
    ]


def _means(random: np.random.Generator, rows: int) -> dict[str, Any]:
    from statsmodels.stats.weightstats import DescrStatsW

    from clientlab.stats import design

    ticked = (random.random((rows, 20)) < 0.4).astype(float)
    weights = np.exp(0.3 * random.normal(size=rows))

    def peer() -> None:
        for column in ticked.T:
            DescrStatsW(column, weights=weights).tconfint_mean()

    return row(
        "20 weighted shares with intervals",
        rows,
        lambda: design.proportion(ticked, design.Design(weights)),
        "statsmodels DescrStatsW (frequency weights)",
        peer,
    )


def _clustered(random: np.random.Generator, rows: int) -> dict[str, Any]:
    import statsmodels.api as sm

    from clientlab.stats import design

    y, weights = random.normal(size=rows), np.exp(0.3 * random.normal(size=rows))
    clusters, ones = random.integers(0, rows // 5, rows), np.ones(rows)
    return row(
        "weighted mean with clusters",
        rows,
        lambda: design.mean(y, design.Design(weights, clusters=clusters)),
        "statsmodels WLS, cov_type=cluster",
        lambda: (
            sm.WLS(y, ones, weights=weights)
            .fit(cov_type="cluster", cov_kwds={"groups": clusters})
            .conf_int()
        ),
    )


def _table(random: np.random.Generator, rows: int) -> dict[str, Any]:
    import pandas as pd
    from scipy.stats import chi2_contingency

    from clientlab.stats import design

    a, b = random.integers(0, 5, rows), random.integers(0, 4, rows)
    weights = np.exp(0.3 * random.normal(size=rows))
    return row(
        "test of a weighted 5 x 4 table",
        rows,
        lambda: design.rao_scott(a, b, design.Design(weights)),
        "pandas crosstab and scipy chi2_contingency (no weights)",
        lambda: chi2_contingency(pd.crosstab(a, b)),
    )


def _bootstrap(random: np.random.Generator, rows: int) -> dict[str, Any]:
    from scipy import stats

    from clientlab.stats.resampling import bootstrap

    y = random.normal(size=rows)
    return row(
        "BCa interval of a median, 2,000 resamples",
        rows,
        lambda: bootstrap(np.median, y, method="bca"),
        "scipy.stats.bootstrap",
        lambda: stats.bootstrap((y,), np.median, n_resamples=2000, rng=1),
    )


def _friedman(random: np.random.Generator, rows: int) -> dict[str, Any]:
    from scipy import stats

    from clientlab.stats import ranking

    scores = random.normal(size=(rows, 8))
    return row(
        "Friedman test of 8 items",
        rows,
        lambda: ranking.friedman(scores),
        "scipy.stats.friedmanchisquare",
        lambda: stats.friedmanchisquare(*scores.T),
    )
