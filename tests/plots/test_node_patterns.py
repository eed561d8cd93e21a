from __future__ import annotations

import polars as pl
import pytest

from taxonomy.plots import patterns_by_node


@pytest.fixture
def texts(rows_of):
    """What is written at the ends of the bars: title -> left, right."""

    def read(chart):
        spec = chart.to_dict()
        found = {}
        for rows in spec["datasets"].values():
            for row in rows:
                if {"text", "end"} <= row.keys() and "share" not in row:
                    found.setdefault(row["title"], []).append((row["end"], row["text"]))
        return found

    return read


def test_bars_go_left_and_right_of_the_published_patterns(table, rows_of):
    spans = {
        row["pattern"]: (round(row["start"], 9), round(row["end"], 9))
        for row in rows_of(patterns_by_node(table), "start")
    }
    assert spans == {
        "directive": (0, -0.3),
        "feedback loop": (-0.3, -0.4),
        "task iteration": (0, 0.2),
        "learning": (0.2, 0.35),
    }


def test_a_half_that_lacks_a_pattern_is_at_least_its_sum(table, texts, said):
    chart = patterns_by_node(table)
    assert (-0.4, "40%") in texts(chart)["Write"]
    assert (0.35, "≥ 35%") in texts(chart)["Write"]
    assert "a pattern of the half is suppressed (6 of 10 values)" in said(chart)


def test_a_node_without_any_pattern_stays_and_says_suppressed(table, texts):
    ends = texts(patterns_by_node(table))["Cook"]
    assert [text for _, text in ends] == ["suppressed"] * 3


def test_the_most_automated_come_first_and_the_suppressed_last(table, values_in):
    known = pl.when(pl.col("node_id") == "B").then(0.75).otherwise("automation_share")
    chart = patterns_by_node(table.with_columns(automation_share=known))
    assert values_in(chart, "sort")[0] == ["Cook", "Write"]
    assert values_in(patterns_by_node(table), "sort")[0] == ["Write", "Cook"]


def test_none_of_the_five_stands_apart_unless_it_is_suppressed_throughout(table, said, rows_of):
    chart = patterns_by_node(table)
    assert len(chart.to_dict()["hconcat"]) == 2
    hidden = patterns_by_node(table.with_columns(none_share=pl.lit(None, pl.Float64)))
    assert "hconcat" not in hidden.to_dict()
    assert "The share with none of the five is suppressed throughout." in said(hidden)


def test_base_n_and_order_are_stated(table, said):
    text = said(patterns_by_node(table, level=0, top=2, source="demo"))
    assert "Base: conversations of the node with a collaboration label." in text
    assert "n = 40 to 50 conversations a node, labelled or not." in text
    assert "Most automated first" in text
    assert "The 2 largest of 3 nodes." in text
    assert text.endswith("Source: demo")


def test_where_every_share_is_suppressed_that_is_all_there_is_to_say(table, said):
    shares = [name for name in table.columns if name.endswith("_share")]
    none = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in shares)
    assert "All shares are suppressed." in said(patterns_by_node(none))
    assert "≥" not in said(patterns_by_node(none))
