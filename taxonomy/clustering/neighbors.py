"""Unit vectors in, their exact nearest neighbours or their smoothed selves out.

Neighbours come from every product of two blocks, each computed once and read both ways. A product
leaves behind only the pairs above what its row or its column already has, so memory stays at a few
blocks and the neighbours themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from taxonomy.clustering.blocks import map_in_order, row_blocks
from taxonomy.progress import advance, progress

BLOCK_ROWS = 1_024


@dataclass(frozen=True)
class Neighbors:
    """The nearest other vectors of each vector, nearest first."""

    indices: np.ndarray
    """Shape (n, n_neighbors), int32."""
    similarity: np.ndarray
    """Shape (n, n_neighbors), float32 cosine similarities."""


def nearest_neighbors(vectors: np.ndarray, n_neighbors: int) -> Neighbors:
    """The exact nearest neighbours by cosine of float32 unit vectors, shape (n, d).

    There are `n_neighbors` of them, or n - 1 where that is less. No vector is its own neighbour.
    """
    n = len(vectors)
    n_neighbors = min(n_neighbors, n - 1)
    found = Neighbors(
        np.full((n, n_neighbors), -1, np.int32), np.full((n, n_neighbors), -np.inf, np.float32)
    )
    blocks = row_blocks(n, block_rows=BLOCK_ROWS)
    # Nearest diagonals first: each leaves thresholds that spare the next most of its candidates.
    # A thread may see a threshold before or after the last update. Both are at most the final
    # one, so that decides how many candidates there are and never which are kept.
    with progress("neighbours", total=len(blocks) * (len(blocks) + 1) // 2, unit="blocks"):
        for offset in range(len(blocks)):
            pairs = list(zip(blocks, blocks[offset:], strict=False))
            for candidates in map_in_order(lambda pair: _candidates(vectors, found, *pair), pairs):
                for rows, columns, similarity in candidates:
                    _keep_nearest(found, rows, columns, similarity)
                advance(1, "blocks")
    return found


def smooth(vectors: np.ndarray, *, n_neighbors: int, n_rounds: int) -> np.ndarray:
    """Each vector drawn towards its neighbourhood, shape (n, d), float32 unit vectors.

    A round is normalise(X + D^-1/2 W D^-1/2 X): W links two vectors where either is among the
    `n_neighbors` nearest of the other, weighted by their cosine, and D holds the sums of its rows.
    W is that of the vectors as given in every round.
    """
    from scipy.sparse import csr_matrix, diags_array

    found = nearest_neighbors(vectors, n_neighbors)
    n, n_found = found.indices.shape
    starts = np.arange(0, n * n_found + 1, n_found)
    weights = np.maximum(found.similarity.ravel(), 0)
    links = csr_matrix((weights, found.indices.ravel(), starts), shape=(n, n))
    links = links.maximum(links.T).tocsr()
    scale = 1 / np.sqrt(np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1e-12))
    links = (diags_array(scale) @ links @ diags_array(scale)).tocsr().astype(np.float32)
    for _ in range(n_rounds):
        vectors = _smooth_once(vectors, links)
    return vectors


def _candidates(
    vectors: np.ndarray, found: Neighbors, one: slice, other: slice
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Rows, columns and similarities of pairs that may be among the nearest, from either end."""
    products = vectors[one] @ vectors[other].T
    if one == other:
        np.fill_diagonal(products, -np.inf)
        least = _nth_largest(products, found.indices.shape[1])
        return [_above(products, least[:, None], one.start, other.start)]
    as_rows = _above(products, found.similarity[one, -1][:, None], one.start, other.start)
    columns, rows, similarity = _above(
        products, found.similarity[other, -1], one.start, other.start
    )
    return [as_rows, (rows, columns, similarity)]


def _nth_largest(products: np.ndarray, n: int) -> np.ndarray:
    n = min(n, products.shape[1])
    return np.asarray(np.partition(products, -n, axis=1)[:, -n])


def _above(
    products: np.ndarray, least: np.ndarray, first_row: int, first_column: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = np.flatnonzero(products >= least)
    similarity = products.ravel()[places]
    real = similarity > -np.inf  # the diagonal
    rows, columns = np.divmod(places[real], products.shape[1])
    return rows + first_row, columns + first_column, similarity[real]


def _keep_nearest(
    found: Neighbors, rows: np.ndarray, columns: np.ndarray, similarity: np.ndarray
) -> None:
    if not len(rows):
        return
    changed = np.unique(rows)
    n_neighbors = found.indices.shape[1]
    # What the changed rows have, and what they are offered, in one list, best first in each row.
    rows = np.concatenate([np.repeat(changed, n_neighbors), rows])
    columns = np.concatenate([found.indices[changed].ravel(), columns])
    similarity = np.concatenate([found.similarity[changed].ravel(), similarity])
    # One key instead of two: similarities differ by less than 4.
    order = np.argsort(4.0 * rows - np.maximum(similarity, -2), kind="stable")
    rows, columns, similarity = rows[order], columns[order], similarity[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = rank < n_neighbors
    found.indices[rows[kept], rank[kept]] = columns[kept]
    found.similarity[rows[kept], rank[kept]] = similarity[kept]


def _smooth_once(vectors: np.ndarray, links: object) -> np.ndarray:
    smoothed = np.empty_like(vectors, order="C")

    def smooth_block(rows: slice) -> None:
        block = links[rows] @ vectors  # type: ignore[index]
        block += vectors[rows]
        block /= np.maximum(np.linalg.norm(block, axis=1, keepdims=True), 1e-12)
        smoothed[rows] = block

    for _ in map_in_order(smooth_block, row_blocks(len(vectors))):
        pass
    return smoothed
