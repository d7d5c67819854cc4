"""RCM codes of current clients, day 2024-12-31.

client  last invoice   capacity   of the year   paid so far   recency  left    code of 5, of 0/1
a       2024-12-01     1000       300           500           30       700
b       2024-10-02     1000       100           100           90       900
c       2024-12-31      200       400           600            0         0    (never under 0)
d       2023-06-01      -         0             50            579        -
e       (none)          100       0             0              -       100
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from clientlab.clients import ClientBase
from clientlab.clients.segments import rcm, score
from clientlab.demo import demo_agency
from clientlab.problems import InvalidValue

CLIENTS = pd.DataFrame(
    {
        "client_id": list("abcdef"),
        "started_on": "2023-01-01",
        "ended_on": [None] * 5 + ["2024-06-30"],
        "capacity": [1000, 1000, 200, None, 100, 1000],
    }
)
INVOICES = pd.DataFrame(
    [
        ("a", "2023-03-01", 200, "2023-03-10"),
        ("a", "2024-12-01", 300, "2024-12-20"),
        ("b", "2024-10-02", 100, "2024-10-20"),
        ("b", "2024-12-15", -10, None),  # a credit note is no sign of activity
        ("c", "2023-12-31", 200, "2024-01-20"),  # one day before the last 12 months
        ("c", "2024-05-05", 390, "2024-05-20"),
        ("c", "2024-12-31", 10, "2024-12-31"),
        ("d", "2023-06-01", 50, "2023-06-01"),
        ("f", "2024-06-01", 9999, "2024-06-10"),  # left: not there any more
    ],
    columns=["client_id", "issued_on", "amount", "paid_on"],
)


def read(clients=CLIENTS, invoices=INVOICES) -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": invoices},
        observed_from="2023-01-01",
        observed_until="2024-12-31",
    )


def test_the_three_numbers_by_hand():
    frame = rcm(read()).frame.set_index("client_id").sort_index()
    assert frame["recency_days"].fillna(-1).tolist() == [30, 90, 0, 579, -1]
    assert frame["capacity_left"].fillna(-1).tolist() == [700, 910, 0, -1, 100]
    assert frame["revenue_to_date"].tolist() == [500, 100, 600, 50, 0]


def test_codes_of_a_small_base_are_of_two_levels():
    frame = rcm(read()).frame.set_index("client_id").sort_index()
    # Above the middle rank: recency of 0, 30 | 90, 579; left of 910, 700 | 100, 0.
    assert frame["code"].tolist() == ["111", "010", "101", "0–0", "–00"]
    assert rcm(read()).levels == 2


def test_codes_of_five_levels():
    frame = rcm(read(), levels=5).frame.set_index("client_id").sort_index()
    # ⌈5 (rank − ½) ÷ n⌉: ranks 1…4 of four give 1, 2, 4, 5; of five 1…5.
    assert frame["code"].tolist() == ["444", "253", "515", "1–2", "–21"]


def test_fifths_share_scores_at_ties_and_are_even_without():
    values = pd.Series(np.arange(100.0))
    assert pd.Series(score(values, 5)).value_counts().to_dict() == dict.fromkeys(range(1, 6), 20)
    tied = score(pd.Series([1.0] * 7 + [2.0] * 3), 5)
    assert set(tied[:7]) == {2}  # rank 4 of ten
    assert set(tied[7:]) == {5}  # rank 9


@pytest.mark.parametrize("seed", range(5))
def test_scores_follow_average_ranks(seed):
    values = np.random.default_rng(seed).integers(0, 12, 57).astype(float)
    wanted = np.ceil(5 * (stats.rankdata(values) - 0.5) / 57)
    assert score(pd.Series(values), 5).tolist() == wanted.tolist()


def test_unpaid_money_has_not_been_received():
    unpaid = INVOICES.assign(paid_on=INVOICES["paid_on"].where(INVOICES["client_id"] != "a"))
    frame = rcm(read(invoices=unpaid)).frame.set_index("client_id")
    assert frame.loc["a", "revenue_to_date"] == 0
    assert frame.loc["a", "capacity_left"] == 700


def test_without_payments_money_is_what_was_invoiced_and_told():
    result = rcm(read(invoices=INVOICES.drop(columns="paid_on")))
    assert result.frame.set_index("client_id").loc["b", "revenue_to_date"] == 90
    assert (
        "No payments are told: revenue so far is what was invoiced, paid or not."
        in [note.en for note in result.notes]
    )  # fmt: skip


def test_capacity_of_an_earlier_day_is_not_known():
    result = rcm(read().as_of("2024-06-29"))
    assert len(result.frame) == 6  # f was still there
    assert result.frame["capacity"].isna().all()
    assert result.frame["code"].str[1].eq("–").all()
    result.plot()


def test_readings_name_clients():
    result = rcm(read(), levels=5)
    assert result.of_reading("++-")["client_id"].tolist() == []
    assert result.of_reading("+++")["client_id"].tolist() == ["a"]
    assert "leave as is — 1" in result.say()
    assert "оставить как есть — 1" in result.say("ru")


def test_one_client_or_none_cannot_be_ranked():
    assert rcm(read(CLIENTS.iloc[:1])).say() == (
        "RCM codes: one current client cannot be ranked among others."
    )
    gone = CLIENTS.assign(ended_on="2024-06-30")
    assert rcm(read(gone)).say() == "RCM codes: nobody is a client on the day of the base."


def test_other_levels_are_refused():
    with pytest.raises(InvalidValue, match=r"levels=3 is not known; use 5 or 2\."):
        rcm(read(), levels=3)


def test_five_levels_from_fifty_clients_on():
    agency = demo_agency(150, tables=("clients", "invoices"))
    base = ClientBase.read(agency.tables, observed_from="2018-01-01", observed_until="2026-08-31")
    result = rcm(base)
    assert result.levels == (5 if len(result.frame) >= 50 else 2)
    assert result.frame["code"].str.fullmatch("[1-5–]{3}").all()
    assert result.frame["client_id"].is_unique


def test_without_capacity_the_codes_are_not_read():
    result = rcm(read(CLIENTS.drop(columns="capacity")))
    codes = dict(zip(result.frame["client_id"], result.frame["code"], strict=True))
    assert codes == {"a": "1–1", "b": "0–0", "c": "1–1", "d": "0–0", "e": "––0"}
    assert result.headline() == (
        "RCM codes: nobody's capacity is told, without it they are not read; recency and money "
        "both high — 2, both low — 2"
    )
    assert "ёмкость не указана ни у кого" in result.say("ru")
