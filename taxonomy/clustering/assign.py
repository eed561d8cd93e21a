"""Vectors and centres in; how near each vector is to its own centre and to the next out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from taxonomy.clustering.blocks import TILE_ROWS, map_in_order, row_blocks


@dataclass(frozen=True)
class Assignment:
    """Each vector's own centre and the most similar other one; every array has shape (n,)."""

    labels: np.ndarray
    """int32: the own centre; -1 = unassigned."""
    similarity: np.ndarray
    """float32: cosine similarity to the own centre, -1 to 1; NaN where there is none."""
    runner_up: np.ndarray
    """int32: the most similar other centre; -1 where there is no other."""
    runner_up_similarity: np.ndarray
    """float32: similarity to it; NaN where there is no other."""


def assign(
    vectors: np.ndarray, centers: np.ndarray, labels: np.ndarray | None = None
) -> Assignment:
    """Each of `vectors`, shape (n, d), with its own and the most similar other of `centers`.

    Both are float32 unit vectors, read block by block. The own centre is the most similar one
    (the first of several equally similar), or the one that `labels`, shape (n,), gives.
    """
    n = len(vectors)
    found = Assignment(
        np.empty(n, np.int32),
        np.empty(n, np.float32),
        np.empty(n, np.int32),
        np.empty(n, np.float32),
    )

    def assign_block(rows: slice) -> None:
        given = None if labels is None else labels[rows]
        block = assign_block_of(vectors[rows], centers, given)
        found.labels[rows], found.similarity[rows] = block.labels, block.similarity
        found.runner_up[rows] = block.runner_up
        found.runner_up_similarity[rows] = block.runner_up_similarity

    for _ in map_in_order(assign_block, row_blocks(n)):
        pass
    return found


def assign_block_of(
    vectors: np.ndarray, centers: np.ndarray, labels: np.ndarray | None = None
) -> Assignment:
    """What `assign` gives, for vectors few enough to be one thread's work."""
    n = len(vectors)
    own = np.empty(n, np.int32) if labels is None else labels.astype(np.int32)
    similarity = np.empty(n, np.float32)
    runner_up, next_similarity = np.full(n, -1, np.int32), np.full(n, np.nan, np.float32)
    for rows, products in tiles_of_products(vectors, centers):
        if labels is None:
            own[rows] = products.argmax(axis=1)
        similarity[rows] = _take_out(products, own[rows])
        second = products.argmax(axis=1)
        left = products[np.arange(len(products)), second]
        there_is_one = left > -np.inf
        runner_up[rows] = np.where(there_is_one, second, -1)
        next_similarity[rows] = np.where(there_is_one, left, np.nan)
    return Assignment(own, similarity, runner_up, next_similarity)


def tiles_of_products(
    vectors: np.ndarray, centers: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows and their products with all centres, shape (at most TILE_ROWS, k), tile by tile.

    The tile is the same memory each time: to ask the system for more costs more than the product.
    """
    space = np.empty((min(TILE_ROWS, len(vectors)), len(centers)), np.float32)
    for rows in row_blocks(len(vectors), block_rows=TILE_ROWS):
        yield rows, np.matmul(vectors[rows], centers.T, out=space[: rows.stop - rows.start])


def mean_directions(vectors: np.ndarray, labels: np.ndarray, n_clusters: int) -> np.ndarray:
    """The unit vector along the sum of each cluster's vectors, shape (n_clusters, d), float32.

    Vectors labelled -1 belong to none.
    """
    sums = np.zeros((n_clusters, vectors.shape[1]))
    ones = np.ones(len(vectors), np.float32)

    def sum_block(rows: slice) -> tuple[np.ndarray, np.ndarray]:
        return sum_by_label(vectors[rows], ones[rows], labels[rows], n_clusters)

    for block_sums, _ in map_in_order(sum_block, row_blocks(len(vectors))):
        sums += block_sums
    return unit_rows(sums)


def sum_by_label(
    vectors: np.ndarray, weights: np.ndarray, labels: np.ndarray, n_clusters: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted sums, shape (n_clusters, d), and numbers of the vectors with each label."""
    from scipy.sparse import csr_matrix

    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters)
    # Members in the order of their rows, so that each sum is always added up the same way.
    members = np.argsort(labels, kind="stable")[len(labels) - sizes.sum() :]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    picks = csr_matrix((weights[members], members, starts), shape=(n_clusters, len(labels)))
    return picks @ vectors, sizes


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Each row divided by its length, float32; a row of zeros stays as it is."""
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def _take_out(products: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The products with the own centres, which are set to -inf; NaN where there is no own."""
    each = np.flatnonzero(own >= 0)
    taken = np.full(len(products), np.nan, np.float32)
    taken[each] = products[each, own[each]]
    products[each, own[each]] = -np.inf
    return taken
