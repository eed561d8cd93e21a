"""A number of clusters in, the numbers of nodes at levels 1 and 2 out."""

from __future__ import annotations

import math

from taxonomy.settings import HierarchySettings

# The Economic Index rolled 630 clusters up to 30: the same ratio of logarithms at any size.
INDEX_EXPONENT = math.log(30) / math.log(630)


def level_sizes(k: int, settings: HierarchySettings) -> tuple[int, int]:
    """The wanted numbers of level-1 and level-2 nodes over `k` clusters.

    Level 2 has k ** (log 30 / log 630) nodes and level 1 the geometric mean of k and that, so that
    each level is smaller than the one below by the same factor (Clio, appendix G.7): 630 clusters
    give 137 and 30. Few clusters are kept from chains: a node has two children on average.
    """
    exact_2 = settings.n_level_2 or k**INDEX_EXPONENT
    exact_1 = settings.n_level_1 or math.sqrt(k * exact_2)
    n_1 = _between(exact_1, 1, k if settings.n_level_1 else k // 2)
    least_2 = 2 if n_1 > 1 else 1
    n_2 = _between(exact_2, least_2, n_1 if settings.n_level_2 else max(least_2, n_1 // 2))
    return n_1, n_2


def _between(value: float, least: int, most: int) -> int:
    return max(least, min(round(value), most, max(most, least)))
