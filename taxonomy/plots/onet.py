"""The frames of a comparison with O*NET in, coverage curves and location quotients out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.palette import INK
from taxonomy.plots.depth import DASHES
from taxonomy.plots.style import (
    PERCENT,
    SERIES,
    Chart,
    label_axis,
    short_titles,
    titled,
    with_columns_of,
)

WEIGHTINGS = ("objects", "usage", "importance", "employment")
CRITERIA = {
    "best_weight": "least weight of the best cluster",
    "conversation_share": "least share of conversations",
}
TICKS = {"best_weight": [0, 0.25, 0.5, 0.75], "conversation_share": [0.0001, 0.001, 0.01]}
NAMES = {"task": "tasks", "DWA": "DWAs", "IWA": "IWAs", "GWA": "GWAs", "major": "major groups"}
ROUTES = ("clusters", "conversations", "published usage")
SHAPES = ("circle", "triangle-up", "diamond")


def coverage_curves(
    frame: pl.DataFrame, *, criterion: str = "best_weight", source: str | None = None
) -> Chart:
    """How much of each level of O*NET is covered, by threshold: a panel a level.

    Parameters
    ----------
    frame : `coverage` of a `taxonomy.onet.compare.Comparison`
    criterion : `best_weight` or `conversation_share` (on a log scale)
    """
    columns = ["level", "criterion", "threshold", "weighting", "share", "base"]
    with_columns_of(frame, columns, "taxonomy.onet.compare")
    rows = frame.filter(pl.col("criterion") == criterion)
    with_columns_of(rows, [], f"taxonomy.onet.compare, for {criterion},")
    by_share = criterion == "conversation_share"
    weightings = [name for name in WEIGHTINGS if name in rows["weighting"].to_list()]
    lines = (
        alt.Chart(rows.select(columns[:5]))
        .mark_line(point=alt.OverlayMarkDef(size=14), strokeWidth=1.5)
        .encode(
            x=alt.X(
                "threshold:Q",
                title=CRITERIA[criterion],
                scale=alt.Scale(type="log" if by_share else "linear"),
                axis=alt.Axis(format="~%", values=TICKS[criterion]),
            ),
            y=alt.Y(
                "share:Q",
                title="share covered",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=PERCENT, tickCount=5),
            ),
            color=alt.Color(
                "weighting:N",
                title="counted by",
                scale=alt.Scale(domain=weightings, range=[*SERIES[: len(weightings)]]),
                legend=alt.Legend(orient="top", symbolType="stroke", symbolSize=300),
            ),
            strokeDash=alt.StrokeDash(
                "weighting:N",
                scale=alt.Scale(
                    domain=weightings, range=[list(dash) for dash in DASHES[: len(weightings)]]
                ),
            ),
            tooltip=[
                "level:N",
                "weighting:N",
                "threshold:Q",
                alt.Tooltip("share:Q", format=".2%"),
            ],
        )
        .properties(width=175, height=150)
    )
    panels = lines.facet(
        facet=alt.Facet("level:N", sort=[*NAMES], title=None, header=alt.Header(labelFontSize=12)),
        columns=3,
        spacing=18,
    )
    return titled(
        panels,
        "How much of O*NET the clusters cover",
        [_objects(rows), _counted_by(rows)],
        source=source,
    )


def _objects(rows: pl.DataFrame) -> str:
    counted = rows.filter(pl.col("weighting") == "objects").unique("level", maintain_order=True)
    totals = dict(counted.select("level", "total").iter_rows())
    said = [f"{totals[level]:,.0f} {name}" for level, name in NAMES.items() if level in totals]
    return f"n = {', '.join(said)}."


def _counted_by(rows: pl.DataFrame) -> str:
    # What the threshold is a share of stands behind each base, and on the axis.
    bases = rows["base"].str.split("; threshold: ").list.first().unique(maintain_order=True)
    return f"Base: {'; '.join(bases)}."


def location_quotients(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """Location quotients of the major groups on a log scale, with their 95% intervals.

    Most over-represented (by the first route) first; a quotient of zero has no place on the scale
    and is named in the caption.

    Parameters
    ----------
    frame : `representation` of a `taxonomy.onet.compare.Comparison`
    """
    columns = ["route", "title", "lq", "lq_low", "lq_high", "interval", "base"]
    with_columns_of(frame, columns, "taxonomy.onet.compare")
    rows = frame.filter(pl.col("lq") > 0).with_columns(short_titles(pl.col("title")))
    with_columns_of(rows, [], "taxonomy.onet.compare")
    names = [name for name in ROUTES if name in rows["route"].to_list()]
    first = rows.sort(pl.col("route").replace_strict(dict(zip(names, range(9), strict=False))))
    order = first.unique("title", keep="first", maintain_order=True).sort(
        "lq", "title", descending=[True, False]
    )
    y = label_axis("title", order["title"].to_list())
    offset = alt.YOffset("route:N", sort=names)
    # An interval that reaches zero ends at the scale's edge.
    least = min(rows["lq"]) / 2
    most = max(*rows["lq"], *rows["lq_high"].drop_nulls()) * 1.3
    x = alt.X(
        "lq:Q",
        title="share of conversations or usage / share of employment, log scale",
        scale=alt.Scale(type="log", domain=[least, most], nice=False),
        axis=alt.Axis(values=[0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30], format="~g"),
    )
    colour = alt.Color(
        "route:N",
        title=None,
        scale=alt.Scale(domain=names, range=[*SERIES[: len(names)]]),
        legend=alt.Legend(orient="top"),
    )
    spans = rows.drop_nulls("lq_low").with_columns(pl.col("lq_low").clip(least))
    base = {"y": y, "yOffset": offset, "color": colour}
    shown = ["route", "title", "lq", "lq_low", "lq_high"]
    one = alt.Chart(pl.DataFrame({"lq": [1.0]})).mark_rule(color=INK, strokeDash=[3, 3]).encode(x=x)
    bars = (
        alt.Chart(spans.select(shown))
        .mark_rule(strokeWidth=1.5)
        .encode(x=alt.X("lq_low:Q"), x2="lq_high:Q", **base)
    )
    dots = (
        alt.Chart(rows.select(shown))
        .mark_point(filled=True, size=40, opacity=1)
        .encode(
            x=x,
            shape=alt.Shape("route:N", title=None, scale=alt.Scale(domain=names, range=[*SHAPES])),
            tooltip=["title:N", "route:N", alt.Tooltip("lq:Q", format=".3f")],
            **base,
        )
    )
    return titled(
        alt.layer(one, bars, dots).properties(
            width=400, height=alt.Step(9 if len(names) > 1 else 20)
        ),
        "Occupation groups over and under their share of employment",
        _caption(frame, names),
        source=source,
    )


def _caption(frame: pl.DataFrame, names: list[str]) -> list[str]:
    said = []
    for name in names:
        rows = frame.filter(pl.col("route") == name)
        base = rows["base"][0].removeprefix("share: ").split("; employment_share: ")[0]
        n = f", n = {rows['n'].sum():,.0f}" if rows["n"].is_not_null().any() else ""
        said.append(f"By {name}: {base}{n}; 95% interval: {rows['interval'][0]}.")
    against = frame["base"][0].split("employment_share: ")[-1]
    said.append(f"Against {against}. Intervals that go below the scale are cut off.")
    zero = frame.filter(~(pl.col("lq") > 0))
    groups = zero.select(pl.format("{} ({})", short_titles(pl.col("title")), "route")).to_series()
    return [*said, f"Zero, and not shown: {', '.join(groups)}." if zero.height else ""]
