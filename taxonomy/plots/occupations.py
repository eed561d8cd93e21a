"""Ranked occupations and tasks in, their bars out."""

from __future__ import annotations

import polars as pl

from taxonomy.economics.captions import allocation_words, base_and_n, least_usage
from taxonomy.plots.bars import share_bars
from taxonomy.plots.style import Chart, titled, with_columns_of

THINKING = "#4d4d4d"


def top_occupations(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """A3, the occupations with most usage as bars, most first.

    Parameters
    ----------
    frame : as `economics.top_occupations` gives it
    """
    with_columns_of(frame, ["rank", "title", "share"], "economics.top_occupations")
    bars = share_bars(
        frame.sort("rank"), "title", axis_title="share of usage", width=380, letters=48
    )
    return titled(
        bars,
        f"The {frame.height} occupations with most usage",
        [base_and_n(frame, "tasks", per="occupation"), allocation_words(frame)],
        source=source,
    )


def top_tasks(frame: pl.DataFrame, *, source: str | None = None) -> Chart:
    """A3, the tasks with most usage as bars, most first.

    Parameters
    ----------
    frame : as `economics.top_tasks` gives it
    """
    with_columns_of(frame, ["rank", "task", "share"], "economics.top_tasks")
    bars = share_bars(
        frame.sort("rank"), "task", axis_title="share of usage", width=270, letters=68
    )
    return titled(
        bars,
        f"The {frame.height} tasks with most usage",
        [base_and_n(frame, "occupations", per="task")],
        source=source,
    )


def thinking_by_occupation(
    frame: pl.DataFrame, *, top: int = 20, source: str | None = None
) -> Chart:
    """A10, extended thinking as bars, the occupations that use it most.

    Parameters
    ----------
    frame : as `economics.thinking_by_occupation` gives it
    top : how many are shown
    """
    with_columns_of(frame, ["rank", "title", "share"], "economics.thinking_by_occupation")
    known = frame.drop_nulls("share").sort("rank")
    shown = with_columns_of(known.head(top), [], "economics.thinking_by_occupation")
    bars = share_bars(
        shown,
        "title",
        axis_title="share of the occupation's usage with extended thinking",
        width=380,
        letters=48,
        colour=THINKING,
    )
    return titled(
        bars,
        "Extended thinking by occupation",
        [
            base_and_n(shown, "tasks", per="occupation"),
            f"The {shown.height} highest of {frame.height} occupations."
            if shown.height < frame.height
            else "",
            least_usage(frame, "occupations"),
            allocation_words(frame),
        ],
        source=source,
    )
