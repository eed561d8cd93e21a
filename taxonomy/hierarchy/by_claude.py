"""Named clusters in, the nodes of a strict three-level tree out, as Claude groups and names them.

Level by level from the clusters up (Clio, appendix G.7): neighbourhoods, proposals, one list,
a parent for each child, names from the children. What Claude leaves open or gets wrong is repaired
by rule, counted and flagged, so that any answers at all give a valid tree.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from taxonomy.claude.prompt import load_prompt
from taxonomy.claude.records import Asker
from taxonomy.embedding import Encoder
from taxonomy.hierarchy.asking import Asking
from taxonomy.hierarchy.assignment import Placement, place_children
from taxonomy.hierarchy.build import ORIGINS, assemble_nodes
from taxonomy.hierarchy.fallback import known_text
from taxonomy.hierarchy.faults import tree_faults
from taxonomy.hierarchy.layer import Layer, bounds, embed
from taxonomy.hierarchy.levels import MAX_UNEVENNESS, unit
from taxonomy.hierarchy.parents import PROMPT, ParentNames
from taxonomy.hierarchy.proposals import Proposals, linked_groups, propose_parents
from taxonomy.hierarchy.repairs import Grouping, balance
from taxonomy.hierarchy.sizes import level_sizes
from taxonomy.naming.asking import NodeText
from taxonomy.settings import HierarchySettings, Settings

logger = logging.getLogger(__name__)

PROMPTS = ("propose_parents", "deduplicate_parents", "assign_parent", PROMPT)
PLACED_BY_EMBEDDING = "placed by embedding"
GROUPED_OFFLINE = "grouped offline"


@dataclass(frozen=True)
class _Built:
    """A level and its way to the level below."""

    layer: Layer
    home: np.ndarray
    """(n_below,) row of each child's parent in `layer`."""
    namers: list[str]
    flags: list[str | None]
    child_flags: list[str | None]
    counts: dict[str, int]


