"""Planning: which difference a base shows, how many answers a margin needs.

R: power.prop.test(p1 = .5, p2 = NULL, n = 47.5, power = .8)
margin   answers   of 60 people
0.10     93        37
"""

import pandas as pd
import pytest

from clientlab.practices import (
    detectable_difference,
    published,
    published_topline,
    required_base,
)
from clientlab.practices.published_shares import PublishedTopline
from clientlab.problems import InvalidValue
from clientlab.results import Provenance
from clientlab.stats import proportions
from clientlab.wording import Text

HALVES = {(0.5, 0.5): Text("halves", "половины")}


@pytest.mark.parametrize(
    ("base", "share", "p2"),
    [
        # R: power.prop.test(n = 50, p1 = .5, power = .8, tol = 1e-13)$p2
        (100, 0.5, 0.766830178952),
        # R: power.prop.test(n = 100, p1 = .2, power = .8, tol = 1e-13)$p2
        (200, 0.2, 0.37859646744),
        # R: power.prop.test(n = 25, p1 = .1, power = .8, tol = 1e-13)$p2
        (50, 0.1, 0.444452128177),
    ],
)
def test_equal_groups_agree_with_r(base, share, p2):
    found = detectable_difference(base, splits=HALVES, share=share).frame.loc[0, "estimate"]
    assert found + share == pytest.approx(p2, rel=1e-9)


def test_smaller_groups_need_larger_differences():
    estimates = detectable_difference(95).frame["estimate"].tolist()
    assert estimates == sorted(estimates)


def test_more_comparisons_need_larger_differences():
    one, six = (
        detectable_difference(95, comparisons=count).frame.loc[0, "estimate"] for count in (1, 6)
    )
    assert one < six
    # Independent path: dividing the level by hand.
    level = 1 - 0.05 / 6
    by_hand = detectable_difference(95, level=level).frame.loc[0, "estimate"]
    assert six == pytest.approx(by_hand, rel=1e-12)


def test_what_even_a_hundred_percent_would_not_show_is_missing():
    found = detectable_difference(4, splits={(0.25, 0.25): Text("one and one", "по одному")})
    assert found.frame["estimate"].isna().all()


def test_the_base_of_a_result_is_taken():
    shares = published_topline(published("loyalty_methods"))
    assert detectable_difference(shares).provenance.base == 95
    nothing = published(None)
    assert detectable_difference(nothing) is nothing


def test_the_required_base_is_the_smallest_that_keeps_the_margin():
    def half(n):
        found = proportions.interval(n / 2, n)
        return (found.high - found.low) / 2

    n = required_base(0.10)
    assert half(n) <= 0.10 < half(n - 1)


def test_a_known_number_of_people_needs_fewer_answers():
    n = required_base(0.10)
    assert required_base(0.10, population=60) == 37
    assert required_base(0.10, population=10**9) == n
    assert required_base(0.01, population=60) == 60


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: required_base(0), "margin=0 must lie between 0 and 1, both excluded."),
        (lambda: required_base(0.1, share=1), "share=1 must lie between 0 and 1, both excluded."),
        (
            lambda: required_base(0.1, population=0),
            "population=0: there must be at least one to ask.",
        ),
        (
            lambda: detectable_difference(3),
            "base=3, comparisons=1: two groups need at least 4 respondents, and one comparison is "
            "the fewest.",
        ),
        (
            lambda: detectable_difference(95, splits={(0.8, 0.4): Text("a", "а")}),
            "Groups of 0.8 and 0.4 of the respondents: shares must be positive and not exceed 1 "
            "together.",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, message):
    with pytest.raises(InvalidValue) as caught:
        call()
    assert str(caught.value) == message


def shares_of(base: int) -> PublishedTopline:
    source = Provenance(source=Text("by hand", "вручную"), base=base)
    return PublishedTopline(pd.DataFrame({"base": [base]}), source)


def test_a_result_of_three_people_gives_a_sentence():
    found = detectable_difference(shares_of(3))
    assert found.say() == "Too few to make two groups of: base 3."
    assert found.say("ru") == "Слишком мало, чтобы делить на две группы: база 3."


def test_a_base_that_shows_no_difference_says_so_and_is_drawn_grey():
    found = detectable_difference(shares_of(10))
    assert found.frame["estimate"].isna().all()
    assert found.say() == (
        "A base of 10 would usually show no difference between groups, however large."
    )
    assert found.decide() == "Do not compare groups; report the answers of all together."
    texts = [text.get_text() for text in found.plot().texts]
    assert set(texts) == {"not even 100 points"}


def test_a_base_that_shows_some_differences_counts_the_others():
    found = detectable_difference(40)
    assert found.frame["estimate"].isna().tolist() == [False, False, False, True]
    assert found.say().endswith("Divisions into groups too small for any difference: 1.")


def test_a_result_without_a_base_gives_a_sentence():
    assert detectable_difference(published("response_speed")).say() == (
        "No base is known for these figures, so nothing can be planned from it."
    )


def test_the_groups_are_named_in_words_and_in_the_table():
    from clientlab.session import texts

    found = detectable_difference(95)
    assert found.headline() == (
        "A base of 95 usually shows a difference from 50% of 27 percentage points or more between "
        "two halves"
    )
    assert "20% against 15%, 43" in found.say()
    texts.speak("ru")
    assert found.table().frame["группы"].tolist()[0] == "две половины"
