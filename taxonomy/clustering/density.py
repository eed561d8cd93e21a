"""Unit vectors in, dense groups out, the rest left unassigned: UMAP to 5 dimensions, then HDBSCAN.

The number of clusters is not an argument of HDBSCAN. It falls as the smallest group that counts as
a cluster grows, so that size is searched by bisection until the number comes near the wanted one.
"""

from __future__ import annotations

import logging
import math
import warnings

import numpy as np

from taxonomy.clustering.assign import assign, mean_directions
from taxonomy.clustering.blocks import distinct_rows
from taxonomy.clustering.neighbors import nearest_neighbors

logger = logging.getLogger(__name__)

N_NEIGHBORS = 15
N_DIMENSIONS = 5
MIN_SAMPLES = 5
SEARCH_STEPS = 10
MOST_POINTS = 50_000
"""UMAP on one thread, which it needs to repeat itself, takes minutes on this many."""
LEAST_LIKE_MEMBERS = 0.05
"""A point beyond those joins a cluster when more like its centre than this share of members."""
FEWEST_FOR_SPECTRAL_START = 32


class DensityClusterer:
    """UMAP and HDBSCAN with the number of clusters brought near `n_clusters`.

    Beyond 50,000 distinct vectors the clusters are those of a sample. Any other vector joins the
    cluster with the nearest centre, if it is more like that centre than the least like 5% of the
    sampled members are; otherwise it stays unassigned.

    Parameters
    ----------
    n_clusters : the number wanted; the nearest that the search found is what comes out
    random_state : seed of UMAP's start and of its sampling
    """

    def __init__(self, n_clusters: int, *, random_state: int = 0) -> None:
        self.n_clusters = n_clusters
        self.random_state = random_state

    def fit_predict(self, X: np.ndarray, y: None = None) -> np.ndarray:
        """Labels of unit vectors, shape (n,); -1 where a vector is in no dense group."""
        distinct = distinct_rows(X)
        n_distinct = len(distinct.first)
        rng = np.random.default_rng(self.random_state)
        size = min(n_distinct, MOST_POINTS)
        sampled = np.zeros(n_distinct, bool)
        sampled[rng.choice(n_distinct, size=size, replace=False)] = True
        flat = reduce_dimensions(X[distinct.first[sampled]], random_state=self.random_state)
        # Equal vectors count as many points, so that a request made often is dense.
        rows = np.flatnonzero(sampled[distinct.inverse])
        place = np.cumsum(sampled) - 1
        labels = search_labels(flat[place[distinct.inverse[rows]]], self.n_clusters)
        return labels if len(rows) == len(X) else extend_labels(X, rows, labels)


def reduce_dimensions(
    vectors: np.ndarray,
    *,
    n_dimensions: int = N_DIMENSIONS,
    min_dist: float = 0.0,
    random_state: int,
) -> np.ndarray:
    """UMAP coordinates of distinct unit vectors, shape (n, n_dimensions), from exact neighbours."""
    n_neighbors = min(N_NEIGHBORS, len(vectors))
    neighbors = _with_self(vectors, n_neighbors)
    few = len(vectors) < FEWEST_FOR_SPECTRAL_START
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from threadpoolctl import threadpool_limits
        from umap import UMAP

        reducer = UMAP(
            n_neighbors=n_neighbors,
            n_components=n_dimensions,
            min_dist=min_dist,
            metric="cosine",
            init="random" if few else "spectral",
            precomputed_knn=neighbors,
            random_state=random_state,
            n_jobs=1,
        )
        # scipy brings a BLAS of its own, whose rounding also depends on its threads.
        with threadpool_limits(1):
            return np.asarray(reducer.fit_transform(vectors), dtype=np.float64)


def search_labels(points: np.ndarray, n_clusters: int) -> np.ndarray:
    """HDBSCAN's labels, shape (n,), at the smallest group that comes nearest to `n_clusters`."""
    smallest, largest = 2, max(4, len(points) // 2)
    size = max(3, len(points) // (4 * n_clusters))
    tried: dict[int, np.ndarray] = {}
    for _ in range(SEARCH_STEPS):
        tried[size] = _hdbscan(points, size)
        n_found = int(tried[size].max()) + 1
        logger.debug("groups of at least %d: %d clusters", size, n_found)
        if n_found == n_clusters:
            break
        smallest, largest = (size, largest) if n_found > n_clusters else (smallest, size)
        size = round(math.sqrt(smallest * largest))
        if size in tried:
            break
    return min(tried.values(), key=lambda labels: abs(int(labels.max()) + 1 - n_clusters))


def extend_labels(vectors: np.ndarray, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Labels of all vectors from those of the sampled `rows`, which keep theirs."""
    n_clusters = int(labels.max(initial=-1)) + 1
    everywhere = np.full(len(vectors), -1, np.int32)
    everywhere[rows] = labels
    if n_clusters == 0:
        return everywhere
    centers = mean_directions(vectors, everywhere, n_clusters)
    own = assign(vectors, centers, everywhere).similarity
    least = np.array(
        [np.quantile(own[everywhere == c], LEAST_LIKE_MEMBERS) for c in range(n_clusters)]
    )
    nearest = assign(vectors, centers)
    joins = nearest.similarity >= least[nearest.labels]
    joins[rows] = False
    everywhere[joins] = nearest.labels[joins]
    return everywhere


def _hdbscan(points: np.ndarray, min_cluster_size: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from hdbscan import HDBSCAN

        clusterer = HDBSCAN(
            min_cluster_size=min_cluster_size,
            min_samples=min(MIN_SAMPLES, len(points) - 1),
            core_dist_n_jobs=1,
        )
        return np.asarray(clusterer.fit_predict(points))


def _with_self(vectors: np.ndarray, n_neighbors: int) -> tuple[np.ndarray, np.ndarray]:
    # UMAP counts a point as its own first neighbour, at distance 0.
    found = nearest_neighbors(vectors, n_neighbors - 1)
    itself = np.arange(len(vectors), dtype=np.int32)[:, None]
    distances = np.maximum(1 - found.similarity, 0)
    return (
        np.hstack([itself, found.indices]),
        np.hstack([np.zeros_like(distances[:, :1]), distances]),
    )
