"""The places of the nodes and `Taxonomy.table` in, the map of the clusters out."""

from __future__ import annotations

import altair as alt
import numpy as np
import polars as pl

from taxonomy.display import share_base
from taxonomy.errors import ReleaseError
from taxonomy.palette import APART, INK
from taxonomy.plots.label_places import spread_out
from taxonomy.plots.letters import broken
from taxonomy.plots.nodes import KEYS, MADE_BY, with_titles
from taxonomy.plots.style import Chart, titled, with_columns_of

# Tol's "muted" without its blue and its cyan: told apart by every kind of colour vision.
NODES: tuple[str, ...] = (
    "#882255",
    "#44AA99",
    "#DDCC77",
    "#332288",
    "#CC6677",
    "#117733",
    "#AA4499",
    "#999933",
)
WIDTH, SIDE = 780, 160
"""Pixels of the whole, and of the column of names on either side of the dots."""
EDGE = 24
"""Pixels between a column and the outermost cluster."""
SIZE, LEADING, GAP = 10, 2, 7
"""Of the names' type, between their lines, and between two of them, in pixels."""
LINES = 3
HIDDEN_SIZE = 0.05
"""Of the largest share: the dot of a cluster whose share is suppressed."""

At = dict[str, alt.X | alt.Y]


def cluster_map(
    places: pl.DataFrame | None, table: pl.DataFrame, *, source: str | None = None
) -> Chart:
    """The clusters as dots, like beside like, as large as their shares, under level-2 names.

    The clusters of the eight largest broad nodes have a colour each, the others are grey. Names
    stand on the two sides, each tied to the mean of its clusters, so that none covers another.

    Parameters
    ----------
    places : node_id, level, x, y from 0 to 1: `Release.places`
    table : `Taxonomy.table` of the same release

    Raises
    ------
    ReleaseError
        The release has no map.
    OnetError
        A column is missing, or no place is of a node of the table.
    """
    dots, nodes = dots_and_nodes(places, table)
    labels = _labels(nodes)
    top = min(*labels["top"], *dots["y"] - EDGE)
    height = max(*labels["bottom"], *dots["y"] + EDGE) - top
    at: At = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, WIDTH], nice=False)),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[top + height, top], nice=False)),
    }
    chart = alt.layer(_lines(labels, at), _dots(dots, at), _ends(labels, at), *_names(labels, at))
    return titled(
        chart.properties(width=WIDTH, height=height),
        title_of(dots),
        [
            f"Size: share of {share_base(table)} Names: nodes of level {nodes['level'][0]}; each "
            "line ends at the mean of the node's clusters.",
            f"Coloured: the {len(NODES)} largest." if nodes.height > len(NODES) else "",
            on_suppressed(dots),
            "Near means alike (UMAP of the clusters' centres); the axes and long distances mean "
            "nothing.",
        ],
        source=source,
    )


