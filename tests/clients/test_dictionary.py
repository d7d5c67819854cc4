"""The schema as people meet it: dictionary, templates, settings.

template of invoices (ru): код клиента;номер;дата;сумма;… -> read back without mapping
"""

import csv
from pathlib import Path

import pytest

from clientlab.clients import ClientBase
from clientlab.clients.dictionary import MARK, dictionary, write_templates
from clientlab.clients.headers import mapped_headers
from clientlab.clients.schema import KINDS, UNDATED, tables
from clientlab.config import FILE, Config, read_config

ROOT = Path(__file__).resolve().parents[2]


def test_the_dictionary_of_the_data_folder_is_that_of_the_schema():
    written = (ROOT / "data" / "README.md").read_text("utf-8")
    assert written[written.index(MARK) :] == dictionary(), "run: python -m clientlab dictionary"


def test_every_column_is_described_in_both_languages():
    for table in tables().values():
        for column in table.columns:
            assert column.meaning.en
            assert column.meaning.ru
            assert column.kind in KINDS
            assert f"`{column.name}`" in dictionary()


def test_every_later_day_is_a_day_of_its_table():
    for table in tables().values():
        assert table[table.known_at].is_day
        assert table[table.known_at].required
        for day in table.later.values():
            assert table[day].is_day


def test_only_clients_have_undated_columns():
    for table in tables().values():
        marked = [column.name for column in table.columns if column.known_at == UNDATED]
        assert bool(marked) == (table.name == "clients")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_template_is_understood_without_mapping(tmp_path, lang):
    written = write_templates(tmp_path, lang=lang)
    assert len(written) == len(tables()) + 1
    for table in tables().values():
        text = (tmp_path / f"{table.name}.csv").read_text("utf-8-sig")
        headers = next(csv.reader([text], delimiter="," if lang == "en" else ";"))
        found, problems = mapped_headers(table, headers, Config())
        assert list(found) == [column.name for column in table.columns if column.name in found]
        assert len(found) == len(table.columns), (table.name, headers, found)
        assert not [problem for problem in problems if problem.severity == "error"]
        expected = dict(zip([column.name for column in table.columns], headers, strict=True))
        assert found == expected


def test_templates_never_overwrite(tmp_path):
    (tmp_path / "clients.csv").write_text("mine", "utf-8")
    written = write_templates(tmp_path)
    assert tmp_path / "clients.csv" not in written
    assert (tmp_path / "clients.csv").read_text("utf-8") == "mine"


def test_the_settings_of_the_template_are_settings(tmp_path):
    write_templates(tmp_path)
    text = (tmp_path / FILE).read_text("utf-8")
    lines = [line.removeprefix("# ") for line in text.splitlines() if not line.startswith("# W")]
    (tmp_path / FILE).write_text(
        "\n".join(line for line in lines if not line.startswith(("Files", "What"))), "utf-8"
    )
    config = read_config(tmp_path / FILE)
    assert config.currency == "RUB"
    assert config.files["invoices"].sheets == ["2025", "2026"]
    assert config.columns["invoices"] == {"amount": "Сумма, ₽"}


def test_a_filled_template_is_a_base(tmp_path):
    write_templates(tmp_path, lang="ru")
    for name, row in (
        ("clients", {"client_id": "c1", "started_on": "01.02.2024"}),
        ("invoices", {"client_id": "c1", "issued_on": "05.02.2024", "amount": "1 000,50"}),
    ):
        path = tmp_path / f"{name}.csv"
        cells = [row.get(column.name, "") for column in tables()[name].columns]
        path.write_text(path.read_text("utf-8-sig") + ";".join(cells) + "\n", "utf-8-sig")
    for path in tmp_path.glob("*.csv"):
        if path.stem not in ("clients", "invoices"):
            path.unlink()
    base = ClientBase.read(tmp_path)
    assert base.tables["invoices"]["amount"].tolist() == [1000.5]
