"""Practices that go with an outcome: whose outcome it is, what is found, what is not said.

agency   managers   tick "a"   share   months      42 agencies like these: months = 20 + 10 · share
A        3          1 0 1      0.67    26.7
B        2          0 0        0       20
"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.demo import demo_outcomes, demo_survey
from clientlab.demo.outcomes import DRIVES
from clientlab.practices import Survey, drivers, false_finds, one_by_one, outcome_by_key
from clientlab.practices.drivers_columns import comparable, grouped, practices_of, units_of
from clientlab.practices.drivers_outcome import outcome_of
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import importance
from clientlab.stats.importance_slopes import best_penalty, jackknife, moments, slopes
from clientlab.stats.importance_tests import sign_flips
from clientlab.wording import Text

BOOK = {
    "name": "Pulse",
    "questions": [
        {"id": "size", "type": "single", "text": "Size?", "options": [{"id": "s"}, {"id": "l"}]},
        {"id": "ways", "type": "multi", "text": "How?",
         "options": [{"id": id} for id in ("a", "b", "c", "d")]
         + [{"id": "none", "exclusive": True}]},
        {"id": "mark", "type": "scale", "text": "Mark?", "low": 1, "high": 10},
        {"id": "again", "type": "nps", "text": "Recommend?"},
        {"id": "free", "type": "text", "text": "Say!"},
    ],
}  # fmt: skip


def pulse(n: int = 120, *, agencies: int = 40, seed: int = 0, **more) -> pd.DataFrame:
    """Answers of `n` managers; "a" and "b" are ticked by half, "c" and "d" by a third."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {f"ways {id}": (random.random(n) < share).astype(int)
         for id, share in zip("abcd", (0.5, 0.5, 0.3, 0.3), strict=True)}
    )  # fmt: skip
    frame["ways none"] = 0
    frame["mark"] = random.integers(1, 11, n)
    frame["again"] = random.integers(0, 11, n)
    frame["size"] = random.choice(["s", "l"], n)
    frame["free"] = "text"
    frame["agency"] = [f"A{row % agencies}" for row in range(n)]
    return frame.assign(**more)


def survey_of(frame: pd.DataFrame, **more) -> Survey:
    return Survey.from_frame(frame, BOOK, **{"clusters": "agency", **more})


def survey_names(survey: Survey) -> list[str]:
    return sorted(set(survey.cluster_names))


def noisy(frame: pd.DataFrame, seed: int = 1, **effects: float) -> pd.Series:
    """An outcome by respondent: so much for each tick, and noise of 1."""
    random = np.random.default_rng(seed)
    values = random.normal(size=len(frame))
    for option, effect in effects.items():
        values = values + effect * frame[f"ways {option}"]
    return pd.Series(values, name="outcome")


# Whose outcome


def test_an_outcome_of_agencies_counts_agencies():
    frame = pulse()
    share = frame.groupby("agency")["ways a"].mean()
    months = (20 + 10 * share).rename("months")
    found = drivers(survey_of(frame), months + np.random.default_rng(0).normal(0, 0.5, len(share)))
    assert found.provenance.base == 40
    assert found.provenance.base_of.en == "agency|agencies"
    first = found.frame.iloc[0]
    assert (first["practice"], first["direction"]) == ("ways.a", 1)
    assert first["slope"] == pytest.approx(10, abs=1)


def test_repeating_the_outcome_beside_every_manager_changes_nothing():
    frame = pulse()
    by_agency = pd.Series(np.random.default_rng(3).normal(size=40),
                          index=[f"A{n}" for n in range(40)], name="months")  # fmt: skip
    beside = frame["agency"].map(by_agency).rename("months")
    survey = survey_of(frame)
    one, other = drivers(survey, by_agency), drivers(survey, beside)
    assert other.provenance.base == 40
    pd.testing.assert_frame_equal(one.frame, other.frame)
    said = "The outcome is the same for all of an agency: agencies are counted, not respondents."
    assert said in [note.en for note in other.notes]


def test_a_series_by_respondent_counts_respondents():
    frame = pulse()
    found = drivers(survey_of(frame), noisy(frame, a=2))
    assert found.provenance.base == 120
    assert found.found(1)["practice"].tolist() == ["ways.a"]


def test_a_series_by_row_of_the_file_may_stand_in_any_order():
    survey = survey_of(pulse())
    values = pd.Series(np.arange(120.0), index=survey.rows)
    shuffled = values.sample(frac=1, random_state=0)
    assert outcome_of(survey, shuffled).values.tolist() == values.tolist()


