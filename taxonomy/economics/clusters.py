"""The wide table of a release in, its clusters' shares and tasks out: analyses A11 and A12."""

from __future__ import annotations

import polars as pl

from taxonomy.economics.frames import PATTERNS, checked, result, total
from taxonomy.economics.patterns import pattern_shares
from taxonomy.errors import OnetError, SettingsError
from taxonomy.onet.tables import statement_key

BASE_RECORDS = "conversations of published clusters, in buckets"
ROUTE_BASES = {
    "task": "usage of tasks with one of the five patterns",
    "conversation": "conversations with one of the five patterns",
    "cluster": "conversations of published clusters with one of the five patterns, blank as zero",
}


def shares_by_cluster(clusters: pl.DataFrame, level: int = 2) -> pl.DataFrame:
    """A11, clusters of a level: level, name, parent, rank, share, user_share; n: level-0 clusters.

    The largest first. Values of level 0 are means of 100 buckets: ties are made by them, and
    concentration figures over level 0 say nothing. `user_share` is a share of user-cluster pairs.

    Parameters
    ----------
    level : 0 = finest, 2 = broadest
    """
    if level not in (0, 1, 2):
        raise SettingsError(f"level is {level}; expected 0, 1 or 2.")
    path = [f"cluster_name_{above}" for above in range(level, 3)]
    total_records, total_users = (
        clusters[name].sort().sum() for name in ("percent_records", "percent_users")
    )
    grouped = (
        checked("clusters", clusters)
        .group_by(path)
        .agg(
            share=total(pl.col("percent_records")) / total_records,
            user_share=total(pl.col("percent_users")) / total_users,
            n=pl.len(),
        )
        .sort("share", *path, descending=[True, *[False] * len(path)])
        .with_columns(
            level=pl.lit(level, pl.Int8),
            name=pl.col(path[0]),
            parent=pl.col(path[1]) if level < 2 else pl.lit(None, pl.String),
            rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        )
    )
    columns = ["level", "name", "parent", "rank", "share", "user_share"]
    return result(grouped, columns, base=BASE_RECORDS, n=pl.col("n"))


def tasks_of_clusters(clusters: pl.DataFrame, usage: pl.DataFrame) -> pl.DataFrame:
    """A11, the tasks that clusters were given: task, share, in_usage; n counts clusters.

    The most used task first; a last row without a task holds the clusters that were given none.
    `in_usage` says whether the top-down route published the task too (null without a task).
    """
    known = checked("usage", usage)["task"].implode()
    key = statement_key(pl.col("onet_task"))
    total_records = clusters["percent_records"].sort().sum()
    grouped = (
        checked("clusters", clusters)
        .group_by(task=key)
        .agg(share=total(pl.col("percent_records")) / total_records, n=pl.len())
        .with_columns(in_usage=pl.col("task").is_in(known))
        .sort(pl.col("task").is_null(), -pl.col("n").cast(pl.Int64), "task")
    )
    return result(grouped, ["task", "share", "in_usage"], base=BASE_RECORDS, n=pl.col("n"))


def compare_routes(
    usage: pl.DataFrame | None = None,
    patterns: pl.DataFrame | None = None,
    collaboration: pl.DataFrame | None = None,
    clusters: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """A12, the five patterns by each route at hand: route, pattern, half, share.

    `task` (needs usage and patterns): by task, weighted by usage, `filtered` left out;
    `conversation`: the release's own figures over all conversations; `cluster`: by cluster,
    weighted by share of conversations, a blank taken as zero. They lie close to one another and
    are not equal: what was filtered by task is not filtered overall. n counts tasks or clusters
    with any of the five patterns, or patterns. Shares are null where a route has no pattern at all.

    Raises
    ------
    OnetError
        No route can be gone, or usage and patterns have no task in common.
    """
    routes = []
    if usage is not None and patterns is not None:
        by_task = checked("usage", usage).join(checked("patterns", patterns), on="task")
        if by_task.is_empty():
            raise OnetError(
                "none of the tasks with usage has a row in the patterns frame; expected both of "
                "one release."
            )
        routes.append(_weighted("task", by_task, PATTERNS, "share"))
    if collaboration is not None:
        own = pattern_shares(collaboration)
        routes.append(_routed("conversation", own, own["n"][0]))
    if clusters is not None:
        columns = {name: f"collaboration:{name}_ratio" for name in PATTERNS}
        rows = checked("clusters", clusters)
        routes.append(_weighted("cluster", rows, columns, "percent_records"))
    if not routes:
        raise OnetError(
            "no route to compare; expected usage with patterns, collaboration, or clusters."
        )
    return pl.concat(routes)


def _weighted(route: str, rows: pl.DataFrame, columns: dict[str, str], weight: str) -> pl.DataFrame:
    """The patterns' shares over rows that count by their weight; a blank is zero."""
    absent = [column for column in columns.values() if column not in rows.columns]
    if absent:
        raise OnetError(f"the clusters frame has no column {', '.join(absent)}.")
    masses = rows.select(
        (total(pl.col(column).fill_null(0) * pl.col(weight)) / total(pl.col(weight))).alias(pattern)
        for pattern, column in columns.items()
    ).unpivot(variable_name="pattern", value_name="share")
    n = rows.filter(pl.sum_horizontal(columns.values()) > 0).height
    return _routed(route, pattern_shares(masses), n)


def _routed(route: str, shares: pl.DataFrame, n: int) -> pl.DataFrame:
    columns = ["route", "pattern", "half", "share"]
    return result(shares.with_columns(route=pl.lit(route)), columns, base=ROUTE_BASES[route], n=n)
