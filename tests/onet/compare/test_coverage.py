from __future__ import annotations

import polars as pl
import pytest

from taxonomy.onet.compare.clusters import reach
from taxonomy.onet.compare.coverage import coverage
from taxonomy.onet.compare.objects import onet_objects


@pytest.fixture
def curve(onet, homes, usage, groups, employment, crosswalk, clusters):
    objects = onet_objects(onet, homes, usage=usage, groups=groups, employment=employment)
    return coverage(objects, reach(crosswalk, clusters))


def share(curve, level, threshold, weighting, criterion="best_weight"):
    return curve.filter(
        (pl.col("level") == level)
        & (pl.col("threshold") == threshold)
        & (pl.col("weighting") == weighting)
        & (pl.col("criterion") == criterion)
    )["share"].item()


def test_an_object_is_covered_from_its_best_weight_on(curve):
    # Tasks have best weights 0.8, 0.6, 0.1 and 0.1.
    assert share(curve, "task", 0.1, "objects") == 1
    assert share(curve, "task", 0.15, "objects") == 0.5
    assert share(curve, "task", 0.6, "objects") == 0.5
    assert share(curve, "task", 0.65, "objects") == 0.25


def test_usage_counts_what_is_on_covered_objects(curve):
    # Of 0.8 with a task, 0.5 is coding.
    assert share(curve, "task", 0.65, "usage") == pytest.approx(0.5 / 0.8)


def test_importance_counts_rated_tasks(curve):
    assert share(curve, "task", 0.65, "importance") == pytest.approx(3 / 7.5)


def test_employment_counts_people(curve):
    assert share(curve, "major", 0.5, "employment") == pytest.approx(10 / 40)
    assert "employment" not in curve.filter(pl.col("level") == "GWA")["weighting"].to_list()


def test_an_object_can_be_covered_by_its_conversations(curve):
    # The groups get 0.11 and 0.54 of the conversations, the tasks 0.4, 0.18, 0.05 and 0.02.
    assert share(curve, "major", 0.05, "objects", "conversation_share") == 1
    assert share(curve, "task", 0.05, "objects", "conversation_share") == 0.75


def test_coverage_never_rises_with_the_threshold(curve):
    keys = ["level", "criterion", "weighting"]
    rises = curve.with_columns(rise=pl.col("share").diff().over(keys)).drop_nulls("rise")
    assert (rises["rise"] <= 1e-12).all()


def test_every_row_says_what_it_is_a_share_of(curve):
    assert curve["base"].null_count() == 0
    assert curve.filter(pl.col("weighting") == "usage")["base"].str.contains("usage").all()
