"""A tree in, what is wrong with it out: rules that every hierarchy keeps, however it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from taxonomy.embedding import Encoder
from taxonomy.naming import content_words

NEAR_DUPLICATE = 0.95
"""Cosine of two texts from which siblings count as the same."""
TOP_LEVEL = 2

Row = dict[str, Any]


def tree_faults(
    nodes: pl.DataFrame,
    bands: Mapping[int, tuple[int, int]],
    *,
    most_clusters: float | None = None,
    encoder: Encoder | None = None,
) -> list[str]:
    """What is wrong, one line a fault, `KIND: where`; empty for a sound tree.

    Kinds: `placed` (a node is not exactly once under a node of the next level), `named twice`
    (in one level), `only child`, `near duplicates` (siblings), `too few`, `too many`, `too large`.
    Only what is published counts as a child or a sibling, or all where nothing is. An only child is
    no fault where its parent is the only node of its level.

    Parameters
    ----------
    nodes : as `NODES`
    bands : level -> the fewest and the most nodes it should have
    most_clusters : that a node of the top level should hold, or None for any number
    encoder : compares siblings by meaning, or None to compare their words alone
    """
    published = nodes.filter(pl.col("n_conversations") > 0)
    shown = (nodes if published.is_empty() else published).to_dicts()
    faults = [*_placed(nodes), *_only_children(shown), *_sizes(shown, bands)]
    faults += _near_duplicates(shown, encoder)
    if most_clusters is not None:
        faults += _too_large(nodes.to_dicts(), most_clusters)
    return faults


def _placed(nodes: pl.DataFrame) -> Iterator[str]:
    rows = nodes.to_dicts()
    levels = {row["node_id"]: row["level"] for row in rows}
    if len(levels) < len(rows):
        yield f"placed: {len(rows) - len(levels)} nodes occur more than once"
    for row in rows:
        parent = row["parent_id"]
        is_top = row["level"] == TOP_LEVEL
        if (parent is None) != is_top or (parent and levels.get(parent) != row["level"] + 1):
            yield f"placed: {row['code']} is not under a node of the level above"
    clusters = nodes.filter(level=0)["cluster"]
    if clusters.null_count() or clusters.n_unique() < len(clusters):
        yield "placed: a cluster is missing, or in two nodes"
    for (level,), part in nodes.group_by("level", maintain_order=True):
        for name in part.filter(part["name"].is_duplicated())["name"].unique(maintain_order=True):
            codes = part.filter(name=name)["code"].to_list()
            yield f"named twice: {', '.join(codes)} of level {level}"


def _only_children(shown: list[Row]) -> Iterator[str]:
    n_children = Counter(row["parent_id"] for row in shown)
    n_nodes = Counter(row["level"] for row in shown)
    for row in shown:
        if row["level"] > 0 and n_children[row["node_id"]] == 1 and n_nodes[row["level"]] > 1:
            yield f"only child: {row['code']} has one"


def _sizes(shown: list[Row], bands: Mapping[int, tuple[int, int]]) -> Iterator[str]:
    n_nodes = Counter(row["level"] for row in shown)
    for level, (least, most) in bands.items():
        if not least <= n_nodes[level] <= most:
            kind = "too few" if n_nodes[level] < least else "too many"
            yield f"{kind}: level {level} has {n_nodes[level]} nodes, expected {least} to {most}"


def _near_duplicates(shown: list[Row], encoder: Encoder | None) -> Iterator[str]:
    families: dict[str | None, list[Row]] = {}
    for row in shown:
        families.setdefault(row["parent_id"], []).append(row)
    vectors = {}
    if encoder is not None:
        texts = [f"{row['name']}. {row['description']}" for row in shown]
        vectors = dict(zip((row["node_id"] for row in shown), encoder.encode(texts), strict=True))
    for siblings in families.values():
        alike = np.equal.outer(*[np.array([_words(row) for row in siblings])] * 2)
        if vectors:
            stacked = np.stack([vectors[row["node_id"]] for row in siblings])
            alike |= stacked @ stacked.T >= NEAR_DUPLICATE
        for one, other in np.argwhere(np.triu(alike, k=1)).tolist():
            yield f"near duplicates: {siblings[one]['code']} and {siblings[other]['code']}"


def _words(row: Row) -> str:
    return " ".join(sorted(content_words(row["name"])))


def _too_large(rows: list[Row], most_clusters: float) -> Iterator[str]:
    parent_of = {row["node_id"]: row["parent_id"] for row in rows}
    held = Counter(parent_of.get(row["parent_id"]) for row in rows if row["level"] == 0)
    for row in rows:
        if held[row["node_id"]] > most_clusters:
            yield f"too large: {row['code']} holds {held[row['node_id']]} clusters"
