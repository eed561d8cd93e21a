from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.compare.clusters import (
    check_crosswalk,
    clusters_of,
    matches,
    reach,
    remainders,
)
from taxonomy.tree import Taxonomy


def test_the_clusters_share_all_conversations(clusters):
    assert clusters.select("node_id", "mass").rows() == [
        ("code", 0.5),
        ("budget", 0.3),
        ("jokes", 0.2),
    ]


def test_a_suppressed_share_counts_as_nothing(taxonomy):
    hidden = pl.when(pl.col("node_id") != "jokes").then("value").alias("value")
    clusters = clusters_of(Taxonomy(taxonomy.nodes, taxonomy.measures.with_columns(hidden)))
    assert clusters["mass"].to_list() == pytest.approx([0.5 / 0.8, 0.3 / 0.8, 0])


def test_a_taxonomy_without_shares_is_an_error(taxonomy):
    with pytest.raises(OnetError, match="no published cluster with a share"):
        clusters_of(Taxonomy(taxonomy.nodes, taxonomy.measures.with_columns(value=pl.lit(0.0))))


def test_a_crosswalk_of_another_taxonomy_is_an_error(crosswalk, clusters):
    other = crosswalk.filter(pl.col("node_id") != "jokes")
    with pytest.raises(OnetError, match=r"no row for 1 of the taxonomy's 3 clusters, e.g. 01.02"):
        check_crosswalk(other, clusters)


def test_a_crosswalk_without_a_column_is_an_error(crosswalk, clusters):
    with pytest.raises(OnetError, match="no column weight"):
        check_crosswalk(crosswalk.rename({"weight": "mass"}), clusters)


@pytest.mark.parametrize("weight", [1.2, -0.1, None, "much"])
def test_a_weight_that_is_no_share_is_an_error(crosswalk, clusters, weight):
    with pytest.raises(OnetError, match="weights that are no shares"):
        check_crosswalk(crosswalk.with_columns(weight=pl.lit(weight)), clusters)


def test_rows_that_stand_twice_are_an_error(crosswalk, clusters):
    with pytest.raises(OnetError, match=r"of budget at level DWA add up to 2\.000"):
        check_crosswalk(pl.concat([crosswalk, crosswalk]), clusters)


def test_rows_of_other_nodes_are_left_out(crosswalk, clusters):
    more = pl.concat([crosswalk, crosswalk.with_columns(node_id=pl.lit("mid-1"))])
    assert check_crosswalk(more, clusters).height == crosswalk.height


def test_an_object_gets_each_clusters_mass_by_its_weight(crosswalk, clusters):
    rows = reach(crosswalk, clusters).filter(pl.col("level") == "major")
    best = dict(rows.select("object_id", "best_weight").iter_rows())
    mass = dict(rows.select("object_id", "conversation_share").iter_rows())
    assert best == {"11": 0.3, "15": 0.9}
    assert mass == pytest.approx({"11": 0.3 * 0.3 + 0.2 * 0.1, "15": 0.5 * 0.9 + 0.3 * 0.3})


def test_objects_and_remainders_are_all_conversations(crosswalk, clusters):
    both = pl.concat(
        rows.select("level", "conversation_share")
        for rows in (reach(crosswalk, clusters), remainders(crosswalk, clusters))
    )
    sums = both.group_by("level").sum()["conversation_share"].to_list()
    assert sums == pytest.approx([1.0] * 5)


def test_a_match_is_one_less_none(crosswalk, clusters):
    matched = matches(crosswalk, clusters)
    assert matched["match"].to_list() == pytest.approx([0.9, 0.6, 0.1])
    assert matched["confidence"].to_list() == [0.8, 0.6, 0.1]


def test_even_weights_spread_over_as_many_as_there_are(crosswalk, clusters):
    matched = matches(crosswalk, clusters)
    # Jokes have no GWA at all.
    assert matched["effective_gwas"].to_list() == [pytest.approx(1), pytest.approx(2), None]
    assert matched["effective_groups"].to_list() == pytest.approx([1, 2, 1])
