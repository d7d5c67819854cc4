"""Shares, scales, ranges and NPS of one question.

speed   hour hour day day week       cumulative 40%, 80%, 100%
mark    1 2 3 4 10                   mean 4, median 3
nps     10 9 8 3 –                   NPS (2 − 1) / 4 = 25
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import demo_survey, published_respondents
from clientlab.demo.survey import LOYALTY, UPSELL
from clientlab.practices import Survey, possible_bases, published, topline
from clientlab.practices.toplines import median
from clientlab.stats import design, proportions

BOOK = {"name": "x", "questions": [
    {"id": "speed", "type": "bands", "text": {"en": "How fast?", "ru": "Как быстро?"},
     "options": [{"id": "hour"}, {"id": "day"}, {"id": "week"}]},
    {"id": "mark", "type": "number", "text": "How many?"},
    {"id": "nps", "type": "nps", "text": "Recommend?"},
    {"id": "rate", "type": "scale", "text": "Rate", "low": 1, "high": 3,
     "anchors": [{"en": "bad", "ru": "плохо"}, {"en": "good", "ru": "хорошо"}]},
    {"id": "words", "type": "text", "text": "Why?"}]}  # fmt: skip
FRAME = pd.DataFrame({
    "speed": ["hour", "hour", "day", "day", "week"], "mark": [1, 2, 3, 4, 10],
    "nps": [10, 9, 8, 3, None], "rate": ["1", "3: good", "3", "2", "good"],
    "words": ["so", "so", "", "no", None]})  # fmt: skip


@pytest.fixture(scope="module")
def survey():
    return Survey.from_frame(FRAME, BOOK)


def test_ranges_add_up(survey):
    found = topline(survey, "speed")
    np.testing.assert_allclose(found.frame["cumulative"], [0.4, 0.8, 1.0])
    wilson = proportions.interval([2, 4], 5)
    np.testing.assert_array_equal(found.frame["cumulative_low"], [*wilson.low, 1])
    np.testing.assert_array_equal(found.frame["cumulative_high"], [*wilson.high, 1])
    assert found.say() == (
        "How fast? «day» and the ranges before it: 80% (38–96%); base 5, intervals of 95%."
    )


def test_a_number_has_mean_and_median(survey):
    found = topline(survey, "mark")
    mean = found.summary["mean"]
    assert mean.estimate == 4
    # R: t.test(c(1, 2, 3, 4, 10))$conf.int = -0.389945165 8.38994517
    assert (mean.low, mean.high) == pytest.approx((-0.389945165, 8.38994517), rel=1e-8)
    assert found.summary["median"].estimate == 3
    assert found.frame["count"].sum() == 5


def test_the_median_lies_between_order_statistics_of_the_binomial():
    # Conover, table A3 (n = 20): the 6th and the 15th value hold the median at 95.86%.
    found = median(np.arange(1.0, 21.0))
    assert (found.estimate, found.low, found.high) == (10.5, 6.0, 15.0)
    assert np.isnan(median(np.arange(5.0)).low)


def test_the_promoter_score_is_that_of_its_groups(survey):
    found = topline(survey, "nps")
    assert found.frame[["option", "count", "base"]].values.tolist() == [
        ["promoters", 2, 4], ["passives", 1, 4], ["detractors", 1, 4],
    ]  # fmt: skip
    assert found.summary["nps"].estimate == pytest.approx(0.25)
    assert found.headline("ru").startswith("NPS: 25 (от ")


def test_a_scale_knows_its_ends(survey):
    found = topline(survey, "rate")
    assert found.frame[["label_ru", "count"]].values.tolist() == [
        ["1: плохо", 1], ["2", 1], ["3: хорошо", 3],
    ]  # fmt: skip


def test_texts_are_counted_without_an_interval(survey):
    found = topline(survey, "words")
    assert found.frame[["option", "count", "base"]].values.tolist() == [["so", 2, 3], ["no", 1, 3]]
    assert found.frame["low"].isna().all()


def test_published_rows_have_the_published_figures_and_no_more():
    made = published_respondents()
    loyalty = topline(made, "loyalty_methods").frame.set_index("option")
    assert loyalty["count"].to_dict() == LOYALTY
    assert set(loyalty["base"]) == {95}
    ways = topline(made, "upsell_ways").frame.set_index("option")
    assert {option: (row["count"], row["base"]) for option, row in ways.iterrows()} == UPSELL
    for question, found in (("loyalty_methods", loyalty), ("upsell_ways", ways)):
        printed = published(question).frame.set_index("option")["figure"]
        np.testing.assert_allclose((100 * found["estimate"]).round(1), printed.loc[found.index])
    assert possible_bases(published("loyalty_methods")).smallest == 95
    none = made.answers["upsell_ways"].values
    assert ((none == 1).sum(axis=1)[none[:, 5] == 1] == 1).all()  # 'none' excludes all others
    assert not made.flags.any().any()


def test_weights_and_clusters_go_through_the_linearised_path():
    made = demo_survey()
    found = topline(made, "upsell_ways").frame
    hits = made.answers["upsell_ways"].values[:, 2].astype(float)
    one = design.proportion(hits, design.Design(clusters=made.clusters), method="wilson")
    row = found[found["option"] == "salesperson"].iloc[0]
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx(
        (one.estimate, one.low, one.high))  # fmt: skip
    assert row["effective_base"] == 180


def test_nothing_depends_on_the_size_of_weights():
    frame = FRAME.assign(w=[1, 2, 1, 3, 1])
    one, ten = (
        Survey.from_frame(frame.assign(w=frame["w"] * k), BOOK, weights="w") for k in (1, 10)
    )
    pd.testing.assert_frame_equal(topline(one, "speed").frame, topline(ten, "speed").frame)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_question_is_said_drawn_and_tabled(lang):
    import matplotlib.pyplot as plt

    from clientlab.session import setup

    setup(lang)
    made = demo_survey()
    for question in made.answers:
        found = topline(made, question)
        assert "SYNTHETIC" in repr(found)
        assert "" not in (found.say(lang), found.headline(lang), found.measures(lang))
        found.plot()
        found.table()
        plt.close("all")


def test_one_answer_and_one_agency_have_a_share_and_no_interval():
    alone = Survey.from_frame(pd.DataFrame({"nps": [9, 3], "agency": ["a", "a"]}), BOOK,
                              clusters="agency")  # fmt: skip
    found = topline(alone, "nps")
    assert found.summary["nps"].estimate == 0
    assert found.frame["low"].isna().all()
    assert (
        topline(alone.only(np.array([False, False])), "nps").say()
        == "Nobody answered «Recommend?»."
    )


def test_without_an_interval_none_is_printed():
    alone = Survey.from_frame(FRAME.assign(agency="a"), BOOK, clusters="agency")
    assert topline(alone, "speed").headline() == "«day» and the ranges before it: 80%"


def test_what_weights_cost_is_noted():
    made = Survey.from_frame(FRAME.assign(w=[1, 1, 1, 1, 4]), BOOK, weights="w")
    assert topline(made, "speed").notes[0].en == "Unequal weights: 5 answers are worth 3."
    assert topline(made, "speed").notes[0].ru == "Неравные веса: ответов 5, стоят они как 3."


def test_ranges_are_added_up_in_the_picture_and_in_the_table(survey):
    from clientlab.session import setup

    setup("en")
    found = topline(survey, "speed")
    assert [text.get_text() for text in found.plot().texts] == [
        "40% (40%)", "40% (80%)", "20% (100%)"]  # fmt: skip
    table = found.table().frame
    assert list(table) == ["option", "count", "estimate", "low", "high", "base",
                           "with all before", "low, with all before",
                           "high, with all before"]  # fmt: skip
    assert table.iloc[1].tolist() == ["day", "2", "40%", "12%", "77%", "5", "80%", "38%", "96%"]
