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

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

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
from clientlab.results import CannotSay
from clientlab.stats import survival as stats
from clientlab.wording import Text

GOLDEN = Path(__file__).parents[1] / "golden" / "lifetime"
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
def golden() -> ClientBase:
    return base_of(pd.read_csv(GOLDEN / "clients.csv", dtype=str),
                   observed_from="2020-01-01", observed_until="2023-12-31")  # fmt: skip


@pytest.fixture(scope="module")
def values() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "values.csv", index_col=False).fillna({"group": ""})


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


def test_survival_equals_r(golden, values):
    """R: survfit(Surv(entry, exit, left) ~ 1, conf.type = "log-log")."""
    frame = survival(golden).frame.set_index("month")
    for row in values[values["what"] == "survival"].itertuples():
        mine = frame.loc[row.month, ["estimate", "low", "high"]].astype(float)
        assert mine.tolist() == pytest.approx([row.estimate, row.low, row.high], abs=1e-9)
    by = survival(golden, by="industry").frame
    for row in values[values["what"] == "by"].itertuples():
        mine = by[(by["industry"] == row.group) & (by["month"] == row.month)].iloc[0]
        assert (mine["estimate"], mine["low"], mine["high"]) == pytest.approx(
            (row.estimate, row.low, row.high), abs=1e-9)  # fmt: skip


def test_the_life_table_equals_r(golden, values):
    rows = values[values["what"] == "survival"].set_index("month")["estimate"]
    rate = transformation_rate(golden).frame.set_index("month")
    assert rate.loc[1, "estimate"] == pytest.approx(1 - rows[1], abs=1e-9)
    assert rate.loc[:12, "of_all"].sum() == pytest.approx(1 - rows[12], abs=1e-9)
    year = transformation_rate(golden, every=12).frame.set_index("month")
    assert year.loc[24, "estimate"] == pytest.approx(1 - rows[24] / rows[12], abs=1e-9)
    assert year.loc[24, "of_all"] == pytest.approx(rows[12] - rows[24], abs=1e-9)


def test_incidences_equal_r(golden, values):
    """R: survfit(Surv(entry, exit, factor(why)) ~ 1, id = id, conf.type = "log-log"), cuminc."""
    found = reasons(golden).frame.set_index(["month", "reason"])[["estimate", "low", "high"]]
    for row in values[values["what"] == "incidence"].itertuples():
        assert found.loc[(row.month, row.group)].tolist() == pytest.approx(
            [row.estimate, row.low, row.high], abs=1e-9, nan_ok=True)  # fmt: skip
    clients = pd.read_csv(GOLDEN / "clients.csv", dtype=str)
    new = base_of(clients[clients["started_on"] >= "2020-01-01"], observed_from="2020-01-01",
                  observed_until="2023-12-31")  # fmt: skip
    found = reasons(new).frame.set_index(["month", "reason"])["estimate"]
    for row in values[values["what"] == "cuminc"].itertuples():
        assert found[row.month, row.group] == pytest.approx(row.estimate, abs=1e-9)


SMALL = ("late entry", "seen one day", "all in one month", "ties", "returns", "entry at an exit")


@pytest.mark.parametrize("name", SMALL)
def test_where_risk_sets_go_wrong_it_equals_r(name):
    """small.R: survfit(Surv(entry, exit, left) ~ 1), and of factor(why), both log-log."""
    clients = pd.read_csv(GOLDEN / "small.csv", dtype=str)
    clients = clients[clients["base"] == name].drop(columns="base")
    base = base_of(clients, observed_from="2024-01-01", observed_until="2024-12-31")
    values = pd.read_csv(GOLDEN / "small_values.csv", index_col=False)
    values = values[values["base"] == name].fillna({"reason": ""})
    curve = survival(base).frame.assign(reason="")
    found = pd.concat([curve, reasons(base).frame]).set_index(["reason", "month"])
    found = found[["estimate", "low", "high"]].dropna(subset="estimate")
    told = values.set_index(["reason", "month"]).loc[:, ["estimate", "low", "high"]]
    told = told.loc[[key for key in found.index if key in told.index]]
    assert len(told) >= 4
    ends = ["low", "high"]  # before anybody left R prints the estimate, or NA after a censoring
    told[ends] = told[ends].where(told["estimate"].between(0, 1, inclusive="neither"))
    pd.testing.assert_frame_equal(found.loc[told.index], told, atol=1e-9, check_dtype=False)
    rate = transformation_rate(base).frame
    assert rate["left"].sum() == clients["ended_on"].notna().sum()  # nobody is lost on the way


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


