"""Average check, expansion and referrals.

client  service  kind       Dec 2023     Mar 2024      added in Q1 2024
a       SEO      recurring  100 sales    130 account   up-sell 30 by the account manager
b       SEO      recurring  100 sales    80 sales      nothing: it is less
b       design   project                 60 client     cross-sell 60, the client asked
c       SEO      recurring               500 sales     not counted: nothing in December
                            R0 200       up-sell 30/200 = .15, cross-sell 60/200 = .30

Average check of Q1: (130 + 140 + 500) ÷ 3 months ÷ 3 clients.
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.average_check import average_check
from clientlab.clients.growth import expansion
from clientlab.clients.referral import referral_rate
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import design, proportions

CLIENTS = pd.DataFrame({"client_id": ["a", "b", "c"], "started_on": "2023-05-01"})
INVOICES = pd.DataFrame(
    [
        ("a", "2023-12-05", 100, "SEO", "recurring", "sales"),
        ("b", "2023-12-31", 100, "SEO", "recurring", "sales"),
        ("a", "2024-03-01", 130, "SEO", "recurring", "account"),
        ("b", "2024-03-05", 80, "SEO", "recurring", "sales"),
        ("b", "2024-03-31", 60, "design", "project", "client"),
        ("c", "2024-03-05", 500, "SEO", "recurring", "sales"),
    ],
    columns=["client_id", "issued_on", "amount", "service", "kind", "sold_by"],
)
ALL = (average_check, expansion, referral_rate)


def read(invoices=INVOICES, clients=CLIENTS, start="2022-10-01", end="2024-03-31") -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": invoices}, observed_from=start, observed_until=end
    )


def added(**more) -> pd.DataFrame:
    """The table with one more row, of a on a day of March by default."""
    row = {"client_id": "a", "issued_on": "2024-03-10", "amount": 10, "service": "SEO",
           "kind": "recurring", "sold_by": "sales"}  # fmt: skip
    return pd.concat([INVOICES, pd.DataFrame([row | more])], ignore_index=True)


def groups(result) -> dict[str, float]:
    return result.frame.set_index("group")["estimate"].to_dict()


def sold(amounts: dict[str, float], clients: int = 40) -> ClientBase:
    """Every client paid 100 in December; in March sellers added so much, by turns."""
    rows = []
    for index in range(clients):
        rows.append((f"c{index}", "2023-12-05", 100, "SEO", "recurring", "sales"))
        for number, (seller, amount) in enumerate(amounts.items()):
            if (index + number) % 2:
                rows.append((f"c{index}", "2024-03-05", amount, f"s{number}", "project", seller))
    known = pd.DataFrame({"client_id": [f"c{index}" for index in range(clients)],
                          "started_on": "2023-01-01"})  # fmt: skip
    return read(pd.DataFrame(rows, columns=list(INVOICES)), known)


def test_the_average_check_of_the_table():
    row = average_check(read()).frame.iloc[-1]
    assert (row["estimate"], row["base"], row["revenue"]) == (
        pytest.approx(770 / 9),
        3,
        pytest.approx(770),
    )
    found = design.mean(np.array([130, 140, 500]) / 3, design.Design())
    assert found.low < 0  # a check is not: without credit notes the interval ends at 0
    assert [row["low"], row["high"]] == [0, pytest.approx(float(found.high))]


def test_a_credit_note_lessens_the_check_and_makes_nobody_a_client():
    note = {"kind": "credit_note", "amount": -30}
    assert average_check(read(added(**note))).frame["estimate"].iloc[-1] == pytest.approx(740 / 9)
    lone = pd.concat([added(**note), INVOICES.iloc[[0]].assign(client_id="d", amount=-1,
                      issued_on="2024-03-01")])  # fmt: skip
    clients = pd.DataFrame({"client_id": list("abcd"), "started_on": "2023-05-01"})
    assert average_check(read(lone, clients)).frame["base"].iloc[-1] == 3


def test_the_check_changes_with_the_covariance_of_the_same_clients():
    change = average_check(read()).changes.iloc[0]
    found = design.difference(
        np.array([100, 100, 130, 140, 500]) / 3, [0, 0, 1, 1, 1],
        design.Design(clusters=list("ababc")))  # fmt: skip
    assert change["against"] == "previous"
    assert change[["estimate", "low", "high"]].tolist() == pytest.approx(
        [770 / 9 - 200 / 6, float(found.low), float(found.high)]
    )


def test_a_month_is_divided_by_one():
    frame = average_check(read(), period="M").frame.set_index("period")
    assert frame.loc["2024-03-01", "estimate"] == pytest.approx(770 / 3)
    assert np.isnan(frame.loc["2024-02-01", "estimate"])
    assert frame.loc["2024-02-01", "base"] == 0


def test_the_check_is_said_with_base_and_direction():
    rows = [
        (f"c{i}", day, (300 + i) * factor, "SEO", "recurring", "sales")
        for i in range(40)
        for day, factor in (("2023-12-05", 1), ("2024-03-05", 2))
    ]
    clients = pd.DataFrame({"client_id": [f"c{i}" for i in range(40)], "started_on": "2023-01-01"})
    invoices = pd.DataFrame(rows, columns=list(INVOICES))
    rose = average_check(read(invoices, clients))
    assert rose.headline() == "Average check: 213 in Q1 2024, more than the period before"
    assert "base 40 clients" in rose.say()
    assert "рост" in rose.say("ru")
    turned = invoices.assign(issued_on=invoices["issued_on"].map(
        {"2023-12-05": "2024-03-05", "2024-03-05": "2023-12-05"}))  # fmt: skip
    assert average_check(read(turned, clients)).headline().endswith("less than the period before")


def test_expansion_of_the_table():
    result = expansion(read())
    assert groups(result) == pytest.approx({
        "up_sell: sales": 0, "up_sell: account": 0.15, "up_sell: client": 0,
        "cross_sell: sales": 0, "cross_sell: account": 0, "cross_sell: client": 0.3})  # fmt: skip
    frame = result.frame.set_index("group")
    assert frame["base"].unique().tolist() == [2]
    assert frame["count"].tolist() == [0, 1, 0, 0, 0, 1]
    ratio = design.ratio([30, 0], [100, 100], design.Design())
    assert frame.loc["up_sell: account", "high"] == pytest.approx(float(ratio.high))
    assert frame.loc["up_sell: account", "low"] == 0
    assert np.isnan(frame.loc["up_sell: sales", "low"])


def test_without_sellers_there_is_a_line_by_kind_of_sale():
    result = expansion(read(INVOICES.drop(columns="sold_by")))
    assert groups(result) == pytest.approx({"up_sell": 0.15, "cross_sell": 0.3})
    assert "sold most" not in result.say()


def test_without_services_all_recurring_growth_is_up_sell():
    result = expansion(read(INVOICES.drop(columns=["sold_by", "service"])))
    assert groups(result) == pytest.approx({"up_sell": 0.15})
    assert any("do not tell the service" in note.en for note in result.notes)


def test_a_service_of_two_sellers_is_shared_out_by_their_bills():
    more = groups(expansion(read(added(amount=65))))  # 195 of 100: 95 added, 130 : 65
    assert more["up_sell: account"] == pytest.approx(95 * 2 / 3 / 200)
    assert more["up_sell: sales"] == pytest.approx(95 / 3 / 200)


def test_a_service_bought_before_is_not_new():
    for day, back in (("2023-04-01", False), ("2022-11-01", True)):
        old = added(client_id="b", issued_on=day, service="design", kind="project")
        result = expansion(read(old))
        assert groups(result)["cross_sell: client"] == 0
        assert any("came back after more than 12 months, in neither: 1" in note.en
                   for note in result.notes) == back  # fmt: skip


def test_a_line_without_service_is_no_new_service():
    result = expansion(read(added(service=None, amount=40)))
    assert groups(result)["cross_sell: sales"] == 0
    assert groups(result)["up_sell: sales"] == pytest.approx(0.2)
    assert any(note.en.endswith("counted as bought before: 1.") for note in result.notes)


def test_a_seller_who_is_not_told_has_a_line_only_with_revenue():
    frame = expansion(read(added(service="ads", sold_by=None, amount=40))).frame
    assert frame.iloc[-1][["label_en", "estimate"]].tolist() == ["cross-sell: not told who", 0.2]
    assert len(frame) == 7


def test_a_credit_note_takes_growth_away():
    back = added(kind="credit_note", amount=-30)
    assert groups(expansion(read(back)))["up_sell: account"] == 0


def test_who_sells_most_is_told_only_when_it_can_be():
    clear = expansion(sold({"account": 60, "sales": 5}))
    assert clear.say().endswith("Who sold most: account manager, 92%.")
    assert "(account manager)" in clear.decide()
    assert clear.headline() == (
        "Added by the same clients in Q1 2024, of their recurring revenue: up-sell 0%, "
        "cross-sell 32%"
    )
    even = expansion(sold({"account": 50, "sales": 50}))
    assert even.say().endswith("Who sells most cannot be told.")
    assert even.decide() == ""
    assert even.say("ru").endswith("Кто продаёт больше всех, сказать нельзя.")


def test_nothing_added_is_zero_and_not_missing():
    result = expansion(read(INVOICES.iloc[:2]))
    assert result.frame["estimate"].tolist() == [0] * 6
    assert result.decide().startswith("Agree whose work it is")
    assert "up-sell 0%" in result.say()


def test_the_month_before_must_be_recorded():
    assert expansion(read(start="2024-01-01")).say() == (
        "Expansion revenue: the records cover no whole quarter with the month before it. "
        "Use period='M'."
    )
    assert not isinstance(expansion(read(start="2023-12-01")), CannotSay)


def test_a_constant_factor_changes_no_share():
    other = expansion(read(INVOICES.assign(amount=INVOICES["amount"] * 60.0)))
    columns = ["estimate", "low", "high"]
    assert np.allclose(other.frame[columns], expansion(read()).frame[columns], equal_nan=True)


CAME = pd.DataFrame(
    [
        ("a", "2022-05-01", "2022-06-01", "referral"),
        ("b", "2022-06-01", None, "tender"),
        ("d", "2023-01-01", None, "referral"),
        ("e", "2023-12-31", None, "referral"),
        ("f", "2023-02-01", None, None),
        ("a", "2023-05-01", None, "referral"),  # returned: not new
        ("g", "2021-12-31", None, "referral"),  # before the records
    ],
    columns=["client_id", "started_on", "ended_on", "channel"],
)


def came(clients=CAME) -> ClientBase:
    return read(INVOICES.iloc[:1], clients, start="2022-01-01", end="2023-12-31")


def test_referrals_are_counted_of_first_spells_with_a_channel():
    result = referral_rate(came())
    assert result.frame[["count", "base", "new"]].values.tolist() == [[1, 2, 2], [2, 2, 3]]
    wilson = proportions.interval([1, 2], [2, 2])
    assert result.frame["low"].tolist() == pytest.approx(wilson.low.tolist())
    gap = proportions.difference(2, 2, 1, 2)
    assert result.changes.iloc[0][["estimate", "low", "high"]].tolist() == pytest.approx(
        [0.5, float(gap.low), float(gap.high)]
    )
    assert result.notes[0].en.endswith("in no share: 1.")
    assert result.say().startswith("New clients by referral: 100% in 2023 (95% interval 34–100%, "
                                   "base 2 new clients); against 2022")  # fmt: skip


def test_nobody_by_referral_is_zero():
    result = referral_rate(came(CAME.assign(channel="tender")))
    assert result.frame["estimate"].tolist() == [0, 0]


def test_without_channels_it_says_so():
    assert "needs clients.channel" in referral_rate(came(CAME.drop(columns="channel"))).say()
    unknown = referral_rate(came(CAME.assign(channel=None)))
    assert isinstance(unknown, CannotSay)
    assert unknown.say().startswith("New clients by referral: ")


@pytest.mark.parametrize("function", ALL)
def test_empty_bases_and_short_records_give_a_sentence(function):
    clients = CLIENTS.assign(channel="referral")
    for base in (read(INVOICES.iloc[:0], clients.iloc[:0]),
                 read(clients=clients, start="2024-01-02", end="2024-03-30")):  # fmt: skip
        result = function(base)
        assert isinstance(result, CannotSay)
        for lang in ("en", "ru"):
            assert result.say(lang).endswith(".")


@pytest.mark.parametrize("function", [average_check, expansion])
def test_one_client_has_no_interval(function):
    result = function(read(INVOICES[INVOICES["client_id"] == "a"]))
    assert result.frame["estimate"].iloc[-1] >= 0
    assert result.frame[["low", "high"]].isna().all(axis=None)
    assert any(note.en.startswith("No interval") for note in result.notes)


@pytest.mark.parametrize("function", ALL)
def test_an_unknown_period_lists_those_there_are(function):
    with pytest.raises(InvalidValue, match=r"^period='W' is not known; use one of M, Q, Y\.$"):
        function(read(clients=CLIENTS.assign(channel="referral")), period="W")


@pytest.mark.parametrize("function", ALL)
def test_what_became_known_later_changes_nothing(function):
    clients = CLIENTS.assign(channel="referral", started_on="2023-11-01")
    later = pd.concat([clients, clients.assign(client_id=list("xyz"), started_on="2024-01-02")])
    more = pd.concat([INVOICES, INVOICES.assign(issued_on="2024-01-02")], ignore_index=True)
    earlier = INVOICES.assign(issued_on=INVOICES["issued_on"].replace("2023-12-31", "2023-09-30"))
    more, invoices = (
        frame.assign(issued_on=frame["issued_on"].replace("2023-12-31", "2023-09-30"))
        for frame in (more, earlier)
    )
    before = function(read(invoices, clients).as_of("2023-12-31"))
    after = function(read(more, later).as_of("2023-12-31"))
    assert not isinstance(before, CannotSay)
    pd.testing.assert_frame_equal(after.frame, before.frame)
    assert after.say() == before.say()


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("function", ALL)
def test_it_is_drawn_and_tabled(function, lang):
    from clientlab.session import setup

    setup(lang)
    result = function(read(clients=CLIENTS.assign(channel="referral")))
    assert result.plot().figure.texts
    assert result.measures(lang)
    assert result.headline(lang)
    assert result.say(lang).endswith(".")
    assert all(note.in_language(lang) for note in result.notes)
    assert len(result.table().frame) == len(result.frame)
