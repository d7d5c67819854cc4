"""Intervals over random splits, the sentences of all measures, and what is loaded.

split        1      2      3      4       mean 0.02, s² = 0.0002/3, training 80, test 20
difference   0.01   0.03   0.02   0.02    se = √((1/4 + 20/80) · s²) = 0.00577
"""

import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from clientlab.stats import scoring

GAPS = [0.02, -0.01, 0.03, 0.05, 0.01, 0.00, 0.04, 0.02, -0.02, 0.03]
SPLITS = st.lists(st.integers(-50, 50), min_size=2, max_size=30)


def test_the_corrected_variance_by_hand():
    found = scoring.corrected_interval([0.01, 0.03, 0.02, 0.02], 80, 20)
    assert found.se == pytest.approx(np.sqrt(0.5 * 0.0002 / 3))
    assert found.df == 3


# s <- sqrt((1 / 10 + 1) * var(d)); c(mean(d), s, mean(d) + qt(c(.025, .975), 9) * s)
def test_the_corrected_interval_equals_the_formula_in_r():
    found = scoring.corrected_interval(GAPS, 50, 50)
    expected = [0.017000000000000001, 0.023216373532487799]
    assert_allclose(found[:4], [*expected, -0.035519085680715934, 0.069519085680715936], rtol=1e-12)


# t.test(d)$conf.int
def test_no_test_part_gives_the_plain_t_interval():
    found = scoring.corrected_interval(GAPS, 1, 0)
    assert_allclose(
        [found.low, found.high], [0.0011648998604125676, 0.0328351001395874378], rtol=1e-10
    )


@given(SPLITS, st.floats(0.1, 10), st.floats(0.0, 5))
def test_only_the_ratio_of_the_sizes_counts_and_a_larger_one_widens(gaps, factor, test_size):
    found = scoring.corrected_interval(gaps, 2.0, test_size)
    same = scoring.corrected_interval(gaps, 2.0 * factor, test_size * factor)
    wider = scoring.corrected_interval(gaps, 2.0, test_size + 1)
    assert_allclose(same, found, rtol=1e-9)
    assert wider.se >= found.se


def test_differences_that_are_all_equal_have_no_interval():
    found = scoring.corrected_interval([0.1, 0.1, 0.1], 80, 20)
    assert found.estimate == pytest.approx(0.1)
    assert np.isnan([found.low, found.high]).all()


RANKING = ("auc", "average_precision", "lift_at", "expected_maximum_profit")
ALL = (*RANKING, "brier", "log_loss", "calibration")
MORE = {
    "lift_at": {"share": 0.5},
    "expected_maximum_profit": {
        "clv": 200,
        "incentive": 10,
        "contact": 1,
        "alpha": 6,
        "beta": 14,
    },
}


def refused(name, y, values, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        getattr(scoring, name)(y, values, **MORE.get(name, {}))


@pytest.mark.parametrize("name", ALL)
def test_arrays_of_different_lengths_are_refused(name):
    other = "score" if name in RANKING else "p"
    message = (
        f"y has 3 rows and {other} has 2. They must describe the same clients in the same "
        f"order: pass arrays of one length."
    )
    refused(name, [0, 1, 1], [0.1, 0.2], ValueError, message)


@pytest.mark.parametrize("name", ALL)
def test_missing_values_are_refused_with_their_number(name):
    other = "score" if name in RANKING else "p"
    rule = "Every client needs one: drop these rows first, from all arrays alike."
    message = f"{other} has missing values in 2 of 3 rows. {rule}"
    refused(name, [0, 1, 1], [0.1, np.nan, np.nan], ValueError, message)
    refused(
        name,
        [0, np.nan, 1],
        [0.1, 0.2, 0.3],
        ValueError,
        f"y has missing values in 1 of 3 rows. {rule}",
    )


@pytest.mark.parametrize("name", ALL)
def test_outcomes_other_than_0_and_1_are_refused(name):
    message = (
        "y is neither 0 nor 1 in 2 of 4 rows (the first is 2). "
        "1 means left, 0 means stayed: recode y."
    )
    refused(name, [1, 2, 0, 3], [0.1, 0.2, 0.3, 0.4], ValueError, message)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("auc", "The AUC"),
        ("average_precision", "Average precision"),
        ("lift_at", "Lift"),
        ("expected_maximum_profit", "Profit"),
        ("calibration", "Calibration"),
    ],
)
def test_one_class_only_is_refused_where_classes_are_compared(name, what):
    for outcome, fate in ((0, "stayed"), (1, "left")):
        message = (
            f"y holds one class only: all 3 clients {fate}. {what} compares those who left "
            f"with those who stayed: use a longer horizon or more clients."
        )
        refused(name, [outcome] * 3, [0.1, 0.2, 0.3], ValueError, message)


