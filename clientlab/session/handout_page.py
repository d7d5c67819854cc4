"""The page of the handout: its words and its markup.

It answers: what stands where on the page. Every text is escaped here; tables are
written anew from their cells, so that nothing of a notebook can act on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from clientlab.session.handout_style import CSS
from clientlab.session.texts import DECIDE, NOTE
from clientlab.wording import NO_BREAK, Text, number, plural

if TYPE_CHECKING:
    from clientlab.session.handout import Chapter, Finding

TITLE = Text("What we found", "Что удалось выяснить")
CONTENTS = Text("Contents", "Содержание")
NOTHING = Text(
    "There are no findings. In a notebook, finding(…) puts a result on this page.",
    "Выводов нет. В блокноте результат попадает на эту страницу через finding(…).",
)
LANGUAGE = Text("English", "русский язык")
SYNTHETIC = Text("Synthetic data", "Синтетические данные")
ON_SYNTHETIC = Text("on synthetic data:", "на синтетических данных:")
FINDING = Text("Finding", "Вывод")
UNTITLED = Text("Table", "Таблица")
NOT_WHOLE = Text("This handout is not whole", "Материал неполный")
NOTEBOOK = Text("Notebook", "Блокнот")
STOPPED = Text("stopped before its end.", "остановлен раньше конца.")
SOME = Text("Here is only what it had found until then.", "Здесь только то, что он успел выяснить.")
NONE = Text("It had found nothing until then.", "До этого он ничего не успел выяснить.")
MADE = Text("How this was made", "Как это сделано")
STARTED = Text("Run", "Расчёт")
SECONDS = Text("s", "с")
VERSIONS = Text("Versions", "Версии")
COMMIT = Text("commit", "версия кода")
CHANGED = Text("with changes of its own", "с местными изменениями")
PARAMETERS = Text("Parameters", "Параметры")
DATA = Text("Data, by SHA-256", "Данные, по SHA-256")
NOTEBOOKS = Text("Notebooks as executed", "Выполненные блокноты")
UNFINISHED = Text("stopped", "остановлен")
MONTHS = Text(
    "January February March April May June July August September October November December",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
)
HASH_SHOWN = 12  # characters of a hash: enough to compare by eye


def page(
    chapters: Sequence[Chapter], facts: Mapping[str, Any], *, lang: str, started: datetime | None
) -> str:
    """The whole handout as HTML.

    Parameters
    ----------
    chapters : sequence of Chapter
    facts : mapping
        The manifest; empty if there is none.
    lang : {"en", "ru"}
    started : datetime, optional

    Returns
    -------
    str
    """
    told = [chapter for chapter in chapters if chapter.findings]
    title = TITLE.in_language(lang)
    line = [_counted(told, lang), started and _date(started, lang), LANGUAGE.in_language(lang)]
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    parts = [
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>",
        f"<header><h1>{title}</h1>",
        f'<p class="facts">{" · ".join(part for part in line if part)}</p></header>',
        *_warning(chapters, lang),
        "<main>",
        *(_body(told, lang) if told else [f"<p>{NOTHING.in_language(lang)}</p>"]),
        "</main>",
        *_made(chapters, facts, lang, started),
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _counted(chapters: Sequence[Chapter], lang: str) -> str:
    findings = [found for chapter in chapters for found in chapter.findings]
    count, invented = len(findings), sum(found.synthetic for found in findings)
    forms = Text(plural(count, "finding", "findings"), plural(count, "вывод", "вывода", "выводов"))
    told = f"{number(count, lang)} {forms.in_language(lang)}"
    if invented:
        told += f", {ON_SYNTHETIC.in_language(lang)} {number(invented, lang)}"
    return told


def _date(day: datetime, lang: str) -> str:
    month = MONTHS.in_language(lang).split()[day.month - 1]
    told = f"{day.day} {month} {day.year}" + Text("", " г.").in_language(lang)
    return told.replace(" ", NO_BREAK)


def _warning(chapters: Sequence[Chapter], lang: str) -> Iterator[str]:
    stopped = [chapter for chapter in chapters if chapter.stopped]
    if stopped:
        yield f'<aside class="warning"><p><b>{NOT_WHOLE.in_language(lang)}</b></p>'
        for chapter in stopped:
            rest = SOME if chapter.findings else NONE
            words = f"{STOPPED.in_language(lang)} {rest.in_language(lang)}"
            yield f"<p>{NOTEBOOK.in_language(lang)} {_link(chapter)} {words}"
            yield f"<br><small>{escape(chapter.stopped)}</small></p>"
        yield "</aside>"


def _link(chapter: Chapter) -> str:
    """To the executed copy beside the page."""
    return f'<a href="{quote(f"notebooks/{chapter.name}.ipynb")}">{escape(chapter.name)}</a>'


def _body(chapters: Sequence[Chapter], lang: str) -> Iterator[str]:
    """Contents, then the findings, numbered through so that a room can name them."""
    contents, findings, count = [], [], 0
    for place, chapter in enumerate(chapters, start=1):
        question = escape(chapter.question)
        contents.append(f'<li class="question"><a href="#question-{place}">{question}</a><ul>')
        findings.append(f'<section class="chapter"><h2 id="question-{place}">{question}</h2>')
        for found in chapter.findings:
            count += 1
            title = escape(found.headline or f"{UNTITLED.in_language(lang)} {count}")
            link = f'<a href="#finding-{count}">{title}</a>'
            contents.append(f'<li><span class="count">{count}</span>{link}</li>')
            findings.extend(_article(found, count, title, lang))
        contents.append("</ul></li>")
        findings.append("</section>")
    yield f"<nav><h2>{CONTENTS.in_language(lang)}</h2><ul>"
    yield from contents
    yield "</ul></nav>"
    yield from findings


def _article(found: Finding, count: int, title: str, lang: str) -> Iterator[str]:
    mark = f"{FINDING.in_language(lang)} {count}"
    if found.synthetic:
        mark += f' <span class="synthetic">{SYNTHETIC.in_language(lang)}</span>'
    drawn = ' class="drawn"' if found.png else ""
    yield f'<article id="finding-{count}"{drawn}><p class="mark">{mark}</p>\n<h3>{title}</h3>'
    yield from _figure(found)
    if found.said:
        yield f'<p class="said">{escape(found.said)}</p>'
    if found.decision:
        words = f"<b>{DECIDE.in_language(lang)}</b>{escape(found.decision)}"
        yield f'<p class="decide">{words}</p>'
    if found.notes:
        notes = "".join(f"<li>{escape(note)}</li>" for note in found.notes)
        yield f'<div class="notes"><b>{NOTE.in_language(lang)}</b><ul>{notes}</ul></div>'
    yield "</article>"


def _figure(found: Finding) -> Iterator[str]:
    shown = ""
    if found.png:
        alt = escape(found.alt or found.headline)
        shown = f'<img src="data:image/png;base64,{escape(found.png)}" alt="{alt}">'
    elif found.html:
        # The table repeats its headline for the notebook; here it is the heading.
        table = found.html.removeprefix(f"<p><b>{escape(found.headline)}</b></p>")
        shown = f'<div class="table">{cleaned(table)}</div>'
    caption = "<br>".join(escape(text) for text in (found.measures, found.footer) if text)
    if caption:
        shown += f"<figcaption>{caption}</figcaption>"
    if shown:
        yield f"<figure>{shown}</figure>"


def _made(
    chapters: Sequence[Chapter], facts: Mapping[str, Any], lang: str, started: datetime | None
) -> Iterator[str]:
    rows = [
        (STARTED, _ran(facts, lang, started)),
        (VERSIONS, _versions(facts, lang)),
        (PARAMETERS, _pairs(facts.get("parameters", {}))),
        (DATA, _pairs({name: code[:HASH_SHOWN] for name, code in facts.get("data", {}).items()})),
        (NOTEBOOKS, "<br>".join(_executed(chapter, facts, lang) for chapter in chapters)),
    ]
    yield f'<footer class="made"><h2>{MADE.in_language(lang)}</h2><dl>'
    for name, told in rows:
        if told:
            yield f"<dt>{name.in_language(lang)}</dt><dd>{told}</dd>"
    yield "</dl></footer>"


def _ran(facts: Mapping[str, Any], lang: str, started: datetime | None) -> str:
    if started is None:
        return ""
    told = f"{_date(started, lang)}, {started:%H:%M}"
    if "seconds" in facts:
        told += f", {number(facts['seconds'], lang)} {SECONDS.in_language(lang)}"
    return told


def _versions(facts: Mapping[str, Any], lang: str) -> str:
    kit = facts.get("kit", {})
    named = f"{kit.get('name', '')} {kit.get('version', '')}".strip()
    if kit.get("commit"):
        named += f", {COMMIT.in_language(lang)} {kit['commit'][:HASH_SHOWN]}"
        named += f" ({CHANGED.in_language(lang)})" if kit.get("changed") else ""
    packages = ", ".join(f"{name} {version}" for name, version in facts.get("packages", {}).items())
    python = f"Python {facts['python']}" if "python" in facts else ""
    return "; ".join(escape(part) for part in (named, python, packages) if part)


def _pairs(values: Mapping[str, Any]) -> str:
    return "<br>".join(
        f"{escape(str(name))}: <code>{escape(str(value))}</code>" for name, value in values.items()
    )


def _executed(chapter: Chapter, facts: Mapping[str, Any], lang: str) -> str:
    known = facts.get("notebooks", {}).get(chapter.name, {})
    told = [_link(chapter)]
    if "seconds" in known:
        told.append(f"{number(known['seconds'], lang)} {SECONDS.in_language(lang)}")
    if chapter.stopped:
        told.append(UNFINISHED.in_language(lang))
    if "sha256" in known:
        told.append(f"<code>{escape(known['sha256'][:HASH_SHOWN])}</code>")
    return ", ".join(told)


def cleaned(table: str) -> str:
    """A table written anew: its cells and their sides, no other attribute, no other tag.

    Examples
    --------
    >>> cleaned('<table onclick="x"><tr><td style="text-align:right">5<script>x</script></td>')
    '<table><tr><td class="right">5</td></tr></table>'
    """
    writer = _Cleaner()
    writer.feed(table)
    writer.close()
    return "".join(writer.written) + "".join(f"</{tag}>" for tag in reversed(writer.open))


class _Cleaner(HTMLParser):
    """Writes what a table is made of and leaves out the rest."""

    kept = frozenset("table caption thead tbody tfoot tr th td p b strong em i ul ol li".split())
    dropped = frozenset(("script", "style", "title"))  # with what is inside of them

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.open: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.dropped:
            self.inside += 1
        elif tag == "br":
            self.written.append("<br>")
        elif tag in self.kept:
            given = {name: value or "" for name, value in attrs}
            text = "".join(
                f' {name}="{given[name]}"'
                for name in ("colspan", "rowspan")
                if given.get(name, "").isdecimal()
            )
            right = "text-align:right" in given.get("style", "").replace(" ", "")
            self.written.append(f"<{tag}{text}" + (' class="right">' if right else ">"))
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.dropped:
            self.inside = max(0, self.inside - 1)
        elif tag in self.open:
            while (closed := self.open.pop()) != tag:
                self.written.append(f"</{closed}>")
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.written.append(escape(data))
