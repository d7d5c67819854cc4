"""How long clients stay and why they leave.

By hand, records of 2024-01-01 to 2024-06-30 (a month is 30.4375 days):

spell  started     ended       entry  exit  left   reason
a      2024-01-01  2024-01-20      0    19  yes    price
b      2024-01-01  2024-02-20      0    50  yes    none told
c      2024-01-01                  0   181  no
d      2024-03-01                  0   121  no
e      2023-12-02  2024-02-09     30    69  yes    outgrew    (30 days before the records)
p      2023-10-01  2023-12-31     never seen: ended before the records

day   at risk               left   S
19    a b c d = 4           a      3/4
50    b c d e = 4           b      3/4 · 3/4 = 9/16
69    c d e = 3             e      9/16 · 2/3 = 3/8
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.clients import ClientBase
from clientlab.clients.curves import Curve
from clientlab.clients.durations import DAYS_IN_MONTH, durations
from clientlab.clients.lifetime import (
    Quantity,
    expected_lifetime,
    expected_losses,
    reasons,
    survival,
    transformation_rate,
    usual_mistakes,
)
from clientlab.clients.redrawn import Redrawn
from clientlab.demo import DEMO, demo_agency
from clientlab.problems import InvalidType, InvalidValue
from clientlab.stats import survival as stats
from clientlab.wording import Text

SPELLS = pd.DataFrame(
    [
        ("a", "2024-01-01", "2024-01-20", "price", "bank"),
        ("b", "2024-01-01", "2024-02-20", None, "bank"),
        ("c", "2024-01-01", None, None, "shop"),
        ("d", "2024-03-01", None, None, "shop"),
        ("e", "2023-12-02", "2024-02-09", "outgrew", "shop"),
        ("p", "2023-10-01", "2023-12-31", "price", "shop"),
    ],
    columns=["client_id", "started_on", "ended_on", "end_reason", "industry"],
)
WINDOW = {"observed_from": "2024-01-01", "observed_until": "2024-06-30"}


def base_of(spells: pd.DataFrame, invoices=None, **window) -> ClientBase:
    if invoices is None:
        first = spells.iloc[:1]
        invoices = pd.DataFrame({"client_id": first["client_id"], "amount": 100,
                                 "issued_on": first["started_on"]})  # fmt: skip
    return ClientBase.read({"clients": spells, "invoices": invoices}, **(window or WINDOW))


@pytest.fixture(scope="module")
def by_hand() -> ClientBase:
    return base_of(SPELLS)


@pytest.fixture(scope="module")
def demo() -> ClientBase:
    return ClientBase.read(DEMO)


def test_days_run_from_the_first_to_the_last(by_hand):
    frame = durations(by_hand, Text("x", "x")).frame.set_index("client_id")
    assert frame["entry"].to_dict() == {"a": 0, "b": 0, "c": 0, "d": 0, "e": 30}
    assert frame["exit"].to_dict() == {"a": 19, "b": 50, "c": 181, "d": 121, "e": 69}
    last = frame["last_on"].dt.strftime("%m-%d").to_dict()
    assert last == {"a": "01-20", "b": "02-20", "c": "06-30", "d": "06-30", "e": "02-09"}
    assert frame["reason"].to_dict() == {"a": "price", "b": "unknown", "c": "", "d": "",
                                         "e": "outgrew"}  # fmt: skip


def test_who_was_never_seen_is_set_aside_and_told(by_hand):
    notes = [note.en for note in survival(by_hand).notes]
    assert "Set aside, not seen on any day: 1 spell (ended before 2024-01-01, or began after the " \
           "observation ended)." in notes  # fmt: skip


def test_survival_and_both_columns_of_the_rate_by_hand(by_hand):
    frame = survival(by_hand).frame
    assert frame["month"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame["estimate"].head(3).tolist() == pytest.approx([3 / 4, 9 / 16, 3 / 8])
    assert frame["at_risk"].head(3).tolist() == [5, 4, 3]  # on any day: e enters on day 30
    assert frame["left"].tolist() == [1, 1, 1, 0, 0, 0]
    assert np.isnan(frame["estimate"].iloc[-1])  # month 6 has a day 182 that nobody saw
    rate = transformation_rate(by_hand).frame
    assert rate["estimate"].head(3).tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 3])
    assert rate["of_all"].head(3).tolist() == pytest.approx([1 / 4, 3 / 16, 3 / 16])
    whole = transformation_rate(by_hand, every=3).frame.iloc[0]
    assert (whole["estimate"], whole["left"]) == (pytest.approx(5 / 8), 3)


def test_every_spell_is_in_a_risk_set_and_every_leaver_in_a_month(demo):
    seen = durations(demo, Text("x", "x")).frame
    rate = transformation_rate(demo).frame
    assert rate["left"].sum() == seen["left"].sum()
    assert (seen["exit"] > seen["entry"]).all()
    same_day = base_of(pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-02-01",
                                     "ended_on": ["2024-02-01", None]}))  # fmt: skip
    assert survival(same_day).frame["estimate"].iloc[0] == 0.5


def test_incidences_by_hand(by_hand):
    """a: 1/4; b: S(19) · 1/4 = 3/16; e: S(50) · 1/3 = 3/16; alone, e: 1 − 2/3."""
    found = reasons(by_hand, at=3).told.set_index("reason")
    assert found["estimate"].to_dict() == pytest.approx(
        {"price": 1 / 4, "unknown": 3 / 16, "outgrew": 3 / 16})  # fmt: skip
    assert found["one_minus_km"].to_dict() == pytest.approx(
        {"price": 1 / 4, "unknown": 1 / 4, "outgrew": 1 / 3})  # fmt: skip
    footer = reasons(by_hand).provenance.footer("en")
    assert "5 spells of clients, reason unknown of 33% of 3 who left" in footer


def test_a_month_is_known_if_its_last_whole_day_was_seen():
    """Of a year, 365 days, month 12 ends a quarter of a day later; month 13 was not seen."""
    spells = _spells([("a", "2024-01-01", None), ("b", "2024-01-01", "2024-01-31")])
    frame = survival(base_of(spells, observed_from="2024-01-01", observed_until="2024-12-31")).frame
    assert frame["month"].tolist() == list(range(1, 13))
    assert frame["estimate"].tolist() == [0.5] * 12  # who leaves on the 31st left in month 1


def test_a_month_in_which_all_left_has_the_interval_of_its_clients():
    """Three of three, on three days: Wilson's ends of 3 of 3."""
    spells = _spells([(name, "2024-01-01", f"2024-02-{day}")
                      for name, day in zip("abc", (10, 12, 20), strict=True)])  # fmt: skip
    row = transformation_rate(base_of(spells)).frame.iloc[-1]
    assert (row["month"], row["estimate"], row["left"]) == (2, 1.0, 3)
    assert (row["low"], row["high"]) == (pytest.approx(0.4385, abs=1e-4), 1.0)


