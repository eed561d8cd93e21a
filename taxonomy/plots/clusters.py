"""Shares of the nodes of a level in, their bars out."""

from __future__ import annotations

import polars as pl

from taxonomy.economics.captions import base_and_n
from taxonomy.plots.bars import share_bars
from taxonomy.plots.style import Chart, titled, with_columns_of


def clusters(frame: pl.DataFrame, *, top: int = 30, source: str | None = None) -> Chart:
    """A11, the nodes of one level as bars, the largest first.

    Parameters
    ----------
    frame : as `economics.shares_by_cluster` gives it
    top : how many are shown
    """
    with_columns_of(frame, ["level", "name", "rank", "share"], "economics.shares_by_cluster")
    level = frame["level"][0]
    shown = frame.sort("rank").head(top)
    bars = share_bars(
        shown, "name", axis_title="share of conversations", width=270, letters=66, digits=2
    )
    rest = f"The {shown.height} largest of {frame.height:,} nodes." if frame.height > top else ""
    return titled(
        bars,
        f"What conversations ask for: nodes of level {level}",
        [base_and_n(shown, "level-0 clusters", per="node"), rest],
        source=source,
    )
