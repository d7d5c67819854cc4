"""What is wrong with a questionnaire, by question.

It answers: which keys are no keys, which names stand twice, which rules lead nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clientlab.practices.packed import folded
from clientlab.problems import Problem

if TYPE_CHECKING:
    from clientlab.practices.codebook import Codebook, Question

TYPES = ("single", "multi", "scale", "bands", "ranking", "nps", "number", "text", "grid")
WITH_OPTIONS = ("single", "multi", "bands", "ranking")


def told(name: str, held: Any, error: Mapping) -> Problem:
    """One fault of the form, by question instead of by position."""
    place = list(error["loc"])
    where = ""
    if len(place) > 1 and place[0] == "questions" and isinstance(place[1], int):
        given = held["questions"][place[1]]
        id = given.get("id", f"number {place[1] + 1}") if isinstance(given, Mapping) else place[1]
        where, place = f"question {id!r}: ", place[2:]
    said = {
        "missing": "is missing",
        "extra_forbidden": "is not a key of a codebook",
        "literal_error": f"is none of {', '.join(TYPES)}",
    }.get(error["type"], error["msg"].removeprefix("Value error, "))
    return Problem(name, f"{where}{'.'.join(map(str, place))} {said}.".replace("  ", " "))


def wrong(name: str, book: Codebook) -> list[Problem]:
    """What is well-formed and cannot be used."""
    found: list[str] = []
    ids = [question.id for question in book.questions]
    found += [f"two questions are called {id!r}." for id in dict.fromkeys(ids) if ids.count(id) > 1]
    seen: set[str] = set()
    for question in book.questions:
        here = f"question {question.id!r}: "
        found += [here + text for text in _wrong_options(question)]
        if question.type in ("scale", "number") and _empty_range(question):
            found.append(here + f"low ({question.low:g}) is not under high ({question.high:g}).")
        if question.type == "scale" and (question.low is None or question.high is None):
            found.append(here + "a scale needs low and high.")
        if not _fit(question):
            found.append(here + "anchors are two, for the ends, or one for each point.")
        if question.type == "grid" and not question.rows:
            found.append(here + "a grid needs rows.")
        rule = question.asked_if
        if rule and rule.question not in seen:
            found.append(here + f"asked_if names {rule.question!r}, which is no earlier question.")
        elif rule:
            known = [option.id for option in book[rule.question].choices]
            strange = [id for id in rule.any_of if id not in known]
            found += [here + f"asked_if names {id!r}, which is no option of {rule.question!r}."
                      for id in strange]  # fmt: skip
        rows = [f"{question.id}.{row.id}" for row in question.rows]
        seen |= set(rows if question.type == "grid" else [question.id])
    return [Problem(name, text) for text in found]


def _fit(question: Question) -> bool:
    count = len(question.anchors)
    if not count or question.low is None or question.high is None:
        return True
    return count in (2, question.high - question.low + 1)


def _empty_range(question: Question) -> bool:
    return question.low is not None and question.high is not None and question.low >= question.high


def _wrong_options(question: Question) -> list[str]:
    found = []
    grid_of_choices = question.type == "grid" and question.low is None
    if (question.type in WITH_OPTIONS or grid_of_choices) and len(question.options) < 2:
        found.append(f"a question of type {question.type!r} needs at least two options.")
    for kind, parts in (("options", question.options), ("rows", question.rows)):
        ids = [part.id for part in parts]
        found += [
            f"two {kind} are called {id!r}." for id in dict.fromkeys(ids) if ids.count(id) > 1
        ]
        names: dict[str, str] = {}
        for part in parts:
            for text in part.names:
                key = folded(text.strip())
                if names.setdefault(key, part.id) != part.id:
                    found.append(f"{text!r} names two {kind}: {names[key]!r} and {part.id!r}.")
    if question.type != "multi" and any(option.exclusive for option in question.options):
        found.append("only the options of a multi can be exclusive.")
    return list(dict.fromkeys(found))
