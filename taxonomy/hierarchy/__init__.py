"""Named clusters in, the three-level tree out: two levels above by linkage, named from members."""

from taxonomy.hierarchy.build import NODES, build_hierarchy
from taxonomy.hierarchy.numbering import number_nodes
from taxonomy.hierarchy.sizes import level_sizes

__all__ = ["NODES", "build_hierarchy", "level_sizes", "number_nodes"]
