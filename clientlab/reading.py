"""Any export as a table of text, with what had to be guessed.

It answers: which encoding, which separator, which rows. It deliberately converts
nothing: the door that knows the columns (`practices.published`, …) reads values
and reports the ones that it cannot read.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from clientlab.problems import InvalidValue

ENCODINGS = ("utf-8-sig", "cp1251")  # cp1251 reads any bytes, so it comes last
SEPARATORS = ";,\t"
EXCEL = (".xlsx", ".xlsm")
NUMBER_SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in the file: every value is text, empty is ''.

    Attributes
    ----------
    frame : pandas.DataFrame of str
        The index is the row number in the file; the header is row 1.
    guessed : str
        What was guessed about the file, to be shown to the analyst.
    """

    frame: pd.DataFrame
    guessed: str


def read_table(path: str | Path) -> RawTable:
    """Read a CSV or XLSX export without converting anything.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8 (with or without BOM) or cp1251, separated by semicolons,
        commas or tabs; or XLSX, of which the first sheet is read.

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
    if path.suffix.lower() in EXCEL:
        rows, guessed = _excel_rows(path), "first sheet"
    else:
        rows, guessed = _text_rows(path)
    if not any(cell.strip() for row in rows for cell in row):
        raise InvalidValue(f"{path.name}: the file is empty.")
    if not any(cell.strip() for cell in rows[0]):
        raise InvalidValue(f"{path.name}: the first row is empty; it must hold the column names.")
    header = [cell.strip() for cell in rows[0]]
    width = len(header)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise InvalidValue(
            f"{path.name}: {', '.join(map(repr, twice))} names more than one column; every column "
            "needs a name of its own."
        )
    body = {
        number: [cell.strip() for cell in (row + [""] * width)[:width]]
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    }
    frame = pd.DataFrame.from_dict(body, orient="index", columns=header, dtype=object)
    return RawTable(frame, guessed)


def _text_rows(path: Path) -> tuple[list[list[str]], str]:
    content = path.read_bytes()
    # Excel's 'Unicode text' begins with a mark that no other encoding has.
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidValue(
            f"{path.name}: the text is neither UTF-8 nor cp1251. Save it again as 'CSV UTF-8'."
        )
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    name = {";": "semicolons", ",": "commas", "\t": "tabs"}[separator]
    return rows, f"{encoding.removesuffix('-sig')}, separated by {name}"


def _excel_rows(path: Path) -> list[list[str]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise InvalidValue(f"{path.name}: this is not a workbook that Excel saved.") from error
    try:
        return [[_as_shown(cell) for cell in row] for row in book.worksheets[0].iter_rows()]
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
    return str(cell.value)


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
