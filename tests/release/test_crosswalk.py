"""The release of a run whose clusters are mapped to O*NET."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from taxonomy.errors import ReleaseError
from taxonomy.mapping import OnetSource, map_clusters, map_conversations
from taxonomy.onet.crosswalk import best_tasks
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.pipeline import build
from taxonomy.release.check import check_release
from taxonomy.release.wide import read_wide
from taxonomy.release.write import write_release
from taxonomy.settings import Settings
from taxonomy.tree import Taxonomy

spec = importlib.util.spec_from_file_location(
    "release_onet_asking", Path(__file__).parents[1] / "onet" / "asking.py"
)
onet_helpers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(onet_helpers)


def errors(path):
    return [finding.text for finding in check_release(path) if finding.kind == "error"]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return OnetSource(onet_helpers.small_onet(), tmp_path_factory.mktemp("onet"))


@pytest.fixture(scope="module")
def mapped(small_corpus, hashing_encoder, source, tmp_path_factory):
    """A run with tasks and a crosswalk, of which some clusters are below the floors."""
    settings = Settings.load(None, ["cluster.n_clusters=30"])
    folder = tmp_path_factory.mktemp("mapped") / "run"
    run = build([small_corpus], folder, settings, encoder=hashing_encoder)
    map_conversations(run, source, encoder=hashing_encoder)
    map_clusters(run, source, encoder=hashing_encoder)
    return run


@pytest.fixture
def with_crosswalk(mapped, tmp_path):
    write_release(mapped, tmp_path / "crossed", version="v")
    return tmp_path / "crossed"


def test_a_release_of_a_run_with_a_crosswalk_publishes_it_and_passes(mapped, with_crosswalk):
    assert (with_crosswalk / SSSOM_FILE).read_bytes() == (mapped / SSSOM_FILE).read_bytes()
    assert f"  {SSSOM_FILE}\n" in (with_crosswalk / "SHA256SUMS").read_text()
    assert errors(with_crosswalk) == []


def test_onet_task_is_the_best_task_of_the_crosswalk_in_the_order_of_the_codes(with_crosswalk):
    wide = read_wide(with_crosswalk / "clusters_wide.tsv")
    best = dict(best_tasks(read_sssom(with_crosswalk / SSSOM_FILE)[0]).iter_rows())
    order = Taxonomy.load(with_crosswalk).level(0)["node_id"]
    assert wide["onet_task"].to_list() == [best[node] for node in order]
    statements = set(onet_helpers.small_onet().tasks["task"])
    assert wide["onet_task"].count() > 0
    assert set(wide["onet_task"].drop_nulls()) <= statements


def test_no_suppressed_cluster_is_in_the_crosswalk(mapped, with_crosswalk):
    published = set(Taxonomy.load(with_crosswalk).level(0)["node_id"])
    crosswalk, _ = read_sssom(with_crosswalk / SSSOM_FILE)
    assert set(crosswalk["node_id"]) == published
    hidden = set(pl.read_parquet(mapped / "nodes.parquet")["node_id"]) - set(
        Taxonomy.load(mapped).table["node_id"]
    )
    text = (with_crosswalk / SSSOM_FILE).read_text(encoding="utf-8")
    assert hidden
    assert not [node for node in hidden if node in text]


def test_the_card_and_the_manifest_tell_of_the_crosswalk_and_of_no_conversation(
    mapped, with_crosswalk
):
    card = (with_crosswalk / "README.md").read_text(encoding="utf-8")
    assert f"| `{SSSOM_FILE}` | each cluster's matches in O*NET 0.1" in card
    assert "by retrieval" in card
    manifest = json.loads((with_crosswalk / "manifest.json").read_text())
    assert manifest["crosswalk"]["onet"] == "0.1"
    assert {"tasks", "crosswalk"} & set(manifest["stage_keys"]) == {"crosswalk"}
    ids = pl.read_parquet(mapped / "facets.parquet")["conversation_id"].head(100)
    text = b"".join(file.read_bytes() for file in with_crosswalk.iterdir())
    assert not [name for name in ids if name.encode() in text]


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda text: text[:-9], "its last line is cut short"),
        (lambda text: text.replace("skos:", "owl:"), "predicate_id is none of"),
        (lambda text: text.replace("object_label", "label"), "cannot read"),
        (lambda text: "\n".join(text.split("\n")[:40]) + "\n", "is not of the published clusters"),
    ],
    ids=["cut short", "another predicate", "a renamed column", "clusters missing"],
)
def test_a_spoiled_crosswalk_is_an_error_of_the_check(with_crosswalk, spoil, found):
    file = with_crosswalk / SSSOM_FILE
    file.write_text(spoil(file.read_text(encoding="utf-8")), encoding="utf-8")
    told = errors(with_crosswalk)
    assert f"{SSSOM_FILE} is not what SHA256SUMS lists: it was changed or damaged" in told
    assert any(found in text for text in told)


def test_a_crosswalk_of_clusters_that_were_made_again_is_not_published(
    mapped, small_corpus, source, hashing_encoder, tmp_path
):
    run = shutil.copytree(mapped, tmp_path / "run")
    settings = Settings.load(None, ["cluster.n_clusters=20"])
    build([small_corpus], run, settings, encoder=hashing_encoder)
    with pytest.raises(ReleaseError, match=r"crosswalk .* is stale.*taxonomy onet crosswalk"):
        write_release(run, tmp_path / "out", version="v")
    assert not (tmp_path / "out").exists()
    map_clusters(run, source, encoder=hashing_encoder)
    write_release(run, tmp_path / "out", version="v")
    assert errors(tmp_path / "out") == []


def test_a_damaged_crosswalk_is_not_published(mapped, tmp_path):
    run = shutil.copytree(mapped, tmp_path / "run")
    with (run / SSSOM_FILE).open("a") as stream:
        stream.write("x")
    with pytest.raises(ReleaseError, match=r"crosswalk .* is damaged"):
        write_release(run, tmp_path / "out", version="v")
