"""What a backtest is read by: alarms, reliability, drift, unseen clients, board, mistakes.

alarms by hand: five clients leave, three with an alarm before, one of those with two
left      a  b  c  d  e
alarms    2  1  1  0  0      three in five caught; money missed: that of d and e
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import (
    alarms,
    backtest,
    board_test,
    drift,
    feature_shifts,
    flattery,
    learning_curve,
    reliability,
    unseen,
)
from clientlab.churn.alarms_caught import _of
from clientlab.churn.backtest_example import example
from clientlab.churn.candidates import Column
from clientlab.clients import ClientBase
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

LANGS = ["en", "ru"]


def ridge(C: float = 1.0):
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(SimpleImputer(keep_empty_features=True), LogisticRegression(C=C))


@pytest.fixture(scope="module")
def rows():
    return example()


@pytest.fixture(scope="module")
def tested(rows):
    return backtest({"ridge": ridge(), "load": "load", "noise": "noise"}, rows)


def test_alarms_by_hand():
    day, later = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")
    end = pd.Timestamp("2024-03-01")
    table = pd.DataFrame({
        "client_id": list("aabcdef"), "day": [day, later, day, day, day, day, day],
        "y": [1, 1, 1, 1, 1, 1, 0], "alarm": [True, True, True, True, False, False, True],
        "left_on": [end] * 6 + [pd.NaT], "lead": [60.0, 29, 60, 60, 60, 60, np.nan]})  # fmt: skip
    at = pd.MultiIndex.from_frame(table[["client_id", "day"]])
    money = pd.Series([1.0, 10, 2, 3, 4, 5, 100], index=at)
    share, _, _, base, rang, right, lead, missed, stake = _of(table, money, 0.95)
    assert (share, base, rang, right, lead) == (0.6, 5, 5, 4, 60.0)
    assert (missed, stake) == (4 + 5, 10 + 2 + 3 + 4 + 5)  # of a, what was known last


@pytest.mark.parametrize("lang", LANGS)
def test_alarms_speak_and_draw(tested, lang):
    found = alarms(tested)
    assert list(found.frame["estimate"]) == sorted(found.frame["estimate"], reverse=True)
    assert str(int(found.frame["base"].iloc[0])) in found.say(lang)
    assert found.headline(lang)
    assert len(found.plot().get_yticklabels()) == 3
    assert found.frame["money_missed"].isna().all()


def test_money_is_written_as_it_is_read_out(tested, rows):
    money = pd.Series(2_000_000.0, index=rows.X.index)
    written = alarms(tested, money=money).table()
    assert "84.0 mln" in repr(written)  # 42 leavers
    assert "missed a month" not in repr(alarms(tested).table())


def test_nobody_rings_before_a_leaving(rows):
    flat = pd.Series(1.0, index=rows.X.index)
    found = alarms(backtest({"flat": flat}, rows))
    assert found.headline() == "No alarm rang before a leaving"
    assert "0 alarms" in found.say()


@pytest.mark.parametrize("lang", LANGS)
def test_reliability_has_bins_that_hold_all_rows(tested, lang):
    found = reliability(tested, ["ridge", "noise"], bins=4)
    shares = found.frame.groupby("candidate")["estimate"].mean()
    assert ((shares > 0) & (shares < 1)).all()
    assert (found.frame["low"] <= found.frame["estimate"]).all()
    assert (found.frame["estimate"] <= found.frame["high"]).all()
    assert str(tested.provenance.base) in found.say(lang)
    assert found.plot().get_xlabel() == "promised"


def test_shouting_probabilities_are_called_too_extreme(rows):
    class Shouts:
        def fit(self, X, y):
            return self

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-(8 * X["load"].to_numpy() - 4)))
            return np.column_stack([1 - p, p])

    found = reliability(backtest({"loud": Shouts()}, rows, unseen_folds=0))
    assert found.headline() == "Probabilities: 'loud' too extreme"
    assert found.headline("ru") == "Вероятности: «loud» слишком крайние"


def test_drift_takes_as_many_newest_days_as_hold_ten_leavers(tested):
    found = drift(tested, "load")
    rows = tested.rows_of("load")
    new = rows[rows["day"] >= found.newest[0]]
    assert new["client_id"][new["y"] == 1].nunique() >= 10
    assert found.newest_days == 1
    assert found.moved == []
    assert "no drift can be told" in found.headline()


def test_a_score_that_turned_has_drifted(rows):
    days = rows.X.index.get_level_values("day")
    turned = rows.X["load"].where(days < days.max(), -rows.X["load"])
    found = drift(backtest({"turned": turned}, rows))
    assert "auc" in found.moved
    assert found.headline().startswith("'turned' has drifted: AUC")
    assert found.decide()
    assert found.decide("ru")


def test_where_everybody_left_lately_the_ranking_is_not_compared(tested):
    rows = tested.predictions
    lately = rows["day"] == rows["day"].max()
    found = drift(replace(tested, predictions=rows.assign(y=rows["y"].where(~lately, 1))))
    assert found.frame["measure"].tolist() == ["log_loss", "more_left"]
    assert "–" not in found.say().split("log loss")[0]


def test_drift_needs_ten_leavers_on_both_sides(tested, rows):
    last = backtest("load", rows, test_days=[rows.X.index[-1][1]])
    assert isinstance(drift(last), CannotSay)
    assert "either side needs 10" in drift(last).say()


def test_features_that_moved_are_found_and_the_others_are_not(rows):
    days = rows.X.index.get_level_values("day")
    late = (days == days.max()).astype(float)
    X = rows.X.assign(moved=rows.X["noise"] + 2 * late, words=np.where(late > 0, "b", "a"))
    found = feature_shifts(SimpleNamespace(X=X, provenance=rows.provenance, features={}))
    assert set(found.moved["feature"]) == {"moved", "words = a", "words = b"}
    assert found.frame.set_index("feature").loc["words = b", "estimate"] == 1.0
    assert "furthest 'words = a', down" in found.headline()
    assert found.say("ru")
    assert found.plot() is not None
    with pytest.raises(InvalidValue, match=r"^since=2030-01-01 leaves no days on one side"):
        feature_shifts(rows, since="2030-01-01")


def test_no_feature_of_pure_noise_has_moved():
    found = feature_shifts(example(seed=3))
    assert found.headline() == "No feature has moved that can be told (2 tested)"


def test_of_few_clients_no_feature_is_said_to_move(rows):
    clients = rows.X.index.get_level_values("client_id")
    few = rows.X[clients.isin(clients.unique()[:9])]
    assert feature_shifts(SimpleNamespace(X=few, provenance=rows.provenance)).say() == (
        "Whether features moved cannot be told from 9 clients; 10 are needed."
    )


@pytest.mark.parametrize("lang", LANGS)
def test_unseen_clients_stand_beside_seen_ones(tested, lang):
    found = unseen(tested)
    row = found.frame.iloc[0]
    assert row["estimate"] == pytest.approx(row["unseen"] - row["seen"])
    assert str(tested.provenance.base) in found.say(lang)
    assert "2 of 3 parts" in found.notes[0].en
    assert found.headline(lang)
    assert found.plot() is not None


def test_a_model_that_knows_its_clients_by_heart_is_worse_on_unseen_ones(rows):
    """A name gives each client away: who has left before is not there again."""
    clients = pd.Index(rows.X.index.get_level_values("client_id"))
    ever = rows.y.groupby(clients).max()

    class Heart:
        def fit(self, X, y):
            self.known = set(X.index.get_level_values("client_id"))
            return self

        def predict_proba(self, X):
            who = X.index.get_level_values("client_id")
            p = np.array([0.1 + 0.8 * ever[one] if one in self.known else 0.3 for one in who])
            return np.column_stack([1 - p, p])

    found = unseen(backtest({"heart": Heart()}, rows))
    assert found.loses == ["heart"]
    assert found.headline() == "Worse on clients never seen: heart"


def test_without_folds_nothing_is_said_of_unseen_clients(rows):
    found = unseen(backtest({"ridge": ridge()}, rows, unseen_folds=0))
    assert found.say() == (
        "No model of this test was asked about clients it never saw (unseen_folds)."
    )


def test_careless_tests_flatter_a_model_that_memorises(rows, tested):
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(30, random_state=0)
    honest = backtest({"forest": forest}, rows, unseen_folds=0)
    found = flattery(forest, rows, honest, "forest")
    table = found.frame.set_index("way")["estimate"]
    assert table["in_time"] == pytest.approx(honest.of("auc")["estimate"].iloc[0])
    assert table["training_rows"] > 0.99
    assert found.headline().endswith("careless tests flatter")
    assert found.headline("ru").endswith("небрежная проверка льстит")
    assert found.say("ru")
    assert found.plot() is not None


def test_the_learning_curve_ends_at_all_clients(rows, tested):
    found = learning_curve(ridge(), rows, tested, shares=(0.5, 1.0), draws=2, name="ridge")
    whole = found.frame.iloc[-1]
    assert whole["share"] == 1.0
    assert whole["estimate"] == pytest.approx(
        tested.of("auc").set_index("candidate").loc["ridge", "estimate"])  # fmt: skip
    assert found.frame["clients"].is_monotonic_increasing
    for lang in LANGS:
        assert found.headline(lang)
        assert str(tested.provenance.base) in found.say(lang)
    with pytest.raises(InvalidValue, match=r"^shares=\(0, 1\) must lie above 0 and up to 1"):
        learning_curve(ridge(), rows, tested, shares=(0, 1))


@pytest.fixture
def with_board(rows):
    """A board that knows something the features do not: red before half of the leavings."""
    random = np.random.default_rng(2)
    keys = rows.keys.reset_index(drop=True)
    gone = rows.y.to_numpy() == 1
    red = np.where(gone, random.random(len(gone)) < 0.7, random.random(len(gone)) < 0.1)
    board = pd.DataFrame({"client_id": keys["client_id"], "filled_on": keys["day"],
                          "colour": np.where(red, "red", "green")})  # fmt: skip
    clients = pd.DataFrame({"client_id": keys["client_id"].unique(), "started_on": "2022-01-01"})
    bills = clients.assign(issued_on="2022-02-01", amount=1)[["client_id", "issued_on", "amount"]]
    base = ClientBase.read({"clients": clients, "invoices": bills, "board": board},
                           observed_from="2022-01-01", observed_until="2024-12-31")  # fmt: skip
    noise = SimpleNamespace(X=rows.X[["noise"]], y=rows.y, keys=rows.keys, horizon=rows.horizon,
                            provenance=rows.provenance, base=base, features={})  # fmt: skip
    return noise, base


@pytest.mark.parametrize("lang", LANGS)
def test_a_board_that_knows_more_adds_to_the_model(with_board, lang):
    found = board_test(ridge(), with_board[0])
    assert found.of("board_adds")["low"] > 0
    assert found.of("model_alone")["high"] < 0
    assert found.headline("en").startswith("The board adds to the model")
    assert found.decide("en").startswith("Keep the board among the inputs")
    assert str(found.provenance.base) in found.say(lang)
    assert any("an event of ours" in note.en for note in found.notes)
    assert found.plot() is not None


def test_the_features_of_the_board_can_be_named(with_board, rows):
    snaps, _ = with_board
    both = SimpleNamespace(**vars(snaps) | {"X": snaps.X.assign(load=rows.X["load"])})
    found = board_test(ridge(), both, features=["load"], everyone=True)
    table = found.tested.of("auc").set_index("candidate")["estimate"]
    alone = backtest({"noise": ridge()}, snaps, unseen_folds=0).of("auc")["estimate"].iloc[0]
    assert table["without_board"] == pytest.approx(alone)
    assert table["with_board"] > 0.8
    with pytest.raises(InvalidValue) as error:
        board_test(ridge(), snaps, features=["colour"])
    assert str(error.value) == "'colour' is not a feature of these snapshots."


def test_a_board_that_is_not_there_steps_aside(with_board):
    snaps, _ = with_board
    found = board_test(ridge(), snaps, board=Column("feedback", "csi"))
    assert found.say() == "feedback.csi: needs feedback.csi, which the files do not hold."


@pytest.mark.parametrize("call", [alarms, drift, reliability, unseen])
def test_what_cannot_be_said_is_handed_on(call):
    nothing = CannotSay(pd.DataFrame(), example().provenance)
    assert call(nothing) is nothing
