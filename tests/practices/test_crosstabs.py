"""Groups of a banner, their letters, and why.

          small (40)  middle (40)  large (40)  tiny (5)
calls     30          18           16          5         small above middle and large
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.demo import demo_survey, published_respondents
from clientlab.demo.survey import NULL, PLANTED
from clientlab.practices import Survey, compare_waves, crosstab, questionnaire, topline
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import design, proportions

GOLDEN = Path(__file__).parents[1] / "golden" / "practices" / "managers.csv"
BOOK = {"name": "x", "questions": [
    {"id": "size", "type": "single", "text": {"en": "Size?", "ru": "Размер?"}, "ordered": True,
     "options": [{"id": o} for o in ("small", "middle", "large", "tiny")]},
    {"id": "ways", "type": "multi", "text": "Ways?", "options": [{"id": "calls"}, {"id": "mail"}]},
    {"id": "mark", "type": "scale", "text": "Mark?", "low": 1, "high": 9},
    {"id": "nps", "type": "nps", "text": "Recommend?"}]}  # fmt: skip


def frame_of() -> pd.DataFrame:
    random = np.random.default_rng(1)
    size = np.repeat(["small", "middle", "large", "tiny"], [40, 40, 40, 5])
    calls = np.concatenate([np.arange(n) < k for n, k in ((40, 30), (40, 18), (40, 16), (5, 5))])
    mail = np.arange(125) % 2 == 0
    return pd.DataFrame({
        "size": size, "ways[calls]": calls.astype(int), "ways[mail]": mail.astype(int),
        "mark": random.integers(1, 10, 125), "nps": random.integers(0, 11, 125)})  # fmt: skip


@pytest.fixture(scope="module")
def survey():
    return Survey.from_frame(frame_of(), BOOK)


def letters(found, option):
    rows = found.frame[found.frame["option"] == option]
    return rows["letters"].tolist()


def test_letters_name_the_groups_that_a_cell_is_higher_than(survey):
    found = crosstab(survey, "ways", "size")
    assert letters(found, "calls") == ["BC", "", "", ""]
    assert letters(found, "mail") == ["", "", "", ""]
    rows = found.frame[found.frame["option"] == "calls"]
    assert rows["letter"].tolist() == ["A", "B", "C", "D"]
    assert rows[["count", "base"]].values.tolist() == [[30, 40], [18, 40], [16, 40], [5, 5]]
    assert rows["mark"].tolist() == ["", "", "", "grey"]
    wilson = proportions.interval([30, 18, 16, 5], [40, 40, 40, 5])
    np.testing.assert_array_equal(rows["low"], wilson.low)


def test_tests_are_those_of_r(survey):
    # R, tests/golden/practices/survey.R: prop.test(…, correct = FALSE), p.adjust(p, "holm")
    tests = crosstab(survey, "ways", "size").tests()
    rows = tests[(tests["option"] == "calls") & tests["p_value"].notna()]
    np.testing.assert_allclose(
        rows["p_value"], [0.00616989932, 0.00154381437, 0.65103035], rtol=1e-8
    )
    np.testing.assert_allclose(
        rows["adjusted"], [0.0123397986, 0.0046314431, 0.65103035], rtol=1e-8
    )
    assert set(rows["test"]) == {"score"}


def test_a_small_base_is_tested_exactly_and_a_tiny_one_not():
    calls = [1] * 18 + [0] * 2 + [1] * 5 + [0] * 7 + [0] * 9
    size = ["small"] * 20 + ["middle"] * 12 + ["tiny"] * 9
    frame = pd.DataFrame({"size": size, "ways[calls]": calls})
    tests = crosstab(Survey.from_frame(frame, BOOK), "ways", "size").tests()
    rows = tests[tests["option"] == "calls"]
    # R: fisher.test(matrix(c(18, 2, 5, 7), 2))$p.value = 0.00572573515
    assert rows["test"].tolist() == ["exact", "", ""]
    assert rows["p_value"].iloc[0] == pytest.approx(0.00572573515, rel=1e-8)
    assert rows["p_value"].iloc[1:].isna().all()


def test_weighted_and_clustered_tests_are_those_of_r():
    """tests/golden/practices/survey.R: svyttest() with weights and agencies as clusters."""
    frame = pd.read_csv(GOLDEN, dtype=str).rename(columns={"ways": "upsell_ways"})
    book = questionnaire().only("role_model", "upsell_ways", "knowledge_actual")
    made = Survey.from_frame(frame, book, weights="weight", clusters="agency")
    wanted = {
        "salesperson": [(0.0300827503, 0.721111256), (0.493712575, 2.06578111e-06),
                        (0.523795325, 1.76059848e-06)],
        "mean": [(1.03477972, 0.0182199861), (0.0895209581, 0.79121365),
                 (1.12430068, 0.0179188254)],
    }  # fmt: skip
    for question, option in (("upsell_ways", "salesperson"), ("knowledge_actual", "mean")):
        tests = crosstab(made, question, "role_model").tests()
        rows = tests[tests["option"] == option]
        np.testing.assert_allclose(rows[["difference", "p_value"]], wanted[option], rtol=1e-7)


def test_means_are_compared_by_welch():
    frame = pd.DataFrame(
        {
            "size": ["small"] * 10 + ["middle"] * 10,
            "mark": [3, 4, 5, 6, 5, 4, 3, 5, 6, 4, 5, 7, 8, 9, 6, 5, 9, 8, 7, 6],
        }
    )
    found = crosstab(Survey.from_frame(frame, BOOK), "mark", "size")
    # R: t.test(c(3,4,5,6,5,4,3,5,6,4), c(5,7,8,9,6,5,9,8,7,6))$p.value = 0.000528336929
    assert found.tests()["p_value"].tolist() == pytest.approx([0.000528336929], rel=1e-8)
    assert found.frame["letters"].tolist() == ["", "A"]


def test_groups_that_overlap_are_compared_with_their_covariance(survey):
    found = crosstab(survey, "size", "ways")
    member = survey.answers["ways"].values == 1
    hit = survey.answers["size"].values == 0
    both = np.where(member, hit[:, None], np.nan)
    p = hit[member.any(axis=1)].mean()
    a, b, ab = (*member.sum(axis=0), member.all(axis=1).sum())
    se = np.sqrt(p * (1 - p) * (1 / a + 1 / b - 2 * ab / (a * b)))
    from scipy.stats import norm

    gap = np.nanmean(both[:, 0]) - np.nanmean(both[:, 1])
    row = found.tests().query("option == 'small'").iloc[0]
    assert row["p_value"] == pytest.approx(2 * norm.sf(abs(gap) / se))
    # Nearly the linearised one, which is another estimate of the same variance.
    linear = design.contrast(both, [1, -1], design.Design())
    assert row["p_value"] == pytest.approx(design.p_value(linear), abs=0.01)


def test_many_questions_at_once_are_the_same_as_one_by_one(survey):
    whole = crosstab(survey, ["ways", "mark", "nps"], ["size", "ways"]).frame
    for question in ("ways", "mark", "nps"):
        for banner in ("size", "ways"):
            alone = crosstab(survey, question, banner).frame
            part = whole[(whole["question"] == question) & (whole["banner"] == banner)]
            pd.testing.assert_frame_equal(part.reset_index(drop=True), alone)


def test_shares_of_a_single_choice_add_up_and_agree_with_the_topline():
    made = demo_survey()
    plain = Survey.from_frame(*_of(made))
    frame = crosstab(plain, "interests", "region").frame
    np.testing.assert_allclose(frame.groupby("group")["estimate"].sum(), 1)
    total = frame.groupby("option", sort=False)["count"].sum().to_numpy()
    np.testing.assert_array_equal(total, topline(plain, "interests").frame["count"])


def _of(survey):
    columns = {}
    for name in ("interests", "region"):
        given = survey.answers[name]
        columns[name] = [given.question.choices[code].id for code in given.values]
    return pd.DataFrame(columns), questionnaire().only("interests", "region")


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), min_size=30, max_size=80),
       st.permutations("abc"))  # fmt: skip
def test_relabelling_groups_changes_no_p_value(rows, order):
    new = dict(zip("abc", order, strict=True))

    def tested(groups):
        book = {"name": "x", "questions": [
            {"id": name, "type": "single", "text": name, "options": [{"id": o} for o in options]}
            for name, options in (("g", "abc"), ("q", "xy"))]}  # fmt: skip
        made = Survey.from_frame(pd.DataFrame({"g": groups, "q": [q for _, q in rows]}), book)
        tests = crosstab(made, "q", "g", min_base=1).tests()
        return tests[tests["option"] == "x"]

    before, after = tested([g for g, _ in rows]), tested([new[g] for g, _ in rows])
    assert sorted(before["p_value"].round(10)) == sorted(after["p_value"].round(10))


def test_a_letter_can_be_asked_why(survey):
    found = crosstab(survey, "ways", "size")
    assert found.why("A>B", option="calls") == (
        "A (small) 75% (base 40); B (middle) 45% (base 40); score test of two shares, p = 0.0062, "
        "corrected for 3 pairs (Holm) = 0.0123: higher."
    )
    assert found.why("D>A", option="calls").endswith("not tested: a base of 5 is under 10.")
    assert found.why("B<A", option="calls") == found.why("A>B", option="calls")
    raw = crosstab(survey, "ways", "size", adjust=None)
    assert "not corrected" in raw.why("A>B", option="calls", lang="en")
    assert "без поправки" in raw.why("A>B", option="calls", lang="ru")
    with pytest.raises(InvalidValue, match=r"^Say option=…: one of calls, mail\.$"):
        found.why("A>B")
    with pytest.raises(
        InvalidValue, match=r"^'A>Z' is no pair of groups such as 'B>C'; there are A"
    ):
        found.why("A>Z", option="calls")


def test_a_letter_that_only_an_uncorrected_table_would_print_is_told():
    frame = pd.DataFrame(
        {
            "size": np.repeat(["small", "middle", "large"], 60),
            "ways[calls]": np.concatenate([np.arange(60) < k for k in (36, 25, 30)]).astype(int),
        }
    )
    found = crosstab(Survey.from_frame(frame, BOOK), "ways", "size")
    assert letters(found, "calls") == ["", "", ""]
    assert "a table without correction would print a letter" in found.why("A>B", option="calls")


def test_secondary_suppression_hides_the_next_smallest_too(survey):
    found = crosstab(survey, "ways", "size").suppressed()
    hidden = found.frame[found.frame["mark"] == "hidden"]
    assert set(hidden["group"]) == {"tiny", "small"}  # the total less the others would tell
    assert hidden[["count", "estimate", "low", "high"]].isna().all().all()
    assert not crosstab(survey, "ways", "size").frame["estimate"].isna().any()


def test_each_group_says_which_difference_it_can_show(survey):
    groups = crosstab(survey, "ways", "size").groups()
    assert groups["base"].tolist() == [40, 40, 40, 5]
    assert groups["detectable"].iloc[0] == pytest.approx(0.257, abs=0.01)
    assert groups["detectable"].is_monotonic_increasing


def test_what_is_no_banner_is_refused(survey):
    with pytest.raises(
        InvalidValue, match="'mark' is of type 'scale': a banner is a single choice"
    ):
        crosstab(survey, "ways", "mark")
    with pytest.raises(
        InvalidValue, match=r"^adjust='fdr' is not known; use holm, bh, bonferroni or"
    ):
        crosstab(survey, "ways", "size", adjust="fdr")
    lacking = Survey.from_frame(frame_of()[["size"]], BOOK)
    assert isinstance(crosstab(lacking, "ways", "size"), CannotSay)


def test_rows_that_are_no_respondents_are_not_joined():
    with pytest.raises(
        InvalidValue, match=r"^A crosstab joins the answers of a respondent, and these"
    ):
        crosstab(published_respondents(), "upsell_ways", "loyalty_methods")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_is_said_drawn_and_tabled(survey, lang):
    import matplotlib.pyplot as plt

    from clientlab.session import setup

    setup(lang)
    for question, by in (("ways", "size"), ("mark", "size"), ("nps", "ways"), ("size", "ways")):
        found = crosstab(survey, question, by)
        assert "" not in (found.say(lang), found.headline(lang), found.decide(lang))
        found.plot()
        found.table()
        plt.close("all")


def test_planted_effects_are_found_and_null_ones_are_not():
    made = demo_survey()
    for question, option, banner, group in PLANTED:
        tests = crosstab(made, question, banner).tests()
        rows = tests[(tests["option"] == option) & tests["differ"]]
        assert (rows["higher"] == group).any(), (question, option)
    for banner in NULL:
        asked = ["upsell_ways", "loyalty_methods", "kpis_measured", "interests"]
        tests = crosstab(made, asked, banner).tests()
        families = tests[tests["p_value"].notna()].groupby(["question", "option"])["differ"].any()
        assert families.sum() <= 4, "99% bound of 5% of 37 rows"
    turned = demo_survey(reversed=True)
    tests = crosstab(turned, "upsell_ways", "role_model").tests().query("option == 'salesperson'")
    assert not (tests["higher"] == "three_roles")[tests["differ"]].any()


def test_two_waves_are_compared_option_by_option():
    def wave(calls, n=100, more=()):
        book = {"name": "x", "questions": [{"id": "q", "type": "multi", "text": "?", "options": [
            {"id": "calls"}, {"id": "mail"}, *({"id": one} for one in more)]}]}  # fmt: skip
        frame = {"q[calls]": np.arange(n) < calls, "q[mail]": np.arange(n) < 50}
        return Survey.from_frame(pd.DataFrame(frame).astype(int), book)

    found = compare_waves(wave(30), wave(52, more=["chat"]), "q")
    row = found.frame.iloc[0]
    newcombe = proportions.difference(52, 100, 30, 100)
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx(
        (0.22, newcombe.low, newcombe.high))  # fmt: skip
    # R: prop.test(c(30, 52), c(100, 100), correct = FALSE)$p.value = 0.00156189225
    assert row["p_value"] == pytest.approx(0.00156189225, rel=1e-8)
    assert found.headline() == "«calls»: 30% → 52%"
    assert found.notes[0].en == "Offered once only, not compared: chat."
    assert compare_waves(wave(30), wave(33), "q").headline() == "No change can be told from chance"


def test_weighted_nps_of_two_waves_uses_the_linearised_error():
    random = np.random.default_rng(3)
    waves = [pd.DataFrame({"nps": random.integers(low, 11, 90), "w": random.uniform(0.5, 2, 90)})
             for low in (0, 3)]  # fmt: skip
    first, second = (Survey.from_frame(frame, BOOK, weights="w") for frame in waves)
    found = compare_waves(first, second, "nps").frame.iloc[0]
    errors = []
    for frame in waves:
        score = np.where(frame["nps"] >= 9, 1.0, np.where(frame["nps"] <= 6, -1.0, 0.0))
        errors.append(design.mean(score, design.Design(weights=frame["w"])).se)
    from scipy.stats import t

    reach = t.ppf(0.975, 178) * np.hypot(*errors)
    assert found["high"] - found["low"] == pytest.approx(2 * reach, rel=1e-6)


@pytest.mark.simulation
@pytest.mark.parametrize("clustered", [False, True])
def test_a_row_without_any_difference_seldom_has_a_letter(clustered):
    """Four groups of 12 to 60, shares of 5–50%; at most the 99% binomial bound of 5%."""
    random = np.random.default_rng(8)
    hit = rows = 0
    for _ in range(300):
        n = 180
        agency = random.integers(0, 40, n)
        group_of = random.choice(4, 40 if clustered else n, p=[0.4, 0.3, 0.2, 0.1])
        group = group_of[agency] if clustered else group_of
        columns = {"size": np.array(["small", "middle", "large", "tiny"])[group], "agency": agency}
        for option in ("calls", "mail"):
            share = random.uniform(0.05, 0.5)
            logit = np.log(share / (1 - share)) + (
                random.normal(0, 0.5, 40)[agency] if clustered else 0
            )
            columns[f"ways[{option}]"] = (random.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
        made = Survey.from_frame(pd.DataFrame(columns), BOOK,
                                 clusters="agency" if clustered else None)  # fmt: skip
        tests = crosstab(made, "ways", "size").tests()
        families = tests[tests["p_value"].notna()].groupby("option")["differ"].any()
        hit, rows = hit + int(families.sum()), rows + len(families)
    from scipy.stats import binom

    assert hit <= binom.ppf(0.99, rows, 0.05), (hit, rows)
