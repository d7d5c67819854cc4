"""The manifest of a report: what it was made of, so that it can be made again.

It answers: which versions, parameters and files. It tells files by name and hash
and never holds what is in them.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import json
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import Any

from clientlab import __version__
from clientlab.notebook_files import Run

OURS = ("published", "demo")  # of data/; the rest of it may be the analyst's
CLONE = Path(__file__).resolve().parents[1]


def manifest(
    runs: Sequence[Run], *, lang: str, parameters: Mapping[str, str], workplace: Path
) -> dict[str, Any]:
    """What a report was made of: versions, parameters, hashes; never the data.

    Parameters
    ----------
    runs : sequence of Run
        As executed.
    lang : {"en", "ru"}
    parameters : mapping of name to Python source of a literal
        A value that is a file is told by its name, without its folders.
    workplace : Path
        Where relative paths start.

    Returns
    -------
    dict
        Ready for JSON: kit, python, packages, lang, parameters, notebooks, data.
        `commit` and `changed` are None where git does not know the clone.

    Examples
    --------
    >>> facts = manifest([], lang="en", parameters={"share": "0.5"}, workplace=Path("."))
    >>> facts["kit"]["name"], facts["lang"], facts["parameters"]
    ('clientlab', 'en', {'share': 0.5})
    """
    values = {name: ast.literal_eval(source) for name, source in parameters.items()}
    files = {
        name: workplace / value for name, value in values.items() if _is_file(value, workplace)
    }
    told = {name: _plain(value, parameters[name]) for name, value in values.items()}
    # Where a folder or a missing file stands is nobody's business, as with files.
    told |= {
        name: PureWindowsPath(value).name for name, value in values.items() if _is_rooted(value)
    }
    return {
        "kit": {"name": "clientlab", "version": __version__, **_commit()},
        "python": platform.python_version(),
        "packages": _packages(),
        "lang": lang,
        "parameters": told | {name: path.name for name, path in files.items()},
        "notebooks": {
            run.name: {
                "status": run.status,
                "cells": run.cells,
                "seconds": round(run.seconds, 1),
                "error": run.place or None,  # its message may hold data
                "sha256": run.source_hash,
            }
            for run in runs
        },
        "data": _data_of_the_kit() | _hashes(files),
    }


def written_here(path: Path) -> bool:
    """Whether a file is a manifest of ours."""
    try:
        return json.loads(path.read_text("utf-8"))["kit"]["name"] == "clientlab"
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _is_file(value: Any, workplace: Path) -> bool:
    try:
        return isinstance(value, str) and (workplace / value).is_file()
    except (OSError, ValueError):  # too long for a path, or with a character that none has
        return False


def _is_rooted(value: Any) -> bool:
    return isinstance(value, str) and bool(PureWindowsPath(value).root)


def _plain(value: Any, source: str) -> Any:
    """A value as JSON keeps it; what JSON cannot keep, as it was typed."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return source
    return value


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for parameter, path in files.items():
        # Two files of one name, from two folders, are told apart by their parameter.
        name = path.name if path.name not in hashes else f"{path.name} ({parameter})"
        hashes[name] = _sha256(path)
    return hashes


def _data_of_the_kit() -> dict[str, str]:
    tracked = _git("ls-files", "-z", "data")
    if tracked is None:  # an archive without git: the folders that are the kit's
        found = [path for part in OURS for path in sorted((CLONE / "data" / part).rglob("*"))]
        listed = [path.relative_to(CLONE).as_posix() for path in found]
    else:
        listed = tracked.split("\0")
    return {name: _sha256(CLONE / name) for name in listed if name and (CLONE / name).is_file()}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _commit() -> dict[str, Any]:
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    if commit is None:
        return {"commit": None, "changed": None}
    return {"commit": commit.strip(), "changed": None if changes is None else bool(changes)}


def _git(*arguments: str) -> str | None:
    """What git says about the clone; None without git or outside of a clone."""
    if not (CLONE / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", "-C", str(CLONE), *arguments], capture_output=True)
    except OSError:
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None


def _packages() -> dict[str, str]:
    """Versions of what the kit itself needs."""
    versions = {}
    with suppress(importlib.metadata.PackageNotFoundError):  # the kit is not installed
        for line in importlib.metadata.requires("clientlab") or []:
            name = re.split(r"[^\w.-]", line)[0]
            with suppress(importlib.metadata.PackageNotFoundError):
                if "extra ==" not in line:
                    versions[name] = importlib.metadata.version(name)
    return versions
