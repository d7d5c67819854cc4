"""Many weightings at once are what `scoring` says of the rows repeated.

y      0   0   1   1
score  1   3   2   4      weights 1 1 1 1: AUC 3/4; 2 0 1 1: 1; 1 1 0 0: nobody left
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.stats import scoring
from clientlab.stats import weighted_scoring as weighted

RANKED = {
    "auc": lambda y, s: scoring.auc(y, s).estimate,
    "average_precision": lambda y, s: scoring.average_precision(y, s).estimate,
    "lift_at": lambda y, s: scoring.lift_at(y, s, 0.1).estimate,
}
PROBABLE = {
    "log_loss": lambda y, p: scoring.log_loss(y, p).estimate,
    "brier": lambda y, p: scoring.brier(y, p).score,
    "calibration_slope": lambda y, p: scoring.calibration(y, p).slope.estimate,
}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(4, 40), values=st.integers(1, 12))
def test_whole_weights_are_repeated_rows(seed, rows, values):
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    y[:2] = 0, 1
    score = random.integers(0, values, rows).astype(float)
    p = np.clip(random.random(rows), 0.01, 0.99)
    weights = random.integers(0, 4, (5, rows))
    weights[:, :2] += 1  # both classes in every resample
    for place, times in enumerate(weights):
        again = np.repeat(np.arange(rows), times)
        for name, slow in RANKED.items():
            more = (0.1,) if name == "lift_at" else ()
            fast = getattr(weighted, name)(y, score, weights, *more)[place]
            assert fast == pytest.approx(slow(y[again], score[again]), abs=1e-10)
        for name, slow in PROBABLE.items():
            fast = getattr(weighted, name)(y, p, weights)[place]
            value = slow(y[again], p[again])
            # A slope of classes that hardly overlap is endless in one and 80 in the other.
            if np.isfinite(value) and abs(value) < 20 and np.isfinite(fast):
                assert fast == pytest.approx(value, rel=1e-5, abs=1e-8)


def test_the_slope_is_found_wherever_scoring_finds_one():
    random = np.random.default_rng(3)
    p = random.uniform(0.02, 0.5, 200)
    y = (random.random(200) < p).astype(int)
    drawn = random.multinomial(200, np.full(200, 1 / 200), 300)
    found = weighted.calibration_slope(y, p, drawn)
    assert np.isfinite(found).all()
    again = np.repeat(np.arange(200), drawn[17])
    assert found[17] == pytest.approx(scoring.calibration(y[again], p[again]).slope.estimate)


def test_a_resample_without_leavers_has_no_value():
    y, score, none = [0, 1], [1, 2], [[1, 0]]
    assert np.isnan(weighted.auc(y, score, none)).all()
    assert np.isnan(weighted.average_precision(y, score, none)).all()
    assert np.isnan(weighted.lift_at(y, score, none, 0.1)).all()
    assert np.isnan(weighted.calibration_slope(y, [0.2, 0.4], none)).all()


def test_equal_scores_and_the_order_of_rows_do_not_matter():
    y = np.array([1, 0, 0, 1, 0, 0])
    weights = np.array([[1, 2, 1, 1, 3, 1]])
    order = np.array([3, 1, 5, 0, 4, 2])
    score = np.array([2.0, 2, 1, 1, 3, 2])
    for call in (weighted.auc, weighted.average_precision):
        assert call(y, score, weights) == pytest.approx(
            call(y[order], score[order], weights[:, order]))  # fmt: skip
    assert weighted.auc(y, np.ones(6), weights).tolist() == [0.5]


def test_separated_classes_have_no_slope():
    assert np.isnan(weighted.calibration_slope([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [[1] * 4]))
    assert np.isnan(weighted.calibration_slope([0, 1, 0, 1], [0.3] * 4, [[1] * 4]))
