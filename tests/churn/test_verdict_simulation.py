"""A useless model is called useless: on bases where leaving is chance, no verdict beyond chance.

Fifty invented agencies of 240 clients who all leave with the same probability; a ridge
logistic regression on all features, tested in time against all rules. 'Beats the rules'
may appear as often as a 95% interval lies above 0 by chance: 2.5%.
"""

import numpy as np
import pytest
from scipy.stats import binom

from clientlab.churn import RULES, backtest, month_ends, snapshots
from clientlab.churn.verdicts import verdict
from clientlab.clients import ClientBase
from clientlab.demo import demo_agency
from clientlab.results import CannotSay

SEEDS = 50
NOMINAL = 0.025


def quick_model():
    """A ridge on the numbers, gaps at the median: fitted in hundredths of a second."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    numbers = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    columns = make_column_transformer((numbers, make_column_selector(dtype_include=np.number)))
    return make_pipeline(columns, LogisticRegression(C=0.01, max_iter=1000))


@pytest.mark.simulation
def test_no_model_beats_the_rules_where_leaving_is_chance(tmp_path, record_property):
    said, told, areas = 0, 0, []
    for seed in range(SEEDS):
        folder = tmp_path / str(seed)
        demo_agency(seed=seed, random_leaving=True).write(folder)
        base = ClientBase.read(folder)
        rows = snapshots(base, month_ends(base, every=3))
        tested = backtest({"ridge": quick_model(), **RULES}, rows, unseen_folds=0)
        found = verdict(tested)
        if isinstance(found, CannotSay):
            continue
        told += 1
        said += found.beats_the_rules()
        areas.append(float(tested.of("auc").set_index("candidate").loc["ridge", "estimate"]))
    most = int(binom.ppf(0.99, told, NOMINAL))
    record_property("beats", f"{said} of {told}, at most {most}; mean AUC {np.mean(areas):.3f}")
    assert told >= 45
    assert said <= most
