from __future__ import annotations

import polars as pl
import pytest

from taxonomy.onet.compare.clusters import reach
from taxonomy.onet.compare.marginals import marginal_agreement
from taxonomy.onet.compare.objects import onet_objects
from taxonomy.onet.compare.shares import object_shares


def shares(**routes):
    rows = [
        (route, "GWA", object_id, share)
        for route, of_objects in routes.items()
        for object_id, share in of_objects.items()
    ]
    return pl.DataFrame(rows, schema=["route", "level", "object_id", "share"], orient="row")


def test_equal_shares_agree_wholly():
    of_objects = {"a": 0.5, "b": 0.3, "c": 0.2}
    row = marginal_agreement(shares(one=of_objects, other=of_objects)).row(0, named=True)
    assert (row["spearman"], row["kendall"]) == pytest.approx((1, 1))
    assert (row["total_variation"], row["jensen_shannon"]) == (0, 0)


def test_shares_are_made_to_add_up_to_one():
    one, other = {"a": 0.5, "b": 0.3, "c": 0.2}, {"a": 0.05, "b": 0.03, "c": 0.02}
    row = marginal_agreement(shares(one=one, other=other)).row(0, named=True)
    assert row["total_variation"] == pytest.approx(0, abs=1e-12)


def test_nothing_in_common_is_as_far_as_can_be():
    row = marginal_agreement(shares(one={"a": 1.0}, other={"b": 1.0})).row(0, named=True)
    assert (row["total_variation"], row["jensen_shannon"]) == (1, 1)
    assert (row["pearson"], row["n_objects"], row["n_common"]) == (None, 2, 0)


def test_the_opposite_order_has_a_rank_correlation_of_minus_one():
    one, other = {"a": 0.5, "b": 0.3, "c": 0.2}, {"a": 0.1, "b": 0.3, "c": 0.6}
    row = marginal_agreement(shares(one=one, other=other)).row(0, named=True)
    assert (row["spearman"], row["kendall"]) == pytest.approx((-1, -1))
    assert row["total_variation"] == pytest.approx(0.4)


def test_objects_that_one_route_lacks_pull_the_ranks_down_and_common_ones_do_not():
    one = {"a": 0.5, "b": 0.3, "c": 0.2}
    other = {"a": 0.3, "b": 0.2, "c": 0.1, "d": 0.15, "e": 0.25}
    row = marginal_agreement(shares(one=one, other=other)).row(0, named=True)
    assert row["spearman"] < 0.5
    assert (row["spearman_common"], row["n_common"]) == (pytest.approx(1), 3)


def test_routes_are_compared_at_the_levels_that_both_have(onet, homes, usage, crosswalk, clusters):
    objects, reached = onet_objects(onet, homes, usage=usage), reach(crosswalk, clusters)
    external = pl.DataFrame(
        {"iwa_id": ["4.A.1.a.1.I01"], "title": ["x"], "share_user": [1.0], "share_ai": [1.0]}
    )
    rows = marginal_agreement(object_shares(objects, reached, homes, external=external))
    pairs = rows.filter(pl.col("route_b") == "published usage")
    assert pairs["level"].to_list() == ["task", "DWA", "IWA", "GWA", "major"]
    other = rows.filter(pl.col("route_b") == "external user goal")
    assert other.select("route_a", "level").rows() == [
        ("clusters", "IWA"),
        ("published usage", "IWA"),
    ]


def test_conversations_count_for_each_home_of_their_task(onet, homes, crosswalk, clusters):
    assigned = pl.DataFrame(
        {
            "conversation_id": ["a", "b", "c", "d"],
            "statement": ["write code.", "direct budget activities.", "none", None],
        }
    )
    rows = object_shares(
        onet_objects(onet, homes), reach(crosswalk, clusters), homes, assigned=assigned
    ).filter((pl.col("route") == "conversations") & (pl.col("level") == "IWA"))
    assert dict(rows.select("object_id", "share").iter_rows()) == {
        "4.A.1.a.1.I01": 0.125,
        "4.A.2.b.2.I14": 0.375,
    }
