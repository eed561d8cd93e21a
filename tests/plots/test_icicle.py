from __future__ import annotations

import polars as pl
import pytest

from taxonomy.plots import tree_icicle
from taxonomy.plots.icicle import MOST


@pytest.fixture
def cells(values_in):
    """node name, level -> the row of its cell."""

    def read(chart):
        rows = [row for rows in chart.to_dict()["datasets"].values() for row in rows]
        return {(row["name"], row["level"]): row for row in rows if "start" in row}

    return read


def test_a_cell_is_as_high_as_its_share_and_begins_where_its_parent_does(table, cells):
    spans = {
        key: (round(row["start"], 9), round(row["end"], 9))
        for key, row in cells(tree_icicle(table)).items()
    }
    assert spans == {
        ("Write", 2): (0, 0.6),
        ("Write letters", 1): (0, 0.6),
        ("Cook", 2): (0.6, 1),
        ("Cook", 1): (0.6, 1),
    }


def test_a_parent_with_a_hidden_child_leaves_its_place_empty(table, cells):
    hidden = table.with_columns(
        conversation_share=pl.when(pl.col("node_id") == "Aa")
        .then(0.5)
        .otherwise("conversation_share")
    )
    found = cells(tree_icicle(hidden))
    assert found["Write letters", 1]["end"] == 0.5
    assert round(found["Cook", 1]["start"], 9) == 0.6


def test_a_suppressed_split_is_dashed_and_counted(table, said, values_in, rows_of):
    chart = tree_icicle(table)
    assert [3, 2] in values_in(chart, "strokeDash")
    assert "Dashed: suppressed (2 of 4)." in said(chart)
    known = table.with_columns(pl.col("automation_share").fill_null(0.2))
    assert "Dashed" not in said(tree_icicle(known))


def test_colour_base_and_n_are_stated(table, said):
    text = said(tree_icicle(table, source="demo"))
    assert "Height: share of conversations in published clusters, n = 100." in text
    assert "automation, as a share of the conversations of the node with a" in text
    assert text.endswith("Source: demo")


def test_the_scale_is_the_same_for_every_release(table, values_in):
    scales = [scale for scale in values_in(tree_icicle(table), "scale") if "range" in scale]
    assert [round(stop, 9) for stop in scales[0]["domain"]] == [0.2, 0.35, 0.5, 0.65, 0.8]


def test_a_node_too_small_for_its_name_is_counted(table, said):
    shares = [0.999, 0.999, 0.9, 0.09, 0.001, 0.001, 0.001]
    text = said(tree_icicle(table.with_columns(conversation_share=pl.Series(shares))))
    assert "2 nodes are too small for their names." in text


def test_two_thousand_nodes_do_not_make_a_page_without_end():
    n = 2000
    nodes = pl.DataFrame(
        {
            "node_id": ["T", *[f"n{i}" for i in range(n)]],
            "parent_id": [None, *["T"] * n],
            "code": ["01", *[f"01.{i:04}" for i in range(n)]],
            "level": [2, *[1] * n],
            "name": ["Top", *["Name"] * n],
            "conversation_share": [1.0, *[1 / n] * n],
            "automation_share": [0.5] * (n + 1),
        }
    )
    assert tree_icicle(nodes).to_dict()["height"] == MOST


def test_the_title_of_one_broad_level_names_only_that(table, said):
    top = table.filter(pl.col("level") == 2)
    assert said(tree_icicle(top)).startswith("The taxonomy's level 2")
