"""Which columns of an export belong to which question.

It answers: is a question one column or one for each option, and what of the file is not
used. Form builders write 'Question [Option]', 'Question / Option', 'code_option', or the
option alone; only words are compared, not what stands between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pandas as pd

from clientlab.practices.codebook import OTHER, Codebook, Question
from clientlab.practices.questions import Columns
from clientlab.values import normalised

_NUMBERED = re.compile(r"^\s*(?:q|в|вопрос|question)?\s*\d+\s*[.):]\s*", re.IGNORECASE)
_RANKS = ("", "rank ", "место ", "ранг ")
BY_OPTION = ("multi", "ranking")


def columns_of(frame: pd.DataFrame, codebook: Codebook) -> tuple[dict[str, Columns], list[str]]:
    """The columns of every question that has any, and the headers that belong to none.

    Parameters
    ----------
    frame : DataFrame
        As read, headers as in the file.
    codebook : Codebook

    Returns
    -------
    columns : dict of question to Columns
    unused : list of str
    """
    known = _known(codebook)
    alone = _options_alone(codebook)
    whole: dict[str, str] = {}
    parts: dict[str, dict[str, str]] = {}
    ranked: dict[str, dict[int, str]] = {}
    unused = []
    for header in map(str, frame.columns):
        found = known.get(normalised(header)) or known.get(normalised(_NUMBERED.sub("", header)))
        found = found or alone.get(normalised(header))
        if found is None:
            unused.append(header)
            continue
        question, part = found
        if part == "":
            place: dict = whole
            key: object = question
        elif part.startswith("#"):
            place, key = ranked.setdefault(question, {}), int(part[1:])
        else:
            place, key = parts.setdefault(question, {}), part
        if key in place:
            unused.append(header)  # a second column of the same name is not added up
        else:
            place[key] = header
    text = {header: _as_text(frame[header]) for header in map(str, frame.columns)}
    return {id: _collected(id, text, whole, parts, ranked) for id in codebook.by_id
            if id in whole or id in parts or id in ranked}, unused  # fmt: skip


def knows(codebook: Codebook) -> Callable[[str], bool]:
    """Whether a header belongs to a question of the codebook."""
    known = _known(codebook)
    return lambda header: normalised(header) in known


def _as_text(column: pd.Series) -> pd.Series:
    """Missing as ''; what is typed stays so until distinct values are read."""
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == bool:
        column = column.astype(object)
    return column.astype(object).where(column.notna(), "").reset_index(drop=True)


def _collected(
    id: str,
    text: dict[str, pd.Series],
    whole: dict[str, str],
    parts: dict[str, dict[str, str]],
    ranked: dict[str, dict[int, str]],
) -> Columns:
    own = {part: text[header] for part, header in parts.get(id, {}).items()}
    other = own.get(OTHER)
    ranks = ranked.get(id, {})
    return Columns(
        text[whole[id]] if id in whole else None,
        own if set(own) - {OTHER} else {},
        tuple(text[ranks[rank]] for rank in sorted(ranks)),
        other,
    )


def _known(codebook: Codebook) -> dict[str, tuple[str, str]]:
    """Normal form of a header -> question and option ('' for the question itself)."""
    found: dict[str, tuple[str, str]] = {}
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
    if question.other:
        yield from ((name, OTHER) for name in ("other", "другое", "comment", "свой вариант"))


def _options_alone(codebook: Codebook) -> dict[str, tuple[str, str]]:
    """Options whose name alone is a header, where it names one option of one question."""
    found: dict[str, set[tuple[str, str]]] = {}
    for question in codebook.by_id.values():
        if question.type in BY_OPTION:
            for option in question.options:
                for name in option.names:
                    found.setdefault(normalised(name), set()).add((question.id, option.id))
    return {name: places.pop() for name, places in found.items() if len(places) == 1 and name}
