"""Cox regression of `clientlab.stats.survival`: R's `survival` 3.5, by hand, slow paths.

    golden/survival/make.R       makes both files below, with the calls
    golden/survival/spells.csv   90 spells with ties and late entry, covariates x and z
    golden/survival/values.json  spells -> R call -> numbers, 17 digits

Four clients, in months; `key` marks a key account:

    client  entry  exit  left  key      with b the log hazard ratio of key and r = exp(b):
    A       0      2     1     0        at 2: A, B, D at risk, A leaves     1/(1 + 2r)
    B       0      3     1     1        at 3: B, C, D at risk, B leaves     r/(1 + 2r)
    C       2      4     1     0        at 4: C, D at risk, C leaves        1/(1 + r)
    D       0      6     0     1
"""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.hazard_regression import PHReg

from clientlab.stats.survival import TIES, cox

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "survival"
VALUES = json.loads((FOLDER / "values.json").read_text("utf-8"))
D = pd.read_csv(FOLDER / "spells.csv").assign(left=lambda d: (d["cause"] > 0).astype(int))
SETS = {"late": D, "start": D.assign(entry=0), "two": D[D["group"] != "c"]}
NEW = pd.DataFrame({"x": [0, 0.5, -2], "z": [0, 1, 1]})


def fitted(frame, ties="efron", covariates=("x", "z")):
    return cox(frame, covariates, exit="exit", event="left", entry="entry", ties=ties)


def equal(found, name, call):
    expected = np.array(VALUES[name][call])
    np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-8, atol=1e-13)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", SETS)
def test_coefficients_are_those_of_r(name, ties):
    coef = fitted(SETS[name], ties).coef
    columns = coef[["estimate", "se", "low", "high", "p_value"]].to_numpy().T
    equal(columns, name, f"coxph(S ~ x + z, ties = '{ties}')")


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", SETS)
def test_predicted_survival_is_that_of_r(name, ties):
    call = f"summary(survfit(f, newdata), times = c(1, 3, 8.5, 15, 29))$surv, '{ties}'"
    equal(fitted(SETS[name], ties).survival_at(NEW, [1, 3, 8.5, 15, 29]).T, name, call)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", SETS)
def test_the_concordance_is_that_of_r(name, ties):
    equal(fitted(SETS[name], ties).concordance, name, f"concordance(f), '{ties}'")


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", SETS)
def test_the_check_of_proportional_hazards_is_that_of_r(name, ties):
    found = fitted(SETS[name], ties).proportional_hazards()
    assert found.index.tolist() == ["x", "z", "all"]
    equal(found.to_numpy().T, name, f"cox.zph(f)$table, '{ties}'")


FOUR = pd.DataFrame(
    {"entry": [0, 0, 2, 0], "exit": [2, 3, 4, 6], "left": [1, 1, 1, 0], "key": [0, 1, 0, 1]}
)
RATIO = (np.sqrt(5) - 1) / 4  # where the derivative 1 − 4r/(1 + 2r) − r/(1 + r) is 0


@pytest.mark.parametrize("ties", TIES)
def test_four_clients_give_the_numbers_of_the_hand(ties):
    fit = fitted(FOUR, ties, ["key"])
    assert fit.coef.loc["key", "estimate"] == pytest.approx(np.log(RATIO), rel=1e-12)
    information = 4 * RATIO / (1 + 2 * RATIO) ** 2 + RATIO / (1 + RATIO) ** 2
    assert fit.coef.loc["key", "se"] == pytest.approx(information**-0.5, rel=1e-10)
    steps = [1 / (1 + 2 * RATIO), 1 / (1 + 2 * RATIO), 1 / (1 + RATIO), 0]
    assert fit.baseline["time"].tolist() == [2, 3, 4, 6]
    assert fit.baseline["hazard"].tolist() == pytest.approx(np.cumsum(steps), rel=1e-10)
    # A before B and D, C before D: right; B before D: a tie; B before C: wrong
    assert fit.concordance == 3.5 / 5


