"""Which notebook is meant, what may be set in it, and how it is read and written.

typed                       means
1, 01                       the kit's notebook with the number 01
01-what-account-managers-do the kit's notebook of that name, with .ipynb or without
mine/04-own.ipynb           that file
mine                        all notebooks of that folder
"""

import json
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.notebook_files import (
    copy_notebooks,
    inject,
    is_run,
    kit_folder,
    own_parameters,
    parsed_parameters,
    read,
    select,
    write,
)
from clientlab.problems import InvalidValue

FIRST = "01-what-account-managers-do"


def code(source: str, *tags: str):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def saved(path: Path, *cells) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


@pytest.fixture
def run(tmp_path):
    cells = code('lang = "en"\nshare: float = 0.1\nsource = None', "parameters"), code("share")
    return read(saved(tmp_path / "04-own.ipynb", *cells))


# --- which notebook


@pytest.mark.parametrize("typed", ["1", "01", FIRST, f"{FIRST}.ipynb"])
def test_a_notebook_of_the_kit_is_named_by_number_or_name(typed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1").mkdir()  # a number is a number, whatever else has that name
    assert select([typed]) == [kit_folder() / "notebooks" / f"{FIRST}.ipynb"]


def test_without_a_choice_all_numbered_notebooks_of_the_kit_are_meant():
    names = [path.name for path in select()]
    assert names == sorted(path.name for path in (kit_folder() / "notebooks").glob("*.ipynb"))
    assert names[0].startswith("00-")


def test_a_folder_means_its_notebooks_each_once_and_in_the_order_given(tmp_path):
    paths = [saved(tmp_path / "мои" / f"{name}.ipynb") for name in ("а", "б")]
    assert select([str(paths[1]), str(tmp_path / "мои")]) == paths[::-1]


@pytest.mark.parametrize("typed", ["99", "missing", "notes.txt"])
def test_a_notebook_that_is_not_there_is_told_with_those_that_are(typed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("words")
    with pytest.raises(InvalidValue) as caught:
        select([typed])
    known = ", ".join(path.stem for path in select())
    assert str(caught.value) == (
        f"Notebook {typed!r} is not there. The kit has {known}; or give the path of an .ipynb file."
    )


def test_a_folder_without_notebooks_is_refused(tmp_path):
    message = f"Folder {tmp_path} holds no .ipynb file. Name another folder."
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        select([str(tmp_path)])


def test_two_notebooks_of_one_name_are_refused(tmp_path):
    message = (
        f"Two notebooks have the name {FIRST}: their copies would overwrite each other. "
        "Rename one, or make two reports."
    )
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        select(["1", str(saved(tmp_path / f"{FIRST}.ipynb"))])


def test_a_package_without_its_notebooks_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("clientlab.notebook_files.__file__", str(tmp_path / "clientlab" / "x.py"))
    message = (
        f"There is no folder 'notebooks' in {tmp_path}: the notebooks are not part of the "
        "installed package. Install clientlab from a clone (pip install -e .), or name "
        "your notebooks by their paths."
    )
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        select()


# --- reading and writing


def test_reading_takes_away_what_earlier_runs_left_and_not_the_file(tmp_path):
    cells = code("1"), code("lang = 'ru'", "injected-parameters"), code("2", "skip-execution")
    cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
    cells[0].execution_count = 4
    cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    path = saved(tmp_path / "old.ipynb", *cells, code(" "), nbformat.v4.new_markdown_cell("# Why"))
    before = path.read_bytes()
    run = read(path)
    first = run.notebook.cells[0]
    assert (first.outputs, first.execution_count, first.metadata) == ([], None, {})
    assert [cell.source for cell in run.notebook.cells] == ["1", "2", " ", "# Why"]
    assert [is_run(cell) for cell in run.notebook.cells] == [True, False, False, False]
    assert (run.name, run.cells, run.status, run.stopped) == ("old", 1, "waiting", False)
    assert path.read_bytes() == before


def test_the_hash_follows_code_and_words_and_nothing_else(tmp_path):
    plain = saved(tmp_path / "a.ipynb", code("1"))
    shown = saved(tmp_path / "b.ipynb", code("1"))
    notebook = nbformat.read(shown, as_version=4)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
    nbformat.write(notebook, shown)
    other = saved(tmp_path / "c.ipynb", code("2"))
    words = saved(tmp_path / "d.ipynb", nbformat.v4.new_markdown_cell("1"))
    assert read(plain).source_hash == read(shown).source_hash
    assert len({read(path).source_hash for path in (plain, other, words)}) == 3


def test_a_notebook_without_cell_ids_is_given_them(tmp_path):
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": []}
    old = {"cells": [cell | {"execution_count": None}], "metadata": {}, "nbformat": 4}
    (tmp_path / "old.ipynb").write_text(json.dumps(old | {"nbformat_minor": 4}))
    run = read(tmp_path / "old.ipynb")
    inject(run.notebook, {}, "en")
    write(run.notebook, tmp_path / "new.ipynb")
    nbformat.validate(nbformat.read(tmp_path / "new.ipynb", as_version=4))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"nbformat": 4}', b"\xff\xfe", b'"a"'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content)
    message = f"{path} cannot be read as a notebook. Open it in JupyterLab and save it again."
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        read(path)


def test_writing_ends_in_one_new_line_and_leaves_nothing_beside(tmp_path, run):
    write(run.notebook, tmp_path / "new.ipynb")
    data = (tmp_path / "new.ipynb").read_bytes()
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert sorted(path.name for path in tmp_path.iterdir()) == ["04-own.ipynb", "new.ipynb"]


# --- parameters


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ("share=0.25", "0.25"),
        ("share=[1, 'a']", "[1, 'a']"),
        ("share=None", "None"),
        ("share= -1", "-1"),
        ("share=own study.csv", "'own study.csv'"),
        ("share=2026-07-01", "'2026-07-01'"),
        ("share=C:\\new\\данные.csv", "'C:\\\\new\\\\данные.csv'"),
        ("share=a=b", "'a=b'"),
        ("share=", "''"),
    ],
)
def test_a_value_is_a_literal_where_it_can_be_and_text_elsewhere(typed, source, run):
    assert parsed_parameters([typed], [run]) == {"share": source}


