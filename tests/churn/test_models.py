"""Models take a table as it comes: numbers, text, yes and no, gaps.

months   retainer   model      budget   left
0        True       project    NaN      1
1        False      retainer   2.5      0
…
"""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from clientlab.churn.models import MODELS, NAMES, model_name, spline_logistic
from clientlab.problems import InvalidType, InvalidValue


@pytest.fixture(scope="module")
def clients():
    rng = np.random.default_rng(1)
    n = 240
    frame = pd.DataFrame(
        {
            "months": rng.integers(0, 90, n),
            "retainer": rng.random(n) < 0.5,
            "model": rng.choice(["project", "retainer", "out-staff"], n),
            "budget": np.where(rng.random(n) < 0.2, np.nan, rng.lognormal(size=n)),
            "level": rng.integers(1, 4, n),
            "constant": 1,
            "empty": np.nan,
            "manager": [f"m{i}" for i in range(n)],
        }
    )
    frame.loc[::7, "model"] = None
    # Risk falls, then rises with the age of the relation: a straight line sees nothing.
    risk = 1 / (1 + np.exp(2.0 - 4.5 * np.abs(frame["months"] / 45 - 1)))
    return frame, (rng.random(n) < risk).to_numpy().astype(int)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_takes_numbers_text_and_gaps(name, clients):
    X, y = clients
    before = X.copy()
    p = MODELS[name]().fit(X, y).predict_proba(X)[:, 1]
    assert np.isfinite(p).all()
    assert ((p >= 0) & (p <= 1)).all()
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_the_same_every_time(name, clients):
    X, y = clients
    first, second = (MODELS[name]().fit(X, y).predict_proba(X) for _ in range(2))
    assert_array_equal(first, second)


@pytest.mark.parametrize("name", MODELS)
def test_unknown_categories_and_new_gaps_are_no_error(name, clients):
    X, y = clients
    fitted = MODELS[name]().fit(X, y)
    strange = X.assign(model="franchise", months=np.nan, manager=None)
    assert np.isfinite(fitted.predict_proba(strange)).all()


def test_a_curve_sees_what_a_line_does_not(clients):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    X, y = clients
    curve = spline_logistic().fit(X[["months"]], y).predict_proba(X[["months"]])[:, 1]
    line = LogisticRegression().fit(X[["months"]], y).predict_proba(X[["months"]])[:, 1]
    assert roc_auc_score(y, curve) > roc_auc_score(y, line) + 0.1


def test_a_gap_may_speak_for_itself():
    y = np.tile([0, 1], 50)
    X = pd.DataFrame({"nps": np.where(y == 1, np.nan, 8.0) + np.tile([0, 0, 1, 1], 25)})
    p = spline_logistic().fit(X, y).predict_proba(X)[:, 1]
    assert p[y == 1].min() > p[y == 0].max()


def test_every_model_has_a_name_in_both_languages():
    assert set(NAMES) == set(MODELS)
    assert model_name("forest", "ru") == "случайный лес"


@pytest.mark.parametrize("wrong", [{"knots": 1}, {"ridge": 0}])
def test_settings_that_make_no_model_are_refused(wrong):
    settings = {"knots": 4, "ridge": 5.0} | wrong
    words = (
        f"knots={settings['knots']}, ridge={settings['ridge']:g}: a curve needs 2 knots or more, "
        "a ridge is positive."
    )
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        spline_logistic(**settings)


def test_an_array_is_refused_in_words(clients):
    words = (
        "The models take a DataFrame, so that numbers and categories can be told apart; got "
        "ndarray."
    )
    with pytest.raises(InvalidType, match=f"^{re.escape(words)}$"):
        spline_logistic().fit(np.ones((4, 2)), [0, 1, 0, 1])
