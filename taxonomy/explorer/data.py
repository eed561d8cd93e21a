"""A release in, what its page holds out: plain lists and numbers, small enough to travel with it.

Everything about nodes is a column in the order of their codes; a null is a suppressed value.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from taxonomy.explorer.about import about_lines, cell_floor_words, credit, floor_words
from taxonomy.explorer.matches import matches_of
from taxonomy.measures import MEASURE_BASES
from taxonomy.palette import APART, HALF_COLOURS, PATTERN_COLOURS, SPLIT_COLOURS
from taxonomy.privacy import PUBLISHED, UNKNOWN
from taxonomy.release.read import UNRELEASED, Release
from taxonomy.tree import Taxonomy

FIGURES = 6
"""Significant figures of a share: more than anybody reads, and far fewer bytes."""

LABELS = {
    "n_conversations": "Conversations",
    "n_users": "Users",
    "conversation_share": "Share of conversations",
    "user_share": "Share of users",
    "user_incidence_share": "Share of users, by incidence",
    "directive_share": "Directive",
    "feedback_loop_share": "Feedback loop",
    "task_iteration_share": "Task iteration",
    "learning_share": "Learning",
    "validation_share": "Validation",
    "none_share": "None of the patterns",
    "automation_share": "Automation",
    "augmentation_share": "Augmentation",
    "thinking_share": "Extended thinking",
    "work_share": "Use: work",
    "coursework_share": "Use: coursework",
    "personal_share": "Use: personal",
}
"""What a measure is called on the page; one that is not listed goes by its own name."""


def page_data(release: Release) -> dict[str, Any]:
    """All that the page of a release knows, ready for JSON.

    Returns
    -------
    title, version, about, credit : texts
    n_conversations : what all shares are of; None where the release does not say
    why : clauses that say why a `node` or a `number` is not shown
    nodes : columns id, code, level, parent (place of the parent, -1 at the top), name and
        description (null below the floors)
    measures : key, label, base, values by node, and whether no node has any (`unknown`)
    onet : as `matches_of` gives it, or None
    map : columns x and y from 0 to 1, null for a node that has no place; or None
    palette : the colours that charts use too
    """
    nodes = release.taxonomy.nodes.sort("code")
    counts = release.facts.get("counts", {})
    floors = counts.get("floors")
    return {
        "title": _title(release.version),
        "version": release.version,
        "about": about_lines(release),
        "credit": credit(release),
        "n_conversations": counts.get("in_published_clusters"),
        "why": {"node": floor_words(floors), "number": cell_floor_words(floors)},
        "nodes": node_columns(nodes),
        "measures": measure_columns(release.taxonomy, nodes["node_id"]),
        "onet": matches_of(release),
        "map": None if release.places is None else _places(release.places, nodes["node_id"]),
        "palette": {
            "patterns": PATTERN_COLOURS | {"none": APART},
            "halves": HALF_COLOURS,
            "split": SPLIT_COLOURS,
        },
    }


def _title(version: str) -> str:
    return "Taxonomy (not released)" if version == UNRELEASED else f"Taxonomy {version}"


def node_columns(nodes: pl.DataFrame) -> dict[str, list[Any]]:
    """The nodes as columns; whatever the frame holds, a node below the floors has no name here."""
    published = nodes["status"] == PUBLISHED
    place = {node: index for index, node in enumerate(nodes["node_id"])}
    parents = nodes["parent_id"].replace_strict(place, default=-1, return_dtype=pl.Int64)
    shown = nodes.select(
        pl.when(published).then(pl.col(name)).alias(name) for name in ("name", "description")
    )
    return {
        "id": nodes["node_id"].to_list(),
        "code": nodes["code"].to_list(),
        "level": nodes["level"].to_list(),
        "parent": parents.to_list(),
        "name": shown["name"].to_list(),
        "description": shown["description"].to_list(),
    }


def measure_columns(taxonomy: Taxonomy, node_ids: pl.Series) -> list[dict[str, Any]]:
    """Each measure that the release knows of, in the order of the data dictionary."""
    held = taxonomy.measures["measure"].unique()
    return [
        _measure(taxonomy.measures.filter(pl.col("measure") == key), key, node_ids)
        for key in MEASURE_BASES
        if key in held
    ]


def _measure(rows: pl.DataFrame, key: str, node_ids: pl.Series) -> dict[str, Any]:
    values = dict(rows.select("node_id", "value").iter_rows())
    return {
        "key": key,
        "label": LABELS.get(key, key),
        "base": rows["base"][0],
        "unknown": bool((rows["status"] == UNKNOWN).all()),
        "values": [_rounded(values.get(node)) for node in node_ids],
    }


def _rounded(value: float | None) -> float | int | None:
    if value is None:
        return None
    short = float(f"{value:.{FIGURES}g}")
    return int(value) if value == int(value) and value > 1 else short


def _places(places: pl.DataFrame, node_ids: pl.Series) -> dict[str, list[float | None]]:
    at = node_ids.to_frame("node_id").join(
        places.select("node_id", "x", "y"), on="node_id", how="left", maintain_order="left"
    )
    return {axis: at[axis].round(4).to_list() for axis in ("x", "y")}
