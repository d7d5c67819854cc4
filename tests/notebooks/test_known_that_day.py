"""Notebook 09 on other data than its own: reversed, small, two tables only, one client.

base       clients  left   what the notebook says
turned     700      170    what was low before leaving is high
small      40       2      too few leavers: sentences
least      214      95     features of two tables only, the others named as left out
project    120      –      nobody has a written end: named, and looked at if asked for
one        1        0      records too short: one sentence, handed on
"""

import re
from pathlib import Path

import nbformat
import pytest

from clientlab.demo import demo_agency
from clientlab.runs import report
from clientlab.session.handout import FINDING_MIME

BOOK = Path(__file__).resolve().parents[2] / "notebooks" / "09-what-we-knew-that-day.ipynb"


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def executed(lang: str = "en", *more: str):
    (run,) = report(["09"], out=Path("report"), lang=lang, parameters=("source=own", *more))
    assert not run.stopped
    return nbformat.read(f"report/notebooks/{run.name}.ipynb", as_version=4)


def outputs(notebook) -> list:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def headlines(notebook) -> list[str]:
    return [output.data[FINDING_MIME]["headline"] for output in outputs(notebook)
            if FINDING_MIME in output.get("data", {})]  # fmt: skip


def words(notebook) -> str:
    return "\n".join(output.get("text", "") or output.data.get("text/plain", "")
                     for output in outputs(notebook))  # fmt: skip


def sentences(notebook) -> str:
    """What is said, without the digests of pictures and tables."""
    return "\n".join(line for line in words(notebook).splitlines() if " | " not in line)


def test_words_turn_on_the_reversed_agency():
    demo_agency(700, reversed=True).write("own")
    before = headlines(nbformat.read(BOOK, as_version=4))
    turned = executed()
    after = headlines(turned)
    assert len(before) == len(after) >= 7
    told, told_turned = (next(line for line in lines if line.startswith("Before leaving: "))
                         for lines in (before, after))  # fmt: skip
    assert "is a small client" in told
    assert "buys little" in told
    assert "is a large client" in told_turned
    assert "buys much" in told_turned
    assert before[4] == "Before leaving: 'RCM code' higher"
    assert "'RCM code' lower" in after[4]
    assert "None of 50 features looks ahead" in after
    assert "4 of 4 features look ahead" in words(turned)


def test_forty_clients_of_whom_three_left():
    demo_agency(40, leavers=3).write("own")
    notebook = executed("ru")
    assert not re.search(r"\bna[nt]\b", sentences(notebook), re.IGNORECASE)
    assert "нужно хотя бы 10" in words(notebook)
    assert "Заглядывают вперёд: 4 из 4 признаков" in words(notebook)
    found = [output.data[FINDING_MIME] for output in outputs(notebook)
             if FINDING_MIME in output.get("data", {})]  # fmt: skip
    assert {one["lang"] for one in found} == {"ru"}


def test_only_the_two_required_tables_with_their_required_columns():
    tables = demo_agency(tables=("clients", "invoices")).tables
    Path("own").mkdir()
    clients, bills = ["client_id", "started_on", "ended_on"], ["client_id", "issued_on", "amount"]
    tables["clients"][clients].to_csv("own/clients.csv", index=False)
    tables["invoices"][bills].to_csv("own/invoices.csv", index=False)
    said = words(executed())
    for line in (
        "The files hold none of the columns that a source overwrites",
        "Left out, as the files do not hold what they need: channel (clients.channel);",
        "Today's table 'predicts' the past: ",
        "None of 6 features looks ahead",
        "Cannot say: None of these numbers is known of ten leavers and ten others.",
    ):
        assert line in said, line


def test_project_clients_alone_are_looked_at_when_they_are_asked_for():
    tables = demo_agency(120, tables=("clients", "invoices")).tables
    Path("own").mkdir()
    tables["clients"].assign(contract="project").to_csv("own/clients.csv", index=False)
    tables["invoices"].to_csv("own/invoices.csv", index=False)
    assert words(executed()).count("contract='project' looks at them.") >= 7
    said = words(executed("en", "contract=project"))
    assert "clients left within 90 days of a look at them" in said
    assert "Cannot say: Snapshots" not in said


def test_a_base_of_one_client_ends_in_sentences():
    Path("own").mkdir()
    Path("own/clients.csv").write_text("client_id,started_on\na,2025-02-01\n", "utf-8")
    Path("own/invoices.csv").write_text("client_id,issued_on,amount\na,2025-02-05,9\n", "utf-8")
    said = words(executed())
    assert said.count("are shorter than a year and 90 days.") >= 7
