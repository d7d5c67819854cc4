"""Spells at the edge of what curves can say, and spells that are refused.

(entry, exit]  cause             answer
(0, 3]         still going on    at risk at 3, did not leave
(5, 6]         price             at risk at 6 only
(4, 4]         price             refused: never at risk
(0, 5]         "" or None        still going on; an unknown cause needs a name
"""

import re

import numpy as np
import pandas as pd
import pytest

from clientlab.stats.survival import aalen_johansen, kaplan_meier, quantile, restricted_mean

# Edges: a documented answer.


def test_without_any_event_all_stay_and_no_cause_has_a_row():
    curve = kaplan_meier([3, 5], [0, 0])
    assert curve[["survival", "se", "low", "high"]].to_numpy().tolist() == [[1, 0, 1, 1]] * 2
    assert np.isnan(kaplan_meier([3, 5], [0, 0], interval="log-log")["low"]).all()
    shares = aalen_johansen([3, 5], ["", None])
    assert shares.shape == (0, 7)
    assert shares.columns.tolist() == "time at_risk cause incidence se low high".split()
    found = restricted_mean([3, 5], [0, 0], 4)
    assert found == (4, 0, 4, 4, np.inf)
    assert np.isnan(quantile(curve).estimate)


def test_when_all_leave_survival_ends_at_zero_without_an_interval():
    curve = kaplan_meier([3, 5], [1, 1])
    assert curve["survival"].tolist() == [0.5, 0]
    assert np.isnan(curve.loc[1, ["se", "low", "high"]].to_numpy(float)).all()
    assert restricted_mean([3, 5], [1, 1], 99).estimate == 4  # all is known after the last exit


def test_one_spell_has_a_curve():
    assert kaplan_meier([3], [1])["survival"].tolist() == [0]
    assert aalen_johansen([3], ["price"])["incidence"].tolist() == [1]
    assert restricted_mean([3], [1], 2) == (2, 0, 2, 2, np.inf)


def test_when_all_enter_late_the_curve_begins_at_the_first_exit():
    curve = kaplan_meier([6, 8, 9], [0, 1, 1], entry=[5, 5, 5])
    assert curve["time"].tolist() == [6, 8, 9]
    assert curve["survival"].tolist() == [1, 0.5, 0]


@pytest.mark.parametrize(
    "cause",
    [
        ["price", "", "quality"],
        ["price", None, "quality"],
        ["price", float("nan"), "quality"],
        ["price", 0, "quality"],
        pd.Series(["price", pd.NA, "quality"], dtype="string"),
        pd.Categorical(["price", None, "quality"]),
        np.array(["price", "", "quality"]),
    ],
)
def test_names_of_causes_are_names_and_gaps_are_still_going_on(cause):
    found = aalen_johansen([3, 4, 5], cause)
    assert found["cause"].tolist() == ["price", "quality"] * 3
    assert found["incidence"].tolist() == pytest.approx([1 / 3, 0, 1 / 3, 0, 1 / 3, 2 / 3])


@pytest.mark.parametrize("cause", [[1, 0, 2], [1.0, np.nan, 2.0], pd.array([1, None, 2], "Int64")])
def test_codes_of_causes_are_whole_numbers(cause):
    found = aalen_johansen([3, 4, 5], cause)
    assert found["cause"].tolist() == [1, 2] * 3
    assert found["cause"].dtype.kind == "i"


@pytest.mark.parametrize("event", [[True, False], [1.0, 0.0], pd.array([True, False], "boolean")])
def test_events_may_be_zero_and_one_or_true_and_false(event):
    assert kaplan_meier([3, 5], event)["events"].tolist() == [1, 0]


# Refusals.

