from __future__ import annotations

import numpy as np
import pytest

from taxonomy.hierarchy.fallback import known_text
from taxonomy.hierarchy.layer import Layer, bounds, nearest_outside, neighborhoods
from taxonomy.hierarchy.repairs import DIVIDED, MERGED, MOVED, Grouping, balance


def layer(angles, *, sizes=None, weights=None):
    """Nodes on a circle; both what they are called and what they hold lies at their angle."""
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    n = len(points)
    return Layer(
        tuple(known_text(f"Do thing {i}", "Users asked. They left.") for i in range(n)),
        vectors=points.astype(np.float32),
        points=points,
        sizes=np.asarray(sizes if sizes is not None else [1] * n),
        weights=np.asarray(weights if weights is not None else [1] * n),
    )


def grouping(home, *, most_clusters=100.0, angles=None, **options):
    angles = np.linspace(0, 1.5, len(home)) if angles is None else np.asarray(angles)
    return Grouping(layer(angles, **options), np.asarray(home), most_clusters=most_clusters)


def test_a_lonely_child_joins_the_nearest_parent():
    found = grouping([0, 0, 1, 2, 2], angles=[0, 0.1, 0.3, 1.2, 1.3])
    balance(found, least=1, most=5)
    assert found.home.tolist() == [0, 0, 0, 2, 2]
    assert found.child_flags == {2: {MOVED}}
    assert found.counts["dissolved_as_lonely"] == 1


def test_the_nearest_parent_with_room_is_taken():
    found = grouping([0, 0, 1, 2, 2], angles=[0, 0.1, 0.3, 1.2, 1.3], weights=[3, 3, 1, 1, 1],
                     most_clusters=6)  # fmt: skip
    balance(found, least=1, most=5)
    assert found.home.tolist() == [0, 0, 2, 2, 2]


def test_a_child_that_will_not_be_published_is_no_company():
    found = grouping([0, 0, 1, 1], sizes=[5, 5, 5, 0])
    balance(found, least=1, most=2)
    assert found.home.tolist() == [0, 0, 0, 0]


def test_too_many_parents_lose_the_smallest():
    found = grouping([0, 0, 0, 1, 1, 2, 2, 2], sizes=[9, 9, 9, 1, 1, 9, 9, 9])
    balance(found, least=1, most=2)
    assert len(found.parents) == 2 and 1 not in found.parents
    assert found.counts["dissolved_as_too_many"] == 1


def test_too_few_parents_are_divided_where_the_space_is_widest():
    found = grouping([0] * 6, angles=[0, 0.1, 0.2, 1.1, 1.2, 1.3])
    balance(found, least=2, most=3)
    assert found.home.tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    assert found.flags == {0: {DIVIDED}, 1: {DIVIDED}}


def test_a_parent_that_holds_too_much_is_divided_while_there_may_be_more():
    home = [0] * 8 + [1, 1]
    roomy, full = grouping(home, most_clusters=5), grouping(home, most_clusters=5)
    balance(roomy, least=1, most=3)
    balance(full, least=1, most=2)
    assert max(map(roomy.weight, roomy.parents)) <= 5
    assert full.home.tolist() == home


def test_children_all_alike_are_divided_all_the_same():
    found = grouping([0] * 4, angles=[0.5] * 4)
    balance(found, least=2, most=2)
    assert [len(found.children(parent)) for parent in found.parents] == [2, 2]


def test_three_children_are_never_divided():
    found = grouping([0] * 3)
    balance(found, least=2, most=2)
    assert found.home.tolist() == [0, 0, 0]


def test_merging_moves_all_children():
    found = grouping([0, 0, 1, 1])
    found.merge(1, 0)
    assert found.home.tolist() == [0] * 4 and found.flags[0] == {MERGED}


@pytest.mark.parametrize("seed", range(20))
def test_any_grouping_is_balanced(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 60))
    found = grouping(rng.integers(0, n, n), angles=rng.uniform(0, 6, n))
    most = max(2, n // 4)
    balance(found, least=max(1, n // 8), most=most)
    assert max(1, n // 8) <= len(found.parents) <= most
    assert min(len(found.children(parent)) for parent in found.parents) >= 2


@pytest.mark.parametrize(
    ("wanted", "expected"), [(1, (1, 1)), (0.3, (1, 1)), (2, (1, 3)), (5, (2, 7)), (30, (15, 45))]
)
def test_bounds_are_half_and_one_and_a_half_times(wanted, expected):
    assert bounds(wanted) == expected


def test_bounds_never_pass_what_there_is():
    assert bounds(30, most=20) == (15, 20)
    assert bounds(30, most=3) == (3, 3)


def test_neighbourhoods_hold_every_published_node_once():
    rng = np.random.default_rng(0)
    sizes = np.where(np.arange(130) % 13, 1, 0)
    nodes = layer(rng.uniform(0, 6, 130), sizes=sizes)
    hoods = neighborhoods(nodes, random_state=0)
    assert len(hoods) == 3
    assert sorted(np.concatenate(hoods).tolist()) == np.flatnonzero(sizes).tolist()


def test_nodes_of_one_text_are_one_neighbourhood():
    assert len(neighborhoods(layer(np.full(100, 0.5)), random_state=0)) == 1


def test_the_nearest_outside_are_published_and_not_inside():
    nodes = layer(np.linspace(0, 1.5, 16), sizes=[1] * 4 + [0] + [1] * 11)
    assert nearest_outside(nodes, np.arange(4)).tolist() == list(range(5, 15))
