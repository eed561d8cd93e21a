"""Members and their tree in, one number a row out: prevalence and splits of every node.

Every share names its base. Parents are computed from their members, never from the rounded values
of their children. Only members of clusters that pass the floors are counted, as the Economic Index
does, so that nothing below a floor can be had by subtracting children from a parent.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from taxonomy.collaboration import AUGMENTATION, AUTOMATION, COLLABORATIONS
from taxonomy.facets import USE_CASES

MEASURES = {
    "node_id": pl.String,
    "level": pl.Int8,
    "measure": pl.String,
    "base": pl.String,
    "value": pl.Float64,
    "cell_conversations": pl.Int64,
    "cell_users": pl.Int64,
}

BASE_COUNT = "count"
BASE_CONVERSATIONS = "conversations in published clusters"
BASE_USERS = "users in published clusters"
BASE_INCIDENCES = "user-node pairs of the level, published clusters"
BASE_NODE = "conversations of the node"
BASE_SIX = "conversations of the node with a collaboration label"
BASE_FIVE = "conversations of the node with a collaboration label other than none"
BASE_USE_CASE = "conversations of the node with a use case"
BASE_THINKING = "conversations of the node with thinking known"


@dataclass(frozen=True)
class Split:
    """A share within a node: the conversations that `hit`, of those `within` the base."""

    measure: str
    base: str
    hit: pl.Expr
    within: pl.Expr


def collaboration_measure(label: str) -> str:
    """The measure that holds a collaboration label's share, e.g. `feedback_loop_share`."""
    return f"{label.replace(' ', '_')}_share"


def _collaboration_split(measure: str, base: str, hits: list[str], within: list[str]) -> Split:
    label = pl.col("collaboration")
    return Split(measure, base, label.is_in(hits), label.is_in(within))


_FIVE = [*AUTOMATION, *AUGMENTATION]
SPLITS = (
    *(
        _collaboration_split(collaboration_measure(label), BASE_SIX, [label], [*COLLABORATIONS])
        for label in COLLABORATIONS
    ),
    _collaboration_split("automation_share", BASE_FIVE, [*AUTOMATION], _FIVE),
    _collaboration_split("augmentation_share", BASE_FIVE, [*AUGMENTATION], _FIVE),
    Split("thinking_share", BASE_THINKING, pl.col("thinking"), pl.col("thinking").is_not_null()),
)
# Known only where Claude told it: the rules cannot.
USE_CASE_SPLITS = tuple(
    Split(
        f"{case}_share", BASE_USE_CASE, pl.col("use_case") == case, pl.col("use_case").is_not_null()
    )
    for case in USE_CASES
)

PREVALENCE = (
    "n_conversations",
    "n_users",
    "conversation_share",
    "user_share",
    "user_incidence_share",
)
COMPLEMENTS = (
    ("automation_share", "augmentation_share"),
    tuple(split.measure for split in USE_CASE_SPLITS),
)
"""Shares that add up to one."""

# Every measure and what it is a share of, in the order in which tables list them.
MEASURE_BASES = {
    "n_conversations": BASE_COUNT,
    "n_users": BASE_COUNT,
    "conversation_share": BASE_CONVERSATIONS,
    "user_share": BASE_USERS,
    "user_incidence_share": BASE_INCIDENCES,
    **{split.measure: split.base for split in (*SPLITS, *USE_CASE_SPLITS)},
    "top_user_share": BASE_NODE,
}


