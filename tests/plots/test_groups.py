from __future__ import annotations

import pytest

from taxonomy.errors import OnetError
from taxonomy.plots import occupation_shares_against_employment, share_change


@pytest.fixture
def groups(framed):
    return framed(
        base="share: usage; employment_share: employment of the 3 groups",
        title=["Sales Occupations", "Computer Occupations", "Military Occupations"],
        share=[0.2, 0.8, None],
        employment_share=[0.6, 0.3, 0.1],
        ratio=[1 / 3, 8 / 3, None],
    )


def test_groups_stand_in_the_order_of_employment(groups, values_in):
    orders = values_in(occupation_shares_against_employment(groups), "sort")
    assert orders
    assert all(order == ["Sales", "Computer", "Military"] for order in orders)


def test_a_group_without_usage_has_one_mark(groups, rows_of):
    points = rows_of(occupation_shares_against_employment(groups), "side")
    marks = sorted((row["title"], row["side"], row["value"]) for row in points)
    assert marks == [
        ("Computer", "employment", 0.3),
        ("Computer", "usage", 0.8),
        ("Military", "employment", 0.1),
        ("Sales", "employment", 0.6),
        ("Sales", "usage", 0.2),
    ]


def test_the_number_of_the_larger_side_stands_right(groups, rows_of):
    points = rows_of(occupation_shares_against_employment(groups), "side")
    assert {(row["title"], row["side"]) for row in points if row["right"]} == {
        ("Sales", "employment"),
        ("Computer", "usage"),
        ("Military", "employment"),
    }


def test_base_n_and_source_stand_below_the_title(groups, said):
    text = said(occupation_shares_against_employment(groups, source="a.csv, b.csv"))
    assert "Base: usage; employment of the 3 groups. n = 7 tasks a group." in text
    assert text.endswith("Source: a.csv, b.csv")


@pytest.fixture
def changed(framed):
    return framed(
        allocation="equal_title",
        title=["Sales Occupations", "Legal Occupations", "Farming Occupations", "New Occupations"],
        share_before=[0.3, 0.5, 0.2, None],
        share_after=[0.25, 0.6, 0.1, 0.05],
        change=[-0.05, 0.1, -0.1, None],
    )


def test_changes_are_in_points_and_ranked(changed, rows_of, values_in):
    chart = share_change(changed)
    points = {row["title"]: round(row["points"], 9) for row in rows_of(chart, "points")}
    assert points == {"Legal": 10, "Sales": -5, "Farming": -10}
    assert values_in(chart, "sort")[0] == ["Legal", "Sales", "Farming"]


def test_a_group_of_one_release_is_named_and_not_drawn(changed, said):
    text = said(share_change(changed, before="May", after="June"))
    assert "from May to June" in text
    assert "not shown: New Occupations." in text
    assert "divided equally by title" in text


def test_a_frame_of_another_analysis_is_refused(changed):
    with pytest.raises(OnetError, match=r"no column employment_share.*compare_employment"):
        occupation_shares_against_employment(
            changed.drop("share_before").rename({"change": "share"})
        )


def test_a_frame_without_rows_is_refused(changed):
    with pytest.raises(OnetError, match="no rows"):
        share_change(changed.clear())
