"""Shares of the major groups in, the figures against employment and of change out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.economics.captions import allocation_words, base_and_n
from taxonomy.palette import INK, REFERENCE, USAGE
from taxonomy.plots.style import (
    LABEL_SIZE,
    LESS,
    MORE,
    PERCENT,
    Chart,
    decimals,
    label_axis,
    short_titles,
    titled,
    with_columns_of,
)

SIDES = {"share": "usage", "employment_share": "employment"}


def occupation_shares_against_employment(
    frame: pl.DataFrame, *, source: str | None = None
) -> Chart:
    """A2 as a dumbbell a group: share of usage and share of employment, most employed first.

    A group whose tasks were not published has a mark for employment alone.

    Parameters
    ----------
    frame : as `economics.compare_employment` gives it
    """
    with_columns_of(frame, ["title", *SIDES], "economics.compare_employment")
    rows = frame.select(*SIDES, title=short_titles(pl.col("title")))
    points = _points(rows)
    highest = max(points["value"], default=0) or 1.0
    scale = alt.Scale(domain=[-0.11 * highest, 1.1 * highest], nice=False)
    x = alt.X(
        "value:Q",
        title="share of usage (dot) and of employment (diamond)",
        scale=scale,
        axis=alt.Axis(format=PERCENT, values=[tick / 20 for tick in range(21)]),
    )
    y = label_axis("title", rows["title"].to_list())
    lines = (
        alt.Chart(rows.drop_nulls())
        .mark_rule(color="#bdbdbd", strokeWidth=2)
        .encode(x=alt.X("share:Q", scale=scale), x2="employment_share:Q", y=y)
    )
    sides = [*SIDES.values()]
    marks = (
        alt.Chart(points)
        .mark_point(filled=True, size=75, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "side:N",
                title=None,
                scale=alt.Scale(domain=sides, range=[USAGE, REFERENCE]),
                legend=alt.Legend(orient="top", direction="horizontal"),
            ),
            shape=alt.Shape(
                "side:N", title=None, scale=alt.Scale(domain=sides, range=["circle", "diamond"])
            ),
            tooltip=["title:N", "side:N", alt.Tooltip("value:Q", format=".2%")],
        )
    )
    base = frame.with_columns(pl.col("base").str.replace_all(r"(employment_)?share: ", ""))
    chart = alt.layer(lines, marks, *(_values(points, x, y, right) for right in (True, False)))
    return titled(
        chart.properties(width=400, height=alt.Step(21)),
        "Share of usage by occupation group, against employment",
        [base_and_n(base.drop_nulls("n"), "tasks", per="group"), allocation_words(frame)],
        source=source,
    )


def _points(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a mark: title, side, value, and whether its number stands to the right of it."""
    return (
        rows.unpivot([*SIDES], index="title", variable_name="side")
        .with_columns(pl.col("side").replace(SIDES))
        .drop_nulls("value")
        .with_columns(right=pl.col("value") == pl.col("value").max().over("title"))
    )


def _values(points: pl.DataFrame, x: alt.X, y: alt.Y, right: bool) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(points.filter(pl.col("right") == right))
        .mark_text(
            align="left" if right else "right", dx=8 if right else -8, fontSize=10, color=INK
        )
        .encode(x=x, y=y, text=alt.Text("value:Q", format=".1%"))
    )
    return chart


def share_change(
    frame: pl.DataFrame,
    *,
    before: str = "the release before",
    after: str = "the later release",
    source: str | None = None,
) -> Chart:
    """A7 as ranked bars: change of each group's share of usage, in percentage points.

    Groups that one of the two releases does not have are named in the caption.

    Parameters
    ----------
    frame : as `economics.share_change` gives it
    before, after : what the two releases are called
    """
    with_columns_of(frame, ["title", "change"], "economics.share_change")
    rows = (
        frame.drop_nulls("change")
        .sort("change", "title", descending=[True, False])
        .select(title=short_titles(pl.col("title")), points=100 * pl.col("change"))
    )
    with_columns_of(rows, [], "economics.share_change")
    ends = [0.0, *rows["points"]]
    digits = decimals(max(ends) - min(ends), 1)
    margin = (0.11 + 0.02 * digits) * (max(ends) - min(ends)) or 1.0
    base = alt.Chart(rows).encode(
        x=alt.X(
            "points:Q",
            title="change in share of usage, percentage points",
            scale=alt.Scale(domain=[min(ends) - margin, max(ends) + margin], nice=False),
            axis=alt.Axis(
                tickCount=7, labelExpr=f"datum.value ? format(datum.value, '+.{digits}f') : '0'"
            ),
        ),
        y=label_axis("title", rows["title"].to_list()),
    )
    bars = base.mark_bar(height=alt.RelativeBandSize(0.7)).encode(
        color=alt.condition("datum.points >= 0", alt.value(MORE), alt.value(LESS)),
        tooltip=["title:N", alt.Tooltip("points:Q", format="+.3f")],
    )
    values = [
        base.transform_filter(f"datum.points {'>=' if right else '<'} 0")
        .mark_text(
            align="left" if right else "right",
            dx=4 if right else -4,
            fontSize=LABEL_SIZE,
            color=INK,
        )
        .encode(text=alt.Text("points:Q", format=f"+.{max(2, digits)}f"))
        for right in (True, False)
    ]
    absent = frame.filter(pl.col("change").is_null())["title"].to_list()
    return titled(
        alt.layer(bars, *values).properties(width=400, height=alt.Step(21)),
        f"Change in share of usage, from {before} to {after}",
        [
            base_and_n(frame.drop_nulls("n"), "tasks", per="group"),
            f"n is of {after}. The two lists of tasks differ: this is no panel.",
            allocation_words(frame),
            f"In one release only, and not shown: {', '.join(absent)}." if absent else "",
        ],
        source=source,
    )
