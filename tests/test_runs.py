"""Notebooks run on copies: one report of four notebooks, read by all tests here.

notebook      cells of its own               what becomes of it
01-endless    sleeps longer than allowed     stopped: CellTimeout
02-good       parameters, tells what it has  done
03-failing    1, then a bad key, then 3      stopped at code cell 2
04-dying      ends its own process           stopped: KernelDied
"""

import ast
import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

from clientlab.problems import InvalidValue
from clientlab.runs import Kernels, record, report

TELL = """
import os, sys
told = dict(lang=lang, share=share, data=open(data, encoding="utf-8").read(), python=sys.executable,
            backend=os.environ.get("MPLBACKEND"), threads=os.environ.get("OMP_NUM_THREADS"))
print(told)
"""
GOOD = ['lang = "en"\nshare = 0.1\ndata = None', TELL]
FAILING = ["before = 1", "\nshare = {'Ромашка': 120}\nshare['Василёк']", "after = 3"]
INLINE = "module://matplotlib_inline.backend_inline"  # not the 'agg' of the fixture
LONG = "one / 0  # " + "and so on " * 8
SECRET = "клиент;выручка\nРомашка;120\n"


def notebook(path: Path, *sources: str, **metadata) -> Path:
    cells = [nbformat.v4.new_markdown_cell("# Один вопрос")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    cells[1].metadata["tags"] = ["parameters"]
    cells[-1].metadata |= metadata
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def outputs(path: Path) -> list:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.outputs for cell in cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with four notebooks and own data, and the report made of them."""
    folder = tmp_path_factory.mktemp("папка с пробелом")
    mine = folder / "mine"
    notebook(mine / "01-endless.ipynb", "import time", "time.sleep(600)")
    notebook(mine / "02-good.ipynb", *GOOD)
    notebook(mine / "03-failing.ipynb", *FAILING)
    notebook(mine / "04-dying.ipynb", "import os", "os._exit(1)")
    (folder / "мои данные.csv").write_bytes(SECRET.encode())
    return folder


@pytest.fixture(scope="module")
def foreign_kernel(tmp_path_factory):
    """A kernel 'python3' of another Python, which Jupyter would prefer to ours."""
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "kernels" / "python3").mkdir(parents=True)
    spec = {"argv": ["no-such-python"], "display_name": "Python 3", "language": "python"}
    (folder / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec))
    return folder


@pytest.fixture(scope="module")
def ran(place, foreign_kernel):
    """What became of the notebooks, what was told meanwhile, and the originals' bytes."""
    before = {path.name: path.read_bytes() for path in (place / "mine").iterdir()}
    told, at_once = [], []

    def watch(run):
        told.append((run.name, run.done, run.status))
        states = {name: status for name, _, status in told}
        at_once.append(list(states.values()).count("running"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "agg")
        patch.delenv("OMP_NUM_THREADS", raising=False)
        patch.setenv("JUPYTER_PATH", str(foreign_kernel))
        patch.chdir(place)
        runs = report(
            [str(place / "mine")],
            out=Path("отчёт"),
            lang="ru",
            parameters=["share=0.25", "data=мои данные.csv"],
            kernels=Kernels(timeout=6, watch=watch),
        )
    return {run.name: run for run in runs}, told, at_once, before


@pytest.fixture(scope="module")
def facts(place, ran):
    return json.loads((place / "отчёт" / "manifest.json").read_text("utf-8"))


def test_a_notebook_is_run_to_its_end_whatever_becomes_of_the_others(ran):
    runs, *_ = ran
    assert {name: run.status for name, run in runs.items()} == {
        "01-endless": "stopped",
        "02-good": "done",
        "03-failing": "stopped",
        "04-dying": "stopped",
    }
    assert (runs["02-good"].done, runs["02-good"].cells) == (2, 2)


def test_the_place_and_the_message_of_a_stop_are_told(ran):
    runs, *_ = ran
    assert [(run.place, run.line, run.message) for run in runs.values()] == [
        ("code cell 2: CellTimeout", "time.sleep(600)", "it still ran after 6 s; see --timeout"),
        ("", "", ""),
        ("code cell 2: KeyError", "share = {'Ромашка': 120}", "'Василёк'"),
        (
            "code cell 2: KernelDied",
            "os._exit(1)",
            "its Python process ended, often for want of memory",
        ),
    ]


def test_two_notebooks_run_at_a_time_and_every_cell_is_told(ran):
    _, told, at_once, _ = ran
    assert max(at_once) == 2
    good = [event[1:] for event in told if event[0] == "02-good"]
    assert good == [(0, "running"), (1, "running"), (2, "running"), (2, "done")]


def test_the_notebooks_themselves_are_not_changed(place, ran):
    before = ran[-1]
    assert {path.name: path.read_bytes() for path in (place / "mine").iterdir()} == before


def test_parameters_language_and_surroundings_reach_the_kernel(place, ran):
    parameters, injected, told = outputs(place / "отчёт" / "notebooks" / "02-good.ipynb")
    assert (parameters, injected) == ([], [])
    seen = ast.literal_eval(told[0].text)
    assert os.path.samefile(seen.pop("python"), sys.executable)
    assert seen == {"lang": "ru", "share": 0.25, "data": SECRET, "backend": INLINE, "threads": "1"}


def test_the_copy_numbers_its_own_cells_and_not_the_injected_one(place, ran):
    copy = nbformat.read(place / "отчёт" / "notebooks" / "02-good.ipynb", as_version=4)
    nbformat.validate(copy)
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, None, 2]
    assert code[1].source == (
        "# Set by the command line.\nlang = \"ru\"\nshare = 0.25\ndata = 'мои данные.csv'"
    )


@pytest.mark.parametrize(
    ("name", "error"),
    [("03-failing", "KeyError"), ("01-endless", "CellTimeout"), ("04-dying", "KernelDied")],
)
def test_the_saved_copy_holds_the_error_in_its_place(place, ran, name, error):
    last = outputs(place / "отчёт" / "notebooks" / f"{name}.ipynb")[2]
    assert [output.ename for output in last] == [error]


def test_cells_behind_a_stop_are_not_run(place, ran):
    assert outputs(place / "отчёт" / "notebooks" / "03-failing.ipynb")[3] == []


def test_the_report_is_built_and_names_what_stopped(place, ran):
    page = (place / "отчёт" / "index.html").read_text("utf-8")
    assert all(name in page for name in ("03-failing", "01-endless", "04-dying"))
    assert sorted(path.name for path in (place / "отчёт").iterdir()) == [
        "index.html",
        "manifest.json",
        "notebooks",
    ]
    assert sorted(path.name for path in place.iterdir()) == ["mine", "мои данные.csv", "отчёт"]


def test_the_manifest_tells_each_notebook_without_what_the_data_said(place, ran, facts):
    runs, *_ = ran
    assert facts["notebooks"]["03-failing"] == {
        "status": "stopped",
        "cells": 3,
        "seconds": round(runs["03-failing"].seconds, 1),
        "error": "code cell 2: KeyError",
        "sha256": runs["03-failing"].source_hash,
    }
    assert facts["notebooks"]["02-good"]["error"] is None
    told = (place / "отчёт" / "manifest.json").read_text("utf-8")
    assert "Василёк" not in told
    assert "Ромашка" not in told  # the code of a cell may name clients, too
    assert "Ромашка" not in (place / "отчёт" / "index.html").read_text("utf-8")


def test_the_manifest_tells_data_by_name_and_hash_alone(place, facts):
    assert facts["parameters"] == {"share": 0.25, "data": "мои данные.csv"}
    assert facts["data"]["мои данные.csv"] == hashlib.sha256(SECRET.encode()).hexdigest()
    assert "выручка" not in (place / "отчёт" / "manifest.json").read_text("utf-8")


def test_the_manifest_is_pretty_and_sorted(place, facts):
    text = (place / "отчёт" / "manifest.json").read_text("utf-8")
    assert text == json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert {"started", "seconds", "lang", "python", "packages", "kit"} < set(facts)


# --- what is refused before anything is run


@pytest.fixture
def never(monkeypatch):
    def run_nothing(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("clientlab.runs.execute", run_nothing)


def refused(**arguments) -> str:
    with pytest.raises(InvalidValue) as caught:
        report(["1"], **arguments)
    return str(caught.value)


def test_a_file_is_no_folder_for_a_report(tmp_path, never):
    (tmp_path / "report").write_text("mine")
    message = f"{tmp_path / 'report'} is a file. Name a folder for the report: --out report."
    assert refused(out=tmp_path / "report") == message


@pytest.mark.parametrize("manifest", [None, "{}", '{"kit": {"name": "other"}}', "not JSON"])
def test_a_folder_that_is_not_ours_is_refused(tmp_path, never, manifest):
    (tmp_path / "index.html").write_text("mine")
    if manifest:
        (tmp_path / "manifest.json").write_text(manifest)
    assert refused(out=tmp_path) == (
        f"Folder {tmp_path} holds index.html, which is not part of a report of clientlab and "
        "would be lost. Choose another folder with --out; nothing was run."
    )


def test_an_earlier_report_with_a_file_of_the_analyst_is_refused(tmp_path, never):
    (tmp_path / "manifest.json").write_text('{"kit": {"name": "clientlab"}}')
    (tmp_path / "notes.docx").write_text("mine")
    assert refused(out=tmp_path).startswith(f"Folder {tmp_path} holds notes.docx, which is not")


def test_an_unknown_language_is_refused(tmp_path, never):
    message = "Language 'de' is not known; use one of en, ru."
    assert refused(out=tmp_path / "new", lang="de") == message
    assert not (tmp_path / "new").exists()


# --- an earlier report, and a report that fails


@pytest.fixture
def earlier(tmp_path):
    """A folder that looks like a report written before."""
    out = tmp_path / "report"
    (out / "notebooks").mkdir(parents=True)
    (out / "manifest.json").write_text('{"kit": {"name": "clientlab"}}')
    (out / "index.html").write_text("earlier")
    return out


def test_an_earlier_report_is_replaced(earlier, monkeypatch):
    monkeypatch.setattr("clientlab.runs.execute", lambda *_: None)
    report(["1"], out=earlier)
    assert (earlier / "index.html").read_text("utf-8") != "earlier"
    assert list(earlier.parent.iterdir()) == [earlier]


def test_an_interrupted_report_leaves_the_earlier_one(earlier, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("clientlab.runs.execute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        report(["1"], out=earlier)
    assert (earlier / "index.html").read_text("utf-8") == "earlier"
    assert list(earlier.parent.iterdir()) == [earlier]


def test_an_earlier_report_stays_if_the_new_one_cannot_take_its_place(earlier, monkeypatch):
    rename = Path.rename

    def refuse_new(path, target):
        if path.name == "new":
            raise PermissionError("in use")
        return rename(path, target)

    monkeypatch.setattr("clientlab.runs.execute", lambda *_: None)
    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(PermissionError, match="in use"):
        report(["1"], out=earlier)
    assert (earlier / "index.html").read_text("utf-8") == "earlier"


# --- record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Three notebooks recorded: a good one, one with a warning, one with a shown error."""
    folder = tmp_path_factory.mktemp("recorded")
    notebook(folder / "01-good.ipynb", "import os", "print(os.getcwd())\n7", execution={"a": "b"})
    notebook(folder / "02-warns.ipynb", "import sys", "print('\\nмедленно', file=sys.stderr)")
    notebook(folder / "03-shows.ipynb", "one = 1", LONG, tags=["raises-exception"])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ids = [cell.id for cell in nbformat.read(folder / "01-good.ipynb", as_version=4).cells]
    return folder, {run.name: run for run in record([str(folder)])}, before, ids


def test_record_stores_outputs_the_same_on_every_machine(recorded):
    folder, runs, _, ids = recorded
    text = (folder / "01-good.ipynb").read_text("utf-8")
    stored = nbformat.reads(text, as_version=4)
    assert runs["01-good"].status == "done"
    assert text == nbformat.writes(stored).rstrip("\n") + "\n"
    assert stored.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in stored.cells] == ids
    code = stored.cells[1:]
    assert [cell.execution_count for cell in code] == [1, 2]
    assert [cell.metadata for cell in code] == [{"tags": ["parameters"]}, {}]
    assert code[1].outputs[0].text == f"{folder}\n"
    assert code[1].outputs[1] == {
        "output_type": "execute_result",
        "execution_count": 2,
        "data": {"text/plain": "7"},
        "metadata": {},
    }


@pytest.mark.parametrize(
    ("name", "place", "line", "message"),
    [
        (
            "02-warns",
            "code cell 2: stderr",
            "print('\\nмедленно', file=sys.stderr)",
            "медленно",
        ),
        ("03-shows", "code cell 2: ZeroDivisionError", f"{LONG[:79]}…", "division by zero"),
    ],
)
def test_record_refuses_an_error_and_anything_on_stderr(recorded, name, place, line, message):
    folder, runs, before, _ = recorded
    run = runs[name]
    assert (run.status, run.place, run.line, run.message) == ("stopped", place, line, message)
    assert (folder / f"{name}.ipynb").read_bytes() == before[f"{name}.ipynb"]
