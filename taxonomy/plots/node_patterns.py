"""The six collaboration shares of nodes in, their bars left and right of one line out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.measures import BASE_SIX, collaboration_measure
from taxonomy.plots.diverging import LEFT, RIGHT, apart_bars, diverging_bars
from taxonomy.plots.nodes import largest_nodes, n_by_node, of_how_many, with_titles
from taxonomy.plots.style import Chart, titled, wrapped

HALVES = {"automation": LEFT, "augmentation": RIGHT}
MEASURES = {name: collaboration_measure(name) for half in HALVES.values() for name in half}
NONE = collaboration_measure("none")
SUPPRESSED = "suppressed"
LETTERS = 46


def patterns_by_node(
    table: pl.DataFrame, *, level: int = 2, top: int = 30, source: str | None = None
) -> Chart:
    """The largest nodes as diverging bars: automation left, augmentation right.

    The most automated, by their share of the five patterns, come first. A pattern that is
    suppressed has no bar, and the sum of its half is written as "at least"; a half without any
    published pattern says that it is suppressed. The share with none of the five stands apart.

    Parameters
    ----------
    table : `Taxonomy.table`
    top : how many nodes are shown
    """
    shown = largest_nodes(table, level, top, [*MEASURES.values(), NONE, "automation_share"])
    order = shown.sort("automation_share", "code", descending=[True, False], nulls_last=True)
    shown = with_titles(order)
    cells = _cells(shown)
    ends = _ends(shown, cells)
    known = shown[NONE].is_not_null().any()
    chart: Chart = diverging_bars(cells, ends, width=330 if known else 400)
    if known:
        rest = shown.select("title", share=NONE, text=_percent(pl.col(NONE)))
        chart = alt.hconcat(chart, apart_bars(rest, ends, title="none of the five"), spacing=12)
    return titled(
        chart,
        f"Automation and augmentation: nodes of level {level}",
        [
            f"Base: {BASE_SIX}.",
            n_by_node(table, shown),
            "Most automated first, by share of the five patterns.",
            of_how_many(table, shown),
            *_on_suppressed(cells, known),
        ],
        source=source,
    )


def _cells(shown: pl.DataFrame) -> pl.DataFrame:
    """title, pattern, half, share: a row a node and pattern, null where suppressed."""
    parts = [
        shown.select("title", pattern=pl.lit(name), half=pl.lit(half), share=MEASURES[name])
        for half, names in HALVES.items()
        for name in names
    ]
    return pl.concat(parts)


def _ends(shown: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """As `ends_by_title`, in the order shown; a sum that lacks a pattern is "at least"."""
    share = pl.col("share")
    ends = shown.select("title", label=pl.Series(wrapped(shown["title"].to_list(), LETTERS)))
    for half in HALVES:
        sums = (
            cells.filter(pl.col("half") == half)
            .group_by("title")
            .agg(
                share.sort().sum().alias(half),
                hidden=share.is_null().any(),
                all=share.is_null().all(),
            )
        )
        text = (
            pl.when("all")
            .then(pl.lit(SUPPRESSED))
            .when("hidden")
            .then(pl.format("≥ {}", _percent(pl.col(half))))
            .otherwise(_percent(pl.col(half)))
        )
        sums = sums.select("title", half, text.alias(f"{half}_text"))
        ends = ends.join(sums, on="title", maintain_order="left")
    return ends


def _percent(share: pl.Expr) -> pl.Expr:
    return (
        pl.when(share.is_null())
        .then(pl.lit(SUPPRESSED))
        .otherwise(pl.format("{}%", (share * 100).round().cast(pl.Int64, strict=False)))
    )


def _on_suppressed(cells: pl.DataFrame, known: bool) -> list[str]:
    """What is not published, in sentences."""
    hidden = cells["share"].null_count()
    if hidden == cells.height:
        return ["All shares are suppressed."]
    return [
        f"≥: at least, as a pattern of the half is suppressed ({hidden} of {cells.height} values)."
        if hidden
        else "",
        "" if known else "The share with none of the five is suppressed throughout.",
    ]
