from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from taxonomy.economics import ReleaseFrames
from taxonomy.economics.analyses import ANALYSES, every_analysis
from taxonomy.economics.captions import allocation_words, base_and_n, least_usage
from taxonomy.errors import OnetError


@pytest.fixture
def release(usage, statements, groups, patterns):
    def make(start=None, **changed):
        frames = {"usage": usage, "statements": statements, "groups": groups, "patterns": patterns}
        return ReleaseFrames(start, "unstated", **(frames | changed))

    return make


def test_what_the_frames_allow_is_made_and_the_rest_says_what_it_needs(release):
    analyses = every_analysis(release())
    assert {*analyses.tables} | {*analyses.left_out} == {one.name for one in ANALYSES}
    assert {*analyses.tables} == {
        "shares_by_group",
        "top_tasks",
        "top_occupations",
        "shares_by_occupation",
        "depth_curve",
        "task_depth",
        "patterns_by_group",
        "patterns_by_occupation",
        "contributing_tasks",
        "routes",
    }
    needs = analyses.left_out
    assert needs["shares_against_employment"] == "needs bls_employment_may_2023.csv (--employment)"
    assert needs["share_change"] == "needs an earlier release's task_pct.csv (--before)"
    assert needs["tasks_of_clusters"] == "needs clusters_wide.tsv or cluster_level_dataset.tsv"


def test_usage_alone_lacks_both_other_tables_of_the_groups(release):
    bare = release(statements=None, groups=None, patterns=None)
    left_out = every_analysis(bare).left_out
    assert left_out["shares_by_group"] == (
        "needs onet_task_statements.csv (--onet), SOC_Structure.csv (--soc)"
    )
    assert left_out["routes"] == (
        "needs automation_vs_augmentation_by_task.csv; or automation_vs_augmentation.csv; "
        "or clusters_wide.tsv or cluster_level_dataset.tsv"
    )


def test_two_releases_give_changes_and_a_curve_each(release, usage):
    # 0.4, 0.2, 0.3 and 0.1 are 4, 2, 3 and 1 of ten; 0.25, 0.5 and 0.25 are of four.
    shares = {"write code.": 0.25, "teach.": 0.5, "test code.": 0.25}
    less = pl.DataFrame({"task": [*shares], "share": [*shares.values()]})
    before = release(date(2024, 5, 1), usage=less)
    tables = every_analysis(release(date(2025, 6, 2)), before).tables
    curves = tables["depth_curve"]["curve"].unique(maintain_order=True).to_list()
    assert curves == ["1 May 2024", "2 June 2025"]
    change = dict(tables["share_change"].select("title", "change").iter_rows())
    # Education: half of `teach.`, 0.1 of the 0.9 with a task now, 0.25 before.
    assert change["Education"] == pytest.approx(0.1 / 0.9 - 0.25)


def test_the_larger_release_is_thinned_to_the_smaller(release):
    def counted(*counts):
        tasks = ["write code.", "test code.", "teach."]
        return pl.DataFrame({"task": tasks, "share": [count / sum(counts) for count in counts]})

    before = release(date(2024, 5, 1), usage=counted(17, 20, 23))
    later = release(date(2025, 6, 2), usage=counted(31, 40, 49))
    curves = every_analysis(later, before).tables["depth_curve"]["curve"].unique().sort().to_list()
    assert curves == ["1 May 2024", "2 June 2025", "2 June 2025, thinned to 60 conversations"]


def test_a_release_before_that_is_not_earlier_is_an_error(release):
    with pytest.raises(OnetError, match="starts 2025-06-02 and this one 2025-06-02"):
        every_analysis(release(date(2025, 6, 2)), release(date(2025, 6, 2)))


def test_employment_that_lacks_a_group_is_an_error(release):
    cut = pl.DataFrame({"title": ["Computer"], "employment": [5]})
    with pytest.raises(OnetError, match=r"no row for the major groups 25; .* truncated"):
        every_analysis(release(employment=cut))


def test_what_was_all_filtered_or_blank_is_named_as_left_out(release, patterns):
    five = [name for name in patterns.columns if name not in ("task", "filtered")]
    filtered = patterns.with_columns(*(pl.lit(0.0).alias(name) for name in five), filtered=1.0)
    blank = patterns.select("task", thinking_share=pl.lit(None, pl.Float64))
    left_out = every_analysis(release(patterns=filtered, thinking=blank)).left_out
    for name in ("patterns_by_group", "routes", "thinking_by_occupation"):
        assert left_out[name].startswith("has no value: all of it was filtered, blank")
    assert left_out["contributing_tasks"].startswith("has no rows")


def test_rounded_shares_are_not_thinned(release):
    shares = {"write code.": 0.333333, "teach.": 0.5, "test code.": 0.1666}
    before = release(usage=pl.DataFrame({"task": [*shares], "share": [*shares.values()]}))
    curves = every_analysis(release(), before).tables["depth_curve"]["curve"].unique()
    assert sorted(curves) == ["the release before", "this release"]


def test_a_table_without_rows_is_named_as_left_out(release, usage):
    # Occupations of 0.4% of usage each are below the threshold of the patterns.
    tasks = [f"task {number}." for number in range(250)]
    many = pl.DataFrame({"task": tasks, "share": [0.004] * 250})
    statements = pl.DataFrame(
        {"onet_soc": [f"15-{number:04}.00" for number in range(250)], "title": tasks, "task": tasks}
    )
    columns = ["directive", "feedback_loop", "task_iteration", "learning", "validation", "filtered"]
    patterns = pl.DataFrame({"task": tasks} | {name: [1 / 6] * 250 for name in columns})
    analyses = every_analysis(release(usage=many, statements=statements, patterns=patterns))
    assert analyses.left_out["patterns_by_occupation"].startswith("has no rows")
    assert analyses.tables["patterns_by_occupation"].is_empty()
    assert analyses.tables["patterns_by_group"].height == 5


def test_frames_that_do_not_fit_are_an_error(release):
    strange = pl.DataFrame({"task": ["dance."], "share": [1.0]})
    with pytest.raises(OnetError, match="none of the 1 tasks"):
        every_analysis(release(usage=strange))


def framed(n, base="usage", threshold=None, allocation=None):
    return pl.DataFrame({"n": n}).with_columns(
        base=pl.lit(base),
        threshold=pl.lit(threshold, pl.Float64),
        allocation=pl.lit(allocation, pl.String),
    )


@pytest.mark.parametrize(
    ("n", "per", "words"),
    [
        ([974], None, "Base: usage. n = 974 tasks."),
        ([3, 1200], "group", "Base: usage. n = 3 to 1,200 tasks a group."),
        ([4, 4], "occupation", "Base: usage. n = 4 tasks an occupation."),
        ([1, 1], "group", "Base: usage. n = 1 task a group."),
        ([None], "group", "Base: usage."),
    ],
)
def test_base_and_n_are_one_sentence(n, per, words):
    frame = framed(pl.Series(n, dtype=pl.Int64))
    assert base_and_n(frame, "tasks", per=per) == words


def test_thresholds_and_allocations_are_said_where_there_are_any():
    frame = framed([1], threshold=0.005, allocation="duplicate")
    assert least_usage(frame, "groups") == "Shown: groups with at least 0.5% of usage."
    assert allocation_words(frame).endswith("counts in full for each.")
    assert least_usage(framed([1]), "groups") == allocation_words(framed([1])) == ""
