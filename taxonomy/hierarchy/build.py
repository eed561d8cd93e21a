"""Clusters, members and centres in, the nodes of a strict three-level tree out."""

from __future__ import annotations

import logging

import numpy as np
import polars as pl

from taxonomy.embedding import Encoder
from taxonomy.hierarchy.levels import group_levels, unit
from taxonomy.hierarchy.numbering import nodes_of_rows, with_paths
from taxonomy.naming import NAMER, name_groups
from taxonomy.settings import HierarchySettings, NamingSettings

logger = logging.getLogger(__name__)

NODES = {
    "node_id": pl.String,
    "code": pl.String,
    "level": pl.Int8,
    "parent_id": pl.String,
    "name": pl.String,
    "description": pl.String,
    "cluster": pl.Int32,
    "n_conversations": pl.Int64,
    "namer": pl.String,
    "flags": pl.String,
}
ORIGINS = {"level": pl.Int8, "name": pl.String, "namer": pl.String, "flags": pl.String}
# How much a general subject weighs beside a phrase of the members, by level.
SUBJECT_WEIGHTS = {1: 0.8, 2: 1.5}


def build_hierarchy(
    clusters: pl.DataFrame,
    members: pl.DataFrame,
    centers: np.ndarray,
    settings: HierarchySettings,
    naming: NamingSettings,
    *,
    encoder: Encoder | None,
) -> pl.DataFrame:
    """One row a node, columns as `NODES`, from the top level down and by code.

    Parameters
    ----------
    clusters : cluster, name, description, n_conversations (0 where it will not be published);
        only these clusters are in the tree, larger ones before smaller ones
    members : as for `name_clusters`
    centers : (k, d) unit vectors; row i is the centre of cluster i
    settings : numbers of nodes, and the share of the clusters that one level-2 node may hold
    naming : the users that must share a word before a parent's name may hold it
    encoder : ranks phrases of parents by meaning, or None
    """
    clusters = clusters.sort("cluster")
    points = np.asarray(centers, dtype=np.float64)[clusters["cluster"].to_numpy()]
    level_1, level_2 = group_levels(points, settings)
    placed = clusters.with_columns(
        node_1=pl.Series(level_1, dtype=pl.Int32), node_2=pl.Series(level_2, dtype=pl.Int32)
    )
    taken = placed["name"].to_list()
    named = {}
    for level in (2, 1):
        named[level] = _name_parents(
            placed, members, points, naming, level=level, encoder=encoder, taken=taken
        )
        taken = [*taken, *named[level]["name"]]
        logger.info("%d nodes at level %d", named[level].height, level)
    return assemble_nodes(placed, named)


def _name_parents(
    placed: pl.DataFrame,
    members: pl.DataFrame,
    points: np.ndarray,
    naming: NamingSettings,
    *,
    level: int,
    encoder: Encoder | None,
    taken: list[str],
) -> pl.DataFrame:
    """Columns group, name, description of the nodes of a level, from the words of their members."""
    groups = placed[f"node_{level}"].to_numpy()
    # A cluster with nothing to publish counts 0; a group of such has a middle all the same.
    weights = np.maximum(placed["n_conversations"].to_numpy(), 1).astype(np.float64)
    sums = np.zeros((int(groups.max()) + 1, points.shape[1]))
    np.add.at(sums, groups, weights[:, None] * points)
    centers = dict(enumerate(unit(sums).astype(np.float32)))
    below = placed.select("cluster", group=f"node_{level}")
    return name_groups(
        members.join(below, on="cluster").with_columns(part="cluster"),
        centers,
        min_users=naming.min_users,
        encoder=encoder,
        taken=taken,
        subject_weight=SUBJECT_WEIGHTS[level],
    )


def assemble_nodes(
    placed: pl.DataFrame, named: dict[int, pl.DataFrame], origins: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The nodes of all levels, as `NODES`, with the ids and codes that follow from names and sizes.

    Parameters
    ----------
    placed : cluster, name, description, n_conversations, and node_1, node_2: its parents' groups
    named : level -> group, name, description of its nodes; no name occurs twice in a level
    origins : as `ORIGINS`, one row a node; None where our rules named every node
    """
    for level in (1, 2):
        texts = named[level].select(
            pl.col("group").alias(f"node_{level}"),
            pl.col("name").alias(f"name_{level}"),
            pl.col("description").alias(f"description_{level}"),
        )
        placed = placed.join(texts, on=f"node_{level}")
    rows = placed.rename({"name": "name_0", "description": "description_0"})
    nodes = nodes_of_rows(with_paths(rows))
    if origins is None:
        nodes = nodes.with_columns(namer=pl.lit(NAMER), flags=pl.lit(None, pl.String))
    else:
        nodes = nodes.join(origins, on=["level", "name"], maintain_order="left")
    return nodes.select(pl.col(column).cast(dtype) for column, dtype in NODES.items())
