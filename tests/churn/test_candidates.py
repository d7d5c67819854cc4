"""Rules, columns and dated scores: what each said on a day, and not what it says now.

client  board              health score
a       5 Jan red          10 Jan 7, 10 Mar 2
b       5 Jan green, 2 Feb yellow
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import RULES
from clientlab.churn.candidates import BOARD, Column, as_known, label, named, only_today, scores
from clientlab.clients import ClientBase
from clientlab.clients.schema import tables
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay

KEYS = ["client_id", "day"]
DAYS = pd.to_datetime(["2024-01-31", "2024-03-31"])


@pytest.fixture(scope="module")
def base():
    return ClientBase.read(
        {"clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-01-01"}),
         "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-02"], "amount": 1}),
         "board": pd.DataFrame({"client_id": ["a", "b", "b"], "colour": ["red", "green", "yellow"],
                                "filled_on": ["2024-01-05", "2024-01-05", "2024-02-02"]}),
         "feedback": pd.DataFrame({"client_id": ["a", "b"], "csi": [2, 5],
                                   "asked_on": "2024-01-10", "answered_on": "2024-01-11"})},
        observed_from="2023-01-01", observed_until="2024-12-31")  # fmt: skip


@pytest.fixture
def features():
    index = pd.MultiIndex.from_product([["a", "b"], DAYS], names=KEYS)
    return pd.DataFrame({"load": [1.0, 2, 3, np.nan], "tier": list("xyxy")}, index=index)


def on(base):
    return {day: base.as_of(day) for day in DAYS}


def test_a_column_is_the_last_value_known_on_the_day(base, features):
    colour = {"green": 0, "yellow": 1, "red": 2}
    found = scores(Column("board", "colour", colour), features, on(base))
    assert found.tolist() == [2, 2, 0, 1]


def test_a_value_that_is_too_old_does_not_count(base, features):
    np.testing.assert_array_equal(scores(BOARD, features, on(base)), [2, np.nan, 0, np.nan])


def test_a_column_of_which_little_is_a_bad_sign(base, features):
    found = scores(Column("feedback", "csi", lower_is_riskier=True), features, on(base))
    assert found.tolist() == [-2, -2, -5, -5]


def test_words_without_an_order_are_refused(base):
    with pytest.raises(InvalidValue) as error:
        Column("board", "colour").score(base)
    assert str(error.value) == (
        "Column(board.colour) holds words. Say which are riskier: "
        'Column("board", "colour", {"green": 0, "yellow": 1, "red": 2}).'
    )
    with pytest.raises(InvalidValue) as error:
        Column("board", "colour", {"green": 0, "red": 2}).score(base)
    assert str(error.value) == (
        "Column(board.colour): 'yellow' has no place in order={'green': 0, 'red': 2}; give every "
        "value a number, higher for more at risk."
    )


def test_a_column_that_the_files_lack_steps_aside(base, features):
    found = scores(Column("feedback", "nps"), features, on(base))
    assert isinstance(found, CannotSay)
    assert found.say() == "feedback.nps: needs feedback.nps, which the files do not hold."


def test_a_column_that_nobody_knows_is_refused_with_those_known():
    with pytest.raises(InvalidValue) as error:
        Column("boards", "colour")
    assert str(error.value).startswith(
        "Column(boards.colour): the table 'boards' is not known. Did you mean 'board'? Known: "
        "clients, "
    )
    with pytest.raises(InvalidValue) as error:
        Column("feedback", "health")
    listed = ", ".join(name for name in tables()["feedback"].by_name if name != "client_id")
    assert str(error.value) == (
        f"Column(feedback.health): the column 'health' is not known. Known: {listed}. A number of "
        "your own: give it as a Series by client_id and day."
    )


def test_a_column_that_its_source_overwrites_steps_aside_where_no_test_day_knows_it():
    competence = Column("clients", "competence")
    unknown, known = pd.Series([np.nan, np.nan]), pd.Series([np.nan, 3.0])
    found = only_today(competence, unknown)
    assert isinstance(found, CannotSay)
    assert found.say() == (
        "clients.competence: what it was on the test days is not known, the export keeps only "
        "today's value. Write its changes down with their dates in the table history."
    )
    assert found.say("ru") == (
        "clients.competence: каким было значение на даты проверки, неизвестно: выгрузка хранит "
        "только сегодняшнее. Записывайте его изменения с датами в таблицу history."
    )
    assert only_today(competence, known) is None
    assert only_today(Column("feedback", "csi"), unknown) is None
    assert only_today("load", unknown) is None


def test_a_dated_score_is_the_last_one_until_the_day(features):
    days = pd.to_datetime(["2024-01-10", "2024-03-10", "2024-04-01"])
    health = pd.Series([7.0, 2, 9], pd.MultiIndex.from_arrays([["a"] * 3, days], names=KEYS))
    np.testing.assert_array_equal(scores(health, features, {}), [7, 2, np.nan, np.nan])
    assert as_known(health, features.index).index.equals(features.index)


def test_a_score_without_days_is_refused(features):
    with pytest.raises(InvalidValue) as error:
        scores(pd.Series({"a": 1.0}), features, {})
    assert str(error.value) == (
        "A Series needs two levels of index, client_id and the day on which the value became "
        "known. Without days, today's score would be held against the past."
    )


def test_a_feature_is_a_candidate_by_its_name(features):
    np.testing.assert_array_equal(scores("load", features, {}), [1, 2, 3, np.nan])
    with pytest.raises(InvalidValue, match=r"^The feature 'tier' holds words, and words have no "
                       r"order of risk; use a model\.$"):  # fmt: skip
        scores("tier", features, {})
    with pytest.raises(InvalidValue) as error:
        scores("laod", features, {})
    assert str(error.value) == (
        f"'laod' is neither a rule nor a feature. Rules: {', '.join(RULES)}. Features: load, tier."
    )


def test_a_rule_without_a_base_says_what_to_pass(features):
    with pytest.raises(InvalidValue) as error:
        scores(RULES["silence"], features, {})
    assert str(error.value) == (
        "'silence' is read from the records as they were on each day: pass base=base, the base "
        "that the snapshots were taken from."
    )


def test_candidates_may_be_names_rules_columns_or_a_mapping():
    assert list(named(["silence", BOARD, RULES["rcm"]])) == ["silence", "board.colour", "rcm"]
    assert named("silence")["silence"] is RULES["silence"]
    assert named({"ours": "claims"})["ours"] is RULES["claims"]
    assert label("forest").en == "random forest"
    assert label("ours", RULES["claims"]).en == "ours"


def test_what_is_no_candidate_is_refused():
    with pytest.raises(InvalidType) as error:
        named({"guess": 3})
    assert str(error.value) == (
        "Candidate 'guess' is a int. Give a model with fit and predict_proba, a rule "
        "(RULES['silence']), a Column of a table, the name of a rule or of a feature, or a Series "
        "by client_id and day."
    )
    with pytest.raises(InvalidValue, match=r"^There is no candidate to test"):
        named({})
