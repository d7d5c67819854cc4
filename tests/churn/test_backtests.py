"""Backtests on snapshots made by hand: nothing of the future, measures as `scoring` has them.

The invented example: four days, 120 days apart, `load` drives clients away, `noise` does not.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import RULES, backtest, snapshots
from clientlab.churn.backtest_example import example
from clientlab.churn.backtest_measures import Resamples, difference, interval
from clientlab.churn.backtests import COLUMNS
from clientlab.churn.candidates import Column
from clientlab.churn.predicting import SURE, share_by_score
from clientlab.clients import ClientBase
from clientlab.demo import DEMO
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import scoring

LIST = ["auc", "average_precision", "log_loss", "brier", "calibration_slope", "lift_10",
        "lead_days"]  # fmt: skip


class Spy:
    """A model that remembers what it was shown; `load` is its score."""

    seen: list = []

    def __init__(self, note=0):
        self.note = note

    def fit(self, X, y):
        self.taught, self.latest = set(X.index.get_level_values(0)), X.index[-1][1]
        self.latest = X.index.get_level_values("day").max()
        return self

    def predict_proba(self, X):
        asked = X.index.get_level_values("day").unique()
        clients = set(X.index.get_level_values(0))
        Spy.seen.append((self.latest, list(asked), self.taught & clients))
        p = 1 / (1 + np.exp(-X["load"].to_numpy()))
        return np.column_stack([1 - p, p])


@pytest.fixture(scope="module")
def rows():
    return example()


@pytest.fixture(scope="module")
def tested(rows):
    return backtest({"spy": Spy(), "noise": "noise"}, rows)


def value(tested, candidate: str, measure: str) -> float:
    table = tested.frame.set_index(["candidate", "measure"])["estimate"]
    return float(table[candidate, measure])


def test_every_measure_is_that_of_scoring_on_all_test_rows_together(tested):
    for name in ("spy", "noise"):
        one = tested.rows_of(name)
        y, score, p = (one[column].to_numpy() for column in ("y", "score", "probability"))
        for measure, expected in {
            "auc": scoring.auc(y, score).estimate,
            "average_precision": scoring.average_precision(y, score).estimate,
            "log_loss": scoring.log_loss(y, p).estimate,
            "brier": scoring.brier(y, p).score,
            "calibration_slope": scoring.calibration(y, p).slope.estimate,
            "lift_10": scoring.lift_at(y, score, 0.1).estimate,
        }.items():
            assert value(tested, name, measure) == pytest.approx(expected, abs=1e-12)


def test_the_frame_has_its_columns_and_measures(tested, rows):
    assert list(tested.frame.columns) == COLUMNS
    assert list(tested.unseen.columns) == COLUMNS
    for name in ("spy", "noise"):
        assert list(tested.frame[tested.frame["candidate"] == name]["measure"]) == LIST
    clients = rows.X.index.get_level_values("client_id")[rows.X.index.get_level_values("day")
                                                         > rows.X.index[0][1]]  # fmt: skip
    assert set(tested.of("auc")["base"]) == {clients.nunique()}
    ends = tested.frame.dropna()
    assert ((ends["low"] <= ends["estimate"]) & (ends["estimate"] <= ends["high"])).all()


def test_no_model_sees_a_day_less_than_a_horizon_before_the_test_day(rows):
    Spy.seen.clear()
    backtest(Spy(), rows)
    assert len(Spy.seen) == 3 * (1 + 3)
    for latest, asked, _ in Spy.seen:
        assert len(asked) == 1
        assert latest + rows.horizon <= asked[0]


def test_clients_never_seen_are_judged_by_models_that_never_saw_them(rows):
    Spy.seen.clear()
    backtest(Spy(), rows, unseen_folds=4)
    seen_again = [bool(shared) for *_, shared in Spy.seen]
    assert seen_again.count(True) == 3  # one model a test day, as in use
    assert seen_again.count(False) == 3 * 4


def test_the_same_clients_of_a_model_that_learns_nothing_score_alike_seen_or_not(tested):
    seen = tested.frame[tested.frame["candidate"] == "spy"].reset_index(drop=True)
    pd.testing.assert_frame_equal(seen, tested.unseen)


def test_a_kept_model_is_fitted_fewer_times(rows):
    Spy.seen.clear()
    kept = backtest(Spy(), rows, unseen_folds=0, refit_every=3)
    assert {latest for latest, *_ in Spy.seen} == {rows.X.index.get_level_values("day").min()}
    assert kept.days["trained_until"].nunique() == 1


def test_a_gap_that_cannot_be_kept_raises_and_is_not_dropped(rows):
    days = rows.X.index.get_level_values("day")
    close = SimpleNamespace(X=rows.X, y=rows.y, keys=rows.keys, horizon=pd.Timedelta("400D"))
    with pytest.raises(InvalidValue, match=r"^The snapshots run from 2023-01-01 to 2023-12-27: no "
                       "day lies 400 days or more after another"):  # fmt: skip
        backtest("load", close)
    with pytest.raises(InvalidValue, match="so the gap cannot be kept"):
        backtest("load", rows, test_days=[days.min()])


def test_under_ten_leavers_nothing_is_told(rows):
    first = rows.X.index.get_level_values("day").unique()[1]
    few = rows.X.index.get_level_values("client_id") < "c040"
    small = SimpleNamespace(X=rows.X[few], y=rows.y[few], keys=rows.keys[few],
                            horizon=rows.horizon)  # fmt: skip
    found = backtest("load", small, test_days=[first])
    assert isinstance(found, CannotSay)
    left = int(rows.y[few & (rows.X.index.get_level_values("day") == first)].sum())
    assert found.say() == (
        f"Only {left} clients left within the horizon of 1 test day; under 10 no measure is told. "
        "Test on more days, or wait."
    )
    assert "мер не называем" in found.say("ru")
    assert backtest("load", found) is found


def test_where_everybody_left_there_is_nobody_to_tell_apart(rows):
    everybody = SimpleNamespace(X=rows.X, y=rows.y * 0 + 1, keys=rows.keys, horizon=rows.horizon)
    assert backtest("load", everybody).say() == (
        "Every client of the test days left: there is nobody to tell the leavers from."
    )


def test_lead_days_run_from_the_first_alarm_to_the_leaving():
    """Ten leave on day 60 after the test day, five of them at the highest score."""
    days = pd.to_datetime(["2023-01-01", "2023-06-01", "2023-07-01"])
    clients = [f"c{n:03}" for n in range(100)]
    index = pd.MultiIndex.from_product([clients, days], names=["client_id", "day"])
    number = index.get_level_values("client_id").str[1:].astype(int).to_numpy()
    day = index.get_level_values("day")
    leaves = number < 10
    y = pd.Series(np.where(leaves, 1, 0), index=index)
    when = np.where(day == days[0], days[0] + pd.Timedelta("60D"), days[1] + pd.Timedelta("60D"))
    keys = pd.DataFrame({"client_id": index.get_level_values(0), "day": day,
                         "left_on": pd.Series(when).where(leaves)})  # fmt: skip
    score = np.where(number < 5, 5.0, np.where((number >= 90) & (number < 95), 4.0, number / 100))
    X = pd.DataFrame({"score": score}, index=index)
    made = SimpleNamespace(X=X, y=y, keys=keys, horizon=pd.Timedelta("90D"))
    found = backtest("score", made)
    row = found.frame[found.frame["measure"] == "lead_days"].iloc[0]
    # Rung on 1 June already, 60 days before; the alarm of 1 July counts no more.
    assert (row["estimate"], row["base"]) == (60.0, 5)
    assert found.rows_of("score")["alarm"].sum() == 20


def test_the_alarm_of_a_tie_rings_only_if_all_of_it_fits(rows):
    flat = pd.Series(1.0, index=rows.X.index)
    found = backtest({"flat": flat}, rows)
    assert not found.rows_of("flat")["alarm"].any()
    assert value(found, "flat", "auc") == 0.5
    assert np.isnan(found.of("auc")["low"].iloc[0])


def test_of_whom_nothing_is_said_stands_in_the_middle_and_no_alarm_rings(rows):
    half = rows.X["load"].where(rows.X.index.get_level_values("client_id") < "c060")
    found = backtest({"half": half}, rows)
    silent = found.rows_of("half")
    silent = silent[~silent["known"]]
    assert not silent["alarm"].any()
    for day, part in silent.groupby("day"):
        known = half.xs(day, level="day").dropna()
        assert part["score"].unique().tolist() == [known.median()]
    assert any(note.en.startswith("Rows of which nothing is said") for note in found.notes)


def test_a_score_becomes_the_share_of_training_rows_that_left(rows, tested):
    noise = tested.rows_of("noise")
    first = tested.days["day"].iloc[0]
    train = rows.X.index.get_level_values("day") == tested.days["trained_from"].iloc[0]
    expected = share_by_score(
        rows.X["noise"][train].to_numpy(), rows.y[train].to_numpy(),
        noise["score"][noise["day"] == first].to_numpy())  # fmt: skip
    np.testing.assert_allclose(noise["probability"][noise["day"] == first], expected)


def test_share_by_score_never_falls_and_keeps_the_mean():
    random = np.random.default_rng(1)
    score, left = random.normal(size=300).round(1), random.integers(0, 2, 300)
    p = share_by_score(score, left, np.sort(score))
    assert (np.diff(p) >= 0).all()
    assert p.mean() == pytest.approx(left.mean())


def test_probabilities_of_none_or_certainty_are_cut(rows):
    class Sure(Spy):
        def predict_proba(self, X):
            p = (X["load"].to_numpy() > 0).astype(float)
            return np.column_stack([1 - p, p])

    found = backtest(Sure(), rows, unseen_folds=0).rows_of("Sure")
    assert set(found["probability"]) == {SURE, 1 - SURE}


def test_a_model_that_only_ranks_has_no_losses(rows):
    class Ranks:
        def fit(self, X, y):
            return self

        def decision_function(self, X):
            return X["load"].to_numpy()

    found = backtest(Ranks(), rows, unseen_folds=0)
    assert np.isnan(value(found, "Ranks", "log_loss"))
    assert value(found, "Ranks", "auc") > 0.8

    class Nothing:
        def fit(self, X, y):
            return self

    with pytest.raises(InvalidType) as error:
        backtest(Nothing(), rows)
    assert str(error.value) == (
        "Nothing has neither predict_proba nor decision_function: it cannot say who is more at "
        "risk. Use a classifier, or wrap it."
    )


def test_profit_needs_assumptions_and_is_that_of_scoring(rows, tested):
    assert "profit" not in set(tested.frame["measure"])
    assert any(note.en.startswith("Profit is left out") for note in tested.notes)
    mine = {"clv": 200, "incentive": 10, "contact": 1, "alpha": 6, "beta": 14}
    found = backtest("load", rows, profit=mine)
    one = found.rows_of("load")
    expected = scoring.expected_maximum_profit(one["y"], one["score"], **mine).profit
    row = found.frame[found.frame["measure"] == "profit"].iloc[0]
    assert row["estimate"] == pytest.approx(expected)
    assert 0 <= row["low"] < row["estimate"] < row["high"]


def test_a_score_that_no_leaver_ever_had_is_not_told_apart_from_a_coin(rows):
    """A few who stayed were red: resamples never see a red leaver, the exact bound does."""
    stayed = rows.y[rows.y == 0].index[::20]
    X = rows.X.assign(red=pd.Series(1.0, index=stayed).reindex(rows.X.index).fillna(0.0))
    found = backtest({"red": "red"}, SimpleNamespace(**{**vars(rows), "X": X}))
    line = found.frame.set_index("measure").loc["auc"]
    assert line["estimate"] < 0.5
    left = found.predictions.query("y == 1")["client_id"].nunique()
    assert line["high"] == 1 - (1 - line["estimate"]) * 0.025 ** (1 / left)
    assert line["low"] < line["estimate"] < 0.5 < line["high"]


def test_the_same_seed_gives_the_same_frame_and_inputs_stay_as_they_were(rows):
    before = rows.X.copy(), rows.y.copy(), rows.keys.copy()
    one, two = (backtest({"load": "load", "spy": Spy()}, rows, seed=4).frame for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    for old, new in zip(before, (rows.X, rows.y, rows.keys), strict=True):
        assert old.equals(new)


def test_the_order_of_rows_does_not_matter(rows, tested):
    order = np.random.default_rng(0).permutation(len(rows.X))
    mixed = SimpleNamespace(X=rows.X.iloc[order], y=rows.y.iloc[order],
                            keys=rows.keys.sample(frac=1, random_state=1),
                            horizon=rows.horizon)  # fmt: skip
    found = backtest({"noise": "noise"}, mixed)
    table = found.frame.set_index("measure")["estimate"]
    for measure in LIST:
        assert table[measure] == pytest.approx(value(tested, "noise", measure), nan_ok=True)


def test_all_rows_of_a_client_are_drawn_together():
    resamples = Resamples(["a", "b", "a", "c"], replicates=500)
    drawn = resamples.of(lambda w: (w[:, 0] == w[:, 2]).astype(float))
    assert drawn.all()
    sums = resamples.of(lambda w: w[:, 0] + w[:, 1] + w[:, 3])
    assert set(sums) == {3.0}


def test_intervals_of_impossible_numbers_are_none():
    nothing = np.full(100, np.nan)
    assert all(np.isnan(interval("auc", np.nan, nothing, 10)))
    some = np.where(np.arange(100) < 20, np.nan, 0.7)
    assert all(np.isnan(interval("auc", 0.7, some, 10)))
    assert interval("auc", 1.0, np.ones(100), 12) == (pytest.approx(0.025 ** (1 / 12)), 1.0)
    assert all(np.isnan(difference(0.0, np.zeros(100), 20)))


def test_among_tests_on_some_rows_and_trains_on_all(rows):
    old = pd.Series(rows.X.index.get_level_values("client_id") < "c080", index=rows.X.index)
    Spy.seen.clear()
    found = backtest(Spy(), rows, among=old, unseen_folds=0)
    assert found.provenance.base < 80
    assert (found.rows_of("Spy")["client_id"] < "c080").all()


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_speaks_both_languages_with_base_and_interval(tested, lang):
    for words in (tested.say(lang), tested.headline(lang), tested.measures(lang)):
        assert words
    base = tested.provenance.base
    assert str(base) in tested.say(lang)
    row = tested.of("auc").iloc[0]
    written = f"{row['estimate']:.2f} ({row['low']:.2f}–{row['high']:.2f})"
    assert (written if lang == "en" else written.replace(".", ",")) in tested.say(lang)
    card = tested.card(lang)
    assert ("90 days older" if lang == "en" else "на 90 дней") in card
    assert card.count("\n") >= 5


def test_an_index_that_is_none_of_ours_is_named(rows):
    wrong = SimpleNamespace(X=rows.X.reset_index(drop=True), y=rows.y, keys=rows.keys,
                            horizon=rows.horizon)  # fmt: skip
    with pytest.raises(InvalidValue) as error:
        backtest("load", wrong)
    assert str(error.value) == "The index of snapshots.X is [None]; it must be client_id and day."


@pytest.fixture(scope="module")
def demo():
    base = ClientBase.read(DEMO)
    days = pd.date_range("2023-02-28", "2026-05-31", freq="3ME")
    return snapshots(base, days)


def test_rules_are_asked_about_the_base_of_the_snapshots(demo):
    found = backtest(["no_invoice", "rcm"], demo)
    day = found.days["day"].iloc[-1]
    rule = RULES["no_invoice"]
    told = rule.score(demo.base.as_of(day))
    one = found.rows_of("no_invoice")
    one = one[one["day"] == day].set_index("client_id")
    assert one["score"].to_dict() == told.reindex(one.index).to_dict()
    assert (one["alarm"] == (one["score"] >= rule.threshold)).all()


def test_a_rule_without_its_table_is_left_out_with_a_sentence(demo):
    bare = ClientBase.read(
        {name: demo.base.tables[name] for name in ("clients", "invoices")},
        observed_from="2018-01-01", observed_until="2026-08-31")  # fmt: skip
    found = backtest(["rcm", "red_board"], replace(demo, base=bare))
    assert list(found.labels) == ["rcm"]
    assert any(note.en == "red board: needs board.colour, which the files do not hold."
               for note in found.notes)  # fmt: skip
    alone = backtest(["red_board"], replace(demo, base=bare))
    assert alone.say() == "red board: needs board.colour, which the files do not hold."


def test_churn_is_imported_without_scikit_learn():
    import subprocess
    import sys

    code = "import clientlab.churn, sys; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("model", ["LogisticRegression", "RandomForestClassifier",
                                   "HistGradientBoostingClassifier", "LinearSVC"])  # fmt: skip
def test_bare_estimators_of_scikit_learn_take_words_and_gaps(rows, model):
    from sklearn.utils import all_estimators

    made = dict(all_estimators(type_filter="classifier"))[model]()
    mixed = example()
    gaps = mixed.X["load"].where(np.arange(len(mixed.X)) % 7 > 0)
    mixed.X = mixed.X.assign(load=gaps, tier="gold", nothing=np.nan)
    tested = backtest({"bare": made, "noise": "noise"}, mixed, unseen_folds=0)
    assert value(tested, "bare", "auc") > 0.6


def test_a_column_without_a_past_is_told_of_and_not_measured(demo):
    tables = {name: table for name, table in demo.base.tables.items() if name != "history"}
    undated = ClientBase.read(tables, observed_from=demo.base.observed_from,
                              observed_until=demo.base.observed_until)  # fmt: skip
    wanted = {"competence": Column("clients", "competence"), "rcm": "rcm"}
    found = backtest(wanted, demo, base=undated, unseen_folds=0)
    assert list(found.labels) == ["rcm"]
    assert any(note.en.startswith("clients.competence: what it was on the test days is not known")
               for note in found.notes)  # fmt: skip
