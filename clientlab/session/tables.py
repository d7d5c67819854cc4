"""Tables as HTML that reads the same on every machine.

It answers: how is a number written in a table. No random ids, no styles of a
browser's own: the text is stored in notebooks and compared by nbval.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from clientlab.results import Result
from clientlab.session.texts import column, language, words
from clientlab.wording import number, percent

CELL = "padding:4px 12px;border:0;border-bottom:1px solid #d5dbe1"
TABLE = "border-collapse:collapse;font-size:15px;color:#1f2933"

# What a format makes of a value; `unit` of a result chooses one for its estimates.
FORMATS = {
    "percent": lambda value, lang: percent(value, lang),
    "percent1": lambda value, lang: percent(value, lang, digits=1),
    "points": lambda value, lang: number(100 * value, lang),
    "score": lambda value, lang: number(value, lang, digits=2),
    "score3": lambda value, lang: number(value, lang, digits=3),
    "p_value": lambda value, lang: (
        "<" + number(0.001, lang, digits=3) if value < 0.001 else number(value, lang, digits=3)
    ),
    "integer": lambda value, lang: number(value, lang),
    "number": lambda value, lang: number(value, lang, digits=int(value % 1 != 0)),
}
OF_UNIT = {
    "share": "percent",
    "points": "points",
    "score": "score",
    "number": "number",
    "money": "integer",
}


@dataclass(frozen=True)
class Table:
    """A formatted table: strings, ready for a page.

    Parameters
    ----------
    frame : pandas.DataFrame of str
        Cells as they are read, columns titled in the language of the session.
    right : tuple of str
        Columns of numbers, set to the right.
    footer : str
        Source, base and mark of synthetic data.
    """

    frame: pd.DataFrame
    right: tuple[str, ...] = ()
    footer: str = ""

    def _repr_html_(self) -> str:
        head = "".join(self._cell("th", name, name) for name in self.frame.columns)
        body = "".join(
            "<tr>"
            + "".join(
                self._cell("td", name, cell)
                for name, cell in zip(self.frame.columns, row, strict=True)
            )
            + "</tr>"
            for row in self.frame.itertuples(index=False)
        )
        foot = f'<p style="color:#52606d">{html.escape(self.footer)}</p>' if self.footer else ""
        return (
            f'<table style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
            + foot
        )

    def _cell(self, tag: str, name: str, text: str) -> str:
        side = "right" if name in self.right else "left"
        return f'<{tag} style="{CELL};text-align:{side}">{html.escape(str(text))}</{tag}>'

    def __repr__(self) -> str:
        return self.frame.to_string(index=False) + (f"\n{self.footer}" if self.footer else "")


def table(
    frame: pd.DataFrame, *, formats: Mapping[str, str] | None = None, footer: str = ""
) -> Table:
    """Format a frame: every column by its format, titles in the language of the session.

    Parameters
    ----------
    frame : pandas.DataFrame
        The index is not shown.
    formats : mapping of column to a key of `FORMATS`, optional
        Other columns: whole numbers as such, other numbers with one decimal.
    footer : str

    Returns
    -------
    Table

    Examples
    --------
    >>> print(table(pd.DataFrame({"option": ["yes"], "estimate": [0.547]}),
    ...             formats={"estimate": "percent"}))
    option estimate
       yes      55%
    """
    formats = dict(formats or {})
    lang = language()
    cells, right = {}, []
    for name in frame.columns:
        values, title = frame[name], column(str(name))
        numeric = pd.api.types.is_numeric_dtype(values) and values.dtype != bool
        if numeric:
            right.append(title)
            write = FORMATS[formats.get(name, "number")]
            cells[title] = [
                "–" if pd.isna(value) else write(float(value), lang) for value in values
            ]
        elif pd.api.types.is_datetime64_any_dtype(values):
            cells[title] = ["" if pd.isna(value) else f"{value:%Y-%m-%d}" for value in values]
        else:
            cells[title] = ["" if _nothing(value) else str(words(value)) for value in values]
    return Table(pd.DataFrame(cells), tuple(right), footer)


def _nothing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def result_table(result: Result) -> Table:
    """The frame of a result, its estimates written in the result's unit."""
    estimate = OF_UNIT[result.unit]
    formats = dict.fromkeys(("estimate", "low", "high"), estimate) | {
        "base": "integer",
        "count": "integer",
    }
    formats |= getattr(result, "formats", {})
    frame = result.frame.copy()
    for name, read in getattr(result, "cell_words", {}).items():
        frame[name] = [read.get(value, value) for value in frame[name]]
    return table(frame, formats=formats, footer=result.provenance.footer(language()))