def test_the_naive_tenure_stands_beside_the_lifetime(by_hand):
    """c and d are there, for 181 and 121 days; a, b, e left after 19, 50 and 69."""
    rows = expected_lifetime(by_hand, horizon=3).frame.set_index("measure")["estimate"]
    assert rows["tenure_today"] * DAYS_IN_MONTH == pytest.approx(151)
    assert rows["tenure_left"] * DAYS_IN_MONTH == pytest.approx(46)
    area = 19 + 0.75 * 31 + 9 / 16 * 19 + 3 / 8 * (3 * DAYS_IN_MONTH - 69)
    assert rows["restricted"] * DAYS_IN_MONTH == pytest.approx(area)


def test_beyond_the_last_day_the_last_rate_goes_on():
    """Ten leave, one each 10 days of 100 seen; ten stay: S(100) = 1/2; λ = 10 ÷ days at risk."""
    days = np.repeat([*range(10, 110, 10)], 1)
    ended = pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")
    spells = pd.DataFrame({"client_id": [f"c{n}" for n in range(20)], "started_on": "2024-01-01",
                           "ended_on": [*ended, *[pd.NaT] * 10]})  # fmt: skip
    base = base_of(spells, observed_from="2024-01-01", observed_until="2024-04-10")
    found = expected_lifetime(base, horizon=3)
    at_risk = days.sum() + 10 * 100
    area = sum(10 * (1 - n / 20) for n in range(10))
    expected = (area + 0.5 / (10 / at_risk)) / DAYS_IN_MONTH
    assert found.of("extrapolated").estimate == pytest.approx(expected)
    assert any(note.en.startswith("Assumed, not seen") for note in found.notes)


def test_time_and_money_are_never_mixed(demo):
    from clientlab.clients.value import lifetime_value

    lt, ltv = expected_lifetime(demo).of(), lifetime_value(demo).of()
    assert (lt.unit, ltv.unit) == ("months", "RUB")
    message = "months and RUB cannot be {}: a lifetime .LT. is a time, a lifetime value"
    for word, operation in (("compared", "__lt__"), ("compared", "__ge__"), ("added", "__add__"),
                            ("subtracted", "__sub__"), ("divided", "__truediv__"),
                            ("compared", "__gt__"), ("compared", "__le__")):  # fmt: skip
        with pytest.raises(InvalidValue, match=message.format(word)):
            getattr(lt, operation)(ltv)
    with pytest.raises(InvalidType, match="A quantity in months and a float cannot be added"):
        lt + 3.0
    double = Quantity(2 * lt.estimate, 1, 2, "months")
    assert double / lt == pytest.approx(2)
    assert double > lt
    assert double - lt == pytest.approx(lt.estimate)
    with pytest.raises(InvalidValue, match="'ltv' is none of: restricted, median"):
        expected_lifetime(demo).of("ltv")


