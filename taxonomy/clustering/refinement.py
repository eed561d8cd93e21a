"""A partition in, one with a better objective out: split the worst clusters, merge the closest.

k-means from any seeding leaves some true groups cut in two and others joined, and no single point
that moves can mend that. Cutting a cluster in two gains |a| + |b| - |a + b|, where a and b are the
sums of the halves; joining two loses the same expression of their sums. A round makes every swap
(one cut, one join, all clusters different) that gains more than it loses, then one Lloyd pass.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from taxonomy.clustering.blocks import map_in_order, one_blas_thread, row_blocks
from taxonomy.clustering.bounds import BoundedAssigner, Partition

logger = logging.getLogger(__name__)

LEAST_IMPROVEMENT = 2e-4
"""A round that improves the objective by less than this share is the last."""
POWER_ITERATIONS = 4
HALVING_ITERATIONS = 3
CLOSEST_CONSIDERED = 4


@dataclass(frozen=True)
class Halving:
    """What cutting each cluster in two would gain, and the centres of the halves."""

    gains: np.ndarray
    """Shape (k,); -inf where a cluster cannot be cut."""
    centers: np.ndarray
    """Shape (k, 2, d), float32."""


def split_and_merge(
    assigner: BoundedAssigner,
    partition: Partition,
    vectors: np.ndarray,
    weights: np.ndarray,
    *,
    max_rounds: int,
) -> Partition:
    """The partition after as many rounds as improve its objective; never worse than before."""
    best = partition
    for _ in range(max_rounds):
        swaps, halving = choose_swaps(best, vectors, weights)
        if not swaps:
            break
        candidate = assigner.move_to(swap_centers(best, swaps, halving))
        candidate = assigner.move_to(candidate.centers)
        improvement = candidate.objective / best.objective - 1
        logger.debug("%d swaps improved the objective by %.2g", len(swaps), improvement)
        if improvement > 0:
            best = candidate
        if improvement < LEAST_IMPROVEMENT:
            break
    return best


def choose_swaps(
    partition: Partition, vectors: np.ndarray, weights: np.ndarray
) -> tuple[list[tuple[int, int, int]], Halving]:
    """Swaps (join, joined, cut) of different clusters, each of which raises the objective."""
    halving = halve_clusters(partition, vectors, weights)
    joins = iter(cheapest_joins(partition))
    used: set[int] = set()
    swaps: list[tuple[int, int, int]] = []
    for cut in np.argsort(-halving.gains, kind="stable").tolist():
        if cut in used:
            continue
        found = next((j for j in joins if used.isdisjoint(j[1:]) and cut not in j[1:]), None)
        if found is None or found[0] >= halving.gains[cut]:
            break
        swaps.append((found[1], found[2], cut))
        used.update(swaps[-1])
    return swaps, halving


def swap_centers(
    partition: Partition, swaps: list[tuple[int, int, int]], halving: Halving
) -> np.ndarray:
    """Centres, shape (k, d), after each pair is joined and each cut cluster halved."""
    centers = partition.centers
    for join, joined, cut in swaps:
        both = partition.sums[join] + partition.sums[joined]
        centers[join] = both / np.linalg.norm(both)
        centers[cut], centers[joined] = halving.centers[cut]
    return centers


def cheapest_joins(partition: Partition) -> list[tuple[float, int, int]]:
    """(loss, one cluster, another), cheapest first, for each cluster's closest few others."""
    sums, k = partition.sums, len(partition.sums)
    lengths = np.linalg.norm(sums, axis=1)

    def losses_of(rows: slice) -> np.ndarray:
        squared = lengths[rows, None] ** 2 + lengths**2 + 2 * (sums[rows] @ sums.T)
        return np.asarray(lengths[rows, None] + lengths - np.sqrt(np.maximum(squared, 0)))

    losses = np.concatenate(list(map_in_order(losses_of, row_blocks(k, block_rows=256))))
    np.fill_diagonal(losses, np.inf)
    closest = np.argsort(losses, axis=1, kind="stable")[:, : min(CLOSEST_CONSIDERED, k - 1)]
    pairs = {(min(i, j), max(i, j)) for i in range(k) for j in closest[i].tolist()}
    return sorted((float(losses[i, j]), i, j) for i, j in pairs)


def halve_clusters(partition: Partition, vectors: np.ndarray, weights: np.ndarray) -> Halving:
    """Each cluster cut across its longest direction, then mended by two-means."""
    k, d = partition.sums.shape
    gains, centers = np.full(k, -np.inf), np.zeros((k, 2, d), np.float32)
    ends = np.cumsum(partition.sizes)[:-1]
    members = np.split(np.argsort(partition.labels, kind="stable"), ends)
    # Only the half that lies farthest from its centres: the rest hardly ever gains most.
    spread = np.bincount(partition.labels, weights) - np.linalg.norm(partition.sums, axis=1)
    worst = np.argsort(-spread, kind="stable")[: -(-k // 2)]
    # One after another: products this small are slower on two threads than on one.
    with one_blas_thread():
        for cluster in worst[partition.sizes[worst] > 1]:
            points = members[cluster]
            sums = _halve(vectors[points], weights[points])
            lengths = np.sqrt((sums * sums).sum(axis=1))
            if lengths.all():
                gains[cluster] = lengths.sum() - np.sqrt((sums.sum(axis=0) ** 2).sum())
                centers[cluster] = sums / lengths[:, None]
    return Halving(gains, centers)


def _halve(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sums of the two halves, shape (2, d); one of them is zero where no cut was found."""
    total = weights @ points
    direction = _longest_direction(points, weights, total / weights.sum())
    side = points @ direction
    side -= side.mean()
    for _ in range(HALVING_ITERATIONS):
        is_first = side > 0
        first = (is_first * weights) @ points
        second = total - first
        if is_first.all() or not is_first.any():
            return np.stack([total, np.zeros_like(total)])
        side = points @ (_unit(first) - _unit(second))
    return np.stack([first, second])


def _longest_direction(points: np.ndarray, weights: np.ndarray, mean: np.ndarray) -> np.ndarray:
    # A few power iterations from the farthest point: a cut needs the direction only roughly.
    direction = points[(points @ mean).argmin()] - mean
    for _ in range(POWER_ITERATIONS):
        side = points @ direction
        side -= side.mean()
        direction = _unit((side * weights) @ points)
    return np.asarray(direction)


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(float(np.sqrt(vector @ vector)), 1e-12))
