"""Parts of a prediction: they add up, and are those of the formula where there is one.

For a linear logit the part of a feature is its slope × (value − mean of the background).
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from clientlab.churn import attribution
from clientlab.churn.attribution import attribute
from clientlab.problems import InvalidType, InvalidValue


@pytest.fixture
def table():
    random = np.random.default_rng(4)
    X = pd.DataFrame(random.normal(size=(80, 3)), columns=["a", "b", "c"])
    y = (X["a"] - X["b"] + random.normal(size=80) > 0.5).astype(int)
    return X, y


def test_parts_of_a_linear_model_are_slope_times_distance_from_the_background(table):
    X, y = table
    model = LogisticRegression().fit(X, y)
    one = X.iloc[[7]]  # a background of one client: nothing is left to chance
    found = attribute(model, X.head(5), background=one)
    expected = model.coef_[0] * (X.head(5) - one.iloc[0])
    np.testing.assert_allclose(found.parts, expected, atol=1e-9)


def test_parts_of_any_model_add_up_to_its_prediction(table):
    X, y = table
    model = RandomForestClassifier(20, min_samples_leaf=5, random_state=0).fit(X, y)
    found = attribute(model, X.head(9), background=X)
    p = np.clip(model.predict_proba(X.head(9))[:, 1], 1e-6, 1 - 1e-6)
    np.testing.assert_allclose(found.probability, p, atol=1e-9)
    assert not found.exact


def test_a_feature_that_the_model_ignores_has_no_part(table):
    X, y = table
    model = LogisticRegression().fit(X.assign(c=0.0), y)
    assert attribute(model, X.head(4), background=X).parts["c"].abs().max() < 1e-12


def test_many_clients_are_explained_in_parts(table, monkeypatch):
    X, y = table
    model = LogisticRegression().fit(X, y)
    whole = attribute(model, X, background=X).parts
    monkeypatch.setattr(attribution, "AT_ONCE", 12)
    pd.testing.assert_frame_equal(attribute(model, X, background=X).parts, whole)


def test_text_columns_are_put_in_like_numbers(table):
    X, _ = table
    X = X.assign(kind=np.where(X["a"] > 0, "project", "retainer"))

    class Model:
        def predict_proba(self, rows):
            p = np.where(rows["kind"] == "project", 0.8, 0.2)
            return np.column_stack([1 - p, p])

    found = attribute(Model(), X.head(6), background=X.head(1))
    logit = np.log(4)
    expected = np.where(X["kind"].head(6) == "project", logit, -logit) - found.baseline
    np.testing.assert_allclose(found.parts["kind"], expected, atol=1e-9)
    assert (found.parts[["a", "b", "c"]] == 0).all(axis=None)


class Told:
    """A model with parts of its own: logit = a + 2b − 1."""

    baseline = -1.0

    def __init__(self, off=0.0):
        self.off = off

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-(X["a"] + 2 * X["b"] - 1 + self.off)))
        return np.column_stack([1 - p, p])

    def contributions(self, X):
        return pd.DataFrame({"a": X["a"], "b": 2 * X["b"], "c": 0.0})


def test_a_model_is_asked_for_its_own_parts(table):
    found = attribute(Told(), table[0])
    assert found.exact
    pd.testing.assert_series_equal(found.parts["b"], 2 * table[0]["b"])


def test_parts_that_do_not_add_up_are_refused(table):
    with pytest.raises(InvalidValue) as told:
        attribute(Told(off=0.5), table[0])
    assert str(told.value) == (
        "The contributions of Told miss its predictions by up to 0.5 on the logit scale: they are "
        "no explanation of it."
    )


def test_a_model_without_probabilities_is_refused(table):
    X, y = table
    with pytest.raises(InvalidType) as told:
        attribute(RidgeClassifier().fit(X, y), X)
    assert str(told.value) == (
        "RidgeClassifier has no predict_proba: reasons need probabilities. Wrap it in "
        "sklearn.calibration.CalibratedClassifierCV."
    )


def test_a_model_without_parts_needs_a_background(table):
    X, y = table
    with pytest.raises(InvalidValue) as told:
        attribute(LogisticRegression().fit(X, y), X)
    assert str(told.value) == (
        "LogisticRegression does not tell its own parts: pass background=, the clients it was "
        "fitted on."
    )


def test_the_same_seed_gives_the_same_parts(table):
    X, y = table
    model = RandomForestClassifier(10, random_state=0).fit(X, y)
    first, second = (attribute(model, X.head(3), background=X, seed=5).parts for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("seed", range(4))
def test_what_clients_are_held_against_is_near_the_mean_of_the_background(seed):
    """By chance alone 24 of 300 would lie up to half a logit off, and with them all clients."""
    random = np.random.default_rng(1)
    X = pd.DataFrame(random.normal(size=(300, 5)), columns=list("abcde"))
    left = random.random(300) < 1 / (1 + np.exp(X["b"] - X["a"]))
    model = LogisticRegression().fit(X, left)
    found = attribute(model, X.iloc[:20], background=X, seed=seed)
    slopes = model.coef_[0]
    assert found.baseline == pytest.approx(X.mean() @ slopes + model.intercept_[0], abs=0.15)
    assert np.abs(found.parts - (X.iloc[:20] - X.mean()) * slopes).to_numpy().mean() < 0.05
