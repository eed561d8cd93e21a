from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from taxonomy import Release
from taxonomy.explorer.data import node_columns, page_data
from taxonomy.palette import PATTERN_COLOURS


def measure(data, key):
    return next(found for found in data["measures"] if found["key"] == key)


def test_nodes_stand_in_the_order_of_their_codes_with_the_place_of_their_parent(toy_release):
    nodes = page_data(toy_release)["nodes"]
    assert nodes["code"][:4] == ["01", "01.01", "01.01.01", "01.01.02"]
    assert nodes["parent"][:4] == [-1, 0, 1, 1]
    assert nodes["level"][:4] == [2, 1, 0, 0]
    assert nodes["name"][2] == "Draft a cover letter"


def test_a_suppressed_node_is_there_without_a_name_or_a_number(toy_release):
    data = page_data(toy_release)
    place = data["nodes"]["code"].index("02.02.02")
    assert data["nodes"]["name"][place] is None
    assert data["nodes"]["description"][place] is None
    assert {found["values"][place] for found in data["measures"]} == {None}


def test_a_name_that_a_frame_holds_for_a_node_below_the_floors_is_left_out(toy_release):
    named = toy_release.taxonomy.nodes.with_columns(name=pl.lit("A secret"))
    names = node_columns(named)["name"]
    assert names.count(None) == named.filter(pl.col("status") == "suppressed").height == 4


def test_a_measure_brings_its_base_and_the_values_of_the_nodes(toy_release):
    data = page_data(toy_release)
    share = measure(data, "conversation_share")
    assert share["base"] == "conversations in published clusters"
    assert share["values"][:4] == [0.6, 0.6, 0.45, 0.15]
    assert measure(data, "n_conversations")["values"][0] == 600
    assert isinstance(measure(data, "n_conversations")["values"][0], int)


def test_a_suppressed_number_is_null_and_an_unknown_measure_says_so(toy_release):
    data = page_data(toy_release)
    place = data["nodes"]["code"].index("02.01")
    automation = measure(data, "automation_share")
    assert automation["values"][place] is None
    assert automation["unknown"] is False
    assert measure(data, "thinking_share")["unknown"] is True


def test_shares_are_rounded_to_six_figures(toy_release):
    thirds = toy_release.taxonomy.measures.with_columns(
        value=pl.when(pl.col("value").is_not_null()).then(0.00012345678)
    )
    release = replace(toy_release, taxonomy=replace(toy_release.taxonomy, measures=thirds))
    assert measure(page_data(release), "conversation_share")["values"][0] == 0.000123457


def test_places_follow_the_nodes_and_are_null_below_the_floors(toy_release):
    data = page_data(toy_release)
    # The first two of four clusters lie at 0 and 1/3, and their parents between them.
    assert data["map"]["x"][:4] == [0.1667, 0.1667, 0.0, 0.3333]
    assert data["map"]["x"][data["nodes"]["code"].index("03")] is None
    assert page_data(replace(toy_release, places=None))["map"] is None


def test_colours_are_those_of_the_charts(toy_release):
    patterns = page_data(toy_release)["palette"]["patterns"]
    assert [*patterns] == [*PATTERN_COLOURS, "none"]
    assert patterns["directive"] == PATTERN_COLOURS["directive"]


def test_the_data_is_json_without_special_numbers(toy_release):
    assert json.loads(json.dumps(page_data(toy_release), allow_nan=False))["version"] == "2026-11"


def test_the_published_table_is_read_with_its_tasks_and_without_users(public_data):
    release = Release.load(public_data / "aei" / "cluster_level_dataset.tsv")
    data = page_data(release)
    assert len(data["nodes"]["code"]) == 630 + 145 + 30
    assert data["n_conversations"] is None
    assert data["map"] is None
    assert data["onet"]["single"] is True
    tops = [i for i, level in enumerate(data["nodes"]["level"]) if level == 2]
    shares = measure(data, "conversation_share")["values"]
    assert sum(shares[i] for i in tops) == pytest.approx(1, abs=1e-4)
    assert "n_users" not in {found["key"] for found in data["measures"]}


def test_a_run_that_is_not_released_can_be_shown(small_run):
    data = page_data(Release.load(small_run))
    assert data["title"] == "Taxonomy (not released)"
    assert data["about"][0].startswith("Read from a run")
    hidden = [i for i, name in enumerate(data["nodes"]["name"]) if name is None]
    assert all(data["nodes"]["id"][i].startswith("s") for i in hidden)
