"""The notebooks: they run from a fresh clone, and what is committed of them is in order."""

from __future__ import annotations

import html
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebooks need the extra `notebooks`")

REFRESH = Path(__file__).with_name("refresh.py")
ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
ON_PUBLISHED_FILES = ("07_onet", "08_economic_index")
MOST_BYTES = 700_000
MOST_LINES = 12
LINES_BEFORE_DATA = 6
PREFIX = 9
"""Words by which a text of others is known again: tables cut long ones off, and shorter beginnings
are everybody's."""


def refresh_module():
    spec = importlib.util.spec_from_file_location("notebooks_refresh", REFRESH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def committed(name):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def source_lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def words_of(notebook) -> Iterator[str]:
    """Every text of a notebook, sources and outputs; of a drawing what is seen and what is said."""
    for cell in notebook.cells:
        yield cell.source
        for output in cell.get("outputs", []):
            yield output.get("text", "")
            for kind, data in output.get("data", {}).items():
                if kind.startswith("text/") or kind == "image/svg+xml":
                    yield html.unescape(re.sub(r"<[^>]*>", " ", data))
                    yield from map(html.unescape, re.findall(r'aria-label="([^"]*)"', data))


def said_by(cell) -> list[str]:
    """The prose of a cell: what is written, or what the code computed of it."""
    if cell.cell_type == "markdown":
        return [cell.source]
    return [output.get("data", {}).get("text/markdown", "") for output in cell.outputs]


def tokens(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def run(names, work, out, **environment):
    command = [sys.executable, str(REFRESH), "--work", str(work), "--out", str(out), *names]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """The folder of a fresh clone's first run, which the later notebooks find."""
    return tmp_path_factory.mktemp("notebooks")


def kinds(notebook):
    """What each cell shows, without what it says."""
    return [
        [sorted(output.get("data", [output.get("name")])) for output in cell.outputs]
        for cell in code_cells(notebook)
    ]


# One worker runs them all: the first makes the run that the others read.
@pytest.mark.xdist_group("notebooks")
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_top_to_bottom_and_shows_what_the_committed_one_does(name, shared):
    if name in ON_PUBLISHED_FILES and "TAXONOMY_DATA" not in os.environ:
        pytest.skip("TAXONOMY_DATA is not set: no published files to run this one on")
    environment = {} if "TAXONOMY_DATA" in os.environ else {"TAXONOMY_DATA": ""}
    done = run([name], shared, shared / "done", **environment)
    assert done.returncode == 0, done.stderr[-4000:]
    again = nbformat.read(shared / "done" / f"{name}.ipynb", as_version=4)
    assert kinds(again) == kinds(committed(name))


@pytest.mark.xdist_group("notebooks")
def test_without_the_published_files_a_notebook_says_so_and_ends_without_an_error(tmp_path):
    done = run(ON_PUBLISHED_FILES, tmp_path, tmp_path / "done", TAXONOMY_DATA="/nowhere")
    assert done.returncode == 0, done.stderr[-4000:]
    for name in ON_PUBLISHED_FILES:
        notebook = nbformat.read(tmp_path / "done" / f"{name}.ipynb", as_version=4)
        said = [text for text in words_of(notebook) if text.startswith("**TAXONOMY_DATA is not")]
        assert len(said) == 1
        assert sum(bool(cell.outputs) for cell in code_cells(notebook)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_notebook_was_run_in_order_and_keeps_its_outputs(name):
    cells = code_cells(committed(name))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(bool(cell.outputs) for cell in cells) >= 6
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    for cell in cells:
        assert not ("texts" in cell.metadata.get("tags", []) and cell.outputs)


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_notebook_is_what_a_refresh_would_keep(name):
    refresh = refresh_module()
    notebook = committed(name)
    before = nbformat.writes(notebook)
    assert nbformat.writes(refresh.kept(notebook, name)) == before
    assert len(before.encode()) < MOST_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_asks_then_loads_then_answers_then_gives_a_baseline(name):
    cells = committed(name).cells
    title, load = cells[0], cells[1]
    assert title.source.startswith("# ")
    assert re.search(r"\*\*Question\.\*\*[^#]*\?", title.source)
    assert load.cell_type == "code"
    assert len(source_lines(load)) <= LINES_BEFORE_DATA
    texts = [text for cell in cells for text in said_by(cell)]
    answer = next(i for i, text in enumerate(texts) if "**Answer.**" in text)
    baseline = next(i for i, text in enumerate(texts) if text.startswith("## Baseline"))
    ends = next(i for i, text in enumerate(texts) if text.startswith("## What this does not show"))
    assert answer < baseline < ends
    assert re.search(r"\bn\s=\s", texts[answer])
    assert not [text for text in texts[:answer] if text.startswith("## ")]


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_short_and_hold_no_classes_keys_or_installations(name):
    for cell in code_cells(committed(name)):
        assert len(source_lines(cell)) <= MOST_LINES, cell.source
        assert not re.search(r"^\s*(class |[!%])|api_key|pip install", cell.source, re.M)


def texts_of_others(folder):
    """Task statements, names of activities, and names and descriptions of published clusters."""
    import polars as pl

    from taxonomy.onet.tables import load_onet

    statements = load_onet(folder / "aei" / "onet_task_statements.csv.gz")
    release = load_onet(folder / "onet" / "v30_1")
    wide = pl.read_csv(folder / "aei" / "cluster_level_dataset.tsv", separator="\t")
    named = [name for name in wide.columns if re.search("cluster_(name|description)", name)]
    assert len(named) == 6
    columns = [statements.tasks["task"], release.tasks["task"], release.activities["name"]]
    columns += [wide[name] for name in named]
    return {text for column in columns for text in column.drop_nulls()}


def begins(words):
    """Every beginning by which a text of four words or more is known."""
    return tuple(words[:PREFIX]) if len(words) > 3 else None


def test_no_notebook_holds_a_text_of_the_published_files(public_data):
    known = {begins(tokens(text)): text for text in texts_of_others(public_data)}
    known.pop(None)
    for name in NAMES:
        for text in words_of(committed(name)):
            words = tokens(text)
            for length in range(4, PREFIX + 1):
                windows = zip(*(words[start:] for start in range(length)), strict=False)
                found = [known[window] for window in windows if window in known]
                assert not found, f"{name}: {found[0]}"


def test_a_refresh_refuses_paths_and_addresses_of_this_machine_and_warnings():
    refresh = refresh_module()
    path = nbformat.v4.new_output("display_data", {"text/plain": "kept in /home/someone/run"})
    warning = nbformat.v4.new_output("stream", name="stderr", text="it will be removed")
    address = nbformat.v4.new_output("display_data", {"text/plain": "<polars.Config at 0x7fa1>"})
    for output, word in ((path, "path"), (address, "address"), (warning, "warns")):
        with pytest.raises(RuntimeError, match=word):
            refresh.check_outputs([output], "here")
    link = nbformat.v4.new_output("display_data", {"text/plain": "https://x.org/home/run"})
    refresh.check_outputs([link], "here")
