"""Centres of clusters in, the level-1 and level-2 node of each out."""

from __future__ import annotations

import numpy as np

from taxonomy.hierarchy.grouping import group_points
from taxonomy.hierarchy.sizes import level_sizes
from taxonomy.settings import HierarchySettings

N_NEAREST = 5
MIN_TOP_SIZE = 4
MAX_UNEVENNESS = 1.5


def group_levels(points: np.ndarray, settings: HierarchySettings) -> tuple[np.ndarray, np.ndarray]:
    """The level-1 and the level-2 node of each cluster, each shape (k,), numbered from 0.

    The clusters are grouped twice, finely and broadly, and each fine group goes to the broad one
    that holds most of its clusters: a compromise of the two levels. On the published 630 clusters
    the adjusted mutual information with the published levels 1 and 2 is .390 and .420; rolling up
    level by level gave .399 and .408, dividing from the top .357 and .426.

    Parameters
    ----------
    points : (k, d) unit vectors
    settings : numbers of nodes, and the share of the clusters that one level-2 node may hold
    """
    k = len(points)
    n_1, n_2 = level_sizes(k, settings)
    sharp = _sharpen(points)
    # Where few nodes are wanted, even equal ones are larger than the share allows.
    max_size = max(settings.max_parent_share, MAX_UNEVENNESS / n_2) * k
    level_1 = group_points(
        sharp, n_groups=n_1, min_size=2 if k >= 2 * n_1 else 1, max_size=max(2.0, max_size / 2)
    )
    least = min(MIN_TOP_SIZE, max(1, k // (n_2 + 1)))
    broad = group_points(sharp, n_groups=n_2, min_size=least, max_size=max_size)
    level_2 = _place(sharp, level_1, broad, max_size=max_size)
    level_1 = _divide_lonely(sharp, level_1, level_2)
    return level_1, _merge_lonely(sharp, level_1, level_2, max_size=max_size)


def unit(points: np.ndarray) -> np.ndarray:
    """The rows at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    scaled: np.ndarray = points / np.maximum(lengths, 1e-12)
    return scaled


def _sharpen(points: np.ndarray) -> np.ndarray:
    """Centres without what all share, each drawn towards the mean of its 5 nearest.

    It raised the agreement with the published level 2 from .397 to .426, cut directly.
    """
    if len(points) <= N_NEAREST + 1:
        return points
    centred = unit(points - points.mean(axis=0))
    similarity = centred @ centred.T
    np.fill_diagonal(similarity, -np.inf)
    nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :N_NEAREST]
    return unit(centred + 0.5 * centred[nearest].mean(axis=1))


def _place(
    points: np.ndarray, level_1: np.ndarray, broad: np.ndarray, *, max_size: float
) -> np.ndarray:
    """Each level-1 node whole in one broad group: where most of it is, while there is room."""
    n_broad = int(broad.max()) + 1
    votes = np.zeros((int(level_1.max()) + 1, n_broad))
    np.add.at(votes, (level_1, broad), 1.0)
    means = np.stack([points[broad == group].mean(axis=0) for group in range(n_broad)])
    sizes = np.zeros(n_broad)
    home = np.zeros(len(votes), dtype=np.int64)
    for node in np.argsort(-votes.sum(axis=1), kind="stable"):
        distance = ((means - points[level_1 == node].mean(axis=0)) ** 2).sum(axis=1)
        size = votes[node].sum()
        room = sizes + size <= max_size
        order = np.lexsort((distance, -votes[node], ~room))
        home[node] = order[0]
        sizes[order[0]] += size
    numbered: np.ndarray = np.unique(home, return_inverse=True)[1].astype(np.int64)
    placed: np.ndarray = numbered[level_1]
    return placed


def _divide_lonely(points: np.ndarray, level_1: np.ndarray, level_2: np.ndarray) -> np.ndarray:
    """Level 1 with an only child divided in two, where it has four clusters or more."""
    level_1 = level_1.copy()
    for group in range(int(level_2.max()) + 1):
        inside = np.flatnonzero(level_2 == group)
        if len(np.unique(level_1[inside])) == 1 and len(inside) >= MIN_TOP_SIZE:
            halves = group_points(points[inside], n_groups=2, min_size=2, max_size=len(inside))
            level_1[inside[halves > 0]] = level_1.max() + 1
    return level_1


def _merge_lonely(
    points: np.ndarray, level_1: np.ndarray, level_2: np.ndarray, *, max_size: float
) -> np.ndarray:
    """Level-2 nodes still with an only child joined to the nearest other that has room."""
    level_2 = level_2.copy()
    for group in range(int(level_2.max()) + 1):
        groups = np.unique(level_2)
        sizes = {other: np.count_nonzero(level_2 == other) for other in groups}
        if group not in sizes or len(np.unique(level_1[level_2 == group])) > 1:
            continue
        room = [o for o in groups if o != group and sizes[o] + sizes[group] <= max_size]
        if not room or len(groups) <= 2:
            continue
        own = points[level_2 == group].mean(axis=0)
        means = np.stack([points[level_2 == other].mean(axis=0) for other in room])
        level_2[level_2 == group] = room[int(((means - own) ** 2).sum(axis=1).argmin())]
    numbered: np.ndarray = np.unique(level_2, return_inverse=True)[1]
    return numbered.astype(np.int64)
