"""Four parts of a base, and the list of people who moved.

clients   a there   b left   c left and returned        people   p → Beta (a client)   q → ?
refused   x, x LLC, y                                            r stays
"""

import pandas as pd

from clientlab.clients import ClientBase
from clientlab.clients.whole_base import moved_people, parts
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {
        "client_id": ["a", "b", "c", "c"],
        "name": ["Alpha", "ООО «Бета»", "Gamma", "Gamma"],
        "started_on": ["2023-02-01", "2023-03-01", "2023-05-01", "2024-08-01"],
        "ended_on": [None, "2024-02-01", "2023-12-01", None],
    }
)
INVOICES = pd.DataFrame({"client_id": ["a"], "issued_on": ["2023-03-01"], "amount": [100]})
LOST = pd.DataFrame(
    {"company": ["x", "X LLC", "y"], "lost_on": ["2023-04-01", "2024-04-01", "2024-05-01"]}
)
PEOPLE = pd.DataFrame(
    {
        "person_id": ["p", "q", "r"],
        "client_id": ["a", "a", "c"],
        "met_on": "2023-06-01",
        "role": ["works", "decides", "works"],
        "left_on": ["2024-09-01", "2024-03-01", None],
        "went_to": ["Бета", None, None],
    }
)


def read(**more) -> ClientBase:
    parts = {"clients": CLIENTS, "invoices": INVOICES} | more
    return ClientBase.read(parts, observed_from="2023-01-01", observed_until="2024-12-31")


def test_the_four_parts():
    result = parts(read(deals_lost=LOST, people=PEOPLE))
    assert result.frame.set_index("group")["estimate"].to_dict() == {
        "current": 2, "churned": 1, "refused": 3, "people": 2
    }  # fmt: skip
    assert result.say() == (
        "The whole base: current clients 2; clients who left 1; deals refused 3; people who left "
        "a client 2 (complete counts, no interval)."
    )
    assert "The refusals that name a company come from 2 companies." in [
        note.en for note in result.notes
    ]


def test_the_advice_names_the_largest_part_beside_the_clients():
    assert parts(read(deals_lost=LOST)).decide() == (
        "Largest part of the base: deals refused. Name who works with them."
    )
    assert parts(read()).decide() == ""


def test_missing_parts_are_named():
    notes = [note.en for note in parts(read()).notes]
    assert "Not in the files: deals refused (deals_lost)." in notes
    assert "Not in the files: people who left a client (people.left_on)." in notes


def test_parts_of_an_earlier_day():
    frame = parts(read(deals_lost=LOST, people=PEOPLE).as_of("2024-01-15")).frame
    assert frame.set_index("group")["estimate"].to_dict() == {
        "current": 2, "churned": 1, "refused": 1, "people": 0
    }  # fmt: skip


def test_people_who_moved_decision_makers_first():
    frame = moved_people(read(people=PEOPLE)).frame
    assert frame["person_id"].tolist() == ["q", "p"]
    assert frame["is_client"].tolist() == [False, True]
    assert frame["name"].tolist() == ["Alpha", "Alpha"]


def test_the_words_of_people_who_moved():
    result = moved_people(read(people=PEOPLE))
    assert result.say() == (
        "2 people left a client; of 1 (50%) the new company is known, 1 of them at a client of "
        "ours (complete counts, no interval)."
    )
    assert result.decide("ru") == "Узнать у каждого, где он теперь: нас он знает."
    result.plot()


def test_nobody_moved():
    nobody = PEOPLE.assign(left_on=None)
    assert moved_people(read(people=nobody)).say() == (
        "People who moved on: nobody in the records left a client."
    )
    assert isinstance(moved_people(read()), CannotSay)


def test_the_least_of_columns_is_enough():
    least = PEOPLE[["person_id", "client_id", "met_on", "left_on"]]
    frame = moved_people(read(people=least)).frame
    assert frame["went_to"].isna().all()
    assert not frame["is_client"].any()
