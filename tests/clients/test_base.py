"""One door in, and what was known that day.

client  started     ended       reason      tier   invoice issued  paid
a       2023-05-01  2024-05-20  price       gold   2024-02-01      2024-03-10
b       2023-06-01                          basic  2024-02-01      (not yet)
c       2024-04-01                          basic  2024-04-05      2024-04-06

as_of 2024-03-01: a has not ended, its invoice is not paid, c is not there, tiers unknown
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.clients import ClientBase
from clientlab.clients.churn_rates import churn_rate
from clientlab.clients.schema import UNDATED, tables
from clientlab.problems import InvalidType, InvalidValue

CLIENTS = pd.DataFrame(
    {
        "client_id": ["a", "b", "c"],
        "name": ["Alpha", "Beta", "Gamma"],
        "started_on": ["2023-05-01", "2023-06-01", "2024-04-01"],
        "ended_on": ["2024-05-20", "", ""],
        "end_reason": ["price", "", ""],
        "tier": ["gold", "basic", "basic"],
        "manager": ["M2", "M1", "M1"],
    }
)
INVOICES = pd.DataFrame(
    {
        "client_id": ["a", "b", "c"],
        "issued_on": ["2024-02-01", "2024-02-01", "2024-04-05"],
        "amount": [100, 200, 300],
        "paid_on": ["2024-03-10", "", "2024-04-06"],
    }
)
WINDOW = {"observed_from": "2024-01-01", "observed_until": "2024-06-30"}


def read(window=WINDOW, **changed) -> ClientBase:
    return ClientBase.read({"clients": CLIENTS, "invoices": INVOICES} | changed, **window)


def told(base: ClientBase, table: str) -> list[str]:
    return [problem.message for problem in base.check() if problem.table == table]


def test_a_value_is_missing_until_it_became_known():
    clients = read().as_of("2024-03-01").tables["clients"].set_index("client_id")
    assert clients.index.tolist() == ["a", "b"]
    assert clients["ended_on"].isna().all()
    assert clients["end_reason"].isna().all()
    assert read().as_of("2024-05-20").tables["clients"].loc[0, "end_reason"] == "price"
    assert read().as_of("2024-05-19").tables["clients"]["end_reason"].isna().all()


def test_an_invoice_is_known_from_its_issue_and_its_payment_from_the_payment():
    earlier = read().as_of("2024-03-09").tables["invoices"]
    assert len(earlier) == 2
    assert earlier["paid_on"].isna().all()
    assert read().as_of("2024-03-10").tables["invoices"]["paid_on"].notna().tolist() == [
        True,
        False,
    ]


def test_a_value_whose_day_is_not_told_is_used_on_the_day_of_the_export_only():
    base = read(clients=CLIENTS.assign(end_reason=["price", "outgrew", ""]))
    assert base.tables["clients"]["end_reason"].fillna("?").tolist() == ["price", "outgrew", "?"]
    earlier = base.as_of("2024-06-29").tables["clients"]["end_reason"]
    assert earlier.fillna("?").tolist() == ["price", "?", "?"]
    assert told(base, "clients")[0] == (
        "1 row with a reason for the end and no last day. Kept as clients still there: give their "
        "ended_on."
    )


def test_undated_values_are_used_on_the_day_of_the_export_only_and_counted():
    base = read()
    assert base.tables["clients"]["tier"].tolist() == ["gold", "basic", "basic"]
    earlier = base.as_of("2024-06-29")
    assert earlier.tables["clients"]["tier"].isna().all()
    assert earlier.hidden == {"tier": 3, "manager": 3}
    assert base.as_of("2024-06-30") is base
    assert base.hidden == {}


def test_a_history_brings_undated_values_back():
    history = pd.DataFrame(
        {
            "client_id": ["a", "a", "b"],
            "column": ["tier", "tier", "tier"],
            "value": ["basic", "gold", "silver"],
            "known_on": ["2023-05-01", "2024-04-15", "2024-05-01"],
        }
    )
    base = read(history=history)
    assert base.as_of("2024-04-14").tables["clients"]["tier"].fillna("?").tolist() == [
        "basic", "?", "?"]  # fmt: skip
    assert base.as_of("2024-06-01").tables["clients"]["tier"].fillna("?").tolist() == [
        "gold", "silver", "?"]  # fmt: skip


def test_a_history_may_call_a_column_as_the_office_does_and_no_other():
    history = pd.DataFrame(
        {
            "client_id": ["a", "b", "b"],
            "column": ["Сегмент", "Менеджер", "region"],
            "value": ["basic", "M7", "North"],
            "known_on": "2024-02-01",
        }
    )
    base = read(history=history)
    earlier = base.as_of("2024-03-01").tables["clients"]
    assert earlier["tier"].fillna("?").tolist() == ["basic", "?"]
    assert earlier["manager"].fillna("?").tolist() == ["?", "M7"]
    assert told(base, "history")[0] == (
        "1 value could not be read as one of the list ('region'). Rows set aside. Use one of: "
        "tier, key_client, manager, competence, capacity."
    )


def test_assignments_tell_who_was_the_manager():
    assignments = pd.DataFrame(
        {"client_id": ["a", "a"], "from_on": ["2023-05-01", "2024-03-01"], "manager": ["M1", "M2"]}
    )
    base = read(assignments=assignments)
    assert base.as_of("2024-02-28").tables["clients"]["manager"].fillna("?").tolist() == ["M1", "?"]
    assert base.as_of("2024-03-01").tables["clients"]["manager"].fillna("?").tolist() == ["M2", "?"]


def test_a_row_entered_late_is_known_from_then():
    late = INVOICES.assign(entered_on=["2024-05-02", "", ""])
    base = read(invoices=late)
    assert base.as_of("2024-05-01").tables["invoices"]["client_id"].tolist() == ["b", "c"]
    assert base.as_of("2024-05-02").tables["invoices"]["client_id"].tolist() == ["b", "c", "a"]


def test_the_base_of_a_base_is_that_of_the_earlier_day():
    base = read()
    for first, second in (("2024-03-01", "2024-05-01"), ("2024-05-01", "2024-03-01")):
        twice, once = base.as_of(first).as_of(second), base.as_of("2024-03-01")
        for name in base.tables:
            pd.testing.assert_frame_equal(twice.tables[name], once.tables[name])
        assert twice.day == once.day


def test_a_day_before_the_records_is_refused():
    with pytest.raises(InvalidValue) as caught:
        read().as_of("2023-12-31")
    assert str(caught.value) == (
        "Nothing was recorded by 2023-12-31: the records begin on 2024-01-01. Use that day or a "
        "later one."
    )


def test_a_word_is_no_day():
    with pytest.raises(
        InvalidValue, match=r"^as_of='soon' is not a day\. Write it as '2026-06-30'\.$"
    ):
        read().as_of("soon")


def test_without_a_window_it_is_guessed_and_said():
    base = read({})
    assert (base.observed_from, base.observed_until) == (
        pd.Timestamp("2024-02-01"), pd.Timestamp("2024-05-20"))  # fmt: skip
    assert base.guessed == {"observed_from", "observed_until"}
    assert told(base, "base") == [
        "the records begin on 2024-02-01 and the last day is 2024-05-20: a guess, from what was "
        "recorded first and last."
    ]


def test_a_mistyped_year_does_not_put_the_end_of_the_records_into_the_future():
    invoices = pd.concat([INVOICES, INVOICES.tail(1)], ignore_index=True).astype(object)
    invoices.loc[len(invoices) - 1, "issued_on"] = "2031-03-01"
    base = read({}, invoices=invoices)
    assert base.observed_until == read({}).observed_until
    late = [one for one in base.check() if "after the last day" in one.message]
    assert [(one.table, one.rows, one.severity) for one in late] == [
        ("invoices", (len(INVOICES),), "warning")
    ]


def test_every_row_is_accounted_for():
    invoices = pd.concat(
        [
            INVOICES,
            pd.DataFrame(
                {
                    "client_id": ["nobody", "b", "b", "b"],
                    "issued_on": ["2024-03-01", "soon", "2024-03-01", "2024-09-01"],
                    "amount": [1, 2, np.nan, 4],
                    "paid_on": ["", "", "", ""],
                }
            ),
        ],
        ignore_index=True,
    )
    base = read(invoices=invoices)
    rows = base.rows.set_index("table").loc["invoices"]
    assert (rows["rows_in"], rows["used"], rows["set_aside"]) == (7, 3, 4)
    assert rows["why"] == (
        "no amount: 1; no issued_on: 1; unknown client: 1; after the last day: 1"
    )
    assert len(base.tables["invoices"]) == 3


def test_all_problems_are_told_at_once():
    clients = pd.DataFrame(
        {
            "client_id": ["a", "a", "b"],
            "started_on": ["2024-01-01", "2024-02-01", "2024-03-01"],
            "ended_on": ["2024-03-31", "", "2024-02-01"],
        }
    )
    invoices = INVOICES.assign(
        client_id=["a", "a", "z"], amount=[-5, 10, 20], paid_on=["2024-01-01", "", "never"]
    )
    base = read(clients=clients, invoices=invoices)
    assert told(base, "clients") == [
        "1 row with an end before the start. Set aside.",
        "1 row with a start before an earlier spell of the same client has ended. Set aside: the "
        "later spell of each. Give the earlier one its ended_on.",
    ]
    assert told(base, "invoices") == [
        "1 row, 20 in money of clients that the table of clients lacks ('z'). Set aside.",
        "1 value could not be read as a day ('never'). Taken as missing.",
        "1 row paid before the day of issue. Kept as prepaid.",
        "1 row with a negative amount, not marked as a credit note. Kept: it lowers the "
        "revenue. Mark it: kind = credit_note.",
    ]


def test_money_in_another_currency_is_set_aside():
    base = read(invoices=INVOICES.assign(currency=["RUB", "RUB", "USD"]))
    assert base.currency == "RUB"
    assert base.tables["invoices"]["amount"].tolist() == [100, 200]
    assert any("in USD, the base is in RUB" in text for text in told(base, "invoices"))


def test_a_missing_required_column_names_what_to_type():
    with pytest.raises(InvalidValue) as caught:
        read(invoices=INVOICES.rename(columns={"amount": "Итого к оплате"}))
    assert str(caught.value) == (
        "invoices: column 'amount' is missing; the file has 'Итого к оплате'. "
        'Map it: [columns.invoices] amount = "Итого к оплате"'
    )


def test_a_missing_required_table_is_an_error():
    with pytest.raises(InvalidValue, match=r"^invoices: the table is missing; it is required"):
        ClientBase.read({"clients": CLIENTS})


def test_a_table_of_another_name_is_refused():
    with pytest.raises(InvalidValue, match=r"^'sales' is not a table of a client base"):
        read(sales=INVOICES)


def test_a_number_is_no_source():
    with pytest.raises(InvalidType, match="got a int"):
        ClientBase.read(7)


def test_clients_told_by_name_are_matched():
    base = read(invoices=INVOICES.assign(client_id=["ООО «Alpha»", "beta", "Gamma"]))
    assert base.tables["invoices"]["client_id"].tolist() == ["a", "b", "c"]


def test_the_input_is_not_changed():
    before = CLIENTS.copy()
    read()
    pd.testing.assert_frame_equal(CLIENTS, before)


def test_an_end_after_the_last_day_has_not_happened_yet():
    base = read(clients=CLIENTS.assign(ended_on=["2024-12-31", "", ""]))
    assert base.tables["clients"]["ended_on"].isna().all()
    assert base.tables["clients"]["end_reason"].isna().all()


def test_a_base_without_rows_is_a_base_if_its_window_is_said():
    base = read(clients=CLIENTS.iloc[:0], invoices=INVOICES.iloc[:0])
    assert len(base.tables["clients"]) == len(base.tables["invoices"]) == 0
    assert churn_rate(base).say().startswith("Churn of clients: on the first day of no period")
    with pytest.raises(InvalidValue, match=r"^The tables hold no rows of clients, so the"):
        read({}, clients=CLIENTS.iloc[:0], invoices=INVOICES.iloc[:0])


def test_rows_of_which_none_can_be_used_are_an_error():
    with pytest.raises(InvalidValue, match=r"invoices: none of 3 rows can be used\."):
        read(invoices=INVOICES.assign(amount="?"))


# --- whatever became known later changes nothing --------------------------------------

DAY_0 = pd.Timestamp("2024-01-01")
TODAY = pd.Timestamp("2024-04-30")
WRITTEN = {
    "text": "changed", "id": "changed", "money": 77777, "number": 3, "integer": 2,
    "flag": True, "day": "2024-06-15", "moment": "2024-06-15 12:00",
}  # fmt: skip


def everything() -> dict[str, pd.DataFrame]:
    """Every table of the schema, three rows each: long before, before, and after today."""
    days = ["2024-02-01", "2024-04-01", "2024-05-15"]
    made = {}
    for name, table in tables().items():
        frame = {}
        for column in table.columns:
            if column.name == "client_id":
                frame[column.name] = ["a", "b", "c"]
            elif column.name in table.later.values() or column.name == table.known_at:
                frame[column.name] = days
            elif column.kind == "id":
                frame[column.name] = [f"{column.name}{row}" for row in range(3)]
            elif column.kind == "code":
                frame[column.name] = (list(column.allowed) * 3)[:3]
            elif column.is_day:
                frame[column.name] = ["2024-03-01"] * 3
            else:
                frame[column.name] = [1, 2, 3] if column.kind != "text" else ["x", "y", "z"]
        made[name] = pd.DataFrame(frame)
    ends = ["2024-05-20", "2024-06-20", "2024-06-25"]
    made["clients"]["started_on"] = ["2024-01-01", "2024-01-15", "2024-05-10"]
    made["clients"]["ended_on"] = ends
    made["clients"]["notice_on"] = ends
    made["history"]["column"] = ["tier", "key_client", "tier"]
    made["history"]["value"] = ["gold", "1", "basic"]
    for name in made:  # what becomes known later than its row becomes known after today
        for day in set(tables()[name].later.values()):
            made[name][day] = ["2024-04-10", "2024-05-25", "2024-06-01"]
    made["clients"]["ended_on"] = made["clients"]["notice_on"] = ends
    return made


ALL = everything()
OF_ALL = {"observed_from": DAY_0, "observed_until": "2024-06-30"}


def known_then(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    base = ClientBase.read(frames, **OF_ALL).as_of(TODAY)
    found = dict(base.tables)
    found["churn"] = churn_rate(base, period="M").frame
    return found


BEFORE = known_then(ALL)


def later_values() -> list[tuple[str, str, int]]:
    """Every cell that became known after today."""
    cells = []
    for name, frame in ALL.items():
        table = tables()[name]
        first = pd.to_datetime(ALL["clients"].set_index("client_id")["started_on"])
        known = pd.to_datetime(frame[table.known_at])
        if table.of_a_client and name != "clients":
            known = np.maximum(known, frame["client_id"].map(first))
        for column in table.columns:
            day = known
            if column.name in table.later:
                day = np.maximum(known, pd.to_datetime(frame[column.known_at]))
            if column.known_at == UNDATED:
                day = pd.Series(pd.Timestamp("2024-06-30"), index=frame.index)
            cells += [(name, column.name, row) for row in frame.index if day[row] > TODAY]
    return cells


def same(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    for name in left:
        pd.testing.assert_frame_equal(left[name], right[name])


def written(name: str, column: str):
    spec = tables()[name][column]
    return list(spec.allowed)[-1] if spec.kind == "code" else WRITTEN[spec.kind]


@pytest.mark.parametrize("blank", [False, True], ids=["changed", "blank"])
@pytest.mark.parametrize("cell", later_values(), ids=lambda cell: "-".join(map(str, cell)))
def test_changing_what_became_known_later_changes_nothing(cell, blank):
    name, column, row = cell
    value = None if blank else written(name, column)
    changed = {part: ALL[part] for part in ("clients", "invoices", "history", "assignments")}
    changed[name] = ALL[name].astype(object)
    changed[name].loc[row, column] = value
    same(known_then(changed), BEFORE)


@pytest.mark.parametrize("name", list(ALL))
def test_deleting_what_became_known_later_changes_nothing(name):
    table = tables()[name]
    later = pd.to_datetime(ALL[name][table.known_at]) > TODAY
    assert later.any()
    same(known_then({**ALL, name: ALL[name][~later]}), BEFORE)


@pytest.mark.parametrize("name", list(ALL))
def test_entering_more_rows_later_changes_nothing(name):
    more = ALL[name].assign(entered_on="2024-05-05")
    if name == "clients":
        more = more.assign(client_id=["d", "e", "f"])
    frame = pd.concat([ALL[name].assign(entered_on=""), more], ignore_index=True)
    found = known_then({**ALL, name: frame})
    found[name] = found[name].drop(columns="entered_on")
    same(found, BEFORE)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(later_values()), min_size=1, max_size=40), st.data())
def test_any_mixture_of_later_changes_changes_nothing(cells, data):
    changed = {name: frame.astype(object) for name, frame in ALL.items()}
    for name, column, row in cells:
        blank = data.draw(st.booleans())
        changed[name].loc[row, column] = None if blank else written(name, column)
    same(known_then(changed), BEFORE)


@settings(max_examples=30)
@given(st.integers(0, 180), st.integers(0, 180))
def test_the_earlier_day_wins(first, second):
    base = ClientBase.read(ALL, **OF_ALL)
    days = DAY_0 + pd.Timedelta(days=first), DAY_0 + pd.Timedelta(days=second)
    same(dict(base.as_of(days[0]).as_of(days[1]).tables), dict(base.as_of(min(days)).tables))
