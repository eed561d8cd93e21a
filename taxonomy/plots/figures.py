"""The tables of a report in, the figure of each out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from taxonomy.plots.clusters import clusters
from taxonomy.plots.depth import depth_curve
from taxonomy.plots.groups import occupation_shares_against_employment, share_change
from taxonomy.plots.occupations import thinking_by_occupation, top_occupations, top_tasks
from taxonomy.plots.patterns import patterns_by_group, routes
from taxonomy.plots.salary import usage_by_salary
from taxonomy.plots.style import Chart
from taxonomy.plots.top_by_pattern import top_occupations_by_pattern

_ONE: dict[str, Callable[..., Chart]] = {
    "shares_against_employment": occupation_shares_against_employment,
    "top_tasks": top_tasks,
    "top_occupations": top_occupations,
    "depth_curve": depth_curve,
    "usage_by_salary": usage_by_salary,
    "patterns_by_group": patterns_by_group,
    "thinking_by_occupation": thinking_by_occupation,
    "routes": routes,
}


def figure_of(
    name: str, tables: Mapping[str, pl.DataFrame], *, waves: tuple[str, str], source: str
) -> Chart | None:
    """The figure of a table, or None for a table that has none.

    Parameters
    ----------
    name : of a table, as `economics.analyses.ANALYSES` names it
    waves : what the earlier release and this one are called
    source : the files that the table is from
    """
    frame = tables[name]
    match name:
        case "share_change":
            return share_change(frame, before=waves[0], after=waves[1], source=source)
        case "shares_by_cluster":
            return clusters(frame.filter(pl.col("level") == 2), source=source)
        case "patterns_by_occupation":
            tasks = tables["contributing_tasks"]
            if tasks.is_empty():
                return None
            return top_occupations_by_pattern(frame, tasks, source=source)
        case _:
            return _ONE[name](frame, source=source) if name in _ONE else None
