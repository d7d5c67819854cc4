"""Published figures: as printed, with intervals, and what non-response allows.

option    printed   base   count   95% Wilson
feedback  54.7      95     52      0.447–0.644
events    29.5      95     28      0.212–0.393
"""

import shutil

import pandas as pd
import pytest

from clientlab.practices import possible_bases, published, published_topline, unanswered
from clientlab.practices.published import FIGURES
from clientlab.practices.study import Study
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

HEADER = "source,question,type,option,label_en,figure,unit,precision\n"


@pytest.fixture
def write(tmp_path):
    """A study of one's own, from rows of text."""

    def write(text: str, encoding: str = "utf-8"):
        path = tmp_path / "study.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_all_published_figures_are_there():
    """Counted by hand in the articles' table: 38 figures in 11 questions."""
    frame = Study.read(FIGURES).frame
    assert len(frame) == 38
    assert frame["question"].nunique() == 11
    assert frame["precision"].value_counts().to_dict() == {
        "exact": 31,
        "more_than": 3,
        "rank": 2,
        "almost": 1,
        "at_least": 1,
    }
    assert (frame["label_en"] != frame["label_ru"]).all()


def test_every_source_and_question_is_described():
    study = Study.read(FIGURES)
    for question in study.questions:
        assert study.title(question).en != question
    assert "Ruward" in study.credit(["S1"]).ru


def test_loyalty_figures_are_those_of_the_article():
    figures = published("loyalty_methods").frame.set_index("option")["figure"]
    assert figures[["feedback", "expertise", "gamification", "community"]].tolist() == [
        54.7,
        55.8,
        3.2,
        5.3,
    ]


def test_words_of_precision_are_kept():
    assert published("response_speed").say() == (
        "Figures printed: 3; the highest: «Within 1 hour (first three bands together)», almost "
        "70%; no base was printed"
    )
    assert "больше 7 г." in published("tenure").say("ru")


def test_a_share_has_the_wilson_interval_of_its_count():
    rows = published_topline(published("loyalty_methods")).frame.set_index("option")
    # R: prop.test(52, 95, correct = FALSE)$conf.int
    assert rows.loc["feedback", ["count", "base"]].tolist() == [52, 95]
    assert rows.loc["feedback", "low"] == pytest.approx(0.447382669139246, rel=1e-10)
    assert rows.loc["feedback", "high"] == pytest.approx(0.643672239472804, rel=1e-10)


def test_a_named_base_is_used_and_said():
    shares = published_topline(published("loyalty_methods"), base=190)
    assert shares.frame.loc[0, ["count", "base"]].tolist() == [104, 190]
    assert "named" in shares.notes[0].en


def test_a_base_by_option_serves_options_that_cannot_share_one():
    upsell = published("upsell_ways")
    bases = {"expand": 96, "new_services": 96, "salesperson": 96}
    bases |= {"team_lead": 97, "director": 97, "none": 97}
    shares = published_topline(upsell, base=bases)
    assert shares.frame["count"].tolist() == [70, 53, 18, 35, 38, 15]


def test_figures_that_are_not_exact_percent_are_set_aside_and_noted():
    shares = published_topline(published("response_speed"))
    assert shares.frame["option"].tolist() == ["within_15_min", "within_3_h"]
    assert shares.provenance.rows_set_aside == 1
    assert shares.notes[0].en == "Left out: 1 not printed exactly as percent."


def test_a_base_that_does_not_fit_is_refused():
    with pytest.raises(InvalidValue) as caught:
        published_topline(published("loyalty_methods"), base=96)
    assert str(caught.value) == (
        "54.7% of 'feedback' is not a rounded share of 96 answers. "
        "possible_bases() lists the bases that fit."
    )
    with pytest.raises(InvalidValue) as caught:
        published_topline(published("upsell_ways"), base={"expand": 96})
    assert str(caught.value) == (
        "No base is named for new_services, salesperson, team_lead, director, none. "
        "Name one for every option, or one number for all."
    )


