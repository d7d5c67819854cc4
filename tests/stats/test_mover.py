"""Two shares, each with the interval of its own kind.

ours 56 of 70, theirs 48 of 80      difference 0.2 (0.0524 to 0.3339), Newcombe (1998), table II
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import design, mover, proportions
from clientlab.stats.mover import Side

OURS, THEIRS = Side(56 / 70, 70), Side(48 / 80, 80)
bases = st.integers(1, 200)
shares = st.floats(0, 1)


def test_two_plain_shares_give_newcombes_interval():
    # Newcombe (1998), Statistics in Medicine 17, 873-890, example (a), method 10
    found = mover.difference(OURS, THEIRS)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(st.integers(0, 30), st.integers(0, 40))
def test_it_equals_the_difference_of_counts(k, m):
    found = mover.difference(Side(k / 30, 30), Side(m / 40, 40))
    other = proportions.difference(k, 30, m, 40)
    assert found[:4] == pytest.approx(other[:4], abs=1e-12)


def test_the_interval_at_one_less_the_p_value_ends_at_zero():
    p = mover.p_value(OURS, THEIRS)
    found = mover.difference(OURS, THEIRS, level=1 - p)
    assert found.low == pytest.approx(0, abs=1e-9)


@given(shares, bases, shares, bases)
def test_the_interval_is_without_zero_where_p_is_under_five_percent(p, n, q, m):
    first, second = Side(p, n), Side(q, m)
    found, chance = mover.difference(first, second), mover.p_value(first, second)
    if abs(chance - 0.05) > 1e-6 and p != q:
        assert (found.low > 0 or found.high < 0) == (chance < 0.05)


@given(shares, bases, shares, bases)
def test_turned_round_it_is_the_same(p, n, q, m):
    there = mover.difference(Side(p, n), Side(q, m))
    back = mover.difference(Side(q, m), Side(p, n))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
    assert mover.p_value(Side(p, n), Side(q, m)) == pytest.approx(
        mover.p_value(Side(q, m), Side(p, n)), abs=1e-9
    )


def test_equal_shares_are_no_difference():
    assert mover.p_value(Side(0.5, 20), Side(0.5, 30)) == 1


def test_arrays_give_arrays():
    both = Side(np.array([0.8, 0.5]), np.array([70.0, 20.0]))
    other = Side(np.array([0.6, 0.5]), np.array([80.0, 20.0]))
    assert mover.p_value(both, other) == pytest.approx([mover.p_value(OURS, THEIRS), 1])
    assert mover.difference(both, other).low[0] == mover.difference(OURS, THEIRS).low


@pytest.mark.parametrize("hits", [0, 1, 7, 12])
def test_a_designed_share_gives_its_own_interval_back(hits):
    answers = np.repeat([1.0, 0.0], [hits, 12 - hits])
    clusters = np.arange(12) // 2
    found = design.proportion(answers, design.Design(clusters=clusters), method="wilson")
    low, high = mover.ends(mover.effective(found, 0.95))
    assert (low, high) == pytest.approx((found.low, found.high), abs=1e-9)


def test_few_clusters_make_the_difference_wider():
    answers = np.tile([1.0, 1.0, 0.0, 0.0], 5)
    found = design.proportion(answers, design.Design(clusters=np.arange(20) // 4), method="wilson")
    few = mover.difference(mover.effective(found, 0.95), Side(0.5, 20))
    assert few.df == 4


def test_a_wrong_share_or_base_is_refused_in_a_sentence():
    message = "1 of 1 shares lie outside of 0–1 or are missing."
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        mover.difference(Side(1.2, 10), THEIRS)
    message = "1 of 1 bases are not above 0: a share without answers has no interval."
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        mover.p_value(OURS, Side(0.5, 0))


@pytest.mark.simulation
@pytest.mark.parametrize("truth", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("groups", [12, 40])
def test_a_difference_of_clusters_and_a_printed_share_is_covered(truth, groups):
    random, runs = np.random.default_rng(groups), 4000
    clusters, printed, covered, found = np.arange(groups * 4) // 4, 95, 0, 0
    for _ in range(runs):
        own = random.beta(6 * truth, 6 * (1 - truth), groups)[clusters]
        answers = (random.random(len(own)) < own).astype(float)
        side = mover.effective(
            design.proportion(answers, design.Design(clusters=clusters), method="wilson"), 0.95
        )
        other = Side(random.binomial(printed, truth) / printed, printed)
        interval = mover.difference(side, other)
        covered += interval.low <= 0 <= interval.high
        found += mover.p_value(side, other) < 0.05
    wide = (truth, groups) == (0.1, 12)  # named in the docstring: 97.2%
    assert 0.935 <= covered / runs <= (0.98 if wide else 0.97)
    assert found / runs == pytest.approx(1 - covered / runs, abs=1e-3)
