"""What the room gets: one page from executed notebooks and their manifest.

notebook       question (first H1)    outputs                          manifest
01-who         Who <answered>?        picture; `**Cannot say**`; table done
02-опыт        (no H1)                picture on synthetic data        stopped, cell 2
03-nothing     Is there nothing?      a show, not a finding            done
"""

import base64
import io
import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from clientlab.problems import InvalidValue
from clientlab.session.handout import FINDING_MIME, build
from clientlab.session.handout_page import cleaned

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def picture() -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 18), "#0b5fa5").save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


def finding(headline: str, *, png: bool = False, html: str = "", lang: str = "en", **more) -> dict:
    told = {"headline": headline, "lang": lang, "notes": [], "synthetic": False, "data": {}} | more
    data = {FINDING_MIME: told}
    if png:
        data["image/png"] = picture() + "\n"
    if html:
        data["text/html"] = html.splitlines(keepends=True)  # as notebooks store it
    return {"output_type": "display_data", "metadata": {}, "data": data}


def notebook(folder: Path, name: str, text: str, *outputs: dict) -> Path:
    cells = [
        {"cell_type": "markdown", "source": text.splitlines(keepends=True)},
        {"cell_type": "code", "source": "secret_code()", "execution_count": 1, "outputs": []},
        *(
            {"cell_type": "code", "source": "", "execution_count": count, "outputs": [output]}
            for count, output in enumerate(outputs, start=2)
        ),
    ]
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    return path


