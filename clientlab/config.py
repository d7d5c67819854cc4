"""clientlab.toml: where the files are, what their columns are called, which window.

It answers: how does this agency's export map to the tables of the kit. It checks what
is written there and says every mistake at once; it reads no data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from clientlab.problems import InvalidValue

FILE = "clientlab.toml"
HEADER = re.compile(r"\s*\[[\w.]+\]\s*")
ONE_LINE = re.compile(r"^([ \t]*\[[\w.]+\])[ \t]+(?=[\w\"'])", re.MULTILINE)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FileOf(_Part):
    """One file: its path and, for workbooks and odd exports, how to read it."""

    path: str
    sheets: list[str] | None = None
    encoding: str | None = None
    separator: str | None = None


class _Base(_Part):
    name: str = ""
    synthetic: bool = False
    observed_from: date | None = None
    observed_until: date | None = None
    currency: str | None = None


class _Agency(_Part):
    not_industries: list[str] = []
    silent_after_days: int | None = None


class _File(_Part):
    base: _Base = _Base()
    agency: _Agency = _Agency()
    files: dict[str, str | FileOf] = {}
    columns: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, dict[str, str]]] = {}


@dataclass(frozen=True)
class Config:
    """What an analyst says about the exports.

    Parameters
    ----------
    folder : Path
        Relative paths of files start here.
    name : str
        Name of the base, as it stands under pictures.
    synthetic : bool
        The data are invented.
    observed_from, observed_until : date, optional
        First and last day of the records.
    currency : str, optional
        ISO code, say RUB.
    not_industries : tuple of str
        Industries that the agency says it does not work with.
    silent_after_days : int, optional
        Days without an invoice after which a project client counts as lost.
    files : mapping of table to FileOf
    columns : mapping of table to mapping of column to header in the file
    values : mapping of table to mapping of column to mapping of value to code

    Examples
    --------
    >>> Config().name
    ''
    """

    folder: Path = Path()
    name: str = ""
    synthetic: bool = False
    observed_from: date | None = None
    observed_until: date | None = None
    currency: str | None = None
    not_industries: tuple[str, ...] = ()
    silent_after_days: int | None = None
    files: Mapping[str, FileOf] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


def read_config(path: str | Path) -> Config:
    """Read a clientlab.toml.

    Parameters
    ----------
    path : str or Path
        The file; its folder is where relative paths start.

    Returns
    -------
    Config

    Raises
    ------
    InvalidValue
        If it is not TOML or holds something that the kit does not know; all mistakes
        at once.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValue(f"{path.name}: save this file as UTF-8.") from error
    try:
        raw = _loaded(text)
    except tomllib.TOMLDecodeError as error:
        slash = " In paths write / in place of \\." if "\\" in text else ""
        told = f"{path.name}: {error}. Texts stand in quotation marks.{slash}"
        raise InvalidValue(told) from error
    try:
        found = _File.model_validate(_without_times(raw))
    except ValidationError as error:
        lines = [f"{path.name}: {_told(mistake)}" for mistake in error.errors()]
        raise InvalidValue("\n".join(lines)) from None
    files = {
        table: file if isinstance(file, FileOf) else FileOf(path=file)
        for table, file in found.files.items()
    }
    return Config(
        folder=path.parent,
        **found.base.model_dump(),
        not_industries=tuple(found.agency.not_industries),
        silent_after_days=found.agency.silent_after_days,
        files=files,
        columns=found.columns,
        values=found.values,
    )


def _loaded(text: str) -> dict[str, Any]:
    """TOML; also with '[columns.invoices] amount = "…"' in one line, as problems tell it."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        if not ONE_LINE.search(text):
            raise
    sections: dict[str, list[str]] = {}
    lines = sections.setdefault("", [])
    for line in ONE_LINE.sub(r"\1\n", text).splitlines():
        if HEADER.fullmatch(line):  # the same header again goes on with its section
            lines = sections.setdefault(line.strip(), [])
        else:
            lines.append(line)
    return tomllib.loads("\n".join(
        "\n".join((header, *body)) for header, body in sections.items()
    ))  # fmt: skip


def _without_times(raw: dict[str, Any]) -> dict[str, Any]:
    """Days written with a time of day, '2018-01-01T00:00:00', are days."""
    base = raw.get("base")
    if isinstance(base, dict):
        for name, value in base.items():
            if isinstance(value, datetime):
                base[name] = value.date()
    return raw


def _told(mistake: Any) -> str:
    """A mistake of pydantic in words."""
    place = ".".join(str(part) for part in mistake["loc"] if part not in ("str", "FileOf"))
    if mistake["type"] == "extra_forbidden":
        known = ", ".join(_known(mistake["loc"][:-1]))
        return f"[{place}] is not a setting. Known here: {known}."
    if mistake["type"] == "date_type":
        return f"[{place}] must be a day without quotation marks, as in 2018-01-31."
    return f"[{place}] = {mistake['input']!r}: {mistake['msg'].lower()}."


def _known(place: tuple) -> list[str]:
    parts = {"base": _Base, "agency": _Agency, "files": FileOf}
    return list((parts[place[0]] if place and place[0] in parts else _File).model_fields)
