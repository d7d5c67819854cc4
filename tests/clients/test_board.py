"""The traffic-light board; weeks of January 2024 begin on 1, 8, 15, 22.

client   1–7      8–14      15–21    22–28
a        red      red       red      –        manager Ann, from 15 Jan Bob
b        green    yellow    green    green    Ann
c        –        red, green         red      Bob (two colours on 9 and 11: the last counts)
"""

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.board import streaks, week
from clientlab.clients.board_colours import colours_by_manager, transitions
from clientlab.clients.board_worth import handed_over, leniency
from clientlab.demo import demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {"client_id": list("abc"), "name": ["Alpha", "Beta", None], "started_on": "2023-05-01",
     "ended_on": ["2024-02-01", None, None]}
)  # fmt: skip
INVOICES = pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"], "amount": [1]})
BOARD = pd.DataFrame(
    [
        ("a", "2024-01-05", "red", "Ann"),
        ("a", "2024-01-12", "red", "Ann"),
        ("a", "2024-01-15", "red", "Bob"),
        ("b", "2024-01-05", "green", "Ann"),
        ("b", "2024-01-12", "yellow", "Ann"),
        ("b", "2024-01-21", "green", "Ann"),
        ("b", "2024-01-22", "green", "Ann"),
        ("c", "2024-01-09", "red", "Bob"),
        ("c", "2024-01-11", "green", "Bob"),
        ("c", "2024-01-26", "red", "Bob"),
    ],
    columns=["client_id", "filled_on", "colour", "manager"],
)


def read(board=BOARD, clients=CLIENTS) -> ClientBase:
    parts = {"clients": clients, "invoices": INVOICES}
    return ClientBase.read(
        parts if board is None else parts | {"board": board},
        observed_from="2024-01-01",
        observed_until="2024-06-30",
    )


def test_the_last_week_red_first_and_those_without_a_colour():
    result = week(read())
    assert result.frame["client_id"].tolist() == ["c", "b", "a"]
    assert result.frame["name"].tolist() == ["c", "Beta", "Alpha"]
    assert result.frame["colour"].fillna("-").tolist() == ["red", "green", "-"]
    assert result.frame["previous"].fillna("-").tolist() == ["-", "green", "red"]
    assert result.frame["weeks"].tolist() == [1, 2, 0]
    assert result.say() == (
        "Week of 2024-01-22: red 1, yellow 0, green 1, no colour 1 (base 3 clients; complete "
        "count, no interval)."
    )
    assert result.decide() == "Say who calls the red ones this week: c."


def test_any_day_of_a_week_names_it_and_its_last_colour_counts():
    assert week(read(), "2024-01-14").monday == pd.Timestamp("2024-01-08")
    frame = week(read(), "2024-01-08").frame.set_index("client_id")
    assert frame["colour"].to_dict() == {"a": "red", "b": "yellow", "c": "green"}
    assert frame["weeks"].to_dict() == {"a": 2, "b": 1, "c": 1}


def test_a_week_may_be_told_by_its_number():
    assert week(read(), "2024-W02").monday == week(read(), "2024W02").monday == pd.Timestamp(
        "2024-01-08")  # fmt: skip
    with pytest.raises(InvalidValue, match=r"week='2024-W60' is not a day"):
        week(read(), "2024-W60")


def test_who_has_left_does_not_lack_a_colour():
    assert week(read(), "2024-01-29").frame["client_id"].tolist() == ["a", "b", "c"]
    assert week(read(), "2024-02-05").frame["client_id"].tolist() == ["b", "c"]


def test_a_week_long_after_the_board_says_so():
    assert week(read(), "2024-05-01").say() == (
        "Traffic-light board: no colour in the week of 2024-04-29 nor in the 4 before."
    )
    with pytest.raises(InvalidValue):
        week(read(), "soon")


def test_streaks_end_with_another_colour_or_a_gap():
    frame = streaks(read()).frame.set_index("client_id")
    assert frame["longest"].to_dict() == {"c": 1, "a": 3, "b": 0}
    assert frame["current"].to_dict() == {"c": 1, "a": 0, "b": 0}
    assert streaks(read(), colour="green").frame.set_index("client_id")["longest"]["b"] == 2
    assert streaks(read()).say() == (
        "1 client red now; longest: c, 1 week in a row (base 3 clients on the board; complete "
        "count, no interval)."
    )
    with pytest.raises(InvalidValue, match="colour='blue' is not known"):
        streaks(read(), colour="blue")


def test_a_past_day_knows_no_later_colour():
    frame = streaks(read().as_of("2024-01-14")).frame.set_index("client_id")
    assert frame["current"].to_dict() == {"a": 2, "b": 0, "c": 0}


