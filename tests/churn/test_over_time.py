"""Snapshots of a whole history, or the sentence why there are none.

client  from        to
a       2022-01-01  2023-05-15     at risk on the ends of 2022 and of March 2023
"""

import pandas as pd

from clientlab.churn import history
from clientlab.clients import ClientBase
from clientlab.results import CannotSay


def base(until: str, **more) -> ClientBase:
    clients = pd.DataFrame({"client_id": ["a"], "started_on": "2022-01-01",
                            "ended_on": "2023-05-15"} | more)  # fmt: skip
    bills = pd.DataFrame({"client_id": ["a"], "issued_on": "2022-02-01", "amount": [100]})
    return ClientBase.read({"clients": clients, "invoices": bills},
                           observed_from="2021-12-31", observed_until=until)  # fmt: skip


def test_days_lie_so_many_months_apart_and_end_with_the_last_label():
    found = history(base("2023-06-30"), every=3)
    assert [f"{day:%Y-%m-%d}" for day in found.days] == ["2022-12-31", "2023-03-31"]
    assert found.y.tolist() == [0, 1]


def test_records_that_are_too_short_are_told():
    found = history(base("2022-06-30"))
    assert isinstance(found, CannotSay)
    assert found.say("ru") == (
        "Проверить нельзя ни на одну дату: до неё нужен год записей, после неё 90 дней; записи: "
        "31.12.2021 – 30.06.2022."
    )


def test_a_base_of_project_clients_only_is_told():
    found = history(base("2023-06-30", contract="project"))
    assert found.say() == (
        "On none of the days was anybody at risk of leaving. Project clients (1) are left out: "
        "they fall silent, nobody writes down their end. contract='project' looks at them."
    )
