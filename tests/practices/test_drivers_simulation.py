"""How often planted practices are found, and others; how often types are where there are none.

200 surveys of the demo, agencies known for 36 of 40: 22 practices, 2 of which go with months
200 surveys of the demo, an outcome by manager:       22 practices, 2 of which go with it
200 tables of independent answers:                    one type
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from scipy.stats import t as student

from clientlab.demo import demo_outcomes, demo_survey
from clientlab.demo.outcomes import DRIVES
from clientlab.demo.survey import LOYALTY, ROWS
from clientlab.practices import Survey, drivers, profiles, questionnaire
from clientlab.practices.drivers_numbers import importance_ends
from clientlab.stats.importance import lmg_of
from clientlab.stats.importance_slopes import jackknife, left_over, moments, redrawn

RUNS = 200
# More often than this would happen to a true 5% once in a hundred such simulations.
ALLOWED = int(binom.isf(0.01, RUNS, 0.05))
pytestmark = pytest.mark.simulation


def told(found, planted) -> tuple[list[bool], int]:
    """Which planted practices were told with the right sign, and how many others were."""
    rows = found.frame[found.frame["direction"] != 0]
    signs = {name.removeprefix("loyalty_methods."): sign
             for name, sign in zip(rows["practice"], rows["direction"], strict=True)}  # fmt: skip
    hits = [signs.get(name) == np.sign(effect) for name, effect in planted.items()]
    return hits, len(set(signs) - set(planted))


def test_planted_practices_of_agencies_are_found_and_others_not_beyond_chance():
    hits, others = [], 0
    planted = DRIVES["months"][2]
    for seed in range(RUNS):
        table = demo_outcomes(seed=seed).set_index("agency")
        found, false = told(drivers(demo_survey(seed=seed), table["months"]), planted)
        hits.append(found)
        others += false > 0
    share = np.mean(hits, axis=0)
    assert (share > 0.5).all()
    assert others <= ALLOWED


def test_planted_practices_of_managers_are_found_and_others_not_beyond_chance():
    planted = {"feedback": 1.0, "discounts": -1.2}
    options = questionnaire()["loyalty_methods"].options
    places = {option.id: place for place, option in enumerate(options)}
    hits, others = [], 0
    for seed in range(RUNS):
        survey = demo_survey(seed=seed)
        random = np.random.default_rng(seed)
        ticks = survey.answers["loyalty_methods"].values == 1
        values = random.normal(size=len(survey)) + 0.5 * random.normal(size=40)[survey.clusters]
        for name, effect in planted.items():
            values = values + effect * ticks[:, places[name]]
        found, false = told(drivers(survey, pd.Series(values)), planted)
        hits.append(found)
        others += false > 0
    share = np.mean(hits, axis=0)
    assert (share > 0.8).all()
    assert others <= ALLOWED


@pytest.mark.parametrize("n", [95, 180])
def test_independent_answers_make_one_type(n):
    book = questionnaire().only("loyalty_methods")
    random = np.random.default_rng(n)
    share = np.array(list(LOYALTY.values())) / ROWS
    one = 0
    for _ in range(RUNS):
        frame = pd.DataFrame((random.random((n, len(share))) < share).astype(int),
                             columns=[f"loyalty_methods {id}" for id in LOYALTY])  # fmt: skip
        one += profiles(Survey.from_frame(frame, book), "loyalty_methods").count == 1
    assert one >= 0.95 * RUNS


@pytest.mark.parametrize("n", [60, 150])
def test_intervals_of_importance_cover(n):
    """LMG of five independent columns, of which one goes with nothing."""
    effects = np.array([0.6, 0.4, 0.3, 0.2, 0.0])
    truth = effects**2 / (effects @ effects + 1)
    random = np.random.default_rng(0)
    runs, inside = 1000, np.zeros(5)
    for run in range(runs):
        X = random.normal(size=(n, 5))
        y = X @ effects + random.normal(size=n)
        sums = moments(np.column_stack([np.ones(n), X, y]), np.ones(n), None)
        whole = lmg_of(left_over(sums.sum(axis=0), 1))
        slope, se = jackknife(sums, 1)
        chance = 2 * student.sf(np.abs(slope / se), n - 6)
        again = lmg_of(left_over(redrawn(sums, 500, run), 1))
        low, high = importance_ends(whole, again, chance, 0.95)
        inside += (low <= truth) & (truth <= high)
    assert (inside / runs > 0.9).all()


def test_intervals_of_slopes_cover():
    """19 practices of 180 managers in 40 agencies that answer alike, two of them count."""
    random = np.random.default_rng(2)
    odds = np.log(np.array(list(LOYALTY.values())) / (ROWS - np.array(list(LOYALTY.values()))))
    runs, inside, seen = 1000, np.zeros(len(odds)), np.zeros(len(odds))
    truth = np.where(np.arange(len(odds)) == 0, 1.0, np.where(np.arange(len(odds)) == 5, -1.2, 0))
    for _ in range(runs):
        agency = np.repeat(np.arange(40), random.poisson(3.5, 40) + 1)
        chance = 1 / (1 + np.exp(-(odds + random.normal(0, 0.35, (40, len(odds)))[agency])))
        X = (random.random(chance.shape) < chance).astype(float)
        y = X @ truth + random.normal(size=len(X)) + 0.5 * random.normal(size=40)[agency]
        kept = np.minimum(X.sum(axis=0), len(X) - X.sum(axis=0)) >= 5
        columns = np.column_stack([np.ones(len(X)), X[:, kept], y])
        slope, se = jackknife(moments(columns, np.ones(len(X)), agency), 1)
        inside[kept] += np.abs(slope - truth[kept]) <= student.ppf(0.975, 39) * se
        seen += kept
    covered = inside / seen
    assert 0.935 <= covered.mean() <= 0.97
    assert covered.min() > 0.92
