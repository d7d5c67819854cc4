"""What intervals and tests of `clientlab.stats.survival` promise, in 4,000 seeded samples.

n = 20, 50, 95 clients with a rate of leaving of 2% a month, in whole months:

    half new       enter at 0, seen for 1-48 months
    half old       enter at an age of 0-35 months (those who left before are not seen), 48 months

About half of them leave while they are seen; 70% of those for cause 1, 30% for cause 2.
Truth: 80% are still there after 11 months, 50% after 34. What does not hold 95% is named
in the docstring of the function and pinned here by the range it does hold.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from clientlab.stats import survival

pytestmark = pytest.mark.simulation
RUNS = 4000
SIZES = (20, 50, 95)
RATE = 0.02
BOUND = binom.ppf(0.995, RUNS, 0.05) / RUNS  # of a test that holds 5%, 5.9%
GROUPS = {"halves": (0, 1), "fifth": (0, 1, 1, 1, 1), "thirds": (0, 1, 2)}


def still(month):
    return (1 - RATE) ** month


def clients(n, late=True, seed=0):
    """Entry, exit and cause, again and again."""
    random = np.random.default_rng([n, seed])
    for _ in range(RUNS):
        old = (random.random(n) < 0.5) & late
        entry = np.where(old, random.integers(0, 36, n), 0)
        end = entry + random.geometric(RATE, n)
        last = entry + np.where(old, 48, random.integers(1, 49, n))
        cause = np.where(end <= last, 1 + (random.random(n) < 0.3), 0)
        yield entry, np.minimum(end, last), cause


def after(table, month, columns):
    """Values of a step function after a month; None before its first step."""
    place = np.searchsorted(table["time"], month, side="right") - 1
    return None if place < 0 else [np.asarray(table[name])[place] for name in columns]


def share_covered(ends, truth):
    """Of all intervals those that are given, and of those given the ones with the truth."""
    ends = np.array(ends, dtype=float)
    given = np.isfinite(ends).all(axis=1)
    inside = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    return given.mean(), inside[given].mean()


KAPLAN_MEIER = {  # n, interval, month: least share given, least and most covered of these
    (20, "log", 11): (1, 0.86, 0.89),
    (20, "log", 34): (1, 0.91, 0.935),
    (20, "log-log", 11): (0.88, 0.94, 0.97),
    (20, "log-log", 34): (0.995, 0.935, 0.965),
    (20, "plain", 11): (1, 0.86, 0.89),
    (20, "plain", 34): (1, 0.89, 0.92),
    (50, "log", 11): (1, 0.905, 0.93),
    (50, "log", 34): (1, 0.93, 0.955),
    (50, "log-log", 11): (0.99, 0.95, 0.975),
    (50, "log-log", 34): (1, 0.94, 0.97),
    (50, "plain", 11): (1, 0.905, 0.93),
    (50, "plain", 34): (1, 0.925, 0.95),
    (95, "log", 11): (1, 0.92, 0.945),
    (95, "log", 34): (1, 0.93, 0.955),
    (95, "log-log", 11): (1, 0.945, 0.97),
    (95, "log-log", 34): (1, 0.94, 0.965),
    (95, "plain", 11): (1, 0.915, 0.94),
    (95, "plain", 34): (1, 0.93, 0.955),
}


@pytest.mark.parametrize("n", SIZES)
def test_survival_is_covered_as_the_docstring_of_kaplan_meier_says(n):
    ends = {key: [] for key in KAPLAN_MEIER if key[0] == n}
    for entry, exit, cause in clients(n):
        curve = survival.kaplan_meier(exit, cause > 0, entry=entry)
        for size, interval, month in ends:
            here = np.array(after(curve, month, ["survival", "se"]) or [1.0, 0.0])
            ends[size, interval, month].append(
                survival.INTERVALS[interval](*here[:, None], 1.959963984540054)
            )
    for key, found in ends.items():
        least_given, least, most = KAPLAN_MEIER[key]
        given, covered = share_covered(np.squeeze(found), still(key[2]))
        assert given >= least_given, key
        assert least <= covered <= most, key


INCIDENCES = {  # n, cause, month: least share given, least and most covered of these
    (20, 1, 11): (0.77, 0.94, 0.97),
    (20, 2, 11): (0.46, 0.9, 0.93),
    (20, 1, 34): (0.985, 0.945, 0.975),
    (20, 2, 34): (0.83, 0.94, 0.97),
    (50, 1, 11): (0.97, 0.945, 0.975),
    (50, 2, 11): (0.79, 0.935, 0.965),
    (50, 1, 34): (1, 0.94, 0.965),
    (50, 2, 34): (0.985, 0.95, 0.975),
    (95, 1, 11): (0.998, 0.95, 0.975),
    (95, 2, 11): (0.94, 0.955, 0.98),
    (95, 1, 34): (1, 0.94, 0.965),
    (95, 2, 34): (0.998, 0.945, 0.975),
}


@pytest.mark.parametrize("n", SIZES)
def test_incidences_are_covered_as_the_docstring_of_aalen_johansen_says(n):
    ends = {key: [] for key in INCIDENCES if key[0] == n}
    for entry, exit, cause in clients(n):
        table = survival.aalen_johansen(exit, cause, entry=entry)
        columns = {name: table[name].to_numpy() for name in ("time", "cause", "low", "high")}
        for one in (1, 2):
            own = {name: values[columns["cause"] == one] for name, values in columns.items()}
            for month in (11, 34):
                ends[n, one, month].append(after(own, month, ["low", "high"]) or [np.nan, np.nan])
    for key, found in ends.items():
        least_given, least, most = INCIDENCES[key]
        truth = {1: 0.7, 2: 0.3}[key[1]] * (1 - still(key[2]))
        given, covered = share_covered(found, truth)
        assert given >= least_given, key
        assert least <= covered <= most, key


RESTRICTED_MEAN = {  # n, horizon: least and most covered
    (20, 12): (0.76, 0.8),
    (20, 24): (0.855, 0.885),
    (20, 36): (0.87, 0.9),
    (50, 12): (0.885, 0.91),
    (50, 24): (0.915, 0.94),
    (50, 36): (0.915, 0.945),
    (95, 12): (0.905, 0.935),
    (95, 24): (0.925, 0.95),
    (95, 36): (0.93, 0.955),
}


@pytest.mark.parametrize("n", SIZES)
def test_the_restricted_mean_is_covered_as_its_docstring_says(n):
    ends = {key: [] for key in RESTRICTED_MEAN if key[0] == n}
    for entry, exit, cause in clients(n):
        for size, horizon in ends:
            if exit.max() >= horizon:
                found = survival.restricted_mean(exit, cause > 0, horizon, entry=entry)
                ends[size, horizon].append([found.low, found.high])
    for key, found in ends.items():
        least, most = RESTRICTED_MEAN[key]
        _, covered = share_covered(found, still(np.arange(key[1])).sum())
        assert least <= covered <= most, key


COX = {20: (0.945, 0.97), 50: (0.94, 0.96), 95: (0.94, 0.96)}


@pytest.mark.parametrize("n", SIZES)
def test_coefficients_of_cox_are_covered_as_its_docstring_says(n):
    random = np.random.default_rng(n)
    effects, inside, refused = np.array([0.5, -0.3]), [], 0
    key = np.arange(n) % 2
    for _ in range(RUNS):  # in days, as months would make ties of most
        spend = random.normal(size=n)
        old = random.random(n) < 0.5
        entry = np.where(old, random.integers(0, 1080, n), 0)
        rate = RATE / 30 * np.exp(0.5 * key - 0.3 * spend)
        end = entry + np.ceil(random.exponential(1 / rate))
        last = entry + np.where(old, 1440, random.integers(1, 1441, n))
        frame = {"key": key, "spend": spend, "entry": entry, "left": end <= last}
        frame = pd.DataFrame(frame | {"exit": np.minimum(end, last)})
        try:
            fit = survival.cox(frame, ["key", "spend"], exit="exit", event="left", entry="entry")
        except ValueError:
            refused += 1
            continue
        coef = fit.coef
        inside.append((coef["low"] <= effects) & (effects <= coef["high"]))
    least, most = COX[n]
    assert refused <= (30 if n == 20 else 0)
    assert (least <= np.mean(inside, axis=0)).all()
    assert (np.mean(inside, axis=0) <= most).all()


LOGRANK = {(20, "fifth"): 0.065, (20, "thirds"): 0.07}  # what is not below the bound


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("n", SIZES)
def test_log_rank_finds_nothing_where_nothing_is_as_its_docstring_says(n, groups, late):
    group = np.resize(GROUPS[groups], n)
    rejected = [
        survival.logrank(exit, cause > 0, group, entry=entry).p_value < 0.05
        for entry, exit, cause in clients(n, late, seed=1)
    ]
    assert 0.04 <= np.mean(rejected) <= LOGRANK.get((n, groups), BOUND)


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("n", SIZES)
def test_gray_finds_nothing_where_nothing_is_as_its_docstring_says(n, groups):
    group = np.resize(GROUPS[groups], n)
    rejected = {1: [], 2: []}
    for _, exit, cause in clients(n, late=False, seed=2):
        for of in rejected:
            if (cause == of).any():
                rejected[of].append(survival.gray(exit, cause, group, of=of).p_value < 0.05)
    for of, found in rejected.items():
        assert (0.015 if n == 20 and of == 2 else 0.035) <= np.mean(found) <= BOUND, of
