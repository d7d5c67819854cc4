"""The one door for answers: an export and its codebook in, a checked survey out.

It answers: what did every respondent answer to every question, who was asked, what could
not be read. No row is dropped: doubtful respondents are flagged, and the analyst chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Codebook
from clientlab.practices.columns import columns_of, headers_of, knows
from clientlab.practices.exports import read_export
from clientlab.practices.quality import FLAGS, flags_of, silent
from clientlab.practices.questions import Answers, read_answers
from clientlab.practices.telling import problems_of
from clientlab.problems import InvalidType, InvalidValue, Problems
from clientlab.results import CannotSay, Provenance
from clientlab.stats.design import Design
from clientlab.values import numbers
from clientlab.wording import Text, plural

RESPONDENTS = Text("respondent|respondents", "респондент|респондента|респондентов")


@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """Answers to a questionnaire; made by `Survey.read` or `Survey.from_frame`.

    Attributes
    ----------
    codebook : Codebook
    answers : mapping of question to Answers
        Of the questions that the export holds.
    rows : ndarray
        Row of the file of every respondent (the header is row 1).
    flags : DataFrame of bool
        By respondent: what is doubtful; columns `quality.FLAGS`.
    problems : Problems
    source : Text
    weights, clusters : ndarray or None
        By respondent; `clusters` are units drawn as one, such as the agency.
    cluster_names : ndarray of str or None
        What each respondent's cluster is called in the file; '' for who tells none.
    weighted_by : str
        Name of the weights.
    margins : list of ndarray or None
        What `rake` made the weights fit, so that intervals know it.
    synthetic : bool
    marginals_only : bool
        Only one question at a time may be asked of it: the answers of a row do not
        belong to one respondent.
    """

    codebook: Codebook
    answers: Mapping[str, Answers]
    rows: np.ndarray
    flags: pd.DataFrame
    problems: Problems
    source: Text
    weights: np.ndarray | None = None
    clusters: np.ndarray | None = None
    weighted_by: str = ""
    margins: Sequence[np.ndarray] | None = None
    synthetic: bool = False
    marginals_only: bool = False
    cluster_names: np.ndarray | None = None
    _dropped: int = field(default=0)

    @classmethod
    def read(
        cls,
        path: str | Path,
        codebook: Codebook | str | Path | Mapping[str, Any],
        *,
        weights: str | None = None,
        clusters: str | None = None,
        respondent: str | None = None,
        seconds: str | None = None,
    ) -> Survey:
        """Read an export against its codebook.

        Parameters
        ----------
        path : path
            CSV, XLSX or SPSS (.sav): a row for each respondent. Several answers may be
            packed into one cell ('a; b'), or have a column each (0/1, yes/no, the text).
        codebook : Codebook, path or mapping
        weights, clusters, respondent, seconds : str, optional
            Columns with the weight, the unit drawn as one (agency), the identifier, and
            how long the answering took.

        Returns
        -------
        Survey

        Raises
        ------
        InvalidValue
            If no question has a column, or a named column is missing or unusable. What
            else is wrong is listed by `check`.

        Examples
        --------
        >>> book = {"name": "Pulse", "questions": [{"id": "ways", "type": "multi",
        ...     "text": "How?", "options": [{"id": "a", "label": "Calls, weekly"}, {"id": "b"}]}]}
        >>> survey = Survey.from_frame(pd.DataFrame({"How?": ["Calls, weekly, b", "b", ""]}), book)
        >>> survey.answers["ways"].values.tolist()
        [[1, 1], [0, 1], [0, 0]]
        """
        book = codebook if isinstance(codebook, Codebook) else Codebook.read(codebook)
        frame, of_file = read_export(path, knows(book))
        name = Path(path).name
        survey = cls.from_frame(
            frame, book, weights=weights, clusters=clusters, respondent=respondent,
            seconds=seconds, source=Text(name, name),
        )  # fmt: skip
        return replace(survey, problems=Problems([*of_file, *survey.problems]))

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        codebook: Codebook | str | Path | Mapping[str, Any],
        *,
        weights: str | None = None,
        clusters: str | None = None,
        respondent: str | None = None,
        seconds: str | None = None,
        source: Text = Text("own survey", "собственный опрос"),
        synthetic: bool = False,
    ) -> Survey:
        """As `read`, from a frame with the headers of an export."""
        if not isinstance(frame, pd.DataFrame):
            raise InvalidType(f"A survey is made from a DataFrame; got a {type(frame).__name__}.")
        book = codebook if isinstance(codebook, Codebook) else Codebook.read(codebook)
        special = {"weights": weights, "clusters": clusters, "respondent": respondent,
                   "seconds": seconds}  # fmt: skip
        named = {role: str(header) for role, header in special.items() if header is not None}
        frame = frame.set_axis(headers_of(frame), axis=1)
        found = columns_of(frame, book)
        answers = {id: read_answers(book[id], own, len(frame)) for id, own in found.columns.items()}
        _check(frame, book, named, answers)
        answers = _routed(book, _without_silent(answers, len(frame)))
        rows = _row_numbers(frame)
        weight = _weights(frame[named["weights"]], rows) if "weights" in named else None
        names = _names(frame[named["clusters"]]) if "clusters" in named else None
        cluster = None if names is None else _clusters(names)
        flags = flags_of(
            answers, len(frame), frame.get(named.get("respondent")), frame.get(named.get("seconds"))
        )
        problems = problems_of(book, answers, found, named, frame, rows, flags)
        return cls(book, answers, rows, flags, Problems(problems), source, weight, cluster,
                   weights or "", synthetic=synthetic, cluster_names=names)  # fmt: skip

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        mark = "SYNTHETIC DATA: " if self.synthetic else ""
        respondents = plural(len(self), "respondent", "respondents")
        questions = plural(len(self.answers), "question", "questions")
        return f"<{mark}Survey: {len(self)} {respondents}, {len(self.answers)} {questions}>"

    def check(self) -> Problems:
        """Everything that is wrong with the export, the gravest first."""
        return self.problems

    def only(self, chosen: Any) -> Survey:
        """Some respondents.

        Parameters
        ----------
        chosen : array_like of bool, shape (respondents,)
        """
        mask = np.asarray(chosen)
        if mask.dtype != bool or mask.shape != (len(self),):
            raise InvalidValue(f"Give one True or False for each of {len(self)} respondents.")
        rows = np.flatnonzero(mask)
        return replace(
            self,
            answers={id: one.of(rows) for id, one in self.answers.items()},
            rows=self.rows[rows],
            flags=self.flags.iloc[rows].reset_index(drop=True),
            weights=None if self.weights is None else self.weights[rows],
            clusters=None if self.clusters is None else self.clusters[rows],
            cluster_names=None if self.cluster_names is None else self.cluster_names[rows],
            margins=None if self.margins is None else [margin[rows] for margin in self.margins],
            _dropped=self._dropped + len(self) - len(rows),
        )

    def without(self, *flags: str) -> Survey:
        """Without the respondents who carry any of these flags.

        Parameters
        ----------
        flags : str
            Of `quality.FLAGS`; none: all of them.

        Examples
        --------
        >>> book = {"name": "x", "questions": [{"id": "q", "type": "nps", "text": "?"}]}
        >>> survey = Survey.from_frame(pd.DataFrame({"q": [9, 11, 3]}), book)
        >>> len(survey.without("impossible"))
        2
        """
        unknown = [flag for flag in flags if flag not in FLAGS]
        if unknown:
            raise InvalidValue(f"{unknown[0]!r} is not a flag; use {', '.join(FLAGS)}.")
        return self.only(~self.flags[list(flags or FLAGS)].any(axis=1).to_numpy())

    @cached_property
    def design(self) -> Design:
        """How the respondents were drawn, for intervals and tests."""
        return Design(weights=self.weights, clusters=self.clusters, margins=self.margins)

    @cached_property
    def varies(self) -> bool:
        """Two respondents (or clusters) at least, so that there is a variance to estimate."""
        return len(self) > 1 and (self.clusters is None or len(set(self.clusters)) > 1)

    @property
    def is_simple(self) -> bool:
        """Everybody counts the same and was drawn alone."""
        return self.weights is None and self.clusters is None

    def bases(self) -> pd.DataFrame:
        """Who was asked and who answered every question.

        Returns
        -------
        DataFrame
            ``question, type, asked, answered, base`` (asked and answered), ``nothing``
            (ticked no option of a multi-select) and ``alone`` (an option that excludes
            the others); NaN for other types.
        """
        rows = []
        for id, one in self.answers.items():
            nothing = alone = np.nan
            if one.question.type == "multi":
                ticked = one.values == 1
                only = [option.exclusive for option in one.question.choices]
                nothing = int((one.inside & ~ticked.any(axis=1)).sum())
                alone = int((one.inside & ticked[:, only].any(axis=1)).sum())
            counts = (int(part.sum()) for part in (one.asked, one.answered, one.inside))
            rows.append((id, one.question.type, *counts, nothing, alone))
        names = ["question", "type", "asked", "answered", "base", "nothing", "alone"]
        return pd.DataFrame(rows, columns=names)

    def given(self, question: str | None) -> Answers | CannotSay:
        """The answers to a question; a sentence if there is none, or not in the export."""
        if question is None:
            return self.no_question()
        asked = self.codebook[question]
        if question in self.answers:
            return self.answers[question]
        return CannotSay.because(
            Text(f"The survey holds no answers to «{asked.text.en}».",
                 f"В опросе нет ответов на вопрос «{asked.text.ru}»."), self.provenance(0),
        )  # fmt: skip

    def no_question(self) -> CannotSay:
        none = Text("This survey has no such question.", "В этом опросе такого вопроса нет.")
        return CannotSay.because(none, self.provenance(0))

    def provenance(self, base: int | None = None) -> Provenance:
        return Provenance(
            source=self.source,
            base=len(self) if base is None else base,
            base_of=RESPONDENTS,
            rows_in=len(self) + self._dropped,
            rows_used=len(self),
            rows_set_aside=self._dropped,
            weights=self.weighted_by or None,
            synthetic=self.synthetic,
        )


def joined(survey: Survey, what: str) -> None:
    """Refuse what joins two answers, where rows are no respondents."""
    if survey.marginals_only:
        raise InvalidValue(
            f"{what} joins the answers of a respondent, and these rows are no respondents: only "
            "the totals of each question were published. Ask one question at a time (topline)."
        )


def _check(
    frame: pd.DataFrame, book: Codebook, named: Mapping[str, str], answers: Mapping[str, Answers]
) -> None:
    for role, header in named.items():
        if header not in frame:
            raise InvalidValue(
                f"{role}={header!r}: there is no such column. The file has: "
                f"{', '.join(map(repr, map(str, frame.columns)))}."
            )
    if not answers:
        headers = ", ".join(map(repr, map(str, frame.columns[:6])))
        wanted = ", ".join(repr(question.text.en) for question in book.questions[:3])
        raise InvalidValue(
            f"No column belongs to a question of the codebook. The file has {headers}; a column is "
            f"looked for by the id or the text of its question ({wanted} …). Add the header to the "
            "question: also: [\"…\"]."
        )  # fmt: skip


def _without_silent(answers: Mapping[str, Answers], rows: int) -> dict[str, Answers]:
    """Whoever answered nothing at all did not 'tick nothing': the form was left."""
    left = silent(answers, rows)
    if not left.any():
        return dict(answers)
    found = dict(answers)
    for id, one in answers.items():
        if one.cannot_tell_none:
            values = one.values.copy(order="F")
            values[left] = -1
            found[id] = replace(one, values=values, answered=one.answered & ~left)
    return found


def _routed(book: Codebook, answers: Mapping[str, Answers]) -> dict[str, Answers]:
    """Who was asked what; whoever left the deciding question out and answered, was."""
    found = dict(answers)
    for id, one in answers.items():
        rule = one.question.asked_if
        if rule is None or rule.question not in found:
            continue
        first = found[rule.question]
        options = [n for n, option in enumerate(first.question.choices) if option.id in rule.any_of]
        hit = np.any([first.hits(option) for option in options], axis=0) & first.inside
        unknown = ~first.said_something & first.asked
        found[id] = replace(one, asked=hit | (unknown & one.said_something))
    return found


def _row_numbers(frame: pd.DataFrame) -> np.ndarray:
    """Rows as the analyst sees them: of the file, or counted from 2."""
    if isinstance(frame.index, pd.RangeIndex) and frame.index.start == 0:
        return np.arange(2, len(frame) + 2)
    return frame.index.to_numpy()


def _weights(column: pd.Series, rows: np.ndarray) -> np.ndarray:
    read = numbers(column)
    values = read.values.to_numpy(float)
    wrong = ~(values >= 0)
    if wrong.any() or not values.sum() > 0:
        where = ", ".join(map(str, rows[wrong][:5])) or "all"
        raise InvalidValue(
            f"Weights {column.name!r}: {int(wrong.sum())} of {len(values)} are missing, negative "
            f"or no number (rows {where}). Every respondent needs a weight of 0 or more."
        )
    return values * len(values) / values.sum()


def _names(column: pd.Series) -> np.ndarray:
    """Names of clusters as text; a whole number that Excel keeps as 7.0 is '7'."""
    told = column.astype(object).where(column.notna(), "")
    return np.array([str(int(value)) if isinstance(value, float) and value.is_integer()
                     else str(value).strip() for value in told], dtype=object)  # fmt: skip


def _clusters(names: np.ndarray) -> np.ndarray:
    """Clusters by number; who tells none is one alone."""
    codes, _ = pd.factorize(names)
    alone = names == ""
    return np.where(alone, codes.max(initial=0) + 1 + np.arange(len(codes)), codes)
