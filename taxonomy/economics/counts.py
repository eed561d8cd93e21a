"""Unrounded shares in, the counts behind them out.

Every published share of a task is a whole number over one total, so both can be told from full
precision. Our own releases round for that reason; here it gives the sizes that rarefaction needs.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.economics.frames import checked, result
from taxonomy.errors import OnetError

MOST = 1_000
"""Largest count tried for the rarest task."""
TOLERANCE = 1e-6
"""How far from a whole number a count may lie; unrounded shares give about 1e-11."""


def implied_counts(usage: pl.DataFrame) -> pl.DataFrame:
    """The counts that the shares imply: task, share, count, deviation, n_conversations.

    `count` is the whole number nearest to share * n_conversations and `deviation` how far that
    lies from it (0 to 0.5). The smallest total is taken for which all are whole: where all counts
    have a common factor, the true total is a multiple of it.

    Raises
    ------
    OnetError
        No total makes all counts whole: the shares were rounded.
    """
    shares = checked("usage", usage)["share"].to_numpy()
    if not (shares > 0).all():
        raise OnetError("the usage frame holds a share of zero or less; expected shares above 0.")
    smallest = shares.min()
    for rarest in range(1, MOST + 1):
        counts = shares * (rarest / smallest)
        whole = np.rint(counts)
        if np.abs(counts - whole).max() < TOLERANCE:
            break
    else:
        raise OnetError(
            f"no total makes the {len(shares):,} shares of the usage frame whole numbers of "
            "conversations; expected shares with all their digits, found rounded ones."
        )
    total = round(rarest / smallest)
    table = usage.select("task", "share").with_columns(
        count=pl.Series(whole, dtype=pl.Int64),
        deviation=pl.Series(np.abs(shares * total - whole)),
        n_conversations=pl.lit(total, pl.Int64),
    )
    columns = ["task", "share", "count", "deviation", "n_conversations"]
    return result(table.sort("task"), columns, base="conversations", n=len(shares))
