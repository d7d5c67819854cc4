"""AUC, average precision and lift.

client   1    2    3    4
left     no   no   yes  yes
score    1    3    2    4     3 of 4 pairs in order: auc 0.75
precision at the leavers, from the top: 1/1, 2/3: average precision 5/6
riskiest half: clients 4 and 2, 1 of 2 leavers: lift 1
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.metrics import average_precision_score

from clientlab.stats import proportions
from clientlab.stats.scoring import auc, auc_difference, average_precision, lift_at

LEFT = [0, 0, 1, 1]
SCORE = [1, 3, 2, 4]
# 20 clients with ties inside and across the classes
Y = [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
A = [0.9, 0.3, 0.3, 0.7, 0.2, 0.3, 0.1, 0.6, 0.8, 0.2, 0.5, 0.5, 0.4, 0.1, 0.7, 0.6, 0.2, 0.3]
A += [0.1, 0.4]
B = [0.5, 0.4, 0.2, 0.8, 0.2, 0.1, 0.3, 0.4, 0.6, 0.5, 0.2, 0.4, 0.4, 0.3, 0.2, 0.9, 0.1, 0.1]
B += [0.3, 0.2]


@st.composite
def ranked(draw, scores=1):
    """Outcomes of both kinds, and scores with many ties."""
    y = draw(st.lists(st.integers(0, 1), min_size=4, max_size=40))
    assume(2 <= sum(y) <= len(y) - 2)
    columns = [
        draw(st.lists(st.integers(0, 12), min_size=len(y), max_size=len(y))) for _ in range(scores)
    ]
    return (np.array(y), *(np.array(column) for column in columns))


def placed(y, score):
    """Win, tie (one half) or loss of every leaver against every client who stayed."""
    gone, stayed = score[y == 1][:, None], score[y == 0][None, :]
    return (gone > stayed) + 0.5 * (gone == stayed)


def slow_delong(wins):
    above, below = wins.mean(axis=1), wins.mean(axis=0)
    return np.sqrt(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below))


def test_auc_is_the_share_of_pairs_in_order():
    assert auc(LEFT, SCORE).estimate == 0.75


# r <- pROC::roc(y, a, direction = "<"); pROC::auc(r); pROC::var(r, method = "delong")
@pytest.mark.parametrize(
    ("score", "area", "variance"),
    [
        (A, 0.85164835164835162, 0.0071800909712997638),
        (B, 0.73626373626373631, 0.0220937487421003879),
    ],
)
def test_auc_and_its_variance_equal_proc_with_ties(score, area, variance):
    found = auc(Y, score)
    assert_allclose([found.estimate, found.se**2], [area, variance], rtol=1e-12)


# pROC::roc.test(roc(y, a), roc(y, b), paired = TRUE, method = "delong")
def test_the_paired_difference_equals_proc():
    found = auc_difference(Y, A, B)
    assert_allclose(found.estimate / found.se, 1.0121216546949483, rtol=1e-12)
    assert_allclose(found.p_value, 0.3114798897069983, rtol=1e-12)
    assert_allclose(
        [found.low, found.high], [-0.10805659790709460, 0.33882582867632544], rtol=1e-12
    )


def test_the_interval_of_auc_is_symmetric_on_the_logit_scale():
    found = auc(Y, A, level=0.9)
    logit = np.log(np.array(found[:1] + found[2:4]) / (1 - np.array(found[:1] + found[2:4])))
    half = 1.6448536269514722 * found.se / (found.estimate * (1 - found.estimate))
    assert_allclose(logit - logit[0], [0, -half, half], atol=1e-12)


@given(ranked())
def test_auc_equals_the_double_loop(data):
    y, score = data
    wins = placed(y, score)
    found = auc(y, score)
    assert_allclose([found.estimate, found.se], [wins.mean(), slow_delong(wins)], atol=1e-12)


@given(ranked(scores=2))
def test_the_difference_equals_the_double_loop_and_turns_with_its_arguments(data):
    y, a, b = data
    wins = placed(y, a) - placed(y, b)
    there, back = auc_difference(y, a, b), auc_difference(y, b, a)
    assert_allclose([there.estimate, there.se], [wins.mean(), slow_delong(wins)], atol=1e-12)
    assert_allclose(
        [there.estimate, there.low, there.p_value], [-back.estimate, -back.high, back.p_value]
    )


@given(ranked())
def test_auc_depends_on_the_order_of_scores_only(data):
    y, score = data
    assert auc(y, np.exp(score / 3) - 5) == pytest.approx(auc(y, score), nan_ok=True)


@given(ranked())
def test_auc_of_a_score_turned_round_is_its_complement(data):
    y, score = data
    found, turned = auc(y, score), auc(y, -score)
    assert_allclose(turned.estimate, 1 - found.estimate, atol=1e-12)
    assert_allclose([turned.low, turned.high], [1 - found.high, 1 - found.low], atol=1e-9)


def test_perfect_separation_leaves_the_doubt_of_the_pairs_without_a_common_client():
    found = auc([0, 0, 0, 1, 1], [1, 2, 3, 4, 5])
    pair = proportions.interval(2, 2, method="clopper_pearson")
    assert found[:2] == (1.0, 0.0)
    assert_allclose([found.low, found.high], [pair.low, 1.0], rtol=1e-12)


def test_a_constant_score_has_no_interval():
    found = auc(LEFT, [7, 7, 7, 7])
    assert found[:2] == (0.5, 0.0)
    assert np.isnan([found.low, found.high]).all()


def test_one_leaver_has_no_standard_error():
    found = auc([0, 0, 0, 1], [1, 2, 4, 3])
    assert found.estimate == pytest.approx(2 / 3)
    assert np.isnan([found.se, found.low, found.high]).all()


def test_scores_that_rank_alike_do_not_differ():
    found = auc_difference(Y, A, [10 * value - 3 for value in A])
    assert found[:2] == (0.0, 0.0)
    assert found.p_value == 1.0
    assert np.isnan([found.low, found.high]).all()


def test_a_perfect_score_against_its_opposite_has_no_p_value():
    found = auc_difference(LEFT, [1, 2, 3, 4], [4, 3, 2, 1])
    assert found[:2] == (1.0, 0.0)
    assert np.isnan(found.p_value)


def test_average_precision_by_hand():
    found = average_precision(LEFT, SCORE)
    wilson = proportions.interval(5 / 3, 2)
    assert found.estimate == pytest.approx(5 / 6)
    assert_allclose(found, wilson, rtol=1e-12)


@given(ranked())
def test_average_precision_equals_scikit_learn_with_ties(data):
    y, score = data
    found = average_precision(y, score)
    assert_allclose(found.estimate, average_precision_score(y, score), rtol=1e-12)
    assert 0 <= found.low < found.high <= 1


def test_the_lift_by_hand():
    assert lift_at(LEFT, SCORE, 0.5).estimate == 1.0
    assert lift_at(LEFT, SCORE, 0.25).estimate == 2.0


def test_part_of_a_client_counts_in_part():
    # 0.375 of 4 clients: client 4 (left) and half of client 2 (stayed).
    assert lift_at(LEFT, SCORE, 0.375).estimate == pytest.approx(0.5 / 0.375)


def test_clients_tied_at_the_cut_count_with_their_expected_share():
    # Two of the three tied clients are called; 1 of the 3 left: 2/3 of a leaver of 2.
    found = lift_at([1, 0, 0, 1], [5, 5, 5, 1], 0.5)
    assert found.estimate == pytest.approx((2 / 3) / 2 / 0.5)


@given(ranked(), st.floats(0.02, 1))
def test_lift_is_read_from_the_straight_pieces_of_the_gains_curve(data, share):
    y, score = data
    cuts = np.unique(score)[::-1]
    called = [0, *((score >= cut).mean() for cut in cuts)]
    found = [0, *(y[score >= cut].sum() / y.sum() for cut in cuts)]
    expected = np.interp(share, called, found) / share
    assert_allclose(lift_at(y, score, share).estimate, expected, rtol=1e-9, atol=1e-12)


@given(ranked(), st.floats(0.02, 1), st.randoms(use_true_random=False))
def test_lift_does_not_depend_on_the_order_of_rows(data, share, random):
    y, score = data
    order = list(range(len(y)))
    random.shuffle(order)
    assert_allclose(lift_at(y[order], score[order], share), lift_at(y, score, share), rtol=1e-9)


@given(ranked(), st.floats(0.02, 1))
def test_the_interval_of_lift_holds_it_and_stays_in_its_range(data, share):
    found = lift_at(*data, share)
    assert 0 <= found.low <= found.estimate + 1e-12
    assert found.estimate - 1e-12 <= found.high <= 1 / share + 1e-9


def test_lift_of_everyone_is_one_without_doubt():
    assert lift_at(Y, A, 1.0) == (1.0, 0.0, 1.0, 1.0, np.inf)


def test_the_standard_error_of_lift_is_the_textbook_one_without_ties():
    """(found·(1 - found)·(1 - 2·rate)·leavers·n + rate²·share·(1 - share)·n²)^½ / leavers / n."""
    generator = np.random.default_rng(4)
    y, score = generator.integers(0, 2, 400), generator.permutation(400)
    in_order = y[np.argsort(-score)]
    found, leavers = in_order[:80].sum() / y.sum(), y.sum()
    rate = in_order[60:100].mean()
    variance = found * (1 - found) * (1 - 2 * rate) / leavers + rate**2 * 0.16 * 400 / leavers**2
    assert_allclose(lift_at(y, score, 0.2).se, np.sqrt(variance) / 0.2, rtol=1e-10)


@pytest.mark.parametrize("measure", [auc, average_precision, lambda y, s: lift_at(y, s, 0.3)])
def test_the_input_is_left_as_it_was(measure):
    y, score = np.array(Y), np.array(A)
    measure(y, score)
    assert (y == Y).all()
    assert (score == A).all()
