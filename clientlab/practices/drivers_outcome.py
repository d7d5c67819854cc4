"""Whose outcome is it: a question, a series by respondent, or one by agency.

It answers: which respondents share one value of the outcome, and which have none. An
outcome that is the same for all managers of an agency is the agency's: agencies are then
the units, whatever the number of managers. `drivers_joined` tells the match rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientlab.practices.survey import RESPONDENTS, Survey
from clientlab.problems import InvalidType, InvalidValue
from clientlab.reading import read_table
from clientlab.results import CannotSay
from clientlab.values import numbers
from clientlab.wording import Text, plural

AGENCIES = Text("agency|agencies", "агентство|агентства|агентств")
MEASURED = ("scale", "number", "nps")
SHOWN = 5


@dataclass(frozen=True, eq=False)
class Outcome:
    """An outcome by respondent, and which respondents share one.

    Attributes
    ----------
    values : ndarray of float, shape (respondents,)
        NaN where it is not known.
    unit : ndarray of int, shape (respondents,)
        Who shares one value is one unit; −1: in no unit.
    label : Text
    forms : Text
        What the units are called, with the forms that go with a number.
    question : str
        The question that it is the answer to, '' if it comes from elsewhere.
    found : str
        How it became known that units share a value, for the notes.
    synthetic : bool
    """

    values: np.ndarray
    unit: np.ndarray
    label: Text
    forms: Text = RESPONDENTS
    question: str = ""
    found: str = ""
    synthetic: bool = False


def outcome_of(survey: Survey, outcome: Any) -> Outcome | CannotSay:
    """The outcome of `drivers` in one form, whatever it was given as.

    Parameters
    ----------
    survey : Survey
    outcome : Joined, str, None, Series or array_like
        The name of a scale, number or NPS question; a series by the names of clusters or by
        respondent.

    Raises
    ------
    InvalidValue
        If the question has no number, or the series fits neither respondents nor clusters.
    """
    if outcome is None:
        return survey.no_question()
    if isinstance(outcome, CannotSay):
        return outcome
    held = getattr(outcome, "outcome", None)
    if isinstance(held, Outcome):
        if len(held.values) != len(survey):
            raise InvalidValue(
                f"The outcome was joined with {len(held.values)} respondents and the survey has "
                f"{len(survey)}. Join it again: outcome_by_key(survey, …)."
            )
        return held
    if isinstance(outcome, str):
        return _asked(survey, outcome)
    return _given(survey, outcome)


def read_outcomes(source: Any) -> pd.DataFrame | CannotSay:
    """A table of outcomes from a file; a sentence if none is given.

    Parameters
    ----------
    source : path or None
        CSV or XLSX with a row for each key.

    Examples
    --------
    >>> read_outcomes(None).say()
    'No table of outcomes was given (outcomes=).'
    """
    if source is None:
        return CannotSay.because(
            Text("No table of outcomes was given (outcomes=).",
                 "Таблица с результатами не указана (outcomes=).")
        )  # fmt: skip
    return read_table(source).frame.reset_index(drop=True)


def out_of(count: float, forms: Text) -> str:
    """What Russian writes after 'из 40': 'агентств', but 'агентства' after 41.

    Examples
    --------
    >>> out_of(40, AGENCIES), out_of(41, AGENCIES)
    ('агентств', 'агентства')
    """
    found = forms.ru.split("|")
    return found[1] if count % 10 == 1 and count % 100 != 11 else found[2]


def _asked(survey: Survey, name: str) -> Outcome | CannotSay:
    """Answers to a question; of NPS promoters are 100, detractors −100."""
    given = survey.given(name)
    if isinstance(given, CannotSay):
        return given
    if given.question.type not in MEASURED:
        usable = [id for id, one in survey.answers.items() if one.question.type in MEASURED]
        raise InvalidValue(
            f"{name!r} is of type {given.question.type!r}; an outcome is a number: "
            f"{', '.join(usable) or 'the survey has none'}."
        )
    values = np.where(given.inside, given.values, np.nan)
    if given.question.type == "nps":
        groups = 100.0 * (values >= 9) - 100.0 * (values <= 6)
        values = np.where(np.isnan(values), np.nan, groups)
    return Outcome(values, np.arange(len(survey)), given.question.text, question=name)


def _given(survey: Survey, outcome: Any) -> Outcome:
    """A series by cluster or respondent, or an array by respondent."""
    series = outcome if isinstance(outcome, pd.Series) else pd.Series(np.asarray(outcome))
    label = Text(*(str(series.name if series.name is not None else "outcome"),) * 2)
    by_place = series.index.equals(pd.RangeIndex(len(survey)))
    if not by_place and survey.cluster_names is not None:
        known = {plain(text) for text in survey.cluster_names} - {""}
        if known & {plain(text) for text in series.index}:
            return by_key(survey, values_by_key(series), label=label)
    if len(series) != len(survey):
        raise InvalidValue(
            f"The outcome has {len(series)} values. Give one for each of {len(survey)} "
            "respondents, or index it by the names of the survey's clusters"
            f"{'' if survey.cluster_names is not None else ' (Survey.read(…, clusters=…))'}."
        )
    if not by_place and set(series.index) == set(survey.rows):
        series = series.loc[list(survey.rows)]  # by row of the file, in whatever order
    values = _numbers(series).to_numpy(float)
    unit, forms, found = np.arange(len(survey)), RESPONDENTS, ""
    if survey.clusters is not None and _same_within(values, survey.clusters):
        unit, forms, found = survey.clusters, AGENCIES, "same"
    return Outcome(values, unit, label, forms, found=found)


def _same_within(values: np.ndarray, clusters: np.ndarray) -> bool:
    """Whether all respondents of a cluster have one value: it is the cluster's, not theirs."""
    known = pd.Series(values).groupby(clusters).agg(["count", "nunique"])
    return bool((known["nunique"] <= 1).all() and (known["count"] > 1).any())


