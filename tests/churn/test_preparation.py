"""A table as a matrix.

months   model                  months   gap    model = b
1        a                      −1       −1     −0.4 · 2 …
3        b
gap      a
"""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from clientlab.churn.preparation import Prepared
from clientlab.problems import InvalidValue


def test_numbers_gaps_and_steps_by_hand():
    X = pd.DataFrame({"months": [1, 3, np.nan, 3] * 25, "model": ["a", "b", "a", "a"] * 25})
    prepared = Prepared().fit(X)
    assert prepared.blocks_ == {"months": [0, 1], "model": [2]}
    # Filled with the median 3: mean 2.5, standard deviation √0.75; steps are 2·(is − share).
    expected = [
        [-1.5 / np.sqrt(0.75), -0.5, -0.5],
        [0.5 / np.sqrt(0.75), -0.5, 1.5],
        [0.5 / np.sqrt(0.75), 1.5, -0.5],
    ]
    assert_allclose(prepared.transform(X.head(3)), expected)


def test_a_number_beyond_those_learned_from_counts_as_the_nearest():
    X = pd.DataFrame({"months": np.arange(40.0)})
    for knots in (0, 4):
        prepared = Prepared(knots=knots).fit(X)
        ends = prepared.transform(pd.DataFrame({"months": [0.0, 39.0]}))
        beyond = prepared.transform(pd.DataFrame({"months": [-1e9, 1e9]}))
        assert_allclose(beyond, ends)


def test_bends_hold_no_straight_part_and_have_the_spread_of_their_prior():
    X = pd.DataFrame({"months": np.random.default_rng(0).gamma(2, size=500)})
    Z = Prepared(knots=4).fit_transform(X)
    assert Z.shape == (500, 3)  # a line, and the bends along which many clients differ
    assert_allclose(Z[:, 1:].T @ np.column_stack([np.ones(500), Z[:, 0]]), 0, atol=1e-6)
    assert_allclose(Z[:, 1:].std(axis=0), 0.5)


def test_bends_are_splines():
    from sklearn.preprocessing import SplineTransformer

    X = pd.DataFrame({"months": np.random.default_rng(0).gamma(2, size=300)})
    Z = Prepared(knots=4).fit_transform(X)
    basis = SplineTransformer(n_knots=4, knots="quantile").fit_transform(X.to_numpy())
    assert_allclose(basis @ np.linalg.lstsq(basis, Z, rcond=None)[0], Z, atol=1e-6)


def test_rare_categories_are_pooled_and_two_need_one_step():
    X = pd.DataFrame({"model": ["a"] * 30 + ["b"] * 25 + ["c"] * 3, "yes": ["y", "n"] * 29})
    assert Prepared().fit(X).blocks_ == {"model": [0, 1], "yes": [2]}


@pytest.mark.parametrize("values", [[1.0] * 30, [np.nan] * 30, ["same"] * 30, [True] * 30])
def test_a_column_that_says_nothing_has_no_part(values):
    assert Prepared(knots=4).fit(pd.DataFrame({"column": values})).blocks_ == {"column": []}


def test_a_column_that_is_there_twice_is_refused():
    X = pd.DataFrame(np.ones((3, 2)), columns=["nps", "nps"])
    words = "Column 'nps' is there more than once; rename all but one."
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        Prepared().fit(X)


@pytest.mark.parametrize("kind", ["Int64", "Float64", "boolean"])
def test_gaps_of_pandas_own_kinds_are_gaps(kind):
    plain = pd.DataFrame({"n": [1.0, 0.0, np.nan, 1.0] * 10})
    own = plain.astype({"n": kind})
    np.testing.assert_array_equal(Prepared().fit_transform(own), Prepared().fit_transform(plain))


def test_numbers_that_come_as_objects_are_numbers():
    numbers = pd.Series([1.0, 2.0, np.nan, 4.0] * 10)
    plain, objects = pd.DataFrame({"a": numbers}), pd.DataFrame({"a": numbers.astype(object)})
    objects.loc[2, "a"] = None
    assert_allclose(Prepared().fit_transform(objects), Prepared().fit_transform(plain))
    assert Prepared().fit(objects).blocks_ == {"a": [0, 1]}


def test_an_unknown_category_is_neither_of_two_known_ones():
    fitted = Prepared().fit(pd.DataFrame({"model": ["a"] * 30 + ["b"] * 30}))
    asked = pd.DataFrame({"model": ["a", "b", "new", None]})
    assert_allclose(fitted.transform(asked)[:, 0], [-1, 1, 0, 0])


def test_a_column_of_days_is_refused():
    days = pd.DataFrame({"started_on": pd.to_datetime(["2024-01-01", "2024-02-01"])})
    with pytest.raises(InvalidValue, match="'started_on' holds days"):
        Prepared().fit(days)
