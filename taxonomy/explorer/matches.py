"""The crosswalk of a release in, each node's matches in O*NET out, parents included."""

from __future__ import annotations

from typing import Any

import polars as pl

from taxonomy.onet.crosswalk import REMAINDER
from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.questions import NONE
from taxonomy.privacy import PUBLISHED
from taxonomy.release.read import Release
from taxonomy.tree import Taxonomy

LISTED_OF_PARENTS = 10
"""Objects shown of a node above the clusters, a level: its clusters have the others."""
DECIMALS = 3
RELATIONS = ("exact", "close", "broad", "narrow", "related")

# The Standard Occupational Classification of 2018; a crosswalk holds only the digits.
MAJOR_GROUPS = {
    "11": "Management",
    "13": "Business and Financial Operations",
    "15": "Computer and Mathematical",
    "17": "Architecture and Engineering",
    "19": "Life, Physical, and Social Science",
    "21": "Community and Social Service",
    "23": "Legal",
    "25": "Educational Instruction and Library",
    "27": "Arts, Design, Entertainment, Sports, and Media",
    "29": "Healthcare Practitioners and Technical",
    "31": "Healthcare Support",
    "33": "Protective Service",
    "35": "Food Preparation and Serving Related",
    "37": "Building and Grounds Cleaning and Maintenance",
    "39": "Personal Care and Service",
    "41": "Sales and Related",
    "43": "Office and Administrative Support",
    "45": "Farming, Fishing, and Forestry",
    "47": "Construction and Extraction",
    "49": "Installation, Maintenance, and Repair",
    "51": "Production",
    "53": "Transportation and Material Moving",
    "55": "Military Specific",
}

MATCHES = ["node_id", "object_level", "object_id", "object", "weight", "relation", "confidence"]


def matches_of(release: Release) -> dict[str, Any] | None:
    """O*NET's objects and each node's links to them, or None where the release has neither.

    Returns
    -------
    version : of O*NET, or None
    single : whether each cluster has one task and no weight, as the published table
    levels, relations : names, which `objects` and `links` refer to by their place
    objects : [place of the level, id (null for a task, which is its text), text]
    links : by node in the order of codes, null without any: `o` places of objects, by level and
        falling weight, and `w` their weights; of clusters also `r` places of relations and `c`
        confidences; `none` the weight on nothing in O*NET, where it is told. What the weights of
        a level lack to 1 is unplaced.
    """
    rows = _rows(release)
    if rows is None:
        return None
    taxonomy = release.taxonomy
    linked = pl.concat([rows, parent_matches(rows, taxonomy)])
    placed = linked.filter(~pl.col("object_id").is_in(REMAINDER)).sort(
        "node_id",
        pl.col("object_level").replace_strict(_LEVEL_PLACE, return_dtype=pl.Int64),
        pl.col("weight"),
        "object_id",
        descending=[False, False, True, False],
    )
    objects = placed.unique(["object_level", "object_id"]).sort(
        pl.col("object_level").replace_strict(_LEVEL_PLACE, return_dtype=pl.Int64), "object_id"
    )
    none = linked.filter((pl.col("object_id") == NONE) & (pl.col("object_level") == "task"))
    order = taxonomy.nodes.sort("code")["node_id"]
    return {
        "version": release.onet_version,
        "single": release.crosswalk is None,
        "levels": list(ONET_LEVELS),
        "relations": list(RELATIONS),
        "objects": [_object(row) for row in objects.iter_rows(named=True)],
        "links": _links(placed, objects, dict(none.select("node_id", "weight").iter_rows()), order),
    }


_LEVEL_PLACE = {level: place for place, level in enumerate(ONET_LEVELS)}


