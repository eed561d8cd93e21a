"""Nodes with their paths of names in, node ids and codes out.

Both can be recomputed from what is published: the id from a node's level and the names from the
top down to it, the code from the order of sizes.
"""

from __future__ import annotations

import hashlib

import polars as pl

PATH_SEPARATOR = "\x1f"
ID_HEX_DIGITS = 12
TOP_LEVEL = 2


def with_paths(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that name their three levels (name_2, name_1, name_0), with path_2, path_1, path_0."""
    names = ["name_2", "name_1", "name_0"]
    return rows.with_columns(
        pl.concat_str(names[: 3 - level], separator=PATH_SEPARATOR).alias(f"path_{level}")
        for level in (2, 1, 0)
    )


def nodes_of_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The numbered nodes of all levels, as `number_nodes` gives them.

    Parameters
    ----------
    rows : one a cluster, as `with_paths` gives, with description_0 to description_2,
        n_conversations and cluster, which level 0 keeps
    """
    return number_nodes(pl.concat([_nodes_of_level(rows, level) for level in (2, 1, 0)]))


def number_nodes(nodes: pl.DataFrame) -> pl.DataFrame:
    """The nodes with node_id, code and parent_id, sorted from the top level and by code.

    Parameters
    ----------
    nodes : path (the names from the top down to the node, joined by the unit separator),
        parent_path (null at the top), level (2 broadest, 0 finest), name, n_conversations; other
        columns are kept

    `node_id` is `n` and 12 hex digits of the digest of level and path. `code` has one number a
    level, `07.12.03`: the rank by size among the children of one parent, the largest first and
    equal sizes by name; three digits where one parent has more than 99 children.
    """
    ranked = _rank(nodes)
    ids = {path: node_id(level, path) for level, path in ranked.select("level", "path").iter_rows()}
    codes = _codes(ranked)
    return (
        ranked.with_columns(
            node_id=pl.col("path").replace_strict(ids, return_dtype=pl.String),
            code=pl.col("path").replace_strict(codes, return_dtype=pl.String),
            parent_id=pl.col("parent_path").replace_strict(
                ids, default=None, return_dtype=pl.String
            ),
        )
        .drop("parent_path", "rank")
        .sort("level", "code", descending=[True, False])
    )


def node_id(level: int, path: str) -> str:
    """The id of the node at this level with this path of names."""
    text = f"{level}{PATH_SEPARATOR}{path}"
    return "n" + hashlib.blake2b(text.encode(), digest_size=ID_HEX_DIGITS // 2).hexdigest()


def _nodes_of_level(rows: pl.DataFrame, level: int) -> pl.DataFrame:
    parent = pl.col(f"path_{level + 1}") if level < TOP_LEVEL else pl.lit(None, pl.String)
    cluster = pl.col("cluster") if level == 0 else pl.lit(None, pl.Int32)
    return (
        rows.with_columns(parent_path=parent, own=cluster)
        .group_by(path=f"path_{level}", maintain_order=True)
        .agg(
            pl.col("parent_path").first(),
            name=pl.col(f"name_{level}").first(),
            description=pl.col(f"description_{level}").first(),
            n_conversations=pl.col("n_conversations").sum(),
            cluster=pl.col("own").first(),
        )
        .with_columns(level=pl.lit(level, pl.Int8))
    )


def _rank(nodes: pl.DataFrame) -> pl.DataFrame:
    """`rank` of each node among the children of its parent, from 1."""
    return nodes.sort(
        ["level", "parent_path", "n_conversations", "name"],
        descending=[True, False, True, False],
        nulls_last=True,
    ).with_columns(rank=pl.int_range(1, pl.len() + 1).over("level", "parent_path"))


def _codes(ranked: pl.DataFrame) -> dict[str, str]:
    widest = dict(ranked.group_by("level").agg(pl.col("rank").max()).iter_rows())
    codes: dict[str, str] = {}
    for level, path, parent, rank in ranked.select(
        "level", "path", "parent_path", "rank"
    ).iter_rows():
        number = f"{rank:0{3 if widest[level] > 99 else 2}d}"
        codes[path] = number if parent is None else f"{codes[parent]}.{number}"
    return codes
