"""Pairs of options, whatever the unpublished overlap.

n = 10   k1 = 8   k2 = 3   both: at least 1, at most 3
both     only 1   only 2   McNemar z² = (5)² / (only 1 + only 2)
1        7        2        25 / 9 = 2.78    p = 0.0956
3        5        0        25 / 5 = 5       p = 0.0253
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from clientlab.practices import published, published_differences, published_topline
from clientlab.practices.overlap import VERDICTS
from clientlab.practices.published_shares import PublishedTopline
from clientlab.problems import InvalidValue
from clientlab.results import Provenance
from clientlab.wording import Text


def topline(counts: dict[str, int], base: int | list[int]) -> PublishedTopline:
    frame = pd.DataFrame({"option": list(counts), "count": list(counts.values()), "base": base})
    frame["label_en"] = frame["label_ru"] = frame["option"]
    frame["estimate"] = frame["count"] / frame["base"]
    frame["low"], frame["high"] = 0.0, 1.0
    return PublishedTopline(frame, Provenance(source=Text("by hand", "вручную"), base=10))


@pytest.fixture(scope="module")
def loyalty():
    return published_topline(published("loyalty_methods"))


def test_both_ends_of_the_overlap_by_hand():
    row = published_differences(topline({"a": 8, "b": 3}, 10), adjust=None).frame.iloc[0]
    assert row["p_largest"] == pytest.approx(0.0956, abs=5e-5)
    assert row["p_smallest"] == pytest.approx(0.0253, abs=5e-5)
    assert row["verdict"] == "depends"
    assert row["estimate"] == pytest.approx(0.5)


def test_the_higher_option_comes_first():
    row = published_differences(topline({"a": 2, "b": 9}, 10)).frame.iloc[0]
    assert (row["first"], row["second"]) == ("b", "a")


def test_equal_shares_cannot_be_told_apart():
    frame = published_differences(topline({"a": 5, "b": 5}, 10)).frame
    assert frame["verdict"].tolist() == ["cannot_tell"]


def test_uncorrected_verdicts_of_the_loyalty_options(loyalty):
    """About 107 differ whatever the overlap, 22 never, 42 depend, before any correction.

    107 / 22 / 42 come out when the variance of the difference is taken at the
    observed difference (Wald); McNemar's takes it under equality and moves one pair.
    """
    pairs = published_differences(loyalty, adjust=None)
    assert len(pairs.frame) == 171
    found = [pairs.count(verdict) for verdict in ("differ", "cannot_tell", "depends")]
    assert found == [106, 22, 43]
    assert wald_verdicts(loyalty) == [107, 22, 42]


def wald_verdicts(shares: PublishedTopline) -> list[int]:
    """Independent path: loop over every overlap, variance at the observed difference."""
    from itertools import combinations

    found = {"differ": 0, "cannot_tell": 0, "depends": 0}
    n = 95
    for k1, k2 in combinations(shares.frame["count"], 2):
        significant = []
        for both in range(max(0, k1 + k2 - n), min(k1, k2) + 1):
            discordant, d = k1 + k2 - 2 * both, abs(k1 - k2)
            variance = discordant - d * d / n
            significant.append(d > 0 and d > 1.959964 * np.sqrt(max(variance, 0)))
        kind = "differ" if all(significant) else "depends" if any(significant) else "cannot_tell"
        found[kind] += 1
    return list(found.values())


def test_corrected_for_171_pairs_fewer_differ(loyalty):
    pairs = published_differences(loyalty)
    found = [pairs.count(verdict) for verdict in ("differ", "cannot_tell", "depends")]
    assert found == [55, 55, 61]
    assert pairs.say() == (
        "Pairs compared: 171. They differ whatever the overlap: 55; cannot be told apart by any: "
        "55; depend on answers that nobody printed: 61 (base 95)."
    )


@pytest.mark.parametrize("adjust", ["holm", "bh", "bonferroni", None])
def test_a_verdict_of_differ_survives_every_overlap(loyalty, adjust):
    """Independent path: 200 random overlaps for all pairs at once, tested and adjusted."""
    from clientlab.stats import proportions

    pairs = published_differences(loyalty, adjust=adjust).frame
    counts = loyalty.frame.set_index("option")["count"]
    k1, k2 = counts[pairs["first"]].to_numpy(), counts[pairs["second"]].to_numpy()
    rng = np.random.default_rng(1)
    low, high = np.maximum(0, k1 + k2 - 95), np.minimum(k1, k2)
    for _ in range(200):
        discordant = k1 + k2 - 2 * rng.integers(low, high + 1)
        p = chi2.sf((k1 - k2) ** 2 / np.maximum(discordant, 1), 1)
        p = p if adjust is None else proportions.adjust(p, adjust)
        assert (p[pairs["verdict"] == "differ"] < 0.05).all()
        assert (p[pairs["verdict"] == "cannot_tell"] >= 0.05).all()


def test_the_correction_is_said(loyalty):
    assert "Holm correction for 171 pairs" in published_differences(loyalty).notes[0].en
    assert published_differences(loyalty, adjust=None).notes[0].en == (
        "Not corrected for 171 comparisons: if nothing differed, chance alone would still find "
        "about 9."
    )


def test_the_headline_turns_with_the_data():
    clear = published_differences(topline({"a": 90, "b": 5, "c": 4}, 100))
    assert clear.headline() == (
        "«a» is ticked more often than every other option, whatever the overlap"
    )
    tied = published_differences(topline({"a": 50, "b": 49, "c": 4}, 100))
    assert tied.headline() == (
        "The first place is not settled: «a» is not surely above 1 of the other 2"
    )


def test_options_on_different_bases_are_refused():
    with pytest.raises(InvalidValue) as caught:
        published_differences(topline({"a": 5, "b": 4}, [10, 11]))
    assert str(caught.value) == (
        "The options stand on different bases (10, 11), so the same people did not answer all of "
        "them. Compare options of one base."
    )


def test_one_option_ends_in_a_sentence():
    assert published_differences(topline({"a": 5}, 10)).say() == (
        "There is one option only, so there is nothing to compare it with."
    )


def test_where_nothing_differs_the_first_is_above_nobody():
    tied = published_differences(topline({"a": 5, "b": 5, "c": 4}, 10))
    assert tied.headline() == (
        "The first place is not settled: «a» is not surely above any other option"
    )
    assert "may equal it (2) as one group" in tied.decide()


def test_the_picture_draws_one_cell_per_pair(loyalty):
    pairs = published_differences(loyalty)
    mesh = pairs.plot().collections[0]
    assert np.ma.count(mesh.get_array()) == 171


def test_of_a_single_choice_nobody_gave_both_answers():
    """54.7 against 45.3 of 95: 52 against 43, all of whom gave one answer only."""
    shares = topline({"a": 52, "b": 43}, 95)
    single = published_differences(replace(shares, type="single"), adjust=None).frame.iloc[0]
    assert single["p_smallest"] == single["p_largest"]
    assert single["p_largest"] == pytest.approx(chi2.sf((52 - 43) ** 2 / 95, 1))
    assert single["verdict"] == "cannot_tell"


def test_bands_that_contain_each_other_are_not_compared():
    shares = replace(topline({"a": 52, "b": 43}, 95), type="ordered")
    assert "ordered or contain each other" in published_differences(shares).say()


def test_what_is_not_corrected_says_so_and_decides_nothing(loyalty):
    naive = published_differences(loyalty, adjust=None)
    assert naive.say().startswith("Without correction: Pairs compared: 171.")
    assert naive.headline("ru").startswith("Без поправки: ")
    assert naive.decide() == ""


def test_the_assumed_base_is_told_with_the_verdicts(loyalty):
    notes = " ".join(note.en for note in published_differences(loyalty).notes)
    assert "It is the smallest that fits every figure" in notes
    assert "Who chose to answer" in notes


def test_verdicts_are_read_out_in_a_table(loyalty):
    from clientlab.session import texts

    texts.speak("ru")
    table = published_differences(loyalty).table()
    assert set(table.frame["вывод"]) == {text.ru for text in VERDICTS.values()}
