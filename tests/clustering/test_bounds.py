"""Skipping products never changes the answer."""

from __future__ import annotations

import numpy as np

from taxonomy.clustering.bounds import BoundedAssigner


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_after_any_moves_the_labels_are_those_of_a_full_comparison():
    rng = np.random.default_rng(1)
    points, centers = unit(rng.standard_normal((9_000, 24))), unit(rng.standard_normal((40, 24)))
    assigner = BoundedAssigner(points, np.ones(9_000))
    for step in range(8):
        partition = assigner.move_to(centers)
        similarity = points @ centers.T
        own = similarity[np.arange(9_000), partition.labels]
        assert (own >= similarity.max(axis=1) - 1e-5).all()
        # Most centres creep, a few jump: both kinds of bound are used.
        centers = unit(centers + 0.002 * rng.standard_normal(centers.shape))
        centers[step] = unit(rng.standard_normal((1, 24)))[0]


def test_an_empty_cluster_takes_the_point_least_like_its_own_centre():
    points = np.array([[1, 0], [0.8, 0.6], [0.96, 0.28]], np.float32)
    centers = np.array([[1, 0], [-1, 0]], np.float32)
    partition = BoundedAssigner(points, np.ones(3)).move_to(centers)
    assert partition.labels.tolist() == [0, 1, 0]
    assert partition.sizes.tolist() == [2, 1]
    assert np.allclose(partition.sums, [[1.96, 0.28], [0.8, 0.6]])


def test_a_heavier_point_pulls_the_sum_of_its_cluster():
    points = np.array([[1, 0], [0, 1]], np.float32)
    partition = BoundedAssigner(points, np.array([3, 1])).move_to(points[:1])
    assert np.allclose(partition.sums, [[3, 1]])
    assert np.isclose(partition.objective, np.sqrt(10))
