"""The default model: weights, groups, intervals, contributions.

ridge    logit ─┐
splines  logit ─┤ weights ≥ 0, from clients
forest   logit ─┤ that they did not learn from  → logit → probability, interval
booster  logit ─┘
"""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from clientlab.churn import default_model
from clientlab.churn.defaults import PRIOR
from clientlab.churn.ridge import expit
from clientlab.churn.stacking import DOUBT, combine
from clientlab.churn.tree_parts import tree_parts


def table(rows: int, seed: int = 0):
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(rows, 5))).add_prefix("c")
    X["kind"] = random.choice(["a", "b", "c"], rows)
    X.loc[::11, "c4"] = np.nan
    steps = 1.5 * ((X["c1"] > 0) & (X["c2"] > 0))
    y = random.random(rows) < expit((-2 + X["c0"] + steps).to_numpy())
    index = pd.MultiIndex.from_arrays(
        [[f"C{row // 4}" for row in range(rows)], pd.to_datetime("2025-01-31") + pd.to_timedelta(
            np.arange(rows) % 4 * 90, "D")], names=["client_id", "day"])  # fmt: skip
    return X.set_axis(index), pd.Series(y.astype(int), index=index)


@pytest.fixture(scope="module")
def rows():
    return table(400)


@pytest.fixture(scope="module")
def fitted(rows):
    return default_model().fit(*rows)


def test_the_prediction_is_the_weighted_sum_of_the_members(fitted, rows):
    members = fitted.member_logits(rows[0])
    assert list(members) == list(fitted.weights_.index) == list(PRIOR)
    told = members.to_numpy() @ fitted.weights_.to_numpy()
    away = fitted.decision_function(rows[0]) - told
    assert_allclose(away, away[0])
    assert_allclose(fitted.predict_proba(rows[0])[:, 1], expit(told + away[0]))
    assert (fitted.weights_ >= 0).all()


def test_a_member_is_the_model_of_the_same_name(fitted, rows):
    from clientlab.churn.models import ridge_logistic, spline_logistic

    members = fitted.member_logits(rows[0])
    builders = {"ridge_logistic": ridge_logistic, "spline_logistic": spline_logistic}
    for name, build in builders.items():
        alone = build(ridge=fitted.penalties_[name]).fit(*rows)
        assert_allclose(members[name], alone.decision_function(rows[0]), atol=1e-4)


def test_contributions_add_up_to_the_logit(fitted, rows):
    some = rows[0].head(30)
    parts = fitted.contributions(some)
    assert list(parts) == list(some)
    assert parts.index.equals(some.index)
    assert_allclose(parts.sum(axis=1) + fitted.baseline, fitted.decision_function(some))


def test_contributions_find_what_was_planted(fitted, rows):
    spread = fitted.contributions(rows[0].head(100)).std()
    assert spread.idxmax() == "c0"
    assert spread[["c3", "c4", "kind"]].max() < spread["c0"] / 2


def test_rows_of_a_client_stay_together_by_their_index(rows, fitted):
    X, y = rows
    plain = X.reset_index(drop=True)
    told = [m.predict_proba(plain) for m in (
        default_model().fit(plain, y.to_numpy(), groups=X.index.get_level_values("client_id")),
        fitted, default_model().fit(plain, y.to_numpy()))]  # fmt: skip
    assert_array_equal(told[0], told[1])
    assert not np.array_equal(told[0], told[2])


def test_the_mean_of_held_out_probabilities_is_the_share_that_left(fitted, rows):
    assert fitted.held_out_.mean() == pytest.approx(rows[1].mean(), abs=1e-4)
    assert fitted.held_out_.index.equals(rows[0].index)


def test_the_interval_holds_the_estimate_and_grows_with_the_level(fitted, rows):
    narrow, wide = (fitted.interval(rows[0], level=level) for level in (0.5, 0.9))
    assert_allclose(narrow["estimate"], fitted.predict_proba(rows[0])[:, 1])
    assert (wide["low"] < narrow["low"]).all()
    assert (narrow["low"] < narrow["estimate"]).all()
    assert (narrow["estimate"] < narrow["high"]).all()
    assert (narrow["high"] < wide["high"]).all()
    assert wide["low"].min() > 0


def test_the_mean_of_one_row_is_that_row(fitted, rows):
    one = rows[0].iloc[[7]]
    mean, row = fitted.mean_interval(one).iloc[0], fitted.interval(one).iloc[0]
    assert_allclose(mean[["estimate", "low", "high"]], row)


def test_a_mean_of_many_is_known_better_than_one_of_them(fitted, rows):
    by = np.where(rows[0]["c0"] > 0, "high", "low")
    found = fitted.mean_interval(rows[0], by=by)
    assert list(found.index) == ["high", "low"]
    p = fitted.predict_proba(rows[0])[:, 1]
    assert_allclose(found["estimate"], [p[by == "high"].mean(), p[by == "low"].mean()])
    assert found["base"].tolist() == [(by == "high").sum(), (by == "low").sum()]
    everybody = fitted.mean_interval(rows[0]).loc[""]
    single = fitted.interval(rows[0])
    assert everybody["high"] - everybody["low"] < (single["high"] - single["low"]).median()


def test_the_interval_of_a_mean_is_the_spread_of_many_draws(fitted, rows):
    """Independent path: coefficients drawn anew, instead of derivatives."""
    some = rows[0].head(60)
    logit, directions = fitted._directions(some)
    random = np.random.default_rng(0)
    drawn = random.multivariate_normal(
        np.zeros(directions.shape[1]), fitted.sureness_.covariance, size=20_000
    )
    means = expit(logit + drawn @ directions.T).mean(axis=1)
    found = fitted.mean_interval(some).iloc[0]
    assert_allclose(found[["low", "high"]], np.quantile(means, [0.05, 0.95]), rtol=0.06)


