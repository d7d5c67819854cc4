"""Notebook files: which ones, with which parameters, read and written.

It answers: which notebook is meant by '1', and what may be set from outside. A
notebook is read into a copy without outputs; only `write` touches a file.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from clientlab.problems import InvalidValue
from clientlab.wording import checked_language

NUMBERED = "[0-9][0-9]-*.ipynb"
PARAMETERS, INJECTED, SKIPPED = "parameters", "injected-parameters", "skip-execution"


@dataclass
class Run:
    """One notebook on its way through a kernel.

    Parameters
    ----------
    path : Path
        Where the notebook was read; only `record` writes there.
    notebook : NotebookNode
        The copy that is executed, read without its outputs.
    source_hash : str
        SHA-256 of its code and words as read.
    done : int
        Cells executed so far.
    seconds : float
    status : {"waiting", "running", "done", "stopped"}
    place : str
        Where it stopped: a cell and the name of the error. May be passed on.
    line : str
        First line of that cell; may hold the analyst's data.
    message : str
        What the error said, in a line; may hold the analyst's data.
    """

    path: Path
    notebook: NotebookNode
    source_hash: str
    done: int = 0
    seconds: float = 0.0
    status: str = "waiting"
    place: str = ""
    line: str = ""
    message: str = ""

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.stem

    @property
    def cells(self) -> int:
        """Code cells that the notebook itself has to run."""
        return sum(is_run(cell) for cell in self.notebook.cells)

    @property
    def stopped(self) -> bool:
        """Whether it ended before its last cell."""
        return self.status == "stopped"


def tags(cell: NotebookNode) -> list[str]:
    """Tags of a cell."""
    return cell.metadata.get("tags", [])


def is_run(cell: NotebookNode) -> bool:
    """Whether a cell is one of the notebook's own and is executed."""
    is_code = cell.cell_type == "code" and bool(cell.source.strip())
    return is_code and not {INJECTED, SKIPPED} & set(tags(cell))


def kit_folder() -> Path:
    """The clone that this package was installed from.

    Examples
    --------
    >>> (kit_folder() / "notebooks").is_dir()
    True
    """
    folder = Path(__file__).resolve().parents[1]
    if not (folder / "notebooks").is_dir():
        raise InvalidValue(
            f"There is no folder 'notebooks' in {folder}: the notebooks are not part of the "
            "installed package. Install clientlab from a clone (pip install -e .), or name "
            "your notebooks by their paths."
        )
    return folder


def select(chosen: Sequence[str] = ()) -> list[Path]:
    """Notebooks by number, name, path or folder; without any, all of the kit.

    Parameters
    ----------
    chosen : sequence of str
        '1', '01', '01-what-account-managers-do', 'mine/04-own.ipynb', 'mine'.

    Returns
    -------
    list of Path
        In the order given, each once. Two of the same file name are refused.

    Examples
    --------
    >>> [path.name for path in select(["1"])]
    ['01-what-account-managers-do.ipynb']
    """
    found = [path for name in chosen for path in _named(name)] if chosen else _kit_notebooks()
    paths = list({path.resolve(): path for path in found}.values())
    names = [path.stem for path in paths]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InvalidValue(
            f"Two notebooks have the name {twice[0]}: their copies would overwrite each other. "
            "Rename one, or make two reports."
        )
    return paths


def _kit_notebooks() -> list[Path]:
    return sorted((kit_folder() / "notebooks").glob(NUMBERED))


def _named(name: str) -> list[Path]:
    path, stem = Path(name), name.removesuffix(".ipynb")
    if not name.isdecimal() and path.is_dir():
        if inside := sorted(path.glob("*.ipynb")):
            return inside
        raise InvalidValue(f"Folder {name} holds no .ipynb file. Name another folder.")
    if path.suffix == ".ipynb" and path.is_file():
        return [path]
    known = _kit_notebooks()
    number = f"{int(stem):02d}" if stem.isdecimal() else None
    match = [one for one in known if one.stem == stem or one.stem.split("-")[0] == number]
    if not match:
        raise InvalidValue(
            f"Notebook {name!r} is not there. The kit has {', '.join(one.stem for one in known)}; "
            "or give the path of an .ipynb file."
        )
    return match


