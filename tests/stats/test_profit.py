"""Expected maximum profit.

client   1    2    3    4     Value 200, offer 10, contact 1, everyone accepts with chance
left     yes  no   no   no    gamma, on average 0.3: contacting client 1 alone earns
score    4    3    2    1     (0.3 · 190 - 1) / 4 = 14 per client; each further one costs 11.
"""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import beta as beta_distribution

from clientlab.stats.scoring import expected_maximum_profit

PAPER = {"clv": 200, "incentive": 10, "contact": 1, "alpha": 6, "beta": 14}
Y = [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
A = [0.9, 0.3, 0.3, 0.7, 0.2, 0.3, 0.1, 0.6, 0.8, 0.2, 0.5, 0.5, 0.4, 0.1, 0.7, 0.6, 0.2, 0.3]
A += [0.1, 0.4]
B = [0.5, 0.4, 0.2, 0.8, 0.2, 0.1, 0.3, 0.4, 0.6, 0.5, 0.2, 0.4, 0.4, 0.3, 0.2, 0.9, 0.1, 0.1]
B += [0.3, 0.2]


@st.composite
def rankings(draw):
    """Outcomes of both kinds, scores with ties, a value of each client."""
    y = draw(st.lists(st.integers(0, 1), min_size=3, max_size=12))
    assume(0 < sum(y) < len(y))
    score = draw(st.lists(st.integers(0, 6), min_size=len(y), max_size=len(y)))
    clv = draw(st.lists(st.integers(5, 300), min_size=len(y), max_size=len(y)))
    return np.array(y), np.array(score), np.array(clv, dtype=float)


def test_one_leaver_on_top_by_hand():
    found = expected_maximum_profit([1, 0, 0, 0], [4, 3, 2, 1], **PAPER)
    # The leaver is not worth the contact where gamma is under 1/190: a chance of 1e-9.
    assert_allclose(found, [(0.3 * 190 - 1) / 4, 0.25], rtol=1e-7)


# EMP::empChurn(scores, classes, alpha, beta, clv, d, f)[c("EMP", "EMPfrac")]
@pytest.mark.parametrize(
    ("score", "terms", "expected"),
    [
        (A, PAPER, [15.78609431583301159, 0.67794766848749033]),
        (
            B,
            {"clv": 100, "incentive": 20, "contact": 5, "alpha": 2, "beta": 3},
            [4.43696975708007812, 0.19865036010742185],
        ),
    ],
)
def test_one_value_for_all_equals_the_r_package_emp(score, terms, expected):
    assert_allclose(expected_maximum_profit(Y, score, **terms), expected, rtol=1e-12)


def by_integration(y, score, clv, incentive, contact, alpha, beta):
    """Profit and share by numeric integration between all gammas where two cuts are equal."""
    called = np.array([score > score.max(), *(score >= cut for cut in np.unique(score))])
    gain = (called * (y == 1) * (clv - incentive)).sum(axis=1) / len(y)
    cost = (called * (contact + incentive * (y == 0))).sum(axis=1) / len(y)
    more = gain[:, None] - gain
    equal = np.divide(cost[:, None] - cost, more, out=np.zeros_like(more), where=more != 0)
    ends = np.unique([0, *equal[(equal > 0) & (equal < 1)], 1])
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half = np.diff(ends)[:, None] / 2
    gamma = ends[:-1, None] + half * (nodes + 1)
    weight = half * weights * beta_distribution.pdf(gamma, alpha, beta)
    profit = gamma[..., None] * gain - cost
    share = called.mean(axis=1)[profit.argmax(axis=-1)]
    return (weight * profit.max(axis=-1)).sum(), (weight * share).sum()


@given(rankings(), st.booleans())
def test_profit_and_share_equal_the_integral_over_gamma_of_the_best_cut(data, one_value):
    y, score, clv = data
    terms = {"clv": 60.0 if one_value else clv, "incentive": 10, "contact": 1}
    found = expected_maximum_profit(y, score, **terms, alpha=2, beta=3)
    assert_allclose(found, by_integration(y, score, **terms, alpha=2, beta=3), atol=1e-10)


@given(rankings())
def test_equal_values_per_client_are_one_value_for_all(data):
    y, score, _ = data
    one = expected_maximum_profit(y, score, **PAPER)
    each = expected_maximum_profit(y, score, **{**PAPER, "clv": np.full(len(y), 200)})
    assert one == each


@given(rankings())
def test_values_of_clients_who_stayed_do_not_count(data):
    y, score, clv = data
    found = expected_maximum_profit(y, score, **{**PAPER, "clv": clv})
    other = expected_maximum_profit(y, score, **{**PAPER, "clv": np.where(y == 1, clv, 7)})
    assert found == other


@given(rankings(), st.floats(0.1, 10))
def test_profit_scales_with_the_currency(data, rate):
    y, score, clv = data
    found = expected_maximum_profit(y, score, **{**PAPER, "clv": clv})
    terms = {"clv": clv * rate, "incentive": 10 * rate, "contact": rate, "alpha": 6, "beta": 14}
    changed = expected_maximum_profit(y, score, **terms)
    assert_allclose(changed, [found.profit * rate, found.share], rtol=1e-9, atol=1e-12)


@given(rankings())
def test_profit_is_never_negative_and_dearer_contacts_never_raise_it(data):
    y, score, clv = data
    cheap = expected_maximum_profit(y, score, **{**PAPER, "clv": clv})
    dear = expected_maximum_profit(y, score, **{**PAPER, "clv": clv, "contact": 5})
    assert 0 <= dear.profit <= cheap.profit + 1e-12
    assert 0 <= cheap.share <= 1 + 1e-12


def test_a_free_contact_without_an_offer_goes_to_everyone():
    found = expected_maximum_profit(Y, A, **{**PAPER, "incentive": 0, "contact": 0})
    # The last leaver sits among the lowest scores but one group.
    assert found.profit == pytest.approx(200 * 0.3 * 7 / 20)


def test_an_offer_above_every_value_contacts_nobody():
    assert expected_maximum_profit(Y, A, **{**PAPER, "clv": 9}) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"clv": [200.0, 100.0]},
            "clv has 2 values for 4 clients. Pass one value for all clients, "
            "or one per client in the order of y.",
        ),
        (
            {"clv": [200.0, -1.0, 0.0, 5.0]},
            "clv is not above 0 and finite in 2 of 4 values (the first is -1). It is what a "
            "kept client is worth: leave out clients who are worth nothing.",
        ),
        (
            {"contact": -1.0},
            "contact is -1. A cost per client is 0 or more, in the unit of clv: "
            "pass the amount itself, without a minus.",
        ),
        (
            {"beta": 0},
            "beta is 0. Both parameters of the Beta distribution of acceptance lie above 0: "
            "alpha=6, beta=14 means 30% accept on average.",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_a_sentence(changed, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        expected_maximum_profit([1, 0, 0, 0], [4, 3, 2, 1], **{**PAPER, **changed})


def test_the_input_is_left_as_it_was():
    y, score, clv = np.array(Y), np.array(A), np.full(20, 50.0)
    expected_maximum_profit(y, score, **{**PAPER, "clv": clv})
    assert (y == Y).all()
    assert (score == A).all()
    assert (clv == 50).all()
