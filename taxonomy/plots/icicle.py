"""`Taxonomy.table` in, the figure of its two broad levels side by side out."""

from __future__ import annotations

from typing import Literal

import altair as alt
import polars as pl

from taxonomy.display import share_base
from taxonomy.measures import BASE_FIVE
from taxonomy.palette import INK, QUIET, SPLIT_COLOURS
from taxonomy.plots.letters import broken
from taxonomy.plots.nodes import KEYS, MADE_BY
from taxonomy.plots.style import PERCENT, Chart, titled, with_columns_of

SPANS = {2: (0, 290), 1: (292, 660)}
"""Level -> where its cells begin and end, in pixels from the left."""
SIZES = {2: 11, 1: 9}
"""Level -> size of the type of its names."""
LEADING = 1.5
"""Pixels between two lines of a name."""
MARGIN, VALUE = 6, 30
"""Pixels that a cell keeps free at its edges, and for its value at the right one."""
PER_NODE = 11
BETWEEN = (0.2, 0.8)
"""Shares of automation between which colours differ."""
LEAST, MOST = 480, 1500
"""Height in pixels: `PER_NODE` for each node of level 1, within these."""


def tree_icicle(table: pl.DataFrame, *, source: str | None = None) -> Chart:
    """Levels 2 and 1 beside each other, each cell as high as its share of conversations.

    It lies on its side, so that names can be read. The colour is the share of automation; a cell
    whose split is suppressed is white with a dashed edge. What is too low for a name has it in
    the tooltip. A table of one broad level is drawn as one column.

    Parameters
    ----------
    table : `Taxonomy.table`
    """
    with_columns_of(table, [*KEYS, "conversation_share", "automation_share"], MADE_BY)
    broad = with_columns_of(
        table.filter(pl.col("level").is_in([*SPANS])), [], f"{MADE_BY}, for levels 2 and 1,"
    )
    height = min(MOST, max(LEAST, PER_NODE * broad.filter(pl.col("level") == 1).height))
    cells = _labelled(_cells(broad), height)
    known = cells.filter(pl.col("automation").is_not_null())
    hidden = cells.filter(pl.col("automation").is_null())
    chart = alt.layer(
        *([_rects(known).encode(color=_colour())] if known.height else []),
        *([_suppressed(hidden)] if hidden.height else []),
        *(text for level in cells["level"].unique().sort() for text in _texts(cells, level)),
    )
    return titled(
        chart.properties(width=SPANS[1][1], height=height),
        _title(cells),
        [
            f"Height: share of {share_base(table)}",
            f"Colour and percent: automation, as a share of the {BASE_FIVE}.",
            *_left_out(cells),
        ],
        source=source,
    )


def _title(cells: pl.DataFrame) -> str:
    levels = cells["level"].unique().sort().to_list()
    if len(levels) == 1:
        return f"The taxonomy's level {levels[0]}"
    return "The taxonomy's two broad levels: level 2 left, level 1 right"


def _left_out(cells: pl.DataFrame) -> list[str]:
    """What is not published, and what is not named, in sentences."""
    n_hidden = cells["automation"].is_null().sum()
    n_unnamed = cells["label"].is_null().sum()
    return [
        f"Dashed: suppressed ({n_hidden} of {cells.height})." if n_hidden else "",
        f"{n_unnamed} nodes are too small for their names." if n_unnamed else "",
    ]


def _cells(broad: pl.DataFrame) -> pl.DataFrame:
    """A row a node with its place: start and end of its share, the left and right edge.

    By code, which puts children in the place of their parent; where a parent's share is more
    than that of its shown children, the next parent's children still begin with their parent.
    """
    share = pl.col("conversation_share").fill_null(0)
    rows = broad.sort("code").with_columns(share=share)
    top = rows.filter(pl.col("level") == rows["level"].max())
    top = top.with_columns(start=pl.col("share").cum_sum() - pl.col("share"))
    within = pl.col("share").cum_sum().over("parent_id") - pl.col("share")
    below = (
        rows.filter(pl.col("level") < rows["level"].max())
        .join(top.select(parent_id="node_id", begin="start"), on="parent_id")
        .with_columns(start=pl.col("begin") + within)
    )
    return pl.concat([top, below], how="diagonal").select(
        "name",
        "code",
        "level",
        "share",
        "start",
        automation="automation_share",
        end=pl.col("start") + pl.col("share"),
        left=pl.col("level").replace_strict({level: left for level, (left, _) in SPANS.items()}),
        right=pl.col("level").replace_strict({level: right for level, (_, right) in SPANS.items()}),
    )


