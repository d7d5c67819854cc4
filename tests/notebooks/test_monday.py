"""Notebook 11 on other bases than the demo: reversed, and with too few who left."""

import re
from pathlib import Path

import nbformat
import pytest

from clientlab.demo import demo_agency
from clientlab.runs import report
from clientlab.session.handout import FINDING_MIME

ROOT = Path(__file__).resolve().parents[2]
MONDAY = "11-whom-to-call-on-monday"


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def words(notebook) -> str:
    return "\n".join(output.get("text", "") or output.data.get("text/plain", "")
                     for output in outputs(notebook))  # fmt: skip


def headlines(notebook) -> list[str]:
    return [output.data[FINDING_MIME]["headline"] for output in outputs(notebook)
            if FINDING_MIME in output.get("data", {})]  # fmt: skip


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def executed(*parameters: str, lang: str = "en"):
    (run,) = report(["11"], out=Path("report"), lang=lang, parameters=parameters)
    assert not run.stopped
    return nbformat.read(f"report/notebooks/{run.name}.ipynb", as_version=4)


def test_forty_clients_of_whom_three_left_end_in_sentences(tmp_path):
    demo_agency(40, leavers=3).write(tmp_path / "small")
    said = words(executed("source=small", "success=0.3", "acceptance=0.5", lang="ru"))
    assert said.count("до 10 никакая модель не отличима от случая") >= 5
    assert not re.search(r"\bna[nt]\b", said, re.IGNORECASE)


def test_the_reversed_agency_has_another_list_and_is_asked_for_its_assumptions(tmp_path):
    demo_agency(reversed=True).write(tmp_path / "turned")
    printed = nbformat.read(ROOT / "notebooks" / f"{MONDAY}.ipynb", as_version=4)
    turned = executed("source=turned")
    # No rate of ours stands in for one that the analyst has not said.
    assert "Whom to call: say success= and acceptance=" in words(turned)
    assert "The calls pay from" not in words(turned)
    before, after = headlines(printed), headlines(turned)
    assert before[0] != after[0]
    assert not set(before) & set(after)