def test_means_medians_and_the_log_rank_equal_r(golden, values):
    lt = expected_lifetime(golden, horizon=36).of()
    mean = values[values["what"] == "rmean"].iloc[0]
    assert lt.estimate == pytest.approx(mean["estimate"], abs=1e-9)
    assert (lt.high - lt.low) / 2 / 1.96 == pytest.approx(mean["low"], rel=0.1)  # bootstrap
    half = expected_lifetime(golden).of("median")
    row = values[values["what"] == "median"].iloc[0]
    assert (half.estimate, half.low, half.high) == pytest.approx(
        (row["estimate"], row["low"], row["high"]), abs=1e-9)  # fmt: skip
    test = survival(golden, by="industry").differences
    score = values[values["what"] == "score"]["estimate"].iloc[0]
    assert test.statistic == pytest.approx(score, rel=1e-6)


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


FEW = {
    "no leavers": [("a", "2024-01-01", None), ("b", "2024-02-01", None)],
    "one leaver": [("a", "2024-01-01", "2024-02-01"), ("b", "2024-02-01", None)],
    "all left in one month": [("a", "2024-01-01", "2024-03-01"), ("b", "2024-02-01", "2024-03-20")],
    "one client": [("a", "2024-01-01", None)],
    "one client who left": [("a", "2024-01-01", "2024-01-01")],
    "all enter late": [("a", "2020-01-01", "2024-03-01"), ("b", "2020-02-01", None),
                       ("c", "2020-03-01", None)],
    "came on the last day": [("a", "2024-06-30", None)],
}  # fmt: skip
ALL = (
    transformation_rate, survival, expected_lifetime, reasons, expected_losses, usual_mistakes,
    lambda base: reasons(base, kinds=True),
    lambda base: survival(base, by="industry"),
    lambda base: expected_lifetime(base, by="industry"),
    lambda base: expected_losses(base, by="industry"),
)  # fmt: skip


@pytest.mark.parametrize("which", list(FEW))
@pytest.mark.parametrize("analysis", ALL)
def test_with_next_to_nothing_it_says_what_it_can(which, analysis):
    spells = _spells(FEW[which]).assign(industry=["bank", None, "shop"][: len(FEW[which])])
    result = analysis(base_of(spells))
    for lang in ("en", "ru"):
        for words in (result.say(lang), result.headline(lang), result.decide(lang)):
            assert "nan" not in words
            assert "∞" not in words
        assert result.say(lang).endswith(".")
    result.table()
    if not isinstance(result, CannotSay) and len(result.frame):
        assert result.plot().figure.axes


def test_all_entering_late_is_told_of_those_who_had_stayed():
    found = survival(base_of(_spells(FEW["all enter late"])))
    assert found.frame["month"].iloc[0] == 47  # the youngest had been there for 1,401 days
    assert found.say().startswith("Of those who had stayed 46 months, still there after ")
    assert any("before that nobody" in note.en for note in found.notes)


def test_a_gap_in_observation_is_not_bridged():
    young = [(f"y{n}", "2024-03-01", None) for n in range(6)]
    old = [(f"o{n}", "2010-01-01", None) for n in range(9)]
    found = survival(base_of(_spells(young + old)))
    assert found.frame["month"].iloc[0] > 100
    assert any("seen only before or after a gap: 6 spells" in note.en for note in found.notes)


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


