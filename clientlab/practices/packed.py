"""Several answers in one cell: 'Calls, weekly; Reports'.

It answers: which known options does the cell hold, and which text is none of them. A
comma may stand inside an option, and one option may begin like another: so options are
looked for from the longest name down, and only as whole parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SEPARATORS = ";,|\n"
OTHER_HEADS = ("other", "другое", "другой", "свой вариант", "другой вариант", "иное")
_BETWEEN = re.compile(rf"[{SEPARATORS}\s]*")
_END = re.compile(rf"\s*(?:[{SEPARATORS}]|$)")


def split_cell(cell: str, names: Mapping[str, int]) -> tuple[list[int], list[str]]:
    """Options of a cell in their order, and texts that are none.

    Parameters
    ----------
    cell : str
    names : mapping of name in lower case to place

    Returns
    -------
    found : list of int
    left : list of str

    Examples
    --------
    >>> names = {"calls": 0, "calls, weekly": 1, "reports": 2}
    >>> split_cell("Calls, weekly, Reports, dinner; talks", names)
    ([1, 2], ['dinner; talks'])
    """
    ordered = sorted(names, key=len, reverse=True)
    text, lower = cell.strip(), _folded(cell.strip())
    found: list[int] = []
    left: list[str] = []
    place, began = 0, None
    while place < len(text):
        place = _BETWEEN.match(text, place).end() if began is None else place
        name = _at(lower, place, ordered)
        if name is not None:
            if began is not None:
                left.append(_trimmed(text[began:place]))
                began = None
            found.append(names[name])
            place += len(name)
            continue
        if place < len(text):
            began = place if began is None else began
            place = _next_part(text, place)
    if began is not None:
        left.append(_trimmed(text[began:]))
    return list(dict.fromkeys(found)), [part for part in left if part]


def without_other(text: str) -> str:
    """'Other: dinner' -> 'dinner'.

    Examples
    --------
    >>> without_other("Другое: ужин"), without_other("dinner")
    ('ужин', 'dinner')
    """
    head, colon, rest = text.partition(":")
    if colon and head.strip().casefold() in OTHER_HEADS:
        return rest.strip()
    return "" if text.strip().casefold() in OTHER_HEADS else text.strip()


def _at(lower: str, place: int, ordered: Iterable[str]) -> str | None:
    """The longest name that stands here as a whole part."""
    for name in ordered:
        if lower.startswith(name, place) and _END.match(lower, place + len(name)):
            return name
    return None


def _next_part(text: str, place: int) -> int:
    """Where the next part begins, after a separator."""
    while place < len(text) and text[place] not in SEPARATORS:
        place += 1
    return _BETWEEN.match(text, place).end()


def _trimmed(text: str) -> str:
    return text.strip(SEPARATORS + " \t\r")


def _folded(text: str) -> str:
    """Lower case that keeps every character in its place."""
    return "".join(low if len(low := char.casefold()) == 1 else char for char in text)
