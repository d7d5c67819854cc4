"""Bootstrap intervals.

rows     3  5  4  8  7  9  30     median 7
client   a  a  b  c  c  c  d      rows of a client are drawn together
"""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clientlab.stats.resampling import bootstrap

ROWS = np.array([3.0, 5, 4, 8, 7, 9, 30])
CLIENT = list("aabcccd")


def spread(values):
    """A statistic that takes no axis."""
    return float(np.max(values) - np.min(values))


@pytest.mark.parametrize(("method", "name"), [("percentile", "percentile"), ("bca", "BCa")])
@pytest.mark.parametrize("statistic", [np.mean, np.median, np.std])
def test_the_interval_equals_that_of_scipy(statistic, method, name):
    found = bootstrap(statistic, ROWS, method=method, replicates=999, seed=5)
    peer = stats.bootstrap(
        (ROWS,), statistic, n_resamples=999, method=name, rng=np.random.default_rng(5)
    )
    assert (found.low, found.high) == pytest.approx(tuple(peer.confidence_interval), rel=1e-10)
    assert found.se == pytest.approx(peer.standard_error, rel=1e-10)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_many_at_once_equals_one_by_one(method):
    many = bootstrap(np.mean, ROWS, method=method, replicates=500)
    one = bootstrap(lambda x: x.mean(), ROWS, method=method, replicates=500)
    np.testing.assert_allclose(many, one, rtol=1e-12)


def test_three_rows_come_close_to_all_27_resamples():
    # independent path: every one of the 3^3 resamples of 1, 2, 6
    means = [np.mean(drawn) for drawn in itertools.product([1, 2, 6], repeat=3)]
    found = bootstrap(np.mean, [1, 2, 6], replicates=20_000, level=0.8)
    assert found.se == pytest.approx(np.std(means), rel=0.02)
    assert found.low == pytest.approx(np.quantile(means, 0.1, method="inverted_cdf"))
    assert found.high == pytest.approx(np.quantile(means, 0.9, method="inverted_cdf"))


def test_bca_moves_towards_the_long_tail():
    values = np.exp(np.random.default_rng(1).normal(size=40))
    plain = bootstrap(np.mean, values)
    moved = bootstrap(np.mean, values, method="bca")
    assert moved.low > plain.low
    assert moved.high > plain.high


def test_rows_of_a_client_move_together():
    # two clients of equal rows: a resample's mean is 0, 1 or 1/2
    found = bootstrap(np.mean, [0, 0, 0, 1, 1, 1], clusters=list("aaabbb"))
    assert (found.low, found.high) == (0, 1)
    assert found.se == pytest.approx(np.sqrt(1 / 8), rel=0.03)


def test_a_client_drawn_twice_comes_with_all_rows_twice():
    sizes = []
    bootstrap(lambda x: sizes.append(len(x)) or x.mean(), ROWS, clusters=CLIENT, replicates=200)
    possible = {sum(four) for four in itertools.product([2, 1, 3, 1], repeat=4)}
    assert set(sizes[1:]) <= possible
    assert len(set(sizes[1:])) > 3


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_clusters_of_one_row_change_nothing_but_the_draw(method):
    alone = bootstrap(np.mean, ROWS, clusters=range(7), method=method, replicates=20_000)
    rows = bootstrap(np.mean, ROWS, method=method, replicates=20_000)
    np.testing.assert_allclose(alone[:4], rows[:4], rtol=0.05)


def test_columns_of_a_tuple_stay_together():
    x = np.arange(20.0)
    found = bootstrap(lambda a, b: np.corrcoef(a, b)[0, 1], (x, 3 * x + 1), replicates=200)
    assert found.low == pytest.approx(1)


def test_a_frame_goes_whole_to_the_statistic():
    frame = pd.DataFrame({"hours": ROWS, "client": CLIENT})
    whole = bootstrap(lambda f: f["hours"].mean(), frame, clusters=frame["client"], replicates=200)
    column = bootstrap(np.mean, ROWS, clusters=CLIENT, replicates=200)
    np.testing.assert_allclose(whole, column, rtol=1e-12)