def test_an_nps_question_is_counted_in_points_of_nps():
    given = outcome_of(survey_of(pulse(again=[10, 9, 8, 6] * 30)), "again")
    assert given.values[:4].tolist() == [100, 100, 0, -100]


def test_the_outcome_is_no_practice():
    found = drivers(survey_of(pulse()), "mark")
    assert "mark" not in set(found.frame["practice"])


def test_what_fits_nobody_is_refused_in_words():
    survey = survey_of(pulse())
    with pytest.raises(InvalidValue, match=re.escape(
        "The outcome has 3 values. Give one for each of 120 respondents, or index it by the names "
        "of the survey's clusters."
    )):  # fmt: skip
        drivers(survey, pd.Series([1.0, 2, 3], index=["x", "y", "z"]))
    with pytest.raises(InvalidValue, match=re.escape(
        "'size' is of type 'single'; an outcome is a number: mark, again."
    )):  # fmt: skip
        drivers(survey, "size")
    with pytest.raises(InvalidValue, match=re.escape(
        "'size' is of type 'single'; practices are options of a multi-select, or a scale. What "
        "only describes an agency goes into hold=."
    )):  # fmt: skip
        drivers(survey, "mark", questions=["size"])


# The join


def test_keys_are_joined_without_case_and_spaces_and_counted():
    survey = survey_of(pulse(8, agencies=4))
    table = pd.DataFrame({"name": ["a0 ", "A1", "A-2", "A9"], "months": ["30,5", "", "12", "7"]})
    found = outcome_by_key(survey, table, "months", key="name", name=Text("m", "м"))
    assert found.frame.loc[0, ["count", "base"]].tolist() == [1, 4]
    assert found.outcome.values[[0, 4]].tolist() == [30.5, 30.5]
    assert [note.en for note in found.notes] == [
        "Keys of the survey without a row in the table: 2 (A2, A3).",
        "Rows of the table without a value: 1 (A1).",
        "Rows of the table that answer to nobody in the survey: 2 (A-2, A9).",
    ]
    assert found.say().startswith("An outcome is known of 1 of 4 agencies (25%; 5–70%).")
    assert "intervals about 100% wider" in found.say()
    assert found.say("ru").startswith("Результат известен у 1 из 4 агентств (25%; 5–70%).")


def test_groups_that_are_missing_more_often_are_told():
    frame = pulse(40, agencies=40, size=["s"] * 20 + ["l"] * 20)
    known = pd.Series(1.0, index=[f"A{n}" for n in range(20, 40)], name="m")
    found = outcome_by_key(survey_of(frame), known, by="size")
    assert found.frame[["group", "count", "base"]].values.tolist() == [
        ["all", 20, 40], ["s", 0, 20], ["l", 20, 20],
    ]  # fmt: skip
    assert "They are not missing at random: «s» 0% known, «l» 100%" in found.say()
    level = outcome_by_key(survey_of(frame), known.rename(lambda name: f"A{int(name[1:]) // 2 * 2}")
                           .groupby(level=0).first(), by="size")  # fmt: skip
    assert level.frame["base"].iloc[0] == 40


def test_keys_that_all_differ_are_to_be_put_right():
    survey = survey_of(pulse(), clusters="agency")
    others = outcome_by_key(survey, pd.Series([1.0, 2.0], index=["x1", "x2"], name="months"))
    one = outcome_by_key(survey, pd.Series([1.0] * 39, index=survey_names(survey)[1:], name="m"))
    assert others.decide().startswith("No key fits: look at how both files write them")
    assert one.decide() == (
        "Decide who completes the 1 missing key before the next session, and until when."
    )


def test_a_key_with_two_rows_is_refused():
    table = pd.DataFrame({"key": ["A1", "a1"], "m": [1, 2]})
    with pytest.raises(InvalidValue, match=re.escape(
        "1 key has several rows ('a1'). One row for each key: aggregate first, such as "
        "table.groupby(key).mean()."
    )):  # fmt: skip
        outcome_by_key(survey_of(pulse()), table, "m", key="key")


def test_a_survey_without_names_of_clusters_says_what_to_do():
    with pytest.raises(InvalidValue, match=re.escape(
        "The survey has no names of clusters to join by. Read it with clusters='the column of the "
        "agency', or give keys=, one for each respondent."
    )):  # fmt: skip
        outcome_by_key(survey_of(pulse(), clusters=None), pd.Series({"A1": 1.0}))


def test_keys_that_several_respondents_share_are_the_units():
    frame = pulse()
    survey = survey_of(frame, clusters=None)
    months = pd.Series(range(40), index=[f"A{n}" for n in range(40)], dtype=float, name="m")
    found = drivers(survey, outcome_by_key(survey, months, keys=frame["agency"]))
    assert found.provenance.base == 40


