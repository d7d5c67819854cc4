"""Rules of thumb on a base of three clients, day 2024-06-30.

client  last contact  last invoice  90 days / before  late   claims, 90 days  nps  board
a       2024-06-20    2024-06-01    100 / 200         20 d   2                4    red, red
b       (none)        2024-03-01    0 / 100           paid   0                9    green
c       (none)        (none)        –                 –      0                –    –
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import RULES
from clientlab.clients import ClientBase
from clientlab.demo import demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay


def made(**tables) -> ClientBase:
    own = {
        "clients": pd.DataFrame({"client_id": ["a", "b", "c"], "started_on": "2024-01-01"}),
        "invoices": pd.DataFrame({
            "client_id": ["a", "a", "b"], "amount": [200, 100, 100],
            "issued_on": ["2024-02-10", "2024-06-01", "2024-03-01"],
            "due_on": ["2024-02-20", "2024-06-10", "2024-03-10"],
            "paid_on": ["2024-02-19", None, "2024-03-12"]}),
    }  # fmt: skip
    return ClientBase.read(own | tables, observed_from="2024-01-01", observed_until="2024-12-31")


@pytest.fixture(scope="module")
def base():
    return made(
        touches=pd.DataFrame({"client_id": ["a"], "happened_on": ["2024-06-20"]}),
        requests=pd.DataFrame({
            "client_id": ["a", "a", "a"], "is_claim": ["yes", "yes", "yes"],
            "asked_at": ["2024-01-05 10:00", "2024-05-02 10:00", "2024-05-03 10:00"]}),
        feedback=pd.DataFrame({
            "client_id": ["a", "a", "b"], "nps": [9, 4, 9],
            "asked_on": ["2024-02-01", "2024-05-01", "2024-05-01"],
            "answered_on": ["2024-02-02", "2024-05-02", "2024-05-02"]}),
        board=pd.DataFrame({
            "client_id": ["a", "a", "b"], "colour": ["red", "red", "green"],
            "filled_on": ["2024-06-21", "2024-06-28", "2024-06-28"]}),
    ).as_of("2024-06-30")  # fmt: skip


def said(base, name: str) -> list[float]:
    return RULES[name].score(base).reindex(["a", "b", "c"]).tolist()


def equal(found: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_silence_counts_from_the_last_contact_or_from_the_start(base):
    equal(said(base, "silence"), [10, 181, 181])


def test_no_invoice_counts_from_the_last_one_or_from_the_start(base):
    equal(said(base, "no_invoice"), [29, 121, 181])


def test_less_work_is_the_fall_against_the_quarter_before(base):
    # 90 days to 30 June begin on 2 April; b had its 100 in the 90 days before them.
    equal(said(base, "less_work"), [0.5, 1.0, np.nan])


def test_late_payment_counts_invoices_unpaid_or_due_in_the_last_90_days(base):
    equal(said(base, "late_payment"), [20, 0, 0])


def test_claims_are_those_of_the_last_90_days(base):
    equal(said(base, "claims"), [2, 0, 0])


def test_low_nps_is_the_last_answer_turned_round(base):
    equal(said(base, "low_nps"), [6, 1, np.nan])


def test_the_board_gives_a_colour_and_a_streak(base):
    equal(said(base, "red_board"), [2, 0, np.nan])
    equal(said(base, "red_streak"), [2, 0, np.nan])


def test_the_rcm_code_is_how_low_its_digits_are(base):
    # Recency: a is the last invoiced. Money paid: a 200, b 100. Capacity is not told.
    found = RULES["rcm"].score(base).reindex(["a", "b", "c"])
    assert found["a"] == 0.0
    assert found["c"] == 1.0


def test_several_counts_the_alarms_of_the_others(base):
    # a: less work, late, claims, low NPS, red, red streak. b: silence, no invoice, less work.
    found = RULES["several"].score(base)
    alone = [RULES[name].alarm(base).astype(int) for name in RULES if name != "several"]
    expected = pd.concat(alone, axis=1).sum(axis=1)
    assert found.to_dict() == expected.to_dict()
    assert found["a"] >= 6


def test_an_alarm_is_raised_from_the_threshold_on(base):
    assert RULES["silence"].alarm(base).to_dict() == {"a": False, "b": True, "c": True}
    assert RULES["silence"].at(10).alarm(base)["a"]
    assert not RULES["low_nps"].alarm(base)["c"]  # nothing is known of c


def test_a_threshold_is_a_number():
    with pytest.raises(InvalidValue) as error:
        RULES["silence"].at(float("nan"))
    assert str(error.value) == "threshold=nan must be a number, such as 30."


def test_a_rule_without_its_table_steps_aside_with_a_sentence():
    bare = made()
    found = {name: rule.score(bare) for name, rule in RULES.items()}
    assert {name for name, one in found.items() if isinstance(one, CannotSay)} == {
        "silence", "claims", "low_nps", "red_board", "red_streak"}  # fmt: skip
    assert found["claims"].say() == (
        "claims: needs requests.is_claim, which the files do not hold."
    )
    assert found["silence"].say("ru") == "Молчание: нужны контакты или запросы, в файлах их нет."


def test_only_the_two_required_tables_with_their_required_columns():
    least = ClientBase.read(
        {"clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01"}),
         "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-01",
                                   "amount": 100})},
        observed_from="2024-01-01", observed_until="2024-12-31")  # fmt: skip
    apply = {name for name, rule in RULES.items() if not isinstance(rule.score(least), CannotSay)}
    assert apply == {"no_invoice", "less_work", "rcm", "several"}


USED = ("clients", "invoices", "touches", "requests", "feedback", "board")


@pytest.fixture(scope="module")
def now_and_then():
    """The base as of a day, and one whose files were written on that day."""
    day, tables = "2024-06-30", demo_agency(40, seed=5).tables
    # What the source overwrites is known on the day of the export only.
    clients = tables["clients"].drop(columns=["capacity", "tier", "key_client", "manager"])
    whole = {name: tables[name] for name in USED} | {"clients": clients}
    cut = {name: frame.copy() for name, frame in whole.items()}
    when = {"clients": "started_on", "invoices": "issued_on", "touches": "happened_on",
            "requests": "asked_at", "feedback": "asked_on", "board": "filled_on"}  # fmt: skip
    for name, column in when.items():
        cut[name] = cut[name][pd.to_datetime(cut[name][column]) < pd.Timestamp("2024-07-01")]
    later = {"clients": ("ended_on", "end_reason"), "invoices": ("paid_on",),
             "feedback": ("answered_on", "nps", "csi")}  # fmt: skip
    for name, columns in later.items():
        unknown = pd.to_datetime(cut[name][columns[0]]) > pd.Timestamp(day)
        for column in columns:
            cut[name][column] = cut[name][column].where(~unknown)
    read = [ClientBase.read(one, observed_from="2018-01-01", observed_until=last)
            for one, last in ((whole, "2026-08-31"), (cut, day))]  # fmt: skip
    return read[0].as_of(day), read[1]


@pytest.mark.parametrize("name", RULES)
def test_no_rule_looks_into_the_future(name, now_and_then):
    now, then = (RULES[name].score(base).sort_index() for base in now_and_then)
    assert now.notna().any()
    pd.testing.assert_series_equal(now, then, check_names=False)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_rule_says_what_it_counts_and_from_when_it_rings(lang):
    for rule in RULES.values():
        words = rule.said(lang)
        assert rule.label.in_language(lang) in words
        assert ("alarm from" if lang == "en" else "тревога от") in words
