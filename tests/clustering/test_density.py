"""The density arm: dense groups are found, the rest is left unassigned."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from taxonomy.clustering import DensityClusterer, cluster_vectors, density
from taxonomy.clustering.density import extend_labels, search_labels
from taxonomy.settings import ClusterSettings


def blobs(n_groups: int, *, size: int) -> np.ndarray:
    """Tight groups on a grid, in the five dimensions that UMAP gives."""
    rng = np.random.default_rng(0)
    places = np.zeros((n_groups, 5))
    places[:, 0], places[:, 1] = np.divmod(np.arange(n_groups), 4)
    return np.repeat(places, size, axis=0) + 0.05 * rng.standard_normal((n_groups * size, 5))


def directions(n_groups: int, *, size: int, n_strays: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    points = np.repeat(rng.standard_normal((n_groups, 32)), size, axis=0)
    points += 0.2 * rng.standard_normal(points.shape)
    points = np.concatenate([points, rng.standard_normal((n_strays, 32))])
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_the_search_ends_at_the_wanted_number_where_the_data_have_it():
    labels = search_labels(blobs(12, size=40), 12)
    assert (labels.reshape(12, 40) == labels.reshape(12, 40)[:, :1]).all()
    assert set(labels.tolist()) == set(range(12))


def test_a_point_far_from_every_group_is_left_unassigned():
    points = np.vstack([blobs(12, size=40), np.full((1, 5), 40.0)])
    assert search_labels(points, 12)[-1] == -1


@pytest.fixture(scope="module")
def found():
    vectors = directions(8, size=60, n_strays=20)
    settings = ClusterSettings(method="hdbscan", n_clusters=8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [cluster_vectors(vectors, settings, random_state=0) for _ in range(2)]


def test_the_whole_arm_finds_the_groups_and_keeps_strays_apart(found):
    groups = found[0].labels[:480].reshape(8, 60)
    assert (groups == groups[:, :1]).mean() > 0.95
    assert len(set(groups[:, 0].tolist()) - {-1}) == 8


def test_the_whole_arm_repeats_itself(found):
    assert (found[0].labels == found[1].labels).all()


def test_beyond_the_sample_a_member_joins_and_a_stray_stays_unassigned():
    vectors = directions(3, size=100, n_strays=50)
    sampled = np.arange(0, 300, 2)
    labels = extend_labels(vectors, sampled, np.repeat([0, 1, 2], 50))
    assert labels[sampled].tolist() == np.repeat([0, 1, 2], 50).tolist()
    # About one in twenty is less like its centre than 95% of the sampled members are.
    assert (labels[1:300:2] == np.repeat([0, 1, 2], 50)).mean() > 0.85
    assert set(labels[1:300:2].tolist()) <= {-1, 0, 1, 2}
    assert (labels[300:] == -1).all()


def test_a_large_table_is_clustered_through_a_sample(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(density, "MOST_POINTS", 300)
    labels = DensityClusterer(8).fit_predict(directions(8, size=60, n_strays=0))
    groups = labels.reshape(8, 60)
    assert all(len(set(group.tolist()) - {-1}) == 1 for group in groups)
    assert (labels >= 0).mean() > 0.85
