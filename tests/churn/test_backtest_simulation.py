"""Do the intervals of a backtest cover what they promise, and does a useless model stay useless?

clients   days   leavers   AUC    what repeats
60        6      21        0.71   rows of one client share a part of their score
120       6      35        0.71
120       6      33        0.83
240       12     40        0.75   horizons of three days overlap: one leaving, three rows
60        6      19        0.5    the score says nothing
"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from clientlab.churn.backtest_measures import Resamples, difference, interval, measured

pytestmark = pytest.mark.simulation

RUNS = 4000
REPLICATES = 400
# Wilson's interval is wide on purpose; the docstring of `interval` says how wide.
MOST = {"average_precision": 0.995, "lift_10": 0.995}
SETTINGS = {
    "few": (60, 6, 0.07, 0.8, 1),
    "usual": (120, 6, 0.055, 0.8, 1),
    "strong": (120, 6, 0.05, 1.5, 1),
    "overlapping": (240, 12, 0.013, 1.0, 3),
    "useless": (60, 6, 0.06, 0.0, 1),
}


def drawn(random, clients: int, days: int, rate: float, strength: float, span: int):
    """Clients × days until they leave; the score is the truth, a second one is a part of it."""
    trait = random.normal(size=(clients, 1))

    def noisy():
        return np.sqrt(0.6) * trait + np.sqrt(0.4) * random.normal(size=(clients, days))

    score, other = noisy(), noisy()
    risk = expit(np.log(rate / (1 - rate)) - 0.3 * strength**2 + strength * score)
    later = np.concatenate([risk, np.repeat(risk[:, -1:], span - 1, axis=1)], axis=1)
    gone = random.random((clients, days + span - 1)) < later
    end = np.where(gone.any(axis=1), gone.argmax(axis=1), 10**6)[:, None]
    there = np.arange(days) <= end
    left = (end - np.arange(days) < span) & there
    who = np.repeat(np.arange(clients)[:, None], days, axis=1)
    frame = pd.DataFrame({
        "client_id": who[there], "y": left[there].astype(int), "score": score[there],
        "other": other[there], "probability": 1 - (1 - risk[there]) ** span})  # fmt: skip
    return frame.assign(alarm=False, lead=np.nan, left_on=pd.NaT, day=0)


@pytest.mark.parametrize("name", SETTINGS)
def test_intervals_cover_at_twenty_to_sixty_leavers(name, record_property):
    random = np.random.default_rng(7)
    many = drawn(random, 300_000, *SETTINGS[name][1:])
    everyone = Resamples(many["client_id"], replicates=1)
    truth = {key: value for key, (value, _) in measured(many, everyone).items()}
    other = many.assign(score=many["other"])
    true_gap = truth["auc"] - measured(other, everyone)["auc"][0]
    hits, runs = dict.fromkeys([*truth, "difference"], 0), 0
    while runs < RUNS:
        rows = drawn(random, *SETTINGS[name])
        left = rows["client_id"][rows["y"] == 1].nunique()
        if left < 10:
            continue
        runs += 1
        resamples = Resamples(rows["client_id"], replicates=REPLICATES, seed=runs)
        found = measured(rows, resamples)
        for key, (value, draws) in found.items():
            low, high = interval(key, value, draws, left)
            hits[key] += low <= truth[key] <= high
        beside = measured(rows.assign(score=rows["other"]), resamples)["auc"]
        gap = found["auc"][0] - beside[0]
        low, high = difference(gap, found["auc"][1] - beside[1], left)
        hits["difference"] += low <= true_gap <= high
    shares = {key: hit / runs for key, hit in hits.items() if key not in ("lead_days",)}
    if name == "useless":
        shares.pop("calibration_slope")  # all probabilities are equal: there is none
    record_property("covered", {key: round(share, 4) for key, share in shares.items()})
    for key, share in shares.items():
        assert 0.935 <= share <= MOST.get(key, 0.97), (name, key, share)
