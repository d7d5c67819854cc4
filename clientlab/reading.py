"""Any export as a table of text, with what had to be guessed.

It answers: which encoding, which separator, which rows. It deliberately converts
nothing: the door that knows the columns (`practices.published`, …) reads values
and reports the ones that it cannot read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from clientlab.problems import InvalidValue

ENCODINGS = ("utf-8-sig", "cp1251")  # cp1251 reads any bytes, so it comes last
SEPARATORS = ";,\t"
HEADER_AMONG = 20  # rows in which the header is looked for
TOTALS = re.compile(r"(итого|всего|общий итог|(grand )?total)\b", re.IGNORECASE)
EXCEL = (".xlsx", ".xlsm")
NUMBER_SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in the file: every value is text, empty is ''.

    Attributes
    ----------
    frame : pandas.DataFrame of str
        The index is the row number in the file; of a stack of sheets, 'sheet!row'.
    guessed : str
        What was guessed about the file, to be shown to the analyst.
    totals, repeated : tuple
        Rows left out: sums under the table, and headers repeated inside of it. Looked
        for only where the columns are known (`recognised`).
    """

    frame: pd.DataFrame
    guessed: str
    totals: tuple = ()
    repeated: tuple = ()


def read_table(
    path: str | Path,
    *,
    sheets: Sequence[str] | None = None,
    recognised: Callable[[str], bool] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> RawTable:
    """Read a CSV or XLSX export without converting anything.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8 (with or without BOM) or cp1251, separated by semicolons,
        commas or tabs; or XLSX, of which the first sheet is read.
    sheets : sequence of str, optional
        Sheets of a workbook, stacked.
    recognised : callable, optional
        Tells whether a text is the header of a known column. The header is then the
        row with most of them among the first 20, since exports of 1C and of banks put
        titles above the table; totals and repeated headers are left out and told.
    encoding, separator : str, optional
        Instead of those that are guessed.

    Returns
    -------
    RawTable
        Rows that are empty throughout are left out; the others keep their numbers.

    Raises
    ------
    InvalidValue
        If there is no such file, or nothing in it.
    """
    path = Path(path)
    if path.is_dir():
        raise InvalidValue(f"{str(path)!r} is a folder. Name the file in it that holds the table.")
    if not path.is_file():
        raise InvalidValue(
            f"There is no file {str(path)!r} (looked in {Path.cwd()}). "
            "Check the name; a relative path starts where you typed the command."
        )
    if path.suffix.lower() == ".xls":
        raise InvalidValue(f"{path.name}: save this old workbook as .xlsx.")
    if path.suffix.lower() == ".parquet":
        return RawTable(_parquet(path), "parquet")
    if path.suffix.lower() not in EXCEL:
        rows, guessed = _text_rows(path, recognised, encoding, separator)
        return _table(path.name, rows, guessed, recognised)
    book = _excel_book(path)
    if sheets is None:
        return _table(path.name, next(iter(book.values())), "first sheet", recognised)
    missing = [sheet for sheet in sheets if sheet not in book]
    if missing:
        raise InvalidValue(
            f"{path.name}: there is no sheet {missing[0]!r}. It has: {', '.join(book)}."
        )
    return _stacked(
        {sheet: _table(f"{path.name}, {sheet}", book[sheet], "", recognised) for sheet in sheets}
    )


def read_sheets(
    path: str | Path, *, recognised: Callable[[str], bool] | None = None
) -> dict[str, RawTable]:
    """All sheets of a workbook that hold anything.

    Parameters
    ----------
    path : str or Path
    recognised : callable, optional
        As for `read_table`.

    Returns
    -------
    dict of sheet to RawTable
    """
    path = Path(path)
    return {
        sheet: _table(f"{path.name}, {sheet}", rows, "", recognised)
        for sheet, rows in _excel_book(path).items()
        if any(cell.strip() for row in rows for cell in row)
    }


def _table(
    name: str,
    rows: list[list[str]],
    guessed: str,
    recognised: Callable[[str], bool] | None = None,
) -> RawTable:
    """Rows of a file as a table: its header found, its totals left out."""
    if not any(cell.strip() for row in rows for cell in row):
        raise InvalidValue(f"{name}: the file is empty.")
    top = _header_row(rows, recognised)
    if not any(cell.strip() for cell in rows[top]):
        raise InvalidValue(f"{name}: the first row is empty; it must hold the column names.")
    header = [cell.strip() for cell in rows[top]]
    width = len(header)
    twice = sorted({title for title in header if title and header.count(title) > 1})
    if twice:
        raise InvalidValue(
            f"{name}: {', '.join(map(repr, twice))} names more than one column; every column "
            "needs a name of its own."
        )
    body, totals, repeated = {}, [], []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        cells = [cell.strip() for cell in (row + [""] * width)[:width]]
        first = next((cell for cell in cells if cell), "")
        if not first:
            continue
        if recognised and TOTALS.match(first):
            totals.append(number)
        elif recognised and cells == header:
            repeated.append(number)
        else:
            body[number] = cells
    frame = pd.DataFrame.from_dict(body, orient="index", columns=header, dtype=object)
    if "" in header:  # a column without a name cannot be asked for
        frame = frame.loc[:, [title != "" for title in header]]
    if top:
        guessed = ", ".join(filter(None, (guessed, f"header in row {top + 1}")))
    return RawTable(frame, guessed, tuple(totals), tuple(repeated))


def _header_row(rows: list[list[str]], recognised: Callable[[str], bool] | None) -> int:
    """Index of the row that names the columns."""
    if recognised is None:
        return 0
    known = [sum(map(recognised, map(str.strip, row))) for row in rows[:HEADER_AMONG]]
    if max(known):
        return known.index(max(known))
    return next(index for index, row in enumerate(rows) if any(cell.strip() for cell in row))


def _stacked(tables: dict[str, RawTable]) -> RawTable:
    """Sheets of one table under each other, rows named 'sheet!row'."""

    def named(sheet: str, rows: Iterable[int]) -> list[str]:
        return [f"{sheet}!{row}" for row in rows]

    frames = [
        table.frame.set_axis(named(sheet, table.frame.index)) for sheet, table in tables.items()
    ]
    return RawTable(
        pd.concat(frames).fillna(""),
        f"sheets {', '.join(tables)}",
        tuple(row for sheet, table in tables.items() for row in named(sheet, table.totals)),
        tuple(row for sheet, table in tables.items() for row in named(sheet, table.repeated)),
    )


def _parquet(path: Path) -> pd.DataFrame:
    try:
        import duckdb
    except ImportError as error:
        raise InvalidValue(
            f"{path.name}: parquet is read by duckdb, which is not installed: "
            "python -m pip install 'clientlab[scale]'"
        ) from error
    return duckdb.read_parquet(str(path)).df()


def _text_rows(
    path: Path,
    recognised: Callable[[str], bool] | None,
    encoding: str | None,
    separator: str | None,
) -> tuple[list[list[str]], str]:
    content = path.read_bytes()
    # Excel's 'Unicode text' begins with a mark that no other encoding has.
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    among = (encoding,) if encoding else ("utf-16",) if marked else ENCODINGS
    for encoding in among:
        try:
            text = content.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        raise InvalidValue(
            f"{path.name}: the text is neither UTF-8 nor cp1251. Save it again as 'CSV UTF-8'."
        )
    separator = separator or _separator(text, recognised)
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    name = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}.get(separator, separator)
    return rows, f"{encoding.removesuffix('-sig')}, separated by {name}"


