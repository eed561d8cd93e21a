from __future__ import annotations

import polars as pl

from taxonomy.hierarchy import number_nodes
from taxonomy.hierarchy.numbering import node_id

SEP = "\x1f"


def frame(rows: list[tuple[int, str, str | None, int]]) -> pl.DataFrame:
    nodes = pl.DataFrame(
        rows,
        schema={
            "level": pl.Int8,
            "path": pl.String,
            "parent_path": pl.String,
            "n_conversations": pl.Int64,
        },
        orient="row",
    )
    return nodes.with_columns(name=pl.col("path").str.split(SEP).list.last())


def tree() -> pl.DataFrame:
    return frame(
        [
            (2, "A", None, 30),
            (2, "B", None, 70),
            (1, f"A{SEP}C", "A", 30),
            (1, f"B{SEP}D", "B", 20),
            (1, f"B{SEP}E", "B", 50),
            (0, f"A{SEP}C{SEP}x", f"A{SEP}C", 30),
            (0, f"B{SEP}D{SEP}x", f"B{SEP}D", 20),
            (0, f"B{SEP}E{SEP}y", f"B{SEP}E", 25),
            (0, f"B{SEP}E{SEP}x", f"B{SEP}E", 25),
        ]
    )


def test_codes_follow_size_then_name():
    codes = dict(number_nodes(tree()).select("path", "code").iter_rows())
    assert codes["B"] == "01" and codes["A"] == "02"
    assert codes[f"B{SEP}E"] == "01.01" and codes[f"B{SEP}D"] == "01.02"
    assert codes[f"B{SEP}E{SEP}x"] == "01.01.01" and codes[f"B{SEP}E{SEP}y"] == "01.01.02"
    assert codes[f"A{SEP}C{SEP}x"] == "02.01.01"


def test_ids_come_from_level_and_names_alone():
    nodes = number_nodes(tree())
    ids = dict(nodes.select("path", "node_id").iter_rows())
    assert ids["A"] == node_id(2, "A")
    assert ids["A"].startswith("n") and len(ids["A"]) == 13
    assert nodes["node_id"].n_unique() == nodes.height
    resized = number_nodes(tree().with_columns(pl.col("n_conversations") * 3 + 1))
    assert dict(resized.select("path", "node_id").iter_rows()) == ids


def test_parents_are_linked_by_id():
    nodes = number_nodes(tree())
    parents = dict(nodes.select("node_id", "parent_id").iter_rows())
    ids = dict(nodes.select("path", "node_id").iter_rows())
    assert parents[ids["A"]] is None
    assert parents[ids[f"A{SEP}C"]] == ids["A"]
    assert parents[ids[f"B{SEP}E{SEP}y"]] == ids[f"B{SEP}E"]


def test_the_same_name_at_two_levels_keeps_two_ids():
    chain = frame(
        [(2, "A", None, 1), (1, f"A{SEP}A", "A", 1), (0, f"A{SEP}A{SEP}A", f"A{SEP}A", 1)]
    )
    assert number_nodes(chain)["node_id"].n_unique() == 3


def test_more_than_99_children_take_three_digits():
    rows = [(2, f"P{i:03d}", None, 200 - i) for i in range(120)]
    codes = number_nodes(frame(rows))["code"].to_list()
    assert codes[0] == "001" and codes[-1] == "120"


def test_the_order_of_rows_changes_nothing():
    shuffled = tree().sample(fraction=1, shuffle=True, seed=1)
    assert number_nodes(shuffled).equals(number_nodes(tree()))
