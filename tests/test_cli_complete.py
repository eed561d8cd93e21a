from __future__ import annotations

import os
import subprocess
import sys

import pytest

from taxonomy import cli_complete
from taxonomy.claude.records import STATUSES
from taxonomy.mapping.conversations import ROUTES
from taxonomy.pipeline import STAGES
from taxonomy.settings import Settings, setting_keys


def complete(line):
    """What bash is told when Tab is pressed at the end of the line."""
    words = line.split(" ")
    told = {
        "_TAXONOMY_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0]='taxonomy'; import taxonomy.cli as c; "
         "c.app(prog_name='taxonomy')"],
        env=os.environ | told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_a_shell_completes_verbs_options_and_values():
    assert complete("taxonomy bu") == ["build"]
    assert complete("taxonomy onet cr") == ["crosswalk"]
    assert complete("taxonomy build x --qu") == ["--quiet"]
    assert complete("taxonomy build x --until f") == ["facets"]
    assert complete("taxonomy build x --set cluster.n_c") == ["cluster.n_clusters="]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_names_the_program(shell):
    done = subprocess.run(
        [sys.executable, "-c", "import taxonomy.cli as c; c.app(prog_name='taxonomy')"],
        env=os.environ | {"_TAXONOMY_COMPLETE": f"source_{shell}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "complete_" + shell in done.stdout


def test_what_is_offered_is_what_there_is():
    assert cli_complete.STAGES == STAGES
    assert set(cli_complete.ROUTES) == set(ROUTES)
    assert cli_complete.STATUSES == STATUSES
    for llm in cli_complete.LLMS:
        assert Settings.load(None, [f"llm={llm}"]).llm == llm


def test_every_setting_is_offered_and_behind_its_sign_the_values():
    offered = cli_complete.settings("")
    assert offered == [f"{key}=" for key in setting_keys()]
    assert "claude.facets.model=" in offered
    assert cli_complete.settings("cluster.method=") == [
        "cluster.method=kmeans",
        "cluster.method=hdbscan",
    ]
    assert cli_complete.settings("cluster.smoothing=f") == ["cluster.smoothing=false"]
    assert cli_complete.settings("privacy.preset=") == ["privacy.preset=index"]
    assert cli_complete.settings("cluster.n_clusters=") == []
    assert cli_complete.settings("nothing=") == []


def test_options_that_take_few_values_offer_those():
    assert cli_complete.llms("c") == [("claude", cli_complete.LLMS["claude"])]
    assert [name for name, _ in cli_complete.routes("")] == ["offline", "shortlist", "descent"]
    assert cli_complete.statuses("e") == ["errored", "expired"]
