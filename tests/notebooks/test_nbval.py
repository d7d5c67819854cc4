"""A changed picture is noticed, although nbval does not look at pictures.

cell        stored          run again with    nbval
bars        1 3 2           1 2 3             fails
line        1 4 9           9 4 1             fails
boxes       around 1 and 5  around 5 and 1    fails
heat map    1 2 / 3 4       1 2 / 4 3         fails
"""

import re
import subprocess
import sys

import nbformat
import pytest

from clientlab.runs import Kernels, record

SETUP = """from matplotlib.figure import Figure
import seaborn as sns
from clientlab.session import setup, show

setup("en")"""
DRAWN = {
    "bars": ("ax.bar(list('abc'), [1, 3, 2])", "[1, 3, 2]", "[1, 2, 3]"),
    "line": ("ax.plot([1, 2, 3], [1, 4, 9])", "[1, 4, 9]", "[9, 4, 1]"),
    "boxes": (
        "sns.boxplot([[1, 2, 1, 3, 2], [5, 6, 5, 7, 6]], ax=ax)",
        "[[1, 2, 1, 3, 2], [5, 6, 5, 7, 6]]",
        "[[5, 6, 5, 7, 6], [1, 2, 1, 3, 2]]",
    ),
    "heat map": ("sns.heatmap([[1, 2], [3, 4]], cbar=False, ax=ax)", "[3, 4]", "[4, 3]"),
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A notebook with one picture of each kind, recorded."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(SETUP)]
    for name, (line, _, _) in DRAWN.items():
        source = f"ax = Figure().add_subplot()\n{line}\nshow(ax, 'The {name} as stored')"
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    path = tmp_path_factory.mktemp("nbval") / "pictures.ipynb"
    nbformat.write(notebook, path)
    (run,) = record([str(path)], kernels=Kernels(jobs=1, timeout=120))
    assert not run.stopped
    return path


def nbval(path) -> str:
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-v", "-c"]
    settings = path.with_name("pytest.ini")
    settings.write_text("[pytest]\n", "utf-8")
    command += [str(settings), "-p", "no:cacheprovider", str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent).stdout


def verdicts(printed: str) -> list[str]:
    return re.findall(r"::Cell \d+ (PASSED|FAILED)", printed)


def test_nothing_changed_nothing_fails(stored):
    assert verdicts(nbval(stored)) == ["PASSED"] * 5


def test_every_swapped_mark_fails(stored, tmp_path):
    notebook = nbformat.read(stored, as_version=4)
    for cell, (_, before, after) in zip(notebook.cells[1:], DRAWN.values(), strict=True):
        assert before in cell.source
        cell.source = cell.source.replace(before, after)
    path = tmp_path / "swapped.ipynb"
    nbformat.write(notebook, path)
    assert verdicts(nbval(path)) == ["PASSED", *["FAILED"] * 4]
