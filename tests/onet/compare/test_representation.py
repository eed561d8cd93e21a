from __future__ import annotations

from math import exp, log, sqrt

import polars as pl
import pytest

from taxonomy.onet.compare.objects import onet_objects
from taxonomy.onet.compare.representation import of_clusters, of_conversations, of_usage


@pytest.fixture
def objects(onet, homes, usage, groups, employment):
    return onet_objects(onet, homes, usage=usage, groups=groups, employment=employment)


def clusters_in(weights):
    """Equal clusters, each with the weights of its groups."""
    names = [f"c{place:03}" for place in range(len(weights))]
    clusters = pl.DataFrame({"node_id": names, "mass": [1 / len(weights)] * len(weights)})
    rows = [
        (name, "major", group, weight)
        for name, placed in zip(names, weights, strict=True)
        for group, weight in placed.items()
    ]
    columns = ["node_id", "object_level", "object_id", "weight"]
    return pl.DataFrame(rows, schema=columns, orient="row"), clusters


def test_a_quotient_is_share_by_share_of_employment(crosswalk, clusters, objects):
    rows = of_clusters(crosswalk, clusters, objects)
    # The groups hold 0.11 and 0.54 of the conversations, three quarters and one of the people.
    assert rows["group"].to_list() == ["11", "15"]
    expected = [0.11 / 0.65 / 0.75, 0.54 / 0.65 / 0.25]
    assert rows["lq"].to_list() == pytest.approx(expected)
    assert rows["log_lq"].to_list() == pytest.approx([log(lq) for lq in expected])


def test_the_interval_is_that_of_clusters_drawn_at_random(objects):
    # A hundred clusters, half in each group: the standard error of the share is 0.05.
    crosswalk, clusters = clusters_in([{"15": 1.0}] * 50 + [{"11": 1.0}] * 50)
    row = of_clusters(crosswalk, clusters, objects).row(1, named=True)
    assert row["lq"] == pytest.approx(2)
    assert row["lq_low"] == pytest.approx((0.5 - 1.96 * 0.05) / 0.25, abs=0.1)
    assert row["lq_high"] == pytest.approx((0.5 + 1.96 * 0.05) / 0.25, abs=0.1)
    assert row["represented"] == "over"


def test_doubt_of_the_crosswalk_reaches_the_interval(objects):
    # Each cluster is half in each group: the same shares, and as wide as if half were in each.
    crosswalk, clusters = clusters_in([{"11": 0.5, "15": 0.5}] * 100)
    row = of_clusters(crosswalk, clusters, objects).row(1, named=True)
    assert row["lq_low"] == pytest.approx((0.5 - 1.96 * 0.05) / 0.25, abs=0.1)


def test_one_group_alone_has_no_doubt(objects):
    crosswalk, clusters = clusters_in([{"15": 1.0}] * 5)
    rows = of_clusters(crosswalk, clusters, objects)
    assert rows.select("lq_low", "lq", "lq_high").row(1) == pytest.approx((4, 4, 4))
    assert rows.select("lq", "log_lq", "represented").row(0) == (0, None, "unclear")


def test_the_interval_repeats(crosswalk, clusters, objects):
    assert of_clusters(crosswalk, clusters, objects).equals(
        of_clusters(crosswalk.reverse(), clusters, objects)
    )


def test_the_military_is_left_out(objects):
    crosswalk, clusters = clusters_in([{"15": 1.0}, {"55": 1.0}])
    rows = of_clusters(crosswalk, clusters, objects)
    assert rows["group"].to_list() == ["11", "15"]
    assert rows["share"].to_list() == [0, 1]


def test_counts_give_the_interval_of_the_delta_method(homes, objects):
    tasks = ["write code."] * 25 + ['conduct "head counts".'] * 75 + ["none", None]
    assigned = pl.DataFrame(
        {"conversation_id": [str(n) for n in range(len(tasks))], "statement": tasks}
    )
    row = of_conversations(assigned, homes, objects).row(1, named=True)
    error = 1.959964 * sqrt(0.75 / (100 * 0.25))
    assert (row["group"], row["n"], row["lq"]) == ("15", 25, 1)
    assert row["lq_low"] == pytest.approx(exp(-error))
    assert row["log_lq_high"] == pytest.approx(error)
    assert row["represented"] == "unclear"


def test_a_task_of_two_groups_counts_for_both(homes, objects):
    assigned = pl.DataFrame({"conversation_id": ["1"], "statement": ["direct budget activities."]})
    assert of_conversations(assigned, homes, objects)["n"].to_list() == [0.5, 0.5]


def test_published_usage_has_no_interval(objects):
    rows = of_usage(objects)
    # Budgets (0.3) are halved, coding (0.5) is of group 15.
    assert rows["share"].to_list() == pytest.approx([0.15 / 0.8, 0.65 / 0.8])
    assert rows["lq_low"].is_null().all()
    assert rows["represented"].to_list() == ["unclear", "unclear"]
