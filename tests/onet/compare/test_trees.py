from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.errors import SettingsError
from taxonomy.onet.compare.trees import triplet_agreement


def tree(**levels):
    n = len(next(iter(levels.values())))
    return pl.DataFrame({"conversation_id": [f"c{place:04}" for place in range(n)], **levels})


def only(frame):
    return frame.row(0, named=True)


def test_a_tree_joins_every_triplet_as_itself_does():
    # Two pairs: every triplet has one pair together and a third apart.
    pairs = tree(fine=["x", "x", "y", "y"])
    row = only(triplet_agreement(pairs, pairs, n_triplets=500))
    assert (row["resolved_a"], row["resolved_both"], row["agreement"]) == (1, 1, 1)
    assert row["cophenetic_correlation"] == pytest.approx(1)


def test_crossed_pairs_never_agree():
    row = only(
        triplet_agreement(
            tree(fine=["x", "x", "y", "y"]), tree(fine=["x", "y", "x", "y"]), n_triplets=500
        )
    )
    assert (row["resolved_both"], row["agreement"]) == (1, 0)


def test_a_triplet_in_one_node_or_in_three_is_not_resolved():
    together, apart = tree(fine=["x", "x", "x"]), tree(fine=["x", "y", "z"])
    row = only(triplet_agreement(together, apart, n_triplets=100))
    assert (row["resolved_a"], row["resolved_b"], row["agreement"]) == (0, 0, None)
    assert row["cophenetic_correlation"] is None


def test_a_broader_level_resolves_what_the_finest_does_not():
    row = only(
        triplet_agreement(
            tree(fine=["x", "y", "z"], broad=["1", "1", "2"]),
            tree(fine=["p", "p", "q"]),
            n_triplets=100,
        )
    )
    assert (row["resolved_a"], row["agreement"]) == (1, 1)


def test_shuffled_conversations_agree_in_one_of_three():
    labels = np.repeat(np.arange(20), 50).astype(str)
    row = only(triplet_agreement(tree(fine=labels), tree(fine=labels), n_triplets=100_000))
    assert row["agreement"] == 1
    assert row["agreement_permuted"] == pytest.approx(1 / 3, abs=0.03)


def test_the_share_of_resolved_triplets_is_right():
    # Two nodes of equal size: all but the triplets in one node (about a quarter).
    labels = np.repeat(["x", "y"], 500)
    row = only(triplet_agreement(tree(fine=labels), tree(fine=labels)))
    assert row["resolved_a"] == pytest.approx(0.75, abs=0.01)


def test_fewer_than_three_conversations_tell_nothing():
    row = only(triplet_agreement(tree(fine=["x", "y"]), tree(fine=["x", "y"])))
    assert (row["n"], row["n_triplets"], row["agreement"]) == (2, 0, None)


def test_a_conversation_without_a_label_is_left_out():
    whole, holed = tree(fine=["x", "x", "y", "y"]), tree(fine=["x", "x", "y", None])
    assert only(triplet_agreement(whole, holed, n_triplets=10))["n"] == 3


def test_the_draw_repeats():
    labels = tree(fine=np.random.default_rng(0).integers(9, size=300).astype(str))
    once, again = (triplet_agreement(labels, labels.reverse(), random_state=4) for _ in range(2))
    assert once.equals(again)


def test_no_triplets_is_a_setting_out_of_range():
    with pytest.raises(SettingsError, match="n_triplets is 0"):
        triplet_agreement(tree(fine=["x"]), tree(fine=["x"]), n_triplets=0)
