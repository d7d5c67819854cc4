"""Shares of independent people.

k    n    share   Wilson            Clopper–Pearson
3    20   0.15    0.0524 – 0.3604   0.0321 – 0.3789
0    20   0       0      – 0.1611   0      – 0.1684
52   95   0.547   0.4474 – 0.6437
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.stats import binom, hypergeom

from clientlab.stats import proportions
from clientlab.stats.proportions import (
    METHODS,
    adjust,
    difference,
    fisher,
    interval,
    pairwise,
)


@st.composite
def shares(draw):
    n = draw(st.integers(1, 400))
    return draw(st.integers(0, n)), n


# prop.test(k, n, conf.level = level, correct = FALSE)$conf.int
@pytest.mark.parametrize(
    ("k", "n", "level", "low", "high"),
    [
        (3, 20, 0.95, 0.0523687458962166, 0.3604188647407569),
        (0, 7, 0.95, 0.0, 0.354330435066687),
        (52, 95, 0.95, 0.447382669139246, 0.643672239472804),
        (52, 95, 0.90, 0.463217838007930, 0.628895666321826),
    ],
)
def test_wilson_equals_r(k, n, level, low, high):
    found = interval(k, n, level=level)
    assert_allclose([found.low, found.high], [low, high], rtol=1e-10, atol=1e-14)


# binom.test(k, n, conf.level = level)$conf.int
@pytest.mark.parametrize(
    ("k", "n", "level", "low", "high"),
    [
        (3, 20, 0.95, 0.0320709371854637, 0.3789268265453140),
        (0, 20, 0.95, 0.0, 0.168433470983085),
        (52, 95, 0.99, 0.410970313757889, 0.678891229827647),
    ],
)
def test_clopper_pearson_equals_r(k, n, level, low, high):
    found = interval(k, n, level=level, method="clopper_pearson")
    assert_allclose([found.low, found.high], [low, high], rtol=1e-10)


def test_jeffreys_is_the_beta_interval_with_closed_ends():
    # qbeta(c(.025, .975), 3.5, 17.5)
    found = interval(3, 20, method="jeffreys")
    assert_allclose([found.low, found.high], [0.0441313419751558, 0.3485777108584542], rtol=1e-10)
    assert interval(0, 20, method="jeffreys").low == 0
    assert interval(20, 20, method="jeffreys").high == 1


def test_agresti_coull_by_hand():
    # z² = 3.8415: (3 + 1.9207) / 23.8415 = 0.20639, ± 1.96 √(0.20639 · 0.79361 / 23.8415)
    found = interval(3, 20, method="agresti_coull")
    assert_allclose([found.low, found.high], [0.0439, 0.3688], atol=5e-5)


def test_share_and_standard_error_by_hand():
    found = interval([1, 5], 10)
    assert_allclose(found.estimate, [0.1, 0.5])
    assert_allclose(found.se, [np.sqrt(0.009), np.sqrt(0.025)])
    assert found.df == float("inf")


def test_nobody_asked_is_not_observable():
    for method in METHODS:
        found = interval(0, 0, method=method)
        assert np.isnan([found.estimate, found.se, found.low, found.high]).all()


def test_scalars_give_floats_and_arrays_keep_their_shape():
    assert isinstance(interval(1, 2).low, float)
    assert interval(np.ones((2, 3)), 4).low.shape == (2, 3)


@given(shares(), st.sampled_from(list(METHODS)), st.floats(0.5, 0.999))
def test_an_interval_holds_its_share_and_mirrors(share, method, level):
    k, n = share
    found = interval(k, n, level=level, method=method)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    other = interval(n - k, n, level=level, method=method)
    assert_allclose([other.low, other.high], [1 - found.high, 1 - found.low], atol=1e-9)


@given(shares(), st.sampled_from(list(METHODS)))
def test_more_hits_move_both_ends_up(share, method):
    _, n = share
    found = interval(np.arange(n + 1), n, method=method)
    assert (np.diff(found.low) >= -1e-12).all()
    assert (np.diff(found.high) >= -1e-12).all()


@given(shares())
def test_a_higher_level_is_wider(share):
    narrow, wide = interval(*share, level=0.8), interval(*share, level=0.95)
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))))
def test_wilson_inverts_the_score_test(case):
    n, k = case
    found, z = interval(k, n), 1.959963984540054
    for end, sign in ((found.low, 1), (found.high, -1)):
        assert_allclose((k / n - end) / np.sqrt(end * (1 - end) / n), sign * z, rtol=1e-6)


def test_clopper_pearson_inverts_the_binomial_tails():
    low = brentq(lambda p: binom.sf(6, 30, p) - 0.025, 1e-9, 1 - 1e-9, xtol=1e-13)
    high = brentq(lambda p: binom.cdf(7, 30, p) - 0.025, 1e-9, 1 - 1e-9, xtol=1e-13)
    found = interval(7, 30, method="clopper_pearson")
    assert_allclose([found.low, found.high], [low, high], rtol=1e-8)


def test_a_finite_population_narrows_until_everybody_was_asked():
    infinite, some, all_of_them = (
        interval(3, 10),
        interval(3, 10, population=20),
        interval(3, 10, population=10),
    )
    # n (N − 1) / (N − n) = 10 · 19 / 10 = 19
    assert_allclose([some.low, some.high], [*interval(5.7, 19)[2:4]])
    assert infinite.low < some.low < all_of_them.low == 0.3
    assert infinite.high > some.high > all_of_them.high == 0.3
    huge = interval(3, 10, population=1e9)
    assert_allclose([huge.low, huge.high], [infinite.low, infinite.high], atol=1e-8)


def test_a_finite_population_exactly_by_a_loop_over_its_hits():
    possible = [
        hits
        for hits in range(3, 16)
        if sum(hypergeom.pmf(x, 20, hits, 8) for x in range(3, 9)) > 0.025
        and sum(hypergeom.pmf(x, 20, hits, 8) for x in range(4)) > 0.025
    ]
    found = interval(3, 8, population=20, method="clopper_pearson")
    assert (found.low, found.high) == (possible[0] / 20, possible[-1] / 20)


# Newcombe (1998), Statistics in Medicine 17, table II, method 10.
@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_equals_his_table(k1, n1, k2, n2, low, high):
    found = difference(k1, n1, k2, n2)
    assert_allclose([found.low, found.high], [low, high], atol=5e-5)


@given(shares(), shares())
def test_a_difference_turns_with_its_groups(first, second):
    one, other = difference(*first, *second), difference(*second, *first)
    assert_allclose([one.estimate, one.low, one.high], [-other.estimate, -other.high, -other.low])
    assert one.low <= one.estimate <= one.high


# fisher.test(matrix(c(k1, n1 - k1, k2, n2 - k2), 2))$p.value
@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "p"),
    [
        (3, 20, 10, 20, 0.0407423950249313),
        (0, 5, 4, 5, 0.0476190476190476),
        (2, 30, 9, 30, 0.0419001189084187),
        (5, 10, 5, 10, 1.0),
    ],
)
def test_fisher_equals_r(k1, n1, k2, n2, p):
    assert_allclose(fisher(k1, n1, k2, n2), p, rtol=1e-8)


def test_fisher_takes_arrays_and_empty_groups():
    assert_allclose(
        fisher([3, 5, 0], [20, 10, 0], [10, 5, 2], [20, 10, 4]), [0.0407424, 1, 1], rtol=1e-6
    )


# p <- c(.01, .04, .03, .005, .5, .04); p.adjust(p, "holm"), p.adjust(p, "BH"), "bonferroni"
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("holm", [0.05, 0.12, 0.12, 0.03, 0.50, 0.12]),
        ("bh", [0.030, 0.048, 0.048, 0.030, 0.500, 0.048]),
        ("bonferroni", [0.06, 0.24, 0.18, 0.03, 1.00, 0.24]),
    ],
)
def test_adjusted_p_values_equal_r(method, expected):
    assert_allclose(adjust([0.01, 0.04, 0.03, 0.005, 0.5, 0.04], method), expected, rtol=1e-12)


def test_a_test_that_was_not_made_does_not_count():
    assert_allclose(adjust([0.01, np.nan, 0.04]), [0.02, np.nan, 0.04])
    assert adjust([]).tolist() == []


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni"])
def test_each_row_is_a_family_of_its_own(method):
    rows = np.array([[0.01, 0.04, 0.03, np.nan], [0.5, np.nan, 0.002, 0.01], [np.nan] * 4])
    together = adjust(rows, method)
    for row, found in zip(rows, together, strict=True):
        made = ~np.isnan(row)
        assert_allclose(found[made], adjust(row[made], method))
        assert np.isnan(found[~made]).all()


def test_pairs_of_groups_equal_r():
    # prop.test(c(3, 10), c(20, 20), correct = FALSE)$p.value, and 3 of 20 against 9 of 25,
    # 10 of 20 against 9 of 25
    found = pairwise([3, 10, 9], [20, 20, 25])
    assert_allclose(found, [0.0181248071507, 0.113436380836, 0.344743289533], rtol=1e-10)


def test_pairs_of_groups_equal_a_loop_over_tables():
    from scipy.stats import chi2_contingency

    hits, bases = np.array([[3, 10, 9], [1, 0, 25]]), np.array([20, 20, 25])
    found = pairwise(hits, bases)
    for row, p_values in zip(hits, found, strict=True):
        for (i, j), p in zip([(0, 1), (0, 2), (1, 2)], p_values, strict=True):
            table = [[row[i], row[j]], [bases[i] - row[i], bases[j] - row[j]]]
            assert p == pytest.approx(chi2_contingency(table, correction=False).pvalue)


def test_groups_without_answers_or_differences_say_nothing():
    assert pairwise([0, 0], [4, 9]).tolist() == [1]
    assert pairwise([4, 9], [4, 9]).tolist() == [1]
    assert np.isnan(pairwise([0, 3], [0, 9])).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrections_keep_their_order(p):
    raw = np.array(p)
    holm, bh, bonferroni = (adjust(raw, method) for method in ("holm", "bh", "bonferroni"))
    assert (raw <= bh + 1e-15).all()
    assert (bh <= holm + 1e-12).all()
    assert (holm <= bonferroni + 1e-12).all()
    order = np.argsort(raw, kind="stable")
    for adjusted in (holm, bh, bonferroni):
        assert (np.diff(adjusted[order]) >= -1e-15).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: interval(-1, 5),
            "k holds 1 values that are no counts (the first is -1); counts are finite and not "
            "negative.",
        ),
        (
            lambda: interval([1, np.nan], 5),
            "k holds 1 values that are no counts (the first is nan); counts are finite and not "
            "negative.",
        ),
        (
            lambda: interval([2, 7, 9], 5),
            "2 of 3 values of k exceed their base n (the first: 7 of 5).",
        ),
        (
            lambda: interval([1, 2], [5, 6, 7]),
            "k has the shape (2,) and n (3,); give one base for all, or one for each.",
        ),
        (
            lambda: interval(1, 5, level=95),
            "level=95 must lie between 0 and 1, such as 0.95.",
        ),
        (
            lambda: interval(1, 5, method="wald"),
            "method='wald' is not known; use one of wilson, clopper_pearson, agresti_coull, "
            "jeffreys.",
        ),
        (
            lambda: interval(1, 5, population=4),
            "population=4 is smaller than the base drawn from it, or not a number; give the "
            "number of all who could have been asked.",
        ),
        (
            lambda: interval(1, 5, population=9, method="jeffreys"),
            "method='jeffreys' has no form for a finite population; use wilson or clopper_pearson.",
        ),
        (
            lambda: interval(1.5, 5, population=9, method="clopper_pearson"),
            "1.5 of 5 from 9: the exact interval of a finite population needs whole numbers; use "
            "method='wilson' for effective bases.",
        ),
        (
            lambda: fisher(1.5, 5, 2, 5),
            "k1 holds 1.5; an exact test needs whole numbers.",
        ),
        (
            lambda: adjust([0.1, 1.2]),
            "1 of 2 p-values lie outside of 0–1 (the first is 1.2).",
        ),
        (
            lambda: pairwise([3], [20]),
            "There are fewer than two groups; give the hits of two or more.",
        ),
        (
            lambda: adjust([0.1], "sidak"),
            "method='sidak' is not known; use one of holm, bh, bonferroni.",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        call()


def test_every_public_name_is_there():
    assert all(hasattr(proportions, name) for name in proportions.__all__)
