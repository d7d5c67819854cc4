"""What the intervals and tests of a designed sample promise, in 4,000 seeded samples.

    n = 20, 50, 95, each with
    equal      every row weighs the same
    weighted   log-normal weights, effective base 0.7-0.85 n
    clusters   the same weights, clusters of 1-5 with correlation 0.2 within

All samples of a case share weights and clusters, so one call serves them all. What
does not hold 93.5-97% is named in the docstring of the function and pinned here by the
range it does hold.
"""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binom

from clientlab.stats import design
from clientlab.stats.design import Design

pytestmark = pytest.mark.simulation
RUNS = 4000
CASES = [(n, kind) for n in (20, 50, 95) for kind in ("equal", "weighted", "clusters")]


def sample(n, kind):
    """The design of a case, and normal values (n, RUNS) drawn by it."""
    random = np.random.default_rng(n)
    weights = np.exp(random.normal(0, 0.5, n))
    sizes = random.integers(1, 6, n)
    clusters = np.repeat(np.arange(n), sizes)[:n]
    values = random.normal(size=(n, RUNS))
    if kind == "equal":
        return Design(), values
    if kind == "weighted":
        return Design(weights), values
    shared = random.normal(size=(n, RUNS))[clusters]
    return Design(weights, clusters=clusters), np.sqrt(0.8) * values + np.sqrt(0.2) * shared


def coverage(found, truth):
    return ((found.low <= truth) & (truth <= found.high)).mean()


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_mean_is_covered(n, kind):
    drawn, values = sample(n, kind)
    assert 0.935 <= coverage(design.mean(values, drawn), 0) <= 0.97


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_mean_of_very_skew_values_is_covered_less_as_its_docstring_says(n, kind):
    drawn, values = sample(n, kind)
    found = coverage(design.mean(np.exp(values), drawn), np.exp(0.5))
    assert {20: 0.84, 50: 0.87, 95: 0.89}[n] <= found <= 0.97


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_ratio_is_covered(n, kind):
    drawn, values = sample(n, kind)
    hours = 5 * np.exp(0.3 * np.random.default_rng(1).normal(size=values.shape))
    found = design.ratio(hours * np.exp(0.3 * values), hours, drawn)
    assert (0.935 if kind == "equal" else 0.92) <= coverage(found, np.exp(0.045)) <= 0.97


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_share_is_covered_by_wilson(n, kind, share):
    drawn, values = sample(n, kind)
    found = design.proportion(ndtr(values) < share, drawn, method="wilson")
    least, most = (0.915, 0.99) if share == 0.05 else (0.93, 0.978)
    assert least <= coverage(found, share) <= most


@pytest.mark.parametrize("method", ["logit", "beta"])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_share_is_covered_by_logit_and_beta_at_least(n, kind, share, method):
    drawn, values = sample(n, kind)
    found = coverage(design.proportion(ndtr(values) < share, drawn, method=method), share)
    assert found >= (0.93 if share == 0.05 else 0.94)


SCORES = [(0.3, 0.4, 0.3), (0.2, 0.3, 0.5), (0.1, 0.3, 0.6)]  # detractors, passives, promoters


def scored(values, shares):
    place = ndtr(values)
    return np.select([place < shares[0], place < shares[0] + shares[1]], [4.0, 8.0], 10.0)


@pytest.mark.parametrize("shares", SCORES)
@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_net_promoter_score_is_covered(n, kind, shares):
    drawn, values = sample(n, kind)
    found = design.nps(scored(values, shares), drawn)
    assert 0.935 <= coverage(found, shares[2] - shares[0]) <= 0.975


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_very_high_net_promoter_score_is_covered_less_as_its_docstring_says(n, kind):
    drawn, values = sample(n, kind)
    assert coverage(design.nps(scored(values, (0.02, 0.18, 0.8)), drawn), 0.78) >= 0.91


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_difference_of_groups_alike_in_size_is_covered(n, kind):
    drawn, values = sample(n, kind)
    found = coverage(design.difference(values, np.arange(n) % 2, drawn), 0)
    assert (0.935 if kind == "equal" or n == 95 else 0.91) <= found <= 0.97


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_a_small_group_is_covered_less_as_its_docstring_says(n, kind):
    drawn, values = sample(n, kind)
    found = coverage(design.difference(values, np.arange(n) % 5 == 0, drawn), 0)
    assert {20: 0.87, 50: 0.91, 95: 0.92}[n] <= found <= 0.97


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_two_options_of_the_same_people_differ_as_rarely_as_promised(n, kind):
    drawn, values = sample(n, kind)
    other = np.random.default_rng(2).normal(size=values.shape)
    second = ndtr(np.sqrt(0.5) * values + np.sqrt(0.5) * other) < 0.4
    first = ndtr(values) < 0.4
    gap = design.mean(first.astype(float) - second, drawn)
    assert 0.93 <= coverage(gap, 0) <= 0.975


@pytest.mark.parametrize(("n", "kind"), CASES)
def test_rao_scott_rejects_independence_as_its_docstring_says(n, kind):
    drawn, values = sample(n, kind)
    random = np.random.default_rng(3)
    rejected = tested = 0
    for column in values.T:
        rows, columns = ndtr(column) < 0.4, random.integers(0, 3, n)
        if 0 < rows.sum() < n and len(set(columns.tolist())) > 1:
            tested += 1
            rejected += design.rao_scott(rows, columns, drawn).p < 0.05
    level = 0.05 if kind == "equal" else {20: 0.06, 50: 0.075, 95: 0.06}[n]
    assert rejected <= binom.ppf(0.99, tested, level)
