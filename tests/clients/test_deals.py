"""Deals won and reasons of refusal.

2023   won 1 (a)   lost 3 (x, y, z)      2024   won 2 (b, c)   lost 2; a returns: no deal
reasons   Price · price. · no budget · (none) · Price
"""

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.deals import refusal_reasons, win_rate
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {
        "client_id": ["a", "b", "c", "a"],
        "started_on": ["2023-02-01", "2024-03-01", "2024-05-01", "2024-08-01"],
        "ended_on": ["2023-12-01", None, None, None],
    }
)
INVOICES = pd.DataFrame({"client_id": ["a"], "issued_on": ["2023-03-01"], "amount": [100]})
LOST = pd.DataFrame(
    {
        "company": ["x", "y", "z", "x", "w"],
        "lost_on": ["2023-01-10", "2023-05-01", "2023-12-31", "2024-01-01", "2024-06-01"],
        "reason": ["Price", "price.", "no budget", None, "Price"],
        "amount": [100, 200, None, 400, 50],
    }
)


def read(lost=LOST, **window) -> ClientBase:
    parts = {"clients": CLIENTS, "invoices": INVOICES}
    days = {"observed_from": "2023-01-01", "observed_until": "2024-12-31"} | window
    return ClientBase.read(parts if lost is None else parts | {"deals_lost": lost}, **days)


def test_new_clients_against_refusals_by_year():
    frame = win_rate(read()).frame
    assert frame["won"].tolist() == [1, 2]  # the return of a is no deal
    assert frame["lost"].tolist() == [3, 2]
    assert frame["estimate"].tolist() == [0.25, 0.5]
    # Wilson, z = 1.959964: (k + z²/2 ± z √(k(n−k)/n + z²/4)) ÷ (n + z²)
    assert frame["low"].round(4).tolist() == [0.0456, 0.15]
    assert frame["high"].round(4).tolist() == [0.6994, 0.85]


def test_the_change_is_that_of_wins():
    change = win_rate(read()).changes.iloc[0]
    assert change["against"] == "previous"
    assert change["estimate"] == 0.25
    assert change["low"] < 0 < change["high"]


def test_a_first_period_without_records_of_refusals_is_told():
    late = LOST.assign(lost_on=["2023-09-01"] * 3 + ["2024-01-01", "2024-06-01"])
    notes = [note.en for note in win_rate(read(late)).notes]
    assert "Refusals are written down since 2023-09-01: the first share is too high." in notes


def test_periods_before_the_first_refusal_are_left_out():
    frame = win_rate(read(LOST.iloc[3:])).frame
    assert frame["period"].dt.year.tolist() == [2024]


def test_without_refusals_it_says_so():
    assert win_rate(read(None)).say() == "Deals won: needs deals_lost, which the files do not hold."
    empty = read(LOST.iloc[:0])
    assert win_rate(empty).say() == (
        "Deals won: the records (2023-01-01 – 2024-12-31) have no whole year with refusals "
        "written down. Use period='Q'."
    )
    assert isinstance(refusal_reasons(empty), CannotSay)


def test_an_unknown_period_is_refused():
    with pytest.raises(InvalidValue, match=r"period='W' is not known; use one of M, Q, Y\."):
        win_rate(read(), period="W")


def test_what_was_lost_later_is_not_known_before():
    assert win_rate(read().as_of("2023-12-31")).frame["lost"].tolist() == [3]


def test_spellings_of_a_reason_are_one():
    frame = refusal_reasons(read()).frame
    assert frame["group"].tolist() == ["Price", "no budget"]
    assert frame["count"].tolist() == [3, 1]
    assert frame["base"].tolist() == [4, 4]
    assert frame["estimate"].tolist() == [0.75, 0.25]
    assert frame["amount"].tolist()[0] == 350
    assert pd.isna(frame["amount"].iloc[1])


def test_a_lead_that_may_be_chance_is_told():
    result = refusal_reasons(read())
    assert result.say() == (
        "Most frequent reason of refusal: Price, 75%; not clearly ahead of 'no budget' (95% "
        "interval 30–95%, base 4 refusals)."
    )
    assert "No reason is told for 1 of 5 refusals (20%): the shares are of the others." in [
        note.en for note in result.notes
    ]


def test_a_clear_lead_is_told_without_the_second():
    many = pd.concat([LOST.iloc[[0]]] * 20 + [LOST.iloc[[2]]] * 3, ignore_index=True)
    many["company"] = [f"x{row}" for row in range(len(many))]
    assert "not clearly" not in refusal_reasons(read(many)).say()


def test_only_the_last_months():
    assert refusal_reasons(read(), months=12).frame["count"].tolist() == [1]


def test_no_reason_at_all():
    assert refusal_reasons(read(LOST.assign(reason=None))).say("ru") == (
        "Причины отказа: не указана ни у одного отказа (5)."
    )
