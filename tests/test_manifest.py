"""What a report was made of, told without what is in the files.

parameter                what the manifest keeps
share=0.5                0.5
data=mine/clients.csv    "clients.csv", and its SHA-256 under data
data=missing.csv         "missing.csv", as typed
seen={1, 2}              "{1, 2}": JSON has no sets
"""

import hashlib
import importlib.metadata
import json
import platform
import re
import subprocess
from pathlib import Path

import pytest

from clientlab import __version__
from clientlab.manifest import CLONE, manifest, written_here
from clientlab.notebook_files import Run

PRIVATE = b"client;revenue\nAcme;120\n"


def facts(parameters=None, workplace=Path(), runs=()):
    return manifest(runs, lang="en", parameters=parameters or {}, workplace=workplace)


@pytest.fixture
def workplace(tmp_path):
    for folder in ("mine", "theirs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "clients.csv").write_bytes(PRIVATE + folder.encode())
    return tmp_path


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("0.5", 0.5),
        ("None", None),
        ("['a', 1]", ["a", 1]),
        ("'missing.csv'", "missing.csv"),
        ("'a\\0b'", "a\0b"),
        ("'mine'", "mine"),
        ("'mine/clients.csv'", "clients.csv"),
        ("{1, 2}", "{1, 2}"),
        ("1e999", "1e999"),
    ],
)
def test_a_parameter_is_kept_as_json_has_it(source, kept, workplace):
    told = facts({"value": source}, workplace)
    assert told["parameters"] == {"value": kept}
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_file_is_told_by_name_and_hash_and_never_by_folder_or_content(workplace):
    told = facts({"data": f"{str(workplace / 'mine' / 'clients.csv')!r}"}, workplace)
    assert told["data"]["clients.csv"] == hashlib.sha256(PRIVATE + b"mine").hexdigest()
    text = json.dumps(told)
    assert "Acme" not in text
    assert "revenue" not in text
    assert workplace.name not in text


def test_two_files_of_one_name_are_both_told(workplace):
    given = {"ours": "'mine/clients.csv'", "others": "'theirs/clients.csv'"}
    data = facts(given, workplace)["data"]
    assert data["clients.csv"] == hashlib.sha256(PRIVATE + b"mine").hexdigest()
    assert data["clients.csv (others)"] == hashlib.sha256(PRIVATE + b"theirs").hexdigest()


def test_a_stopped_notebook_is_told_by_its_place_and_not_by_its_message(workplace):
    cell = "code cell 7"
    run = Run(
        Path("01-x.ipynb"),
        notebook=type("Empty", (), {"cells": []}),
        source_hash="f00d",
        seconds=1.26,
        status="stopped",
        place=f"{cell}: KeyError",
        line="client = 'Acme'",
        message="'Acme'",
    )
    assert facts(runs=[run])["notebooks"] == {
        "01-x": {
            "status": "stopped",
            "cells": 0,
            "seconds": 1.3,
            "error": f"{cell}: KeyError",
            "sha256": "f00d",
        }
    }


def test_versions_are_those_of_python_the_kit_and_what_it_needs():
    told = facts()
    pyproject = (CLONE / "pyproject.toml").read_text("utf-8")
    needed = re.search(r"^dependencies = \[(.*?)^\]", pyproject, re.M | re.S).group(1)
    names = set(re.findall(r'^ +"([\w.-]+)', needed, re.M))
    assert told["python"] == platform.python_version()
    assert told["kit"]["version"] == __version__
    assert {"pandas", "jupyterlab"} <= names == set(told["packages"])
    assert told["packages"]["pandas"] == importlib.metadata.version("pandas")


@pytest.mark.parametrize("missing", ["clientlab", "holidays"])
def test_a_package_that_is_not_installed_is_left_out(missing, monkeypatch):
    version, requires = importlib.metadata.version, importlib.metadata.requires

    def unless_missing(ask):
        def asked(name):
            if name == missing:
                raise importlib.metadata.PackageNotFoundError(name)
            return ask(name)

        return asked

    monkeypatch.setattr(importlib.metadata, "version", unless_missing(version))
    monkeypatch.setattr(importlib.metadata, "requires", unless_missing(requires))
    packages = facts()["packages"]
    assert missing not in packages
    assert ("pandas" in packages) is (missing == "holidays")


# --- what git knows


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with one tracked and one private file under data/."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "опрос.csv").write_bytes(b"tracked")
    (tmp_path / "data" / "own.csv").write_bytes(PRIVATE)
    for words in (
        ["init", "--quiet"],
        ["add", "data/опрос.csv"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    monkeypatch.setattr("clientlab.manifest.CLONE", tmp_path)
    return tmp_path


def test_only_tracked_data_of_the_clone_are_told(clone):
    assert facts()["data"] == {"data/опрос.csv": hashlib.sha256(b"tracked").hexdigest()}


def test_the_commit_is_told_and_whether_files_were_changed_since(clone):
    head = subprocess.run(
        ["git", "-C", str(clone), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert (facts()["kit"]["commit"], facts()["kit"]["changed"]) == (head, True)
    (clone / "data" / "own.csv").unlink()
    assert facts()["kit"]["changed"] is False


def test_without_git_only_the_folders_of_the_kit_are_told(clone, monkeypatch):
    published = clone / "data" / "published"
    published.mkdir(exist_ok=True)
    (published / "figures.csv").write_text("a")
    monkeypatch.setenv("PATH", "")
    assert set(facts()["data"]) == {"data/published/figures.csv"}


def test_without_a_clone_or_without_git_commit_and_data_are_not_known(clone, monkeypatch):
    unknown = {"name": "clientlab", "version": __version__, "commit": None, "changed": None}
    monkeypatch.setenv("PATH", "")
    assert (facts()["kit"], facts()["data"]) == (unknown, {})
    monkeypatch.undo()
    monkeypatch.setattr("clientlab.manifest.CLONE", clone / "data")
    assert (facts()["kit"], facts()["data"]) == (unknown, {})


# --- whose manifest


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kit": []}', '{"kit": {"name": "x"}}'])
def test_a_manifest_of_others_is_not_ours(tmp_path, content):
    assert not written_here(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text(content)
    assert not written_here(tmp_path / "manifest.json")


def test_a_manifest_of_ours_is_known_again(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps(facts()), "utf-8")
    assert written_here(tmp_path / "manifest.json")


def test_a_folder_or_a_missing_file_is_told_without_where_it_stands(workplace):
    told = facts(
        {"a": "'/data/of/Acme/here'", "b": "'C:\\\\clients\\\\x.csv'", "c": "'and/or'"}, workplace
    )
    assert told["parameters"] == {"a": "here", "b": "x.csv", "c": "and/or"}


def test_a_long_text_is_no_path_and_no_error(workplace):
    text = "много слов " * 500
    assert facts({"remark": repr(text)}, workplace)["parameters"] == {"remark": text}
