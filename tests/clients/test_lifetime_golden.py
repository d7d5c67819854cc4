"""Lifetimes against R: survfit with late entry and ties, cuminc, log-rank.

clients.csv   57 spells, 2020 to 2023, many of them begun before: make.R
small.csv     made by hand, the cases in which risk sets go wrong: small.R
"""

from pathlib import Path

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.lifetime import expected_lifetime, reasons, survival, transformation_rate

GOLDEN = Path(__file__).parents[1] / "golden" / "lifetime"


def base_of(spells: pd.DataFrame, invoices=None, **window) -> ClientBase:
    if invoices is None:
        first = spells.iloc[:1]
        invoices = pd.DataFrame({"client_id": first["client_id"], "amount": 100,
                                 "issued_on": first["started_on"]})  # fmt: skip
    return ClientBase.read({"clients": spells, "invoices": invoices}, **window)


@pytest.fixture(scope="module")
def golden() -> ClientBase:
    return base_of(pd.read_csv(GOLDEN / "clients.csv", dtype=str),
                   observed_from="2020-01-01", observed_until="2023-12-31")  # fmt: skip


@pytest.fixture(scope="module")
def values() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "values.csv", index_col=False).fillna({"group": ""})


def test_survival_equals_r(golden, values):
    """R: survfit(Surv(entry, exit, left) ~ 1, conf.type = "log-log")."""
    frame = survival(golden).frame.set_index("month")
    for row in values[values["what"] == "survival"].itertuples():
        mine = frame.loc[row.month, ["estimate", "low", "high"]].astype(float)
        assert mine.tolist() == pytest.approx([row.estimate, row.low, row.high], abs=1e-9)
    by = survival(golden, by="industry").frame
    for row in values[values["what"] == "by"].itertuples():
        mine = by[(by["industry"] == row.group) & (by["month"] == row.month)].iloc[0]
        assert (mine["estimate"], mine["low"], mine["high"]) == pytest.approx(
            (row.estimate, row.low, row.high), abs=1e-9)  # fmt: skip


def test_the_life_table_equals_r(golden, values):
    rows = values[values["what"] == "survival"].set_index("month")["estimate"]
    rate = transformation_rate(golden).frame.set_index("month")
    assert rate.loc[1, "estimate"] == pytest.approx(1 - rows[1], abs=1e-9)
    assert rate.loc[:12, "of_all"].sum() == pytest.approx(1 - rows[12], abs=1e-9)
    year = transformation_rate(golden, every=12).frame.set_index("month")
    assert year.loc[24, "estimate"] == pytest.approx(1 - rows[24] / rows[12], abs=1e-9)
    assert year.loc[24, "of_all"] == pytest.approx(rows[12] - rows[24], abs=1e-9)


def test_incidences_equal_r(golden, values):
    """R: survfit(Surv(entry, exit, factor(why)) ~ 1, id = id, conf.type = "log-log"), cuminc."""
    found = reasons(golden).frame.set_index(["month", "reason"])[["estimate", "low", "high"]]
    for row in values[values["what"] == "incidence"].itertuples():
        assert found.loc[(row.month, row.group)].tolist() == pytest.approx(
            [row.estimate, row.low, row.high], abs=1e-9, nan_ok=True)  # fmt: skip
    clients = pd.read_csv(GOLDEN / "clients.csv", dtype=str)
    new = base_of(clients[clients["started_on"] >= "2020-01-01"], observed_from="2020-01-01",
                  observed_until="2023-12-31")  # fmt: skip
    found = reasons(new).frame.set_index(["month", "reason"])["estimate"]
    for row in values[values["what"] == "cuminc"].itertuples():
        assert found[row.month, row.group] == pytest.approx(row.estimate, abs=1e-9)


SMALL = ("late entry", "seen one day", "all in one month", "ties", "returns", "entry at an exit")


@pytest.mark.parametrize("name", SMALL)
def test_where_risk_sets_go_wrong_it_equals_r(name):
    """small.R: survfit(Surv(entry, exit, left) ~ 1), and of factor(why), both log-log."""
    clients = pd.read_csv(GOLDEN / "small.csv", dtype=str)
    clients = clients[clients["base"] == name].drop(columns="base")
    base = base_of(clients, observed_from="2024-01-01", observed_until="2024-12-31")
    values = pd.read_csv(GOLDEN / "small_values.csv", index_col=False)
    values = values[values["base"] == name].fillna({"reason": ""})
    curve = survival(base).frame.assign(reason="")
    found = pd.concat([curve, reasons(base).frame]).set_index(["reason", "month"])
    found = found[["estimate", "low", "high"]].dropna(subset="estimate")
    told = values.set_index(["reason", "month"]).loc[:, ["estimate", "low", "high"]]
    told = told.loc[[key for key in found.index if key in told.index]]
    assert len(told) >= 4
    ends = ["low", "high"]  # before anybody left R prints the estimate, or NA after a censoring
    told[ends] = told[ends].where(told["estimate"].between(0, 1, inclusive="neither"))
    pd.testing.assert_frame_equal(found.loc[told.index], told, atol=1e-9, check_dtype=False)
    rate = transformation_rate(base).frame
    assert rate["left"].sum() == clients["ended_on"].notna().sum()  # nobody is lost on the way


def test_means_medians_and_the_log_rank_equal_r(golden, values):
    lt = expected_lifetime(golden, horizon=36).of()
    mean = values[values["what"] == "rmean"].iloc[0]
    assert lt.estimate == pytest.approx(mean["estimate"], abs=1e-9)
    assert (lt.high - lt.low) / 2 / 1.96 == pytest.approx(mean["low"], rel=0.1)  # bootstrap
    half = expected_lifetime(golden).of("median")
    row = values[values["what"] == "median"].iloc[0]
    assert (half.estimate, half.low, half.high) == pytest.approx(
        (row["estimate"], row["low"], row["high"]), abs=1e-9)  # fmt: skip
    test = survival(golden, by="industry").differences
    score = values[values["what"] == "score"]["estimate"].iloc[0]
    assert test.statistic == pytest.approx(score, rel=1e-6)
