"""Workbooks: numbers stay numbers, text stays text, what cannot be written is told."""

import openpyxl
import pandas as pd
import pytest

from clientlab.problems import InvalidValue
from clientlab.session.workbook import Sheet, write_workbook


@pytest.fixture
def sheet():
    frame = pd.DataFrame(
        {
            "name": ["=SUM(A1)", "Ромашка"],
            "share": [0.25, None],
            "money": [1_234_567.0, 20.0],
            "day": pd.to_datetime(["2026-01-31", None]),
            "why": ["x" * 100, "short"],
        }
    )
    kinds = {"share": "percent", "money": "money", "day": "day", "why": "long"}
    return Sheet("list", frame, {"share": "Доля"}, kinds, "Title", "Source: demo")


@pytest.fixture
def page(sheet, tmp_path):
    return openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", [sheet]))["list"]


def test_title_head_rows_and_source_stand_in_their_places(page):
    assert page["A1"].value == "Title"
    assert [cell.value for cell in page[3]] == ["name", "Доля", "money", "day", "why"]
    assert page["A7"].value == "Source: demo"


def test_numbers_are_numbers_with_a_format(page):
    assert (page["B4"].value, page["B4"].number_format) == (0.25, "0%")
    assert (page["C4"].value, page["C4"].number_format) == (1234567, "#,##0")
    assert f"{page['D4'].value:%Y-%m-%d}" == "2026-01-31"


def test_what_is_missing_stays_empty(page):
    assert page["B5"].value is None
    assert page["D5"].value is None


def test_text_that_looks_like_a_formula_stays_text(page):
    assert (page["A4"].value, page["A4"].data_type) == ("=SUM(A1)", "s")


def test_a_row_is_as_high_as_its_longest_text(page):
    assert page.row_dimensions[4].height == 3 + 3 * 15
    assert page.row_dimensions[5].height == 3 + 15


def test_the_head_stays_in_sight_and_can_be_filtered(page):
    assert page.freeze_panes == "A4"
    assert page.auto_filter.ref == "A3:E5"


def test_long_names_of_sheets_are_cut(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [Sheet("x" * 40, pd.DataFrame({"a": [1]}))])
    assert openpyxl.load_workbook(path).sheetnames == ["x" * 31]


def test_another_ending_is_refused(sheet, tmp_path):
    with pytest.raises(InvalidValue, match=r"^'a\.csv' must end in \.xlsx\.$"):
        write_workbook(tmp_path / "a.csv", [sheet])


def test_a_missing_folder_is_told(sheet, tmp_path):
    with pytest.raises(InvalidValue) as told:
        write_workbook(tmp_path / "none" / "a.xlsx", [sheet])
    assert str(told.value) == (
        f"The folder {str(tmp_path / 'none')!r} does not exist: make it first."
    )


def test_heads_stand_over_their_columns_numbers_right_words_left(tmp_path):
    frame = pd.DataFrame({"money": [10], "why": ["price"]})
    sheet = Sheet("list", frame, kinds={"money": "money", "why": "long"})
    page = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", [sheet]))["list"]
    for row in (3, 4):
        assert [page.cell(row, place).alignment.horizontal for place in (1, 2)] == ["right", "left"]
        # Words do not touch the number before them.
        assert page.cell(row, 2).alignment.indent == 1
