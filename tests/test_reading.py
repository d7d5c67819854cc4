"""Files as analysts have them.

Excel in Russia        a form             by hand
cp1251 or BOM, ; and   UTF-8, commas      tabs, empty rows
decimal commas

1C                     by year         a statistician
titles above, totals   sheets          parquet, SPSS
below, headers again   2024, 2025
"""

import datetime
import sys
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from clientlab.problems import InvalidValue
from clientlab.reading import RawTable, read_number, read_sheets, read_table

TEXT = "вариант;доля\nскидки;16,8\n\nбонусы;15,8\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_encodings_of_russian_exports_give_the_same_table(tmp_path, encoding):
    path = tmp_path / "файл.csv"
    path.write_bytes(TEXT.encode(encoding))
    frame = read_table(path).frame
    assert list(frame.columns) == ["вариант", "доля"]
    assert frame["доля"].tolist() == ["16,8", "15,8"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_separators_are_found(tmp_path, separator):
    path = tmp_path / "a.csv"
    path.write_text(f"option{separator}figure\nyes{separator}1\n", "utf-8")
    assert read_table(path).frame.to_dict("list") == {"option": ["yes"], "figure": ["1"]}


def test_rows_keep_the_number_they_have_in_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TEXT, "utf-8")
    assert read_table(path).frame.index.tolist() == [2, 4]


def test_quoted_separators_and_short_rows_are_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('option,figure,remark\n"calls, weekly",5\n', "utf-8")
    assert read_table(path).frame.iloc[0].tolist() == ["calls, weekly", "5", ""]


def test_a_workbook_gives_its_first_sheet_as_text(tmp_path):
    book = Workbook()
    book.active.append(["option", "figure"])
    book.active.append(["да", 54.7])
    book.active.append([None, None])
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx").frame.to_dict("list") == {
        "option": ["да"],
        "figure": ["54.7"],
    }


def test_what_was_guessed_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("cp1251"))
    assert read_table(path).guessed == "cp1251, separated by semicolons"


def test_a_missing_file_says_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValue) as caught:
        read_table("нет.csv")
    assert str(caught.value) == (
        f"There is no file 'нет.csv' (looked in {tmp_path}). "
        "Check the name; a relative path starts where you typed the command."
    )


