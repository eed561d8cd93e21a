from __future__ import annotations

import networkx as nx
import polars as pl
import pytest

from taxonomy.errors import ReleaseError
from taxonomy.tree import Taxonomy


@pytest.fixture(scope="module")
def taxonomy(small_run):
    return Taxonomy.load(small_run)


def test_a_run_loads_with_three_levels(taxonomy):
    assert list(taxonomy.sizes()) == [0, 1, 2]
    n = taxonomy.facts["stages"]["measures"]["facts"]["in_published_clusters"]
    counts = "/".join(str(count) for count in taxonomy.sizes().values())
    assert repr(taxonomy) == f"Taxonomy(3 levels, {counts} nodes, {n} conversations)"


def test_levels_hold_their_nodes_in_the_order_of_their_codes(taxonomy):
    for level in (0, 1, 2):
        rows = taxonomy.level(level)
        assert rows["level"].unique().to_list() == [level]
        assert rows["code"].is_sorted()
        assert rows["code"].str.count_matches(r"\.").unique().to_list() == [2 - level]


def test_children_add_up_to_their_parent(taxonomy):
    for parent in taxonomy.level(2).iter_rows(named=True):
        children = taxonomy.children(parent["code"])
        assert children["n_conversations"].sum() == parent["n_conversations"]
        assert children["conversation_share"].sum() == pytest.approx(parent["conversation_share"])


def test_shares_of_a_level_add_up_to_one(taxonomy):
    for level in (0, 1, 2):
        assert taxonomy.level(level)["conversation_share"].sum() == pytest.approx(1)


def test_the_path_leads_from_the_top_to_the_node(taxonomy):
    code = taxonomy.level(0)["code"][0]
    path = taxonomy.path(code)
    assert [step["level"] for step in path] == [2, 1, 0]
    assert [step["code"] for step in path] == [code[:2], code[:5], code]


def test_a_node_is_found_by_code_and_by_id(taxonomy):
    node = taxonomy.node(taxonomy.level(1)["code"][0])
    assert taxonomy.node(node["node_id"]) == node


def test_an_unknown_code_is_named(taxonomy):
    with pytest.raises(KeyError, match=r"99\.99"):
        taxonomy.node("99.99")


def test_find_looks_into_names_whatever_the_case(taxonomy):
    name = taxonomy.level(0)["name"][0]
    assert name in taxonomy.find(name.upper())["name"]
    assert taxonomy.find("no node says this").is_empty()


def test_find_takes_the_text_literally(taxonomy):
    assert taxonomy.find(".*").is_empty()


def test_the_graph_is_an_arborescence(taxonomy):
    graph = taxonomy.to_networkx()
    assert nx.is_arborescence(graph)
    assert graph.number_of_nodes() == 1 + sum(taxonomy.sizes().values())
    assert all(value is not None for _, data in graph.nodes(data=True) for value in data.values())


def test_the_notebook_view_escapes_names(taxonomy):
    hostile = taxonomy.nodes.with_columns(name=pl.lit("<script>alert(1)</script>"))
    html = Taxonomy(hostile, taxonomy.measures)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_notebook_view_has_two_levels_and_counts_what_is_not_shown(taxonomy):
    html = taxonomy._repr_html_()
    assert html.count("<details>") == taxonomy.sizes()[2] + taxonomy.sizes()[1]
    assert repr(taxonomy) in html
    assert "not shown" not in html
    two = taxonomy.level(0)["node_id"][:2].implode()
    status = pl.when(pl.col("node_id").is_in(two)).then(pl.lit("suppressed")).otherwise("status")
    hidden = Taxonomy(taxonomy.nodes.with_columns(status=status), taxonomy.measures)
    assert "2 nodes below the floors are not shown." in hidden._repr_html_()


def test_where_the_number_of_conversations_is_not_published_it_is_not_said(taxonomy):
    measures = taxonomy.measures.filter(pl.col("measure") != "n_conversations")
    without = Taxonomy(taxonomy.nodes, measures)
    assert without.n_conversations() is None
    assert "conversations" not in repr(without)


def test_an_empty_taxonomy_can_be_shown(taxonomy):
    empty = Taxonomy(taxonomy.nodes.clear(), taxonomy.measures.clear())
    assert repr(empty) in empty._repr_html_()


def test_a_folder_without_a_taxonomy_is_named(tmp_path):
    with pytest.raises(ReleaseError, match="holds no taxonomy: expected a run or release folder"):
        Taxonomy.load(tmp_path)


def test_a_run_that_is_not_finished_says_so(small_run, tmp_path):
    (tmp_path / "nodes.parquet").write_bytes((small_run / "nodes.parquet").read_bytes())
    with pytest.raises(ReleaseError, match="finish the run"):
        Taxonomy.load(tmp_path)
