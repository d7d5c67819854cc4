"""Log-rank and Gray's test of `clientlab.stats.survival`: R, by hand, slow paths.

    golden/survival/make.R       makes both files below, with survival 3.5 and cmprsk 2.2
    golden/survival/spells.csv   90 spells with ties, late entry, four causes, three groups
    golden/survival/values.json  spells -> R call -> numbers, 17 digits

Eight clients of two cities, in months:

    city  entry  exit  left             city  entry  exit  left
    K     0      2     1                M     0      3     1
    K     0      3     1                M     0      5     0
    K     1      3     0                M     2      6     1
    K     0      6     1                M     4      7     0
"""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from clientlab.stats.survival import gray, logrank

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "survival"
VALUES = json.loads((FOLDER / "values.json").read_text("utf-8"))
D = pd.read_csv(FOLDER / "spells.csv")
IN_C = D["group"] == "c"
SETS = {
    "late": D,
    "start": D.assign(entry=0),
    "two": D[~IN_C],
    "few": D[D["entry"] > 0],
    "short": D.assign(  # all of group c have left at 6
        entry=0,
        exit=D["exit"].mask(IN_C, D["exit"].clip(upper=6)),
        cause=D["cause"].mask(IN_C, 1 + (np.arange(90) + 1) % 2),
    ),
}


@pytest.mark.parametrize("name", ["start", "two", "short"])
def test_the_log_rank_test_is_that_of_r(name):
    # R: survdiff(Surv(exit, cause > 0) ~ group)
    s = SETS[name]
    expected = VALUES[name]["survdiff(Surv(exit, cause > 0) ~ group)"]
    assert logrank(s["exit"], s["cause"] > 0, s["group"]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("name", ["late", "two", "few"])
def test_the_log_rank_test_with_late_entry_is_the_exact_score_test_of_r(name):
    # R: coxph(Surv(entry, exit, cause > 0) ~ group, ties = 'exact', iter.max = 0)$score
    s = SETS[name]
    (expected,) = VALUES[name]["coxph(S ~ group, ties = 'exact', iter.max = 0)$score"]
    found = logrank(s["exit"], s["cause"] > 0, s["group"], entry=s["entry"])
    assert found.statistic == pytest.approx(expected, rel=1e-8)
    assert found.df == s["group"].nunique() - 1


@pytest.mark.parametrize(
    ("name", "cause"),
    [(name, cause) for name in ("start", "two", "short") for cause in (1, 2, 3)][:-1],
)
def test_grays_test_is_that_of_r(name, cause):
    # R: cmprsk::cuminc(exit, cause, group)$Tests[cause, c("stat", "df", "pv")]
    s = SETS[name]
    table = np.array(VALUES[name]["cuminc(exit, cause, group)$Tests"]).reshape(3, 3)
    found = gray(s["exit"], s["cause"], s["group"], of=cause)
    assert found == pytest.approx(table[:, cause - 1], rel=1e-8)


def test_a_group_gone_before_anybody_left_for_the_cause_does_not_count():
    # R gives up: cuminc(exit, cause, group)$Tests[3, ] is -1, 1, 2
    assert VALUES["short"]["cuminc(exit, cause, group)$Tests"][2::3] == [-1, 2, 1]
    short, two = SETS["short"], SETS["two"]
    found = gray(short["exit"], short["cause"], short["group"], of=3)
    assert found == pytest.approx(gray(two["exit"], two["cause"], two["group"], of=3), rel=1e-10)
    assert found.df == 1


CITY = list("KKKKMMMM")
ENTRY = [0, 0, 1, 0, 0, 0, 2, 4]
EXIT = [2, 3, 3, 6, 3, 5, 6, 7]
LEFT = [1, 1, 0, 1, 1, 0, 1, 0]


def test_eight_clients_give_the_statistic_of_the_hand():
    # at  at risk  of K  left  of K   expected  variance d·p(1−p)·(n−d)/(n−1)
    # 2   6        4     1     1      4/6       1·(4/6)(2/6)
    # 3   6        3     2     1      2·3/6     2·(1/4)·4/5
    # 6   3        1     2     1      2·1/3     2·(1/3)(2/3)·1/2
    observed_less_expected = 3 - 2 / 3 - 1 - 2 / 3
    variance = 2 / 9 + 2 / 5 + 2 / 9
    found = logrank(EXIT, LEFT, CITY, entry=ENTRY)
    assert found.statistic == pytest.approx(observed_less_expected**2 / variance, rel=1e-12)
    assert found.df == 1
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 1), rel=1e-12)


def by_loop(exit, gone, group, entry):
    """Log-rank statistic from a loop over risk sets, without the last group."""
    names = np.unique(group)[:-1]
    score, variance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for time in np.unique(exit[gone]):
        at_risk = (entry < time) & (time <= exit)
        leaving = gone & (exit == time)
        n, d = at_risk.sum(), leaving.sum()
        share = np.array([(at_risk & (group == name)).sum() / n for name in names])
        score += [(leaving & (group == name)).sum() for name in names] - d * share
        if n > 1:
            spread = d * (n - d) / (n - 1)
            variance += spread * (np.diag(share) - np.outer(share, share))
    return score @ np.linalg.solve(variance, score)


@pytest.mark.parametrize("name", SETS)
def test_the_log_rank_test_is_that_of_the_slow_path(name):
    s = SETS[name]
    exit, entry, group = (s[key].to_numpy() for key in ("exit", "entry", "group"))
    slow = by_loop(exit, (s["cause"] > 0).to_numpy(), group, entry)
    found = logrank(s["exit"], s["cause"] > 0, s["group"], entry=s["entry"])
    assert found.statistic == pytest.approx(slow, rel=1e-10)


