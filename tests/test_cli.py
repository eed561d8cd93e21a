from __future__ import annotations

import io
import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest

from taxonomy.cli import main


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def call(*arguments, cwd="."):
    """A verb in this process, as the command line runs it."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["taxonomy", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(ended.value.code or 0, out.getvalue(), err.getvalue())


def run(*arguments, cwd=None):
    """A verb as a process of its own."""
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
    done = run("--help")
    assert done.returncode == 0
    for verb in ("demo", "build", "status", "show", "release", "check", "estimate", "answers",
                 "onet", "economics"):  # fmt: skip
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
            "map",
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
        (
            ["build", "x", "--run", "r", "--set", "cluster.n_cluster=3"],
            "(did you mean cluster.n_clusters?)",
        ),
        (["build", ".", "--run", "r"], ". is a folder; give files of conversations"),
        (["build", "mine.txt", "--run", "mine.txt/r"], "a part of the path is a file"),
        (["build", "mine.txt", "--run", "mine.txt"], "mine.txt is a file; give a folder"),
        (["status", "mine.txt"], "mine.txt holds no run"),
        (["show", "mine.txt"], "mine.txt has no column"),
        (["answers", "import", "mine.txt", "--ledger", "l.sqlite"], "Nothing was imported"),
        (["build", "x", "--run", "r", "--until", "later"], "there is no stage 'later'"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_an_error_is_one_line_without_a_traceback_and_exit_1(arguments, message, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = call(*arguments, "--quiet", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr
    assert {file.name for file in tmp_path.iterdir()} <= {"mine.txt", "r"}


def test_the_program_itself_ends_an_error_without_a_traceback(tmp_path):
    done = run("status", "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: nowhere holds no run (no manifest.json); start one with: taxonomy build FILES "
        "--run nowhere\n"
    )


def test_a_release_is_no_run_and_is_left_as_it_is(release, small_corpus):
    before = sorted(file.name for file in release.iterdir())
    for arguments in (["status", release], ["build", small_corpus, "--run", release]):
        done = call(*arguments)
        assert done.returncode == 1
        assert (
            done.stderr == f"error: {release} is a release, not a run; give the folder of a run.\n"
        )
    assert sorted(file.name for file in release.iterdir()) == before


def test_a_verb_with_a_slip_names_the_one_that_was_meant():
    done = call("biuld")
    assert done.returncode == 2
    assert "Did you mean 'build'?" in done.stderr


def test_the_version_is_one_line():
    assert call("--version").stdout.startswith("taxonomy 0.")


def test_quiet_leaves_the_results_alone(small_run, release, tmp_path):
    for arguments in (["status", small_run], ["show", release], ["check", release]):
        loud, quiet = call(*arguments), call(*arguments, "-q")
        assert quiet.stdout == loud.stdout
        assert (quiet.stderr, loud.stderr[:6]) == ("", "next: ")
    done = call("release", small_run, "--version", "v1", "--out", tmp_path / "r", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_next_command_is_quoted_for_the_shell(release, tmp_path):
    odd = shutil.copytree(release, tmp_path / "my release; rm")
    assert f"next: taxonomy show '{odd}' 01\n" in call("show", odd).stderr


def test_json_is_all_there_is_on_stdout(small_run, tmp_path):
    out = tmp_path / "release"
    done = call("release", small_run, "--version", "v1", "--out", out, "--json")
    record = json.loads(done.stdout)
    assert (record["release"], record["version"]) == (str(out), "v1")
    assert record["page"] == str(out / "index.html")
    assert set(record["levels"]) == {"0", "1", "2"}
    findings = json.loads(call("check", out, "--json", "-q").stdout)
    assert {finding["kind"] for finding in findings} == {"quirk"}


def test_a_build_says_a_line_a_stage_and_what_was_kept(small_corpus, tmp_path):
    given = ["build", small_corpus, "--run", tmp_path / "run", "--until", "facets"]
    first = call(*given).stderr.splitlines()
    assert first[0].startswith("conversations  made in ")
    assert first[1].startswith("facets         made in ")
    assert first[2] == "next: the same command without --until"
    done = call(*given, "--json")
    assert done.stderr.startswith("conversations  kept: ")
    assert json.loads(done.stdout) == {
        "run": str(tmp_path / "run"),
        "until": "facets",
        "levels": None,
    }


def test_ctrl_c_is_one_line_and_leaves_nothing_half_written(tmp_path):
    command = [sys.executable, "-m", "taxonomy", "demo", "--conversations", "1000000"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not list(tmp_path.rglob("*.partial")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[1:] == [
        "error: interrupted; what is finished is kept, and the same command goes on."
    ]
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_a_reader_that_stops_early_is_no_error(release):
    command = f"{sys.executable} -m taxonomy show {release} --json | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr.count("\n") <= 1
    assert "Traceback" not in done.stderr
    assert "error" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["build"], ["demo", "--conversations", "5"], ["fly"]], ids=str
)
def test_a_wrong_call_exits_with_2(arguments):
    assert call(*arguments).returncode == 2


def test_an_unknown_code_is_a_wrong_call(release):
    done = call("show", release, "99.99")
    assert done.returncode == 2
    assert "99.99" in done.stderr


@pytest.fixture(scope="module")
def fake_claude():
    """The fake server as a user starts it; gives its address."""
    command = [sys.executable, "-m", "taxonomy", "fake-claude", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


@pytest.fixture(scope="module")
def asked(fake_claude, tmp_path_factory, small_corpus):
    """A folder in which the facets of some conversations were asked of the fake server."""
    folder = tmp_path_factory.mktemp("asked")
    done = call(
        "build", small_corpus, "--run", "run", "--llm", "claude", "--until", "facets",
        "--budget", "1", "--set", "conversations.sample=120", "--set", "claude.mode=direct",
        "--set", f"claude.base_url={fake_claude}", "--ledger", "a.sqlite", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_what_a_run_cost_is_in_its_status(asked):
    (line,) = [x for x in call("status", asked / "run").stdout.splitlines() if "facets" in x]
    assert "USD" in line
    (state,) = [s for s in json.loads(call("status", asked / "run", "--json").stdout) if s["usd"]]
    assert (state["stage"], 0 < state["usd"] < 0.1) == ("facets", True)


def test_a_budget_that_is_too_small_is_one_clear_line_and_exit_1(asked, small_corpus, fake_claude):
    done = call(
        "build", small_corpus, "--run", "other", "--llm", "claude", "--budget", "0.0001",
        "--set", f"claude.base_url={fake_claude}", cwd=asked,
    )  # fmt: skip
    assert done.returncode == 1
    (error,) = [line for line in done.stderr.splitlines() if not line.startswith("conversations ")]
    assert error.startswith("error: the budget of 0.0001 USD is used up")


def test_claude_without_a_key_is_one_clear_line(asked, small_corpus):
    done = call("build", small_corpus, "--run", "x", "--llm", "claude", cwd=asked / "run")
    assert done.returncode == 1
    assert "error: there is no key: set ANTHROPIC_API_KEY" in done.stderr


def test_an_unknown_llm_names_the_ones_there_are(asked, small_corpus):
    done = call("build", small_corpus, "--run", "x", "--llm", "gpt", cwd=asked)
    assert done.returncode == 1
    assert "'offline', 'claude' or 'auto'" in done.stderr


def test_the_ledger_says_what_was_spent_and_what_failed(asked):
    said = call("answers", "spent", "--ledger", "a.sqlite", cwd=asked).stdout
    assert "claude-haiku-5-5" in said
    assert "spent in all: 0.0" in said
    record = json.loads(
        call("answers", "spent", "--ledger", "a.sqlite", "--json", cwd=asked).stdout
    )
    assert record["spending"][0]["stage"] == "facets"
    assert call("answers", "failures", "--ledger", "a.sqlite", cwd=asked).stdout == ""


def test_answers_are_copied_pruned_and_purged(asked):
    ids = [
        json.loads(line)["conversation_ids"][0]
        for line in exported(asked, "a.sqlite", "first.jsonl")[1:]
    ]
    assert call("answers", "import", "first.jsonl", "--ledger", "b.sqlite", cwd=asked).stdout == (
        f"{len(ids)} new answers in b.sqlite\n"
    )
    (asked / "ids.txt").write_text("\n".join(ids[:3]))
    purged = call(
        "answers", "purge", ids[3], "--from", "ids.txt", "--ledger", "b.sqlite", cwd=asked
    )
    assert purged.stdout == "4 answers removed from b.sqlite\n"
    assert len(exported(asked, "b.sqlite", "second.jsonl")) == len(ids) - 3
    pruned = call("answers", "prune", "--status", "ok", "--ledger", "b.sqlite", cwd=asked)
    assert pruned.stdout == f"{len(ids) - 4} answers taken out\n"
    again = call("answers", "purge", ids[3], "--ledger", "b.sqlite", "--json", cwd=asked)
    assert json.loads(again.stdout) == {"ledger": "b.sqlite", "removed": 0}
    assert "next: taxonomy build FILES" in pruned.stderr


def exported(folder, ledger, name):
    done = call("answers", "export", name, "--ledger", ledger, cwd=folder)
    assert done.returncode == 0, done.stderr
    return (folder / name).read_text().splitlines()


def test_a_ledger_that_is_not_there_is_said_and_not_made(asked):
    done = call("answers", "spent", "--ledger", "nowhere.sqlite", cwd=asked)
    assert done.returncode == 1
    assert "there is no ledger nowhere.sqlite" in done.stderr
    assert not (asked / "nowhere.sqlite").exists()


def test_a_purge_of_nobody_is_a_wrong_call(asked):
    assert call("answers", "purge", "--ledger", "a.sqlite", cwd=asked).returncode == 2


def test_an_estimate_prints_every_stage_and_what_it_assumes(small_corpus, tmp_path):
    done = call("estimate", small_corpus, "--llm", "offline", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("facets", "names", "hierarchy", "total", "Clio published 48.81", "assumed:"):
        assert word in done.stdout
    record = json.loads(call("estimate", "--assume", "100000", "--json", cwd=tmp_path).stdout)
    assert record["ratio_to_clio"] < 0.5
    assert call("estimate", cwd=tmp_path).returncode == 2


def test_a_script_of_faults_that_is_wrong_is_one_clear_line(tmp_path):
    (tmp_path / "faults.json").write_text('{"rules": [{"fault": "gremlins"}]}')
    done = call("fake-claude", "--faults", "faults.json", "--port", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert "there is no fault 'gremlins'" in done.stderr


def test_explore_writes_the_page_and_says_to_open_it(release, tmp_path):
    page = tmp_path / "my page.html"
    done = call("explore", release, "--out", page)
    assert (done.returncode, done.stdout) == (0, f"{page}\n")
    assert done.stderr == f"next: open '{page}' in a browser\n"
    assert "<!doctype html>" in page.read_text(encoding="utf-8").lower()[:100]


def test_show_of_a_run_of_which_nothing_passes_says_what_to_do(small_run, tmp_path, unpublished):
    copy = unpublished(shutil.copytree(small_run, tmp_path / "copy"))
    done = call("show", copy)
    assert done.stdout.startswith("Taxonomy(no published nodes)")
    assert "next: build with fewer clusters or lower floors" in done.stderr


def test_a_run_that_is_not_finished_is_called_that_and_how_to_finish_it(tmp_path):
    (tmp_path / "settings.toml").touch()
    for verb in ("show", "explore"):
        done = call(verb, tmp_path)
        assert done.returncode == 1
        assert f"{tmp_path} is a run that is not finished; finish it with:" in done.stderr


def test_a_page_is_a_file_and_no_folder(release, tmp_path):
    done = call("explore", release, "--out", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path} is a folder" in " ".join(done.stderr.split())
