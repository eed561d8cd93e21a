from __future__ import annotations

import pytest

from taxonomy.errors import OnetError
from taxonomy.plots import clusters, thinking_by_occupation, top_occupations, top_tasks


@pytest.fixture
def thinking(framed):
    return framed(
        threshold=0.005,
        rank=[1, 2, 3],
        title=["Research Scientists", "Actors", "Clergy"],
        share=[0.097, 0.02, None],
        usage_share=[0.01, 0.01, 0.01],
    )


def test_bars_stand_by_rank_and_hold_the_shares(thinking, rows_of, said):
    chart = thinking_by_occupation(thinking, top=1)
    assert [(row["name"], row["share"]) for row in rows_of(chart, "share")] == [
        ("Research Scientists", 0.097)
    ]
    assert "The 1 highest of 3 occupations." in said(chart)


def test_what_is_not_known_is_not_drawn_as_zero(thinking, rows_of):
    names = [row["name"] for row in rows_of(thinking_by_occupation(thinking), "share")]
    assert names == ["Research Scientists", "Actors"]


def test_a_long_label_breaks_and_is_not_cut_off(framed, rows_of):
    task = "modify existing software to correct errors, to adapt it to new hardware, " * 2
    frame = framed(rank=[1], task=[task], share=[0.05])
    label = rows_of(top_tasks(frame), "label")[0]["label"]
    assert label.split() == task.split()
    assert max(map(len, label.split("\n"))) <= 68


def test_one_of_a_thing_is_not_called_many(framed, said):
    frame = framed(n=1, rank=[1], title=["Actors"], share=[0.05])
    assert "n = 1 task." in said(top_occupations(frame))


def test_clusters_of_one_level_are_shown_the_largest_first(framed, rows_of, said):
    frame = framed(level=[2] * 3, rank=[2, 1, 3], name=["B", "A", "C"], share=[0.3, 0.6, 0.1])
    chart = clusters(frame, top=2)
    assert [row["name"] for row in rows_of(chart, "share")] == ["A", "B"]
    assert "The 2 largest of 3 nodes." in said(chart)


def test_nothing_known_is_an_error(thinking):
    with pytest.raises(OnetError, match="no rows"):
        thinking_by_occupation(thinking.filter(thinking["share"].is_null()))


def test_small_shares_show_two_figures_on_bars_and_axis(framed, values_in):
    frame = framed(rank=[1, 2], title=["Actors", "Clergy"], share=[0.00003, 0.00001])
    formats = values_in(top_occupations(frame), "format")
    assert "~%" in formats
    assert ".4%" in formats
