"""Our answers beside printed ones.

ours    a: 56 of 70, b: 7 of 70       print  a 60.0%, b 10.0%, c almost 30%  (base 80 named)
a       0.8 − 0.6 = 0.2 (0.0524 to 0.3339), Newcombe (1998)
"""

import re

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import demo_survey, published_respondents
from clientlab.practices import (
    Survey,
    against_published,
    possible_bases,
    published,
    published_topline,
)
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import design, mover

BOOK = {"name": "x", "questions": [
    {"id": "ways", "type": "multi", "text": {"en": "How?", "ru": "Как?"},
     "options": [{"id": "a", "label": {"en": "Calls", "ru": "Звонки"}},
                 {"id": "b", "label": {"en": "Visits", "ru": "Встречи"}},
                 {"id": "c"}, {"id": "own"}, {"id": "nothing", "exclusive": True}]},
    {"id": "speed", "type": "bands", "text": "How fast?",
     "options": [{"id": "hour"}, {"id": "day"}, {"id": "week"}]},
    {"id": "one", "type": "single", "text": "Which?", "options": [{"id": "a"}, {"id": "b"}]},
]}  # fmt: skip
HEADER = "source,question,type,option,label_en,label_ru,figure,unit,precision\n"
FIGURES = (
    HEADER
    + """own,ways,multi,a,Calls,Звонки,60.0,percent of agencies,exact
own,ways,multi,second,Visits,Встречи,10.0,percent of agencies,exact
own,ways,multi,c,Third,Третье,30,percent of agencies,almost
own,ways,multi,d,Fourth,Четвёртое,20.0,percent of agencies,exact
own,speed,ordered,day_cumulative,Within a day,За день,70,percent of agencies,more_than
own,speed,ordered,week,Within a week,За неделю,20.0,percent of agencies,exact
own,mean,mean,years,Years,Годы,3.7,years,exact
own,bound,multi,a,Calls,Звонки,70,percent of agencies,more_than
"""
)


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.csv"
    path.write_text(FIGURES, "utf-8")
    return lambda question: published(question, source=path)


def frame(people=70, first=56, second=7, third=40):
    table = pd.DataFrame({f"ways {option}": np.zeros(people, int)
                          for option in ("a", "b", "c", "own", "nothing")})  # fmt: skip
    table.loc[: first - 1, "ways a"] = 1
    table.loc[: second - 1, "ways b"] = 1
    table.loc[: third - 1, "ways c"] = 1
    table["ways nothing"] = (table.sum(axis=1) == 0).astype(int)
    table["speed"] = (["hour"] * 10 + ["day"] * 10 + ["week"] * people)[:people]
    table["one"] = "a"
    table["agency"] = [f"A{row // 2}" for row in range(people)]
    return table


@pytest.fixture
def survey():
    return Survey.from_frame(frame(), BOOK)


def test_a_plain_survey_gives_newcombes_difference(survey, study):
    found = against_published(survey, "ways", study("ways"), base=80).frame.set_index("option")
    row = found.loc["a", ["ours", "published", "estimate", "low", "high"]]
    assert row.tolist() == pytest.approx([0.8, 0.6, 0.2, 0.0524, 0.3339], abs=5e-5)
    assert found["base"].tolist() == [70, 70, 70]
    assert found["published_base"].tolist() == [80, 80, 80]


def test_options_go_together_by_id_and_by_label(survey, study):
    found = against_published(survey, "ways", study("ways"), base=80)
    assert found.frame["option"].tolist() == ["a", "second", "c"]
    assert found.frame.loc[1, "ours"] == pytest.approx(0.1)
    assert any("1 printed, 2 of ours" in note.en for note in found.notes)


def test_a_bound_has_no_point_and_one_end(survey, study):
    row = (
        against_published(survey, "ways", study("ways"), base=80).frame.set_index("option").loc["c"]
    )
    # ours 40 of 70 = 57%, print 'almost 30%': at least as far apart as from 30% itself
    at_bound = mover.difference(mover.Side(40 / 70, 70), mover.Side(0.3, 80))
    assert np.isnan(row["estimate"])
    assert np.isnan(row["high"])
    assert row["low"] == pytest.approx(at_bound.low)
    assert row["verdict"] == "higher"


def test_under_a_bound_from_above_nothing_is_found(study):
    few = Survey.from_frame(frame(third=2), BOOK)
    row = against_published(few, "ways", study("ways"), base=80).frame.set_index("option").loc["c"]
    assert (row["p_value"], row["verdict"]) == (1.0, "cannot")


def test_ranges_are_added_up_to_a_cumulative_option(survey, study):
    found = against_published(survey, "speed", study("speed"), base=50).frame.set_index("option")
    assert found.loc["day_cumulative", "ours"] == pytest.approx(20 / 70)
    assert found.loc["week", "ours"] == pytest.approx(50 / 70)
    # 'more than 70%' and ours 29%: surely lower, told by the high end alone
    assert found.loc["day_cumulative", "verdict"] == "lower"
    assert np.isnan(found.loc["day_cumulative", "low"])
    assert found.loc["day_cumulative", "high"] < 0


