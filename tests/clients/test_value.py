"""What clients are worth and cost.

Geometric lifetime by hand: 1,024 clients begin on one day, half of those there leave at
the end of each month, each pays 100 at the beginning of every month it is there:

month   there   pay       left at its end
1       1,024   102,400   512
2         512    51,200   256
…
10          2       200   1
11          1       100   seen to the end of month 11, still there

LTV of N months in advance: 100 · (1 − ½ᴺ) ÷ (1 − ½); N = 10: 199.8.
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.acquisition import poisson_ends
from clientlab.clients.curves import ends_of
from clientlab.clients.value import (
    acquisition_cost,
    acquisition_to_retention,
    capacity,
    churn_point,
    geometric_lifetime_value,
    lifetime_value,
    lost_capacity,
    retention_cost,
)
from clientlab.demo import DEMO, demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

START = pd.Timestamp("2022-01-01")


@pytest.fixture(scope="module")
def demo() -> ClientBase:
    return ClientBase.read(DEMO)


@pytest.fixture(scope="module")
def geometric() -> ClientBase:
    """The table above; a month is 30.4375 days, so days are rounded down."""
    month = np.repeat([*range(1, 11), 11], [512, 256, 128, 64, 32, 16, 8, 4, 2, 1, 1])
    last = START + pd.to_timedelta(np.floor(ends_of(month)), unit="D")
    ids = np.array([f"c{n}" for n in range(len(month))])
    clients = pd.DataFrame({"client_id": ids, "started_on": START,
                            "ended_on": pd.Series(last).where(month < 11)})  # fmt: skip
    rows = np.repeat(np.arange(len(month)), month)
    number = np.concatenate([np.arange(many) for many in month])
    days = np.floor(ends_of(number)) + 1
    invoices = pd.DataFrame({"client_id": ids[rows], "amount": 100.0,
                             "issued_on": START + pd.to_timedelta(days, unit="D")})  # fmt: skip
    return ClientBase.read({"clients": clients, "invoices": invoices}, observed_from=START,
                           observed_until=START + pd.Timedelta(days=334))  # fmt: skip


def test_the_textbook_formulas():
    """m ÷ (1 − r) = 2,000; arrears m r ÷ (1 − r) = 1,900; 12 months 100 · (1 − .95¹²) ÷ .05."""
    assert geometric_lifetime_value(100, 0.05).mean == pytest.approx(2000)
    assert geometric_lifetime_value(100, 0.05, paid="arrears").mean == pytest.approx(1900)
    assert geometric_lifetime_value(100, 0.05, months=12).mean == pytest.approx(
        100 * (1 - 0.95**12) / 0.05)  # fmt: skip
    # Number of months is geometric: variance r ÷ (1 − r)².
    assert geometric_lifetime_value(1, 0.05).sd == pytest.approx(np.sqrt(0.95) / 0.05)
    v = 1.2 ** (-1 / 12)
    assert geometric_lifetime_value(100, 0.05, discount=0.2).mean == pytest.approx(
        100 / (1 - 0.95 * v))  # fmt: skip


@pytest.mark.parametrize("paid", ["advance", "arrears"])
@pytest.mark.parametrize("months", [1, 7, 40])
@pytest.mark.parametrize("discount", [0.0, 0.15])
def test_mean_and_deviation_by_all_lifetimes(paid, months, discount):
    """Slow path: every lifetime with its probability, its payments one by one."""
    churn, v = 0.1, (1 + discount) ** (-1 / 12)
    values, chances = [], []
    for life in range(1, months + 1):
        at = np.arange(life) if paid == "advance" else np.arange(1, life)
        ends_here = (1 - churn) ** (life - 1) * (churn if life < months or paid == "arrears" else 1)
        values.append((v**at).sum())
        chances.append(ends_here)
    if paid == "arrears":  # who stays for all months pays in all
        values.append((v ** np.arange(1, months + 1)).sum())
        chances.append((1 - churn) ** months)
    values, chances = np.array(values), np.array(chances)
    assert chances.sum() == pytest.approx(1)
    found = geometric_lifetime_value(1.0, churn, discount=discount, months=months, paid=paid)
    mean = (values * chances).sum()
    assert found.mean == pytest.approx(mean)
    assert found.sd == pytest.approx(np.sqrt(((values - mean) ** 2 * chances).sum()), abs=1e-7)


@pytest.mark.parametrize("paid", ["advance", "arrears"])
@pytest.mark.parametrize(("horizon", "discount"), [(5, 0.0), (10, 0.0), (10, 0.3)])
def test_a_geometric_base_gives_the_closed_form(geometric, horizon, discount, paid):
    found = lifetime_value(geometric, horizon=horizon, discount=discount, paid=paid).of()
    v = (1 + discount) ** (-1 / 12)
    # In arrears the same payments count a month later, by those who were there at its start.
    expected = geometric_lifetime_value(100, 0.5, discount=discount, months=horizon).mean
    assert found.estimate == pytest.approx(expected * (v if paid == "arrears" else 1), rel=2e-3)
    assert found.low < found.estimate < found.high
    assert found.unit == "money"


def test_where_nobody_is_cut_off_it_is_the_mean_of_the_sums():
    rng = np.random.default_rng(5)
    length = rng.integers(20, 300, 40)
    ids = np.array([f"c{n}" for n in range(40)])
    clients = pd.DataFrame({"client_id": ids, "started_on": START,
                            "ended_on": START + pd.to_timedelta(length - 1, unit="D")})  # fmt: skip
    who = rng.integers(0, 40, 400)
    days = (rng.random(400) * length[who]).astype(int)
    amount = rng.integers(-50, 500, 400)
    invoices = pd.DataFrame({"client_id": ids[who], "amount": amount,
                             "issued_on": START + pd.to_timedelta(days, unit="D")})  # fmt: skip
    costs = invoices.rename(columns={"issued_on": "spent_on"}).assign(
        amount=rng.integers(0, 100, 400), purpose="production")  # fmt: skip
    base = ClientBase.read({"clients": clients, "invoices": invoices, "costs": costs},
                           observed_from=START, observed_until="2023-01-31")  # fmt: skip
    found = lifetime_value(base, horizon=12)
    whole = found.frame.set_index("measure")["estimate"]
    total = (amount.sum() - costs["amount"].sum()) / 40
    assert whole["historic"] == pytest.approx(total)
    assert whole["expected"] == pytest.approx(total)
    assert whole["extrapolated"] == pytest.approx(total)
    alone = lifetime_value(base, horizon=12, margin=1.0).frame.set_index("measure")["estimate"]
    assert alone["historic"] == pytest.approx(amount.sum() / 40)


def test_the_short_cut_is_biased_where_staying_and_margin_go_together():
    """Half leave after a month and pay 100, half stay six and pay 300 a month: exact sums.

    LTV of six months = ½ · 100 + ½ · 1,800 = 950. Overall mean a month = (50 + 900) ÷
    (½ + 3) = 271.4; survival × that = 3.5 · 271.4 = 950 over all months, but 271.4 instead
    of 200 in the first.
    """
    stays = np.arange(60) % 2 == 0
    ids = np.array([f"c{n}" for n in range(60)])
    month = np.floor(ends_of(np.arange(1, 8)))
    last = START + pd.to_timedelta(np.where(stays, month[5], month[0]), unit="D")
    clients = pd.DataFrame({"client_id": ids, "started_on": START, "ended_on": last})
    opens = START + pd.to_timedelta(np.floor(ends_of(np.arange(6))), unit="D")
    rows = [
        (name, 300 if there else 100, opens[k])
        for name, there in zip(ids, stays, strict=True)
        for k in range(6 if there else 1)
    ]
    invoices = pd.DataFrame(rows, columns=["client_id", "amount", "issued_on"])
    base = ClientBase.read({"clients": clients, "invoices": invoices}, observed_from=START,
                           observed_until="2022-12-31")  # fmt: skip
    found = lifetime_value(base, horizon=6, paid="advance")
    assert found.of().estimate == pytest.approx(950, rel=0.01)
    first = lifetime_value(base, horizon=1)
    assert first.of().estimate == pytest.approx(200, rel=0.01)
    assert first.of("product").estimate == pytest.approx(271.4, rel=0.01)
    assert first.bias() == pytest.approx(271.4 / 200 - 1, abs=0.01)
    assert "survival × the overall mean would be 35% too high" in first.say()


def test_money_after_the_end_and_in_advance_belongs_to_the_spell():
    """a: 10 before the start, 20 and 5 within 62 days after the end, 99 long after: not counted."""
    clients = pd.DataFrame({"client_id": ["a", "b"], "started_on": ["2022-02-01", "2022-01-01"],
                            "ended_on": ["2022-03-31", None]})  # fmt: skip
    invoices = pd.DataFrame({
        "client_id": ["a"] * 5 + ["b"], "amount": [10, 100, 20, -5, 99, 7],
        "issued_on": ["2022-01-25", "2022-02-10", "2022-04-20", "2022-05-31", "2022-09-01",
                      "2022-03-01"]})  # fmt: skip
    base = ClientBase.read({"clients": clients, "invoices": invoices}, observed_from=START,
                           observed_until="2022-12-31")  # fmt: skip
    found = lifetime_value(base, horizon=6)
    historic = found.frame.set_index("measure").loc["historic", "estimate"]
    assert historic == pytest.approx((10 + 100 + 20 - 5 + 7) / 2)
    assert any("more than 62 days from any spell, not counted: 1." in note.en
               for note in found.notes)  # fmt: skip
    assert any("this is revenue, not profit" in note.en for note in found.notes)
    assert "of revenue in the first" in found.say()


def test_groups_are_held_against_each_other(demo):
    found = lifetime_value(demo, by="role_model", horizon=36)
    assert set(found.frame["measure"]) == {"expected", "extrapolated", "historic", "product",
                                           "textbook"}  # fmt: skip
    assert "groups cannot be told apart" in found.say()
    assert found.of("expected", "agency").unit == "RUB"


def test_one_point_of_churn_by_the_power_of_survival(demo):
    """Slow path: S to the power that moves churn by a point, day by day."""
    found = churn_point(demo, horizon=24)
    now = found.frame.set_index("points")["estimate"]
    assert now[0] == pytest.approx(lifetime_value(demo, horizon=24).of().estimate, rel=0.01)
    assert found.gain[0] == pytest.approx(now[-1] - now[0])
    assert (np.diff(found.frame["estimate"]) < 0).all()
    assert found.gain[1] < found.gain[0] < found.gain[2]


def test_cac_by_hand(demo):
    clients = pd.DataFrame({
        "client_id": list("abcd"), "started_on": ["2022-02-01", "2022-03-01", "2022-03-05",
                                                  "2021-05-01"],
        "channel": ["referral", "referral", "tender", "tender"]})  # fmt: skip
    spent = pd.DataFrame({"spent_on": ["2022-01-31", "2022-02-28", "2022-03-31", "2021-12-31"],
                          "channel": ["referral", "tender", "outbound", "tender"],
                          "amount": [300, 500, 400, 9999]})  # fmt: skip
    invoices = pd.DataFrame({"client_id": list("abcd"), "issued_on": "2022-03-10", "amount": 900})
    base = ClientBase.read({"clients": clients, "invoices": invoices, "acquisition": spent},
                           observed_from=START, observed_until="2022-03-31")  # fmt: skip
    found = acquisition_cost(base, months=3)
    rows = found.frame.set_index("channel")
    assert rows["estimate"].drop("outbound").to_dict() == {"referral": 150, "tender": 500,
                                                           "all": 400}  # fmt: skip
    assert np.isnan(rows.loc["outbound", "estimate"])
    assert rows.loc["outbound", "low"] == pytest.approx(400 / -np.log(0.025))
    # Garwood: 2 clients are 0.2422 to 7.2247.
    assert rows.loc["referral", ["low", "high"]].tolist() == pytest.approx(
        [300 / 7.2247, 300 / 0.2422], rel=1e-3)  # fmt: skip
    assert acquisition_cost(base, months=24).window == "2022-01 – 2022-03"
    assert [float(end) for end in poisson_ends(0)] == pytest.approx([0, 3.6889], abs=1e-4)
    with pytest.raises(InvalidValue, match="worth is broken down by 'role_model'"):
        acquisition_cost(demo, worth=lifetime_value(demo, by="role_model"))


def test_the_cost_of_keeping_in_full_and_operating():
    """Two clients all of January, one half of February: 3.5 · client months of 90 000."""
    clients = pd.DataFrame({"client_id": ["a", "b", "c"], "started_on": ["2021-05-01"] * 3,
                            "ended_on": [None, "2022-02-14", "2022-01-15"]})  # fmt: skip
    costs = pd.DataFrame({
        "spent_on": ["2022-01-31", "2022-02-28", "2022-03-31", "2022-03-31", "2022-03-31"],
        "amount": [60, 60, 60, 30, 1000],
        "purpose": ["service", "service", "service", "client_budget", "production"],
        "nature": ["payroll", "payroll", "payroll", "operating", "payroll"]})  # fmt: skip
    invoices = pd.DataFrame({"client_id": ["a", "b", "a"], "amount": [300, 500, 250],
                             "issued_on": ["2022-01-10", "2022-02-10", "2022-03-10"]})  # fmt: skip
    base = ClientBase.read({"clients": clients, "invoices": invoices, "costs": costs},
                           observed_from=START, observed_until="2022-03-31")  # fmt: skip
    found = retention_cost(base, months=3)
    months = 3 + (1 + 14 / 28) + 15 / 31
    assert found.row("full", "client_month")["estimate"] == pytest.approx(210 / months)
    assert found.row("operating", "client_month")["estimate"] == pytest.approx(30 / months)
    assert found.row("full", "revenue")["estimate"] == pytest.approx(210 / 1050)
    with pytest.raises(InvalidValue, match=r"There is no 'full' per 'year' in this result."):
        found.row("full", "year")


def test_winning_against_keeping(demo):
    won, kept = acquisition_cost(demo), retention_cost(demo)
    found = acquisition_to_retention(demo)
    row = found.frame.iloc[0]
    yearly = 12 * kept.row("full", "client_month")["estimate"]
    assert row["estimate"] == pytest.approx(won.overall["estimate"] / yearly)
    assert row["low"] < row["estimate"] < row["high"]
    assert found.verdict() in (-1, 0, 1)
    words = {1: "at least 3, as", 0: "cannot be told", -1: "less than the 3"}
    assert words[found.verdict()] in found.say()


def test_capacity_taken_and_left(demo):
    found = capacity(demo)
    row = found.frame.iloc[0]
    assert row["estimate"] == pytest.approx(row["capacity"] - row["revenue"])
    assert (np.diff(found.frame["estimate"]) <= 0).all()
    assert "Taken of the capacity of current clients" in found.say()
    lost = lost_capacity(demo)
    assert lost.frame["group"].tolist() == [5, 4, 3, 2, 1]
    # The day of the export alone knows the capacity.
    assert isinstance(capacity(demo.as_of("2025-01-31")), CannotSay)


@pytest.mark.parametrize("analysis", [
    lifetime_value, churn_point, acquisition_cost, retention_cost, acquisition_to_retention,
    capacity, lost_capacity, lambda base: lifetime_value(base, by="channel"),
    lambda base: lifetime_value(base, contract="project", silent_after=60)])  # fmt: skip
@pytest.mark.parametrize(("clients", "leavers"), [(1, 0), (2, 1), (6, 0), (12, 1), (40, 3)])
def test_with_next_to_nothing_it_says_what_it_can(analysis, clients, leavers):
    agency = demo_agency(clients, leavers=leavers, seed=4)
    result = analysis(ClientBase.read(agency.tables, observed_from=agency.observed_from,
                                      observed_until=agency.observed_until))  # fmt: skip
    for lang in ("en", "ru"):
        for words in (result.say(lang), result.headline(lang), result.decide(lang)):
            assert "nan" not in words
        assert result.say(lang).endswith(".")
    result.table()
    if not isinstance(result, CannotSay):
        assert result.plot().figure.axes


def test_what_is_asked_for_wrongly_is_told(demo):
    for asked, message in (
        ({"horizon": 0}, "horizon=0 must be a number of months, such as 60."),
        ({"discount": 15}, "discount=15 is a rate a year: 0.15 is 15%."),
        ({"margin": 35}, "margin=35 is a share of revenue: between 0 and 1, say 0.35."),
        ({"paid": "late"}, "paid='late' is not known; use one of advance, middle, arrears."),
    ):
        with pytest.raises(InvalidValue, match=message):
            lifetime_value(demo, **asked)
    with pytest.raises(InvalidValue, match=r"months=0 must be a whole number, such as 12."):
        acquisition_cost(demo, months=0)
    with pytest.raises(InvalidValue, match=r"Give churn between 0 and 1 a month"):
        geometric_lifetime_value(100, 0.0)
    with pytest.raises(InvalidValue, match=r"horizon=0 must be a number of months, such as 60."):
        churn_point(demo, horizon=0)


def test_without_ongoing_clients_the_payback_is_not_told():
    clients = pd.DataFrame({"client_id": ["a"], "started_on": ["2022-02-01"],
                            "contract": "project"})  # fmt: skip
    invoices = pd.DataFrame({"client_id": ["a"], "issued_on": ["2022-02-05"], "amount": [900]})
    spent = pd.DataFrame({"spent_on": ["2022-01-31"], "channel": ["referral"], "amount": [300]})
    base = ClientBase.read({"clients": clients, "invoices": invoices, "acquisition": spent},
                           observed_from=START, observed_until="2022-03-31")  # fmt: skip
    found = acquisition_cost(base, months=3)
    assert found.overall["estimate"] == 300
    assert found.say().endswith("; when it is paid back cannot be told.")
    assert found.say("ru").endswith("; когда это окупится, сказать нельзя.")
