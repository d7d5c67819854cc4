"""Notebooks run from the command line, never in place.

It answers: what became of each notebook. A report is written beside its place and
moved there when it is whole. The one function that writes into a notebook of the
kit is `record`, for its developers.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from clientlab.manifest import manifest, written_here
from clientlab.notebook_files import (
    INJECTED,
    Run,
    inject,
    is_run,
    parsed_parameters,
    read,
    select,
    tags,
    write,
)
from clientlab.problems import InvalidValue
from clientlab.wording import checked_language

# What stands in a report folder; anything else in it belongs to the analyst.
WRITTEN = {"index.html", "manifest.json", "notebooks", ".DS_Store"}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
STARTUP_SECONDS = 120
LINE_SHOWN = 80  # characters of a cell's first line
STORED_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Kernels:
    """How notebooks are executed.

    Parameters
    ----------
    jobs : int
        Notebooks at a time.
    timeout : int, optional
        Seconds that one cell may take; None is without limit.
    watch : callable
        Told about a run when it begins, after each of its cells and when it ends.
    """

    jobs: int = 2
    timeout: int | None = None
    watch: Callable[[Run], None] = lambda run: None


TWO_AT_A_TIME = Kernels()


def report(
    chosen: Sequence[str] = (),
    *,
    out: Path = Path("report"),
    lang: str = "en",
    parameters: Iterable[str] = (),
    kernels: Kernels = TWO_AT_A_TIME,
) -> list[Run]:
    """Run notebooks on copies and write the handout, whole or not at all.

    Kernels work in the current folder, so that relative paths mean what they mean
    to the reader.

    Parameters
    ----------
    chosen : sequence of str
        Numbers, names, paths or folders; without any, all notebooks of the kit.
    out : Path
        Folder of the report. An earlier report is replaced; a folder with
        anything else in it is refused before a notebook is run.
    lang : {"en", "ru"}
    parameters : iterable of str
        NAME=VALUE.
    kernels : Kernels

    Returns
    -------
    list of Run
        What became of each notebook. The page is `out` / "index.html".
    """
    from clientlab.session.handout import build

    checked_language(lang)
    runs = [read(path) for path in select(chosen)]
    sources = parsed_parameters(parameters, runs)
    place = out.resolve()
    _refuse_foreign(out)
    for run in runs:
        inject(run.notebook, sources, lang)
    workplace = Path.cwd()
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as beside:
        folder = Path(beside) / "new"
        (folder / "notebooks").mkdir(parents=True)
        begun = datetime.now().astimezone()
        execute(runs, kernels, workplace)
        for run in runs:
            write(run.notebook, folder / "notebooks" / f"{run.name}.ipynb")
        facts = manifest(runs, lang=lang, parameters=sources, workplace=workplace)
        facts["started"] = begun.isoformat(timespec="seconds")
        facts["seconds"] = round((datetime.now().astimezone() - begun).total_seconds(), 1)
        text = json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", "utf-8", newline="\n")
        build(folder, lang=lang)
        _swap(folder, place)
    return runs


def _refuse_foreign(out: Path) -> None:
    """Refuse a folder that is anything but empty or an earlier report."""
    if out.exists() and not out.is_dir():
        raise InvalidValue(f"{out} is a file. Name a folder for the report: --out report.")
    inside = {path.name for path in out.iterdir()} if out.exists() else set()
    ours = WRITTEN if written_here(out / "manifest.json") else set()
    if foreign := sorted(inside - ours):
        raise InvalidValue(
            f"Folder {out} holds {foreign[0]}, which is not part of a report of clientlab and "
            "would be lost. Choose another folder with --out; nothing was run."
        )


def _swap(folder: Path, place: Path) -> None:
    """Put a finished report into its place; an old one ends beside it."""
    old = folder.with_name("old")
    if place.exists():
        place.rename(old)
    try:
        folder.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


def record(chosen: Sequence[str] = (), *, kernels: Kernels = TWO_AT_A_TIME) -> list[Run]:
    """Execute notebooks and store their outputs in them, the same on every machine.

    Parameters
    ----------
    chosen : sequence of str
        Numbers, names, paths or folders; without any, all notebooks of the kit.
    kernels : Kernels

    Returns
    -------
    list of Run
        A notebook with an error, or with anything on stderr, is not stored but
        "stopped".
    """
    runs = [read(path) for path in select(chosen)]
    execute(runs, kernels)
    for run in runs:
        _stop_at_flaw(run)
        if not run.stopped:
            run.notebook.metadata = nbformat.from_dict(STORED_METADATA)
            write(run.notebook, run.path)
    return runs


def _stop_at_flaw(run: Run) -> None:
    """Stop a run at the first output that must not be stored."""
    for count, cell in enumerate(_code_cells(run), start=1):
        for output in cell.outputs:
            name = output.get("ename") or output.get("name", "stdout")
            if name != "stdout" and not run.stopped:
                _stop(run, count, name, output.get("evalue") or output.text)


def execute(runs: Sequence[Run], kernels: Kernels, workplace: Path | None = None) -> None:
    """Execute the notebooks of `runs` in memory, each in a kernel of its own.

    Parameters
    ----------
    runs : sequence of Run
        Filled with outputs, status, seconds and, where one stopped, place and message.
    kernels : Kernels
    workplace : Path, optional
        Working folder of the kernels; None is the folder of each notebook.

    Raises
    ------
    KeyboardInterrupt
        After all kernels were ended.
    """

    async def all_of_them() -> None:
        free = asyncio.Semaphore(kernels.jobs)

        async def one(run: Run) -> None:
            async with free:
                await _execute(run, kernels, workplace or run.path.resolve().parent)
            kernels.watch(run)

        await asyncio.gather(*(one(run) for run in runs))

    # The sockets of a kernel need a loop that Windows does not choose by itself.
    loop = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(all_of_them())


class _ThisPython(KernelSpecManager):
    """Knows one kernel: the interpreter that runs this line.

    A kernelspec 'python3' of the user's would come first and may be another Python.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        from ipykernel.kernelspec import get_kernel_dict

        return KernelSpec(**get_kernel_dict())


