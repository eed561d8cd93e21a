from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.hierarchy import NODES, build_hierarchy
from taxonomy.naming import description_faults, draft_faults, name_clusters
from taxonomy.settings import HierarchySettings, NamingSettings

NAMING = NamingSettings(min_users=3)
ANIMALS = ["cat", "dog", "horse", "parrot"]
DISHES = ["soup", "pizza", "salad", "sandwich"]
LANGUAGES = ["Python", "Java", "Rust", "Haskell"]
FRAMES = {
    "Explain how to feed a {} and keep it healthy": ANIMALS,
    "Give me a recipe for a {} with cheese": DISHES,
    "Debug a {} program with a bug": LANGUAGES,
}
ASKED = ["{}", "{} today", "{}, please", "{} again", "{} with care"]


@pytest.fixture(scope="module")
def data() -> tuple[pl.DataFrame, np.ndarray]:
    """Twelve clusters in three plain groups, five members each."""
    rng = np.random.default_rng(0)
    tops = rng.normal(size=(3, 16))
    rows, centers = [], []
    for top, (frame, things) in enumerate(FRAMES.items()):
        for thing in things:
            cluster = len(centers)
            centers.append(tops[top] + 0.5 * rng.normal(size=16))
            rows += [
                (f"c{cluster}-{i}", f"u{i}", how.format(frame.format(thing)), "en", cluster)
                for i, how in enumerate(ASKED)
            ]
    schema = ["conversation_id", "user_id", "request", "language", "cluster"]
    members = pl.DataFrame(rows, schema=schema, orient="row").cast({"cluster": pl.Int32})
    vectors = np.stack(centers)
    return members, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def build(members: pl.DataFrame, centers: np.ndarray, **settings: float) -> pl.DataFrame:
    named = name_clusters(members, centers, NAMING, encoder=None)
    sizes = members.group_by("cluster").agg(n_conversations=pl.len().cast(pl.Int64))
    return build_hierarchy(
        named.join(sizes, on="cluster"),
        members,
        centers,
        HierarchySettings(**settings),
        NAMING,
        encoder=None,
    )


def test_nodes_have_the_published_columns_and_types(data):
    assert dict(build(*data).schema) == NODES


def test_the_tree_is_strict_and_sizes_add_up(data):
    nodes = build(*data)
    by_id = {row["node_id"]: row for row in nodes.to_dicts()}
    assert len(by_id) == nodes.height
    for row in by_id.values():
        assert (row["parent_id"] is None) == (row["level"] == 2)
        if row["parent_id"]:
            assert by_id[row["parent_id"]]["level"] == row["level"] + 1
            assert row["code"].startswith(by_id[row["parent_id"]]["code"] + ".")
    for level in (0, 1, 2):
        assert nodes.filter(level=level)["n_conversations"].sum() == 60
    assert sorted(nodes.filter(level=0)["cluster"]) == list(range(12))
    assert (
        nodes.filter(pl.col("level") > 0)["cluster"].null_count()
        == nodes.filter(pl.col("level") > 0).height
    )


def test_parents_cover_their_children_and_every_name_is_its_own(data):
    nodes = build(*data, n_level_1=6, n_level_2=3, max_parent_share=0.5)
    assert nodes["name"].n_unique() == nodes.height
    top = " ".join(nodes.filter(level=2)["name"].to_list()).lower()
    assert "animals" in top or "pets" in top or "cats" in top
    assert "food" in top or "recipes" in top
    assert "programming" in top or "programs" in top


def test_every_node_keeps_the_style(data):
    nodes = build(*data)
    assert [fault for name in nodes["name"] for fault in draft_faults(name)] == []
    assert [fault for text in nodes["description"] for fault in description_faults(text)] == []


@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_few_clusters_still_make_three_levels(data, k: int):
    members, centers = data
    nodes = build(members.filter(pl.col("cluster") < k), centers[:k])
    assert set(nodes["level"]) == {0, 1, 2}
    assert nodes["name"].n_unique() == nodes.height


def test_clusters_left_out_are_not_in_the_tree(data):
    members, centers = data
    kept = members.filter(pl.col("cluster") != 4)
    named = name_clusters(members, centers, NAMING, encoder=None)
    sizes = kept.group_by("cluster").agg(n_conversations=pl.len().cast(pl.Int64))
    nodes = build_hierarchy(
        named.join(sizes, on="cluster"), members, centers, HierarchySettings(), NAMING, encoder=None
    )
    assert 4 not in nodes["cluster"].to_list()
    assert nodes.filter(level=2)["n_conversations"].sum() == 55


def test_the_order_of_rows_changes_nothing(data):
    members, centers = data
    shuffled = members.sample(fraction=1, shuffle=True, seed=5)
    assert build(shuffled, centers).equals(build(members, centers))
