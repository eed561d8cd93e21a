"""Named clusters in, the three-level tree out: two levels above by linkage, named from members."""

from taxonomy.hierarchy.build import NODES, build_hierarchy
from taxonomy.hierarchy.numbering import nodes_of_rows, number_nodes, with_paths
from taxonomy.hierarchy.sizes import level_sizes

__all__ = ["NODES", "build_hierarchy", "level_sizes", "nodes_of_rows", "number_nodes", "with_paths"]
