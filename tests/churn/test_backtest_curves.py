"""Curves by hand: four clients, of whom the two riskiest left; calls and finds.

called   0   25%   50%   75%   100%
found    0   50%   100%  100%  100%
"""

import numpy as np
import pytest

from clientlab.churn import backtest, curves
from clientlab.churn.backtest_curves import GRID, _curve
from clientlab.churn.backtest_example import example
from clientlab.problems import InvalidValue

ONCE = np.ones((1, 4))


def at(kind: str, y, score, share: float) -> float:
    line = _curve(kind, np.array(y), np.array(score, float))(ONCE)[0]
    return float(line[np.flatnonzero(np.isclose(GRID, share))[0]])


def test_the_lift_curve_is_the_share_found_by_the_share_called():
    assert at("lift", [1, 1, 0, 0], [4, 3, 2, 1], 0.25) == 0.5
    assert at("lift", [1, 1, 0, 0], [4, 3, 2, 1], 0.5) == 1.0
    assert at("lift", [1, 1, 0, 0], [1, 1, 1, 1], 0.25) == 0.25  # ties: by chance


def test_the_roc_curve_is_the_share_found_by_the_share_called_in_vain():
    assert at("roc", [1, 0, 1, 0], [4, 3, 2, 1], 0.0) == 0.5
    assert at("roc", [1, 0, 1, 0], [4, 3, 2, 1], 0.5) == 1.0


def test_precision_is_the_share_of_calls_that_hit():
    assert at("precision_recall", [1, 0, 1, 0], [4, 3, 2, 1], 0.5) == pytest.approx(1.0)
    assert at("precision_recall", [1, 0, 1, 0], [4, 3, 2, 1], 1.0) == pytest.approx(2 / 3)
    assert at("precision_recall", [1, 0, 1, 0], [1, 1, 1, 1], 0.25) == pytest.approx(0.5)


@pytest.fixture(scope="module")
def tested():
    return backtest(["load", "noise"], example())


def test_at_a_tenth_the_lift_curve_is_the_lift(tested):
    found = curves(tested).frame
    lift = tested.frame[tested.frame["measure"] == "lift_10"].set_index("candidate")["estimate"]
    tenth = found[np.isclose(found["at"], 0.1)].set_index("candidate")["estimate"]
    for name in ("load", "noise"):
        assert tenth[name] == pytest.approx(lift[name] / 10)


@pytest.mark.parametrize("kind", ["lift", "roc", "precision_recall"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_kind_speaks_and_draws(tested, kind, lang):
    found = curves(tested, kind)
    assert "'load'" in found.headline("en")
    assert "«load»" in found.headline("ru")
    assert str(tested.provenance.base) in found.say(lang)
    assert (found.frame["low"] <= found.frame["high"] + 1e-12).all()
    axes = found.plot()
    assert len(axes.lines) == 3  # two candidates and chance
    assert {text.get_text() for text in axes.texts} == {"load", "noise"}


def test_an_unknown_kind_is_refused(tested):
    with pytest.raises(InvalidValue) as error:
        curves(tested, "gain")
    assert str(error.value) == ("kind='gain' is not known; use one of lift, roc, precision_recall.")
