"""Desks of managers, and churn by the manager of the first day.

client   2023-12-31 → manager   left          revenue of 2024
a        Ann                    2024-05-01    100
b        Ann, then Bob from 2024-03-01        300      → Bob's desk now
c        Bob                                  100
d        (nobody)                             0
"""

import numpy as np
import pandas as pd

from clientlab.clients import ClientBase
from clientlab.clients.managers import churn_by_manager, manager_load
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {
        "client_id": list("abcd"),
        "started_on": "2023-02-01",
        "ended_on": ["2024-05-01", None, None, None],
        "manager": ["Bob", "Bob", "Bob", None],
        "contract": ["ongoing", "ongoing", "project", "ongoing"],
    }
)
INVOICES = pd.DataFrame(
    {"client_id": list("abc"), "issued_on": "2024-03-01", "amount": [100, 300, 100]}
)
ASSIGNED = pd.DataFrame(
    {
        "client_id": ["a", "b", "c", "b"],
        "from_on": ["2023-02-01"] * 3 + ["2024-03-01"],
        "manager": ["Ann", "Ann", "Bob", "Bob"],
    }
)


def read(clients=CLIENTS, **more) -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": INVOICES} | more,
        observed_from="2023-01-01",
        observed_until="2024-12-31",
    )


def test_the_desk_holds_present_clients_only():
    frame = manager_load(read()).frame
    assert frame["group"].tolist()[0] == "Bob"
    assert frame["base"].tolist() == [2, 1]
    assert frame["revenue"].tolist() == [400, 0]
    assert frame["projects"].tolist() == [1, 0]
    assert frame["estimate"].tolist() == [1, 0]
    assert frame["label_ru"].tolist() == ["Bob · 2 клиента", "менеджер не указан · 1 клиент"]


def test_churn_goes_to_the_manager_of_the_first_day():
    frame = churn_by_manager(read(assignments=ASSIGNED)).frame
    # Whoever holds the client at the end would give both of Ann's clients to Bob.
    found = frame.assign(group=frame["group"].fillna("-")).set_index("group")
    assert found["lost"].to_dict() == {"Ann": 1, "-": 0}
    assert found["base"].to_dict() == {"Ann": 2, "-": 1}


def test_undated_managers_cannot_tell_churn():
    assert churn_by_manager(read()).say() == (
        "Churn by manager: the files do not date who managed whom. Give assignments (client_id, "
        "from_on, manager)."
    )
    none = read(CLIENTS.drop(columns="manager"))
    assert isinstance(churn_by_manager(none), CannotSay)
    assert isinstance(manager_load(none), CannotSay)


def test_desks_of_an_earlier_day_need_dates_too():
    assert isinstance(manager_load(read().as_of("2024-06-30")), CannotSay)
    dated = manager_load(read(assignments=ASSIGNED).as_of("2024-02-15"))
    assert dated.say().startswith("Load of managers: the present clients have no revenue")


def test_few_managers_do_not_tell_busy_from_other_ones():
    assert churn_by_manager(read(assignments=ASSIGNED)).say() == (
        "Too few managers to tell whether the busy ones lose more clients; all together lost 33% "
        "in 12 months (95% interval 6–79%, base 3 clients)."
    )


def crowd(lose_of_busy: float, lose_of_others: float) -> ClientBase:
    """Eight managers, four with 30 clients and four with 10, who lose given shares."""
    rows = []
    for number in range(8):
        size, share = (30, lose_of_busy) if number < 4 else (10, lose_of_others)
        gone = round(size * share) + number % 2 * (share > 0.1)
        rows += [(f"m{number}", position < gone) for position in range(size)]
    frame = pd.DataFrame(rows, columns=["manager", "left"])
    ids = [f"c{number}" for number in range(len(frame))]
    clients = pd.DataFrame({"client_id": ids, "started_on": "2023-02-01",
                            "ended_on": np.where(frame["left"], "2024-05-01", "")})  # fmt: skip
    return read(
        clients,
        invoices=INVOICES.assign(client_id=["c0", "c1", "c2"]),
        assignments=pd.DataFrame(
            {"client_id": ids, "from_on": "2023-02-01", "manager": frame["manager"]}
        ),
    )


def test_busy_managers_who_lose_more_are_told_and_turn():
    more, less = churn_by_manager(crowd(0.6, 0.1)), churn_by_manager(crowd(0.05, 0.6))
    assert more.say().startswith("Managers with more clients lost a larger share of them")
    assert less.say().startswith("Managers with more clients lost a smaller share of them")
    assert churn_by_manager(crowd(0.2, 0.2)).say().startswith(
        "Whether busy managers lose more clients cannot be told"
    )  # fmt: skip


def test_advice_only_where_one_desk_is_overfull():
    even = CLIENTS.assign(manager=["Ann", "Ann", "Bob", "Bob"])
    bills = INVOICES.assign(amount=[1, 100, 100])
    assert manager_load(read(even, invoices=bills)).decide() == ""
    assert manager_load(read()).decide() == ("Name a second person for the largest clients of Bob.")


def test_records_shorter_than_a_year():
    base = ClientBase.read(
        {"clients": CLIENTS, "invoices": INVOICES, "assignments": ASSIGNED},
        observed_from="2024-02-01", observed_until="2024-12-31")  # fmt: skip
    assert churn_by_manager(base).say() == (
        "Churn by manager: the records are shorter than 12 months."
    )