def test_from_colour_to_colour_only_between_neighbouring_weeks():
    frame = transitions(read()).frame.set_index(["colour", "next"])["count"]
    assert frame["red", "red"] == 2
    assert frame["green", "yellow"] == 1
    assert frame["yellow", "green"] == 1
    assert frame["green", "green"] == 1
    assert frame.sum() == 5  # c has a week without a colour between


def test_rows_of_transitions_add_up():
    frame = transitions(demo_base()).frame
    total = frame.groupby("colour")["estimate"].sum()
    assert total.round(12).eq(1).all()
    assert (frame["low"] <= frame["estimate"]).all()
    assert (frame["estimate"] <= frame["high"]).all()


def test_shares_of_a_colour_are_not_called_lenient():
    result = colours_by_manager(read())
    assert result.frame.set_index("group")["estimate"].to_dict() == {"Ann": 0.5, "Bob": 1 / 3}
    assert result.frame["base"].tolist() == [6, 3]
    assert "cannot be told from better clients" in result.notes[0].en


def test_what_followed_green_weeks_by_who_gave_them():
    left = CLIENTS.assign(ended_on=[None, "2024-02-15", None])
    frame = leniency(read(clients=left)).frame.set_index("group")
    assert frame["estimate"].to_dict() == {"Ann": 1.0, "Bob": 0.0}
    assert frame["base"].to_dict() == {"Ann": 3, "Bob": 1}
    short = leniency(read(clients=left), horizon=180)
    assert short.say().startswith("Traffic-light board: no green week lies 180 days")


def handed(green_after: bool) -> pd.DataFrame:
    """Six clients of Ann go to Bob after four weeks; only then the colour changes."""
    rows = []
    for client in range(6):
        for number in range(8):
            late = number >= 4
            colour = "green" if late == green_after else "yellow"
            day = pd.Timestamp("2024-01-05") + pd.Timedelta(weeks=number)
            rows.append((f"c{client}", day, colour, "Bob" if late else "Ann"))
    return pd.DataFrame(rows, columns=BOARD.columns)


def test_clients_handed_over_tell_who_gives_green_more_often():
    clients = pd.DataFrame({"client_id": [f"c{n}" for n in range(6)], "started_on": "2023-05-01"})
    boards = handed(True), handed(False)
    bills = INVOICES.assign(client_id="c0")
    told = []
    for board in boards:
        board.loc[0, "colour"] = "red"  # some spread
        base = ClientBase.read({"clients": clients, "invoices": bills, "board": board},
                               observed_from="2024-01-01", observed_until="2024-06-30")  # fmt: skip
        told.append(handed_over(base).say())
    assert told[0] == (
        "On the same clients green is given more often: Bob; less often: Ann (base 12 handovers)."
    )
    assert told[1].startswith("On the same clients green is given more often: Ann")
    assert isinstance(handed_over(read()), CannotSay)


def demo_base(**more) -> ClientBase:
    agency = demo_agency(tables=("clients", "invoices", "board"), **more)
    return ClientBase.read(agency.tables, observed_from="2018-01-01", observed_until="2026-08-31")


@pytest.mark.parametrize("function", [week, streaks, transitions, colours_by_manager, leniency,
                                      handed_over])  # fmt: skip
def test_every_view_of_the_demo_is_said_and_drawn_and_steps_aside(function):
    result = function(demo_base())
    for lang in ("en", "ru"):
        assert result.say(lang).endswith(".")
    if not isinstance(result, CannotSay):
        result.table()
        assert result.plot().figure.axes
    assert "board" in function(read(None)).say()
    empty = function(read(BOARD.iloc[:0]))
    assert isinstance(empty, CannotSay)
    one = BOARD.iloc[:1].drop(columns="manager")
    assert function(read(one)).say("ru").endswith(".")


def test_sixty_clients_fit_on_the_week():
    ids = [f"client {number}" for number in range(60)]
    clients = pd.DataFrame({"client_id": ids, "name": [f"ООО «Очень длинное имя {i}»" for i in ids],
                            "started_on": "2023-05-01"})  # fmt: skip
    board = pd.DataFrame({"client_id": ids, "filled_on": "2024-01-05",
                          "colour": ["red"] * 20 + ["yellow"] * 20 + ["green"] * 20})  # fmt: skip
    base = ClientBase.read(
        {"clients": clients, "invoices": INVOICES.assign(client_id=ids[0]), "board": board},
        observed_from="2024-01-01", observed_until="2024-06-30")  # fmt: skip
    texts = [text.get_text() for text in week(base).plot().texts]
    assert sum(text.startswith("… and 6 more") for text in texts) == 3
