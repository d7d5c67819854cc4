"""pyproject.toml, environment.yml and requirements.lock must tell the same story.

pyproject.toml       environment.yml        requirements.lock
numpy>=2.0,<3        numpy>=2.0,<3          numpy==2.4.6 ; …
matplotlib>=3.10     matplotlib-base>=3.10  matplotlib==3.11.2
"""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "python-duckdb": "duckdb"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def declared() -> dict[str, str]:
    """Ranges of pyproject.toml by name: core, extras and development."""
    groups = [
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        PROJECT["dependency-groups"]["dev"],
    ]
    found = [Requirement(line) for group in groups for line in group]
    return {canonicalize_name(one.name): str(one.specifier) for one in found}


def conda() -> dict[str, str]:
    """Ranges of environment.yml by the name that pyproject.toml uses."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    pip = next(line["pip"] for line in lines if isinstance(line, dict))
    plain = [line for line in lines if isinstance(line, str)]
    named = [line for line in [*plain, *pip] if re.match(r"[\w-]+[<>]", line)]
    found = [Requirement(line) for line in named]
    names = {one.name: CONDA_NAMES.get(one.name, one.name) for one in found}
    return {canonicalize_name(names[one.name]): str(one.specifier) for one in found}


def locked() -> list[Requirement]:
    return [Requirement(line) for line in LOCK.splitlines() if line and not line.startswith("#")]


def test_conda_environment_has_the_ranges_of_pyproject():
    assert conda() == declared()


def test_every_locked_version_satisfies_the_ranges():
    wanted = {name: Requirement(f"{name}{spec}").specifier for name, spec in declared().items()}
    versions = [
        (canonicalize_name(one.name), next(iter(one.specifier)).version) for one in locked()
    ]
    outside = [(n, v) for n, v in versions if n in wanted and v not in wanted[n]]
    assert outside == []
    assert set(wanted) <= {name for name, _ in versions}


def test_the_lock_pins_everything_and_names_no_address():
    assert all(re.fullmatch(r"==[\w.!+]+", str(one.specifier)) for one in locked())
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|@ ", LOCK)


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_the_lock_knows_each_system(platform):
    os_name = "nt" if platform == "win32" else "posix"
    environment = {
        "sys_platform": platform,
        "os_name": os_name,
        "python_version": "3.11",
        "python_full_version": "3.11.9",
        "platform_system": {"win32": "Windows", "darwin": "Darwin"}.get(platform, "Linux"),
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    chosen = [
        canonicalize_name(one.name)
        for one in locked()
        if one.marker is None or one.marker.evaluate(environment)
    ]
    assert len(chosen) == len(set(chosen)), "one version of each package per system"
    only = {"win32": "pywinpty", "darwin": "appnope", "linux": "pexpect"}[platform]
    assert only in chosen
