"""The same facts, clean and messy, are the same base.

clean   clients.csv, invoices.csv: UTF-8, commas, ISO days, identifiers
messy   CRM и счета.xlsx or Клиенты.csv + Счета.csv: cp1251, semicolons, titles above the
        header, '1 234,50 ₽', '31.12.2024', names for identifiers, totals at the end
"""

from io import StringIO

import pandas as pd
import pytest

from clientlab.clients import ClientBase
from clientlab.clients.churn_rates import churn_rate
from clientlab.clients.schema import tables
from clientlab.problems import InvalidValue
from clientlab.values import normalised

CLEAN_CLIENTS = """client_id,name,started_on,ended_on,end_reason,contract,key_client,capacity
c1,ООО «Ромашка»,2023-01-09,2024-05-20,price,ongoing,1,1200000
c2,АО Север,2023-02-01,,,ongoing,0,500000.5
c3,ИП Иванов,2024-02-12,,,project,0,
"""
CLEAN_INVOICES = """client_id,invoice_id,issued_on,amount,kind,paid_on
c1,1,2024-01-09,1234.5,recurring,2024-01-20
c1,2,2024-02-09,100000,recurring,
c2,3,2024-02-10,250000,recurring,2024-03-01
c2,4,2024-03-10,-1000,credit_note,
c3,5,2024-12-31,77.07,project,
"""
MESSY_CLIENTS = """Отчёт по клиентам;;;;;;;
Период: 2023–2024;;;;;;;
;;;;;;;
Код клиента;Наименование;Дата начала;Дата окончания;Причина ухода;Тип договора;Ключевой;Ёмкость, ₽
c1;ООО «Ромашка»;09.01.2023;20.05.2024;Цена;постоянный;да;1 200 000,00 ₽
c2;АО Север;01.02.2023;;;Постоянный;нет;500\u00a0000,5
c3;ИП Иванов;12.02.2024;-;н/д;проектный;нет;
Итого;3;;;;;;1 700 000,50
"""
MESSY_INVOICES = """Контрагент;Номер счёта;Дата счета;Сумма, руб.;Вид счета;Дата оплаты;Комментарий
"Ромашка, ООО";1;09.01.2024;1 234,50 ₽;Регулярный платёж;20.01.2024;
ООО «Ромашка»;2;9.2.2024;100\u00a0000,00;регулярный платеж;;"оплатят
в марте"
Север;3;10.02.2024;250000;Регулярный платёж;01 марта 2024 г.;
Контрагент;Номер счёта;Дата счета;Сумма, руб.;Вид счета;Дата оплаты;Комментарий
АО «СЕВЕР»;4;10.03.2024;(1 000,00);Сторно;;

ИП ИВАНОВ;5;45657;77,07;Проект;;
ВСЕГО:;;;350 311,57;;;
"""
WINDOW = {"observed_from": "2024-01-01", "observed_until": "2024-12-31"}


@pytest.fixture
def clean(tmp_path) -> ClientBase:
    folder = tmp_path / "clean"
    folder.mkdir()
    (folder / "clients.csv").write_text(CLEAN_CLIENTS, "utf-8")
    (folder / "invoices.csv").write_text(CLEAN_INVOICES, "utf-8")
    return ClientBase.read(folder, **WINDOW)


def messy_folder(tmp_path, encoding="cp1251"):
    folder = tmp_path / "messy"
    folder.mkdir()
    for name, text in (("Клиенты", MESSY_CLIENTS), ("Счета", MESSY_INVOICES)):
        if encoding == "cp1251":
            text = text.replace("₽", "руб.")  # cp1251 has no sign of the rouble
        (folder / f"{name}.csv").write_text(text, encoding)
    return folder


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16"])
def test_a_messy_russian_export_is_the_same_base(clean, tmp_path, encoding):
    messy = ClientBase.read(messy_folder(tmp_path, encoding), **WINDOW)
    for name in ("clients", "invoices"):
        left, right = clean.tables[name], messy.tables[name]
        pd.testing.assert_frame_equal(left[sorted(left)], right[sorted(left)])
    pd.testing.assert_frame_equal(churn_rate(clean).frame, churn_rate(messy).frame)


