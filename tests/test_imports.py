from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import taxonomy

PACKAGE = Path(taxonomy.__file__).parent

# A module imports only from those above it: the order in which one reads the package.
ORDER = [
    "errors",
    "progress",
    "settings",
    "run",
    "collaboration",
    "palette",
    "conversations",
    "claude",
    "facets",
    "embedding",
    "clustering",
    "cluster_map",
    "naming",
    "hierarchy",
    "claude.fake",
    "measures",
    "privacy",
    "display",
    "release.wide",
    "tree",
    "outline",
    "release.manifest",
    "onet",
    "economics",
    "plots",
    "economic_report",
    "release.read",
    "explorer",
    "release.card",
    "release.write",
    "release.check",
    "demo",
    "coverage",
    "stage_words",
    "steps",
    "pipeline",
    "mapping",
    "estimate",
    "cli_complete",
    "cli_talk",
    "cli_options",
    "cli_answers",
    "cli_claude",
    "cli_economics",
    "cli_explore",
    "cli_onet",
    "cli",
    "__main__",
]


def place_of(module: str) -> int | None:
    """The place in `ORDER` of `taxonomy.a.b`, by its longest known prefix."""
    parts = module.removeprefix("taxonomy.").split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in ORDER:
            return ORDER.index(name)
    return None


def imports_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("taxonomy"):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if place_of(name) is not None else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("taxonomy")}
    return found


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = sorted(file for file in PACKAGE.rglob("*.py") if module_name(file) != "taxonomy")


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_a_module_imports_only_from_above(file):
    name = module_name(file)
    if name == "taxonomy.release":
        assert not imports_of(file)
        return
    own = place_of(name)
    assert own is not None, f"{name} has no place in ORDER"
    below = {other for other in imports_of(file) if place_of(other) > own}
    assert not below


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_a_file_is_short_enough_to_read(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 320


def test_the_command_line_imports_nothing_heavy():
    heavy = {"torch", "polars", "numpy", "sklearn", "umap", "hdbscan", "anthropic", "networkx"}
    code = "import sys, taxonomy.cli; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(run.stdout.split())


def test_what_the_package_exports_can_be_imported():
    assert {name for name in taxonomy.__all__ if getattr(taxonomy, name) is None} == set()
    exported = {"Release", "Settings", "Taxonomy", "build", "read_conversations"}
    assert set(taxonomy.__all__) == exported


def test_an_unknown_export_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_of_the_sort"):
        _ = taxonomy.nothing_of_the_sort