def by_key(
    survey: Survey,
    values: pd.Series,
    *,
    keys: Any = None,
    label: Text,
    synthetic: bool = False,
) -> Outcome:
    """An outcome by key, given to every respondent with that key.

    Parameters
    ----------
    survey : Survey
    values : Series
        As `values_by_key` returns it.
    keys : array_like, shape (respondents,), optional
        The names of the survey's clusters by default.
    label : Text
    synthetic : bool
    """
    own = keys_of(survey, keys)
    told = {plain(text): float(value) for text, value in values.items()}
    unit = np.where(own == "", -1, pd.factorize(own)[0])
    repeated = len(np.unique(unit[unit >= 0])) < int((unit >= 0).sum())
    forms = AGENCIES if keys is None or repeated else RESPONDENTS
    found = np.array([told.get(text, np.nan) for text in own])
    return Outcome(found, unit, label, forms, found="key", synthetic=synthetic)


def keys_of(survey: Survey, keys: Any) -> np.ndarray:
    """The key of every respondent, ready to be compared; '' for none."""
    if keys is None and survey.cluster_names is None:
        raise InvalidValue(
            "The survey has no names of clusters to join by. Read it with "
            "clusters='the column of the agency', or give keys=, one for each respondent."
        )
    held = np.asarray(survey.cluster_names if keys is None else keys, dtype=object)
    if len(held) != len(survey):
        raise InvalidValue(f"keys has {len(held)} values and the survey {len(survey)} respondents.")
    return np.array(["" if pd.isna(one) else plain(one) for one in held], dtype=object)


def plain(text: Any) -> str:
    """A key without case and surrounding spaces; a whole number that Excel keeps as 7.0 is '7'."""
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    return " ".join(str(text).split()).casefold()


def values_by_key(table: Any, column: str | None = None, key: str | None = None) -> pd.Series:
    """The outcome by key, as numbers, each key once."""
    if isinstance(table, pd.DataFrame):
        for role, name in (("column", column), ("key", key)):
            if name not in table:
                has = ", ".join(map(repr, map(str, table.columns)))
                raise InvalidValue(f"{role}={name!r}: there is no such column. There are: {has}.")
        series = table.set_index(key)[column]
    elif isinstance(table, pd.Series):
        series = table
    else:
        raise InvalidType(
            f"An outcome is joined from a DataFrame or Series; got a {type(table).__name__}."
        )
    names = pd.Series([plain(text) for text in series.index])
    twice = names[names.duplicated()].unique()
    if len(twice):
        shown = ", ".join(map(repr, twice[:SHOWN]))
        raise InvalidValue(
            f"{len(twice)} {plural(len(twice), 'key has', 'keys have')} several rows ({shown}). "
            "One row for each key: aggregate first, such as table.groupby(key).mean()."
        )
    return _numbers(series)


def _numbers(series: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(series):
        return series.astype(float)
    read = numbers(series)
    if read.values.notna().sum() == 0:
        raise InvalidValue(f"{series.name!r} holds no number that can be read.")
    return pd.Series(read.values.to_numpy(float), index=series.index, name=series.name)
