"""Estimators of the probability to leave, built with equal care.

It answers: how is a table of numbers and categories, with gaps, turned into a
probability. Each builder returns a scikit-learn pipeline that takes a DataFrame;
any estimator of your own can stand beside them. No builder tunes itself: with 20–60
leavers, choosing settings by their score costs more than it gains.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clientlab.problems import InvalidType, InvalidValue
from clientlab.wording import Text

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

SEED = 0
RARE = 20  # rows under which a category is pooled with other rare ones
STEP_VALUES = 4  # numbers with fewer distinct values act along a line, not a curve


def spline_logistic(*, knots: int = 4, ridge: float = 5.0) -> Pipeline:
    """Logistic regression on smooth curves of numbers and steps of categories.

    Parameters
    ----------
    knots : int
        Knots of the cubic B-spline of each number, at its quantiles; at least 2.
    ridge : float
        Strength of the ridge penalty on the standardised parts; more makes the curves
        calmer, 1 is scikit-learn's own default.

    Returns
    -------
    Pipeline
        Takes a DataFrame of numbers, text, categories and booleans. Gaps of a number
        are filled by its median and marked in a column of their own; categories with
        fewer than 20 rows are pooled, unknown ones count as none of the known.

    Raises
    ------
    InvalidValue
        If there are fewer than two knots, or the ridge is not positive.

    Notes
    -----
    Additive on the logit scale, so its parts can be told one by one (Hastie &
    Tibshirani 1986; B-splines with a ridge as in Eilers & Marx 1996). Beyond the
    outer knots the curve goes on as a straight line.

    Examples
    --------
    >>> clients = pd.DataFrame({"months": range(60), "model": ["retainer", "project"] * 30})
    >>> left = (clients["months"] < 20).to_numpy().astype(int)
    >>> fitted = spline_logistic().fit(clients, left)
    >>> bool(fitted.predict_proba(clients)[0, 1] > fitted.predict_proba(clients)[59, 1])
    True
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer, StandardScaler

    if knots < 2 or ridge <= 0:
        raise InvalidValue(
            f"knots={knots}, ridge={ridge:g}: a curve needs 2 knots or more, a ridge is positive."
        )
    curve = make_pipeline(
        _filled(),
        SplineTransformer(n_knots=knots, knots="quantile", extrapolation="linear"),
        StandardScaler(),
    )
    line = make_pipeline(_filled(), StandardScaler())
    model = LogisticRegression(C=1 / ridge, max_iter=2000)
    return _pipeline(model, ("curve", curve, _curved), ("line", line, _straight))


def forest() -> Pipeline:
    """Random forest: many trees on resampled rows, averaged.

    Returns
    -------
    Pipeline
        200 trees with at least 5 rows in each leaf, so that the shares in the leaves
        can serve as probabilities (Breiman 2001; Malley et al. 2012).

    Examples
    --------
    >>> forest().steps[-1][0]
    'model'
    """
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(200, min_samples_leaf=5, random_state=SEED, n_jobs=1)
    return _pipeline(model, ("number", _filled(), _numeric))


def booster() -> Pipeline:
    """Gradient boosting of trees of depth 3, each correcting the sum before it.

    Returns
    -------
    Pipeline
        150 trees, learning rate 0.06 (Friedman 2001). No early stopping: it would hold
        out a part of the few leavers, and decide on them when to stop.

    Examples
    --------
    >>> booster().steps[-1][0]
    'model'
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_depth=3,
        max_iter=150,
        learning_rate=0.06,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=SEED,
    )
    return _pipeline(model, ("number", "passthrough", _observed))


MODELS: dict[str, Callable[..., Pipeline]] = {
    "spline_logistic": spline_logistic,
    "forest": forest,
    "booster": booster,
}
NAMES = {
    "spline_logistic": Text("spline logistic regression", "логистическая регрессия на сплайнах"),
    "forest": Text("random forest", "случайный лес"),
    "booster": Text("depth-limited booster", "бустинг малой глубины"),
}


def model_name(name: str, lang: str = "en") -> str:
    """What a model is called in the room; a model of your own keeps its own name.

    Examples
    --------
    >>> model_name("forest"), model_name("mine")
    ('random forest', 'mine')
    """
    return NAMES[name].in_language(lang) if name in NAMES else name


def _pipeline(model, *numeric: tuple) -> Pipeline:
    """A model behind its preparation: numbers as given, gaps marked, categories as steps."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

    steps = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=RARE, sparse_output=False
    )
    parts = [*numeric, ("gap", FunctionTransformer(_gaps), _gappy), ("category", steps, _text)]
    return Pipeline(
        [
            ("columns", FunctionTransformer(_tidy)),
            ("parts", ColumnTransformer(parts)),
            ("model", model),
        ]
    )


def _filled():
    from sklearn.impute import SimpleImputer

    return SimpleImputer(strategy="median", keep_empty_features=True)


def _tidy(X: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats, everything else as text; a gap in a category is one of its values."""
    if not isinstance(X, pd.DataFrame):
        raise InvalidType(
            f"The models take a DataFrame, so that numbers and categories can be told apart; got "
            f"{type(X).__name__}."
        )
    tidy = {}
    for name, values in X.items():
        if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
            tidy[name] = values.astype(float)
        else:
            tidy[name] = values.astype(object).where(values.notna(), "missing").astype(str)
    return pd.DataFrame(tidy, index=X.index)


def _gaps(X: pd.DataFrame) -> np.ndarray:
    return X.isna().to_numpy().astype(float)


def _numeric(X: pd.DataFrame) -> list:
    return [name for name in X if pd.api.types.is_numeric_dtype(X[name])]


def _observed(X: pd.DataFrame) -> list:
    """Numbers that occur at all: the booster cannot bin a column of nothing but gaps."""
    return [name for name in _numeric(X) if X[name].notna().any()]


def _text(X: pd.DataFrame) -> list:
    return [name for name in X if not pd.api.types.is_numeric_dtype(X[name])]


def _gappy(X: pd.DataFrame) -> list:
    return [name for name in _numeric(X) if X[name].isna().any()]


def _curved(X: pd.DataFrame) -> list:
    return [name for name in _numeric(X) if X[name].nunique() >= STEP_VALUES]


def _straight(X: pd.DataFrame) -> list:
    return [name for name in _numeric(X) if X[name].nunique() < STEP_VALUES]
