from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from taxonomy.explorer.matches import matches_of


def links_of(release, code, level):
    """Text -> weight of a node's matches at a level."""
    onet = matches_of(release)
    place = release.taxonomy.nodes.sort("code")["code"].to_list().index(code)
    link = onet["links"][place]
    objects = [onet["objects"][i] for i in link["o"]]
    at = onet["levels"].index(level)
    return {
        text: weight
        for (where, _, text), weight in zip(objects, link["w"], strict=True)
        if where == at
    }


def test_a_cluster_has_its_matches_heaviest_first_with_the_titles_of_groups(toy_release):
    groups = links_of(toy_release, "01.01.02", "major")
    assert [*groups.items()] == [
        ("Educational Instruction and Library", 0.6),
        ("Arts, Design, Entertainment, Sports, and Media", 0.4),
    ]


def test_a_parent_has_the_mean_of_its_clusters_by_their_shares(toy_release):
    # 0.45 and 0.15 of the conversations: three parts and one part.
    groups = links_of(toy_release, "01.01", "major")
    arts, education = [*groups]
    assert groups[arts] == pytest.approx(0.75 * 0.8 + 0.25 * 0.4)
    assert groups[education] == pytest.approx(0.25 * 0.6)
    assert links_of(toy_release, "01", "major") == groups


def test_a_cluster_without_a_match_counts_with_weight_0(toy_release):
    # 02.01.01 has no task, and 0.3 of the 0.4; 02.02.01 has 0.7 on none, which is no object.
    assert links_of(toy_release, "01", "task") == {"Write letters.": pytest.approx(0.75 * 0.6)}
    assert links_of(toy_release, "02", "task") == {}


def test_what_fits_nothing_is_told_apart_from_what_is_unplaced(toy_release):
    codes = toy_release.taxonomy.nodes["code"].to_list()
    links = matches_of(toy_release)["links"]
    assert links[codes.index("02.02.01")]["none"] == 0.7
    assert links[codes.index("02")]["none"] == pytest.approx(0.25 * 0.7)
    assert "none" not in links[codes.index("01")]


def test_relation_and_confidence_are_the_clusters_only(toy_release):
    codes = toy_release.taxonomy.nodes["code"].to_list()
    onet = matches_of(toy_release)
    cluster, parent = (onet["links"][codes.index(code)] for code in ("01.01.01", "01.01"))
    assert [onet["relations"][i] for i in cluster["r"]] == ["close", "close"]
    assert cluster["c"] == [0.5, 0.5]
    assert "r" not in parent


def test_matches_of_suppressed_clusters_are_left_out(toy_release):
    more = toy_release.crosswalk.head(1).with_columns(node_id=pl.lit("n020202"))
    release = replace(toy_release, crosswalk=pl.concat([toy_release.crosswalk, more]))
    codes = toy_release.taxonomy.nodes["code"].to_list()
    assert matches_of(release)["links"][codes.index("02.02.02")] is None


def test_a_parent_lists_ten_objects_a_level(toy_release):
    many = pl.concat(
        toy_release.crosswalk.head(1).with_columns(
            object_id=pl.lit(f"task {i:02}"), object=pl.lit(f"Task {i:02}"), weight=pl.lit(i / 100)
        )
        for i in range(1, 13)
    )
    found = links_of(replace(toy_release, crosswalk=many), "01", "task")
    assert [*found] == [f"Task {i:02}" for i in range(12, 2, -1)]


def test_a_table_with_one_task_a_cluster_gives_parents_the_part_of_each_task(toy_release):
    tasks = pl.DataFrame({"node_id": ["n010101", "n010102"], "onet_task": ["Write.", "Read."]})
    release = replace(toy_release, crosswalk=None, onet_version=None, onet_tasks=tasks)
    onet = matches_of(release)
    assert onet["single"] is True
    assert links_of(release, "01", "task") == {"Write.": 0.75, "Read.": 0.25}


def test_a_release_without_matches_has_none(toy_release):
    assert matches_of(replace(toy_release, crosswalk=None, onet_tasks=None)) is None
