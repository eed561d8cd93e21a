"""Allocated usage and thinking by task in, extended thinking by occupation out: analysis A10."""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

from taxonomy.economics.frames import checked, chosen, result, total, within
from taxonomy.economics.patterns import MIN_SHARE

Blank = Literal["zero", "null"]

BLANK_BASES = {
    "zero": "usage of the occupation, blank thinking as zero",
    "null": "usage of the occupation's tasks with thinking known",
}


def thinking_by_occupation(
    allocated: pl.DataFrame,
    thinking: pl.DataFrame,
    *,
    blank: Blank = "zero",
    min_share: float = MIN_SHARE,
) -> pl.DataFrame:
    """A10, extended thinking: rank, onet_soc, title, share, usage_share; n counts tasks.

    `share` is the share of the occupation's usage with extended thinking on, the largest first;
    null where `blank="null"` and no task of the occupation has a value, and throughout where no
    task of any has one: a file of blanks says nothing.

    Parameters
    ----------
    allocated : as `allocate` gives it
    thinking : a blank (null) is a share too small to publish
    blank : `zero` takes a blank as no thinking, as the report's figures do; `null` leaves the task
        out of both sides, which gives up to 1.2 points more
    min_share : least usage_share (the occupation's share of usage) that is shown
    """
    chosen("blank", blank, get_args(Blank))
    within("min_share", min_share)
    keys = ["onet_soc", "title", "allocation"]
    rows = allocated.join(
        checked("thinking", thinking).select("task", "thinking_share"), on="task", how="left"
    )
    value = pl.col("thinking_share")
    if blank == "zero" and rows["thinking_share"].is_not_null().any():
        value = value.fill_null(0)
    weight = total(pl.col("share").filter(value.is_not_null()))
    shares = (
        rows.group_by(keys)
        .agg(
            usage_share=total(pl.col("share")),
            share=pl.when(weight > 0).then(total(pl.col("share") * value) / weight),
            n=value.is_not_null().sum(),
        )
        .filter(pl.col("usage_share") >= min_share)
        .sort("share", "onet_soc", descending=[True, False], nulls_last=True)
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )
    return result(
        shares,
        ["rank", "onet_soc", "title", "share", "usage_share"],
        base=BLANK_BASES[blank],
        n=pl.col("n"),
        threshold=min_share,
        allocation=pl.col("allocation"),
    )
