"""Result frames in, Altair charts out, one function a figure; and charts in, files out.

Needs the extra `plots`; nothing else of the package does.
"""

from taxonomy.errors import PlotsError

try:
    from taxonomy.plots.clusters import clusters
    from taxonomy.plots.depth import depth_curve
    from taxonomy.plots.groups import occupation_shares_against_employment, share_change
    from taxonomy.plots.occupations import thinking_by_occupation, top_occupations, top_tasks
    from taxonomy.plots.onet import coverage_curves, location_quotients
    from taxonomy.plots.patterns import patterns_by_group, routes
    from taxonomy.plots.salary import usage_by_salary
    from taxonomy.plots.save import save_chart, save_figure
    from taxonomy.plots.top_by_pattern import top_occupations_by_pattern
except ModuleNotFoundError as error:
    if error.name not in ("altair", "vl_convert"):
        raise
    raise PlotsError(error.name) from error

__all__ = [
    "PlotsError",
    "clusters",
    "coverage_curves",
    "depth_curve",
    "location_quotients",
    "occupation_shares_against_employment",
    "patterns_by_group",
    "routes",
    "save_chart",
    "save_figure",
    "share_change",
    "thinking_by_occupation",
    "top_occupations",
    "top_occupations_by_pattern",
    "top_tasks",
    "usage_by_salary",
]
