"""What comes first.

rank of   calls visits gifts audits     12 people; calls first for most
          1     2      3     4          a top 2: the others share place 3.5
"""

import re

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import demo_audit, demo_expectations, published_respondents
from clientlab.practices import Survey, published, ranking
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import ranking as ranks

OPTIONS = ["calls", "visits", "gifts", "audits"]
BOOK = {"name": "x", "questions": [
    {"id": "first", "type": "ranking", "text": {"en": "What first?", "ru": "Что первым?"},
     "options": [{"id": id} for id in OPTIONS]},
    {"id": "marks", "type": "grid", "text": "Rate", "low": 1, "high": 5,
     "rows": [{"id": id} for id in OPTIONS[:3]]},
    {"id": "one", "type": "single", "text": "Which?", "options": [{"id": "a"}, {"id": "b"}]},
]}  # fmt: skip
ROWS = [[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 4, 3], [1, 2, 4, 3], [1, 4, 2, 3], [2, 1, 3, 4]] * 2


def survey(rows=ROWS, **columns):
    table = pd.DataFrame(rows, columns=[f"first {id}" for id in OPTIONS])
    return Survey.from_frame(table.assign(**columns), BOOK,
                             clusters="agency" if "agency" in columns else None)  # fmt: skip


def test_it_is_friedmans_test_and_kendalls_w_of_r():
    # R: friedman.test of the six rows, golden/design/ranking.R; twelve rows double the χ²
    found = ranking(survey(), "first").agreement
    one = ranks.friedman(ROWS[:6])
    assert one.statistic == pytest.approx(9.8)
    assert found.w == pytest.approx(9.8 / (6 * 3))
    assert (found.test, found.base) == ("Friedman", 12)


def test_a_row_for_each_option_the_best_first():
    found = ranking(survey(), "first")
    assert found.frame["option"].tolist() == ["calls", "visits", "gifts", "audits"]
    assert found.frame["mean"].tolist() == pytest.approx([8 / 6, 13 / 6, 3, 21 / 6])
    assert (found.frame["low"] <= found.frame["estimate"]).all()
    assert (found.frame["estimate"] <= found.frame["high"]).all()
    assert found.frame["probability_first"].sum() == pytest.approx(1)
    assert len(found.pairs) == 6


def test_what_a_top_two_leaves_out_shares_the_last_places():
    short = [[rank if rank <= 2 else None for rank in row] for row in ROWS]
    found = ranking(survey(short), "first").frame.set_index("option")
    # calls: 1 for four of six, 2 for two; audits: always 3.5
    assert found.loc[["calls", "audits"], "mean"].tolist() == pytest.approx([8 / 6, 3.5])
    assert found.loc["audits", ["ranked", "base"]].tolist() == [0, 12]
    notes = [note.en for note in ranking(survey(short), "first").notes]
    assert any("shares the last places" in note for note in notes)


def test_what_was_not_shown_is_stretched_instead():
    short = [[rank if rank <= 2 else None for rank in row] for row in ROWS]
    found = ranking(survey(short), "first", unranked="missing").frame.set_index("option")
    assert found.loc["calls", "mean"] == pytest.approx(8 / 6 * 5 / 3)
    assert np.isnan(found.loc["audits", "mean"])
    assert len(ranking(survey(short), "first", unranked="missing").plot().figure.axes) == 1


def test_managers_of_one_agency_are_one_witness():
    agencies = [f"A{row // 3}" for row in range(36)]
    tripled = [row for row in ROWS for _ in range(3)]
    together = ranking(survey(tripled, agency=agencies), "first")
    alone = ranking(survey(), "first")
    np.testing.assert_allclose(together.pairs["p_value"], alone.pairs["p_value"])
    assert together.agreement.test == "Wald"


def test_rows_of_a_grid_are_ranked_by_their_marks():
    found = ranking(demo_expectations(), "importance")
    assert found.frame["mean"].is_monotonic_decreasing
    assert found.frame.loc[0, "option"] == "quality"
    assert found.frame.loc[0, ["low", "high"]].tolist() == [1, 1]


