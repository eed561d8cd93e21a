from __future__ import annotations

import polars as pl
import pytest

from taxonomy.palette import PATTERN_COLOURS
from taxonomy.plots import patterns_by_group, routes


@pytest.fixture
def groups(framed, patterns):
    legal = framed(threshold=0.005, title=["Legal Occupations"] * 5, **patterns)
    shares = [0.1, 0.0, 0.4, 0.3, 0.2]
    sales = framed(
        threshold=0.005, title=["Sales Occupations"] * 5, **(patterns | {"share": shares})
    )
    return pl.concat([sales, legal])


def test_automation_goes_left_and_augmentation_right(groups, rows_of):
    spans = {
        row["pattern"]: (round(row["start"], 9), round(row["end"], 9))
        for row in rows_of(patterns_by_group(groups), "start")
        if row["title"] == "Legal"
    }
    assert spans == {
        "directive": (0, -0.4),
        "feedback loop": (-0.4, -0.5),
        "task iteration": (0, 0.2),
        "learning": (0.2, 0.4),
        "validation": (0.4, 0.5),
    }


def test_the_most_automated_group_comes_first(groups, values_in):
    assert values_in(patterns_by_group(groups), "sort")[0] == ["Legal", "Sales"]


def test_patterns_that_add_up_to_one_leave_nothing_apart(groups):
    assert "hconcat" not in patterns_by_group(groups).to_dict()


def test_what_was_filtered_stands_apart(groups, rows_of):
    kept = groups.with_columns(pl.col("share") * 0.75)
    chart = patterns_by_group(kept)
    assert len(chart.to_dict()["hconcat"]) == 2
    apart = chart.to_dict()["hconcat"][1]["layer"][0]
    rest = chart.to_dict()["datasets"][
        (apart.get("data") or chart.to_dict()["hconcat"][1]["data"])["name"]
    ]
    assert {row["title"]: round(row["share"], 9) for row in rest} == {"Legal": 0.25, "Sales": 0.25}


def test_the_least_usage_is_stated(groups, said):
    assert "Shown: groups with at least 0.5% of usage." in said(patterns_by_group(groups))


def test_the_two_halves_have_two_hues_in_every_chart(groups, framed, patterns, values_in):
    by_route = framed(route=["task"] * 5, **patterns)
    for chart in (patterns_by_group(groups), routes(by_route)):
        scales = [scale for scale in values_in(chart, "scale") if "range" in scale]
        assert dict(zip(scales[0]["domain"], scales[0]["range"], strict=True)) == PATTERN_COLOURS


def test_each_route_states_its_base_and_n(framed, patterns, said, rows_of):
    both = pl.concat(
        [
            framed(base="usage", n=12, route=["task"] * 5, **patterns),
            framed(base="clusters' conversations", n=3, route=["cluster"] * 5, **patterns),
        ]
    )
    chart = routes(both)
    assert "By task: usage. n = 12 tasks." in said(chart)
    assert "By cluster: clusters' conversations. n = 3 clusters." in said(chart)
    assert "40.0%  by cluster" in [row["text"] for row in rows_of(chart, "text")]


def test_a_group_without_a_known_pattern_is_named(groups, said):
    blank = groups.with_columns(share=pl.when(pl.col("title") != "Sales Occupations").then("share"))
    assert "Not shown, as no pattern is known: Sales." in said(patterns_by_group(blank))