def test_options_that_share_no_plausible_base_give_a_sentence():
    found = published_topline(published("upsell_ways"))
    assert isinstance(found, CannotSay)
    assert found.say() == (
        "These options cannot share a plausible base, so no interval is given on one. Name the "
        "bases: published_topline(study, base=possible_bases(study).neighbouring), or a number "
        "that you know."
    )


def test_figures_without_an_exact_percentage_give_a_sentence():
    found = published_topline(published("tenure"))
    assert found.say().startswith("None of these figures was printed as an exact percentage")


def test_the_decimals_printed_are_those_of_the_file(write):
    whole = HEADER + "M,q,multi,a,A,33,percent,exact\nM,q,multi,b,B,67,percent,exact\n"
    assert published_topline(published("q", source=write(whole))).frame["base"].tolist() == [3, 3]
    fine = HEADER + "M,q,multi,a,A,33.33,percent,exact\nM,q,multi,b,B,66.67,percent,exact\n"
    study = published("q", source=write(fine))
    assert study.decimals == 2
    assert possible_bases(study).smallest == 3


def test_non_response_bounds_are_those_of_manski():
    shares = published_topline(published("loyalty_methods"))
    bounds = unanswered(shares, "feedback", answered=(1.0, 0.5)).frame
    share = 52 / 95
    assert bounds["low"].tolist() == pytest.approx([share, share / 2])
    assert bounds["high"].tolist() == pytest.approx([share, share / 2 + 0.5])


def test_bounds_by_default_take_the_highest_share():
    shares = published_topline(published("loyalty_methods"))
    assert unanswered(shares).frame["option"].unique().tolist() == ["expertise"]


def test_bad_input_of_bounds_gets_a_sentence():
    shares = published_topline(published("response_speed"))
    with pytest.raises(InvalidValue) as caught:
        unanswered(shares, "never")
    assert str(caught.value) == "Option 'never' is not among: within_15_min, within_3_h."
    with pytest.raises(InvalidValue) as caught:
        unanswered(shares, answered=(0.5, 0.0))
    assert str(caught.value) == "A share of answers must lie in (0, 1]; got 0."


def test_an_unknown_question_lists_the_known_ones(write):
    path = write(HEADER + "M,q,multi,a,A,50,percent,exact\n")
    with pytest.raises(InvalidValue) as caught:
        published("loyalty", source=path)
    assert str(caught.value) == (
        "Question 'loyalty' is not in study.csv; it has: q. "
        "Use one of these, or None to leave the question out."
    )


def test_a_question_left_out_is_a_sentence_all_the_way():
    nothing = published(None)
    assert isinstance(nothing, CannotSay)
    assert published_topline(nothing) is nothing
    assert unanswered(nothing) is nothing


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_russian_export_reads_like_a_clean_file(write, encoding):
    text = HEADER.replace(",", ";") + "М;q;multi;a;Скидки;54,7;percent;exact\n"
    study = published("q", source=write(text, encoding))
    assert study.frame["figure"].tolist() == [54.7]
    assert study.frame["label_ru"].tolist() == ["Скидки"]


def test_all_problems_of_a_file_are_told_at_once(write):
    path = write(
        HEADER
        + "M,q,multi,a,A,n/a,percent,exact\n"
        + "M,q,multi,b,B,140,percent,exact\n"
        + "M,q,multi,b,,50,percent,nearly\n"
    )
    with pytest.raises(InvalidValue) as caught:
        published("q", source=path)
    assert str(caught.value).splitlines() == [
        "study.csv, column 'figure', row 2: 1 of 3 ('n/a') cannot be read as numbers.",
        "study.csv, column 'figure', row 3: 1 of 3 ('140') are percent outside of 0–100.",
        "study.csv, column 'precision', row 4: 1 of 3 ('nearly') are not one of: exact, almost, "
        "more_than, at_least, rank.",
        "study.csv, column 'label_en', row 4: 1 of 3 ('') are empty; every figure needs one.",
        "study.csv, column 'option', rows 3, 4: 2 of 3 ('b') stand more than once in one question; "
        "an option has one figure.",
    ]


