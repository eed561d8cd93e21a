from __future__ import annotations

import json
import multiprocessing
import signal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from taxonomy.errors import ConversationError, SettingsError, TooLittleDataError
from taxonomy.pipeline import STAGES, build
from taxonomy.run import file_digest, read_log, stage_states
from taxonomy.settings import Settings

TESTS = Path(__file__).parent

# Runs the build, and kills its own process with no warning at the point that it is given.
KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from conftest import SMALL, HashingEncoder
from taxonomy import run as runs
from taxonomy.pipeline import build
from taxonomy.settings import Settings

corpus, folder, stage, moment = sys.argv[2:6]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)

class Encoder(HashingEncoder):
    calls = 0
    def encode(self, texts):
        self.calls += 1
        if moment == "second shard" and self.calls == 2:
            die()
        return super().encode(texts)

adopt, write_json = runs.Run._adopt, runs.write_json
def dying_adopt(self, made, work, facts):
    if made.name == stage and moment == "before moving":
        die()
    if made.name == stage and moment == "before recording":
        runs.write_json = lambda *given: die()
    adopt(self, made, work, facts)
runs.Run._adopt = dying_adopt
settings = Settings.load(None, [*SMALL, "embedding.shard_size=100"])
build([corpus], folder, settings, encoder=Encoder())
"""


# A process that has imported everything, of which each build is a fork: so a start costs little.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["pytest", "taxonomy.pipeline", "umap"])


def killed_build(corpus, folder, stage, moment):
    """The exit code of a build in a process of its own; minus the signal that killed it."""
    argv = ["", str(TESTS), str(corpus), str(folder), stage, moment]
    process = FORKS.Process(target=exec, args=(f"import sys; sys.argv = {argv!r}\n{KILLED}", {}))
    process.start()
    process.join()
    return process.exitcode


def contents(folder):
    """File -> digest, without what is about time."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    names = {str(file.relative_to(folder)): file_digest(file) for file in files}
    return {name: digest for name, digest in names.items() if name not in {"log.jsonl", ".lock"}}


def test_a_run_that_was_killed_again_and_again_ends_with_the_same_bytes(tmp_path, small_corpus):
    folder = tmp_path / "killed"
    points = [
        ("conversations", "before recording"),
        ("facets", "before moving"),
        ("embeddings", "second shard"),
        ("clusters", "before recording"),
        ("hierarchy", "before moving"),
    ]
    for stage, moment in points:
        assert killed_build(small_corpus, folder, stage, moment) == -signal.SIGKILL
    made = {line["stage"] for line in read_log(folder) if line["made"]}
    assert "measures" not in made
    assert killed_build(small_corpus, folder, "", "never") == 0
    assert killed_build(small_corpus, tmp_path / "whole", "", "never") == 0
    assert contents(folder) == contents(tmp_path / "whole")


def test_a_finished_run_makes_nothing_again(small_run, small_corpus, small_settings, tmp_path):
    class Forbidden:
        name, identity = "hashing", "hashing@1"

        def encode(self, texts):
            raise AssertionError("a kept stage was made again")

    before = len(read_log(small_run))
    build([small_corpus], small_run, small_settings, encoder=Forbidden())
    after = read_log(small_run)[before:]
    assert [line["made"] for line in after] == [False] * len(STAGES)


def test_another_number_of_clusters_keeps_what_comes_before(
    tmp_path, small_corpus, small_settings, hashing_encoder
):
    build([small_corpus], tmp_path / "run", small_settings, encoder=hashing_encoder)
    other = Settings.load(None, ["cluster.n_clusters=9", "privacy.min_conversations=5"])
    before = len(read_log(tmp_path / "run"))
    build([small_corpus], tmp_path / "run", other, encoder=hashing_encoder)
    made = {line["stage"]: line["made"] for line in read_log(tmp_path / "run")[before:]}
    assert [name for name, was_made in made.items() if not was_made] == [
        "conversations",
        "facets",
        "embeddings",
    ]


def test_rows_stay_aligned_from_facets_to_clusters(small_run, hashing_encoder):
    facets = pl.read_parquet(small_run / "facets.parquet").filter(pl.col("status") == "ok")
    clusters = pl.read_parquet(small_run / "clusters.parquet")
    vectors = np.load(small_run / "embeddings.npy")
    assert facets["conversation_id"].to_list() == clusters["conversation_id"].to_list()
    assert len(vectors) == facets.height
    np.testing.assert_allclose(
        vectors[:5], hashing_encoder.encode(facets["request"].head(5).to_list()), atol=1e-6
    )


def test_every_conversation_is_accounted_for(small_run):
    facts = json.loads((small_run / "manifest.json").read_text())["stages"]["measures"]["facts"]
    parts = ["without_request", "unassigned", "in_suppressed_clusters", "in_published_clusters"]
    n = pl.read_parquet(small_run / "conversations.parquet", columns=["user_id"]).height
    assert sum(facts[part] for part in parts) == facts["conversations"] == n


def test_until_stops_after_that_stage(tmp_path, small_corpus):
    folder = build([small_corpus], tmp_path / "run", until="facets")
    states = {state["stage"]: state["state"] for state in stage_states(folder, STAGES)}
    assert states["facets"] == "finished"
    assert states["embeddings"] == "missing"


def test_an_unknown_stage_is_named(tmp_path, small_corpus):
    with pytest.raises(SettingsError, match="no stage 'facet'; the stages are conversations, "):
        build([small_corpus], tmp_path / "run", until="facet")


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(ConversationError, match=r"nowhere\.jsonl"):
        build([tmp_path / "nowhere.jsonl"], tmp_path / "run")


def test_too_few_conversations_are_one_clear_error(tmp_path, write_jsonl, hashing_encoder):
    rows = [{"conversation_id": "1", "messages": [{"role": "user", "content": "Plan a trip"}]}]
    with pytest.raises(TooLittleDataError, match="1 conversations have a request, expected at"):
        build([write_jsonl(rows)], tmp_path / "run", encoder=hashing_encoder)


def test_input_that_is_mostly_bad_stops_the_run_before_anything_is_recorded(tmp_path, write_jsonl):
    rows = [{"conversation_id": str(n), "messages": []} for n in range(20)]
    with pytest.raises(ConversationError):
        build([write_jsonl(rows)], tmp_path / "run")
    assert not (tmp_path / "run" / "conversations.parquet").exists()
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_the_hdbscan_arm_keeps_the_unassigned_apart(tmp_path, small_corpus, hashing_encoder):
    overrides = ["cluster.method=hdbscan", "cluster.n_clusters=10", "privacy.min_conversations=2"]
    settings = Settings.load(None, [*overrides, "privacy.min_users=2"])
    run = build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder)
    facts = json.loads((run / "manifest.json").read_text())["stages"]
    clusters = pl.read_parquet(run / "clusters.parquet")
    assert facts["clusters"]["facts"]["n_unassigned"] == (clusters["cluster"] < 0).sum()
    assert facts["measures"]["facts"]["unassigned"] == (clusters["cluster"] < 0).sum()
    assert (run / "measures.parquet").exists()
