"""Collaboration patterns in, their shares overall, by group and by occupation out: A6, A8, A9, A9b.

The published work takes two bases without saying so: by group it leaves out `filtered` (what was
too rare to publish) and renormalises, by occupation it keeps `filtered` in the base. Here that is
an argument, and the base of each row says which it was.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import polars as pl

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.economics.frames import (
    PATTERNS,
    RESULT,
    checked,
    chosen,
    half_of,
    result,
    total,
    within,
)
from taxonomy.economics.occupations import titled_groups
from taxonomy.errors import OnetError

PatternBase = Literal["five", "classified", "all"]
Filtered = Literal["keep", "drop"]

MIN_SHARE = 0.005
"""Least share of usage that the reports show a group or an occupation at."""

PATTERN_BASES = {
    "five": "conversations with one of the five patterns",
    "classified": "conversations with a pattern, none included",
    "all": "all conversations",
}
FILTERED_BASES = {
    "drop": "usage with one of the five patterns",
    "keep": "usage, filtered patterns included",
}
_ORDER = {pattern: place for place, pattern in enumerate(COLLABORATIONS)}


def pattern_shares(collaboration: pl.DataFrame, *, base: PatternBase = "five") -> pl.DataFrame:
    """A6, the share of each pattern: pattern, half, share; n counts patterns.

    `share` is null where nothing is in the base.

    Parameters
    ----------
    collaboration : pattern, share of all conversations; the published shares need not add up to
        1 (0.842 in the first report), so a base is always divided by
    base : `five` leaves `none` out, as the reports' 57% does; `classified` keeps `none`; `all`
        divides by 1

    Raises
    ------
    OnetError
        One of the five patterns is missing.
    """
    chosen("base", base, get_args(PatternBase))
    known = checked("collaboration", collaboration).filter(pl.col("pattern").is_in([*_ORDER]))
    missing = [pattern for pattern in PATTERNS if pattern not in known["pattern"].to_list()]
    if missing:
        raise OnetError(
            f"the collaboration frame has no row {', '.join(missing)}; expected "
            f"{', '.join(COLLABORATIONS)}."
        )
    if base == "five":
        known = known.filter(pl.col("pattern") != "none")
    divisor = pl.lit(1.0) if base == "all" else total(pl.col("share"))
    shares = known.with_columns(
        half=half_of(pl.col("pattern")), share=pl.when(divisor > 0).then(pl.col("share") / divisor)
    )
    return result(
        shares.sort(pl.col("pattern").replace_strict(_ORDER)),
        ["pattern", "half", "share"],
        base=PATTERN_BASES[base],
        n=shares.height,
    )


def by_half(shares: pl.DataFrame) -> pl.DataFrame:
    """The patterns added up to automation and augmentation: the frame's keys, half, share.

    `share` is null where the patterns' shares are.

    Parameters
    ----------
    shares : pattern, half, share, and any keys, as the functions of this module give it
    """
    per_row = {"pattern", "half", "share", "rank", *RESULT}
    keys = [column for column in shares.columns if column not in per_row]
    grouped = (
        shares.filter(pl.col("half").is_not_null())
        .group_by(*keys, "half", *RESULT, maintain_order=True)
        .agg(pl.when(pl.col("share").is_not_null().any()).then(total(pl.col("share"))))
    )
    return grouped.select(*keys, "half", "share", *RESULT)


def patterns_by_group(
    allocated: pl.DataFrame,
    patterns: pl.DataFrame,
    groups: pl.DataFrame,
    *,
    filtered: Filtered = "drop",
    min_share: float = MIN_SHARE,
) -> pl.DataFrame:
    """A8, patterns of each major group: group, title, pattern, half, share, usage_share.

    n counts the group's tasks, with `filtered="drop"` those that have any of the five patterns.

    Parameters
    ----------
    allocated : as `allocate` gives it
    filtered : `drop` renormalises the five patterns to 1, as the report does by group
    min_share : least usage_share (the group's share of usage) that is shown
    """
    shares = _patterns_by(allocated, patterns, ["group"], filtered, min_share)
    named = titled_groups(shares, groups)
    columns = ["group", "title", "pattern", "half", "share", "usage_share"]
    return named.sort("group", _place()).select(*columns, *RESULT)


def patterns_by_occupation(
    allocated: pl.DataFrame,
    patterns: pl.DataFrame,
    *,
    filtered: Filtered = "keep",
    min_share: float = MIN_SHARE,
) -> pl.DataFrame:
    """A9, patterns of each occupation: onet_soc, title, pattern, half, rank, share, usage_share.

    `rank` orders the occupations within a pattern, 1 = largest share; the report's figure shows
    1 to 5. n counts the occupation's tasks, with `filtered="drop"` those that have any of the five.

    Parameters
    ----------
    allocated : as `allocate` gives it
    filtered : `keep` leaves what was filtered in the base, as the report does by occupation
    min_share : least usage_share (the occupation's share of usage) that is shown
    """
    shares = _patterns_by(allocated, patterns, ["onet_soc", "title"], filtered, min_share)
    order = ["pattern_place", "share", "onet_soc"]
    ranked = shares.with_columns(pattern_place=_place()).sort(
        order, descending=[False, True, False]
    )
    ranked = ranked.with_columns(rank=pl.int_range(1, pl.len() + 1).over("pattern"))
    columns = ["onet_soc", "title", "pattern", "half", "rank", "share", "usage_share"]
    return ranked.select(*columns, *RESULT)


def contributing_tasks(
    allocated: pl.DataFrame,
    patterns: pl.DataFrame,
    *,
    min_share: float = MIN_SHARE,
    top: int = 5,
) -> pl.DataFrame:
    """A9b, which tasks make up an occupation's share of a pattern, the largest first.

    onet_soc, title, pattern, half, rank, task, usage_share (of the task in the occupation, of all
    usage), pattern_share (of the pattern in the task), contribution (their product as a share of
    the occupation's sum: what the base names). n counts the occupation's tasks with the pattern.
    How the published figure chose its tasks is not documented; by product is our reading.
    """
    keys = ["onet_soc", "title"]
    within("min_share", min_share)
    within("top", top, 1, math.inf)
    usage = allocated.group_by(keys).agg(usage_share=total(pl.col("share")))
    large = usage.filter(pl.col("usage_share") >= min_share)
    long = (
        _long(_with_patterns(allocated, patterns).join(large, on=keys, how="semi"))
        .filter(pl.col("pattern_share") > 0)
        .with_columns(product=pl.col("share") * pl.col("pattern_share"))
        .with_columns(
            contribution=pl.col("product") / total(pl.col("product")).over(*keys, "pattern"),
            n=pl.len().over(*keys, "pattern"),
            half=half_of(pl.col("pattern")),
            pattern_place=_place(),
        )
        .sort(
            "onet_soc",
            "pattern_place",
            "contribution",
            "task",
            descending=[False, False, True, False],
        )
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over(*keys, "pattern"))
        .filter(pl.col("rank") <= top)
        .rename({"share": "usage_share"})
    )
    columns = [
        *keys,
        "pattern",
        "half",
        "rank",
        "task",
        "usage_share",
        "pattern_share",
        "contribution",
    ]
    return result(
        long,
        columns,
        base="usage of the occupation in the pattern",
        n=pl.col("n"),
        threshold=min_share,
        allocation=pl.col("allocation"),
    )


def _patterns_by(
    allocated: pl.DataFrame,
    patterns: pl.DataFrame,
    keys: list[str],
    filtered: str,
    min_share: float,
) -> pl.DataFrame:
    """The share of each pattern in the usage of each key, weighted by usage."""
    chosen("filtered", filtered, get_args(Filtered))
    within("min_share", min_share)
    usage_share = allocated.group_by(keys).agg(usage_share=total(pl.col("share")))
    rows = _with_patterns(allocated, patterns)
    sums = (
        _long(rows)
        .group_by(*keys, "pattern", "allocation")
        .agg(
            mass=total(pl.col("share") * pl.col("pattern_share")),
            all_mass=total(pl.col("share")),
            n=pl.col("task").filter(pl.col("has_any") | (filtered == "keep")).n_unique(),
        )
        .sort(*keys, _place())
    )
    divisor = pl.col("all_mass") if filtered == "keep" else total(pl.col("mass")).over(keys)
    shares = (
        sums.with_columns(
            # A key all of whose usage was filtered has no pattern to have a share of.
            share=pl.when(divisor > 0).then(pl.col("mass") / divisor),
            half=half_of(pl.col("pattern")),
        )
        .join(usage_share, on=keys)
        .filter(pl.col("usage_share") >= min_share)
    )
    what = "the group" if keys == ["group"] else "the occupation"
    return result(
        shares,
        [*keys, "pattern", "half", "share", "usage_share"],
        base=f"{FILTERED_BASES[filtered]}, of {what}",
        n=pl.col("n"),
        threshold=min_share,
        allocation=pl.col("allocation"),
    )


def _with_patterns(allocated: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    five = [*PATTERNS.values()]
    wanted = checked("patterns", patterns).select(
        "task", *five, has_any=pl.sum_horizontal(five) > 0
    )
    rows = allocated.join(wanted, on="task")
    if rows.is_empty():
        raise OnetError(
            "none of the tasks with usage has a row in the patterns frame; expected both of one "
            "release."
        )
    return rows


def _long(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a (row, pattern): its columns, pattern, pattern_share."""
    kept = [column for column in rows.columns if column not in PATTERNS.values()]
    words = {column: pattern for pattern, column in PATTERNS.items()}
    return rows.unpivot(
        [*PATTERNS.values()], index=kept, variable_name="pattern", value_name="pattern_share"
    ).with_columns(pl.col("pattern").replace_strict(words))


def _place() -> pl.Expr:
    return pl.col("pattern").replace_strict(_ORDER)