def read(path: Path) -> Run:
    """Read a notebook without its outputs; the file stays as it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a missing cell id is repaired below
            notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
            notebook.nbformat_minor = max(5, notebook.nbformat_minor)
            _, notebook = nbformat.validator.normalize(notebook)
            nbformat.validate(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        raise InvalidValue(
            f"{path} cannot be read as a notebook. Open it in JupyterLab and save it again."
        ) from error
    words = [[cell.cell_type, cell.source] for cell in notebook.cells]
    notebook.cells = [cell for cell in notebook.cells if INJECTED not in tags(cell)]
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    content = json.dumps(words, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Run(path, notebook, hashlib.sha256(content).hexdigest())


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook, whole or not at all, with the same line ends everywhere."""
    beside = path.with_name(f".{path.name}.part")
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


def own_parameters(notebook: NotebookNode) -> list[str]:
    """Names that the cell tagged `parameters` sets, in its order.

    Examples
    --------
    >>> own_parameters(read(select(["1"])[0]).notebook)[:2]
    ['lang', 'figures']
    """
    names: list[str] = []
    for cell in notebook.cells:
        if PARAMETERS not in tags(cell):
            continue
        with suppress(SyntaxError):  # the kernel will say what is wrong with it
            nodes = ast.walk(ast.parse(cell.source))
            set_there = (node for node in nodes if isinstance(getattr(node, "ctx", 0), ast.Store))
            names += [node.id for node in set_there if isinstance(node, ast.Name)]
    return names


def parsed_parameters(given: Iterable[str], runs: Sequence[Run]) -> dict[str, str]:
    """Parameters from the command line, as Python source.

    Parameters
    ----------
    given : iterable of str
        NAME=VALUE. A value that is a Python literal is one, any other is text.
    runs : sequence of Run
        At least one must have each parameter.

    Returns
    -------
    dict of name to source of a literal

    Examples
    --------
    >>> parsed_parameters(["figures=own study.csv"], [read(select(["1"])[0])])
    {'figures': "'own study.csv'"}
    """
    parameters = {}
    own = {run.name: own_parameters(run.notebook) for run in runs}
    for pair in given:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not name or not equals:
            raise InvalidValue(f"{pair!r} is not a parameter. Write -p NAME=VALUE.")
        if name == "lang":
            raise InvalidValue(f"The language is not a parameter. Write --lang {text}.")
        if not any(name in names for names in own.values()):
            known = "; ".join(f"{run} has {', '.join(own[run]) or 'none'}" for run in own)
            raise InvalidValue(f"No chosen notebook has a parameter {name!r}: {known}.")
        parameters[name] = _literal(text)
    return parameters


def _literal(text: str) -> str:
    try:
        ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return repr(text)
    return text.strip()


def inject(notebook: NotebookNode, parameters: Mapping[str, str], lang: str) -> None:
    """Add a cell that sets parameters, behind the notebook's own or at its top.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    parameters : mapping of name to source
        Those that the notebook does not have are left out.
    lang : {"en", "ru"}
        Always set.
    """
    own = own_parameters(notebook)
    lines = ["# Set by the command line.", f'lang = "{checked_language(lang)}"']
    lines += [f"{name} = {source}" for name, source in parameters.items() if name in own]
    cell = nbformat.v4.new_code_cell(
        "\n".join(lines), id=INJECTED, metadata=NotebookNode(tags=[INJECTED])
    )
    marked = [place for place, other in enumerate(notebook.cells) if PARAMETERS in tags(other)]
    notebook.cells.insert(marked[-1] + 1 if marked else 0, cell)


def copy_notebooks(folder: Path, *, lang: str = "en") -> list[Path]:
    """Copy the notebooks of the kit, without outputs, to a folder for own data.

    Parameters
    ----------
    folder : Path
        Created; must be empty if it exists.
    lang : {"en", "ru"}
        Written into the parameters of every copy.

    Returns
    -------
    list of Path
    """
    checked_language(lang)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidValue(f"{folder} is not an empty folder. Name a new one; nothing was copied.")
    runs = [read(path) for path in _kit_notebooks()]
    folder.mkdir(parents=True, exist_ok=True)
    for run in runs:
        for cell in run.notebook.cells:
            if PARAMETERS in tags(cell):
                cell.source = re.sub(r'(?m)^lang = "\w+"', f'lang = "{lang}"', cell.source)
        write(run.notebook, folder / run.path.name)
    return [folder / run.path.name for run in runs]
