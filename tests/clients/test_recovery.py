"""Indicators recover the truth of the demo: 400 agencies of 240 clients, drawn anew.

indicator            truth
churn of a month     mean of the true hazards of those there, 60,000 clients of the world
churn of a year      share of these clients who left
the others           the same ratio over three agencies of 20,000 clients (from their tables)

A client is a draw from the world; so what an interval should cover is the number of the
world, not that of the agency at hand.
"""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase, kpis
from clientlab.demo import demo_agency
from clientlab.demo.synthetic import MONTHS
from clientlab.demo.world import simulate

AGENCIES, CLIENTS = 400, 240
TABLES = ("clients", "invoices", "feedback", "deals_lost")
JANUARY, AUGUST = MONTHS - 20, MONTHS - 1  # of 2025 and of 2026
LAST = {
    "churn_month": lambda base: kpis.churn_rate(base, period="M"),
    "churn_year": lambda base: kpis.churn_rate(base, period="Y"),
    "silence": lambda base: kpis.silence_churn(base, threshold=180, period="Y"),
    "nrr": lambda base: kpis.revenue_retention(base, period="Y"),
    "grr": lambda base: kpis.revenue_retention(base, period="Y"),
    "nps": lambda base: kpis.nps(base),
    "csi": lambda base: kpis.csi(base),
    "on_time": lambda base: kpis.payment_discipline(base, period="Y"),
    "average_check": lambda base: kpis.average_check(base, period="Y"),
    "referral": lambda base: kpis.referral_rate(base),
    "won": lambda base: kpis.win_rate(base),
}


def intervals(clients: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """Estimate and interval of the last period of each indicator, of one agency."""
    agency = demo_agency(clients, seed=seed, tables=TABLES)
    base = ClientBase.read(
        agency.tables, observed_from=agency.observed_from, observed_until=agency.observed_until
    )
    found = {}
    for name, indicator in LAST.items():
        result = indicator(base)
        row = result.frame.iloc[-1]
        columns = ["grr", "grr_low", "grr_high"] if name == "grr" else ["estimate", "low", "high"]
        found[name] = tuple(row[columns].astype(float))
    return found


def truth_of_churn() -> dict[str, float]:
    """From the hazards and the ends of the world itself, by no path of the indicators."""
    hazards, left = [], []
    for seed in range(3):
        world = simulate(20_000, MONTHS, seed=7_000 + seed)
        ongoing = ~world.traits["project"]
        here = world.there[:, AUGUST] & ongoing
        hazards.append(world.hazard[here, AUGUST].sum(axis=1))
        there = world.there[:, JANUARY] & ongoing
        ended = world.ended[there]
        left.append((ended >= JANUARY) & (ended < JANUARY + 12))
    return {"churn_month": float(np.concatenate(hazards).mean()),
            "churn_year": float(np.concatenate(left).mean())}  # fmt: skip


@pytest.fixture(scope="module")
def coverage() -> pd.Series:
    large = pd.DataFrame([{name: values[0] for name, values in intervals(20_000, seed).items()}
                          for seed in (97, 98, 99)])  # fmt: skip
    truth = large.mean().to_dict() | truth_of_churn()
    with ProcessPoolExecutor(2) as pool:
        drawn = list(pool.map(intervals, [CLIENTS] * AGENCIES, range(10_000, 10_000 + AGENCIES)))
    covered = {
        name: [one[name][1] <= truth[name] <= one[name][2] for one in drawn] for name in LAST
    }
    return pd.DataFrame(covered).mean()


@pytest.mark.simulation
@pytest.mark.parametrize("name", list(LAST))
def test_the_interval_covers_the_truth(coverage, name):
    assert coverage[name] >= 0.925, coverage.round(3).to_dict()