# What is found


def test_slopes_and_importance_are_those_of_one_regression():
    frame = pulse()
    outcome = noisy(frame, a=1, b=-1)
    found = drivers(survey_of(frame, clusters=None), outcome).frame.set_index("practice")
    columns = ["ways.a", "ways.b", "ways.c", "ways.d", "mark"]
    X = frame[["ways a", "ways b", "ways c", "ways d", "mark"]].to_numpy(float)
    design = np.column_stack([np.ones(len(X)), X])
    expected = np.linalg.lstsq(design, outcome, rcond=None)[0][1:]
    assert found.loc[columns, "slope"].to_numpy() == pytest.approx(expected, abs=1e-9)
    share = importance.lmg(X, outcome)
    assert found.loc[columns, "estimate"].to_numpy() == pytest.approx(share, abs=1e-9)


def test_what_is_held_fixed_is_taken_out_of_both():
    frame = pulse()
    frame["size"] = np.where(frame["ways a"] == 1, "l", "s")
    frame.loc[:9, "size"] = "l"
    outcome = noisy(frame, seed=2) + 3 * (frame["size"] == "l")
    survey = survey_of(frame)
    assert drivers(survey, outcome).found(1)["practice"].tolist() == ["ways.a"]
    held = drivers(survey, outcome, hold=["size"])
    assert held.found(1).empty
    assert "size of the agency" not in held.notes[-1].en
    assert "size of the agency" in drivers(survey, outcome).notes[-1].en


def test_above_twelve_practices_those_that_go_together_are_one():
    random = np.random.default_rng(0)
    book = {"name": "x", "questions": [{"id": "w", "type": "multi", "text": "w", "options": [
        {"id": f"o{n}"} for n in range(14)]}]}  # fmt: skip
    ticks = (random.random((200, 14)) < 0.5).astype(int)
    ticks[:, 13] = np.where(random.random(200) < 0.05, 1 - ticks[:, 0], ticks[:, 0])
    frame = pd.DataFrame(ticks, columns=[f"w o{n}" for n in range(14)])
    survey = Survey.from_frame(frame, book)
    found = drivers(survey, pd.Series(2 * ticks[:, 0] + random.normal(size=200)))
    assert found.method == "johnson"
    assert found.frame.loc[0, ["practice", "unit", "direction"]].tolist() == [
        "w.o0+w.o13", "deviation", 1,
    ]  # fmt: skip
    assert len(found.frame) == 13
    assert "Go together and are taken as one: o0 + o13." in [note.en for note in found.notes]
    assert found.frame["estimate"].sum() == pytest.approx(found.explained)


def test_copies_and_what_hardly_anybody_does_are_told():
    frame = pulse()
    frame["ways b"] = frame["ways a"]
    frame["ways d"] = [1] * 4 + [0] * 116
    found = drivers(survey_of(frame), noisy(frame, a=2))
    assert set(found.frame["practice"]) == {"ways.a", "ways.c", "mark"}
    notes = [note.en for note in found.notes]
    assert "Left out, as fewer than 5 differ from the rest in it: «d»." in notes
    assert (
        "«b» cannot be told from «a»: the same (or exactly the opposite) answers. Counted once."
        in notes
    )


def test_who_left_an_answer_out_is_counted():
    frame = pulse()
    frame["mark"] = frame["mark"].astype(object)
    frame.loc[:6, "mark"] = ""
    outcome = noisy(frame, a=2)
    outcome[100:] = np.nan
    found = drivers(survey_of(frame), outcome)
    assert found.provenance.base == 93
    notes = [note.en for note in found.notes]
    assert "20 of 120 respondents have no outcome and are left out." in notes
    assert (
        "7 more lack an answer and are left out, most often to «Mark?»; without that question "
        "they count (questions=)." in notes
    )