def test_nothing_of_the_messy_export_is_lost_unsaid(tmp_path):
    base = ClientBase.read(messy_folder(tmp_path), **WINDOW)
    rows = base.rows.set_index("table")
    assert rows.loc["clients", ["rows_in", "used", "set_aside"]].tolist() == [4, 3, 1]
    assert rows.loc["invoices", ["rows_in", "used", "set_aside"]].tolist() == [7, 5, 2]
    said = [str(problem) for problem in base.check()]
    assert "clients, row 8: totals or repeated headers: set aside." in said
    assert "invoices, rows 5, 9: totals or repeated headers: set aside." in said
    assert any("cp1251, separated by semicolons, header in row 4" in line for line in said)
    assert any("clients told by name" in line for line in said)
    assert any("columns not used: 'Комментарий'" in line for line in said)


def test_a_plain_file_is_not_a_guess_to_be_told(clean):
    assert not [str(problem) for problem in clean.check() if "read as" in str(problem)]


def test_a_folder_of_spss_files_is_a_base(clean, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    for name, text in (("clients", CLEAN_CLIENTS), ("invoices", CLEAN_INVOICES)):
        frame = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
        pyreadstat.write_sav(frame, str(tmp_path / f"{name}.sav"))
    read = ClientBase.read(tmp_path, **WINDOW)
    pd.testing.assert_frame_equal(churn_rate(clean).frame, churn_rate(read).frame)


def test_a_workbook_with_a_sheet_for_each_table_is_a_base(clean, tmp_path):
    path = tmp_path / "База 2024.xlsx"
    with pd.ExcelWriter(path) as book:
        for sheet, text in (("Клиенты", CLEAN_CLIENTS), ("Счета", CLEAN_INVOICES)):
            lines = [line.split(",") for line in text.strip().splitlines()]
            frame = pd.DataFrame(lines[1:], columns=lines[0])
            for column in frame:
                if column.endswith("_on"):
                    frame[column] = pd.to_datetime(frame[column].replace("", None))
                elif column in ("amount", "capacity", "invoice_id"):
                    frame[column] = pd.to_numeric(frame[column])
            frame.to_excel(book, sheet_name=sheet, index=False)
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Черновик", index=False)
    base = ClientBase.read(path, **WINDOW)
    for name in ("clients", "invoices"):
        pd.testing.assert_frame_equal(base.tables[name], clean.tables[name])
    assert "the sheet 'Черновик' is not read: no table has this name." in [
        problem.message for problem in base.check()
    ]


def test_sheets_by_year_are_stacked(clean, tmp_path):
    lines = CLEAN_INVOICES.strip().splitlines()
    (tmp_path / "own").mkdir()
    with pd.ExcelWriter(tmp_path / "own" / "book.xlsx") as book:
        for sheet, part in (("один", lines[1:4]), ("два", lines[4:])):
            frame = pd.DataFrame([line.split(",") for line in part], columns=lines[0].split(","))
            frame.to_excel(book, sheet_name=sheet, index=False)
    (tmp_path / "own" / "clients.csv").write_text(CLEAN_CLIENTS, "utf-8")
    (tmp_path / "own" / "clientlab.toml").write_text(
        '[base]\nobserved_from = 2024-01-01\nobserved_until = 2024-12-31\ncurrency = "RUB"\n'
        '[files]\ninvoices = {path = "book.xlsx", sheets = ["один", "два"]}\n',
        "utf-8",
    )
    base = ClientBase.read(tmp_path / "own")
    pd.testing.assert_frame_equal(base.tables["invoices"], clean.tables["invoices"])
    assert base.currency == "RUB"
    assert base.guessed == frozenset()


def test_the_analyst_maps_what_cannot_be_guessed(tmp_path):
    (tmp_path / "clients.csv").write_text("client_id,started_on\nc1,2024-01-01\n", "utf-8")
    (tmp_path / "invoices.csv").write_text("client_id,date,К оплате\nc1,2024-01-01,5\n", "utf-8")
    with pytest.raises(InvalidValue) as caught:
        ClientBase.read(tmp_path)
    assert str(caught.value) == (
        "invoices: column 'amount' is missing; the file has 'К оплате'. "
        'Map it: [columns.invoices] amount = "К оплате"'
    )
    (tmp_path / "clientlab.toml").write_text('[columns.invoices]\namount = "К оплате"\n', "utf-8")
    assert ClientBase.read(tmp_path).tables["invoices"]["amount"].tolist() == [5]


def test_codes_that_lost_their_zeros_are_matched():
    clients = pd.DataFrame({"client_id": ["0017", "0018", "07", "7"], "started_on": "2024-01-01"})
    told = ["17", "0018", "7", "007"]
    invoices = pd.DataFrame({"client_id": told, "issued_on": "2024-02-01", "amount": [1, 2, 3, 4]})
    base = ClientBase.read({"clients": clients, "invoices": invoices}, **WINDOW)
    assert base.tables["invoices"]["client_id"].tolist() == ["0017", "0018", "7"]
    said = [problem.message for problem in base.check() if problem.table == "invoices"]
    assert said == [
        "1 row, 4 in money of clients that the table of clients lacks ('007'). Set aside.",
        "1 client told by number, without the zeros before it, and matched to the table of "
        "clients.",
    ]


def test_a_backslash_in_a_path_is_told(tmp_path):
    (tmp_path / "clientlab.toml").write_text('[files]\nclients = "C:\\Users\\a.csv"\n', "utf-8")
    with pytest.raises(InvalidValue, match=r"In paths write / in place of \\\.$"):
        ClientBase.read(tmp_path)


def test_one_name_of_two_clients_matches_nobody(tmp_path):
    clients = pd.DataFrame(
        {"client_id": ["1", "2"], "name": ["Ромашка", "ООО Ромашка"], "started_on": "2024-01-01"}
    )
    invoices = pd.DataFrame({"client_id": ["Ромашка", "1"], "issued_on": "2024-02-01", "amount": 1})
    base = ClientBase.read({"clients": clients, "invoices": invoices}, **WINDOW)
    assert base.tables["invoices"]["client_id"].tolist() == ["1"]
    assert any("'Ромашка'" in problem.message for problem in base.check())


def test_words_of_the_agency_are_mapped_to_codes(tmp_path):
    (tmp_path / "clients.csv").write_text(
        "client_id,started_on,ended_on,end_reason\nc1,2024-01-01,2024-03-01,ушли к Васе\n", "utf-8"
    )
    (tmp_path / "invoices.csv").write_text("client_id,issued_on,amount\nc1,2024-01-01,5\n", "utf-8")
    base = ClientBase.read(tmp_path, **WINDOW)
    assert base.tables["clients"]["end_reason"].isna().all()
    assert any("('ушли к Васе'). Taken as missing. Use one of: outgrew" in problem.message
               for problem in base.check())  # fmt: skip
    (tmp_path / "clientlab.toml").write_text(
        '[values.clients.end_reason]\n"ушли к Васе" = "dissatisfied"\n', "utf-8"
    )
    base = ClientBase.read(tmp_path, **WINDOW)
    assert base.tables["clients"]["end_reason"].tolist() == ["dissatisfied"]


def test_mistakes_in_the_settings_are_told_at_once(tmp_path):
    (tmp_path / "clientlab.toml").write_text(
        '[base]\nobserved_form = 2024-01-01\nobserved_until = "soon"\n', "utf-8"
    )
    with pytest.raises(InvalidValue) as caught:
        ClientBase.read(tmp_path)
    assert str(caught.value) == (
        "clientlab.toml: [base.observed_until] must be a day without quotation marks, as in "
        "2018-01-31.\nclientlab.toml: [base.observed_form] is not a setting. Known here: name, "
        "synthetic, observed_from, observed_until, currency."
    )


def folder_of(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', ' ')}.csv").write_text(text, "utf-8")
    return ClientBase.read(tmp_path, **WINDOW)


ONE_CLIENT = "Клиент;Дата начала работы\nА;09.01.2023\n"


def test_a_table_in_a_file_for_each_year_is_read_under_each_other(tmp_path):
    base = folder_of(
        tmp_path, Клиенты=ONE_CLIENT,
        Счета_2023="Клиент;Дата;Сумма\nА;01.03.2023;100\n",
        Счета_за_2024_год="Клиент;Дата;Сумма\nА;01.03.2024;200\nА;01.04.2024;300\n",
    )  # fmt: skip
    assert base.tables["invoices"]["amount"].tolist() == [100, 200, 300]
    (told,) = [problem for problem in base.check() if problem.severity == "warning"
               and problem.table == "invoices"]  # fmt: skip
    assert "2 files are read as this table, under each other" in told.message


def test_beside_a_file_of_the_very_name_others_are_left_and_told(tmp_path):
    base = folder_of(
        tmp_path, clients=ONE_CLIENT, invoices="Клиент;Дата;Сумма\nА;01.03.2024;100\n",
        Счета="Клиент;Дата;Сумма\nА;01.03.2024;999\n",
    )  # fmt: skip
    assert base.tables["invoices"]["amount"].tolist() == [100]
    said = [problem.message for problem in base.check() if problem.severity == "warning"]
    assert "the file Счета.csv is not read: another file is invoices." in said


def test_a_missing_table_names_what_was_not_read(tmp_path):
    with pytest.raises(InvalidValue, match=r"Not read so far: the file деньги\.csv\."):
        folder_of(tmp_path, clients=ONE_CLIENT, деньги="Клиент;Дата;Сумма\nА;01.03.2024;9\n")


def test_a_longer_header_is_guessed_for_a_required_column_only(tmp_path):
    base = folder_of(
        tmp_path,
        clients="Клиент;Дата начала сотрудничества;Дата окончания договора\nА;09.01.2023;"
                "31.12.2026\n",
        invoices="Клиент;Дата;Сумма счёта с НДС;Плановая сумма\nА;01.03.2024;100;999\n",
    )  # fmt: skip
    assert base.tables["invoices"]["amount"].tolist() == [100]
    assert "ended_on" not in base.tables["clients"]  # the end of a contract is not that of a client
    said = " ".join(problem.message for problem in base.check())
    assert "columns not used: 'Дата окончания договора'" in said


def test_of_two_longer_headers_none_is_guessed(tmp_path):
    with pytest.raises(InvalidValue, match="column 'amount' is missing; the file has"):
        folder_of(
            tmp_path, clients=ONE_CLIENT,
            invoices="Клиент;Дата;Сумма с НДС;Сумма без НДС\nА;01.03.2024;100;80\n",
        )  # fmt: skip


def test_words_for_codes_that_people_use_are_known(tmp_path):
    base = folder_of(
        tmp_path,
        clients="Клиент;Дата начала;Дата ухода;Причина;Договор\nА;09.01.2023;01.05.2024;дорого;"
                "Абонентский\nБ;09.01.2023;01.05.2024;Ушли в инхаус;проект\n",
        invoices="Клиент;Дата;Сумма\nА;01.03.2024;100\n",
    )  # fmt: skip
    assert base.tables["clients"]["end_reason"].tolist() == ["price", "in_house"]
    assert base.tables["clients"]["contract"].tolist() == ["ongoing", "project"]


def test_no_word_means_two_codes_of_a_column():
    for table in tables().values():
        for column in table.columns:
            labels = {normalised(name): code for code, label in column.allowed.items()
                      for name in (code.replace("_", " "), label.en, label.ru)}  # fmt: skip
            for word, code in column.words.items():
                assert labels.get(normalised(word), code) == code, word


INVOICES_OF_A = "Клиент;Дата;Сумма\nА;01.03.2024;100\n"


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(tmp_path):
    (tmp_path / "договоры.xlsx").write_bytes(b"no workbook")
    (tmp_path / "лента.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "~$clients.xlsx").write_bytes(b"open in Excel")
    (tmp_path / ".clients.csv").write_bytes(b"")
    base = folder_of(tmp_path, clients=ONE_CLIENT, invoices=INVOICES_OF_A)
    assert base.tables["invoices"]["amount"].tolist() == [100]
    assert [str(problem) for problem in base.check() if problem.severity != "note"] == [
        "лента.xls: the file лента.xls is not read: save this old workbook as .xlsx.",
        "contracts: the file договоры.xlsx is not read: this is not a workbook that Excel saved.",
    ]


def test_required_files_that_cannot_be_read_are_refused_together(tmp_path):
    with pytest.raises(InvalidValue) as caught:
        folder_of(tmp_path, clients="", invoices="Клиент;Дата;Сумма;Сумма\nА;01.03.2024;1;2\n")
    assert str(caught.value) == (
        "clients: the file clients.csv is not read: the file is empty.\n"
        "invoices: the file invoices.csv is not read: 'Сумма' names more than one column; every "
        "column needs a name of its own."
    )


def test_a_list_of_names_is_a_list_of_clients(tmp_path):
    base = folder_of(
        tmp_path, clients="Название;Дата начала\nООО «Ромашка»;09.01.2023\n",
        invoices="Клиент;Дата;Сумма\nРомашка;01.03.2024;100\n",
    )  # fmt: skip
    assert base.tables["invoices"]["client_id"].tolist() == ["ООО «Ромашка»"]


def test_a_spell_told_twice_is_used_once(tmp_path):
    base = folder_of(
        tmp_path, clients=ONE_CLIENT + "А;09.01.2023\nА;01.01.2024\n", invoices=INVOICES_OF_A
    )
    assert base.rows.set_index("table").loc["clients", "why"] == (
        "overlaps an earlier spell: 1; repeats another row: 1"
    )
    said = [problem.message for problem in base.check() if problem.severity == "warning"]
    assert said == ["1 row equal to another row in every column. Used once."]


def test_a_table_with_a_header_and_nothing_else_is_told(tmp_path):
    base = folder_of(tmp_path, clients=ONE_CLIENT, invoices="Клиент;Дата;Сумма\n")
    assert "invoices: the table holds no rows." in [str(problem) for problem in base.check()]


def test_what_could_not_be_read_says_how_to_write_it(tmp_path):
    base = folder_of(
        tmp_path,
        clients="Клиент;Дата начала;Ключевой;Договор;Компетентность\n"
                "А;09.01.2023;возможно;по дружбе;9\n",
        invoices="Клиент;Дата;Сумма\nА;01.03.2024;100\nА;31.06.2024;7\nА;01.04.2024;12 34\n;;5\n"
                 "Б;01.03.2024;4\n",
    )  # fmt: skip
    assert [str(problem) for problem in base.check() if problem.severity != "note"] == [
        "invoices, column 'client_id', row 5: 1 row without a value; it is required. Set aside. "
        "Fill it in; of merged cells only the first holds the value.",
        "invoices, column 'issued_on', row 3: 1 value could not be read as a day ('31.06.2024'). "
        "Rows set aside. Write days as 31.12.2026 or 2026-12-31.",
        "invoices, column 'issued_on', row 5: 1 row without a value; it is required. Set aside. "
        "Fill it in; of merged cells only the first holds the value.",
        "invoices, column 'amount', row 4: 1 value could not be read as an amount ('12 34'). Rows "
        "set aside. Write amounts as 1 234,50 or 1234.5, with nothing but the currency.",
        "invoices, column 'client_id', row 6: 1 row, 4 in money of clients that the table of "
        "clients lacks ('Б'). Set aside. Add them to clients, or write them as they stand there.",
        "clients, column 'contract', row 2: 1 value could not be read as one of the list "
        "('по дружбе'). Taken as missing. Use one of: ongoing, project. Or map it in "
        'clientlab.toml: [values.clients.contract] "по дружбе" = "…"',
        "clients, column 'key_client', row 2: 1 value could not be read as yes or no ('возможно'). "
        "Taken as missing. Write yes or no (да, нет).",
        "clients, column 'competence', row 2: 1 value lies outside of 1 to 5 ('9'). Taken as "
        "missing.",
    ]
    rows = base.rows.set_index("table").loc["invoices"]
    assert (rows["rows_in"], rows["used"], rows["set_aside"]) == (5, 1, 4)


def test_the_line_that_a_problem_tells_can_be_typed_as_it_stands(tmp_path):
    (tmp_path / "clientlab.toml").write_text(
        '[columns.invoices] amount = "К оплате"\n'
        '[values.clients.contract] "по дружбе" = "ongoing"\n'
        '[columns.invoices] issued_on = "Когда"\n'
        'client_id = "Кто"\n'
        "[base]\nobserved_from = 2024-01-01\n",
        "utf-8",
    )
    base = folder_of(
        tmp_path, clients="Клиент;Дата начала;Договор\nА;09.01.2023;по дружбе\n",
        invoices="Кто;Когда;К оплате\nА;01.03.2024;100\n",
    )  # fmt: skip
    assert base.tables["invoices"]["amount"].tolist() == [100]
    assert base.tables["clients"]["contract"].tolist() == ["ongoing"]


def test_settings_that_are_no_toml_are_told(tmp_path):
    for text, told in (
        ("[base]\nname = Мы\n", "Invalid value (at line 2, column 8)"),
        ('[files] a = "b"\n[base\n', "Expected ']' at the end of a table declaration"),
    ):
        (tmp_path / "clientlab.toml").write_text(text, "utf-8")
        with pytest.raises(InvalidValue) as caught:
            ClientBase.read(tmp_path)
        assert str(caught.value).startswith(f"clientlab.toml: {told}")
        assert str(caught.value).endswith("Texts stand in quotation marks.")
