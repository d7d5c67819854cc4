"""Sheets of a workbook that people fill in and print: Excel, with real numbers in its cells.

It answers: how does a table of a result look in Excel. Every sheet has its title above,
its source below, a frozen head and columns as wide as what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from clientlab.problems import InvalidValue
from clientlab.session import style
from clientlab.wording import checked_language

# What a cell holds -> number format and width in characters.
KINDS = {
    "text": ("@", 16),
    "long": ("@", 46),
    "note": ("@", 100),
    "whole": ("0", 6),
    "percent": ("0%", 11),
    "money": ("#,##0", 15),
    "number": ("0.0", 11),
    "day": ("yyyy-mm-dd", 12),
}
WRAPPED = ("long", "note")
WORDS = ("text", *WRAPPED)  # at the left, a little off the number before
HEAD_ROW = 2  # rows above it: title, and a free one
LINE = 15  # points of a line of text
MOST = 31  # characters that Excel allows in the name of a sheet


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Parameters
    ----------
    name : str
        At most 31 characters.
    frame : DataFrame
        Numbers as numbers: shares 0–1.
    heads : mapping of column to str
    kinds : mapping of column to a key of `KINDS`
        Columns without one hold text.
    title, footer : str
    """

    name: str
    frame: pd.DataFrame
    heads: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    footer: str = ""


def write_workbook(path: str | Path, sheets: Sequence[Sheet], lang: str = "en") -> Path:
    """Write sheets into one Excel file.

    Parameters
    ----------
    path : path
        Ending in .xlsx; the folder must exist, a file of this name is replaced.
    sheets : sequence of Sheet
    lang : {"en", "ru"}

    Returns
    -------
    Path

    Raises
    ------
    InvalidValue
        If the path does not end in .xlsx, its folder does not exist, or the file is open
        in another program.

    Examples
    --------
    >>> import tempfile
    >>> sheet = Sheet("list", pd.DataFrame({"share": [0.25]}), kinds={"share": "percent"})
    >>> write_workbook(Path(tempfile.mkdtemp()) / "list.xlsx", [sheet]).name
    'list.xlsx'
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    checked_language(lang)
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise InvalidValue(f"{path.name!r} must end in .xlsx.")
    if not path.parent.is_dir():
        raise InvalidValue(f"The folder {str(path.parent)!r} does not exist: make it first.")
    # A cell that begins with '=' is text of a client, never a formula.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    book = xlsxwriter.Workbook(str(path), options)
    for sheet in sheets:
        _fill(book, sheet)
    try:
        book.close()
    except FileCreateError as error:
        raise InvalidValue(
            f"{path.name!r} cannot be written: {error}. Close it in Excel and try again."
        ) from None
    return path


def _fill(book, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name[:MOST])
    large = book.add_format({"bold": True, "font_size": 14, "font_color": style.INK})
    small = book.add_format({"font_size": 9, "font_color": style.QUIET})
    page.write(0, 0, sheet.title, large)
    for place, name in enumerate(sheet.frame.columns):
        kind = sheet.kinds.get(name, "text")
        written, width = KINDS[kind]
        side = {"align": "left", "indent": 1} if kind in WORDS else {"align": "right"}
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom",
                                "font_color": style.INK, **side})  # fmt: skip
        cell = book.add_format({"num_format": written, "valign": "top", "bottom": 4,
                                "bottom_color": style.RULE, "text_wrap": kind in WRAPPED,
                                **side})  # fmt: skip
        title = str(sheet.heads.get(name, name))
        page.set_column(place, place, max(width, min(len(title), 20)))
        page.write(HEAD_ROW, place, title, head)
        for row, value in enumerate(sheet.frame[name].tolist()):
            _write(page, HEAD_ROW + 1 + row, place, value, cell)
    for row, lines in enumerate(_lines(sheet)):
        page.set_row(HEAD_ROW + 1 + row, 3 + LINE * lines)
    last = HEAD_ROW + len(sheet.frame)
    page.write(last + 2, 0, sheet.footer, small)
    page.freeze_panes(HEAD_ROW + 1, 0)
    if len(sheet.frame) and len(sheet.frame.columns) > 1:
        page.autofilter(HEAD_ROW, 0, last, len(sheet.frame.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEAD_ROW)


def _lines(sheet: Sheet) -> list[int]:
    """Lines that the longest text of each row takes: Excel does not measure them itself."""
    wide = {name: KINDS[kind][1] for name, kind in sheet.kinds.items() if kind in WRAPPED}
    return [max([1, *(-(-len(str(row[name])) // width) for name, width in wide.items())])
            for _, row in sheet.frame.iterrows()]  # fmt: skip


def _write(page, row: int, column: int, value, cell) -> None:
    """A gap stays empty, a day is a day, everything else is what it is."""
    if value is None or value is pd.NaT or value != value:
        page.write_blank(row, column, None, cell)
    elif isinstance(value, pd.Timestamp):
        page.write_datetime(row, column, value.to_pydatetime(), cell)
    else:
        page.write(row, column, value, cell)
