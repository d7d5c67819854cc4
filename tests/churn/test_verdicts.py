"""Verdicts: better than each rule, or not better.

candidate   score
sharp       the truth with a little noise
dull        pure noise
load        what drives clients away
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import backtest, verdict
from clientlab.churn.backtest_example import example
from clientlab.churn.backtest_measures import difference
from clientlab.churn.verdicts import gap
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import scoring


class Column:
    """A model that says a column of the features."""

    def __init__(self, name):
        self.name = name

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-X[self.name].to_numpy()))
        return np.column_stack([1 - p, p])


@pytest.fixture(scope="module")
def tested():
    rows = example()
    random = np.random.default_rng(5)
    noise = random.normal(size=(2, len(rows.X)))
    rows.X = rows.X.assign(sharp=4.0 * rows.y + noise[0], dull=noise[1])
    candidates = {"sharp": Column("sharp"), "loaded": Column("load"), "dull": Column("dull"),
                  "load": "load", "noise": "noise"}  # fmt: skip
    return backtest(candidates, rows, unseen_folds=0)


def test_a_model_beats_the_rules_if_it_beats_each_of_them(tested):
    found = verdict(tested, "sharp")
    assert found.beats_the_rules()
    assert (found.of("sharp")["low"] > 0).all()
    assert found.headline() == "'sharp' beats the rules"
    assert found.headline("ru") == "«sharp» лучше правил"
    assert found.decide().startswith("Take 'sharp' for the list of calls")


def test_one_rule_that_cannot_be_told_apart_is_enough_to_say_no(tested):
    found = verdict(tested, "loaded")
    verdicts = found.of("loaded").set_index("rule")["verdict"].to_dict()
    assert verdicts == {"load": "cannot_tell", "noise": "beats"}
    assert not found.beats_the_rules()
    assert found.headline() == (
        "'loaded' does not beat the rules: it cannot be told apart from 'load'"
    )
    assert found.headline("ru") == "«loaded» не лучше правил: не отличить от «load»"


def test_a_column_that_ranks_the_wrong_way_round_is_told():
    rows = example()
    rows.X = rows.X.assign(safety=-rows.X["load"])
    found = verdict(backtest({"loaded": Column("load"), "safety": "safety"}, rows, unseen_folds=0))
    told = [note for note in found.notes if "wrong way round" in note.en]
    assert len(told) == 1
    assert told[0].en.startswith("'safety' ranks the wrong way round (AUC 0.")
    assert "смените знак" in told[0].ru


def test_a_model_that_is_worse_than_a_rule_is_called_so(tested):
    found = verdict(tested, "dull")
    assert found.headline() == "'dull' is worse than the rule 'load'"
    assert found.decide() == "Keep the rule 'load'; put the model away."
    assert found.decide("ru") == "Оставить правило «load», модель отложить."


def test_the_difference_is_that_of_the_two_measures_on_the_same_resamples(tested):
    estimate, drawn = gap(tested, "sharp", "noise", "auc")
    one, two = tested.rows_of("sharp"), tested.rows_of("noise")
    expected = scoring.auc_difference(one["y"], one["score"], two["score"]).estimate
    assert estimate == pytest.approx(expected)
    row = verdict(tested, "sharp").of("sharp").set_index("rule").loc["noise"]
    assert (row["low"], row["high"]) == difference(estimate, drawn, tested.leavers)


def test_losses_count_the_other_way_round(tested):
    found = verdict(tested, "sharp", measure="brier").of("sharp").set_index("rule")
    table = tested.of("brier").set_index("candidate")["estimate"]
    assert found.loc["noise", "estimate"] == pytest.approx(table["noise"] - table["sharp"])


def test_several_models_are_corrected_for_their_number(tested):
    alone = verdict(tested, "loaded").of("loaded").set_index("rule")
    three = verdict(tested).of("loaded").set_index("rule")
    assert (three["high"] - three["low"] > alone["high"] - alone["low"])["noise"]
    assert verdict(tested).models == ["sharp", "loaded", "dull"]
    assert verdict(tested).headline() == "'sharp' beats the rules"
    assert verdict(tested, ["loaded", "dull"]).headline() == "'dull' is worse than the rule 'load'"


def test_no_model_and_no_rule_are_told(tested):
    rows = example()
    only_rules = verdict(backtest("load", rows))
    assert only_rules.say() == (
        "There is no model in this test, so there is nothing to decide about one."
    )
    only_models = verdict(backtest({"sharp": Column("load")}, rows, unseen_folds=0))
    assert only_models.say("ru") == (
        "Модель не с чем сравнить: дайте хотя бы одно правило из RULES."
    )
    assert verdict(only_rules) is only_rules


def test_unknown_names_are_refused(tested):
    with pytest.raises(InvalidValue) as error:
        verdict(tested, "best")
    assert str(error.value) == (
        "'best' was not tested; there are sharp, loaded, dull, load, noise."
    )
    with pytest.raises(InvalidValue) as error:
        verdict(tested, measure="f1")
    assert str(error.value).startswith("Measure 'f1' is not known; use one of auc, ")
    with pytest.raises(InvalidValue) as error:
        verdict(tested, "sharp").of("dull")
    assert str(error.value) == "'dull' is not among the models: sharp."


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_speaks_both_languages_and_draws(tested, lang):
    found = verdict(tested)
    assert str(tested.provenance.base) in found.say(lang)
    assert str(tested.leavers) in found.say(lang)
    for one in (found, verdict(tested, "sharp")):
        labels = [tick.get_text() for tick in one.plot().get_yticklabels()]
        assert len(labels) == (3 if len(one.models) == 3 else 2)
    assert list(found.frame.columns) == [
        "model", "rule", "estimate", "low", "high", "base", "verdict"]  # fmt: skip
    assert isinstance(verdict(CannotSay(pd.DataFrame(), tested.provenance)), CannotSay)
