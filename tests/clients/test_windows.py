"""Rows of a table by client.

invoices     issued       entered      amount   paid
a            2024-03-01                20
a            2024-02-01   2024-03-10   100      2024-03-05   (known last, but not the latest)
b            2024-02-05                70       2024-02-20
c            (none)
costs of 5 belong to nobody, of 7 to b
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.windows import by_client, client_days
from clientlab.problems import InvalidValue

CLIENTS = pd.DataFrame({"client_id": ["b", "a", "c", "b"],
                        "started_on": ["2024-01-01", "2024-01-01", "2024-01-02", "2024-03-01"],
                        "ended_on": ["2024-02-28", None, None, None]})  # fmt: skip
INVOICES = pd.DataFrame(
    [
        ("a", "2024-03-01", None, 20, None),
        ("a", "2024-02-01", "2024-03-10", 100, "2024-03-05"),
        ("b", "2024-02-05", None, 70, "2024-02-20"),
    ],
    columns=["client_id", "issued_on", "entered_on", "amount", "paid_on"],
)
COSTS = pd.DataFrame({"client_id": [None, "b"], "spent_on": "2024-02-01", "amount": [5, 7]})


def read(invoices=INVOICES, clients=CLIENTS) -> ClientBase:
    tables = {"clients": clients, "invoices": invoices, "costs": COSTS}
    return ClientBase.read(tables, observed_from="2024-01-01", observed_until="2024-03-31")


def days(series) -> list:
    return [None if pd.isna(day) else f"{day:%m-%d}" for day in series]


def test_every_client_has_a_row_in_order_of_appearance():
    counts = by_client(read(), "invoices")
    assert counts.to_dict() == {"b": 1, "a": 2, "c": 0}
    assert list(counts.index) == ["b", "a", "c"]
    assert counts.index.name == "client_id"


def test_sums_are_zero_and_the_largest_is_missing_where_there_is_no_row():
    assert by_client(read(), "invoices", "amount", how="sum").tolist() == [70, 120, 0]
    largest = by_client(read(), "invoices", "amount", how="max")
    assert largest.tolist()[:2] == [70, 100]
    assert np.isnan(largest["c"])


def test_the_last_day_is_the_latest_and_not_the_one_known_last():
    assert days(by_client(read(), "invoices", how="last")) == ["02-05", "03-01", None]
    assert days(by_client(read(), "invoices", how="first")) == ["02-05", "02-01", None]
    assert read().tables["invoices"]["issued_on"].iloc[-1] == pd.Timestamp("2024-02-01")


def test_another_column_of_days_and_values_that_are_missing():
    assert days(by_client(read(), "invoices", "paid_on", how="last")) == ["02-20", "03-05", None]
    assert by_client(read(), "invoices", "paid_on").tolist() == [1, 1, 0]


def test_since_counts_from_that_day_on():
    assert by_client(read(), "invoices", since="2024-02-05").tolist() == [1, 1, 0]
    assert by_client(read(), "invoices", since="2024-02-06").tolist() == [0, 1, 0]
    sums = by_client(read(), "invoices", "amount", how="sum", since="2024-02-06")
    assert sums.tolist() == [0, 20, 0]
    assert days(by_client(read(), "invoices", how="first", since="2024-02-02"))[1] == "03-01"


def test_only_the_rows_that_are_asked_for():
    rows = (read().tables["invoices"]["amount"] > 50).to_numpy()
    assert by_client(read(), "invoices", rows=rows).tolist() == [1, 1, 0]
    assert days(by_client(read(), "invoices", how="last", rows=rows)) == ["02-05", "02-01", None]


def test_costs_of_the_agency_belong_to_no_client():
    assert by_client(read(), "costs", "amount", how="sum").to_dict() == {"b": 7, "a": 0, "c": 0}
    assert by_client(read(), "costs").tolist() == [1, 0, 0]


def test_days_of_a_client_are_counted_once():
    twice = pd.concat([INVOICES, INVOICES.assign(amount=1)])
    codes, found = client_days(read(twice), "invoices")
    assert codes.tolist() == [0, 0, 1]
    assert found.astype(str).tolist() == ["2024-02-01", "2024-03-01", "2024-02-05"]


def test_an_empty_table_leaves_nobody_out():
    base = read(INVOICES.iloc[:0])
    assert by_client(base, "invoices").tolist() == [0, 0, 0]
    assert by_client(base, "invoices", how="last").isna().all()
    assert [len(part) for part in client_days(base, "invoices")] == [0, 0]


def test_what_became_known_later_is_not_counted():
    early = read().as_of("2024-03-04")
    assert by_client(early, "invoices", "amount", how="sum").tolist() == [70, 20, 0]
    assert by_client(early, "invoices", "paid_on").tolist() == [1, 0, 0]


def test_it_agrees_with_group_by_on_random_rows():
    random = np.random.default_rng(3)
    rows = pd.DataFrame({"client_id": random.choice(["a", "b"], 500),
                         "issued_on": pd.Timestamp("2024-01-01")
                         + pd.to_timedelta(random.integers(0, 90, 500), "D"),
                         "amount": random.integers(1, 99, 500)})  # fmt: skip
    base, groups = read(rows), rows.groupby("client_id")
    for how, column in (("sum", "amount"), ("max", "amount")):
        assert by_client(base, "invoices", column, how=how)[["a", "b"]].tolist() == (
            groups[column].agg(how).tolist()
        )
    for how, name in (("last", "max"), ("first", "min")):
        assert by_client(base, "invoices", how=how)[["a", "b"]].tolist() == (
            groups["issued_on"].agg(name).tolist()
        )


@pytest.mark.parametrize(
    ("table", "column", "how", "words"),
    [
        ("touches", None, "count", "table='touches' is not in this base"),
        ("invoices", None, "mean", "how='mean' is not known; use one of count, sum"),
        ("invoices", "total", "sum", "column='total' is not in 'invoices'"),
        ("invoices", None, "sum", "how='sum' needs a column of numbers, not None"),
        ("invoices", "issued_on", "max", "how='max' needs a column of numbers"),
        ("invoices", "amount", "last", "how='last' needs a column of days, not 'amount'"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(table, column, how, words):
    with pytest.raises(InvalidValue) as caught:
        by_client(read(), table, column, how=how)
    assert str(caught.value).startswith(words)
