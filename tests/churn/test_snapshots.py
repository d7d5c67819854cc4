"""Client × day by hand: who is at risk, who has left, of whom it is not known yet.

client  spell                     notice      on day 2024-03-01, horizon 90 (to 2024-05-30)
a       2023-05-01–2024-05-30                 left, on the last day of the horizon
b       2023-05-01–2024-05-31                 stayed, by a day
c       2023-05-01–2024-03-01                 not at risk: left on the day itself
d       2023-05-01–2024-04-10     2024-02-20  not at risk: had announced it
e       2024-03-02–                           not there yet
f       2023-05-01–2023-12-31, 2024-02-01–    back; at risk
g       2023-05-01–2024-03-20     2024-03-02  left, announced after the day
h       2023-05-01– , a project               left out
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.churn import FEATURES, Snapshots, month_ends, snapshots
from clientlab.clients import ClientBase
from clientlab.demo import demo_agency
from clientlab.problems import InvalidType, InvalidValue

SPELLS = pd.DataFrame(
    [
        ("a", "2023-05-01", "2024-05-30", "price", "", "ongoing"),
        ("b", "2023-05-01", "2024-05-31", "price", "", "ongoing"),
        ("c", "2023-05-01", "2024-03-01", "price", "", "ongoing"),
        ("d", "2023-05-01", "2024-04-10", "closed", "2024-02-20", "ongoing"),
        ("e", "2024-03-02", "", "", "", "ongoing"),
        ("f", "2023-05-01", "2023-12-31", "in_house", "", "ongoing"),
        ("f", "2024-02-01", "", "", "", "ongoing"),
        ("g", "2023-05-01", "2024-03-20", "", "2024-03-02", "ongoing"),
        ("h", "2023-05-01", "", "", "", "project"),
    ],
    columns=["client_id", "started_on", "ended_on", "end_reason", "notice_on", "contract"],
)
BILLS = pd.DataFrame(
    {
        "client_id": ["a", "b", "f", "h"],
        "issued_on": ["2024-02-01", "2024-02-15", "2024-02-20", "2024-01-10"],
        "amount": [100, 200, 300, 50],
    }
)
WINDOW = {"observed_from": "2023-01-01", "observed_until": "2024-12-31"}
DAY = pd.Timestamp("2024-03-01")
LITTLE = {name: FEATURES[name] for name in ("tenure_months", "days_since_invoice", "spend_90")}


def read(clients=SPELLS, invoices=BILLS, **more) -> ClientBase:
    window = {name: more.pop(name, WINDOW[name]) for name in WINDOW}
    return ClientBase.read({"clients": clients, "invoices": invoices} | more, **window)


def taken(days=DAY, base=None, **more) -> Snapshots:
    return snapshots(base or read(), days, features=LITTLE, **more)


def test_who_is_at_risk_and_who_left_by_hand():
    keys = taken().keys
    assert keys["client_id"].tolist() == ["a", "b", "f", "g"]
    assert taken().y.tolist() == [1, 0, 0, 1]
    assert keys["cause"].tolist() == ["price", "", "", "unknown"]
    assert keys["left_on"].astype("str").fillna("").tolist() == ["2024-05-30", "", "", "2024-03-20"]
    assert keys["days_at_risk"].tolist() == [90, 90, 90, 19]


def test_rows_of_the_parts_are_the_same():
    found = taken(["2024-02-15", DAY])
    assert found.X.index.names == ["client_id", "day"]
    for part in (found.y, found.keys):
        pd.testing.assert_index_equal(part.index, found.X.index)
    pd.testing.assert_index_equal(
        pd.MultiIndex.from_frame(found.keys[["client_id", "day"]]), found.X.index
    )
    assert not found.X.index.has_duplicates
    assert found.y.dtype == np.int64
    assert found.days.tolist() == [pd.Timestamp("2024-02-15"), DAY]
    assert found.clients.tolist() == found.keys["client_id"].tolist()


def test_features_of_the_day_by_hand():
    X = taken().X.droplevel("day")
    assert X["days_since_invoice"].tolist() == [29.0, 15.0, 10.0, 306.0]  # g: none since it began
    assert X["spend_90"].tolist() == [100.0, 200.0, 300.0, 0.0]
    assert X["tenure_months"].round(1).tolist() == [10.0, 10.0, 1.0, 10.0]


def test_a_client_who_had_announced_the_end_is_no_longer_predicted():
    assert "d" in set(taken("2024-02-19").clients)
    assert "d" not in set(taken("2024-02-20").clients)


def test_a_client_between_two_spells_is_not_at_risk():
    assert "f" in set(taken("2023-12-30").clients)
    assert "f" not in set(taken("2024-01-15").clients)
    assert taken("2023-12-30").keys.loc[("f", "2023-12-30"), "cause"] == "in_house"


def test_a_spell_entered_late_is_not_known_before():
    late = SPELLS.assign(entered_on=["2024-03-05", *[""] * 8])
    assert "a" not in set(taken(base=read(late)).clients)
    assert "a" in set(taken("2024-03-05", base=read(late)).clients)


def test_days_without_a_label_are_kept_apart_and_told():
    found = taken([DAY, "2024-10-02", "2024-10-03"])
    assert found.days.tolist() == [DAY, pd.Timestamp("2024-10-02")]
    assert found.censored.index.unique("day").tolist() == [pd.Timestamp("2024-10-03")]
    assert found.censored.columns.tolist() == found.X.columns.tolist()
    assert len(found.y) == len(found.X) == len(found.keys)
    assert found.notes[-2].en == (
        "Kept apart, as the label is not known yet: 1 day from 2024-10-03 on, up to 2 clients. "
        "Labels reach to 2024-10-02."
    )
    assert found.notes[-1].en == (
        "Project clients (1) are left out: they fall silent, nobody writes down their end. "
        "contract='project' looks at them."
    )


def test_those_who_left_already_are_apart_on_a_day_without_a_label_too():
    """Of those at risk on 2024-03-01 who had left by 2024-04-30 some are known: none is used."""
    found = taken([DAY, "2023-06-01"], base=read(observed_until="2024-04-30"))
    assert found.censored.index.get_level_values("client_id").tolist() == ["a", "b", "f", "g"]
    assert set(found.days) == {pd.Timestamp("2023-06-01")}


def test_a_horizon_past_the_last_record_is_refused_if_no_day_has_a_label():
    with pytest.raises(InvalidValue) as caught:
        taken("2024-10-03")
    assert str(caught.value) == (
        "Day 2024-10-03 plus 90 days runs past the last record (2024-12-31): 2 clients would be "
        "unknown, not 'stayed'. Use a day up to 2024-10-02."
    )
    with pytest.raises(InvalidValue) as caught:
        taken(DAY, horizon="800D")
    assert str(caught.value) == (
        "Day 2024-03-01 plus 800 days runs past the last record (2024-12-31): 4 clients would be "
        "unknown, not 'stayed'. The records are shorter than 800 days: use a shorter horizon."
    )


def test_the_day_of_the_base_is_the_day_to_predict_from():
    found = taken("2024-12-31")
    assert len(found.X) == 0
    assert found.censored.index.get_level_values("client_id").tolist() == ["e", "f"]


def test_days_outside_of_the_records_are_refused_together():
    with pytest.raises(InvalidValue) as caught:
        taken(["2022-12-31", DAY, "2025-01-01"])
    assert str(caught.value) == (
        "Days 2022-12-31, 2025-01-01 lie outside of the records (2023-01-01 to 2024-12-31). Use "
        "days within them."
    )
    with pytest.raises(InvalidValue, match=r"^No day is given\. Use month_ends"):
        taken([])


@pytest.mark.parametrize("horizon", ["soon", "12h", 0, "36h"])
def test_a_horizon_is_a_number_of_whole_days(horizon):
    with pytest.raises(InvalidValue, match=r"is no number of whole days\. Write '90D'\.$"):
        taken(horizon=horizon)


def test_another_contract_is_refused():
    with pytest.raises(InvalidValue) as caught:
        taken(contract="retainer")
    assert str(caught.value) == ("contract='retainer' is not known; use ongoing, project, all.")


def test_project_clients_leave_by_silence():
    """h has its last bill on 2024-01-10 and is lost 100 days later, on 2024-04-19."""
    found = taken(contract="project", silent_after=100)
    assert found.clients.tolist() == ["h"]
    assert found.keys["left_on"].astype("str").tolist() == ["2024-04-19"]
    assert taken("2024-04-19", contract="project", silent_after=100).X.empty
    both = taken(contract="all", silent_after=100)
    assert both.clients.tolist() == ["a", "b", "f", "g", "h"]
    with pytest.raises(InvalidValue, match=r"Or give silent_after=120 to snapshots"):
        taken(contract="project")


def test_without_the_column_contract_nobody_is_a_project_client():
    bare = read(SPELLS.drop(columns="contract"))
    with pytest.raises(InvalidValue) as caught:
        taken(base=bare, contract="project", silent_after=100)
    assert str(caught.value) == (
        "contract='project': the files do not tell who works order by order, the column 'contract' "
        "of clients is missing. Add it (ongoing, project), or use contract='ongoing'."
    )
    assert taken(base=bare, contract="all").clients.tolist() == [
        "a", "b", "f", "g", "h"]  # fmt: skip


def test_without_ends_nobody_has_left():
    found = taken(base=read(SPELLS[["client_id", "started_on"]].drop_duplicates("client_id")))
    assert found.clients.tolist() == list("abcdfgh")
    assert found.y.sum() == 0
    assert (found.keys["cause"] == "").all()


def test_the_rows_of_some_days():
    found = taken(["2023-08-01", "2023-12-01", DAY, "2024-12-01"])
    some = found.at(["2023-08-01", DAY])
    assert some.days.tolist() == [pd.Timestamp("2023-08-01"), DAY]
    assert len(some.censored) == 0
    assert some.provenance.base == len(some) == len(some.y) == len(some.keys)
    pd.testing.assert_frame_equal(some.at(DAY).X, taken().X)
    assert len(found.at("2020-01-01")) == 0


def test_ends_of_months_reach_to_the_last_day_with_a_label():
    days = month_ends(read(), every=3)
    assert [f"{day:%m-%d}" for day in days] == ["03-31", "06-30", "09-30"]
    assert month_ends(read(), every=1, first="2024-08-01")[0] == pd.Timestamp("2024-08-31")
    assert month_ends(read(observed_until="2023-03-01")) == []


def test_a_missing_table_leaves_its_features_out_with_a_note():
    found = snapshots(read(), DAY)
    assert "touches_30" not in found.X
    assert "touches_30, touches_change" in found.notes[0].en
    assert found.notes[0].en.startswith("Left out, as the files do not hold what they need: ")
    assert list(found.X) == [name for name in FEATURES if name in found.X]
    assert list(found.features) == list(found.X)


def test_what_is_empty_on_all_days_is_left_out_with_a_note():
    feedback = pd.DataFrame({"client_id": ["f"], "asked_on": ["2024-06-01"], "answered_on":
                             ["2024-06-02"], "nps": [9], "csi": [4]})  # fmt: skip
    found = snapshots(read(feedback=feedback), DAY)
    assert "nps_last" not in found.X
    assert any("Nothing was known on any of these days" in note.en for note in found.notes)
    assert "nps_last" in snapshots(read(feedback=feedback), [DAY, "2024-06-02"]).X


def test_what_the_source_overwrites_is_missing_on_the_last_day_too():
    """A model that never saw a tier must not meet one on the day of the export."""
    clients = SPELLS.assign(tier="gold")
    tier = feature(lambda known: known.tables["clients"].groupby("client_id")["tier"].last())
    base = read(clients)
    assert base.tables["clients"]["tier"].notna().all()
    found = snapshots(base, [DAY, base.observed_until], features=LITTLE | tier)
    assert "own" not in found.X


def feature(function):
    one = FEATURES["tenure_months"]
    return {"own": one.__class__(function, one.meaning, "score", one.high, one.low)}


def test_a_feature_of_ones_own_may_take_a_base_or_a_base_and_a_day():
    def told(known):
        return known.tables["invoices"].groupby("client_id").size()

    def told_then(base, day):
        return told(base.as_of(day))

    one, two = (snapshots(read(), DAY, features=feature(f)).X["own"] for f in (told, told_then))
    pd.testing.assert_series_equal(one, two)
    assert one.tolist()[:3] == [1.0, 1.0, 1.0]
    assert np.isnan(one.tolist()[3])


def test_a_window_or_a_function_alone_is_a_feature():
    made = {"bills": lambda known: known.tables["invoices"].groupby("client_id").size(),
            "spent": FEATURES["spend_90"].made_by}  # fmt: skip
    found = snapshots(read(), DAY, features=made)
    assert found.X["spent"].tolist() == [100, 200, 300, 0]
    assert found.X["bills"].fillna(0).tolist() == [1, 1, 1, 0]
    assert found.features["bills"].meaning.en == "bills"


def test_what_a_feature_returns_is_checked():
    with pytest.raises(InvalidType) as caught:
        snapshots(read(), DAY, features=feature(lambda known: [1, 2]))
    assert str(caught.value) == (
        "Feature 'own' returned a list; it must return a pandas Series with client_id as its index."
    )
    with pytest.raises(InvalidValue) as caught:
        snapshots(read(), DAY, features=feature(
            lambda known: pd.Series([1, 2], index=["a", "a"])))  # fmt: skip
    assert str(caught.value) == (
        "Feature 'own' has two values for the client 'a'; give one for each."
    )
    with pytest.raises(InvalidValue, match=r"^Feature 'own' gives dates; give the days between"):
        snapshots(read(), DAY, features=feature(
            lambda known: known.tables["clients"].groupby("client_id")["started_on"].last()
        ))  # fmt: skip


def test_words_become_categories_and_flags_numbers():
    X = snapshots(read(), DAY, features=feature(
        lambda known: pd.Series(["x", "y"], index=["a", "b"]))).X["own"]  # fmt: skip
    assert isinstance(X.dtype, pd.CategoricalDtype)
    assert X.astype(object).fillna("–").tolist() == ["x", "y", "–", "–"]
    flags = snapshots(read(), DAY, features=feature(
        lambda known: pd.Series([True, False], index=["a", "b"]))).X["own"]  # fmt: skip
    assert flags.fillna(9).tolist() == [1.0, 0.0, 9.0, 9.0]


def test_the_input_is_not_changed_and_the_repr_counts():
    base = read()
    before = {name: base.tables[name].copy() for name in base.tables}
    found = taken(base=base)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(base.tables[name], frame)
    assert repr(found) == (
        "<Snapshots of 4 clients on 1 days: 4 rows, 2 leave within 90 days; 3 features>"
    )


@pytest.fixture(scope="module")
def agency():
    return demo_agency(150, seed=11)


def of(agency, until=None, **changed) -> ClientBase:
    return ClientBase.read(agency.tables | changed, observed_from=agency.observed_from,
                           observed_until=until or agency.observed_until)  # fmt: skip


def test_labels_agree_with_the_truth_of_the_demo_agency(agency):
    """Hazards are monthly, ends fall on days 1–28: the end of a month sees three whole months."""
    world = agency.world
    many = int(world.traits["client"].max()) + 1
    ids = np.array([f"C{n:03d}" for n in range(1, many + 1)])[world.traits["client"]]
    causes = ("outgrew", "in_house", "dissatisfied", "price", "finished", "closed", "let_go")
    days = [day for day in month_ends(of(agency)) if day.month != 1]  # 89 days to the first of May
    found = taken(days, base=of(agency))
    known = 0
    for day in days:
        month = 12 * (day.year - 2018) + day.month
        there = np.flatnonzero(world.there[:, month])
        truth = pd.Series(world.left_within(month), index=ids[there])
        why = pd.Series(world.cause[there], index=ids[there])
        rows = found.at(day)
        label = rows.y.droplevel("day")
        assert (label == truth[label.index]).all(), day
        keys = rows.keys[rows.y == 1].droplevel("day")
        told = keys.loc[keys["cause"] != "unknown", "cause"]
        assert (told == why[told.index].map(dict(enumerate(causes)))).all()
        known += len(told)
    assert known > 50


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100), st.integers(0, 2**32 - 1))
def test_rows_of_the_future_change_no_snapshot(place, seed):
    """Bills and spells of later days, in whatever order they are typed in."""
    random = np.random.default_rng(seed)
    day = DAY + pd.Timedelta(days=place)
    many = random.integers(1, 30)
    later = day + pd.to_timedelta(random.integers(1, 60, many), unit="D")
    more = pd.DataFrame({"client_id": random.choice(list("abfg"), many), "issued_on": later,
                         "amount": random.integers(1, 900, many)})  # fmt: skip
    bills = pd.concat([BILLS.assign(issued_on=pd.to_datetime(BILLS["issued_on"])), more])
    bills = bills.sample(frac=1, random_state=seed % 1000)
    spells = pd.concat([SPELLS, pd.DataFrame({"client_id": ["z"], "started_on": [later[0]]})])
    one = snapshots(read(), day)
    two = snapshots(read(spells, bills), day)
    pd.testing.assert_frame_equal(one.X, two.X)
    pd.testing.assert_series_equal(one.y, two.y)


def test_a_base_that_knows_more_gives_the_same_features(agency):
    days = pd.to_datetime(["2023-06-30", "2024-03-31", "2025-01-31"])
    full = snapshots(of(agency), days)
    for day in days:
        then = snapshots(of(agency).as_of(day), day).censored
        same = full.at(day).X
        pd.testing.assert_frame_equal(
            same[list(then)], then, check_index_type=False, check_categorical=False
        )
        assert same.drop(columns=list(then)).isna().all(axis=None)
