"""Figures that others printed, as printed.

It answers: what does a study say, in which words of precision. It deliberately
computes nothing: `published_topline` puts them on a base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from clientlab.practices.study import Study
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.wording import Text, number, percent

FIGURES = Path(__file__).resolve().parents[2] / "data" / "published" / "figures.csv"

PRECISIONS = {
    "exact": Text("{}", "{}"),
    "almost": Text("almost {}", "почти {}"),
    "more_than": Text("more than {}", "больше {}"),
    "at_least": Text("at least {}", "не меньше {}"),
    "rank": Text("place {}", "место {}"),
}
UNITS = {"years": Text("{} years", "{} г."), "ratio": Text("{} : 1", "{} : 1")}
ASKED = {
    "percent of agencies": Text("agencies", "агентств"),
    "percent of client companies": Text("client companies", "компаний-клиентов"),
    "percent of managers": Text("managers", "менеджеров"),
}
RESPONDENTS = Text("respondents", "ответивших")
NO_QUESTION = Text(
    "This study has no such question, so nothing is said here.",
    "В этом исследовании нет такого вопроса, поэтому здесь ничего не сказано.",
)


def published(name: str | None, *, source: str | Path | None = None) -> Published | CannotSay:
    """The printed figures of one question.

    Parameters
    ----------
    name : str or None
        Question, e.g. 'loyalty_methods'. None: the study has no such question; what
        depends on it then says so in a sentence.
    source : path, optional
        A study of your own in the same form (columns `source, question, type,
        option, label_en, figure, unit, precision`, optionally `label_ru, remark`).
        By default the figures of the articles in `data/published`.

    Returns
    -------
    Published
        `frame` by option: ``type, option, label_en, label_ru, figure, decimals,
        unit, precision, remark, source``; figures in the unit in which they were printed.

    Raises
    ------
    InvalidValue
        If the file has problems (all of them are told), or no such question.

    Examples
    --------
    >>> published("response_speed").frame["figure"].tolist()
    [14.6, 70.0, 18.8]
    """
    if name is None:
        return CannotSay.because(NO_QUESTION)
    study = Study.read(source or FIGURES)
    if name not in study.questions:
        raise InvalidValue(
            f"Question {name!r} is not in {study.path.name}; it has: "
            f"{', '.join(study.questions)}. Use one of these, or None to leave the question out."
        )
    rows = study.frame[study.frame["question"] == name].drop(columns="question")
    title = study.title(name)
    provenance = Provenance(
        source=study.credit(rows["source"].unique()),
        base_of=Text("not printed", "не напечатана"),
        rows_in=len(rows),
        rows_used=len(rows),
        rows_set_aside=0,
    )
    return Published(rows.reset_index(drop=True), provenance, (), name, title)


@dataclass(frozen=True, eq=False, repr=False)
class Published(Result):
    """The printed figures of one question, untouched; made by `published`."""

    question: str = ""
    title: Text = Text("", "")

    unit: ClassVar[str] = "number"

    @property
    def decimals(self) -> int:
        """Decimals that the question was printed with: the most that any figure has."""
        exact = self.frame.set_index("option").loc[self.percents.index, "decimals"]
        return int(exact.max()) if len(exact) else 1

    @property
    def percents(self) -> pd.Series:
        """Figures printed exactly as percent, by option: those that imply a base."""
        exact = (self.frame["precision"] == "exact") & self.frame["unit"].str.startswith("percent")
        return self.frame[exact].set_index("option")["figure"]

    @property
    def asked(self) -> Text:
        """Who was asked, as far as the unit tells."""
        units = set(self.frame["unit"])
        return ASKED.get(units.pop(), RESPONDENTS) if len(units) == 1 else RESPONDENTS

    @property
    def type(self) -> str:
        """How the question could be answered: multi, single, ordered …"""
        return str(self.frame["type"].iloc[0])

    def labels(self, lang: str, options: Sequence[str] | None = None) -> list[str]:
        """Labels in one language, of all options or of some."""
        labels = self.frame.set_index("option")[f"label_{lang}"]
        return list(labels if options is None else labels.loc[list(options)])

    def say(self, lang: str = "en") -> str:
        top = self.frame.loc[self.frame["figure"].idxmax()]
        said = f"«{top[f'label_{lang}']}», {printed(top, lang)}"
        if len(self.frame) == 1:
            return Text(
                f"One figure was printed: {said}; without a base",
                f"Напечатана одна цифра: {said}; без базы",
            ).in_language(lang)
        return Text(
            f"Figures printed: {len(self.frame)}; the highest: {said}; no base was printed",
            f"Напечатано цифр: {len(self.frame)}; наибольшая: {said}; база не напечатана",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        as_printed = Text(
            "as printed, grey: not an exact figure", "как напечатано, серым: неточные"
        )
        return f"{self.title.in_language(lang)}: {as_printed.in_language(lang)}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.frame.sort_values("figure", ascending=False, kind="stable")
        with charts.picture(self, ax) as axes:
            charts.bars(
                axes,
                list(rows[f"label_{lang}"]),
                rows["figure"],
                texts=[printed(row, lang) for _, row in rows.iterrows()],
                quiet=list(rows["precision"] != "exact"),
            )
        return axes


def printed(row: pd.Series, lang: str) -> str:
    """One figure in the words in which it was printed: 'almost 70%'.

    Parameters
    ----------
    row : Series with `figure, decimals, unit, precision`
    lang : {"en", "ru"}
    """
    figure, digits = row["figure"], int(row["decimals"])
    if row["unit"].startswith("percent"):
        said = percent(figure / 100, lang, digits=digits)
    else:
        unit = UNITS.get(row["unit"], Text("{}", "{}")).in_language(lang)
        said = unit.format(number(figure, lang, digits=digits))
    return PRECISIONS[row["precision"]].in_language(lang).format(said)
