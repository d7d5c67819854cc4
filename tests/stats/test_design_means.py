"""Means, totals and ratios; the numbers of R are in test_design_golden.py.

row     1  2  3  4  5
weight  1  1  1  2  1
y       3  4  5  9  -        weighted mean of four: 30 / 5 = 6
hours   1  2  1  2  4
"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import design
from clientlab.stats.design import Design

Y = [3, 4, 5, 9, np.nan]
HOURS = [1, 2, 1, 2, 4]
D = Design(weights=[1, 1, 1, 2, 1])


def test_a_mean_is_weighted_and_leaves_the_missing_out():
    assert design.mean(Y, D).estimate == 6


def test_a_missing_answer_stays_in_the_design():
    # by hand: z = (-3, -2, -1, 6, 0) / 5, 5 rows: 5/4 * 50/25
    found = design.mean(Y, D)
    assert (found.se**2, found.df) == (pytest.approx(2.5), 3)


def test_a_domain_equals_setting_the_others_missing():
    domain = [True, True, False, True, True]
    masked = np.where(domain, Y, np.nan)
    assert design.mean(Y, D, domain=domain) == design.mean(masked, D)


def test_a_row_of_weight_0_is_outside_of_the_domain():
    assert design.mean([1, 2, 6], Design([1, 1, 0])).df == 1


def test_equal_weights_give_the_textbook_standard_error():
    y = np.array([3.0, 4, 5, 9, 4])
    assert design.mean(y, Design()).se == pytest.approx(y.std(ddof=1) / np.sqrt(5), rel=1e-12)


def test_the_interval_is_that_of_t():
    found = design.mean([3, 4, 5, 9, 4], Design(), level=0.9)
    # R: qt(.95, 4) = 2.1318467863
    assert found.high - found.estimate == pytest.approx(2.1318467863 * found.se, rel=1e-9)


def test_a_total_adds_weights_times_values():
    # by hand: 3 + 4 + 5 + 2 * 9, the missing one as 0; z - mean: 5/4 * (sum z^2 - 30^2/5)
    found = design.total(Y, D)
    assert (found.estimate, found.se**2) == (30, pytest.approx(1.25 * (374 - 180)))


def test_a_ratio_divides_weighted_sums():
    # rows with both: (3 + 4 + 5 + 18) / (1 + 2 + 1 + 4)
    assert design.ratio(Y, HOURS, D).estimate == 30 / 8


def test_a_ratio_to_one_is_the_mean():
    assert design.ratio(Y, np.ones(5), D) == design.mean(Y, D)


def test_a_table_gives_what_its_columns_give():
    table = np.column_stack([Y, HOURS])
    together = design.mean(table, D)
    for i, column in enumerate((Y, HOURS)):
        alone = design.mean(column, D)
        np.testing.assert_allclose([part[i] for part in together], alone, rtol=1e-12)


def test_one_denominator_serves_a_table_of_numerators():
    table = np.column_stack([Y, HOURS])
    together = design.ratio(table, HOURS, D)
    np.testing.assert_allclose(together.estimate, [30 / 8, 1])


def test_an_empty_column_of_a_table_is_nan():
    found = design.mean(np.column_stack([Y, [np.nan] * 5, [1] + [np.nan] * 4]), D)
    assert np.isnan(found.se).tolist() == [False, True, True]
    assert np.isnan(found.low).tolist() == [False, True, True]
    assert np.isnan(found.df).tolist() == [False, True, True]


def test_a_frame_with_pandas_missing_values_is_read():
    frame = pd.DataFrame({"y": pd.array([3, 4, 5, 9, None], dtype="Int64")})
    assert design.mean(frame["y"], D) == design.mean(Y, D)
    assert design.mean(frame, D).estimate[0] == 6


def test_input_is_left_as_it_was():
    y, weights = np.array(Y), np.array([1.0, 1, 1, 2, 1])
    design.mean(y, Design(weights), domain=[True] * 5)
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(weights, [1, 1, 1, 2, 1])


VALUES = st.lists(st.floats(-100, 100), min_size=5, max_size=5)


@given(VALUES, st.floats(-50, 50), st.floats(0.1, 9))
def test_shift_and_scale_of_the_answers_move_the_interval(values, shift, scale):
    one = design.mean(values, D)
    other = design.mean(shift + scale * np.array(values), D)
    np.testing.assert_allclose(
        other[:4], shift + scale * np.array(one[:4]) - [0, shift, 0, 0], atol=1e-7
    )


@given(VALUES)
def test_a_row_of_weight_2_counts_like_two_rows_in_one_cluster(values):
    twice = design.mean([*values, values[3]], Design(np.ones(6), clusters=[0, 1, 2, 3, 4, 3]))
    np.testing.assert_allclose(twice, design.mean(values, D), rtol=1e-7, atol=1e-7)


REFUSED = {
    "rows differ": (
        lambda: design.mean([1, 2, 3], D),
        "The data have 3 rows and the design 5. Give the design of the same rows in the same "
        "order; set what does not count to NaN instead of leaving it out.",
    ),
    "nothing": (
        lambda: design.mean([np.nan] * 5, D),
        "All 5 values of y are missing.",
    ),
    "empty domain": (
        lambda: design.mean(Y, D, domain=[False] * 4 + [True]),
        "No row of the domain has a value of y and a weight above 0.",
    ),
    "domain of other length": (
        lambda: design.mean(Y, D, domain=[True]),
        "domain has the shape (1,) and the data have 5 rows; give one True or False per row.",
    ),
    "domain of words": (
        lambda: design.mean(Y, D, domain=list("abcde")),
        "domain holds 5 values that are neither True nor False.",
    ),
    "one answer": (
        lambda: design.mean([1] + [np.nan] * 4, D),
        "The answers come from 1 row(s), which leaves no degree of freedom; a variance needs at "
        "least 2 in one stratum.",
    ),
    "one cluster": (
        lambda: design.mean([1, 2, np.nan, np.nan], Design(clusters=list("aabb"))),
        "The answers come from 1 cluster(s), which leaves no degree of freedom; a variance needs "
        "at least 2 in one stratum.",
    ),
    "one row": (
        lambda: design.mean([1], Design()),
        "There are 1 rows; a variance needs at least 2.",
    ),
    "infinite": (
        lambda: design.mean([1, np.inf], Design()),
        "y holds 1 infinite values; use NaN for a missing one.",
    ),
    "three dimensions": (
        lambda: design.mean(np.ones((2, 2, 2)), Design()),
        "y has the shape (2, 2, 2); give one column or a table.",
    ),
    "level": (
        lambda: design.mean(Y, D, level=95),
        "level=95 must lie between 0 and 1, such as 0.95.",
    ),
    "ratio to nothing": (
        lambda: design.ratio([1, 2], [1, -1], Design()),
        "The weighted sum of den is 0; nothing can be divided by it.",
    ),
    "tables that do not fit": (
        lambda: design.ratio(np.ones((5, 3)), np.ones((5, 2)), D),
        "num has 3 columns and den 2; they need as many, or one.",
    ),
    "ratio of other rows": (
        lambda: design.ratio(Y, [1, 2], D),
        "The data have 2 rows and the design 5. Give the design of the same rows in the same "
        "order; set what does not count to NaN instead of leaving it out.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_mean_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()


def test_words_are_refused():
    with pytest.raises(TypeError, match=r"^y must be numbers, with NaN where one is missing\.$"):
        design.mean(list("abcde"), D)