async def _execute(run: Run, kernels: Kernels, workplace: Path) -> None:
    started = time.monotonic()
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
    if manager.has_trait("transport_encryption"):
        manager.transport_encryption = "auto"  # without it ipykernel warns at every start
    client = NotebookClient(
        run.notebook,
        km=manager,
        timeout=kernels.timeout,
        startup_timeout=STARTUP_SECONDS,
        record_timing=False,
        coalesce_streams=True,
    )
    try:
        await client.async_start_new_kernel(
            cwd=str(workplace),
            env=_environment(kernels.jobs),
            stdout=subprocess.DEVNULL,  # what a notebook prints comes by its sockets
            stderr=subprocess.DEVNULL,
        )
        await client.async_start_new_kernel_client()
        await _execute_cells(run, client, kernels.watch)
        run.status = "done"
    except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
        _stop_at_error(run, error, kernels.timeout)
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=run.status != "done")
        run.seconds = time.monotonic() - started


async def _execute_cells(run: Run, client: NotebookClient, watch: Callable[[Run], None]) -> None:
    run.status = "running"
    watch(run)
    for index, cell in enumerate(run.notebook.cells):
        if is_run(cell):
            await client.async_execute_cell(cell, index, execution_count=run.done + 1)
            run.done += 1
            watch(run)
        elif INJECTED in tags(cell):
            # Not counted: the numbers of cells stay those of the analyst's notebook.
            await client.async_execute_cell(cell, index, store_history=False)
            cell.execution_count = None


def _environment(jobs: int) -> dict[str, str]:
    environment = dict(os.environ)
    environment.pop("MPLBACKEND", None)  # 'agg' would keep pictures out of the notebook
    if jobs > 1:
        environment = dict.fromkeys(THREADS, "1") | environment
    return environment


def _stop_at_error(run: Run, error: Exception, timeout: int | None) -> None:
    """Note where a run stopped; the outputs of the cell say it too."""
    if isinstance(error, CellExecutionError):
        name, message = error.ename, error.evalue
    elif isinstance(error, CellTimeoutError):
        name, message = "CellTimeout", f"it still ran after {timeout} s; see --timeout"
    elif isinstance(error, DeadKernelError):
        name, message = "KernelDied", "its Python process ended, often for want of memory"
    else:
        name, message = "KernelNotStarted", str(error)
    count = run.done + 1 if run.status == "running" else 0
    _stop(run, count, name, message)
    if count and not isinstance(error, CellExecutionError):
        told = nbformat.v4.new_output("error", ename=name, evalue=message)
        _code_cells(run)[count - 1].outputs.append(told)


def _stop(run: Run, count: int, name: str, message: str) -> None:
    """Note that a run stopped at its code cell `count`; 0 is before the first."""
    place, line = "before its first cell", ""
    if count:
        place, line = f"code cell {count}", _first_line(_code_cells(run)[count - 1].source)
        line = line if len(line) <= LINE_SHOWN else line[: LINE_SHOWN - 1] + "…"
    run.status, run.place, run.line = "stopped", f"{place}: {name}", line
    run.message = _first_line(message)


def _code_cells(run: Run) -> list[NotebookNode]:
    return list(filter(is_run, run.notebook.cells))


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
