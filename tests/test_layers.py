"""The layers: who may import whom, what is known where, and that the command line starts at once."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from index.dutch import fold

ROOT = Path(__file__).parent.parent
# A package imports those to its left, and ui and eval know nothing of each other: but for the command
# ``charterwijzer eval``, which the command line mounts.
ALLOWED = {
    "ingest": {"corpus"},
    "index": {"ingest"},
    "qa": {"ingest", "index"},
    "ui": {"ingest", "index", "qa"},
    "eval": {"ingest", "index", "qa"},
}
IDIOM = "overheid in den haag"  # how Dutch calls the national government, in any corpus
MOUNTED = {("ui/commands.py", "eval")}
FILES = sorted(path for package in ALLOWED for path in (ROOT / package).rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path):
    name = path.relative_to(ROOT).as_posix()
    package = name.split("/")[0]
    ours = {found for found in imported(path) if found in ALLOWED} - {package}
    assert {found for found in ours if (name, found) not in MOUNTED} <= ALLOWED[package]


def charter_names():
    manifest = tomllib.loads((ROOT / "corpus" / "manifest.toml").read_text(encoding="utf-8"))
    charters = [charter for document in manifest["documents"] for charter in document["charters"]]
    return {fold(name) for c in charters for name in (c["city"], *c.get("aliases", ()), *c.get("places", ()))}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_code_knows_a_city_or_neighbourhood(path):
    """What is true of one corpus lives in its manifest. Docstrings and comments may give examples."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    names = {name for name in charter_names() if len(name) > 3}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            text = fold(node.value).replace(IDIOM, "")
            found = [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)]
            assert not found, f"line {node.lineno}: {found}"


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["ask", "--foo"]])
def test_help_and_typing_errors_load_nothing_heavy(arguments):
    program = (
        "import sys; from ui.cli import run; run(sys.argv[1:]);"
        "heavy = {'numpy', 'torch', 'faiss', 'bm25s', 'onnxruntime', 'transformers'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_answering_loads_no_torch():
    program = "import sys, qa.engine, ui.opening; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_below_the_user_interfaces_prints(path):
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
