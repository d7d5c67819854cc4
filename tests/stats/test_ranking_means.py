"""The order of means of the same respondents.

ranks   calls visits gifts       means 1.17, 2.17, 2.67
          1     2      3         paired t: calls–gifts surely apart, the others not
          1     3      2         golden/practices/market.R
          2     1      3
          1     2      3
          1     3      2
          1     2      3
"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from clientlab.stats import ranking
from clientlab.stats.design import Design
from clientlab.stats.ranking_means import equal_means, order

ROWS = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 3], [1, 3, 2], [1, 2, 3]]
RANKED = pd.DataFrame(ROWS, columns=["calls", "visits", "gifts"])


def test_pairs_equal_paired_t_tests_of_r():
    # R: t.test(paired = TRUE), p.adjust("holm")
    pairs = order(RANKED, Design()).pairs
    p = [0.0755868184216124, 0.00111443754150742, 0.36321746764912255]
    assert pairs["p_value"].tolist() == pytest.approx(p)
    assert pairs["adjusted"].tolist() == pytest.approx([2 * p[0], 3 * p[1], p[2]])
    assert pairs.loc[1, ["low", "high"]].tolist() == pytest.approx(
        [-2.074799572620899, -0.925200427379101]
    )


def test_ranks_are_those_that_the_tests_allow():
    # by hand: only calls–gifts differ, so that calls cannot be third and gifts not first
    items = order(RANKED, Design()).items.set_index("item")
    assert items["estimate"].tolist() == [1, 2, 3]
    assert items[["low", "high"]].to_numpy().tolist() == [[1, 2], [1, 3], [2, 3]]


def test_equal_means_give_hotellings_t2():
    # R: golden/practices/market.R
    found = equal_means(ROWS, Design())
    assert (found.statistic, found.p_value) == pytest.approx((20, 0.00826446280991733))
    assert (found.df, found.df_residual) == (2, 4)


def test_the_highest_mark_is_best_if_asked_for():
    turned = order(4 - RANKED, Design(), best="high")
    pd.testing.assert_series_equal(turned.items["low"], order(RANKED, Design()).items["low"])
    assert turned.items["probability_first"].tolist() == (
        order(RANKED, Design()).items["probability_first"].tolist()
    )


def test_the_probability_of_being_first_agrees_with_the_ranks_of_plain_samples():
    found = order(RANKED, Design(), replicates=20_000).items.set_index("item")
    plain = ranking.ranks(RANKED, replicates=20_000, seed=1).set_index("item")
    difference = found["probability_first"] - plain["probability_first"]
    assert difference.abs().max() < 0.01


def test_respondents_of_one_cluster_are_one_witness():
    many = pd.concat([RANKED] * 3, ignore_index=True)
    clusters = np.tile(np.arange(6), 3)
    together = order(many, Design(clusters=clusters))
    pd.testing.assert_frame_equal(together.pairs, order(RANKED, Design()).pairs)
    assert (order(many, Design()).pairs["p_value"] < together.pairs["p_value"]).all()


def test_a_weight_of_zero_leaves_a_respondent_out():
    more = pd.concat([RANKED, pd.DataFrame([[3, 2, 1]], columns=RANKED.columns)])
    found = order(more, Design(weights=[1] * 6 + [0])).items
    assert found["mean"].tolist() == pytest.approx(RANKED.mean().tolist())


def test_everybody_of_one_mind_is_a_sign_test():
    # by hand: six respondents, all alike: 2 · ½⁶ = 0.03125, three pairs
    found = order([[1, 2, 3]] * 6, Design())
    assert found.pairs["p_value"].tolist() == pytest.approx([0.03125] * 3)
    assert found.items["low"].tolist() == [1, 1, 1]
    surely = order([[1, 2, 3]] * 12, Design())
    assert surely.items[["low", "high"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    assert np.isnan(equal_means([[1, 2, 3]] * 6, Design()).p_value)


def test_items_that_nobody_tells_apart_may_have_any_rank():
    found = order([[1, 1, 1]] * 8, Design()).items
    assert found[["low", "high"]].to_numpy().tolist() == [[1, 3]] * 3
    assert found["estimate"].tolist() == [2, 2, 2]
    assert found["probability_first"].tolist() == pytest.approx([1 / 3] * 3)


def test_an_item_without_answers_has_no_rank():
    found = order(RANKED.assign(gifts=np.nan), Design()).items
    assert found.loc[2, ["low", "high", "mean", "probability_first"]].isna().all()
    assert found.loc[[0, 1], "low"].tolist() == [1, 1]


@given(st.permutations(range(3)))
def test_the_order_of_the_items_changes_nothing(new):
    names = [RANKED.columns[place] for place in new]
    shuffled = order(RANKED[names], Design(), replicates=200).items.set_index("item")
    plain = order(RANKED, Design(), replicates=200).items.set_index("item")
    columns = ["mean", "estimate", "low", "high", "base"]
    pd.testing.assert_frame_equal(shuffled.loc[RANKED.columns, columns], plain[columns])


def test_a_top_three_shares_the_last_places():
    found = ranking.places([[1, 2, np.nan, np.nan], [np.nan] * 4], unranked="last")
    assert found[0].tolist() == [1, 2, 3.5, 3.5]
    assert np.isnan(found[1]).all()
    assert ranking.places([[1, 2, np.nan]])[0, :2].tolist() == pytest.approx([4 / 3, 8 / 3])


REFUSED = {
    "one item": (lambda: order([[1], [2]], Design()),
                 "There are 2 respondents with answers and 1 items; an order needs at least 2 of "
                 "both."),
    "one respondent": (lambda: order([[1, 2], [np.nan, np.nan]], Design()),
                       "There are 1 respondents with answers and 2 items; an order needs at least "
                       "2 of both."),
    "best": (lambda: order(ROWS, Design(), best="first"),
             "best='first' is not known; use one of low, high."),
    "replicates": (lambda: order(ROWS, Design(), replicates=10),
                   "replicates=10 is too few for a probability; use 200 or more."),
    "unranked": (lambda: ranking.places(ROWS, unranked="first"),
                 "unranked='first' is not known; use one of missing, last."),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_order_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()


@pytest.mark.simulation
@pytest.mark.parametrize(("people", "size"), [(20, 1), (50, 1), (95, 1), (95, 3)])
def test_no_false_order_more_often_than_promised(people, size):
    """Six items that nobody prefers: any pair told apart is false."""
    random, runs, clusters = np.random.default_rng([people, size]), 4000, np.arange(people) // size
    false = wald = 0
    plan = Design(clusters=clusters) if size > 1 else Design()
    for _ in range(runs):
        own = 0.7 * random.normal(size=(clusters.max() + 1, 6))[clusters] * (size > 1)
        placed = ranking.places(random.gumbel(size=(people, 6)) + own, best="high")
        false += (order(placed, plan, replicates=200).pairs["adjusted"] < 0.05).any()
        wald += equal_means(placed, plan).p_value < 0.05
    assert false <= binom.ppf(0.99, runs, 0.05)
    assert wald <= binom.ppf(0.99, runs, 0.05)


@pytest.mark.simulation
@pytest.mark.parametrize("people", [20, 50, 95])
def test_all_ranks_of_a_top_three_hold_at_once(people):
    """Two pairs of equal items: a tied item may have either of its ranks."""
    random, runs, held = np.random.default_rng(people), 2000, 0
    truth = [(1, 1), (2, 3), (2, 3), (4, 5), (4, 5), (6, 6)]
    for _ in range(runs):
        utility = np.array([1.5, 1, 1, 0.5, 0.5, 0]) + random.gumbel(size=(people, 6))
        place = np.argsort(np.argsort(-utility, axis=1), axis=1)
        placed = ranking.places(np.where(place < 3, place, np.nan), unranked="last")
        found = order(placed, Design(), replicates=200).items
        held += all(low <= last and high >= first for (first, last), low, high in
                    zip(truth, found["low"], found["high"], strict=True))  # fmt: skip
    assert held / runs >= 0.95
