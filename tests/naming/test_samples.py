from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.naming.samples import N_MEMBERS, N_OUTSIDERS, nearest_outsiders, sample_clusters


def unit(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def frame(rows):
    schema = {
        "conversation_id": pl.String,
        "user_id": pl.String,
        "request": pl.String,
        "cluster": pl.Int32,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def random_members(n, *, k=4, seed=0):
    rng = np.random.default_rng(seed)
    rows = [(f"c{i:05d}", f"u{i % 97}", f"Text {i}", int(rng.integers(-1, k))) for i in range(n)]
    return frame(rows), unit(rng.normal(size=(n, 8))), unit(rng.normal(size=(k, 8)))


def test_outsiders_are_the_nearest_of_other_clusters_to_this_centre():
    vectors = unit([[1, 0], [1, 0.1], [1, 0.3], [0, 1], [1, 0.2]])
    labels = np.array([0, 1, 1, 1, -1])
    near = nearest_outsiders(
        vectors, labels, unit([[1, 0], [0, 1]]), usable=np.ones(5, dtype=bool), n=3
    )
    assert near.tolist() == [[1, 4, 2], [4, 0, -1]]


def test_block_by_block_gives_what_one_product_gives():
    members, vectors, centers = random_members(20_000)
    labels = members["cluster"].to_numpy()
    usable = np.arange(20_000) % 3 > 0
    near = nearest_outsiders(vectors, labels, centers, usable=usable, n=7)
    for cluster in range(4):
        similarity = np.where(usable & (labels != cluster), vectors @ centers[cluster], -1)
        assert near[cluster].tolist() == np.argsort(-similarity, kind="stable")[:7].tolist()


def test_a_user_is_heard_once_and_a_text_is_shown_once():
    rows = [(f"a{i}", "busy", f"Busy text {i}", 0) for i in range(5)]
    rows += [(f"b{i}", f"u{i}", "The same text", 0) for i in range(5)]
    rows += [("c", None, "Own text", 0), ("d", None, "Another text", 0), ("e", "v", " ", 0)]
    rows += [("f", "w", "The same text", 1), ("g", "x", "Outside", 1)]
    vectors = unit(np.ones((len(rows), 2)))
    sample = sample_clusters(frame(rows), vectors, unit([[1, 1], [1, 0]]), random_state=0)[0]
    busy = [text for text in sample.members if text.startswith("Busy")]
    assert len(busy) == 1
    assert sorted({*sample.members} - {*busy}) == ["Another text", "Own text", "The same text"]
    assert sample.outsiders == ("Outside",)
    assert len(sample.conversation_ids) == 5 and "g" in sample.conversation_ids


def test_samples_are_of_the_stated_size_and_say_whose_they_are():
    members, vectors, centers = random_members(1_000)
    samples = sample_clusters(members, vectors, centers, random_state=0)
    text_of = dict(members.select("conversation_id", "request").iter_rows())
    cluster_of = dict(members.select("request", "cluster").iter_rows())
    for cluster, sample in samples.items():
        assert (len(sample.members), len(sample.outsiders)) == (N_MEMBERS, N_OUTSIDERS)
        assert {cluster_of[text] for text in sample.members} == {cluster}
        assert cluster not in {cluster_of[text] for text in sample.outsiders}
        shown = [text_of[conversation] for conversation in sample.conversation_ids]
        assert shown == [*sample.members, *sample.outsiders]


def test_another_seed_draws_others_and_the_order_of_rows_changes_nothing():
    members, vectors, centers = random_members(1_000)
    first = sample_clusters(members, vectors, centers, random_state=0)
    other = sample_clusters(members, vectors, centers, random_state=1)
    order = np.random.default_rng(5).permutation(1_000)
    again = sample_clusters(members[order], vectors[order], centers, random_state=0)
    assert first == again
    assert first[0].members != other[0].members and first[0].outsiders == other[0].outsiders


def test_a_cluster_without_members_has_no_sample():
    members, vectors, _ = random_members(50, k=2)
    samples = sample_clusters(members, vectors, unit(np.eye(8)[:3]), random_state=0)
    assert sorted(samples) == [0, 1]
