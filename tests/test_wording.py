"""Numbers and words as they are read out.

value   en         ru
0.547   55%        55%
1234.5  1,234.5    1 234,5
21      answers    ответ
22      answers    ответа
25      answers    ответов
"""

import pytest

from clientlab.problems import InvalidValue
from clientlab.wording import Text, number, percent, percent_range, plural


@pytest.mark.parametrize(
    ("value", "digits", "en", "ru"),
    [
        (0, 0, "0", "0"),
        (-0.2, 0, "0", "0"),
        (1234567, 0, "1,234,567", "1\u00a0234\u00a0567"),
        (1234.5, 1, "1,234.5", "1\u00a0234,5"),
        (-2.25, 2, "−2.25", "−2,25"),
        (float("nan"), 1, "–", "–"),
    ],
)
def test_numbers_have_the_separators_of_the_language(value, digits, en, ru):
    assert number(value, "en", digits=digits) == en
    assert number(value, "ru", digits=digits) == ru


def test_a_tie_hidden_by_float_noise_rounds_as_the_tie_itself():
    assert number(0.285 * 100, digits=1) == number(28.5, digits=1) == "28.5"
    assert 100 * 1.1 != 110
    assert number(100 * 1.1) == "110"


def test_percent_and_its_range():
    assert percent(0.547, digits=1) == "54.7%"
    assert percent(float("nan")) == "–"
    assert percent_range(0.447, 0.644, "ru") == "45–64%"
    assert percent_range(-0.03, 0.12, "ru") == "−3 до 12%"


@pytest.mark.parametrize(
    ("count", "form"),
    [
        *[(count, "ответ") for count in (1, 21, 101)],
        *[(count, "ответа") for count in (2, 22)],
        *[(count, "ответов") for count in (0, 5, 11, 12, 111)],
    ],
)
def test_russian_plurals(count, form):
    assert plural(count, "ответ", "ответа", "ответов") == form


def test_english_plurals():
    assert [plural(n, "fits", "fit") for n in (0, 1, 2, 21)] == ["fit", "fits", "fit", "fit"]


def test_an_unknown_language_is_refused_with_the_list():
    with pytest.raises(InvalidValue) as caught:
        Text("a", "б").in_language("de")
    assert str(caught.value) == "Language 'de' is not known; use one of en, ru."