def _labelled(cells: pl.DataFrame, height: int) -> pl.DataFrame:
    """With the name in as many lines as the cell holds, null where it holds none."""
    whole = float(cells["end"].max()) or 1.0  # type: ignore[arg-type]
    labels = []
    for name, level, share in cells.select("name", "level", "share").iter_rows():
        left, right = SPANS[level]
        lines = int(share / whole * height / (SIZES[level] + LEADING))
        fitted = broken(name, right - left - 2 * MARGIN - VALUE, SIZES[level], most=lines)
        labels.append("\n".join(fitted) or None)
    return cells.with_columns(label=pl.Series(labels, dtype=pl.String))


def _rects(cells: pl.DataFrame) -> alt.Chart:
    shown = cells.select("name", "code", "level", "share", "automation", "start", "end")
    rects: alt.Chart = (
        alt.Chart(shown.with_columns(cells["left"], cells["right"]))
        .mark_rect(stroke="white", strokeWidth=0.8)
        .encode(
            x=alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, SPANS[1][1]], nice=False)),
            x2="right:Q",
            y=alt.Y(
                "start:Q",
                title="share of conversations, added up",
                scale=alt.Scale(domain=[0, 1], reverse=True, nice=False),
                axis=alt.Axis(format=PERCENT, tickCount=10, grid=False),
            ),
            y2="end:Q",
            tooltip=[
                "code:N",
                "name:N",
                alt.Tooltip("share:Q", format=".2%", title="share of conversations"),
                alt.Tooltip("automation:Q", format=".1%", title="automation"),
            ],
        )
    )
    return rects


def _suppressed(cells: pl.DataFrame) -> alt.Chart:
    rects: alt.Chart = _rects(cells).mark_rect(
        fill="white",
        stroke=QUIET,
        strokeWidth=0.7,
        strokeDash=[3, 2],
        xOffset=1,
        x2Offset=-1,
        yOffset=1,
        y2Offset=-1,
    )
    return rects


def _colour() -> alt.Color:
    """Half automation is the middle; the same for every release, so that two can be compared."""
    low, high = BETWEEN
    steps = len(SPLIT_COLOURS) - 1
    stops = [low + (high - low) * step / steps for step in range(steps + 1)]
    ends = f"datum.value < {low + 0.01} ? '≤ ' : datum.value > {high - 0.01} ? '≥ ' : ''"
    return alt.Color(
        "automation:Q",
        title="automation",
        scale=alt.Scale(domain=stops, range=[*SPLIT_COLOURS], clamp=True, interpolate="rgb"),
        legend=alt.Legend(
            orient="top",
            direction="horizontal",
            titleOrient="left",
            gradientLength=260,
            gradientThickness=12,
            values=stops,
            labelExpr=f"({ends}) + format(datum.value, '.0%')",
        ),
    )


def _texts(cells: pl.DataFrame, level: int) -> list[alt.Chart]:
    """The names of a level, and at the right edge of a named cell its share of automation."""
    rows = cells.filter((pl.col("level") == level) & pl.col("label").is_not_null())
    left, right = SPANS[level]
    middle = (pl.col("start") + pl.col("end")) / 2
    names = rows.select(
        "label", x=left + MARGIN, y=middle, lines=1 + pl.col("label").str.count_matches("\n")
    )
    percent = pl.format("{}%", (pl.col("automation") * 100).round().cast(pl.Int64))
    values = rows.select(label=percent, x=right - MARGIN, y=middle, lines=pl.lit(1)).drop_nulls()
    return [_text(names, SIZES[level], "left"), _text(values, SIZES[level], "right")]


def _text(lines: pl.DataFrame, size: int, align: Literal["left", "right"]) -> alt.Chart:
    text: alt.Chart = (
        alt.Chart(lines)
        .mark_text(
            align=align,
            baseline="middle",
            lineBreak="\n",
            lineHeight=size + LEADING,
            fontSize=size,
            color=INK,
            dy=alt.ExprRef(f"-{(size + LEADING) / 2} * (datum.lines - 1)"),
        )
        .encode(x=alt.X("x:Q", axis=None), y="y:Q", text="label:N")
    )
    return text
