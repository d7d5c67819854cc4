"""Brier score, log loss, calibration.

client   1    2    3    4     p = 0.2: 0 of 1 left; p = 0.6: 2 of 3 left; overall 1/2
left     no   no   yes  yes   reliability  (1·0.04 + 3·(0.6 - 2/3)²) / 4 = 0.01333
p        0.2  0.6  0.6  0.6   resolution   (1·0.25 + 3·(2/3 - 1/2)²) / 4 = 0.08333
                              score 0.18 = 0.01333 - 0.08333 + 0.25
"""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn import metrics

from clientlab.stats import proportions
from clientlab.stats.scoring import brier, calibration, log_loss

Y = np.array([1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
P = [0.9, 0.3, 0.3, 0.7, 0.2, 0.3, 0.1, 0.6, 0.8, 0.2, 0.5, 0.5, 0.4, 0.1, 0.7, 0.6, 0.2, 0.3]
P = np.array([*P, 0.1, 0.4])


@st.composite
def forecasts(draw):
    """Outcomes of both kinds, and probabilities with ties."""
    y = draw(st.lists(st.integers(0, 1), min_size=4, max_size=40))
    assume(0 < sum(y) < len(y))
    p = draw(st.lists(st.integers(1, 19), min_size=len(y), max_size=len(y)))
    return np.array(y), np.array(p) / 20


def test_the_parts_of_the_brier_score_by_hand():
    found = brier([0, 0, 1, 1], [0.2, 0.6, 0.6, 0.6])
    assert_allclose(found[:4], [0.18, 0.04 / 3, 0.25 / 3, 0.25], rtol=1e-12)


@given(forecasts())
def test_the_parts_add_up_to_the_score_with_ties(data):
    found = brier(*data)
    assert_allclose(
        found.score, found.reliability - found.resolution + found.uncertainty, atol=1e-12
    )
    assert_allclose(found.score, metrics.brier_score_loss(*data), rtol=1e-12)
    assert min(found[:4]) >= 0


def test_brier_of_one_class_has_no_uncertainty():
    found = brier([0, 0, 0], [0.1, 0.1, 0.4])
    assert found.uncertainty == 0
    assert found.resolution == 0
    assert found.score == pytest.approx(found.reliability)


# l <- -(y * log(p) + (1 - y) * log(1 - p)); mean(l); sd(l) / sqrt(20)
def test_log_loss_and_its_standard_error_equal_r():
    found = log_loss(Y, P)
    assert_allclose(found[:2], [0.469459436234756389, 0.079565769708345918], rtol=1e-12)
    assert found.df == 19


def test_the_interval_of_a_loss_is_a_t_interval_of_its_logarithm():
    # qt(0.975, 19) = 2.093024054408263
    for found, mean in ((log_loss(Y, P), 0), (brier(Y, P), 0)):
        ratio = np.exp(2.093024054408263 * found.se / found[mean])
        assert_allclose([found[mean] / ratio, found[mean] * ratio], [found.low, found.high])


@given(forecasts())
def test_log_loss_equals_scikit_learn(data):
    assert_allclose(log_loss(*data).estimate, metrics.log_loss(*data), rtol=1e-12)


def test_certain_and_right_costs_nothing():
    found = log_loss([0, 1, 1], [0.0, 1.0, 0.5])
    assert found.estimate == pytest.approx(np.log(2) / 3)
    found = log_loss([0, 1], [0.0, 1.0])
    assert found[:2] == (0.0, 0.0)
    assert np.isnan([found.low, found.high]).all()


def test_one_row_has_a_loss_and_no_doubt_to_measure():
    found = log_loss([1], [0.5])
    assert found.estimate == pytest.approx(np.log(2))
    assert np.isnan(found[1:4]).all()


# control <- glm.control(epsilon = 1e-15, maxit = 100)
# m <- glm(y ~ qlogis(p), family = binomial, control = control)
# summary(m)$coefficients[2, 1:2]; confint.default(m)[2, ]
def test_the_slope_equals_glm():
    expected = [1.48623636491262667, 0.68606094010976926, 0.14158163109778821, 2.83089109872746514]
    assert_allclose(calibration(Y, P).slope[:4], expected, rtol=1e-8)


# m <- glm(y ~ offset(qlogis(p)), family = binomial, control = control)
# summary(m)$coefficients[1:2]; confint.default(m)
def test_the_intercept_equals_glm_with_an_offset():
    expected = [-0.33126836299285534, 0.53364248668854919, -1.3771884175228069]
    assert_allclose(calibration(Y, P).intercept[:4], [*expected, 0.71465169153709607], rtol=2e-9)


@given(forecasts())
def test_slope_and_intercept_equal_statsmodels(data):
    y, p = data
    logit = np.log(p / (1 - p))
    found = calibration(y, p)
    fit = sm.GLM(y, np.ones(len(y)), sm.families.Binomial(), offset=logit).fit(tol=1e-13)
    assert_allclose(found.intercept[:2], [fit.params[0], fit.bse[0]], atol=1e-6, rtol=1e-6)
    if np.isfinite(found.slope.estimate):
        fit = sm.GLM(y, sm.add_constant(logit), sm.families.Binomial()).fit(tol=1e-13)
        assert_allclose(found.slope[:2], [fit.params[1], fit.bse[1]], atol=1e-6, rtol=1e-5)


@given(forecasts(), st.sampled_from([0.5, 2.0, -1.0]))
def test_logits_stretched_by_a_factor_divide_the_slope_by_it(data, factor):
    y, p = data
    stretched = 1 / (1 + np.exp(-factor * np.log(p / (1 - p))))
    there, here = calibration(y, stretched).slope, calibration(y, p).slope
    assert_allclose(there.estimate * factor, here.estimate, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("y", "p"),
    [
        ([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]),
        ([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4]),
        ([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.4]),
        ([0, 1, 0, 1], [0.3, 0.3, 0.3, 0.3]),
    ],
)
def test_without_overlap_there_is_no_slope_but_an_intercept(y, p):
    found = calibration(y, p)
    assert np.isnan(found.slope[:4]).all()
    assert np.isfinite(found.intercept[:4]).all()


def test_probabilities_that_are_right_on_average_have_intercept_zero():
    found = calibration([0, 0, 1, 0, 1, 1], [0.25, 0.25, 0.5, 0.5, 0.75, 0.75])
    assert found.intercept.estimate == pytest.approx(0, abs=1e-10)


def test_the_bins_are_equal_in_count_and_carry_wilson_intervals():
    bins = calibration(Y, P, bins=4).bins
    assert list(bins) == ["bin", "predicted", "estimate", "low", "high", "base"]
    # 0.1 0.1 0.1 0.2 0.2 0.2 | 0.3 x 4 | 0.4 0.4 0.5 0.5 | 0.6 0.6 0.7 0.7 0.8 0.9
    assert bins["base"].tolist() == [6, 4, 4, 6]
    assert_allclose(bins["predicted"], [0.15, 0.3, 0.45, 4.3 / 6], rtol=1e-12)
    wilson = proportions.interval([0, 1, 2, 4], [6, 4, 4, 6])
    for column in ("estimate", "low", "high"):
        assert_allclose(bins[column], getattr(wilson, column), atol=1e-12)


@given(forecasts(), st.integers(1, 12))
def test_the_bins_hold_everyone_once_in_order_and_split_no_tie(data, bins):
    y, p = data
    found = calibration(y, p, bins=bins).bins
    assert found["base"].sum() == len(y)
    assert len(found) <= bins
    assert found["bin"].tolist() == list(range(1, len(found) + 1))
    assert_allclose((found["estimate"] * found["base"]).sum(), y.sum(), rtol=1e-12)
    ends = np.cumsum(found["base"].to_numpy())[:-1]
    in_order = np.sort(p)
    assert (in_order[ends - 1] < in_order[ends]).all()


def test_without_ties_the_bins_differ_by_one_client_at_most():
    y, p = np.arange(23) % 2, np.linspace(0.1, 0.9, 23)
    base = calibration(y, p, bins=5).bins["base"]
    assert len(base) == 5
    assert np.ptp(base) <= 1


def test_the_input_is_left_as_it_was():
    y, p = Y.copy(), P.copy()
    for measure in (brier, log_loss, calibration):
        measure(y, p)
    assert (y == Y).all()
    assert (p == P).all()
