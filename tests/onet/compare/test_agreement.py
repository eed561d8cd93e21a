from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import homogeneity_completeness_v_measure

from taxonomy.onet.compare.agreement import agreement


def labelled(**levels):
    n = len(next(iter(levels.values())))
    return pl.DataFrame({"conversation_id": [f"c{place:03}" for place in range(n)], **levels})


def only(frame):
    assert frame.height == 1
    return frame.row(0, named=True)


def test_equal_labels_agree_wholly_whatever_their_names():
    row = only(agreement(labelled(a=["x", "x", "y"]), labelled(b=["1", "1", "2"])))
    assert row["ami"] == pytest.approx(1)
    assert (row["v_measure"], row["entropy_b_given_a"], row["n"]) == (1, 0, 3)


def test_a_finer_labelling_is_homogeneous_and_not_complete():
    row = only(agreement(labelled(a=["x", "y", "z", "z"]), labelled(b=["1", "1", "2", "2"])))
    # Knowing a tells b; knowing b leaves one bit of a in half of the cases.
    assert row["homogeneity"] == 1
    assert row["entropy_a_given_b"] == pytest.approx(0.5)
    assert row["completeness"] == pytest.approx(1 - 0.5 / 1.5)


def test_unrelated_labels_have_no_adjusted_information():
    generator = np.random.default_rng(0)
    a, b = (generator.integers(5, size=2000).astype(str) for _ in range(2))
    row = only(agreement(labelled(a=a), labelled(b=b)))
    assert row["ami"] == pytest.approx(0, abs=0.01)


def test_the_measures_are_those_of_scikit_learn():
    generator = np.random.default_rng(1)
    a = generator.integers(6, size=500)
    b = np.where(generator.random(500) < 0.6, a // 2, generator.integers(3, size=500))
    row = only(agreement(labelled(a=a.astype(str)), labelled(b=b.astype(str))))
    expected = homogeneity_completeness_v_measure(b, a)
    found = (row["homogeneity"], row["completeness"], row["v_measure"])
    assert found == pytest.approx(expected)


def test_every_pair_of_levels_has_a_row():
    rows = agreement(
        labelled(**{"0": ["x", "y"], "1": ["x", "x"]}),
        labelled(task=["1", "2"], GWA=["1", "1"]),
    )
    assert rows.select("level_a", "level_b").rows() == [
        ("0", "task"),
        ("0", "GWA"),
        ("1", "task"),
        ("1", "GWA"),
    ]


def test_a_conversation_without_a_label_counts_only_where_it_has_one():
    rows = agreement(labelled(a=["x", "y", "y"]), labelled(b=["1", "2", None], c=["1", "1", "2"]))
    assert rows["n"].to_list() == [2, 3]


def test_of_many_conversations_a_sample_is_looked_at():
    a, b = labelled(a=["x", "y"] * 100), labelled(b=["1", "2"] * 100)
    assert only(agreement(a, b, most=50))["n"] == 50


def test_nothing_in_common_has_no_measures():
    other = labelled(b=["1"]).with_columns(conversation_id=pl.lit("else"))
    row = only(agreement(labelled(a=["x"]), other))
    assert (row["n"], row["ami"]) == (0, None)