def _monthly(spells: pd.DataFrame) -> pd.DataFrame:
    """100 on the 5th of every month of 2024 in which the client was there."""
    rows = [
        (client, 100, day)
        for client, start, end in spells[["client_id", "started_on", "ended_on"]].to_numpy()
        for day in pd.date_range("2024-01-05", "2024-12-05", freq="MS") + pd.Timedelta(days=4)
        if pd.Timestamp(start) <= day <= pd.Timestamp(end or "2024-12-31")
    ]
    return pd.DataFrame(rows, columns=["client_id", "amount", "issued_on"])


def _of_2024(rows) -> ClientBase:
    spells = _spells(rows).astype(object)
    return base_of(spells, _monthly(spells), observed_from="2024-01-01",
                   observed_until="2024-12-31")  # fmt: skip


@pytest.fixture(scope="module")
def one_leaver() -> ClientBase:
    rows = [(f"c{n}", f"2024-0{n % 6 + 1}-01", None) for n in range(12)]
    return _of_2024([*rows[1:], ("c0", "2024-01-01", "2024-07-15")])


def test_one_leaver_makes_no_critical_month_and_no_value_of_five_years(one_leaver):
    from clientlab.clients.value import lifetime_value

    rate = transformation_rate(one_leaver)
    assert rate.say().startswith("No month stands out from chance; most leave in month 7: 8.3% of")
    assert rate.decide() == "Do not pick a critical month: none stands out from chance."
    worth = lifetime_value(one_leaver)
    assert worth.horizon == 10  # five are followed to day 306
    assert " of revenue in the first 10 months" in worth.say()
    assert any(note.en == "Asked for 5 years; too few have left to say what comes after 10 months, "
               "where the following ends." for note in worth.notes)  # fmt: skip


def test_a_forecast_beyond_what_was_followed_names_its_assumption(one_leaver):
    found = expected_losses(one_leaver)
    assert found.overall["estimate"] > 0
    assert found.overall["high"] >= 1
    told = next(note.en for note in found.notes if note.en.startswith("Assumed, not seen for "))
    assert told.endswith("1 leaver).")


def test_a_month_stands_out_where_leavers_crowd_by_binomial_chance():
    """Seven of nine left in month 3 of 10; 12 at risk of 99 months: 0.12⁷ · 36 · 10 < 0.05."""
    rows = [(f"c{n}", "2024-01-01", "2024-03-20" if n < 7 else None) for n in range(20)]
    rows[7] = ("c7", "2024-01-01", "2024-06-20")
    rate = transformation_rate(_of_2024(rows))
    assert rate.say().startswith("Most leave in month 3: 35% of those still there")
    assert rate.decide() == "Put a call before month 3, for every client, into the calendar."


def test_where_all_left_nothing_is_assumed():
    """Three stay 40, 50 and 60 days: the mean is 50, whatever the horizon."""
    rows = [(name, "2024-01-01", f"2024-{day}") for name, day in
            zip("abc", ("02-10", "02-20", "03-01"), strict=True)]  # fmt: skip
    base = _of_2024(rows)
    found = expected_lifetime(base)
    assert found.horizon == 60
    for measure in ("restricted", "extrapolated"):
        assert found.of(measure).estimate * DAYS_IN_MONTH == pytest.approx(50)
    assert not any(note.en.startswith(("Assumed", "Asked")) for note in found.notes)
    assert "if the last rate goes on" not in found.say()
    assert reasons(base).say() == "No reason is written down: 100% (base 3) of all clients left " \
                                  "by 2 months."  # fmt: skip


def test_those_who_entered_late_are_told_with_the_time_before():
    """Two entered after 700 days; one leaves at 800, one is seen to 1,065: S = 1/2 from 800 on."""
    from clientlab.clients.value import churn_point, lifetime_value

    opens = pd.Timestamp("2024-01-01") - pd.Timedelta(days=700)
    start = f"{opens:%Y-%m-%d}"
    rows = [("a", start, "2024-04-10"), ("b", start, None)]
    base = _of_2024(rows)
    found = expected_lifetime(base, horizon=30)
    expected = 800 + 0.5 * (30 * DAYS_IN_MONTH - 800)
    assert found.of().estimate * DAYS_IN_MONTH == pytest.approx(expected)
    assert found.say().startswith("Of those who had stayed 23 months, ")
    worth = lifetime_value(base, horizon=30)
    assert worth.say().startswith("A client who had stayed 23 months brings ")
    assert churn_point(base).gain[0] > 0


