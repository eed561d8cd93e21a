from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from taxonomy.errors import OnetError, ReleaseError
from taxonomy.mapping import compare_with_onet, map_clusters, map_conversations, write_crosswalk
from taxonomy.onet.sssom import SSSOM_FILE
from taxonomy.release.write import write_release

MARK = "ZQXSECRET"


@pytest.fixture
def beside(source, hashing_encoder):
    """The comparison of a path, and what was said."""

    def compare(path, **changes):
        said = []
        given = {"source": source, "encoder": hashing_encoder, "say": said.append} | changes
        return compare_with_onet(path, given.pop("source"), **given), said

    return compare


@pytest.fixture
def other(source):
    """The same O*NET under another version."""
    facts = {"version": "9.9"}
    return replace(source, onet=replace(source.onet, version="9.9", facts=facts))


def test_a_run_without_a_crosswalk_is_compared_by_retrieval_and_says_so(run, beside):
    comparison, said = beside(run)
    assert said == ["no crosswalk to this O*NET version yet: made by retrieval, without Claude"]
    assert comparison.facts["crosswalk_routes"] == ["offline"]
    assert comparison.facts["clusters"] == 3
    assert comparison.agreement.is_empty()
    assert not (run / SSSOM_FILE).exists()


def test_the_crosswalk_of_the_run_or_of_its_release_is_used_where_it_is_of_this_version(
    run, beside, source, other, serve, asking, hashing_encoder, tmp_path
):
    map_clusters(run, source, asking=asking(serve()), encoder=hashing_encoder)
    write_release(run, tmp_path / "release", version="v")
    for path in (run, tmp_path / "release"):
        comparison, said = beside(path)
        assert (comparison.facts["crosswalk_routes"], said) == (["claude"], [])
        comparison, said = beside(path, source=other)
        assert (comparison.facts["crosswalk_routes"], len(said)) == (["offline"], 1)
    # The wide table alone has no crosswalk beside it.
    _, said = beside(tmp_path / "release" / "clusters_wide.tsv")
    assert len(said) == 1


def test_a_crosswalk_that_was_put_beside_a_release_is_used(
    run, beside, source, asking, serve, hashing_encoder, tmp_path
):
    release = tmp_path / "release"
    write_release(run, release, version="v")
    given = {"asking": asking(serve()), "encoder": hashing_encoder}
    write_crosswalk(release, source, release / SSSOM_FILE, **given)
    for _ in ("with its manifest", "with one that says nothing of it"):
        comparison, said = beside(release)
        assert (comparison.facts["crosswalk_routes"], said) == (["claude"], [])
        (release / "manifest.json").write_text('{"version": "v"}')


def test_a_run_with_tasks_is_compared_by_conversation(run, beside, source, hashing_encoder):
    map_conversations(run, source, encoder=hashing_encoder)
    comparison, _ = beside(run)
    pairs = comparison.agreement
    # 20 + 16 conversations of published clusters have a task; the 17 about rain have none.
    assert set(pairs["n"]) == {36}
    fine = pairs.filter((pl.col("level_a") == "0") & (pl.col("level_b") == "task"))
    assert fine["ami"].to_list() == pytest.approx([1.0])


def test_tasks_of_another_version_of_onet_are_not_taken_for_this_one(
    run, beside, source, other, hashing_encoder
):
    map_conversations(run, source, encoder=hashing_encoder)
    comparison, _ = beside(run, source=other)
    assert comparison.agreement.is_empty()


def test_nothing_of_a_conversation_or_user_is_in_what_is_written(
    run, beside, source, hashing_encoder, tmp_path
):
    map_conversations(run, source, encoder=hashing_encoder)
    comparison, _ = beside(run)
    comparison.write(tmp_path / "out")
    files = list((tmp_path / "out").iterdir())
    assert {"comparison.csv", "index.html"} <= {file.name for file in files}
    assert not [file for file in files if MARK.encode() in file.read_bytes()]


def test_what_holds_no_taxonomy_is_one_clear_error(beside, tmp_path):
    with pytest.raises(ReleaseError, match="holds no taxonomy"):
        beside(tmp_path / "nowhere")


def test_a_run_without_a_published_cluster_is_one_clear_error(run, beside, unpublished):
    with pytest.raises(OnetError, match="no published cluster to compare"):
        beside(unpublished(run))


def test_a_file_is_not_written_over_by_a_comparison(run, beside, tmp_path):
    comparison, _ = beside(run)
    (tmp_path / "thesis.tex").write_text("five years of work")
    with pytest.raises(OnetError, match="is a file; give an empty or new folder"):
        comparison.write(tmp_path / "thesis.tex")
    assert (tmp_path / "thesis.tex").read_text() == "five years of work"
