"""What clients say; people of one client go together.

client  person  asked       answered    nps  csi
a       1       2024-02-01  2024-02-03  10   5
a       2       2024-02-01  2024-02-05  9    4
b       1       2024-02-01  2024-02-02  3    2
c       1       2024-02-01  (no answer)
a       1       2024-04-01  2024-04-02  8    4     59 days after the first: too often
                2024: NPS (2 − 1) / 4 = .25        CSI 15 / 4
"""

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.asked import asked_too_often
from clientlab.clients.feedback import csi, nps
from clientlab.results import CannotSay
from clientlab.stats import design

CLIENTS = pd.DataFrame({"client_id": ["a", "b", "c"], "started_on": "2023-05-01"})
INVOICES = pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"], "amount": [1]})
FEEDBACK = pd.DataFrame(
    [
        ("a", "1", "2024-02-01", "2024-02-03", 10, 5),
        ("a", "2", "2024-02-01", "2024-02-05", 9, 4),
        ("b", "1", "2024-02-01", "2024-02-02", 3, 2),
        ("c", "1", "2024-02-01", None, None, None),
        ("a", "1", "2024-04-01", "2024-04-02", 8, 4),
    ],
    columns=["client_id", "person_id", "asked_on", "answered_on", "nps", "csi"],
)


def read(feedback=FEEDBACK, clients=CLIENTS, end="2024-12-31") -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": INVOICES, "feedback": feedback},
        observed_from="2023-01-01",
        observed_until=end,
    )


def test_the_scores_of_the_table():
    row, mean = nps(read()).frame.iloc[-1], csi(read()).frame.iloc[-1]
    assert (row["estimate"], row["base"], row["clients"]) == (0.25, 4, 2)
    assert mean["estimate"] == 15 / 4
    plan = design.Design(clusters=["a", "a", "b", "a"])
    assert row["low"] == pytest.approx(float(design.nps([10, 9, 3, 8], plan).low))
    assert nps(read()).say().startswith("NPS: 25 in 2024 (95% interval ")


def test_years_before_the_first_question_are_left_out():
    assert nps(read()).frame["period"].dt.year.tolist() == [2024]


def test_who_was_asked_too_often():
    result = asked_too_often(read())
    assert result.frame.set_index("group")["count"].to_dict() == {
        "none": 0, "once": 2, "some": 0, "often": 1}  # fmt: skip
    assert result.decide().startswith("Stop asking")
    assert "1 client was asked more often than once a quarter" in nps(read()).notes[-1].en


def test_two_people_of_a_client_on_one_day_are_not_too_often():
    result = asked_too_often(read(FEEDBACK.iloc[:4]))
    assert result.frame.set_index("group")["count"].to_dict()["often"] == 0
    assert result.decide() == ""


def test_on_the_day_of_the_question_the_answer_is_not_known():
    base = read().as_of("2024-02-02")
    assert base.tables["feedback"]["nps"].dropna().tolist() == [3]


def test_one_client_has_no_interval():
    row = nps(read(FEEDBACK[FEEDBACK["client_id"] == "a"])).frame.iloc[-1]
    assert row["estimate"] == pytest.approx(2 / 3)
    assert pd.isna(row["low"])


def test_a_fall_is_told_and_answered():
    rows = [(f"c{n}", "1", day, day, score, 3) for n in range(40)
            for day, score in (("2023-03-01", 9 + n % 2), ("2024-03-01", 5 + n % 4))]  # fmt: skip
    clients = pd.DataFrame({"client_id": [f"c{n}" for n in range(40)], "started_on": "2022-01-01"})
    base = ClientBase.read(
        {"clients": clients, "invoices": INVOICES.assign(client_id="c0"),
         "feedback": pd.DataFrame(rows, columns=list(FEEDBACK))},
        observed_from="2023-01-01", observed_until="2024-12-31")  # fmt: skip
    result = nps(base)
    assert result.headline() == "NPS: −50 in 2024, less than the period before"
    assert "a fall" in result.say()
    assert result.changes.iloc[0]["estimate"] == -1.5


def test_without_feedback_it_cannot_say():
    base = ClientBase.read({"clients": CLIENTS, "invoices": INVOICES},
                           observed_from="2023-01-01", observed_until="2024-12-31")  # fmt: skip
    for function in (nps, csi, asked_too_often):
        assert isinstance(function(base), CannotSay)
    assert nps(base).say() == "NPS: needs feedback.nps, which the files do not hold."


def test_no_answers_cannot_say():
    result = nps(read(FEEDBACK.iloc[[3]]))
    assert result.say() == "NPS: nobody answered within the records (2023-01-01 – 2024-12-31)."


def test_without_a_whole_year_what_there_is_of_it_counts():
    tables = {"clients": CLIENTS, "invoices": INVOICES, "feedback": FEEDBACK}
    base = ClientBase.read(tables, observed_from="2024-01-15", observed_until="2024-11-30")
    result = nps(base)
    whole = nps(read()).frame.set_index("period").loc["2024-01-01"]
    assert result.frame["period"].tolist() == [pd.Timestamp("2024-01-01")]
    columns = ["estimate", "base"]
    assert result.frame[columns].values.tolist() == [whole[columns].tolist()]
    assert "a year counts as far as the records go" in result.notes[-1].en


def test_a_year_in_which_one_client_answered_is_no_ground_for_a_change():
    earlier = pd.DataFrame(
        [
            ("c", "1", "2023-05-01", "2023-05-02", 9, 5),
            ("c", "2", "2023-05-01", "2023-05-02", 3, 2),
        ],
        columns=FEEDBACK.columns,
    )
    answered = FEEDBACK.assign(client_id=["a", "a", "b", "d", "a"]).dropna()
    clients = pd.DataFrame({"client_id": list("abcd"), "started_on": "2023-01-05"})
    changes = nps(read(pd.concat([earlier, answered], ignore_index=True), clients)).changes
    assert changes["estimate"].tolist() == [0.25]
    assert changes[["low", "high"]].isna().all().all()
