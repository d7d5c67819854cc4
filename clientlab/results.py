"""What every analysis returns: numbers, where they came from, and how to say them.

It answers: what does a result carry, whatever the analysis. `clientlab.session`
relies on the members of `Result` and on nothing else, so an object of your own
with the same members is shown, tabled and put on a slide like ours.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from clientlab.problems import InvalidValue
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, counted, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from clientlab.session.tables import Table

__all__ = ["CannotSay", "Estimate", "Provenance", "Result"]

SYNTHETIC = Text("SYNTHETIC DATA", "СИНТЕТИЧЕСКИЕ ДАННЫЕ")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where the numbers of a result came from; printed under every picture.

    Parameters
    ----------
    source : Text
        The study, the export or the table, named for what it is.
    base : int, optional
        How many respondents, clients or rows stand behind the result as a whole.
        Rows of `Result.frame` carry a base of their own.
    base_of : Text, optional
        What the base counts, and with which reservation.
    rows_in, rows_used, rows_set_aside : int, optional
        Rows read = rows used + rows set aside.
    window : tuple of str, optional
        First and last day of the data, ISO dates.
    as_of : str, optional
        Day whose knowledge was used, ISO date.
    currency, weights : str, optional
        Unit of money; name of the weights.
    synthetic : bool
        The data are invented; every repr, table and picture then says so.
    """

    source: Text
    base: int | None = None
    base_of: Text = Text("", "")
    rows_in: int | None = None
    rows_used: int | None = None
    rows_set_aside: int | None = None
    window: tuple[str, str] | None = None
    as_of: str | None = None
    currency: str | None = None
    weights: str | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        counts = (self.rows_in, self.rows_used, self.rows_set_aside)
        if None not in counts and counts[0] != counts[1] + counts[2]:
            raise InvalidValue(
                f"{counts[0]} rows were read, but {counts[1]} used and {counts[2]} set aside: "
                "every row must be accounted for."
            )

    def footer(self, lang: str) -> str:
        """Base, dates, source and mark of synthetic data in one line."""
        parts = []
        if self.base is not None:
            what = counted(self.base, self.base_of, lang)
            head = Text("Base", "База").in_language(lang)
            parts.append(f"{head}: {number(self.base, lang)}" + (f" {what}" if what else ""))
        if self.rows_set_aside:
            text = Text("rows set aside", "строк отложено").in_language(lang)
            parts.append(f"{text}: {number(self.rows_set_aside, lang)}")
        if self.window:
            parts.append(f"{self.window[0]} – {self.window[1]}")
        if self.as_of:
            parts.append(Text("known on", "известно на").in_language(lang) + f" {self.as_of}")
        if self.weights:
            parts.append(Text("weights", "веса").in_language(lang) + f": {self.weights}")
        head = Text("Source", "Источник").in_language(lang)
        parts.append(f"{head}: {self.source.in_language(lang)}")
        if self.synthetic:
            parts.append(SYNTHETIC.in_language(lang))
        return " · ".join(parts)


@dataclass(frozen=True, eq=False)
class Result(ABC):
    """Base of all results: a tidy frame, its provenance and what to know about it.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per number of the answer, never rounded, never formatted, shares
        0–1. An estimated number has the columns ``estimate, low, high, base``.
        NaN is 'not observable', 0 is 'observed none'.
    provenance : Provenance
    notes : tuple of Text
        What the reader must know: small bases, assumptions, what was left out.

    Attributes
    ----------
    unit : {"share", "points", "score", "number"}
        How `table` writes the estimates: percent, percentage points, a score of
        0–1 with two decimals, or a plain number.
    formats : mapping of column to a key of `session.tables.FORMATS`, optional
        Columns that `table` writes otherwise.
    cell_words : mapping of column to a mapping of value to Text, optional
        How `table` reads the codes of a column, say verdicts.
    digits : int
        Significant digits of drawn data that nbval compares: 3, and 2 for the
        scores of learned models, which differ in the third between machines.
    """

    frame: pd.DataFrame
    provenance: Provenance
    notes: tuple[Text, ...] = ()

    unit: ClassVar[str] = "share"
    digits: ClassVar[int] = 3

    @abstractmethod
    def say(self, lang: str = "en") -> str:
        """The answer in one sentence, with base and interval."""

    @abstractmethod
    def measures(self, lang: str = "en") -> str:
        """What is measured, as the subtitle of a picture."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result: a whole slide, or into `ax` if one is given."""

    def headline(self, lang: str = "en") -> str:
        """The finding as the title of a slide; by default what `say` says."""
        return self.say(lang)

    def decide(self, lang: str = "en") -> str:
        """What the result suggests to decide; empty if it suggests nothing."""
        return ""

    def table(self) -> Table:
        """The frame as a formatted table, in the language of the session."""
        from clientlab.session.tables import result_table

        return result_table(self)

    def __repr__(self) -> str:
        mark = f"{SYNTHETIC.en}: " if self.provenance.synthetic else ""
        base = "" if self.provenance.base is None else f", base {self.provenance.base}"
        return f"<{mark}{type(self).__name__}: {len(self.frame)} rows{base}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


@dataclass(frozen=True, eq=False, repr=False)
class CannotSay(Result):
    """The answer where there is none: a sentence instead of a number.

    An analysis that lacks a table or has too little data returns this, and an
    analysis that is given one returns it unchanged, so that a notebook runs to
    its end with sentences in place of pictures.

    Examples
    --------
    >>> CannotSay.because(Text("Nobody answered.", "Никто не ответил.")).say()
    'Nobody answered.'
    """

    reason: Text = Text("", "")

    @classmethod
    def because(cls, reason: Text, provenance: Provenance | None = None) -> CannotSay:
        """Build one from its reason alone."""
        nowhere = Provenance(source=Text("no data", "нет данных"))
        return cls(pd.DataFrame(), provenance or nowhere, (), reason)

    def say(self, lang: str = "en") -> str:
        return self.reason.in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return ""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Nothing can be drawn: raises InvalidValue with the reason."""
        raise InvalidValue(self.reason.en)

    def __repr__(self) -> str:
        return f"<cannot say: {self.reason.en}>"

    def _repr_html_(self) -> str:
        import html

        from clientlab.session.texts import words

        return f"<p>{html.escape(words(self.reason))}</p>"
