"""Result frames in, Altair charts out, one function a figure; and charts in, files out.

Needs the extra `plots`; nothing else of the package does.
"""

from taxonomy.errors import PlotsError

try:
    from taxonomy.plots.by_k import agreement_by_k
    from taxonomy.plots.cluster_map import cluster_map
    from taxonomy.plots.clusters import clusters, prevalence
    from taxonomy.plots.depth import depth_curve
    from taxonomy.plots.groups import occupation_shares_against_employment, share_change
    from taxonomy.plots.icicle import tree_icicle
    from taxonomy.plots.labelled_map import labelled_map
    from taxonomy.plots.node_patterns import patterns_by_node
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
    "agreement_by_k",
    "cluster_map",
    "clusters",
    "coverage_curves",
    "depth_curve",
    "labelled_map",
    "location_quotients",
    "occupation_shares_against_employment",
    "patterns_by_group",
    "patterns_by_node",
    "prevalence",
    "routes",
    "save_chart",
    "save_figure",
    "share_change",
    "thinking_by_occupation",
    "top_occupations",
    "top_occupations_by_pattern",
    "top_tasks",
    "tree_icicle",
    "usage_by_salary",
]