def build_hierarchy_by_claude(
    clusters: pl.DataFrame,
    centers: np.ndarray,
    claude: Asker,
    settings: Settings,
    *,
    encoder: Encoder,
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The nodes, as `NODES`, and per level what was asked, repaired and counted.

    `flags` of a node holds, joined by semicolons, what was not Claude's choice: `placed by
    embedding` and `moved by embedding` at children; `grouped offline`, `divided`, `merged` and
    `name STATUS` at parents; at clusters also the flags they came with.

    Parameters
    ----------
    clusters : cluster, name, description, n_conversations (0 where it will not be published),
        namer and flags; only these clusters are in the tree
    centers : (k, d) unit vectors; row i is the centre of cluster i
    claude : answers the requests; texts of clusters that will not be published are shown to it only
        as the child that is to be placed
    encoder : places what Claude leaves open, and finds names that mean the same
    """
    asking = Asking(claude, settings, encoder)
    clusters = clusters.sort("cluster")
    layer = _cluster_layer(clusters, centers, encoder)
    sizes = level_sizes(int(layer.is_counted.sum()), settings.hierarchy)
    most_clusters = _most_clusters(len(layer), sizes[1], settings.hierarchy)
    built: list[_Built] = []
    facts: dict[str, Any] = {}
    bands: dict[int, tuple[int, int]] = {}
    taken: tuple[NodeText, ...] = ()
    for level in (1, 2):
        taken += tuple(layer.texts[row] for row in np.flatnonzero(layer.is_shown))
        plan = _plan(layer, sizes[level - 1], most_clusters)
        built.append(_build_level(layer, plan, asking, taken=taken))
        layer = built[-1].layer
        bands[level] = bounds(plan.wanted)
        facts[f"level_{level}"] = {"wanted": plan.wanted, "nodes": len(layer), **built[-1].counts}
        logger.info("%d nodes at level %d", len(layer), level)
    nodes = _assemble(clusters, built)
    faults = tree_faults(nodes, bands, most_clusters=most_clusters, encoder=encoder)
    facts["faults"] = dict(Counter(fault.split(":")[0] for fault in faults))
    return nodes, facts


def hierarchy_prompt_version() -> str:
    """Changes whenever a word of a prompt that builds the hierarchy does."""
    versions = " ".join(load_prompt(name).version for name in PROMPTS)
    return hashlib.sha256(versions.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Plan:
    """What a level should come to."""

    wanted: int
    most_clusters: float
    """That one of its nodes should hold. On both levels the same: under a node of level 1 that
    holds more, no node of level 2 could hold less."""


def _plan(layer: Layer, wanted: int, most_clusters: float) -> _Plan:
    # Each parent needs two children, and of those there may be fewer than were planned.
    return _Plan(min(wanted, max(1, int(layer.is_counted.sum()) // 2)), most_clusters)


def _most_clusters(n_clusters: int, n_level_2: int, hierarchy: HierarchySettings) -> float:
    # Where few nodes are wanted, even equal ones are larger than the share allows.
    return max(hierarchy.max_parent_share, MAX_UNEVENNESS / n_level_2) * n_clusters


def _cluster_layer(clusters: pl.DataFrame, centers: np.ndarray, encoder: Encoder) -> Layer:
    texts = tuple(
        known_text(name, description)
        for name, description in clusters.select("name", "description").iter_rows()
    )
    return Layer(
        texts,
        vectors=embed(texts, encoder),
        points=np.asarray(centers, dtype=np.float64)[clusters["cluster"].to_numpy()],
        sizes=clusters["n_conversations"].to_numpy(),
        weights=np.ones(clusters.height, dtype=np.int64),
    )


def _build_level(
    layer: Layer, plan: _Plan, asking: Asking, *, taken: tuple[NodeText, ...]
) -> _Built:
    counts: Counter[str] = Counter()
    placement = _placement(layer, plan.wanted, asking, counts)
    grouping = Grouping(layer, placement.home, most_clusters=plan.most_clusters)
    grouping.counts = counts
    _flag(grouping, placement)
    least, most = bounds(plan.wanted)
    balance(grouping, least=least, most=most)
    names = ParentNames(grouping, asking, taken=taken, least=least)
    names.name()
    return _finish(grouping, names, asking.encoder)


def _placement(layer: Layer, wanted: int, asking: Asking, counts: Counter[str]) -> Placement:
    """The parent of each node before any repair."""
    if wanted == 1:
        return Placement(np.zeros(len(layer), dtype=np.int64))
    if layer.is_shown.any():
        proposals = propose_parents(layer, wanted, asking, counts)
    else:
        proposals = Proposals(groups=linked_groups(layer, np.arange(len(layer)), wanted))
    return place_children(layer, proposals, asking, counts)


def _flag(grouping: Grouping, placement: Placement) -> None:
    for row in placement.by_embedding:
        grouping.child_flags[row].add(PLACED_BY_EMBEDDING)
    for parent in placement.grouped:
        grouping.flags[parent].add(GROUPED_OFFLINE)


def _finish(grouping: Grouping, names: ParentNames, encoder: Encoder) -> _Built:
    """The parents as the next layer, in the order of their numbers."""
    below, parents = grouping.layer, grouping.parents
    home = np.searchsorted(parents, grouping.home)
    texts = tuple(names.texts[parent] for parent in parents)
    sums = np.zeros((len(parents), below.points.shape[1]))
    np.add.at(sums, home, np.maximum(below.sizes, 1)[:, None] * below.points)
    layer = Layer(
        texts,
        vectors=embed(texts, encoder),
        points=unit(sums),
        sizes=np.bincount(home, weights=below.sizes, minlength=len(parents)).astype(np.int64),
        weights=np.bincount(home, weights=below.weights, minlength=len(parents)).astype(np.int64),
    )
    return _Built(
        layer,
        home,
        namers=[names.namers[parent] for parent in parents],
        flags=[_joined(grouping.flags[parent]) for parent in parents],
        child_flags=[_joined(grouping.child_flags[row]) for row in range(len(below))],
        counts={name: n for name, n in sorted(grouping.counts.items()) if n},
    )


def _joined(flags: set[str]) -> str | None:
    return "; ".join(sorted(flags)) or None


def _assemble(clusters: pl.DataFrame, built: list[_Built]) -> pl.DataFrame:
    """The nodes of all levels, with who named each and what was repaired."""
    homes = [built[0].home, built[1].home[built[0].home]]
    placed = clusters.select("cluster", "name", "description", "n_conversations").with_columns(
        node_1=pl.Series(homes[0], dtype=pl.Int32), node_2=pl.Series(homes[1], dtype=pl.Int32)
    )
    named = {
        level: pl.DataFrame(
            [(row, text.name, text.description) for row, text in enumerate(part.layer.texts)],
            schema={"group": pl.Int32, "name": pl.String, "description": pl.String},
            orient="row",
        )
        for level, part in enumerate(built, start=1)
    }
    return assemble_nodes(placed, named, _origins(clusters, built))


def _origins(clusters: pl.DataFrame, built: list[_Built]) -> pl.DataFrame:
    """level, name, namer and flags of every node."""
    rows: list[tuple[int, str, str, str | None]] = []
    own = clusters.select("name", "namer", "flags").iter_rows()
    for (name, namer, flags), placed in zip(own, built[0].child_flags, strict=True):
        rows.append((0, name, namer, "; ".join(filter(None, (flags, placed))) or None))
    for level, part in enumerate(built, start=1):
        above = built[1].child_flags if level == 1 else [None] * len(part.flags)
        for text, namer, flags, placed in zip(
            part.layer.texts, part.namers, part.flags, above, strict=True
        ):
            rows.append((level, text.name, namer, "; ".join(filter(None, (flags, placed))) or None))
    return pl.DataFrame(rows, schema=ORIGINS, orient="row")
