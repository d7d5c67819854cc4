"""A table of clients as a matrix: numbers scaled, gaps marked, categories as steps, curves.

It answers: which columns of the matrix come from which column of the table. All models
of the kit share it, so that their parts can be told by the column they come from. It
learns nothing of who left.

table                      matrix
months   12, 30, gap       months, months (gap), months (curve 1), months (curve 2)
model    project, …        model = project, model = retainer, …
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from clientlab.problems import InvalidType, InvalidValue

RARE = 20  # rows under which a category is pooled with other rare ones
STEP_VALUES = 4  # numbers with fewer distinct values act along a line, not a curve
BEND = 0.5  # prior size of a bend beside that of a slope: curves stay calmer than lines
FLAT = 0.02  # spread of a bend, of a basis that adds up to 1, that is none
MISSING = "missing"
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")


class Prepared(TransformerMixin, BaseEstimator):
    """Turn a table of numbers and categories, with gaps, into a matrix.

    Parameters
    ----------
    knots : int
        Knots of the curve of each number, at its quantiles; 0 leaves numbers straight.

    Attributes
    ----------
    blocks_ : dict of str to list of int
        Columns of the matrix that each column of the table became; a constant column
        became none.

    Notes
    -----
    A number is divided by its standard deviation, a step (a gap, a category) multiplied
    by 2, which is the same for one that half of the rows have and calms rare ones
    (Gelman 2008). Gaps of a number are filled by its median and marked; infinities
    count as gaps, and a number beyond those learned from as the nearest of them.
    Categories with fewer than 20 rows are pooled, unknown ones count as none of the
    known, of two known ones as neither. Columns of objects that are all numbers count as
    numbers. Curves are cubic B-splines without their straight part.

    Examples
    --------
    >>> clients = pd.DataFrame({"months": [3, 40, None], "model": ["a", "b", "a"]})
    >>> Prepared().fit(clients).blocks_
    {'months': [0, 1], 'model': []}
    """

    def __init__(self, *, knots: int = 0):
        self.knots = knots

    def fit(self, X: pd.DataFrame, y: Any = None) -> Prepared:
        """Learn medians, scales, categories and knots."""
        if self.knots and self.knots < 2:
            raise InvalidValue(f"knots={self.knots}: a curve needs 2 knots or more.")
        if y is not None:
            left_and_stayed(y, len(X))
        self.parts_: dict[Any, list[Part]] = {
            name: list(_parts(values, self.knots)) for name, values in _columns(X)
        }
        self.blocks_, at = {}, 0
        for name, parts in self.parts_.items():
            width = sum(part.width for part in parts)
            self.blocks_[name] = list(range(at, at + width))
            at += width
        self.feature_names_in_ = np.array(list(X.columns), dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """The matrix, shape (rows, columns of the matrix)."""
        check_is_fitted(self)
        found = dict(_columns(X))
        absent = [str(name) for name in self.parts_ if name not in found]
        if absent:
            raise InvalidValue(
                f"{len(absent)} of {len(self.parts_)} columns are missing: "
                f"{', '.join(absent[:5])}. A model needs the columns that it learned from."
            )
        made = [part.of(found[name]) for name, parts in self.parts_.items() for part in parts]
        # A table that says nothing becomes a column of zeros: few models take no column.
        return np.column_stack(made) if made else np.zeros((len(X), 1))


def ready(model: Any, X: pd.DataFrame) -> Any:
    """An estimator of scikit-learn with `Prepared` before it, if X has words or gaps.

    Pipelines, what holds one, and classes of other packages prepare on their own.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> ready(LogisticRegression(), pd.DataFrame({"model": ["a", "b"]}))[0]
    Prepared()
    """
    if not hasattr(model, "get_params"):
        return model
    # A search or a calibration may hold a pipeline that prepares by the columns' names.
    inside = [model, *model.get_params(deep=True).values()]
    models = [one for one in inside if hasattr(one, "fit")]
    if any(not type(one).__module__.startswith("sklearn.") or hasattr(one, "steps")
           for one in models):  # fmt: skip
        return model
    plain = all(is_numeric_dtype(values) and values.notna().all() for _, values in X.items())
    return model if plain else make_pipeline(Prepared(), model)


class Part(NamedTuple):
    """How some columns of the matrix are made of one column of the table."""

    kind: str
    width: int
    told: dict[str, Any]

    def of(self, values: np.ndarray) -> np.ndarray:
        """Columns of the matrix, shape (rows, width)."""
        return MAKERS[self.kind](values, **self.told)


def left_and_stayed(y: Any, rows: int) -> np.ndarray:
    """Labels as 0 and 1, both of them there.

    Raises
    ------
    InvalidValue
        If their number is not that of the rows, some are neither 0 nor 1, or all are
        alike.
    """
    y = np.asarray(y)
    if len(y) != rows:
        raise InvalidValue(f"X has {rows} rows and y has {len(y)}; they must be the same rows.")
    y = zero_or_one(y)
    left = int(y.sum())
    if left in (0, rows):
        who = "Nobody" if left == 0 else "Everybody"
        raise InvalidValue(
            f"{who} of {rows} rows left within the horizon: a model needs some who left and some "
            "who stayed. Take more days or a longer horizon."
        )
    return y


def zero_or_one(y: np.ndarray) -> np.ndarray:
    """Labels as integers; whether both are there is not asked."""
    if not np.isin(y, (0, 1)).all():
        raise InvalidValue("y must be 1 for who left and 0 for who stayed, without gaps.")
    return y.astype(int)


def _columns(X: pd.DataFrame) -> Iterator[tuple[Any, np.ndarray]]:
    """Numbers as floats with gaps, everything else as text with a word for gaps."""
    if not isinstance(X, pd.DataFrame):
        raise InvalidType(
            f"The models take a DataFrame, so that numbers and categories can be told apart; got "
            f"{type(X).__name__}."
        )
    twice = X.columns[X.columns.duplicated()].unique()
    if len(twice):
        raise InvalidValue(f"Column {twice[0]!r} is there more than once; rename all but one.")
    for name, values in X.items():
        if pd.api.types.is_datetime64_any_dtype(values):
            raise InvalidValue(
                f"Column {name!r} holds days, which no later client will have again. Give the "
                "model days since then, a number."
            )
        # Numbers beside None come as objects; as words each would be a category of its own.
        as_objects = pd.api.types.infer_dtype(values, skipna=True) in NUMBERS
        if as_objects or pd.api.types.is_bool_dtype(values) or is_numeric_dtype(values):
            numbers = values.astype(float).to_numpy()
            yield name, np.where(np.isfinite(numbers), numbers, np.nan)
        else:
            yield name, values.astype(object).where(values.notna(), MISSING).astype(str).to_numpy()


def _parts(values: np.ndarray, knots: int) -> Iterator[Part]:
    if values.dtype.kind != "f":
        yield from _steps(values)
        return
    gap = np.isnan(values)
    if gap.all():
        return
    median = float(np.median(values[~gap]))
    filled = np.where(gap, median, values)
    spread = float(filled.std())
    if spread > 0:
        told = {"median": median, "middle": float(filled.mean()), "spread": spread,
                "ends": (float(filled.min()), float(filled.max()))}  # fmt: skip
        yield Part("line", 1, told)
        if knots and len(np.unique(values[~gap])) >= STEP_VALUES:
            yield from _bends(values, told, knots)
    if gap.any():
        yield Part("gap", 1, {"share": float(gap.mean())})


def _steps(values: np.ndarray) -> Iterator[Part]:
    names, counts = np.unique(values, return_counts=True)
    rare = counts < RARE
    levels, opposite = list(names[~rare]), None
    if not rare.any() and levels:
        # One is the opposite of all the others together; two steps would say the same.
        opposite = levels[0] if len(levels) <= 2 else None
        levels = levels[1:] if len(levels) <= 2 else levels
    if levels:
        shares = [float((values == level).mean()) for level in levels]
        told = {"levels": levels, "shares": shares, "opposite": opposite}
        yield Part("steps", len(levels), told)


def _bends(values: np.ndarray, told: dict, knots: int) -> Iterator[Part]:
    """Directions of a B-spline that no straight line reaches, each of the same spread.

    Those along which clients hardly differ are left out: a few of them would bend all.
    """
    from sklearn.preprocessing import SplineTransformer

    spline = SplineTransformer(n_knots=knots, knots="quantile")
    basis = spline.fit_transform(_within(values, **told))
    straight = np.column_stack([np.ones(len(values)), _line(values, **told)])
    slope = np.linalg.lstsq(straight, basis, rcond=None)[0]
    _, size, turned = np.linalg.svd(basis - straight @ slope, full_matrices=False)
    kept = size > FLAT * np.sqrt(len(values))
    if kept.any():
        turn = turned[kept].T / size[kept] * np.sqrt(len(values)) * BEND
        yield Part("bends", int(kept.sum()), {"line": told, "spline": spline, "slope": slope,
                                              "turn": turn})  # fmt: skip


def _within(values: np.ndarray, median: float, ends: tuple[float, float], **_: float) -> np.ndarray:
    """Gaps filled, and what is beyond all that was seen moved to its end."""
    return np.clip(np.where(np.isnan(values), median, values), *ends)[:, None]


def _line(values: np.ndarray, middle: float, spread: float, **told: Any) -> np.ndarray:
    return (_within(values, **told) - middle) / spread


def _gap(values: np.ndarray, share: float) -> np.ndarray:
    return 2 * (np.isnan(values)[:, None] - share)


def _step(values: np.ndarray, levels: list, shares: list, opposite: str | None) -> np.ndarray:
    steps = 2 * ((values[:, None] == np.array(levels, dtype=object)) - np.array(shares))
    if opposite is not None:
        # Of two, an unknown one is neither: it says nothing, rather than the opposite.
        steps[(values != levels[0]) & (values != opposite)] = 0
    return steps


def _bend(values: np.ndarray, line: dict, spline: Any, slope: Any, turn: Any) -> np.ndarray:
    straight = np.column_stack([np.ones(len(values)), _line(values, **line)])
    return (spline.transform(_within(values, **line)) - straight @ slope) @ turn


MAKERS = {"line": _line, "gap": _gap, "steps": _step, "bends": _bend}
