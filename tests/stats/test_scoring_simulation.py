"""Coverage of the intervals of `scoring` on 4,000 seeded samples.

Scores of those who stayed are N(0, 1), of those who left N(d, 1) with auc Φ(d / √2);
30% leave; the probabilities are the true ones, logit(p) = logit(0.3) + d·score - d²/2.
Aimed at is 95%; held to is 93.5-97%. Where a method cannot hold that, the docstring
says so and EXCEPTIONS pins what was measured.
"""

from functools import cache

import numpy as np
import pytest
from scipy.special import expit, ndtri
from scipy.stats import norm

from clientlab.stats import scoring

pytestmark = pytest.mark.simulation
RUNS, LEAVING = 4000, 0.3
BASES, AREAS = (20, 50, 95), (0.5, 0.7, 0.8, 0.9)
GRID = np.linspace(-9, 12, 200_001)
SECOND = 0.66  # auc of the other score of a difference; the two correlate by one half
CASES = [
    *((name, area) for name in ("auc", "auc_difference") for area in AREAS[1:]),
    *((name, area) for name in ("log_loss", "brier", "average_precision") for area in AREAS),
    *((name, area) for name in ("slope", "intercept") for area in AREAS[1:]),
    *((name, area) for name in ("lift_10", "lift_20", "lift_30") for area in AREAS),
]
# (measure, auc, n): share covered
EXCEPTIONS = {
    ("auc", 0.8, 20): 0.971,
    ("auc", 0.9, 20): 0.9762,
    ("auc_difference", 0.8, 20): 0.9227,
    ("auc_difference", 0.9, 20): 0.9039,
    ("log_loss", 0.8, 20): 0.9328,
    ("log_loss", 0.9, 20): 0.9088,
    ("log_loss", 0.9, 50): 0.934,
    ("brier", 0.9, 20): 0.9182,
    ("average_precision", 0.5, 20): 0.9235,
    ("average_precision", 0.8, 20): 0.991,
    ("average_precision", 0.9, 20): 0.9832,
    ("average_precision", 0.9, 50): 0.9785,
    ("average_precision", 0.9, 95): 0.977,
    ("slope", 0.7, 20): 0.9796,
    ("slope", 0.8, 20): 0.972,
    ("lift_10", 0.5, 20): 0.913,
    ("lift_10", 0.8, 20): 0.973,
    ("lift_10", 0.8, 50): 0.9702,
    ("lift_20", 0.7, 20): 0.9868,
    ("lift_20", 0.8, 20): 0.987,
    ("lift_30", 0.7, 20): 0.9788,
    ("lift_30", 0.9, 20): 0.932,
}


def distance(area):
    return ndtri(area) * np.sqrt(2)


def logits(score, area):
    d = distance(area)
    return np.log(LEAVING / (1 - LEAVING)) + d * score - d * d / 2


@cache
def truth(name, area):
    d, step = distance(area), GRID[1] - GRID[0]
    gone, stayed = norm.pdf(GRID, d), norm.pdf(GRID)
    p = expit(logits(GRID, area))
    above = LEAVING * norm.sf(GRID, d) + (1 - LEAVING) * norm.sf(GRID)
    if name == "log_loss":
        return (LEAVING * gone * -np.log(p) + (1 - LEAVING) * stayed * -np.log1p(-p)).sum() * step
    if name == "brier":
        return (LEAVING * gone * (1 - p) ** 2 + (1 - LEAVING) * stayed * p**2).sum() * step
    if name == "average_precision":
        return (LEAVING * norm.sf(GRID, d) / np.maximum(above, 1e-300) * gone).sum() * step
    if name.startswith("lift"):
        share = int(name[-2:]) / 100
        return norm.sf(np.interp(-share, -above, GRID), d) / share
    return {"auc": area, "auc_difference": area - SECOND, "slope": 1.0, "intercept": 0.0}[name]


def measured(name, y, score, other, p):
    if name == "auc":
        return scoring.auc(y, score)
    if name == "auc_difference":
        return scoring.auc_difference(y, score, other)
    if name == "average_precision":
        return scoring.average_precision(y, score)
    if name.startswith("lift"):
        return scoring.lift_at(y, score, int(name[-2:]) / 100)
    if name in ("slope", "intercept"):
        return getattr(scoring.calibration(y, p, bins=1), name)
    return getattr(scoring, name)(y, p)


def covered(name, n, area):
    """Share of the samples whose interval holds the truth, among those with an interval."""
    generator, hits, runs = np.random.default_rng([n, int(100 * area)]), 0, 0
    for _ in range(RUNS):
        y = np.zeros(n)
        while not 2 <= y.sum() <= n - 2:
            y = (generator.random(n) < LEAVING).astype(float)
        common, own, others = generator.normal(size=(3, n)) * np.sqrt(0.5)
        score, other = distance(area) * y + common + own, distance(SECOND) * y + common + others
        found = measured(name, y, score, other, expit(logits(score, area)))
        if not np.isnan(found.low):
            runs += 1
            hits += found.low <= truth(name, area) <= found.high
    return hits / runs


@pytest.mark.parametrize("n", BASES)
@pytest.mark.parametrize(("name", "area"), CASES)
def test_the_interval_covers_what_its_docstring_says(name, area, n):
    share = covered(name, n, area)
    pinned = EXCEPTIONS.get((name, area, n))
    if pinned is None:
        assert 0.935 <= share <= 0.97
    else:
        assert not 0.935 <= pinned <= 0.97
        assert share == pytest.approx(pinned, abs=0.005)
