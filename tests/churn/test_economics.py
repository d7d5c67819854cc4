"""Whom to call: the profit of a call by hand, the list within limits, what is asked for.

client  p(leave)  reason        value   gain of a call at success .3, acceptance .5
a       0.40      price         1000    0.5 × 1000 × 0.40 × 0.3 = 60
b       0.10      price         1000    15
c       0.30      outgrew       5000    0: never called
d       0.20      dissatisfied  2000    60
"""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.churn import economics
from clientlab.churn.choosing import best_within
from clientlab.churn.economics import Offer, plan
from clientlab.clients import ClientBase
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

OFFER = Offer(success=0.3, acceptance=0.5, contact=20, hours=2)


@pytest.fixture
def clients():
    return pd.DataFrame(
        {
            "client_id": ["a", "b", "c", "d"],
            "probability": [0.4, 0.1, 0.3, 0.2],
            "low": [0.2, 0.05, 0.1, 0.1],
            "high": [0.6, 0.2, 0.5, 0.4],
            "value": [1000.0, 1000.0, 5000.0, 2000.0],
            "cause": ["price", "price", "outgrew", "dissatisfied"],
        }
    )


def test_the_profit_of_a_call_is_that_of_the_formula(clients):
    found = plan(clients, OFFER).frame.set_index("client_id")
    assert found["estimate"].to_dict() == pytest.approx({"a": 40, "b": -5, "c": -20, "d": 40})
    assert found.loc["a", ["low", "high"]].tolist() == pytest.approx([10, 70])


def test_an_incentive_is_paid_to_all_who_take_it_leavers_or_not(clients):
    offer = Offer(success=0.3, acceptance=0.5, contact=20, incentive=30)
    found = plan(clients, offer).frame.set_index("client_id")
    assert found.loc["a", "estimate"] == pytest.approx(60 - 20 - 15)


def test_who_outgrew_us_is_never_called_whatever_it_is_worth(clients):
    found = plan(clients.assign(value=1e9), OFFER).frame.set_index("client_id")
    assert found.loc["c", "decision"] == "not_by_a_call"


def test_a_client_whose_risk_is_mostly_of_being_let_go_is_never_called():
    clients = pd.DataFrame({"client_id": ["x"], "probability": [0.5], "value": [1e6],
                            "let_go": [0.3], "price": [0.2]})  # fmt: skip
    assert plan(clients, OFFER).frame["decision"].tolist() == ["not_by_a_call"]


def test_a_call_that_costs_more_than_it_brings_is_left_out(clients):
    found = plan(clients, OFFER)
    assert found.called["client_id"].tolist() == ["a", "d"]
    assert found.frame.set_index("client_id").loc["b", "label_en"] == (
        "a call costs more than it brings"
    )


def test_the_break_even_is_cost_over_gain_times_success(clients):
    # Two calls cost 40 and gain 120 at a success of 0.3.
    assert plan(clients, OFFER).break_even == pytest.approx(0.1)


def test_the_profit_at_the_break_even_is_zero(clients):
    found = plan(clients, OFFER)
    at = np.interp(found.break_even, found.curve["success"], found.curve["estimate"])
    assert at == pytest.approx(0, abs=1e-9)


def test_the_break_even_does_not_depend_on_the_success_that_is_assumed(clients):
    first = plan(clients, OFFER)
    second = plan(clients, Offer(success=0.35, acceptance=0.5, contact=20, hours=2))
    assert second.called["client_id"].tolist() == first.called["client_id"].tolist()
    assert second.break_even == pytest.approx(first.break_even)


def test_hours_limit_the_list(clients):
    found = plan(clients.assign(value=[1000, 1000, 5000, 2001]), OFFER, hours=3)
    assert found.called["client_id"].tolist() == ["d"]
    assert found.frame.set_index("client_id").loc["a", "decision"] == "no_budget"


def test_no_hours_call_nobody_and_say_so(clients):
    assert plan(clients, OFFER, hours=0).say() == (
        "Nobody is called: of 4 clients some would pay, but there are no hours or no money for a "
        "single call."
    )


