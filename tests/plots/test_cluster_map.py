from __future__ import annotations

import sys
from itertools import pairwise

import polars as pl
import pytest

from taxonomy.errors import OnetError, PlotsError, ReleaseError
from taxonomy.palette import APART
from taxonomy.plots import cluster_map, labelled_map
from taxonomy.plots.cluster_map import EDGE, HIDDEN_SIZE, NODES, SIDE, WIDTH


def test_a_dot_has_the_place_the_share_and_the_colour_of_its_broad_node(table, places, rows_of):
    rows = {row["code"]: row for row in rows_of(cluster_map(places, table), "code")}
    assert rows["01.01.01"]["x"] == SIDE + EDGE
    assert rows["02.01.01"]["x"] == WIDTH - SIDE - EDGE
    assert rows["01.01.01"]["share"] == 0.5
    # The higher lies higher: y grows downwards.
    assert rows["01.01.01"]["y"] > rows["01.01.02"]["y"] == rows["02.01.01"]["y"]
    assert [rows[code]["colour"] for code in sorted(rows)] == [NODES[0], NODES[0], NODES[1]]


def test_a_line_ends_at_the_mean_of_the_clusters_by_share(table, places, rows_of):
    chart = cluster_map(places, table)
    dots = {row["code"]: row["x"] for row in rows_of(chart, "code")}
    ends = {row["node"]: row["node_x"] for row in rows_of(chart, "node_x")}
    mean = (50 * dots["01.01.01"] + 10 * dots["01.01.02"]) / 60
    assert ends == {"Write": pytest.approx(mean), "Cook": dots["02.01.01"]}


def test_names_beyond_the_eighth_are_grey_and_no_two_overlap(rows_of, said):
    n = 20
    nodes = pl.DataFrame(
        {
            "node_id": [*[f"t{i}" for i in range(n)], *[f"c{i}" for i in range(n)]],
            "parent_id": [*[None] * n, *[f"t{i}" for i in range(n)]],
            "code": [*[f"{i:02}" for i in range(n)], *[f"{i:02}.01" for i in range(n)]],
            "level": [1] * n + [0] * n,
            "name": [
                f"A rather long name of the node with the number {i % n}" for i in range(2 * n)
            ],
            "conversation_share": [1 / n] * 2 * n,
        }
    )
    places = pl.DataFrame(
        {"node_id": nodes["node_id"][n:], "x": [i / n for i in range(n)], "y": [0.5] * n}
    )
    chart = cluster_map(places, nodes)
    labels = rows_of(chart, "top")
    assert sum(row["colour"] == APART for row in rows_of(chart, "code")) == n - len(NODES)
    assert "Coloured: the 8 largest." in said(chart)
    lefts = sorted((row["top"], row["bottom"]) for row in labels if row["on_left"])
    assert len(lefts) == n / 2
    assert all(first[1] < second[0] for first, second in pairwise(lefts))


def test_base_n_and_what_the_axes_mean_are_stated(table, places, said):
    text = said(cluster_map(places, table, source="demo"))
    assert "Size: share of conversations in published clusters, n = 100." in text
    assert "the axes and long distances mean nothing" in text
    assert text.endswith("Source: demo")


@pytest.mark.parametrize("draw", [cluster_map, labelled_map])
def test_a_release_without_a_map_says_what_to_do(draw, table):
    with pytest.raises(ReleaseError, match=r"no map.*build it again and release it"):
        draw(None, table)


def test_places_of_another_release_are_an_error(table, places):
    with pytest.raises(OnetError, match=r"Release\.places of the same release"):
        cluster_map(places.with_columns(node_id=pl.lit("z")), table)


def test_without_datamapplot_one_line_names_the_extra(table, places, monkeypatch):
    monkeypatch.setitem(sys.modules, "datamapplot", None)
    with pytest.raises(PlotsError, match=r"datamapplot is not installed.*'\.\[map\]'"):
        labelled_map(places, table)


@pytest.mark.slow
def test_the_labelled_map_is_a_figure_with_every_broad_name(table, places, tmp_path):
    pytest.importorskip("datamapplot", reason="the extra map is not installed")
    files = [tmp_path / "one.png", tmp_path / "other.png"]
    for file in files:
        figure = labelled_map(places, table)
        figure.savefig(file, metadata={"Software": None})
    said = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"Write", "Cook"} <= said
    assert "n = 100" in " ".join(text.get_text() for text in figure.texts)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_cluster_whose_share_is_suppressed_is_a_small_dot_and_said(table, places, rows_of, said):
    share = pl.col("conversation_share")
    some = table.with_columns(pl.when(pl.col("code") != "01.01.02").then(share))
    chart = cluster_map(places, some)
    sizes = {row["code"]: row["size"] for row in rows_of(chart, "code")}
    assert sizes["01.01.01"] == 0.5
    assert sizes["01.01.02"] == pytest.approx(0.5 * HIDDEN_SIZE)
    assert "The share of 1 of 3 is suppressed" in said(chart)
    none = cluster_map(places, table.with_columns(conversation_share=pl.lit(None, pl.Float64)))
    dots = {row["code"]: row["x"] for row in rows_of(none, "code")}
    ends = {row["node"]: row["node_x"] for row in rows_of(none, "node_x")}
    assert ends["Write"] == pytest.approx((dots["01.01.01"] + dots["01.01.02"]) / 2)
