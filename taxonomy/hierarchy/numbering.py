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