def test_predicted_survival_is_one_before_the_first_exit_and_unknown_after_the_last():
    found = fitted(FOUR, covariates=["key"]).survival_at({"key": 1}, [1, 2, 6, 6.1])
    expected = [1, np.exp(-RATIO / (1 + 2 * RATIO))]
    assert found[:2].tolist() == pytest.approx(expected, rel=1e-10)
    assert found[2] > 0
    assert np.isnan(found[3])


def test_a_client_may_be_a_mapping_a_series_a_list_or_a_row():
    fit = fitted(D)
    expected = fit.survival_at([0.5, 1], [3, 9])
    for x in ({"z": 1, "x": 0.5}, pd.Series({"z": 1, "x": 0.5}), np.array([0.5, 1])):
        assert fit.survival_at(x, [3, 9]).tolist() == expected.tolist()
    assert fit.survival_at(NEW, [3, 9])[1].tolist() == expected.tolist()
    assert fit.survival_at(NEW, [3, 9]).shape == (3, 2)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", SETS)
def test_coefficients_are_those_of_statsmodels_with_the_entry_moved(name, ties):
    # PHReg takes a spell that enters at t for at risk at t
    s = SETS[name]
    model = PHReg(s["exit"], s[["x", "z"]], s["left"], entry=s["entry"] + 0.5, ties=ties)
    peer, coef = model.fit(disp=0), fitted(s, ties).coef
    np.testing.assert_allclose(coef["estimate"], peer.params, rtol=1e-7)
    np.testing.assert_allclose(coef["se"], peer.bse, rtol=1e-7)


@pytest.mark.parametrize("name", SETS)
def test_the_concordance_is_that_of_a_loop_over_pairs(name):
    s, fit = SETS[name].reset_index(drop=True), fitted(SETS[name])
    risk = s[["x", "z"]].to_numpy() @ fit.coef["estimate"].to_numpy()
    entry, exit, left = (s[key].to_numpy() for key in ("entry", "exit", "left"))
    right = pairs = 0.0
    for one in np.flatnonzero(left):
        for other in range(len(s)):
            stays = exit[other] > exit[one] or (exit[other] == exit[one] and not left[other])
            if stays and entry[other] < exit[one]:
                pairs += 1
                right += (risk[one] > risk[other]) + 0.5 * (risk[one] == risk[other])
    assert fit.concordance == pytest.approx(right / pairs, rel=1e-12)


def efron_score(beta, s, tilt):
    """Score of effects that change with `tilt`, by a loop over risk sets and leavers."""
    X, score = s[["x", "z"]].to_numpy(), np.zeros(2)
    entry, exit, left = (s[key].to_numpy() for key in ("entry", "exit", "left"))
    for time, g in tilt.items():
        at_risk = (entry < time) & (time <= exit)
        leaving = (left == 1) & (exit == time)
        risk = np.exp(X @ beta)
        for step in range(leaving.sum()):
            weight = risk * (at_risk - step / leaving.sum() * leaving)
            score += g * (X[leaving].mean(axis=0) - weight @ X / weight.sum())
    return score


@pytest.mark.parametrize("name", SETS)
def test_score_and_information_are_those_of_a_loop_over_risk_sets(name):
    s = SETS[name]
    times = np.unique(s.loc[s["left"] == 1, "exit"])
    coef = fitted(s).coef
    beta, even = coef["estimate"].to_numpy(), dict.fromkeys(times, 1.0)
    np.testing.assert_allclose(efron_score(beta, s, even), 0, atol=1e-10)
    h = 1e-5
    columns = [
        (efron_score(beta - h * e, s, even) - efron_score(beta + h * e, s, even)) / (2 * h)
        for e in np.eye(2)
    ]
    se = np.sqrt(np.diag(np.linalg.inv(np.array(columns))))
    np.testing.assert_allclose(coef["se"], se, rtol=1e-7)


# Properties.


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("day", [4, 11, 20])
def test_a_spell_split_in_two_changes_nothing(day, ties):
    within = (D["entry"] < day) & (day < D["exit"])
    parts = [D[~within], D[within].assign(exit=day, left=0), D[within].assign(entry=day)]
    split, whole = fitted(pd.concat(parts), ties), fitted(D, ties)
    np.testing.assert_allclose(split.coef, whole.coef, rtol=1e-9)
    np.testing.assert_allclose(split.survival_at(NEW, D["exit"]), whole.survival_at(NEW, D["exit"]))
    assert split.concordance == pytest.approx(whole.concordance, rel=1e-12)
    np.testing.assert_allclose(split.proportional_hazards(), whole.proportional_hazards())


