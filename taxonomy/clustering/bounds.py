"""Points and moving centres in, the nearest centre of each point out, most products skipped.

A centre that moves by a distance changes no similarity by more than it. So each point keeps a
lower bound of the similarity to its own centre and an upper bound of that to every other; only
where the two overlap are products computed again. The few centres that move far (a split, a
merge) are compared with every point, so that they do not spoil the bound of the rest.
Hamerly (2010) for distances, Schubert, Lang and Feher (2021) for cosines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from taxonomy.clustering.assign import (
    assign_block_of,
    sum_by_label,
    tiles_of_products,
    unit_rows,
)
from taxonomy.clustering.blocks import map_in_order, row_blocks
from taxonomy.progress import advance

ROUNDING = 2e-6
"""Added to a bound at each move: more than float32 products of unit vectors are wrong by."""
GAPS_SAMPLED = 4_096


@dataclass(frozen=True)
class Partition:
    """Points assigned to clusters, none of them empty."""

    labels: np.ndarray
    """Shape (n,), int32."""
    sums: np.ndarray
    """Shape (k, d), float64: the weighted sum of each cluster's points."""
    sizes: np.ndarray
    """Shape (k,): the number of points in each cluster, weights left out."""

    @property
    def centers(self) -> np.ndarray:
        """Shape (k, d), float32: the unit vector along each sum."""
        return unit_rows(self.sums)

    @property
    def objective(self) -> float:
        """Sum over points of weight times similarity to the own centre; larger is better."""
        return float(np.linalg.norm(self.sums, axis=1).sum())


class BoundedAssigner:
    """Assigns the same points to centres that move a little from call to call."""

    def __init__(self, vectors: np.ndarray, weights: np.ndarray) -> None:
        self._vectors = vectors
        self._weights = weights.astype(np.float32)
        self._labels = np.zeros(len(vectors), np.int32)
        self._own = np.full(len(vectors), -np.inf, np.float32)
        self._other = np.full(len(vectors), np.inf, np.float32)
        self._centers: np.ndarray | None = None

    def move_to(self, centers: np.ndarray) -> Partition:
        """The points assigned to the nearest of `centers`, shape (k, d); k must not change."""
        before = centers if self._centers is None else self._centers
        drift = np.linalg.norm(centers - before, axis=1).astype(np.float32) + np.float32(ROUNDING)
        far = self._far_centers(drift)
        drift_of_near = np.delete(drift, far).max(initial=0)
        sums, sizes = np.zeros(centers.shape), np.zeros(len(centers), np.int64)

        def assign_block(rows: slice) -> tuple[np.ndarray, np.ndarray]:
            self._loosen(rows, drift, drift_of_near, centers[far])
            self._tighten(rows, centers)
            vectors, labels = self._vectors[rows], self._labels[rows]
            return sum_by_label(vectors, self._weights[rows], labels, len(centers))

        blocks = row_blocks(len(self._vectors))
        for block_sums, block_sizes in map_in_order(assign_block, blocks):
            sums += block_sums
            sizes += block_sizes
        self._centers = centers
        self._fill_empty(sums, sizes)
        advance(1, "passes")
        return Partition(self._labels.copy(), sums, sizes)

    def _far_centers(self, drift: np.ndarray) -> np.ndarray:
        # i far centres cost i products a point; the rest costs k for each point whose bounds
        # then overlap. A sample of the points says which i is cheapest.
        step = -(-len(self._labels) // GAPS_SAMPLED)
        gaps = (self._own - self._other)[::step] - drift[self._labels[::step]]
        by_drift = np.argsort(-drift, kind="stable")
        overlapping = np.searchsorted(np.sort(gaps), drift[by_drift]) / len(gaps)
        cost = np.arange(len(drift)) / len(drift) + overlapping
        return by_drift[: int(cost.argmin())]

    def _loosen(
        self, rows: slice, drift: np.ndarray, drift_of_near: np.float32, far_centers: np.ndarray
    ) -> None:
        self._own[rows] -= drift[self._labels[rows]]
        self._other[rows] += drift_of_near
        if not len(far_centers):
            return
        other = self._other[rows]
        for tile, products in tiles_of_products(self._vectors[rows], far_centers):
            np.maximum(other[tile], products.max(axis=1), out=other[tile])

    def _tighten(self, rows: slice, centers: np.ndarray) -> None:
        vectors, labels = self._vectors[rows], self._labels[rows]
        own, other = self._own[rows], self._other[rows]
        loose = np.flatnonzero(own < other)
        if self._centers is not None:
            own[loose] = np.einsum("ij,ij->i", vectors[loose], centers[labels[loose]]) - ROUNDING
            loose = loose[own[loose] < other[loose]]
        # Most often all of a block or few of it: the whole block need not be copied.
        nearest = assign_block_of(vectors if len(loose) == len(labels) else vectors[loose], centers)
        labels[loose], own[loose] = nearest.labels, nearest.similarity
        other[loose] = nearest.runner_up_similarity

    def _fill_empty(self, sums: np.ndarray, sizes: np.ndarray) -> None:
        # An empty cluster takes the point least like its own centre: that never lowers the
        # objective, since |s - x| + |x| >= |s|.
        empty = np.flatnonzero(sizes == 0)
        if not len(empty):
            return
        candidates = iter(np.argsort(self._own, kind="stable"))
        for cluster in empty:
            point = next(i for i in candidates if sizes[self._labels[i]] > 1)
            shift = self._weights[point] * self._vectors[point].astype(np.float64)
            sums[self._labels[point]] -= shift
            sizes[self._labels[point]] -= 1
            sums[cluster], sizes[cluster] = shift, 1
            self._labels[point] = cluster
            self._own[point] = -np.inf
