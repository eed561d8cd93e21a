from __future__ import annotations

import shutil
from dataclasses import replace

import polars as pl
import pytest

from taxonomy.claude.fake import FakeClaude, Rule
from taxonomy.errors import BudgetError, ClaudeError, OnetError, ReleaseError, RunError
from taxonomy.mapping import map_clusters, write_crosswalk
from taxonomy.onet.crosswalk import CROSSWALK, REMAINDER, best_tasks
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.release.write import write_release
from taxonomy.run import file_digest, read_log, read_manifest
from taxonomy.tree import Taxonomy

MARK = "ZQXSECRET"
FILES = ("crosswalk.parquet", SSSOM_FILE)
# Five clusters, of which three are above the floors of 10 conversations and 5 users.
N_PUBLISHED = 3
SHUFFLES = 5


@pytest.fixture
def cross(run, source, hashing_encoder):
    def by(asking=None):
        return map_clusters(run, source, asking=asking, encoder=hashing_encoder)

    return by


def facts_of(run):
    return read_manifest(run)["stages"]["crosswalk"]["facts"]


def last_made(run):
    return [
        line["made"] for line in read_log(run) if line["stage"] == "crosswalk" and "made" in line
    ]


def cluster_of(run, words):
    table = Taxonomy.load(run).level(0).filter(pl.col("name").str.contains(words))
    return table["node_id"].item()


def test_each_published_cluster_is_mapped_and_no_suppressed_one(run, cross):
    crosswalk = cross()
    assert crosswalk.schema == CROSSWALK
    published = Taxonomy.load(run).level(0)["node_id"]
    assert pl.read_parquet(run / "nodes.parquet").filter(pl.col("level") == 0).height == 5
    assert len(published) == N_PUBLISHED
    assert set(crosswalk["node_id"]) == set(published)
    hidden = set(pl.read_parquet(run / "nodes.parquet")["node_id"]) - set(
        Taxonomy.load(run).table["node_id"]
    )
    text = (run / SSSOM_FILE).read_text(encoding="utf-8")
    assert hidden
    assert not [node for node in hidden if node in text]
    assert facts_of(run)["clusters"] == N_PUBLISHED


def test_weights_of_a_cluster_and_level_add_up_to_1(cross):
    sums = cross().group_by("node_id", "object_level").agg(pl.col("weight").sum())
    assert sums.height == N_PUBLISHED * 5
    assert sums["weight"].to_list() == pytest.approx([1.0] * sums.height)


def test_the_file_that_is_published_reads_back_as_the_crosswalk(run, cross):
    crosswalk = cross()
    known, version = read_sssom(run / SSSOM_FILE)
    assert version == "0.1"
    assert best_tasks(known).equals(best_tasks(crosswalk))
    columns = ["node_id", "object_level", "object_id", "relation", "route"]
    placed = ~pl.col("object_id").is_in(REMAINDER)
    assert known.filter(placed).select(columns).equals(crosswalk.filter(placed).select(columns))


def test_it_is_kept_while_the_clusters_are_and_made_again_by_claude(run, cross, serve, asking):
    first = cross()
    assert cross().equals(first)
    assert last_made(run) == [True, False]
    cross(asking(serve()))
    assert last_made(run) == [True, False, True]
    assert (facts_of(run)["maker"], facts_of(run)["prior"]) == ("claude-sonnet-5-5", False)


@pytest.mark.parametrize("mode", ["direct", "batches"])
def test_claude_votes_end_to_end_over_http_and_is_asked_once(run, cross, serve, asking, mode):
    server, shuffles = serve(), f"onet.shuffles={SHUFFLES}"
    crosswalk = cross(asking(server, shuffles, mode=mode))
    assert bool(server.custom_ids) == (mode == "batches")
    assert sum(server.bills.values()) == N_PUBLISHED * SHUFFLES
    assert set(crosswalk["route"]) == {"claude"}
    best = dict(best_tasks(crosswalk).iter_rows())
    assert best[cluster_of(run, "parser")].startswith("Program parser of the bank")
    assert best[cluster_of(run, "meadows")] is None
    n_asked = len(server.log)
    assert cross(asking(server, shuffles, mode=mode)).equals(crosswalk)
    (run / SSSOM_FILE).unlink()
    assert cross(asking(server, shuffles, mode=mode)).equals(crosswalk)
    assert len(server.log) == n_asked
    assert last_made(run) == [True, False, True]


def test_direct_calls_batches_and_a_replay_without_a_key_give_the_same_bytes(
    built, run, cross, asking, source, hashing_encoder, tmp_path
):
    digests, shuffles = [], f"onet.shuffles={SHUFFLES}"
    for mode in ("direct", "batches", "replay"):
        with FakeClaude() as server:
            given = asking(None if mode == "replay" else server, shuffles)
            if mode == "batches":
                given = replace(asking(server, shuffles, mode=mode), ledger=tmp_path / "b.sqlite")
            again = shutil.copytree(built, tmp_path / mode)
            map_clusters(again, source, asking=given, encoder=hashing_encoder)
        digests.append([file_digest(again / name) for name in (*FILES, "manifest.json")])
    assert digests[0] == digests[1] == digests[2]


