"""`Design`: what was drawn, and what it refuses.

row      1  2  3  4  5  6
weight   1  1  2  2  1  1
stratum  s  s  s  t  t  t
cluster  a  a  b  c  d  d
"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import design
from clientlab.stats.design import Design, effective_base

WEIGHTS = [1, 1, 2, 2, 1, 1]
STRATA = list("ssSttt".lower())
CLUSTERS = list("aabcdd")
Y = [1.0, 2.0, 6.0, 3.0, 4.0, 8.0]
GOOD = {"weights": WEIGHTS, "strata": STRATA, "clusters": CLUSTERS}


def slow_variance(y, weights, strata, clusters, fpc=None):
    """Variance of the weighted mean, stratum by stratum and cluster by cluster."""
    weights, y = np.array(weights, float), np.array(y, float)
    mean = np.average(y, weights=weights)
    total = 0.0
    for stratum in sorted(set(strata)):
        rows = [i for i in range(len(y)) if strata[i] == stratum]
        names = sorted({clusters[i] for i in rows})
        sums = []
        for name in names:
            mine = [i for i in rows if clusters[i] == name]
            sums.append(sum(weights[i] * (y[i] - mean) for i in mine) / weights.sum())
        n = len(names)
        left = 1 if fpc is None else 1 - n / fpc[rows[0]]
        total += left * n / (n - 1) * sum((x - np.mean(sums)) ** 2 for x in sums)
    return total


def test_variance_equals_a_slow_loop_over_strata_and_clusters():
    found = design.mean(Y, Design(**GOOD))
    assert found.se**2 == pytest.approx(slow_variance(Y, WEIGHTS, STRATA, CLUSTERS), rel=1e-12)


def test_a_finite_population_shrinks_the_variance_stratum_by_stratum():
    population = [4, 4, 4, 10, 10, 10]
    found = design.mean(Y, Design(**GOOD, fpc=population))
    expected = slow_variance(Y, WEIGHTS, STRATA, CLUSTERS, population)
    assert found.se**2 == pytest.approx(expected, rel=1e-12)


def test_degrees_of_freedom_are_clusters_less_strata():
    assert design.mean(Y, Design(**GOOD)).df == 2


def test_degrees_of_freedom_without_clusters_are_rows_less_strata():
    assert design.mean(Y, Design(strata=STRATA)).df == 4


def test_a_stratum_without_an_answer_takes_no_degree_of_freedom():
    domain = [True, True, True, False, False, False]
    assert design.mean(Y, Design(strata=STRATA), domain=domain).df == 2


def test_one_population_size_serves_rows_without_strata():
    # by hand: variance of the mean 2.5 is (1 - 4/40) * (5/3) / 4
    found = design.mean([1, 2, 3, 4], Design(fpc=40))
    assert found.se**2 == pytest.approx(0.9 * 5 / 3 / 4, rel=1e-12)


def test_without_weights_a_row_stands_for_its_share_of_the_population():
    # by hand: stratum s has 3 of 30, t has 3 of 6: 10 * (1+2+6) + 2 * (3+4+8)
    population = [30, 30, 30, 6, 6, 6]
    assert design.total(Y, Design(strata=STRATA, fpc=population)).estimate == pytest.approx(120)


def test_a_census_has_no_uncertainty():
    found = design.mean(Y, Design(fpc=6))
    assert (found.se, found.low, found.high) == (0, found.estimate, found.estimate)


def test_a_stratum_drawn_completely_may_have_one_cluster():
    strata = ["s", "t", "t"]
    found = design.mean([5, 1, 3], Design(strata=strata, fpc=[1, 4, 4], weights=[1, 2, 2]))
    # by hand: only t varies: (1 - 2/4) * 2 * ((2*(1-2.6) - 2*(3-2.6)) / 2 / 5)^2 * 2
    assert found.se**2 == pytest.approx(0.5 * 2 * 2 * (2 / 5) ** 2, rel=1e-12)


def test_raked_margins_leave_a_margin_itself_without_uncertainty():
    margins = pd.DataFrame({"a": list("xxyyxy"), "b": list("uvuvvv")})
    known = (margins["a"] == "x").astype(float)
    assert design.mean(known, Design(WEIGHTS, margins=margins)).se == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    "margins",
    [
        [list("xxyyxy"), list("uvuvvv")],
        {"a": list("xxyyxy"), "b": list("uvuvvv")},
        np.array([list("xxyyxy"), list("uvuvvv")]).T,
    ],
    ids=["list", "frame", "table"],
)
def test_margins_may_be_a_list_a_frame_or_a_table(margins):
    margins = pd.DataFrame(margins) if isinstance(margins, dict) else margins
    dummies = np.array(
        [[a == "x", a == "y", b == "u"] for a, b in zip("xxyyxy", "uvuvvv", strict=True)]
    )
    plain = np.array(Y) - np.average(Y, weights=WEIGHTS)
    residual = plain - dummies @ np.linalg.lstsq(dummies.astype(float), plain)[0]
    z = np.array(WEIGHTS) * residual / sum(WEIGHTS)
    expected = 6 / 5 * ((z - z.mean()) ** 2).sum()
    found = design.mean(Y, Design(WEIGHTS, margins=margins))
    assert found.se**2 == pytest.approx(expected, rel=1e-10)


def test_a_single_margin_may_be_a_plain_column():
    one = Design(WEIGHTS, margins=list("xxyyxy"))
    assert design.mean(Y, one).se == design.mean(Y, Design(WEIGHTS, margins=[list("xxyyxy")])).se


@given(st.floats(1e-3, 1e3))
def test_weights_times_a_constant_change_nothing(constant):
    one = design.mean(Y, Design(**GOOD))
    other = design.mean(Y, Design(constant * np.array(WEIGHTS), STRATA, CLUSTERS))
    np.testing.assert_allclose(other, one, rtol=1e-9)


@given(st.permutations(range(6)))
def test_the_order_of_the_rows_changes_nothing(order):
    columns = {name: [column[i] for i in order] for name, column in GOOD.items()}
    other = design.mean([Y[i] for i in order], Design(**columns))
    np.testing.assert_allclose(other, design.mean(Y, Design(**GOOD)), rtol=1e-9)


def test_names_of_strata_and_clusters_change_nothing():
    renamed = Design(WEIGHTS, [{"s": 9, "t": 1}[s] for s in STRATA], [ord(c) for c in CLUSTERS])
    np.testing.assert_allclose(design.mean(Y, renamed), design.mean(Y, Design(**GOOD)), rtol=1e-12)


def test_clusters_of_one_row_change_nothing():
    alone = Design(WEIGHTS, clusters=range(6))
    np.testing.assert_allclose(design.mean(Y, alone), design.mean(Y, Design(WEIGHTS)), rtol=1e-12)


def test_a_design_says_what_it_is_in_one_line():
    assert repr(Design(**GOOD)) == (
        "Design: 6 rows, 2 strata, 4 clusters, 2 degrees of freedom, effective base 5.3"
    )
    assert repr(Design()) == "Design: every row drawn alone, with the same weight"


def test_what_is_given_is_copied_and_cannot_change():
    weights = np.array(WEIGHTS, dtype=float)
    kept = Design(weights)
    weights[0] = 100
    assert kept.weights[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        kept.weights[0] = 2


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20))
def test_the_effective_base_lies_between_one_and_the_rows(weights):
    assert 1 - 1e-9 <= effective_base(weights) <= len(weights) + 1e-9


def test_the_effective_base_of_equal_weights_is_the_number_of_rows():
    assert effective_base([0.3] * 7) == pytest.approx(7)


REFUSED = {
    "lengths differ": (
        {**GOOD, "strata": STRATA[:5]},
        "The lengths differ: weights has 6, strata has 5, clusters has 6. Each needs one value per "
        "row.",
    ),
    "margins differ": (
        {"weights": WEIGHTS, "margins": [list("xy")]},
        "The lengths differ: weights has 6, margin 1 has 2. Each needs one value per row.",
    ),
    "negative weights": (
        {"weights": [1, -1, 2, -3]},
        "weights are negative in 2 of 4 rows.",
    ),
    "missing weights": (
        {"weights": [1, np.nan, 2]},
        "weights are missing in 1 of 3 rows.",
    ),
    "weights of 0": (
        {"weights": [0, 0]},
        "weights sum to 0; at least two rows need a positive one.",
    ),
    "infinite weights": (
        {"weights": [1, np.inf]},
        "weights holds 1 infinite values; use NaN for a missing one.",
    ),
    "table of weights": (
        {"weights": np.ones((2, 2))},
        "weights have the shape (2, 2); give one number per row.",
    ),
    "missing strata": (
        {"weights": WEIGHTS, "strata": ["s", None, "s", "t", np.nan, "t"]},
        'strata is missing in 2 of 6 rows; give each row a value, such as "unknown".',
    ),
    "missing clusters": (
        {"clusters": ["a", "b", np.nan]},
        'clusters is missing in 1 of 3 rows; give each row a value, such as "unknown".',
    ),
    "table of strata": (
        {"strata": [["s", "t"]]},
        "strata has the shape (1, 2); it needs one value per row.",
    ),
    "stratum of one": (
        {"strata": ["s", "s", "t", "u"]},
        "2 of 3 strata have one row only: 't', 'u'. A variance needs at least 2 rows in each; join "
        "the stratum with one like it.",
    ),
    "stratum of one cluster": (
        {"strata": list("sstt"), "clusters": list("aabc")},
        "1 of 2 strata have one cluster only: 's'. A variance needs at least 2 clusters in each; "
        "join the stratum with one like it.",
    ),
    "one cluster": (
        {"clusters": list("aaaa")},
        "There is one cluster only; a variance needs at least 2.",
    ),
    "one row": (
        {"weights": [2]},
        "There is one row only; a variance needs at least 2.",
    ),
    "cluster in two strata": (
        {"strata": list("ssttt"), "clusters": list("abaca")},
        "Cluster 'a' lies in more than one stratum. If clusters were numbered anew in each "
        "stratum, join both names into one; otherwise the stratum is a trait to compare by, not a "
        "stratum.",
    ),
    "small population": (
        {"strata": list("sstt"), "fpc": [2, 2, 1, 1]},
        "fpc of stratum 't' is 1, smaller than the 2 rows drawn. It is the size of the population "
        "in rows, not a share.",
    ),
    "sampling fraction": (
        {"clusters": list("abcd"), "fpc": 0.1},
        "fpc is 0.1, smaller than the 4 clusters drawn. It is the size of the population in "
        "clusters, not a share.",
    ),
    "two populations": (
        {"strata": list("sstt"), "fpc": [9, 9, 5, 7]},
        "fpc takes 2 values within the rows of stratum 't', from 5 to 7; a population has one "
        "size.",
    ),
    "one population for strata": (
        {"strata": list("sstt"), "fpc": 90},
        "fpc is one number but there are 2 strata; give each row the size of its own stratum's "
        "population.",
    ),
    "missing population": (
        {"fpc": [9, np.nan, 9]},
        "fpc is missing in 1 of 3 rows.",
    ),
    "table of populations": (
        {"fpc": [[9, 9]]},
        "fpc has the shape (1, 2); give one number, or one per row.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_design_that_cannot_be_is_refused_in_a_sentence(case):
    given, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Design(**given)


def test_weights_that_are_words_are_refused():
    with pytest.raises(
        TypeError, match=r"^weights must be numbers, with NaN where one is missing\.$"
    ):
        Design(weights=["a", "b"])


def test_an_effective_base_of_negative_weights_is_refused():
    with pytest.raises(ValueError, match=r"^weights are negative in 1 of 2 rows\.$"):
        effective_base([1, -1])
