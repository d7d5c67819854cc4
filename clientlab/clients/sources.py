"""Which file or sheet is which table.

It answers: where are the tables of a base, in a folder, a workbook or a mapping. A file
that is not read is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from clientlab.clients.headers import recogniser
from clientlab.clients.schema import tables
from clientlab.config import FILE, Config, FileOf, read_config
from clientlab.problems import InvalidType, InvalidValue, Problem
from clientlab.reading import TYPED, RawTable, read_sheets, read_table
from clientlab.values import normalised

BOOKS = (".xlsx", ".xlsm")
SUFFIXES = (".csv", ".txt", ".tsv", *BOOKS, *TYPED)


def raw_tables(source: Any) -> tuple[Config, dict[str, RawTable], list[Problem]]:
    if isinstance(source, Mapping):
        return Config(), *_of_mapping(source)
    if not isinstance(source, str | Path):
        raise InvalidType(
            f"A client base is read from a folder, a {FILE}, a workbook or tables by name; "
            f"got a {type(source).__name__}."
        )
    path = Path(source)
    if path.is_dir():
        config = read_config(path / FILE) if (path / FILE).is_file() else Config(folder=path)
        return config, *_of_folder(config)
    if not path.exists():
        raise InvalidValue(f"There is no file or folder {str(path)!r} (looked in {Path.cwd()}).")
    if path.suffix.lower() == ".toml":
        config = read_config(path)
        return config, *_of_folder(config)
    if path.suffix.lower() in BOOKS:
        return Config(folder=path.parent), *_of_book(path)
    raise InvalidValue(
        f"{path.name} is one table; a client base needs clients and invoices. Give the folder "
        f"that holds both: ClientBase.read({str(path.parent)!r})"
    )


def _of_mapping(source: Mapping) -> tuple[dict[str, RawTable], list[Problem]]:
    known = tables()
    strange = [name for name in source if name not in known]
    if strange:
        raise InvalidValue(
            f"{strange[0]!r} is not a table of a client base. Known: {', '.join(known)}."
        )
    return {
        name: RawTable(given, "") if isinstance(given, pd.DataFrame) else _read(name, given)
        for name, given in source.items()
    }, []


def _of_folder(config: Config) -> tuple[dict[str, RawTable], list[Problem]]:
    known = tables()
    raw: dict[str, RawTable] = {}
    problems: list[Problem] = []
    for name, file in config.files.items():
        if name not in known:
            problems.append(Problem(FILE, f"[files] {name} is not a table of a client base. Known: "
                                    f"{', '.join(known)}."))  # fmt: skip
            continue
        raw[name] = _read(name, config.folder / file.path, file, config)
    named = {(config.folder / file.path).resolve() for file in config.files.values()}
    for path in sorted(config.folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.resolve() in named:
            continue
        name = table_called(path.stem)
        if name and name not in raw:
            raw[name] = _read(name, path, config=config)
            if name != path.stem:
                text = f"the file {path.name} is read as this table: a guess from its name."
                problems.append(Problem(name, text, severity="note"))
        elif path.suffix.lower() in BOOKS and not name:
            sheets, told = _of_book(path)
            raw |= {sheet: table for sheet, table in sheets.items() if sheet not in raw}
            problems += told
        else:
            why = "another file is this table" if name else "no table has this name"
            text = f"the file is not read: {why}."
            problems.append(Problem(path.name, text, severity="note"))
    return raw, problems


def _of_book(path: Path) -> tuple[dict[str, RawTable], list[Problem]]:
    raw, problems = {}, []
    for sheet, table in read_sheets(path, recognised=recogniser()).items():
        name = table_called(sheet)
        if name and name not in raw:
            raw[name] = table
        else:
            text = f"the sheet {sheet!r} is not read: no table has this name."
            problems.append(Problem(path.name, text, severity="note"))
    return raw, problems


def table_called(name: str) -> str | None:
    """The table that a file or a sheet of this name holds; None if it is none.

    Examples
    --------
    >>> table_called("Счета"), table_called("invoices"), table_called("notes")
    ('invoices', 'invoices', None)
    """
    wanted = normalised(name.replace("_", " "))
    for table in tables().values():
        names = (table.name.replace("_", " "), *table.also)
        if wanted in {normalised(name) for name in names}:
            return table.name
    return None


def _read(
    name: str, path: str | Path, file: FileOf | None = None, config: Config | None = None
) -> RawTable:
    mapped = {normalised(header) for header in (config or Config()).columns.get(name, {}).values()}
    recognised = recogniser(tables()[name])
    return read_table(
        path,
        sheets=file.sheets if file else None,
        recognised=lambda header: recognised(header) or normalised(header) in mapped,
        encoding=file.encoding if file else None,
        separator=file.separator if file else None,
    )
