"""A whole agency, clean and as a Russian office exports it: every indicator is the same.

        clean                 messy
file    clients.csv           Клиенты.csv and so on, cp1251, semicolons, a title, totals
header  amount                сумма; сторно — с минусом
value   1234.5                1 234,50 руб.
day     2024-12-31            31.12.2024
code    retainer              ретейнер
whose   c017                  name of the client
"""

import csv

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.kpis import KPIS
from clientlab.clients.schema import Column, tables
from clientlab.demo import demo_agency

FILES = {"clients": "Клиенты", "invoices": "Счета", "contracts": "Договоры", "costs": "Расходы"}


def written(column: Column, value, names: dict[str, str]) -> str:
    """A value as it stands in the messy export."""
    if pd.isna(value) or value == "":
        return ""
    if column.kind == "day":
        return f"{pd.Timestamp(value):%d.%m.%Y}"
    if column.kind == "moment":
        return f"{pd.Timestamp(value):%d.%m.%Y %H:%M}"
    if column.kind == "money":
        whole = f"{abs(float(value)):,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
        return f"({whole})" if float(value) < 0 else f"{whole} руб."
    if column.kind == "number":
        return repr(float(value)).replace(".", ",")
    if column.kind == "flag":
        return "да" if value else "нет"
    if column.kind == "code":
        return column.allowed[value].ru.capitalize()
    return names.get(value, str(value)) if column.name == "client_id" else str(value)


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    agency = demo_agency(60)
    window = {"observed_from": agency.observed_from, "observed_until": agency.observed_until}
    clean, messy = tmp_path_factory.mktemp("clean"), tmp_path_factory.mktemp("messy")
    agency.write(clean)
    (messy / "clientlab.toml").write_text((clean / "clientlab.toml").read_text("utf-8"), "utf-8")
    ids = agency.tables["clients"].drop_duplicates("client_id")
    names = dict(zip(ids["client_id"], ids["name"], strict=True))
    for name, frame in agency.tables.items():
        columns = [tables()[name][column] for column in frame]
        own = {} if name == "clients" else names
        rows = [[written(column, value, own) for column, value in zip(columns, row, strict=True)]
                for row in frame.itertuples(index=False)]  # fmt: skip
        path = messy / f"{FILES.get(name, name)}.csv"
        with path.open("w", encoding="cp1251", newline="") as file:
            out = csv.writer(file, delimiter=";", lineterminator="\r\n")
            out.writerow([f"Выгрузка: {path.stem}"])
            out.writerow([])
            out.writerow([column.meaning.ru for column in columns])
            out.writerows(rows)
            out.writerow(["Итого", len(rows)])
    return ClientBase.read(clean, **window), ClientBase.read(messy, **window)


def test_every_row_of_the_messy_export_is_used(bases):
    clean, messy = (base.rows.set_index("table") for base in bases)
    assert (messy["used"] == clean["used"].reindex(messy.index)).all()
    assert (messy["set_aside"] == 1).all()  # the total
    assert not [problem for problem in bases[1].check() if problem.severity != "note"]


def test_every_table_of_the_messy_export_holds_the_same_values(bases):
    clean, messy = bases
    for name in clean.tables:
        left, right = clean.tables[name], messy.tables[name]
        pd.testing.assert_frame_equal(left, right[list(left)], check_exact=True)


@pytest.mark.parametrize("name", list(KPIS))
def test_every_indicator_of_the_messy_export_is_the_same(bases, name):
    clean, messy = (KPIS[name].function(base) for base in bases)
    pd.testing.assert_frame_equal(clean.frame, messy.frame)
    assert (clean.say("ru"), clean.notes) == (messy.say("ru"), messy.notes)
