"""Types of respondents: none in chance, those that are there, and who is of which.

type   respondents   o0–o3 ticked   o4–o7 ticked      120 respondents of two planted types
1      72            85%            15%
2      48            15%            85%
"""

import re
import sys

import numpy as np
import pandas as pd
import pytest

from clientlab.practices import Survey, profiles, profiles_analysis, topline
from clientlab.practices.profiles_mixture import Items, fitted
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

BOOK = {
    "name": "x",
    "questions": [
        {"id": "ways", "type": "multi", "text": "How?",
         "options": [{"id": f"o{n}"} for n in range(8)]},
        {"id": "kind", "type": "single", "text": "Kind?",
         "options": [{"id": id} for id in ("x", "y", "z")]},
        {"id": "mark", "type": "scale", "text": "Mark?", "low": 1, "high": 5},
    ],
}  # fmt: skip
FIRST = 72


def answers(planted: bool, n: int = 120, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    high = np.array([0.85] * 4 + [0.15] * 4)
    share = np.where(np.arange(n)[:, None] < FIRST, high, 1 - high) if planted else 0.4
    frame = pd.DataFrame((random.random((n, 8)) < share).astype(int),
                         columns=[f"ways o{place}" for place in range(8)])  # fmt: skip
    frame["kind"] = random.choice(["x", "y", "z"], n)
    frame["mark"] = 3
    frame["agency"] = [f"A{row % 30}" for row in range(n)]
    return frame


def survey_of(frame: pd.DataFrame, **more) -> Survey:
    return Survey.from_frame(frame, BOOK, **more)


@pytest.fixture(scope="module")
def two():
    before = profiles_analysis.REFITS
    profiles_analysis.REFITS = 12
    found = profiles(survey_of(answers(True), clusters="agency"), ["ways", "kind"])
    profiles_analysis.REFITS = before
    return found


def test_planted_types_are_found_with_their_members(two):
    assert two.count == 2
    assert two.sizes["estimate"].tolist() == pytest.approx([0.6, 0.4], abs=0.05)
    expected = np.where(np.arange(120) < FIRST, 1, 2)
    assert (two.members["profile"].to_numpy() == expected).mean() > 0.95
    assert two.members["row"].tolist() == list(range(2, 122))
    assert two.members["cluster"].iloc[31] == "A1"
    assert two.members["probability"].between(0.5, 1).all()


def test_what_a_type_does_is_told_with_its_interval(two):
    ways = two.frame[two.frame["question"] == "ways"]
    first = ways[ways["profile"] == 1].set_index("option")["estimate"]
    assert first[["o0", "o1", "o2", "o3"]].min() > 0.7
    assert first[["o4", "o5", "o6", "o7"]].max() < 0.3
    assert (two.frame["low"] <= two.frame["high"]).all()
    kinds = two.frame[two.frame["question"] == "kind"].groupby("profile")["estimate"].sum()
    assert kinds.to_numpy() == pytest.approx(1)
    assert two.frame.groupby("profile")["base"].first().sum() == 120


def test_both_rules_and_the_stability_are_told(two):
    rows = two.criteria
    assert rows["chosen"].tolist() == [False, True, False, False]
    assert rows["aic3"].idxmin() == 1
    assert rows["p_value"].iloc[1] == pytest.approx(1 / 60)
    assert rows["aic3"].to_numpy() == pytest.approx(
        3 * rows["parameters"] - 2 * rows["log_likelihood"]
    )
    assert rows["parameters"].tolist() == [10, 21, 32, 43]  # 8 ticks, 3 kinds: 8 + 2 for each
    mean, low, high = two.stability
    assert 0.7 < low <= mean <= high <= 1
    assert re.match(r"2 types, \d+% / \d+%, furthest apart in «o\d»\. More often", two.say())
    assert re.match(r"Типов 2: \d+% / \d+%; сильнее всего различаются в «o\d»", two.say("ru"))
    assert two.shares.shape == (11, 2)


def test_independent_answers_are_one_type_with_the_shares_of_topline():
    survey = survey_of(answers(False), clusters="agency")
    found = profiles(survey, "ways")
    assert found.count == 1
    assert found.headline() == "One type: practices do not come together beyond chance"
    assert re.search(r"base 120, two types are worse by \d+ points of AIC3\.$", found.say())
    plain = topline(survey, "ways").frame
    for name in ("estimate", "low", "high", "base"):
        assert found.frame[name].to_numpy() == pytest.approx(plain[name].to_numpy(), abs=1e-6)
    assert found.stability is None


def test_the_same_seed_gives_the_same_types():
    survey = survey_of(answers(False, seed=3))
    one, other = profiles(survey, "ways"), profiles(survey, "ways")
    pd.testing.assert_frame_equal(one.criteria, other.criteria)


def test_the_likelihood_and_the_probabilities_are_those_of_the_formula():
    frame = answers(True).iloc[:, :8].to_numpy(float).copy()
    frame[0, 0] = np.nan
    items = Items(frame, np.full(8, 2), np.ones(120))
    model = fitted(items, 2, starts=2, seed=0)
    both = np.repeat(model.sizes[None], 120, axis=0)
    for row in range(120):
        for place in range(8):
            if not np.isnan(frame[row, place]):
                both[row] *= model.shares[place][:, int(frame[row, place])]
    assert model.log_likelihood == pytest.approx(np.log(both.sum(axis=1)).sum(), abs=1e-6)
    assert model.posterior(items) == pytest.approx(both / both.sum(axis=1, keepdims=True))
    assert model.sizes[0] >= model.sizes[1]


def test_invented_respondents_have_the_shares_of_the_model_and_its_gaps():
    frame = answers(True, 4000).iloc[:, :8].to_numpy(float).copy()
    frame[::10, 0] = np.nan
    items = Items(frame, np.full(8, 2), np.ones(4000))
    model = fitted(items, 1, starts=1, seed=0)
    again = model.invented(items, np.random.default_rng(0))
    assert (np.isnan(again.codes) == np.isnan(frame)).all()
    assert np.nanmean(again.codes, axis=0) == pytest.approx(np.nanmean(frame, axis=0), abs=0.03)


def test_copies_of_an_option_make_no_types():
    frame = answers(False)
    frame["ways o1"], frame["ways o2"] = frame["ways o0"], 1 - frame["ways o0"]
    found = profiles(survey_of(frame), "ways")
    assert found.count == 1
    assert found.frame["option"].tolist() == ["o0", "o3", "o4", "o5", "o6", "o7"]
    assert [note.en for note in found.notes] == [
        f"«o{copy}» cannot be told from «o0»: the same (or exactly the opposite) answers. Counted "
        "once." for copy in (1, 2)
    ]  # fmt: skip


def test_intervals_hold_what_was_found(two):
    for frame in (two.frame, two.sizes):
        assert (frame["low"] <= frame["estimate"]).all()
        assert (frame["estimate"] <= frame["high"]).all()


def test_options_that_hardly_anybody_ticks_are_told_and_left_out():
    frame = answers(False)
    frame["ways o7"] = [1] * 4 + [0] * 116
    found = profiles(survey_of(frame), "ways")
    assert "o7" not in set(found.frame["option"])
    assert [note.en for note in found.notes] == [
        "Left out, as fewer than 5 answer otherwise than the rest: «o7»."
    ]


def test_too_few_answers_or_options_end_in_a_sentence():
    few = profiles(survey_of(answers(False, 30)), "ways")
    assert few.say() == "30 respondents: types can be looked for with at least 50."
    assert few.say("ru") == "30 респондентов; искать типы можно, когда не меньше 50."
    assert profiles(survey_of(answers(False)), "kind").say() == (
        "1 options that vary: types can be looked for with at least 4."
    )
    assert profiles(survey_of(answers(False)), None).say() == ("This survey has no such question.")


def test_without_stepmix_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "stepmix", None)
    found = profiles(survey_of(answers(False)), "ways")
    assert isinstance(found, CannotSay)
    assert found.say() == (
        "Profiles need the package stepmix: python -m pip install 'clientlab[profiles]'"
    )


def test_a_scale_makes_no_types():
    with pytest.raises(InvalidValue, match=re.escape(
        "'mark' is of type 'scale'; types are made of questions with options (multi, single, "
        "bands)."
    )):  # fmt: skip
        profiles(survey_of(answers(False)), ["ways", "mark"])
    with pytest.raises(InvalidValue, match=re.escape("most=0: there is at least 1 type.")):
        profiles(survey_of(answers(False)), "ways", most=0)
