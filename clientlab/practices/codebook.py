"""A questionnaire as data: questions, types, options, routing, labels in both languages.

It answers: what was asked of whom, and which answers are possible. `Survey` reads any
export against it; nothing about answers is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from clientlab.practices import codebook_checks
from clientlab.practices.codebook_checks import TYPES
from clientlab.practices.packed import folded
from clientlab.problems import InvalidValue, Problems
from clientlab.values import normalised
from clientlab.wording import Text

QUESTIONNAIRE = Path(__file__).with_name("questionnaire.yaml")
OTHER = "other"


def _text(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, Mapping) and {"en", "ru"} >= set(value) and value:
        en, ru = (value.get(lang) or next(iter(value.values())) for lang in ("en", "ru"))
        return Text(str(en), str(ru))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return Text(str(value), str(value))
    raise ValueError("write a text, or {en: …, ru: …}")


Label = Annotated[Any, BeforeValidator(_text)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Part):
    """One answer that can be chosen; `also` holds earlier wordings, `code` that of an export.

    `remark` is for the reader of the codebook, not for the respondent. A text alone is the
    option of this name.
    """

    id: str
    label: Label = None
    also: tuple[str, ...] = ()
    code: str | int | None = None
    exclusive: bool = False
    remark: Label = None

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        return {"id": str(value)} if plain else value

    @property
    def text(self) -> Text:
        return self.label or Text(self.id, self.id)

    @property
    def names(self) -> list[str]:
        """Every way in which an export may write it."""
        own = [self.text.en, self.text.ru, *self.also, self.id]
        return list(dict.fromkeys([*own, str(self.code)] if self.code is not None else own))


class AskedIf(_Part):
    """The question is put to those who gave one of these answers to an earlier one."""

    question: str
    any_of: tuple[str, ...] = Field(min_length=1)


class Question(_Part):
    """One question.

    Parameters
    ----------
    id : str
    type : {"single", "multi", "scale", "bands", "ranking", "nps", "number", "text", "grid"}
        "bands" are ordered ranges; a "grid" is one question for each of its `rows`.
    text : Text
    options : tuple of Option
    rows : tuple of Option
        Of a grid.
    low, high : float, optional
        Ends of a scale, bounds of a number.
    anchors : tuple of Text
        What the ends of a scale mean, or each of its points.
    ordered : bool
        The options of a single choice have an order, as sizes do.
    other : bool
        A text that fits no option is an answer of its own ('other: …').
    asked_if : AskedIf, optional
    missing : tuple of str
        Values that mean 'no answer', such as 99.
    also : tuple of str
        Other headers of its column.
    """

    id: str
    type: Literal[TYPES]  # pyright: ignore[reportInvalidTypeForm]
    text: Label
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    low: float | None = None
    high: float | None = None
    anchors: tuple[Label, ...] = ()
    ordered: bool = False
    other: bool = False
    asked_if: AskedIf | None = None
    missing: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    grid: str = ""

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([self.id, self.text.en, self.text.ru, *self.also]))

    @property
    def choices(self) -> tuple[Option, ...]:
        """The options, and 'other' where it is allowed."""
        if not self.other or any(option.id == OTHER for option in self.options):
            return self.options
        return (*self.options, Option(id=OTHER, label=Text("other", "другое"), also=("другой",)))

    def option(self, id: str) -> Option:
        return next(option for option in self.choices if option.id == id)

    @property
    def has_other(self) -> bool:
        """'Other' can be answered: as an option of the list, or with any text."""
        return any(option.id == OTHER for option in self.choices)

    @property
    def points(self) -> dict[float, Text]:
        """Points of a scale that have a meaning in words: its ends, or all of them."""
        if self.low is None or self.high is None or not self.anchors:
            return {}
        if len(self.anchors) == 2:
            return {self.low: self.anchors[0], self.high: self.anchors[1]}
        return {self.low + step: anchor for step, anchor in enumerate(self.anchors)}

    @property
    def is_ordered(self) -> bool:
        return self.ordered or self.type == "bands"


class Codebook(_Part):
    """A questionnaire; made by `Codebook.read`.

    Parameters
    ----------
    name : Text
    questions : tuple of Question
    """

    name: Label
    questions: tuple[Question, ...] = Field(min_length=1)

    @classmethod
    def read(cls, source: str | Path | Mapping[str, Any]) -> Codebook:
        """Read a questionnaire from YAML, and check it.

        Parameters
        ----------
        source : path or mapping
            A YAML file, or what it holds.

        Returns
        -------
        Codebook

        Raises
        ------
        InvalidValue
            Everything that is wrong with it, by question.

        Examples
        --------
        >>> book = Codebook.read({"name": "Pulse", "questions": [
        ...     {"id": "speed", "type": "bands", "text": {"en": "How fast?", "ru": "Как быстро?"},
        ...      "options": [{"id": "hour", "label": "within 1 hour"}, {"id": "later"}]}]})
        >>> [option.text.en for option in book["speed"].options]
        ['within 1 hour', 'later']
        """
        name, held = _loaded(source)
        try:
            book = cls.model_validate(held)
        except ValidationError as error:
            raise InvalidValue(
                str(Problems([codebook_checks.told(name, held, one) for one in error.errors()]))
            ) from None
        Problems(codebook_checks.wrong(name, book)).raise_if_errors()
        return book

    def __getitem__(self, id: str) -> Question:
        """The question of this id; a row of a grid is 'grid.row'."""
        found = self.by_id.get(id)
        if found is None:
            raise InvalidValue(f"There is no question {id!r}. There are: {', '.join(self.by_id)}.")
        return found

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    def only(self, *ids: str) -> Codebook:
        """Some of its questions, in their order; routing among them stays.

        Examples
        --------
        >>> len(questionnaire().only("size", "role_model").questions)
        2
        """
        for id in ids:
            self[id]
        kept = tuple(
            question.model_copy(update={"asked_if": None})
            if question.asked_if and question.asked_if.question not in ids
            else question
            for question in self.questions
            if question.id in ids
        )
        return self.model_copy(update={"questions": kept})

    def contents(self, lang: str = "en") -> pd.DataFrame:
        """What is asked: ``question, type, text, answers``, a row for each question.

        Examples
        --------
        >>> questionnaire().contents("ru").loc[0, ["question", "answers"]].tolist()
        ['size', '1–10; 11–30; 31–80; больше 80']
        """
        rows = []
        for one in self.by_id.values():
            answers = "; ".join(_with_remark(option, lang) for option in one.choices)
            if one.type == "scale":
                ends = one.points or {one.low or 0: Text("", ""), one.high or 0: Text("", "")}
                answers = " … ".join(
                    f"{point:g} {text.in_language(lang)}".strip() for point, text in ends.items()
                )
            rows.append((one.id, one.type, one.text.in_language(lang), answers))
        return pd.DataFrame(rows, columns=["question", "type", "text", "answers"])

    @property
    def by_id(self) -> dict[str, Question]:
        """Questions by id, each row of a grid as one."""
        return {one.id: one for question in self.questions for one in rows_of(question)}


def _with_remark(option: Option, lang: str) -> str:
    text = option.text.in_language(lang)
    return f"{text} [{option.remark.in_language(lang)}]" if option.remark else text


def questionnaire() -> Codebook:
    """The questionnaire on account managers' practices that ships with the kit (S4; A3).

    Examples
    --------
    >>> [question.id for question in questionnaire().questions][:3]
    ['size', 'services', 'region']
    """
    return Codebook.read(QUESTIONNAIRE)


def _loaded(source: str | Path | Mapping[str, Any]) -> tuple[str, Any]:
    if isinstance(source, Mapping):
        return "codebook", source
    path = Path(source)
    if not path.is_file():
        raise InvalidValue(f"There is no file {str(path)!r} (looked in {Path.cwd()}).")
    try:
        held = yaml.safe_load(path.read_text("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise InvalidValue(
            f"{path.name}{where}: this is not YAML in UTF-8. Look at the indentation, and put "
            "texts with a colon into quotation marks."
        ) from None
    if not isinstance(held, Mapping):
        raise InvalidValue(f"{path.name}: a codebook has the keys 'name' and 'questions'.")
    return path.name, held


def rows_of(question: Question) -> list[Question]:
    """A grid as its rows, each a question of its own; any other question as it is."""
    if question.type != "grid":
        return [question]
    kind = "single" if question.low is None else "scale"
    return [
        question.model_copy(
            update={
                "id": f"{question.id}.{row.id}", "type": kind, "rows": (), "grid": question.id,
                "text": Text(f"{question.text.en}: {row.text.en}",
                             f"{question.text.ru}: {row.text.ru}"),
                "also": tuple(f"{name} {part}" for name in question.names for part in row.names),
            }
        )
        for row in question.rows
    ]  # fmt: skip


def matched(names: Mapping[str, int], text: str) -> int:
    """The place of an answer among names, as written or without punctuation; −1 if none."""
    key = folded(text.strip())
    return names.get(key, names.get(f"~{normalised(text)}", -1))


def places(parts: tuple[Option, ...]) -> dict[str, int]:
    """Names of options, as `matched` looks them up; names that fit two are left out.

    Examples
    --------
    >>> known = places((Option(id="small", label="1–10"), Option(id="large", label=">10")))
    >>> matched(known, "1-10"), matched(known, "Large"), matched(known, "7")
    (0, 1, -1)
    """
    exact: dict[str, int] = {}
    loose: dict[str, set[int]] = {}
    for place, part in enumerate(parts):
        for name in part.names:
            exact.setdefault(folded(name.strip()), place)
            loose.setdefault(f"~{normalised(name)}", set()).add(place)
    return exact | {name: found.pop() for name, found in loose.items()
                    if len(found) == 1 and name != "~"}  # fmt: skip
