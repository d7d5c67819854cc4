"""An indicator by a column of clients.

client  region  there on 1 Jan 2024  left in 2024       churn
a b c   North   3                    a                  1/3
d e     South   2                    d e                2/2
f       –       1                    none               0/1
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase, kpis
from clientlab.clients.breakdown import INDICATORS, breakdown, differences
from clientlab.demo import DEMO, demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {
        "client_id": list("abcdef"),
        "started_on": "2023-05-01",
        "ended_on": ["2024-03-01", None, None, "2024-05-01", "2024-06-01", None],
        "contract": "ongoing",
        "region": ["North"] * 3 + ["South"] * 2 + [None],
    }
)
INVOICES = pd.DataFrame(
    {"client_id": list("abcdef"), "issued_on": "2024-01-15", "amount": [10, 20, 30, 40, 50, 60]}
)


@pytest.fixture(scope="module")
def base():
    tables = {"clients": CLIENTS, "invoices": INVOICES}
    return ClientBase.read(tables, observed_from="2024-01-01", observed_until="2024-12-31")


@pytest.fixture(scope="module")
def demo():
    return ClientBase.read(DEMO)


def test_churn_by_region_by_hand(base):
    found = breakdown(base, kpis.churn_rate, "region")
    assert found.frame[["label_en", "count", "base", "clients"]].values.tolist() == [
        ["South", 2, 2, 2], ["North", 1, 3, 3], ["not told", 0, 1, 1],
    ]  # fmt: skip
    np.testing.assert_allclose(found.frame["estimate"], [1, 1 / 3, 0])
    assert found.overall == pytest.approx(0.5)
    assert found.say() == (
        "Churn of clients, 2024: groups cannot be told apart; highest South — 100% (34–100%, base "
        "2 clients), lowest not told — 0% (0–79%, base 1 client)."
    )
    assert found.say("ru") == (
        "Отток клиентов, 2024: группы различить нельзя; больше всего South — 100% (34–100%, база "
        "2 клиента), меньше всего не указано — 0% (0–79%, база 1 клиент)."
    )


def test_a_group_is_the_base_of_its_clients(demo):
    whole = breakdown(demo, kpis.nps, "role_model")
    clients = demo.tables["clients"]
    ids = clients.loc[clients["role_model"] == "production", "client_id"]
    alone = kpis.nps(demo.of(ids), period="Y").last
    (row,) = whole.frame[whole.frame["group"] == "production"].to_dict("records")
    assert (row["estimate"], row["low"], row["base"]) == tuple(alone[["estimate", "low", "base"]])


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_indicator_is_said_drawn_and_tabled(demo, name, lang):
    import matplotlib.pyplot as plt

    from clientlab.session import setup

    setup(lang)
    found = breakdown(demo, getattr(kpis, name), "financial_model")
    assert found.frame["clients"].sum() == 240
    assert "" not in (found.headline(lang), found.decide(lang), found.measures(lang))
    found.plot()
    found.table()
    plt.close("all")
    setup("en")


def test_no_client_is_in_two_groups_though_a_value_changed():
    clients = pd.concat([CLIENTS, CLIENTS.head(1).assign(
        started_on="2024-09-01", ended_on=None, region="South")])  # fmt: skip
    base = ClientBase.read({"clients": clients, "invoices": INVOICES}, observed_from="2024-01-01",
                           observed_until="2024-12-31")  # fmt: skip
    found = breakdown(base, kpis.churn_rate, "region").frame
    assert found.set_index("label_en")["clients"].to_dict() == {
        "South": 3, "North": 2, "not told": 1,
    }  # fmt: skip


def test_differences_are_those_of_the_papers_formula():
    # |a − b| at the end of its 95% interval √((a − lᵃ)² + (uᵇ − b)²): p is then 0.05.
    a, low, b, high = 0.6, 0.45, 0.2, 0.35
    reach = np.hypot(a - low, high - b)
    frame = pd.DataFrame({"estimate": [a, a - reach], "low": [low, 0.0],
                          "high": [0.7, a - reach + high - b]})  # fmt: skip
    np.testing.assert_allclose(differences(frame), [0.05])
    assert differences(frame.iloc[:1]).size == 0


def test_shares_are_compared_by_fishers_test():
    # R: fisher.test(matrix(c(6, 0, 5, 8), 2))$p.value = 0.0181
    frame = pd.DataFrame({"count": [6, 0], "base": [11, 8], "estimate": [6 / 11, 0],
                          "low": [0.28, 0], "high": [0.79, 0.32]})  # fmt: skip
    np.testing.assert_allclose(differences(frame), [0.0181], atol=5e-5)


def test_refusals_belong_to_no_client(base):
    with pytest.raises(InvalidValue, match=r"^win_rate cannot be broken down by clients\. Use one"):
        breakdown(base, kpis.win_rate, "region")


def test_a_name_per_client_is_no_breakdown():
    clients = pd.DataFrame({"client_id": [f"c{k}" for k in range(30)], "started_on": "2023-01-01",
                            "name": [f"n{k}" for k in range(30)]})  # fmt: skip
    invoices = pd.DataFrame({"client_id": ["c1"], "issued_on": "2024-02-01", "amount": 5})
    base = ClientBase.read({"clients": clients, "invoices": invoices},
                           observed_from="2024-01-01", observed_until="2024-12-31")  # fmt: skip
    with pytest.raises(InvalidValue, match="has 30 values: of so few clients each"):
        breakdown(base, kpis.churn_rate, "name")


def test_what_the_files_do_not_hold_is_said(base):
    assert isinstance(breakdown(base, kpis.churn_rate, "channel"), CannotSay)
    assert isinstance(breakdown(base, kpis.nps, "region"), CannotSay)
    with pytest.raises(InvalidValue, match="by='regoin' is not a column"):
        breakdown(base, kpis.churn_rate, "regoin")


def test_nothing_of_others_is_left_in_the_base_of_some(demo):
    some = demo.of(["C001", "C007", "C100"])
    for name, frame in some.tables.items():
        if "client_id" in frame and name not in ("risks", "costs"):
            assert set(frame["client_id"].dropna()) <= {"C001", "C007", "C100"}, name
    whole = demo.tables["invoices"]
    pd.testing.assert_frame_equal(
        some.tables["invoices"],
        whole[whole["client_id"].isin(["C001", "C007", "C100"])].reset_index(drop=True),
    )
    assert some.as_of("2024-01-01").of(["C007"]).tables["clients"][
        "client_id"
    ].unique().tolist() == ["C007"]
    assert kpis.churn_rate(demo.of(demo.codes("clients")[1])).frame.equals(
        kpis.churn_rate(demo).frame
    )
    with pytest.raises(InvalidValue, match="'C999' is not a client of this base"):
        demo.of(["C999"])


@pytest.mark.simulation
@pytest.mark.parametrize("name", ["nps", "revenue_retention", "payment_discipline", "churn_rate"])
def test_groups_dealt_out_at_random_seldom_differ(name, tmp_path):
    """Four groups by lot on bases of 150 clients; at most the 99% binomial bound of 5%."""
    random, differ, runs = np.random.default_rng(4), 0, 200
    for seed in range(runs // 10):
        agency = demo_agency(150, seed=seed, tables=("clients", "invoices", "feedback"))
        for _ in range(10):
            clients = agency.tables["clients"]
            lot = dict(zip(clients["client_id"], random.integers(0, 4, len(clients)), strict=True))
            clients = clients.assign(region=clients["client_id"].map(lot).map("g{}".format))
            base = ClientBase.read(
                {**agency.tables, "clients": clients},
                observed_from="2018-01-01", observed_until="2026-08-31",
            )  # fmt: skip
            found = breakdown(base, getattr(kpis, name), "region")
            differ += "groups differ" in found.say()
    assert differ <= 19, differ  # qbinom(0.99, 200, 0.05) = 18, and one for the discreteness
