"""Shares and their tests beside statsmodels and plain pandas."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.timing import row


def run() -> list[dict[str, Any]]:
    """Time each task and its peer."""
    random = np.random.default_rng(0)
    return [_intervals(random, 1_000_000), _crosstabs(random, 100_000), _bounds(random)]


def _intervals(random: np.random.Generator, shares: int) -> dict[str, Any]:
    from statsmodels.stats.proportion import proportion_confint

    from clientlab.stats import proportions

    hits = random.integers(0, 96, shares)
    return row(
        "Wilson intervals",
        shares,
        lambda: proportions.interval(hits, 95),
        "statsmodels proportion_confint",
        lambda: proportion_confint(hits, 95, method="wilson"),
    )


def _crosstabs(random: np.random.Generator, rows: int) -> dict[str, Any]:
    """50 questions of 8 options by 4 banners of 5 groups, every pair, Holm by option."""
    import pandas as pd
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.proportion import proportions_ztest

    from clientlab.stats import proportions

    banners = [random.integers(0, 5, rows) for _ in range(4)]
    questions = [random.integers(0, 8, rows) for _ in range(50)]

    def ours() -> None:
        for question in questions:
            for banner in banners:
                counts = np.bincount(banner * 8 + question, minlength=40).reshape(5, 8)
                proportions.adjust(proportions.pairwise(counts.T, counts.sum(axis=1)))

    def peer() -> None:
        for question in questions:
            for banner in banners:
                counts = pd.crosstab(banner, question).to_numpy()
                bases = counts.sum(axis=1)
                for hits in counts.T:
                    p = [
                        proportions_ztest(hits[list(pair)], bases[list(pair)])[1]
                        for pair in combinations(range(5), 2)
                    ]
                    multipletests(p, method="holm")

    return row(
        "200 crosstabs, all pairs, Holm", rows, ours, "pandas crosstab and statsmodels", peer
    )


def _bounds(random: np.random.Generator) -> dict[str, Any]:
    """All pairs of 19 options at both ends of their overlap."""
    from statsmodels.stats.contingency_tables import mcnemar

    from clientlab.stats import proportions

    counts = random.integers(5, 60, 19)
    first, second = np.array(list(combinations(counts, 2))).T

    def peer() -> None:
        for k1, k2 in zip(first, second, strict=True):
            for both in (max(0, k1 + k2 - 95), min(k1, k2)):
                table = [[both, k1 - both], [k2 - both, 95 - k1 - k2 + both]]
                mcnemar(table, exact=False, correction=False)

    return row(
        "paired bounds of 171 pairs, with intervals",
        171,
        lambda: proportions.paired_difference_bounds(first, second, 95),
        "statsmodels mcnemar (tests only, no intervals)",
        peer,
    )