def test_where_no_call_pays_the_picture_shows_what_each_would_bring(clients):
    dear = Offer(success=0.3, acceptance=0.5, contact=10_000)
    found = plan(clients, dear)
    assert found.say() == (
        "No call pays under these assumptions: each of 4 clients costs more than it is expected to "
        "bring."
    )
    axes = found.plot()
    drawn = axes.collections[-1].get_offsets()[:, 0]
    assert drawn.tolist() == found.frame["estimate"].sort_values(ascending=False).tolist()
    assert (drawn < 0).all()
    assert found.measures().startswith("Expected profit of a call, the best clients first")
    assert found.decide().startswith("Call nobody by this list")
    assert plan(clients, OFFER, hours=0).decide().startswith("Find the hours or the money")


def test_orders_lead_with_the_plan_against_the_likeliest(clients):
    found = economics.orders(plan(clients, OFFER, hours=2))
    lines = found.frame.set_index("order")["estimate"]
    assert found.headline() == (
        f"The same calls (1): {lines['plan']:.0f} by expected profit, "
        f"{lines['probability']:.0f} if the likeliest leavers are called".replace("-", "−")
    )
    assert found.headline("ru").startswith("Те же звонки (1): ")


def test_of_a_list_of_one_nobody_is_held_out(clients):
    found = plan(clients, OFFER, hours=2, hold_out=0.1)
    assert (len(found.called), len(found.held_out)) == (1, 0)


def test_the_answer_leads_with_the_break_even(clients):
    found = plan(clients, OFFER)
    assert found.say().startswith("The calls pay from a success rate of 10% on (assumed: 30%); "
                                  "call 2 clients of 4 in 4 hours")  # fmt: skip
    assert found.say("ru").startswith("Звонки окупаются при успехе от 10% (допущение: 30%); "
                                      "звонить 2 клиентам из 4")  # fmt: skip


def test_success_can_differ_by_reason(clients):
    offer = Offer(success={"price": 0.1, "dissatisfied": 0.5}, acceptance=0.5, contact=20)
    found = plan(clients, offer).frame.set_index("client_id")
    assert found.loc["a", "estimate"] == pytest.approx(0.5 * 1000 * 0.4 * 0.1 - 20)
    assert found.loc["d", "estimate"] == pytest.approx(0.5 * 2000 * 0.2 * 0.5 - 20)


def test_a_finished_project_is_no_reason_to_call_unless_a_rate_is_given():
    clients = pd.DataFrame({"client_id": ["x"], "probability": [0.5], "value": [1e4],
                            "cause": ["finished"]})  # fmt: skip
    assert plan(clients, OFFER).frame["decision"].tolist() == ["not_by_a_call"]
    offer = Offer(success={"finished": 0.2}, acceptance=0.5, contact=20)
    assert plan(clients, offer).frame["decision"].tolist() == ["call"]


def test_without_reasons_a_note_says_that_the_profit_is_too_high(clients):
    found = plan(clients.drop(columns="cause"), OFFER)
    assert any("Reasons are not told" in note.en for note in found.notes)


def test_success_and_acceptance_have_no_default():
    with pytest.raises(TypeError, match="missing 2 required keyword-only arguments"):
        Offer(contact=20)  # pyright: ignore[reportCallIssue]


