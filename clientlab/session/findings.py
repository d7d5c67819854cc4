"""Show a result; keep what is worth saying in the room.

It answers: how does a result become an output of a notebook. One output holds
the picture, its alternative text and, for a finding, everything that a slide
needs; nbval compares its text and leaves out its image.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay
from clientlab.session import style, texts
from clientlab.session.digest import digest
from clientlab.session.handout import FINDING_MIME
from clientlab.session.tables import Table, table
from clientlab.wording import Text

Words = str | Text


@dataclass(frozen=True)
class Shown:
    """One output of a notebook: what is written, and what is drawn.

    Parameters
    ----------
    headline, measures, footer : str
    said : str
        The answer in a sentence with base and interval, where the headline is shorter.
    notes : tuple of str
    decision : str
    drawn : str
        Digest of the picture, or the plain text of the table.
    png : bytes
        The picture; empty for a table or words alone.
    html : str
        The table as HTML.
    data : mapping
        Numbers behind it, column by column, to the digits that are compared.
    synthetic : bool
    """

    headline: str
    measures: str = ""
    footer: str = ""
    said: str = ""
    notes: tuple[str, ...] = ()
    decision: str = ""
    drawn: str = ""
    png: bytes = b""
    html: str = ""
    data: Mapping[str, list] = field(default_factory=dict)
    synthetic: bool = False

    @property
    def alt(self) -> str:
        """The picture in words, for those who do not see it."""
        return ". ".join(part.rstrip(".") for part in (self.headline, self.measures, self.drawn))

    def bundle(self, *, is_finding: bool) -> dict[str, Any]:
        """The output as Jupyter stores it, by type of content."""
        lines = [self.headline, self.measures, self.footer, self.drawn]
        content: dict[str, Any] = {"text/plain": "\n".join(line for line in lines if line)}
        if self.png:
            content["image/png"] = base64.b64encode(self.png).decode()
        elif self.html:
            content["text/html"] = self.html
        else:
            content["text/markdown"] = self.headline
        if is_finding:
            content[FINDING_MIME] = {
                "headline": self.headline,
                "said": self.said,
                "measures": self.measures,
                "footer": self.footer,
                "notes": list(self.notes),
                "decision": self.decision,
                "alt": self.alt,
                "lang": texts.language(),
                "synthetic": self.synthetic,
                "data": dict(self.data),
            }
        return content


def show(thing: Any, headline: Words | None = None, *, notes: bool = True) -> None:
    """Show one thing: a result, a table, a picture, a sentence.

    Parameters
    ----------
    thing : Result, Table, DataFrame, Axes, Figure, Problems, Text or str
        A result is drawn as a slide; what cannot be said is said in a sentence.
    headline : str or Text, optional
        Title instead of the result's own. Needed for Axes and Figure: a picture
        without a sentence is not a finding.
    notes : bool
        Print what the reader must know under the picture.

    Raises
    ------
    InvalidType
        If it is none of these.
    InvalidValue
        If nothing is drawn, or Axes come without a headline.

    Examples
    --------
    >>> show(Text("Nobody answered.", "Никто не ответил."))
    Nobody answered.
    """
    _publish(_shown(thing, headline), is_finding=False, notes=notes)


def finding(thing: Any, headline: Words | None = None, *, decision: Words | None = None) -> None:
    """Show a thing and put it into the handout.

    Parameters
    ----------
    thing, headline
        As for `show`.
    decision : str or Text, optional
        What to decide, instead of what the result itself suggests.

    Examples
    --------
    >>> finding(Text("95 agencies answered.", "Ответили 95 агентств."))
    95 agencies answered.
    """
    shown = _shown(thing, headline)
    if decision is not None:
        shown = _replaced(shown, decision=texts.words(decision))
    _publish(shown, is_finding=True, notes=True)


def check_answer(given: Any, right: Any, *, hint: Words) -> None:
    """Say whether the answer to an exercise is right, without giving it away.

    Parameters
    ----------
    given : object
        The reader's answer; None means that there is none yet.
    right : object
        Compared after rounding to two decimals if it is a number.
    hint : str or Text
        Where to look; shown until the answer is right.

    Examples
    --------
    >>> check_answer(None, 12, hint="Count the rows.")
    Not answered yet. Count the rows.
    >>> check_answer(12, 12, hint="Count the rows.")
    Right.
    """
    if given is None:
        verdict = Text("Not answered yet.", "Ответа пока нет.")
    elif _same(given, right):
        show(Text("Right.", "Верно."))
        return
    else:
        verdict = Text("Not yet.", "Пока нет.")
    show(f"{texts.words(verdict)} {texts.words(hint)}")


def _same(given: Any, right: Any) -> bool:
    if isinstance(right, float) and isinstance(given, int | float):
        return round(float(given), 2) == round(right, 2)
    return given == right


def _shown(thing: Any, headline: Words | None) -> Shown:
    title = texts.words(headline) if headline is not None else None
    if isinstance(thing, str | Text):
        return Shown(headline=texts.words(thing))
    if isinstance(thing, Axes | Figure):
        return _shown_figure(thing, title)
    if isinstance(thing, pd.DataFrame):
        thing = table(thing)
    if isinstance(thing, Table):
        return Shown(headline=title or "", drawn=repr(thing), html=_titled(title, thing))
    if hasattr(thing, "say") and hasattr(thing, "provenance"):
        return _shown_result(thing, title)
    if hasattr(thing, "_repr_html_"):
        return Shown(headline=title or "", drawn=str(thing), html=_titled(title, thing))
    raise InvalidType(
        f"show() does not know what to do with a {type(thing).__name__}. "
        "Give it a result, a table, a DataFrame, Axes with a headline, or a sentence."
    )


def _titled(title: str | None, thing: Any) -> str:
    import html

    return (f"<p><b>{html.escape(title)}</b></p>" if title else "") + thing._repr_html_()


def _shown_result(result: Any, title: str | None) -> Shown:
    lang = texts.language()
    if isinstance(result, CannotSay):
        reason = f"{texts.words(texts.CANNOT_SAY)}: {result.say(lang)}"
        return Shown(headline=reason, notes=_notes(result))
    title = title or result.headline(lang)
    measures, footer = result.measures(lang), result.provenance.footer(lang)
    said = result.say(lang)
    figure = result.plot().figure
    style.frame(figure, title, measures, footer)
    return Shown(
        headline=title,
        measures=measures,
        footer=footer,
        # The title of a slide leaves out what the sentence must not: base and interval.
        said="" if said.rstrip(".") == title.rstrip(".") else said,
        notes=_notes(result),
        decision=result.decide(lang),
        drawn=digest(figure, digits=result.digits),
        png=style.png(figure),
        data=_columns(result.frame, result.digits),
        synthetic=result.provenance.synthetic,
    )


def _shown_figure(thing: Axes | Figure, title: str | None) -> Shown:
    if title is None:
        raise InvalidValue(
            "A picture needs a headline that says what it shows: show(ax, 'Half of us answer…')."
        )
    figure = thing if isinstance(thing, Figure) else thing.figure
    drawn = digest(figure)
    figure.set_size_inches(*style.SLIDE)
    style.frame(figure, title)
    return Shown(headline=title, drawn=drawn, png=style.png(figure))


def _notes(result: Any) -> tuple[str, ...]:
    return tuple(texts.words(note) for note in result.notes)


def _columns(frame: pd.DataFrame, digits: int) -> dict[str, list]:
    """Columns as JSON keeps them: numbers to the compared digits; NaN and endless as null."""
    rounded = {}
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_float_dtype(values):
            rounded[str(name)] = [
                float(f"{float(f'{value:.10g}'):.{digits}g}") if np.isfinite(value) else None
                for value in values.to_numpy(float, na_value=np.nan)
            ]
        else:
            told = values.astype(object).where(values.notna(), None).tolist()  # NaT, <NA> too
            rounded[str(name)] = json.loads(json.dumps(told, default=str, ensure_ascii=False))
    return rounded


def _replaced(shown: Shown, **changes: Any) -> Shown:
    from dataclasses import replace

    return replace(shown, **changes)


def _publish(shown: Shown, *, is_finding: bool, notes: bool) -> None:
    _emit(shown.bundle(is_finding=is_finding))
    parts = [shown.said] if shown.said else []
    if is_finding and shown.decision:
        parts.append(f"**{texts.words(texts.DECIDE)}:** {shown.decision}")
    if notes and shown.notes:
        told = "\n".join(f"- {note}" for note in shown.notes)
        parts.append(f"**{texts.words(texts.NOTE)}:**\n{told}")
    if parts:
        _emit({"text/markdown": "\n\n".join(parts), "text/plain": "\n".join(parts)})


def _emit(content: dict[str, Any]) -> None:
    """Send an output to the notebook; outside of one, print its text."""
    from IPython import get_ipython
    from IPython.display import publish_display_data

    if get_ipython() is None:
        print(content["text/plain"])  # noqa: T201 - the reader asked to be shown something
    else:
        publish_display_data(content)
