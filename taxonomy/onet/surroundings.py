"""An O*NET release in, what stands around each statement out: its DWAs, IWAs and occupations."""

from __future__ import annotations

import polars as pl

from taxonomy.onet.homes import homes
from taxonomy.onet.tables import Onet, statement_key


def surroundings(onet: Onet) -> pl.DataFrame:
    """statement, task, dwas, iwas, titles; rows as `onet.statements`.

    The last three are sorted lists of the names of a statement's DWAs, the ids of its IWAs and the
    titles of the occupations that hold it; empty where there are none.
    """
    placed = homes(onet)
    titles = (
        onet.tasks.select("title", statement=statement_key(pl.col("task")))
        .group_by("statement")
        .agg(titles=pl.col("title").unique().sort())
    )
    rows = onet.statements.select("statement", "task")
    for level, column, values in (("DWA", "object", "dwas"), ("IWA", "object_id", "iwas")):
        listed = placed.filter(pl.col("level") == level).group_by("statement")
        named = listed.agg(pl.col(column).unique().sort().alias(values))
        rows = rows.join(named, on="statement", how="left", maintain_order="left")
    rows = rows.join(titles, on="statement", how="left", maintain_order="left")
    return rows.with_columns(pl.col("dwas", "iwas", "titles").fill_null([]))
