"""What is wrong with an export, told by respondent.

It answers: which answers fit nothing and in which rows, which columns were not used, who
is doubtful. Nothing is repaired or left out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Codebook, Question
from clientlab.practices.columns import Found
from clientlab.practices.quality import FLAGS, seconds_of
from clientlab.practices.questions import Answers
from clientlab.problems import Problem
from clientlab.wording import number, plural

_DAY = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[.\-](?:[а-я]{3}|[a-z]{3}|\d\d).*")
_SPAN = re.compile(r"\d+\s*[-–—]\s*\d+")
SHOWN = 3


def problems_of(
    book: Codebook,
    answers: Mapping[str, Answers],
    found: Found,
    named: Mapping[str, str],
    frame: pd.DataFrame,
    rows: np.ndarray,
    flags: pd.DataFrame,
) -> list[Problem]:
    """Everything that is wrong with an export.

    Parameters
    ----------
    book : Codebook
    answers : mapping of question to Answers
    found : Found
        Columns of the questions.
    named : mapping of role to header
        Weights, clusters, respondent, seconds.
    frame : DataFrame
    rows : ndarray
        Row of the file of every respondent.
    flags : DataFrame of bool
    """
    problems = _of_columns(book, answers, found, named)
    for id, one in answers.items():
        problems += _of_answers(id, one, rows)
        rule = one.question.asked_if
        if rule and rule.question not in answers:
            text = (
                f"who was asked is not known: there is no column of {rule.question!r}. Everybody."
            )
            problems.append(_note(text, id))
    if "seconds" in named:
        problems += _of_seconds(named["seconds"], frame, rows)
    for flag, meaning in FLAGS.items():
        hit = flags[flag].to_numpy()
        if hit.any():
            text = f"{flag} ({int(hit.sum())}): {meaning}. Flagged, not dropped: "
            text += f"survey.without({flag!r}) leaves them out."
            where = _shown(rows, np.flatnonzero(hit))
            problems.append(Problem("survey", text, rows=where, severity="warning"))
    return problems


def _of_columns(
    book: Codebook, answers: Mapping[str, Answers], found: Found, named: Mapping[str, str]
) -> list[Problem]:
    problems = []
    absent = [id for id in book.by_id if id not in answers]
    if absent:
        text = f"no column belongs to {len(absent)} of {len(book.by_id)} questions: "
        problems.append(Problem("survey", text + f"{', '.join(absent)}.", severity="warning"))
    unused = [header for header in found.unused if header not in named.values()]
    if unused:
        shown = ", ".join(map(repr, unused[:12])) + (" …" if len(unused) > 12 else "")
        problems.append(_note(f"columns not used: {shown}."))
    if found.by_order:
        shown = ", ".join(map(repr, found.by_order[:6])) + " …" * (len(found.by_order) > 6)
        problems.append(
            Problem(
                "survey",
                f"headers that name an option of several questions, taken in the order of the "
                f"codebook: {shown}.",
                severity="warning",
                fix="Put the question before them: 'Question [Option]'.",
            )
        )
    for id in found.twofold:
        text = "has a column of its own and one for each option; those of the options are read."
        problems.append(Problem("survey", text, column=id, severity="warning"))
    return problems


def _of_answers(id: str, one: Answers, rows: np.ndarray) -> list[Problem]:
    problems = [_unread(id, one, rows)] if one.unread else []
    for remark in one.remarks:
        problems.append(Problem("survey", remark, column=id, severity="warning"))
    if one.other:
        count = len(one.other)
        text = f"{number(count)} {plural(count, 'answer', 'answers')} of their own ('other')"
        texts = [text for text in dict.fromkeys(one.other.values()) if text]
        text += f": {_listed(texts)}." if texts else "."
        problems.append(_note(text, id, _shown(rows, one.other)))
    empty = one.inside & (one.values <= 0).all(axis=1) if one.cannot_tell_none else None
    if empty is not None and empty.any():
        text = (
            f"{int(empty.sum())} empty: the export does not tell 'ticked nothing' from 'did not "
            "answer'. Counted as ticked nothing."
        )
        problems.append(_note(text, id))
    return problems


def _unread(id: str, one: Answers, rows: np.ndarray) -> Problem:
    """Answers that fit nothing, as they are written."""
    texts, count = list(dict.fromkeys(one.unread.values())), len(one.unread)
    of_choices = one.question.type in ("single", "multi", "bands", "ranking")
    rule = "no option" if of_choices else f"no value of the question{_range(one.question)}"
    fix = 'Add the wording to the option: also: ["…"], or allow other: true.'
    if not of_choices:
        fix = f'If it means no answer: missing: ["{texts[0]}"].'
    elif _became_days(texts, one.question):
        fix = "Excel turns '1-10' into a day: write such options as text, or 'from 1 to 10'."
    return Problem(
        "survey",
        f"{count} {plural(count, 'answer fits', 'answers fit')} {rule} ({_listed(texts)}). Counted "
        "as not given.",
        column=id,
        rows=_shown(rows, one.unread),
        severity="warning",
        fix=fix,
    )


def _range(question: Question) -> str:
    low, high = (0.0, 10.0) if question.type == "nps" else (question.low, question.high)
    if low is None or high is None:
        return ""
    return f", {low:g}–{high:g}"


def _became_days(texts: Iterable[str], question: Question) -> bool:
    spans = any(_SPAN.fullmatch(name) for option in question.choices for name in option.names)
    return spans and any(_DAY.fullmatch(text.casefold()) for text in texts)


def _of_seconds(header: str, frame: pd.DataFrame, rows: np.ndarray) -> list[Problem]:
    column = frame[header]
    given = column.notna() & (column.astype(str).str.strip() != "")
    unread = np.isnan(seconds_of(column)) & given.to_numpy(bool)
    if not unread.any():
        return []
    count, texts = int(unread.sum()), list(dict.fromkeys(map(str, column[unread])))
    text = (
        f"{count} {plural(count, 'is', 'are')} neither seconds nor hours:minutes:seconds "
        f"({_listed(texts)}): not told among speeders."
    )
    where = _shown(rows, np.flatnonzero(unread))
    return [Problem("survey", text, column=header, rows=where, severity="warning")]


def _listed(texts: list[str]) -> str:
    more = len(texts) - SHOWN
    return ", ".join(map(repr, texts[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def _note(text: str, column: str = "", rows: tuple = ()) -> Problem:
    return Problem("survey", text, column=column, rows=rows, severity="note")


def _shown(rows: np.ndarray, places: Iterable) -> tuple:
    return tuple(rows[place] for place in sorted(places))