def place_members(clusters: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Each clustered conversation once a level: conversation_id, node_id, level.

    Parameters
    ----------
    clusters : conversation_id, cluster; a cluster below 0 is unassigned and belongs to no node
    nodes : the tree, as `hierarchy.NODES`
    """
    parents = nodes.select("node_id", "parent_id", "level")
    leaves = nodes.filter(pl.col("level") == 0).select("cluster", "node_id")
    placed = clusters.join(leaves, on="cluster").select("conversation_id", "node_id")
    levels = []
    while placed.height:
        placed = placed.join(parents, on="node_id")
        levels.append(placed.select("conversation_id", "node_id", "level"))
        placed = placed.select("conversation_id", node_id="parent_id").drop_nulls()
    return pl.concat(levels) if levels else placed.with_columns(level=pl.lit(0, pl.Int8))


def measure(placed: pl.DataFrame, conversations: pl.DataFrame) -> pl.DataFrame:
    """Every measure of every node, one a row, as `MEASURES`.

    Parameters
    ----------
    placed : conversation_id, node_id, level, as `place_members` gives; of published clusters only
    conversations : conversation_id, user_id (null: its own user), collaboration, thinking and
        use_case (null: unknown); shares of use cases are left out where none is known

    Returns
    -------
    `value` is a count or a share from 0 to 1, null where its base is empty. `cell_conversations`
    and `cell_users` count what the value rests on, for the floors; they are not for publication.
    """
    members = placed.join(with_user(conversations), on="conversation_id")
    splits = SPLITS if members["use_case"].is_null().all() else (*SPLITS, *USE_CASE_SPLITS)
    parts = [_prevalence(members), *(_split(members, split) for split in splits)]
    parts.append(_top_user(members))
    order = {name: place for place, name in enumerate(MEASURE_BASES)}
    return (
        pl.concat(parts)
        .sort("level", "node_id", pl.col("measure").replace_strict(order))
        .with_columns(base=pl.col("measure").replace_strict(MEASURE_BASES))
        .select(pl.col(name).cast(kind) for name, kind in MEASURES.items())
    )


def with_user(conversations: pl.DataFrame) -> pl.DataFrame:
    """The conversations with a `user` that is never null: without an id, each is its own user."""
    # The prefixes keep user ids and conversation ids apart.
    own = pl.concat_str(pl.lit("conversation:"), "conversation_id")
    user = pl.coalesce(pl.concat_str(pl.lit("user:"), "user_id"), own)
    kept = ["conversation_id", "collaboration", "thinking", "use_case"]
    return conversations.select(*kept, user=user)


def _count(members: pl.DataFrame, chosen: pl.Expr) -> pl.DataFrame:
    """Conversations and users of each node among the `chosen` members."""
    return members.group_by("level", "node_id").agg(
        cell_conversations=chosen.fill_null(False).sum(),
        cell_users=pl.col("user").filter(chosen).n_unique(),
    )


def _rows(counts: pl.DataFrame, measure: str, value: pl.Expr) -> pl.DataFrame:
    return counts.select(
        "node_id",
        "level",
        pl.col("cell_conversations", "cell_users").cast(pl.Int64),
        measure=pl.lit(measure),
        value=value.cast(pl.Float64),
    )


def _prevalence(members: pl.DataFrame) -> pl.DataFrame:
    """Counts, and the three shares that compare the nodes of a level with one another."""
    counts = _count(members, pl.col("user").is_not_null())
    conversations, users = pl.col("cell_conversations"), pl.col("cell_users")
    values = {
        "n_conversations": conversations,
        "n_users": users,
        "conversation_share": conversations / conversations.sum().over("level"),
        "user_share": users / members["user"].n_unique(),
        "user_incidence_share": users / users.sum().over("level"),
    }
    return pl.concat([_rows(counts, name, value) for name, value in values.items()])


def _split(members: pl.DataFrame, split: Split) -> pl.DataFrame:
    base = members.group_by("node_id").agg(n_base=split.within.sum())
    counts = _count(members, split.hit & split.within).join(base, on="node_id")
    share = pl.when(pl.col("n_base") > 0).then(pl.col("cell_conversations") / pl.col("n_base"))
    return _rows(counts, split.measure, share)


def _top_user(members: pl.DataFrame) -> pl.DataFrame:
    """The share of a node's conversations that its most active user holds."""
    per_user = members.group_by("level", "node_id", "user").len()
    counts = per_user.group_by("level", "node_id").agg(
        cell_conversations=pl.col("len").max(), n=pl.col("len").sum(), cell_users=pl.lit(1)
    )
    return _rows(counts, "top_user_share", pl.col("cell_conversations") / pl.col("n"))
