from __future__ import annotations

import polars as pl
import pytest

from taxonomy.economics import allocate
from taxonomy.errors import OnetError, SettingsError


def of(allocated, column="title"):
    sums = allocated.group_by(column).agg(pl.col("share").sum())
    return dict(sums.iter_rows())


def test_a_task_of_two_titles_is_halved_and_what_has_no_title_drops_out(usage, statements):
    shares = of(allocate(usage, statements))
    expected = {"Programmers": 0.5 / 0.9, "Developers": 0.3 / 0.9, "Teachers": 0.1 / 0.9}
    assert shares == pytest.approx(expected)


def test_of_all_usage_the_shares_add_up_to_less_by_what_has_no_title(usage, statements):
    allocated = allocate(usage, statements, base="all")
    assert of(allocated)["Programmers"] == pytest.approx(0.5)
    assert allocated["share"].sum() == pytest.approx(0.9)
    assert allocated["base"].unique().to_list() == [
        "all usage, tasks that no occupation holds included"
    ]


@pytest.fixture
def shared():
    """One task of two computer titles and a teacher, one of the teacher alone; half each."""
    rows = [("15-1.00", "Programmers", "Plan."), ("15-2.00", "Developers", "Plan.")]
    rows += [("25-1.00", "Teachers", "Plan."), ("25-1.00", "Teachers", "Teach.")]
    statements = pl.DataFrame(rows, schema=["onet_soc", "title", "task"], orient="row")
    return pl.DataFrame({"task": ["plan.", "teach."], "share": [0.5, 0.5]}), statements


@pytest.mark.parametrize(
    ("rule", "computer"),
    [
        ("equal_title", 0.5 * 2 / 3),
        ("equal_group", 0.5 / 2),
        ("employment", 0.5 * 3 / 4),
        ("duplicate", (2 * 0.5) / (4 * 0.5)),
    ],
)
def test_each_rule_divides_the_shared_task_its_own_way(shared, groups, rule, computer):
    people = pl.DataFrame({"title": ["Computer", "Education"], "employment": [300, 100]})
    allocated = allocate(*shared, allocation=rule, groups=groups, employment=people)
    assert of(allocated, "group")["15"] == pytest.approx(computer)
    assert allocated["share"].sum() == pytest.approx(1)
    assert allocated["allocation"].unique().to_list() == [rule]


def test_by_employment_the_titles_of_a_group_share_equally(shared, groups):
    people = pl.DataFrame({"title": ["Computer", "Education"], "employment": [300, 100]})
    allocated = allocate(*shared, allocation="employment", groups=groups, employment=people)
    assert of(allocated)["Developers"] == pytest.approx(0.5 * 3 / 8)


def test_employment_needs_its_two_frames(shared):
    with pytest.raises(SettingsError, match="needs the frames groups and employment"):
        allocate(*shared, allocation="employment")


def test_a_group_without_employment_is_named(shared, groups):
    people = pl.DataFrame({"title": ["Computer"], "employment": [300]})
    with pytest.raises(OnetError, match="no employment for the major groups 25"):
        allocate(*shared, allocation="employment", groups=groups, employment=people)


@pytest.mark.parametrize("option", ["allocation", "base"])
def test_an_unknown_word_is_named(shared, option):
    with pytest.raises(SettingsError, match=f"{option} is 'half'; expected one of"):
        allocate(*shared, **{option: "half"})


def test_usage_of_another_vintage_is_an_error(statements):
    usage = pl.DataFrame({"task": ["Write code."], "share": [1.0]})
    with pytest.raises(OnetError, match="none of the 1 tasks of the usage frame"):
        allocate(usage, statements)


BAD = {
    "no column share; it has task": lambda frame: frame.drop("share").select("task"),
    "has no rows": lambda frame: frame.clear(),
    "column share of the usage frame is String; expected number": lambda frame: frame.cast(
        {"share": pl.String}
    ),
    "expected shares from 0 to 1: divide percent by 100": lambda frame: frame.with_columns(
        share=pl.col("share") * 100
    ),
    "column share of the usage frame is null in 1 rows": lambda frame: frame.with_columns(
        share=pl.Series([0.4, None, 0.3, 0.1])
    ),
    "holds the task 'none' more than once": lambda frame: pl.concat([frame, frame.tail(1)]),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_frame_is_one_clear_error(usage, statements, message):
    with pytest.raises(OnetError, match=message):
        allocate(BAD[message](usage), statements)
