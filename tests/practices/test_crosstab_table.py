"""The banner as it is handed round, its words, and what suppression leaves of it.

          small (40)  middle (40)  large (20)  tiny (5)
calls     75% BC      45%          40%*        (100%)
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.practices import Survey, crosstab, surest
from clientlab.results import CannotSay
from clientlab.session import setup

BOOK = {"name": "x", "questions": [
    {"id": "size", "type": "single", "text": {"en": "Size?", "ru": "Размер?"}, "ordered": True,
     "options": [{"id": one} for one in ("small", "middle", "large", "tiny")]},
    {"id": "ways", "type": "multi", "text": {"en": "Ways?", "ru": "Способы?"},
     "options": [{"id": "calls"}, {"id": "mail"}]},
    {"id": "mark", "type": "scale", "text": "Mark?", "low": 1, "high": 9}]}  # fmt: skip
SIZES = {"small": (40, 30), "middle": (40, 18), "large": (20, 8), "tiny": (5, 5)}


@pytest.fixture(scope="module")
def survey():
    return Survey.from_frame(pd.DataFrame({
        "size": np.repeat(list(SIZES), [n for n, _ in SIZES.values()]),
        "ways[calls]": np.concatenate([np.arange(n) < k for n, k in SIZES.values()]).astype(int),
        "ways[mail]": np.arange(105) % 2, "mark": 1 + np.arange(105) % 9,
    }), BOOK)  # fmt: skip


def test_the_table_shows_bases_letters_and_marks(survey):
    setup("en")
    found = crosstab(survey, "ways", "size").table()
    assert list(found.frame) == ["", "A: small", "B: middle", "C: large", "D: tiny"]
    assert found.frame.iloc[0].tolist() == ["Base", "40", "40", "20", "5"]
    assert found.frame.iloc[1].tolist() == ["calls", "75% BC", "45%", "40%*", "(100%)"]
    assert found.footer.startswith(
        "Letters: higher than that group; ( ): base under 10, not tested; *: base under 30 · "
        "tested pairs: 6, rows: 2; without any difference, rows with a letter by chance: up to 0.1"
    )


def test_many_questions_by_many_banners_are_one_table(survey):
    setup("ru")
    found = crosstab(survey, ["ways", "mark"], ["size", "ways"]).table().frame
    assert found[""].tolist() == ["Способы? База", "calls", "mail", "Mark? База", "среднее"]
    assert list(found)[1] == "Размер? A: small"
    assert list(found)[-1] == "Способы? B: mail"
    setup("en")


def test_weights_tell_what_the_answers_are_worth():
    setup("en")
    frame = pd.DataFrame({"size": ["small"] * 20 + ["large"] * 20, "mark": list(range(1, 9)) * 5,
                          "w": [1, 3] * 20})  # fmt: skip
    found = crosstab(Survey.from_frame(frame, BOOK, weights="w"), "mark", "size")
    assert found.table().frame.iloc[0].tolist() == ["Base", "20 (worth 16)", "20 (worth 16)"]


def test_the_notes_tell_how_many_tests_were_made_and_what_chance_gives(survey):
    counted = "Tested pairs: 6, rows: 2; without any difference, "
    by_row, by_pair = (
        [note.en for note in crosstab(survey, "ways", "size", adjust=adjust).notes]
        for adjust in ("holm", None)
    )
    assert counted + "rows with a letter by chance: up to 0.1." in by_row
    assert counted + "letters by chance: up to 0.3." in by_pair


def test_the_answer_has_the_intervals_of_both_groups(survey):
    found = crosstab(survey, "ways", "size")
    assert found.headline() == "«calls»: small — 75%, middle — 45%; 1 more difference"
    assert found.say() == (
        "«calls»: small — 75% (60–86%), middle — 45% (31–60%); 1 more difference (base 105)."
    )
    assert crosstab(survey, "mark", "size").say("ru") == "Группы различить нельзя (база 105)."


def test_where_nothing_can_be_tested_it_is_said(survey):
    few = survey.only(np.arange(105) % 12 == 0)
    found = crosstab(few, "ways", "size")
    assert found.say() == "No two groups are large enough to be compared (base 9)."
    assert found.say("ru") == "Нет двух групп, достаточно больших для сравнения (база 9)."
    assert isinstance(surest(found), CannotSay)
    assert found.decide() == "Do not report differences between these groups."


def test_the_base_is_who_answered_and_is_in_a_group():
    frame = pd.DataFrame({"size": ["small", "small", "", "large"], "mark": [1, None, 3, 4]})
    found = crosstab(Survey.from_frame(frame, BOOK), "mark", "size")
    assert found.provenance.base == 2


def test_suppressed_groups_leave_no_trace(survey):
    whole = crosstab(survey, "ways", "size")
    found = whole.suppressed()
    assert set(found.frame.loc[found.frame["mark"] == "hidden", "group"]) == {"tiny", "large"}
    assert found.frame[found.frame["option"] == "calls"]["letters"].tolist() == ["B", "", "", ""]
    tests = found.tests()
    touched = tests["higher"].isin(["tiny", "large"]) | tests["lower"].isin(["tiny", "large"])
    assert tests.loc[touched, ["p_value", "adjusted"]].isna().all().all()
    assert found.why("A>C", option="calls") == (
        "A (small) 75% (base 40); C (large) – (base 20); not shown: the group is too small."
    )
    assert found.table().frame.iloc[1].tolist() == ["calls", "75% B", "45%", "–", "–"]
    assert "large" not in found.say()
    assert whole.tests()["p_value"].notna().sum() == 6  # what was suppressed is still there


def test_a_banner_of_more_than_26_groups_parts_its_letters():
    options = [{"id": f"g{n}"} for n in range(28)]
    book = {
        "name": "x",
        "questions": [
            {"id": "g", "type": "single", "text": "g", "options": options},
            {"id": "q", "type": "single", "text": "q", "options": [{"id": "yes"}, {"id": "no"}]},
        ],
    }
    groups = np.repeat([option["id"] for option in options], 40)
    frame = pd.DataFrame({"g": groups, "q": np.where(groups == "g27", "yes", "no")})
    found = crosstab(Survey.from_frame(frame, book), "q", "g")
    last = found.frame[(found.frame["option"] == "yes") & (found.frame["group"] == "g27")].iloc[0]
    assert last["letter"] == "AB"
    assert last["letters"].split()[-2:] == ["Z", "AA"]
    assert len(last["letters"].split()) == 27
    assert found.suppressed(41).frame["letters"].eq("").all()


@pytest.mark.parametrize("weights", [None, "w"])
def test_groups_that_each_answer_alike_are_told_apart(weights):
    frame = pd.DataFrame({
        "size": ["small"] * 10 + ["middle"] * 12 + ["large"] * 11,
        "mark": [2] * 10 + [8] * 12 + [8] * 11, "w": [1, 1.5, 0.7] * 11})  # fmt: skip
    made = Survey.from_frame(frame, BOOK, weights=weights)
    found = crosstab(made, "mark", "size", min_base=5)
    p = found.tests()["p_value"].tolist()
    # Two answers, each of one group: 1 / C(22, 10) and 1 / C(21, 10)
    assert p == pytest.approx([1 / 646646, 1 / 352716, 1.0])
    assert found.frame["letters"].tolist() == ["", "A", "A"]


@pytest.mark.parametrize("more", [{}, {"weights": "w"}, {"clusters": "agency"},
                                  {"weights": "w", "clusters": "agency"}])  # fmt: skip
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_one_two_or_three_answers_end_in_sentences(rows, more):
    frame = pd.DataFrame({"size": ["small", "large", "small"], "ways": ["calls", "", "mail; calls"],
                          "mark": [3, 9, 1], "w": [1, 2, 0], "agency": "a"}).head(rows)  # fmt: skip
    made = Survey.from_frame(frame, BOOK, **more)
    for question in ("size", "ways", "mark"):
        for by in ("size", "ways"):
            found = crosstab(made, question, by)
            assert found.say().startswith("No two groups are large enough to be compared (base ")
            assert found.frame["estimate"].notna().any()
            found.table(), found.groups(), found.suppressed()


def test_who_counts_for_nothing_answered_nothing():
    from clientlab.practices import topline

    frame = pd.DataFrame({"mark": [1, 2, None, None], "w": [0, 0, 1, 2]})
    made = Survey.from_frame(frame, BOOK, weights="w")
    assert topline(made, "mark").say() == "Nobody answered «Mark?»."


def test_many_groups_are_named_under_the_title_instead_of_above_their_columns(survey):
    options = [{"id": f"g{n}", "label": f"A rather long name {n}"} for n in range(8)]
    book = {"name": "x", "questions": [
        {"id": "g", "type": "single", "text": "Group?", "options": options},
        {"id": "q", "type": "single", "text": "Yes?",
         "options": [{"id": "yes"}, {"id": "no"}]}]}  # fmt: skip
    frame = pd.DataFrame({"g": [f"g{n % 8}" for n in range(160)], "q": ["yes", "no"] * 80})
    found = crosstab(Survey.from_frame(frame, book), "q", "g")
    assert found.measures().endswith("G\N{NO-BREAK SPACE}A rather long name 6, "
                                     "H\N{NO-BREAK SPACE}A rather long name 7")  # fmt: skip
    titles = [text.get_text() for text in found.plot().get_xticklabels()]
    assert titles[0] == "A\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}20"
    few = crosstab(survey, "ways", "size").plot()
    assert few.get_xticklabels()[0].get_text() == "A: small\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}40"


def test_letters_that_chance_over_all_rows_explains_are_told_as_such():
    options = [{"id": f"o{n}"} for n in range(12)]
    book = {"name": "x", "questions": [
        {"id": "g", "type": "single", "text": "g", "options": [{"id": "a"}, {"id": "b"}]},
        {"id": "q", "type": "multi", "text": "q", "options": options}]}  # fmt: skip
    frame = pd.DataFrame({"g": ["a"] * 40 + ["b"] * 40})
    for n in range(12):
        frame[f"q[o{n}]"] = np.tile(np.arange(40) < 20, 2).astype(int)
    few, many = frame.copy(), frame.copy()
    few["q[o3]"] = [1] * 27 + [0] * 13 + [1] * 17 + [0] * 23  # p = 0.025, times 12 rows 0.30
    many["q[o3]"] = [1] * 36 + [0] * 4 + [1] * 12 + [0] * 28
    doubtful, sure = (crosstab(Survey.from_frame(one, book), "q", "g") for one in (few, many))
    said = "No letter would hold if the pairs were corrected over all rows."
    assert (doubtful.frame["letters"] != "").sum() == (sure.frame["letters"] != "").sum() == 1
    assert said in [note.en for note in doubtful.notes]
    assert said not in [note.en for note in sure.notes]
    assert doubtful.decide().startswith("Look for these differences in another survey before any")
    assert sure.decide().startswith("Ask the group that stands higher what it does otherwise")


def test_where_nobody_answered_both_it_is_said():
    frame = pd.DataFrame({"size": ["small", ""], "mark": [None, 3]})
    found = crosstab(Survey.from_frame(frame, BOOK), "mark", "size")
    assert isinstance(found, CannotSay)
    assert found.say("ru") == "Никто не ответил на оба вопроса: «Mark?»; «Размер?»."


def test_a_ranking_is_compared_by_its_first_places():
    book = {"name": "x", "questions": [
        {"id": "g", "type": "single", "text": "g", "options": [{"id": "a"}, {"id": "b"}]},
        {"id": "r", "type": "ranking", "text": "Rank", "options": [
            {"id": "x"}, {"id": "y"}, {"id": "z"}]}]}  # fmt: skip
    ranks = ["x; y"] * 16 + ["y; x"] * 4 + ["y; z"] * 15 + ["x; z"] * 5
    frame = pd.DataFrame({"g": ["a"] * 20 + ["b"] * 20, "r": ranks})
    found = crosstab(Survey.from_frame(frame, book), "r", "g").frame
    cells = found[found["option"] == "x"]
    assert cells[["count", "base", "letters"]].values.tolist() == [[16, 20, "B"], [5, 20, ""]]
