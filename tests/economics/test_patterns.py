from __future__ import annotations

import polars as pl
import pytest

from taxonomy.economics import (
    allocate,
    by_half,
    compare_routes,
    contributing_tasks,
    pattern_shares,
    patterns_by_group,
    patterns_by_occupation,
    shares_by_cluster,
    tasks_of_clusters,
    thinking_by_occupation,
)
from taxonomy.errors import OnetError, SettingsError


@pytest.fixture
def allocated(usage, statements):
    return allocate(usage, statements)


@pytest.fixture
def collaboration():
    """0.8 of all conversations have a pattern, 0.1 none, the rest is not classified."""
    shares = {
        "directive": 0.2,
        "feedback loop": 0.1,
        "task iteration": 0.1,
        "learning": 0.3,
        "validation": 0.1,
        "none": 0.1,
    }
    return pl.DataFrame({"pattern": [*shares], "share": [*shares.values()]})


def column(frame, **rows):
    for name, wanted in rows.items():
        frame = frame.filter(pl.col(name) == wanted)
    return frame["share"].to_list()


@pytest.mark.parametrize(("base", "divisor"), [("five", 0.8), ("classified", 0.9), ("all", 1)])
def test_every_base_of_the_overall_patterns(collaboration, base, divisor):
    shares = pattern_shares(collaboration, base=base)
    assert shares["share"][0] == pytest.approx(0.2 / divisor)
    assert ("none" in shares["pattern"]) == (base != "five")
    assert by_half(shares)["share"].to_list() == pytest.approx([0.3 / divisor, 0.5 / divisor])


def test_a_missing_pattern_is_named(collaboration):
    with pytest.raises(OnetError, match="has no row learning"):
        pattern_shares(collaboration.filter(pl.col("pattern") != "learning"))


def test_by_group_what_was_filtered_drops_out(allocated, patterns, groups):
    shares = patterns_by_group(allocated, patterns, groups)
    computer = column(shares, group="15")
    assert computer == pytest.approx([0.2 / 0.72, 0.19 / 0.72, 0.23 / 0.72, 0.1 / 0.72, 0])
    assert sum(computer) == pytest.approx(1)


def test_by_group_what_was_filtered_can_stay_in_the_base(allocated, patterns, groups):
    shares = patterns_by_group(allocated, patterns, groups, filtered="keep")
    assert column(shares, group="15")[0] == pytest.approx(0.2 / 0.8)
    assert shares["base"][0] == "usage, filtered patterns included, of the group"


def test_a_small_group_is_not_shown(allocated, patterns, groups):
    shares = patterns_by_group(allocated, patterns, groups, min_share=0.2)
    assert shares["group"].unique().to_list() == ["15"]
    assert shares["threshold"].unique().to_list() == [0.2]


def test_a_group_that_was_filtered_as_a_whole_has_no_shares(allocated, patterns, groups):
    gone = patterns.with_columns(
        learning=pl.when(pl.col("task") == "teach.").then(0.0).otherwise("learning")
    )
    assert column(patterns_by_group(allocated, gone, groups), group="25") == [None] * 5


def test_by_occupation_what_was_filtered_stays(allocated, patterns):
    shares = patterns_by_occupation(allocated, patterns)
    assert column(shares, title="Programmers") == pytest.approx([0.2, 0.34, 0.38, 0, 0])
    feedback = shares.filter(pl.col("pattern") == "feedback loop")
    assert feedback["title"].to_list() == ["Programmers", "Developers", "Teachers"]
    assert feedback["rank"].to_list() == [1, 2, 3]


def test_contributing_tasks_are_shares_of_the_occupation_in_the_pattern(allocated, patterns):
    tasks = contributing_tasks(allocated, patterns).filter(
        (pl.col("title") == "Programmers") & (pl.col("pattern") == "feedback loop")
    )
    assert tasks["task"].to_list() == ["test code.", "write code."]
    assert tasks["contribution"].to_list() == pytest.approx([0.15 / 0.17, 0.02 / 0.17])
    assert tasks["n"].to_list() == [2, 2]


def test_patterns_of_another_release_are_an_error(allocated, patterns):
    with pytest.raises(OnetError, match="none of the tasks with usage has a row"):
        patterns_by_occupation(allocated, patterns.with_columns(task=pl.col("task") + "!"))


def test_an_unknown_word_is_named(allocated, patterns):
    with pytest.raises(SettingsError, match="filtered is 'yes'; expected one of keep, drop"):
        patterns_by_occupation(allocated, patterns, filtered="yes")


THINKING = pl.DataFrame(
    {"task": ["write code.", "test code."], "thinking_share": [0.2, None]},
    schema={"task": pl.String, "thinking_share": pl.Float64},
)


def test_a_blank_is_no_thinking(allocated):
    shares = thinking_by_occupation(allocated, THINKING)
    # Developers: 0.2 of "write code." of 0.3; Programmers: 0.2 of 0.5; Teachers: no value.
    assert shares["title"].to_list() == ["Developers", "Programmers", "Teachers"]
    assert shares["share"].to_list() == pytest.approx([0.04 / 0.3, 0.04 / 0.5, 0])
    assert shares["n"].to_list() == [2, 2, 1]


