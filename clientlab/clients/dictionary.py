"""The schema for people: the data dictionary, empty tables to fill, a file of settings.

It answers: which columns can I deliver, and what do they mean. All of it is derived from
`schema`, so a new column is described here without being written here.
"""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from clientlab.clients.schema import FIXED, KINDS, UNDATED, Column, Table, tables
from clientlab.config import FILE
from clientlab.wording import checked_language

MARK = "<!-- client base: written by `python -m clientlab dictionary`, not by hand -->"
SETTINGS = """\
# What clientlab should know about your exports. Remove the '#' of what you need.
# Files called clients.csv, invoices.xlsx, Счета.csv … in this folder are found without it.

[base]
# name = "Our agency"
# observed_from = 2018-01-01    # first day from which the records are complete
# observed_until = 2026-08-31   # day of the export
# currency = "RUB"

[agency]
# not_industries = ["gambling"]  # industries that you say you do not work with
# silent_after_days = 120        # a project client without an invoice for so long is lost

[files]
# clients = "CRM 2026.csv"
# invoices = {path = "Счета.xlsx", sheets = ["2025", "2026"]}

[columns.invoices]
# amount = "Сумма, ₽"

[values.clients.end_reason]
# "ушли к конкуренту" = "dissatisfied"
"""


def dictionary() -> str:
    """The data dictionary of all tables, as Markdown.

    Examples
    --------
    >>> "### invoices" in dictionary()
    True
    """
    parts = [MARK, "## Tables of a client base", _how()]
    parts += [_of_table(table) for table in tables().values()]
    return "\n\n".join(parts) + "\n"


def _how() -> str:
    entered = tables()["clients"]["entered_on"].meaning.en
    return (
        "Two tables are required, `clients` and `invoices`; what needs another one says so in one "
        "line and steps aside. Headers may be those below, their Russian names, or mapped in "
        f"`{FILE}`. Every table may have `entered_on`: {entered}."
        "\n\nA value is known *with its row*, or *from* a day in another column, or it is "
        "*undated*: the source overwrites it, so it is used on the day of the export only, unless "
        "the table `history` (or `assignments`, for the manager) dates it."
    )


def _of_table(table: Table) -> str:
    need = "required" if table.required else "optional"
    head = f"### {table.name}\n\n{table.meaning.en} ({table.meaning.ru}); {need}. "
    head += f"A row is known from `{table.known_at}`."
    rows = ["| column | holds | meaning | значение | known |", "|---|---|---|---|---|"]
    for column in table.columns:
        star = " *" if column.required else ""
        rows.append(
            f"| `{column.name}`{star} | {_holds(column)} | {column.meaning.en} "
            f"| {column.meaning.ru} | {_known(column, table)} |"
        )
    return head + "\n\n" + "\n".join(rows) + "\n\n\\* required"


def _holds(column: Column) -> str:
    if column.allowed:
        return ", ".join(f"`{code}`" for code in column.allowed)
    if column.low is not None and column.high is not None:
        return f"{KINDS[column.kind].en}, {column.low:g}–{column.high:g}"
    return KINDS[column.kind].en


def _known(column: Column, table: Table) -> str:
    if column.known_at == UNDATED:
        return "undated"
    if column.known_at == FIXED or column.known_at == table.known_at:
        return "with its row"
    return f"from `{column.known_at}`"


def write_templates(folder: str | Path, *, lang: str = "en") -> list[Path]:
    """Write an empty table for every table of a base, and a file of settings.

    Parameters
    ----------
    folder : path
        Created if it is not there; a file that exists is not touched.
    lang : {"en", "ru"}
        Russian tables have Russian headers and semicolons, as Excel in Russia opens them.

    Returns
    -------
    list of Path
        Files written.
    """
    checked_language(lang)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {f"{table.name}.csv": _template(table, lang) for table in tables().values()}
    contents[FILE] = SETTINGS
    written = []
    for name, text in contents.items():
        path = folder / name
        if not path.exists():
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"  # Excel needs the mark
            path.write_text(text, encoding, newline="\n")
            written.append(path)
    return written


def header(column: Column, lang: str) -> str:
    """The header of a column in a template."""
    if lang == "en":
        return column.name
    return column.also[0] if column.also else column.meaning.ru


def _template(table: Table, lang: str) -> str:
    """The line of headers."""
    text = StringIO()
    write = csv.writer(text, delimiter="," if lang == "en" else ";", lineterminator="\n")
    write.writerow([header(column, lang) for column in table.columns])
    return text.getvalue()
