"""One linearised path from the topline to the letter: the same numbers as R's survey.

tests/golden/practices/survey.R on managers.csv: 180 managers, 40 agencies, weights.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from clientlab.practices import Survey, crosstab, questionnaire, rake, topline
from clientlab.practices.crosstab_tests import columns_averaged
from clientlab.practices.medians import weighted_median
from clientlab.stats import design

FRAME = pd.read_csv(
    Path(__file__).parents[1] / "golden" / "practices" / "managers.csv", dtype=str
).rename(columns={"ways": "upsell_ways"})
BOOK = questionnaire().only("size", "region", "role_model", "upsell_ways", "knowledge_actual")
TARGETS = {
    "size": {"s1_10": 0.3, "s11_30": 0.3, "s31_80": 0.25, "s81": 0.15},
    "region": {"moscow": 0.4, "petersburg": 0.2, "million": 0.3, "elsewhere": 0.1},
}


def pairs(survey, question, option, by="role_model"):
    tests = crosstab(survey, question, by).tests()
    return tests[tests["option"] == option]


# svyttest() of agency – production, agency – three_roles, production – three_roles
RAKED = {
    "salesperson": [(0.010099702935, 0.892707714937), (0.577881200307, 1.33563651256e-12),
                    (0.587980903242, 9.76536017763e-11)],
    "mean": [(1.1910424029, 0.000842222256513), (0.342451671557, 0.216801651374),
             (1.53349407446, 3.26520356275e-05)],
}  # fmt: skip
ALONE = {
    "salesperson": [(0.0300827503105, 0.69405337394), (0.49371257485, 2.63754310184e-09),
                    (0.523795325161, 7.90894391405e-09)],
    "mean": [(1.03477972187, 0.00236064324201), (0.0895209580838, 0.775970623357),
             (1.12430067995, 0.00135235992317)],
}  # fmt: skip


@pytest.mark.parametrize(("question", "option"), [("upsell_ways", "salesperson"),
                                                  ("knowledge_actual", "mean")])  # fmt: skip
def test_letters_of_raked_and_of_weighted_answers_stand_on_the_tests_of_r(question, option):
    raked = rake(Survey.from_frame(FRAME, BOOK), TARGETS)
    weighted = Survey.from_frame(FRAME, BOOK, weights="weight")
    for survey, wanted in ((raked, RAKED), (weighted, ALONE)):
        found = pairs(survey, question, option)[["difference", "p_value"]]
        np.testing.assert_allclose(found, wanted[option], rtol=5e-8)


def test_groups_that_overlap_are_compared_with_the_covariance_of_r():
    survey = Survey.from_frame(FRAME, BOOK, weights="weight", clusters="agency")
    rows = pairs(survey, "knowledge_actual", "mean", by="upsell_ways")
    row = rows[(rows["higher"] == "team_lead") & (rows["lower"] == "expand")].iloc[0]
    # svycontrast(svytotal(…), quote(kt / team - ke / expand))
    gap, se = 0.194749857854, 0.179550879255
    assert row["difference"] == pytest.approx(gap, rel=1e-10)
    member = survey.answers["upsell_ways"].values[:, [0, 3]] == 1
    clusters = len(np.unique(survey.clusters[member.any(axis=1)]))
    assert row["p_value"] == pytest.approx(2 * t.sf(gap / se, clusters - 2), rel=1e-8)


def test_toplines_with_weights_and_clusters_are_those_of_r():
    survey = Survey.from_frame(FRAME, BOOK, weights="weight", clusters="agency")
    sales = (survey.answers["upsell_ways"].values[:, 2] == 1).astype(float)
    logit = design.proportion(sales, survey.design, method="logit")
    # svyciprop(~sales, d, method = "logit", df = degf(d))
    assert (logit.low, logit.high) == pytest.approx((0.257450656649, 0.465808633626), rel=1e-9)
    row = topline(survey, "upsell_ways").frame.set_index("option").loc["salesperson"]
    assert row["estimate"] == pytest.approx(0.354773869347, rel=1e-10)
    # Wilson's ends with the same variance: (p − e)² = t² · p (1 − p) / n* solved for p at
    # both ends, with n* = e (1 − e) / se².
    share, se = row["estimate"], 0.0521876552022
    for end in (row["low"], row["high"]):
        assert (share - end) ** 2 * share * (1 - share) / se**2 == pytest.approx(
            t.ppf(0.975, 39) ** 2 * end * (1 - end), rel=1e-8
        )
    mean = topline(survey, "knowledge_actual").summary["mean"]
    # svymean(~know, d), confint(…, df = degf(d))
    assert (mean.estimate, mean.se, mean.low, mean.high) == pytest.approx(
        (6.47587939698, 0.173166747022, 6.12561659013, 6.82614220384), rel=1e-10
    )


def test_the_promoter_score_has_the_linearised_error_of_r():
    book = {"name": "x", "questions": [{"id": "nps", "type": "nps", "text": "?"}]}
    frame = FRAME.rename(columns={"knowledge_actual": "nps"})
    survey = Survey.from_frame(frame, book, weights="weight", clusters="agency")
    found = topline(survey, "nps").summary["nps"]
    # svymean(~nps, d) of (know >= 9) - (know <= 6)
    assert (found.estimate, found.se) == pytest.approx((-0.420100502513, 0.0709064203712))
    sides, _, kind = columns_averaged(survey.answers["nps"])
    assert kind == "nps"
    assert design.mean(sides[:, 0], survey.design).se == pytest.approx(found.se)


def test_a_table_as_a_whole_is_tested_as_in_r():
    survey = Survey.from_frame(FRAME, BOOK, weights="weight", clusters="agency")
    role = survey.answers["role_model"].values
    sales = survey.answers["upsell_ways"].values[:, 2]
    # svychisq(~role_model + sales, d, statistic = "F")
    found = design.rao_scott(role, sales, survey.design)
    assert (found.F, found.ndf, found.ddf) == pytest.approx(
        (18.0777615510, 1.97211678193, 76.9125544945), rel=1e-9
    )


def test_the_weighted_median_has_the_interval_of_r():
    know = FRAME["knowledge_actual"].astype(float).to_numpy()
    plan = design.Design(
        weights=FRAME["weight"].astype(float).to_numpy(), clusters=FRAME["agency"].to_numpy()
    )
    parted = (know + np.arange(1, 181) % 7 / 7).round(4)
    # svyquantile(~x + know, d, 0.5, ci = TRUE, qrule = "hf2")
    for values, wanted in ((parted, (6.5714, 6.2857, 7.1429)), (know, (6, 6, 7))):
        found = weighted_median(values, plan)
        assert (found.estimate, found.low, found.high) == wanted
    survey = Survey.from_frame(FRAME, BOOK, weights="weight", clusters="agency")
    summary = topline(survey, "knowledge_actual").summary["median"]
    assert (summary.estimate, summary.low, summary.high) == (6, 6, 7)


def test_equal_weights_give_the_plain_median():
    values = np.array([4.0, 1, 9, 3, np.nan, 7, 2])
    found = weighted_median(values, design.Design(weights=np.full(7, 0.3)))
    assert found.estimate == np.nanmedian(values) == 3.5
