"""Gross and net retention on the same clients.

client   Dec 2023   Mar 2024   min     Jun 2024
a        100        150        100     150
b        100        40         40      0 (a credit note above the fee)
c        (new)      80         –       80
d        50         –          0       –       left
         R0 250     GRR 140/250 = .56  NRR 190/250 = .76     Q2: 230 before, 230 after
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clientlab.clients import ClientBase
from clientlab.clients.concentration import concentration
from clientlab.clients.revenue import revenue_retention
from clientlab.clients.revenue_months import monthly
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {"client_id": ["a", "b", "c", "d"], "started_on": "2023-05-01", "contract": "ongoing"}
)
INVOICES = pd.DataFrame(
    [
        ("a", "2023-12-05", 100, "recurring"),
        ("b", "2023-12-05", 100, "recurring"),
        ("d", "2023-12-31", 50, "recurring"),
        ("a", "2023-12-20", 999, "project"),
        ("a", "2024-03-01", 150, "recurring"),
        ("b", "2024-03-05", 40, "recurring"),
        ("c", "2024-03-05", 80, "recurring"),
        ("a", "2024-06-05", 150, "recurring"),
        ("c", "2024-06-05", 80, "recurring"),
        ("b", "2024-06-30", -10, "credit_note"),
    ],
    columns=["client_id", "issued_on", "amount", "kind"],
)


def read(invoices=INVOICES, clients=CLIENTS, start="2023-12-01", end="2024-06-30") -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": invoices}, observed_from=start, observed_until=end
    )


def test_revenue_of_projects_stands_apart():
    project = pd.DataFrame([("a", "2024-04-07", 999, "project")], columns=list(INVOICES))
    result = revenue_retention(read(pd.concat([INVOICES, project], ignore_index=True)))
    assert result.frame["project_revenue"].tolist() == [0, 999]
    assert result.frame["nrr"].tolist() == revenue_retention(read()).frame["nrr"].tolist()
    assert result.notes[-1].en == "Revenue of projects stands apart: 999 in Q2 2024."
    assert result.notes[-1].ru == "Выручка проектов — отдельно: 999 за 2 кв. 2024."


def test_the_table_of_the_docstring():
    frame = revenue_retention(read()).frame
    assert frame["period"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-04-01"]
    assert frame["grr"].tolist() == pytest.approx([140 / 250, 230 / 270])
    assert frame["nrr"].tolist() == pytest.approx([190 / 250, 230 / 270])
    assert frame["base"].tolist() == [3, 3]
    assert frame["revenue_before"].tolist() == [250, 270]
    assert frame["project_revenue"].tolist() == [0, 0]
    # r = .76, residuals (74, −36, −38) ÷ (.6, .6, .8): se = 148.1 ÷ 250; t on 250² ÷ 22,500 − 1.
    se = math.hypot(74 / 0.6, 36 / 0.6, 38 / 0.8) / 250
    assert frame.loc[0, "nrr_high"] == pytest.approx(0.76 + stats.t.ppf(0.975, 16 / 9) * se)
    assert frame["estimate"].tolist() == frame["nrr"].tolist()


def test_revenue_by_month_and_kind():
    regular = monthly(read())
    assert regular.loc["a"].tolist() == [100, 0, 0, 150, 0, 0, 150]
    assert regular.loc["b"].tolist() == [100, 0, 0, 40, 0, 0, -10]
    assert monthly(read(), kind="project").loc["a"].tolist() == [999, 0, 0, 0, 0, 0, 0]
    assert monthly(read(), kind="all").loc["a", pd.Timestamp("2023-12-01")] == 1099


def test_without_kinds_the_contract_decides():
    clients = CLIENTS.assign(contract=["ongoing", "project", "ongoing", "ongoing"])
    base = read(INVOICES.drop(columns="kind"), clients)
    assert monthly(base).index.tolist() == ["a", "c", "d"]
    assert monthly(base, kind="project").index.tolist() == ["b"]


def test_a_period_without_the_month_before_is_left_out():
    frame = revenue_retention(read(start="2024-01-01")).frame
    assert frame["period"].dt.strftime("%Y-%m-%d").tolist() == ["2024-04-01"]


def test_bills_with_gaps_are_counted():
    assert "3 of 4 clients have months without" in revenue_retention(read()).notes[0].en


def test_bills_that_are_not_monthly_decide_nothing_until_marked():
    untold = revenue_retention(read(INVOICES.drop(columns="kind")))
    assert untold.uneven
    assert untold.decide().startswith("First mark which invoices recur (invoices.kind)")
    assert untold.decide("ru").startswith("Сначала указать, какие счета регулярные")
    assert not revenue_retention(read()).uneven


def test_the_words_follow_the_numbers():
    def base_of(after: float, spread: float):
        rows = []
        for number in range(60):
            share = after + spread * (-1) ** number
            rows += [(f"c{number}", "2023-12-05", 100, "recurring"),
                     (f"c{number}", "2024-03-05", 100 * share, "recurring")]  # fmt: skip
        clients = pd.DataFrame({"client_id": [f"c{n}" for n in range(60)],
                                "started_on": "2023-01-01"})  # fmt: skip
        return read(pd.DataFrame(rows, columns=list(INVOICES)), clients, end="2024-03-31")

    shrinks, hides = revenue_retention(base_of(0.8, 0.1)), revenue_retention(base_of(1.3, 0.4))
    same = revenue_retention(base_of(1.0, 0.4))
    assert shrinks.decide().startswith("The base shrinks")
    assert hides.decide().startswith("Growth of some hides losses")
    assert same.decide() == ""
    assert shrinks.headline() == (
        "Recurring revenue of the same clients shrank to 80% in Q1 2024, 80% without growth"
    )
    assert "gross:" in shrinks.say()
    assert "без роста" in shrinks.say("ru")


def test_no_recurring_revenue_cannot_be_retained():
    for invoices in (INVOICES[INVOICES["kind"] == "project"], INVOICES.iloc[:0]):
        result = revenue_retention(read(invoices))
        assert isinstance(result, CannotSay)
        assert result.say().startswith("Retention of revenue: no quarter of the records")


def test_one_client_has_no_interval():
    frame = revenue_retention(read(INVOICES[INVOICES["client_id"] == "a"])).frame
    assert frame["nrr"].tolist() == [1.5, 1.0]
    assert frame[["nrr_low", "nrr_high"]].isna().all(axis=None)


def test_what_became_known_later_changes_nothing():
    before = revenue_retention(read().as_of("2024-03-31")).frame
    more = pd.concat([INVOICES, INVOICES.assign(issued_on="2024-04-01")], ignore_index=True)
    pd.testing.assert_frame_equal(revenue_retention(read(more).as_of("2024-03-31")).frame, before)


AMOUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(-100, 500)), min_size=1, max_size=8)


def retention_of(pairs, factor=1.0):
    rows = [
        (f"c{number}", day, amount * factor, "recurring")
        for number, pair in enumerate(pairs)
        for day, amount in zip(("2023-12-05", "2024-03-05"), pair, strict=True)
    ]
    clients = pd.DataFrame(
        {"client_id": [f"c{number}" for number in range(len(pairs))], "started_on": "2023-01-01"}
    )
    return revenue_retention(
        read(pd.DataFrame(rows, columns=list(INVOICES)), clients, end="2024-03-31")
    )


@settings(max_examples=40)
@given(AMOUNTS)
def test_gross_is_never_above_net_nor_above_one(pairs):
    result = retention_of(pairs)
    if not isinstance(result, CannotSay):
        row = result.frame.iloc[0]
        assert row["grr"] <= min(1, row["nrr"]) + 1e-12
        assert not row["grr_high"] > 1


@settings(max_examples=20)
@given(AMOUNTS)
def test_another_currency_changes_no_rate(pairs):
    one, other = retention_of(pairs), retention_of(pairs, 60.0)
    if not isinstance(one, CannotSay):
        columns = ["grr", "grr_low", "nrr", "nrr_high"]
        assert np.allclose(one.frame[columns], other.frame[columns], equal_nan=True)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_is_drawn_and_tabled(lang):
    from clientlab.session import setup

    setup(lang)
    result = revenue_retention(read())
    assert len(result.plot().lines) == 2
    assert "%" in repr(result.table())


def billed(amounts, day="2024-05-05") -> pd.DataFrame:
    clients = [f"c{index}" for index in range(len(amounts))]
    return pd.DataFrame({"client_id": clients, "issued_on": day, "amount": amounts})


def concentrated(amounts, **more):
    invoices = billed(amounts, **more)
    clients = pd.DataFrame({"client_id": invoices["client_id"], "started_on": "2023-01-01"})
    return concentration(read(invoices, clients, start="2022-01-01"))


def test_shares_of_the_largest_clients_add_up():
    result = concentrated([10, 40, 20, 10, 10, 10])
    assert result.frame[["group", "estimate", "base"]].values.tolist() == [
        [1, 0.4, 6],
        [3, 0.7, 6],
        [5, 0.9, 6],
    ]
    assert result.frame[["low", "high"]].isna().all(axis=None)
    assert result.say() == (
        "The largest client brings 40% of revenue, 5 largest 90% (2023-07-01 – 2024-06-30; as "
        "concentrated as 4.2 equal clients; base 6 clients)."  # 1 / (.16 + .04 + 4 × .01) = 4.17
    )
    assert result.headline("ru") == "Крупнейший клиент приносит 40% выручки, 5 крупнейших — 90%"


def test_equal_clients_are_as_many_as_they_are():
    assert "as concentrated as 8.0 equal clients" in concentrated([7] * 8).say()


def test_more_credit_than_invoices_is_left_out_and_told():
    result = concentrated([100, -20, 100])
    assert result.frame["estimate"].tolist() == [0.5]
    assert result.notes[-1].en.endswith("left out: 1.")


def test_revenue_of_one_client_or_none_is_said():
    assert concentrated([100]).say().startswith("All revenue comes from one client (")
    for result in (concentrated([-5]), concentrated([100], day="2023-06-30")):
        assert isinstance(result, CannotSay)
        assert result.say().startswith("Concentration of revenue: no client has revenue in 2023-07")
    assert concentrated([100], day="2023-07-01").frame["estimate"].tolist() == [1]


def test_concentration_of_an_earlier_day_knows_no_later_invoice():
    early = concentration(read().as_of("2024-03-31"))
    later = pd.concat([INVOICES, INVOICES.assign(issued_on="2024-04-01")], ignore_index=True)
    again = concentration(read(later).as_of("2024-03-31"))
    pd.testing.assert_frame_equal(again.frame, early.frame)
    assert again.say() == early.say()


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_concentration_is_drawn_and_tabled(lang):
    from clientlab.session import setup

    setup(lang)
    result = concentrated([10, 40, 20, 10, 10, 10])
    assert len(result.plot().patches) == 3
    assert "40%" in repr(result.table())
    assert result.decide(lang)
    assert result.measures(lang)
    assert all(note.in_language(lang) for note in result.notes)


def test_a_month_begun_before_the_records_is_not_half_counted():
    table = monthly(read(start="2023-12-10"))
    assert table.loc["d", pd.Timestamp("2023-12-01")] == 50
    assert "b" not in table.index or table.loc["b", pd.Timestamp("2023-12-01")] == 0


def test_credits_above_the_fee_and_untold_kinds_are_noted():
    notes = [note.en for note in revenue_retention(read()).notes]
    assert "Last months with more credited than billed, counted as 0: 1." in notes
    untold = revenue_retention(read(INVOICES.drop(columns="kind")))
    assert any("invoices.kind" in note.en for note in untold.notes)


def test_labels_of_neighbouring_lines_stand_apart():
    axes = revenue_retention(read()).plot()
    heights = sorted(text.xyann[1] for text in axes.texts)
    assert heights[-1] - heights[0] >= 18
