"""Assigned conversations in, the tables of use by task out that the Economic Index publishes.

`task_pct.csv`, `automation_vs_augmentation_by_task.csv` and `task_thinking_fractions.csv`, with the
floors of a release: a task or a cell that rests on too few conversations or users is not told.
"""

from __future__ import annotations

import polars as pl

from taxonomy.collaboration import AUGMENTATION, AUTOMATION
from taxonomy.measures import with_user
from taxonomy.onet.questions import NONE
from taxonomy.settings import PrivacySettings

TASK_PCT = "task_pct.csv"
BY_TASK = "automation_vs_augmentation_by_task.csv"
THINKING = "task_thinking_fractions.csv"
PATTERNS = tuple(label.replace(" ", "_") for label in (*AUTOMATION, *AUGMENTATION))
FILTERED = "filtered"
DECIMALS = 4
PCT_DECIMALS = 6
"""Rounded to fewer, the percents of some thousand tasks would not add up to 100."""


def usage_tables(
    assigned: pl.DataFrame, people: pl.DataFrame, privacy: PrivacySettings
) -> dict[str, pl.DataFrame]:
    """File name -> table, in the published columns; tasks in order of their names.

    task_pct : task_name, pct: percent of the conversations on published tasks or on "none"
    automation_vs_augmentation_by_task : task_name, the five patterns and `filtered`, shares of the
        task's conversations that add up to 1. `filtered` holds the conversations without a pattern
        and the cells under the floor; if those are themselves under it, the smallest other cell
        joins them, so that what is left over tells nobody's pattern
    task_thinking_fractions : task_name, thinking_fraction of the conversations with thinking known;
        null where those with thinking on are under the floor, or those with it off are and are
        not nobody

    Parameters
    ----------
    assigned : as `questions.ASSIGNED`
    people : conversation_id, user_id, collaboration, thinking, use_case
    privacy : a task needs min_cell_conversations and min_cell_users, and so does a cell
    """
    rows = assigned.drop_nulls("statement").join(with_user(people), on="conversation_id")
    rows = rows.rename({"statement": "task_name"})
    sizes = _counts(rows, ["task_name"]).filter(_enough(privacy))
    shown = rows.join(sizes.select("task_name"), on="task_name")
    total = max(int(sizes["n"].sum()), 1)
    pct = sizes.select("task_name", pct=(100 * pl.col("n") / total).round(PCT_DECIMALS))
    real = sizes.filter(pl.col("task_name") != NONE)
    return {
        TASK_PCT: pct.sort("task_name"),
        BY_TASK: _patterns(shown, real, privacy),
        THINKING: _thinking(shown, sizes, privacy),
    }


def _counts(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.group_by(by).agg(n=pl.len().cast(pl.Int64), n_users=pl.col("user").n_unique())


def _enough(privacy: PrivacySettings) -> pl.Expr:
    return (pl.col("n") >= privacy.min_cell_conversations) & (
        pl.col("n_users") >= privacy.min_cell_users
    )


def _patterns(rows: pl.DataFrame, sizes: pl.DataFrame, privacy: PrivacySettings) -> pl.DataFrame:
    ofs = sizes.select("task_name", size="n")
    labelled = rows.join(ofs, on="task_name").with_columns(
        pattern=pl.col("collaboration").str.replace_all(" ", "_")
    )
    cells = _counts(labelled, ["task_name", "pattern"]).filter(
        _enough(privacy), pl.col("pattern").is_in(PATTERNS)
    )
    rest = labelled.join(cells, on=["task_name", "pattern"], how="anti")
    kept = _keep(cells, _counts(rest, ["task_name"]).filter(~_enough(privacy)))
    told = kept.group_by("task_name").agg(told=pl.col("n").sum())
    left = ofs.join(told, on="task_name", how="left").select(
        "task_name", pattern=pl.lit(FILTERED), n=pl.col("size") - pl.col("told").fill_null(0)
    )
    shares = _rounded(pl.concat([kept.select(left.columns), left]).join(ofs, on="task_name"))
    columns = [
        pl.col("share").filter(pl.col("pattern") == name).sum().alias(name)
        for name in (*PATTERNS, FILTERED)
    ]
    return shares.group_by("task_name").agg(columns).sort("task_name")


def _keep(cells: pl.DataFrame, too_few: pl.DataFrame) -> pl.DataFrame:
    """The cells without the smallest one of each task whose rest is among the `too_few`.

    A cell is itself above the floor, so that the rest is too once one has joined it.
    """
    smallest = cells.sort("task_name", "n", "pattern").group_by("task_name").first()
    joins = smallest.join(too_few, on="task_name", how="semi")
    return cells.join(joins, on=["task_name", "pattern"], how="anti")


def _rounded(counts: pl.DataFrame) -> pl.DataFrame:
    """task_name, pattern, share: the largest of a task takes what rounding leaves of 1."""
    shares = counts.sort("task_name", "n", "pattern", descending=[False, True, False]).with_columns(
        share=(pl.col("n") / pl.col("size")).round(DECIMALS)
    )
    is_largest = pl.int_range(pl.len()).over("task_name") == 0
    others = pl.col("share").sum().over("task_name") - pl.col("share")
    share = pl.when(is_largest).then((1 - others).round(DECIMALS)).otherwise("share")
    return shares.select("task_name", "pattern", share=share)


def _thinking(rows: pl.DataFrame, sizes: pl.DataFrame, privacy: PrivacySettings) -> pl.DataFrame:
    known = rows.drop_nulls("thinking")
    on = _counts(known.filter("thinking"), ["task_name"]).filter(_enough(privacy))
    off = _counts(known.filter(~pl.col("thinking")), ["task_name"])
    # Of a fraction the one part tells the other.
    cells = on.join(off.filter(~_enough(privacy)), on="task_name", how="anti")
    shares = cells.join(off.select("task_name", off="n"), on="task_name", how="left").select(
        "task_name",
        thinking_fraction=(pl.col("n") / (pl.col("n") + pl.col("off").fill_null(0))).round(
            DECIMALS
        ),
    )
    return sizes.select("task_name").join(shares, on="task_name", how="left").sort("task_name")
