from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.prior import FLOOR, TEMPERATURE, usage_prior

STATEMENTS = pl.DataFrame({"statement": ["a", "b", "c"], "task": ["A", "B", "C"]})
APART = np.eye(3, dtype=np.float32)


def prior(shares, vectors=APART):
    usage = pl.DataFrame(shares, schema={"task": pl.String, "share": pl.Float64}, orient="row")
    return usage_prior(usage, STATEMENTS, vectors)


def test_tasks_that_are_far_apart_keep_their_shares():
    # At a cosine of 0 a neighbour counts exp(-20), two billionths.
    found = prior([("a", 0.3), ("b", 0.1)])
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.exp(found), [0.75, 0.25, FLOOR], rtol=1e-2)


def test_a_task_that_the_table_leaves_out_has_the_use_of_those_that_say_the_same():
    twins = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    np.testing.assert_allclose(np.exp(prior([("a", 1.0)], twins)), [0.5, FLOOR, 0.5], rtol=1e-2)


def test_a_neighbours_say_falls_to_one_e_th_at_the_temperature():
    cosine = 1 - TEMPERATURE
    near = np.array([[1, 0], [cosine, np.sqrt(1 - cosine**2)], [0, -1]], dtype=np.float32)
    found = np.exp(prior([("b", 1.0)], near))
    assert found[0] == pytest.approx(np.exp(-1) / (1 + np.exp(-1)), rel=1e-4)


def test_none_and_unknown_tasks_are_passed_over():
    np.testing.assert_array_equal(prior([("a", 0.2), ("none", 0.5), ("z", 0.3)]), prior([("a", 1)]))


def test_a_task_that_stands_twice_is_added_up_and_moves_no_other():
    twice = prior([("b", 0.2), ("a", 0.2), ("b", 0.2)])
    np.testing.assert_array_equal(twice, prior([("a", 0.2), ("b", 0.4)]))


def test_the_order_of_the_table_changes_nothing():
    np.testing.assert_array_equal(prior([("a", 0.2), ("c", 0.8)]), prior([("c", 0.8), ("a", 0.2)]))


@pytest.mark.parametrize("shares", [[], [("z", 1.0)], [("a", 0.0)], [("none", 1.0)], [("a", None)]])
def test_a_table_of_another_release_or_of_no_use_is_an_error(shares):
    message = f"none of the {len(shares)} tasks of the usage table is both used and among the 3"
    with pytest.raises(OnetError, match=message):
        prior(shares)


@pytest.mark.parametrize("share", [-0.1, float("nan")])
def test_a_share_that_is_none_is_an_error(share):
    with pytest.raises(OnetError, match="a share below 0 or one that is no number"):
        prior([("a", share), ("b", 1.0)])


def test_more_statements_than_a_block_are_spread_alike(monkeypatch):
    whole = prior([("a", 0.3), ("c", 0.1)])
    monkeypatch.setattr("taxonomy.onet.prior.BLOCK", 2)
    np.testing.assert_array_equal(prior([("a", 0.3), ("c", 0.1)]), whole)
