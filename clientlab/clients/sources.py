"""Which file or sheet is which table.

It answers: where are the tables of a base, in a folder, a workbook or a mapping. A file
that is not read is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from clientlab.clients.headers import recogniser
from clientlab.clients.schema import tables
from clientlab.config import FILE, Config, FileOf, read_config
from clientlab.problems import InvalidType, InvalidValue, Problem
from clientlab.reading import TYPED, RawTable, read_sheets, read_table, stacked
from clientlab.values import normalised

BOOKS = (".xlsx", ".xlsm", ".xls")  # the last is told how to be saved
# Words around the name of a table, as numbers are: 'Счета за 2025 год'.
AROUND = set(
    "выгрузка отчет реестр список таблица данные по за из год года г crm 1с битрикс мои наши "
    "export report list table data of all our".split()
)
SUFFIXES = (".csv", ".txt", ".tsv", *BOOKS, *TYPED)
PASSING = ("~$", ".")  # what Excel and file managers leave beside the files
NOT_READ = "is not read: "


def raw_tables(source: Any) -> tuple[Config, dict[str, RawTable], list[Problem]]:
    """Settings, raw tables by name and problems of whatever the analyst gave."""
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
    raw, problems = {}, []
    for name, given in source.items():
        if isinstance(given, pd.DataFrame):
            raw[name] = RawTable(given, "")
        else:
            with _told(problems, name, Path(given)):
                raw[name] = _read(name, given)
    return raw, problems


@contextmanager
def _told(problems: list[Problem], table: str, path: Path) -> Iterator[None]:
    """A file that cannot be read is told, and the others are read."""
    try:
        yield
    except InvalidValue as error:
        why = str(error).removeprefix(f"{path.name}: ")
        problems.append(Problem(table, f"the file {path.name} {NOT_READ}{why}"))
    except OSError as error:
        why = f"the system refused ({error.strerror or error})."
        problems.append(Problem(table, f"the file {path.name} {NOT_READ}{why}"))


def is_of_file(problem: Problem) -> bool:
    """Whether a problem is that a file could not be read."""
    return problem.severity == "error" and problem.message.startswith("the file ") and (
        NOT_READ in problem.message
    )  # fmt: skip


def _of_folder(config: Config) -> tuple[dict[str, RawTable], list[Problem]]:
    known = tables()
    raw: dict[str, RawTable] = {}
    problems: list[Problem] = []
    for name, file in config.files.items():
        if name not in known:
            problems.append(Problem(FILE, f"[files] {name} is not a table of a client base. Known: "
                                    f"{', '.join(known)}."))  # fmt: skip
            continue
        path = config.folder / file.path
        with _told(problems, name, path):
            raw[name] = _read(name, path, file, config)
    named = {(config.folder / file.path).resolve() for file in config.files.values()}
    found: dict[str, list[Path]] = {}
    for path in sorted(config.folder.iterdir()):
        passing = path.name.startswith(PASSING) or path.suffix.lower() not in SUFFIXES
        if passing or path.resolve() in named:
            continue
        name = table_called(path.stem)
        if name and name not in raw and name not in config.files:
            found.setdefault(name, []).append(path)
        elif path.suffix.lower() in BOOKS and not name:
            with _told(problems, path.name, path):
                sheets, told = _of_book(path)
                raw |= {sheet: table for sheet, table in sheets.items() if sheet not in raw}
                problems += told
        else:
            problems.append(_not_read(f"the file {path.name}", path.name, name))
    for name, paths in found.items():
        exact = [path for path in paths if path.stem == name][:1]
        read, parts = exact or paths, {}
        for path in read:
            with _told(problems, name, path):
                parts[path.name] = _read(name, path, config=config)
        if parts:
            raw[name] = _under_each_other(parts)
        rest = [path for path in paths if path not in read]
        problems += [_not_read(f"the file {path.name}", path.name, name) for path in rest]
        if parts and not exact:
            problems.append(_guess(name, "file", list(parts)))
    return raw, problems


def _of_book(path: Path) -> tuple[dict[str, RawTable], list[Problem]]:
    found, problems = {}, []
    for sheet, table in read_sheets(path, recognised=recogniser()).items():
        name = table_called(sheet)
        if name:
            found.setdefault(name, {})[sheet] = table
        else:
            problems.append(_not_read(f"the sheet {sheet!r}", path.name, None))
    for name, sheets in found.items():
        if list(sheets) != [name]:
            problems.append(_guess(name, "sheet", list(sheets)))
    return {name: _under_each_other(sheets) for name, sheets in found.items()}, problems


def _under_each_other(parts: dict[str, RawTable]) -> RawTable:
    return stacked(parts) if len(parts) > 1 else next(iter(parts.values()))


def _guess(name: str, kind: str, parts: list[str]) -> Problem:
    if len(parts) == 1:
        text = f"the {kind} {parts[0]} is read as this table: a guess from its name."
        return Problem(name, text, severity="note")
    text = f"{len(parts)} {kind}s are read as this table, under each other: {', '.join(parts)}."
    fix = f'If that is wrong, name one of them in {FILE}: [files] {name} = "{parts[0]}"'
    return Problem(name, text, severity="warning", fix=fix if kind == "file" else "")


def _not_read(what: str, where: str, name: str | None) -> Problem:
    """Rows left lying are graver where the table they belong to is known."""
    why = f"another file is {name}" if name else "no table has this name"
    return Problem(where, f"{what} is not read: {why}.", severity="warning" if name else "note")


def table_called(name: str) -> str | None:
    """The table that a file or a sheet of this name holds; None if it is none.

    Examples
    --------
    >>> table_called("Счета за 2025 год"), table_called("invoices"), table_called("notes")
    ('invoices', 'invoices', None)
    """
    wanted = normalised(name.replace("_", " "))
    bare = " ".join(word for word in wanted.split() if word not in AROUND and not word.isdigit())
    for table in tables().values():
        names = (table.name.replace("_", " "), *table.also)
        if {wanted, bare} & {normalised(name) for name in names}:
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
