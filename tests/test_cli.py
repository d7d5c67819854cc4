"""The command line as an analyst meets it.

what happens           exit  told where
all notebooks ran      0     a line each and the page's path, on stdout
a notebook stopped     1     one line on stderr; the report is there
something is refused   2     one sentence on stderr
a fault of the kit     3     one line on stderr
Ctrl-C                 130   one line on stderr; no report, no kernel left
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from clientlab import cli
from clientlab.practices.codebook import Codebook

SEP = os.sep
LEAVES_ITS_NUMBER = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))"


def notebook(path: Path, *sources: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "clientlab", *words]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A report of a good and a failing notebook, run as a program of its own."""
    folder = tmp_path_factory.mktemp("отчёты")
    notebook(folder / "мои" / "01-good.ipynb", "1", "lang")
    notebook(folder / "мои" / "02-bad.ipynb", "1", "2", "raise ValueError('\\nno «x».\\nmore')")
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command("report", "мои"), cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )
    return folder, done


def test_a_failing_cell_is_one_line_and_exit_1(stopped):
    _, done = stopped
    assert done.returncode == cli.STOPPED == 1
    assert done.stderr == (
        """STOPPED 02-bad.ipynb, code cell 3 ("raise ValueError('\\nno «x».\\nmore')"): """
        f"ValueError: no «x». Saved copy: report{SEP}notebooks{SEP}02-bad.ipynb\n"
    )


def test_away_from_a_terminal_each_notebook_that_ran_is_a_plain_line(stopped):
    folder, done = stopped
    line, page = done.stdout.splitlines()
    assert re.fullmatch(r"01-good: 2 cells, \d+ s", line)
    assert page == f"report{SEP}index.html"
    assert (folder / page).is_file()
    assert (folder / "report" / "notebooks" / "02-bad.ipynb").is_file()


def test_only_the_report_is_added_to_the_folder(stopped):
    folder, _ = stopped
    assert sorted(path.name for path in folder.iterdir()) == ["report", "мои"]


