"""A frame of labels and shares in, ranked bars with their values written out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.palette import INK, USAGE
from taxonomy.plots.style import LABEL_SIZE, Chart, centred, decimals, wrapped


def share_bars(
    frame: pl.DataFrame,
    label: str,
    *,
    axis_title: str,
    width: int,
    letters: int,
    colour: str = USAGE,
    digits: int = 1,
) -> Chart:
    """One bar a row in the frame's order, the share at its end.

    Parameters
    ----------
    label : the column that names a row
    letters : length at which a label breaks into a second line
    digits : of a value after the point, in percent; more where the largest needs them
    """
    lines = wrapped(frame[label].to_list(), letters)
    # By number, not by label: two rows may have the same.
    rows = frame.select("share", label=pl.Series(lines), name=pl.col(label)).with_row_index("row")
    tallest = max(line.count("\n") + 1 for line in lines)
    # The value stands right of its bar and needs room there.
    most = float(rows["share"].max() or 0)  # type: ignore[arg-type]
    highest = 1.12 * most or 1.0
    digits = decimals(100 * most, digits)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "share:Q",
            title=axis_title,
            scale=alt.Scale(domain=[0, highest], nice=False),
            axis=alt.Axis(format="~%", tickCount=5),
        ),
        y=alt.Y("row:O", axis=None),
    )
    names = centred(rows, "label", size=LABEL_SIZE, colour=INK, align="right").encode(
        x=alt.value(-7), y=alt.Y("row:O", axis=None)
    )
    bars = base.mark_bar(color=colour, height=14).encode(
        tooltip=["name:N", alt.Tooltip("share:Q", format=f".{digits + 1}%")]
    )
    values = base.mark_text(align="left", dx=4, fontSize=LABEL_SIZE, color=INK).encode(
        text=alt.Text("share:Q", format=f".{digits}%")
    )
    return alt.layer(bars, values, names).properties(width=width, height=alt.Step(8 + 12 * tallest))
