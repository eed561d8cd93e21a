"""The two routes in, out: each conversation's node or object at every level of either tree."""

from __future__ import annotations

import polars as pl

from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.tables import Onet

TAXONOMY_LEVELS = ("0", "1", "2")


def taxonomy_labels(placed: pl.DataFrame) -> pl.DataFrame:
    """Bottom-up: conversation_id, and columns 0, 1, 2 with its node at each level.

    Parameters
    ----------
    placed : conversation_id, node_id, level, as `measures.place_members` gives them
    """
    wide = placed.with_columns(level=pl.col("level").cast(pl.String)).pivot(
        "level", index="conversation_id", values="node_id"
    )
    levels = [level for level in TAXONOMY_LEVELS if level in wide.columns]
    return wide.select("conversation_id", *levels).sort("conversation_id")


def onet_labels(assigned: pl.DataFrame, onet: Onet, homes: pl.DataFrame) -> pl.DataFrame:
    """Top-down: conversation_id, and columns task, DWA, IWA, GWA, major with one object each.

    A conversation has one label a level: the first DWA, by id, of its task, the IWA and GWA above
    that DWA, and the major group with the greatest part of the task, the first by code among
    equals. Null where the task has no DWA; conversations without a task have no row.
    """
    paths = _paths(onet, homes)
    known = assigned.select("conversation_id", task="statement")
    return (
        known.join(paths, on="task", maintain_order="left")
        .select("conversation_id", *ONET_LEVELS)
        .sort("conversation_id")
    )


def _paths(onet: Onet, homes: pl.DataFrame) -> pl.DataFrame:
    """One path a statement: task, DWA, IWA, GWA, major."""
    parents = onet.activities.select("element_id", "parent_id")
    up = parents.rename({"element_id": "DWA", "parent_id": "IWA"}).join(
        parents.rename({"element_id": "IWA", "parent_id": "GWA"}), on="IWA"
    )
    paths = onet.statements.select(task="statement")
    for level in ("DWA", "major"):
        paths = paths.join(_greatest(homes, level), on="task", how="left")
    return paths.join(up, on="DWA", how="left")


def _greatest(homes: pl.DataFrame, level: str) -> pl.DataFrame:
    return (
        homes.filter(pl.col("level") == level)
        .sort("statement", "part", "object_id", descending=[False, True, False])
        .group_by("statement", maintain_order=True)
        .agg(pl.col("object_id").first().alias(level))
        .rename({"statement": "task"})
    )
