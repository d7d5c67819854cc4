"""The command line: run the notebooks, open them, copy them.

It answers an analyst in a terminal. What is refused is told in a sentence (exit 2),
a notebook that stopped in a line (exit 1); a traceback never leaves from here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientlab.problems import ClientlabError
from clientlab.wording import number, plural

if TYPE_CHECKING:
    from rich.table import Table

    from clientlab.problems import Problems
    from clientlab.runs import Run

STOPPED, REFUSED, FAILED, INTERRUPTED = 1, 2, 3, 130
FOUND_WARNINGS, FOUND_ERRORS = 1, 2  # worst severity that `check` found

app = typer.Typer(
    help="Research notebooks for digital agencies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Notebooks = Annotated[
    list[str] | None,
    typer.Argument(help="Numbers (1), names, paths or folders; without any, all of the kit."),
]
Language = Annotated[str, typer.Option("--lang", help="Language of the findings: en or ru.")]
Jobs = Annotated[int, typer.Option(min=1, help="Notebooks at a time.")]
Timeout = Annotated[
    int | None, typer.Option(min=1, metavar="SECONDS", help="How long one cell may take.")
]


@app.command()
def report(
    notebooks: Notebooks = None,
    lang: Language = "en",
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("report"),
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter."),
    ] = None,
    jobs: Jobs = 2,
    timeout: Timeout = None,
) -> None:
    """Run notebooks on copies and write one page of findings: report/index.html."""
    from clientlab.runs import Kernels
    from clientlab.runs import report as write_report

    with _interruptible(f"Interrupted: no report was written, {out} is as it was."):
        with _watched() as watch:
            runs = write_report(
                notebooks or (),
                out=out,
                lang=lang,
                parameters=parameter or (),
                kernels=Kernels(jobs, timeout, watch=watch),
            )
    for run in runs:
        if run.stopped:
            saved = out / "notebooks" / f"{run.name}.ipynb"
            typer.echo(f"STOPPED {_told(run)}. Saved copy: {saved}", err=True)
    typer.echo(out / "index.html")
    _exit_by(runs)


@app.command()
def lab() -> None:
    """Open the notebooks in JupyterLab."""
    from clientlab.notebook_files import kit_folder

    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={kit_folder()}"]
    command += ["--LabApp.default_url=/lab/tree/notebooks", "--LabApp.news_url=None"]
    # The kernel of this Python comes first, and pictures are drawn in the notebook.
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
    environment.pop("MPLBACKEND", None)
    if os.name == "posix":
        os.execve(command[0], command, environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for JupyterLab, which asks
    raise typer.Exit(subprocess.run(command, env=environment).returncode)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="A new folder, for your own data.")],
    lang: Language = "en",
) -> None:
    """Copy the notebooks, without outputs, to a folder for own data."""
    from clientlab.clients.dictionary import write_templates
    from clientlab.notebook_files import copy_notebooks
    from clientlab.practices.codebook import QUESTIONNAIRE
    from clientlab.practices.forms import FORMS

    copies = copy_notebooks(folder, lang=lang)
    write_templates(folder / "templates", lang=lang)
    for form in (QUESTIONNAIRE, *FORMS):
        (folder / form.name).write_text(form.read_text("utf-8"), "utf-8", newline="\n")
    count = f"{len(copies)} {plural(len(copies), 'notebook', 'notebooks')}"
    typer.echo(f"{count} copied to {folder}. Run them with: clientlab report {folder}")
    typer.echo(f"Empty tables of a client base, with their headers: {folder / 'templates'}")
    typer.echo(
        f"A questionnaire to field, which is its codebook as well: {folder / QUESTIONNAIRE.name}"
    )
    more = ", ".join(form.name for form in FORMS)
    typer.echo(f"Forms of the service audit and of expectations beside it: {more}")


@app.command()
def check(
    source: Annotated[
        Path, typer.Argument(help="Folder with the exports, a clientlab.toml, or a workbook.")
    ] = Path("data/own"),
) -> None:
    """List everything that is wrong with the files of a client base."""
    from clientlab.clients import ClientBase

    base = ClientBase.read(source)
    problems = base.check()
    typer.echo(base)
    typer.echo(base.rows.to_string(index=False))
    _show(problems)
    raise typer.Exit({"error": FOUND_ERRORS, "warning": FOUND_WARNINGS}.get(problems.worst, 0))


def _show(problems: Problems) -> None:
    """A table in a terminal; elsewhere a line for each, which can be searched."""
    if not sys.stdout.isatty() or not problems:
        typer.echo(problems)
        return
    from rich.console import Console

    Console().print(_table(problems))


def _table(problems: Problems) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("", "where", "what", "what to do", show_lines=True)
    colours = {"error": "bold red", "warning": "yellow", "note": "dim"}
    for one in problems:
        severity = Text(one.severity, style=colours[one.severity])
        table.add_row(severity, *map(Text, (one.place, one.message, one.fix)))
    return table


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder for the tables.")] = Path("data/demo"),
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")] = 240,
    seed: Annotated[int, typer.Option(help="Another seed is another agency.")] = 2026,
    reverse: Annotated[bool, typer.Option("--reversed", help="Turn all effects.")] = False,
) -> None:
    """Write the tables of an invented agency, marked as synthetic."""
    from clientlab.demo import demo_agency

    demo_agency(clients, seed=seed, reversed=reverse).write(folder)
    typer.echo(f"A synthetic agency of {clients} clients: {folder}")


@app.command()
def dictionary() -> None:
    """For developers: write the tables of the schema into data/README.md."""
    from clientlab.clients.dictionary import MARK
    from clientlab.clients.dictionary import dictionary as text
    from clientlab.notebook_files import kit_folder

    path = kit_folder() / "data" / "README.md"
    before = path.read_text("utf-8").split(MARK)[0].rstrip()
    path.write_text(f"{before}\n\n{text()}", "utf-8", newline="\n")
    typer.echo(path)


@app.command()
def record(notebooks: Notebooks = None, jobs: Jobs = 2, timeout: Timeout = None) -> None:
    """For developers: execute notebooks and store their outputs in them."""
    from clientlab.runs import Kernels
    from clientlab.runs import record as record_outputs

    with _interruptible("Interrupted: nothing was stored."):
        with _watched() as watch:
            runs = record_outputs(notebooks or (), kernels=Kernels(jobs, timeout, watch=watch))
    for run in runs:
        if run.stopped:
            typer.echo(f"NOT STORED {_told(run)}.", err=True)
    _exit_by(runs)


def _told(run: Run) -> str:
    """Where and why a notebook stopped, without the full stop."""
    place = run.place.replace(": ", f' ("{run.line}"): ', 1) if run.line else run.place
    return f"{run.path.name}, {place}: {run.message}".rstrip(":. ")


def _exit_by(runs: Sequence[Run]) -> None:
    if any(run.stopped for run in runs):
        raise typer.Exit(STOPPED)


@contextmanager
def _interruptible(words: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(words, err=True)
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _watched() -> Iterator[Callable[[Run], None]]:
    """Tell how far each notebook is: bars in a terminal, a line at the end elsewhere."""

    def tell(run: Run) -> None:
        if run.status == "done":
            cells = f"{run.cells} {plural(run.cells, 'cell', 'cells')}"
            typer.echo(f"{run.name}: {cells}, {number(run.seconds)} s")

    if not sys.stdout.isatty():
        yield tell
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn()) as progress:
        bars: dict[str, Any] = {}

        def show(run: Run) -> None:
            if run.name not in bars:
                bars[run.name] = progress.add_task(run.name, total=run.cells)
            progress.update(bars[run.name], completed=run.done)
            if run.stopped:
                progress.update(bars[run.name], description=f"{run.name}: stopped")
                progress.stop_task(bars[run.name])

        yield show


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of those the program was called with.

    Raises
    ------
    SystemExit
        0 done; 1 a notebook stopped; 2 refused, told in a sentence; 3 a fault of
        the kit, told in a line (set CLIENTLAB_TRACEBACK=1 to see where); 130
        interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a letter still tells
    try:
        app(arguments, prog_name="clientlab")
    except ClientlabError as error:
        typer.echo(error, err=True)
        raise SystemExit(REFUSED) from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(f"The system refused: {error.strerror or error}{where}.", err=True)
        raise SystemExit(REFUSED) from None
    except Exception as error:
        if os.environ.get("CLIENTLAB_TRACEBACK"):
            raise
        told = f"A fault in clientlab: {type(error).__name__}: {error}"
        typer.echo(f"{told.rstrip('.')}. CLIENTLAB_TRACEBACK=1 shows where.", err=True)
        raise SystemExit(FAILED) from None
