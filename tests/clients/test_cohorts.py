"""The triangle start quarter × age; what the records cannot show is missing.

client  began        left         Q1    Q2    Q3 2024
a       2024-01-10                1     1     1
b       2024-01-20   2024-05-01   1     0     0
c       2024-04-15   2024-09-30         1     1 (its last day is the last of Q3)
d       2023-06-01   (before the records: left out)
a pays 100 in Q1, 60 in Q2, 30 in Q3; b 40 in Q2
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.cohorts import cohorts
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import proportions

CLIENTS = pd.DataFrame(
    [
        ("a", "2024-01-10", None),
        ("b", "2024-01-20", "2024-05-01"),
        ("c", "2024-04-15", "2024-09-30"),
        ("d", "2023-06-01", None),
    ],
    columns=["client_id", "started_on", "ended_on"],
)
INVOICES = pd.DataFrame(
    [
        ("a", "2024-02-01", 100),
        ("a", "2024-05-01", 60),
        ("a", "2024-08-01", 30),
        ("b", "2024-04-20", 40),
        ("d", "2024-02-01", 500),
    ],
    columns=["client_id", "issued_on", "amount"],
)


def read(clients=CLIENTS, end="2024-09-30", start="2024-01-01") -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": INVOICES}, observed_from=start, observed_until=end
    )


def grid(result, value="estimate") -> dict:
    frame = result.frame
    keys = zip(frame["cohort"].dt.strftime("%Y-%m"), frame["age"], strict=True)
    return dict(zip(keys, frame[value], strict=True))


def test_the_triangle_of_clients():
    result = cohorts(read())
    assert grid(result) == {
        ("2024-01", 0): 1, ("2024-01", 1): 0.5, ("2024-01", 2): 0.5,
        ("2024-04", 0): 1, ("2024-04", 1): 1,
    }  # fmt: skip
    wilson = proportions.interval(1, 2)
    assert grid(result, "low")[("2024-01", 1)] == pytest.approx(float(wilson.low))
    assert result.notes[0].en.startswith("Left out: 1 client who began before the records")


def test_the_triangle_of_revenue_begins_with_the_first_whole_quarter():
    result = cohorts(read(), of="revenue")
    assert grid(result) == {("2024-01", 1): 1, ("2024-01", 2): 0.3}
    assert result.frame["low"].isna().all()


def test_a_client_who_returned_is_there_again():
    back = pd.concat([CLIENTS, pd.DataFrame([("b", "2024-08-01", None)], columns=list(CLIENTS))])
    cells = grid(cohorts(read(back)))
    assert (cells[("2024-01", 1)], cells[("2024-01", 2)]) == (0.5, 1)
    assert ("2024-07", 0) not in cells


def test_an_incomplete_quarter_is_no_cell():
    assert max(age for _, age in grid(cohorts(read(end="2024-09-29")))) == 1


def many(stay_early: int, stay_late: int) -> ClientBase:
    rows = []
    for year, stay in (("2018", stay_early), ("2019", stay_early), ("2020", stay_late),
                       ("2021", stay_late)):  # fmt: skip
        rows += [(f"{year}-{n}", f"{year}-02-01", None if n < stay else f"{year}-05-01")
                 for n in range(50)]  # fmt: skip
    clients = pd.DataFrame(rows, columns=list(CLIENTS))
    invoices = INVOICES.assign(client_id="2018-0")
    return ClientBase.read({"clients": clients, "invoices": invoices},
                           observed_from="2018-01-01", observed_until="2023-12-31")  # fmt: skip


def test_the_words_follow_the_numbers():
    assert "80% of later cohorts are there, more than" in cohorts(many(20, 40)).say()
    assert "40% of later cohorts are there, less than" in cohorts(many(40, 20)).say()
    assert "not clearly different from earlier cohorts" in cohorts(many(30, 31)).say()
    assert "не отличить" in cohorts(many(30, 31)).say("ru")


def test_too_few_cohorts_are_said():
    assert cohorts(read()).say().startswith("Fewer than two cohorts are a year old")


def test_nobody_began_inside_of_the_records():
    result = cohorts(read(CLIENTS[CLIENTS["client_id"] == "d"]))
    assert isinstance(result, CannotSay)
    assert result.say() == (
        "Cohorts: nobody began inside of a whole quarter of the records. Use period='M'."
    )


def test_everybody_left():
    gone = CLIENTS.assign(ended_on=CLIENTS["started_on"])
    assert set(grid(cohorts(read(gone))).values()) == {0}


def test_what_became_known_later_changes_nothing():
    before = cohorts(read().as_of("2024-06-30"))
    changed = CLIENTS.assign(ended_on=CLIENTS["ended_on"].replace("2024-09-30", "2024-07-01"))
    pd.testing.assert_frame_equal(cohorts(read(changed).as_of("2024-06-30")).frame, before.frame)


def test_another_measure_is_refused():
    with pytest.raises(InvalidValue, match=r"^of='money' is not known; use one of clients, rev"):
        cohorts(read(), of="money")


def test_unobserved_cells_are_drawn_empty_and_not_as_zero():
    axes = cohorts(read()).plot()
    cells = np.ma.filled(axes.collections[0].get_array().astype(float), np.nan)
    assert np.isnan(cells.reshape(2, 3)[1, 2])
    assert len([text for text in axes.texts if text.get_text()]) == 5


def test_of_many_cohorts_the_newest_are_drawn_with_their_numbers():
    days = pd.date_range("2018-01-10", "2024-09-30", freq="QS")
    clients = pd.DataFrame({"client_id": [f"c{n}" for n in range(len(days))], "started_on": days})
    result = cohorts(read(clients, start="2018-01-01"))
    assert result.frame["cohort"].nunique() == len(days) == 26
    axes = result.plot()
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[-1] == "Q3 2024"
    assert len(labels) == 16
    assert "100%" in [text.get_text() for text in axes.texts]
    assert "16 newest cohorts" in result.notes[-1].en
    assert "keep more clients cannot be said" in cohorts(read()).say()
    assert "keep more revenue cannot be said" in cohorts(read(), of="revenue").say()
