"""The Monday list on the demo agency, and where no list can be made."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from clientlab.churn import economics, every_months, risk_list
from clientlab.churn.models import ridge_logistic
from clientlab.churn.risk_lists import score_today, yearly_value
from clientlab.clients import ClientBase
from clientlab.demo import DEMO, demo_agency
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

TABLES = ("clients", "invoices", "requests", "touches")


@pytest.fixture(scope="module")
def base():
    return ClientBase.read(DEMO)


@pytest.fixture(scope="module")
def found(base):
    return risk_list(base, ridge_logistic(ridge=50), every=6, margin=0.3)


def small(clients=40, leavers=3):
    agency = demo_agency(clients, leavers=leavers, tables=TABLES)
    return ClientBase.read(
        agency.tables, observed_from=agency.observed_from, observed_until=agency.observed_until
    )


def test_every_current_client_with_an_ongoing_contract_stands_once(base, found):
    spells = base.tables["clients"]
    here = spells[spells["ended_on"].isna() & (spells["contract"] == "ongoing")]
    assert sorted(found.frame["client_id"]) == sorted(here["client_id"])


def test_clients_stand_by_money_at_stake(found):
    frame = found.frame
    assert frame["rank"].tolist() == list(range(1, len(frame) + 1))
    assert (frame["at_stake"].diff().dropna() <= 0).all()
    np.testing.assert_allclose(frame["at_stake"], frame["estimate"] * frame["value"])


def test_each_probability_lies_in_its_interval(found):
    frame = found.frame
    assert ((frame["low"] <= frame["estimate"]) & (frame["estimate"] <= frame["high"])).all()
    assert frame["estimate"].between(0, 1).all()


def test_parts_by_reason_add_up_to_the_probability(found):
    reasons = ["outgrew", "in_house", "dissatisfied", "price", "finished", "closed", "let_go",
               "unknown"]  # fmt: skip
    np.testing.assert_allclose(found.frame[reasons].sum(axis=1), found.frame["estimate"])


def test_the_order_of_probabilities_is_that_of_the_model(found):
    scored = found.scored
    told = found.frame.set_index("client_id")["estimate"].reindex(scored.clients)
    np.testing.assert_array_equal(np.argsort(told, kind="stable"),
                                  np.argsort(scored.score, kind="stable"))  # fmt: skip


def test_nothing_of_today_is_in_the_training(base, found):
    assert found.scored.training.days.max() + pd.Timedelta("90D") <= base.day


def test_owners_are_the_managers_of_today(base, found):
    last = base.tables["clients"].drop_duplicates("client_id", keep="last")
    manager = last.set_index("client_id")["manager"]
    rows = found.frame.set_index("client_id")
    assert rows["owner"].to_dict() == manager.reindex(rows.index).fillna("").to_dict()


def test_the_sentence_tells_the_number_expected_its_interval_and_the_money(found):
    mean = found.frame["estimate"].sum()
    assert found.say().startswith(f"Of {len(found.frame)} clients {mean:.1f} are expected")
    assert "at stake" in found.say()
    assert found.say("ru").startswith(f"Из {len(found.frame)} клиентов за 90 дн. ожидается уход ")


def test_the_notes_hold_the_card_of_the_model_and_the_margin(found):
    told = " ".join(note.en for note in found.notes)
    assert "Model: AdditiveLogistic, fitted on" in told
    assert "Value is 30% of revenue: your number." in told


def test_what_is_invented_is_marked(found):
    assert repr(found).startswith("<SYNTHETIC DATA: RiskList")


def test_the_workbook_holds_the_list_and_how_it_was_made(found, tmp_path):
    book = openpyxl.load_workbook(found.workbook(tmp_path / "list.xlsx", "ru"))
    assert book.sheetnames == ["Список на понедельник", "Как сделано"]
    page = book.worksheets[0]
    heads = [cell.value for cell in page[3]]
    assert heads[:5] == ["№", "Клиент", "Название", "Менеджер", "Вероятность"]
    assert heads[-1] == "Сделано, что ответили"
    assert page.cell(4, 5).value == pytest.approx(found.frame["estimate"].iloc[0])
    told = [row[0].value for row in book.worksheets[1].iter_rows(min_row=4) if row[0].value]
    assert any(text.startswith("Модель: ") for text in told)
    assert "СИНТЕТИЧЕСКИЕ ДАННЫЕ" in told[-1]


def test_the_list_can_be_planned(found):
    offer = economics.Offer(success=0.3, acceptance=0.5, contact=3000, hours=2)
    plan = economics.plan(found, offer, hours=20)
    assert plan.called["hours"].sum() <= 20
    first = plan.frame.set_index("client_id").iloc[0]
    row = found.frame.set_index("client_id").loc[first.name]
    kept = 0.3 * row[["in_house", "dissatisfied", "price", "unknown"]].sum()
    assert first["estimate"] == pytest.approx(0.5 * row["value"] * kept - 3000)


def test_a_client_who_gave_notice_is_not_on_the_list(base):
    tables = {name: base.tables[name].copy() for name in TABLES}
    spells = tables["clients"]
    here = spells[spells["ended_on"].isna() & (spells["contract"] == "ongoing")]
    gone = here["client_id"].iloc[0]
    spells["notice_on"] = pd.NaT
    spells.loc[spells["ended_on"].isna() & (spells["client_id"] == gone), "notice_on"] = base.day
    told = ClientBase.read(tables, observed_from=base.observed_from, observed_until=base.day)
    found = score_today(told, ridge_logistic(ridge=50), every=12)
    assert gone not in found.clients


def test_fewer_than_ten_leavers_make_no_list():
    found = risk_list(small())
    assert isinstance(found, CannotSay)
    assert "under 10 no model can be told from chance" in found.say()
    assert "до 10 никакая модель не отличима от случая" in found.say("ru")


def test_records_of_less_than_a_year_make_no_list():
    frame = pd.DataFrame({"client_id": ["a"], "started_on": ["2026-01-01"]})
    bills = pd.DataFrame({"client_id": ["a"], "issued_on": ["2026-02-01"], "amount": [1]})
    base = ClientBase.read({"clients": frame, "invoices": bills},
                           observed_from="2026-01-01", observed_until="2026-08-31")  # fmt: skip
    assert risk_list(base).say() == (
        "The list of clients at risk: the records are too short to learn from; they must reach a "
        "year and the horizon back. Add earlier ones, or take a shorter horizon."
    )


def test_project_clients_alone_are_named_with_the_line_that_looks_at_them():
    frame = pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-01-01",
                          "contract": "project"})  # fmt: skip
    bills = pd.DataFrame({"client_id": ["a"], "issued_on": ["2023-02-01"], "amount": [1]})
    base = ClientBase.read({"clients": frame, "invoices": bills},
                           observed_from="2023-01-01", observed_until="2026-08-31")  # fmt: skip
    left_out = (
        "Project clients (2) are left out: they fall silent, nobody writes down their end. "
        "contract='project' looks at them."
    )
    assert risk_list(base).say() == (
        f"The list of clients at risk: nobody can leave any more after 2026-08-31. {left_out}"
    )
    rows = every_months(base)
    assert rows.say() == (
        f"Snapshots: nobody was at risk of leaving on any of these days. {left_out}"
    )
    assert rows.say("ru").endswith("Для них есть contract='project'.")


def test_leavers_of_one_month_are_one_event(base, found):
    assert not any("one event" in note.en for note in found.notes)
    agency = demo_agency(150, tables=TABLES)
    clients = agency.tables["clients"]
    clients.loc[clients["ended_on"].notna(), "ended_on"] = pd.Timestamp("2025-12-15")
    later = clients["started_on"] > "2025-10-01"
    moved = ClientBase.read(
        agency.tables | {"clients": clients[~later]},
        observed_from=agency.observed_from, observed_until=agency.observed_until,
    )  # fmt: skip
    told = risk_list(moved, ridge_logistic(ridge=50))
    assert any("one event" in note.en and "одно событие" in note.ru for note in told.notes)


def test_a_margin_that_is_no_share_is_refused(base):
    with pytest.raises(InvalidValue) as told:
        risk_list(base, margin=35)
    assert str(told.value) == "margin=35 is a share of revenue: between 0 and 1, say 0.35."


def test_a_model_without_probabilities_is_refused_and_its_calibration_taken(base):
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.svm import LinearSVC

    with pytest.raises(InvalidValue, match=r"LinearSVC ranks, but gives no probabilities"):
        risk_list(base, LinearSVC())
    calibrated = CalibratedClassifierCV(LinearSVC(C=1e-3), cv=2)
    assert risk_list(base, calibrated, every=12).frame["estimate"].between(0, 1).all()


def test_the_value_of_a_young_client_is_stretched_to_a_year():
    """a: 1,200 in a whole year; b came 181 days ago: 900 ÷ 182 × 365; c is of yesterday."""
    clients = pd.DataFrame({"client_id": ["a", "b", "c"],
                            "started_on": ["2020-01-01", "2026-03-01", "2026-08-28"]})  # fmt: skip
    bills = pd.DataFrame({
        "client_id": ["a", "a", "a", "b", "c"], "amount": [1000.0, 200, 5000, 900, 50],
        "issued_on": ["2026-02-01", "2025-09-01", "2025-08-30", "2026-04-01", "2026-08-29"],
    })  # fmt: skip
    base = ClientBase.read({"clients": clients, "invoices": bills},
                           observed_from="2020-01-01", observed_until="2026-08-31")  # fmt: skip
    told = yearly_value(base, pd.Index(["a", "b", "c"]))
    days = (pd.Timestamp("2026-08-31") - pd.Timestamp("2026-03-01")).days + 1
    assert told.tolist() == pytest.approx([1200, 900 * 365 / days, 50 * 365 / 90])


def test_two_required_tables_are_enough_for_a_list():
    agency = demo_agency(tables=("clients", "invoices"))
    needed = {"clients": ["client_id", "started_on", "ended_on"],
              "invoices": ["client_id", "issued_on", "amount"]}  # fmt: skip
    tables = {name: agency.tables[name][columns] for name, columns in needed.items()}
    base = ClientBase.read(tables, observed_from=agency.observed_from,
                           observed_until=agency.observed_until)  # fmt: skip
    found = risk_list(base, ridge_logistic(ridge=50), every=12)
    assert (found.frame["owner"] == "").all()
    assert found.frame["unknown"].sum() == pytest.approx(found.frame["estimate"].sum())


def test_a_table_of_the_list_reads_money_as_it_is_said(found):
    told = str(found.table()).replace("\N{NO-BREAK SPACE}", " ")
    assert "thousand ₽" in told
    assert not any(len(word.replace(",", "")) >= 7 and word.replace(",", "").isdigit()
                   for word in told.split())  # fmt: skip
