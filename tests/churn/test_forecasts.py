"""Next quarter in money: sums of probabilities, and the last forecast against what came."""

import pandas as pd
import pytest

from clientlab.churn.forecasts import next_quarter
from clientlab.churn.models import ridge_logistic
from clientlab.churn.risk_lists import risk_list
from clientlab.clients import ClientBase
from clientlab.clients.losses import recurring_fee
from clientlab.demo import DEMO, demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

MODEL = ridge_logistic(ridge=50)


@pytest.fixture(scope="module")
def base():
    return ClientBase.read(DEMO)


@pytest.fixture(scope="module")
def listed(base):
    return risk_list(base, MODEL, every=6)


@pytest.fixture(scope="module")
def found(listed):
    return next_quarter(listed, by="manager", every=6)


def test_clients_lost_are_the_sum_of_their_probabilities_and_those_who_gave_notice(found, listed):
    expected = listed.frame["estimate"].sum() + found.announced
    assert found.overall["estimate"] == pytest.approx(expected)


def test_who_gave_notice_is_counted_as_gone(base):
    tables = {name: base.tables[name].copy() for name in ("clients", "invoices", "requests")}
    spells = tables["clients"]
    here = spells["ended_on"].isna() & (spells["contract"] == "ongoing") & (
        spells["notice_on"].isna())  # fmt: skip
    leaver = spells.loc[here, "client_id"].iloc[0]
    spells.loc[here & (spells["client_id"] == leaver), "notice_on"] = base.day
    window = {"observed_from": base.observed_from, "observed_until": base.day}
    told = next_quarter(ClientBase.read(tables, **window), MODEL, every=12)
    plain = {name: base.tables[name] for name in ("clients", "invoices", "requests")}
    before = next_quarter(ClientBase.read(plain, **window), MODEL, every=12)
    assert told.announced == before.announced + 1
    assert told.overall["base"] == before.overall["base"]
    assert told.overall["estimate"] > before.overall["estimate"] + 0.5


def test_revenue_lost_is_probability_times_recurring_revenue(found, listed, base):
    fee = recurring_fee(base).reindex(listed.frame["client_id"]).fillna(0).clip(lower=0)
    expected = (listed.frame["estimate"].to_numpy() * fee.to_numpy()).sum()
    assert found.announced == 0  # of the demo agency: their fees would be added whole
    assert found.overall["revenue_lost"] == pytest.approx(expected)


def test_managers_add_up_to_all(found):
    groups = found.frame.iloc[:-1]
    for name in ("base", "estimate", "revenue", "revenue_lost"):
        assert groups[name].sum() == pytest.approx(found.overall[name])


def test_a_list_and_its_base_give_the_same_forecast(found, base):
    again = next_quarter(base, MODEL, by="manager", every=6)
    pd.testing.assert_frame_equal(again.frame, found.frame)


def test_the_last_forecast_stands_beside_what_came(found, base):
    spells = base.tables["clients"]
    day = base.day - pd.Timedelta("90D")
    there = (spells["started_on"] <= day) & (spells["contract"] == "ongoing")
    came = int((there & (spells["ended_on"] > day) & (spells["ended_on"] <= base.day)).sum())
    assert found.before["came"] == came
    assert f"90 days ago it said {found.before['estimate']:.1f}" in found.say()


def test_the_forecast_of_then_knew_nothing_of_what_came(base, found):
    earlier = base.as_of(base.day - pd.Timedelta("90D"))
    then = next_quarter(earlier, MODEL, every=6)
    assert then.overall["estimate"] == pytest.approx(found.before["estimate"])


def test_an_unknown_column_is_refused(listed):
    with pytest.raises(InvalidValue, match=r"^by='mood' is not in 'clients'; it has "):
        next_quarter(listed, by="mood", every=6)


def test_too_few_leavers_are_a_sentence():
    agency = demo_agency(40, leavers=3, tables=("clients", "invoices"))
    base = ClientBase.read(agency.tables, observed_from=agency.observed_from,
                           observed_until=agency.observed_until)  # fmt: skip
    assert isinstance(next_quarter(base, MODEL), CannotSay)


@pytest.mark.simulation
def test_forecasts_of_a_quarter_cover_what_comes():
    inside = []
    for seed in range(40):
        agency = demo_agency(240, seed=3000 + seed, tables=("clients", "invoices", "requests"))
        base = ClientBase.read(agency.tables, observed_from=agency.observed_from,
                               observed_until=agency.observed_until)  # fmt: skip
        before = next_quarter(base, MODEL, every=3).before
        inside.append(before["low"] <= before["came"] <= before["high"])
    # Of 40 with a level of 95%, fewer than 34 would happen less often than once in 200.
    assert sum(inside) >= 34, sum(inside)