def test_a_blank_can_be_left_out(allocated):
    shares = thinking_by_occupation(allocated, THINKING, blank="null").sort("onet_soc")
    assert shares["share"].to_list() == [pytest.approx(0.2), pytest.approx(0.2), None]
    assert shares["n"].to_list() == [1, 1, 0]


@pytest.fixture
def clusters():
    rows = [
        ("Fix", "Code", "Software", 50.0, 40.0, "Write code.", 0.5, None),
        ("Test", "Code", "Software", 25.0, 30.0, "Write code.", 0.1, 0.9),
        ("Bake", "Food", "Home", 25.0, 30.0, None, 0.5, 0.5),
    ]
    names = [f"cluster_name_{level}" for level in (0, 1, 2)]
    schema = [*names, "percent_records", "percent_users", "onet_task"]
    patterns = ["collaboration:directive_ratio", "collaboration:learning_ratio"]
    rest = [f"collaboration:{name}_ratio" for name in ("feedback loop", "task iteration")]
    frame = pl.DataFrame(rows, schema=[*schema, *patterns], orient="row")
    return frame.with_columns(pl.lit(0.0).alias(name) for name in rest).with_columns(
        pl.lit(0.0).alias("collaboration:validation_ratio")
    )


def test_clusters_add_up_by_level(clusters):
    top = shares_by_cluster(clusters)
    assert top.select("name", "parent", "share", "user_share", "n").rows() == [
        ("Software", None, 0.75, pytest.approx(0.7), 2),
        ("Home", None, 0.25, pytest.approx(0.3), 1),
    ]
    assert shares_by_cluster(clusters, 0)["parent"].to_list() == ["Code", "Food", "Code"]


def test_there_is_no_level_3(clusters):
    with pytest.raises(SettingsError, match="level is 3; expected 0, 1 or 2"):
        shares_by_cluster(clusters, 3)


def test_tasks_of_clusters(clusters, usage):
    assert tasks_of_clusters(clusters, usage).select("task", "share", "in_usage", "n").rows() == [
        ("write code.", 0.75, True, 2),
        (None, 0.25, None, 1),
    ]


def test_the_routes_side_by_side(usage, patterns, collaboration, clusters):
    routes = compare_routes(usage, patterns, collaboration, clusters)
    assert routes["route"].unique(maintain_order=True).to_list() == [
        "task",
        "conversation",
        "cluster",
    ]
    # By task: 0.4, 0.3 and 0.2 of usage, 0.82 of it not filtered. By cluster: blank is zero.
    assert column(routes, route="task", pattern="learning") == pytest.approx([0.2 / 0.82])
    assert column(routes, route="conversation", pattern="learning") == pytest.approx([0.3 / 0.8])
    directive, learning = 0.25 + 0.025 + 0.125, 0.225 + 0.125
    found = column(routes, route="cluster", pattern="learning")
    assert found == pytest.approx([learning / (directive + learning)])


def test_no_route_is_an_error(usage):
    with pytest.raises(OnetError, match="no route to compare"):
        compare_routes(usage)


def test_n_counts_the_tasks_with_a_pattern(usage, allocated, patterns, groups):
    gone = pl.col("task") == "test code."
    five = [name for name in patterns.columns if name not in ("task", "filtered")]
    some = patterns.with_columns(
        *(pl.when(gone).then(0.0).otherwise(pl.col(name)).alias(name) for name in five)
    )
    dropped = patterns_by_group(allocated, some, groups).filter(pl.col("group") == "15")
    kept = patterns_by_group(allocated, some, groups, filtered="keep")
    assert dropped["n"].unique().to_list() == [2]
    assert kept.filter(pl.col("group") == "15")["n"].unique().to_list() == [3]
    assert compare_routes(usage, some)["n"].unique().to_list() == [2]


def test_without_any_pattern_a_share_is_null_and_not_zero(usage, patterns, collaboration):
    nothing = collaboration.with_columns(share=0.0)
    assert pattern_shares(nothing)["share"].null_count() == 5
    assert by_half(pattern_shares(nothing))["share"].null_count() == 2
    five = [name for name in patterns.columns if name not in ("task", "filtered")]
    filtered = patterns.with_columns(pl.lit(0.0).alias(name) for name in five)
    assert compare_routes(usage, filtered)["share"].null_count() == 5


def test_a_group_without_a_title_is_an_error(allocated, patterns, groups):
    with pytest.raises(OnetError, match="no title for the major groups 25"):
        patterns_by_group(allocated, patterns, groups.filter(pl.col("group") != "25"))


def test_blanks_alone_are_no_value(allocated):
    blank = pl.DataFrame({"task": ["teach."], "thinking_share": [None]})
    assert thinking_by_occupation(allocated, blank)["share"].is_null().all()


@pytest.mark.parametrize("min_share", [0.5 * 100, -0.1, float("nan")])
def test_a_least_share_is_a_fraction(allocated, patterns, groups, min_share):
    with pytest.raises(SettingsError, match=r"min_share is .*; expected 0 to 1"):
        patterns_by_group(allocated, patterns, groups, min_share=min_share)
