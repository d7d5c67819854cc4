"""Models are kept as recipe and training table, and come back the same."""

import json

import numpy as np
import pytest

from clientlab.churn import month_ends, snapshots
from clientlab.churn.kept import keep, refit
from clientlab.churn.models import spline_logistic
from clientlab.clients import ClientBase
from clientlab.demo import DEMO
from clientlab.problems import InvalidValue

MODEL = "clientlab.churn.models:spline_logistic"


@pytest.fixture(scope="module")
def past():
    base = ClientBase.read(DEMO)
    return snapshots(base, month_ends(base, every=12))


@pytest.fixture
def folder(past, tmp_path):
    return keep(past, MODEL, tmp_path / "kept")


def test_a_refitted_model_says_what_the_first_one_said(past, folder):
    first = spline_logistic().fit(past.X, past.y).predict_proba(past.X)
    np.testing.assert_array_equal(refit(folder).predict_proba(past.X), first)


def test_the_recipe_can_be_read(past, folder):
    recipe = json.loads((folder / "recipe.json").read_text("utf-8"))
    assert recipe["made_by"] == MODEL
    assert (recipe["rows"], recipe["left"]) == (len(past.X), int(past.y.sum()))
    assert recipe["features"]["channel"] == "code"


def test_a_changed_training_table_is_noticed(folder):
    path = folder / "training.csv"
    path.write_text(path.read_text("utf-8").replace(",1\n", ",0\n", 1), "utf-8")
    with pytest.raises(InvalidValue) as told:
        refit(folder)
    assert str(told.value) == (
        "training.csv was changed since the model was kept: it would be another model. Keep it "
        "again, or bring the file back."
    )


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(InvalidValue) as told:
        refit(tmp_path)
    assert str(told.value) == (f"{str(tmp_path)!r} holds no kept model: recipe.json is missing.")


@pytest.mark.parametrize("made_by", ["clientlab.churn.models:nothing", "no_such_module:f", ""])
def test_a_recipe_that_makes_nothing_is_refused_before_anything_is_written(past, tmp_path, made_by):
    with pytest.raises(InvalidValue, match="gives no model"):
        keep(past, made_by, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_something_that_cannot_be_fitted_is_refused(past, tmp_path):
    with pytest.raises(
        InvalidValue, match=r"^made_by='builtins:dict' gave a dict, no estimator\.$"
    ):
        keep(past, "builtins:dict", tmp_path / "kept")
