from __future__ import annotations

import os
import subprocess
import sys

import pytest

from taxonomy.errors import RunError
from taxonomy.run import Stage, file_digest, open_run, read_log, read_manifest, stage_state
from taxonomy.settings import Settings


def stage(name="double", version=1, settings=None, inputs=None, outputs=("out.txt",)):
    return Stage(name, version, settings or {}, inputs or {}, outputs)


def writer(text="x", calls=None):
    def write(folder):
        if calls is not None:
            calls.append(text)
        (folder / "out.txt").write_text(text)
        return {"length": len(text)}

    return write


@pytest.fixture
def run(tmp_path):
    with open_run(tmp_path / "run", Settings()) as run:
        yield run


def test_a_stage_whose_key_and_output_are_the_same_is_kept(run):
    calls = []
    assert run.make(stage(), writer(calls=calls))
    assert not run.make(stage(), writer(calls=calls))
    assert calls == ["x"]


@pytest.mark.parametrize(
    "changed",
    [{"version": 2}, {"settings": {"k": 3}}, {"inputs": {"in.txt": "another digest"}}],
    ids=str,
)
def test_a_stage_that_rests_on_something_else_is_made_again(run, changed):
    run.make(stage(), writer("old"))
    assert run.make(stage(**changed), writer("new"))
    assert run.path("out.txt").read_text() == "new"


def test_a_damaged_output_is_made_again(run):
    run.make(stage(), writer("whole"))
    run.path("out.txt").write_text("who")
    assert run.make(stage(), writer("whole"))
    assert run.path("out.txt").read_text() == "whole"


def test_a_file_that_lies_there_without_a_record_does_not_count(run):
    run.path("out.txt").write_text("from elsewhere")
    assert run.make(stage(), writer("made"))
    assert run.path("out.txt").read_text() == "made"


def test_a_failed_stage_leaves_the_old_output_and_no_new_one(run):
    run.make(stage(), writer("old"))

    def fail(folder):
        (folder / "out.txt").write_text("half")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run.make(stage(version=2), fail)
    assert run.path("out.txt").read_text() == "old"


def test_a_stage_may_continue_with_what_an_interrupted_call_left(run):
    def interrupted(folder):
        (folder / "part").write_text("1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.make(stage(), interrupted)
    seen = []

    def resume(folder):
        seen.extend(file.name for file in folder.iterdir())
        return writer()(folder)

    run.make(stage(), resume)
    assert seen == ["part"]


def test_what_was_left_by_another_key_is_removed(run):
    def interrupted(folder):
        (folder / "part").write_text("1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.make(stage(), interrupted)

    def fresh(folder):
        assert list(folder.iterdir()) == []
        return writer()(folder)

    run.make(stage(version=2), fresh)


def test_a_stage_that_does_not_write_what_it_promised_fails(run):
    with pytest.raises(RunError, match=r"did not write out\.txt"):
        run.make(stage(), lambda folder: {})


def test_the_manifest_holds_what_repeats_and_the_log_what_does_not(run):
    run.make(stage(), writer("abc"))
    recorded = read_manifest(run.folder)["stages"]["double"]
    assert recorded["facts"] == {"length": 3}
    assert recorded["outputs"] == {"out.txt": file_digest(run.path("out.txt"))}
    assert "seconds" not in recorded
    assert read_log(run.folder)[0]["made"] is True
    assert read_log(run.folder)[0]["seconds"] >= 0


def test_a_second_process_is_refused_while_the_first_holds_the_folder(run):
    code = (
        "import sys; from pathlib import Path; from taxonomy.run import open_run\n"
        "from taxonomy.settings import Settings\n"
        "with open_run(Path(sys.argv[1]), Settings()): pass"
    )
    second = subprocess.run(
        [sys.executable, "-c", code, str(run.folder)], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "is in use by another process; wait for it to end" in second.stderr


def test_the_folder_is_free_again_when_its_holder_was_killed(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from taxonomy.run import open_run\n"
        "from taxonomy.settings import Settings\n"
        "with open_run(Path(sys.argv[1]), Settings()): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
    assert killed.returncode == -9
    with open_run(tmp_path / "run", Settings()) as run:
        assert run.make(stage(), writer())


WRITERS = {
    "plain text": "lambda folder: (folder / 'out.txt').write_text('x' * 100_000) and {}",
    "an array": "lambda folder: write_array(folder / 'out.txt', [np.ones((300, 99))], (300, 99))",
    "a table": "lambda folder: pl.DataFrame({'a': np.random.default_rng(0).random(9_999)})"
    ".write_parquet(folder / 'out.txt')",
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_full_disk_is_one_clear_error_and_keeps_what_was_finished(tmp_path, writer):
    # A limit on the size of files fails a write as a full disk does.
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "import numpy as np, polars as pl\n"
        "from taxonomy.run import Stage, open_run, write_array\n"
        "from taxonomy.settings import Settings\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with open_run(Path(sys.argv[1]), Settings()) as run:\n"
        "    run.make(Stage('s', 1, {}, {}, ('out.txt',)), "
        "lambda folder: (folder / 'out.txt').write_text('small') and {})\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        f"    run.make(Stage('s', 2, {{}}, {{}}, ('out.txt',)), {writer})\n"
    )
    folder = tmp_path / "run"
    failed = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False
    )
    assert "RunError: the disk that holds" in failed.stderr
    assert "run the same command again" in failed.stderr
    assert (folder / "out.txt").read_text() == "small"
    assert stage_state(folder, read_manifest(folder)["stages"], "s") == "finished"


def test_a_manifest_that_is_not_json_is_named(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match=r"cannot read .*manifest\.json"):
        read_manifest(tmp_path)


def test_a_log_line_cut_off_by_a_crash_is_passed_over(run):
    run.log(stage="a", made=True, seconds=1)
    with (run.folder / "log.jsonl").open("a") as log:
        log.write('{"stage": "b", "ma')
    assert [line["stage"] for line in read_log(run.folder)] == ["a"]


def test_states_follow_the_inputs(run):
    run.make(stage("first"), writer("1"))
    second = stage("second", inputs={"out.txt": run.digest("out.txt")}, outputs=("two.txt",))
    run.make(second, lambda folder: (folder / "two.txt").write_text("2") and {})
    stages = run.manifest["stages"]
    assert stage_state(run.folder, stages, "second") == "finished"
    assert stage_state(run.folder, stages, "third") == "missing"
    run.make(stage("first", version=2), writer("other"))
    assert stage_state(run.folder, stages, "second") == "stale"
    os.truncate(run.path("two.txt"), 0)
    assert stage_state(run.folder, stages, "second") == "damaged"
