"""Shares of the five patterns by row in, bars to the two sides of one line out."""

from __future__ import annotations

from typing import Literal

import altair as alt
import polars as pl

from taxonomy.palette import APART, INK
from taxonomy.plots.style import LABEL_SIZE, PERCENT, Chart, centred, pattern_scale

LEFT = ("directive", "feedback loop")
RIGHT = ("task iteration", "learning", "validation")
"""Outwards from the line between the halves."""
HEIGHT = 24
"""Pixels of a row whose label is one line; each further line takes `LINE` more."""
LINE = 10
TICKS = (0.0001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Where the axis of what stands apart may have its one tick beside zero."""


def ends_by_title(frame: pl.DataFrame) -> pl.DataFrame:
    """A row a title, most automated first: how far its bars go, and what is written there.

    Parameters
    ----------
    frame : title, half, share; a share that is null counts as zero

    Returns
    -------
    title, automation, augmentation, label (the title), automation_text, augmentation_text
    """
    halves = ("automation", "augmentation")
    sums = [
        pl.col("share").filter(pl.col("half") == half).sort().sum().alias(half) for half in halves
    ]
    texts = {
        f"{half}_text": pl.col(half).map_elements(lambda share: f"{share:.0%}", pl.String)
        for half in halves
    }
    ends = frame.group_by("title").agg(sums).with_columns(label="title", **texts)
    return ends.sort("automation", "title", descending=[True, False])


def diverging_bars(frame: pl.DataFrame, ends: pl.DataFrame, *, width: int) -> Chart:
    """A row a title: automation left, augmentation right.

    Parameters
    ----------
    frame : title, pattern, half, share; a share that is null has no bar
    ends : as `ends_by_title` gives it, in the order of the rows; a label may be of several lines
    """
    y = _rows(ends)
    furthest = float(ends.select(pl.max_horizontal("automation", "augmentation").max()).item())
    limit = (min(1.0, furthest) or 1.0) * 1.17
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
    middle = alt.Chart(pl.DataFrame({"start": [0]})).mark_rule(color=INK).encode(x=x)
    chart = alt.layer(bars, middle, *_texts(ends, y))
    return chart.properties(width=width, height=_step(ends))


def apart_bars(rest: pl.DataFrame, ends: pl.DataFrame, *, title: str) -> Chart:
    """Beside `diverging_bars`, in grey: what belongs to neither half.

    Parameters
    ----------
    rest : title, share (null where it is not known), text
    ends : as `diverging_bars` takes it
    """
    most = float(rest["share"].max() or 1)  # type: ignore[arg-type]
    base = alt.Chart(rest).encode(
        x=alt.X(
            "share:Q",
            title=title,
            scale=alt.Scale(domain=[0, most * 1.5]),
            axis=alt.Axis(format=PERCENT, values=[0, max(t for t in TICKS if t < 1.5 * most)]),
        ),
        y=_rows(ends),
    )
    bars = base.mark_bar(color=APART, height=alt.RelativeBandSize(0.75))
    values = base.mark_text(align="left", dx=3, fontSize=LABEL_SIZE, color=INK).encode(
        x=alt.X("end:Q"), text="text:N"
    )
    values.data = rest.select("title", "text", end=pl.col("share").fill_null(0))
    return alt.layer(bars, values).properties(width=90, height=_step(ends))


def _rows(ends: pl.DataFrame) -> alt.Y:
    return alt.Y("title:N", sort=ends["title"].to_list(), title=None, axis=None)


def _step(ends: pl.DataFrame) -> alt.Step:
    lines = max(label.count("\n") for label in ends["label"])
    return alt.Step(HEIGHT + LINE * lines)


def _texts(ends: pl.DataFrame, y: alt.Y) -> list[alt.Chart]:
    """The label left of each row, and what is written at the two ends of its bars."""
    label = centred(
        ends.select("title", "label"), "label", size=LABEL_SIZE, colour=INK, align="right"
    ).encode(x=alt.value(-7), y=y)
    sides: tuple[tuple[str, pl.Expr, Literal["left", "right"], int], ...] = (
        ("automation", -pl.col("automation"), "right", -4),
        ("augmentation", pl.col("augmentation"), "left", 4),
    )
    values = [
        alt.Chart(ends.select("title", text=f"{half}_text", end=end))
        .mark_text(align=align, dx=dx, fontSize=LABEL_SIZE, color=INK)
        .encode(x=alt.X("end:Q"), y=y, text="text:N")
        for half, end, align, dx in sides
    ]
    return [label, *values]


def _spans(frame: pl.DataFrame) -> pl.DataFrame:
    """Where each pattern's bar starts and ends, outwards from zero."""
    place = {pattern: rank for side in (LEFT, RIGHT) for rank, pattern in enumerate(side)}
    sign = pl.when(pl.col("pattern").is_in(LEFT)).then(-1.0).otherwise(1.0)
    end = pl.col("share").cum_sum().over("title", "half") * sign
    return (
        frame.select("title", "pattern", "half", "share")
        .drop_nulls("share")
        .sort("title", "half", pl.col("pattern").replace_strict(place))
        .with_columns(end=end)
        .with_columns(start=pl.col("end") - pl.col("share") * sign)
    )