def _separator(text: str, recognised: Callable[[str], bool] | None) -> str:
    """The separator that makes most known headers, or stands most often in the first row."""
    lines = text.lstrip("\r\n").split("\n")[:HEADER_AMONG]
    if recognised is not None:
        known = {
            mark: max(
                sum(recognised(cell.strip()) for row in csv.reader([line], delimiter=mark)
                    for cell in row)
                for line in lines
            )
            for mark in SEPARATORS
        }  # fmt: skip
        if max(known.values()) > 1:
            return max(known, key=lambda mark: known[mark])
    return max(SEPARATORS, key=lines[0].count)


def _excel_book(path: Path) -> dict[str, list[list[str]]]:
    """Sheets of a workbook as rows of text."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise InvalidValue(f"{path.name}: this is not a workbook that Excel saved.") from error
    try:
        return {
            sheet.title: [[_as_shown(cell) for cell in row] for row in sheet.iter_rows()]
            for sheet in book.worksheets
        }
    finally:
        book.close()  # a file left open cannot be changed on Windows


def _as_shown(cell: Any) -> str:
    """A cell as its reader sees it: Excel keeps 54.7% as 0.547."""
    if cell.value is None:
        return ""
    shown = str(getattr(cell, "number_format", ""))
    if "%" in shown and isinstance(cell.value, int | float):
        decimals = len(shown.partition(".")[2].partition("%")[0])
        return f"{100 * cell.value:.{decimals}f}%"
    if isinstance(cell.value, float) and cell.value.is_integer() and abs(cell.value) < 1e15:
        return str(int(cell.value))  # Excel has no whole numbers: 17 is kept as 17.0
    return str(cell.value).removesuffix(" 00:00:00")


def read_number(text: str) -> float | None:
    """A number as people write it: '1 234,5', '54.7%', '54,7'; None if it is none.

    Examples
    --------
    >>> read_number("1 234,5"), read_number("54,7%"), read_number("n/a")
    (1234.5, 54.7, None)
    """
    cut = text.translate(NUMBER_SPACES).removesuffix("%").replace(",", ".")
    try:
        value = float(cut)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None
