"""The forms that ship with the kit: service audit of both sides, expectations of clients.

It answers: what to field, and how answers that stand in the client base become a survey.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from clientlab.practices.codebook import Codebook, Option
from clientlab.practices.survey import Survey
from clientlab.problems import InvalidValue, Problems
from clientlab.results import CannotSay, Provenance
from clientlab.wording import Text

FOLDER = Path(__file__).parent
VIEWS = ("managers", "clients")
MEASURES = ("expected", "perceived", "importance")
EXPECTATIONS = FOLDER / "expectations.yaml"
FORMS = (*(FOLDER / f"service_audit_{view}.yaml" for view in VIEWS), EXPECTATIONS)
NO_SURVEY = Text(
    "There is no such survey here, so nothing is said about it. The form ships with the kit.",
    "Такого опроса здесь нет, поэтому о нём ничего не сказано. Анкета есть в наборе.",
)


def service_audit_form(view: str) -> Codebook:
    """The twelve rules of service (S2) as a form, for the team or for its clients.

    Parameters
    ----------
    view : {"managers", "clients"}
        Managers also rank the priorities of the agency, clients name what to improve first.

    Returns
    -------
    Codebook

    Raises
    ------
    InvalidValue
        If the view is neither.

    Examples
    --------
    >>> [question.id for question in service_audit_form("clients").questions]
    ['rules', 'wishes']
    """
    if view not in VIEWS:
        raise InvalidValue(f"view={view!r} is not known; use one of {', '.join(VIEWS)}.")
    return Codebook.read(FORMS[VIEWS.index(view)])


def expectations_form() -> Codebook:
    """What clients expect, get and care about, side by side (S2, S1; A12).

    Examples
    --------
    >>> [row.id for row in expectations_form().questions[0].rows][:3]
    ['speed', 'quality', 'initiative']
    """
    return Codebook.read(EXPECTATIONS)


def expectations_survey(
    table: pd.DataFrame | None, *, source: Text | None = None, synthetic: bool = False
) -> Survey | CannotSay:
    """The table `expectations` of a client base as a survey, for `gaps`.

    Parameters
    ----------
    table : DataFrame or None
        ``client_id, asked_on, dimension, expected, perceived, importance``: a row for each
        side of service. Whoever was asked on one day is one respondent, the client is the
        cluster. None: there is none; said so.
    source : Text, optional
    synthetic : bool

    Returns
    -------
    Survey

    Raises
    ------
    InvalidValue
        If a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"client_id": ["a", "a"], "asked_on": "2026-01-15",
    ...     "dimension": ["speed", "price"], "expected": [9, 8], "perceived": [7, 8],
    ...     "importance": [9, 5]})
    >>> expectations_survey(table)
    <Survey: 1 respondent, 6 questions>
    """
    if table is None or table.empty:
        return CannotSay.because(NO_SURVEY)
    wanted = ["client_id", "asked_on", "dimension", *MEASURES]
    missing = [name for name in wanted if name not in table]
    if missing:
        raise InvalidValue(
            f"expectations: {', '.join(missing)} is missing; the table has "
            f"{', '.join(map(str, table.columns))}. It needs {', '.join(wanted)}."
        )
    sides = list(dict.fromkeys(table["dimension"].dropna().astype(str)))
    wide = table.pivot_table(index=["client_id", "asked_on"], columns="dimension",
                             values=list(MEASURES), aggfunc="last")  # fmt: skip
    wide.columns = [f"{measure}.{side}" for measure, side in wide.columns]
    form = expectations_form()
    known = {name.casefold(): row for row in form.questions[0].rows for name in row.names}
    rows = tuple(Option(id=side, label=_label(side, known)) for side in sides)
    asked = tuple(question.model_copy(update={"rows": rows}) for question in form.questions)
    book = form.model_copy(update={"questions": asked})
    own = source or Text("table of expectations", "таблица ожиданий")
    frame = wide.reset_index().drop(columns="asked_on")
    return Survey.from_frame(frame, book, clusters="client_id", source=own, synthetic=synthetic)


def _label(side: str, known: dict[str, Option]) -> Text:
    """The label of the form for a side of service, if the form has one."""
    text = side.casefold()
    if text not in known:  # 'understanding of the business' is the form's 'understanding'
        text = next((name for name in known if text.startswith(name)), text)
    return known[text].text if text in known else Text(side, side)


def survey_if_given(
    path: str | Path | None, form: Codebook | str | Path, *, clusters: str | None = None
) -> Survey | None:
    """`Survey.read`, or None where there is no file: analyses then say so in a sentence.

    Examples
    --------
    >>> survey_if_given(None, expectations_form()) is None
    True
    """
    return None if path is None else Survey.read(path, form, clusters=clusters)


def problems_of(*surveys: Survey | CannotSay | None) -> Problems:
    """Everything that is wrong with several surveys, one after another.

    Examples
    --------
    >>> from clientlab.demo import demo_audit
    >>> problems_of(None, *demo_audit())
    No problems found.
    """
    held = (survey for survey in surveys if isinstance(survey, Survey))
    return Problems(
        [replace(problem, table=survey.source.en) for survey in held for problem in survey.check()]
    )


def absent() -> CannotSay:
    """What an analysis says of a survey that the reader does not have."""
    return CannotSay.because(NO_SURVEY, Provenance(source=Text("no survey", "нет опроса")))
