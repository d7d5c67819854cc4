"""Estimators of the probability to leave, built with equal care.

It answers: how is a table of numbers and categories, with gaps, turned into a
probability. Each builder returns a scikit-learn estimator that takes a DataFrame; any
estimator of your own can stand beside them. Only the penalty of the two regressions is
chosen by score, on held-out clients: with 20–60 leavers, choosing more costs more than it
gains.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clientlab.wording import Text

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from clientlab.churn.additive import AdditiveLogistic
    from clientlab.churn.cox_horizon import CoxHorizon
    from clientlab.churn.hazard import MultinomialHazard

SEED = 0
SAMPLE = 20_000  # rows that a tree of the forest sees at most
DRAWN = 0.05


def ridge_logistic(*, ridge: float | None = None) -> AdditiveLogistic:
    """Logistic regression on straight lines of numbers and steps of categories.

    Parameters
    ----------
    ridge : float, optional
        Strength of the penalty; by default chosen on held-out clients.

    Returns
    -------
    AdditiveLogistic

    Examples
    --------
    >>> ridge_logistic(ridge=10)
    AdditiveLogistic(ridge=10)
    """
    from clientlab.churn.additive import AdditiveLogistic

    return AdditiveLogistic(ridge=ridge)


def spline_logistic(*, knots: int = 4, ridge: float | None = None) -> AdditiveLogistic:
    """Logistic regression on smooth curves of numbers and steps of categories.

    Parameters
    ----------
    knots : int
        Knots of the cubic B-spline of each number, at its quantiles; at least 2.
    ridge : float, optional
        Strength of the penalty; more makes the curves calmer. By default chosen on
        held-out clients.

    Returns
    -------
    AdditiveLogistic

    Notes
    -----
    Additive on the logit scale, so its parts can be told one by one (Hastie &
    Tibshirani 1986; B-splines with a ridge as in Eilers & Marx 1996).

    Examples
    --------
    >>> spline_logistic(ridge=10)
    AdditiveLogistic(knots=4, ridge=10)
    """
    from clientlab.churn.additive import AdditiveLogistic

    return AdditiveLogistic(knots=knots, ridge=ridge)


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
    return _prepared(bare_forest(200, 0))


def booster() -> Pipeline:
    """Gradient boosting of trees of depth 3, each correcting the sum before it.

    Returns
    -------
    Pipeline
        100 trees, learning rate 0.06, each split among half of the columns (Friedman
        2001, 2002). No early stopping: it would hold out a part of the few leavers, and
        decide on them when to stop.

    Examples
    --------
    >>> booster().steps[-1][0]
    'model'
    """
    return _prepared(bare_booster())


def hazard(*, horizon: int = 90) -> MultinomialHazard:
    """Discrete-time hazard by cause, with a ridge: the probability of each reason.

    Parameters
    ----------
    horizon : int
        Days that a prediction is for.

    Returns
    -------
    MultinomialHazard
        Give it the causes as `y` to have them told apart, and the days at risk to use
        rows whose horizon was cut off.

    Examples
    --------
    >>> hazard()
    MultinomialHazard()
    """
    from clientlab.churn.hazard import MultinomialHazard

    return MultinomialHazard(horizon=horizon)


def cox(*, horizon: float = 90.0) -> CoxHorizon:
    """Cox regression on principal components: the probability of the horizon.

    Parameters
    ----------
    horizon : float
        Days that a prediction is for.

    Returns
    -------
    CoxHorizon

    Examples
    --------
    >>> cox()
    CoxHorizon()
    """
    from clientlab.churn.cox_horizon import CoxHorizon

    return CoxHorizon(horizon=horizon)


def bare_forest(trees: int, rows: int) -> Any:
    """The forest without its preparation: takes a matrix without gaps."""
    from sklearn.ensemble import RandomForestClassifier

    # Of very many rows each tree sees a part: trees of 20,000 rows differ enough as it is.
    drawn = SAMPLE if rows > SAMPLE else None
    return RandomForestClassifier(
        trees, min_samples_leaf=5, max_samples=drawn, random_state=SEED, n_jobs=1
    )


def bare_booster() -> Any:
    """The booster without its preparation: takes a matrix without gaps."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_depth=3,
        max_iter=100,
        learning_rate=0.06,
        min_samples_leaf=8,
        l2_regularization=5.0,
        max_features=0.5,
        early_stopping=False,
        random_state=SEED,
    )


def timid(model: Any, Z: Any, share: float) -> Any:
    """Logit of a model of trees, a twentieth of its probability drawn to the share of all.

    A leaf in which nobody left would else be sure that nobody ever will.
    """
    import numpy as np

    p = (1 - DRAWN) * model.predict_proba(Z)[:, 1] + DRAWN * share
    return np.log(p / (1 - p))


def _prepared(model: Any) -> Pipeline:
    from sklearn.pipeline import Pipeline

    from clientlab.churn.preparation import Prepared

    return Pipeline([("prepared", Prepared()), ("model", model)])


MODELS: dict[str, Callable[..., Any]] = {
    "ridge_logistic": ridge_logistic,
    "spline_logistic": spline_logistic,
    "forest": forest,
    "booster": booster,
    "hazard": hazard,
    "cox": cox,
}
NAMES = {
    "default_model": Text("default model", "модель по умолчанию"),
    "ridge_logistic": Text("ridge logistic regression", "гребневая логистическая регрессия"),
    "spline_logistic": Text("spline logistic regression", "логистическая регрессия на сплайнах"),
    "forest": Text("random forest", "случайный лес"),
    "booster": Text("depth-limited booster", "бустинг малой глубины"),
    "hazard": Text("hazard by cause", "риск по причинам"),
    "cox": Text("Cox regression", "регрессия Кокса"),
}


def model_name(name: str, lang: str = "en") -> str:
    """What a model is called in the room; a model of your own keeps its own name.

    Examples
    --------
    >>> model_name("forest"), model_name("mine")
    ('random forest', 'mine')
    """
    return NAMES[name].in_language(lang) if name in NAMES else name
