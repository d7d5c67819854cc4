"""The list of features, and windows by hand.

bill   issued      entered     amount   paid        in 30 days of 2024-03-31   of 2024-04-15
1      2024-03-01              100      2024-03-20  no: a day too early        no
2      2024-03-02  2024-04-10  200                  not known yet              no
3      2024-03-31              -50      2024-04-02  yes                        yes
4      2024-04-01              0.10                 no: later                  yes
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.churn import FEATURES, month_ends, snapshots
from clientlab.churn.feature_rows import positive
from clientlab.churn.feature_values import lacking, windowed
from clientlab.churn.feature_windows import Change, Measure, Rows, Share, Shift, Window
from clientlab.churn.features import Feature
from clientlab.churn.window_pass import table_spans
from clientlab.clients import ClientBase
from clientlab.clients.schema import tables
from clientlab.demo import demo_agency
from clientlab.problems import InvalidValue
from clientlab.wording import Text

BILLS = pd.DataFrame(
    {
        "client_id": ["a"] * 4,
        "issued_on": ["2024-03-01", "2024-03-02", "2024-03-31", "2024-04-01"],
        "entered_on": ["", "2024-04-10", "", ""],
        "amount": [100, 200, -50, 0.10],
        "paid_on": ["2024-03-20", "", "2024-04-02", ""],
        "due_on": ["2024-03-15", "2024-03-15", "2024-04-05", "2024-04-20"],
        "kind": ["recurring", "recurring", "credit_note", "project"],
    }
)
CLIENTS = pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-01-01"})
REVENUE = Rows("invoices", column="amount")


def read(bills=BILLS, clients=CLIENTS, **more) -> ClientBase:
    return ClientBase.read({"clients": clients, "invoices": bills} | more,
                           observed_from="2022-01-01", observed_until="2025-12-31")  # fmt: skip


def of(made_by) -> Feature:
    none = Text("", "")
    return Feature(made_by, none, "count", none, none)


def values(made_by, day, base=None, age=1000) -> list[float]:
    """Of clients a and b on one day."""
    base = base or read()
    day = pd.Timestamp(day)
    clients = pd.DataFrame(
        {"client_id": ["a", "b"], "started_on": day - pd.Timedelta(days=age - 1)}
    )
    return windowed(base, [day], [clients], {"it": of(made_by)})["it"].tolist()


def test_a_window_counts_its_days_by_hand():
    assert values(Window(REVENUE, "count", 30), "2024-03-31") == [1, 0]
    assert values(Window(REVENUE, "count", 31), "2024-03-31") == [2, 0]
    assert values(Window(REVENUE, "sum", 31), "2024-03-31") == [50, 0]
    assert values(Window(REVENUE, "sum", 46), "2024-04-15") == [250.10, 0]
    assert values(Window(REVENUE, "sum", 45), "2024-04-09") == [50.10, 0]  # not entered yet
    assert values(Window(REVENUE, "sum", 30, back=16), "2024-04-16") == [150, 0]


def test_a_payment_counts_on_its_day_and_is_late_against_the_day_due():
    paid = Rows("invoices", on="paid_on", where=(("amount", positive),))
    assert values(Window(paid, "count", 30), "2024-03-19") == [0, 0]
    assert values(Window(paid, "count", 30), "2024-03-20") == [1, 0]
    late = FEATURES["days_late_365"].made_by
    found = values(late, "2024-03-20")
    assert found[0] == 5
    assert np.isnan(found[1])
    assert np.isnan(values(late, "2024-03-19")[0])


def test_what_is_paid_beforehand_is_known_with_the_bill():
    early = BILLS.assign(paid_on=["2024-02-20", "", "", ""])
    paid = Rows("invoices", on="paid_on")
    assert values(Window(paid, "count", 30), "2024-02-25", read(early)) == [0, 0]
    assert values(Window(paid, "count", 30), "2024-03-01", read(early)) == [1, 0]


def test_silence_lasts_since_the_last_order_or_since_the_beginning():
    since = Window(Rows("invoices", where=(("amount", positive),)), "since")
    assert values(since, "2024-03-31", age=200) == [30, 200]
    assert values(since, "2024-04-09", age=200) == [8, 200]
    assert values(since, "2024-02-01", age=9000) == [762, 762]  # the records begin on 2022-01-01


def test_a_window_longer_than_the_records_of_its_table_is_not_observable():
    touches = pd.DataFrame({"client_id": ["b"], "happened_on": ["2024-02-01"]})
    base = read(touches=touches)
    window = Window(Rows("touches"), "count", 60)
    assert np.isnan(values(window, "2024-03-30", base)).all()
    assert values(window, "2024-03-31", base) == [0, 1]
    assert values(Window(Rows("touches"), "since"), "2024-02-03", base) == [3, 2]
    assert np.isnan(values(Window(Rows("touches"), "since"), "2024-01-31", base)).all()
    days = np.array(["2024-01-31", "2024-02-01", "2024-03-31"], "M8[D]").astype(int)
    assert table_spans(base, "touches", days).tolist() == [0, 1, 60]


def test_a_rate_against_the_own_past_by_hand():
    """100 in 30 days now, 100 in the 60 days before them: twice as much a day."""
    bills = pd.DataFrame({"client_id": ["a", "a"], "issued_on": ["2024-03-20", "2024-02-10"],
                          "amount": [100, 100]})  # fmt: skip
    change = Change(Window(REVENUE, "sum", 30), Window(REVENUE, "sum", 60, back=30))
    base = read(bills)
    assert values(change, "2024-03-31", base) == [pytest.approx(1 / 3), 0]
    assert values(change, "2024-07-31", base) == [0, 0]  # nothing now, nothing before
    assert values(change, "2024-04-25", base)[0] == -1
    # A client of 70 days has a past of 40 days.
    assert values(change, "2024-03-31", base, age=70)[0] == pytest.approx((4 - 3) / (4 + 3))
    assert np.isnan(values(change, "2024-03-31", base, age=59)[0])
    assert not np.isnan(values(change, "2024-03-31", base, age=60)[0])


def test_a_mean_against_the_own_past_by_hand():
    now, before = (Share(Window(REVENUE, "sum", 30, back), Window(REVENUE, "count", 30, back))
                   for back in (0, 30))  # fmt: skip
    found = values(Shift(now, before), "2024-04-15")
    assert found[0] == pytest.approx((-50 + 0.10) / 2 - 300 / 2)
    assert np.isnan(found[1])


def test_sums_are_exact_whatever_else_is_in_the_table():
    """A thousand kopecks and a billion of another client: no digit is lost."""
    many = pd.DataFrame({"client_id": ["a"] * 1000 + ["b"] * 3, "issued_on": "2024-03-31",
                         "amount": [0.01] * 1000 + [1e9 / 3] * 3})  # fmt: skip
    assert values(Window(REVENUE, "sum", 30), "2024-03-31", read(many)) == [10, 999_999_999.99]


def test_amounts_that_cannot_be_added_exactly_are_refused():
    huge = BILLS.assign(amount=[1e15, 1, 1, 1])
    with pytest.raises(InvalidValue) as caught:
        values(Window(REVENUE, "sum", 30), "2024-03-31", read(huge))
    assert str(caught.value) == (
        "invoices: the values of 'amount' add up to more than can be counted exactly. Give them in "
        "thousands."
    )


def test_windows_that_are_none_are_refused():
    with pytest.raises(InvalidValue, match=r"^how='median' is not known; use one of count, sum, s"):
        Window(REVENUE, "median")
    with pytest.raises(InvalidValue, match=r"^A sum over 'touches' needs a column to add up\.$"):
        Window(Rows("touches"), "sum")
    with pytest.raises(InvalidValue, match=r"^A window of 0 days that ends 0 days back is none"):
        Window(REVENUE, "count", 0)


# --- many days at once are the days one by one ------------------------------------------


def slow(base: ClientBase, window: Window, day: pd.Timestamp, client: str) -> float:
    """One number from the base as it was on the day, by its rows."""
    rows = base.as_of(day).tables[window.rows.table]
    rows = rows[(rows["client_id"] == client) & rows[window.rows.day].notna()]
    when = rows[window.rows.day].dt.normalize()
    end = day - pd.Timedelta(days=window.back)
    if window.how == "since":
        known = when[when <= end]
        return float((day - known.max()).days) if len(known) else -1.0
    rows = rows[(when > end - pd.Timedelta(days=window.days)) & (when <= end)]
    if window.how == "count":
        return float(len(rows))
    return float(round(sum(round(100 * amount) for amount in rows["amount"]))) / 100


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_many_days_at_once_are_the_days_one_by_one(seed):
    random = np.random.default_rng(seed)
    many = int(random.integers(1, 60))
    issued = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 120, many), unit="D")
    entered = issued + pd.to_timedelta(random.integers(-5, 60, many), unit="D")
    paid = issued + pd.to_timedelta(random.integers(-10, 80, many), unit="D")
    bills = pd.DataFrame(
        {
            "client_id": random.choice(["a", "b", "c"], many),
            "issued_on": issued,
            "entered_on": pd.Series(entered).where(random.random(many) < 0.3),
            "amount": np.round(random.normal(100, 200, many), 2),
            "paid_on": pd.Series(paid).where(random.random(many) < 0.7),
        }
    )
    clients = pd.DataFrame({"client_id": ["a", "b", "c"],
                            "started_on": ["2023-01-01", "2024-02-10", "2024-01-15"]})  # fmt: skip
    base = read(bills, clients)
    wanted = [
        Window(Rows("invoices"), "count", 30),
        Window(REVENUE, "sum", 90),
        Window(REVENUE, "sum", 20, back=15),
        Window(Rows("invoices", on="paid_on"), "count", 45),
        Window(Rows("invoices"), "since"),
        Window(Rows("invoices", on="paid_on"), "since"),
    ]
    days = pd.date_range("2024-01-05", periods=12, freq="17D")
    numbers = days.to_numpy().astype("M8[D]").astype(np.int64)
    from clientlab.churn.window_pass import windows

    who = [np.arange(3)] * len(days)
    found = windows(base, wanted, numbers, who)
    for window in wanted:
        for at, day in enumerate(days):
            told = [slow(base, window, day, client) for client in "abc"]
            assert found[window][at].tolist() == told, (window, day)


# --- the list ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base():
    agency = demo_agency(120, seed=3)
    return ClientBase.read(agency.tables, observed_from=agency.observed_from,
                           observed_until=agency.observed_until)  # fmt: skip


def test_every_feature_is_told_in_both_languages_and_has_a_source():
    assert 40 <= len(FEATURES) <= 60
    units = {"money", "days", "months", "hours", "count", "share", "change", "score", "flag",
             "code"}  # fmt: skip
    for name, one in FEATURES.items():
        assert one.unit in units, name
        for text in (one.meaning, one.high, one.low):
            assert text.en, name
            assert any("а" <= letter <= "я" for letter in text.ru.lower()) or "NPS" in text.ru
        assert one.high != one.low
        assert one.source, name
        assert one.worse in (-1, 0, 1)


def test_every_feature_names_tables_and_columns_of_the_schema():
    for name, one in FEATURES.items():
        for table, columns in one.tables.items():
            assert set(columns) <= set(tables()[table].by_name), name
    undated = set(tables()["clients"].undated)
    used = {column for one in FEATURES.values() for column in one.tables.get("clients", ())}
    assert not used & undated


def test_a_feature_without_its_table_is_left_out_and_named(base):
    used, notes = lacking(read(), FEATURES)
    assert "touches_30" not in used
    assert "spend_90" in used
    assert "touches_30" in notes[0].en
    assert "touches.began_by" not in notes[0].en  # the table is missing as a whole
    assert list(lacking(base, FEATURES)[0]) == [
        name for name in FEATURES if name != "days_to_contract_end"
    ]


def test_every_feature_has_values_in_its_range(base):
    X = snapshots(base, month_ends(base, every=6)).X
    for name in X:
        one, column = FEATURES[name], X[name]
        assert column.notna().any(), name
        if one.unit == "code":
            assert isinstance(column.dtype, pd.CategoricalDtype)
            continue
        low, high = column.min(), column.max()
        if one.unit in ("count", "days", "months", "hours", "flag") and "shift" not in name:
            assert low >= 0, name
        if one.unit == "flag":
            assert high <= 1, name
        if one.unit == "change":
            assert -1 <= low <= high <= 1, name
        if one.unit == "share" and name not in ("cost_share_365", "project_share_365"):
            assert 0 <= low <= high <= 1, name


def test_a_line_adds_a_feature(base):
    small = Rows("invoices", where=(("amount", lambda amount: amount < 50_000),))
    mine = FEATURES | {"small_bills": of(Window(small, "count", 365))}
    X = snapshots(base, "2025-06-30", features=mine).X
    invoices = base.as_of("2025-06-30").tables["invoices"]
    rows = invoices[(invoices["issued_on"] > "2024-06-30") & (invoices["amount"] < 50_000)]
    counted = rows.groupby("client_id").size()
    told = X["small_bills"].droplevel("day")
    assert (told == counted.reindex(told.index).fillna(0)).all()
    assert told.max() > 0


def test_a_measure_is_known_when_the_last_of_its_columns_is():
    late = Measure(("paid_on", "due_on"), lambda rows: np.ones(len(rows)))
    rows = Rows("invoices", column=late)  # dated by the bill, but known by the payment
    assert values(Window(rows, "sum", 30), "2024-03-19") == [0, 0]
    assert values(Window(rows, "sum", 30), "2024-03-20") == [1, 0]


def test_a_red_streak_and_the_last_colour_are_missing_off_the_board(base):
    X = snapshots(base, "2026-05-31").X
    on = X["board_colour"].notna()
    assert 0 < on.sum() < len(X)
    assert (X["red_streak"].notna() == on).all()
    assert set(X["board_colour"].dropna()) <= {-1.0, 0.0, 1.0}


def test_a_manager_is_new_after_a_handover():
    assigned = pd.DataFrame({"client_id": ["a", "a", "b"], "manager": ["X", "Y", "X"],
                             "from_on": ["2023-01-01", "2024-03-01", "2023-01-01"]})  # fmt: skip
    X = snapshots(read(assignments=assigned), ["2024-02-28", "2024-04-01", "2024-09-15"]).X
    assert X["handed_over_180"].tolist() == [0, 0, 1, 0, 0, 0]
    assert X["manager_clients"].tolist() == [2, 2, 1, 1, 1, 1]
    assert X["manager_months"].round(1).tolist() == [13.9, 13.9, 1.0, 15.0, 6.5, 20.5]


def test_a_score_is_held_against_the_own_mean():
    asked = pd.DataFrame({
        "client_id": ["a", "a", "a", "b"], "asked_on": ["2023-05-01", "2023-11-01", "2023-11-01",
        "2023-12-01"], "answered_on": ["2023-05-02", "2023-11-03", "2023-11-03", ""],
        "nps": [9, 4, 6, None], "csi": [5, 3, 3, None]})  # fmt: skip
    X = snapshots(read(feedback=asked), "2024-02-28").X
    assert X["nps_last"].fillna(-1).tolist() == [5, -1]
    assert X["nps_change"].fillna(-9).tolist() == [-4, -9]
    assert X["unanswered_365"].tolist() == [0, 1]
    assert X["days_since_asked"].tolist() == [119, 89]


def test_months_quarters_and_years_are_counted():
    # Frequent rows by month, rare ones by quarter and year, each against its own past.
    counted = {one.days for made in FEATURES.values() for one in made.windows if one.how != "since"}
    assert counted == {30, 90, 365}


@pytest.mark.parametrize(("day", "waiting"), [("2024-03-30", 1), ("2024-03-31", 0)])
def test_a_request_still_waiting_is_counted_for_whole_days_as_all_requests_are(day, waiting):
    requests = pd.DataFrame(
        {"client_id": "a", "asked_at": "2024-01-01 12:00", "answered_at": [""], "kind": "claim"}
    )
    base = read(requests=requests).as_of(day)
    counted = FEATURES["open_requests"].made_by(base)
    assert counted["a"] == waiting