def test_clusters_make_it_the_linearised_share(study):
    survey = Survey.from_frame(frame(), BOOK, clusters="agency")
    row = against_published(survey, "ways", study("ways"), base=80).frame.iloc[0]
    ticked = np.repeat([1.0, 0.0], [56, 14])
    own = design.proportion(ticked, design.Design(clusters=np.arange(70) // 2), method="wilson")
    assert (row["ours_low"], row["ours_high"]) == pytest.approx((own.low, own.high))
    assert row["low"] < 0.0524  # wider than without clusters
    assert row["effective_base"] < 70


def test_every_cluster_once_is_the_mean_of_the_clusters(study):
    table = frame(people=40, first=20)
    table["agency"] = ["big"] * 20 + [f"A{row}" for row in range(20)]
    survey = Survey.from_frame(table, BOOK, clusters="agency")
    alike = against_published(survey, "ways", study("ways"), base=80).frame.iloc[0]
    once = against_published(survey, "ways", study("ways"), base=80, each="cluster").frame.iloc[0]
    assert alike["ours"] == pytest.approx(20 / 40)
    assert once["ours"] == pytest.approx(1 / 21)  # one agency of 21, all of whose people tick it


def test_without_clusters_everybody_is_one(survey, study):
    once = against_published(survey, "ways", study("ways"), base=80, each="cluster")
    plain = against_published(survey, "ways", study("ways"), base=80)
    pd.testing.assert_frame_equal(once.frame, plain.frame)
    assert "each='cluster'" not in once.notes[1].en


def test_the_smallest_base_is_taken_and_the_next_one_tried():
    found = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"))
    assert set(found.frame["published_base"]) == {95}
    assert found.next_base == 190
    assert "95 is the smallest possible. On the next possible one 0 of 19" in found.notes[0].en
    named = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"),
                              base=190)  # fmt: skip
    assert found.frame["verdict_next"].tolist() == named.frame["verdict"].tolist()


def test_options_without_a_common_base_have_their_own():
    found = against_published(demo_survey(), "upsell_ways", published("upsell_ways"))
    assert found.frame["published_base"].tolist() == [96, 96, 96, 97, 97, 97]
    own = possible_bases(published("upsell_ways")).neighbouring
    counts = published_topline(published("upsell_ways"), base=own)
    assert found.frame["published"].tolist() == pytest.approx(counts.frame["estimate"].tolist())


def test_it_is_corrected_over_the_options():
    found = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"))
    raw = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"),
                            adjust="bonferroni")  # fmt: skip
    np.testing.assert_allclose(raw.frame["adjusted"], np.minimum(1, 19 * found.frame["p_value"]))
    assert (found.frame["adjusted"] <= raw.frame["adjusted"] + 1e-12).all()


@pytest.mark.parametrize("measured", [0.82, [3, 5, 70], pd.Series([12.0, 40.0])])
def test_what_was_measured_is_refused_in_words(measured):
    found = against_published(measured, "response_speed", published("response_speed"))
    assert isinstance(found, CannotSay)
    assert found.say() == (
        "No difference: one side is measured, the other is what people say of themselves. Requests "
        "and agencies are different units, and nobody timed the agencies. place(measured, "
        "published) tells into which printed range the measured falls."
    )
    assert "Разности нет" in found.say("ru")


def test_the_words_tell_both_directions_with_base_and_interval(survey, study):
    found = against_published(survey, "ways", study("ways"), base=80)
    assert found.headline() == (
        "More often with us: «Third» 57% against under 30%; 1 more difference"
    )
    assert found.say("ru").startswith(
        "У нас чаще: «Третье» 57%, в публикации меньше 30%; ещё отличий: 1. Самое большое "
        "отличие: «Третье» 57%, в публикации меньше 30% (у нас 45–68%, база 70; у них 80): "
        "разность не меньше"
    )
    assert "share of respondents, the study's a share of agencies" in found.notes[1].en


def test_only_a_base_that_was_not_named_may_be_larger():
    told = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"))
    named = against_published(demo_survey(), "loyalty_methods", published("loyalty_methods"),
                              base=190)  # fmt: skip
    assert "theirs 95 or more)" in told.say()
    assert "theirs 190)" in named.say()


def test_an_option_without_a_column_in_the_export_is_not_compared(study):
    whole = against_published(Survey.from_frame(frame(), BOOK), "ways", study("ways"), base=80)
    held = Survey.from_frame(frame().drop(columns="ways b"), BOOK)
    found = against_published(held, "ways", study("ways"), base=80)
    assert found.frame["option"].tolist() == ["a", "c"]
    assert found.frame["ours"].tolist() == whole.frame["ours"].tolist()[::2]
    assert any("2 printed, 3 of ours" in note.en for note in found.notes)
    none = Survey.from_frame(frame()[["ways own", "ways nothing"]], BOOK)
    assert against_published(none, "ways", study("ways"), base=80).say() == (
        "The export has no column for any option that was printed. Add the wording of "
        'its headers to the codebook: also: ["…"].'
    )