def test_an_empty_file_and_a_false_workbook_are_told(tmp_path):
    (tmp_path / "a.csv").write_text("", "utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_table(tmp_path / "a.csv")
    assert str(caught.value) == "a.csv: the file is empty."
    (tmp_path / "b.csv").write_text(";;\nyes;1;2\n", "utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_table(tmp_path / "b.csv")
    assert str(caught.value) == "b.csv: the first row is empty; it must hold the column names."
    (tmp_path / "a.xlsx").write_text("no workbook", "utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_table(tmp_path / "a.xlsx")
    assert str(caught.value) == "a.xlsx: this is not a workbook that Excel saved."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("54,7", 54.7),
        ("54.7%", 54.7),
        ("1 234,5", 1234.5),
        ("1\u00a0234", 1234.0),
        *[(text, None) for text in ("", "n/a", "nan", "inf", "1,2,3")],
    ],
)
def test_numbers_as_people_write_them(text, value):
    assert read_number(text) == value


def test_a_folder_is_told_from_a_missing_file(tmp_path):
    with pytest.raises(InvalidValue) as caught:
        read_table(tmp_path)
    assert str(caught.value) == (
        f"{str(tmp_path)!r} is a folder. Name the file in it that holds the table."
    )


def test_percent_cells_of_a_workbook_read_as_they_look(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["option", "figure", "count"])
    book.active.append(["a", 0.547, 52])
    book.active["B2"].number_format = "0.0%"
    book.save(tmp_path / "study.xlsx")
    assert read_table(tmp_path / "study.xlsx").frame.loc[2].tolist() == ["a", "54.7%", "52"]


def test_unicode_text_of_excel_is_read(tmp_path):
    (tmp_path / "a.csv").write_bytes("вариант\tдоля\nда\t54,7\n".encode("utf-16"))
    assert read_table(tmp_path / "a.csv").frame.loc[2].tolist() == ["да", "54,7"]


def test_two_columns_of_one_name_are_told(tmp_path):
    (tmp_path / "a.csv").write_text("option,figure,figure\na,1,2\n", "utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_table(tmp_path / "a.csv")
    assert str(caught.value) == (
        "a.csv: 'figure' names more than one column; every column needs a name of its own."
    )


EXPORT = """Отчёт, за, 2026, год
;;
Клиент;Сумма;Дата
А;1;2026-01-01

Клиент;Сумма;Дата
Итоговая;2;
Итого;3;
Сумма итого:;3;
Всего по группе;3;
Grand Total;3;
"""


def known(header: str) -> bool:
    return header in ("Клиент", "Сумма", "Дата")


def told(function, *arguments, **options) -> str:
    with pytest.raises(InvalidValue) as caught:
        function(*arguments, **options)
    return str(caught.value)


@pytest.fixture
def book(tmp_path):
    """Two years with titles above one of them, and an empty sheet."""
    made = Workbook()
    first = made.active
    first.title = "2024"
    for row in [
        ["Отчёт"],
        ["Клиент", "Сумма", "Дата"],
        ["А", 17.0, datetime.datetime(2026, 12, 31)],
        ["Б", 17.5, datetime.datetime(2026, 12, 31, 14, 5)],
        ["Итого", 34.5, None],
    ]:
        first.append(row)
    second = made.create_sheet("2025")
    second.append(["Клиент", "Сумма"])
    second.append(["В", 1])
    made.create_sheet("пусто")
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_the_header_is_found_under_titles_and_every_row_is_accounted_for(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(EXPORT, "utf-8")
    raw = read_table(path, recognised=known)
    assert raw.guessed == "utf-8, separated by semicolons, header in row 3"
    assert raw.frame["Клиент"].to_dict() == {4: "А", 7: "Итоговая"}
    assert (raw.totals, raw.repeated, raw.empty) == ((8, 9, 10, 11), (6,), (5,))
    left = len(raw.totals) + len(raw.repeated) + len(raw.empty)
    assert raw.rows == 8 == len(raw.frame) + left


def test_a_client_may_be_called_total(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Клиент;Сумма;Дата\nTotal Media;5;2026-01-01\nTotal Amount;5;\nTotal;;\n"
                    "Всего Диджитал;7;2026-01-02\nTotal RUB;;\n", "utf-8")  # fmt: skip
    raw = read_table(path, recognised=known)
    assert raw.frame["Клиент"].tolist() == ["Total Media", "Total Amount", "Всего Диджитал"]
    assert raw.totals == (4, 6)


def test_totals_and_repeated_headers_stay_where_the_columns_are_not_known(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Клиент;Сумма\nКлиент;Сумма\nИтого;3\n", "utf-8")
    raw = read_table(path)
    assert raw.frame["Клиент"].tolist() == ["Клиент", "Итого"]
    assert (raw.totals, raw.repeated, raw.rows) == ((), (), 2)


def test_without_a_known_header_the_first_row_that_holds_anything_is_taken(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n;\nx;y\n1;2\n", "utf-8")
    assert read_table(path, recognised=known).frame.to_dict("index") == {4: {"x": "1", "y": "2"}}


def test_one_known_header_is_enough_to_find_the_separator(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a, b, c\nКлиент;Код\nА;1\n", "utf-8")
    raw = read_table(path, recognised=known)
    assert raw.guessed == "utf-8, separated by semicolons, header in row 2"
    assert raw.frame.loc[3].tolist() == ["А", "1"]


def test_bars_separate_too(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Клиент|Сумма\nА|1,5\n", "utf-8")
    for raw in (read_table(path), read_table(path, recognised=known)):
        assert raw.frame.loc[2].tolist() == ["А", "1,5"]
        assert raw.guessed == "utf-8, separated by bars"


def test_a_line_break_inside_a_cell_is_no_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('Клиент;Сумма\n"А\nБ";1\nВ;2\n', "utf-8")
    assert read_table(path).frame["Клиент"].to_dict() == {2: "А\nБ", 3: "В"}


def test_cells_under_no_column_name_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;;b\n1;;2\n3;;4;\n5;;6;7\n8;note;9\nИтого;;1;2\n", "utf-8")
    raw = read_table(path, recognised={"a", "b"}.__contains__)
    assert (raw.beyond, raw.totals) == ((4, 5), (6,))
    assert raw.frame.loc[4].tolist() == ["5", "6"]
    (problem,) = raw.problems("clients")
    assert str(problem).startswith("clients, rows 4, 5: 2 rows with cells under no column name")
    path.write_text("a,b\n1,2,\n", "utf-8")  # a separator at the end of a line is not a cell
    assert not read_table(path).problems("clients")


def test_rows_lost_in_a_cell_without_its_second_quotation_mark_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('Клиент;День;Сумма\nА;1;2\nБ;3;"хорошо\nВ;4;5\nГ;6;7\n', "utf-8")
    raw = read_table(path)
    assert raw.swallowed == (3,)
    (problem,) = raw.problems("clients")
    assert str(problem) == (
        "clients, row 3: 1 row with a cell of several lines that look like rows of the table: they "
        "are lost in it. Close the quotation mark at the beginning of that cell, or delete it."
    )
    assert problem.severity == "error"
    path.write_text('Клиент;День;Сумма\nА;1;"да; нет\nи ещё; раз"\n', "utf-8")
    assert not read_table(path).problems("clients")


def test_encoding_and_separator_can_be_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Клиент,x;Сумма\nА;1\n".encode("cp866"))
    raw = read_table(path, encoding="cp866", separator=";")
    assert raw.frame.to_dict("index") == {2: {"Клиент,x": "А", "Сумма": "1"}}
    path.write_bytes("Клиент;Сумма\nА;1\n".encode("utf-8-sig"))
    assert list(read_table(path, encoding="utf-8").frame) == ["Клиент", "Сумма"]


def test_what_was_said_and_does_not_fit_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Клиент;Сумма\nА;1\n".encode("cp1251"))
    assert told(read_table, path, encoding="utf-8") == (
        "a.csv: the text is not in utf-8. Leave the encoding out to have it guessed."
    )
    assert told(read_table, path, encoding="koi9") == (
        "a.csv: 'koi9' is not an encoding. Use 'utf-8', 'utf-16' or 'cp1251'."
    )
    assert told(read_table, path, separator="||") == (
        "a.csv: the separator '||' is not one character. Leave it out to have it guessed."
    )


def test_a_quotation_mark_that_is_not_closed_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('Клиент;Сумма\n"А;1\n' + "Б;2\n" * 40_000, "utf-8")
    assert told(read_table, path) == (
        "a.csv: a cell has more than 131,072 characters. "
        "A quotation mark that is not closed does that; look for it."
    )


def test_the_first_sheet_is_read_with_dates_and_whole_numbers_as_they_look(book):
    raw = read_table(book, recognised=known)
    assert raw.frame.loc[3].tolist() == ["А", "17", "2026-12-31"]
    assert raw.frame.loc[4].tolist() == ["Б", "17.5", "2026-12-31 14:05:00"]
    assert (raw.guessed, raw.sheet) == ("first sheet, header in row 2", "2024")
    assert (raw.totals, raw.rows) == ((5,), 3)


def test_sheets_are_stacked_with_rows_of_their_own(book):
    raw = read_table(book, sheets=["2024", "2025"], recognised=known)
    assert raw.frame["Клиент"].to_dict() == {"2024!3": "А", "2024!4": "Б", "2025!2": "В"}
    assert raw.frame.loc["2025!2", "Дата"] == ""
    assert raw.guessed == (
        "2024, 2025, header in row 2 of '2024', '2025' has no 'Дата': empty there"
    )
    assert (raw.totals, raw.sheet, raw.rows) == (("2024!5",), "2024, 2025", 4)
    assert read_table(book, sheets="2025").frame.index.tolist() == ["2025!2"]


def test_a_sheet_that_does_not_exist_is_told_with_those_that_do(book):
    assert told(read_table, book, sheets=["2030"]) == (
        "book.xlsx: there is no sheet '2030'. It has: 2024, 2025, пусто."
    )
    assert told(read_table, book, sheets=["пусто"]) == "book.xlsx, пусто: the file is empty."


def test_all_sheets_that_hold_anything_are_read(book, tmp_path):
    sheets = read_sheets(book, recognised=known)
    assert {name: (raw.sheet, len(raw.frame)) for name, raw in sheets.items()} == {
        "2024": ("2024", 2),
        "2025": ("2025", 1),
    }
    assert told(read_sheets, tmp_path / "no.xlsx") == (
        f"There is no file {str(tmp_path / 'no.xlsx')!r} (looked in {Path.cwd()}). "
        "Check the name; a relative path starts where you typed the command."
    )


def test_an_old_workbook_is_told(tmp_path):
    (tmp_path / "a.xls").write_bytes(b"old")
    assert told(read_table, tmp_path / "a.xls") == "a.xls: save this old workbook as .xlsx."


def test_parquet_keeps_its_types(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "a.parquet"
    duckdb.sql(f"copy (select 1 as n, date '2026-12-31' as d) to '{path}' (format parquet)")
    raw = read_table(path)
    assert raw.frame["n"].tolist() == [1]
    assert pd.api.types.is_datetime64_any_dtype(raw.frame["d"])
    assert (raw.guessed, raw.rows) == ("parquet", 1)
    path.write_text("none", "utf-8")
    assert told(read_table, path) == "a.parquet: this is not a parquet file. Write it again."


def test_a_file_of_spss_keeps_its_codes(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "a.sav"
    labels = {"q1": {1: "yes", 2: "no"}}
    pyreadstat.write_sav(pd.DataFrame({"q1": [1.0, 2.0]}), path, variable_value_labels=labels)
    raw = read_table(path)
    assert raw.frame["q1"].tolist() == [1.0, 2.0]
    assert (raw.guessed, raw.rows) == ("sav", 2)
    path.write_text("none", "utf-8")
    assert told(read_table, path) == (
        "a.sav: this is not a file that SPSS saved. Save it again as .sav."
    )


@pytest.mark.parametrize(
    ("name", "module", "message"),
    [
        ("a.parquet", "duckdb", "parquet is read by duckdb, which is not installed: "
         "python -m pip install 'clientlab[scale]'"),
        ("a.sav", "pyreadstat", "SPSS files are read by pyreadstat, which is not installed: "
         "python -m pip install 'clientlab[spss]'"),
    ],
)  # fmt: skip
def test_a_reader_that_is_not_installed_is_told(tmp_path, monkeypatch, name, module, message):
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).write_text("any", "utf-8")
    assert told(read_table, tmp_path / name) == f"{name}: {message}"


def test_a_raw_table_can_be_made_of_a_frame_alone():
    raw = RawTable(pd.DataFrame({"a": ["1"]}), "")
    assert (raw.totals, raw.repeated, raw.empty, raw.sheet, raw.rows) == ((), (), (), "", 0)