def test_several_numbers_at_once_have_an_interval_each():
    both = bootstrap(lambda x: [x.mean(), np.median(x)], ROWS, method="bca", replicates=500)
    for i, statistic in enumerate((np.mean, np.median)):
        one = bootstrap(statistic, ROWS, method="bca", replicates=500)
        assert [part[i] for part in both[:4]] == pytest.approx(list(one[:4]))


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_a_constant_statistic_is_a_point(method):
    found = bootstrap(np.mean, [4.0, 4, 4], method=method)
    assert found[:4] == (4, 0, 4, 4)


def test_few_resamples_without_value_are_left_out():
    answers = iter([1.0, *[np.nan] * 10, *np.linspace(0, 2, 190)])
    assert bootstrap(lambda x: next(answers), ROWS, replicates=200).se > 0


def test_the_same_seed_gives_the_same_interval_and_input_is_left_as_it_was():
    before = ROWS.copy()
    assert bootstrap(spread, ROWS) == bootstrap(spread, ROWS)
    assert bootstrap(spread, ROWS, seed=1) != bootstrap(spread, ROWS, seed=2)
    np.testing.assert_array_equal(ROWS, before)


@settings(max_examples=25)
@given(st.lists(st.integers(-50, 50), min_size=3, max_size=12), st.integers(-20, 20))
def test_shifting_the_rows_shifts_the_interval(values, shift):
    one = bootstrap(np.mean, values, replicates=200)
    other = bootstrap(np.mean, np.array(values) + shift, replicates=200)
    assert (other.low, other.high) == pytest.approx((one.low + shift, one.high + shift), abs=1e-9)


REFUSED = {
    "one row": (
        lambda: bootstrap(np.mean, [1.0]),
        "The data have 1 rows; resampling needs at least 2.",
    ),
    "columns differ": (
        lambda: bootstrap(spread, ([1, 2], [1, 2, 3])),
        "The columns have [2, 3] rows; all need as many.",
    ),
    "one cluster": (
        lambda: bootstrap(np.mean, ROWS, clusters=["a"] * 7),
        "All rows belong to one cluster; resampling needs at least 2.",
    ),
    "clusters of other rows": (
        lambda: bootstrap(np.mean, ROWS, clusters=["a", "b"]),
        "clusters have the shape (2,) and the data 7 rows; give one per row.",
    ),
    "missing clusters": (
        lambda: bootstrap(np.mean, ROWS, clusters=["a", np.nan, "b", "b", np.nan, "a", "a"]),
        "clusters are missing in 2 of 7 rows.",
    ),
    "method": (
        lambda: bootstrap(np.mean, ROWS, method="basic"),
        "method='basic' is not known; use one of percentile, bca.",
    ),
    "level": (
        lambda: bootstrap(np.mean, ROWS, level=95),
        "level=95 must lie between 0 and 1, such as 0.95.",
    ),
    "replicates": (
        lambda: bootstrap(np.mean, ROWS, replicates=50),
        "replicates=50 is too few for an interval; use 200 or more.",
    ),
    "no value": (
        lambda: bootstrap(np.mean, [1, np.nan]),
        "The statistic of the data is nan; it must be a number or a 1-d array of numbers, none of "
        "them NaN.",
    ),
    "outside": (
        lambda: bootstrap(lambda x: float(len(set(x.tolist()))), np.arange(30.0), method="bca"),
        'The estimate lies outside of all resamples; "bca" has no interval there. Use '
        'method="percentile", and doubt the statistic.',
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_resampled_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()


def test_a_statistic_often_without_value_is_refused():
    answers = iter([1.0] + [np.nan, 1.0] * 1000)
    message = (
        "1000 of 2000 resamples gave no finite number; at most 5% may. The sample is too small for "
        "this "
        "statistic."
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        bootstrap(lambda x: next(answers), ROWS)


def test_bca_refuses_a_statistic_that_dies_without_one_row():
    def needs_most(values):
        return values.mean() if len(values) == 7 else np.nan

    message = (
        "7 of 7 rows or clusters cannot be left out without the statistic becoming NaN; use "
        'method="percentile".'
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        bootstrap(needs_most, ROWS, method="bca")


@pytest.mark.simulation
@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize(("n", "least"), [(20, 0.91), (50, 0.925), (95, 0.93)])
def test_a_mean_of_normal_rows_is_covered_as_the_docstring_says(n, least, method):
    random = np.random.default_rng(n)
    found = [
        bootstrap(np.mean, random.normal(size=n), method=method, replicates=500, seed=run)
        for run in range(4000)
    ]
    assert least <= np.mean([e.low <= 0 <= e.high for e in found]) <= 0.97
