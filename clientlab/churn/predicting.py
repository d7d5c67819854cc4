"""Predictions made on each test day with what was over by then.

It answers: what did each candidate say of each client on each test day. A model is fitted
anew for every test day; scores that are not probabilities get one from the training days,
so that all candidates can be held to the same measures.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.candidates import is_model, only_today, scores
from clientlab.churn.origins import Origin
from clientlab.churn.preparation import ready
from clientlab.clients.base import ClientBase
from clientlab.problems import InvalidType
from clientlab.results import CannotSay

# A promise of 'one in ten thousand' cannot be backed by a few dozen leavers, and the log
# loss of one who leaves all the same would be endless.
SURE = 0.001
SHRINK = 0.1  # of the way from the share of a score to that of everybody


def predicted(
    candidates: Mapping[str, Any],
    X: pd.DataFrame,
    y: pd.Series,
    found: list[Origin],
    *,
    base: ClientBase | None = None,
    share: float = 0.1,
    folds: int = 0,
    seed: int = 0,
) -> tuple[pd.DataFrame, dict[str, CannotSay], dict[str, Any]]:
    """Scores, probabilities and alarms of all candidates on all test days.

    Parameters
    ----------
    candidates : mapping of name to candidate, as `candidates.named` gives it
    X, y : features and labels by client_id and day
    found : list of Origin
    base : ClientBase, optional
    share : float
        Part of the clients of a day for whom a candidate without a threshold of its own
        raises the alarm.
    folds : int
        0, or parts of the clients: a model is then fitted without the clients of the part
        that it is asked about.
    seed : int

    Returns
    -------
    rows : DataFrame
        ``client_id, day, candidate, score, probability, alarm, known, y``.
    missing : dict of name to CannotSay
        Candidates that the records hold nothing of.
    fitted : dict of name to the model of the last test day
    """
    days = sorted({day for one in found for day in (one.day, *one.trained_on)})
    base_on = {day: base.as_of(day) for day in days} if base is not None else {}
    parts, missing, last = [], {}, {}
    for name, candidate in candidates.items():
        if is_model(candidate):
            table, last[name] = _of_model(candidate, X, y, found, folds, seed)
        else:
            said = scores(candidate, X[_on(X, days)], base_on)
            if not isinstance(said, CannotSay):
                tested = _on(said.to_frame(), [one.day for one in found])
                said = said if (told := only_today(candidate, said[tested])) is None else told
            if isinstance(said, CannotSay):
                missing[name] = said
                continue
            table = _of_score(said, y, found)
        threshold = getattr(candidate, "threshold", None)
        table["alarm"] = _alarms(table, None if is_model(candidate) else threshold, share)
        parts.append(table.assign(candidate=name))
    columns = ["client_id", "day", "candidate", "score", "probability", "alarm", "known", "y"]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return rows[columns], missing, last


def _on(X: pd.DataFrame, days: Any) -> np.ndarray:
    return X.index.get_level_values("day").isin(list(days))


def _of_model(
    model: Any, X: pd.DataFrame, y: pd.Series, found: list[Origin], folds: int, seed: int
) -> tuple[pd.DataFrame, Any]:
    parts, last, kept = [], None, {}
    for one in found:
        train, test = _on(X, one.trained_on), _on(X, [one.day])
        told = np.full(int(test.sum()), np.nan)
        probable = told.copy()
        kept = {key: done for key, done in kept.items() if key[0] == one.trained_on}
        for fold, teach, ask in _folded(X, train, test, folds, seed):
            key = (one.trained_on, fold)
            if key not in kept:
                kept[key] = fitted(model, X[teach], y[teach])
            last, inside = kept[key], ask[test]
            told[inside], probable[inside] = asked(last, X[ask])
        parts.append(_rows(y[test], told, probable, np.ones(len(told), bool)))
    return pd.concat(parts, ignore_index=True), last


def _folded(
    X: pd.DataFrame, train: np.ndarray, test: np.ndarray, folds: int, seed: int
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Rows to learn from and rows to ask about: all at once, or clients apart."""
    if not folds:
        yield 0, train, test
        return
    codes, names = pd.factorize(X.index.get_level_values("client_id"))
    of_client = np.random.default_rng(seed).permutation(len(names)) % folds
    part = of_client[codes]
    for fold in range(folds):
        if (test & (part == fold)).any():
            yield fold, train & (part != fold), test & (part == fold)