def test_with_few_units_each_practice_is_taken_alone_and_the_shadow_of_another_is_not_told():
    random = np.random.default_rng(4)
    frame = pulse(24, agencies=24)
    for id, pattern in (("a", [0, 1] * 12), ("c", [0, 0, 1] * 8), ("d", [0, 1, 1, 1] * 6)):
        frame[f"ways {id}"] = pattern
    frame["ways b"] = np.where(random.random(24) < 0.1, 1 - frame["ways a"], frame["ways a"])
    outcome = pd.Series(6 * frame["ways a"] + random.normal(size=24), name="o")
    found = drivers(survey_of(frame), outcome)
    assert found.method == "alone"
    assert np.isnan(found.explained)
    assert found.found(1)["practice"].tolist() == ["ways.a"]
    assert found.frame.set_index("practice").loc["ways.b", "p_adjusted"] < 0.05
    assert "«b» goes with it too, but no longer once «a» is held fixed." in [
        note.en for note in found.notes
    ]
    assert any("fewer than 5 for each practice" in note.en for note in found.notes)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (15, "15 respondents with an outcome and all answers, at least 20 are needed"),
        (60, "6 clusters with an outcome and all answers, at least 10 are needed"),
    ],
)
def test_too_few_units_or_clusters_end_in_a_sentence(n, said):
    frame = pulse(n, agencies=6)
    found = drivers(survey_of(frame), noisy(frame))
    assert isinstance(found, CannotSay)
    assert said in found.say()
    assert "нужно не меньше" in found.say("ru")


def test_an_outcome_that_is_the_same_for_all_explains_nothing():
    found = drivers(survey_of(pulse(), clusters=None), pd.Series(np.ones(120), name="o"))
    assert found.say() == "«o» is the same for all: there is nothing to explain."


def test_nothing_in_gives_a_sentence_back():
    survey = survey_of(pulse())
    none = CannotSay.because(Text("no", "нет"))
    assert drivers(survey, None).say() == "This survey has no such question."
    for analysis in (drivers, one_by_one, false_finds, outcome_by_key):
        assert analysis(survey, none) is none


def test_input_is_not_changed_and_the_same_seed_gives_the_same_answer():
    frame = pulse()
    before = frame.copy()
    survey, outcome = survey_of(frame), noisy(frame, a=1)
    one, two = drivers(survey, outcome), drivers(survey, outcome)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(frame, before)
    columns = "practice label_en label_ru unit estimate low high slope slope_low slope_high shrunk"
    assert set(columns.split()) < set(one.frame)
    assert (one.frame["low"] <= one.frame["estimate"]).all()
    assert (one.frame["estimate"] <= one.frame["high"]).all()


@given(st.floats(0.1, 50), st.floats(-100, 100))
@settings(max_examples=5)
def test_the_unit_of_the_outcome_changes_no_share_and_no_test(scale, shift):
    frame = pulse(60, agencies=20)
    survey, outcome = survey_of(frame), noisy(frame, a=1)
    one, two = drivers(survey, outcome), drivers(survey, outcome * scale + shift)
    for name in ("estimate", "low", "high", "p_value", "p_adjusted", "direction"):
        assert two.frame[name].to_numpy() == pytest.approx(one.frame[name].to_numpy(), abs=1e-6)
    assert two.frame["slope"].to_numpy() == pytest.approx(
        one.frame["slope"].to_numpy() * scale, rel=1e-6, abs=1e-9
    )


def test_equal_weights_are_no_weights():
    frame = pulse().assign(w=3)
    outcome = noisy(frame, a=1)
    weighted = drivers(survey_of(frame, weights="w"), outcome).frame
    plain = drivers(survey_of(frame), outcome).frame
    for name in ("estimate", "slope", "slope_low", "shrunk", "p_value"):
        assert weighted[name].to_numpy() == pytest.approx(plain[name].to_numpy(), abs=1e-9)


def test_words_turn_with_the_sign():
    frame = pulse()
    survey, outcome = survey_of(frame), noisy(frame, a=2)
    up, down = drivers(survey, outcome), drivers(survey, -outcome)
    assert up.headline() == "«outcome»: higher with «a»"
    assert down.headline() == "«outcome»: lower with «a»"
    assert up.decide() != down.decide()
    assert "Это связь, а не причина" in up.say("ru")
    nothing = drivers(survey, noisy(frame, seed=5))
    assert nothing.headline() == "«outcome»: no practice goes with it beyond chance"
    assert "does not show that there is no link" in nothing.say()


# The parts


def test_the_jackknife_is_leaving_out_every_cluster_by_hand():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(30, 2)), random.normal(size=30)
    cluster = np.repeat(np.arange(10), 3)
    columns = np.column_stack([np.ones(30), X, y])
    slope, se = jackknife(moments(columns, np.ones(30), cluster), 1)

    def fit(rows):
        design = np.column_stack([np.ones(rows.sum()), X[rows]])
        return np.linalg.lstsq(design, y[rows], rcond=None)[0][1:]

    left_out = np.array([fit(cluster != one) for one in range(10)])
    whole = fit(np.ones(30, bool))
    assert slope == pytest.approx(whole, abs=1e-10)
    assert se == pytest.approx(np.sqrt(0.9 * ((left_out - whole) ** 2).sum(axis=0)), abs=1e-10)