# --- in a terminal, interrupted

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no pseudo-terminal.")


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A report in a terminal, ended by Ctrl-C in its second cell."""
    folder = tmp_path_factory.mktemp("interrupted")
    notebook(folder / "01-[bold].ipynb", LEAVES_ITS_NUMBER, "time.sleep(600)")
    here, there = os.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
    words = command("report", "01-[bold].ipynb")
    program = subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdout=there,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background lets its children ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    os.close(there)
    shown = b""
    while b"1/2" not in shown and (chunk := _read(here)):
        shown += chunk
    program.send_signal(signal.SIGINT)
    while chunk := _read(here):
        shown += chunk
    os.close(here)
    _, told = program.communicate()
    return folder, program.returncode, shown.decode("utf-8"), told


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that the other end was closed
        return b""


@posix
def test_in_a_terminal_each_notebook_has_a_bar(interrupted):
    _, _, shown, _ = interrupted
    assert re.search(r"01-\[bold\] +[━╸╺]+ +1/2 ", shown)


@posix
def test_ctrl_c_is_one_line_and_exit_130(interrupted):
    _, code, _, told = interrupted
    assert told == "Interrupted: no report was written, report is as it was.\n"
    assert code == cli.INTERRUPTED == 130


@posix
def test_ctrl_c_leaves_no_report_and_no_kernel(interrupted):
    folder, *_ = interrupted
    assert sorted(path.name for path in folder.iterdir()) == ["01-[bold].ipynb", "pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


# --- without a kernel


def left_with(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    return caught.value.code


def test_what_is_refused_is_a_sentence_and_exit_2(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert left_with("report", "1", "--out", str(tmp_path)) == cli.REFUSED == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"Folder {tmp_path} holds mine.txt, which is not part of a report of clientlab and "
        "would be lost. Choose another folder with --out; nothing was run.\n"
    )


def test_what_the_system_refuses_is_a_sentence_and_exit_2(monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "report")

    monkeypatch.setattr("clientlab.runs.report", full)
    assert left_with("report") == cli.REFUSED
    assert capsys.readouterr().err == "The system refused: No space left on device (report).\n"


def test_a_fault_of_the_kit_is_a_line_and_exit_3(monkeypatch, capsys):
    def faulty(*_, **__):
        raise LookupError("no such thing.")

    monkeypatch.setattr("clientlab.runs.report", faulty)
    monkeypatch.delenv("CLIENTLAB_TRACEBACK", raising=False)
    assert left_with("report") == cli.FAILED == 3
    assert capsys.readouterr().err == (
        "A fault in clientlab: LookupError: no such thing. CLIENTLAB_TRACEBACK=1 shows where.\n"
    )
    monkeypatch.setenv("CLIENTLAB_TRACEBACK", "1")
    with pytest.raises(LookupError, match=r"^no such thing\.$"):
        cli.main(["report"])


def test_options_of_a_report_reach_it(monkeypatch, capsys):
    seen = {}

    def remember(chosen, *, kernels, **options):
        seen.update(options, chosen=list(chosen), jobs=kernels.jobs, timeout=kernels.timeout)
        return []

    monkeypatch.setattr("clientlab.runs.report", remember)
    words = "0 1 --lang ru --out мой -p a=1 -p b=2 --jobs 3 --timeout 60"
    assert left_with("report", *words.split()) == 0
    assert seen == {
        "chosen": ["0", "1"],
        "lang": "ru",
        "out": Path("мой"),
        "parameters": ["a=1", "b=2"],
        "jobs": 3,
        "timeout": 60,
    }
    assert capsys.readouterr().out == f"мой{SEP}index.html\n"


def test_new_copies_the_notebooks_and_says_how_to_run_them(tmp_path, capsys):
    assert left_with("new", str(tmp_path / "mine"), "--lang", "ru") == 0
    copies = list((tmp_path / "mine").glob("*.ipynb"))
    assert capsys.readouterr().out == (
        f"{len(copies)} notebooks copied to {tmp_path / 'mine'}. "
        f"Run them with: clientlab report {tmp_path / 'mine'}\n"
        "Empty tables of a client base, with their headers: "
        f"{tmp_path / 'mine' / 'templates'}\n"
        "A questionnaire to field, which is its codebook as well: "
        f"{tmp_path / 'mine' / 'questionnaire.yaml'}\n"
        "Forms of the service audit and of expectations beside it: service_audit_managers.yaml, "
        "service_audit_clients.yaml, expectations.yaml\n"
    )
    assert (tmp_path / "mine" / "templates" / "invoices.csv").is_file()
    assert Codebook.read(tmp_path / "mine" / "questionnaire.yaml").by_id.keys() > {"role_model"}


def test_record_tells_what_it_does_not_store(tmp_path, monkeypatch, capsys):
    from clientlab.notebook_files import read

    run = read(notebook(tmp_path / "01-x.ipynb", "1"))
    run.status, run.place, run.line, run.message = "stopped", "code cell 1: stderr", "1", "slow."
    monkeypatch.setattr("clientlab.runs.record", lambda *_, **__: [run])
    assert left_with("record") == cli.STOPPED
    assert capsys.readouterr().err == 'NOT STORED 01-x.ipynb, code cell 1 ("1"): stderr: slow.\n'


@pytest.mark.skipif(os.name != "posix", reason="Elsewhere JupyterLab is a child process.")
def test_lab_opens_the_notebooks_with_this_python(monkeypatch):
    seen = []
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr(os, "execve", lambda *call: seen.extend(call) or sys.exit(0))
    assert left_with("lab") == 0
    program, words, environment = seen
    assert program == words[0] == sys.executable
    assert words[1:3] == ["-m", "jupyterlab"]
    assert "--LabApp.news_url=None" in words
    assert "MPLBACKEND" not in environment
