"""Coverage and level, exact: sums over all outcomes, no random numbers.

What the docstrings promise, and where they say that it does not hold, is pinned
here at n = 20, 50, 95.
"""

import numpy as np
import pytest
from scipy.special import gammaln, xlogy
from scipy.stats import binom, hypergeom

from clientlab.stats.paired import _mcnemar_p
from clientlab.stats.proportions import (
    METHODS,
    cochran_q,
    difference,
    fisher,
    interval,
    paired_difference,
    pairwise,
)

pytestmark = pytest.mark.simulation
SHARES = np.arange(0.005, 0.9951, 0.0005)
BASES = (20, 50, 95)
# mean from, mean to, never under, expected hits (or misses) from which it is never under 92%
PROMISED = {
    "wilson": (0.945, 0.955, 0.838, 1.1),
    "agresti_coull": (0.945, 0.965, 0.928, 0.0),
    "jeffreys": (0.945, 0.955, 0.880, 7.0),
    "clopper_pearson": (0.950, 0.980, 0.950, 0.0),
}


def coverage(method: str, n: int) -> np.ndarray:
    hits = np.arange(n + 1)[:, None]
    found = interval(hits, n, method=method)
    return (binom.pmf(hits, n, SHARES) * ((found.low <= SHARES) & (SHARES <= found.high))).sum(0)


@pytest.mark.parametrize("n", BASES)
@pytest.mark.parametrize("method", METHODS)
def test_an_interval_covers_what_its_docstring_says(method, n):
    covered = coverage(method, n)
    mean_from, mean_to, never_under, expected = PROMISED[method]
    assert mean_from <= covered.mean() <= mean_to
    assert covered.min() >= never_under
    enough = n * np.minimum(SHARES, 1 - SHARES) > expected
    assert covered[enough].min() >= 0.92


def test_wilson_falls_to_84_percent_beside_zero_at_any_base():
    """P(no hit) just under n·p = 0.1765, where one hit already excludes p."""
    for n in (20, 95, 2000):
        edge = interval(1, n).low
        p = edge * (1 - 1e-9)
        assert binom.pmf(0, n, p) == pytest.approx(0.838, abs=0.003)


@pytest.mark.parametrize("n", BASES)
def test_newcombe_covers_what_its_docstring_says(n):
    hits = np.arange(n + 1)
    found = difference(hits[:, None], n, hits, n)
    grid = np.linspace(0.02, 0.98, 33)
    covered = np.empty((33, 33))
    for i, p1 in enumerate(grid):
        for j, p2 in enumerate(grid):
            weight = np.outer(binom.pmf(hits, n, p1), binom.pmf(hits, n, p2))
            inside = (found.low <= p1 - p2 + 1e-12) & (p1 - p2 - 1e-12 <= found.high)
            covered[i, j] = weight[inside].sum()
    assert 0.945 <= covered.mean() <= 0.965
    assert covered.min() >= 0.87
    near = np.abs(grid[:, None] - grid) <= 0.8
    assert covered[near].min() >= 0.92


def discordant(n: int) -> tuple[np.ndarray, np.ndarray]:
    b, c = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    return b[b + c <= n], c[b + c <= n]


def trinomial(n: int, b: np.ndarray, c: np.ndarray, q1: float, q2: float) -> np.ndarray:
    rest = n - b - c
    ways = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(rest + 1)
    return np.exp(ways + xlogy(b, q1) + xlogy(c, q2) + xlogy(rest, max(0.0, 1 - q1 - q2)))


@pytest.mark.parametrize("n", BASES)
def test_tango_covers_for_any_dependence(n):
    b, c = discordant(n)
    found = paired_difference(b, c, n, 0)
    covered = []
    for p1 in np.arange(0.1, 0.91, 0.1):
        for p2 in np.arange(0.1, 0.91, 0.1):
            low, high = max(0, p1 + p2 - 1), min(p1, p2)
            for both in low + (high - low) * np.array([0, 0.25, 0.5, 0.75, 0.95]):
                weight = trinomial(n, b, c, max(p1 - both, 0), max(p2 - both, 0))
                gap = p1 - p2
                inside = (found.low <= gap + 1e-12) & (gap - 1e-12 <= found.high)
                covered.append(weight[inside].sum())
    assert min(covered) >= 0.934
    assert 0.945 <= np.mean(covered) <= 0.965


@pytest.mark.parametrize(("n", "worst"), [(20, 0.051), (50, 0.065), (95, 0.054)])
def test_mcnemar_keeps_its_level(n, worst):
    b, c = discordant(n)
    rejected = _mcnemar_p(b, c) < 0.05
    levels = [trinomial(n, b, c, q, q)[rejected].sum() for q in np.arange(0.005, 0.5001, 0.005)]
    assert max(levels) <= worst


@pytest.mark.parametrize("n", BASES)
def test_fisher_never_exceeds_its_level(n):
    hits = np.arange(n + 1)
    first, second = np.meshgrid(hits, hits, indexing="ij")
    rejected = fisher(first, n, second, n) < 0.05
    for p in np.linspace(0.02, 0.5, 13):
        weight = np.outer(binom.pmf(hits, n, p), binom.pmf(hits, n, p))
        assert weight[rejected].sum() <= 0.05


@pytest.mark.parametrize("n", BASES)
def test_cochran_does_not_exceed_its_level(n):
    """4,000 seeded runs, four dependent answers with equal shares; 99% bound of 5%: 5.85%."""
    rng = np.random.default_rng(n)
    inclined = rng.beta(2, 2, size=(4000, n, 1))
    answers = rng.random((4000, n, 4)) < inclined
    rejected = sum(cochran_q(run).p_value < 0.05 for run in answers)
    assert rejected <= binom.ppf(0.99, 4000, 0.05)


@pytest.mark.parametrize(("n", "worst"), [(20, 0.054), (50, 0.057), (95, 0.052)])
def test_pairs_of_groups_keep_their_level(n, worst):
    hits = np.arange(n + 1)
    both = np.stack(np.meshgrid(hits, hits, indexing="ij"), axis=-1)
    rejected = pairwise(both, n)[..., 0] < 0.05
    levels = []
    for p in np.linspace(0.01, 0.5, 50):
        weight = binom.pmf(hits, n, p)
        levels.append(np.outer(weight, weight)[rejected].sum())
    assert 0.9 * worst < max(levels) <= worst


@pytest.mark.parametrize(
    ("method", "mean_from", "mean_to", "never_under"),
    [
        ("wilson", 0.945, 0.965, 0.83),
        ("agresti_coull", 0.945, 0.965, 0.83),
        ("clopper_pearson", 0.95, 0.99, 0.95),
    ],
)
@pytest.mark.parametrize(("n", "size"), [(20, 60), (50, 60), (50, 200), (95, 200), (95, 1000)])
def test_a_finite_population_is_covered(method, mean_from, mean_to, never_under, n, size):
    hits, all_hits = np.arange(n + 1)[:, None], np.arange(size + 1)
    found = interval(hits, n, population=size, method=method)
    share = all_hits / size
    inside = (found.low - 1e-12 <= share) & (share <= found.high + 1e-12)
    covered = (hypergeom.pmf(hits, size, all_hits, n) * inside).sum(axis=0)
    assert mean_from <= covered.mean() <= mean_to
    assert covered.min() >= never_under
