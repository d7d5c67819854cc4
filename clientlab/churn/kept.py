"""A model kept for next month: its recipe and the training snapshot, refitted when needed.

It answers: how is a list made again on the same grounds. No pickle: a file that runs code
when it is opened, and that another version of a library cannot read, is no way to keep a
model. What is kept can be read by anybody, and a change of it is noticed.
"""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from clientlab.churn.preparation import ready
from clientlab.churn.risk_lists import Scored
from clientlab.churn.snapshot_table import Snapshots
from clientlab.problems import InvalidValue

RECIPE, TRAINING = "recipe.json", "training.csv"
LIBRARIES = ("clientlab", "numpy", "pandas", "scikit-learn", "scipy")
LEFT = "left"


def keep(found: Scored | Snapshots, made_by: str, folder: str | Path) -> Path:
    """Write the recipe of a model and the table that it was fitted on.

    Parameters
    ----------
    found : Scored or Snapshots
        ``risk_list(...).scored``, or the snapshots of a training of your own.
    made_by : str
        Where the unfitted model comes from: "clientlab.churn:default_model", or a function
        of your own without arguments, "mymodule:my_model".
    folder : path
        Made if it is not there. It holds clients' data: keep it in data/own or runs.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InvalidValue
        If `made_by` cannot be imported or gives no estimator.

    Examples
    --------
    >>> import tempfile
    >>> from clientlab.churn import month_ends, snapshots
    >>> from clientlab.clients import ClientBase
    >>> from clientlab.demo import DEMO
    >>> base = ClientBase.read(DEMO)
    >>> past = snapshots(base, month_ends(base, every=12))
    >>> folder = keep(past, "clientlab.churn.models:spline_logistic", tempfile.mkdtemp())
    >>> refit(folder).predict_proba(past.X.head(1)).shape
    (1, 2)
    """
    past = found.training if isinstance(found, Scored) else found
    _unfitted(made_by)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # 17 digits: the same floats when they are read again.
    table = past.X.assign(**{LEFT: past.y}).to_csv(lineterminator="\n", float_format="%.17g")
    (folder / TRAINING).write_text(table, "utf-8", newline="\n")
    recipe = {
        "made_by": made_by,
        "horizon_days": past.horizon.days,
        "days": [f"{day:%Y-%m-%d}" for day in past.days],
        "features": {str(name): _kind(past.X[name]) for name in past.X},
        "rows": len(past.X),
        "left": int(past.y.sum()),
        "sha256": _digest(table),
        "versions": {name: version(name) for name in LIBRARIES},
    }
    text = json.dumps(recipe, ensure_ascii=False, indent=2) + "\n"
    (folder / RECIPE).write_text(text, "utf-8", newline="\n")
    return folder


def refit(folder: str | Path) -> Any:
    """Fit a kept model again.

    Parameters
    ----------
    folder : path

    Returns
    -------
    fitted estimator

    Raises
    ------
    InvalidValue
        If the folder holds no kept model, its training table was changed, or its model
        cannot be made.
    """
    folder = Path(folder)
    missing = [name for name in (RECIPE, TRAINING) if not (folder / name).is_file()]
    if missing:
        raise InvalidValue(f"{str(folder)!r} holds no kept model: {missing[0]} is missing.")
    recipe = json.loads((folder / RECIPE).read_text("utf-8"))
    text = (folder / TRAINING).read_text("utf-8")
    if _digest(text) != recipe["sha256"]:
        raise InvalidValue(
            f"{TRAINING} was changed since the model was kept: it would be another model. Keep it "
            "again, or bring the file back."
        )
    # As text first: whatever the version of pandas, the floats are those that were written.
    table = pd.read_csv(folder / TRAINING, dtype=str)
    numbers = [name for name, kind in recipe["features"].items() if kind == "number"]
    table = table.astype(dict.fromkeys(numbers, float) | {LEFT: int})
    table["day"] = pd.to_datetime(table["day"])
    table = table.set_index(["client_id", "day"])
    X = table[list(recipe["features"])]
    return ready(_unfitted(recipe["made_by"]), X).fit(X, table[LEFT])


def _unfitted(made_by: str) -> Any:
    module, _, name = made_by.partition(":")
    try:
        model = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise InvalidValue(
            f"made_by={made_by!r} gives no model ({error}). Write 'module:function', where the "
            "function takes no arguments and returns an unfitted estimator."
        ) from None
    if not hasattr(model, "fit"):
        raise InvalidValue(f"made_by={made_by!r} gave a {type(model).__name__}, no estimator.")
    return model


def _kind(values: pd.Series) -> str:
    return "number" if pd.api.types.is_numeric_dtype(values) else "code"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
