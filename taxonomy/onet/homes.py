"""An O*NET release in, where each statement belongs out: its DWAs, IWAs, GWAs and major groups."""

from __future__ import annotations

from typing import Literal

import polars as pl

from taxonomy.onet.ladder import ladder
from taxonomy.onet.tables import Onet, statement_key

OnetLevel = Literal["task", "DWA", "IWA", "GWA", "major"]
ONET_LEVELS: tuple[OnetLevel, ...] = ("task", "DWA", "IWA", "GWA", "major")
"""The levels at which a cluster or a conversation can be placed, finest first. `major` is the SOC
major group of the occupations that hold the task, the other four are a ladder of activities."""

HOMES = {
    "statement": pl.String,
    "level": pl.String,
    "object_id": pl.String,
    "object": pl.String,
    "part": pl.Float64,
}


def homes(onet: Onet) -> pl.DataFrame:
    """One row a statement, level and home: statement, level, object_id, object, part.

    `part` is how much of the statement belongs there, and adds up to 1 within a statement and a
    level: equal parts for its DWAs, and for `major` equal parts for the occupation titles that hold
    it (the rule of the Economic Index). A statement without a DWA has no row at DWA, IWA and GWA.
    `object_id` is the statement itself, the id of the activity, or the two digits of the group.
    """
    statements = onet.statements.select(
        "statement", object_id="statement", object="task", part=pl.lit(1.0)
    )
    parts = [_at(statements, "task")]
    linked = ladder(onet).unique(["statement", "dwa_id"])
    for level in ("DWA", "IWA", "GWA"):
        column = level.lower()
        parts.append(_at(_parts(linked, id_column=f"{column}_id", name_column=column), level))
    held = onet.tasks.select(
        "title", statement=statement_key(pl.col("task")), group=pl.col("onet_soc").str.slice(0, 2)
    ).unique(["statement", "title", "group"])
    parts.append(_at(_parts(held, id_column="group", name_column="group"), "major"))
    return pl.concat(parts).sort(
        pl.col("level").replace_strict({name: i for i, name in enumerate(ONET_LEVELS)}),
        "statement",
        "object_id",
    )


def _parts(links: pl.DataFrame, *, id_column: str, name_column: str) -> pl.DataFrame:
    """Each link of a statement counts alike; links to the same home add up."""
    return (
        links.with_columns(part=1 / pl.len().over("statement"))
        .group_by("statement", object_id=id_column)
        .agg(object=pl.col(name_column).first(), part=pl.col("part").sum())
    )


def _at(rows: pl.DataFrame, level: str) -> pl.DataFrame:
    placed = rows.with_columns(level=pl.lit(level))
    return placed.select(pl.col(name).cast(kind) for name, kind in HOMES.items())
