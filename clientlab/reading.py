"""Any export as a table of text, with what had to be guessed.

It answers: which encoding, which separator, which rows. It deliberately converts
nothing: the door that knows the columns (`practices.published`, …) reads values
and reports the ones that it cannot read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from clientlab.problems import InvalidValue, Problem
from clientlab.wording import plural

ENCODINGS = ("utf-8-sig", "cp1251")  # cp1251 reads any bytes, so it comes last
SEPARATORS = ";,\t|"
HEADER_AMONG = 20  # rows in which the header is looked for
TOTALS = re.compile(r"((сумма )?итого|всего|общий итог|(grand )?total)\b", re.IGNORECASE)
PLAIN = ("", "utf-8, separated by commas", "first sheet", "parquet", "sav")  # nothing was guessed
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
    empty : tuple
        Rows left out because nothing is in them.
    beyond : tuple
        Rows with cells under no column name, which are not used: of a text with a
        separator inside and no quotation marks the rest stands one column too far.
    sheet : str
        Sheet or sheets of the workbook; '' of other files.
    rows : int
        Rows below the header: those of the frame and all that were left out.
    swallowed : tuple
        Rows with a cell that holds other rows of the file: its quotation mark is not
        closed.
    """

    frame: pd.DataFrame
    guessed: str
    totals: tuple = ()
    repeated: tuple = ()
    empty: tuple = ()
    beyond: tuple = ()
    sheet: str = ""
    rows: int = 0
    swallowed: tuple = ()

    def problems(self, table: str, severity: str = "warning") -> list[Problem]:
        """What any door has to tell about the file: cells under no name, rows inside of cells.

        Parameters
        ----------
        table : str
            Name of the table, as the analyst knows it.
        severity : {"warning", "error"}
        """
        found = []
        if self.swallowed:
            count = len(self.swallowed)
            text = (
                f"{count} {plural(count, 'row', 'rows')} with a cell of several lines that look "
                "like rows of the table: they are lost in it."
            )
            fix = "Close the quotation mark at the beginning of that cell, or delete it."
            found.append(Problem(table, text, rows=self.swallowed, fix=fix))
        if not self.beyond:
            return found
        count = len(self.beyond)
        text = (
            f"{count} {plural(count, 'row', 'rows')} with cells under no column name: those are "
            "not used, and the rest may stand one column too far."
        )
        fix = "Put quotation marks around texts with a separator inside; name every column."
        return [*found, Problem(table, text, rows=self.beyond, severity=severity, fix=fix)]


def read_table(
    path: str | Path,
    *,
    sheets: Sequence[str] | None = None,
    recognised: Callable[[str], bool] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    repeats: bool = False,
) -> RawTable:
    """Read an export without converting anything.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8 (with or without BOM), UTF-16 or cp1251, separated by semicolons,
        commas, tabs or bars; XLSX, of which the first sheet is read; parquet or SPSS
        (.sav), whose columns keep their types.
    sheets : sequence of str, optional
        Sheets of a workbook, stacked.
    recognised : callable, optional
        Tells whether a text is the header of a known column. The header is then the
        row with most of them among the first 20, since exports of 1C and of banks put
        titles above the table; totals and repeated headers are left out and told.
    encoding, separator : str, optional
        Instead of those that are guessed.
    repeats : bool
        Columns may have equal names, as every 'Other' of a form has; else that is an error.

    Returns
    -------
    RawTable
        Rows that are empty throughout are left out; the others keep their numbers. A row
        is a record: a line break inside a quoted cell does not count as one more.

    Raises
    ------
    InvalidValue
        If there is no such file, no such sheet, or nothing in it.
    """
    path = _checked(path)
    if path.suffix.lower() in TYPED:
        frame = TYPED[path.suffix.lower()](path)
        return RawTable(frame, path.suffix.lower().removeprefix("."), rows=len(frame))
    if path.suffix.lower() not in EXCEL:
        rows, guessed, mark = _text_rows(path, recognised, encoding, separator)
        found = _table(path.name, rows, guessed, recognised, repeats=repeats)
        return replace(found, swallowed=_with_rows_inside(rows, found.frame.shape[1], mark))
    book = _excel_book(path)
    if not sheets:
        first = next(iter(book))
        return _table(path.name, book[first], "first sheet", recognised, first, repeats=repeats)
    sheets = (sheets,) if isinstance(sheets, str) else sheets
    missing = [sheet for sheet in sheets if sheet not in book]
    if missing:
        raise InvalidValue(
            f"{path.name}: there is no sheet {missing[0]!r}. It has: {', '.join(book)}."
        )
    return stacked(
        {
            sheet: _table(f"{path.name}, {sheet}", book[sheet], "", recognised, sheet)
            for sheet in sheets
        }
    )


