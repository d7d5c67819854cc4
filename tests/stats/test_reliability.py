"""Cronbach's alpha and item-rest correlations.

marks  a b c d
       4 5 3 4
       2 3 2 3   … 12 rows, golden/practices/market.R

by hand, two items:  1 1, 2 2, 3 3 → variances 1, 1; of the sum 4; alpha 2 · (1 − 2/4) = 1
"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import reliability
from clientlab.stats.design import Design

MARKS = pd.DataFrame(
    [[4, 5, 3, 4], [2, 3, 2, 3], [5, 4, 4, 5], [3, 3, 2, 2], [4, 4, 5, 3], [1, 2, 2, 1],
     [3, 4, 3, 4], [5, 5, 4, 4], [2, 1, 3, 2], [4, 3, 4, 5], [3, 2, 1, 3], [4, 5, 4, 2]],
    columns=list("abcd"),
)  # fmt: skip


def test_alpha_and_feldts_interval_equal_r():
    # R: golden/practices/market.R, k / (k - 1) * (1 - sum(var) / var(sum)), qf
    found = reliability.alpha(MARKS, method="feldt")
    assert found.estimate == pytest.approx(0.854970760233918, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((0.650151054900911, 0.953175824479301))


def test_feldts_interval_of_a_printed_alpha_equals_r():
    # Feldt, Woodruff & Salih (1987), formulas 6 and 7; R: 1 - (1 - .83) * qf(c(.975, .025),
    # 99, 99 * 19)
    found = reliability.feldt(0.83, 100, 20)
    assert found == pytest.approx((0.777647597563612, 0.874804268608104))


def test_items_that_are_equal_are_wholly_consistent():
    found = reliability.alpha([[1, 1], [2, 2], [3, 3]])
    assert found.estimate == pytest.approx(1)


def test_item_rest_correlations_equal_r():
    # R: cor.test(x[, j], rowSums(x[, -j]))
    found = reliability.item_rest(MARKS).set_index("item")
    expected = {
        "a": (0.887029420060564, 0.637822671420663, 0.968101773010648, 0.732615894039735),
        "b": (0.684791103304384, 0.182685310496571, 0.903582384217522, 0.821729150726855),
        "c": (0.637709870797582, 0.100641191346788, 0.886988879666115, 0.839421088904204),
        "d": (0.599499140639015, 0.0390237994265287, 0.873031270532380, 0.856232294617564),
    }
    for item, values in expected.items():
        row = found.loc[item, ["estimate", "low", "high", "alpha_without"]]
        assert row.tolist() == pytest.approx(values, rel=1e-8)


def test_the_corrected_interval_equals_its_slow_path():
    # independent path: ratio of sums, each residual divided by what it leaves the others
    x = MARKS.to_numpy(float)
    away = x - x.mean(axis=0)
    parts, whole = (away**2).sum(axis=1), away.sum(axis=1) ** 2
    ratio = parts.sum() / whole.sum()
    variance = sum(((p - ratio * w) / (whole.sum() - w)) ** 2
                   for p, w in zip(parts, whole, strict=True))  # fmt: skip
    reach = 2.200985160082949 * np.sqrt(variance) / ratio  # R: qt(.975, 11)
    found = reliability.alpha(MARKS)
    ends = [4 / 3 * (1 - ratio * np.exp(side * reach)) for side in (1, -1)]
    assert (found.low, found.high) == pytest.approx(ends)
    assert found.df == 11


def test_clusters_of_one_change_nothing():
    plain, alone = reliability.alpha(MARKS), reliability.alpha(
        MARKS, design=Design(clusters=np.arange(12)))  # fmt: skip
    assert plain == pytest.approx(alone)


def test_a_respondent_repeated_in_the_own_cluster_is_no_news():
    twice = pd.concat([MARKS, MARKS], ignore_index=True)
    found = reliability.alpha(twice, design=Design(clusters=np.tile(np.arange(12), 2)))
    assert found == pytest.approx(reliability.alpha(MARKS))


def test_a_weight_of_two_is_a_repetition():
    weights = np.r_[2, np.ones(11)]
    found = reliability.alpha(MARKS, design=Design(weights=weights))
    twice = pd.concat([MARKS.iloc[[0]], MARKS], ignore_index=True)
    again = reliability.alpha(twice, design=Design(clusters=np.r_[0, np.arange(12)]))
    assert found == pytest.approx(again)


def test_clusters_count_in_item_rest_correlations_too():
    twice = pd.concat([MARKS, MARKS], ignore_index=True)
    clusters = np.tile(np.arange(12), 2)
    found = reliability.item_rest(twice, design=Design(clusters=clusters))
    once = reliability.item_rest(MARKS, design=Design(clusters=np.arange(12)))
    pd.testing.assert_frame_equal(found.drop(columns="base"), once.drop(columns="base"))


def test_who_left_an_item_out_is_left_out():
    some = pd.concat([MARKS, pd.DataFrame([[5, np.nan, 1, 1]], columns=list("abcd"))])
    assert reliability.alpha(some) == reliability.alpha(MARKS)
    assert (reliability.item_rest(some)["base"] == 12).all()


def test_an_item_without_spread_has_no_correlation():
    found = reliability.item_rest(MARKS.assign(d=3)).set_index("item")
    assert np.isnan(found.loc["d", ["estimate", "low", "high"]].to_numpy(float)).all()
    assert not np.isnan(found.loc["a", "estimate"])


@given(st.floats(0.1, 10), st.floats(-5, 5), st.permutations(list("abcd")))
def test_the_unit_of_the_marks_and_the_order_of_the_items_change_nothing(scale, shift, order):
    moved = reliability.alpha(scale * MARKS[order] + shift)
    assert moved == pytest.approx(reliability.alpha(MARKS), rel=1e-6)


REFUSED = {
    "one item": (
        lambda: reliability.alpha(MARKS[["a"]]),
        "12 respondents answered all 1 items; consistency needs at least 3 respondents and 2 "
        "items.",
    ),
    "two people": (
        lambda: reliability.alpha(MARKS.head(2)),
        "2 respondents answered all 4 items; consistency needs at least 3 respondents and 2 items.",
    ),
    "equal sums": (
        lambda: reliability.alpha([[1, 2], [2, 1], [1, 2]]),
        "All 3 respondents have the same sum of 2 items: there is nothing to be consistent about.",
    ),
    "method": (
        lambda: reliability.alpha(MARKS, method="bootstrap"),
        "method='bootstrap' is not known; use one of corrected, feldt.",
    ),
    "feldt with clusters": (
        lambda: reliability.alpha(MARKS, method="feldt", design=Design()),
        "method='feldt' knows no weights and no clusters; leave the design out, or use "
        "method='corrected'.",
    ),
    "one cluster": (
        lambda: reliability.alpha(MARKS, design=Design(clusters=["a"] * 12)),
        "There is one cluster only; a variance needs at least 2.",
    ),
    "level": (
        lambda: reliability.alpha(MARKS, level=95),
        "level=95 must lie between 0 and 1, such as 0.95.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_consistency_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()


def drawn(random, people, kind, clusters):
    """Marks of twelve items with loadings of 0.4–0.9 of one attitude."""
    attitude = random.normal(size=people)
    if clusters is not None:
        attitude = 0.6 * random.normal(size=clusters.max() + 1)[clusters] + 0.8 * attitude
    marks = 3.6 + np.linspace(0.4, 0.9, 12) * attitude[:, None]
    marks = marks + random.normal(0, 0.8, marks.shape)
    if kind == "normal":
        return marks
    return np.clip(np.round(marks + (kind == "crowded")), 1, 5)


@pytest.mark.simulation
@pytest.mark.parametrize("kind", ["normal", "marks", "crowded"])
@pytest.mark.parametrize("people", [20, 50, 95])
@pytest.mark.parametrize("size", [1, 3])
def test_alpha_is_covered(kind, people, size):
    truth = reliability.alpha(drawn(np.random.default_rng(0), 400_000, kind, None)).estimate
    random, covered, runs = np.random.default_rng([people, size]), 0, 4000
    clusters = np.arange(people) // size
    for _ in range(runs):
        marks = drawn(random, people, kind, clusters if size > 1 else None)
        found = reliability.alpha(marks, design=Design(clusters=clusters))
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / runs <= 0.97
