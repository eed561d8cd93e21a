"""Unit vectors and settings in; labels, centres and similarities out: the clustering stage."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from taxonomy.clustering.assign import assign, mean_directions
from taxonomy.clustering.blocks import DistinctRows, distinct_rows
from taxonomy.clustering.bounds import BoundedAssigner
from taxonomy.clustering.checks import check_enough_distinct, check_vectors
from taxonomy.clustering.density import DensityClusterer
from taxonomy.clustering.kmeans import find_partition, lloyd
from taxonomy.clustering.neighbors import smooth
from taxonomy.errors import ClusteringError
from taxonomy.progress import progress
from taxonomy.settings import ClusterSettings

logger = logging.getLogger(__name__)

TRAINING_POINTS_PER_CLUSTER = 256
MOST_TRAINING_POINTS = 262_144
FULL_PASSES = 3
"""Lloyd passes over all points after those over the training sample."""


class Clusterer(Protocol):
    """Anything that gives each vector a label, -1 where it gives it none."""

    def fit_predict(self, X: np.ndarray) -> np.ndarray:
        """Labels, shape (n,), of vectors, shape (n, d)."""
        ...


@dataclass(frozen=True)
class Clustering:
    """Clusters numbered from the largest; of two as large, the one whose first member is first."""

    labels: np.ndarray
    """Shape (n,), int32: the cluster of each vector; -1 = unassigned."""
    centers: np.ndarray
    """Shape (k, d), float32: the unit vector along the sum of each cluster's own vectors."""
    similarity: np.ndarray
    """Shape (n,), float32: cosine similarity to the own centre; NaN where unassigned."""
    runner_up: np.ndarray
    """Shape (n,), int32: the most similar other cluster; -1 where there is none."""
    runner_up_similarity: np.ndarray
    """Shape (n,), float32: similarity to it. Above `similarity` where smoothing decided."""


def default_n_clusters(n: int) -> int:
    """The number of clusters for `n` conversations: n / 1,500, within bounds.

    At least 630 where that leaves 30 conversations a cluster, else n / 30; a small table still
    gets 8 where that leaves 25 a cluster, since fewer cannot be rolled up twice. At most 2,000,
    never below 2.
    """
    least = max(min(630, n // 30), min(8, n // 25))
    return max(2, min(2_000, max(round(n / 1_500), least)))


def cluster_vectors(
    vectors: np.ndarray,
    settings: ClusterSettings,
    *,
    random_state: int,
    clusterer: Clusterer | None = None,
) -> Clustering:
    """Clusters of unit vectors, by `settings.method` or by a `clusterer` of your own.

    With k-means, up to 256 distinct vectors a cluster, each vector is clustered as its
    neighbourhood's mean if `settings.smoothing`. Beyond that number the centres come from a
    sample treated so, and every vector then goes to the nearest centre by itself.

    Parameters
    ----------
    vectors : shape (n, d), float32, each of length 1; a memory-mapped array is read in blocks
    random_state : seed; the same seed and vectors give the same bytes on any number of threads
    clusterer : used instead of `settings.method`; its labels need not be consecutive

    Raises
    ------
    ClusteringError
        The vectors are not unit vectors, fewer are distinct than clusters are wanted, or no
        cluster was found.
    """
    check_vectors(vectors)
    n_clusters = settings.n_clusters or default_n_clusters(len(vectors))
    if clusterer is not None:
        labels = _checked_labels(clusterer.fit_predict(vectors), len(vectors))
    elif settings.method == "hdbscan":
        labels = DensityClusterer(n_clusters, random_state=random_state).fit_predict(vectors)
    else:
        labels = _kmeans_labels(vectors, n_clusters, settings, random_state=random_state)
    return _describe(vectors, number_by_size(labels))


def number_by_size(labels: np.ndarray) -> np.ndarray:
    """The same clusters, numbered 0 to k - 1 from the largest; every label below 0 becomes -1."""
    found, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -sizes))
    order = order[found[order] >= 0]
    numbers = np.full(len(found), -1, np.int32)
    numbers[order] = np.arange(len(order))
    return np.asarray(numbers[inverse])


def _kmeans_labels(
    vectors: np.ndarray, n_clusters: int, settings: ClusterSettings, *, random_state: int
) -> np.ndarray:
    distinct = distinct_rows(vectors)
    check_enough_distinct(len(distinct.first), len(vectors), n_clusters)
    sample = _training_sample(len(distinct.first), n_clusters, random_state=random_state)
    points = vectors[distinct.first[sample]]
    if settings.smoothing:
        points = smooth(
            points, n_neighbors=settings.n_neighbors, n_rounds=settings.smoothing_rounds
        )
    with progress("k-means", unit="passes"):
        partition = find_partition(
            points,
            distinct.counts[sample],
            n_clusters,
            n_restarts=settings.n_restarts,
            random_state=random_state,
        )
        if len(sample) == len(distinct.first):
            return np.asarray(partition.labels[distinct.inverse])
        return _label_all(vectors, partition.centers, distinct)


def _training_sample(n: int, n_clusters: int, *, random_state: int) -> np.ndarray:
    """Places of the training points, ascending: all `n` where there are few enough."""
    size = min(n, TRAINING_POINTS_PER_CLUSTER * n_clusters, MOST_TRAINING_POINTS)
    if size == n:
        return np.arange(n)
    logger.info("centres come from a sample of %d of %d distinct vectors", size, n)
    return np.sort(np.random.default_rng(random_state).choice(n, size=size, replace=False))


def _label_all(vectors: np.ndarray, centers: np.ndarray, distinct: DistinctRows) -> np.ndarray:
    assigner = BoundedAssigner(vectors, np.ones(len(vectors), np.float32))
    labels = lloyd(assigner, centers, max_passes=FULL_PASSES).labels
    # Rounding differs with the place in a block: equal vectors share the label of the first.
    return np.asarray(labels[distinct.first][distinct.inverse])


def _describe(vectors: np.ndarray, labels: np.ndarray) -> Clustering:
    n_clusters = int(labels.max(initial=-1)) + 1
    if n_clusters == 0:
        raise ClusteringError(
            f"found no cluster: all {len(labels):,} vectors were left unassigned, expected at "
            "least one cluster; ask for fewer and larger ones, or use cluster.method = 'kmeans'."
        )
    centers = mean_directions(vectors, labels, n_clusters)
    near = assign(vectors, centers, labels)
    return Clustering(labels, centers, near.similarity, near.runner_up, near.runner_up_similarity)


def _checked_labels(labels: np.ndarray, n: int) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ClusteringError(
            f"the clusterer gave labels of shape {labels.shape} and type {labels.dtype}, expected "
            f"one integer for each of {n:,} vectors; check its fit_predict."
        )
    return labels
