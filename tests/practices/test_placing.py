"""Measured times among printed ranges.

minutes  10 20 45 50 200 –      within 15 min 1, within an hour 4, one to three hours 0; of 6
"""

import re

import numpy as np
import pandas as pd
import pytest

from clientlab.practices import place, published
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay

MINUTES = [10, 20, 45, 50, 200, None]


def test_each_range_holds_what_lies_in_it():
    found = place(MINUTES, published("response_speed")).frame
    assert found["option"].tolist() == ["within_15_min", "within_1_h_cumulative", "within_3_h"]
    assert found["count"].tolist() == [1, 4, 0]
    assert found["share"].tolist() == pytest.approx([1 / 6, 4 / 6, 0])
    assert found["base"].tolist() == [6, 6, 6]
    assert found[["above", "limit"]].to_numpy().tolist() == [[0, 15], [0, 60], [60, 180]]


def test_the_range_of_the_median_is_named_with_the_words_of_the_claim():
    found = place(MINUTES, published("response_speed"))
    assert found.median == 45
    assert found.say() == (
        "Our median is 45 min: the range «Within 1 hour (first three bands together)», which "
        "almost 70% of agencies claim. In «Within 1 hour (first three bands together)»: 67% of 6 "
        "measured. Placed, not tested."
    )
    assert "почти 70% агентств" in found.say("ru")


def test_nothing_is_estimated_and_nothing_tested():
    found = place(MINUTES, published("response_speed"))
    assert not {"estimate", "low", "high", "p_value"} & set(found.frame)
    assert "No difference" in found.notes[0].en


def test_what_has_no_reaction_waits_longer_than_every_range():
    found = place([5, None, None], published("response_speed"))
    assert found.median == np.inf
    assert found.headline() == "Half of what we measured had no reaction at all"
    assert any(note.en.startswith("2 had no reaction yet") for note in found.notes)


def test_a_median_beyond_all_ranges_is_said():
    found = place([400, 500, 600], published("response_speed"))
    assert found.held is None
    assert found.headline() == "Our median is 8.3 h: in none of the printed ranges"


def test_a_minute_of_the_limit_belongs_to_the_shorter_range():
    found = place([60, 60.5], published("response_speed")).frame
    assert found["count"].tolist() == [0, 1, 1]


def test_differences_of_moments_are_minutes():
    waits = pd.Series(pd.to_timedelta(["10min", "2h", None]))
    assert place(waits, published("response_speed")).frame["count"].tolist() == [1, 1, 1]


def test_limits_of_ones_own_ranges_can_be_named(tmp_path):
    (tmp_path / "study.csv").write_text(
        "source,question,type,option,label_en,figure,unit,precision\n"
        "own,wait,ordered,fast,Fast,40.0,percent of agencies,exact\n", "utf-8")  # fmt: skip
    study = published("wait", source=tmp_path / "study.csv")
    assert place([5, 50], study, limits={"fast": 30}).frame["count"].tolist() == [1]
    message = (
        "It is not known where fast ends. Name the upper ends in minutes: limits={'fast': 60, …}."
    )
    with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
        place([5, 50], study)


def test_what_is_no_time_is_refused():
    message = "1 of 2 measured times are negative: answered before asked. Look at the two columns of moments."  # noqa: E501
    with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
        place([-5, 5], published("response_speed"))
    message = (
        "Measured times must be minutes or differences of moments, with NaN where nobody answered."
    )
    with pytest.raises(InvalidType, match="^" + re.escape(message) + "$"):
        place(["soon"], published("response_speed"))


def test_nothing_measured_ends_in_a_sentence():
    assert isinstance(place(None, published("response_speed")), CannotSay)
    assert isinstance(place([], published("response_speed")), CannotSay)
    assert isinstance(place(MINUTES, published(None)), CannotSay)


def test_it_can_be_drawn_and_tabled_and_says_synthetic():
    found = place(MINUTES, published("response_speed"), synthetic=True)
    assert repr(found) == "<SYNTHETIC DATA: Placed: 3 rows, base 6>"
    assert len(found.plot().figure.axes) == 1
    assert len(found.table().frame) == 3
