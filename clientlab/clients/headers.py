"""Which header of a file is which column of a table.

It answers: what did the analyst map, what can be guessed from the header, what is
missing. Guesses are told; nothing is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher

from clientlab.clients.schema import Column, Table, tables
from clientlab.config import Config
from clientlab.problems import Problem
from clientlab.values import normalised

PLANNED = ("план", "прогноз", "ожида", "plan", "expect", "forecast")  # not what happened


def names_of(column: Column) -> list[str]:
    """Headers that are this column, in normal form, the surest first."""
    names = (column.name.replace("_", " "), column.meaning.ru, column.meaning.en, *column.also)
    return list(dict.fromkeys(normalised(name) for name in names))


def recogniser(table: Table | None = None) -> Callable[[str], bool]:
    """Whether a header is one that the schema knows."""
    among = [table] if table else list(tables().values())
    names = {name for one in among for column in one.by_name.values() for name in names_of(column)}
    return lambda header: bool(header) and normalised(header) in names


def mapped_headers(
    table: Table, headers: list[str], config: Config
) -> tuple[dict[str, str], list[Problem]]:
    """Which header of a file is which column of a table.

    Returns
    -------
    mapping of column to header, problems
    """
    problems, found = _said_headers(table, headers, config.columns.get(table.name, {}))
    normal = {header: normalised(str(header).replace("_", " ")) for header in headers}
    for column in table.by_name.values():
        if column.name in found:
            continue
        free = [header for header in headers if header not in found.values()]
        for name in names_of(column):
            fit = [header for header in free if normal[header] == name]
            if fit:
                found[column.name] = fit[0]
                break
    if table.name == "clients" and "client_id" not in found and "name" in found:
        found["client_id"] = found["name"]  # a list of names is a list of clients
    for name in table.required_columns:
        longer = _longer(table[name], [h for h in headers if h not in found.values()], normal)
        if name not in found and len(longer) == 1:
            found[name] = longer[0]
    free = [str(header) for header in headers if header not in found.values() and str(header)]
    for name in table.required_columns:
        if name not in found:
            there = free or [str(header) for header in headers if str(header)]
            hint = f"; the file has {', '.join(map(repr, there[:5]))}" if there else ""
            example = _nearest(table[name], free)
            problems.append(
                Problem(
                    table.name,
                    f"column {name!r} is missing{hint}.",
                    fix=f'Map it: [columns.{table.name}] {name} = "{example}"',
                )
            )
    guessed = {name: header for name, header in found.items() if name != header}
    if guessed:
        text = "columns by their headers: " + ", ".join(
            f"{name} = {header!r}" for name, header in guessed.items()
        )
        problems.append(Problem(table.name, text + ".", severity="note"))
    if free:
        text = f"columns not used: {', '.join(map(repr, free))}."
        problems.append(Problem(table.name, text, severity="note"))
    return found, problems


def _longer(column: Column, headers: list[str], normal: Mapping[str, str]) -> list[str]:
    """Headers that hold all words of a name of the column, and others: 'Сумма счёта с НДС'.

    Only for columns without which there is no table, and only if one header fits: an end
    of a contract must not be guessed to be the end of a client.
    """
    names = [set(name.split()) for name in names_of(column)]
    return [
        header
        for header in headers
        if any(name <= set(normal[header].split()) for name in names)
        and not any(word.startswith(PLANNED) for word in normal[header].split())
    ]


def _nearest(column: Column, headers: list[str]) -> str:
    """The header that looks most like a name of the column, to be put into an example."""
    likeness = {
        header: max(SequenceMatcher(None, normalised(header), name).ratio()
                    for name in names_of(column))
        for header in headers
    }  # fmt: skip
    return max(likeness, key=lambda header: likeness[header]) if likeness else "…"


def _said_headers(
    table: Table, headers: list[str], said: Mapping[str, str]
) -> tuple[list[Problem], dict[str, str]]:
    """The headers that the analyst mapped, checked."""
    problems, found = [], {}
    for name, header in said.items():
        place = f"[columns.{table.name}] {name} = {header!r}"
        if name not in table.by_name:
            text = f"{place}: the table has no such column. Known: {', '.join(table.by_name)}."
            problems.append(Problem(table.name, text))
        elif header not in headers:
            text = f"{place}: the file has no such header. It has {', '.join(map(repr, headers))}."
            problems.append(Problem(table.name, text))
        else:
            found[name] = header
    return problems, found