# Properties.


@st.composite
def spells(draw):
    """4 to 14 spells of whole days with ties, late entry, two causes and three groups."""
    rows = draw(st.integers(4, 14))

    def column(least, most):
        return np.array(draw(st.lists(st.integers(least, most), min_size=rows, max_size=rows)))

    entry = column(0, 6)
    group = np.append([0, 1, 2], column(0, 2)[3:])
    return pd.DataFrame(
        {"entry": entry, "exit": entry + column(1, 5), "cause": column(0, 2), "group": group}
    )


def of_all(s):
    return logrank(s["exit"], s["cause"] > 0, s["group"], entry=s["entry"])


def of_first(s):
    if not (s["cause"] == 1).any():
        return (0, 0, 1)
    return gray(s["exit"], s["cause"], s["group"], of=1)


@given(spells(), st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(s, random):
    order = random.sample(range(len(s)), len(s))
    other = s.iloc[order]
    other = other.assign(group=other["group"].map({0: "south", 1: "north", 2: "east"}))
    assert of_all(other) == pytest.approx(of_all(s), rel=1e-6, abs=1e-9)
    assert of_first(other) == pytest.approx(of_first(s), rel=1e-6, abs=1e-9)


@given(spells())
def test_days_as_fractions_give_the_same_as_whole_days(s):
    weeks = s.assign(entry=s["entry"] / 7, exit=s["exit"] / 7)
    assert of_all(weeks) == pytest.approx(of_all(s), rel=1e-9, abs=1e-12)
    assert of_first(weeks) == pytest.approx(of_first(s), rel=1e-9, abs=1e-12)


@given(spells(), st.integers(1, 9))
def test_a_spell_split_in_two_changes_nothing(s, day):
    within = (s["entry"] < day) & (day < s["exit"])
    parts = pd.concat(
        [s[~within], s[within].assign(exit=day, cause=0), s[within].assign(entry=day)]
    )
    assert of_all(parts) == pytest.approx(of_all(s), rel=1e-9, abs=1e-12)


@given(spells())
def test_statistics_are_not_negative_and_p_values_are_shares(s):
    for found in (of_all(s), of_first(s)):
        assert found[0] >= -1e-12
        assert 0 <= found[2] <= 1


@given(spells())
def test_groups_that_leave_alike_do_not_differ(s):
    twice = pd.concat([s.assign(group="a"), s.assign(group="b")])
    assert of_all(twice) == pytest.approx((0, 1, 1), abs=1e-6)


def test_without_anybody_who_left_nothing_speaks_for_a_difference():
    assert logrank([5, 6, 8], [0, 0, 0], ["a", "b", "b"]) == (0, 1, 1)


def test_a_group_never_at_risk_when_somebody_left_takes_no_degree_of_freedom():
    found = logrank([5, 6, 6, 8, 2], [1, 0, 1, 1, 0], list("aabbc"))
    assert found == pytest.approx(logrank([5, 6, 6, 8], [1, 0, 1, 1], list("aabb")), rel=1e-12)
    assert found.df == 1


def test_groups_never_at_risk_together_cannot_differ():
    assert logrank([2, 3, 8, 9], [1, 1, 1, 1], list("aabb"), entry=[0, 0, 4, 4]) == (0, 1, 1)


@pytest.mark.parametrize(
    "cause", [["p", "", "q", "p"], ["p", None, "q", "p"], ["p", float("nan"), "q", "p"]]
)
def test_names_of_causes_are_names_and_gaps_are_still_going_on(cause):
    assert gray([5, 6, 7, 8], cause, list("abab"), of="p") == gray(
        [5, 6, 7, 8], [1, 0, 2, 1], list("abab"), of=1
    )


def test_nothing_given_is_changed():
    s = D.copy()
    logrank(s["exit"], s["cause"] > 0, s["group"], entry=s["entry"])
    gray(s["exit"], s["cause"], s["group"], of=1)
    pd.testing.assert_frame_equal(s, D)


REFUSED = {
    "There is one group only (a); a test compares two or more.": lambda: logrank(
        [5, 6], [1, 1], ["a", "a"]
    ),
    "group is missing in 1 of 2 rows; set these rows aside.": lambda: logrank(
        [5, 6], [1, 1], ["a", None]
    ),
    "group mixes values of different kinds (int, str); use numbers or names throughout.": (
        lambda: logrank([5, 6], [1, 1], ["a", 1])
    ),
    "exit has 2 rows and group has the shape (3,); give one value per spell in each.": (
        lambda: logrank([5, 6], [1, 1], ["a", "b", "b"])
    ),
    "exit has 2 rows and event has the shape (1,); give one value per spell in each.": (
        lambda: logrank([5, 6], [1], ["a", "b"])
    ),
    "Nobody left for the cause 'prise'; the causes are: price, quality.": lambda: gray(
        [5, 6], ["price", "quality"], ["a", "b"], of="prise"
    ),
    "Nobody left for the cause 3; the causes are: 1, 2.": lambda: gray(
        [5, 6], [1, 2], ["a", "b"], of=3
    ),
    "Nobody left for the cause 1; the causes are: none.": lambda: gray(
        [5, 6], [0, 0], ["a", "b"], of=1
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_refusal_says_what_is_wrong(sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        REFUSED[sentence]()
