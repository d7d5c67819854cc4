"""How well leaving can be predicted at all: by who knows everything, and from the records.

It answers: what is the best that a predictor of the invented agency can reach. The truth
is known; the second ceiling is a model with all states that leave a record of their own,
fitted on very many clients. A predictor on 240 clients is to be held against the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientlab.demo.synthetic import MONTHS
from clientlab.demo.world import ANSWER_HOURS, HORIZON, MANAGERS, World, simulate
from clientlab.problems import InvalidValue
from clientlab.stats import scoring

# Two states leave no record of their own: they reach the tables only through the others.
RECORDED = ("claims", "late", "spend", "growth")
BACK = 6  # months over which a state is averaged, as an analyst would
EVERY = 6  # months between the days on which clients are looked at


@dataclass(frozen=True)
class Ceiling:
    """Both ceilings of the 90-day prediction, on clients not used for fitting.

    Attributes
    ----------
    auc_truth, auc_records : float
        Area under the ROC curve of the true risk, and of the model on all records.
    log_loss_truth, log_loss_records, log_loss_base : float
        Expected log loss per client and day, of these two and of the mean risk alone.
    clients, rows : int
        Clients the model was fitted on, and client-days it was scored on.
    """

    auc_truth: float
    auc_records: float
    log_loss_truth: float
    log_loss_records: float
    log_loss_base: float
    clients: int
    rows: int

    @property
    def recordable(self) -> float:
        """Share of the gain in log loss that the records can give, 0–1."""
        gain = self.log_loss_base - self.log_loss_truth
        return (self.log_loss_base - self.log_loss_records) / gain


def recordable(world: World, month: int) -> np.ndarray:
    """What the records tell of the clients there on the first day of a month.

    Parameters
    ----------
    world : World
    month : int

    Returns
    -------
    ndarray of shape (clients there, features)
        States with a record of their own, at once and over half a year; the time since a
        handover; size, age, competence; manager, model, role and channel as indicators.
    """
    who = np.flatnonzero(world.there[:, month])
    back = slice(max(0, month - BACK + 1), month + 1)
    columns = []
    for name in RECORDED:
        states = world.states[name]
        columns += [states[who, month], states[who, back].mean(axis=1)]
    traits = world.traits
    age = np.log1p(np.maximum(month - world.started[who], 0))
    columns += [world.states["handover"][who, month] > 0, traits["size"][who], age,
                age < np.log1p(12), traits["competence"][who], traits["project"][who]]  # fmt: skip
    manager = world.states["manager"][who, month]
    columns.append(np.log(ANSWER_HOURS)[manager])
    for codes, count in ((manager, MANAGERS), (traits["model"][who], 4), (traits["role"][who], 3),
                         (traits["channel"][who], 5)):  # fmt: skip
        columns += [codes == number for number in range(1, count)]
    columns.append(np.full(len(who), month >= MONTHS - 12))
    return np.column_stack(columns).astype(np.float32)


def ceiling(clients: int = 100_000, *, seed: int = 11, sign: float = 1.0) -> Ceiling:
    """Fit on so many generated clients, score on 20,000 others.

    Parameters
    ----------
    clients : int
        At least 500.
    seed : int
    sign : {1, −1}
        −1 is the reversed agency.

    Returns
    -------
    Ceiling

    Raises
    ------
    InvalidValue
        If there are fewer than 500 clients.

    Notes
    -----
    Losses are expectations under the true risk, not of the ends that came: the noise of
    who left by chance is in none of them.

    Examples
    --------
    >>> found = ceiling(2_000)
    >>> 0.5 < found.auc_records < found.auc_truth < 0.9
    True
    """
    if clients < 500:
        raise InvalidValue(f"clients={clients}: a ceiling needs at least 500.")
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer, StandardScaler

    x, _, left = _rows(clients, seed, sign)
    model = make_pipeline(
        StandardScaler(), SplineTransformer(4, knots="quantile", extrapolation="linear"),
        LogisticRegression(C=0.1, max_iter=400),
    )  # fmt: skip
    model.fit(x, left)
    del x
    held, risk, gone = _rows(min(20_000, clients), seed + 1_000_003, sign)
    told = model.predict_proba(held)[:, 1]
    base = np.full(len(risk), risk.mean())
    return Ceiling(
        float(scoring.auc(gone, risk).estimate),
        float(scoring.auc(gone, told).estimate),
        _loss(risk, risk),
        _loss(risk, told),
        _loss(risk, base),
        clients,
        len(risk),
    )


def _rows(clients: int, seed: int, sign: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, true risk and what came, of clients on days half a year apart."""
    features, risks, left = [], [], []
    # In parts: the states of all months of 100,000 clients would not fit into memory.
    for part in range(-(-clients // 10_000)):
        many = min(10_000, clients - part * 10_000)
        world = simulate(many, MONTHS, seed=seed + part, sign=sign)
        for month in range(BACK, MONTHS - HORIZON, EVERY):
            features.append(recordable(world, month))
            risks.append(world.risk(month)[1])
            left.append(world.left_within(month))
    return np.concatenate(features), np.concatenate(risks), np.concatenate(left).astype(int)


def _loss(risk: np.ndarray, told: np.ndarray) -> float:
    """Expected log loss of probabilities under the true risk."""
    told = np.clip(told, 1e-9, 1 - 1e-9)
    return float(-(risk * np.log(told) + (1 - risk) * np.log(1 - told)).mean())
