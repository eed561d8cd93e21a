"""Shares of the five patterns in, the figures of automation and augmentation out."""

from __future__ import annotations

from typing import Literal

import altair as alt
import polars as pl

from taxonomy.economics.captions import allocation_words, base_and_n, least_usage
from taxonomy.plots.style import (
    APART,
    INK,
    LABEL_SIZE,
    PERCENT,
    Chart,
    label_axis,
    pattern_scale,
    short_titles,
    titled,
    with_columns_of,
)

LEFT = ("directive", "feedback loop")
RIGHT = ("task iteration", "learning", "validation")
"""Outwards from the line between the halves."""
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
    sums = _sums(known, "title")
    order = sums["title"].to_list()
    rest = sums.select("title", share=1 - pl.col("automation") - pl.col("augmentation"))
    has_rest = (rest["share"] > LEAST_APART).any()
    bars = _diverging(known, sums, order).properties(
        width=312 if has_rest else 420, height=alt.Step(24)
    )
    chart: Chart = alt.hconcat(bars, _apart(rest, order), spacing=12) if has_rest else bars
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


def _sums(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """A row a key: automation, augmentation; most automated first."""
    half = [
        pl.col("share").filter(pl.col("half") == name).sort().sum().alias(name)
        for name in ("automation", "augmentation")
    ]
    return frame.group_by(key).agg(half).sort("automation", key, descending=[True, False])


def _diverging(frame: pl.DataFrame, sums: pl.DataFrame, order: list[str]) -> Chart:
    y = label_axis("title", order)
    furthest = float(sums.select(pl.max_horizontal("automation", "augmentation").max()).item())
    limit = min(1.0, furthest) * 1.17
    x = alt.X(
        "start:Q",
        title="← automation | augmentation →",
        scale=alt.Scale(domain=[-limit, limit], nice=False),
        axis=alt.Axis(labelExpr="format(abs(datum.value), '.0%')", tickCount=9),
    )
    bars = (
        alt.Chart(_spans(frame))
        .mark_bar(height=alt.RelativeBandSize(0.75), stroke="white", strokeWidth=0.6)
        .encode(
            x=x,
            x2="end:Q",
            y=y,
            color=alt.Color(
                "pattern:N",
                title=None,
                scale=pattern_scale(),
                legend=alt.Legend(orient="top", direction="horizontal", symbolType="square"),
            ),
            tooltip=["title:N", "pattern:N", alt.Tooltip("share:Q", format=".2%")],
        )
    )
    sides: tuple[tuple[str, str, Literal["left", "right"], int], ...] = (
        ("automation", "left_end", "right", -4),
        ("augmentation", "augmentation", "left", 4),
    )
    ends = [
        alt.Chart(sums.with_columns(left_end=-pl.col("automation")))
        .mark_text(align=align, dx=dx, fontSize=LABEL_SIZE, color=INK)
        .encode(x=alt.X(f"{place}:Q"), y=y, text=alt.Text(f"{half}:Q", format=PERCENT))
        for half, place, align, dx in sides
    ]
    middle = alt.Chart(pl.DataFrame({"start": [0]})).mark_rule(color=INK).encode(x=x)
    return alt.layer(bars, middle, *ends)


def _spans(frame: pl.DataFrame) -> pl.DataFrame:
    """Where each pattern's bar starts and ends, outwards from zero."""
    place = {pattern: rank for side in (LEFT, RIGHT) for rank, pattern in enumerate(side)}
    sign = pl.when(pl.col("pattern").is_in(LEFT)).then(-1.0).otherwise(1.0)
    end = pl.col("share").cum_sum().over("title", "half") * sign
    return (
        frame.select("title", "pattern", "half", "share")
        .sort("title", "half", pl.col("pattern").replace_strict(place))
        .with_columns(end=end)
        .with_columns(start=pl.col("end") - pl.col("share") * sign)
    )


def _apart(rest: pl.DataFrame, order: list[str]) -> Chart:
    y = alt.Y("title:N", sort=order, title=None, axis=None)
    x = alt.X(
        "share:Q",
        title="in none of the five",
        scale=alt.Scale(domain=[0, float(rest["share"].max()) * 1.5]),  # type: ignore[arg-type]
        axis=alt.Axis(format=PERCENT, tickCount=3),
    )
    base = alt.Chart(rest).encode(x=x, y=y)
    bars = base.mark_bar(color=APART, height=alt.RelativeBandSize(0.75))
    values = base.mark_text(align="left", dx=3, fontSize=LABEL_SIZE).encode(
        text=alt.Text("share:Q", format=PERCENT)
    )
    return alt.layer(bars, values).properties(width=90, height=alt.Step(24))


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
