"""The routes in, out: the share of each O*NET object by each of them, in one frame."""

from __future__ import annotations

import polars as pl

CLUSTERS, CONVERSATIONS, USAGE = "clusters", "conversations", "published usage"
EXTERNAL = {"external user goal": "share_user", "external AI action": "share_ai"}


def object_shares(
    objects: pl.DataFrame,
    reached: pl.DataFrame,
    homes: pl.DataFrame,
    *,
    assigned: pl.DataFrame | None = None,
    external: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What each route says of each object: route, level, object_id, share.

    The routes: `clusters` (bottom-up, by the crosswalk), `conversations` (top-down, each with one
    task), `published usage`, and an external usage table by IWA. Shares are of all that the route
    saw, so that they add up to less than 1 where some has no object at the level.

    Parameters
    ----------
    objects : as `onet_objects` gives them
    reached : as `clusters.reach` gives it
    homes : as `homes.homes` gives them
    assigned : conversation_id, statement (null or "none": no task)
    external : iwa_id, share_user, share_ai
    """
    keys = ["level", "object_id"]
    parts = [reached.select(pl.lit(CLUSTERS).alias("route"), *keys, share="conversation_share")]
    if assigned is not None and assigned.height:
        parts.append(_of_conversations(assigned, homes))
    used = objects.drop_nulls("usage_share")
    parts.append(used.select(pl.lit(USAGE).alias("route"), *keys, share="usage_share"))
    if external is not None:
        iwas = external.with_columns(level=pl.lit("IWA"))
        parts += [
            iwas.select(pl.lit(name).alias("route"), "level", object_id="iwa_id", share=column)
            for name, column in EXTERNAL.items()
        ]
    return pl.concat(parts)


def _of_conversations(assigned: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    counts = assigned.group_by("statement").agg(n=pl.len()).drop_nulls().sort("statement")
    return (
        counts.join(homes, on="statement", maintain_order="left")
        .group_by("level", "object_id")
        .agg(share=(pl.col("n") * pl.col("part")).sum() / assigned.height)
        .sort("level", "object_id")
        .select(pl.lit(CONVERSATIONS).alias("route"), "level", "object_id", "share")
    )
