"""Which days train: a whole horizon before the test day, or nothing goes.

days        01.01   01.02   01.04   01.07      horizon 90 days
tested on                   x       x
trained on  both    01.07   01.07              1 April: 1 January; 1 July: all three
"""

import pandas as pd
import pytest

from clientlab.churn.origins import held, origins, taught, too_few_to_teach
from clientlab.problems import InvalidValue

DAYS = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01", "2024-07-01"])
QUARTER = pd.Timedelta("90D")


def trained(found) -> dict[str, list[str]]:
    return {f"{one.day:%m}": [f"{day:%m}" for day in one.trained_on] for one in found}


def test_training_days_end_one_horizon_before_the_test_day():
    assert trained(origins(DAYS, QUARTER)) == {"04": ["01"], "07": ["01", "02", "04"]}


def test_a_label_that_ends_on_the_test_day_itself_is_over():
    days = [DAYS[0], DAYS[0] + QUARTER]
    assert trained(origins(days, QUARTER)) == {"03": ["01"]}
    with pytest.raises(InvalidValue):
        origins([DAYS[0], DAYS[0] + QUARTER - pd.Timedelta("1D")], QUARTER)


def test_a_gap_that_cannot_be_kept_raises():
    with pytest.raises(InvalidValue) as error:
        origins(DAYS[:2], QUARTER)
    assert str(error.value) == (
        "The snapshots run from 2024-01-01 to 2024-02-01: no day lies 90 days or more after "
        "another, so no training day is over before a test day. Take snapshots of earlier days "
        "too."
    )


def test_a_test_day_without_a_day_far_enough_back_raises():
    with pytest.raises(InvalidValue) as error:
        origins(DAYS, QUARTER, test_days=["2024-07-01", "2024-02-01"])
    assert str(error.value) == (
        "Test day 2024-02-01: no snapshot lies 90 days or more before it, so the gap cannot be "
        "kept. Use a test day from 2024-03-31 on, or take snapshots of earlier days too."
    )


def test_a_gap_shorter_than_the_horizon_raises_and_a_longer_one_holds():
    with pytest.raises(InvalidValue) as error:
        origins(DAYS, QUARTER, gap="30D")
    assert str(error.value) == (
        "gap=30 days is shorter than the horizon of 90 days: labels of training days would look "
        "beyond the test day. Use a gap of the horizon or more."
    )
    assert trained(origins(DAYS, QUARTER, gap="120D")) == {"07": ["01", "02"]}


def test_a_test_day_without_a_snapshot_is_named():
    with pytest.raises(InvalidValue) as error:
        origins(DAYS, QUARTER, test_days=["2024-06-30"])
    assert str(error.value) == (
        "There is no snapshot of 2024-06-30; there are 4 from 2024-01-01 to 2024-07-01."
    )


def test_a_model_that_is_kept_never_learns_from_later_days():
    days = pd.date_range("2023-01-01", periods=6, freq="90D")
    every, kept = origins(days, QUARTER), held(origins(days, QUARTER), 3)
    assert [len(one.trained_on) for one in every] == [1, 2, 3, 4, 5]
    assert [len(one.trained_on) for one in kept] == [1, 1, 1, 4, 4]
    with pytest.raises(InvalidValue) as error:
        held(every, 0)
    assert str(error.value) == "refit_every=0 must be 1 or more test days."


def left_on(day, clients: int) -> pd.Series:
    index = pd.MultiIndex.from_product(
        [[f"c{n:02}" for n in range(12)], DAYS], names=["client_id", "day"])  # fmt: skip
    y = pd.Series(0, index=index)
    names = y.index.get_level_values("client_id")
    y[(y.index.get_level_values("day") == day) & (names < f"c{clients:02}")] = 1
    return y


def test_days_before_which_fewer_than_ten_left_are_no_test_days():
    y = left_on(DAYS[1], 12)  # known on 1 May
    assert trained(taught(origins(DAYS, QUARTER), y)) == {"07": ["01", "02", "04"]}


def test_where_no_day_has_ten_before_it_two_are_enough():
    assert len(taught(origins(DAYS, QUARTER), left_on(DAYS[0], 3))) == 2
    one = left_on(DAYS[0], 1)
    assert taught(origins(DAYS, QUARTER), one) == []
    assert too_few_to_teach(one).say() == (
        "Nobody can be predicted here: 1 client of the snapshots left, and before no test day "
        "there were two to learn from."
    )
    assert too_few_to_teach(one).say("ru").startswith(
        "Предсказывать здесь не на чем: в срезах ушёл 1 клиент, ")  # fmt: skip
