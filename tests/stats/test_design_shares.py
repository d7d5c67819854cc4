"""Shares and the Net Promoter Score; the numbers of R are in test_design_golden.py.

row     1   2  3  4  5   6  7  8
hit     1   0  0  1  0   0  0  1     3 of 8
score   10  9  8  3  10  7  9  6     4 promoters, 2 passives, 2 detractors: 0.25
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import design
from clientlab.stats.design import METHODS, NPS_METHODS, Design

HIT = [1, 0, 0, 1, 0, 0, 0, 1]
SCORE = [10, 9, 8, 3, 10, 7, 9, 6]
WEIGHTS = [1, 1, 1, 2, 1, 2, 1, 1]
T7 = 2.3646242515928  # R: qt(.975, 7)


def test_a_share_is_weighted():
    assert design.proportion(HIT, Design(WEIGHTS)).estimate == pytest.approx(0.4)


def test_wilson_solves_its_equation_with_t_and_the_effective_base():
    found = design.proportion(HIT, Design(WEIGHTS), method="wilson")
    base = 0.4 * 0.6 / found.se**2
    for end in (found.low, found.high):
        assert (0.4 - end) ** 2 == pytest.approx(T7**2 * end * (1 - end) / base, rel=1e-10)


def test_without_weights_the_effective_base_is_the_rows_less_one():
    found = design.proportion(HIT, Design(), method="wilson")
    assert found.se**2 == pytest.approx(3 / 8 * 5 / 8 / 7, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_interval_mirrors_when_the_answer_is_turned(method):
    one = design.proportion(HIT, Design(WEIGHTS), method=method)
    other = design.proportion(1 - np.array(HIT), Design(WEIGHTS), method=method)
    np.testing.assert_allclose([1 - other.high, 1 - other.low], [one.low, one.high], rtol=1e-10)


@pytest.mark.parametrize("method", METHODS)
@given(hits=st.lists(st.booleans(), min_size=8, max_size=8))
def test_ends_lie_between_0_and_1_around_the_share(method, hits):
    found = design.proportion(hits, Design(WEIGHTS), method=method)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


@pytest.mark.parametrize("method", ["logit", "wilson"])
def test_nobody_has_wilsons_upper_end(method):
    # by hand: t^2 / (base + t^2), Kish's base of the weights 10^2 / 14
    found = design.proportion([0] * 8, Design(WEIGHTS), method=method)
    assert (found.low, found.se) == (0, 0)
    assert found.high == pytest.approx(T7**2 / (100 / 14 + T7**2), rel=1e-10)


def test_nobody_has_the_upper_end_of_clopper_and_pearson():
    # by hand: 1 - (alpha / 2)^(1 / n)
    found = design.proportion([0] * 8, Design(), method="beta")
    assert (found.low, found.high) == (0, pytest.approx(1 - 0.025 ** (1 / 8), rel=1e-10))


def test_everybody_in_few_clusters_counts_the_clusters():
    # by hand: three clusters of weight 2, 3, 3: base 64 / 22, t of 2 degrees 4.30265273
    found = design.proportion([1] * 8, Design(clusters=list("aabbbccc")), method="wilson")
    assert found.low == pytest.approx(1 - 4.30265273**2 / (64 / 22 + 4.30265273**2), rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("hits", [HIT, [1] * 8, [0] * 8])
def test_a_census_is_a_point(method, hits):
    found = design.proportion(hits, Design(fpc=8), method=method)
    assert found.low == pytest.approx(found.estimate)
    assert found.high == pytest.approx(found.estimate)


@pytest.mark.parametrize("method", METHODS)
def test_a_share_constant_in_all_strata_is_a_point(method):
    found = design.proportion([1] * 4 + [0] * 4, Design(strata=list("aaaabbbb")), method=method)
    assert (found.low, found.high) == (pytest.approx(0.5), pytest.approx(0.5))


@pytest.mark.parametrize("method", METHODS)
def test_a_table_gives_what_its_columns_give(method):
    table = np.column_stack([HIT, [0] * 8, [1, np.nan, 0, 1, np.nan, 0, 1, 0]])
    found = design.proportion(table, Design(WEIGHTS), method=method)
    for i, column in enumerate(table.T):
        alone = design.proportion(column, Design(WEIGHTS), method=method)
        np.testing.assert_allclose([part[i] for part in found], alone, rtol=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_option_of_a_table_is_nan(method):
    found = design.proportion(np.column_stack([HIT, [np.nan] * 8]), Design(), method=method)
    assert np.isnan([found.estimate[1], found.low[1], found.high[1]]).all()
    assert np.isfinite([found.estimate[0], found.low[0], found.high[0]]).all()


def test_the_score_is_promoters_less_detractors():
    assert design.nps(SCORE, Design()).estimate == 0.25


def test_only_9_and_10_promote_and_0_to_6_detract():
    found = design.nps(np.repeat(np.arange(11.0)[:, None], 4, axis=1).T.copy(), Design())
    assert found.estimate.tolist() == [-1] * 7 + [0, 0, 1, 1]


def test_without_passives_the_score_interval_is_wilsons_of_the_promoters():
    score = [10, 9, 0, 3, 10, 6, 9, 6]
    found = design.nps(score, Design(WEIGHTS))
    wilson = design.proportion(np.array(score) > 6, Design(WEIGHTS), method="wilson")
    np.testing.assert_allclose(
        [found.low, found.high], [2 * wilson.low - 1, 2 * wilson.high - 1], rtol=1e-10
    )


def test_the_score_interval_solves_its_equation():
    found = design.nps(SCORE, Design())
    base = (0.75 - 0.25**2) / found.se**2
    active = (0.75 * base + 1) / (base + 1)
    for end in (found.low, found.high):
        assert (0.25 - end) ** 2 == pytest.approx(T7**2 * (active - end**2) / base, rel=1e-10)


@pytest.mark.parametrize(("score", "ends"), [(10, (-1, 1)), (8, (-1, 1)), (0, (-1, 1))])
def test_answers_of_one_kind_leave_the_score_uncertain(score, ends):
    found = design.nps([score] * 8, Design())
    assert found.se == 0
    assert ends[0] <= found.low <= found.estimate <= found.high <= ends[1]
    assert found.high - found.low > 0.3


def test_the_t_interval_is_cut_at_1():
    found = design.nps([10, 10, 10, 10, 10, 9, 9, 6], Design(), method="t")
    assert (found.estimate, found.high) == (0.75, 1)
    assert found.low == pytest.approx(0.75 - T7 * found.se, rel=1e-10)


@pytest.mark.parametrize("method", NPS_METHODS)
@given(scores=st.lists(st.integers(0, 10), min_size=8, max_size=8))
def test_the_score_lies_within_its_interval_within_1(method, scores):
    found = design.nps(scores, Design(WEIGHTS), method=method)
    assert -1 <= found.low <= found.estimate + 1e-12
    assert found.estimate <= found.high + 1e-12 <= 1 + 1e-9


@pytest.mark.parametrize("method", NPS_METHODS)
def test_a_table_of_scores_gives_what_its_columns_give(method):
    table = np.column_stack([SCORE, [8] * 8, [9, np.nan, 0, 7, np.nan, 10, 10, 2]])
    found = design.nps(table, Design(WEIGHTS), method=method)
    for i, column in enumerate(table.T):
        alone = design.nps(column, Design(WEIGHTS), method=method)
        np.testing.assert_allclose([part[i] for part in found], alone, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("method", NPS_METHODS)
def test_the_score_of_a_census_is_a_point(method):
    found = design.nps(SCORE, Design(fpc=8), method=method)
    assert (found.low, found.high) == (0.25, 0.25)


REFUSED = {
    "hits": (
        lambda: design.proportion([0, 1, 2, 3, np.nan], Design()),
        "hit holds 2 values that are neither 0, 1 nor missing.",
    ),
    "method": (
        lambda: design.proportion([0, 1], Design(), method="wald"),
        "method='wald' is not known; use one of logit, wilson, beta.",
    ),
    "scores": (
        lambda: design.nps([10, 11, -1, 7.5, np.nan], Design()),
        "3 of 4 scores are not whole numbers from 0 to 10 (the first is 11). Set what is no answer "
        "to NaN.",
    ),
    "method of scores": (
        lambda: design.nps([1, 2], Design(), method="wald"),
        "method='wald' is not known; use one of score, t.",
    ),
    "all missing": (
        lambda: design.nps([np.nan, np.nan], Design()),
        "All 2 values of score are missing.",
    ),
    "one": (
        lambda: design.proportion([1, np.nan, np.nan], Design()),
        "The answers come from 1 row(s), which leaves no degree of freedom; a variance needs at "
        "least 2 in one stratum.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_share_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()
