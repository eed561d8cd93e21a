"""Spherical k-means on points whose clusters are known by construction."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from taxonomy.clustering import SphericalKMeans
from taxonomy.errors import ClusteringError


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def mixture(
    n: int, *, n_groups: int, spread: float = 0.5, d: int = 64
) -> tuple[np.ndarray, np.ndarray]:
    """Points around random directions, with sizes that fall as 1 / rank, and their groups."""
    rng = np.random.default_rng(5)
    shares = 1 / np.arange(1, n_groups + 1)
    groups = rng.choice(n_groups, size=n, p=shares / shares.sum())
    directions = unit(rng.standard_normal((n_groups, d)))
    noise = spread * rng.standard_normal((n, d)) / np.sqrt(d)
    return unit(directions[groups] + noise), groups


def test_three_directions_become_three_clusters():
    angles = np.radians([0, 5, 10, 120, 125, 240])
    labels = SphericalKMeans(3).fit_predict(unit(np.c_[np.cos(angles), np.sin(angles)]))
    assert [len(set(labels[part])) for part in (slice(0, 3), slice(3, 5))] == [1, 1]
    assert len(set(labels)) == 3


def test_inertia_is_the_sum_of_one_minus_the_similarity_to_the_centre():
    # Two pairs back to back: each point lies 30 degrees from the mean of its pair.
    angles = np.radians([0, 60, 180, 240])
    model = SphericalKMeans(2).fit(unit(np.c_[np.cos(angles), np.sin(angles)]))
    assert model.inertia_ == pytest.approx(4 * (1 - np.cos(np.pi / 6)), abs=1e-6)


def test_every_true_group_is_found_although_sizes_differ_thirtyfold():
    points, groups = mixture(4_000, n_groups=30)
    labels = SphericalKMeans(30).fit_predict(points)
    pairs = set(zip(labels.tolist(), groups.tolist(), strict=True))
    assert len(pairs) == 30


def test_each_point_is_labelled_with_the_nearest_centre():
    points, _ = mixture(20_000, n_groups=60, spread=1.5)
    model = SphericalKMeans(40).fit(points)
    similarity = points @ model.cluster_centers_.T
    # The centres are the means of the labels, one last step that may move points at a border.
    own = similarity[np.arange(len(points)), model.labels_]
    assert (own >= similarity.max(axis=1) - 1e-2).mean() > 0.99


def test_no_cluster_is_empty_when_nearly_every_point_is_its_own_cluster():
    points, _ = mixture(200, n_groups=5)
    labels = SphericalKMeans(199).fit_predict(points)
    assert len(set(labels)) == 199


def test_no_cluster_is_empty_when_points_differ_only_by_rounding():
    points = np.tile(unit(np.ones((1, 8))), (40, 1))
    points[:, 0] += np.arange(40, dtype=np.float32) * np.float32(6e-8)
    n_distinct = len(np.unique(points, axis=0))
    assert len(set(SphericalKMeans(n_distinct).fit_predict(points))) == n_distinct


def test_equal_vectors_share_a_cluster():
    points, _ = mixture(500, n_groups=10)
    repeated = np.concatenate([points, points[::-1], np.repeat(points[:1], 300, axis=0)])
    labels = SphericalKMeans(60).fit_predict(repeated)
    assert (labels[:500] == labels[500:1_000][::-1]).all()
    assert set(labels[1_000:]) == {labels[0]}


def test_a_vector_that_many_points_share_weighs_as_much_as_they_do():
    # At 0 degrees 9 points, at 60 degrees one: the mean of the ten lies near 0 degrees.
    points = unit(np.array([[1, 0]] * 9 + [[0.5, np.sqrt(0.75)]] + [[-1, 0]]))
    model = SphericalKMeans(2).fit(points)
    expected = unit(np.array([[9.5, np.sqrt(0.75)]]))[0]
    assert model.cluster_centers_[model.labels_[0]] == pytest.approx(expected, abs=1e-6)


def test_the_same_seed_gives_the_same_labels():
    points, _ = mixture(3_000, n_groups=50, spread=1.5)
    once, again = (SphericalKMeans(40, random_state=3).fit_predict(points) for _ in range(2))
    assert (once == again).all()


def test_labels_do_not_depend_on_the_number_of_threads():
    program = (
        "import numpy as np, hashlib\n"
        "from taxonomy.clustering import cluster_vectors\n"
        "from taxonomy.settings import ClusterSettings\n"
        "rng = np.random.default_rng(0)\n"
        "x = rng.standard_normal((150, 96))[rng.integers(150, size=12_000)]\n"
        "x += 0.9 * rng.standard_normal(x.shape)\n"
        "x = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)\n"
        "found = cluster_vectors(x, ClusterSettings(n_clusters=120), random_state=0)\n"
        "parts = (found.labels, found.centers, found.similarity, found.runner_up_similarity)\n"
        "print(hashlib.sha256(b''.join(part.tobytes() for part in parts)).hexdigest())\n"
    )

    def digest(n_threads: int) -> str:
        environment = os.environ | {"OPENBLAS_NUM_THREADS": str(n_threads), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", program]
        return subprocess.check_output(command, env=environment, text=True)

    assert digest(1) == digest(2)


def test_more_clusters_than_distinct_vectors_is_an_error_that_counts_them():
    points = np.repeat(np.eye(3, dtype=np.float32), 10, axis=0)
    with pytest.raises(ClusteringError, match=r"3 distinct vectors among 30.*4 clusters"):
        SphericalKMeans(4).fit(points)


def test_scikit_learn_can_clone_it():
    from sklearn.base import clone

    copy = clone(SphericalKMeans(7, n_restarts=3, random_state=11))
    assert copy.get_params() == {"n_clusters": 7, "n_restarts": 3, "random_state": 11}
