"""How every chart looks: palette, fonts, and the lines above it."""

from __future__ import annotations

import math
import textwrap
from typing import Final, Literal

import altair as alt
import polars as pl

from taxonomy.errors import OnetError
from taxonomy.palette import INK, PATTERN_COLOURS, QUIET, REFERENCE, USAGE

Chart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.FacetChart

MORE, LESS = USAGE, "#7b3294"
SERIES: Final = (USAGE, LESS, REFERENCE, INK)

LINE_LENGTH = 122
"""Letters of a line of the caption: charts are about 700 pixels wide, labels included."""
LABEL_SIZE = 11

FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"
"""The first comes with vl-convert; the others stand in for it in a browser."""

PERCENT = ".0%"


def titled(chart: Chart, title: str, caption: list[str], *, source: str | None) -> Chart:
    """The chart with its title, its caption and the line of its source, in the one style.

    Parameters
    ----------
    caption : sentences, among them the base and n; empty ones are left out
    source : the files or the release that the values are from
    """
    lines = textwrap.wrap(" ".join(filter(None, caption)), LINE_LENGTH)
    if source:
        lines += textwrap.wrap(f"Source: {source}", LINE_LENGTH)
    head = alt.TitleParams(
        text=textwrap.wrap(title, 82),
        subtitle=lines,
        anchor="start",
        frame="bounds",
        fontSize=15,
        subtitleFontSize=LABEL_SIZE,
        subtitleColor=QUIET,
        subtitlePadding=6,
        offset=14,
        color=INK,
    )
    shown: Chart = chart.properties(
        title=head, description=f"{title}. {' '.join(lines)}", padding=12, background="white"
    ).configure(
        font=FONT,
        axis=alt.AxisConfig(
            labelFontSize=LABEL_SIZE,
            titleFontSize=LABEL_SIZE,
            titleFontWeight="normal",
            labelColor=INK,
            titleColor=QUIET,
            gridColor="#e6e6e6",
            domainColor="#bdbdbd",
            tickColor="#bdbdbd",
            labelLimit=0,
            labelFlush=False,
        ),
        legend=alt.LegendConfig(
            labelFontSize=LABEL_SIZE, titleFontSize=LABEL_SIZE, labelLimit=0, titleLimit=0
        ),
        header=alt.HeaderConfig(labelFontSize=LABEL_SIZE, titleFontSize=LABEL_SIZE, labelLimit=0),
        view=alt.ViewConfig(stroke=None),
    )
    return shown


def wrapped(texts: list[str], width: int, *, most: int | None = None) -> list[str]:
    """Each text over lines of a width in letters; beyond `most` lines it ends in an ellipsis."""
    return [
        "\n".join(textwrap.wrap(text, width, max_lines=most, placeholder=" …")) for text in texts
    ]


def decimals(highest: float, least: int) -> int:
    """Digits after the point that show two figures of the largest value, and at least `least`."""
    return max(least, 1 + math.ceil(-math.log10(highest))) if highest > 0 else least


def short_titles(titles: pl.Expr) -> pl.Expr:
    """Titles of major groups without the word that all of them end in."""
    return titles.str.strip_suffix(" Occupations")


def label_axis(name: str, order: list[str]) -> alt.Y:
    """A vertical axis of labels in the given order, none cut off."""
    return alt.Y(
        f"{name}:N",
        sort=order,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6),
    )


def centred(
    rows: pl.DataFrame, column: str, *, size: float, colour: str, align: Literal["left", "right"]
) -> alt.Chart:
    """Text of several lines, centred on its row; an axis would hang them from the first line."""
    height = size + 2
    lines = rows.with_columns(lines=1 + pl.col(column).str.count_matches("\n"))
    text: alt.Chart = (
        alt.Chart(lines)
        .mark_text(
            align=align,
            baseline="middle",
            lineBreak="\n",
            lineHeight=height,
            fontSize=size,
            color=colour,
            dy=alt.ExprRef(f"-{height / 2} * (datum.lines - 1)"),
        )
        .encode(text=f"{column}:N")
    )
    return text


def with_columns_of(frame: pl.DataFrame, columns: list[str], made_by: str) -> pl.DataFrame:
    """The frame as it came, once it is seen to have the columns and rows.

    Raises
    ------
    OnetError
        A column is missing, or there is nothing to draw.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise OnetError(
            f"the frame to draw has no column {', '.join(missing)}; expected one as {made_by} "
            "gives it."
        )
    if frame.is_empty():
        raise OnetError(f"the frame to draw has no rows; {made_by} found nothing to show.")
    return frame


def pattern_scale() -> alt.Scale:
    """The five patterns and their colours."""
    return alt.Scale(domain=[*PATTERN_COLOURS], range=[*PATTERN_COLOURS.values()])
