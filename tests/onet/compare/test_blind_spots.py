from __future__ import annotations

import polars as pl
import pytest

from taxonomy.onet.compare.blind_spots import blind_spots, blind_totals
from taxonomy.onet.compare.clusters import reach
from taxonomy.onet.compare.objects import onet_objects

EXTERNAL = pl.DataFrame(
    {
        "iwa_id": ["4.A.1.a.1.I01", "4.A.2.b.2.I14"],
        "share_user": [0.75, 0.25],
        "share_ai": [1.0, 0.0],
    }
)


@pytest.fixture
def objects(onet, homes, usage):
    return onet_objects(onet, homes, usage=usage)


@pytest.fixture
def reached(crosswalk, clusters):
    return reach(crosswalk, clusters)


def test_an_object_below_the_weight_is_blind(objects, reached):
    spots = blind_spots(objects, reached, least_share=1, least_weight=0.35)
    assert spots.filter(pl.col("weighting") == "usage").select(
        "level", "object_id", "value", "best_weight"
    ).rows() == [
        ("DWA", "4.A.1.a.1.I01.D01", pytest.approx(0.15), 0.3),
        ("IWA", "4.A.1.a.1.I01", pytest.approx(0.15), 0.3),
        ("GWA", "4.A.1.a.1", pytest.approx(0.15), 0.3),
        ("major", "11", pytest.approx(0.15), 0.3),
    ]


def test_the_weightiest_comes_first(objects, reached):
    spots = blind_spots(objects, reached, least_share=1, least_weight=0.5).filter(
        (pl.col("level") == "DWA") & (pl.col("weighting") == "usage")
    )
    assert spots.select("rank", "value").rows() == [
        (1, pytest.approx(0.4)),
        (2, pytest.approx(0.25)),
        (3, pytest.approx(0.15)),
    ]


def test_nothing_is_blind_at_a_weight_that_all_reach(objects, reached):
    assert blind_spots(objects, reached, least_share=1, least_weight=0.3).is_empty()


def test_another_assistants_usage_ranks_iwas(objects, reached):
    spots = blind_spots(objects, reached, external=EXTERNAL, least_share=1, least_weight=0.9)
    by_user = spots.filter(pl.col("weighting") == "external user goal")
    assert by_user.select("object_id", "value").rows() == [
        ("4.A.1.a.1.I01", 0.75),
        ("4.A.2.b.2.I14", 0.25),
    ]
    # What the other assistant never does has no row.
    by_ai = spots.filter(pl.col("weighting") == "external AI action")
    assert by_ai["object_id"].to_list() == ["4.A.1.a.1.I01"]


def test_the_totals_add_up_the_blind_and_name_the_rest(objects, reached):
    spots = blind_spots(objects, reached, least_share=1, least_weight=0.35)
    totals = blind_totals(objects, spots)
    row = totals.filter((pl.col("level") == "DWA") & (pl.col("weighting") == "usage"))
    assert row.select("share", "n", "n_objects").row(0) == (pytest.approx(0.15), 1, 3)


def test_a_level_without_blind_spots_has_zeros(objects, reached):
    totals = blind_totals(objects, blind_spots(objects, reached, least_share=1, least_weight=0.3))
    assert totals["n"].sum() == 0
    assert totals["share"].sum() == 0
    assert set(totals["level"]) == {"DWA", "IWA", "GWA", "major"}


def test_what_many_clusters_bring_a_little_to_is_not_blind(objects, reached):
    # The clusters bring 0.09 of the conversations to the first DWA, each with a weight below 0.35.
    spots = [
        blind_spots(objects, reached, least_weight=0.35, least_share=share)
        for share in (0.09, 0.0901)
    ]
    assert [rows.filter(pl.col("level") == "DWA").height > 0 for rows in spots] == [False, True]