def test_ridge_is_its_closed_form_and_its_penalty_the_best_for_clusters_left_out():
    from sklearn.linear_model import Ridge

    random = np.random.default_rng(1)
    X = random.normal(size=(40, 3))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = X[:, 0] + random.normal(size=40)
    sums = moments(np.column_stack([np.ones(40), X, y]), np.ones(40), None)
    found = slopes(sums.sum(axis=0), 1, 0.3)[1:]
    assert found == pytest.approx(Ridge(alpha=0.3 * 40).fit(X, y).coef_, abs=1e-9)
    errors = {}
    for penalty in (0.001, best_penalty(sums, 1), 10**1.5):
        missed = [y[n] - Ridge(alpha=penalty * 39).fit(np.delete(X, n, 0), np.delete(y, n))
                  .predict(X[[n]])[0] for n in range(40)]  # fmt: skip
        errors[penalty] = np.square(missed).sum()
    assert min(errors, key=errors.get) == best_penalty(sums, 1)


def test_turned_signs_give_what_all_signs_give():
    from itertools import product

    X = np.array([0, 1, 0, 1, 1, 0, 0, 1.0])
    y = np.array([1, 3, 0, 4, 2, 1, 2, 5.0])
    away, rest = X - X.mean(), y - y.mean()
    part = away * rest
    size = away @ away
    observed, above = abs(part.sum()) / np.sqrt(size), 0
    for signs in product([-1, 1], repeat=8):
        lost = (np.array(signs) @ away) ** 2 / 8
        turned = abs(np.array(signs) @ part)
        above += turned > 1e-9 and turned / np.sqrt(size - lost) >= observed - 1e-12
    found = sign_flips(X[:, None], y, flips=40_000)
    assert found.p_value[0] == pytest.approx(above / 2**8, abs=0.005)
    assert found.p_adjusted[0] == found.p_value[0]


def test_units_are_means_of_their_respondents():
    frame = pulse(6, agencies=3)
    frame["ways a"] = [1, 0, 1, 0, 0, 1]
    survey = survey_of(frame)
    outcome = outcome_of(survey, pd.Series({"A0": 1.0, "A1": 2.0, "A2": 3.0}))
    units = units_of(survey, outcome, practices_of(survey, ["ways"], outcome), [])
    assert units.practices[0].values.tolist() == [0.5, 0, 1]
    assert units.clusters is None
    assert len(grouped(comparable(units)).practices) == 0


# The demo, and the mistake


def test_the_demo_finds_what_was_planted_in_either_direction():
    for reversed_, sign in ((False, 1), (True, -1)):
        survey = demo_survey(reversed=reversed_)
        table = demo_outcomes(reversed=reversed_).set_index("agency")
        for outcome, (_, _, effects) in DRIVES.items():
            found = drivers(survey, table[outcome])
            told = found.frame[found.frame["direction"] != 0]
            names = [name.removeprefix("loyalty_methods.") for name in told["practice"]]
            assert set(names) <= set(effects)
            assert names
            for name, way in zip(names, told["direction"], strict=True):
                assert way == sign * np.sign(effects[name])


def test_fewer_matches_are_the_same_agencies_and_some_of_them_gone():
    some, all_ = demo_outcomes(known=0.6), demo_outcomes(known=1.0)
    both = some.merge(all_, on="agency", suffixes=("", "_all"))
    assert len(some) == 24 + 2
    assert (both["months"] == both["months_all"]).all()


def test_the_usual_table_is_the_t_test_of_scipy():
    from scipy.stats import ttest_ind

    frame = pulse()
    outcome = noisy(frame, a=1)
    found = one_by_one(survey_of(frame), outcome).frame.set_index("practice")
    ticked = frame["ways a"] == 1
    expected = ttest_ind(outcome[ticked], outcome[~ticked])
    assert found.loc["ways.a", "p_value"] == pytest.approx(expected.pvalue, rel=1e-6)
    assert found.loc["ways.a", "estimate"] == pytest.approx(
        outcome[ticked].mean() - outcome[~ticked].mean()
    )


def test_the_usual_table_finds_practices_in_nothing():
    survey = demo_survey()
    joined = outcome_by_key(survey, demo_outcomes(), "months", key="agency")
    found = false_finds(survey, joined, runs=60).frame.set_index("way")
    assert found.loc["usual", "estimate"] > 0.5
    assert found.loc["careful", "estimate"] < 0.15
    assert (found["base"] == 60).all()
