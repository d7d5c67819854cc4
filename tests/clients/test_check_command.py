"""`clientlab check FOLDER`: all problems in one table, told by the exit code.

files                              exit code
nothing but notes                  0
a value that could not be read     1 (warning)
a row of an unknown client         2 (error)
no invoices at all                 2 (refused)
"""

import pytest

from clientlab.cli import main

CLIENTS = "client_id,started_on,end_reason\nc1,2024-01-01,{reason}\n"
INVOICES = "client_id,issued_on,amount\n{client},2024-01-05,100\n"
SETTINGS = "[base]\nobserved_from = 2024-01-01\nobserved_until = 2024-12-31\n"


def checked(folder, capsys, *, reason="", client="c1", settings=SETTINGS):
    (folder / "clients.csv").write_text(CLIENTS.format(reason=reason), "utf-8")
    if client:
        (folder / "invoices.csv").write_text(INVOICES.format(client=client), "utf-8")
    (folder / "clientlab.toml").write_text(settings, "utf-8")
    with pytest.raises(SystemExit) as left:
        main(["check", str(folder)])
    said = capsys.readouterr()
    return left.value.code or 0, said.out, said.err


def test_notes_alone_are_no_failure(tmp_path, capsys):
    code, out, _ = checked(tmp_path, capsys)
    assert code == 0
    assert "<ClientBase of 1 client, 2024-01-01 to 2024-12-31>" in out


def test_a_value_that_could_not_be_read_is_a_warning(tmp_path, capsys):
    code, out, _ = checked(tmp_path, capsys, reason="boredom")
    assert code == 1
    assert "warning: clients, column 'end_reason', row 2: 1 value could not be read" in out


def test_a_guessed_window_is_a_warning(tmp_path, capsys):
    code, out, _ = checked(tmp_path, capsys, settings="")
    assert code == 1
    assert "the records begin on 2024-01-05 and the last day is 2024-01-05: a guess" in out


def test_a_row_of_an_unknown_client_is_an_error(tmp_path, capsys):
    (tmp_path / "invoices.csv").write_text(INVOICES.format(client="c1") + "c9,2024-02-02,7\n")
    code, out, _ = checked(tmp_path, capsys, client="")
    assert code == 2
    assert "error: invoices, column 'client_id', row 3: 1 row, 7 in money of clients" in out
    assert "invoices        2     1          1 unknown client: 1" in out


def test_a_missing_table_is_refused_in_a_sentence(tmp_path, capsys):
    code, _, err = checked(tmp_path, capsys, client="")
    assert code == 2
    assert err.startswith("invoices: the table is missing; it is required.")
    assert "Traceback" not in err


def test_a_terminal_shows_a_table(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    code, out, _ = checked(tmp_path, capsys, reason="boredom")
    assert code == 1
    (line,) = [line for line in out.splitlines() if "column 'end_reason', row 2" in line]
    assert "warning" in line.split()[1]
    assert "what to do" in out
    assert '[values.clients.end_reason] "boredom" = "…"' in " ".join(out.replace("│", " ").split())