def dots_and_nodes(
    places: pl.DataFrame | None, table: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The clusters with node, colour, size (a share) and x, y in pixels; the broadest nodes.

    Both with the largest first.
    """
    if places is None:
        raise ReleaseError(
            "there are no places to draw: this release has no map. A wide TSV never has one; "
            "for a run of your own, build it again and release it."
        )
    with_columns_of(places, ["node_id", "x", "y"], "Release.places")
    with_columns_of(table, [*KEYS, "conversation_share"], MADE_BY)
    placed = _in_pixels(places, table)
    nodes = _nodes_of(placed, table)
    dots = placed.join(nodes.select("broadest", "node", "colour"), on="broadest")
    share = pl.col("conversation_share")
    dots = dots.with_columns(size=share.fill_null(HIDDEN_SIZE * share.max().fill_null(1.0)))
    # Largest first, so that no dot hides a smaller one.
    return dots.sort("size", "code", descending=[True, False]), nodes


def title_of(dots: pl.DataFrame) -> str:
    """How many clusters the map is of."""
    return f"A map of {dots.height:,} cluster{'s' if dots.height > 1 else ''}"


def on_suppressed(dots: pl.DataFrame) -> str:
    """How many dots have no size of their own, as a sentence; empty where all have."""
    n = dots["conversation_share"].null_count()
    return f"The share of {n:,} of {dots.height:,} is suppressed: a small dot." if n else ""


def _in_pixels(places: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The clusters by code, each with its broadest node and its place in pixels.

    Both axes have the same scale, as they have in `places`; y grows downwards from zero.
    """
    placed = table.filter(pl.col("level") == 0).join(
        places.select("node_id", "x", "y"), on="node_id"
    )
    placed = placed.sort("code")
    with_columns_of(placed, [], "Release.places of the same release")
    x, y = (placed[axis].to_numpy() for axis in "xy")
    scale = (WIDTH - 2 * (SIDE + EDGE)) / (np.ptp(x) or 1.0)
    return placed.with_columns(
        x=pl.Series(SIDE + EDGE + (x - x.min()) * scale), y=pl.Series((y.max() - y) * scale)
    ).join(_broadest(table), on="node_id", maintain_order="left")


def _broadest(table: pl.DataFrame) -> pl.DataFrame:
    """node_id, broadest: the node of the highest level above each node, or the node itself."""
    above = dict(table.select("node_id", "parent_id").iter_rows())
    found = {}
    for node in above:
        top = node
        while above.get(top) is not None:
            top = above[top]
        found[node] = top
    return pl.DataFrame({"node_id": [*found], "broadest": [*found.values()]})


def _nodes_of(dots: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The broadest nodes, largest first: broadest, node, level, colour, and their dots' mean."""
    # Where no share of a node's clusters is published, they count alike.
    known = pl.col("conversation_share").fill_null(0)
    weight = pl.when(known.sum() > 0).then(known).otherwise(1.0)
    means = dots.group_by("broadest").agg(
        node_x=(pl.col("x") * weight).sum() / weight.sum(),
        node_y=(pl.col("y") * weight).sum() / weight.sum(),
    )
    nodes = with_titles(means.join(table, left_on="broadest", right_on="node_id"))
    nodes = nodes.sort(
        "conversation_share", "code", descending=[True, False], nulls_last=True
    ).select(*means.columns, "level", node="title")
    colours = [*NODES, *[APART] * nodes.height][: nodes.height]
    return nodes.with_columns(colour=pl.Series(colours, dtype=pl.String))


def _labels(nodes: pl.DataFrame) -> pl.DataFrame:
    """A row a name: the label, its place in the column of its side, and the node's place."""
    texts = [broken(name, SIDE - 8, SIZE, most=LINES) for name in nodes["node"]]
    rows = nodes.select("colour", "node", "node_x", "node_y").with_columns(
        label=pl.Series(["\n".join(lines) for lines in texts]),
        lines=pl.Series([len(lines) for lines in texts]),
        on_left=pl.col("node_x").rank("ordinal") <= (nodes.height + 1) // 2,
    )
    half = pl.col("lines") * (SIZE + LEADING) / 2
    sides = [
        side.with_columns(y=_column(side), x=pl.lit(float(SIDE if on_left else WIDTH - SIDE)))
        for on_left in (True, False)
        if (side := rows.filter(on_left=on_left)).height
    ]
    return pl.concat(sides).with_columns(top=pl.col("y") - half, bottom=pl.col("y") + half)


def _column(side: pl.DataFrame) -> pl.Series:
    heights = side["lines"].to_numpy() * float(SIZE + LEADING)
    return pl.Series(spread_out(side["node_y"].to_numpy(), heights, gap=GAP))


def _dots(dots: pl.DataFrame, at: At) -> alt.Chart:
    rows = dots.select(
        "name", "code", "node", "colour", "x", "y", "size", share="conversation_share"
    )
    most = float(rows["share"].max() or 1)  # type: ignore[arg-type]
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_circle(opacity=0.85, stroke="white", strokeWidth=0.6)
        .encode(
            **at,
            size=alt.Size(
                "size:Q",
                title="share of conversations",
                scale=alt.Scale(domain=[0, most], range=[0, 260]),
                legend=alt.Legend(
                    orient="bottom",
                    direction="horizontal",
                    titleOrient="left",
                    symbolFillColor=APART,
                    symbolStrokeWidth=0,
                    format="~%",
                    tickCount=3,
                ),
            ),
            color=alt.Color("colour:N", scale=None),
            tooltip=["code:N", "name:N", "node:N", alt.Tooltip("share:Q", format=".2%")],
        )
    )
    return chart


def _lines(labels: pl.DataFrame, at: At) -> alt.Chart:
    """From each name to its node."""
    lines: alt.Chart = (
        alt.Chart(labels)
        .mark_rule(strokeWidth=0.9)
        .encode(**at, x2="node_x:Q", y2="node_y:Q", color=alt.Color("colour:N", scale=None))
    )
    return lines


def _ends(labels: pl.DataFrame, at: At) -> alt.Chart:
    """A ring where each line ends."""
    rings: alt.Chart = (
        alt.Chart(labels.select("colour", "node", x="node_x", y="node_y"))
        .mark_point(size=34, strokeWidth=1.8, fill="white", opacity=1)
        .encode(**at, color=alt.Color("colour:N", scale=None), tooltip=["node:N"])
    )
    return rings


def _names(labels: pl.DataFrame, at: At) -> list[alt.Chart]:
    step = SIZE + LEADING
    return [
        alt.Chart(labels.filter(on_left=on_left))
        .mark_text(
            align="right" if on_left else "left",
            dx=-4 if on_left else 4,
            baseline="middle",
            lineBreak="\n",
            lineHeight=step,
            fontSize=SIZE,
            color=INK,
            dy=alt.ExprRef(f"-{step / 2} * (datum.lines - 1)"),
        )
        .encode(**at, text="label:N")
        for on_left in (True, False)
    ]
