"""Usage by salary in, the figure of occupations by pay and of the quartiles out."""

from __future__ import annotations

from typing import Literal

import altair as alt
import polars as pl

from taxonomy.economics import salary_quartiles
from taxonomy.economics.captions import allocation_words, base_and_n
from taxonomy.palette import INK, USAGE
from taxonomy.plots.bars import share_bars
from taxonomy.plots.style import Chart, titled, with_columns_of

NAMED = 4
EDGE = 0.25
POWERS = [10.0**power for power in range(-7, 1)]


def usage_by_salary(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """A5 as a dot an occupation (usage on a log scale), and usage by quartile of salary below.

    Parameters
    ----------
    frame : as `economics.usage_by_salary` gives it
    """
    columns = ["title", "median_salary", "quartile", "share"]
    with_columns_of(frame, columns, "economics.usage_by_salary")
    quartiles = salary_quartiles(frame)
    shown = frame.filter(pl.col("share") > 0).select(columns)
    with_columns_of(shown, [], "economics.usage_by_salary")
    above = _dots(shown, quartiles)
    below = share_bars(
        quartiles.with_columns(label=_quartile_words()),
        "label",
        axis_title="share of usage",
        width=330,
        letters=60,
    )
    return titled(
        alt.vconcat(above, below, spacing=24),
        "Usage by median salary of the occupation",
        [
            base_and_n(frame, "tasks", per="occupation"),
            f"{frame.height:,} occupations with usage and an annual salary hold "
            f"{frame['share'].sum():.1%} of usage; quartiles count each of them once.",
            allocation_words(frame),
        ],
        source=source,
    )


def _dots(rows: pl.DataFrame, quartiles: pl.DataFrame) -> Chart:
    x = alt.X(
        "median_salary:Q",
        title="median salary, dollars a year (lines: quartiles of occupations)",
        scale=alt.Scale(zero=False, nice=False, padding=20),
        axis=alt.Axis(format="$,.0f", tickCount=7, grid=False),
    )
    y = alt.Y(
        "share:Q",
        title="share of usage, log scale",
        scale=alt.Scale(type="log", nice=False, padding=14),
        axis=alt.Axis(format="~%", values=_ticks(rows["share"])),
    )
    cuts = quartiles.filter(pl.col("quartile") > 1).select(median_salary="salary_from")
    lines = alt.Chart(cuts).mark_rule(color="#bdbdbd", strokeDash=[4, 3]).encode(x=x)
    dots = (
        alt.Chart(rows)
        .mark_circle(size=32, color=USAGE, opacity=0.45)
        .encode(
            x=x,
            y=y,
            tooltip=[
                "title:N",
                alt.Tooltip("median_salary:Q", format="$,.0f"),
                alt.Tooltip("share:Q", format=".3%"),
            ],
        )
    )
    most = rows.sort("share", "title", descending=[True, False]).head(NAMED)
    # To the left of the lower half, to the right of the others: names would lie on one another;
    # but inwards near an edge, where they would leave the chart.
    salary = pl.col("median_salary")
    lowest, highest = rows.select(low=salary.min(), high=salary.max()).row(0)
    place = (salary - lowest) / ((highest - lowest) or 1.0)
    lower = salary <= salary.median()
    left = (lower & (place > EDGE)) | (place > 1 - EDGE)
    sides: tuple[tuple[pl.Expr, Literal["left", "right"], int], ...] = (
        (left, "right", -6),
        (~left, "left", 6),
    )
    names = [
        alt.Chart(most.filter(side))
        .mark_text(align=align, dx=dx, fontSize=10, color=INK)
        .encode(x=x, y=y, text="title:N")
        for side, align, dx in sides
    ]
    return alt.layer(lines, dots, *names).properties(width=530, height=340)


def _ticks(shares: pl.Series) -> list[float]:
    """Powers of ten, with twos and fives between them where the shares span under two of them."""
    low, high = float(shares.min()), float(shares.max())  # type: ignore[arg-type]
    steps = (1, 2, 5) if high < 100 * low else (1,)
    ticks = [step * power for power in POWERS for step in steps]
    return [tick for tick in ticks if low / 2 <= tick <= min(1.0, high * 2)]


def _quartile_words() -> pl.Expr:
    def dollars(column: str) -> pl.Expr:
        thousands = (pl.col(column) / 1000).round().cast(pl.Int64).cast(pl.String)
        return pl.concat_str(pl.lit("$"), thousands, pl.lit("k"))

    return pl.concat_str(
        pl.lit("quartile "),
        pl.col("quartile").cast(pl.String),
        pl.lit(": "),
        dollars("salary_from"),
        pl.lit(" to "),
        dollars("salary_to"),
    )
