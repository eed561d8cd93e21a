"""Children and their parents in, a strict level out: what Claude chose, repaired where it must be.

No parent has an only child unless there is no other; the numbers of parents stay near what was
wanted; no parent holds too much where it can be divided. Every repair is counted, and flagged at
the nodes that it touched.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from taxonomy.hierarchy.grouping import group_points
from taxonomy.hierarchy.layer import Layer
from taxonomy.hierarchy.levels import unit

MIN_CHILDREN = 2
MOVED = "moved by embedding"
DIVIDED = "divided"
MERGED = "merged"


class Grouping:
    """The parent of each node of a layer, as the repairs change it.

    Parameters
    ----------
    home : (n,) number of each node's parent
    most_clusters : that one parent should hold
    """

    def __init__(self, layer: Layer, home: np.ndarray, *, most_clusters: float) -> None:
        self.layer = layer
        self.home = home.astype(np.int64)
        self.most_clusters = most_clusters
        self.counts: Counter[str] = Counter()
        self.child_flags: defaultdict[int, set[str]] = defaultdict(set)
        self.flags: defaultdict[int, set[str]] = defaultdict(set)

    @property
    def parents(self) -> list[int]:
        """The numbers of the parents that have a child."""
        return [int(parent) for parent in np.unique(self.home)]

    def children(self, parent: int) -> np.ndarray:
        """The rows of the layer below a parent that count: those published, where any is."""
        rows: np.ndarray = np.flatnonzero((self.home == parent) & self.layer.is_counted)
        return rows

    def size(self, parent: int) -> int:
        """Conversations below a parent."""
        return int(self.layer.sizes[self.home == parent].sum())

    def weight(self, parent: int) -> int:
        """Clusters below a parent."""
        return int(self.layer.weights[self.home == parent].sum())

    def order(self, parent: int) -> tuple[int, int, int]:
        """Sorts parents, the one with the fewest children first."""
        return len(self.children(parent)), self.size(parent), parent

    def dissolve(self, parent: int) -> None:
        """Move each child of a parent to the nearest other, one with room where there is."""
        others = [other for other in self.parents if other != parent]
        means = np.stack([self._mean(other) for other in others])
        room = {other: self.most_clusters - self.weight(other) for other in others}
        for row in np.flatnonzero(self.home == parent).tolist():
            nearest = np.argsort(-(means @ self.layer.vectors[row]), kind="stable")
            weight = self.layer.weights[row]
            fitting = [place for place in nearest if room[others[place]] >= weight]
            target = others[int((fitting or nearest)[0])]
            room[target] -= weight
            self.home[row] = target
            self.child_flags[row].add(MOVED)
            self.counts["children_moved"] += 1

    def can_divide(self, parent: int) -> bool:
        """Whether two parents with children enough can be made of one."""
        return len(self.children(parent)) >= 2 * MIN_CHILDREN

    def divide(self, parent: int) -> None:
        """Make two parents of one, by linkage of the children's centres."""
        points = self.layer.points
        rows = self.children(parent)
        halves = group_points(points[rows], n_groups=2, min_size=MIN_CHILDREN, max_size=len(rows))
        if halves.max() == 0:  # all alike, so any two halves will do
            halves = (np.arange(len(rows)) >= len(rows) // 2).astype(np.int64)
        means = np.stack([points[rows[halves == half]].mean(axis=0) for half in (0, 1)])
        new = int(self.home.max()) + 1
        rest = np.flatnonzero((self.home == parent) & ~self.layer.is_counted)
        self.home[rows[halves == 1]] = new
        self.home[rest[np.argmax(points[rest] @ means.T, axis=1) == 1]] = new
        self.flags[new] = {*self.flags[parent], DIVIDED}
        self.flags[parent].add(DIVIDED)

    def merge(self, parent: int, into: int) -> None:
        """Move all children of a parent to another that means the same."""
        self.home[self.home == parent] = into
        self.flags[into].add(MERGED)
        self.counts["merged"] += 1

    def _mean(self, parent: int) -> np.ndarray:
        inside = self.home == parent
        counted = inside & self.layer.is_counted
        rows = self.layer.vectors[counted if counted.any() else inside]
        mean: np.ndarray = unit(rows.mean(axis=0, keepdims=True))[0]
        return mean


def balance(grouping: Grouping, *, least: int, most: int) -> None:
    """Mend only children, too many parents, parents that hold too much, and too few, in this order.

    Parameters
    ----------
    least, most : how many parents there should be
    """
    _dissolve_lonely(grouping)
    while len(grouping.parents) > most:
        grouping.dissolve(min(grouping.parents, key=grouping.order))
        grouping.counts["dissolved_as_too_many"] += 1
    _divide(grouping, "divided_as_too_large", most=most, above=grouping.most_clusters)
    _divide(grouping, "divided_as_too_few", most=least, above=0)


def _dissolve_lonely(grouping: Grouping) -> None:
    while len(grouping.parents) > 1:
        smallest = min(grouping.parents, key=grouping.order)
        if len(grouping.children(smallest)) >= MIN_CHILDREN:
            break
        grouping.dissolve(smallest)
        grouping.counts["dissolved_as_lonely"] += 1


def _divide(grouping: Grouping, counted_as: str, *, most: int, above: float) -> None:
    """Divide the largest parents of more than `above` clusters, until there are `most` parents."""
    while len(grouping.parents) < most:
        large = [
            parent
            for parent in grouping.parents
            if grouping.weight(parent) > above and grouping.can_divide(parent)
        ]
        if not large:
            break
        grouping.divide(max(large, key=lambda parent: (grouping.weight(parent), -parent)))
        grouping.counts[counted_as] += 1
