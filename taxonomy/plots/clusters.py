"""Shares of the nodes of a level in, their bars out."""

from __future__ import annotations

import polars as pl

from taxonomy.display import share_base
from taxonomy.economics.captions import base_and_n
from taxonomy.plots.bars import share_bars
from taxonomy.plots.nodes import largest_nodes, of_how_many
from taxonomy.plots.style import Chart, titled, with_columns_of


def prevalence(
    table: pl.DataFrame, *, level: int = 2, top: int = 30, source: str | None = None
) -> Chart:
    """The nodes of one level as bars of their share of conversations, the largest first.

    Parameters
    ----------
    table : `Taxonomy.table`
    top : how many are shown
    """
    shown = largest_nodes(table, level, top, [])
    rows = shown.select("level", "name", share="conversation_share")
    caption = [f"Base: {share_base(table)}", of_how_many(table, shown)]
    return _named_bars(rows, caption, source=source)


def clusters(frame: pl.DataFrame, *, top: int = 30, source: str | None = None) -> Chart:
    """A11, the nodes of one level as bars, the largest first.

    Parameters
    ----------
    frame : as `economics.shares_by_cluster` gives it
    top : how many are shown
    """
    with_columns_of(frame, ["level", "name", "rank", "share"], "economics.shares_by_cluster")
    shown = frame.sort("rank").head(top)
    caption = [base_and_n(shown, "level-0 clusters", per="node"), of_how_many(frame, shown)]
    return _named_bars(shown, caption, source=source)


def _named_bars(rows: pl.DataFrame, caption: list[str], *, source: str | None) -> Chart:
    bars = share_bars(
        rows, "name", axis_title="share of conversations", width=270, letters=66, digits=2
    )
    title = f"What conversations ask for: nodes of level {rows['level'][0]}"
    return titled(bars, title, caption, source=source)