def _checked(path: str | Path) -> Path:
    """The path of a file that is there and not of the old Excel."""
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
    return path


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
    path = _checked(path)
    return {
        sheet: _table(f"{path.name}, {sheet}", rows, "", recognised, sheet)
        for sheet, rows in _excel_book(path).items()
        if any(cell.strip() for row in rows for cell in row)
    }


def _table(
    name: str,
    rows: list[list[str]],
    guessed: str,
    recognised: Callable[[str], bool] | None = None,
    sheet: str = "",
    *,
    repeats: bool = False,
) -> RawTable:
    """Rows of a file as a table: its header found, its totals left out."""
    if not any(cell.strip() for row in rows for cell in row):
        raise InvalidValue(f"{name}: the file is empty.")
    top = _header_row(rows, recognised)
    if not any(cell.strip() for cell in rows[top]):
        raise InvalidValue(f"{name}: the first row is empty; it must hold the column names.")
    header = [cell.strip() for cell in rows[top]]
    twice = sorted({title for title in header if title and header.count(title) > 1})
    if twice and not repeats:
        raise InvalidValue(
            f"{name}: {', '.join(map(repr, twice))} names more than one column; every column "
            "needs a name of its own."
        )
    kept, left = _sorted_rows(rows[top + 1 :], top + 2, header, recognised is not None)
    frame = pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=object)
    if "" in header:  # a column without a name cannot be asked for
        frame = frame.loc[:, [title != "" for title in header]]
    if top:
        guessed = ", ".join(filter(None, (guessed, f"header in row {top + 1}")))
    return RawTable(frame, guessed, *map(tuple, left), sheet, len(rows) - top - 1)


def _with_rows_inside(rows: list[list[str]], width: int, mark: str) -> tuple[int, ...]:
    """Rows with a cell that holds a whole line of as many cells as the table has columns."""
    return tuple(
        number
        for number, row in enumerate(rows, start=1)
        if any(
            line.count(mark) >= max(width - 1, 1)
            for cell in row
            if "\n" in cell
            for line in cell.split("\n")[1:]
        )
    )


def _sorted_rows(
    rows: list[list[str]], start: int, header: list[str], known: bool
) -> tuple[dict[int, list[str]], tuple[list[int], ...]]:
    """Rows of the table, and numbers of the totals, the repeated headers, the empty, the beyond."""
    kept, totals, repeated, empty, beyond = {}, [], [], [], []
    width, nameless = len(header), [at for at, title in enumerate(header) if not title]
    for number, row in enumerate(rows, start=start):
        cells = [cell.strip() for cell in (row + [""] * width)[:width]]
        first = next((cell for cell in cells if cell), "")
        if not first:
            empty.append(number)
        elif known and _is_total(first, sum(map(bool, cells)), width):
            totals.append(number)
        elif known and cells == header:
            repeated.append(number)
        else:
            kept[number] = cells
            if any(map(str.strip, row[width:])) or any(cells[at] for at in nameless):
                beyond.append(number)
    return kept, (totals, repeated, empty, beyond)


def _is_total(first: str, filled: int, width: int) -> bool:
    """'Итого', 'Total:', 'Всего по группе'; a client 'Total Media' has a name and a full row."""
    start = TOTALS.match(first)
    if not start:
        return False
    rest = first[start.end() :].strip(" :.-–—")
    return not rest or rest[0].islower() or 2 * filled <= width


def _header_row(rows: list[list[str]], recognised: Callable[[str], bool] | None) -> int:
    """Index of the row that names the columns."""
    if recognised is None:
        return 0
    known = [sum(map(recognised, map(str.strip, row))) for row in rows[:HEADER_AMONG]]
    if max(known):
        return known.index(max(known))
    return next(index for index, row in enumerate(rows) if any(cell.strip() for cell in row))