def test_clusters_that_all_have_the_same_share_are_not_sure_of_it(study):
    # 20 agencies of two, in each of which one ticks: no scatter at all
    table = frame(people=40, first=0)
    table["ways a"] = [0, 1] * 20
    row = against_published(Survey.from_frame(table, BOOK, clusters="agency"), "ways",
                            study("ways"), base=80).frame.iloc[0]  # fmt: skip
    assert row[["ours", "effective_base", "verdict"]].tolist() == [0.5, 40, "cannot"]
    assert row["ours_low"] < 0.36


def test_one_answer_of_a_list_is_no_practice_that_is_left_out(study):
    table = frame().assign(speed=["hour"] * 70)
    found = against_published(Survey.from_frame(table, BOOK), "speed", study("speed"), base=50)
    assert found.told("lower")["option"].tolist() == ["week"]
    assert found.decide() == (
        "Decide whether fewer of us should say «Within a week» than there: one answer of a list is "
        "neither ahead nor behind by itself."
    )


def test_no_difference_is_said_as_such(study):
    survey = Survey.from_frame(frame(first=42, third=10), BOOK)
    found = against_published(survey, "ways", study("ways"), base=80)
    assert found.headline() == "None of 3 answers can be told apart from the printed ones"
    assert found.decide().startswith("Do not call us behind the market")


def test_the_decision_leaves_out_who_does_nothing():
    found = against_published(demo_survey(), "upsell_ways", published("upsell_ways"))
    assert "none" in set(found.told("lower")["option"])
    assert "No purposeful" not in found.decide()


def test_synthetic_data_and_both_sources_are_named():
    found = against_published(demo_survey(), "upsell_ways", published("upsell_ways"))
    assert found.provenance.synthetic
    assert found.provenance.source.en.startswith("invented holding; S4")
    assert found.table().frame.shape[0] == 6
    assert len(found.plot().figure.axes) == 1


def test_what_is_missing_ends_in_a_sentence(survey, study, tmp_path):
    said = [
        against_published(None, "ways", study("ways")),
        against_published(survey, None, study("ways")),
        against_published(survey, "ways", published(None)),
        against_published(survey, "ways", study("bound")),
        against_published(survey, "ways", study("mean")),
        against_published(survey.only(np.zeros(70, bool)), "ways", study("ways"), base=80),
        against_published(survey.only(np.arange(70) < 9), "ways", study("ways"), base=80),
    ]
    assert all(isinstance(one, CannotSay) for one in said)
    assert said[3].say().startswith("No base fits these printed figures, or none can be told")
    assert said[4].say().startswith("Nothing of this question was printed as percent")
    assert said[6].say() == (
        "«How?»: 9 answers; at least 10 are needed to be held against printed figures."
    )
    bound = against_published(survey, "ways", study("bound"), base=80)
    assert bound.frame["verdict"].tolist() == ["cannot"]
    one = frame()
    one["agency"] = "A"
    alone = against_published(Survey.from_frame(one, BOOK, clusters="agency"), "ways",
                              study("ways"), base=80)  # fmt: skip
    assert alone.say().startswith("All answers come from one cluster")


def test_what_does_not_belong_together_is_refused(survey, study):
    cases = {
        "'one' is of type 'single' and was printed as 'multi': shares of a list with one answer "
        "and of one with many are not alike. Ask it as it was printed.":
            lambda: against_published(survey, "one", study("ways"), base=80),
        "each='agency' is not known; use one of respondent, cluster.":
            lambda: against_published(survey, "ways", study("ways"), base=80, each="agency"),
        "No option is on both sides. Printed: within_15_min, within_1_h_cumulative, within_3_h. "
        "Ours: hour, day, week. Give the options of the codebook the printed ids, or add the "
        "printed wording: also: [\"…\"].":
            lambda: against_published(survey, "speed", published("response_speed")),
    }  # fmt: skip
    for message, call in cases.items():
        with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
            call()


def test_rows_that_are_no_respondents_have_no_agencies():
    with pytest.raises(InvalidValue, match=r"^Counting agencies joins the answers of a respondent"):
        against_published(published_respondents(), "loyalty_methods",
                          published("loyalty_methods"), each="cluster")  # fmt: skip


@pytest.mark.simulation
def test_a_market_like_ours_is_not_called_another_more_often_than_promised(study):
    """Nineteen options of the same shares on both sides, 60 managers in 15 agencies."""
    from scipy.stats import binom

    random, runs, found = np.random.default_rng(7), 1000, 0
    truth = np.linspace(0.05, 0.55, 19)
    clusters = np.arange(60) // 4
    for _ in range(runs):
        own = 1 / (1 + np.exp(-(np.log(truth / (1 - truth))
                                + random.normal(0, 0.35, (15, 19))[clusters])))  # fmt: skip
        ticks = (random.random((60, 19)) < own).astype(float)
        sides = mover.effective(
            design.proportion(ticks, design.Design(clusters=clusters), method="wilson"), 0.95
        )
        printed = mover.Side(random.binomial(95, truth) / 95, np.full(19, 95.0))
        p = np.sort(mover.p_value(sides, printed))
        found += (p * (19 - np.arange(19)) < 0.05)[0]
    assert found <= binom.ppf(0.99, runs, 0.05)
