"""Centres of clusters in, a place on a plane for every node out: like beside like.

UMAP keeps neighbours near each other; the axes mean nothing, and neither do long distances, so
wide gaps are narrowed.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.clustering.blocks import distinct_rows
from taxonomy.clustering.density import reduce_dimensions

MAP_FILE = "map.parquet"
PLACES = {"node_id": pl.String, "level": pl.Int8, "x": pl.Float64, "y": pl.Float64}

FEWEST_FOR_UMAP = 32
"""Of fewer, every cluster is among the neighbours of half the others: their principal components
say as much, at once."""
MIN_DIST = 0.3
"""Apart enough for the circles of neighbouring clusters to be told from one another."""
WIDEST_GAP = 0.08
"""Of an axis, as a share of all: UMAP may put a group anywhere, and empty paper tells nothing."""
DECIMALS = 4


def place_on_map(
    centers: np.ndarray, nodes: pl.DataFrame, published: pl.DataFrame, *, random_state: int
) -> pl.DataFrame:
    """The place of every node that has a published cluster, as `PLACES`, broadest level first.

    x and y are from 0 to 1, on the same scale: the longer of the two spans all of it, mostly x,
    along which the clusters spread most. A node above the clusters lies at the mean of its
    published clusters, weighted by their conversations.

    Parameters
    ----------
    centers : shape (n_clusters, d), unit vectors
    nodes : the tree, as `hierarchy.NODES`
    published : cluster, n_conversations: the clusters that pass the floors; others have no place
    """
    published = published.sort("cluster")
    points = _on_plane(centers[published["cluster"].to_numpy()], random_state=random_state)
    placed = published.select("cluster", weight=pl.col("n_conversations")).with_columns(
        x=points[:, 0], y=points[:, 1]
    )
    rows = nodes.join(placed, on="cluster").select(
        "node_id", "parent_id", "level", "x", "y", "weight"
    )
    levels = [rows]
    while (above := _parents(rows, nodes)).height:
        levels.append(rows := above)
    places = pl.concat(levels).with_columns(pl.col("x", "y").round(DECIMALS))
    return places.sort("level", "node_id", descending=[True, False]).select(
        pl.col(name).cast(kind) for name, kind in PLACES.items()
    )


def _parents(rows: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    weight = pl.col("weight")
    means = (
        rows.drop_nulls("parent_id")
        .sort("node_id")
        .group_by(node_id="parent_id")
        .agg(
            x=(pl.col("x") * weight).sum() / weight.sum(),
            y=(pl.col("y") * weight).sum() / weight.sum(),
            weight=weight.sum(),
        )
    )
    return nodes.select("node_id", "parent_id", "level").join(means, on="node_id")


def _on_plane(vectors: np.ndarray, *, random_state: int) -> np.ndarray:
    """Places from 0 to 1, shape (n, 2), of unit vectors."""
    if not len(vectors):
        return np.empty((0, 2))
    distinct = distinct_rows(np.ascontiguousarray(vectors))
    points = np.ascontiguousarray(vectors[distinct.first])
    if len(points) < FEWEST_FOR_UMAP:
        plane = _along_axes(points.astype(np.float64))
    else:
        plane = _by_umap(points, random_state=random_state)
    placed: np.ndarray = _into_square(plane)[distinct.inverse]
    return placed


def _by_umap(points: np.ndarray, *, random_state: int) -> np.ndarray:
    reduced = reduce_dimensions(
        points, n_dimensions=2, min_dist=MIN_DIST, random_state=random_state
    )
    narrowed = [_without_wide_gaps(axis) for axis in _along_axes(reduced).T]
    return _along_axes(np.column_stack(narrowed))


def _along_axes(points: np.ndarray) -> np.ndarray:
    """The first two principal components of the points, shape (n, 2), the widest first."""
    centred = points - points.mean(axis=0)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    turned = np.zeros((len(points), 2))
    kept = min(2, len(scale))
    turned[:, :kept] = left[:, :kept] * scale[:kept]
    # Which way an axis points is chance: the end that reaches farther from the mean is positive.
    farthest = np.abs(turned).argmax(axis=0)
    turned *= np.where(turned[farthest, [0, 1]] < 0, -1.0, 1.0)
    return turned


def _without_wide_gaps(places: np.ndarray) -> np.ndarray:
    """Places along one axis, shape (n,), with no gap above `WIDEST_GAP` of what they span now."""
    order = np.argsort(places, kind="stable")
    gaps = np.diff(places[order], prepend=places[order[0]])
    narrowed = np.empty_like(places)
    narrowed[order] = np.minimum(gaps, WIDEST_GAP * np.ptp(places)).cumsum()
    return narrowed


def _into_square(points: np.ndarray) -> np.ndarray:
    """The points moved and scaled alike on both axes into 0 to 1, in the middle of the shorter."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = (high - low).max()
    if span == 0:
        return np.full_like(points, 0.5)
    square: np.ndarray = (points - (low + high) / 2) / span + 0.5
    return square
