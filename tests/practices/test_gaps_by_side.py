"""Perceived less expected, weighted by what matters.

golden   12 people of 8 clients, two sides (golden/practices/market.R, package survey)
by hand  one person, expected 9 and 6, perceived 7 and 7, importance 9 and 3:
         gaps −2 and +1, weights 0.75 and 0.25, score −1.25
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from clientlab.demo import demo_expectations
from clientlab.demo.audit import NULL, PLANTED, demo_expectations_answers
from clientlab.practices import Survey, expectations_form, expectations_survey, gaps, whom_to_ask
from clientlab.practices.gaps_by_side import _weights
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

CLIENTS = ["a", "a", "b", "c", "c", "c", "d", "e", "f", "f", "g", "h"]
MARKS = {
    "expected": ([9, 8, 7, 9, 9, 8, 10, 6, 8, 9, 7, 8], [6, 7, 8, 6, 7, 7, 8, 9, 6, 6, 7, 8]),
    "perceived": ([7, 7, 7, 6, 8, 6, 8, 7, 6, 7, 6, 8], [7, 8, 8, 7, 7, 8, 8, 8, 7, 8, 7, 7]),
    "importance": ([9, 7, 8, 9, 10, 8, 9, 5, 8, 7, 6, 9], [5, 6, 4, 6, 5, 7, 3, 6, 5, 4, 5, 6]),
}


def book(measures=tuple(MARKS), low=1, high=10, rows=("speed", "price")):
    return {"name": "x", "questions": [
        {"id": id, "type": "grid", "text": id, "low": low, "high": high,
         "rows": [{"id": row} for row in rows]} for id in measures]}  # fmt: skip


def table(**changes):
    columns = {f"{id} {side}": marks for id, both in MARKS.items()
               for side, marks in zip(("speed", "price"), both, strict=True)}  # fmt: skip
    return pd.DataFrame(columns | changes).assign(client=CLIENTS)


@pytest.fixture(scope="module")
def found():
    return gaps(Survey.from_frame(table(), book(), clusters="client"))


def test_gap_importance_and_score_with_clusters_equal_r(found):
    # R: svymean(~gap, svydesign(~client)), confint(df = degf)
    row = found.frame.set_index("side").loc["speed"]
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx(
        [-1.25, -2.102447263945082, -0.397552736054918]
    )
    assert row[["matters", "matters_low", "matters_high"]].tolist() == pytest.approx(
        [1.375, 0.79449627019363, 1.95550372980637]
    )
    overall = found.overall
    assert (overall.estimate, overall.low, overall.high) == pytest.approx(
        (-0.633344433344433, -0.944389410048231, -0.322299456640635)
    )


def test_weights_are_each_respondents_own():
    importance = np.array([[9.0, 3.0], [1.0, 1.0]])
    weights = _weights(importance, np.array([[-2.0, 1.0], [0.0, 0.0]]))
    assert weights.tolist() == [[0.75, 0.25], [0.5, 0.5]]


def test_contributions_add_up_to_the_score(found):
    assert found.frame["contribution"].sum() == pytest.approx(found.overall.estimate)
    whole = gaps(demo_expectations())
    assert whole.frame["contribution"].sum() == pytest.approx(whole.overall.estimate)


def test_who_gives_higher_marks_of_importance_weighs_no_more():
    doubled = table(**{f"importance {side}": [min(10, 2 * mark) for mark in marks]
                       for side, marks in zip(("speed", "price"),
                                              ([4, 3, 4, 4, 5, 4, 4, 2, 4, 3, 3, 4],
                                               [2, 3, 2, 3, 2, 3, 1, 3, 2, 2, 2, 3]),
                                              strict=True)})  # fmt: skip
    halved = doubled.copy()
    columns = ["importance speed", "importance price"]
    halved.loc[:5, columns] //= 2
    one, other = (gaps(Survey.from_frame(frame, book(), clusters="client"))
                  for frame in (doubled, halved))  # fmt: skip
    assert one.overall == pytest.approx(other.overall)


def test_a_side_left_out_leaves_that_side_only():
    some = table()
    some.loc[0, "expected price"] = np.nan
    result = gaps(Survey.from_frame(some, book(), clusters="client")).frame.set_index("side")
    assert result["base"].to_dict() == {"speed": 12, "price": 11}


def test_who_tells_no_importance_counts_for_the_gap_and_not_for_the_score():
    some = table()
    some.loc[[0, 1], "importance price"] = np.nan
    result = gaps(Survey.from_frame(some, book(), clusters="client"))
    assert result.frame["base"].tolist() == [12, 12]
    assert any(note.en.startswith("Told a gap and not what matters: 2") for note in result.notes)


def test_several_people_of_a_client_are_one_witness(found):
    alone = gaps(Survey.from_frame(table(), book()))
    with_clients = found.frame.set_index("side").loc["speed"]
    without = alone.frame.set_index("side").loc["speed"]
    assert with_clients["estimate"] == without["estimate"]
    assert with_clients["high"] - with_clients["low"] > without["high"] - without["low"]
    assert any("Everybody counts as a client of its own" in note.en for note in alone.notes)


def test_planted_gaps_are_found_and_corners_named():
    result = gaps(demo_expectations())
    cells = result.frame.set_index("side")["cell"]
    assert cells["initiative"] == "act"
    assert cells["understanding"] == "act"
    assert cells["reporting"] == "spare"
    assert set(cells[list(NULL)]) == {"cannot"}
    assert result.frame.loc[0, ["side", "rank_low", "rank_high"]].tolist() == ["initiative", 1, 1]
    assert set(PLANTED) == set(result.frame.loc[result.frame["adjusted"] < 0.05, "side"])


def test_reversed_gaps_turn_the_words():
    before, after = gaps(demo_expectations()), gaps(demo_expectations(reversed=True))
    assert before.headline().startswith("Act first: «Initiative and ideas» −1.8")
    assert after.headline().startswith("Short of what is expected: «Reports»")
    assert after.frame.set_index("side")["cell"]["initiative"] == "keep"
    assert before.decide() != after.decide()


def test_the_words_tell_base_clients_interval_and_scale():
    said = gaps(demo_expectations()).say()
    assert re.search(r"weighted by what matters to each: −0\.\d \(−0\.\d to −0\.\d\) on a scale "
                     r"of 1–10; 120 people of 55 clients, 95%\.$", said)  # fmt: skip
    assert gaps(demo_expectations()).say("ru").startswith("Сначала сюда: «Инициатива и идеи» −1,8")


def test_without_importance_all_sides_count_alike_and_no_corner_is_named():
    result = gaps(demo_expectations(), importance=None)
    assert result.overall == pytest.approx(result.unweighted)
    assert set(result.frame["cell"]) == {"cannot"}
    assert result.headline().startswith("Short of what is expected: «Initiative and ideas»")
    assert len(result.plot().figure.axes) == 1


@pytest.mark.parametrize("told", [0, 9])
def test_where_hardly_anybody_says_what_matters_all_sides_count_alike(told):
    marks = {f"importance {side}": [5.0] * told + [np.nan] * (12 - told)
             for side in ("speed", "price")}  # fmt: skip
    alike = gaps(Survey.from_frame(table(), book(), clusters="client"), importance=None)
    lone = table(**marks)
    for frame in (lone, lone.drop(columns=list(marks))):
        found = gaps(Survey.from_frame(frame, book(), clusters="client"))
        pd.testing.assert_frame_equal(found.frame, alike.frame)
        assert not found.weighs
        assert found.notes[1].en == (
            "Too few told what matters to them: all sides count alike, and no corner is named. Ask "
            "for the importance of each side."
        )
    assert alike.notes[0].en == "Corrected for 2 sides."
    assert not any("Too few" in note.en for note in alike.notes)


def test_ceilings_of_expectations_are_told():
    top = table(**{"expected speed": [10] * 12, "expected price": [10] * 12})
    result = gaps(Survey.from_frame(top, book(), clusters="client"))
    assert any(note.en.startswith("100% of the expectations are the highest mark")
               for note in result.notes)  # fmt: skip


def test_the_table_of_a_client_base_is_the_same_survey():
    rows = [
        (
            client,
            f"2026-01-{n + 1:02d}",
            side,
            MARKS["expected"][k][n],
            MARKS["perceived"][k][n],
            MARKS["importance"][k][n],
        )
        for n, client in enumerate(CLIENTS)
        for k, side in enumerate(("speed", "price"))
    ]
    long = pd.DataFrame(rows, columns=["client_id", "asked_on", "dimension", "expected",
                                       "perceived", "importance"])  # fmt: skip
    survey = expectations_survey(long)
    assert len(survey) == 12
    again = gaps(survey)
    direct = gaps(Survey.from_frame(table(), book(), clusters="client"))
    assert again.overall == pytest.approx(direct.overall)
    assert again.frame["label_ru"].tolist() == ["Скорость", "Цена результата"]


def test_too_few_and_nothing_end_in_a_sentence():
    few = Survey.from_frame(table().head(9), book(), clusters="client")
    clients = Survey.from_frame(table().assign(client="abcabcabcabc"), book(), clusters="client")
    two = table().assign(client=list("abab" * 3))
    said = [gaps(few), gaps(Survey.from_frame(two, book(), clusters="client")), gaps(None),
            gaps(few, expected=None), gaps(expectations_survey(None))]  # fmt: skip
    assert all(isinstance(one, CannotSay) for one in said)
    assert said[0].say() == (
        "9 people of 6 clients answered: too few to tell a gap (10 and 5 are needed)."
    )
    assert said[1].say().startswith("12 people of 2 clients")
    assert len(clients) == 12
    empty = Survey.from_frame(table()[["expected speed", "client"]], book(), clusters="client")
    assert gaps(empty).say().startswith("Fewer than two sides of service")


def test_grids_that_do_not_fit_are_refused():
    survey = Survey.from_frame(table(), book(), clusters="client")
    other = {"name": "x", "questions": [*book(("expected",))["questions"],
                                        *book(("perceived",), 1, 5)["questions"]]}  # fmt: skip
    rows = {
        "name": "x",
        "questions": [
            *book(("expected",))["questions"],
            *book(("perceived",), rows=("price",))["questions"],
        ],
    }
    cases = {
        "expected='wanted' is no grid of scales. The codebook has: expected, perceived, "
        "importance.": lambda: gaps(survey, expected="wanted"),
        "'expected' has the scale 1–10 and 'perceived' 1–5: marks of two scales cannot be "
        "subtracted.": lambda: gaps(Survey.from_frame(table(), other), importance=None),
        "'perceived' has the rows price and 'expected' speed, price: a gap needs the same rows in "
        "the same order.": lambda: gaps(Survey.from_frame(table(), rows), importance=None),
        "expectations: importance is missing; the table has client_id, asked_on, dimension, "
        "expected, perceived. It needs client_id, asked_on, dimension, expected, perceived, "
        "importance.": lambda: expectations_survey(pd.DataFrame(
            [["a", "2026-01-01", "speed", 5, 5]],
            columns=["client_id", "asked_on", "dimension", "expected", "perceived"])),
    }  # fmt: skip
    for message, call in cases.items():
        with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
            call()


def test_it_can_be_drawn_tabled_and_says_synthetic():
    result = gaps(demo_expectations())
    assert repr(result) == "<SYNTHETIC DATA: Gaps: 6 rows, base 120>"
    assert len(result.table().frame) == 6
    assert len(result.plot().figure.axes) == 1


def test_the_clients_with_the_widest_gap_are_named(found):
    # by hand, speed: a −2 and −1, c −3, −1, −2, f −2 and −2, d −2 …
    calls = whom_to_ask(found, "speed", count=3)
    assert calls.frame.to_numpy().tolist() == [["c", -2.0, 3], ["f", -2.0, 2], ["d", -2.0, 1]]
    assert calls.say().startswith("Ask these clients first about «speed»: c, f, d. Widest: c, −2.0")
    assert "О «speed» сначала спросить: c, f, d" in calls.say("ru")
    assert len(calls.plot().figure.axes) == 1


def test_by_default_they_are_asked_about_the_side_to_act_on():
    whole = gaps(demo_expectations())
    assert whom_to_ask(whole).label.en == "Initiative and ideas"
    turned = whom_to_ask(gaps(demo_expectations(reversed=True)))
    assert turned.label.en == "Reports"
    assert repr(turned).startswith("<SYNTHETIC DATA")


def test_nobody_to_ask_ends_in_a_sentence_and_an_unknown_side_is_refused(found):
    same = {f"perceived {side}": MARKS["expected"][k] for k, side in enumerate(("speed", "price"))}
    level = gaps(Survey.from_frame(table(**same), book(), clusters="client"))
    said = [
        whom_to_ask(gaps(None)),
        whom_to_ask(level),
        whom_to_ask(level, "speed"),
        whom_to_ask(gaps(Survey.from_frame(table(), book())), "speed"),
    ]
    assert all(isinstance(one, CannotSay) for one in said)
    assert said[1].say() == "No side surely falls short, so there is nobody to ask about one."
    assert said[2].say() == "No client got less than it expected here."
    assert said[3].say().startswith("It is not known which client answered")
    message = "There is no side 'manners'; use speed, price."
    with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
        whom_to_ask(found, "manners")


def plain_truth(seeds, sides):
    """Mean gap of each side and mean score, computed with numpy alone over many draws."""
    gap, score = np.zeros(len(sides)), 0.0
    for seed in seeds:
        marks = demo_expectations_answers(seed=seed).drop(columns="client").to_numpy(float)
        expected, perceived, importance = np.split(marks, 3, axis=1)
        gap += (perceived - expected).mean(axis=0)
        own = ((perceived - expected) * importance).sum(axis=1) / importance.sum(axis=1)
        score += own.mean()
    return gap / len(seeds), score / len(seeds)


@pytest.mark.simulation
def test_gaps_and_scores_are_covered_and_null_gaps_not_found():
    """400 surveys of the demo's form against the mean of 1,000 other ones."""
    runs, form = 400, expectations_form()
    sides = [row.id for row in form.questions[0].rows]
    gap, score = plain_truth(range(5000, 6000), sides)
    held, score_held, false = np.zeros(len(sides)), 0, 0
    for seed in range(1000, 1000 + runs):
        frame = demo_expectations_answers(seed=seed)
        found = gaps(Survey.from_frame(frame, form, clusters="client", synthetic=True))
        rows = found.frame.set_index("side").loc[sides]
        held += ((rows["low"] <= gap) & (gap <= rows["high"])).to_numpy()
        score_held += found.overall.low <= score <= found.overall.high
        false += (rows.loc[list(NULL), "adjusted"] < 0.05).any()
    assert np.abs(gap[[sides.index(side) for side in NULL]]).max() < 0.02
    assert (held / runs >= 0.925).all()
    assert score_held / runs >= 0.925
    assert false <= binom.ppf(0.99, runs, 0.05)
