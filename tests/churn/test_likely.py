"""How sure a probability is: calibration on clients not seen, clients drawn anew."""

import numpy as np
import pytest
import statsmodels.api as sm

from clientlab.churn.likely import recalibrate, unseen
from clientlab.churn.models import spline_logistic


def logit(p):
    return np.log(p / (1 - p))


def drawn(n, a, b, seed=0):
    """Scores, and outcomes that come with probability sigmoid(a + b·logit(score))."""
    random = np.random.default_rng(seed)
    score = random.beta(1.5, 8, n)
    y = random.random(n) < 1 / (1 + np.exp(-a - b * logit(score)))
    return y.astype(int), score


def test_with_many_clients_the_line_is_that_of_a_logistic_regression():
    y, score = drawn(5000, -0.3, 1.4)
    found = recalibrate(y, score, np.arange(len(y)))
    expected = sm.Logit(y, sm.add_constant(logit(score))).fit(disp=0).params
    # The prior of the slope weighs little against 5,000 rows.
    np.testing.assert_allclose(found.lines[0], expected, atol=0.01)


def test_scores_that_tell_nothing_give_the_same_probability_to_all():
    random = np.random.default_rng(1)
    y = (random.random(2000) < 0.1).astype(int)
    score = 0.05 + 0.4 * y  # turned round below: those who left were scored lower
    found = recalibrate(1 - y, score, np.arange(2000))
    told = found.told(np.array([0.05, 0.45]))
    assert told["estimate"].iloc[0] == pytest.approx(told["estimate"].iloc[1])


def test_rows_of_one_client_are_drawn_together():
    y, score = drawn(150, 0, 1, seed=2)
    alone = recalibrate(y, score, np.arange(150)).told(np.array([0.2]))
    many = recalibrate(np.repeat(y, 8), np.repeat(score, 8), np.repeat(np.arange(150), 8))
    width = (alone["high"] - alone["low"]).iloc[0]
    together = (many.told(np.array([0.2])).eval("high - low")).iloc[0]
    assert together == pytest.approx(width, rel=0.15)


def test_the_interval_covers_the_estimate_and_stays_inside_0_and_1():
    y, score = drawn(60, -1, 1, seed=5)
    told = recalibrate(y, score, np.arange(60)).told(np.linspace(0.001, 0.999, 50))
    assert ((told["low"] <= told["estimate"]) & (told["estimate"] <= told["high"])).all()
    assert ((told["low"] >= 0) & (told["high"] <= 1)).all()


def test_counts_of_rows_clients_and_leavers_are_told():
    y, score = drawn(100, 0, 1)
    found = recalibrate(y, score, np.arange(100) // 4)
    assert (found.rows, found.clients, found.leavers) == (100, 25, int(y.sum()))


def test_no_row_is_scored_by_a_model_that_saw_its_client():
    import pandas as pd

    random = np.random.default_rng(3)
    X = pd.DataFrame({"noise": random.normal(size=300)})
    clients = np.arange(300) // 3
    y = pd.Series((random.random(100) < 0.3).astype(int)).repeat(3).reset_index(drop=True)
    X["who"] = clients + random.normal(size=300) * 0.001  # a client can be told by it

    class Memory:
        """Knows every client it has seen, and says 0.5 of others."""

        def fit(self, X, y):
            self.seen = dict(zip(X["who"].round().astype(int), y, strict=True))
            return self

        def predict_proba(self, X):
            p = X["who"].round().astype(int).map(self.seen).fillna(0.5).to_numpy(float)
            return np.column_stack([1 - p, p])

        def get_params(self, deep=False):
            return {}

    assert (unseen(Memory(), X, y, clients) == 0.5).all()


def test_a_model_is_not_fitted_itself():
    import pandas as pd

    y, score = drawn(200, 0, 1)
    model = spline_logistic()
    unseen(model, pd.DataFrame({"score": score}), pd.Series(y), np.arange(200))
    assert not hasattr(model, "classes_")


@pytest.mark.simulation
@pytest.mark.parametrize("n", [100, 240, 1000])
def test_the_interval_covers_the_true_share_of_clients_scored_alike(n):
    at = np.array([0.05, 0.15, 0.4])
    true = 1 / (1 + np.exp(0.2 - 1.2 * logit(at)))
    hits = []
    for seed in range(400):
        y, score = drawn(n, -0.2, 1.2, seed)
        if y.sum() < 10:
            continue
        told = recalibrate(y, score, np.arange(n), seed=seed).told(at)
        hits.append((told["low"] <= true) & (true <= told["high"]))
    covered = np.mean(hits, axis=0)
    assert len(hits) > 100
    assert (covered > 0.90).all(), covered