def test_late_entry_moves_the_curve_as_it_must(by_hand, demo):
    """Taken as new, e is at risk on day 19 too: 4/5 · 3/4 · 2/3; leavers only: 2/3 · 1/2 · 0."""
    found = usual_mistakes(by_hand)
    rows = found.frame.set_index("way")["estimate"]
    month = found.at
    assert rows["right"] == pytest.approx({1: 3 / 4, 2: 9 / 16}.get(month, 3 / 8))
    assert rows["no_late_entry"] == pytest.approx({1: 4 / 5, 2: 3 / 5}.get(month, 2 / 5))
    shown = usual_mistakes(demo)
    assert shown.value("leavers_only") < shown.value("right") < shown.value("no_late_entry")


def test_projects_last_from_their_first_to_their_last_invoice():
    """Silent 30 days is lost: a from 2024-01-01 to 2024-02-10 (40 days); b is seen to 05-31."""
    spells = pd.DataFrame({"client_id": ["a", "b"], "started_on": ["2024-01-01", "2024-05-01"],
                           "contract": "project"})  # fmt: skip
    invoices = pd.DataFrame({"client_id": ["a", "a", "b", "b"], "amount": 100, "issued_on": [
        "2024-01-20", "2024-02-10", "2024-05-10", "2024-06-05"]})  # fmt: skip
    base = base_of(spells, invoices, **WINDOW)
    frame = durations(base, Text("x", "x"), contract="project", silent_after=30).frame
    assert frame[["exit", "left"]].values.tolist() == [[40, True], [30, False]]
    both = survival(base, contract="all", by="contract", silent_after=30)
    assert both.frame["contract"].unique().tolist() == ["project"]


def test_groups_are_compared_by_restricted_means_and_log_rank():
    rng = np.random.default_rng(3)
    many = 120
    group = np.repeat(["bank", "shop"], many)
    length = np.ceil(rng.exponential(np.where(group == "bank", 200, 700))).astype(int)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 2 * many), unit="D")
    ended = pd.Series(start + pd.to_timedelta(length, unit="D"))
    ids = [f"c{n}" for n in range(2 * many)]
    ended = ended.where(ended <= "2023-12-31")
    spells = pd.DataFrame({"client_id": ids, "started_on": start, "ended_on": ended,
                           "industry": group})  # fmt: skip
    found = survival(base_of(spells, observed_from="2020-01-01", observed_until="2023-12-31"),
                     by="industry")  # fmt: skip
    row = found.differences.sure.iloc[0]
    assert (row["one"], row["other"]) == ("shop", "bank")
    assert row["low"] < row["estimate"] < row["high"]
    assert found.differences.p_value < 1e-6
    assert found.say().startswith("Shop: ")
    assert found.decide() == "Find out what is done otherwise for shop than for bank."


def test_a_label_that_long_clients_get_is_no_forecast(demo):
    found = survival(demo, by="key_client")
    assert any("known only as it is today" in note.en for note in found.notes)
    assert found.decide() == "Do not promise this time to new clients: who stays gets the label."
    assert found.say().startswith("Key client: ")


def _spells(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["client_id", "started_on", "ended_on"])


def test_expected_losses_by_hand():
    """S falls by a third between day 99 and 190: each of 4 clients aged 99 leaves with 1/3.

    The other 4 are followed to day 546, none longer: for the 91 days after it they leave at the
    rate of the last whole years with anybody leaving, 2 in 2 · 149 + 4 · 546 + 4 · 99 days.
    """
    spells = [(f"g{n}", "2023-01-01", None if n > 1 else "2023-05-30") for n in range(6)]
    spells += [(f"n{n}", "2024-03-23", None) for n in range(4)]
    base = base_of(_spells(spells), observed_from="2023-01-01", observed_until="2024-06-30")
    found = expected_losses(base)
    days = 2 * 149 + 4 * 546 + 4 * 99  # day 149: 2023-05-30
    old = 4 * (1 - np.exp(-91 * 2 / days))
    assert found.frame["estimate"].iloc[-1] == pytest.approx(4 / 3 + old)
    assert found.frame["base"].iloc[-1] == 8
    assert found.before["came"] == 0


