"""Raking: what cannot be met is an error that names the margin.

size  s s s l       target  s 50%, l 50%      weights  2/3 2/3 2/3 2
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import published_respondents
from clientlab.practices import Survey, questionnaire, rake, raked, topline
from clientlab.practices.weighting import weight_summary
from clientlab.problems import InvalidValue
from clientlab.stats import design

GOLDEN = Path(__file__).parents[1] / "golden" / "practices" / "managers.csv"


def book(*names, options="sml"):
    return {"name": "x", "questions": [
        {"id": name, "type": "single", "text": name, "options": [{"id": o} for o in options]}
        for name in names]}  # fmt: skip


def survey(**columns) -> Survey:
    return Survey.from_frame(pd.DataFrame(columns), book(*columns))


def refused(made, targets, **more) -> str:
    with pytest.raises(InvalidValue) as caught:
        rake(made, targets, **more)
    return str(caught.value)


def test_the_table_of_the_docstring():
    found = rake(survey(size=["s", "s", "s", "l"]), {"size": {"s": 50, "l": 50}})
    np.testing.assert_allclose(found.weights, [2 / 3, 2 / 3, 2 / 3, 2])
    assert found.weighted_by == "size"
    summary = weight_summary(found)
    assert summary["effective_base"] == pytest.approx(16 / (4 / 3 + 4))
    assert summary["design_effect"] == pytest.approx(4 / 3)


def test_weights_and_errors_are_those_of_r():
    """tests/golden/practices/survey.R: rake() to size and region, svymean()."""
    frame = pd.read_csv(GOLDEN, dtype=str)
    made = Survey.from_frame(frame, questionnaire().only("size", "region", "knowledge_actual"))
    size = dict(zip(["s1_10", "s11_30", "s31_80", "s81"], [0.3, 0.3, 0.25, 0.15], strict=True))
    region = dict(zip(["moscow", "petersburg", "million", "elsewhere"], [0.4, 0.2, 0.3, 0.1],
                      strict=True))  # fmt: skip
    raked = rake(made, {"size": size, "region": region})
    np.testing.assert_allclose(raked.weights[[0, 59, 179]], [1.649109440, 0.546349436, 1.295170499],
                               rtol=2e-7)  # fmt: skip
    np.testing.assert_allclose([raked.weights.min(), raked.weights.max()], [0.36911093, 1.92857143],
                               rtol=2e-7)  # fmt: skip
    sales = frame["ways"].str.contains("salesperson").to_numpy(float)
    knows = raked.answers["knowledge_actual"].values
    for values, mean, se in (
        (sales, 0.395814351, 0.0394460579), (knows, 6.337298020, 0.1328247177),
    ):  # fmt: skip
        found = design.mean(values, raked.design)
        assert found.estimate == pytest.approx(mean, abs=5e-9)
        assert found.se == pytest.approx(se, rel=1e-6)


def test_equal_questions_with_different_targets_are_named():
    made = survey(a=["s", "s", "l", "l"], b=["m", "m", "s", "s"])
    assert refused(made, {"a": {"s": 0.5, "l": 0.5}, "b": {"m": 0.8, "s": 0.2}}) == (
        "Targets 'a' and 'b' contradict each other: everybody's answers to both are alike, and "
        "'s' is to have 50% and 80%."
    )


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ({"a": {"s": 0.5, "m": 0.2, "l": 0.3}},
         "Target 'a': nobody chose 'm', so no weight gives it 20%. Put it together "
         "with another option."),
        ({"a": {"s": 1.0}}, "Target 'a': 2 respondents chose 'l', which has no share. Give it "
                            "one, or leave them out."),
        ({"a": {"s": 0.5, "x": 0.5}}, "Target 'a': 'x' is no option. There are: s, m, l."),
        ({"a": {"s": 0.5, "l": 0.4}},
         "Target 'a': the shares add up to 0.9; they must be positive and make 1 (or 100)."),
        ({}, "There are no targets: {'size': {'small': 0.4, 'large': 0.6}}."),
    ],
)  # fmt: skip
def test_an_empty_or_unknown_margin_is_named(targets, sentence):
    assert refused(survey(a=["s", "s", "l", "l"]), targets) == sentence


def test_who_did_not_answer_a_target_fits_no_weight():
    made = survey(a=["s", "", "l", "l"], b=["s", "m", "m", "l"])
    assert refused(made, {"a": {"s": 0.5, "l": 0.5}}).startswith(
        "Target 'a': 1 of 4 respondents did not answer it"
    )


def test_targets_that_no_weights_meet_name_the_margin():
    # s of a are s of b: a says 70% of s, b says 20%.
    made = survey(a=["s", "s", "l", "l"], b=["s", "s", "s", "l"])
    said = refused(made, {"a": {"s": 0.7, "l": 0.3}, "b": {"s": 0.2, "l": 0.8}})
    assert said.startswith("The targets contradict each other: after 2,000 rounds 'a' still has ")
    assert said.endswith("Put rare options together, or leave a target out.")


def test_trimming_holds_both_or_says_what_it_misses():
    random = np.random.default_rng(5)
    made = survey(a=random.choice(list("sml"), 300, p=[0.8, 0.15, 0.05]),
                  b=random.choice(list("sml"), 300))  # fmt: skip
    targets = {"a": {"s": 0.6, "m": 0.25, "l": 0.15}, "b": {"s": 0.2, "m": 0.3, "l": 0.5}}
    free, cut = rake(made, targets), rake(made, targets, largest=4.0)
    assert free.weights.max() > 4
    assert cut.weights.max() <= 4.001
    for question, shares in targets.items():
        codes = made.answers[question].values
        got = np.bincount(codes, cut.weights) / cut.weights.sum()
        np.testing.assert_allclose(got, list(shares.values()), atol=1e-5)
    assert refused(made, targets, largest=2.0).startswith("No weights up to 2 times the mean fit: ")


def test_weights_before_raking_are_where_it_begins():
    frame = pd.DataFrame({"a": ["s", "s", "l", "l"], "w": [1, 3, 1, 1]})
    made = Survey.from_frame(frame, book("a"), weights="w")
    np.testing.assert_allclose(rake(made, {"a": {"s": 0.5, "l": 0.5}}).weights, [0.5, 1.5, 1, 1])


def test_rows_that_are_no_respondents_are_not_raked():
    said = refused(published_respondents(), {"upsell_ways": {"none": 1}})
    assert said.startswith("Raking joins the answers of a respondent, and these rows are no")


def test_a_notebook_gets_a_sentence_where_the_targets_cannot_be_met():
    made = survey(a=["s", "s", "l"])
    assert raked(made, None) is made
    np.testing.assert_allclose(raked(made, {"a": {"s": 0.5, "l": 0.5}}).weights, [0.75, 0.75, 1.5])
    refused_ = raked(made, {"a": {"s": 0.5, "m": 0.5}})
    assert topline(refused_, "a") is refused_
    assert refused_.say() == (
        "Not weighted. Target 'a': nobody chose 'm', so no weight gives it 50%. Put it together "
        "with another option."
    )
