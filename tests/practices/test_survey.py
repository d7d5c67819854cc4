"""The same answers in every form in which tools export them are the same survey.

          size     ways                           rate  recommend
row 2     1–10     Calls, weekly; Reports         3     9
row 3     11–50    Calls                          5     10
row 4     >50      none                           1     –
row 5     11–50    (not answered)                 4     2
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.practices import Survey, topline
from clientlab.practices.codebook import Codebook
from clientlab.practices.packed import split_cell
from clientlab.practices.quality import FLAGS
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay

BOOK = Codebook.read(
    {
        "name": "Pulse",
        "questions": [
            {
                "id": "size", "type": "single", "ordered": True,
                "text": {"en": "How many people?", "ru": "Сколько человек?"},
                "options": [
                    {"id": "s", "label": "1–10"}, {"id": "m", "label": "11–50"},
                    {"id": "l", "label": ">50"},
                ],
            },
            {
                "id": "ways", "type": "multi",
                "text": {"en": "How do you keep in touch?", "ru": "Как общаетесь?"},
                "options": [
                    {"id": "weekly",
                     "label": {"en": "Calls, weekly", "ru": "Созвоны, раз в неделю"}},
                    {"id": "calls", "label": {"en": "Calls", "ru": "Созвоны"}},
                    {"id": "reports", "label": {"en": "Reports", "ru": "Отчёты"}},
                    {"id": "none", "label": {"en": "None of these", "ru": "Ничего"},
                     "exclusive": True},
                ],
            },
            {"id": "rate", "type": "scale", "text": {"en": "Rate us", "ru": "Оцените"}, "low": 1,
             "high": 5},
            {"id": "nps", "type": "nps",
             "text": {"en": "Would you recommend us?", "ru": "Порекомендуете?"}},
        ],
    }
)  # fmt: skip
SIZE, RATE = ["s", "m", "l", "m"], [3, 5, 1, 4]
WAYS = [["weekly", "reports"], ["calls"], ["none"], []]
NPS = [9, 10, None, 2]


def labels(question, lang="en"):
    return {option.id: option.text.in_language(lang) for option in BOOK[question].options}


def plain(lang="en"):
    name, sizes = (lambda id: BOOK[id].text.in_language(lang)), labels("size", lang)
    return {
        name("size"): [sizes[code] for code in SIZE],
        name("rate"): [str(mark) for mark in RATE],
        name("nps"): ["" if mark is None else str(mark) for mark in NPS],
    }


def packed(separator, lang="en"):
    ways = labels("ways", lang)
    cells = [separator.join(ways[way] for way in row) for row in WAYS]
    return plain(lang) | {BOOK["ways"].text.in_language(lang): cells}


def by_column(header, yes, no, blank=""):
    columns = {
        header(id, label): [blank if not row else yes(label) if id in row else no for row in WAYS]
        for id, label in labels("ways").items()
    }
    return plain() | columns


def google(tmp):
    return pd.DataFrame(packed(", "))


def yandex(tmp):
    path = tmp / "ответы.csv"
    pd.DataFrame(packed("; ", "ru")).to_csv(path, sep=";", index=False, encoding="cp1251")
    return path


def typeform(tmp):
    columns = by_column(lambda id, label: label, lambda label: label, "")
    path = tmp / "typeform.xlsx"
    pd.DataFrame(columns).to_excel(path, index=False)
    return path


def limesurvey(tmp):
    columns = by_column(lambda id, label: f"ways[{id}]", lambda label: "Y", "N")
    path = tmp / "results.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def zeros_and_ones(tmp):
    return pd.DataFrame(
        by_column(
            lambda id, label: f"2. How do you keep in touch? [{label}]", lambda label: 1, 0, None
        )
    )


def checked(tmp):
    return pd.DataFrame(
        by_column(
            lambda id, label: f"How do you keep in touch? / {label}", lambda label: "Да", "Нет"
        )
    )


def spss(tmp):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({
        "V1": [1.0, 2.0, 3.0, 2.0], "V2": RATE, "V3": [9.0, 10.0, 99.0, 2.0],
        **{f"ways_{id}": [np.nan if not row else float(id in row) for row in WAYS]
           for id in labels("ways")},
    })  # fmt: skip
    path = tmp / "survey.sav"
    pyreadstat.write_sav(
        frame, str(path),
        column_labels=["How many people?", "Rate us", "Would you recommend us?", *[""] * 4],
        variable_value_labels={"V1": {1: "1–10", 2: "11–50", 3: ">50"}},
        missing_ranges={"V3": [99]},
    )  # fmt: skip
    return path


FORMS = [google, yandex, typeform, limesurvey, zeros_and_ones, checked, spss]


def read(source) -> Survey:
    if isinstance(source, pd.DataFrame):
        return Survey.from_frame(source, BOOK)
    return Survey.read(source, BOOK)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_toplines(form, tmp_path):
    survey, expected = read(form(tmp_path)), read(google(tmp_path))
    assert [problem for problem in survey.check() if problem.severity != "note"] == []
    for question in ("size", "ways", "rate", "nps"):
        one, two = topline(survey, question), topline(expected, question)
        pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)
        assert one.summary == two.summary
    ways = topline(survey, "ways").frame
    assert ways[["count", "base"]].values.tolist() == [[1, 3], [1, 3], [1, 3], [1, 3]]


ASKED = {"name": "x", "questions": [{"id": "q", "type": "multi", "text": "Which?",
         "options": [{"id": "a"}, {"id": "b"}]}]}  # fmt: skip


def test_ten_asked_of_whom_four_ticked_are_forty_percent():
    cells = ["a", "a; b", "a", "a", *[""] * 6]
    zeros = pd.DataFrame({"q_a": [1] * 4 + [0] * 6, "q_b": [0, 1] + [0] * 8})
    for frame in (pd.DataFrame({"q": cells}), zeros):
        found = topline(Survey.from_frame(frame, ASKED), "q").frame
        assert found["estimate"].tolist() == [0.4, 0.1]
        assert found["base"].tolist() == [10, 10]


def test_an_export_that_cannot_tell_none_from_no_answer_says_so():
    told = [
        str(problem) for problem in Survey.from_frame(pd.DataFrame({"q": ["a", ""]}), ASKED).check()
    ]
    assert told == [
        "survey, column 'q': 1 empty: the export does not tell 'ticked nothing' from 'did not "
        "answer'. Counted as ticked nothing."
    ]


def test_options_that_hold_separators_and_begin_alike_are_told_apart():
    names = {"calls": 0, "calls, weekly": 1, "reports; monthly": 2, "re": 3}
    assert split_cell("Calls, weekly; Calls", names) == ([1, 0], [])
    assert split_cell("REPORTS; MONTHLY,re", names) == ([2, 3], [])
    assert split_cell("calls with tea, Calls", names) == ([0], ["calls with tea"])
    assert split_cell(" ; ", names) == ([], [])


def test_what_fits_nothing_is_told_with_its_row_and_counted_as_not_given():
    frame = pd.DataFrame({"size": ["s", "huge", "m"], "rate": [3, 9, "4 - good"], "ways": [
        "Calls; dinner", "Reports", ""], "extra": 1})  # fmt: skip
    survey = Survey.from_frame(frame, BOOK)
    said = [str(problem) for problem in survey.check()]
    assert any(
        "survey, column 'size', row 3: 1 answer fits no option ('huge')" in line for line in said
    )
    assert any("column 'rate', row 3: 1 answer fits no value of the question, 1–5 ('9')" in line
               for line in said)  # fmt: skip
    assert any("column 'ways', row 2: 1 answer fits no option ('dinner')" in line for line in said)
    assert any("columns not used: 'extra'" in line for line in said)
    assert any("no column belongs to 1 of 4 questions: nps" in line for line in said)
    assert topline(survey, "size").frame["base"].tolist() == [2, 2, 2]
    assert survey.answers["rate"].values[2] == 4
    assert survey.answers["ways"].values[0].tolist() == [0, 1, 0, 0]
    assert survey.flags["impossible"].tolist() == [True, True, False]


def test_other_texts_are_an_answer_of_their_own_where_allowed():
    book = {"name": "x", "questions": [
        {"id": "q", "type": "multi", "text": "Which?", "other": True,
         "options": [{"id": "a"}, {"id": "b"}]},
        {"id": "s", "type": "single", "text": "One?", "other": True,
         "options": [{"id": "a"}, {"id": "b"}]}]}  # fmt: skip
    frame = pd.DataFrame({"q": ["a, Other: tea, milk", "b"], "s": ["Другое: кофе", "b"]})
    survey = Survey.from_frame(frame, book)
    assert survey.answers["q"].other == {0: "tea, milk"}
    assert survey.answers["s"].other == {0: "кофе"}
    assert topline(survey, "q").frame["count"].tolist() == [1, 1, 1]
    by_column = Survey.from_frame(
        pd.DataFrame({"q[a]": [1, 0], "q[b]": [0, 1], "q[other]": ["tea", ""]}), book
    )
    assert by_column.answers["q"].values.tolist() == [[1, 0, 1], [0, 1, 0]]


ROUTED = {"name": "x", "questions": [
    {"id": "use", "type": "single", "text": "?", "options": [{"id": "yes"}, {"id": "no"}]},
    {"id": "why", "type": "single", "text": "Why?", "options": [{"id": "a"}, {"id": "b"}],
     "asked_if": {"question": "use", "any_of": ["yes"]}, "missing": ["99"]}]}  # fmt: skip


def test_only_those_who_were_asked_are_in_the_base():
    frame = pd.DataFrame({"use": ["yes", "yes", "no", "no", ""], "why": ["a", 99, "", "b", "b"]})
    survey = Survey.from_frame(frame, ROUTED)
    found = topline(survey, "why")
    assert found.frame["base"].tolist() == [2, 2]  # rows 1 and 5: whose first answer is not known
    assert [note.en for note in found.notes[:2]] == ["Asked, and no answer: 1.", "Not asked: 2."]
    assert survey.flags["not_asked"].tolist() == [False, False, False, True, False]


def test_doubtful_respondents_are_flagged_and_not_dropped():
    rows = [{"id": str(n), "label": f"r{n}"} for n in range(4)]
    book = {"name": "x", "questions": [
        {"id": "g", "type": "grid", "text": "G", "low": 1, "high": 5, "rows": rows},
        *({"id": f"q{n}", "type": "single", "text": f"Q{n}", "options": [{"id": "a"}, {"id": "b"}]}
          for n in range(12)),
        {"id": "m", "type": "multi", "text": "M", "options": [
            {"id": "x"}, {"id": "y"}, {"id": "no", "exclusive": True}]}]}  # fmt: skip
    random = np.random.default_rng(2)
    frame = pd.DataFrame({f"g[r{n}]": random.integers(1, 6, 20) for n in range(4)}
                         | {f"q{n}": random.choice(["a", "b"], 20) for n in range(12)}
                         | {"m": ["x"] * 20, "took": [60] * 20})  # fmt: skip
    frame.loc[3, [f"g[r{n}]" for n in range(4)]] = 2
    frame.loc[4, "m"] = "x, no"
    frame.loc[5, "took"] = 15
    frame.loc[6] = frame.loc[1]
    survey = Survey.from_frame(frame, book, seconds="took")
    straight = (frame[[f"g[r{n}]" for n in range(4)]].nunique(axis=1) == 1).to_numpy()
    np.testing.assert_array_equal(survey.flags["straight_liner"], straight)
    assert np.flatnonzero(survey.flags["contradiction"]).tolist() == [4]
    assert np.flatnonzero(survey.flags["speeder"]).tolist() == [5]
    assert np.flatnonzero(survey.flags["duplicate"]).tolist() == [6]
    assert len(survey) == 20
    assert len(survey.without("speeder", "contradiction")) == 18
    assert survey.without("duplicate").provenance().rows_set_aside == 1
    assert list(survey.flags) == list(FLAGS)
    with pytest.raises(InvalidValue, match=r"^'quick' is not a flag; use duplicate, "):
        survey.without("quick")


def test_ranking_is_read_by_rank_by_option_or_packed():
    book = {"name": "x", "questions": [{"id": "r", "type": "ranking", "text": "Rank",
            "options": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}]}  # fmt: skip
    wanted = [[1, 2, np.nan], [np.nan, 1, 2]]
    for frame in (pd.DataFrame({"r": ["a; b", "b; c"]}),
                  pd.DataFrame({"r[a]": [1, ""], "r[b]": [2, 1], "r[c]": ["", 2]}),
                  pd.DataFrame({"Rank [Rank 1]": ["a", "b"],
                                "Rank [Rank 2]": ["b", "c"]})):  # fmt: skip
        survey = Survey.from_frame(frame, book)
        np.testing.assert_array_equal(survey.answers["r"].values, wanted)
    found = topline(survey, "r").frame
    assert found["estimate"].tolist() == [0.5, 0.5, 0]
    assert found["mean_rank"].tolist() == [1, 1.5, 2]


def test_a_survey_without_its_columns_stops_with_a_sentence(tmp_path):
    with pytest.raises(InvalidValue, match=r"^No column belongs to a question of the codebook"):
        Survey.from_frame(pd.DataFrame({"a": [1]}), BOOK)
    with pytest.raises(InvalidValue, match=r"^weights='w': there is no such column"):
        Survey.from_frame(pd.DataFrame({"rate": [1]}), BOOK, weights="w")
    with pytest.raises(
        InvalidValue, match=r"^Weights 'w': 1 of 2 are missing, negative or no number"
    ):
        Survey.from_frame(pd.DataFrame({"rate": [1, 2], "w": [1, -1]}), BOOK, weights="w")
    with pytest.raises(InvalidType, match="made from a DataFrame; got a list"):
        Survey.from_frame([1], BOOK)


def test_a_question_that_the_export_lacks_cannot_be_said():
    survey = Survey.from_frame(pd.DataFrame({"rate": [1, 2]}), BOOK)
    assert isinstance(topline(survey, "nps"), CannotSay)
    assert topline(survey, "nps").say("ru") == "В опросе нет ответов на вопрос «Порекомендуете?»."
    with pytest.raises(InvalidValue, match="There is no question 'speed'"):
        topline(survey, "speed")


def test_nothing_is_changed_in_what_was_given():
    frame = google(None)
    before = frame.copy()
    survey = Survey.from_frame(frame, BOOK)
    topline(survey, "ways")
    pd.testing.assert_frame_equal(frame, before)
    assert repr(survey) == "<Survey: 4 respondents, 4 questions>"
    assert len(survey.only(np.array([True, False, False, True]))) == 2
    with pytest.raises(InvalidValue, match="one True or False for each of 4"):
        survey.only([1, 0, 0, 1])
