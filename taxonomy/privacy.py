"""Floors: which clusters may be published, and which numbers of the published ones.

A cluster below its floor is not published, nor counted in any parent. A cell (one share of one
node) below its floor is suppressed: its row stays, its value goes, its status says so. A count of
zero is below the floor too: to publish "nobody" is to say something about everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from taxonomy.measures import COMPLEMENTS, PREVALENCE, with_user
from taxonomy.settings import PrivacySettings

PUBLISHED, SUPPRESSED, UNKNOWN = "published", "suppressed", "unknown"

# Above this share of the conversations the message says what would help.
MUCH_SUPPRESSED = 0.1

CLUSTER_SIZES = {
    "cluster": pl.Int32,
    "n_conversations": pl.Int64,
    "n_users": pl.Int64,
    "status": pl.String,
}


def apply_cluster_floors(
    clusters: pl.DataFrame, conversations: pl.DataFrame, privacy: PrivacySettings
) -> pl.DataFrame:
    """Size and status of every cluster, largest cluster number last, as `CLUSTER_SIZES`.

    Parameters
    ----------
    clusters : conversation_id, cluster; clusters below 0 (unassigned) are left out
    conversations : conversation_id, user_id, collaboration, thinking, use_case
    """
    sizes = (
        clusters.filter(pl.col("cluster") >= 0)
        .join(with_user(conversations), on="conversation_id")
        .group_by("cluster")
        .agg(n_conversations=pl.len(), n_users=pl.col("user").n_unique())
        .sort("cluster")
    )
    enough = (pl.col("n_conversations") >= privacy.min_conversations) & (
        pl.col("n_users") >= privacy.min_users
    )
    return sizes.with_columns(status=_status(enough)).cast(CLUSTER_SIZES)  # type: ignore[arg-type]


def suppress_cells(measures: pl.DataFrame, privacy: PrivacySettings) -> pl.DataFrame:
    """The measures with a `status`, and without the values that rest on too few.

    Shares that add up to one, such as automation and augmentation, are published together or not
    at all. A measure that has no value in any node (no conversation says whether thinking was on)
    is `unknown`.
    """
    enough = (
        (pl.col("cell_conversations") >= privacy.min_cell_conversations)
        & (pl.col("cell_users") >= privacy.min_cell_users)
        & pl.col("value").is_not_null()
    )
    sets = {
        measure: " + ".join(complements) for complements in COMPLEMENTS for measure in complements
    }
    together = pl.col("measure").replace(sets)
    enough = (enough | pl.col("measure").is_in(PREVALENCE)).all()
    status = (
        pl.when(pl.col("value").is_null().all().over("measure"))
        .then(pl.lit(UNKNOWN))
        .otherwise(_status(enough.over("node_id", together)))
    )
    return measures.with_columns(status=status).with_columns(
        value=pl.when(pl.col("status") == PUBLISHED).then("value")
    )


def explain_floors(counts: Mapping[str, Any]) -> str:
    """One line: the floors, what fell under them, and what would help where that is much.

    Parameters
    ----------
    counts : what the measures stage recorded
    """
    floors, total = counts["floors"], counts["conversations"]
    hidden = counts["clusters"] - counts["published_clusters"]
    share = counts["in_suppressed_clusters"] / max(total, 1)
    users = _users_in_words(counts["with_user_id"], total)
    text = (
        f"floors: {floors['min_conversations']} conversations and {floors['min_users']} users a "
        f"cluster, {floors['min_cell_conversations']} and {floors['min_cell_users']} a cell; "
        f"{hidden:,} of {counts['clusters']:,} clusters ({share:.1%} of the conversations) are "
        "under them and not published"
    )
    if share <= MUCH_SUPPRESSED:
        return f"{text}.{users}"
    return (
        f"{text}: fewer clusters (--set cluster.n_clusters=...) or lower floors "
        "(--set privacy.min_conversations=... --set privacy.min_users=...) would publish more."
        f"{users}"
    )


def _users_in_words(known: int, total: int) -> str:
    """What the floors on users are worth, where it is less than they say."""
    if known == total:
        return ""
    if known == 0:
        return " No conversation names its user, so the floors on users protect nobody."
    return f" {total - known:,} of {total:,} conversations name no user: each counts as one."


def _status(enough: pl.Expr) -> pl.Expr:
    return pl.when(enough).then(pl.lit(PUBLISHED)).otherwise(pl.lit(SUPPRESSED))
