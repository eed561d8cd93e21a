"""Measures of clusterings by their number of clusters in, the curves of them out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.economics.captions import base_and_n
from taxonomy.palette import INK
from taxonomy.plots.depth import DASHES
from taxonomy.plots.label_places import spread_out
from taxonomy.plots.style import LABEL_SIZE, SERIES, Chart, titled, with_columns_of

WIDTH, HEIGHT = 480, 320
SHAPES = ("circle", "square", "triangle-up", "diamond")
COLUMNS = ["k", "seed", "measure", "value", "base", "n"]


def agreement_by_k(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """How each measure changes with k: a point a seed, a line through their means.

    The name of each measure stands at the end of its line. k is on a log scale.

    Parameters
    ----------
    frame : a row a k, seed and measure: k (number of clusters), seed (or what else tells repeats
        apart, such as a pair of seeds), measure (its name), value, base (what the value is over)
        and n (how many conversations)
    """
    with_columns_of(frame, COLUMNS, "the measures of several clusterings, a row each,")
    rows = with_columns_of(frame.drop_nulls("value"), [], "measuring the clusterings")
    names = rows["measure"].unique(maintain_order=True).to_list()
    points = rows.select("k", "measure", "value", seed=pl.col("seed").cast(pl.String))
    means = points.group_by("measure", "k").agg(pl.col("value").sort().mean()).sort("measure", "k")
    ks = rows["k"].unique().sort().to_list()
    low, high = min(0.0, *points["value"]), max(1.0, *points["value"])
    x = alt.X(
        "k:Q",
        title="number of clusters, log scale",
        scale=alt.Scale(type="log", domain=[ks[0] * 0.9, ks[-1] * 1.1], nice=False),
        axis=alt.Axis(values=ks, format="d", grid=False),
    )
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[low, high], nice=False))
    look = _look(names)
    lines = (
        alt.Chart(means)
        .mark_line(strokeWidth=1.8)
        .encode(x=x, y=y, color=look["color"], strokeDash=look["strokeDash"])
    )
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, size=42, opacity=0.75)
        .encode(
            x=x,
            y=y,
            color=look["color"],
            shape=look["shape"],
            tooltip=["measure:N", "k:Q", "seed:N", alt.Tooltip("value:Q", format=".3f")],
        )
    )
    n_seeds = max(points.group_by("measure", "k").len()["len"])
    return titled(
        alt.layer(lines, dots, _ends(means, low, high)).properties(width=WIDTH, height=HEIGHT),
        "How the clusters change with their number",
        [
            *(_said(rows.filter(pl.col("measure") == name), name) for name in names),
            f"A point is one of up to {n_seeds} seeds, a line their mean." if n_seeds != 1 else "",
        ],
        source=source,
    )


def _look(names: list[str]) -> dict[str, alt.Color | alt.StrokeDash | alt.Shape]:
    """Colour, dash and shape of each measure: none is told by its colour alone."""
    turns = range(len(names))
    colours = [SERIES[turn % len(SERIES)] for turn in turns]
    dashes = [list(DASHES[(turn + turn // len(SERIES)) % len(DASHES)]) for turn in turns]
    shapes = [SHAPES[turn % len(SHAPES)] for turn in turns]
    return {
        "color": alt.Color("measure:N", scale=alt.Scale(domain=names, range=colours), legend=None),
        "strokeDash": alt.StrokeDash(
            "measure:N", scale=alt.Scale(domain=names, range=dashes), legend=None
        ),
        "shape": alt.Shape("measure:N", scale=alt.Scale(domain=names, range=shapes), legend=None),
    }


def _ends(means: pl.DataFrame, low: float, high: float) -> alt.Chart:
    """The name of each measure where its line ends, none over another."""
    last = means.sort("k").group_by("measure", maintain_order=True).last().sort("measure")
    wanted = (high - last["value"].to_numpy()) / (high - low) * HEIGHT
    heights = pl.repeat(LABEL_SIZE + 3, last.height, eager=True).to_numpy()
    places = spread_out(wanted, heights.astype(float), gap=2)
    values = high - places / HEIGHT * (high - low)
    labels: alt.Chart = (
        alt.Chart(last.select("measure").with_columns(value=pl.Series(values)))
        .mark_text(align="left", dx=8, fontSize=LABEL_SIZE, color=INK)
        .encode(x=alt.value(WIDTH), y="value:Q", text="measure:N")
    )
    return labels


def _said(rows: pl.DataFrame, name: str) -> str:
    return base_and_n(rows, "conversations").replace("Base", name[:1].upper() + name[1:], 1)