def test_who_has_only_project_clients_is_told_how_to_ask():
    spells = _spells(FEW["no leavers"]).assign(contract="project")
    told = 'Share still there: all clients work order by order; ask with contract="project".'
    assert survival(base_of(spells)).say() == told


def test_nobody_left_is_a_sentence_everywhere():
    base = _of_2024(FEW["no leavers"])
    for analysis in (transformation_rate, survival, expected_lifetime, reasons, usual_mistakes):
        assert analysis(base).say().startswith("Nobody has left of 2 clients under observation")
        assert analysis(base).say("ru").startswith("Из наблюдавшихся клиентов (2) не ушёл никто")
    assert expected_losses(base).say("ru") == (
        "Ожидаемые потери: пока никто не ушёл, сказать нечего.")  # fmt: skip


def test_a_small_group_does_not_shorten_what_is_told_of_the_others():
    """Ten and more of a bank leave over 11 months; one shop is new: nothing of it is known."""
    from clientlab.clients.value import lifetime_value

    rows = [(f"c{n}", "2024-01-01", f"2024-{n + 2:02d}-05" if n < 8 else None) for n in range(14)]
    spells = _spells([*rows, ("new", "2024-12-20", None)]).astype(object)
    spells = spells.assign(industry=["bank"] * 14 + ["shop"])
    base = base_of(spells, _monthly(spells), observed_from="2024-01-01",
                   observed_until="2024-12-31")  # fmt: skip
    stay = expected_lifetime(base, by="industry", horizon=10)
    assert stay.horizon == 10
    assert np.isnan(stay.of("restricted", "shop").estimate)
    assert stay.of("restricted", "bank").estimate > 0
    assert any(note.en == "Not followed so long, and not told: 1 group." for note in stay.notes)
    worth = lifetime_value(base, by="industry", horizon=36)
    assert worth.horizon == 36
    assert np.isnan(worth.of("expected", "shop").estimate)
    assert any(note.en == "Too few have left to tell so far, left empty: 1 group."
               for note in worth.notes)  # fmt: skip
    for result in (stay, worth):
        assert "nan" not in result.say()
        assert "shop" not in result.say().split("first")[-1]
        assert result.plot().figure.axes


def test_a_group_that_nobody_left_has_no_sure_mean():
    """Ten of whom none left against ten of whom two did.

    Bank: 60 + 0.8 · 92.2 days = 4.39 months, error 73.75 · (2 ÷ 80)^½ = 0.38 months.
    """
    rows = [(f"c{n}", "2024-01-01", "2024-03-01" if n < 2 else None) for n in range(20)]
    spells = _spells(rows).assign(industry=["bank"] * 10 + ["shop"] * 10)
    found = survival(base_of(spells), by="industry")
    means = found.differences.means.set_index("group")
    assert np.isnan(means.loc["shop", ["low", "high"]].astype(float)).all()
    assert np.isnan(found.differences.pairs["low"].iloc[0])
    # Both left on day 60, 10 of 20 at risk in bank: (2 − 1)² ÷ (2 · ½ · ½ · 18/19).
    statistic = 1 / (2 * 0.25 * 18 / 19)
    assert found.differences.pairs["p_value"].iloc[0] == pytest.approx(
        1 - special.chdtr(1, statistic))  # fmt: skip
    assert found.say() == ("Groups cannot be told apart: of the first 5 months they stay from 4.4 "
                           "(bank; 3.6 to 5) to 5.0 (shop).")  # fmt: skip


def test_reasons_that_do_not_compete_are_not_added_up(by_hand):
    spells = _spells([("a", "2024-01-01", "2024-03-01"), ("b", "2024-01-01", None)])
    found = reasons(base_of(spells.assign(end_reason=["price", None])))
    assert found.say() == "Named most often: price, 50% (1–91%, base 2) of all clients by 5 months."
