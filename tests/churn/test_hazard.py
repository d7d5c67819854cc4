"""Leaving by cause, in periods.

days 0–30    30–60    60–90         whole periods stayed, end
stay         stay     price         2, price  (left on day 70)
stay         cut off on day 45      1, none
"""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from clientlab.churn.hazard import MultinomialHazard
from clientlab.problems import InvalidValue


@pytest.fixture(scope="module")
def clients():
    random = np.random.default_rng(4)
    X = pd.DataFrame(random.normal(size=(400, 3)), columns=["claims", "late", "spend"])
    eta = np.column_stack(
        [np.zeros(400), -1.2 + 0.8 * X["claims"], -1.5 + 0.9 * X["late"], -1 - 0.5 * X["spend"]]
    )
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    which = (random.random(400)[:, None] > p.cumsum(axis=1)).sum(axis=1)
    return X, np.array(["", "dissatisfied", "price", "outgrew"])[which]


def test_without_a_ridge_it_is_the_multinomial_logit_of_statsmodels(clients):
    """sm.MNLogit(codes, sm.add_constant(X)).fit(): another maximiser of the same likelihood."""
    import statsmodels.api as sm

    X, cause = clients
    codes = pd.Categorical(cause, ["", "dissatisfied", "outgrew", "price"]).codes
    peer = sm.MNLogit(codes, sm.add_constant(X.to_numpy())).fit(
        disp=False, method="newton", tol=1e-12
    )
    ours = MultinomialHazard(ridge=0).fit(X, cause)
    assert ours.causes_ == ["dissatisfied", "outgrew", "price"]
    assert_allclose(ours.predict_causes(X).to_numpy(), peer.predict()[:, 1:], atol=2e-5)
    # Ours are for standardised columns.
    slopes = ours.coef_ / X.std(ddof=0).to_numpy()[:, None]
    assert_allclose(slopes, np.asarray(peer.params)[1:], atol=2e-4)


def test_one_cause_is_a_logistic_regression(clients):
    from sklearn.linear_model import LogisticRegression

    X, cause = clients
    left = (cause != "").astype(int)
    Z = ((X - X.mean()) / X.std(ddof=0)).to_numpy()
    # One cause: β + δ with ridge·(β² + δ²)/2 at its least is ridge·(β + δ)²/4.
    peer = LogisticRegression(C=2 / 6.0, tol=1e-10, max_iter=1000).fit(Z, left)
    ours = MultinomialHazard(ridge=6.0).fit(X, left)
    assert_allclose(ours.coef_[:, 0], peer.coef_[0], atol=1e-4)
    assert_allclose(ours.predict_proba(X)[:, 1], peer.predict_proba(Z)[:, 1], atol=1e-5)


def test_periods_by_hand_without_columns_that_tell_anything():
    # Ten periods were lived through, two of them ended: 1 stayed 3, 1 stayed 2 and left in
    # the third, 1 left in the second, 1 was cut off after one whole period, 1 after none.
    X = pd.DataFrame({"same": np.ones(6)})
    y = ["", "price", "price", "", "", ""]
    days = [90, 70, 45, 59, 29, 30]
    fitted = MultinomialHazard(ridge=1.0).fit(X, y, days)
    hazard = 2 / 10  # 3 + (2 + 1) + (1 + 1) + 1 + 0 + 1 periods
    assert_allclose(fitted.predict_proba(X)[:, 1], 1 - (1 - hazard) ** 3, atol=1e-6)


def test_the_causes_add_up_to_leaving(clients):
    X, cause = clients
    days = np.where(cause == "", 90, 40)
    fitted = MultinomialHazard(ridge=10).fit(X, cause, days)
    by_cause = fitted.predict_causes(X)
    assert_allclose(by_cause.sum(axis=1), fitted.predict_proba(X)[:, 1])
    # A ridge leaves the shares of all as they are.
    assert_allclose(
        MultinomialHazard(ridge=10).fit(X, cause).predict_causes(X).mean(),
        [np.mean(cause == name) for name in by_cause],
        atol=1e-5,
    )


def test_a_slow_loop_over_periods_gives_the_same_probability(clients):
    X, cause = clients
    days = np.where(cause == "", 90, 40)
    fitted = MultinomialHazard(ridge=10).fit(X, cause, days)
    eta = fitted.prepared_.transform(X.head(3)) @ fitted.coef_ + fitted.intercept_
    for row, told in zip(eta, fitted.predict_causes(X.head(3)).to_numpy(), strict=True):
        odds = np.exp(row)
        hazard, there, slow = odds / (1 + odds.sum()), 1.0, np.zeros(3)
        for _ in range(3):
            slow += there * hazard
            there *= 1 - hazard.sum()
        assert_allclose(told, slow, atol=1e-12)


def test_the_penalty_is_what_is_left_when_the_shared_effect_is_at_its_best():
    from scipy.optimize import minimize_scalar

    model = MultinomialHazard(ridge=7.0, apart=3.0)
    model.causes_ = ["a", "b", "c"]
    effects = np.array([0.4, -0.1, 0.9])
    slow = minimize_scalar(
        lambda shared: 7.0 * (shared**2 + 3.0 * ((effects - shared) ** 2).sum())
    ).fun
    assert effects @ model._penalty() @ effects == pytest.approx(slow)


def test_effective_parameters_run_from_all_coefficients_to_none(clients):
    X, cause = clients
    found = [MultinomialHazard(ridge=r).fit(X, cause).effective_parameters for r in (0, 20, 1e7)]
    assert found[0] == pytest.approx(9)  # 3 columns × 3 causes
    assert found[0] > found[1] > found[2]
    assert found[2] == pytest.approx(0, abs=0.01)


def test_effective_parameters_of_one_cause_are_those_of_the_ridge(clients):
    from clientlab.churn.additive import AdditiveLogistic

    X, cause = clients
    left = (cause != "").astype(int)
    # One cause: a ridge of 40 for β and for δ is one of 20 for their sum.
    ours = MultinomialHazard(ridge=40).fit(X, left).effective_parameters
    assert ours == pytest.approx(AdditiveLogistic(ridge=20).fit(X, left).effective_parameters,
                                 abs=1e-3)  # fmt: skip


def test_a_strong_ridge_lets_no_column_count(clients):
    X, cause = clients
    p = MultinomialHazard(ridge=1e7).fit(X, cause).predict_proba(X)[:, 1]
    assert_allclose(p, (cause != "").mean(), atol=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda X, y: MultinomialHazard(ridge=-1).fit(X, y),
            "ridge=-1, apart=1, horizon=90, step=30: a ridge is 0 or more, apart is positive, and "
            "a horizon has at least one step of at least a day.",
        ),
        (
            lambda X, y: MultinomialHazard().fit(X, y, np.full(399, 30)),
            "days_at_risk must be a number of days, 0 or more, for every row of X.",
        ),
        (
            lambda X, y: MultinomialHazard().fit(X, np.where(y == "price", None, y)),
            "{} causes are missing; write '' for who stayed and 'unknown' for who left without a "
            "reason.",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_words(clients, call, words):
    X, cause = clients
    words = words.format((cause == "price").sum())
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        call(X, cause)
