"""Single numbers, what today's table pretends, what was known, what is overwritten.

client   leaves  load on each day   AUC of load: of 12 leavers and 24 stayers, by pairs
L01–L12  within  2, 3, …            leavers higher: over ½
S01–S24  never   1, 2, …
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import (
    PLANTED,
    RULES,
    check_no_leakage,
    every_months,
    how_early,
    known,
    left_after,
    snapshots,
    telling,
    todays_table,
    undated,
)
from clientlab.churn.features import FEATURES, Feature
from clientlab.clients import ClientBase
from clientlab.demo import demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text

RESULTS = ("left", "known", "telling", "rules", "today", "undated", "early")


def read(tables, **window) -> ClientBase:
    return ClientBase.read(tables, **window)


def of(agency) -> ClientBase:
    return read(agency.tables, observed_from=agency.observed_from,
                observed_until=agency.observed_until)  # fmt: skip


@pytest.fixture(scope="module")
def base():
    return of(demo_agency(240, seed=2026))


@pytest.fixture(scope="module")
def rows(base):
    return every_months(base, 6)


@pytest.fixture(scope="module")
def results(base, rows):
    what = telling(rows)
    return SimpleNamespace(
        left=left_after(rows), known=known(rows), telling=what, rules=telling(rows, RULES),
        today=todays_table(rows), undated=undated(base), early=how_early(rows, what),
    )  # fmt: skip


def planted() -> ClientBase:
    """36 clients since 2024; 12 leave in July 2025, whose bills were twice as high before."""
    ids = [f"L{n:02d}" for n in range(12)] + [f"S{n:02d}" for n in range(24)]
    gone = ["2025-07-15"] * 12 + [""] * 24
    clients = pd.DataFrame({"client_id": ids, "started_on": "2023-06-01", "ended_on": gone})
    bills = [
        (one, day, (200 if one[0] == "L" and day < pd.Timestamp("2025-07-01") else 100) + place)
        for place, one in enumerate(ids)
        for day in pd.date_range("2024-01-05", "2026-05-31", freq="MS")
        if one[0] == "S" or day < pd.Timestamp("2025-07-15")
    ]
    invoices = pd.DataFrame(bills, columns=["client_id", "issued_on", "amount"])
    return read({"clients": clients, "invoices": invoices}, observed_from="2024-01-01",
                observed_until="2026-05-31")  # fmt: skip


def test_the_auc_of_a_number_is_the_share_of_pairs():
    taken = snapshots(planted(), "2025-05-31")
    found = telling(taken, ["spend_90"]).frame.iloc[0]
    values = taken.X["spend_90"]
    gone, stay = values[taken.y == 1].to_numpy(), values[taken.y == 0].to_numpy()
    pairs = [(a > b) + 0.5 * (a == b) for a in gone for b in stay]
    assert found["estimate"] == pytest.approx(np.mean(pairs))
    assert (found["base"], found["left"]) == (36, 12)
    assert found["phrase_en"] == "buys much"


def test_what_is_low_before_leaving_is_told_as_low(results):
    frame = results.telling.frame.set_index("name")
    assert frame.loc["tenure_months", "estimate"] < 0.5
    assert frame.loc["tenure_months", "phrase_en"] == "is new"
    assert results.telling.headline().startswith("Before leaving: ")
    strength = (results.telling.frame["estimate"] - 0.5).abs()
    assert strength.round(9).is_monotonic_decreasing


def test_intervals_hold_for_all_numbers_together(rows):
    one = telling(rows, ["tenure_months"]).frame.iloc[0]
    all_ = telling(rows).frame.set_index("name").loc["tenure_months"]
    assert all_["estimate"] == one["estimate"]
    assert all_["low"] < one["low"] < one["high"] < all_["high"]


def test_noise_is_seldom_told_to_tell(rows):
    """Of 12 numbers without meaning none should be sure, in nineteen of twenty tables."""
    sure = 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        ids = rows.X.index.unique("client_id")
        noise = {f"n{k}": pd.Series(random.normal(size=len(ids)), index=ids) for k in range(12)}
        X = pd.DataFrame({name: one.reindex(rows.clients).to_numpy() for name, one in
                          noise.items()}, index=rows.X.index)  # fmt: skip
        none = Text("", "")
        words = {name: Feature(len, none, "score", none, none) for name in X}
        part = type(rows)(X, rows.y, rows.keys, rows.censored, rows.horizon, words,
                          rows.provenance)  # fmt: skip
        sure += bool(len(telling(part).sure))
    assert sure <= 3  # 0.999 of ten tables, each with a chance of 0.05


def test_rules_are_scored_as_they_would_have_been_that_day(base, rows, results):
    frame = results.rules.frame.set_index("name")
    score = pd.concat([
        RULES["no_invoice"].score(base.as_of(day)).reindex(
            rows.at(day).clients).set_axis(rows.at(day).X.index) for day in rows.days])  # fmt: skip
    y = rows.y.reindex(score.index)
    gone, stay = score[y == 1].to_numpy(), score[y == 0].to_numpy()
    pairs = np.mean([((a > stay) + 0.5 * (a == stay)).mean() for a in gone])
    assert frame.loc["no_invoice", "estimate"] == pytest.approx(pairs)
    assert frame.loc["rcm", "phrase_en"] in ("'RCM code' higher", "'RCM code' lower")


def test_a_feature_that_is_none_is_refused(rows):
    with pytest.raises(InvalidValue, match=r"^'moon' is no feature of these snapshots; they have"):
        telling(rows, ["moon"])
    with pytest.raises(InvalidValue, match=r"^'moon' is no feature of these snapshots; they have"):
        how_early(rows, "moon")


def test_how_early_looks_at_those_who_are_still_there(rows):
    found = how_early(rows, "tenure_months", steps=2)
    frame = found.frame
    assert frame["from_days"].tolist() == [1, 91]
    assert frame["to_days"].tolist() == [90, 180]
    near = frame.iloc[0]
    days = [day for day in rows.days if day + pd.Timedelta("180D") <= rows.base.observed_until]
    same = telling(rows.at(days), ["tenure_months"]).frame.iloc[0]
    assert near["estimate"] == same["estimate"]
    assert frame["base"].iloc[1] <= frame["base"].iloc[0]


def test_todays_table_promises_what_nobody_knew(results):
    found = results.today
    assert found.gaps.iloc[0]["low"] > 0
    assert found.headline().startswith("Today's table 'predicts' the past: ")
    today = found.frame[found.frame["table"] == "today"]
    assert (today["estimate"] >= 0.5).all()
    assert today["estimate"].max() > 0.85
    names = set(found.frame["name"])
    assert "channel" not in names


def test_todays_table_of_a_feature_that_cannot_change_is_the_same(base):
    none = Text("", "")
    fixed = {"began": Feature(
        lambda known: (known.tables["clients"].groupby("client_id")["started_on"].min()
                       - pd.Timestamp("2000-01-01")).dt.days,
        Text("first day", "первый день"), "days", none, none)}  # fmt: skip
    found = todays_table(every_months(base, 6, features=fixed))
    assert found.gaps.iloc[0]["estimate"] == 0
    assert found.headline().startswith("Today's table cannot be told from what was known then")


def test_what_is_overwritten_is_counted_by_hand():
    clients = pd.DataFrame({"client_id": ["a", "b", "c"], "tier": ["A", "B", None],
                            "started_on": ["2024-01-01", "2024-01-01", "2024-01-01"],
                            "capacity": [100, None, None]})  # fmt: skip
    bills = pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-02-01"], "amount": [10]})
    history = pd.DataFrame({"client_id": ["a"], "column": ["tier"], "value": ["A"],
                            "known_on": ["2024-03-01"]})  # fmt: skip
    base = read({"clients": clients, "invoices": bills, "history": history},
                observed_from="2024-01-01", observed_until="2024-12-31")  # fmt: skip
    frame = undated(base, "2024-06-30").frame.set_index("column")
    assert frame.loc["tier", ["dated", "base"]].tolist() == [1, 2]
    assert frame.loc["capacity", ["dated", "base"]].tolist() == [0, 1]
    assert undated(base, "2024-02-15").frame["dated"].tolist() == [0, 0]
    assert undated(base).day == pd.Timestamp("2024-10-02")
    bare = read({"clients": clients[["client_id", "started_on"]], "invoices": bills},
                observed_from="2024-01-01", observed_until="2024-12-31")  # fmt: skip
    assert undated(bare).say() == (
        "The files hold none of the columns that a source overwrites (tier, key_client, manager, "
        "competence, capacity)."
    )


def test_who_left_after_each_day_adds_up(rows, results):
    frame = results.left.frame
    assert frame["left"].sum() == rows.y.sum()
    assert frame["base"].sum() == len(rows)
    assert (frame["left"] / frame["base"] == frame["estimate"]).all()
    assert results.left.clients == len(set(rows.clients))


def test_what_was_known_is_the_share_of_values(rows, results):
    frame = results.known.frame.set_index("table")
    board = [name for name, one in rows.features.items() if next(iter(one.tables), "") == "board"]
    assert frame.loc["board", "features"] == len(board)
    assert frame.loc["board", "estimate"] == pytest.approx(rows.X[board].notna().to_numpy().mean())


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_said_tabled_and_drawn_in_both_languages(results, name):
    result = getattr(results, name)
    for lang in ("en", "ru"):
        assert result.say(lang).endswith(".")
        assert "nan" not in result.say(lang)
        assert result.measures(lang)
        assert result.headline(lang)
    assert {"estimate", "base"} <= set(result.frame)
    assert result.table()
    assert result.plot().figure.axes
    assert repr(result).startswith("<")


def test_with_three_leavers_nothing_is_told():
    small = of(demo_agency(40, leavers=3))
    rows = every_months(small, 3)
    what = telling(rows)
    assert isinstance(what, CannotSay)
    assert "at least 10 are needed" in what.say()
    assert "нужно хотя бы 10" in what.say("ru")
    assert isinstance(todays_table(rows), CannotSay)
    assert how_early(rows, what) is what
    assert isinstance(how_early(rows, "tenure_months"), CannotSay)


def test_records_too_short_are_said_and_handed_on():
    clients = pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"]})
    bills = pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-02-01"], "amount": [10]})
    base = read({"clients": clients, "invoices": bills}, observed_from="2024-01-01",
                observed_until="2024-12-31")  # fmt: skip
    rows = every_months(base)
    assert rows.say() == (
        "Snapshots: the records (2024-01-01 to 2024-12-31) are shorter than a year and 90 days. "
        "Add earlier records, or take a shorter horizon."
    )
    for handed in (left_after(rows), known(rows), telling(rows), todays_table(rows),
                   how_early(rows, "spend_90"), check_no_leakage(base, rows)):  # fmt: skip
        assert handed is rows


def test_the_planted_examples_are_found(base, rows):
    found = check_no_leakage(base, rows, PLANTED)
    assert found.named == list(PLANTED)
    assert found.days[-1] == rows.days[-1]
    assert not set(PLANTED) & set(FEATURES)
