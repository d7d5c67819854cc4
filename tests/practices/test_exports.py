"""Exports as they come: what each form builder writes, and what people do to it after.

Wanted of all: row 2 ticks calls and reports, row 3 calls and words of its own, row 4 the
exclusive option, row 5 left the form.
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.practices import Survey, topline
from clientlab.practices.codebook import Codebook
from clientlab.problems import InvalidValue

BOOK = Codebook.read(
    {
        "name": "Pulse",
        "questions": [
            {
                "id": "size",
                "type": "single",
                "ordered": True,
                "text": {"en": "Size?", "ru": "Размер?"},
                "options": [
                    {"id": "s", "label": "1-10", "code": 1},
                    {"id": "l", "label": {"en": "over 10", "ru": "больше 10"}, "code": 2},
                ],
            },
            {
                "id": "ways",
                "type": "multi",
                "other": True,
                "text": {"en": "Ways?", "ru": "Способы?"},
                "options": [
                    {"id": "calls", "label": {"en": "Calls", "ru": "Созвоны"}, "code": 1},
                    {
                        "id": "reports",
                        "label": {"en": "Reports, monthly", "ru": "Отчёты, раз в месяц"},
                        "code": 2,
                    },
                    {
                        "id": "none",
                        "label": {"en": "None", "ru": "Нет"},
                        "exclusive": True,
                        "code": 3,
                    },
                ],
            },
            {
                "id": "rate",
                "type": "scale",
                "text": {"en": "Rate", "ru": "Оценка"},
                "low": 1,
                "high": 5,
            },
        ],
    }
)
TICKS = [[1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0], [-1, -1, -1, -1]]


def ways(frame, **more) -> Survey:
    return Survey.from_frame(pd.DataFrame(frame), BOOK, **more)


def told(survey) -> list[str]:
    return [str(problem) for problem in survey.check()]


ONE_BY_ONE = {
    "label as value, as Typeform": (
        ["Calls", "Calls", "", ""], ["Reports, monthly", "", "", ""], ["", "", "None", ""]),
    "Russian label as value": (
        ["Созвоны", "созвоны", "", ""], ["Отчеты раз в месяц", "", "", ""], ["", "", "Нет", ""]),
    "yes and no": (
        ["Да", "Да", "Нет", ""], ["Да", "Нет", "Нет", ""], ["Нет", "Нет", "Да", ""]),
    "Y and N, as LimeSurvey": (
        ["Y", "Y", "N", ""], ["Y", "N", "N", ""], ["N", "N", "Y", ""]),
    "0 and 1": ([1, 1, 0, None], [1, 0, 0, None], [0, 0, 1, None]),
    "0 and 1 with decimals": (
        ["1.0", "1.0", "0.0", ""], ["1.0", "0.0", "0.0", ""], ["0.0", "0.0", "1.0", ""]),
    "true and false": ([True, True, False, None], [True, False, False, None],
                       [False, False, True, None]),
    "1 is yes and 2 is no": ([1, 1, 2, None], [1, 2, 2, None], [2, 2, 1, None]),
    "the option's own code": ([1, 1, "", ""], [2, "", "", ""], ["", "", 3, ""]),
}  # fmt: skip


@pytest.mark.parametrize("form", ONE_BY_ONE)
def test_a_column_for_each_option_in_every_form(form):
    calls, reports, none = ONE_BY_ONE[form]
    survey = ways({"Size?": ["1-10", "over 10", "1-10", ""], "Ways? [Calls]": calls,
                   "Ways? [Reports, monthly]": reports, "Ways? [None]": none,
                   "Ways? [Other]": ["", "dinner", "", ""]})  # fmt: skip
    assert survey.answers["ways"].values.tolist() == TICKS
    assert survey.answers["ways"].other == {1: "dinner"}
    assert survey.answers["ways"].unread == {}
    assert survey.flags["empty"].tolist() == [False, False, False, True]
    assert topline(survey, "ways").frame["base"].tolist() == [3, 3, 3, 3]


def test_ones_and_twos_are_told_as_a_guess():
    survey = ways({"Ways? [Calls]": [1, 2], "Ways? [Reports, monthly]": [2, 2]})
    assert survey.answers["ways"].values[:, :2].tolist() == [[1, 0], [0, 0]]
    assert "warning: survey, column 'ways': its columns hold 1 and 2: read as ticked and not " \
        "ticked." in [f"warning: {line}" for line in told(survey)]  # fmt: skip


def test_nought_is_never_the_code_of_a_ticked_option():
    book = {"name": "x", "questions": [{"id": "q", "type": "multi", "text": "?", "options": [
        {"id": "a", "code": 0}, {"id": "b", "code": 1}]}]}  # fmt: skip
    survey = Survey.from_frame(pd.DataFrame({"q_a": [0, 0, 0], "q_b": [0, 1, 0]}), book)
    assert survey.answers["q"].values.tolist() == [[0, 0], [0, 1], [0, 0]]


PACKED = ["Calls, Reports, monthly", "Calls; Other: dinner", "None", ""]


@pytest.mark.parametrize(
    "cells",
    [
        PACKED,
        ["Созвоны;Отчёты, раз в месяц", "Созвоны;Другое: dinner", "Нет", ""],
        ["Отчеты раз в месяц, Созвоны", "созвоны\nСвой вариант: dinner", "НЕТ", ""],
        ["Reports, monthly|Calls|", "dinner, Calls", "none", "н/д"],
    ],
)
def test_several_answers_in_one_cell_in_every_form(cells):
    survey = ways({"Способы?": cells, "Размер?": ["1-10", "over 10", "1-10", ""]})
    assert survey.answers["ways"].values.tolist() == TICKS
    assert survey.answers["ways"].other == {1: "dinner"}


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1251", ";"), ("utf-16", "\t")],
)
def test_every_encoding_gives_the_same_survey(tmp_path, encoding, separator):
    path = tmp_path / "ответы.csv"
    frame = pd.DataFrame({"Отметка времени": "25.11.2026 10:01:02", "Размер?": ["1-10"] * 4,
                          "Способы?": PACKED, "Оценка": [5, "4 - хорошо", "", "99"]})  # fmt: skip
    frame.to_csv(path, index=False, encoding=encoding, sep=separator)
    survey = Survey.read(path, BOOK)
    assert survey.answers["ways"].values[:3].tolist() == TICKS[:3]
    assert survey.answers["rate"].values[:2].tolist() == [5, 4]
    assert told(survey)[0] == (
        "survey, column 'rate', row 5: 1 answer fits no value of the question, 1–5 ('99'). "
        'Counted as not given. If it means no answer: missing: ["99"].'
    )
    assert "survey: columns not used: 'Отметка времени'." in told(survey)


def test_a_title_above_the_questions_and_empty_rows_are_told(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Survey of managers;;\n\nSize?;Rate;Ways?\n1-10;5;Calls\n;;\n1-10;4;None\n")
    survey = Survey.read(path, BOOK)
    assert len(survey) == 2
    assert survey.rows.tolist() == [4, 6]
    assert told(survey) == [
        "survey: the questions do not stand in the first row: read as utf-8, separated by "
        "semicolons, header in row 3.",
        "survey, row 5: 1 row with nothing in any cell: no respondent.",
    ]


def test_a_question_full_of_commas_does_not_turn_them_into_separators(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('Size?;"Ways?"\n1-10;"Calls, Reports, monthly"\n')
    assert Survey.read(path, BOOK).answers["ways"].values.tolist() == [[1, 1, 0, 0]]
    book = {
        "name": "x",
        "questions": [
            {
                "id": "q",
                "type": "single",
                "text": "Who, when, how, and why?",
                "options": [{"id": "a"}, {"id": "b"}],
            }
        ],
    }
    path.write_text('at;"Who, when, how, and why?"\n1;a\n2;b\n')
    assert Survey.read(path, book).answers["q"].values.tolist() == [0, 1]


TWO = {"name": "x", "questions": [
    {"id": id, "type": "multi", "text": id, "other": True,
     "options": [{"id": "m", "label": "Margin"}, {"id": "r", "label": "Revenue"}]}
    for id in ("measured", "paid")]}  # fmt: skip


def test_headers_that_stand_twice_belong_to_the_next_question(tmp_path):
    """Typeform writes the option alone; two questions may offer the same one."""
    path = tmp_path / "x.csv"
    path.write_text("Margin,Revenue,Other,Margin,Revenue,Other\nMargin,,,,Revenue,\n,,tea,Margin,,")
    survey = Survey.read(path, TWO)
    assert survey.answers["measured"].values.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert survey.answers["paid"].values.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert told(survey)[0] == (
        "survey: headers that name an option of several questions, taken in the order of the "
        "codebook: 'Margin', 'Revenue', 'Margin (2)', 'Revenue (2)'. Put the question before "
        "them: 'Question [Option]'."
    )


def test_what_an_export_lacks_or_holds_twice_is_told():
    survey = ways({"ways_calls": [1, 0], "ways_reports": [0, 0]})
    assert told(survey) == [
        "survey: no column belongs to 2 of 3 questions: size, rate.",
        "survey, column 'ways': no column for none: not known of anybody.",
    ]
    assert topline(survey, "ways").frame["base"].tolist() == [2, 2, 0, 2]
    both = ways({"Ways?": ["Calls", "None"], "ways_calls": [1, 0]})
    assert (
        "survey, column 'ways': has a column of its own and one for each option; those of the "
        "options are read."
    ) in told(both)
    alone = ways({"Rate": [5], "Ways? [Other]": ["tea"]})
    assert "ways" not in alone.answers
    assert "survey: columns not used: 'Ways? [Other]'." in told(alone)
    several = ways({"Rate": [5, 4], "Rate again": [1, 1], 7: [0, 0]}).check()
    assert any("columns not used: 'Rate again', '7'" in str(line) for line in several)


def test_every_unread_cell_of_a_row_is_told():
    survey = ways({"ways_calls": ["maybe", "1"], "ways_reports": ["often", "0"],
                   "ways_none": ["0", "0"]})  # fmt: skip
    assert survey.answers["ways"].unread == {0: "maybe; often"}
    assert survey.answers["ways"].values.tolist() == [[-1, -1, 0, 0], [1, 0, 0, 0]]


def test_marks_with_words_are_read_and_half_marks_are_not():
    cells = ["5 – very good", "4: good", "3.", "2 (so)", "A1", "AO02", "4.0", "7.5", "3-4", "1 2"]
    survey = ways({"Rate": cells})
    np.testing.assert_array_equal(
        survey.answers["rate"].values, [5, 4, 3, 2, 1, 2, 4, np.nan, np.nan, np.nan])  # fmt: skip
    assert list(survey.answers["rate"].unread.values()) == ["7.5", "3-4", "1 2"]


def test_a_scale_with_a_word_for_every_point():
    book = {"name": "x", "questions": [{"id": "q", "type": "scale", "text": "?", "low": 1,
            "high": 3, "anchors": ["no", "partly", "fully"]}]}  # fmt: skip
    survey = Survey.from_frame(pd.DataFrame({"q": ["fully", "Partly", "1"]}), book)
    assert survey.answers["q"].values.tolist() == [3, 2, 1]
    assert topline(survey, "q").frame["label_en"].tolist() == ["1: no", "2: partly", "3: fully"]
    book["questions"][0]["high"] = 5
    with pytest.raises(InvalidValue) as refused:
        Codebook.read(book)
    assert str(refused.value) == (
        "codebook: question 'q': anchors are two, for the ends, or one for each point."
    )


def test_options_that_excel_made_into_days_are_told_with_their_cause():
    survey = ways({"Size?": ["2026-10-01", "over 10"]})
    assert told(survey)[1] == (
        "survey, column 'size', row 2: 1 answer fits no option ('2026-10-01'). Counted as not "
        "given. Excel turns '1-10' into a day: write such options as text, or 'from 1 to 10'."
    )


@pytest.mark.parametrize(
    "took",
    [
        ["5:00", "0:04:10", "00:06:00", "0:20", ""],
        [300, 250, "360", "20", None],
        pd.to_timedelta(["5min", "250s", "6min", "20s", None]),
    ],
)
def test_speeders_are_found_by_seconds_or_by_the_clock(took):
    survey = ways({"Rate": [1, 2, 3, 4, 5], "took": took}, seconds="took")
    assert survey.flags["speeder"].tolist() == [False, False, False, True, False]


def test_a_duration_that_cannot_be_read_is_told():
    survey = ways({"Rate": [1, 2], "took": ["5 мин", "60"]}, seconds="took")
    assert (
        "survey, column 'took', row 2: 1 is neither seconds nor hours:minutes:seconds ('5 мин'): "
        "not told among speeders."
    ) in told(survey)


def test_spss_variables_are_known_by_their_labels(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"V1": [1.0, 2.0, 1.0], "X1": [1.0, 1.0, 0.0], "X2": [1.0, 0.0, 0.0],
                          "X3": [0.0, 0.0, 1.0], "V9": [5.0, 98.0, -1.0]})  # fmt: skip
    path = tmp_path / "s.sav"
    pyreadstat.write_sav(
        frame, str(path), column_labels=["Размер?", "Calls", "Reports, monthly", "None", "Оценка"],
        variable_value_labels={"V1": {1: "1-10", 2: "больше 10"}, "X1": {0: "Нет", 1: "Да"}},
        missing_ranges={"V9": [{"lo": 97, "hi": 99}, -1]},
    )  # fmt: skip
    survey = Survey.read(path, BOOK)
    assert survey.answers["ways"].values[:, :3].tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert survey.answers["size"].values.tolist() == [0, 1, 0]
    assert survey.answers["rate"].answered.tolist() == [True, False, False]


def test_an_empty_file_and_one_with_headers_alone(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"")
    with pytest.raises(InvalidValue) as refused:
        Survey.read(path, BOOK)
    assert str(refused.value) == "x.csv: the file is empty."
    path.write_text("Size?,Ways?,Rate\n")
    survey = Survey.read(path, BOOK)
    assert len(survey) == 0
    for question in ("size", "ways", "rate"):
        assert topline(survey, question).say().startswith("Nobody answered «")


def test_who_left_the_form_did_not_tick_nothing():
    book = {"name": "x", "questions": [
        {"id": "q", "type": "multi", "text": "?", "options": [{"id": "a"}, {"id": "b"}]},
        {"id": "n", "type": "nps", "text": "!"}]}  # fmt: skip
    frame = pd.DataFrame({"q": ["a", "", ""], "n": [9, 3, None]})
    survey = Survey.from_frame(frame, book)
    assert topline(survey, "q").frame[["count", "base"]].values.tolist() == [[1, 2], [0, 2]]
    assert survey.flags["empty"].tolist() == [False, False, True]
    assert len(survey.without("empty")) == 2


def test_an_unanswered_filter_asks_nobody_who_kept_silent():
    book = {"name": "x", "questions": [
        {"id": "use", "type": "multi", "text": "?", "options": [{"id": "a"}, {"id": "b"}]},
        {"id": "why", "type": "single", "text": "!", "options": [{"id": "x"}, {"id": "y"}],
         "asked_if": {"question": "use", "any_of": ["a"]}}]}  # fmt: skip
    frame = pd.DataFrame({"use": ["a", "b", "", ""], "why": ["x", "", "y", ""]})
    survey = Survey.from_frame(frame, book)
    assert survey.answers["why"].asked.tolist() == [True, False, True, False]
    unknown = Survey.from_frame(frame[["why"]], book)
    assert (
        "survey, column 'why': who was asked is not known: there is no column of 'use'. Everybody."
    ) in told(unknown)