@given(st.randoms(use_true_random=False), st.sampled_from(TIES))
def test_neither_order_nor_the_unit_of_time_matters(random, ties):
    order = random.sample(range(len(D)), len(D))
    weeks = D.iloc[order].assign(entry=D["entry"] / 7, exit=D["exit"] / 7)
    found, expected = fitted(weeks, ties), fitted(D, ties)
    np.testing.assert_allclose(found.coef, expected.coef, rtol=1e-8)
    assert found.concordance == pytest.approx(expected.concordance, rel=1e-12)
    np.testing.assert_allclose(
        found.survival_at(NEW, [2, 3.1]), expected.survival_at(NEW, [14, 21])
    )


@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_the_unit_of_a_covariate_scales_its_effect(unit, zero):
    found, expected = fitted(D.assign(x=unit * (D["x"] + zero))), fitted(D)
    assert found.coef.loc["x", "estimate"] * unit == pytest.approx(
        expected.coef.loc["x", "estimate"], rel=1e-7
    )
    np.testing.assert_allclose(found.coef["p_value"], expected.coef["p_value"], rtol=1e-6)


def test_a_very_skew_covariate_is_fitted():
    # Newton's method without halving leaves for infinity here
    random = np.random.default_rng(1)
    spend = np.exp(2 * random.normal(size=200))
    life = random.exponential(30 / np.sqrt(np.sqrt(spend)))
    clients = pd.DataFrame(
        {"spend": spend, "days": np.ceil(np.minimum(life, 40)), "left": life <= 40}
    )
    coef = cox(clients, ["spend"], exit="days", event="left").coef
    assert 0 < coef.loc["spend", "estimate"] < 1


def test_with_nothing_but_events_and_with_everybody_late_there_is_a_fit():
    late = D.assign(left=1, entry=D["exit"] - D["exit"].clip(upper=12) + D["entry"].clip(upper=0.5))
    assert np.isfinite(fitted(late[late["entry"] < late["exit"]]).coef.to_numpy()).all()


def test_where_no_time_is_asked_for_no_survival_is_given():
    found = fitted(D).survival_at([0, 0], [np.nan, 3.0, 99.0])
    assert np.isnan(found).tolist() == [True, False, True]


def test_covariates_that_differ_by_a_thousandth_are_fitted():
    # x + z/1000 beside x is z in other words: R's coefficients of x and z, turned
    turned = fitted(D.assign(y=D["x"] + 1e-3 * D["z"]), covariates=["x", "y"]).coef["estimate"]
    plain = fitted(D).coef["estimate"]
    assert turned["y"] * 1e-3 == pytest.approx(plain["z"], rel=1e-7)
    assert turned["x"] + turned["y"] == pytest.approx(plain["x"], rel=1e-5)


def test_a_fit_stands_in_one_line_without_its_data():
    assert repr(fitted(D)) == "CoxFit(covariates=['x', 'z'], ties='efron', level=0.95)"


def test_the_frame_given_is_not_changed():
    frame = D.copy()
    fit = fitted(frame)
    new = NEW.copy()
    fit.survival_at(new, [1, 2])
    fit.proportional_hazards()
    pd.testing.assert_frame_equal(frame, D)
    pd.testing.assert_frame_equal(new, NEW)


# Refusals.


def no_end(names):
    return (
        f"No finite effect can be given for {names}: it separates those who left from those who "
        "stayed, or too few left. Leave it out, or pool rare categories."
    )


