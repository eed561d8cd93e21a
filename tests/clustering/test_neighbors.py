"""Exact neighbours, and vectors drawn towards theirs."""

from __future__ import annotations

import numpy as np
import pytest

from taxonomy.clustering import neighbors
from taxonomy.clustering.neighbors import nearest_neighbors, smooth


def on_the_circle(degrees: list[float]) -> np.ndarray:
    angles = np.radians(degrees)
    return np.c_[np.cos(angles), np.sin(angles)].astype(np.float32)


def test_neighbours_are_the_nearest_by_angle_nearest_first():
    found = nearest_neighbors(on_the_circle([0, 10, 25, 180]), 2)
    assert found.indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert found.similarity[0] == pytest.approx(np.cos(np.radians([10, 25])), abs=1e-6)


def test_blocks_give_what_one_full_product_gives(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(neighbors, "BLOCK_ROWS", 64)
    rng = np.random.default_rng(2)
    points = rng.standard_normal((500, 16)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    similarity = points @ points.T
    np.fill_diagonal(similarity, -np.inf)
    expected = np.argsort(-similarity, axis=1)[:, :7]
    assert (nearest_neighbors(points, 7).indices == expected).all()


def test_few_vectors_have_all_the_others_as_neighbours():
    found = nearest_neighbors(on_the_circle([0, 10, 90]), 7)
    assert found.indices.tolist() == [[1, 2], [0, 2], [1, 0]]


def test_two_vectors_that_are_each_others_neighbour_meet_in_the_middle():
    # One link of weight w: D^-1/2 W D^-1/2 has the entry 1, so both become the mean direction.
    smoothed = smooth(on_the_circle([0, 40]), n_neighbors=1, n_rounds=1)
    assert smoothed == pytest.approx(on_the_circle([20, 20]), abs=1e-6)


def test_vectors_without_a_similar_neighbour_stay_where_they_are():
    opposite = on_the_circle([0, 180])
    assert smooth(opposite, n_neighbors=1, n_rounds=2) == pytest.approx(opposite, abs=1e-6)


def test_smoothed_vectors_are_unit_float32():
    points = np.random.default_rng(3).standard_normal((300, 8)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    smoothed = smooth(points, n_neighbors=5, n_rounds=2)
    assert smoothed.dtype == np.float32
    assert np.linalg.norm(smoothed, axis=1) == pytest.approx(np.ones(300), abs=1e-5)
