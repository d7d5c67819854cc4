"""A ratio over few units of unequal size.

part    80    0   120   95      r = 295 ÷ 380 = .776
whole  100   50   130  100      h = whole ÷ 380
"""

import numpy as np
import pytest
import statsmodels.api as sm

from clientlab.stats.ratios import leverage_ratio

PART, WHOLE = np.array([80.0, 0, 120, 95]), np.array([100.0, 50, 130, 100])


def test_its_error_is_that_of_a_regression_through_the_origin():
    # WLS of part on whole with weights 1 / whole, HC3: the same sandwich by another path.
    fit = sm.WLS(PART, WHOLE, weights=1 / WHOLE).fit(cov_type="HC3")
    found = leverage_ratio(PART, WHOLE)
    assert found.estimate == pytest.approx(fit.params[0])
    assert found.se == pytest.approx(fit.bse[0])


def test_a_bounded_interval_stays_inside():
    found = leverage_ratio([1, 4, 0, 3], [4, 4, 4, 4], bounded=True)
    assert 0 < found.low < 0.5 < found.high < 1
    free = leverage_ratio([1, 4, 0, 3], [4, 4, 4, 4])
    assert free.low < found.low


def test_equal_units_of_nothing_or_all_have_the_interval_of_wilson():
    # Wilson, 0 of 10: (0, z² ÷ (10 + z²)) = (0, .2775)
    none = leverage_ratio(np.zeros(10), np.full(10, 7.0), bounded=True)
    assert (none.low, round(none.high, 4)) == (0, 0.2775)
    all_ = leverage_ratio(np.full(10, 7.0), np.full(10, 7.0), bounded=True)
    assert (round(all_.low, 4), all_.high) == (0.7225, 1)


def test_what_has_no_spread_or_one_unit_has_no_interval():
    assert np.isnan(leverage_ratio([1, 2, 3], [2, 4, 6]).low)
    assert np.isnan(leverage_ratio([1], [2], bounded=True).low)
    assert np.isnan(leverage_ratio([], []).estimate)


def test_missing_units_are_left_out():
    with_gap = leverage_ratio([*PART, np.nan], [*WHOLE, 5])
    assert with_gap == leverage_ratio(PART, WHOLE)


def test_what_cannot_be_a_ratio_is_refused():
    with pytest.raises(ValueError, match="1 of 2 values of whole are not positive"):
        leverage_ratio([1, 2], [1, 0])
    with pytest.raises(ValueError, match="between 0 and its whole"):
        leverage_ratio([3, 1], [2, 2], bounded=True)
    with pytest.raises(ValueError, match="both need one value per unit"):
        leverage_ratio([3, 1], [2])


def drawn(random, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Fees of log-normal size; a fifth of the clients gone, the others a little changed."""
    whole = np.exp(random.normal(0, 0.9, units))
    kept = np.where(random.random(units) < 0.2, 0, np.exp(random.normal(-0.02, 0.25, units)))
    return whole * kept, whole


TRUTH_NET = 0.8 * np.exp(-0.02 + 0.25**2 / 2)


@pytest.mark.simulation
@pytest.mark.parametrize("units", [20, 50, 95])
def test_both_intervals_cover(units):
    random = np.random.default_rng(units)
    part, whole = drawn(random, 2_000_000)
    gross_truth = np.minimum(part, whole).sum() / whole.sum()
    net, gross = 0, 0
    for _ in range(4_000):
        part, whole = drawn(random, units)
        found = leverage_ratio(part, whole)
        net += found.low <= TRUTH_NET <= found.high
        found = leverage_ratio(np.minimum(part, whole), whole, bounded=True)
        gross += found.low <= gross_truth <= found.high
    # 93–95%, as the docstring says: under the 93.5% of larger samples.
    assert 0.925 <= net / 4_000 <= 0.97
    assert 0.925 <= gross / 4_000 <= 0.97