def parent_matches(rows: pl.DataFrame, taxonomy: Taxonomy) -> pl.DataFrame:
    """The matches of the nodes above the clusters, as `MATCHES`: without relation or confidence.

    A parent's weight is the mean of its published clusters', by conversation_share; a cluster
    that has no match at all counts with weight 0.
    """
    clusters = taxonomy.table.filter(pl.col("level") == 0).select(
        "node_id", "parent_id", share="conversation_share"
    )
    parents = dict(taxonomy.nodes.select("node_id", "parent_id").iter_rows())
    placed, levels = clusters.filter(pl.col("share") > 0), []
    while (placed := placed.drop_nulls("parent_id")).height:
        levels.append(_weighted(rows, placed))
        placed = placed.with_columns(
            parent_id=pl.col("parent_id").replace_strict(parents, return_dtype=pl.String)
        )
    empty = rows.clear()
    return pl.concat([empty, *levels])


def _weighted(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("share").sum().over("parent_id")
    parts = placed.with_columns(part=pl.col("share") / total)
    means = (
        rows.join(parts.select("node_id", "parent_id", "part"), on="node_id")
        .sort("node_id", "object_level", "object_id")
        .group_by("parent_id", "object_level", "object_id", maintain_order=True)
        .agg(pl.col("object").first(), weight=(pl.col("weight") * pl.col("part")).sum())
    )
    rank = pl.struct(-pl.col("weight"), "object_id").rank("ordinal")
    kept = means.with_columns(
        rank=rank.over("parent_id", "object_level", pl.col("object_id").is_in(REMAINDER))
    ).filter(pl.col("rank") <= LISTED_OF_PARENTS)
    return kept.select(
        pl.col("parent_id").alias("node_id"),
        "object_level",
        "object_id",
        "object",
        "weight",
        relation=pl.lit(None, pl.String),
        confidence=pl.lit(None, pl.Float64),
    )


def _rows(release: Release) -> pl.DataFrame | None:
    """The clusters' matches as `MATCHES`; a task without a crosswalk weighs 1."""
    published = release.taxonomy.nodes.filter(pl.col("status") == PUBLISHED)["node_id"]
    if release.crosswalk is not None:
        return release.crosswalk.filter(pl.col("node_id").is_in(published.implode())).select(
            MATCHES
        )
    if release.onet_tasks is None:
        return None
    tasks = release.onet_tasks.filter(pl.col("node_id").is_in(published.implode()))
    return tasks.drop_nulls("onet_task").select(
        "node_id",
        pl.lit("task").alias("object_level"),
        pl.col("onet_task").alias("object_id"),
        pl.col("onet_task").alias("object"),
        pl.lit(1.0).alias("weight"),
        pl.lit(None, pl.String).alias("relation"),
        pl.lit(None, pl.Float64).alias("confidence"),
    )


def _object(row: dict[str, Any]) -> list[Any]:
    level, object_id = row["object_level"], row["object_id"]
    text = MAJOR_GROUPS.get(object_id, object_id) if level == "major" else row["object"]
    return [_LEVEL_PLACE[level], None if level == "task" else object_id, text or object_id]


def _links(
    placed: pl.DataFrame, objects: pl.DataFrame, none: dict[str, float], order: pl.Series
) -> list[dict[str, Any] | None]:
    place = {key: i for i, key in enumerate(objects.select("object_level", "object_id").rows())}
    by_node = {
        str(node): _link(rows, place)
        for (node,), rows in placed.group_by("node_id", maintain_order=True)
    }
    for node, weight in none.items():
        by_node.setdefault(node, {"o": [], "w": []})["none"] = round(weight, DECIMALS)
    return [by_node.get(node) for node in order]


def _link(rows: pl.DataFrame, place: dict[Any, int]) -> dict[str, Any]:
    link: dict[str, Any] = {
        "o": [place[key] for key in rows.select("object_level", "object_id").rows()],
        "w": rows["weight"].round(DECIMALS).to_list(),
    }
    if rows["relation"].null_count() < rows.height:
        link["r"] = [None if name is None else RELATIONS.index(name) for name in rows["relation"]]
        link["c"] = rows["confidence"].round(2).to_list()
    return link
