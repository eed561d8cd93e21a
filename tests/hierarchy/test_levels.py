from __future__ import annotations

import numpy as np
import pytest

from taxonomy.hierarchy.grouping import group_points
from taxonomy.hierarchy.levels import group_levels
from taxonomy.settings import HierarchySettings

DEFAULT = HierarchySettings()


def random_centers(k: int, *, seed: int = 0, d: int = 24) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(k, d))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def children(level_1: np.ndarray, level_2: np.ndarray) -> list[int]:
    return [len(np.unique(level_1[level_2 == node])) for node in np.unique(level_2)]


@pytest.mark.parametrize("k", [2, 3, 4, 6, 10, 30, 100, 300])
def test_levels_are_nested_and_numbered_from_zero(k: int):
    level_1, level_2 = group_levels(random_centers(k), DEFAULT)
    assert np.unique(level_1).tolist() == list(range(level_1.max() + 1))
    assert np.unique(level_2).tolist() == list(range(level_2.max() + 1))
    assert all(len(np.unique(level_2[level_1 == node])) == 1 for node in np.unique(level_1))


@pytest.mark.parametrize("seed", range(5))
def test_no_node_has_an_only_child_where_there_are_clusters_enough(seed: int):
    level_1, level_2 = group_levels(random_centers(120, seed=seed), DEFAULT)
    assert np.bincount(level_1).min() >= 2
    assert min(children(level_1, level_2)) >= 2


@pytest.mark.parametrize("share", [0.1, 0.15])
def test_no_level_2_node_holds_more_than_its_share_of_a_lopsided_space(share: float):
    crowd = random_centers(1)[0] + 0.1 * random_centers(100, seed=1)
    points = np.concatenate([crowd, random_centers(100, seed=2)])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    _, level_2 = group_levels(points, HierarchySettings(max_parent_share=share))
    assert np.bincount(level_2).max() <= share * 200


def test_the_numbers_of_nodes_come_near_the_rule():
    level_1, level_2 = group_levels(random_centers(300), DEFAULT)
    assert level_1.max() + 1 == pytest.approx(78, abs=8)
    assert level_2.max() + 1 == pytest.approx(20, abs=2)


def test_clear_groups_of_groups_are_found():
    rng = np.random.default_rng(4)
    tops = np.repeat(random_centers(4, d=16), 9, axis=0)
    middles = np.repeat(0.5 * random_centers(12, seed=1, d=16), 3, axis=0)
    points = tops + middles + 0.05 * rng.normal(size=(36, 16))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    settings = HierarchySettings(n_level_1=12, n_level_2=4, max_parent_share=0.5)
    level_1, level_2 = group_levels(points, settings)
    assert level_2.tolist() == np.repeat(np.arange(4), 9).tolist()
    assert level_1.tolist() == np.repeat(np.arange(12), 3).tolist()


def test_small_groups_are_dissolved_into_the_nearest():
    points = np.array([[0.0], [0.1], [5.0], [5.1], [9.0]])
    groups = group_points(points, n_groups=2, min_size=2, max_size=3)
    assert groups.tolist() == [0, 0, 1, 1, 1]


def test_points_that_are_all_equal_still_make_a_tree():
    level_1, level_2 = group_levels(np.ones((12, 4)) / 2, DEFAULT)
    assert len(level_1) == len(level_2) == 12
