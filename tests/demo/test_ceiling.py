"""What can be predicted at all: under the truth, over a coin, and what the records give.

                          truth         records
area under the ROC curve  0.75–0.85     between 0.5 and the truth
leaving at random         0.5           0.5
"""

import numpy as np
import pytest

from clientlab.demo.ceiling import RECORDED, ceiling, recordable
from clientlab.demo.world import simulate
from clientlab.problems import InvalidValue


def test_the_records_give_less_than_the_truth_and_more_than_nothing():
    found = ceiling(3_000)
    assert 0.75 <= found.auc_truth <= 0.85
    assert 0.6 < found.auc_records < found.auc_truth - 0.01
    assert found.log_loss_truth < found.log_loss_records < found.log_loss_base
    assert 0.4 < found.recordable < 0.95


def test_what_leaves_no_record_is_not_among_what_the_records_tell():
    world = simulate(50, 104, seed=3)
    before = recordable(world, 60)
    world.states["bond"][:] = 99
    world.traits["politics"][:] = 99
    np.testing.assert_array_equal(recordable(world, 60), before)
    assert not {"bond", "politics"} & set(RECORDED)


def test_nothing_of_the_future_is_in_it():
    world = simulate(50, 104, seed=3)
    before = recordable(world, 60)
    for state in world.states.values():
        state[:, 61:] = 0
    world.ended[:] = 70
    np.testing.assert_array_equal(recordable(world, 60), before)


def test_few_clients_are_refused():
    with pytest.raises(InvalidValue, match=r"^clients=100: a ceiling needs at least 500\.$"):
        ceiling(100)


@pytest.mark.simulation
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["demo", "reversed"])
def test_both_ceilings_on_a_hundred_thousand_clients(sign):
    found = ceiling(100_000, sign=sign)
    assert 0.75 <= found.auc_truth <= 0.85
    assert 0.65 < found.auc_records < found.auc_truth - 0.005
    assert 0.5 < found.recordable < 0.95