def fitted(model: Any, X: pd.DataFrame, y: pd.Series) -> Any:
    """A copy of the model, fitted; the model itself stays as it was.

    A bare estimator of scikit-learn is fitted with the kit's preparation before it where
    there are words or gaps (`preparation.ready`); it learns from the same rows.
    """
    if hasattr(model, "get_params"):
        from sklearn.base import clone

        return clone(ready(model, X)).fit(X, y.to_numpy())
    return copy.deepcopy(model).fit(X, y.to_numpy())


def asked(model: Any, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Score and probability; a model that ranks only has no probability."""
    if hasattr(model, "predict_proba"):
        classes = list(getattr(model, "classes_", (0, 1)))
        found = np.asarray(model.predict_proba(X), float)
        p = found[:, classes.index(1)] if 1 in classes else np.zeros(len(X))
        return p, np.clip(p, SURE, 1 - SURE)
    if hasattr(model, "decision_function"):
        return np.asarray(model.decision_function(X), float), np.full(len(X), np.nan)
    raise InvalidType(
        f"{type(model).__name__} has neither predict_proba nor decision_function: it cannot say "
        "who is more at risk. Use a classifier, or wrap it."
    )


def _of_score(said: pd.Series, y: pd.Series, found: list[Origin]) -> pd.DataFrame:
    """A score as it was said, with the share of training rows of that score that left."""
    known = said.notna()
    # Of whom nothing is said stands in the middle of the others: neither safe nor at risk.
    filled = said.fillna(said.groupby(level="day").transform("median")).fillna(0.0)
    parts = []
    for one in found:
        train, test = _on(said.to_frame(), one.trained_on), _on(said.to_frame(), [one.day])
        index = said.index[test]
        p = share_by_score(
            filled[train].to_numpy(), y.reindex(said.index[train]).to_numpy(),
            filled[test].to_numpy())  # fmt: skip
        parts.append(_rows(y.reindex(index), filled[test].to_numpy(), p, known[test].to_numpy()))
    return pd.concat(parts, ignore_index=True)


def share_by_score(train: np.ndarray, left: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Probability that goes with a score: the share that left among training rows of it.

    The share never falls as the score rises (isotonic regression, Barlow et al. 1972),
    and a tenth of the way it is drawn to that of all training rows.

    Parameters
    ----------
    train, left : ndarray, shape (training rows,)
        Score, and whether the client left.
    test : ndarray
        Scores to be told.

    Returns
    -------
    ndarray of float, as `test`

    Examples
    --------
    >>> score, left = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])
    >>> share_by_score(score, left, np.array([0, 1])).round(3).tolist()
    [0.025, 0.475]
    """
    from scipy.optimize import isotonic_regression

    values, place, count = np.unique(train, return_inverse=True, return_counts=True)
    shares = np.bincount(place, weights=left) / count
    level = isotonic_regression(shares, weights=count).x
    mixed = (1 - SHRINK) * level + SHRINK * left.mean()
    return np.clip(np.interp(test, values, mixed), SURE, 1 - SURE)


def _rows(y: pd.Series, score: np.ndarray, p: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    rows = y.index.to_frame(index=False)[["client_id", "day"]]
    return rows.assign(score=score, probability=p, known=known, y=y.to_numpy().astype(int))


def _alarms(rows: pd.DataFrame, threshold: float | None, share: float) -> np.ndarray:
    """At the threshold fixed before; else the riskiest share of each day, ties only together."""
    if threshold is not None:
        return (rows["score"] >= threshold).to_numpy() & rows["known"].to_numpy()
    by_day = rows.groupby("day")["score"]
    place = by_day.rank(method="max", ascending=False)
    room = np.ceil(share * by_day.transform("size") - 1e-9)
    return (place <= room).to_numpy() & rows["known"].to_numpy()