def test_a_mark_that_is_missing_is_no_last_place():
    marks = [[5, 3, 4], [4, 2, 5], [5, 1, 3], [4, 3, 2], [5, 2, 4], [3, 4, 5]] * 2
    table = pd.DataFrame(marks, columns=[f"marks {id}" for id in OPTIONS[:3]]).astype(float)
    known = ranking(Survey.from_frame(table, BOOK), "marks").agreement
    more = pd.concat([table, table.assign(**{"marks calls": np.nan})], ignore_index=True)
    found = ranking(Survey.from_frame(more, BOOK), "marks")
    assert found.agreement == known  # the twelve who marked all three
    assert found.frame["base"].tolist() == [12, 24, 24]


def test_one_order_for_all_and_too_few_clusters_are_told_as_such():
    agencies = [f"A{row // 3}" for row in range(12)]
    same = ranking(survey([[1, 2, 3, 4]] * 12, agency=agencies), "first")
    few = ranking(survey(agency=[f"A{row // 4}" for row in range(12)]), "first")
    assert same.notes[0].en.endswith("Wald): everybody gave the same order.")
    assert same.notes[0].ru.endswith("критерий Вальда): у всех один и тот же порядок.")
    assert few.notes[0].en.endswith("Wald): too few clusters to test it.")


def test_a_printed_place_is_held_against_the_places_ours_allow():
    managers, clients = demo_audit()
    printed = published("agency_priorities_half_year")
    found = ranking(managers, "priorities", published=printed)
    row = found.frame.set_index("option").loc["retention"]
    assert row["published_rank"] == 5
    assert row["high"] < 5
    assert row["verdict"] == "higher"
    assert found.headline() == (
        "«Keeping clients»: place 2–3 of 7 with us, 5 in print: higher with us"
    )
    other = ranking(clients, "wishes", published=published("client_wishes"))
    assert other.frame.set_index("option").loc["client_service", "verdict"] == "cannot"
    assert "S1" in found.provenance.source.en


def test_reversed_answers_turn_the_words():
    managers, _ = demo_audit(reversed=True)
    found = ranking(managers, "priorities", published=published("agency_priorities_half_year"))
    assert found.frame.set_index("option").loc["retention", "verdict"] != "higher"
    assert found.frame.loc[0, "option"] == "finances"


def test_the_words_tell_what_may_be_first():
    found = ranking(survey(), "first")
    assert found.say().startswith("Which comes first cannot be told: «calls», «visits»")
    assert "pairs can be told apart; base 12" in found.say()
    assert "Что на первом месте, сказать нельзя" in found.say("ru")
    sure = ranking(survey([[1, 2, 3, 4]] * 12), "first")
    assert sure.headline() == "«calls» comes first, surely"
    assert sure.decide().startswith("Plan «calls» first")


def test_too_few_and_nothing_end_in_a_sentence():
    said = [
        ranking(survey(ROWS[:6]), "first"),
        ranking(None, "first"),
        ranking(survey(), None),
        ranking(survey(), "marks"),
        ranking(survey(), "first", published=published(None)),
    ]
    assert all(isinstance(one, CannotSay) for one in said)
    assert said[0].say() == (
        "6 respondents in 6 clusters ranked these: too few to tell any order (10 and 3 are needed)."
    )
    assert said[3].say().startswith("Fewer than two of these rows were answered")


def test_what_is_no_ranking_is_refused():
    data = survey(one="a")
    message = "'one' is of type 'single': only a ranking, or a grid of scales, can be ranked."
    with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
        ranking(data, "one")
    message = (
        "No printed rank belongs to an option of ours. Printed: retention. Ours: calls, visits, "
        "gifts, audits."
    )
    with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
        ranking(data, "first", published=published("agency_priorities_half_year"))
    with pytest.raises(InvalidValue, match=r"^There is no question 'priorities'"):
        ranking(published_respondents(), "priorities")


def test_it_can_be_tabled_and_says_synthetic():
    printed = published("agency_priorities_half_year")
    found = ranking(demo_audit()[0], "priorities", published=printed)
    assert repr(found).startswith("<SYNTHETIC DATA: Ranking: 7 rows, base 120>")
    assert len(found.table().frame) == 7
    assert len(found.plot().figure.axes) == 1
