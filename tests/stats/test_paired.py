"""Two answers of the same people.

21 children, airway reaction before and after a transplant (Fagerland et al. 2013)
             after yes   after no
before yes   1           1            z² = (1 − 7)² / 8 = 4.5
before no    7           12
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from clientlab.stats.proportions import (
    cochran_q,
    mcnemar,
    overlap_range,
    paired_difference,
    paired_difference_bounds,
)

BEFORE = [1] * 2 + [0] * 19
AFTER = [1, 0] + [1] * 7 + [0] * 12


@st.composite
def overlaps(draw):
    n = draw(st.integers(1, 60))
    k1, k2 = draw(st.integers(0, n)), draw(st.integers(0, n))
    return k1, k2, n, draw(st.integers(max(0, k1 + k2 - n), min(k1, k2)))


# Fagerland, Lydersen & Laake (2013), BMC Medical Research Methodology 13:91, table 5
@pytest.mark.parametrize(
    ("method", "p"), [("asymptotic", 0.034), ("exact", 0.070), ("midp", 0.039)]
)
def test_mcnemar_equals_the_published_p_values(method, p):
    assert mcnemar(BEFORE, AFTER, method=method).p_value == pytest.approx(p, abs=5e-4)


def test_mcnemar_equals_r():
    # mcnemar.test(matrix(c(30, 16, 22, 27), 2), correct = FALSE)
    a = [1] * 30 + [0] * 16 + [1] * 22 + [0] * 27
    b = [1] * 30 + [1] * 16 + [0] * 22 + [0] * 27
    found = mcnemar(a, b)
    assert_allclose(
        [found.statistic, found.p_value], [0.947368421052632, 0.330390048848794], rtol=1e-10
    )
    assert found.df == 1


@pytest.mark.parametrize("method", ["asymptotic", "exact", "midp"])
def test_nobody_who_differs_says_nothing(method):
    assert mcnemar([1, 0, 1], [1, 0, 1], method=method).p_value == 1


def test_mid_p_of_equal_numbers_by_hand():
    # 1 and 1: 1 − P(1 of 2) / 2 = 1 − 0.5 / 2
    assert mcnemar([1, 0], [0, 1], method="midp").p_value == pytest.approx(0.75)


def test_cochran_by_hand():
    """G = 5, 6, 2; row sums 2 1 2 1 3 2 2 0; Q = 2 (3 · 65 − 169) / (39 − 27)."""
    matrix = [
        [1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 0],
    ]  # fmt: skip
    ticks, people = np.sum(matrix, axis=0), np.sum(matrix, axis=1)
    expected = 2 * (3 * (ticks**2).sum() - ticks.sum() ** 2)
    expected = expected / (3 * people.sum() - (people**2).sum())
    found = cochran_q(matrix)
    assert found.statistic == pytest.approx(expected)
    assert found.df == 2


def test_cochran_equals_statsmodels_and_r():
    from statsmodels.stats.contingency_tables import cochrans_q

    # m <- matrix(c(1,1,0, 1,0,0, 1,1,0, 0,1,0, 1,1,1, 1,0,1, 1,1,0, 0,0,0), ncol = 3, byrow = TRUE)
    # G <- colSums(m); L <- rowSums(m); Q <- 2 * (3 * sum(G^2) - sum(G)^2) / (3 * sum(L) - sum(L^2))
    # pchisq(Q, 2, lower = FALSE)
    matrix = np.reshape(
        [1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0], (-1, 3)
    )
    found, other = cochran_q(matrix), cochrans_q(matrix)
    assert_allclose([found.statistic, found.p_value], [4.333333333333333, 0.114558843992688])
    assert_allclose([other.statistic, other.pvalue], [found.statistic, found.p_value])


def test_cochran_of_two_answers_is_mcnemar():
    q, test = cochran_q(np.column_stack([BEFORE, AFTER])), mcnemar(BEFORE, AFTER)
    assert_allclose(q, test)


def test_cochran_without_anybody_who_differs_says_nothing():
    assert cochran_q([[1, 1, 1], [0, 0, 0]]) == (0, 2, 1)


def test_tango_equals_the_published_interval():
    # Fagerland, Lydersen & Laake (2014), Statistics in Medicine 33: −0.517 to −0.026
    found = paired_difference(2, 8, 21, 1)
    assert_allclose([found.low, found.high], [-0.517, -0.026], atol=5e-4)
    assert found.estimate == pytest.approx(-6 / 21)
    assert found.se == pytest.approx(np.sqrt(8 - 36 / 21) / 21)


def test_tango_is_where_the_profile_score_reaches_z():
    """Independent path: the most likely table under a gap by search, not by its root."""
    from scipy.optimize import brentq, minimize_scalar

    only1, only2, n = 22, 16, 95

    def score(gap: float) -> float:
        def minus_log(q: float) -> float:
            parts = np.array([q + gap, q, 1 - 2 * q - gap])
            return -(np.array([only1, only2, n - only1 - only2]) * np.log(parts)).sum()

        limits = (max(0, -gap) + 1e-12, (1 - gap) / 2 - 1e-12)
        q = minimize_scalar(minus_log, bounds=limits, method="bounded", options={"xatol": 1e-13}).x
        return (only1 - only2 - n * gap) / np.sqrt(n * (2 * q + gap * (1 - gap)))

    z = 1.959963984540054
    low = brentq(lambda gap: score(gap) - z, -0.3, 6 / 95)
    high = brentq(lambda gap: score(gap) + z, 6 / 95, 0.4)
    found = paired_difference(52, 46, 95, 30)
    assert_allclose([found.low, found.high], [low, high], atol=1e-6)


@given(overlaps())
def test_the_interval_leaves_out_zero_exactly_when_mcnemar_rejects(case):
    k1, k2, n, both = case
    a = [1] * both + [1] * (k1 - both) + [0] * (n - k1)
    b = [1] * both + [0] * (k1 - both) + [1] * (k2 - both) + [0] * (n - k1 - k2 + both)
    p_value = mcnemar(a, b).p_value
    found = paired_difference(k1, k2, n, both)
    if abs(p_value - 0.05) > 1e-9:
        assert (found.low > 0 or found.high < 0) == (p_value < 0.05)


@given(overlaps())
def test_a_paired_difference_turns_with_its_answers(case):
    k1, k2, n, both = case
    one, other = paired_difference(k1, k2, n, both), paired_difference(k2, k1, n, both)
    assert_allclose([one.low, one.high], [-other.high, -other.low], atol=1e-12)
    assert -1 <= one.low <= one.estimate <= one.high <= 1


@given(overlaps())
def test_bounds_are_those_of_a_loop_over_all_overlaps(case):
    k1, k2, n, _ = case
    intervals, p_values = [], []
    for both in range(max(0, k1 + k2 - n), min(k1, k2) + 1):
        intervals.append(paired_difference(k1, k2, n, both)[2:4])
        a = [1] * k1 + [0] * (n - k1)
        b = [1] * both + [0] * (k1 - both) + [1] * (k2 - both)
        p_values.append(mcnemar(a, b + [0] * (n - len(b))).p_value)
    found = paired_difference_bounds(k1, k2, n)
    assert found.low == pytest.approx(min(low for low, _ in intervals), abs=1e-12)
    assert found.high == pytest.approx(max(high for _, high in intervals), abs=1e-12)
    assert found.p_smallest == pytest.approx(min(p_values), rel=1e-9)
    assert found.p_largest == pytest.approx(max(p_values), rel=1e-9)


def test_overlap_by_hand():
    assert overlap_range(8, 3, 10) == (1, 3)
    low, high = overlap_range([52, 10], [46, 5], 95)
    assert (low.tolist(), high.tolist()) == ([3, 0], [46, 5])


def test_nobody_asked_is_not_observable():
    assert np.isnan(paired_difference(0, 0, 0, 0)[:4]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: mcnemar([1, 0], [1]),
            "a has the shape (2,) and b (1,); give one answer per person in each.",
        ),
        (
            lambda: mcnemar([1, 2], [1, np.nan]),
            "2 of 4 answers are neither 0 nor 1. Leave out the people who did not answer.",
        ),
        (
            lambda: mcnemar([1], [0], method="yates"),
            "method='yates' is not known; use one of asymptotic, exact, midp.",
        ),
        (
            lambda: cochran_q([[1], [0]]),
            "matrix has the shape (2, 1); it needs a row per person and at least two columns of "
            "answers.",
        ),
        (
            lambda: paired_difference(8, 3, 10, 4),
            "both must lie between max(0, k1 + k2 − n) and min(k1, k2); overlap_range() gives "
            "these ends.",
        ),
        (
            lambda: paired_difference_bounds(11, 3, 10),
            "1 of 1 values of k1 exceed their base n (the first: 11 of 10).",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        call()