class Page(HTMLParser):
    """A page taken apart: every tag with its attributes, and the text outside of styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.style = ""
        self.inside = ""
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.inside = tag

    def handle_data(self, data):
        if self.inside == "style":
            self.style += data
        else:
            self.words.append(data)

    def handle_endtag(self, tag):
        self.inside = ""

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [found[attribute] for _, found in self.tags if attribute in found]


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    error = {"output_type": "error", "ename": "ValueError", "evalue": "a secret", "traceback": []}
    notebook(
        folder,
        "01-who",
        "```\n# not a heading\n```\n\n# Who <answered>?\n\nWords of the notebook.",
        finding(
            "Half <script>alert(1)</script> & more",
            png=True,
            measures="Share of all, 95% interval",
            footer="Base: 95",
            notes=["Chance alone.", "Not who <chose>."],
            said="55 of 95 (45–64%) answered.",
            decision="Ask again.",
            alt='A "picture" of bars',
        ),
        finding("**Cannot say:** 3 answers"),
        finding(
            "Shares",
            html="<p><b>Shares</b></p><table onclick='x()'>\n<tr><td style='text-align:right'>5%"
            "<img src='https://example.org/x.png'></td></tr></table>",
        ),
    )
    notebook(folder, "02-опыт", "No heading", finding("Made up", png=True, synthetic=True), error)
    shown = {"output_type": "display_data", "data": {"text/plain": "only shown"}}
    notebook(folder, "03-nothing", "# Is there nothing?", shown)
    done = {"status": "done", "error": None, "seconds": 2.4, "sha256": "ab" * 32}
    facts = {
        "kit": {"name": "clientlab", "version": "0.1.0", "commit": "c" * 40, "changed": True},
        "python": "3.11.7",
        "packages": {"numpy": "2.4.6"},
        "lang": "en",
        "started": "2025-07-03T09:05:00+03:00",
        "seconds": 61.6,
        "parameters": {"figures": "моё <1>.csv", "base": 120},
        "data": {"data/a.csv": "0123456789abcdef" * 4},
        "notebooks": {
            "01-who": done,
            "02-опыт": done | {"status": "stopped", "error": 'code cell 2 ("f(<x>)"): ValueError'},
            "03-nothing": done,
        },
    }
    (folder / "manifest.json").write_text(json.dumps(facts), "utf-8")
    return folder


@pytest.fixture(scope="module")
def page(run) -> Page:
    return Page(build(run).read_text("utf-8"))


@pytest.fixture
def small(tmp_path) -> Path:
    notebook(tmp_path, "01-a", "# Question?", finding("Headline"))
    return tmp_path


def test_the_page_is_written_beside_the_notebooks(run):
    assert build(str(run)) == run / "index.html"
    assert b"\r" not in (run / "index.html").read_bytes()


def test_nothing_on_the_page_points_outside_of_it(page, run):
    targets = [value for name in ("src", "href", "action", "srcset") for value in page.values(name)]
    assert targets
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in page.values("id")
        elif not target.startswith("data:image/png;base64,"):
            assert target.startswith("notebooks/")
            assert (run / unquote(target)).is_file()
    assert "url(" not in page.style
    assert "@import" not in page.style
    assert {"script", "link", "iframe", "object", "base", "form"}.isdisjoint(dict(page.tags))
    assert not [name for _, found in page.tags for name in found if name.startswith("on")]


def test_the_browser_is_told_to_load_nothing(page):
    policy = next(found for found in page.all("meta") if "http-equiv" in found)
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_every_picture_has_words(page):
    assert [found["alt"] for found in page.all("img")] == ['A "picture" of bars', "Made up"]


def test_texts_of_findings_are_texts_on_the_page(page, run):
    assert "Half <script>alert(1)</script> & more" in page.text
    assert "<script>" not in (run / "index.html").read_text("utf-8")
    assert "Who <answered>?" in page.text
    assert "Not who <chose>." in page.text


def test_a_finding_has_its_decision_notes_measure_and_source(page):
    for words in (
        "Share of all, 95% interval Base: 95",
        "55 of 95 (45–64%) answered. To decide Ask again.",
        "Keep in mind Chance alone. Not who <chose>.",
        "Cannot say: 3 answers",
        "Finding 4 Synthetic data Made up",
    ):
        assert words in page.text


def test_there_is_no_code_and_nothing_that_was_only_shown(page):
    for words in ("secret", "only shown", "Words of the notebook", "not a heading"):
        assert words not in page.text


def test_a_table_loses_everything_but_its_cells(page):
    assert page.text.count("Shares") == 2  # in the contents and above the table
    assert "https://example.org" not in page.values("src")
    assert "right" in page.values("class")


def test_contents_lead_from_question_to_headline(page):
    anchors = [value for value in page.values("href") if value.startswith("#")]
    assert anchors == [
        "#question-1",
        "#finding-1",
        "#finding-2",
        "#finding-3",
        "#question-2",
        "#finding-4",
    ]
    assert "Is there nothing?" not in page.text
    headings = [name for name, _ in page.tags if re.fullmatch("h[1-6]", name)]
    assert headings == "h1 h2 h2 h3 h3 h3 h2 h3 h2".split()


def test_the_head_says_how_many_when_and_which_language(page):
    head = "What we found 4 findings, on synthetic data: 1 · 3 July 2025 · English"
    assert head in page.text
    assert page.all("html") == [{"lang": "en"}]


def test_a_stopped_notebook_is_told_before_the_contents(page):
    told = (
        "This handout is not whole Notebook 02-опыт stopped before its end. "
        'Here is only what it had found until then. code cell 2 ("f(<x>)"): ValueError'
    )
    assert told in page.text
    assert page.text.index(told) < page.text.index("Contents")


def test_the_end_says_how_the_page_was_made(page):
    made = page.text[page.text.index("How this was made") :]
    for words in (
        "Run 3 July 2025, 09:05, 62 s",
        "clientlab 0.1.0, commit cccccccccccc (with changes of its own); Python 3.11.7; numpy",
        "figures: моё <1>.csv base: 120",
        "data/a.csv: 0123456789ab Notebooks",
        "01-who , 2 s, abababababab 02-опыт , 2 s, stopped, abababababab 03-nothing , 2 s,",
    ):
        assert words in made


def test_a_page_without_findings_says_so(tmp_path):
    notebook(tmp_path, "01-a", "# Question?")
    page = Page(build(tmp_path).read_text("utf-8"))
    assert "There are no findings. In a notebook, finding(…) puts a result" in page.text
    assert "What we found 0 findings · English" in page.text


def test_without_a_manifest_a_stop_is_read_from_the_notebook(tmp_path):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'Petrov'", "traceback": []}
    notebook(tmp_path, "01-a", "# Question?", error)
    page = Page(build(tmp_path).read_text("utf-8"))
    told = "Notebook 01-a stopped before its end. It had found nothing until then. code cell 2: "
    assert told + "KeyError" in page.text
    assert "Petrov" not in page.text


def test_an_error_that_the_run_went_past_is_not_a_stop(tmp_path):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []}
    notebook(tmp_path, "01-a", "# Question?", error)
    facts = {"notebooks": {"01-a": {"status": "done", "error": None}}}
    (tmp_path / "manifest.json").write_text(json.dumps(facts), "utf-8")
    assert "not whole" not in build(tmp_path).read_text("utf-8")


def test_in_russian_the_page_and_the_question_are_russian(tmp_path):
    text = "# Who?\n<!-- ru: Кто ответил? -->\n\nWords."
    notebook(tmp_path, "01-a", text, *(finding("Ответ", lang="ru", decision="Да") for _ in "12"))
    (tmp_path / "manifest.json").write_text('{"started": "2025-05-09T10:00:00"}', "utf-8")
    page = Page(build(tmp_path, lang="ru").read_text("utf-8"))
    assert page.all("html") == [{"lang": "ru"}]
    assert "2 вывода · 9 мая 2025 г. · русский язык" in page.text
    assert "Кто ответил?" in page.text
    assert "Who?" not in page.text
    assert "Что решить Да" in page.text
    assert not re.search("[A-Za-z]{3,}", page.text.split("Как это сделано")[0])


def test_a_table_without_a_headline_is_named_by_its_number(tmp_path):
    notebook(tmp_path, "01-a", "# Q?", finding("", html="<table><tr><td>1</td></tr></table>"))
    assert "Finding 1 Table 1 1" in Page(build(tmp_path).read_text("utf-8")).text


def test_a_finding_in_another_language_is_refused(small):
    with pytest.raises(InvalidValue) as error:
        build(small, lang="ru")
    assert str(error.value) == (
        "A finding of 01-a.ipynb is in 'en', the report in 'ru': 'Headline'. Run the report with "
        "--lang en, or let the notebook call setup(lang), which follows the language of the report."
    )
    assert not (small / "index.html").exists()


def test_an_unknown_language_is_refused(small):
    with pytest.raises(InvalidValue, match=re.escape("Language 'de' is not known; use one of en,")):
        build(small, lang="de")


def test_a_folder_without_notebooks_is_refused(tmp_path):
    with pytest.raises(InvalidValue) as error:
        build(tmp_path)
    assert str(error.value) == (
        f"Folder {tmp_path} has no executed notebooks in {tmp_path / 'notebooks'}. "
        "Write a report first: clientlab report."
    )


def test_a_notebook_that_is_no_notebook_is_refused(small):
    path = small / "notebooks" / "02-b.ipynb"
    path.write_text("not JSON", "utf-8")
    with pytest.raises(InvalidValue) as error:
        build(small)
    assert str(error.value) == (
        f"{path} cannot be read: Expecting value: line 1 column 1 (char 0). Write the report again."
    )


def test_a_finding_without_its_language_is_refused(tmp_path):
    old = finding("Headline")
    del old["data"][FINDING_MIME]["lang"]
    notebook(tmp_path, "01-a", "# Q?", old)
    with pytest.raises(InvalidValue) as error:
        build(tmp_path)
    assert str(error.value) == (
        "A finding of 01-a.ipynb lacks its headline or language: it was stored by another "
        "version of clientlab. Run the notebook again."
    )


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("<table><tr><td>a &lt; b", "<table><tr><td>a &lt; b</td></tr></table>"),
        ("<td colspan='2' rowspan='x'>1</td>", '<td colspan="2">1</td>'),
        ("a<style>td{}</style><a href='x'>b</a></p>", "ab"),
        ("<p>1<br/>2<svg onload='x'></p>", "<p>1<br>2</p>"),
        ("<b><i>1</b>2</i>", "<b><i>1</i></b>2"),
    ],
)
def test_cleaning_keeps_text_and_closes_what_is_open(given, written):
    assert cleaned(given) == written


@pytest.fixture(scope="module")
def browser():
    name = os.environ.get("CLIENTLAB_BROWSER") or next(filter(shutil.which, BROWSERS), None)
    if name is None:
        if os.environ.get("CLIENTLAB_REQUIRE_BROWSER") == "1":
            pytest.fail("No browser was found, and CLIENTLAB_REQUIRE_BROWSER=1 asks for one.")
        pytest.skip("No browser was found; install Chromium or set CLIENTLAB_BROWSER to one.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which(name), args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser_all_is_drawn_and_nothing_is_asked_for(browser, run, width):
    asked, said = [], []
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    address = build(run).resolve().as_uri()
    tab.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert said == []
    assert tab.eval_on_selector_all("img", "all => all.map(i => i.naturalWidth)") == [32, 32]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    # A picture says its headline itself where it is large; on a phone the page does.
    seen = tab.locator("#finding-1 h3").bounding_box()["width"] > 1
    assert seen == (width == 390)
    tab.close()
