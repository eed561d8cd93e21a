"""Shares of the five patterns in, the figures of automation and augmentation out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.economics.captions import allocation_words, base_and_n, least_usage
from taxonomy.palette import INK
from taxonomy.plots.diverging import LEFT, RIGHT, apart_bars, diverging_bars, ends_by_title
from taxonomy.plots.style import (
    LABEL_SIZE,
    PERCENT,
    Chart,
    label_axis,
    pattern_scale,
    short_titles,
    titled,
    with_columns_of,
)

LEAST_APART = 1e-6
UP_TO_ALL = "datum.value > 1.0001 ? '' : format(datum.value, '.0%')"
"""Labels of an axis that goes on beyond 100% to leave room for values."""
COUNTED = {"task": "tasks", "conversation": "patterns", "cluster": "clusters"}


def patterns_by_group(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """A8 as diverging bars: automation left, augmentation right, the most automated first.

    Where the five patterns of a group do not add up to 1 (`filtered="keep"`), what is left stands
    apart, in grey.

    Parameters
    ----------
    frame : as `economics.patterns_by_group` gives it
    """
    columns = ["title", "pattern", "half", "share"]
    with_columns_of(frame, columns, "economics.patterns_by_group")
    known = frame.drop_nulls("share").with_columns(short_titles(pl.col("title")))
    with_columns_of(known, [], "economics.patterns_by_group")
    without = frame.filter(pl.col("share").is_null().all().over("title"))
    unknown = without.select(short_titles(pl.col("title")).unique().sort()).to_series().to_list()
    ends = ends_by_title(known)
    rest = ends.select("title", share=1 - pl.col("automation") - pl.col("augmentation"))
    rest = rest.with_columns(text=pl.Series([f"{share:.0%}" for share in rest["share"]]))
    has_rest = (rest["share"] > LEAST_APART).any()
    bars = diverging_bars(known, ends, width=312 if has_rest else 420)
    chart: Chart = bars
    if has_rest:
        apart = apart_bars(rest, ends, title="in none of the five")
        chart = alt.hconcat(bars, apart, spacing=12)
    return titled(
        chart,
        "Automation and augmentation by occupation group",
        [
            base_and_n(known, "tasks", per="group"),
            least_usage(frame, "groups"),
            f"Not shown, as no pattern is known: {'; '.join(unknown)}." if unknown else "",
            allocation_words(frame),
        ],
        source=source,
    )


def routes(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """A12: the share of each pattern by each route, side by side.

    Parameters
    ----------
    frame : as `economics.compare_routes` gives it
    """
    with_columns_of(frame, ["route", "pattern", "share"], "economics.compare_routes")
    frame = with_columns_of(frame.drop_nulls("share"), [], "economics.compare_routes")
    names = frame["route"].unique(maintain_order=True).to_list()
    rows = frame.select(
        "pattern",
        "route",
        "share",
        text=pl.format("{}%  by {}", (pl.col("share") * 100).round(1), "route"),
    )
    base = alt.Chart(rows).encode(
        x=alt.X(
            "share:Q",
            title="share",
            scale=alt.Scale(domain=[0, float(rows["share"].max()) * 1.25]),  # type: ignore[arg-type]
            axis=alt.Axis(format=PERCENT, tickCount=8, labelExpr=UP_TO_ALL),
        ),
        y=label_axis("pattern", [*LEFT, *RIGHT]),
        yOffset=alt.YOffset("route:N", sort=names, scale=alt.Scale(paddingInner=0.1)),
    )
    bars = base.mark_bar().encode(
        color=alt.Color("pattern:N", scale=pattern_scale(), legend=None),
        tooltip=["pattern:N", "route:N", alt.Tooltip("share:Q", format=".2%")],
    )
    values = base.mark_text(align="left", dx=4, fontSize=LABEL_SIZE, color=INK).encode(
        text="text:N"
    )
    bases = [
        base_and_n(frame.filter(pl.col("route") == name), COUNTED[name]).replace(
            "Base", f"By {name}", 1
        )
        for name in names
    ]
    return titled(
        (bars + values).properties(width=520, height=alt.Step(26 if len(names) == 1 else 19)),
        "The five patterns by each route",
        bases,
        source=source,
    )