def test_members_are_held_out_by_client():
    """Each client's rows are alike, and who leaves is chance: to know the client is no gain."""
    random = np.random.default_rng(1)
    clients = np.repeat(np.arange(60), 6)
    X = pd.DataFrame(random.normal(size=(60, 3))[clients]).add_prefix("c")
    y = np.repeat((random.random(60) < 0.3).astype(int), 6)
    by_client = default_model().fit(X, y, groups=clients)
    by_row = default_model().fit(X, y)
    assert by_client.weights_["forest"] < by_row.weights_["forest"] / 2
    assert np.ptp(by_client.predict_proba(X)[:, 1]) < np.ptp(by_row.predict_proba(X)[:, 1]) / 2


def test_with_one_client_who_left_everybody_gets_the_share_of_all():
    X, _ = table(40)
    y = np.zeros(40, int)
    y[4] = 1
    p = default_model().fit(X, y).predict_proba(X)[:, 1]
    assert_allclose(p, 1 / 40)


def test_a_useless_table_is_hardly_believed():
    X, _ = table(400, seed=3)
    y = (np.random.default_rng(9).random(400) < 0.2).astype(int)
    fitted, new = default_model().fit(X, y), table(400, seed=4)[0]
    forest = expit(fitted.member_logits(new)["forest"].to_numpy())
    assert fitted.predict_proba(new)[:, 1].std() < 0.75 * forest.std()


def test_it_can_be_cloned_and_set(fitted):
    other = clone(fitted).set_params(trees=20, seed=3)
    assert other.get_params() == {"folds": 5, "trees": 20, "seed": 3}


def test_effective_parameters_are_those_of_the_weights_and_of_the_ridge(fitted, rows):
    from clientlab.churn.models import ridge_logistic

    ridge = ridge_logistic(ridge=fitted.penalties_["ridge_logistic"]).fit(*rows)
    weights = fitted.effective_parameters - ridge.effective_parameters
    assert 0 < weights < 4


def test_members_that_say_nothing_get_no_weight():
    found = combine(np.zeros((4, 3)), np.array([0, 1, 0, 0]), np.full(3, 0.3), np.arange(4))
    assert_allclose(found.weights, 0)
    assert found.intercept == pytest.approx(np.log(1 / 3))


def test_weights_are_at_their_best_by_a_slow_search_and_then_shrunk():
    from scipy.optimize import minimize

    random = np.random.default_rng(0)
    logits = random.normal([1.0, -1.0], size=(80, 2))
    y = (random.random(80) < expit(logits[:, 0] - 1)).astype(int)
    prior = np.array([0.4, 0.4])
    found = combine(logits, y, prior, np.arange(80))

    def loss(at):
        p = expit(at[0] + (logits - logits.mean(axis=0)) @ np.maximum(at[1:], 0))
        return -np.where(y == 1, np.log(p), np.log(1 - p)).sum()

    def lost(at):
        return loss(at) + ((at[1:] - prior) ** 2).sum() / (2 * DOUBT**2)

    options = {"xatol": 1e-7, "fatol": 1e-10}
    slow = minimize(lost, [0, 0.4, 0.4], method="Nelder-Mead", options=options).x
    gain = 2 * (loss([np.log(y.mean() / (1 - y.mean())), 0, 0]) - loss(slow))
    # Effective number of weights: traces of information over information and prior.
    p = expit(slow[0] + (logits - logits.mean(axis=0)) @ slow[1:])
    A = np.column_stack([np.ones(80), logits - logits.mean(axis=0)])
    information = (A.T * (p * (1 - p))) @ A
    penalised = information + np.diag([0, 1, 1]) / DOUBT**2
    count = np.trace(np.linalg.solve(penalised, information)) - 1
    assert 0 < count < 2
    assert_allclose(found.weights, slow[1:] * gain / (gain + count), atol=1e-3)
    assert expit(found.of(logits)).mean() == pytest.approx(y.mean())


def test_how_sure_the_mean_is_by_hand():
    """Members that say nothing: the interval of a share with clients as clusters."""
    y = np.array([1, 1, 0, 0, 0, 0, 0, 0])
    clients = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    found = combine(np.zeros((8, 1)), y, np.array([0.5]), clients)
    # Scores by client 1.5, −0.5, −0.5, −0.5: 3 · 4/3; information 8 · 3/16.
    assert found.covariance[0, 0] == pytest.approx(3 * 4 / 3 / 1.5**2)
    assert found.df == 1


def test_parts_of_a_product_by_hand():
    """f = x·y·z of (1, 1, 1) against zeros: alike, so a third each in the mean of all orders."""
    others = np.zeros((300, 3))
    parts = tree_parts(lambda z: z.prod(axis=1), np.ones((1, 3)), others, [[0], [1], [2]])
    assert_allclose(parts.sum(), 1)
    assert_allclose(parts, 1 / 3, atol=0.06)


def test_parts_of_a_sum_are_exact_and_blocks_move_together():
    Z, other = np.array([[1.0, 2.0, 3.0, 9.0]]), np.array([[0.0, 1.0, 1.0, 9.0]])
    parts = tree_parts(lambda z: z @ [1, 10, 100, 5], Z, other, [[0], [1, 2], [], [3]])
    assert_allclose(parts, [[1, 210, 0, 0]])
