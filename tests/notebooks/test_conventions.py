"""What every notebook of the kit has in common.

cell        must                                         must not
Markdown    ask the question, explain the method         tell a figure that the data gave
code        12 lines at most, one shown thing            define functions, end in ';'
output      be recorded in order                         hold errors or warnings
"""

import ast
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAP = "00-start-here"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SHAPE = [
    "## The data, and what is wrong with it",
    "## The mistake everyone makes",
    "## What this cannot tell",
    "## What to decide",
    "## Exercise",
]
FIGURES = pd.read_csv(ROOT / "data" / "published" / "figures.csv")
# Numbers that may stand in the text of a notebook: definitions and constants. A figure
# that an article printed needs no line here, but its source in the same cell.
CONSTANTS = {
    "00-start-here": {
        "01": "a notebook",
        "02": "a notebook",
        "03": "a notebook",
        "04": "a notebook",
        "05": "a notebook",
        "06": "a notebook",
        "09": "a notebook",
        "10": "a notebook",
        "11": "a notebook",
        "12": "a notebook",
        "3": "of the example 3 of 20",
        "20": "the same",
        "150": "largest base of the exercise",
    },
    "01-what-account-managers-do": {"02": "a notebook"},
    "02-how-agencies-differ": {},
    "03-us-against-the-market": {},
    "04-which-practices-keep-clients": {},
    "05-state-of-the-client-base": {"06": "a notebook"},
    "06-how-long-clients-stay": {"12": "a notebook"},
    "09-what-we-knew-that-day": {"10": "a notebook"},
    "10-can-we-predict-who-leaves": {"0": "no difference"},
    "11-whom-to-call-on-monday": {"12": "a notebook"},
    "12-public-benchmarks": {},
}


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def book(request):
    notebook = nbformat.read(request.param, as_version=4)
    notebook.name = request.param.stem
    return notebook


def of_kind(book, kind: str) -> list:
    return [cell for cell in book.cells if cell.cell_type == kind]


def code_lines(book) -> int:
    return sum(bool(line.strip()) for cell in of_kind(book, "code") for line in
               cell.source.splitlines())  # fmt: skip


def words(book) -> int:
    shown = [re.sub("<!--.*?-->", "", cell.source) for cell in of_kind(book, "markdown")]
    return sum(len(text.split()) for text in shown)


def test_there_are_notebooks():
    assert len(FILES) >= 3


def test_it_is_of_a_length_that_is_read(book):
    assert 20 <= len(book.cells) <= 35
    if book.name != MAP:  # a map has more to tell than to run
        assert 10 <= words(book) / code_lines(book) <= 15


def test_its_question_is_told_in_russian_too(book):
    assert re.search(r"^# .+\?\n<!-- ru: [А-Я].+\? -->\n", book.cells[0].source)


def test_it_has_the_shape_of_all_notebooks(book):
    text = "\n".join(cell.source for cell in of_kind(book, "markdown"))
    expected = [line for line in SHAPE if book.name != MAP or "data" not in line]
    expected = [line.replace("this cannot", "this kit cannot") if book.name == MAP else line
                for line in expected]  # fmt: skip
    places = [text.find(f"\n{line}\n") for line in expected]
    assert -1 not in places
    assert places == sorted(places)
    assert "**Next:**" in book.cells[-1].source


def test_code_is_short_and_defines_nothing(book):
    for cell in of_kind(book, "code"):
        assert len(cell.source.splitlines()) <= 12
        assert not cell.source.rstrip().endswith(";")
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, kinds) for node in ast.walk(ast.parse(cell.source)))


def test_a_cell_shows_one_thing(book):
    for cell in of_kind(book, "code"):
        calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
        names = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
        assert sum(name in ("show", "finding", "check_answer") for name in names) <= 1


def test_imports_stand_where_they_are_first_used(book):
    for index, cell in enumerate(of_kind(book, "code")):
        tree = ast.parse(cell.source)
        imported = {
            alias.asname or alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if index > 1:  # the cell of `setup` imports what all others show with
            assert imported <= used


def test_one_cell_holds_the_parameters_and_the_language(book):
    marked = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(marked) == 1
    assert marked[0].source.splitlines()[0] == 'lang = "en"'
    assert book.cells.index(marked[0]) <= 3


def test_it_was_recorded_in_order_without_errors(book):
    code = of_kind(book, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        assert all(output.output_type != "error" for output in cell.outputs)
        assert all(output.get("name") != "stderr" for output in cell.outputs)


def test_it_is_stored_alike_on_every_machine(book):
    assert book.metadata == {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    path = ROOT / "notebooks" / f"{book.name}.ipynb"
    assert path.stat().st_size < 1_500_000
    assert not re.search(r" at 0x[0-9a-f]+|/home/|/Users/|\\\\Users", path.read_text("utf-8"))


def test_every_picture_has_its_words(book):
    for cell in of_kind(book, "code"):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                lines = output.data["text/plain"].splitlines()
                assert len(lines) >= 3
                assert "Source: " in "".join(lines)


def typed_numbers(text: str) -> list[str]:
    """Numbers in Markdown that are no code, link, heading number, year or name of a notebook."""
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", text, flags=re.DOTALL)
    text = re.sub(r"(?m)^#+ \d+\.", " ", text)
    text = re.sub(r"\bS\d\b|\b\d\d-[a-z][a-z-]+|\bmlc_churn|MLC\+\+", " ", text)
    text = re.sub(r"\b(1[89]|20)\d\d\b", " ", text)
    return [found.rstrip(".,%") for found in re.findall(r"\d[\d.,]*%?", text)]


def test_typed_numbers_are_found():
    assert typed_numbers("## 2. In `x[3]`, 54.7% of 95 (Brown 2001), see 01-what.") == [
        "54.7",
        "95",
    ]


def test_the_text_tells_no_figure_that_the_data_gave(book):
    allowed = CONSTANTS.get(book.name, {})
    for cell in of_kind(book, "markdown"):
        sources = set(re.findall(r"\bS\d\b", cell.source))
        printed = {f"{figure:g}" for figure in FIGURES[FIGURES["source"].isin(sources)]["figure"]}
        strange = [
            number
            for number in typed_numbers(cell.source)
            if number not in printed | set(allowed)
            and not re.search(rf"\b{re.escape(number)} ?× ?\d|\b\d ?× ?{re.escape(number)}",
                              cell.source)
        ]  # fmt: skip
        assert strange == [], f"typed in: {cell.source[:60]!r}"


def test_the_map_lists_every_notebook_with_its_question():
    text = nbformat.read(ROOT / "notebooks" / f"{MAP}.ipynb", as_version=4)
    table = "\n".join(cell.source for cell in of_kind(text, "markdown"))
    readme = (ROOT / "README.md").read_text("utf-8")
    for path in FILES:
        if path.stem == MAP:
            continue
        title = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].lstrip("# ")
        assert f"| [{path.stem[:2]}]({path.name}) | {title} |" in table
        assert f"(notebooks/{path.name})" in readme


def test_every_link_of_a_notebook_leads_somewhere(book):
    for cell in of_kind(book, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)\)", cell.source):
            assert (ROOT / "notebooks" / target).exists()