@given(st.text())
def test_any_text_comes_through_as_one_harmless_assignment(text):
    cell = code("share = 0", "parameters")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    run = type("Run", (), {"name": "04-own", "notebook": notebook})
    inject(notebook, parsed_parameters([f"share={text}"], [run]), "en")
    names = {"__builtins__": {}}
    exec(notebook.cells[1].source, names)
    assert set(names) == {"__builtins__", "lang", "share"}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("share", "'share' is not a parameter. Write -p NAME=VALUE."),
        ("=1", "'=1' is not a parameter. Write -p NAME=VALUE."),
        ("lang=ru", "The language is not a parameter. Write --lang ru."),
        (
            "shares=1",
            "No chosen notebook has a parameter 'shares': 04-own has lang, share, source; "
            "05-bare has none.",
        ),
    ],
)
def test_what_is_no_parameter_is_refused(typed, message, run, tmp_path):
    bare = read(saved(tmp_path / "05-bare.ipynb", code("1")))
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        parsed_parameters([typed], [run, bare])


def test_a_notebook_without_the_parameter_runs_without_it(run, tmp_path):
    bare = read(saved(tmp_path / "05-bare.ipynb", code("1")))
    sources = parsed_parameters(["share=1"], [run, bare])
    inject(run.notebook, sources, "ru")
    inject(bare.notebook, sources, "ru")
    head = '# Set by the command line.\nlang = "ru"'
    assert run.notebook.cells[1].source == f"{head}\nshare = 1"
    assert bare.notebook.cells[0].source == head


def test_parameters_of_a_cell_that_is_not_python_are_left_to_the_kernel(tmp_path):
    run = read(saved(tmp_path / "a.ipynb", code("share = = 1", "parameters")))
    assert own_parameters(run.notebook) == []


# --- copies for own data


def test_copies_are_the_notebooks_of_the_kit_without_outputs_in_a_language(tmp_path):
    copies = copy_notebooks(tmp_path / "мой" / "проект", lang="ru")
    assert [path.name for path in copies] == [path.name for path in select()]
    for path in copies:
        cells = nbformat.read(path, as_version=4).cells
        assert not any(cell.get("outputs") for cell in cells)
        assert any(cell.source.startswith('lang = "ru"') for cell in cells)


def test_a_folder_that_holds_anything_is_not_copied_to(tmp_path):
    (tmp_path / "mine.csv").write_text("a")
    for folder in (tmp_path, tmp_path / "mine.csv"):
        message = f"{folder} is not an empty folder. Name a new one; nothing was copied."
        with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
            copy_notebooks(folder)
