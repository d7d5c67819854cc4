"""Regressions with a ridge: equal to scikit-learn's where the penalty is given."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from clientlab.churn.additive import AdditiveLogistic
from clientlab.churn.preparation import Prepared
from clientlab.churn.ridge import PENALTIES, best_penalty, client_folds, clients_of, ridge_path
from clientlab.problems import InvalidValue


@pytest.fixture(scope="module")
def clients():
    random = np.random.default_rng(5)
    X = pd.DataFrame(random.normal(size=(300, 4)), columns=list("abcd"))
    X["kind"] = random.choice(["x", "y", "z"], 300)
    X.loc[::9, "b"] = np.nan
    p = 1 / (1 + np.exp(1.5 - X["a"] + 0.7 * X["c"] ** 2))
    return X, (random.random(300) < p).to_numpy().astype(int)


@pytest.mark.parametrize("penalty", [300.0, 3.0])
def test_a_ridge_equals_that_of_scikit_learn(clients, penalty):
    from sklearn.linear_model import LogisticRegression

    X, y = clients
    Z = Prepared().fit_transform(X)
    peer = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=2000).fit(Z, y)
    ours = AdditiveLogistic(ridge=penalty).fit(X, y)
    assert_allclose(ours.coef_, peer.coef_[0], atol=1e-5)
    assert ours.intercept_ == pytest.approx(peer.intercept_[0], abs=1e-5)


def test_a_path_ends_where_each_penalty_alone_does(clients):
    X, y = clients
    Z = Prepared(knots=4).fit_transform(X)
    path = ridge_path(Z, y)
    for penalty, found in zip(PENALTIES, path, strict=True):
        assert_allclose(found, ridge_path(Z, y, [penalty])[0], atol=1e-4)


def test_separated_clients_have_an_end_with_a_ridge():
    Z = np.arange(20.0)[:, None] - 9.5
    path = ridge_path(Z, (Z[:, 0] > 0).astype(int))
    assert np.isfinite(path).all()
    assert (np.diff(path[:, 1]) > 0).all()


@pytest.mark.parametrize("knots", [0, 4])
def test_contributions_add_up(clients, knots):
    X, y = clients
    fitted = AdditiveLogistic(knots=knots).fit(X, y)
    parts = fitted.contributions(X)
    assert list(parts) == list(X)
    assert_allclose(parts.sum(axis=1) + fitted.baseline, fitted.decision_function(X))
    assert_allclose(parts.mean(), 0, atol=1e-9)  # held against the mean client


def test_effective_parameters_are_fewer_than_columns_and_fall_with_the_ridge(clients):
    X, y = clients
    found = [AdditiveLogistic(ridge=r).fit(X, y).effective_parameters for r in (1e-6, 30.0, 3e4)]
    assert found[0] == pytest.approx(7, abs=0.01)  # 4 numbers, 1 gap, 3 steps that repeat one
    assert found[0] > found[1] > found[2] > 0


def test_the_penalty_is_the_usual_one_where_nothing_is_to_be_seen():
    y = np.array([0, 1] * 50)
    assert PENALTIES[best_penalty(y, np.zeros((100, len(PENALTIES))))] == 100


def test_rows_of_a_client_are_never_on_both_sides(clients):
    index = pd.MultiIndex.from_product([range(60), range(5)], names=["client_id", "day"])
    X, y = clients
    which = clients_of(X.set_axis(index))
    assert (which == np.repeat(np.arange(60), 5)).all()
    for learn, held in client_folds(y, which, 5, seed=3):
        assert not set(which[learn]) & set(which[held])
        assert (learn ^ held).all()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), min_size=12, max_size=40))
def test_each_part_of_the_clients_has_its_share_of_those_who_left(sizes):
    which = np.concatenate([np.full(rows, c) for c, (_, rows) in enumerate(sizes)])
    y = np.concatenate([[int(left)] + [0] * (rows - 1) for left, rows in sizes])
    counts = [len(set(which[held & (y == 1)])) for _, held in client_folds(y, which, 3, seed=0)]
    assert not counts or max(counts) - min(counts) <= 1


def test_groups_must_be_told_for_every_row(clients):
    words = "groups has 299 values, 0 of them missing; X has 300 rows. Give the client of every row"
    with pytest.raises(InvalidValue, match=f"^{words}\\.$"):
        AdditiveLogistic().fit(*clients, groups=np.arange(299))
