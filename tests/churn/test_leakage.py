"""Features that look ahead, one of each kind, and features that do not.

kind of leak                               how it is seen
the end and its reason                     another future
payments of later days                     another future
totals that grew since                     another future; frozen by client: other names
means by group of what happened later      another future; frozen: data of its own
a tier written after the fact              another future; frozen by client: other names
a manager who only gets the leavers        another future; under an early date: the outcome
rows entered late with an early date       another future
"""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from clientlab.churn import FEATURES, check_no_leakage, month_ends
from clientlab.churn.leak_holding import held
from clientlab.churn.leak_outcome import tell_the_outcome
from clientlab.clients import ClientBase
from clientlab.clients.altered import relabelled, scrambled, truncated
from clientlab.clients.schema import tables
from clientlab.demo import demo_agency
from clientlab.problems import InvalidValue


def read(agency, **changed) -> ClientBase:
    return ClientBase.read(
        agency.tables | changed,
        observed_from=agency.observed_from,
        observed_until=agency.observed_until,
    )


@pytest.fixture(scope="module")
def agency():
    return demo_agency(120, seed=4)


@pytest.fixture(scope="module")
def base(agency):
    """Leavers stand in tier 'X'; a tenth of the bills was entered a month late."""
    clients = agency.tables["clients"]
    gone = clients["ended_on"].notna()
    late = np.arange(len(agency.tables["invoices"])) % 10 == 0
    issued = agency.tables["invoices"]["issued_on"]
    entered = (issued + pd.Timedelta(days=30)).where(late & (issued < "2026-07-01"))
    return read(
        agency,
        clients=clients.assign(tier=np.where(gone, "X", clients["tier"])),
        invoices=agency.tables["invoices"].assign(entered_on=entered),
    )


@pytest.fixture(scope="module")
def days(base):
    return [pd.Timestamp("2022-06-30"), pd.Timestamp("2025-03-31")]


def of_clients(base):
    return base.tables["clients"].drop_duplicates("client_id", keep="last").set_index("client_id")


def seen(found, name) -> set[str]:
    return set(found.frame.loc[found.frame["feature"] == name, "how"])


# --- functions of the base as it is now and a day: another future shows them --------------


def has_a_reason(base, day):
    return of_clients(base)["end_reason"].notna()


def paid_by_now(base, day):
    bills = base.tables["invoices"]
    bills = bills[(bills["issued_on"] <= day) & bills["paid_on"].notna()]
    return bills.groupby("client_id").size()


def total_by_now(base, day):
    return base.tables["invoices"].groupby("client_id")["amount"].sum()


def rate_of_industry(base, day):
    clients = of_clients(base)
    return clients["ended_on"].notna().groupby(clients["industry"]).transform("mean")


def tier_by_now(base, day):
    return of_clients(base)["tier"]


def manager_by_now(base, day):
    return of_clients(base)["manager"]


def issued_by_day(base, day):
    bills = base.tables["invoices"]
    return bills[bills["issued_on"] <= day].groupby("client_id").size()


AHEAD = [has_a_reason, paid_by_now, total_by_now, rate_of_industry, tier_by_now, manager_by_now,
         issued_by_day]  # fmt: skip


def test_what_reads_the_base_of_today_is_seen_by_another_future(base, days):
    found = check_no_leakage(base, days, {one.__name__: one for one in AHEAD})
    assert found.named == [one.__name__ for one in AHEAD]
    for one in AHEAD:
        assert {"truncated", "scrambled"} <= seen(found, one.__name__), one.__name__
        assert "relabelled" not in seen(found, one.__name__)
    assert not found.ok
    rows = found.frame[found.frame["feature"] == "tier_by_now"]
    assert set(rows["day"].dropna()) == set(days)
    assert (rows["clients"] <= rows["base"]).all()


def test_rows_entered_late_are_seen_even_if_none_are_near_that_day(agency, days):
    bills = agency.tables["invoices"].assign(entered_on=pd.NaT)
    found = check_no_leakage(read(agency, invoices=bills), days, {"issued": issued_by_day})
    assert seen(found, "issued") == {"scrambled"}


def test_a_table_that_tells_no_day_of_entry_cannot_be_entered_late(agency, days):
    assert check_no_leakage(read(agency), days, {"issued": issued_by_day}).ok


# --- frozen into a function: nothing that is recomputed changes them ---------------------


def frozen(base):
    clients, bills = of_clients(base), base.tables["invoices"]
    gone = clients["ended_on"].notna()
    reasons = clients["end_reason"].astype(object).where(gone, "none")
    tiers = clients["tier"].to_dict()
    totals = bills.groupby("client_id")["amount"].sum().to_dict()
    rates = gone.groupby(clients["industry"]).mean().to_dict()
    by_place = np.where(base.tables["clients"]["ended_on"].notna(), "gone", "there").tolist()

    class Carrier:
        def __init__(self):
            self.rates = rates

        def __call__(self, known):
            return of_clients(known)["industry"].map(self.rates)

    return {
        "reason by client": lambda known: reasons.reindex(of_clients(known).index),
        "tier by client": lambda known: of_clients(known).index.to_series().map(tiers),
        "total by client": lambda known: of_clients(known).index.to_series().map(totals),
        "rate by industry": lambda known: of_clients(known)["industry"].map(rates),
        "the base itself": lambda known: of_clients(base)["ended_on"].notna(),
        "a part of a function": partial(lambda rates, known: of_clients(known)["industry"].map(
            rates), rates),
        "an object": Carrier(),
        "by place": lambda known: pd.Series(
            by_place[: len(known.tables["clients"])],
            index=known.tables["clients"]["client_id"],
        ).groupby(level=0).last(),
    }  # fmt: skip


