from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest


def call(*arguments, cwd=None):
    command = [sys.executable, "-m", "taxonomy", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.fixture(scope="module")
def release(small_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "release"
    done = call("release", small_run, "--version", "v1", "--out", out)
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout
    assert "floors: 5 conversations and 3 users a cluster" in done.stderr
    return out


def test_help_lists_the_verbs():
    done = call("--help")
    assert done.returncode == 0
    for verb in ("demo", "build", "status", "show", "release", "check"):
        assert verb in done.stdout


def test_status_lists_every_stage(small_run):
    done = call("status", small_run)
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        [stage, "finished"]
        for stage in (
            "conversations",
            "facets",
            "embeddings",
            "clusters",
            "names",
            "hierarchy",
            "measures",
        )
    ]
    assert json.loads(call("status", small_run, "--json").stdout)[0]["stage"] == "conversations"


def test_show_prints_the_tree_and_one_node(release):
    tree = call("show", release).stdout.splitlines()
    assert tree[0].startswith("Taxonomy(3 levels")
    assert tree[1].startswith("01 ")
    assert tree[2].startswith("  01.01 ")
    node = call("show", release, "01.01").stdout
    assert node.startswith("01 ")
    assert "conversation_share" in node


def test_show_prints_json_for_machines(release):
    rows = json.loads(call("show", release, "--json").stdout)
    assert {row["level"] for row in rows} == {0, 1, 2}


def test_check_says_passed(release):
    done = call("check", release)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("passed: Taxonomy(3 levels")


def test_check_of_a_damaged_release_exits_with_1(release, tmp_path):
    copy = shutil.copytree(release, tmp_path / "copy")
    (copy / "tree.json").write_text("[]")
    done = call("check", copy)
    assert done.returncode == 1
    assert "error: tree.json is not what SHA256SUMS lists" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "nowhere"], "nowhere holds no taxonomy"),
        (["status", "nowhere"], "nowhere holds no run"),
        (["check", "nowhere"], "nowhere holds no clusters_wide.tsv"),
        (["build", "nowhere.jsonl", "--run", "r"], "nowhere.jsonl"),
        (["build", "x", "--run", "r", "--set", "cluster.k=3"], "cluster.k: Extra inputs"),
        (["build", "x", "--run", "r", "--until", "later"], "there is no stage 'later'"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_an_error_is_one_line_without_a_traceback_and_exit_1(arguments, message, tmp_path):
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr


@pytest.mark.parametrize(
    "arguments", [["build"], ["demo", "--conversations", "5"], ["fly"]], ids=str
)
def test_a_wrong_call_exits_with_2(arguments):
    assert call(*arguments).returncode == 2


def test_an_unknown_code_is_a_wrong_call(release):
    done = call("show", release, "99.99")
    assert done.returncode == 2
    assert "99.99" in done.stderr