def test_a_rate_for_those_who_outgrew_us_is_refused():
    with pytest.raises(InvalidValue) as told:
        Offer(success={"outgrew": 0.2}, acceptance=0.5, contact=1)
    assert str(told.value) == (
        "success: 'outgrew' has a rate of 0.2, but no hour is spent on clients who outgrew us, "
        "closed or are let go. Leave it out."
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"success": 30}, "success=30 is a share: between 0 and 1, say 0.3."),
        ({"acceptance": -0.1}, "acceptance=-0.1 is a share: between 0 and 1, say 0.3."),
        ({"contact": -5}, "contact=-5 must be 0 or more."),
        ({"success": "25%"}, "success='25%' is a share: between 0 and 1, say 0.3."),
        ({"acceptance": None}, "acceptance=None is a share: between 0 and 1, say 0.3."),
        ({"hours": "2"}, "hours='2' must be 0 or more."),
        ({"success": {"outgrew": "30%"}}, "success: 'outgrew' has a rate of '30%', but no hour is "
         "spent on clients who outgrew us, closed or are let go. Leave it out."),
        ({"success": {"bored": 0.2}}, "success: 'bored' is no reason of leaving; known: outgrew, "
         "in_house, dissatisfied, price, finished, closed, let_go, unknown."),
    ],
)  # fmt: skip
def test_assumptions_that_cannot_be_are_refused(given, message):
    with pytest.raises(InvalidValue) as told:
        Offer(**({"success": 0.3, "acceptance": 0.5, "contact": 1} | given))
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="value"), "clients: column 'value' is missing; it has client_id, "
         "probability, low, high, cause."),
        (lambda t: t.assign(probability=2.0), "probability leaves 0–1 or is missing in 4 of 4 "
         "rows."),
        (lambda t: t.assign(value=np.nan), "value is missing in 4 of 4 rows: what is not known "
         "cannot be weighed."),
        (lambda t: t.assign(client_id="a"), "client 'a' stands twice in the list."),
        (lambda t: t.assign(cause="bored"), "cause 'bored' is not known; known: outgrew, in_house, "
         "dissatisfied, price, finished, closed, let_go, unknown."),
        (lambda t: t.assign(price=0.9), "The probabilities by reason do not add up to "
         "'probability'."),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_used_is_refused(clients, change, message):
    with pytest.raises(InvalidValue) as told:
        plan(change(clients), OFFER)
    assert str(told.value) == message


def test_a_list_of_another_kind_is_refused():
    with pytest.raises(InvalidType, match=r"^clients is a list: pass a table or a risk list\.$"):
        plan([1], OFFER)


def test_an_empty_list_is_a_sentence(clients):
    assert isinstance(plan(clients.head(0), OFFER), CannotSay)


def test_the_list_is_not_changed(clients):
    before = clients.copy()
    plan(clients, OFFER, hours=3, hold_out=0.2)
    pd.testing.assert_frame_equal(clients, before)


def test_a_random_tenth_is_held_out_and_its_price_told():
    many = pd.DataFrame({"client_id": [f"c{i}" for i in range(40)], "probability": 0.3,
                         "value": 1000.0, "cause": "price"})  # fmt: skip
    found = plan(many, OFFER, hold_out=0.1, seed=3)
    assert len(found.held_out) == 4
    assert len(found.called) == 36
    assert found.notes[1].en == (
        "Left uncalled to compare: 4, which costs about 100 of expected profit. Even calls that "
        "always work would not show in one quarter with so few: add up several."
    )
    enough = pd.DataFrame({"client_id": range(400), "probability": 0.5, "value": 1000.0,
                           "cause": "price"})  # fmt: skip
    # 2.8 · √(0.5 · 0.5 · (1/40 + 1/360))
    assert (
        plan(enough, OFFER, hold_out=0.1)
        .notes[1]
        .en.endswith("With so few, only a difference of about 23% in leaving would show.")
    )
    again = plan(many, OFFER, hold_out=0.1, seed=3)
    assert again.held_out["client_id"].tolist() == found.held_out["client_id"].tolist()


CENTS = st.integers(0, 1000).map(lambda value: value / 100)


@given(
    st.lists(st.tuples(st.floats(1, 100), CENTS, CENTS), min_size=1, max_size=8),
    CENTS.map(lambda value: 2.5 * value), CENTS.map(lambda value: 2.5 * value),
)  # fmt: skip
def test_no_other_list_within_the_limits_brings_more(rows, hours, money):
    gain, first, second = (np.array(part) for part in zip(*rows, strict=True))
    chosen = best_within(gain, [(first, hours), (second, money)])
    assert first[chosen].sum() <= hours + 1e-6
    assert second[chosen].sum() <= money + 1e-6
    fitting = [
        gain[list(one)].sum()
        for size in range(len(gain) + 1)
        for one in itertools.combinations(range(len(gain)), size)
        if first[list(one)].sum() <= hours - 1e-9 and second[list(one)].sum() <= money - 1e-9
    ]
    best = max(fitting, default=0.0)
    assert gain[chosen].sum() >= best - 1e-4


