"""A taxonomy and its crosswalk in, out: each cluster's match, and what reaches each object."""

from __future__ import annotations

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.crosswalk import REMAINDER
from taxonomy.onet.questions import NONE
from taxonomy.tree import Taxonomy

CROSSWALK_COLUMNS = ("node_id", "object_level", "object_id", "object", "weight", "confidence")
MOST_WEIGHT = 1.01
BASE_CONVERSATIONS = "conversations in published clusters"


def clusters_of(taxonomy: Taxonomy) -> pl.DataFrame:
    """The published clusters: node_id, code, name, description, mass, personal_share; by code.

    `mass` is the share of conversations, made to add up to 1 over the clusters where a share is
    suppressed; `personal_share` is null where no use case is known.

    Raises
    ------
    OnetError
        The taxonomy has no cluster with a share of conversations.
    """
    level = taxonomy.level(0)
    if level.is_empty() or not level["conversation_share"].fill_null(0).sum():
        raise OnetError(
            "the taxonomy has no published cluster with a share of conversations; expected at "
            "least one to compare with O*NET."
        )
    personal = "personal_share"
    share = pl.col("conversation_share").fill_null(0.0)
    known = pl.col(personal) if personal in level.columns else pl.lit(None, pl.Float64)
    return level.select(
        "node_id", "code", "name", "description", mass=share / share.sum(), personal_share=known
    ).sort("code")


def check_crosswalk(crosswalk: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """The rows of the crosswalk that belong to the clusters.

    Raises
    ------
    OnetError
        A column is missing, a weight is not a share, or a cluster has no rows: the crosswalk is of
        another taxonomy, or was cut short.
    """
    missing = [name for name in CROSSWALK_COLUMNS if name not in crosswalk.columns]
    if missing:
        raise OnetError(
            f"the crosswalk has no column {', '.join(missing)}; it has "
            f"{', '.join(crosswalk.columns)}; expected the one made from this taxonomy."
        )
    rows = crosswalk.join(clusters.select("node_id"), on="node_id", how="semi")
    lost = clusters.join(rows, on="node_id", how="anti")["code"]
    if len(lost):
        raise OnetError(
            f"the crosswalk has no row for {len(lost):,} of the taxonomy's {clusters.height:,} "
            f"clusters, e.g. {lost[0]}; it is of another taxonomy or cut short: make it again."
        )
    numbers = rows["weight"].cast(pl.Float64, strict=False)
    if (wrong := rows.filter(~numbers.is_between(-1e-9, 1 + 1e-9).fill_null(False))).height:
        raise OnetError(
            f"the crosswalk has {wrong.height:,} weights that are no shares, e.g. "
            f"{wrong['weight'][0]!r}; expected numbers from 0 to 1: make it again."
        )
    rows = rows.with_columns(weight=numbers)
    sums = rows.group_by("node_id", "object_level").agg(pl.col("weight").sum())
    if (over := sums.filter(pl.col("weight") > MOST_WEIGHT).sort("node_id", "object_level")).height:
        raise OnetError(
            f"in the crosswalk the weights of {over['node_id'][0]} at level "
            f"{over['object_level'][0]} add up to {over['weight'][0]:.3f}; expected at most 1, the "
            "remainder included: rows may stand twice; make it again."
        )
    # In one order, since the order of adding changes the last digits.
    return rows.sort("node_id", "object_level", "object_id")


def reach(crosswalk: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """What the clusters bring to each O*NET object.

    Returns
    -------
    level, object_id, best_weight (the greatest weight of any cluster), conversation_share (sum of
    the clusters' masses times their weights: share of all conversations in published clusters);
    the remainders are left out
    """
    rows = crosswalk.filter(~pl.col("object_id").is_in(REMAINDER)).join(
        clusters.select("node_id", "mass"), on="node_id", maintain_order="left"
    )
    return (
        rows.group_by(level="object_level", object_id="object_id", maintain_order=True)
        .agg(
            best_weight=pl.col("weight").max(),
            conversation_share=(pl.col("weight") * pl.col("mass")).sum(),
        )
        .sort("level", "object_id")
    )


def remainders(crosswalk: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """The share of conversations without an object: level, remainder, conversation_share,
    base.
    """
    rows = crosswalk.filter(pl.col("object_id").is_in(REMAINDER)).join(
        clusters.select("node_id", "mass"), on="node_id", maintain_order="left"
    )
    return (
        rows.group_by(level="object_level", remainder="object_id", maintain_order=True)
        .agg(conversation_share=(pl.col("weight") * pl.col("mass")).sum())
        .with_columns(base=pl.lit(BASE_CONVERSATIONS))
        .sort("level", "remainder")
    )


def matches(crosswalk: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """How each cluster is matched by O*NET.

    Returns
    -------
    `clusters` and match (1 less the weight of "none" at task level), confidence (the greatest of
    any task), best_task, effective_gwas and effective_groups (2 to the entropy of the weights in
    bits: among how many, evenly, the cluster is spread; null where nothing is placed)
    """
    tasks = crosswalk.filter(pl.col("object_level") == "task")
    none = (
        tasks.filter(pl.col("object_id") == NONE)
        .group_by("node_id")
        .agg(none=pl.col("weight").sum())
    )
    best = (
        tasks.filter(~pl.col("object_id").is_in(REMAINDER))
        .sort("weight", "object_id", descending=[True, False])
        .group_by("node_id", maintain_order=True)
        .agg(best_task=pl.col("object").first(), confidence=pl.col("confidence").max())
    )
    joined = clusters.join(none, on="node_id", how="left")
    for level, column in (("GWA", "effective_gwas"), ("major", "effective_groups")):
        joined = joined.join(_spread(crosswalk, level, column), on="node_id", how="left")
    return (
        joined.join(best, on="node_id", how="left")
        .with_columns(
            match=1 - pl.col("none").fill_null(0.0), confidence=pl.col("confidence").fill_null(0.0)
        )
        .drop("none")
        .sort("code")
    )


def _spread(crosswalk: pl.DataFrame, level: str, column: str) -> pl.DataFrame:
    placed = crosswalk.filter(
        (pl.col("object_level") == level)
        & ~pl.col("object_id").is_in(REMAINDER)
        & (pl.col("weight") > 0)
    )
    part = pl.col("weight") / pl.col("weight").sum()
    return placed.group_by("node_id").agg((2 ** -(part * part.log(2)).sum()).alias(column))
