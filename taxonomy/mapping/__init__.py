"""A run or a taxonomy and an O*NET release in: two further stages of a run, and the comparison.

    tasks       each conversation -> the task it is (top-down)
    crosswalk   each published cluster -> the O*NET objects it matches (bottom-up)

Each is kept while nothing that it rests on has changed, as the stages of `pipeline` are.
"""

from taxonomy.mapping.clusters import map_clusters, write_crosswalk
from taxonomy.mapping.comparing import compare_with_onet
from taxonomy.mapping.conversations import map_conversations, write_usage
from taxonomy.mapping.job import MAPPING_STAGES, Asking, OnetSource, is_run

__all__ = [
    "MAPPING_STAGES",
    "Asking",
    "OnetSource",
    "compare_with_onet",
    "is_run",
    "map_clusters",
    "map_conversations",
    "write_crosswalk",
    "write_usage",
]
