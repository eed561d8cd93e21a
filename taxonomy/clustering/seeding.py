"""Points in, centres that are spread over them out: greedy k-means++.

After Arthur and Vassilvitskii (2007). Seeds are drawn with probability proportional to weight
times 1 - similarity to the nearest seed so far. They are drawn some at a time, so that one matrix
product serves them all, and of each draw only those that lower the total most are kept.
"""

from __future__ import annotations

import numpy as np

from taxonomy.clustering.blocks import map_in_order, row_blocks

DRAWN_AT_ONCE = 16
KEPT_OF_DRAWN = 8
SEED_BLOCK_ROWS = 4_096


def seed_centers(
    vectors: np.ndarray, weights: np.ndarray, n_clusters: int, *, rng: np.random.Generator
) -> np.ndarray:
    """`n_clusters` distinct rows of `vectors`, shape (n_clusters, d).

    Parameters
    ----------
    vectors : shape (n, d), float32 unit vectors, distinct; n at least `n_clusters`
    weights : shape (n,), positive
    """
    cost = weights.astype(np.float32)
    chosen: list[int] = []
    while len(chosen) < n_clusters:
        drawn = _draw(cost, chosen, rng)
        costs = _costs(vectors, weights, drawn)
        for _ in range(min(KEPT_OF_DRAWN, n_clusters - len(chosen), len(drawn))):
            best = int(np.minimum(costs, cost).sum(axis=1).argmin())
            chosen.append(int(drawn[best]))
            np.minimum(cost, costs[best], out=cost)
            costs = np.delete(costs, best, axis=0)
            drawn = np.delete(drawn, best)
    return np.asarray(vectors[chosen])


def _draw(cost: np.ndarray, chosen: list[int], rng: np.random.Generator) -> np.ndarray:
    # Rounding can leave every cost at zero before there are enough seeds: the floor keeps every
    # point that is not yet a seed in the draw.
    shares = np.maximum(cost.astype(np.float64), 1e-12)
    shares[chosen] = 0
    size = min(DRAWN_AT_ONCE, len(cost) - len(chosen))
    return np.asarray(
        rng.choice(len(cost), size=size, replace=False, p=shares / shares.sum()), dtype=np.int64
    )


def _costs(vectors: np.ndarray, weights: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Shape (n_drawn, n): what each point would cost with each drawn point as its only seed."""
    seeds = vectors[drawn]

    def cost_block(rows: slice) -> np.ndarray:
        similarity = seeds @ vectors[rows].T
        return np.asarray(np.maximum(1 - similarity, 0) * weights[rows], dtype=np.float32)

    blocks = row_blocks(len(vectors), block_rows=SEED_BLOCK_ROWS)
    return np.concatenate(list(map_in_order(cost_block, blocks)), axis=1)
