"""`Taxonomy.table` in, what the charts of nodes have in common out: rows, and words on n."""

from __future__ import annotations

import polars as pl

from taxonomy.plots.style import with_columns_of

MADE_BY = "Taxonomy.table"
KEYS = ["node_id", "parent_id", "code", "level", "name"]


def largest_nodes(table: pl.DataFrame, level: int, top: int, columns: list[str]) -> pl.DataFrame:
    """The largest published nodes of a level by their share of conversations.

    Raises
    ------
    OnetError
        A column is missing, or the level has no nodes.
    """
    with_columns_of(table, [*KEYS, "conversation_share", *columns], MADE_BY)
    nodes = table.filter(pl.col("level") == level).sort(
        "conversation_share", "code", descending=[True, False], nulls_last=True
    )
    return with_columns_of(nodes, [], f"{MADE_BY}, for level {level},").head(top)


def with_titles(nodes: pl.DataFrame) -> pl.DataFrame:
    """With a `title` that no other row has: the name, and the code where it is not alone."""
    alone = pl.col("name").is_unique()
    title = pl.when(alone).then("name").otherwise(pl.format("{} ({})", "name", "code"))
    return nodes.with_columns(title=title)


def of_how_many(table: pl.DataFrame, shown: pl.DataFrame) -> str:
    """How many nodes the level has, as a sentence; empty where all are shown."""
    level = shown["level"][0]
    n_nodes = table.filter(pl.col("level") == level).height
    if n_nodes == shown.height:
        return ""
    return f"The {shown.height:,} largest of {n_nodes:,} nodes."


def n_by_node(table: pl.DataFrame, shown: pl.DataFrame) -> str:
    """How many conversations a node rests on, or clusters where that was not published."""
    if "n_conversations" in table.columns and not shown["n_conversations"].has_nulls():
        return f"n = {_range(shown['n_conversations'])} conversations a node, labelled or not."
    clusters = _n_clusters(table).filter(pl.col("node_id").is_in(shown["node_id"].implode()))
    if clusters.is_empty():
        return "n: not published."
    noun = "cluster" if clusters["n"].max() == 1 else "clusters"
    return f"n = {_range(clusters['n'])} level-0 {noun} a node; conversations not published."


def _n_clusters(table: pl.DataFrame) -> pl.DataFrame:
    """node_id, n: the level-0 clusters under every node that has any."""
    parents = table.select("node_id", "parent_id")
    step = table.filter(pl.col("level") == 0).select("node_id", n=pl.lit(1))
    levels = [step]
    while step.height:
        above = step.join(parents, on="node_id").drop_nulls("parent_id")
        step = above.group_by(node_id="parent_id").agg(pl.col("n").sum())
        levels.append(step)
    return pl.concat(levels, how="vertical_relaxed").sort("node_id")


def _range(counts: pl.Series) -> str:
    low, high = (int(end) for end in (counts.min(), counts.max()))  # type: ignore[arg-type]
    return f"{high:,}" if low == high else f"{low:,} to {high:,}"
