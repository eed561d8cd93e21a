"""Points in, groups of neighbours out: Ward linkage, cut so that groups are even enough to read."""

from __future__ import annotations

import heapq

import numpy as np

MAX_PASSES = 20


def group_points(
    points: np.ndarray, *, n_groups: int, min_size: int, max_size: float
) -> np.ndarray:
    """Group of each point, shape (n,), int64, groups numbered from 0 in order of first point.

    The Ward tree is cut from the top: always the group that is too large, else the one that is
    spread the most, until `n_groups` groups have `min_size` points or more. The points of smaller
    groups then join the groups nearest to them, and each point moves to the group whose mean is
    nearest while every group keeps from `min_size` to `max_size` points.

    Parameters
    ----------
    points : (n, d)
    n_groups : wanted; fewer or more come back where the sizes leave no other choice
    min_size : the fewest points of a group
    max_size : the most points of a group
    """
    if n_groups <= 1 or len(points) < 2 * min_size:
        return np.zeros(len(points), dtype=np.int64)
    cut = _cut(points, n_groups=n_groups, min_size=min_size, max_size=max_size)
    groups = _Groups(points, _label(cut, len(points)))
    _dissolve_small(groups, min_size=min_size, max_size=max_size)
    _settle(groups, min_size=min_size, max_size=max_size)
    return _renumber(groups.labels)


def _cut(points: np.ndarray, *, n_groups: int, min_size: int, max_size: float) -> list[list[int]]:
    """The points of each group of the cut; some may still be smaller than `min_size`."""
    from scipy.cluster.hierarchy import linkage

    tree = linkage(points, method="ward")
    leaves = _leaves(tree, len(points))
    # Too large first, then the most spread; the number breaks ties in a fixed order.
    queue = [(False, -float(tree[-1, 2]), len(leaves) - 1)]
    small: list[int] = []
    best = [len(leaves) - 1]
    while queue:
        _, _, node = heapq.heappop(queue)
        for child in (int(child) for child in tree[node - len(points), :2]):
            if len(leaves[child]) < 2 * min_size and len(leaves[child]) <= max_size:
                small.append(child)  # it would fall apart into groups that are too small
                continue
            height = -float(tree[child - len(points), 2])
            heapq.heappush(queue, (len(leaves[child]) <= max_size, height, child))
        state = [*small, *(entry[2] for entry in queue)]
        too_large = any(not is_fine for is_fine, _, _ in queue)
        n_whole = _count_whole(state, leaves, min_size)
        if too_large or n_whole >= _count_whole(best, leaves, min_size):
            best = state
        if n_whole >= n_groups and not too_large:
            break
    return [leaves[node] for node in best]


def _count_whole(nodes: list[int], leaves: list[list[int]], min_size: int) -> int:
    return sum(len(leaves[node]) >= min_size for node in nodes)


def _leaves(tree: np.ndarray, n: int) -> list[list[int]]:
    leaves = [[i] for i in range(n)]
    for left, right in tree[:, :2].astype(int):
        leaves.append(sorted(leaves[left] + leaves[right]))
    return leaves


def _label(groups: list[list[int]], n: int) -> np.ndarray:
    labels = np.zeros(n, dtype=np.int64)
    for number, members in enumerate(groups):
        labels[members] = number
    return labels


class _Groups:
    """Groups whose sums follow as points move."""

    def __init__(self, points: np.ndarray, labels: np.ndarray) -> None:
        self.points, self.labels = points, labels.copy()
        n_groups = int(labels.max()) + 1
        self.sums = np.zeros((n_groups, points.shape[1]))
        np.add.at(self.sums, labels, points)
        self.sizes = np.bincount(labels, minlength=n_groups)

    def distances(self, point: int) -> np.ndarray:
        """Squared distance to the mean of each group, infinite for an empty one."""
        means = self.sums / np.maximum(self.sizes, 1)[:, None]
        distances = ((means - self.points[point]) ** 2).sum(axis=1)
        return np.where(self.sizes > 0, distances, np.inf)

    def move(self, point: int, target: int) -> None:
        """Take the point from its group to another."""
        for group, sign in ((self.labels[point], -1), (target, 1)):
            self.sums[group] += sign * self.points[point]
            self.sizes[group] += sign
        self.labels[point] = target


def _dissolve_small(groups: _Groups, *, min_size: int, max_size: float) -> None:
    """Each point of a group too small joins the nearest that is not, with room where there is."""
    whole = groups.sizes >= min_size
    if not whole.any():
        whole[np.argmax(groups.sizes)] = True
    for point in map(int, np.flatnonzero(~whole[groups.labels])):
        distances = np.where(whole, groups.distances(point), np.inf)
        allowed = np.where(groups.sizes < max_size, distances, np.inf)
        groups.move(point, int(np.argmin(allowed if np.isfinite(allowed).any() else distances)))


def _settle(groups: _Groups, *, min_size: int, max_size: float) -> None:
    for _ in range(MAX_PASSES):
        moved = False
        for point in range(len(groups.points)):
            here = groups.labels[point]
            target = int(np.argmin(groups.distances(point)))
            fits = groups.sizes[target] < max_size and groups.sizes[here] > min_size
            if target != here and fits:
                groups.move(point, target)
                moved = True
        if not moved:
            break


def _renumber(labels: np.ndarray) -> np.ndarray:
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return rank[inverse].astype(np.int64)
