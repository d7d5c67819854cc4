"""Rao & Scott's test; the numbers of R are in test_design_golden.py.

counts     small  large
calls        8      4
no calls     3      9       X² = 24 (72 − 12)² / (12 · 12 · 11 · 13) = 4.196
"""

import re

import numpy as np
import pandas as pd
import pytest

from clientlab.stats import design
from clientlab.stats.design import Design

CALLS = ["yes"] * 12 + ["no"] * 12
SIZE = ["small"] * 8 + ["large"] * 4 + ["small"] * 3 + ["large"] * 9
WEIGHTS = np.linspace(0.5, 2, 24)


def test_equal_weights_give_pearsons_statistic_but_for_one_degree():
    # by hand: with contrast c = (1, -1, -1, 1) and cell shares s, the design effect is
    # 24/23 * variance of c / s under the shares, over sum 1/s
    shares = np.array([8, 4, 3, 9]) / 24
    scaled = np.array([1, -1, -1, 1]) / shares
    effect = 24 / 23 * (shares @ scaled**2 - (shares @ scaled) ** 2) / (1 / shares).sum()
    pearson = 24 * (8 * 9 - 4 * 3) ** 2 / (12 * 12 * 11 * 13)
    found = design.rao_scott(CALLS, SIZE, Design())
    assert found.F == pytest.approx(pearson / effect, rel=1e-10)
    assert (found.ndf, found.ddf) == (pytest.approx(1), pytest.approx(23))


def test_rows_and_columns_may_change_places():
    one = design.rao_scott(CALLS, SIZE, Design(WEIGHTS))
    np.testing.assert_allclose(design.rao_scott(SIZE, CALLS, Design(WEIGHTS)), one, rtol=1e-10)


def test_weights_times_a_constant_change_nothing():
    one = design.rao_scott(CALLS, SIZE, Design(WEIGHTS))
    np.testing.assert_allclose(design.rao_scott(CALLS, SIZE, Design(7 * WEIGHTS)), one, rtol=1e-10)


def test_twice_the_rows_in_the_same_clusters_change_nothing():
    clusters = np.arange(24)
    one = design.rao_scott(CALLS, SIZE, Design(WEIGHTS))
    twice = Design(np.tile(WEIGHTS, 2), clusters=np.tile(clusters, 2))
    np.testing.assert_allclose(design.rao_scott(CALLS * 2, SIZE * 2, twice), one, rtol=1e-10)


def test_missing_answers_leave_the_domain_not_the_design():
    some = pd.Series(SIZE).where(np.arange(24) % 5 > 0)
    found = design.rao_scott(CALLS, some, Design(WEIGHTS))
    assert found.ddf == pytest.approx(18)


def test_rows_of_weight_0_bring_no_category():
    weights = np.append(WEIGHTS, 0)
    found = design.rao_scott([*CALLS, "maybe"], [*SIZE, "small"], Design(weights))
    assert (found.ndf, found.ddf) == (pytest.approx(1), pytest.approx(23))


def test_independent_answers_of_equal_weight_have_an_f_of_0():
    found = design.rao_scott(list("aabb") * 3, list("xyxy") * 3, Design())
    assert (found.F, found.p) == (pytest.approx(0), pytest.approx(1))


REFUSED = {
    "one row category": (
        lambda: design.rao_scott(["yes"] * 24, SIZE, Design()),
        "rows have 1 categories ('yes') among the 24 rows that have both; a test of independence "
        "needs at least 2.",
    ),
    "one column": (
        lambda: design.rao_scott(CALLS, ["a"] * 24, Design()),
        "columns have 1 categories ('a') among the 24 rows that have both; a test of independence "
        "needs at least 2.",
    ),
    "nothing in common": (
        lambda: design.rao_scott(["a", "b", None, None], [None, None, "c", "d"], Design()),
        "rows have 0 categories (none) among the 0 rows that have both; a test of independence "
        "needs at least 2.",
    ),
    "lengths": (
        lambda: design.rao_scott(CALLS, SIZE[:5], Design()),
        "rows have 24 values and columns 5; give as many.",
    ),
    "table": (
        lambda: design.rao_scott([CALLS], SIZE, Design()),
        "rows has the shape (1, 24); give one category per row.",
    ),
    "no degree of freedom": (
        lambda: design.rao_scott(["a", "b", None, None], list("cdcd"), Design(strata=[1, 2, 1, 2])),
        "The table leaves no degree of freedom; it needs more clusters or rows.",
    ),
    "nothing varies": (
        lambda: design.rao_scott(list("aabb"), list("ccdd"), Design(strata=[1, 1, 2, 2])),
        "The cells do not vary within strata or clusters; there is nothing to test.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_tested_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()
