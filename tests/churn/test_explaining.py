"""Reasons in a manager's words: parts by topic that add up, said as high or low, with a step.

logit = claims_90 − touches_30 / 2 + mine / 10 − 2

client  claims_90  touches_30  mine
a       4          2           0      claims speak against it
b       0          0           0      nobody talks to it
c       0          9           5      nothing stands out but 'mine'
d       0          4           0
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.churn.explaining import reasons
from clientlab.churn.features import FEATURES
from clientlab.churn.playbook import PLAYBOOK, TOPIC_OF
from clientlab.problems import InvalidValue

SLOPES = pd.Series({"claims_90": 1.0, "touches_30": -0.5, "mine": 0.1})


class Model:
    """Parts against the background of client d."""

    usual = pd.Series({"claims_90": 0.0, "touches_30": 4.0, "mine": 0.0})
    baseline = float(SLOPES @ usual - 2)

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-(X[SLOPES.index] @ SLOPES - 2)))
        return np.column_stack([1 - p, p])

    def contributions(self, X):
        return (X[SLOPES.index] - self.usual) * SLOPES


@pytest.fixture
def table():
    return pd.DataFrame(
        {"claims_90": [4.0, 0, 0, 0], "touches_30": [2.0, 0, 9, 4], "mine": [0.0, 0, 5, 0]},
        index=pd.Index(list("abcd"), name="client_id"),
    )


@pytest.fixture
def found(table):
    return reasons(Model(), table, background=table.loc[["d"]])


def test_parts_of_topics_add_up_to_the_prediction(found, table):
    sums = found.frame.groupby("client_id")["part"].sum() + Model.baseline
    expected = pd.Series(Model().predict_proba(table)[:, 1], index=table.index)
    np.testing.assert_allclose(1 / (1 + np.exp(-sums)), expected)


def test_clients_stand_by_falling_probability(found):
    assert found.frame["client_id"].unique().tolist() == ["a", "b", "d", "c"]


def test_reasons_are_in_a_managers_words_the_strongest_first(found):
    assert found.words("a") == "has claims; we hardly talk"
    assert found.words("b", "ru") == "почти не общаемся"


def test_a_client_without_reasons_is_said_to_have_none(found):
    assert found.words("d") == "nothing stands out"


def test_the_step_is_that_of_the_strongest_reason(found):
    assert found.step("a") == PLAYBOOK["claims"].step
    assert found.step("d").en == ""


def test_a_feature_of_ones_own_is_told_by_its_name_without_a_step(found):
    row = found.of("c").set_index("topic").loc["mine"]
    assert (row["phrase_en"], row["phrase_ru"], row["step_en"]) == ("mine: 5.0", "mine: 5,0", "")


def test_a_good_sign_that_raises_the_risk_is_marked_and_gets_no_step(table):
    class Odd(Model):
        def contributions(self, X):
            return -super().contributions(X)

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-(self.contributions(X).sum(axis=1) + self.baseline)))
            return np.column_stack([1 - p, p])

    found = reasons(Odd(), table, background=table.loc[["d"]])
    row = found.of("c").set_index("topic").loc["contact"]
    assert row["phrase_en"] == "we talk often (unexpected: usually a good sign)"
    assert not row["agrees"]
    assert found.words("c") == "nothing stands out"
    assert found.step("c").en == ""


def test_a_gap_is_told_as_not_known(table):
    class Gaps(Model):
        def predict_proba(self, X):
            return super().predict_proba(X.fillna(0))

        def contributions(self, X):
            return super().contributions(X.fillna(0))

    table.loc["b", "claims_90"] = np.nan
    found = reasons(Gaps(), table, background=table.loc[["d"]])
    row = found.of("b").set_index("feature").loc["claims_90"]
    assert row["phrase_en"] == "not known: claims in 90 days"


def test_it_leads_with_the_highest_probability(found):
    assert found.say() == (
        "Client a leaves with a probability of 73%: has claims; we hardly talk (base 4 clients)."
    )
    assert found.say("ru").startswith("Клиент a уйдёт с вероятностью 73%: ")


def test_a_code_is_told_by_its_label():
    class Coded:
        baseline = -1.0

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(1 - (X["channel"] == "outbound")))
            return np.column_stack([1 - p, p])

        def contributions(self, X):
            return (X[["channel"]] == "outbound").astype(float)

    X = pd.DataFrame({"channel": ["outbound", "tender"]}, index=pd.Index(["a", "b"]))
    found = reasons(Coded(), X, background=X)
    assert found.words("a", "ru") == "откуда пришёл: активные продажи"


def test_clients_of_a_snapshot_are_told_by_their_identifier(table):
    index = pd.MultiIndex.from_product([table.index, [pd.Timestamp("2026-01-01")]],
                                       names=["client_id", "day"])  # fmt: skip
    X = table.set_axis(index)
    assert reasons(Model(), X, background=X).frame["client_id"].iloc[0] == "a"


def test_an_unknown_client_is_refused(found):
    with pytest.raises(InvalidValue, match=r"^'z' is not among the explained clients\.$"):
        found.of("z")


def test_nobody_to_explain_is_refused(table):
    with pytest.raises(InvalidValue, match=r"^There is nobody to explain: X has no rows\.$"):
        reasons(Model(), table.head(0), background=table)


def test_every_feature_has_a_topic_and_no_topic_names_an_unknown_feature():
    assert set(TOPIC_OF) == set(FEATURES)


def test_every_step_has_both_languages_and_its_source():
    for topic in PLAYBOOK.values():
        assert bool(topic.step.en) == bool(topic.step.ru) == bool(topic.source)


def test_the_picture_shows_the_client_with_the_highest_probability(found):
    labels = [label.get_text() for label in found.plot().get_yticklabels()]
    assert labels[0] == "has claims"


def test_what_is_drawn_adds_up_and_leaves_out_no_large_part_against_leaving():
    names = [f"n{place}" for place in range(14)]
    # Thirteen small parts for leaving, one large part against it.
    slopes = pd.Series([0.1 + place / 100 for place in range(13)] + [-3.0], index=names)

    class Many:
        baseline = 0.0

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-(X[names] @ slopes)))
            return np.column_stack([1 - p, p])

        def contributions(self, X):
            return X[names] * slopes

    X = pd.DataFrame(1.0, index=pd.Index(["a"], name="client_id"), columns=names)
    axes = reasons(Many(), X, background=X).plot()
    labels = [label.get_text() for label in axes.get_yticklabels()]
    drawn = dict(zip(labels, axes.collections[-1].get_offsets()[:, 0], strict=True))
    assert len(labels) == 10
    assert min(drawn.values()) == pytest.approx(-3)
    assert drawn["the other 5 together"] == pytest.approx(0.1 + 0.11 + 0.12 + 0.13 + 0.14)
    assert sum(drawn.values()) == pytest.approx(slopes.sum())


def test_several_days_of_one_client_are_refused(table):
    twice = pd.concat([table, table.loc[["b"]]])
    said = (
        r"^Client 'b' has several rows: reasons are of one day. Take one day, say "
        r"snapshots.at\(day\).X.$"
    )
    with pytest.raises(InvalidValue, match=said):
        reasons(Model(), twice, background=table)


def test_a_column_of_ones_own_that_bears_the_name_of_a_topic_has_no_step():
    class Own:
        baseline = 0.0

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-X["contract"]))
            return np.column_stack([1 - p, p])

        def contributions(self, X):
            return X[["contract"]]

    X = pd.DataFrame({"contract": [2.0, 0.0]}, index=["a", "b"])
    assert reasons(Own(), X, background=X).step("a").en == ""