def test_what_is_frozen_into_a_function_is_seen(base, days):
    functions = frozen(base)
    found = check_no_leakage(base, days, functions)
    assert found.named == list(functions)
    for name in ("reason by client", "tier by client", "total by client", "the base itself",
                 "by place"):  # fmt: skip
        assert "relabelled" in seen(found, name), name
    for name in ("rate by industry", "a part of a function", "an object"):
        assert seen(found, name) == {"holds"}, name
    # Words are no computed numbers: only other names show these.
    assert "holds" not in seen(found, "tier by client")


def test_a_manager_who_only_gets_the_leavers_is_told_under_an_early_date(agency, days):
    """The CRM hands everybody who left to 'Archive', dated back to the first day."""
    clients = agency.tables["clients"]
    ongoing = clients[clients["contract"] == "ongoing"]
    gone = ongoing.loc[ongoing["ended_on"].notna(), ["client_id", "started_on"]]
    archive = gone.rename(columns={"started_on": "from_on"}).assign(manager="Archive")
    kept = agency.tables["assignments"]
    kept = kept[~kept["client_id"].isin(gone["client_id"])]
    base = read(agency, assignments=pd.concat([kept, archive.drop_duplicates("client_id")]))
    found = check_no_leakage(base, days, {"manager": lambda known: of_clients(known)["manager"]})
    assert seen(found, "manager") == {"outcome"}
    why = found.frame["why_en"].iloc[0]
    assert why.startswith("all ")
    assert "clients with 'Archive' left later" in why
    # It may be a good sign as well: so it is asked about, not thrown out.
    assert found.telling == ["manager"]
    assert found.headline() == "Of 1 feature 1 tells who left"
    assert found.headline("ru") == "Из 1 признака 1 выдаёт ушедших"
    assert found.decide().startswith("Ask who writes these values and when: manager.")


def test_a_feature_without_a_value_was_not_checked_and_is_told(base, days):
    """Competence is overwritten by the source: on earlier days nothing is known of it."""
    features = {"skill": lambda known: of_clients(known)["competence"], "spent": spent}
    found = check_no_leakage(base, days, features)
    assert found.features == ("spent",)
    assert "nothing is known on these days: skill" in found.notes[-1].en
    nothing = check_no_leakage(base, days, {"skill": features["skill"]})
    assert nothing.headline().startswith("Nothing could be checked")
    assert nothing.headline("ru").startswith("Проверить нечего")
    assert not nothing.ok
    with pytest.raises(InvalidValue, match="Nothing could be checked"):
        nothing.raise_if_any()
    assert found.headline("ru") == "Единственный признак не заглядывает вперёд"


# --- what does not look ahead ------------------------------------------------------------


def spent(known):
    return known.tables["invoices"].groupby("client_id")["amount"].sum()


def spent_then(base, day):
    return spent(base.as_of(day))


def issued_and_entered(base, day):
    bills = base.tables["invoices"]
    first = base.tables["clients"].groupby("client_id")["started_on"].min()
    known = bills["issued_on"].where(bills["entered_on"].isna(), bills["entered_on"])
    rows = bills[(known <= day) & (bills["client_id"].map(first) <= day)]
    return rows.groupby("client_id").size()


def board_weight(known):
    last = known.tables["board"].drop_duplicates("client_id", keep="last")
    return last.set_index("client_id")["colour"].map({"red": 1.0, "yellow": 0.25, "green": 0.0})


def rate_then(known):
    clients = of_clients(known)
    return clients["ended_on"].notna().groupby(clients["industry"]).transform("mean")


HONEST = [spent, spent_then, issued_and_entered, board_weight, rate_then]


def test_features_of_ones_own_that_do_not_look_ahead_are_not_named(base, days):
    found = check_no_leakage(base, days, {one.__name__: one for one in HONEST})
    assert found.frame.empty, found.say()
    assert found.raise_if_any() is found


@pytest.mark.parametrize("seed", range(2))
def test_no_feature_of_the_list_looks_ahead(seed):
    base = read(demo_agency(150, seed=seed))
    found = check_no_leakage(base, month_ends(base, every=22), FEATURES, seed=seed)
    assert found.ok, found.say()
    assert len(found.features) >= 45


def test_no_feature_of_the_list_looks_ahead_on_a_messy_base(base, days):
    assert check_no_leakage(base, days).ok


# --- what is said ------------------------------------------------------------------------


