from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.plots import coverage_curves, location_quotients


@pytest.fixture
def coverage():
    return pl.DataFrame(
        {
            "level": ["task", "task", "major", "major"],
            "criterion": ["best_weight"] * 4,
            "threshold": [0.5, 0.6, 0.5, 0.5],
            "weighting": ["objects", "objects", "objects", "employment"],
            "covered": [10.0, 5.0, 2.0, 70.0],
            "total": [100.0, 100.0, 22.0, 100.0],
            "share": [0.1, 0.05, 2 / 22, 0.7],
            "base": ["objects of the level"] * 3 + ["employment of the major groups"],
        }
    )


def test_coverage_states_how_many_objects_each_level_has(coverage, said):
    text = said(coverage_curves(coverage))
    assert "n = 100 tasks, 22 major groups." in text
    assert "Base: objects of the level; employment of the major groups." in text


def test_coverage_has_a_panel_a_level_from_fine_to_broad(coverage, rows_of):
    chart = coverage_curves(coverage)
    assert chart.to_dict()["facet"]["sort"] == ["task", "DWA", "IWA", "GWA", "major"]
    assert len(rows_of(chart, "level")) == 4


def test_a_criterion_without_rows_is_an_error(coverage):
    with pytest.raises(OnetError, match="conversation_share"):
        coverage_curves(coverage, criterion="conversation_share")


@pytest.fixture
def quotients():
    base = "share: conversations with a task; employment_share: employment (no military)"
    return pl.DataFrame(
        {
            "route": ["clusters"] * 3,
            "title": ["Sales Occupations", "Computer Occupations", "Farming Occupations"],
            "lq": [0.5, 8.0, 0.0],
            "lq_low": [0.0, 6.0, 0.0],
            "lq_high": [1.5, 10.0, 0.0],
            "n": [4.0, 5.0, 0.0],
            "interval": ["bootstrap"] * 3,
            "base": [base] * 3,
        }
    )


def test_the_most_over_represented_group_comes_first(quotients, values_in):
    assert ["Computer", "Sales"] in values_in(location_quotients(quotients), "sort")


def test_an_interval_that_reaches_zero_ends_at_the_edge_of_the_scale(quotients, rows_of):
    spans = {
        row["title"]: row["lq_low"] for row in rows_of(location_quotients(quotients), "lq_low")
    }
    assert spans == {"Sales": 0.25, "Computer": 6.0}


def test_a_quotient_of_zero_is_named(quotients, said):
    text = said(location_quotients(quotients))
    assert "Zero, and not shown: Farming (clusters)." in text
    assert "By clusters: conversations with a task, n = 9; 95% interval: bootstrap." in text
    assert "Against employment (no military)." in text