EVENTS = " 1 means that the spell ended in the event, 0 that it was still going on (censored)."
REFUSED = {
    "interval='wald' is not known; use one of log, log-log, plain.": (
        lambda: kaplan_meier([3], [1], interval="wald")
    ),
    "level=95 must lie between 0 and 1, such as 0.95.": lambda: kaplan_meier([3], [1], level=95),
    "q=50 must lie between 0 and 1, such as 0.5 for the median.": (
        lambda: quantile(kaplan_meier([3], [1]), 50)
    ),
    "exit has the shape (0,); give one time per spell.": lambda: kaplan_meier([], []),
    "exit has the shape (1, 2); give one time per spell.": lambda: kaplan_meier([[3, 4]], [1, 1]),
    "exit is missing, negative or infinite in 2 of 3 rows (the first: row 1). Times count from "
    "the start of each spell.": lambda: kaplan_meier([3, None, -1], [1, 1, 1]),
    "entry is missing, negative or infinite in 1 of 2 rows (the first: row 0). Times count from "
    "the start of each spell.": lambda: kaplan_meier([3, 4], [1, 1], entry=[np.inf, 0]),
    "2 of 3 spells end before or when they begin (the first: row 1, entry 4, exit 4). Time at "
    "risk is (entry, exit]: count in days, and set these rows aside.": (
        lambda: kaplan_meier([3, 4, 5], [1, 1, 1], entry=[0, 4, 9])
    ),
    "exit has 2 rows and entry has the shape (3,); give one value per spell in each.": (
        lambda: kaplan_meier([3, 4], [1, 1], entry=[0, 0, 0])
    ),
    "exit has 2 rows and event has the shape (1,); give one value per spell in each.": (
        lambda: kaplan_meier([3, 4], [1])
    ),
    "exit has 2 rows and weights has the shape (1,); give one value per spell in each.": (
        lambda: kaplan_meier([3, 4], [1, 1], weights=[1])
    ),
    "exit has 2 rows and cause has the shape (2, 1); give one value per spell in each.": (
        lambda: aalen_johansen([3, 4], [[1], [1]])
    ),
    "weights must be finite, not negative, and not all 0.": (
        lambda: kaplan_meier([3, 4], [1, 1], weights=[0, 0])
    ),
    "event is neither 0 nor 1 in 2 of 3 rows." + EVENTS: (
        lambda: kaplan_meier([3, 4, 5], [1, 2, None])
    ),
    "event is neither 0 nor 1 in 1 of 2 rows." + EVENTS: (
        lambda: kaplan_meier([3, 4], pd.array([True, None], "boolean"))
    ),
    "cause holds 3 values that are no code of a cause (the first is -1). Use 0 for a spell that "
    "is still going on, and 1, 2, … or names for the causes.": (
        lambda: aalen_johansen([3, 4, 5, 6], [1, -1, 1.5, np.inf])
    ),
    "cause holds the text '0' in 2 of 3 rows. Turn the codes into numbers, or give spells that are "
    "still going on an empty name.": lambda: aalen_johansen([1, 2, 3], ["0", "1", "0"]),
    "cause mixes values of different kinds (int, str); use numbers or names throughout.": (
        lambda: aalen_johansen([3, 4, 5], [1, "price", None])
    ),
    "horizon=0 must be a positive time, such as 24 months.": lambda: restricted_mean([3], [1], 0),
    "horizon=nan must be a positive time, such as 24 months.": (
        lambda: restricted_mean([3], [1], np.nan)
    ),
    "horizon=9 lies beyond the last exit (5), when 50% were still going on; use 5 or less.": (
        lambda: restricted_mean([3, 5], [1, 0], 9)
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_refusal_says_what_is_wrong(sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        REFUSED[sentence]()


@pytest.mark.parametrize(
    "exit", [["a"], ["3"], np.array(["2024-02-01"], "M8[D]"), pd.to_timedelta([3], "D")]
)
def test_dates_and_strings_are_no_durations(exit):
    sentence = "exit must be numbers, say days since the start."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        kaplan_meier(exit, [1])


def test_strings_are_no_weights():
    with pytest.raises(TypeError, match=r"^weights must be numbers\.$"):
        kaplan_meier([3], [1], weights=["a"])
