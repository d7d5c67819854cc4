"""Lifetime, reasons and value recover the truth of the demo: 400 agencies, drawn anew.

number              truth
survival            product of (1 − mean true hazard of those there at that age), 60,000 clients
incidence by cause  the same hazards by cause; a fifth of the reasons is not written down
restricted mean     expected length up to the horizon under these hazards
LTV                 the same number over three agencies of 20,000 clients (from their tables)

Hazards hold for months of the calendar. A client who began in month 0 and left in month k
had lasted k months, give or take the days: half of them are gone by day 30.4375 · k.
"""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from clientlab.clients import ClientBase, lifetime, value
from clientlab.demo import demo_agency
from clientlab.demo.synthetic import MONTHS
from clientlab.demo.world import CAUSES, simulate

AGENCIES, CLIENTS = 400, 240
TABLES = ("clients", "invoices", "costs")
AT = (12, 36)
UNTOLD = 0.2  # share of reasons that the demo writes down as unknown
CAUSES_TOLD = ("dissatisfied", "price", "finished", "unknown")
NAMES = ("survival_12", "survival_36", "lifetime_36", "value_36", "value_product",
         *(f"{cause}_36" for cause in CAUSES_TOLD))  # fmt: skip


def read(clients: int, seed: int) -> ClientBase:
    agency = demo_agency(clients, seed=seed, tables=TABLES)
    return ClientBase.read(
        agency.tables, observed_from=agency.observed_from, observed_until=agency.observed_until
    )


def intervals(clients: int, seed: int) -> dict[str, tuple[float, float, float]]:
    base = read(clients, seed)
    curve = lifetime.survival(base).frame.set_index("month")
    found = {f"survival_{month}": tuple(curve.loc[month, ["estimate", "low", "high"]])
             for month in AT}  # fmt: skip
    lt = lifetime.expected_lifetime(base, horizon=36).of()
    found["lifetime_36"] = (lt.estimate, lt.low, lt.high)
    ltv = value.lifetime_value(base, horizon=36)
    for name, measure in (("value_36", "expected"), ("value_product", "product")):
        one = ltv.of(measure)
        found[name] = (one.estimate, one.low, one.high)
    why = lifetime.reasons(base).frame
    why = why[why["month"] == 36].set_index("reason")
    for cause in CAUSES_TOLD:
        row = why.loc[cause] if cause in why.index else {"estimate": 0, "low": np.nan,
                                                         "high": np.nan}  # fmt: skip
        found[f"{cause}_36"] = (row["estimate"], row["low"], row["high"])
    return found


def truth_of_hazards() -> dict[str, float]:
    """From the true hazards by age, by no path of the package's curves."""
    sums, there = np.zeros((60, len(CAUSES))), np.zeros(60)
    for seed in range(3):
        world = simulate(20_000, MONTHS, seed=7_000 + seed)
        who, month = np.nonzero(world.there & ~world.traits["project"][:, None])
        age = month - world.started[who]
        kept = age < 60
        np.add.at(sums, age[kept], world.hazard[who, month][kept])
        np.add.at(there, age[kept], 1)
    hazard = np.divide(sums, there[:, None], where=there[:, None] > 0, out=np.zeros_like(sums))
    after = np.cumprod(1 - hazard.sum(axis=1))  # still there at the end of month k
    before = np.append(1.0, after[:-1])
    left = before[:, None] * hazard  # leave in month k, by cause
    found = {}
    for month in AT:
        found[f"survival_{month}"] = 1 - left[:month].sum() - left[month].sum() / 2
    by = left[:36].sum(axis=0) + left[36] / 2
    for cause in ("dissatisfied", "price", "finished"):
        found[f"{cause}_36"] = (1 - UNTOLD) * by[CAUSES.index(cause)]
    found["unknown_36"] = UNTOLD * by.sum()
    months = np.arange(60)
    # Of those who leave in month 36 half are cut off: days of both months are uniform on 28.
    length = np.minimum(months, 36) - 0.153 * (months == 36)
    found["lifetime_36"] = float((left.sum(axis=1) * length)[:37].sum()
                                 + 36 * (1 - left[:37].sum()))  # fmt: skip
    return found


@pytest.fixture(scope="module")
def coverage() -> pd.Series:
    large = [value.lifetime_value(read(20_000, seed), horizon=36).of().estimate
             for seed in (97, 98, 99)]  # fmt: skip
    truth = truth_of_hazards() | {"value_36": float(np.mean(large))}
    truth["value_product"] = truth["value_36"]
    with ProcessPoolExecutor(2) as pool:
        drawn = list(pool.map(intervals, [CLIENTS] * AGENCIES, range(20_000, 20_000 + AGENCIES)))
    found = {}
    for name in NAMES:
        rows = np.array([one[name] for one in drawn], dtype=float)
        known = ~np.isnan(rows[:, 1])
        found[name] = ((rows[:, 1] <= truth[name]) & (truth[name] <= rows[:, 2]))[known].mean()
        found[f"bias of {name}"] = rows[:, 0].mean() / truth[name] - 1
        found[f"known of {name}"] = known.mean()
    return pd.Series(found)


@pytest.mark.simulation
@pytest.mark.parametrize("name", [name for name in NAMES if name != "value_product"])
def test_the_interval_covers_the_truth(coverage, name):
    assert coverage[name] >= 0.925, coverage.round(3).to_dict()


@pytest.mark.simulation
def test_estimates_are_not_biased(coverage):
    for name in NAMES:
        if name != "value_product":
            assert abs(coverage[f"bias of {name}"]) < 0.05, coverage.round(3).to_dict()


def forecast(seed: int) -> bool:
    """Whether as many left in the last quarter as was forecast before it."""
    before = lifetime.expected_losses(read(CLIENTS, seed)).before
    return bool(before["low"] <= before["came"] <= before["high"])


@pytest.mark.simulation
def test_forecasts_of_a_quarter_hold():
    with ProcessPoolExecutor(2) as pool:
        held = list(pool.map(forecast, range(30_000, 30_080)))
    assert np.mean(held) >= 0.925


def a_month_stands_out(seed: int) -> bool:
    """Of an agency whose clients leave at the same rate in all months of the relationship."""
    random = np.random.default_rng(seed)
    clients = 60 + 180 * (seed % 2)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(random.integers(0, 1000, clients), "D")
    end = pd.Series(start + pd.to_timedelta(random.exponential(500, clients).astype(int), "D"))
    table = pd.DataFrame({"client_id": [f"c{n}" for n in range(clients)], "started_on": start,
                          "ended_on": end.where(end <= "2025-12-31")})  # fmt: skip
    invoices = pd.DataFrame({"client_id": ["c0"], "issued_on": start[:1], "amount": 1})
    base = ClientBase.read({"clients": table, "invoices": invoices}, observed_from="2022-01-01",
                           observed_until="2025-12-31")  # fmt: skip
    found = lifetime.transformation_rate(base, every=1 + 2 * (seed % 4 // 2))
    return found.stands_out()


@pytest.mark.simulation
def test_a_critical_month_is_not_told_where_there_is_none():
    with ProcessPoolExecutor(2) as pool:
        told = list(pool.map(a_month_stands_out, range(1_000), chunksize=50))
    assert sum(told) <= stats.binom.ppf(0.99, len(told), 0.05)
