from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.plots import clusters, prevalence
from taxonomy.plots.nodes import n_by_node, with_titles


def test_the_largest_node_comes_first_with_its_share_of_the_base(table, rows_of, said):
    chart = prevalence(table, source="demo")
    rows = [(row["name"], row["share"]) for row in rows_of(chart, "share")]
    assert rows == [("Write", 0.6), ("Cook", 0.4)]
    assert "Base: conversations in published clusters, n = 100. Source: demo" in said(chart)


def test_what_is_left_out_is_counted(table, said, rows_of):
    chart = prevalence(table, level=0, top=2)
    assert len(rows_of(chart, "share")) == 2
    assert "The 2 largest of 3 nodes." in said(chart)
    assert "nodes of level 0" in said(chart)


def test_two_nodes_of_one_name_are_two_bars(table, rows_of):
    twins = table.with_columns(name=pl.lit("Cook"))
    assert [row["row"] for row in rows_of(prevalence(twins), "row")] == [0, 1]


def test_where_counts_were_not_published_n_is_of_clusters(table, said):
    without = table.drop("n_conversations")
    text = said(prevalence(without))
    assert "their number is not published, n = 3 nodes of level 0." in text
    shown = without.filter(pl.col("level") == 2)
    assert n_by_node(without, shown).startswith("n = 1 to 2 level-0 clusters a node;")
    n = n_by_node(table, shown.join(table, on="node_id"))
    assert n == "n = 40 to 60 conversations a node, labelled or not."
    leaves = without.filter(pl.col("level") == 0)
    assert n_by_node(without, leaves).startswith("n = 1 level-0 cluster a node;")


def test_a_level_without_nodes_is_an_error(table):
    with pytest.raises(OnetError, match=r"no rows; Taxonomy\.table, for level 5, found nothing"):
        prevalence(table, level=5)


def test_a_name_that_is_not_alone_has_its_code(table):
    broad = with_titles(table.with_columns(name=pl.Series(["Cook", *table["name"][1:]])))
    assert broad["title"].to_list()[:2] == ["Cook (01)", "Write letters"]


def test_the_published_file_gives_the_same_bars_by_both_routes(public_data, rows_of):
    from taxonomy.economics import shares_by_cluster
    from taxonomy.release.wide import read_wide
    from taxonomy.tree import Taxonomy

    file = public_data / "aei" / "cluster_level_dataset.tsv"
    bars = rows_of(prevalence(Taxonomy.load(file).table), "share")
    assert [round(row["share"], 4) for row in bars[:3]] == [0.0727, 0.0725, 0.0640]
    frame = shares_by_cluster(read_wide(file), 2)
    other = rows_of(clusters(frame), "share")
    assert [row["name"] for row in bars] == [row["name"].strip() for row in other]
