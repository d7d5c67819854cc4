"""Files as analysts have them.

Excel in Russia        a form             by hand
cp1251 or BOM, ; and   UTF-8, commas      tabs, empty rows
decimal commas
"""

import pytest
from openpyxl import Workbook

from clientlab.problems import InvalidValue
from clientlab.reading import read_number, read_table

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
