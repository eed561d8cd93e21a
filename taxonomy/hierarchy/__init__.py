"""Named clusters in, the three-level tree out: two levels above by linkage, or by asking Claude."""

from taxonomy.hierarchy.build import NODES, build_hierarchy
from taxonomy.hierarchy.by_claude import build_hierarchy_by_claude, hierarchy_prompt_version
from taxonomy.hierarchy.faults import tree_faults
from taxonomy.hierarchy.numbering import node_id, nodes_of_rows, number_nodes, with_paths
from taxonomy.hierarchy.sizes import level_sizes

__all__ = [
    "NODES",
    "build_hierarchy",
    "build_hierarchy_by_claude",
    "hierarchy_prompt_version",
    "level_sizes",
    "node_id",
    "nodes_of_rows",
    "number_nodes",
    "tree_faults",
    "with_paths",
]
