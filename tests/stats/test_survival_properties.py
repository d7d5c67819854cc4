"""What every Kaplan–Meier and Aalen–Johansen keeps, whatever the spells.

entry  exit  cause  w         up to 12 such rows with ties; w/7 is a fractional weight,
0      3     1      2         exit/7 a time counted in weeks
1      3     0      1
6      7     2      3
"""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.stats.survival import aalen_johansen, kaplan_meier, quantile, restricted_mean

FEW = settings(max_examples=40, deadline=None)


@st.composite
def spells(draw):
    """Up to 12 spells of whole days with ties, late entry, two causes and weights."""
    rows = draw(st.integers(1, 12))
    entry = np.array(draw(st.lists(st.integers(0, 6), min_size=rows, max_size=rows)))
    lasting = np.array(draw(st.lists(st.integers(1, 5), min_size=rows, max_size=rows)))
    causes = np.array(draw(st.lists(st.integers(0, 2), min_size=rows, max_size=rows)))
    weights = np.array(draw(st.lists(st.integers(1, 3), min_size=rows, max_size=rows)))
    return pd.DataFrame({"entry": entry, "exit": entry + lasting, "cause": causes, "w": weights})


def curve_and_shares(s, weights=None):
    curve = kaplan_meier(s["exit"], s["cause"] > 0, entry=s["entry"], weights=weights)
    shares = aalen_johansen(s["exit"], s["cause"], entry=s["entry"], weights=weights)
    return curve, shares


def at(curve, column, times):
    """Value of a step function after each of some times."""
    place = np.searchsorted(curve["time"], times, side="right") - 1
    return np.where(place < 0, np.nan, curve[column].to_numpy()[place])


def same(found, expected):
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), expected.reset_index(drop=True), rtol=1e-9, atol=1e-12
    )


@FEW
@given(spells())
def test_survival_never_rises_and_stays_between_its_ends(s):
    for weights in (None, s["w"] / 7):
        curve, shares = curve_and_shares(s, weights)
        survival = curve["survival"].to_numpy()
        assert (np.diff(survival) <= 0).all()
        assert ((survival >= 0) & (survival <= 1)).all()
        assert not (curve["low"] > curve["survival"] + 1e-15).any()
        assert not (curve["high"] < curve["survival"] - 1e-15).any()
        assert not (shares["low"] > shares["incidence"] + 1e-15).any()
        assert not (shares["high"] < shares["incidence"] - 1e-15).any()


@FEW
@given(spells())
def test_incidences_and_survival_add_up_to_one(s):
    for weights in (None, s["w"], s["w"] / 7):
        curve, shares = curve_and_shares(s, weights)
        ended = shares.groupby("time")["incidence"].sum().reindex(curve["time"], fill_value=0)
        np.testing.assert_allclose(ended + curve["survival"].to_numpy(), 1, rtol=1e-12)


@FEW
@given(spells(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(s, random):
    order = random.sample(range(len(s)), len(s))
    for found, expected in zip(
        curve_and_shares(s.iloc[order], s["w"].iloc[order] / 7),
        curve_and_shares(s, s["w"] / 7),
        strict=True,
    ):
        same(found, expected)


@FEW
@given(spells())
def test_names_of_causes_do_not_matter(s):
    _, expected = curve_and_shares(s)
    names = s["cause"].map({0: None, 1: "quality", 2: "price"})
    found = aalen_johansen(s["exit"], names, entry=s["entry"])
    found["cause"] = found["cause"].map({"quality": 1, "price": 2}).astype(int)
    same(found.sort_values(["time", "cause"]), expected.astype({"cause": int}))


@FEW
@given(spells())
def test_a_whole_weight_is_a_repeated_row(s):
    repeated = s.loc[s.index.repeat(s["w"])]
    curve, shares = curve_and_shares(s, s["w"])
    curve_of_rows, shares_of_rows = curve_and_shares(repeated)
    same(curve, curve_of_rows)
    columns = ["time", "at_risk", "cause", "incidence"]  # its se takes rows for spells
    same(shares[columns], shares_of_rows[columns])


@FEW
@given(spells(), st.sampled_from([0.1, 0.37, 11.3]))
def test_the_size_of_fractional_weights_does_not_matter(s, factor):
    s["w"] = np.sqrt(s["w"] + 0.25)
    columns = ["survival", "se", "low", "high"]
    same(
        curve_and_shares(s, factor * s["w"])[0][columns],
        curve_and_shares(s, s["w"])[0][columns],
    )
    columns = ["incidence", "se", "low", "high"]
    same(curve_and_shares(s, factor * s["w"])[1][columns], curve_and_shares(s, s["w"])[1][columns])


@FEW
@given(spells(), st.integers(1, 9))
def test_a_spell_split_in_two_changes_no_curve(s, day):
    within = (s["entry"] < day) & (day < s["exit"])
    parts = pd.concat(
        [s[~within], s[within].assign(exit=day, cause=0), s[within].assign(entry=day)]
    )
    curve, shares = curve_and_shares(s)
    split, split_shares = curve_and_shares(parts)
    for column in ("at_risk", "events", "survival", "se", "low", "high"):
        kept = split[split["time"].isin(curve["time"])]
        np.testing.assert_allclose(kept[column], curve[column], rtol=1e-12)
    for cause in (1, 2):
        before = shares[shares["cause"] == cause]
        after = split_shares[split_shares["cause"] == cause]
        if len(before):
            found = at(after, "incidence", before["time"])
            np.testing.assert_allclose(found, before["incidence"], rtol=1e-12)


@FEW
@given(spells())
def test_days_as_fractions_give_the_same_as_whole_days(s):
    weeks = s.assign(entry=s["entry"] / 7, exit=s["exit"] / 7)
    for found, expected in zip(
        curve_and_shares(weeks, s["w"] / 7), curve_and_shares(s, s["w"] / 7), strict=True
    ):
        found["time"] *= 7
        same(found, expected)


@FEW
@given(spells())
def test_a_spell_without_weight_is_no_spell(s):
    weights = np.append(np.zeros(1), s["w"] + 0.25)
    longer = pd.concat([s.iloc[:1].assign(exit=99, cause=1), s])
    for found, expected in zip(
        curve_and_shares(longer, weights), curve_and_shares(s, weights[1:]), strict=True
    ):
        found = found[found["time"] < 99]
        if "cause" in found:
            found = found[found["cause"].isin(expected["cause"])]
        columns = [name for name in found if name not in ("at_risk", "cause")]
        same(found[columns], expected[columns])


@FEW
@given(spells())
def test_nothing_given_is_changed(s):
    given = s.copy()
    curve, _ = curve_and_shares(s, s["w"] / 7)
    kept = curve.copy()
    quantile(curve)
    restricted_mean(s["exit"], s["cause"] > 0, 1, entry=s["entry"])
    pd.testing.assert_frame_equal(s, given)
    pd.testing.assert_frame_equal(curve, kept)