def test_it_says_which_and_how_in_both_languages(base, days):
    found = check_no_leakage(base, days, {"spent": spent, "tier": tier_by_now})
    assert found.say() == (
        f"1 of 2 features looks ahead (checked on 2 days, base {found.provenance.base} clients; "
        "exact comparison, no interval). tier: changes if nothing later had been recorded; "
        "changes if something else had happened later."
    )
    assert found.say("ru").startswith("Заглядывают вперёд: 1 из 2 признаков (проверено дней: 2")
    assert found.decide().startswith("Leave out until their days are known: tier.")
    assert found.plot().figure.axes
    with pytest.raises(InvalidValue, match=r"^1 of 2 features looks ahead"):
        found.raise_if_any()


def test_a_clean_list_is_said_and_drawn(base, days):
    found = check_no_leakage(base, days, {"spent": spent})
    assert found.say().startswith("The one feature does not look ahead (checked on 2 days")
    assert found.decide() == ""
    assert found.plot().figure.axes
    assert found.table()


def test_a_feature_that_stops_is_named_with_its_error(base, days):
    def broken(known):
        return known.tables["nothing"]

    found = check_no_leakage(base, days, {"broken": broken, "spent": spent})
    assert found.named == ["broken"]
    assert found.frame["why_en"].iloc[0] == "KeyError: 'nothing'"


def test_a_feature_that_is_drawn_by_lot_is_told_to_be_so(base, days):
    random = np.random.default_rng(0)

    def lot(known):
        return pd.Series(random.random(len(of_clients(known))), index=of_clients(known).index)

    found = check_no_leakage(base, days[0], {"lot": lot})
    assert seen(found, "lot") == {"unsteady"}
    assert "lot: gives other values each time." in found.say()


def test_the_last_day_has_no_future(base):
    with pytest.raises(InvalidValue) as caught:
        check_no_leakage(base, base.observed_until)
    assert str(caught.value) == (
        "On 2026-08-31, the last day of the base, there is no future to change. Give earlier days, "
        "such as month_ends(base, every=6)."
    )


# --- the other bases ---------------------------------------------------------------------


def same(left: ClientBase, right: ClientBase) -> None:
    for name in left.tables:
        pd.testing.assert_frame_equal(left.tables[name], right.tables[name])


def test_another_future_leaves_the_past_as_it_was(base, days):
    for seed, day in enumerate(days):
        other = scrambled(base, day, np.random.default_rng(seed))
        same(base.as_of(day), other.as_of(day))
        cut = truncated(base, day)
        assert cut.observed_until == day
        same(base.as_of(day), cut.as_of(day))


def test_another_future_is_another_one(base, days):
    day = days[0]
    other = scrambled(base, day, np.random.default_rng(1))
    for name in base.tables:
        spec = tables()[name]
        late = base.tables[name][spec.known_at] > day
        if late.sum() > 20:
            assert len(other.tables[name]) != len(base.tables[name]), name
    ended = of_clients(base)["ended_on"], of_clients(other)["ended_on"]
    both = ended[0].index.intersection(ended[1].index)
    assert (ended[0][both].notna() != ended[1][both].notna()).sum() > 10


def test_under_other_names_every_client_is_there_once(base, days):
    other, names, _ = relabelled(base, days[1], np.random.default_rng(2))
    assert sorted(names) == sorted(names.index)
    assert (names != names.index).sum() > 100
    cut = base.as_of(days[1])
    was = cut.tables["invoices"].groupby("client_id")["amount"].sum()
    now = other.tables["invoices"].groupby("client_id")["amount"].sum()
    pd.testing.assert_series_equal(
        was.rename(index=names).sort_index(), now.sort_index(), check_names=False
    )


# --- looking into functions and outcomes -------------------------------------------------


def test_numbers_typed_by_hand_are_no_data():
    assert held(board_weight) is None
    weights = {"red": 0.123456}
    assert held(lambda known: weights).en == "computed numbers (dict of 1)"
    fractions = [1 / 3, 2 / 3, 1 / 7, 1 / 365]
    assert held(lambda known: fractions) is None


def test_a_value_of_few_clients_tells_nothing():
    left = np.arange(60) < 20
    four = pd.Series(np.where(np.arange(60) < 4, "x", "y"))
    assert tell_the_outcome({"four": four}, left) == {}
    gone = pd.Series(np.where(left, "x", "y"))
    assert tell_the_outcome({"gone": gone}, left)["gone"][0] == 20


def test_being_missing_can_tell_the_outcome():
    left = np.arange(80) < 25
    column = pd.Series(np.where(left, np.nan, np.arange(80.0)))
    assert tell_the_outcome({"asked": column}, left)["asked"][1].en == (
        "all 25 clients with no value left later, of the other 55 left 0"
    )


def test_chance_is_not_told_as_a_leak():
    random = np.random.default_rng(0)
    named = 0
    for _ in range(100):
        left = random.random(60) < 0.2
        columns = {f"f{n}": pd.Series(random.integers(0, 8, 60).astype(str)) for n in range(20)}
        named += bool(tell_the_outcome(columns, left))
    assert named <= 1  # nominal 0.01 of 100
