"""Unit vectors in, an exact number of compact clusters out: spherical k-means.

Greedy k-means++ seeding on a sample, the best of several starts, Lloyd passes by blocked matrix
products, split-and-merge refinement, and Lloyd passes to the end. Equal vectors are one weighted
point, so they always share a cluster.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from taxonomy.clustering.blocks import distinct_rows
from taxonomy.clustering.bounds import BoundedAssigner, Partition
from taxonomy.clustering.checks import check_enough_distinct, check_vectors
from taxonomy.clustering.refinement import split_and_merge
from taxonomy.clustering.seeding import seed_centers

START_POINTS_PER_CLUSTER = 16
REFINEMENT_POINTS_PER_CLUSTER = 64
PASSES_PER_START = 2
PASSES_BEFORE_REFINEMENT = 1
MOST_ROUNDS = 20
ROUNDS_AFTER_A_SAMPLE = 1
"""Rounds of split-and-merge on all points, once those on a sample ended: more gain little."""
PASSES_AFTER_REFINEMENT = 25
LEAST_IMPROVEMENT = 2e-4
"""Lloyd stops when a pass improves the objective by less than this share."""


class SphericalKMeans:
    """k-means by cosine similarity, in the shape of a scikit-learn clusterer.

    Parameters
    ----------
    n_clusters : clusters found, none of them empty
    n_restarts : seedings tried on a sample; the best by the objective goes on
    random_state : seed; the same seed and vectors give the same labels on any number of threads

    Attributes
    ----------
    labels_ : shape (n,), int32
    cluster_centers_ : shape (n_clusters, d), float32 unit vectors
    inertia_ : sum over the vectors of 1 - cosine similarity to the own centre
    """

    labels_: np.ndarray
    cluster_centers_: np.ndarray
    inertia_: float

    def __init__(
        self, n_clusters: int = 630, *, n_restarts: int = 2, random_state: int = 0
    ) -> None:
        self.n_clusters = n_clusters
        self.n_restarts = n_restarts
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: None = None) -> Self:
        """Find the clusters of `X`, shape (n, d), float32 unit vectors.

        Raises
        ------
        ClusteringError
            `X` is not unit vectors, or holds fewer distinct ones than `n_clusters`.
        """
        check_vectors(X)
        distinct = distinct_rows(X)
        check_enough_distinct(len(distinct.first), len(X), self.n_clusters)
        all_differ = len(distinct.first) == len(X)
        partition = find_partition(
            X if all_differ else X[distinct.first],
            distinct.counts,
            self.n_clusters,
            n_restarts=self.n_restarts,
            random_state=self.random_state,
        )
        self.labels_ = partition.labels[distinct.inverse]
        self.cluster_centers_ = partition.centers
        self.inertia_ = len(X) - partition.objective
        return self

    def fit_predict(self, X: np.ndarray, y: None = None) -> np.ndarray:
        """Labels of `X`, shape (n,), int32, 0 to `n_clusters` - 1."""
        return self.fit(X).labels_

    def get_params(self, deep: bool = True) -> dict[str, int]:
        """The arguments this was made with, as scikit-learn's `clone` wants them."""
        return {name: getattr(self, name) for name in ("n_clusters", "n_restarts", "random_state")}

    def set_params(self, **params: int) -> Self:
        """Change arguments by name."""
        for name, value in params.items():
            setattr(self, name, value)
        return self


def find_partition(
    vectors: np.ndarray,
    weights: np.ndarray,
    n_clusters: int,
    *,
    n_restarts: int,
    random_state: int,
) -> Partition:
    """`n_clusters` clusters of weighted distinct unit vectors.

    Parameters
    ----------
    vectors : shape (n, d), float32
    weights : shape (n,), positive: how many points each stands for
    """
    rng = np.random.default_rng(random_state)
    weights = weights.astype(np.float32)
    centers = _best_start(vectors, weights, n_clusters, n_restarts=n_restarts, rng=rng)
    # Most of the way is made on few points a cluster, where a pass costs little.
    few, rounds = REFINEMENT_POINTS_PER_CLUSTER * n_clusters, MOST_ROUNDS
    if len(vectors) > 2 * few:
        sample = _sample(len(vectors), few, rng)
        refined = _refine(vectors[sample], weights[sample], centers, rounds=rounds)
        centers, rounds = refined[1].centers, ROUNDS_AFTER_A_SAMPLE
    assigner, partition = _refine(vectors, weights, centers, rounds=rounds)
    return lloyd(assigner, partition.centers, max_passes=PASSES_AFTER_REFINEMENT)


def lloyd(assigner: BoundedAssigner, centers: np.ndarray, *, max_passes: int) -> Partition:
    """The partition after passes of assigning points and moving centres to their mean."""
    partition = assigner.move_to(centers)
    for _ in range(max_passes - 1):
        before = partition.objective
        partition = assigner.move_to(partition.centers)
        if partition.objective < before * (1 + LEAST_IMPROVEMENT):
            break
    return partition


def _refine(
    vectors: np.ndarray, weights: np.ndarray, centers: np.ndarray, *, rounds: int
) -> tuple[BoundedAssigner, Partition]:
    assigner = BoundedAssigner(vectors, weights)
    partition = lloyd(assigner, centers, max_passes=PASSES_BEFORE_REFINEMENT)
    return assigner, split_and_merge(assigner, partition, vectors, weights, max_rounds=rounds)


def _best_start(
    vectors: np.ndarray,
    weights: np.ndarray,
    n_clusters: int,
    *,
    n_restarts: int,
    rng: np.random.Generator,
) -> np.ndarray:
    sample = _sample(len(vectors), START_POINTS_PER_CLUSTER * n_clusters, rng)
    points, point_weights = vectors[sample], weights[sample]
    starts = []
    for _ in range(n_restarts):
        seeds = seed_centers(points, point_weights, n_clusters, rng=rng)
        assigner = BoundedAssigner(points, point_weights)
        starts.append(lloyd(assigner, seeds, max_passes=PASSES_PER_START))
    return max(starts, key=lambda start: start.objective).centers


def _sample(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.choice(n, size=min(n, size), replace=False))