def test_what_is_asked_for_wrongly_is_told(demo):
    with pytest.raises(
        InvalidValue, match=r"contract='x' is not known; use ongoing, project, all."
    ):
        survival(demo, contract="x")
    with pytest.raises(InvalidValue, match=r"every=0 must be a whole number of months, such as 3."):
        transformation_rate(demo, every=0)
    with pytest.raises(InvalidValue, match=r"horizon=0 must be a number of months, such as 60."):
        expected_lifetime(demo, horizon=0)
    with pytest.raises(InvalidValue, match=r"'luck' is no reason. The reasons are: outgrew, "):
        reasons(demo, kinds=True, good=("luck",))
    with pytest.raises(InvalidValue, match=r"'price' is good and bad. The reasons are: outgrew, "):
        reasons(demo, kinds=True, good=("price",))
    with pytest.raises(InvalidValue, match=r"days=0 must be a whole number, such as 91."):
        expected_losses(demo, days=0)


durations_of = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 60), st.booleans()), min_size=1, max_size=25
)


@settings(deadline=None, max_examples=150)
@given(durations_of)
def test_the_curve_is_that_of_kaplan_and_meier_on_its_stretch(rows):
    entry, length, left = (np.array(part) for part in zip(*rows, strict=True))
    exit = entry + length
    curve = Curve.of(pd.DataFrame({"entry": entry, "exit": exit, "left": left}))
    assert (np.diff(curve.daily["survival"]) <= 1e-12).all()
    inside = (exit > curve.begin) & (entry < curve.end)
    assert inside.any()
    found = stats.kaplan_meier(np.minimum(exit, curve.end)[inside],
                               (left & (exit <= curve.end))[inside],
                               entry=np.maximum(entry, curve.begin)[inside])  # fmt: skip
    np.testing.assert_allclose(curve.daily["survival"], found["survival"])
    edges = np.array([curve.begin, (curve.begin + curve.end) / 2, curve.end])
    by_day = curve.at(np.arange(curve.begin, curve.end))["survival"].sum()
    assert curve.area(edges[-1:])[0] == pytest.approx(by_day)
    days = sum(max(min(x, curve.end) - max(e, curve.begin), 0)
               for e, x in zip(entry, exit, strict=True))  # fmt: skip
    assert curve.days_at_risk(edges[:-1], edges[1:]).sum() == pytest.approx(days)


def test_resampled_curves_are_those_of_the_resampled_clients():
    rng = np.random.default_rng(1)
    entry = np.where(rng.random(60) < 0.6, 0, rng.integers(0, 300, 60))
    frame = pd.DataFrame({"entry": entry, "exit": entry + rng.integers(1, 900, 60),
                          "left": rng.random(60) < 0.5})  # fmt: skip
    curve = Curve.of(frame)
    again = Redrawn.of(curve, pd.Series(np.arange(60) // 2), replicates=20)
    for row in (0, 7, 19):
        weights = again.weights[row].astype(int)
        assert (weights[::2] == weights[1::2]).all()  # both spells of a client together
        rows = np.repeat(np.arange(len(weights)), weights)
        found = stats.kaplan_meier(curve.exit[rows], curve.left[rows], entry=curve.entry[rows])
        np.testing.assert_allclose(again.at(found["time"])[row], found["survival"])
        mean = stats.restricted_mean(curve.exit[rows], curve.left[rows], 500.5,
                                     entry=curve.entry[rows])  # fmt: skip
        assert again.area(np.array([500.5]))[row, 0] == pytest.approx(mean.estimate)


def test_incidences_and_survival_add_up(demo):
    shares = reasons(demo).frame.groupby("month")["estimate"].sum(min_count=1)
    alive = survival(demo).frame.set_index("month")["estimate"]
    assert shares.index.equals(alive.index)
    assert (shares.isna() == alive.isna()).all()
    np.testing.assert_allclose((shares + alive).dropna(), 1.0)
    kinds = reasons(demo, kinds=True)
    np.testing.assert_allclose(kinds.frame.groupby("month")["estimate"].sum(min_count=1), shares)
    row = kinds.told.set_index("reason")["estimate"]
    assert kinds.gap[0] == pytest.approx(row["bad"] - row["good"])


def test_words_turn_with_the_numbers():
    """With effects turned round, those who stay are the small and the bad payers."""
    agency = demo_agency(reversed=True)
    turned = ClientBase.read(agency.tables, observed_from=agency.observed_from,
                             observed_until=agency.observed_until)  # fmt: skip
    base = ClientBase.read(DEMO)
    for analysis in (survival, expected_lifetime, lambda one: transformation_rate(one, every=3)):
        assert analysis(base).headline() != analysis(turned).headline()