@pytest.mark.parametrize("fault", ["refusal_empty", "wrong_choice"])
def test_without_any_usable_answer_nothing_is_mapped_and_nobody_is_asked_again(
    run, cross, serve, asking, fault
):
    offline = cross()
    server = serve(Rule(fault=fault, always=True))
    given = asking(server, "claude.max_failed_share=1.0")
    for _ in range(2):
        with pytest.raises(ClaudeError, match="no answer about any of the 3 clusters"):
            cross(given)
    n_asked = len(server.log)
    with pytest.raises(ClaudeError):
        cross(given)
    assert len(server.log) == n_asked
    # What the run had is still there.
    assert pl.read_parquet(run / "crosswalk.parquet").equals(offline)
    assert facts_of(run)["maker"] == "offline"


def test_votes_that_are_lacking_are_asked_for_by_the_next_call(run, cross, serve, asking):
    bad = serve(Rule(fault="errored_invalid", share=0.5, always=True))
    given = ("claude.max_failed_share=1.0", f"onet.shuffles={SHUFFLES}")
    cross(asking(bad, *given, mode="batches"))
    n_answered = sum(bad.bills.values())
    assert 0 < n_answered < N_PUBLISHED * SHUFFLES
    # A cluster whose other votes came has an answer, and still lacks one.
    assert facts_of(run)["unanswered"] > 0
    good = serve()
    cross(asking(good, *given))
    assert sum(good.bills.values()) == N_PUBLISHED * SHUFFLES - n_answered
    assert (facts_of(run)["unanswered"], facts_of(run)["flags"]) == (0, {})


def test_a_budget_that_is_used_up_leaves_the_run_as_it_was(run, cross, serve, asking):
    cross()
    before = {name: file_digest(run / name) for name in (*FILES, "manifest.json")}
    server = serve()
    with pytest.raises(BudgetError, match="larger --budget"):
        cross(asking(server, budget=0.00001))
    assert {name: file_digest(run / name) for name in before} == before
    cross(asking(server, budget=1.0))
    assert set(server.bills.values()) == {1}


def test_a_run_whose_measures_are_missing_or_stale_says_so(run, cross):
    (run / "measures.parquet").unlink()
    with pytest.raises(RunError, match=r"the stage measures .* is damaged.*taxonomy build"):
        cross()
    assert "crosswalk" not in read_manifest(run)["stages"]
    assert not (run / SSSOM_FILE).exists()


def test_a_release_and_its_wide_table_get_the_crosswalk_of_the_run(
    run, cross, source, asking, serve, hashing_encoder, tmp_path
):
    server = serve()
    own = cross(asking(server))
    write_release(run, tmp_path / "release", version="v")
    (tmp_path / "release" / SSSOM_FILE).unlink()
    given = {"asking": asking(server), "encoder": hashing_encoder}
    for path in (tmp_path / "release", tmp_path / "release" / "clusters_wide.tsv"):
        out = tmp_path / "new" / f"{path.name}.tsv"
        crosswalk = write_crosswalk(path, source, out, **given)
        assert crosswalk.equals(own)
        assert out.read_bytes() == (run / SSSOM_FILE).read_bytes()
    assert set(server.bills.values()) == {1}


def test_what_is_no_taxonomy_or_no_file_to_write_is_an_error_before_anybody_is_asked(
    run, source, asking, serve, hashing_encoder, tmp_path
):
    server = serve()
    given = {"asking": asking(server), "encoder": hashing_encoder}
    with pytest.raises(ReleaseError, match="holds no taxonomy"):
        write_crosswalk(tmp_path / "nowhere", source, tmp_path / "x.tsv", **given)
    with pytest.raises(OnetError, match="is a folder; give the file"):
        write_crosswalk(run, source, tmp_path, **given)
    assert not (tmp_path / "x.tsv").exists()
    assert server.log == []


def test_a_budget_that_is_used_up_writes_no_file(
    run, source, asking, serve, hashing_encoder, tmp_path
):
    given = asking(serve(), budget=0.00001)
    with pytest.raises(BudgetError):
        write_crosswalk(run, source, tmp_path / "x.tsv", asking=given, encoder=hashing_encoder)
    assert not (tmp_path / "x.tsv").exists()


def test_nothing_of_a_conversation_or_user_is_in_the_crosswalk(run, cross, serve, asking):
    cross(asking(serve()))
    for name in FILES:
        assert MARK.encode() not in (run / name).read_bytes()
    # Nothing but names, descriptions and O*NET's own words: no table of the run has them.
    texts = set(pl.read_parquet(run / "facets.parquet")["request"])
    published = (run / SSSOM_FILE).read_text(encoding="utf-8")
    assert not [text for text in texts if text in published]