def stacked(tables: dict[str, RawTable]) -> RawTable:
    """Sheets or files of one table under each other, rows named 'sheet!row'."""

    def named(sheet: str, rows: Iterable[int]) -> list[str]:
        return [f"{sheet}!{row}" for row in rows]

    def left(what: str) -> tuple[str, ...]:
        return tuple(
            row for sheet, table in tables.items() for row in named(sheet, getattr(table, what))
        )

    frames = [
        table.frame.set_axis(named(sheet, table.frame.index)) for sheet, table in tables.items()
    ]
    frame = pd.concat(frames).fillna("")
    told = [", ".join(tables)]
    for sheet, table in tables.items():
        missing = [repr(column) for column in frame if column not in table.frame]
        told += [f"{table.guessed} of {sheet!r}"] if table.guessed else []
        told += [f"{sheet!r} has no {', '.join(missing)}: empty there"] if missing else []
    return RawTable(
        frame,
        ", ".join(told),
        left("totals"),
        left("repeated"),
        left("empty"),
        left("beyond"),
        ", ".join(tables),
        sum(table.rows for table in tables.values()),
        left("swallowed"),
    )


def _parquet(path: Path) -> pd.DataFrame:
    try:
        import duckdb
    except ImportError as error:
        raise InvalidValue(
            f"{path.name}: parquet is read by duckdb, which is not installed: "
            "python -m pip install 'clientlab[scale]'"
        ) from error
    try:
        return duckdb.read_parquet(str(path)).df()
    except duckdb.Error as error:
        raise InvalidValue(f"{path.name}: this is not a parquet file. Write it again.") from error


def _spss(path: Path) -> pd.DataFrame:
    """Codes as they are stored: labels differ between waves of one questionnaire."""
    try:
        import pyreadstat
    except ImportError as error:
        raise InvalidValue(
            f"{path.name}: SPSS files are read by pyreadstat, which is not installed: "
            "python -m pip install 'clientlab[spss]'"
        ) from error
    try:
        return pd.DataFrame(pyreadstat.read_sav(str(path))[0])
    except pyreadstat.ReadstatError as error:
        raise InvalidValue(
            f"{path.name}: this is not a file that SPSS saved. Save it again as .sav."
        ) from error


TYPED = {".parquet": _parquet, ".sav": _spss}


def _text_rows(
    path: Path,
    recognised: Callable[[str], bool] | None,
    encoding: str | None,
    separator: str | None,
) -> tuple[list[list[str]], str, str]:
    content = path.read_bytes()
    # Excel's 'Unicode text' begins with a mark that no other encoding has.
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    among = (encoding,) if encoding else ("utf-16",) if marked else ENCODINGS
    text, found = _decoded(path.name, content, among, said=encoding is not None)
    if separator is not None and len(separator) != 1:
        raise InvalidValue(
            f"{path.name}: the separator {separator!r} is not one character. "
            "Leave it out to have it guessed."
        )
    try:
        separator = separator or _separator(text, recognised)
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InvalidValue(
            f"{path.name}: a cell has more than {csv.field_size_limit():,} characters. "
            "A quotation mark that is not closed does that; look for it."
        ) from error
    name = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}.get(separator, separator)
    return rows, f"{found.removesuffix('-sig')}, separated by {name}", separator


def _decoded(name: str, content: bytes, among: Sequence[str], *, said: bool) -> tuple[str, str]:
    """The text, and the first of the encodings that reads it."""
    for encoding in among:
        try:
            return content.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise InvalidValue(
                f"{name}: {encoding!r} is not an encoding. Use 'utf-8', 'utf-16' or 'cp1251'."
            ) from error
    if said:
        raise InvalidValue(
            f"{name}: the text is not in {among[0]}. Leave the encoding out to have it guessed."
        )
    raise InvalidValue(
        f"{name}: the text is neither UTF-8 nor cp1251. Save it again as 'CSV UTF-8'."
    )


def _separator(text: str, recognised: Callable[[str], bool] | None) -> str:
    """The separator that makes most known headers, or stands most often in the first row."""
    lines = text.lstrip("\r\n").split("\n")[:HEADER_AMONG]
    if recognised is not None:
        scores = {
            mark: max((_known(line, mark, recognised), line.count(mark)) for line in lines)
            for mark in SEPARATORS
        }
        best = max(scores, key=lambda mark: scores[mark])
        if scores[best][0]:
            return best
    return max(SEPARATORS, key=lines[0].count)


def _known(line: str, mark: str, recognised: Callable[[str], bool]) -> int:
    """How many known headers a line has, if cut at this mark."""
    cells = next(csv.reader([line], delimiter=mark), [])
    return sum(recognised(cell.strip()) for cell in cells)


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
