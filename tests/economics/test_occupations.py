from __future__ import annotations

import polars as pl
import pytest

from taxonomy.economics import (
    allocate,
    compare_employment,
    salary_quartiles,
    share_change,
    shares_by_group,
    shares_by_occupation,
    top_occupations,
    top_tasks,
    usage_by_salary,
)
from taxonomy.economics.frames import RESULT
from taxonomy.errors import OnetError, SettingsError


@pytest.fixture
def allocated(usage, statements):
    return allocate(usage, statements)


def test_shares_of_groups_name_base_tasks_and_rule(allocated, groups):
    shares = shares_by_group(allocated, groups)
    assert shares["group"].to_list() == ["15", "25"]
    assert shares["share"].to_list() == pytest.approx([0.8 / 0.9, 0.1 / 0.9])
    assert shares["n"].to_list() == [3, 1]
    assert shares.columns[-4:] == [*RESULT]
    assert shares.row(0)[-4:] == (
        "usage of tasks that an occupation holds",
        3,
        None,
        "equal_title",
    )


def test_a_group_without_a_title_is_an_error(allocated, groups):
    with pytest.raises(OnetError, match="no title for the major groups 25"):
        shares_by_group(allocated, groups.filter(pl.col("group") != "25"))


def test_usage_beside_employment_sorts_by_employment(allocated, groups):
    people = pl.DataFrame(
        {"title": ["Computer", "Education", "Farming"], "employment": [10, 60, 30]}
    )
    both = compare_employment(shares_by_group(allocated, groups), people)
    assert both["title"].to_list() == ["Education", "Farming", "Computer"]
    assert both["employment_share"].to_list() == pytest.approx([0.6, 0.3, 0.1])
    assert both["ratio"][0] == pytest.approx(0.1 / 0.9 / 0.6)
    assert both["share"][1] is None


def test_shares_of_occupations_count_their_tasks(allocated):
    shares = shares_by_occupation(allocated)
    assert shares["title"].to_list() == ["Programmers", "Developers", "Teachers"]
    assert shares["n"].to_list() == [2, 2, 1]


def test_the_top_is_ranked(allocated):
    assert top_occupations(allocated, top=1).row(0)[:3] == (1, "15-1131.00", "Programmers")
    tasks = top_tasks(allocated, top=2)
    assert tasks["task"].to_list() == ["write code.", "test code."]
    assert tasks["n"].to_list() == [2, 1]


def test_change_is_a_difference_of_shares(usage, statements, groups, allocated):
    later = usage.with_columns(share=pl.Series([0.4, 0.3, 0.2, 0.1]))
    before = shares_by_group(allocated, groups)
    after = shares_by_group(allocate(later, statements), groups)
    change = share_change(before, after)
    assert change["change"].to_list() == pytest.approx([-0.05 / 0.9, 0.05 / 0.9])


def test_a_group_of_one_release_only_has_no_change(allocated, groups):
    after = shares_by_group(allocated, groups)
    change = share_change(after.filter(pl.col("group") == "15"), after)
    assert change["change"].to_list() == [pytest.approx(0), None]


def test_different_bases_are_not_subtracted(usage, statements, groups, allocated):
    other = allocate(usage, statements, base="all")
    with pytest.raises(OnetError, match="the two releases differ in base"):
        share_change(shares_by_group(allocated, groups), shares_by_group(other, groups))


@pytest.fixture
def wages():
    return pl.DataFrame(
        {
            "onet_soc": ["15-1131.00", "15-1132.00", "25-2021.00", "27-2011.00"],
            "title": ["Programmers", "Developers", "Teachers", "Actors"],
            "median_salary": [80_000.0, 90_000.0, 17.54, 50_000.0],
        }
    )


def test_an_hourly_wage_is_left_out_and_its_usage_is_missing_from_the_sum(allocated, wages):
    by_salary = usage_by_salary(allocated, wages)
    assert by_salary["title"].to_list() == ["Programmers", "Developers"]
    assert by_salary["quartile"].to_list() == [1, 4]
    assert by_salary["share"].sum() == pytest.approx(0.8 / 0.9)
    assert by_salary["threshold"].to_list() == [100, 100]


def test_quartiles_add_up_usage(allocated, wages):
    quartiles = salary_quartiles(usage_by_salary(allocated, wages))
    assert quartiles.select("quartile", "salary_from", "salary_to", "n").rows() == [
        (1, 80_000, 80_000, 1),
        (4, 90_000, 90_000, 1),
    ]


def test_wages_of_other_titles_are_an_error(allocated, wages):
    with pytest.raises(OnetError, match="none of the 1 rows of the wages frame"):
        usage_by_salary(allocated, wages.filter(pl.col("title") == "Actors"))


def test_no_order_of_the_rows_changes_a_value(march):
    usage = march.v2.sample(fraction=1, shuffle=True, seed=4)
    statements = march.statements.sample(fraction=1, shuffle=True, seed=5)
    assert allocate(usage, statements).equals(allocate(march.v2, march.statements))


@pytest.mark.parametrize("top", [0, -1])
def test_no_occupation_is_asked_for(usage, statements, top):
    with pytest.raises(SettingsError, match=f"top is {top}"):
        top_occupations(allocate(usage, statements), top)


def test_a_value_that_is_no_number_and_a_title_that_stands_twice_are_errors(usage, statements):
    shares = allocate(usage, statements)
    wages = {"onet_soc": ["1", "2"], "title": ["Programmers", "Teachers"]}
    with pytest.raises(OnetError, match="median_salary of the wages frame holds a value"):
        usage_by_salary(shares, pl.DataFrame(wages | {"median_salary": [5e4, float("nan")]}))
    twice = wages | {"title": ["Teachers"] * 2, "median_salary": [5e4, 6e4]}
    with pytest.raises(OnetError, match="holds the title 'Teachers' more than once"):
        usage_by_salary(shares, pl.DataFrame(twice))


def test_nobody_employed_is_an_error(usage, statements, groups):
    shares = shares_by_group(allocate(usage, statements), groups)
    people = pl.DataFrame({"title": ["Computer", "Education"], "employment": [5, -1]})
    with pytest.raises(OnetError, match="employment frame is -1 in a row"):
        compare_employment(shares, people)


def test_usage_of_zero_is_an_error(usage, statements):
    with pytest.raises(OnetError, match="no usage at all"):
        allocate(usage.with_columns(share=0.0), statements)
