"""Depth curves in, the figure of how many occupations use how much of their tasks out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.economics.captions import base_and_n
from taxonomy.palette import INK
from taxonomy.plots.style import PERCENT, SERIES, Chart, titled, with_columns_of

AT = 0.25
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))


def depth_curve(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """A4 as a step line a curve: occupations of which at least so much of the tasks was seen.

    The value at a quarter of the tasks stands in the legend; where a curve does not hold it, the
    name stands alone.

    Parameters
    ----------
    frame : as `economics.depth_curve` or `economics.rarefied_depth_curve` gives it; several are
        put below one another with a column `curve` that names them
    """
    with_columns_of(frame, ["threshold", "share"], "economics.depth_curve")
    named = frame if "curve" in frame.columns else frame.with_columns(curve=pl.lit("all usage"))
    rows = named.select("threshold", "share", curve=_with_value(named))
    names = rows["curve"].unique(maintain_order=True).to_list()
    x = alt.X(
        "threshold:Q",
        title="at least this share of the occupation's tasks seen",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=PERCENT, tickCount=10),
    )
    y = alt.Y(
        "share:Q",
        title="share of occupations",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=PERCENT),
    )
    # With ">=" the value at a threshold holds from the threshold before it on.
    lines = (
        alt.Chart(rows)
        .mark_line(interpolate="step-before", strokeWidth=2)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "curve:N",
                title=f"Occupations with at least {AT:.0%} of their tasks seen",
                scale=alt.Scale(domain=names, range=[*SERIES[: len(names)]]),
                legend=alt.Legend(
                    orient="none",
                    legendX=225,
                    legendY=20,
                    symbolSize=400,
                    fillColor="white",
                    padding=6,
                ),
            ),
            strokeDash=alt.StrokeDash(
                "curve:N",
                scale=alt.Scale(domain=names, range=[list(dash) for dash in DASHES[: len(names)]]),
            ),
            tooltip=[
                "curve:N",
                alt.Tooltip("threshold:Q", format=".0%"),
                alt.Tooltip("share:Q", format=".2%"),
            ],
        )
    )
    at = (
        alt.Chart(pl.DataFrame({"threshold": [AT]}))
        .mark_rule(color=INK, strokeWidth=0.7, strokeDash=[2, 2])
        .encode(x=x)
    )
    thinned = "n_conversations" in frame.columns and frame["n_conversations"].is_not_null().any()
    return titled(
        (at + lines).properties(width=600, height=360),
        "How much of their tasks occupations use: depth of usage",
        [
            base_and_n(frame, "occupations"),
            "A task counts as seen if it was published, so depth rises with the sample.",
            "Thinned curves are expected values at the size they name." if thinned else "",
        ],
        source=source,
    )


def _with_value(frame: pl.DataFrame) -> pl.Series:
    at = frame.filter((pl.col("threshold") - AT).abs() < 1e-9)
    values = {name: f"{name}: {share:.1%}" for name, share in at.select("curve", "share").rows()}
    return frame["curve"].replace(values)
