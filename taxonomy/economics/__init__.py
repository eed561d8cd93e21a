"""Frames of a release in, the analyses of the Economic Index's reports out: A1 to A12."""

from taxonomy.economics.allocation import allocate
from taxonomy.economics.clusters import compare_routes, shares_by_cluster, tasks_of_clusters
from taxonomy.economics.counts import implied_counts
from taxonomy.economics.depth import (
    depth_curve,
    mean_depth,
    rarefied_depth_curve,
    task_depth,
    unseen_mass,
)
from taxonomy.economics.headlines import explain, headlines
from taxonomy.economics.occupations import (
    compare_employment,
    share_change,
    shares_by_group,
    shares_by_occupation,
    top_occupations,
    top_tasks,
)
from taxonomy.economics.patterns import (
    by_half,
    contributing_tasks,
    pattern_shares,
    patterns_by_group,
    patterns_by_occupation,
)
from taxonomy.economics.published import Published, read_published
from taxonomy.economics.release_frames import ReleaseFrames, frames_of
from taxonomy.economics.thinking import thinking_by_occupation
from taxonomy.economics.wages import salary_quartiles, usage_by_salary

__all__ = [
    "Published",
    "ReleaseFrames",
    "allocate",
    "by_half",
    "compare_employment",
    "compare_routes",
    "contributing_tasks",
    "depth_curve",
    "explain",
    "frames_of",
    "headlines",
    "implied_counts",
    "mean_depth",
    "pattern_shares",
    "patterns_by_group",
    "patterns_by_occupation",
    "rarefied_depth_curve",
    "read_published",
    "salary_quartiles",
    "share_change",
    "shares_by_cluster",
    "shares_by_group",
    "shares_by_occupation",
    "task_depth",
    "tasks_of_clusters",
    "thinking_by_occupation",
    "top_occupations",
    "top_tasks",
    "unseen_mass",
    "usage_by_salary",
]
