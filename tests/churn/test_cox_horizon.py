"""Cox regression as a predictor of the horizon."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from clientlab.churn.cox_horizon import CoxHorizon
from clientlab.problems import InvalidValue
from clientlab.stats import survival


@pytest.fixture(scope="module")
def clients():
    random = np.random.default_rng(2)
    X = pd.DataFrame(random.normal(size=(200, 2)), columns=["claims", "late"])
    until = random.exponential(200 * np.exp(-0.8 * X["claims"].to_numpy()))
    left = (until < 90).astype(int)
    return X, left, np.ceil(np.minimum(until, 90))


def test_with_all_components_it_is_the_cox_regression_of_the_columns_themselves(clients):
    X, left, days = clients
    frame = X.assign(days=days, left=left)
    plain = survival.cox(frame, ["claims", "late"], exit="days", event="left")
    ours = CoxHorizon(components=2).fit(X, left, days)
    assert_allclose(ours.predict_proba(X)[:, 1], 1 - plain.survival_at(X, [90])[:, 0], atol=1e-8)


def test_a_shorter_horizon_reads_the_curve_earlier(clients):
    X, left, days = clients
    frame = X.assign(days=days, left=left)
    plain = survival.cox(frame, ["claims", "late"], exit="days", event="left")
    ours = CoxHorizon(horizon=30, components=2).fit(X, left, days)
    assert_allclose(ours.predict_proba(X)[:, 0], plain.survival_at(X, [30])[:, 0], atol=1e-8)


def test_there_is_one_direction_for_every_ten_who_left():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(100, 6))).add_prefix("c")
    y = np.repeat([0, 1], [65, 35])
    assert CoxHorizon().fit(X, y).directions_.shape == (6, 3)
    few = np.repeat([0, 1], [95, 5])
    assert CoxHorizon().fit(X, few).directions_.shape == (6, 1)


def test_without_days_it_still_ranks(clients):
    from sklearn.metrics import roc_auc_score

    X, left, _ = clients
    p = CoxHorizon(components=2).fit(X, left).predict_proba(X)[:, 1]
    assert roc_auc_score(left, p) > 0.65


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda X, y, days: CoxHorizon(components=0).fit(X, y),
            "horizon=90, components=0: a horizon is positive, and there is one component or more.",
        ),
        (
            lambda X, y, days: CoxHorizon().fit(X, y, 0 * days),
            "days_at_risk must be a number of days above 0 for every row of X.",
        ),
        (
            lambda X, y, days: CoxHorizon().fit(0 * X, y, days),
            "All rows of X are alike: there is nothing to tell clients apart by.",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_words(clients, call, words):
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        call(*clients)


def test_directions_that_separate_are_given_up():
    random = np.random.default_rng(1)
    twice = random.normal(size=60)
    X = pd.DataFrame({"a": twice, "same": twice, "b": np.repeat([0.0, 1.0], [40, 20])})
    y = X["b"].astype(int)  # the second direction, which is b, separates
    days = np.where(y == 1, 30, 90)
    fitted = CoxHorizon(components=2).fit(X, y, days)
    assert fitted.directions_.shape == (3, 1)
