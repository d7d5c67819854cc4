"""Whom the agency works for in fact; the budget for doing more than promised.

client  industry  2024 revenue    planned  spent
a       banks     300             50       40
b       retail    100 (−20 back)  30       0
c       (empty)   20              none
"""

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.budget import client_budget
from clientlab.clients.positioning import positioning, revenue_by
from clientlab.results import CannotSay

CLIENTS = pd.DataFrame(
    {
        "client_id": ["a", "b", "c"],
        "started_on": "2023-05-01",
        "industry": ["Banks", "Retail", None],
        "financial_model": ["retainer", "fixed_price", "retainer"],
    }
)
INVOICES = pd.DataFrame(
    [
        ("a", "2024-02-01", 300),
        ("b", "2024-03-01", 100),
        ("b", "2024-04-01", -20),
        ("c", "2024-05-01", 20),
        ("b", "2023-05-01", 9999),
    ],
    columns=["client_id", "issued_on", "amount"],
)
CONTRACTS = pd.DataFrame(
    {
        "client_id": ["a", "b", "c"],
        "signed_on": "2024-01-10",
        "amount": [1000, 600, 100],
        "client_budget": [50, 30, None],
    }
)
COSTS = pd.DataFrame(
    {
        "client_id": ["a", "b"],
        "spent_on": "2024-06-01",
        "amount": [40, 999],
        "purpose": ["client_budget", "production"],
    }
)


@pytest.fixture
def folder(tmp_path):
    for name, frame in (("clients", CLIENTS), ("invoices", INVOICES), ("contracts", CONTRACTS),
                        ("costs", COSTS)):  # fmt: skip
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def read(folder, said="") -> ClientBase:
    text = "[base]\nobserved_from = 2023-01-01\nobserved_until = 2024-12-31\ncurrency = 'RUB'\n"
    (folder / "clientlab.toml").write_text(text + said, "utf-8")
    return ClientBase.read(folder)


def test_revenue_of_the_last_twelve_months_by_industry(folder):
    result = positioning(read(folder))
    assert result.frame["group"].tolist()[:2] == ["Banks", "Retail"]
    assert result.frame["revenue"].tolist() == [300, 80, 20]
    assert result.frame["estimate"].tolist() == [0.75, 0.2, 0.05]
    assert result.frame["low"].isna().all()
    assert (
        result.say() == "Industry with most revenue: Banks, 75% (300\N{NO-BREAK SPACE}₽, 1 client)."
    )
    assert any("not_industries" in note.en for note in result.notes)


def test_industries_that_we_say_we_do_not_work_with(folder):
    result = positioning(read(folder, '[agency]\nnot_industries = ["retail", "arms"]\n'))
    assert result.frame["excluded"].tolist() == [False, True, False]
    assert result.say() == (
        "From industries that we say we do not work with: 20% of revenue (1 client, "
        "80\N{NO-BREAK SPACE}₽)."
    )
    assert result.decide().startswith("Decide: either say")


def test_no_revenue_from_them_needs_no_decision(folder):
    result = positioning(read(folder, '[agency]\nnot_industries = ["arms"]\n'))
    assert result.say().startswith("No revenue comes from industries")
    assert result.decide() == ""


def test_revenue_by_any_column(folder):
    result = revenue_by(read(folder), "financial_model")
    assert dict(zip(result.frame["group"], result.frame["estimate"], strict=True)) == {
        "retainer": 0.8,
        "fixed_price": 0.2,
    }
    assert result.frame["label_ru"].tolist()[0] == "ретейнер"


def test_without_industries_it_cannot_say(folder):
    CLIENTS.drop(columns="industry").to_csv(folder / "clients.csv", index=False)
    result = positioning(read(folder))
    assert isinstance(result, CannotSay)
    assert "needs clients.industry" in result.say()


def test_planned_and_spent(folder):
    row = client_budget(read(folder)).frame.iloc[-1]
    assert (row["planned"], row["spent"], row["estimates"], row["base"]) == (80, 40, 1600, 2)
    assert row["estimate"] == 0.5
    assert row["planned_share"] == 0.05


def test_a_cost_that_tells_no_client_leaves_no_interval(folder):
    COSTS.assign(client_id=None).to_csv(folder / "costs.csv", index=False)
    row = client_budget(read(folder)).frame.iloc[-1]
    assert row["estimate"] == 0.5
    assert pd.isna(row["low"])


def test_the_picture_marks_the_industries_of_its_title_and_no_small_ones(folder):
    def colours(said):
        return [bar.get_facecolor() for bar in positioning(read(folder, said)).plot().patches]

    named = colours('[agency]\nnot_industries = ["retail", "arms"]\n')
    assert named[1] != named[0] == named[2]
    assert len(set(colours(""))) == 1  # facts of the books: one client is no small base
