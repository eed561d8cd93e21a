from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.cluster_map import place_on_map


def unit(rows):
    vectors = np.asarray(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def tree(parents, grandparents):
    """Nodes of three levels: `parents` of the clusters, `grandparents` of the parents."""
    leaves = [(f"c{i}", f"p{p}", 0, i) for i, p in enumerate(parents)]
    middle = [(f"p{i}", f"t{g}", 1, None) for i, g in enumerate(grandparents)]
    top = [(f"t{g}", None, 2, None) for g in sorted(set(grandparents))]
    schema = {
        "node_id": pl.String,
        "parent_id": pl.String,
        "level": pl.Int8,
        "cluster": pl.Int32,
    }
    return pl.DataFrame(top + middle + leaves, schema=schema, orient="row")


def sized(counts):
    clusters = list(counts)
    return pl.DataFrame(
        {"cluster": clusters, "n_conversations": [counts[c] for c in clusters]},
        schema={"cluster": pl.Int32, "n_conversations": pl.Int64},
    )


def at(places, node):
    return places.filter(pl.col("node_id") == node).select("x", "y").row(0)


@pytest.fixture
def groups():
    """Forty centres in two bundles of twenty, nearly at right angles."""
    noise = np.random.default_rng(0).normal(scale=0.1, size=(40, 8))
    centers = unit(noise + np.repeat(np.eye(8)[:2], 20, axis=0))
    return centers, tree([0] * 20 + [1] * 20, [0, 0]), sized(dict.fromkeys(range(40), 10))


def test_a_parent_lies_at_the_mean_of_its_clusters_by_their_conversations():
    centers = unit([[1, 0], [0, 1], [-1, 0]])
    nodes = tree([0, 0, 1], [0, 0])
    places = place_on_map(centers, nodes, sized({0: 1, 1: 3, 2: 4}), random_state=0)
    (x0, y0), (x1, y1), p0 = at(places, "c0"), at(places, "c1"), at(places, "p0")
    assert p0 == pytest.approx(((x0 + 3 * x1) / 4, (y0 + 3 * y1) / 4), abs=1e-4)
    (xp, yp), (xq, yq) = at(places, "p0"), at(places, "p1")
    assert at(places, "t0") == pytest.approx(((xp + xq) / 2, (yp + yq) / 2), abs=1e-4)


def test_three_centres_keep_their_shape_with_the_long_side_along_x():
    # A right angle's two ends and its corner in 2 dimensions: the long side has length sqrt(2).
    centers = unit([[1, 0], [0, 1], [1, 1]])
    nodes = tree([0, 0, 0], [0])
    places = place_on_map(centers, nodes, sized({0: 5, 1: 5, 2: 5}), random_state=0)
    xs, ys = zip(at(places, "c0"), at(places, "c1"), at(places, "c2"), strict=True)
    assert sorted(xs) == pytest.approx([0, 0.5, 1], abs=1e-3)
    # The third lies 1 - sqrt(1/2) off that side, which is sqrt(2) long.
    assert max(ys) - min(ys) == pytest.approx((1 - 0.5**0.5) / 2**0.5, abs=1e-3)


def test_a_cluster_under_the_floors_has_no_place_and_moves_none(groups):
    centers, nodes, _ = groups
    places = place_on_map(centers, nodes, sized({0: 10, 1: 30}), random_state=0)
    assert set(places["node_id"]) == {"c0", "c1", "p0", "t0"}
    assert at(places, "p0")[0] == pytest.approx(
        0.75 * at(places, "c1")[0] + 0.25 * at(places, "c0")[0]
    )


def test_like_lies_beside_like(groups):
    places = place_on_map(*groups, random_state=0).filter(pl.col("level") == 0)
    points = {node: np.array([x, y]) for node, _, x, y in places.iter_rows()}
    middles = [
        np.mean([points[f"c{i}"] for i in part], axis=0) for part in (range(20), range(20, 40))
    ]
    nearer = [
        np.linalg.norm(points[f"c{i}"] - middles[i // 20])
        < np.linalg.norm(points[f"c{i}"] - middles[1 - i // 20])
        for i in range(40)
    ]
    assert sum(nearer) == 40


def test_no_gap_between_bundles_is_wider_than_a_bundle_needs(groups):
    places = place_on_map(*groups, random_state=0).filter(pl.col("level") == 0)
    # Narrowed to 8 hundredths of the span before, which shrank to not less than 16 hundredths.
    assert places["x"].sort().diff().drop_nulls().max() < 0.5


def test_places_fill_the_square_and_repeat(groups):
    places = place_on_map(*groups, random_state=0)
    clusters = places.filter(pl.col("level") == 0)
    assert (clusters["x"].min(), clusters["x"].max()) == (0, 1)
    assert 0 <= clusters["y"].min() <= clusters["y"].max() <= 1
    assert places.equals(place_on_map(*groups, random_state=0))


def test_equal_centres_share_a_place_and_one_lies_in_the_middle():
    twins = place_on_map(
        unit([[1, 0], [1, 0]]), tree([0, 0], [0]), sized({0: 2, 1: 2}), random_state=0
    )
    assert at(twins, "c0") == at(twins, "c1") == (0.5, 0.5)


def test_nothing_published_gives_no_place(groups):
    centers, nodes, _ = groups
    assert place_on_map(centers, nodes, sized({}), random_state=0).is_empty()
