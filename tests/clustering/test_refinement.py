"""Split and merge mends what Lloyd's passes cannot."""

from __future__ import annotations

import numpy as np
import pytest

from taxonomy.clustering.assign import sum_by_label
from taxonomy.clustering.bounds import BoundedAssigner, Partition
from taxonomy.clustering.refinement import (
    cheapest_joins,
    choose_swaps,
    halve_clusters,
    split_and_merge,
)


def groups_around_axes() -> tuple[np.ndarray, np.ndarray]:
    """Four groups of 50 points, each around one axis of six dimensions."""
    rng = np.random.default_rng(0)
    points = np.repeat(np.eye(6)[:4], 50, axis=0) + 0.05 * rng.standard_normal((200, 6))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), np.repeat(np.arange(4), 50)


def partition_of(points: np.ndarray, labels: np.ndarray) -> Partition:
    sums, sizes = sum_by_label(points, np.ones(len(points), np.float32), labels, labels.max() + 1)
    return Partition(labels.astype(np.int32), sums.astype(np.float64), sizes)


# The first group is cut in two (0 and 1); the last two share cluster 3.
WRONG = np.concatenate([np.repeat([0, 1], 25), np.repeat([2, 3, 3], 50)])


def test_the_cluster_that_holds_two_groups_gains_most_from_a_cut():
    points, _ = groups_around_axes()
    halving = halve_clusters(partition_of(points, WRONG), points, np.ones(200, np.float32))
    assert halving.gains.argmax() == 3
    # Two sums of length about 50 at right angles: 50 + 50 - 50 * sqrt(2).
    assert halving.gains[3] == pytest.approx(100 - 50 * np.sqrt(2), rel=0.02)


def test_the_two_halves_of_one_group_are_the_cheapest_to_join():
    points, _ = groups_around_axes()
    loss, one, other = cheapest_joins(partition_of(points, WRONG))[0]
    assert (one, other) == (0, 1)
    assert loss < 0.1


def test_one_swap_joins_the_halves_and_cuts_the_pair():
    points, _ = groups_around_axes()
    swaps, _ = choose_swaps(partition_of(points, WRONG), points, np.ones(200, np.float32))
    assert swaps == [(0, 1, 3)]


def test_refinement_finds_the_true_groups_from_a_partition_that_lloyd_cannot_leave():
    points, groups = groups_around_axes()
    weights = np.ones(200, np.float32)
    assigner = BoundedAssigner(points, weights)
    stuck = assigner.move_to(partition_of(points, WRONG).centers)
    assert (stuck.labels == WRONG).mean() > 0.8
    mended = split_and_merge(assigner, stuck, points, weights, max_rounds=20)
    assert mended.objective > stuck.objective
    assert len(set(zip(mended.labels.tolist(), groups.tolist(), strict=True))) == 4


def test_a_right_partition_is_left_alone():
    points, groups = groups_around_axes()
    weights = np.ones(200, np.float32)
    right = partition_of(points, groups)
    same = split_and_merge(BoundedAssigner(points, weights), right, points, weights, max_rounds=20)
    assert same is right
