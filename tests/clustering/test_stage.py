"""The stage: vectors and settings in, a canonical clustering out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taxonomy.clustering import cluster_vectors, default_n_clusters, stage
from taxonomy.clustering.stage import number_by_size
from taxonomy.errors import ClusteringError
from taxonomy.settings import ClusterSettings


def groups_around_axes(sizes: list[int], *, d: int = 16, spread: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(0)
    points = np.repeat(np.eye(d)[: len(sizes)], sizes, axis=0)
    points = points + spread * rng.standard_normal(points.shape)
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


class Given:
    """A clusterer that gives the labels it was made with."""

    def __init__(self, labels: list[int]) -> None:
        self.labels = labels

    def fit_predict(self, X: np.ndarray) -> np.ndarray:
        return np.array(self.labels)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (10, 2),
        (200, 8),
        (300, 10),
        (12_000, 400),
        (18_900, 630),
        (100_000, 630),
        (1_000_000, 667),
        (9_000_000, 2_000),
    ],
)
def test_the_default_number_of_clusters_follows_the_number_of_conversations(n, expected):
    assert default_n_clusters(n) == expected


def test_clusters_are_numbered_from_the_largest():
    vectors = groups_around_axes([20, 50, 30])
    found = cluster_vectors(vectors, ClusterSettings(n_clusters=3), random_state=0)
    assert found.labels.tolist() == [2] * 20 + [0] * 50 + [1] * 30


def test_of_two_clusters_as_large_the_one_seen_first_comes_first():
    assert number_by_size(np.array([9, 4, 4, 9, 7, 7, 7])).tolist() == [1, 2, 2, 1, 0, 0, 0]


def test_every_label_below_zero_becomes_unassigned():
    assert number_by_size(np.array([-1, -2, 5, 5, -1])).tolist() == [-1, -1, 0, 0, -1]


def test_similarities_are_to_the_own_and_the_next_nearest_mean():
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    found = cluster_vectors(vectors, ClusterSettings(), random_state=0, clusterer=Given([0, 0, 1]))
    mean = np.array([1.6, 0.8]) / np.hypot(1.6, 0.8)
    assert found.centers == pytest.approx(np.array([mean, [0, 1]]), abs=1e-6)
    assert found.similarity == pytest.approx([mean[0], vectors[1] @ mean, 1], abs=1e-6)
    assert found.runner_up.tolist() == [1, 1, 0]
    assert found.runner_up_similarity == pytest.approx([0, 0.8, mean[1]], abs=1e-6)


def test_any_clusterer_is_accepted_and_what_it_leaves_unassigned_stays_so():
    vectors = groups_around_axes([4, 2])
    found = cluster_vectors(
        vectors, ClusterSettings(), random_state=0, clusterer=Given([70, 70, -1, 70, 3, 3])
    )
    assert found.labels.tolist() == [0, 0, -1, 0, 1, 1]
    assert np.isnan(found.similarity).tolist() == [False, False, True, False, False, False]
    assert found.runner_up[2] == 0
    assert found.runner_up_similarity[2] == pytest.approx(vectors[2] @ found.centers[0], abs=1e-6)


def test_a_single_cluster_has_no_runner_up():
    found = cluster_vectors(
        groups_around_axes([3]), ClusterSettings(), random_state=0, clusterer=Given([0, 0, 0])
    )
    assert found.runner_up.tolist() == [-1, -1, -1]
    assert np.isnan(found.runner_up_similarity).all()


def test_types_and_shapes_are_those_documented():
    found = cluster_vectors(
        groups_around_axes([30, 20]), ClusterSettings(n_clusters=2), random_state=0
    )
    assert (found.labels.dtype, found.runner_up.dtype) == (np.int32, np.int32)
    assert found.similarity.dtype == found.runner_up_similarity.dtype == np.float32
    assert (found.centers.dtype, found.centers.shape) == (np.float32, (2, 16))


@pytest.mark.parametrize("smoothing", [True, False])
def test_beyond_the_training_sample_every_vector_goes_to_the_right_cluster(
    smoothing: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stage, "TRAINING_POINTS_PER_CLUSTER", 50)
    vectors = groups_around_axes([900, 700, 500])
    settings = ClusterSettings(n_clusters=3, smoothing=smoothing)
    found = cluster_vectors(vectors, settings, random_state=0)
    assert (found.labels == np.repeat([0, 1, 2], [900, 700, 500])).all()


def test_equal_vectors_share_a_cluster_beyond_the_training_sample(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(stage, "TRAINING_POINTS_PER_CLUSTER", 10)
    vectors = groups_around_axes([200, 200, 200], spread=0.5)
    repeated = np.concatenate([vectors, vectors, vectors])
    labels = cluster_vectors(repeated, ClusterSettings(n_clusters=20), random_state=0).labels
    assert (labels.reshape(3, 600) == labels[:600]).all()


def test_a_read_only_memory_map_gives_what_the_array_gives(tmp_path: Path):
    vectors = groups_around_axes([300, 200], spread=0.3)
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    settings = ClusterSettings(n_clusters=8)
    from_map = cluster_vectors(mapped, settings, random_state=0)
    from_array = cluster_vectors(vectors, settings, random_state=0)
    assert (from_map.labels == from_array.labels).all()
    assert (from_map.similarity == from_array.similarity).all()


def spoiled(row: int, value: float) -> np.ndarray:
    vectors = groups_around_axes([5, 5])
    vectors[row] = value
    return vectors


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (spoiled(7, np.nan), "vector 7 holds NaN or infinity, expected length 1"),
        (spoiled(3, np.inf), "vector 3 holds NaN or infinity, expected length 1"),
        (spoiled(3, 0), "vector 3 has length 0, expected length 1"),
        (spoiled(2, 1), "vector 2 has length 4, expected length 1"),
        (groups_around_axes([5]).astype(np.float64), "type float64, expected .* float32"),
        (np.ones(5, np.float32), r"shape \(5,\).* expected \(n, d\)"),
        (np.empty((0, 4), np.float32), "0 distinct vectors among 0"),
        (groups_around_axes([1]), "1 distinct vectors among 1, expected .* 2 clusters"),
    ],
)
def test_vectors_that_cannot_be_clustered_are_named(vectors: np.ndarray, message: str):
    with pytest.raises(ClusteringError, match=message):
        cluster_vectors(vectors, ClusterSettings(n_clusters=2), random_state=0)


@pytest.mark.parametrize("labels", [[0, 1], [0.5] * 6])
def test_a_clusterer_with_the_wrong_labels_is_named(labels: list[float]):
    with pytest.raises(ClusteringError, match="expected one integer for each of 6 vectors"):
        cluster_vectors(
            groups_around_axes([6]), ClusterSettings(), random_state=0, clusterer=Given(labels)
        )


def test_a_clusterer_that_assigns_nothing_is_an_error():
    with pytest.raises(ClusteringError, match="all 3 vectors were left unassigned"):
        cluster_vectors(
            groups_around_axes([3]), ClusterSettings(), random_state=0, clusterer=Given([-1] * 3)
        )
