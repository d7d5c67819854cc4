"""Which numbers of respondents fit printed percentages.

n    14.6% needs k   18.8% needs k
48   7   (14.583)    9   (18.75, a tie: prints as 18.7 or 18.8)
96   14  (14.583)    18
47   -               -
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.practices import possible_bases, published
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

LOYALTY = [54.7, 48.4, 55.8, 52.6, 15.8, 16.8, 35.8, 29.5, 5.3, 29.5]
LOYALTY += [15.8, 3.2, 47.4, 24.2, 48.4, 32.6, 21.1, 49.5, 16.8]
UPSELL = [72.9, 55.2, 18.8, 36.1, 39.2, 15.5]


def bases(percents, **options):
    return possible_bases(percents, **options).frame["base"].tolist()


def test_the_loyalty_options_fit_95_and_nothing_smaller():
    found = bases(LOYALTY)
    assert found[:3] == [95, 190, 285]
    assert len(found) == 104


def test_the_upsell_options_cannot_share_a_base_under_388():
    first, last = bases(UPSELL[:3]), bases(UPSELL[3:])
    assert (96 in first, 97 in first) == (True, False)
    assert (96 in last, 97 in last) == (False, True)
    found = possible_bases(UPSELL)
    assert found.smallest == 388
    assert list(found.neighbouring.values()) == [96, 96, 96, 97, 97, 97]
    assert found.headline() == (
        "These 6 figures cannot share one base under 388: 3 of them fit 96, the other 3 fit 97"
    )


def test_two_bands_of_reaction_speed_fit_multiples_of_48():
    assert bases([14.6, 18.8], largest=150) == [48, 96, 144]


def test_one_small_percentage_fits_92_93_and_94():
    assert bases([4.3], smallest=71, largest=100) == [92, 93, 94]


def test_the_counts_are_those_of_the_published_study():
    row = possible_bases(LOYALTY).frame.iloc[0].tolist()
    assert row == [95, 52, 46, 53, 50, 15, 16, 34, 28, 5, 28, 15, 3, 45, 23, 46, 31, 20, 47, 16]


def test_equal_percentages_have_columns_of_their_own():
    assert list(possible_bases([15.8, 15.8], largest=20).frame) == ["base", "15.8", "15.8 (2)"]


def test_a_share_half_way_between_two_figures_fits_both():
    frame = possible_bases({"down": 12, "up": 13}, decimals=0, largest=10).frame
    assert frame.to_dict("list") == {"base": [8], "down": [1], "up": [1]}


def test_large_bases_give_the_nearest_count_and_say_so():
    found = possible_bases([50], decimals=0, smallest=101, largest=101)
    assert found.frame.iloc[0].tolist() == [101, 50]
    assert found.notes[-1].en == (
        "For 1 of the bases several counts fit a figure; the nearest is given."
    )


def test_nought_and_a_hundred_fit_every_base():
    assert bases([0, 100], largest=5) == [1, 2, 3, 4, 5]


def test_no_base_is_said_in_words():
    found = possible_bases([33.3, 50.1], largest=100)
    assert found.smallest is None
    assert found.say() == "No base of 1–100 fits all of these figures (2)."
    assert found.decide() == (
        "Put no interval on these shares before their authors have told the base."
    )


def test_the_answer_is_said_in_both_languages():
    found = possible_bases([14.6, 18.8], largest=150)
    assert found.say() == (
        "The base of these figures (2) cannot be under 48; of the bases 1–150, 3 fit."
    )
    assert found.say("ru") == (
        "База этих цифр (2) не может быть меньше 48; из баз 1–150 подходят 3."
    )


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=4),
    st.integers(1, 60),
)
def test_every_base_agrees_with_fractions(units, n):
    """Independent path: each k tried, in exact fractions."""
    fits = all(
        any(abs(Fraction(100 * k, n) - Fraction(u, 10)) <= Fraction(1, 20) for k in range(n + 1))
        for u in units
    )
    found = possible_bases([u / 10 for u in units], smallest=n, largest=n).frame
    assert (len(found) == 1) == fits


@given(st.integers(1, 400), st.data())
def test_the_true_base_is_always_among_the_possible_ones(n, data):
    counts = data.draw(st.lists(st.integers(0, n), min_size=1, max_size=6))
    printed = [round(100 * k / n, 1) for k in counts]
    frame = possible_bases(printed, smallest=n, largest=n).frame
    assert frame["base"].tolist() == [n]
    assert frame.iloc[0, 1:].tolist() == counts


@pytest.mark.parametrize(
    ("percents", "options", "message"),
    [
        ([], {}, "There is no percentage to fit a base to; give at least one."),
        ([101], {}, "101 is not a percentage; give numbers of 0–100."),
        (["half"], {}, "'half' is not a percentage; give numbers of 0–100."),
        ([float("nan")], {}, "nan is not a percentage; give numbers of 0–100."),
        (
            [54.75],
            {},
            "54.75 has more digits than decimals=1. Give the percentages as printed, and the "
            "number of decimals printed.",
        ),
        ([50], {"decimals": -1}, "decimals=-1: the number of printed decimals is 0 or more."),
        (
            [50],
            {"smallest": 9, "largest": 8},
            "No base lies between smallest=9 and largest=8. Give 1 <= smallest <= largest.",
        ),
    ],
)
def test_bad_input_gets_a_sentence(percents, options, message):
    with pytest.raises(InvalidValue) as caught:
        possible_bases(percents, **options)
    assert str(caught.value) == message


def test_a_published_question_brings_its_labels_and_its_source():
    found = possible_bases(published("upsell_ways"))
    assert list(found.frame.columns[1:3]) == ["expand", "new_services"]
    assert "CMS Magazine" in found.provenance.source.en
    assert found.labels["expand"].en == "Account manager offers more of the current service"


def test_what_cannot_be_said_passes_through():
    nothing = CannotSay.because(Text("No such question.", "Нет такого вопроса."))
    assert possible_bases(nothing) is nothing


def test_bases_that_were_not_tried_are_not_ruled_out():
    found = possible_bases([14.6, 18.8], smallest=100, largest=150)
    assert found.say() == "Of the bases 100–150, 1 fits these figures (2); the smallest is 144."


def test_neighbouring_bases_that_chance_explains_are_no_sign():
    """1 of 10 and 1 of 11 are also 11 and 10 of 110."""
    found = possible_bases([10.0, 9.1])
    assert found.smallest == 110
    assert found.neighbouring == {}


def test_a_figure_may_be_called_base():
    assert possible_bases({"base": 50.0}, decimals=0, largest=2).frame.to_dict("list") == {
        "base": [2],
        "base (2)": [1],
    }
