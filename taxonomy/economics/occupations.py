"""Allocated usage in, shares of occupations and their groups out: analyses A1, A2, A3 and A7."""

from __future__ import annotations

import math

import polars as pl

from taxonomy.economics.frames import checked, result, total, within
from taxonomy.errors import OnetError


def shares_by_group(allocated: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """A1, each major group's share of usage: group, title, share; n counts tasks.

    A group none of whose tasks was published has no row: it is below the floors, not zero.

    Parameters
    ----------
    allocated : as `allocate` gives it
    """
    grouped = allocated.group_by("group", "base", "allocation").agg(
        total(pl.col("share")), n=pl.col("task").n_unique()
    )
    return result(
        titled_groups(grouped, groups).sort("group"),
        ["group", "title", "share"],
        base=pl.col("base"),
        n=pl.col("n"),
        allocation=pl.col("allocation"),
    )


def titled_groups(rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The rows, which have a group, with its title.

    Raises
    ------
    OnetError
        A group has no title.
    """
    titles = checked("groups", groups).select("group", "title")
    named = rows.join(titles, on="group", how="left")
    if named["title"].has_nulls():
        lost = named.filter(pl.col("title").is_null())["group"].unique().sort()
        raise OnetError(
            f"the groups frame has no title for the major groups {', '.join(lost)}; expected all "
            "of SOC_Structure.csv: the file may be truncated."
        )
    return named


def compare_employment(group_shares: pl.DataFrame, employment: pl.DataFrame) -> pl.DataFrame:
    """A2, usage beside employment: group, title, share, employment_share, ratio.

    Sorted by employment, largest first. The ratio is share / employment_share: above 1, the group
    holds more of the usage than of the people. A group on one side only has nulls.

    Parameters
    ----------
    group_shares : as `shares_by_group` gives it
    employment : people by title of the major group; its shares are of the frame's own sum
    """
    people = checked("employment", employment).select(
        "title", employment_share=pl.col("employment") / pl.col("employment").sum()
    )
    both = group_shares.join(people, on="title", how="full", coalesce=True)
    usage_base = group_shares["base"][0]
    return result(
        both.with_columns(ratio=pl.col("share") / pl.col("employment_share")).sort(
            "employment_share", "title", descending=[True, False], nulls_last=True
        ),
        ["group", "title", "share", "employment_share", "ratio"],
        base=f"share: {usage_base}; employment_share: employment of the {people.height} groups",
        n=pl.col("n"),
        allocation=group_shares["allocation"][0],
    )


def shares_by_occupation(allocated: pl.DataFrame) -> pl.DataFrame:
    """A3, each occupation's share of usage: onet_soc, title, share; n counts tasks."""
    grouped = allocated.group_by("onet_soc", "title", "base", "allocation").agg(
        total(pl.col("share")), n=pl.len()
    )
    return result(
        grouped.sort("onet_soc"),
        ["onet_soc", "title", "share"],
        base=pl.col("base"),
        n=pl.col("n"),
        allocation=pl.col("allocation"),
    )


def top_occupations(allocated: pl.DataFrame, top: int = 15) -> pl.DataFrame:
    """A3, the occupations with most usage: rank (1 = most), onet_soc, title, share."""
    return _top(shares_by_occupation(allocated), ["onet_soc", "title"], top)


def top_tasks(allocated: pl.DataFrame, top: int = 10) -> pl.DataFrame:
    """A3, the tasks with most usage: rank (1 = most), task, share; n counts occupations.

    The published 4.79% of the first report's first task is a share of all usage: allocate with
    `base="all"` to get it.
    """
    grouped = allocated.group_by("task", "base", "allocation").agg(
        total(pl.col("share")), n=pl.len()
    )
    return _top(grouped, ["task"], top)


def _top(shares: pl.DataFrame, keys: list[str], top: int) -> pl.DataFrame:
    within("top", top, 1, math.inf)
    ranked = (
        shares.sort("share", *keys, descending=[True, *[False] * len(keys)])
        .head(top)
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )
    return result(
        ranked,
        ["rank", *keys, "share"],
        base=pl.col("base"),
        n=pl.col("n"),
        allocation=pl.col("allocation"),
    )


def share_change(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """A7, what changed between two releases: group, title, share_before, share_after, change.

    The change is a difference of shares (0.01 = one percentage point); null where a group is in
    one release only. n counts the tasks of the later release.

    Parameters
    ----------
    before, after : as `shares_by_group` gives them, of one base and one allocation

    Raises
    ------
    OnetError
        The two rest on different bases or allocations, and so cannot be subtracted.
    """
    for column in ("base", "allocation"):
        words = [frame[column].unique().sort().to_list() for frame in (before, after)]
        if words[0] != words[1]:
            raise OnetError(
                f"the two releases differ in {column} ({words[0]}, {words[1]}); "
                "make both in the same way before subtracting."
            )
    keys = ["group", "title", "base", "allocation"]
    both = (
        before.select(*keys, share_before="share")
        .join(after.select(*keys, "n", share_after="share"), on=keys, how="full", coalesce=True)
        .with_columns(change=pl.col("share_after") - pl.col("share_before"))
        .sort("group")
    )
    return result(
        both,
        ["group", "title", "share_before", "share_after", "change"],
        base=pl.col("base"),
        n=pl.col("n"),
        allocation=pl.col("allocation"),
    )