@pytest.fixture
def later():
    """Of c0–c35 (called) 3 left, of c36–c39 (uncalled) 2."""
    ids = [f"c{i}" for i in range(40)]
    ended = dict.fromkeys(["c0", "c1", "c2", "c36", "c37"], "2026-02-01")
    return ClientBase.read(
        {
            "clients": pd.DataFrame({"client_id": ids, "started_on": "2024-01-01",
                                     "ended_on": [ended.get(one) for one in ids]}),
            "invoices": pd.DataFrame({"client_id": ids, "issued_on": "2024-02-01", "amount": 1}),
        },
        observed_from="2024-01-01", observed_until="2026-05-31",
    )  # fmt: skip


def newcombe(k1, n1, k2, n2, z=1.959964):
    """Newcombe's method 10, written out."""

    def wilson(k, n):
        middle, half = k + z**2 / 2, z * np.sqrt(k * (n - k) / n + z**2 / 4)
        return (middle - half) / (n + z**2), (middle + half) / (n + z**2)

    (low1, high1), (low2, high2), p1, p2 = wilson(k1, n1), wilson(k2, n2), k1 / n1, k2 / n2
    below, above = np.hypot(p1 - low1, high2 - p2), np.hypot(high1 - p1, p2 - low2)
    return [p1 - p2 - below, p1 - p2 + above]


def planned(clients, held_out):
    frame = pd.DataFrame({"client_id": clients, "probability": 0.3, "value": 1e3, "cause": "price"})
    found = plan(frame, OFFER)
    found.frame["decision"] = np.where(found.frame["client_id"].isin(held_out), "held_out", "call")
    return found


def test_calls_are_measured_against_those_left_uncalled(later):
    ids = [f"c{i}" for i in range(40)]
    found = economics.measured(planned(ids, ids[36:]), later, day="2026-01-01")
    rows = found.frame.set_index("group")
    assert rows["estimate"].tolist() == pytest.approx([3 / 36, 0.5, 3 / 36 - 0.5])
    assert rows.loc["difference", ["low", "high"]].tolist() == pytest.approx(newcombe(3, 36, 2, 4))
    assert found.say().startswith("Fewer of the called left: 8%")


def test_nobody_held_out_cannot_be_measured(later):
    found = economics.measured(planned(["c0", "c1"], []), later, day="2026-01-01")
    assert found.say() == (
        "What the calls did: nobody was left uncalled, so there is nothing to compare with. Plan "
        "with hold_out=0.1."
    )


def test_calls_whose_quarter_is_not_over_cannot_be_measured(later):
    with pytest.raises(InvalidValue) as told:
        economics.measured(planned(["c0", "c1"], ["c1"]), later, day="2026-05-01")
    assert str(told.value) == (
        "The calls of 2026-05-01 can be measured from 2026-07-30 on; the records end on 2026-05-31."
    )


def test_the_plan_is_drawn_with_both_rates(clients):
    axes = plan(clients, OFFER).plot()
    told = [text.get_text() for text in axes.texts]
    assert told == ["break-even: 10%", "assumed: 30%"]


def test_other_orders_bring_less_for_the_same_number_of_calls(clients):
    found = economics.orders(plan(clients, OFFER)).frame.set_index("order")
    assert (found["base"] == 2).all()
    # Likeliest first: a and c; largest first: c and d.
    assert found["estimate"].to_dict() == pytest.approx(
        {"plan": 80, "at_stake": 20, "probability": 20, "value": 20}
    )


def test_what_the_analyst_has_not_said_is_asked_for(clients):
    offer = economics.asked_for(None, 0.5, contact=20)
    assert plan(clients, offer).say().startswith("Whom to call: say success= and acceptance=;")
    assert economics.asked_for(0.3, 0.5, contact=20) == Offer(
        success=0.3, acceptance=0.5, contact=20
    )


def test_what_cannot_be_said_is_handed_on():
    nothing = CannotSay.because(Text("No list.", "Списка нет."))
    made = plan(nothing, OFFER)
    assert made is nothing
    assert economics.orders(made) is nothing
    assert economics.measured(made, None, day="2026-01-01") is nothing


def test_a_break_even_under_one_percent_is_told_as_such(clients):
    found = plan(clients.assign(value=clients["value"] * 100), OFFER, hours=8)
    assert 0 < found.break_even < 0.0095
    assert "success rate of 0%" not in found.say()
