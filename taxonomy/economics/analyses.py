"""A release in, every analysis that it allows out, and what the others would need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from taxonomy.economics.allocation import allocate
from taxonomy.economics.clusters import compare_routes, shares_by_cluster, tasks_of_clusters
from taxonomy.economics.counts import implied_counts
from taxonomy.economics.depth import FLOOR, depth_curve, rarefied_depth_curve, task_depth
from taxonomy.economics.given import FILES_OF, Given
from taxonomy.economics.occupations import (
    compare_employment,
    share_change,
    shares_by_group,
    shares_by_occupation,
    top_occupations,
    top_tasks,
)
from taxonomy.economics.patterns import (
    contributing_tasks,
    pattern_shares,
    patterns_by_group,
    patterns_by_occupation,
)
from taxonomy.economics.release_frames import ReleaseFrames
from taxonomy.economics.thinking import thinking_by_occupation
from taxonomy.economics.wages import salary_quartiles, usage_by_salary
from taxonomy.errors import OnetError


@dataclass(frozen=True)
class Analysis:
    """One analysis: its table's name, what it needs, and what its n counts.

    `needs` holds alternatives: the analysis can be made if all frames of one of them are there.
    """

    name: str
    title: str
    needs: tuple[tuple[str, ...], ...]
    counted: str
    per: str | None
    make: Callable[[Given], pl.DataFrame]


@dataclass(frozen=True)
class Analyses:
    """Tables by name, in the order of `ANALYSES`, and what was left out, with the reason."""

    tables: dict[str, pl.DataFrame]
    left_out: dict[str, str] = field(default_factory=dict)


def every_analysis(frames: ReleaseFrames, before: ReleaseFrames | None = None) -> Analyses:
    """Every table that the frames allow, and for the others which file they would need.

    Parameters
    ----------
    frames : as `frames_of` gives them
    before : an earlier release, for what changed; allocated over the statements of this one

    Raises
    ------
    OnetError
        Frames do not fit one another, or `before` is not earlier.
    """
    given = Given(frames, before)
    given.check()
    tables, left_out = {}, {}
    for analysis in ANALYSES:
        missing = [[kind for kind in way if not given.has(kind)] for way in analysis.needs]
        if all(missing):
            ways = [", ".join(FILES_OF[kind] for kind in way) for way in missing]
            left_out[analysis.name] = f"needs {'; or '.join(dict.fromkeys(ways))}"
            continue
        tables[analysis.name] = analysis.make(given)
        if (reason := _nothing_in(tables[analysis.name])) is not None:
            left_out[analysis.name] = reason
    return Analyses(tables, left_out)


def _nothing_in(table: pl.DataFrame) -> str | None:
    if table.is_empty():
        return "has no rows: nothing is above its threshold, or all of it was filtered"
    value = next((name for name in ("share", "change") if name in table.columns), None)
    if value and table[value].is_null().all():
        return "has no value: all of it was filtered, blank, or in one release only"
    return None


def _change(given: Given) -> pl.DataFrame:
    earlier = allocate(given["before"], given["statements"])
    return share_change(
        shares_by_group(earlier, given["groups"]), shares_by_group(given.allocated, given["groups"])
    )


def _depth_curves(given: Given) -> pl.DataFrame:
    """The curve of each release, and the larger one thinned to the size of the smaller.

    Rounded shares do not tell how many conversations there were, nor do counts below the floor,
    which are those of a part of the total: then nothing is thinned.
    """
    earlier, later = given.names
    usages = {later: given["usage"]}
    if given.has("before"):
        usages = {earlier: given["before"], **usages}
    curves = {
        name: depth_curve(task_depth(usage, given["statements"])) for name, usage in usages.items()
    }
    if len(usages) == 2:
        curves |= _thinned(usages, given["statements"])
    return pl.concat(
        [curve.select(pl.lit(name).alias("curve"), pl.all()) for name, curve in curves.items()],
        how="diagonal",
    )


def _thinned(usages: dict[str, pl.DataFrame], statements: pl.DataFrame) -> dict[str, pl.DataFrame]:
    try:
        counts = {name: implied_counts(usage) for name, usage in usages.items()}
    except OnetError:
        return {}
    if min(frame["count"].min() for frame in counts.values()) < FLOOR:  # type: ignore[type-var, operator]
        return {}
    sizes = {name: int(frame["n_conversations"][0]) for name, frame in counts.items()}
    larger, smaller = max(sizes, key=sizes.__getitem__), min(sizes.values())
    curve = rarefied_depth_curve(counts[larger], statements, smaller)
    return {f"{larger}, thinned to {smaller:,} conversations": curve}


def _clusters(given: Given) -> pl.DataFrame:
    return pl.concat(shares_by_cluster(given["clusters"], level) for level in (2, 1, 0))


_OCCUPATIONS = ("usage", "statements")
_GROUPS = (*_OCCUPATIONS, "groups")
_PATTERNS = (*_OCCUPATIONS, "patterns")

ANALYSES = (
    Analysis(
        "shares_by_group",
        "A1: share of usage by occupation group",
        (_GROUPS,),
        "tasks",
        "group",
        lambda given: shares_by_group(given.allocated, given["groups"]),
    ),
    Analysis(
        "shares_against_employment",
        "A2: share of usage by occupation group, against employment",
        ((*_GROUPS, "employment"),),
        "tasks",
        "group",
        lambda given: compare_employment(
            shares_by_group(given.allocated, given["groups"]), given["employment"]
        ),
    ),
    Analysis(
        "top_tasks",
        "A3: the tasks with most usage",
        (_OCCUPATIONS,),
        "occupations",
        "task",
        lambda given: top_tasks(given.allocated),
    ),
    Analysis(
        "top_occupations",
        "A3: the occupations with most usage",
        (_OCCUPATIONS,),
        "tasks",
        "occupation",
        lambda given: top_occupations(given.allocated),
    ),
    Analysis(
        "shares_by_occupation",
        "A3: share of usage by occupation",
        (_OCCUPATIONS,),
        "tasks",
        "occupation",
        lambda given: shares_by_occupation(given.allocated),
    ),
    Analysis(
        "depth_curve",
        "A4: share of occupations by the share of their tasks seen",
        (_OCCUPATIONS,),
        "occupations",
        None,
        _depth_curves,
    ),
    Analysis(
        "task_depth",
        "A4: share of each occupation's tasks that was seen",
        (_OCCUPATIONS,),
        "statements",
        "occupation",
        lambda given: task_depth(given["usage"], given["statements"]),
    ),
    Analysis(
        "usage_by_salary",
        "A5: share of usage by median salary of the occupation",
        ((*_OCCUPATIONS, "wages"),),
        "tasks",
        "occupation",
        lambda given: usage_by_salary(given.allocated, given["wages"]),
    ),
    Analysis(
        "salary_quartiles",
        "A5: share of usage by quartile of salary",
        ((*_OCCUPATIONS, "wages"),),
        "occupations",
        "quartile",
        lambda given: salary_quartiles(usage_by_salary(given.allocated, given["wages"])),
    ),
    Analysis(
        "pattern_shares",
        "A6: share of each pattern over all conversations",
        (("collaboration",),),
        "patterns",
        None,
        lambda given: pattern_shares(given["collaboration"]),
    ),
    Analysis(
        "share_change",
        "A7: change in share of usage by occupation group",
        ((*_GROUPS, "before"),),
        "tasks",
        "group",
        _change,
    ),
    Analysis(
        "patterns_by_group",
        "A8: automation and augmentation by occupation group",
        ((*_PATTERNS, "groups"),),
        "tasks",
        "group",
        lambda given: patterns_by_group(given.allocated, given["patterns"], given["groups"]),
    ),
    Analysis(
        "patterns_by_occupation",
        "A9: the occupations highest in each pattern",
        (_PATTERNS,),
        "tasks",
        "occupation",
        lambda given: patterns_by_occupation(given.allocated, given["patterns"]),
    ),
    Analysis(
        "contributing_tasks",
        "A9b: the tasks that make up an occupation's share of a pattern",
        (_PATTERNS,),
        "tasks",
        "occupation and pattern",
        lambda given: contributing_tasks(given.allocated, given["patterns"]),
    ),
    Analysis(
        "thinking_by_occupation",
        "A10: extended thinking by occupation",
        ((*_OCCUPATIONS, "thinking"),),
        "tasks",
        "occupation",
        lambda given: thinking_by_occupation(given.allocated, given["thinking"]),
    ),
    Analysis(
        "shares_by_cluster",
        "A11: share of conversations by node of each level",
        (("clusters",),),
        "level-0 clusters",
        "node",
        _clusters,
    ),
    Analysis(
        "tasks_of_clusters",
        "A11: the O*NET tasks that clusters were given",
        (("clusters", "usage"),),
        "clusters",
        "task",
        lambda given: tasks_of_clusters(given["clusters"], given["usage"]),
    ),
    Analysis(
        "routes",
        "A12: the five patterns by each route",
        (("usage", "patterns"), ("collaboration",), ("clusters",)),
        "tasks, patterns or clusters",
        "route",
        lambda given: compare_routes(
            *(
                getattr(given.frames, kind)
                for kind in ("usage", "patterns", "collaboration", "clusters")
            )
        ),
    ),
)
