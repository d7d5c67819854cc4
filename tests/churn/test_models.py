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
from sklearn.base import clone

from clientlab.churn import default_model
from clientlab.churn.models import MODELS, NAMES, model_name, spline_logistic
from clientlab.problems import InvalidType, InvalidValue

EVERY = MODELS | {"default_model": default_model}


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
            "endless": np.where(rng.random(n) < 0.1, np.inf, rng.normal(size=n)),
            "manager": [f"m{i}" for i in range(n)],
        }
    )
    frame.loc[::7, "model"] = None
    frame["tier"] = pd.Categorical(np.where(frame["level"] > 1, "A", "B"))
    # Risk falls, then rises with the age of the relation: a straight line sees nothing.
    risk = 1 / (1 + np.exp(2.0 - 4.5 * np.abs(frame["months"] / 45 - 1)))
    return frame, (rng.random(n) < risk).to_numpy().astype(int)


@pytest.fixture(scope="module", params=EVERY)
def fitted(request, clients):
    X, y = clients
    before = X.copy()
    model = EVERY[request.param]()
    settings = model.get_params()
    found = model.fit(X, y)
    pd.testing.assert_frame_equal(X, before)
    assert {name: model.get_params()[name] for name in settings} == settings
    return found


def test_a_model_takes_numbers_text_and_gaps(fitted, clients):
    p = fitted.predict_proba(clients[0])
    assert p.shape == (240, 2)
    assert np.isfinite(p).all()
    assert ((p >= 0) & (p <= 1)).all()
    assert p.sum(axis=1) == pytest.approx(1)
    assert_array_equal(fitted.classes_, [0, 1])


def test_a_model_is_the_same_every_time(fitted, clients):
    X, y = clients
    again = clone(fitted).fit(X, y)
    assert_array_equal(fitted.predict_proba(X), again.predict_proba(X))


def test_unknown_categories_and_new_gaps_are_no_error(fitted, clients):
    strange = clients[0].assign(model="franchise", months=np.nan, manager=None, tier="C")
    assert np.isfinite(fitted.predict_proba(strange)).all()


def test_columns_in_another_order_and_more_of_them_change_nothing(fitted, clients):
    X = clients[0]
    other = X[X.columns[::-1]].assign(more=1.0)
    assert_array_equal(fitted.predict_proba(X), fitted.predict_proba(other))


def test_a_row_says_the_same_alone_as_among_others(fitted, clients):
    X = clients[0]
    assert fitted.predict_proba(X.iloc[[5]])[0, 1] == pytest.approx(
        fitted.predict_proba(X)[5, 1], abs=1e-12
    )


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("label", "who"), [(0, "Nobody"), (1, "Everybody")])
def test_where_all_are_alike_a_sentence_says_what_to_do(name, label, who, clients):
    words = (
        f"{who} of 240 rows left within the horizon: a model needs some who left and some who "
        "stayed. Take more days or a longer horizon."
    )
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        EVERY[name]().fit(clients[0], np.full(240, label))


@pytest.mark.parametrize("name", EVERY)
def test_labels_with_gaps_are_refused(name, clients):
    words = "y must be 1 for who left and 0 for who stayed, without gaps."
    y = clients[1].astype(float)
    y[3] = np.nan
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        EVERY[name]().fit(clients[0], y)


@pytest.mark.parametrize("name", EVERY)
def test_labels_of_other_rows_are_refused(name, clients):
    words = "X has 240 rows and y has 239; they must be the same rows."
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        EVERY[name]().fit(clients[0], clients[1][:-1])


def test_a_column_that_is_missing_is_named(fitted, clients):
    words = "2 of 10 columns are missing: months, level. A model needs the columns that it learned"
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)} from.$"):
        fitted.predict_proba(clients[0].drop(columns=["months", "level"]))


@pytest.mark.parametrize("name", [name for name in EVERY if name != "cox"])
def test_a_table_that_says_nothing_gives_everybody_the_share_of_all(name):
    X = pd.DataFrame({"constant": np.ones(60), "empty": np.nan})
    p = EVERY[name]().fit(X, np.arange(60) % 4 == 0).predict_proba(X)[:, 1]
    assert p == pytest.approx(0.25, abs=0.05)
    assert np.ptp(p) == 0


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
    assert set(NAMES) == set(EVERY)
    assert model_name("forest", "ru") == "случайный лес"
    assert model_name("mine", "ru") == "mine"


def test_a_curve_of_one_knot_is_refused(clients):
    words = "knots=1: a curve needs 2 knots or more."
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        spline_logistic(knots=1).fit(*clients)


def test_a_ridge_of_nothing_is_refused(clients):
    words = "ridge=0: a ridge is positive."
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        spline_logistic(ridge=0).fit(*clients)


@pytest.mark.parametrize("name", EVERY)
def test_an_array_is_refused_in_words(name):
    words = (
        "The models take a DataFrame, so that numbers and categories can be told apart; got "
        "ndarray."
    )
    with pytest.raises(InvalidType, match=f"^{re.escape(words)}$"):
        EVERY[name]().fit(np.ones((4, 2)), [0, 1, 0, 1])
