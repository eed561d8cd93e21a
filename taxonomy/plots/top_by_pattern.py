"""The occupations highest in each pattern and their tasks in, five small multiples out."""

from __future__ import annotations

import altair as alt
import polars as pl

from taxonomy.economics.captions import allocation_words, base_and_n, least_usage
from taxonomy.palette import INK, PATTERN_COLOURS, QUIET
from taxonomy.plots.diverging import LEFT, RIGHT
from taxonomy.plots.style import LABEL_SIZE, Chart, centred, titled, with_columns_of, wrapped

HEIGHT = 53
LETTERS = 78
TEXT_AT = 168
WIDTH_OF_BARS = 122
WIDTH_OF_PANEL = 505


def top_occupations_by_pattern(
    occupations: pl.DataFrame,
    tasks: pl.DataFrame,
    *,
    top: int = 5,
    tasks_each: int = 2,
    source: str | None = None,
) -> Chart:
    """A9 as a panel a pattern: its highest occupations, each with the tasks that make it up.

    Before each task stands its contribution: its share of the occupation's usage in the pattern.
    Long statements end in an ellipsis; the frame holds them whole.

    Parameters
    ----------
    occupations : as `economics.patterns_by_occupation` gives it
    tasks : as `economics.contributing_tasks` gives it
    top : occupations a pattern
    tasks_each : tasks an occupation
    """
    columns = ["title", "pattern", "half", "rank", "share"]
    with_columns_of(occupations, columns, "economics.patterns_by_occupation")
    with_columns_of(tasks, [*columns[:4], "task", "contribution"], "economics.contributing_tasks")
    shown = occupations.filter((pl.col("rank") <= top) & (pl.col("share") > 0))
    with_columns_of(shown, [], "economics.patterns_by_occupation")
    rows = shown.join(_lines(tasks, tasks_each), on=["onet_soc", "title", "pattern"], how="left")
    rows = rows.with_columns(label=pl.Series(wrapped(rows["title"].to_list(), 30)))
    highest = float(rows["share"].max())  # type: ignore[arg-type]
    present = rows["pattern"].unique().to_list()
    panels = [
        _panel(rows.filter(pl.col("pattern") == pattern).sort("rank"), pattern, highest)
        for pattern in (*LEFT, *RIGHT)
        if pattern in present
    ]
    return titled(
        alt.vconcat(*panels, spacing=20),
        "The occupations highest in each pattern, and the tasks that contribute most",
        [
            base_and_n(shown, "tasks", per="occupation"),
            least_usage(occupations, "occupations"),
            "Percent before a task: its share of the occupation's usage in the pattern.",
            allocation_words(occupations),
        ],
        source=source,
    )


def _lines(tasks: pl.DataFrame, each: int) -> pl.DataFrame:
    """A row an (occupation, pattern): its tasks as lines of text."""
    first = tasks.filter(pl.col("rank") <= each).sort("onet_soc", "title", "pattern", "rank")
    texts = [
        f"{share:.0%} {task}" for share, task in first.select("contribution", "task").iter_rows()
    ]
    lines = pl.Series(wrapped(texts, LETTERS, most=2))
    return (
        first.with_columns(tasks=lines)
        .group_by("onet_soc", "title", "pattern", maintain_order=True)
        .agg(pl.col("tasks").str.join("\n"))
    )


def _panel(rows: pl.DataFrame, pattern: str, highest: float) -> Chart:
    half = rows["half"][0]
    shown = rows.select("label", "title", "share", "tasks")
    # The axis is longer than the bars: the tasks stand on its right.
    end = highest * WIDTH_OF_PANEL / WIDTH_OF_BARS
    x = alt.X("share:Q", axis=None, scale=alt.Scale(domain=[0, end], nice=False))
    y = alt.Y("label:N", sort=shown["label"].to_list(), axis=None)
    base = alt.Chart(shown).encode(x=x, y=y)
    bars = base.mark_bar(color=PATTERN_COLOURS[pattern], height=20).encode(
        tooltip=["title:N", alt.Tooltip("share:Q", format=".2%"), "tasks:N"]
    )
    values = base.mark_text(align="left", dx=4, fontSize=LABEL_SIZE, color=INK).encode(
        text=alt.Text("share:Q", format=".1%")
    )
    names = centred(shown, "label", size=LABEL_SIZE, colour=INK, align="right").encode(
        x=alt.value(-7), y=y
    )
    texts = centred(shown, "tasks", size=9.5, colour=QUIET, align="left").encode(
        x=alt.value(TEXT_AT), y=y
    )
    return alt.layer(bars, values, names, texts).properties(
        width=WIDTH_OF_PANEL,
        height=alt.Step(HEIGHT),
        title=alt.TitleParams(
            f"{pattern} ({half})", anchor="start", frame="group", fontSize=12, color=INK, dx=-170
        ),
    )
