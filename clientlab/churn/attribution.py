"""What each feature adds to a prediction: parts that sum to the whole.

It answers: by how much does each feature move this client's logit away from the mean of
the base. A model that knows its own parts is asked for them; any other one gets sampled
Shapley values, whose sum is exact whatever the sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.problems import InvalidType, InvalidValue

EDGE = 1e-6  # probabilities beyond it are cut: a forest may say 0, whose logit is endless
ORDERS = 24  # orders in which features are put in, each forth and back
AT_ONCE = 200_000  # rows predicted in one call


@dataclass(frozen=True)
class Attribution:
    """Parts of predictions on the logit scale.

    Attributes
    ----------
    parts : DataFrame, shape (clients, features)
    baseline : float
        Logit without any part: ``parts.sum(axis=1) + baseline`` is the logit of the
        prediction.
    exact : bool
        Whether the model told its own parts; otherwise each part is an estimate from
        sampled orders (the sum is exact either way).
    """

    parts: pd.DataFrame
    baseline: float
    exact: bool

    @property
    def probability(self) -> pd.Series:
        """Probability that the parts add up to."""
        logit = self.parts.sum(axis=1) + self.baseline
        return 1 / (1 + np.exp(-logit))


def attribute(
    model, X: pd.DataFrame, *, background: pd.DataFrame | None = None, seed: int = 0
) -> Attribution:
    """Split predictions into parts by feature.

    Parameters
    ----------
    model : fitted estimator with ``predict_proba``
        If it has ``contributions(X)`` and ``baseline``, these are used.
    X : DataFrame
        Clients to explain.
    background : DataFrame, optional
        Clients to hold them against, say those of the training; needed for a model
        without contributions of its own.
    seed : int

    Returns
    -------
    Attribution

    Raises
    ------
    InvalidType
        If the model gives no probabilities.
    InvalidValue
        If it needs a background and has none, or contributions do not add up.

    Notes
    -----
    Interventional Shapley values (Štrumbelj & Kononenko 2014; Lundberg & Lee 2017) over
    24 random orders, each with its reverse, every order against another client of the
    background: a systematic sample by the prediction.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": [1.0, 0, 1, 0]})
    >>> model = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> found = attribute(model, X, background=X)
    >>> bool(np.allclose(found.probability, model.predict_proba(X)[:, 1]))
    True
    """
    if not hasattr(model, "predict_proba"):
        raise InvalidType(
            f"{type(model).__name__} has no predict_proba: reasons need probabilities. Wrap it in "
            "sklearn.calibration.CalibratedClassifierCV."
        )
    if hasattr(model, "contributions"):
        return _own(model, X)
    if background is None or background.empty:
        raise InvalidValue(
            f"{type(model).__name__} does not tell its own parts: pass background=, the clients "
            "it was fitted on."
        )
    return _shapley(model, X, background[list(X.columns)], np.random.default_rng(seed))


def _own(model, X: pd.DataFrame) -> Attribution:
    parts = model.contributions(X)
    found = Attribution(parts[list(X.columns)], float(model.baseline), exact=True)
    off = np.abs(_logit(model, X) - (found.parts.sum(axis=1).to_numpy() + found.baseline))
    if len(X) and off.max() > 1e-6:
        raise InvalidValue(
            f"The contributions of {type(model).__name__} miss its predictions by up to "
            f"{off.max():.2g} on the logit scale: they are no explanation of it."
        )
    return found


def _shapley(model, X: pd.DataFrame, background: pd.DataFrame, random) -> Attribution:
    width = X.shape[1]
    # Every so many of the background by its logit: 24 by chance would shift all clients alike.
    ranked = np.argsort(_logit(model, background), kind="stable")
    places = ((np.arange(ORDERS) + random.random()) / ORDERS * len(background)).astype(int)
    against = background.iloc[random.permutation(ranked[places])]
    total = np.zeros(X.shape)
    base = 0.0
    for row in range(ORDERS):
        order = random.permutation(width)
        for one in (order, order[::-1]):
            steps = _along(model, X, against.iloc[[row]], one)
            total[:, one] += np.diff(steps, axis=1)
            base += float(steps[0, 0]) if len(steps) else 0.0
    parts = pd.DataFrame(total / (2 * ORDERS), index=X.index, columns=X.columns)
    return Attribution(parts, base / (2 * ORDERS), exact=False)


def _along(model, X: pd.DataFrame, other: pd.DataFrame, order: np.ndarray) -> np.ndarray:
    """Logits while the features of `other` are replaced by those of X one after another."""
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    found = []
    size = max(1, AT_ONCE // (len(order) + 1))
    for first in range(0, len(X), size):
        part = X.iloc[first : first + size]
        steps = np.arange(len(order) + 1)
        rows, step = np.repeat(np.arange(len(part)), len(steps)), np.tile(steps, len(part))
        mixed = {}
        for place, name in enumerate(X.columns):
            own = part[name].iloc[rows].reset_index(drop=True)
            foreign = other[name].iloc[0]
            mixed[name] = own.where(step > rank[place], foreign)
        found.append(_logit(model, pd.DataFrame(mixed)).reshape(len(part), len(steps)))
    return np.vstack(found) if found else np.zeros((0, len(order) + 1))


def _logit(model, X: pd.DataFrame) -> np.ndarray:
    p = np.clip(np.asarray(model.predict_proba(X))[:, 1], EDGE, 1 - EDGE)
    return np.log(p / (1 - p))
