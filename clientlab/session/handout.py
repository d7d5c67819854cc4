"""The handout: the findings of executed notebooks as one page for the room.

It answers: what was found, how sure it is, what to decide, which notebooks stopped.
It shows no code, needs no network and computes nothing: it reads what `finding`
put into the notebooks and what the manifest says about the run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clientlab.problems import InvalidValue
from clientlab.wording import checked_language

FINDING_MIME = "application/vnd.clientlab.finding+json"

H1 = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
MARKS = re.compile(r"(\*\*|__|`)(.+?)\1")


@dataclass(frozen=True)
class Finding:
    """One finding as a notebook stores it.

    Parameters
    ----------
    headline, measures, footer, said, decision, alt : str
    notes : tuple of str
    lang : str
    synthetic : bool
    png : str
        The picture in base64; empty for a table or a sentence.
    html : str
        The table; empty for a picture or a sentence.
    """

    headline: str
    lang: str
    measures: str = ""
    footer: str = ""
    said: str = ""
    notes: tuple[str, ...] = ()
    decision: str = ""
    alt: str = ""
    synthetic: bool = False
    png: str = ""
    html: str = ""


@dataclass(frozen=True)
class Chapter:
    """One executed notebook: its question, its findings, where it stopped.

    Parameters
    ----------
    name : str
        File name without its ending.
    question : str
    findings : tuple of Finding
    stopped : str
        Where it stopped; empty if it ran to its end.
    """

    name: str
    question: str
    findings: tuple[Finding, ...] = ()
    stopped: str = ""


def build(folder: str | Path, *, lang: str = "en") -> Path:
    """Write the handout of a run: one page that needs nothing but itself.

    Parameters
    ----------
    folder : str or Path
        Holds executed notebooks in `notebooks/` and, if there is one,
        `manifest.json`. The page is written beside them.
    lang : {"en", "ru"}
        Language of the words around the findings, and of the findings.

    Returns
    -------
    Path
        `folder/index.html`.

    Raises
    ------
    InvalidValue
        If there are no notebooks, a file cannot be read, or a finding is in
        another language. Nothing is written then.

    Notes
    -----
    A notebook that stopped is told at the top of the page, with what it had found.
    Its question is its first heading; a comment `<!-- ru: ... -->` beside it is its
    question in Russian.

    Examples
    --------
    >>> import json, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "notebooks").mkdir()
    >>> page = {"cells": [{"cell_type": "markdown", "source": "# Who answered?"}]}
    >>> size = (folder / "notebooks" / "01-who.ipynb").write_text(json.dumps(page))
    >>> "There are no findings." in build(folder).read_text("utf-8")
    True
    """
    from clientlab.session.handout_page import page

    checked_language(lang)
    folder = Path(folder)
    notebooks = sorted((folder / "notebooks").glob("*.ipynb"))
    if not notebooks:
        raise InvalidValue(
            f"Folder {folder} has no executed notebooks in {folder / 'notebooks'}. "
            "Write a report first: clientlab report."
        )
    facts = _read(folder / "manifest.json") if (folder / "manifest.json").exists() else {}
    chapters = [_chapter(path, facts, lang) for path in notebooks]
    text = page(chapters, facts, lang=lang, started=_started(facts))
    place = folder / "index.html"
    place.write_text(text, "utf-8", newline="\n")
    return place


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InvalidValue(f"{path} cannot be read: {error}. Write the report again.") from error
    if not isinstance(content, dict):
        raise InvalidValue(f"{path} holds something else than it should. Write the report again.")
    return content


def _started(facts: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(facts["started"])
    except (KeyError, TypeError, ValueError):
        return None


def _chapter(path: Path, facts: Mapping[str, Any], lang: str) -> Chapter:
    cells = _read(path).get("cells", [])
    findings = tuple(_findings(cells, path.name))
    for found in findings:
        if found.lang != lang:
            raise InvalidValue(
                f"A finding of {path.name} is in '{found.lang}', the report in '{lang}': "
                f"'{found.headline}'. Run the report with --lang {found.lang}, or let the "
                "notebook call setup(lang), which follows the language of the report."
            )
    known = facts.get("notebooks", {}).get(path.stem)
    stopped = _stopped_by_manifest(known) if known else _stopped_by_outputs(cells)
    return Chapter(path.stem, _question(cells, lang) or path.stem, findings, stopped)


def _findings(cells: list[dict[str, Any]], name: str) -> Iterator[Finding]:
    for cell in cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if output.get("output_type") == "display_data" and FINDING_MIME in data:
                yield _finding(data, name)


def _finding(data: Mapping[str, Any], name: str) -> Finding:
    content = data[FINDING_MIME]
    try:
        texts = {
            key: str(content.get(key) or "")
            for key in ("measures", "footer", "said", "decision", "alt")
        }
        return Finding(
            headline=_plain(content["headline"]),
            lang=content["lang"],
            notes=tuple(map(str, content.get("notes", ()))),
            synthetic=bool(content.get("synthetic")),
            png="".join(_text(data.get("image/png", "")).split()),
            html=_text(data.get("text/html", "")),
            **texts,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise InvalidValue(
            f"A finding of {name} lacks its headline or language: it was stored by another "
            "version of clientlab. Run the notebook again."
        ) from error


def _question(cells: list[dict[str, Any]], lang: str) -> str:
    """The first heading of a notebook, or its translation beside it; '' without one."""
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            text = _text(cell.get("source", ""))
            heading = H1.search(FENCED.sub("", text))
            if heading:
                translated = re.search(rf"<!--\s*{lang}:\s*(.+?)\s*-->", text, re.DOTALL)
                return _plain((translated or heading).group(1))
    return ""


def _stopped_by_manifest(known: Mapping[str, Any]) -> str:
    return (known.get("error") or "?") if known.get("status") == "stopped" else ""


def _stopped_by_outputs(cells: list[dict[str, Any]]) -> str:
    """Without a manifest: the cell that holds an error."""
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    for count, cell in enumerate(code, start=1):
        for output in cell.get("outputs", []):
            if output.get("output_type") == "error":
                return f"code cell {cell.get('execution_count') or count}: {output.get('ename')}"
    return ""


def _text(stored: str | list[str]) -> str:
    """Notebooks keep long texts as lists of lines."""
    return stored if isinstance(stored, str) else "".join(stored)


def _plain(markdown: str) -> str:
    """A line without the marks for bold and code."""
    return MARKS.sub(r"\2", markdown).strip()
