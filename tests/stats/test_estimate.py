"""An estimate: number, standard error, ends, degrees of freedom, in this order."""

from clientlab.stats.estimate import Estimate


def test_an_estimate_unpacks_in_the_documented_order():
    assert Estimate._fields == ("estimate", "se", "low", "high", "df")
    estimate, se, low, high, df = Estimate(0.5, 0.1, 0.3, 0.7, float("inf"))
    assert low < estimate < high
    assert (se, df) == (0.1, float("inf"))
