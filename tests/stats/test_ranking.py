"""Ranks and how sure they are.

respondent  calls  visits  gifts  audits
1             1      2       3      4
2             1      3       2      4
3             2      1       4      3
4             1      2       4      3
5             1      4       2      3
6             2      1       3      4
mean         8/6   13/6    18/6    21/6
"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats import ranking

ROWS = [[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 4, 3], [1, 2, 4, 3], [1, 4, 2, 3], [2, 1, 3, 4]]
RANKED = pd.DataFrame(ROWS, columns=["calls", "visits", "gifts", "audits"])
TIED = [[5, 4, 4, 1], [3, 3, 3, 3], [5, 5, 2, 1], [4, 5, 1, 1], [2, 4, 3, 3]]
PLAIN = (9.8, 0.0203449985152084)  # statistic and p of R
WITH_TIES = (6.083333333333333, 0.107625520709467)
COLUMNS = ["item", "mean_rank", "estimate", "low", "high", "probability_first", "base"]


def test_items_come_in_the_order_of_their_mean_rank():
    found = ranking.ranks(RANKED)
    assert found.columns.tolist() == COLUMNS
    assert found["item"].tolist() == ["calls", "visits", "gifts", "audits"]
    assert found["mean_rank"].tolist() == pytest.approx([8 / 6, 13 / 6, 3, 21 / 6])
    assert found["estimate"].tolist() == [1, 2, 3, 4]
    assert found["base"].tolist() == [6] * 4


def test_one_of_the_items_is_first():
    assert ranking.ranks(RANKED)["probability_first"].sum() == pytest.approx(1)


def test_the_interval_holds_the_rank():
    found = ranking.ranks(RANKED)
    assert (found["low"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["high"]).all()


def test_an_item_first_for_everybody_is_first_for_sure():
    found = ranking.ranks([[1, 2, 3], [1, 3, 2], [1, 2, 3]])
    assert found.loc[0, ["estimate", "low", "high", "probability_first"]].tolist() == [1, 1, 1, 1]


def test_scores_rank_the_other_way_round():
    found = ranking.ranks(5 - RANKED, best="high")
    pd.testing.assert_frame_equal(found, ranking.ranks(RANKED))


def test_a_partial_ranking_is_stretched_over_all_items():
    # by hand: ranks 1, 2 among two of three items count as 4/3 and 8/3
    found = ranking.ranks([[1, 2, np.nan], [1, 2, 3]]).set_index("item")
    assert found["mean_rank"].tolist() == pytest.approx([(4 / 3 + 1) / 2, (8 / 3 + 2) / 2, 3])
    assert found["base"].tolist() == [2, 2, 1]


def test_an_item_nobody_ranked_is_last_with_nan():
    found = ranking.ranks([[1, 2, np.nan], [2, 1, np.nan], [1, 2, np.nan]])
    assert found["item"].tolist() == [0, 1, 2]
    assert found.loc[2, COLUMNS[1:-1]].isna().all()
    assert found["base"].tolist() == [3, 3, 0]


def test_items_that_tie_share_rank_and_first_place():
    found = ranking.ranks([[1, 1, 3], [1, 1, 3]])
    assert found["estimate"].tolist() == [1.5, 1.5, 3]
    assert found["probability_first"].tolist() == [0.5, 0.5, 0]


def test_the_probability_of_being_first_equals_a_full_enumeration():
    # respondents (1 2), (1 2), (2 1): of 27 resamples the second item leads in those with
    # two or three draws of respondent 3: 3 * 2 + 1 = 7; no ties with three draws
    found = ranking.ranks([[1, 2], [1, 2], [2, 1]], replicates=100_000).set_index("item")
    assert found.loc[1, "probability_first"] == pytest.approx(7 / 27, abs=0.005)


def test_clusters_of_one_change_nothing():
    alone = ranking.ranks(RANKED, clusters=range(6))
    pd.testing.assert_frame_equal(alone, ranking.ranks(RANKED))


def test_respondents_of_one_cluster_move_together():
    # two clusters that say the opposite: a resample is one, the other, or a tie
    rows = [[1, 2]] * 5 + [[2, 1]] * 5
    found = ranking.ranks(rows, clusters=list("aaaaabbbbb"))
    assert found[["low", "high"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    assert found["probability_first"].tolist() == pytest.approx([0.5, 0.5], abs=0.05)


def test_the_same_seed_gives_the_same_intervals_and_input_is_left_as_it_was():
    before = RANKED.copy()
    pd.testing.assert_frame_equal(ranking.ranks(RANKED), ranking.ranks(RANKED))
    pd.testing.assert_frame_equal(RANKED, before)


@given(st.permutations(range(4)))
def test_the_order_of_the_items_changes_no_mean_rank(order):
    shuffled = ranking.ranks(RANKED[RANKED.columns[list(order)]], replicates=200)
    one = ranking.ranks(RANKED, replicates=200)
    assert shuffled["item"].tolist() == one["item"].tolist()
    assert shuffled["mean_rank"].tolist() == pytest.approx(one["mean_rank"].tolist())


def test_friedman_equals_r():
    # R: friedman.test(plain), golden/design/ranking.R
    found = ranking.friedman(RANKED)
    assert found.statistic == pytest.approx(PLAIN[0], rel=1e-8)
    assert (found.df, found.base) == (3, 6)
    assert found.p_value == pytest.approx(PLAIN[1], rel=1e-8)


def test_friedman_with_ties_equals_r():
    # R: friedman.test(ties), golden/design/ranking.R
    found = ranking.friedman(TIED)
    assert (found.statistic, found.df) == (pytest.approx(WITH_TIES[0], rel=1e-8), 3)
    assert found.p_value == pytest.approx(WITH_TIES[1], rel=1e-8)


def test_kendalls_w_is_1_for_one_order_and_0_for_opposite_ones():
    assert ranking.friedman([[1, 2, 3]] * 4).kendall_w == pytest.approx(1)
    assert ranking.friedman([[1, 2, 3], [3, 2, 1]]).kendall_w == pytest.approx(0)


def test_friedman_leaves_incomplete_respondents_out():
    some = [*ROWS, [1, np.nan, 2, 3]]
    assert ranking.friedman(some) == ranking.friedman(ROWS)


def test_friedman_is_nan_if_everybody_ties_everything():
    found = ranking.friedman([[2, 2, 2], [5, 5, 5]])
    assert np.isnan([found.statistic, found.p_value, found.kendall_w]).all()


def test_items_whose_intervals_overlap_share_ranks():
    best, worst = ranking.rank_interval([0.5, 0.2, 0.45, 0.1], [0.7, 0.3, 0.6, 0.15])
    assert best.tolist() == [1, 3, 1, 4]
    assert worst.tolist() == [2, 3, 2, 4]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_the_rank_of_the_middle_lies_within_the_ranks_allowed(ends):
    low, high = np.sort(ends, axis=1).T
    best, worst = ranking.rank_interval(low, high)
    middle = (low + high) / 2
    place = 1 + (middle[None, :] > middle[:, None]).sum(axis=1)
    assert (best <= place).all()
    assert (place <= worst).all()


REFUSED = {
    "one item": (
        lambda: ranking.ranks([[1], [1]]),
        "There are 2 respondents and 1 items; a ranking needs at least 2 of both.",
    ),
    "one respondent": (
        lambda: ranking.friedman([[1, 2]]),
        "There are 1 respondents and 2 items; a ranking needs at least 2 of both.",
    ),
    "nothing": (
        lambda: ranking.ranks([[np.nan, np.nan]] * 3),
        "All answers of 3 respondents are missing.",
    ),
    "best": (
        lambda: ranking.ranks(ROWS, best="first"),
        "best='first' is not known; use one of low, high.",
    ),
    "level": (
        lambda: ranking.ranks(ROWS, level=95),
        "level=95 must lie between 0 and 1, such as 0.95.",
    ),
    "replicates": (
        lambda: ranking.ranks(ROWS, replicates=10),
        "replicates=10 is too few for an interval; use 200 or more.",
    ),
    "clusters": (
        lambda: ranking.ranks(ROWS, clusters=["a"]),
        "clusters have the shape (1,) and there are 6 respondents; give one per respondent.",
    ),
    "one cluster": (
        lambda: ranking.ranks(ROWS, clusters=["a", "a", "a", None, "a", "a"]),
        "There are 1 clusters, and 1 respondents have none; resampling needs at least 2, and one "
        "for everybody.",
    ),
    "incomplete": (
        lambda: ranking.friedman([[1, np.nan], [1, 2], [np.nan, 1]]),
        "1 respondents ranked all 2 items; the test needs at least 2.",
    ),
    "intervals": (
        lambda: ranking.rank_interval([1, np.nan], [0, 1]),
        "2 of 2 intervals are NaN or end before they begin.",
    ),
    "interval ends": (
        lambda: ranking.rank_interval([1, 2], [1]),
        "low has the shape (2,) and high (1,); give one per item.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_ranked_is_refused_in_a_sentence(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        call()


def test_words_are_refused():
    message = "Answers must be numbers, with NaN where one is missing."
    with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
        ranking.ranks([["first", "second"], ["second", "first"]])


@pytest.mark.simulation
@pytest.mark.parametrize("n", [20, 50, 95])
def test_ranks_of_items_well_apart_are_covered(n):
    random, covered, runs = np.random.default_rng(n), 0, 4000
    for _ in range(runs):
        utility = np.array([0, 0.8, 1.6, 2.4]) + random.gumbel(size=(n, 4))
        found = ranking.ranks(utility, replicates=200).set_index("item").loc[range(4)]
        truth = np.arange(1, 5)
        covered += ((found["low"] <= truth) & (truth <= found["high"])).to_numpy()
    assert (covered / runs >= 0.935).all()


@pytest.mark.simulation
@pytest.mark.parametrize("n", [20, 50, 95])
def test_friedman_finds_agreement_not_more_often_than_promised(n):
    from scipy.stats import binom

    random = np.random.default_rng(n)
    found = [ranking.friedman(random.normal(size=(n, 5))).p_value < 0.05 for _ in range(4000)]
    assert sum(found) <= binom.ppf(0.99, 4000, 0.05)
