"""The file of a published study, checked at the door.

It answers: which questions and figures does the file hold, and what is wrong with
it. Every row is kept; every problem is told, with its row in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clientlab.problems import Problem, Problems
from clientlab.reading import RawTable, read_number, read_table
from clientlab.wording import Text

REQUIRED = ("source", "question", "type", "option", "label_en", "figure", "unit", "precision")
OPTIONAL = ("label_ru", "remark")
KNOWN_PRECISIONS = ("exact", "almost", "more_than", "at_least", "rank")


@dataclass(frozen=True, eq=False)
class Study:
    """All printed figures of a study.

    Attributes
    ----------
    path : Path
        File they came from.
    frame : pandas.DataFrame
        ``question, type, option, label_en, label_ru, figure, decimals, unit,
        precision, remark, source``; a missing Russian label repeats the English one.
    """

    path: Path
    frame: pd.DataFrame

    @classmethod
    def read(cls, path: str | Path) -> Study:
        """Read and check a file of figures.

        Raises
        ------
        InvalidValue
            Every error of the file, with column and row numbers.
        """
        raw = read_table(path)
        check(raw, Path(path).name).raise_if_errors()
        frame = raw.frame.copy()
        for column in OPTIONAL:
            if column not in frame:
                frame[column] = ""
        frame["label_ru"] = frame["label_ru"].where(frame["label_ru"] != "", frame["label_en"])
        # How many decimals were printed is part of the figure: 50.0 says more than 50.
        frame["decimals"] = frame["figure"].str.extract(r"[.,](\d+)")[0].str.len().fillna(0)
        frame["decimals"] = frame["decimals"].astype(int)
        frame["figure"] = frame["figure"].map(read_number).astype(float)
        frame["unit"] = frame["unit"].str.replace(r"^(%|percents?)", "percent", regex=True)
        columns = ["question", "type", "option", "label_en", "label_ru", "figure", "decimals"]
        return cls(Path(path), frame[[*columns, "unit", "precision", "remark", "source"]])

    @property
    def questions(self) -> list[str]:
        """Questions in the order of the file."""
        return list(dict.fromkeys(self.frame["question"]))

    def title(self, question: str) -> Text:
        """What the question asks; its short name if `questions.csv` does not tell."""
        rows = _beside(self.path, "questions.csv", "question")
        if rows is None or question not in rows.index:
            return Text(question, question)
        return Text(rows.at[question, "label_en"], rows.at[question, "label_ru"])

    def credit(self, sources: Iterable[str]) -> Text:
        """Titles of the sources; their short names if `sources.csv` does not tell."""
        rows = _beside(self.path, "sources.csv", "source")
        known = [source for source in sources if rows is not None and source in rows.index]
        if rows is None or not known:
            names = ", ".join(sources)
            return Text(names, names)
        en, ru = (
            "; ".join(f"{source}, {rows.at[source, f'title_{lang}']}" for source in known)
            for lang in ("en", "ru")
        )
        return Text(en, ru)


def check(raw: RawTable, name: str) -> Problems:
    """Every problem of a file of figures.

    Parameters
    ----------
    raw : RawTable
    name : str
        Name of the file, for the messages.
    """
    frame, found = raw.frame, []
    for column in REQUIRED:
        if column not in frame:
            has = ", ".join(f"'{header}'" for header in frame.columns)
            fix = f"Add it or rename yours ({raw.guessed})."
            found.append(
                Problem(name, f"column '{column}' is missing; the file has {has}.", fix=fix)
            )
    found += raw.problems(name, "error")
    if found:
        return Problems(found)
    if frame.empty:
        return Problems([Problem(name, "there is no row under the column names.")])

    def rows(mask: pd.Series) -> tuple[int, ...]:
        return tuple(int(row) for row in frame.index[mask])

    def report(column: str, mask: pd.Series, rule: str) -> None:
        if mask.any():
            shown = ", ".join(
                f"'{value}'" for value in list(dict.fromkeys(frame[column][mask]))[:3]
            )
            found.append(
                Problem(
                    name,
                    f"{int(mask.sum())} of {len(frame)} ({shown}) {rule}",
                    column=column,
                    rows=rows(mask),
                )
            )

    value = frame["figure"].map(read_number)
    unread = value.isna()
    report("figure", unread, "cannot be read as numbers.")
    percents = frame["unit"].str.startswith(("percent", "%"))
    outside = percents & ~unread & ~value.fillna(0).astype(float).between(0, 100)
    report("figure", outside, "are percent outside of 0–100.")
    legal = ", ".join(KNOWN_PRECISIONS)
    report("precision", ~frame["precision"].isin(KNOWN_PRECISIONS), f"are not one of: {legal}.")
    for column in ("question", "option", "label_en", "unit"):
        report(column, frame[column] == "", "are empty; every figure needs one.")
    twice = frame.duplicated(["question", "option"], keep=False)
    report("option", twice, "stand more than once in one question; an option has one figure.")
    return Problems(found)


def _beside(path: Path, name: str, key: str) -> pd.DataFrame | None:
    other = path.with_name(name)
    return read_table(other).frame.set_index(key) if other.is_file() else None