def test_a_missing_column_names_what_the_file_has(write):
    with pytest.raises(InvalidValue) as caught:
        published("q", source=write("вопрос;вариант\nq;a\n"))
    assert str(caught.value).splitlines()[0] == (
        "study.csv: column 'source' is missing; the file has 'вопрос', 'вариант'. "
        "Add it or rename yours (utf-8, separated by semicolons)."
    )


def test_a_file_without_rows_says_so(write):
    with pytest.raises(InvalidValue) as caught:
        published("q", source=write(HEADER))
    assert str(caught.value) == "study.csv: there is no row under the column names."


def test_reading_a_copy_elsewhere_gives_the_same_figures(tmp_path):
    shutil.copy(FIGURES, tmp_path / "copy.csv")
    ours, copy = (published("upsell_ways", source=path) for path in (None, tmp_path / "copy.csv"))
    pd.testing.assert_frame_equal(ours.frame, copy.frame)
    assert copy.title.en == "upsell_ways"


def test_options_ticked_equally_often_are_told_together(write):
    rows = "".join(f"own,q,multi,{x},{x.upper()},50.0,percent,exact\n" for x in "abcd")
    shares = published_topline(published("q", source=write(HEADER + rows)), base=20)
    assert shares.say() == (
        "Ticked most often: «A» and 3 more, 50% (30–70%). Base 20, intervals of 95%."
    )
    assert shares.headline("ru") == "Чаще всего отмечают: «A» и ещё 3, 50% (30–70%)"


def test_what_the_others_could_have_said_is_told_with_its_base():
    said = unanswered(published_topline(published("loyalty_methods"))).say()
    assert said.endswith("is compatible with 14–89% of all (base 95).")


def test_who_was_asked_is_read_off_the_unit(write):
    figures = {"a": "26.7", "b": "40.0"}
    rows = "".join(
        f"own,q,multi,{x},{x},{p},percent of managers,exact\n" for x, p in figures.items()
    )
    shares = published_topline(published("q", source=write(HEADER + rows)))
    assert shares.provenance.footer("en").startswith("Base: 15 managers, the smallest base that")
    assert "менеджеров" in shares.provenance.footer("ru")
    assert "client companies" in published_topline(published("ask_references")).provenance.footer(
        "en"
    )


@pytest.mark.parametrize("unit", ["%", "percent", "percents of agencies"])
def test_a_percent_sign_is_a_percentage(write, unit):
    rows = f"own,q,multi,a,A,26.7,{unit},exact\n"
    assert published("q", source=write(HEADER + rows)).percents.tolist() == [26.7]


def test_no_base_that_fits_asks_for_the_number(write):
    figures = {"a": "33.31", "b": "50.01", "c": "12.37", "d": "77.79", "e": "8.03"}
    rows = "".join(f"own,q,multi,{x},{x},{p},percent,exact\n" for x, p in figures.items())
    study = published("q", source=write(HEADER + rows))
    assert possible_bases(study).smallest is None
    assert published_topline(study).say() == (
        "No base up to 1,000 fits these figures, so no interval is given. If you know how many "
        "answered, name it: published_topline(study, base=…)."
    )


def test_a_label_with_a_comma_and_no_quotation_marks_is_an_error(write):
    path = write(f"{HEADER}s,q,multi,a,Calls, weekly,54.7,percent,exact\n")
    with pytest.raises(InvalidValue, match="row 2: 1 row with cells under no column name"):
        Study.read(path)


def test_the_table_names_options_once_and_shows_the_counts_behind_the_figures():
    from clientlab.session import setup

    setup("ru")
    table = published_topline(published("loyalty_methods")).table().frame
    setup("en")
    assert list(table) == ["вариант", "человек", "оценка", "от", "до", "база"]
    first = "Постоянно улучшают услугу и экспертизу команды"
    assert table.iloc[0].tolist() == [first, "53", "55,8%", "46%", "65%", "95"]
