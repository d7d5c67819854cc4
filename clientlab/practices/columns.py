"""Which columns of an export belong to which question.

It answers: is a question one column or one for each option, and what of the file is not
used. Form builders write 'Question [Option]', 'Question / Option', 'code_option', or the
option alone; only words are compared, not what stands between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from clientlab.practices.cells import Columns
from clientlab.practices.codebook import OTHER, Codebook, Question
from clientlab.practices.packed import OTHER_HEADS
from clientlab.values import normalised

_NUMBERED = re.compile(r"^\s*(?:q|в|вопрос|question)?\s*\d+\s*[.):]\s*", re.IGNORECASE)
_REPEATED = re.compile(r" \(\d+\)$")
_RANKS = ("", "rank ", "место ", "ранг ")
BY_OPTION = ("multi", "ranking")
Place = tuple[str, str]  # question and option, '' for the question itself


@dataclass
class Found:
    """Columns of the questions; made by `columns_of`.

    Attributes
    ----------
    columns : dict of question to Columns
    unused : list of str
        Headers that belong to no question.
    by_order : list of str
        Headers that name an option of several questions, given to the next one of them.
    twofold : list of str
        Questions with a column of their own and one for each option; the latter are read.
    """

    columns: dict[str, Columns] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    by_order: list[str] = field(default_factory=list)
    twofold: list[str] = field(default_factory=list)


def columns_of(frame: pd.DataFrame, codebook: Codebook) -> Found:
    """The columns of every question that has any.

    Parameters
    ----------
    frame : DataFrame
        As read, headers as in the file, each once.
    codebook : Codebook

    Returns
    -------
    Found
    """
    known, alone = _known(codebook), _options_alone(codebook)
    taken: dict[Place, str] = {}
    found = Found()
    before = ""
    for header in frame.columns:
        place, several = _place(header, known, alone, taken, before, codebook)
        if place is None or place in taken:  # a second column of the same name is not added up
            found.unused.append(header)
            continue
        if several:
            found.by_order.append(header)
        taken[place], before = header, place[0]
    text = {place: _as_text(frame[header]) for place, header in taken.items()}
    for id in codebook.by_id:
        own = {part: column for (question, part), column in text.items() if question == id}
        if set(own) == {OTHER}:  # words of their own alone tell nothing of the others
            found.unused.append(taken[id, OTHER])
        elif own:
            found.columns[id] = _collected(own)
            if found.columns[id].whole is not None and found.columns[id].parts:
                found.twofold.append(id)
    return found


def headers_of(frame: pd.DataFrame) -> list[str]:
    """Headers as text; one that stands twice is numbered: 'Other', 'Other (2)'.

    Examples
    --------
    >>> headers_of(pd.DataFrame([[1, 2, 3]], columns=["Other", 7, "Other"]))
    ['Other', '7', 'Other (2)']
    """
    seen: dict[str, int] = {}
    names = []
    for header in map(str, frame.columns):
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return names


def knows(codebook: Codebook) -> Callable[[str], bool]:
    """Whether a header belongs to a question of the codebook."""
    known, alone = _known(codebook), _options_alone(codebook)

    def recognised(header: str) -> bool:
        name = normalised(header)
        return name in known or normalised(_NUMBERED.sub("", header)) in known or name in alone

    return recognised


def _place(
    header: str,
    known: dict[str, Place],
    alone: dict[str, list[Place]],
    taken: dict[Place, str],
    before: str,
    codebook: Codebook,
) -> tuple[Place | None, bool]:
    """Where a header belongs, and whether only its order among the others told so."""
    bare = _NUMBERED.sub("", header)
    for name in (header, bare):
        if normalised(name) in known:
            return known[normalised(name)], False
    once = _REPEATED.sub("", bare)
    if before and normalised(once) in OTHER_HEADS and codebook[before].has_other:
        return (before, OTHER), False
    for name in (header, once):
        places = [place for place in alone.get(normalised(name), ()) if place not in taken]
        if places:
            here = [place for place in places if place[0] == before]
            return (here or places)[0], len(alone[normalised(name)]) > 1
    return None, False


def _as_text(column: pd.Series) -> pd.Series:
    """Missing as ''; what is typed stays so until distinct values are read."""
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == bool:
        column = column.astype(object)
    return column.astype(object).where(column.notna(), "").reset_index(drop=True)


def _collected(own: dict[str, pd.Series]) -> Columns:
    ranks = {part: column for part, column in own.items() if part.startswith("#")}
    parts = {part: column for part, column in own.items() if part and part not in ranks}
    return Columns(
        own.get(""),
        parts if set(parts) - {OTHER} else {},
        tuple(ranks[rank] for rank in sorted(ranks, key=lambda rank: int(rank[1:]))),
        own.get(OTHER),
    )


def _known(codebook: Codebook) -> dict[str, Place]:
    """Normal form of a header -> question and option ('' for the question itself)."""
    found: dict[str, Place] = {}
    for question in codebook.by_id.values():
        for name in question.names:
            found.setdefault(normalised(name), (question.id, ""))
    for question in codebook.by_id.values():
        if question.type == "ranking":
            for name in question.names:
                for rank in range(1, len(question.options) + 1):
                    for word in _RANKS:
                        found.setdefault(normalised(f"{name} {word}{rank}"),
                                         (question.id, f"#{rank}"))  # fmt: skip
        for name, part in _parts(question):
            for own in question.names:
                found.setdefault(normalised(f"{own} {name}"), (question.id, part))
    return found


def _parts(question: Question) -> Iterable[tuple[str, str]]:
    if question.type in BY_OPTION:
        yield from ((name, option.id) for option in question.choices for name in option.names)
    if question.has_other:
        yield from ((name, OTHER) for name in (*OTHER_HEADS, "comment", "комментарий"))


def _options_alone(codebook: Codebook) -> dict[str, list[Place]]:
    """Headers that are the name of an option, and the questions they may belong to."""
    found: dict[str, list[Place]] = {}
    for question in codebook.by_id.values():
        if question.type in BY_OPTION:
            for option in question.options:
                for name in {normalised(name) for name in option.names} - {""}:
                    places = found.setdefault(name, [])
                    if not name.isdecimal():  # a column '1' may be anything
                        places.append((question.id, option.id))
    return {name: places for name, places in found.items()
            if places and len({question for question, _ in places}) == len(places)}  # fmt: skip
