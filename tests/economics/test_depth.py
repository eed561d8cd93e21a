from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.economics import (
    depth_curve,
    implied_counts,
    mean_depth,
    rarefied_depth_curve,
    task_depth,
    unseen_mass,
)
from taxonomy.errors import OnetError, SettingsError


def test_depth_is_the_share_of_statements_that_were_seen(usage, statements):
    depths = task_depth(usage, statements)
    assert depths.select("title", "depth", "n_used", "n").rows() == [
        ("Programmers", 1.0, 2, 2),
        ("Developers", 0.5, 2, 4),
        ("Teachers", 0.5, 1, 2),
    ]
    assert mean_depth(depths)["depth"][0] == pytest.approx(2 / 3)


def test_an_occupation_exactly_on_the_cut_counts(usage, statements):
    curve = depth_curve(task_depth(usage, statements), [0.5, 0.51])
    assert curve["share"].to_list() == pytest.approx([1, 1 / 3])
    assert curve["n_reached"].to_list() == [3, 1]
    assert curve["threshold"].to_list() == [0.5, 0.51]


def frame(counts):
    total = sum(counts.values())
    return implied_counts(
        pl.DataFrame({"task": [*counts], "share": [count / total for count in counts.values()]})
    )


def test_counts_come_out_of_unrounded_shares():
    found = frame({"a": 3, "b": 2, "none": 5})
    assert found["count"].to_list() == [3, 2, 5]
    assert found["n_conversations"].to_list() == [10, 10, 10]
    assert found["deviation"].max() < 1e-9


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(15, 50_000), min_size=1, max_size=50))
def test_any_counts_come_out_once_one_of_them_has_no_common_factor(counts):
    named = {f"task {place}": count for place, count in enumerate([15, 16, *counts])}
    assert dict(frame(named).select("task", "count").iter_rows()) == named


def test_rounded_shares_are_an_error():
    usage = pl.DataFrame({"task": ["a", "b"], "share": [0.3333, 0.6667]})
    with pytest.raises(OnetError, match="expected shares with all their digits"):
        implied_counts(usage)


def test_a_share_of_zero_is_an_error():
    usage = pl.DataFrame({"task": ["a", "b"], "share": [0.0, 1.0]})
    with pytest.raises(OnetError, match="a share of zero or less"):
        implied_counts(usage)


@pytest.fixture
def one_occupation():
    rows = [("11-1011.00", "Executives", task) for task in ("A", "B")]
    return pl.DataFrame(rows, schema=["onet_soc", "title", "task"], orient="row")


def test_thinned_to_two_of_five_conversations(one_occupation):
    # Two conversations of a, three of b. Of two drawn, a is missed by 3/10, b by 1/10.
    curve = rarefied_depth_curve(
        frame({"a": 2, "b": 3}), one_occupation, 2, floor=1, thresholds=[0, 0.5, 1]
    )
    both = 0.7 * 0.9
    assert curve["share"].to_list() == pytest.approx([1, 1 - 0.3 * 0.1, both])


def test_thinned_by_nothing_it_is_the_depth_curve(usage, statements):
    whole = rarefied_depth_curve(implied_counts(usage), statements, 10, floor=1)
    assert whole["share"].to_list() == pytest.approx(
        depth_curve(task_depth(usage, statements))["share"].to_list()
    )


def test_more_conversations_than_there_are_is_an_error(usage, statements):
    with pytest.raises(SettingsError, match="expected 1 to 10"):
        rarefied_depth_curve(implied_counts(usage), statements, 11)


def test_the_mass_just_below_the_floor():
    counts = frame({"a": 1, "b": 1, "c": 2, "none": 6})
    assert unseen_mass(counts, floor=1)["share"][0] == pytest.approx(2 / 10)
    assert unseen_mass(counts, floor=2).row(0) == (
        pytest.approx(2 / 10),
        "conversations",
        1,
        2,
        None,
    )


def test_the_depth_of_the_second_report_at_the_size_of_the_first(march):
    counts = implied_counts(march.v2)
    whole = rarefied_depth_curve(counts, march.statements, 973_636, thresholds=[0.25])
    thinned = rarefied_depth_curve(counts, march.statements, 767_510, thresholds=[0.25])
    assert whole["share"][0] == pytest.approx(0.348049, abs=1e-6)
    # At equal size it is 5.6 points below the first report, not the 1.4 of unequal sizes.
    assert thinned["share"][0] == pytest.approx(0.3065, abs=5e-4)


def test_a_depth_in_percent_is_an_error(usage, statements):
    with pytest.raises(SettingsError, match="a threshold is 25; expected 0 to 1"):
        depth_curve(task_depth(usage, statements), [25])
