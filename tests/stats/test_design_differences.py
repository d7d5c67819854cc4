"""Differences of groups and of options; the numbers of R are in test_design_golden.py.

row    1  2  3  4  5  6
group  a  a  a  b  b  b
y      3  5  4  8  7  9       means 4 and 8
calls  1  1  1  0  1  0       ticked by 4 of 6
gifts  0  1  0  0  1  1       ticked by 3 of 6, two of them tick both
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import design
from clientlab.stats.design import Design

Y = [3.0, 5, 4, 8, 7, 9]
GROUP = list("aaabbb")
TICKED = np.array([[1, 0], [1, 1], [1, 0], [0, 0], [1, 1], [0, 1]], dtype=float)
WEIGHTS = [1, 2, 1, 1, 3, 1]


def test_a_difference_is_second_group_less_first():
    found = design.difference(Y, GROUP, Design())
    # by hand: variances of residuals (2 + 2) / 9 * 6/5
    assert (found.estimate, found.se**2) == (4, pytest.approx(6 / 5 * 4 / 9))


def test_a_difference_equals_the_contrast_of_two_masked_columns():
    masked = np.array(
        [
            [y if g == "b" else np.nan, y if g == "a" else np.nan]
            for y, g in zip(Y, GROUP, strict=True)
        ]
    )
    found = design.difference(Y, GROUP, Design(WEIGHTS))
    np.testing.assert_allclose(found, design.contrast(masked, [1, -1], Design(WEIGHTS)), rtol=1e-12)


def test_a_cluster_in_both_groups_counts_with_its_covariance():
    # pairs 1-4, 2-5, 3-6 are clusters: the paired t test, differences 5, 2, 5
    found = design.difference(Y, GROUP, Design(clusters=[1, 2, 3, 1, 2, 3]))
    assert found.se == pytest.approx(np.std([5, 2, 5], ddof=1) / np.sqrt(3), rel=1e-12)
    assert found.df == 2


def test_a_row_without_group_stays_in_the_design():
    # by hand: as the first test, but 8 rows were drawn: 8/7 * 4/9
    found = design.difference([*Y, 100, 1], [*GROUP, np.nan, np.nan], Design())
    assert (found.se**2, found.df) == (pytest.approx(8 / 7 * 4 / 9), 5)


def test_groups_may_be_false_and_true():
    found = design.difference(Y, np.array(GROUP) == "b", Design())
    assert found == design.difference(Y, GROUP, Design())


def test_a_table_gives_what_its_columns_give_and_nan_for_a_group_of_one():
    table = np.column_stack([Y, [1, 2, np.nan, np.nan, np.nan, 3]])
    found = design.difference(table, GROUP, Design())
    np.testing.assert_allclose([part[0] for part in found], design.difference(Y, GROUP, Design()))
    assert np.isnan([found.estimate[1], found.se[1], found.low[1], found.high[1]]).all()


def test_a_contrast_of_options_counts_who_ticked_both():
    # by hand: differences 1 0 1 0 0 -1 of the same people, mean 1/6
    gap = TICKED[:, 0] - TICKED[:, 1]
    found = design.contrast(TICKED, [1, -1], Design())
    assert found.estimate == pytest.approx(1 / 6)
    assert found.se == pytest.approx(gap.std(ddof=1) / np.sqrt(6), rel=1e-12)


def test_the_covariance_matrix_gives_every_contrast():
    matrix = design.covariance(TICKED, Design(WEIGHTS))
    found = design.contrast(TICKED, [1, -1], Design(WEIGHTS))
    assert matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1] == pytest.approx(found.se**2, rel=1e-12)


def test_the_covariance_of_a_column_with_one_answer_is_nan():
    columns = np.column_stack([Y, [1] + [np.nan] * 5])
    assert np.isnan(design.covariance(columns, Design())).tolist() == [[False, True], [True, True]]


def test_a_p_value_is_that_of_t():
    # by hand: t = 4 / sqrt(6/5 * 4/9) = sqrt(30) on 5 degrees
    # R: print(2 * pt(-sqrt(30), 5), digits = 10)
    found = design.difference(Y, GROUP, Design())
    assert design.p_value(found) == pytest.approx(0.002764960301, abs=5e-13)


def test_a_p_value_without_standard_error_is_nan():
    found = design.difference([1, 1, 1, 2, 2, 2], GROUP, Design())
    assert np.isnan(design.p_value(found))


def test_a_p_value_against_the_end_of_the_interval_is_its_level():
    found = design.difference(Y, GROUP, Design(), level=0.9)
    assert design.p_value(found, null=found.low) == pytest.approx(0.1, rel=1e-9)


@given(st.lists(st.floats(-100, 100), min_size=6, max_size=6))
def test_swapping_the_groups_turns_the_sign(values):
    one = design.difference(values, GROUP, Design(WEIGHTS))
    other = design.difference(values, list("bbbaaa"), Design(WEIGHTS))
    np.testing.assert_allclose(
        [-other.estimate, other.se, -other.high, -other.low],
        [one.estimate, one.se, one.low, one.high],
        rtol=1e-9,
        atol=1e-9,
    )


REFUSED = {
    "one group": (
        lambda: design.difference(Y, ["a"] * 6, Design()),
        "A difference needs 2 groups; there are 1: 'a'. Set the other rows' group to None, or "
        "compare pairs with contrast().",
    ),
    "three groups": (
        lambda: design.difference(Y, list("aabbcc"), Design()),
        "A difference needs 2 groups; there are 3: 'a', 'b', 'c'. Set the other rows' group to "
        "None, or compare pairs with contrast().",
    ),
    "no group": (
        lambda: design.difference(Y, [None] * 6, Design()),
        "A difference needs 2 groups; there are 0: none. Set the other rows' group to None, or "
        "compare pairs with contrast().",
    ),
    "a group of one": (
        lambda: design.difference(Y, list("aaaaab"), Design()),
        "Group 'b' has answers of 1 row(s); a difference needs at least 2 in each group.",
    ),
    "a group without answers": (
        lambda: design.difference([1, 2, 3, np.nan, np.nan, np.nan], GROUP, Design()),
        "Group 'b' has answers of 0 row(s); a difference needs at least 2 in each group.",
    ),
    "a group in one cluster": (
        lambda: design.difference(Y, GROUP, Design(clusters=list("xyzwww"))),
        "Group 'b' has answers of 1 cluster(s); a difference needs at least 2 in each group.",
    ),
    "groups of other rows": (
        lambda: design.difference(Y, ["a", "b"], Design()),
        "group has the shape (2,) and y 6 rows; give one group per row.",
    ),
    "coefficients": (
        lambda: design.contrast(TICKED, [1, -1, 0], Design()),
        "coefficients are [1.0, -1.0, 0.0] and there are 2 columns; give one number per column.",
    ),
    "missing coefficient": (
        lambda: design.contrast(TICKED, [1, np.nan], Design()),
        "coefficients are [1.0, nan] and there are 2 columns; give one number per column.",
    ),
    "empty option": (
        lambda: design.contrast(np.column_stack([Y, [np.nan] * 6]), [1, -1], Design()),
        "1 of 2 columns have answers of fewer than 2 row(s); leave them out.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_difference_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()


def test_groups_of_text_and_numbers_are_refused():
    with pytest.raises(
        TypeError, match=r"^group mixes text with other types; make all of it text\.$"
    ):
        design.difference(Y, np.array(["a", 1] * 3, dtype=object), Design())