REFUSED = {
    "ties='exact' is not known; use one of efron, breslow.": lambda: fitted(D, "exact"),
    "There is no covariate; name one column or more.": lambda: fitted(D, covariates=[]),
    "Column 'age' is missing; the frame has entry, exit, left, key.": (
        lambda: fitted(FOUR, covariates=["age"])
    ),
    "Column 'left' is missing; the frame has entry, exit, key.": (
        lambda: fitted(FOUR.drop(columns="left"), covariates=["key"])
    ),
    "Covariate 'key' is not numeric; turn categories into 0/1 columns.": (
        lambda: fitted(FOUR.assign(key=list("abab")), covariates=["key"])
    ),
    "Covariate 'key' is missing or infinite in 1 of 4 rows; set these rows aside, or fill them "
    "and mark them in a column of their own.": (
        lambda: fitted(FOUR.assign(key=[1, None, 0, 1]), covariates=["key"])
    ),
    "Covariate 'key' is 1 in every row; leave it out.": (
        lambda: fitted(FOUR.assign(key=1), covariates=["key"])
    ),
    "The covariates x, z, y repeat each other; leave one out.": (
        lambda: fitted(D.assign(y=D["x"] - 2 * D["z"]), covariates=["x", "z", "y"])
    ),
    "Nobody left, so there is no rate of leaving to compare.": lambda: fitted(D.assign(left=0)),
    "event is neither 0 nor 1 in 90 of 90 rows. 1 means that the spell ended in the event, 0 "
    "that it was still going on (censored).": lambda: fitted(D.assign(left=2)),
    "1 of 4 spells end before or when they begin (the first: row 0, entry 2, exit 2). Time at "
    "risk is (entry, exit]: count in days, and set these rows aside.": (
        lambda: fitted(FOUR.assign(entry=[2, 0, 0, 0]), covariates=["key"])
    ),
    "level=95 must lie between 0 and 1, such as 0.95.": lambda: cox(
        D, ["x"], exit="exit", event="left", level=95
    ),
    "x has 1 values; the fit has 2 covariates (x, z).": lambda: fitted(D).survival_at([1], [2]),
    "x has no z; the fit needs each covariate.": lambda: fitted(D).survival_at({"x": 1}, [2]),
    "covariates='x' is one name; give a list: ['x'].": lambda: fitted(D, covariates="x"),
    "The frame has no rows; a fit needs spells, some of which ended.": lambda: fitted(D[:0]),
    "Column 'key' is there 2 times; rename all but one.": (
        lambda: fitted(pd.concat([FOUR, FOUR[["key"]]], axis=1), covariates=["key"])
    ),
    "Covariate 'x' is not numeric; turn categories into 0/1 columns.": (
        lambda: fitted(D.assign(x=pd.date_range("2020", periods=90)))
    ),
    "The covariates x, y repeat each other; leave one out.": (
        lambda: fitted(D.assign(y=D["x"] + 1e-7 * D["z"]), covariates=["x", "y"])
    ),
    "All who left did so at 3; whether effects change with time needs leaving at two times or "
    "more.": lambda: fitted(
        FOUR.assign(entry=0, exit=[3, 3, 3, 6], left=[1, 1, 1, 0], key=[0, 1, 0, 1]),
        covariates=["key"],
    ).proportional_hazards(),
    # nobody of those with z left; all of them left first; nobody stands beside another
    no_end("z"): lambda: fitted(D.assign(z=(D["left"] == 0) & (D["exit"] > 9))),
    no_end("key"): lambda: fitted(FOUR.assign(entry=FOUR["exit"] - 0.5), covariates=["key"]),
    # early spells with early ones and late with late ones: the same `late` in every risk set
    no_end("late"): lambda: fitted(
        pd.concat(
            [
                D.assign(late=0),
                D.assign(late=1, entry=D["entry"] + 50, exit=D["exit"] + 50),
            ]
        ),
        covariates=["x", "late"],
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_refusal_says_what_is_wrong(sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        REFUSED[sentence]()


@pytest.mark.parametrize("rows", [20, 200, 2000])
@pytest.mark.parametrize("first", [True, False])
def test_a_rare_group_that_leaves_first_or_never_is_refused(rows, first):
    random = np.random.default_rng(rows)
    frame = pd.DataFrame({"exit": random.integers(2, 40, rows), "left": random.random(rows) < 0.6})
    frame["entry"], frame["x"] = 0, random.normal(size=rows)
    frame["z"] = (np.arange(rows) < 3).astype(int)
    frame.loc[:2, ["exit", "left"]] = [1, True] if first else [40, False]
    with pytest.raises(ValueError, match=r"No finite effect can be given for .*z"):
        fitted(frame)
