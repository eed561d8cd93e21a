from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

from taxonomy import Release, Taxonomy
from taxonomy.errors import ReleaseError
from taxonomy.pipeline import build
from taxonomy.release.write import write_release
from taxonomy.settings import Settings


@pytest.fixture(scope="module")
def folder(small_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("releases") / "v1"
    write_release(small_run, out, version="v1")
    return out


def test_a_release_is_read_with_its_map_and_its_facts(folder):
    release = Release.load(folder)
    assert release.version == "v1"
    assert release.facts["counts"]["in_published_clusters"] > 500
    assert release.places.columns == ["node_id", "level", "x", "y"]
    assert release.crosswalk is None
    assert release.onet_tasks is None
    assert repr(release) == f"Release('v1', {Taxonomy.load(folder)!r})"


def test_a_run_is_read_as_what_would_be_released_of_it(small_run, folder):
    unreleased, release = Release.load(small_run), Release.load(folder)
    assert unreleased.version == "unreleased"
    assert unreleased.taxonomy.table.equals(release.taxonomy.table)
    assert unreleased.places.equals(release.places)
    assert unreleased.facts | {"version": "v1"} == release.facts
    assert "top_user_share" not in unreleased.taxonomy.measures["measure"].unique()


def test_a_run_read_names_nothing_that_is_under_the_floors(tmp_path, small_corpus, hashing_encoder):
    settings = Settings.load(None, ["cluster.n_clusters=30"])
    run = build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder)
    hidden = Release.load(run).taxonomy.nodes.filter(pl.col("status") == "suppressed")
    assert hidden.height > 0
    assert hidden["name"].count() == hidden["description"].count() == 0


def test_a_wide_table_brings_the_one_task_of_each_cluster(folder, tmp_path):
    wide = (folder / "clusters_wide.tsv").read_text(encoding="utf-8").split("\n")
    place = wide[0].split("\t").index("onet_task")
    cells = wide[1].split("\t")
    cells[place] = "Mend the first thing."
    table = tmp_path / "table.tsv"
    table.write_text("\n".join([wide[0], "\t".join(cells), *wide[2:]]), encoding="utf-8")
    release = Release.load(table)
    assert release.version == "table.tsv"
    assert release.places is None
    tasks = release.onet_tasks.drop_nulls()
    assert tasks["onet_task"].to_list() == ["Mend the first thing."]
    assert release.taxonomy.node(tasks["node_id"][0])["name"] == cells[0]


def test_a_map_that_was_changed_since_is_an_error_that_says_what_to_do(small_run, tmp_path):
    run = shutil.copytree(small_run, tmp_path / "run")
    (run / "map.parquet").write_bytes(b"something else")
    with pytest.raises(ReleaseError, match=r"the map in .* is damaged: .* make it again"):
        Release.load(run)


def test_a_damaged_map_of_a_release_is_an_error(folder, tmp_path):
    release = shutil.copytree(folder, tmp_path / "release")
    (release / "map.parquet").write_bytes(b"no table")
    with pytest.raises(ReleaseError, match="cannot read the map"):
        Release.load(release)


def test_a_release_is_not_released_again(folder, tmp_path):
    with pytest.raises(ReleaseError, match="is no run but a release"):
        write_release(folder, tmp_path / "again", version="v2")


def test_a_release_without_a_map_can_be_read(folder, tmp_path):
    release = shutil.copytree(folder, tmp_path / "release")
    (release / "map.parquet").unlink()
    assert Release.load(release).places is None
    assert json.loads((release / "manifest.json").read_text())["map"]["placed"]


def test_names_and_numbers_that_were_not_made_of_one_another_are_refused(small_run, tmp_path):
    run = shutil.copytree(small_run, tmp_path / "run")
    manifest = json.loads((run / "manifest.json").read_text())
    made_again = {"nodes.parquet": "0" * 64}
    manifest["stages"]["measures"]["inputs"] |= made_again
    (run / "manifest.json").write_text(json.dumps(manifest))
    for load in (Release.load, Taxonomy.load):
        with pytest.raises(ReleaseError, match=r"the stage measures of .* is stale.*build command"):
            load(run)
    with (run / "nodes.parquet").open("ab") as nodes:
        nodes.write(b"x")
    with pytest.raises(ReleaseError):
        Release.load(run)


@pytest.mark.parametrize("manifest", ["{}", "[]", '{"format": 1}'])
def test_a_manifest_of_something_else_is_an_error(folder, tmp_path, manifest):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "manifest.json").write_text(manifest)
    with pytest.raises(ReleaseError, match="neither of a run nor of a release"):
        Release.load(copy)


def test_a_release_shows_itself_as_its_taxonomy_does_under_its_own_name(folder):
    release = Release.load(folder)
    shown, tree = release._repr_html_(), release.taxonomy._repr_html_()
    assert "Release(&#x27;v1&#x27;, Taxonomy(" in shown
    assert shown.split("</strong>")[1] == tree.split("</strong>")[1]