@pytest.mark.parametrize("name", ["brier", "log_loss", "calibration"])
def test_probabilities_outside_0_to_1_are_refused(name):
    message = (
        "p is outside 0 to 1 in 2 of 3 rows (the first is 60). A probability is needed here: "
        "pass predict_proba(...)[:, 1], not a score or a percentage."
    )
    refused(name, [0, 1, 1], [0.5, 60, -1], ValueError, message)


def test_certain_and_wrong_is_refused_by_log_loss():
    message = (
        "p is exactly 0 or 1 and wrong in 2 of 3 rows, so the log loss is infinite. A forecast "
        "must leave room for doubt: limit it first, as in np.clip(p, 0.001, 0.999)."
    )
    refused("log_loss", [0, 1, 1], [1.0, 0.0, 1.0], ValueError, message)


def test_certainty_is_refused_by_calibration():
    message = (
        "p is exactly 0 or 1 in 1 of 3 rows, and their logit is infinite. A forecast must leave "
        "room for doubt: limit it first, as in np.clip(p, 0.001, 0.999)."
    )
    refused("calibration", [0, 1, 1], [0.2, 0.5, 1.0], ValueError, message)


def test_no_bins_are_refused():
    with pytest.raises(
        ValueError, match=r"^bins is 0\. At least one bin is needed: use 5 or 10\.$"
    ):
        scoring.calibration([0, 1], [0.2, 0.5], bins=0)


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "0"), (1.5, "1.5"), (np.nan, "nan"), (-0.1, "-0.1")]
)
def test_a_share_outside_0_to_1_is_refused(share, shown):
    message = (
        f"share is {shown}. It is the part of the clients that is called and lies above 0 "
        f"and up to 1: use 0.1 for a tenth."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scoring.lift_at([0, 1], [1, 2], share)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (
            ["high", "low"],
            TypeError,
            "score is not numeric throughout. It must hold one number per client: "
            "drop the rows without one and convert the rest to numbers.",
        ),
        (
            [[0.5, 0.5], [0.2, 0.8]],
            ValueError,
            "score has the shape (2, 2). It must hold one number per client: "
            "of a table of probabilities pass the column of 1, as in table[:, 1].",
        ),
        ([], ValueError, "score is empty. It must hold one number per client: pass at least one."),
    ],
)
def test_scores_that_are_no_column_of_numbers_are_refused(values, error, message):
    refused("auc", [0, 1], values, error, message)


@pytest.mark.parametrize(
    "call",
    [
        lambda level: scoring.auc([0, 1], [1, 2], level=level),
        lambda level: scoring.auc_difference([0, 1], [1, 2], [1, 2], level=level),
        lambda level: scoring.average_precision([0, 1], [1, 2], level=level),
        lambda level: scoring.lift_at([0, 1], [1, 2], 1.0, level=level),
        lambda level: scoring.brier([0], [0.5], level=level),
        lambda level: scoring.log_loss([0], [0.5], level=level),
        lambda level: scoring.calibration([0, 1], [0.2, 0.3], level=level),
        lambda level: scoring.corrected_interval([1, 1], 1, 1, level=level),
    ],
)
def test_a_level_in_percent_is_refused_everywhere(call):
    with pytest.raises(ValueError, match=r"level.*95"):
        call(95)


def test_one_difference_is_refused():
    message = (
        "differences has 1 value. The spread between splits needs at least 2: "
        "repeat the split with other seeds."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scoring.corrected_interval([0.1], 80, 20)


@pytest.mark.parametrize(("train", "test"), [(0, 20), (80, -1)])
def test_sizes_that_make_no_split_are_refused(train, test):
    message = (
        f"train_size is {train} and test_size is {test}. The training part must be above 0 and "
        f"the test part 0 or more: pass the numbers of rows of one split."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scoring.corrected_interval([0.1, 0.2], train, test)


def test_booleans_and_series_are_taken_as_they_are():
    import pandas as pd

    y = pd.Series([False, False, True, True], index=[9, 8, 7, 6])
    assert scoring.auc(y, pd.Series([1, 3, 2, 4])).estimate == 0.75


def test_importing_scoring_loads_nothing_heavy():
    code = (
        "import sys; import clientlab.stats.scoring; "
        "print([m for m in ('scipy', 'sklearn', 'statsmodels') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
