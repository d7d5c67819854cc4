"""Several answers in one cell: 'Calls, weekly; Reports'.

It answers: which known options does the cell hold, and which text is none of them. A
comma may stand inside an option, and one option may begin like another: so options are
looked for from the longest name down, and only as whole parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from clientlab.values import normalised

SEPARATORS = ";,|\n"
OTHER_HEADS = (
    "other", "другое", "другой", "свой вариант", "другой вариант", "иное",
    "other please specify", "другое укажите", "oth",
)  # fmt: skip
_BETWEEN = re.compile(rf"[{SEPARATORS}\s]*")
_END = re.compile(rf"\s*(?:[{SEPARATORS}]|$)")


def split_cell(cell: str, names: Mapping[str, int]) -> tuple[list[int], list[str]]:
    """Options of a cell in their order, and texts that are none.

    Parameters
    ----------
    cell : str
    names : mapping of name to place
        Made by `foldings`; a part that stands there under no name is compared once more
        without punctuation.

    Returns
    -------
    found : list of int
    left : list of str

    Examples
    --------
    >>> names = {"calls": 0, "calls, weekly": 1, "reports": 2}
    >>> split_cell("Calls, weekly, Reports, dinner; talks", names)
    ([1, 2], ['dinner; talks'])
    >>> split_cell("Calls weekly, Reports", names | {"~calls weekly": 1})
    ([1, 2], [])
    """
    ordered = sorted((name for name in names if name[:1] != "~"), key=len, reverse=True)
    text, lower = cell.strip(), folded(cell.strip())
    parts: list[int | str] = []
    place, began = 0, None
    while place < len(text):
        place = _BETWEEN.match(text, place).end() if began is None else place
        name = _at(lower, place, ordered)
        if name is not None:
            if began is not None:
                parts.append(_trimmed(text[began:place]))
                began = None
            parts.append(names[name])
            place += len(name)
            continue
        if place < len(text):
            began = place if began is None else began
            place = _next_part(text, place)
    if began is not None:
        parts.append(_trimmed(text[began:]))
    read = [[part] if isinstance(part, int) else _looser(part, names) for part in parts]
    found = [part for some in read for part in some if isinstance(part, int)]
    left = [part for some in read for part in some if isinstance(part, str)]
    return list(dict.fromkeys(found)), [part for part in left if part]


def _looser(part: str, names: Mapping[str, int]) -> list[int] | list[str]:
    """What fits no name may be an option, or several, written without their commas."""
    whole, *pieces = (names.get(f"~{normalised(text)}", -1)
                      for text in (part, *re.split(f"[{SEPARATORS}]", part)))  # fmt: skip
    if whole >= 0:
        return [whole]
    return pieces if min(pieces) >= 0 else [part]


def without_other(text: str) -> str:
    """'Other: dinner' -> 'dinner'.

    Examples
    --------
    >>> without_other("Другое: ужин"), without_other("dinner")
    ('ужин', 'dinner')
    """
    head, colon, rest = text.partition(":")
    if colon and normalised(head) in OTHER_HEADS:
        return rest.strip()
    return "" if normalised(text) in OTHER_HEADS else text.strip()


def is_other(text: str) -> bool:
    """Begins as an answer of one's own does: 'Другое: …'.

    Examples
    --------
    >>> is_other("Другое: ужин"), is_other("Другое"), is_other("ужин: дома")
    (True, True, False)
    """
    return normalised(text.partition(":")[0]) in OTHER_HEADS


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


def folded(text: str) -> str:
    """Lower case that keeps every character in its place; ё is е.

    Examples
    --------
    >>> folded("Отчёты")
    'отчеты'
    """
    low = "".join(low if len(low := char.casefold()) == 1 else char for char in text)
    return low.replace("ё", "е")
