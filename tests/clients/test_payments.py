"""Whether clients pay in time.

client  issued      due         paid        amount   31 March: past due    Q1 2024
a       2024-01-10  2024-01-20  2024-01-20  100                            on time
a       2024-02-10  2024-02-20              50       40 days               late
b       2024-01-10  2024-01-20  2024-01-25  200                            5 days late
b       2024-03-10  2024-03-31              70       not yet past          (unpaid on its day)
c       2024-03-01  2024-03-11  2024-02-20  30                             prepaid: on time
c       2024-03-05              credit note -10      never
"""

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.past_due import days_past_due
from clientlab.clients.payments import payment_by, payment_discipline
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {"client_id": ["a", "b", "c"], "started_on": "2023-05-01", "region": ["N", "N", "S"]}
)
INVOICES = pd.DataFrame(
    [
        ("a", "2024-01-10", "2024-01-20", "2024-01-20", 100, "recurring"),
        ("a", "2024-02-10", "2024-02-20", None, 50, "recurring"),
        ("b", "2024-01-10", "2024-01-20", "2024-01-25", 200, "recurring"),
        ("b", "2024-03-10", "2024-03-31", None, 70, "recurring"),
        ("c", "2024-03-01", "2024-03-11", "2024-02-20", 30, "recurring"),
        ("c", "2024-03-05", "2024-03-15", None, -10, "credit_note"),
    ],
    columns=["client_id", "issued_on", "due_on", "paid_on", "amount", "kind"],
)


def read(invoices=INVOICES, end="2024-03-31") -> ClientBase:
    return ClientBase.read({"clients": CLIENTS, "invoices": invoices},
                           observed_from="2024-01-01", observed_until=end)  # fmt: skip


def test_days_past_due_of_the_table():
    frame = days_past_due(read()).frame.set_index("client_id")
    assert frame.loc[["a", "b", "c"]].values.tolist() == [[40, 50, 1], [0, 0, 0], [0, 0, 0]]


def test_a_day_later_the_day_has_passed():
    frame = days_past_due(read(end="2024-04-01")).frame.set_index("client_id")
    assert frame.loc["b"].tolist() == [1, 70, 1]


def test_on_an_earlier_day_the_late_payment_was_missing():
    frame = days_past_due(read().as_of("2024-01-24")).frame.set_index("client_id")
    assert frame.loc["b"].tolist() == [4, 200, 1]


def test_the_share_on_time_of_the_table():
    row = payment_discipline(read()).frame.iloc[0]
    assert (row["estimate"], row["base"], row["clients"]) == (2 / 5, 5, 3)
    assert row["median_days_late"] == 5
    assert row["low"] < 0.4 < row["high"]


def test_groups_and_their_whole():
    result = payment_by(read(), "region")
    frame = result.frame.set_index("group")
    assert frame["estimate"].to_dict() == {"S": 1.0, "N": 0.25}
    assert result.overall == pytest.approx(0.4)


def test_nothing_past_due_is_said():
    paid = INVOICES.assign(paid_on=INVOICES["issued_on"])
    assert days_past_due(read(paid)).headline() == "Nothing is past due"
    assert days_past_due(read(paid)).decide() == ""
    assert payment_discipline(read(paid)).frame["estimate"].tolist() == [1.0]


def test_without_due_days_it_cannot_say():
    for function in (days_past_due, payment_discipline):
        result = function(read(INVOICES.drop(columns="due_on")))
        assert isinstance(result, CannotSay)
        assert "needs invoices.due_on, which the files do not hold" in result.say()


def test_two_lines_of_one_invoice_are_one_invoice():
    lines = INVOICES.assign(invoice_id=["1", "2", "3", "4", "5", "6"], service="x")
    twice = pd.concat([lines, lines.iloc[[0, 1]].assign(service="y")], ignore_index=True)
    assert payment_discipline(read(twice)).frame.loc[0, "base"] == 5
    owed = days_past_due(read(twice)).frame.set_index("client_id").loc["a"]
    assert owed.tolist() == [40, 100, 1]


def test_a_fall_is_told_and_answered():
    rows = []
    for client in range(40):
        for month, late in (("2024-01", 0), ("2024-04", client % 2)):
            paid = f"{month}-{15 if late else 5:02d}"
            rows.append((f"c{client}", f"{month}-01", f"{month}-10", paid, 10, "recurring"))
    invoices = pd.DataFrame(rows, columns=list(INVOICES))
    clients = pd.DataFrame({"client_id": [f"c{n}" for n in range(40)], "started_on": "2023-01-01"})
    base = ClientBase.read({"clients": clients, "invoices": invoices},
                           observed_from="2024-01-01", observed_until="2024-06-30")  # fmt: skip
    result = payment_discipline(base)
    assert result.headline() == (
        "Invoices paid on time: 50% in Q2 2024, less than the period before"
    )
    assert "a fall" in result.say()
    assert "снижение" in result.say("ru")
