"""A questionnaire is checked as a whole before any answer is read.

questions:  size (single), ways (multi, 'none' excludes), why (asked if size is large)
"""

import pytest

from clientlab.practices.codebook import Codebook, matched, places, questionnaire
from clientlab.problems import InvalidValue
from clientlab.wording import Text

GOOD = """
name: {en: Pulse, ru: Пульс}
questions:
  - id: size
    type: single
    text: {en: "How many people?", ru: "Сколько человек?"}
    ordered: true
    options:
      - {id: small, label: "1–10"}
      - {id: large, label: {en: "more", ru: "больше"}, also: [">10"], code: 2}
  - id: why
    type: text
    text: Why?
    asked_if: {question: size, any_of: [large]}
  - id: mark
    type: grid
    text: Rate us
    low: 1
    high: 5
    rows: [{id: speed, label: Speed}, {id: price, label: Price}]
"""


def told(held) -> str:
    with pytest.raises(InvalidValue) as caught:
        Codebook.read(held)
    return str(caught.value)


def with_questions(*questions):
    return {"name": "x", "questions": list(questions)}


def question(**more):
    return {"id": "q", "type": "single", "text": "?", "options": [{"id": "a"}, {"id": "b"}]} | more


def test_a_codebook_is_read_from_yaml(tmp_path):
    path = tmp_path / "book.yaml"
    path.write_text("\ufeff" + GOOD, "utf-8")
    book = Codebook.read(path)
    assert book.name == Text("Pulse", "Пульс")
    assert list(book.by_id) == ["size", "why", "mark.speed", "mark.price"]
    assert book["mark.price"].text.en == "Rate us: Price"
    assert (book["mark.price"].type, book["mark.price"].high) == ("scale", 5)
    assert book["size"].option("large").names == ["more", "больше", ">10", "large", "2"]


def test_everything_that_is_wrong_is_told_at_once():
    said = told(
        with_questions(
            question(colour="red"), question(id="a", type="sclae"), {"type": "nps", "text": "?"},
            question(id="b", text={"de": "?"}),
        )
    )  # fmt: skip
    assert "question 'q': colour is not a key of a codebook." in said
    assert "question 'a': type is none of single, multi" in said
    assert "question 'number 3': id is missing." in said
    assert "question 'b': text write a text, or {en: …, ru: …}." in said


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"options": [{"id": "a"}]}, "a question of type 'single' needs at least two options."),
        ({"options": [{"id": "a"}, {"id": "a"}]}, "two options are called 'a'."),
        ({"options": [{"id": "a", "label": "Yes"}, {"id": "b", "label": "yes"}]},
         "'yes' names two options: 'a' and 'b'."),
        ({"options": [{"id": "a"}, {"id": "b", "exclusive": True}]},
         "only the options of a multi can be exclusive."),
        ({"type": "scale", "options": []}, "a scale needs low and high."),
        ({"type": "scale", "low": 5, "high": 1}, "low (5) is not under high (1)."),
        ({"type": "grid", "low": 1, "high": 5}, "a grid needs rows."),
        ({"asked_if": {"question": "later", "any_of": ["a"]}},
         "asked_if names 'later', which is no earlier question."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_an_error(more, sentence):
    assert f"question 'q': {sentence}" in told(with_questions(question(**more)))


def test_routing_names_an_option_of_an_earlier_question():
    later = question(id="r", asked_if={"question": "q", "any_of": ["c"]})
    assert "asked_if names 'c', which is no option of 'q'." in told(
        with_questions(question(), later)
    )
    assert "two questions are called 'q'." in told(with_questions(question(), question()))


def test_a_file_that_is_no_yaml_says_so(tmp_path):
    path = tmp_path / "book.yaml"
    path.write_text("name: x\nquestions:\n  - id: a: b\n", "utf-8")
    assert told(path).startswith("book.yaml, line 3: this is not YAML in UTF-8.")
    path.write_text("just words", "utf-8")
    assert told(path) == "book.yaml: a codebook has the keys 'name' and 'questions'."
    assert "There is no file" in told(tmp_path / "no.yaml")


def test_an_unknown_question_is_named():
    with pytest.raises(InvalidValue, match=r"^There is no question 'sise'\. There are: size, "):
        questionnaire()["sise"]


def test_options_are_matched_as_written_or_without_punctuation():
    parts = questionnaire()["size"].options
    known = places(parts)
    assert [matched(known, text) for text in ("1–10", "1-10", "БОЛЬШЕ 80", "s81", "7")] == [
        0, 0, 3, 3, -1,
    ]  # fmt: skip


def test_the_questionnaire_holds_what_was_published():
    book = questionnaire()
    assert len(book["loyalty_methods"].options) == 19
    assert [option.exclusive for option in book["upsell_ways"].options] == [False] * 5 + [True]
    assert book["kpis_paid"].asked_if.question == "kpis_measured"
    for one in book.questions:
        assert one.text.en != one.text.ru
    assert book.only("size", "kpis_paid")["kpis_paid"].asked_if is None


def test_bands_that_were_inferred_are_marked_for_the_reader_and_not_in_the_label():
    bands = questionnaire()["response_speed"].options
    marked = {option.id: option.remark.en for option in bands if option.remark}
    inferred = "inferred, not printed"
    assert marked == {"within_30_min": inferred, "within_6_h": inferred}
    assert bands[1].text.en == "within 30 minutes"
    told = questionnaire().contents("ru").set_index("question").loc["response_speed", "answers"]
    assert "до 30 минут [восстановлено, не напечатано]; до 1 часа;" in told


def test_an_option_may_be_written_as_a_text_alone():
    book = Codebook.read({"name": "x", "questions": [
        {"id": "q", "type": "single", "text": "?",
         "options": ["yes", {"id": "no"}, 3]}]})  # fmt: skip
    assert [(option.id, option.text.ru) for option in book["q"].options] == [
        ("yes", "yes"), ("no", "no"), ("3", "3")]  # fmt: skip
