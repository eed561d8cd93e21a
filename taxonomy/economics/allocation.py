"""Usage by task in, usage by (task, occupation) out: the object that most analyses rest on.

O*NET holds 272 of its 18,428 statements in several occupations; how their usage is divided is a
choice, and each result names it.
"""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

from taxonomy.economics.frames import checked, chosen, total
from taxonomy.errors import OnetError, SettingsError
from taxonomy.onet.tables import statement_key

Allocation = Literal["equal_title", "equal_group", "employment", "duplicate"]
UsageBase = Literal["classified", "all"]

USAGE_BASES = {
    "classified": "usage of tasks that an occupation holds",
    "all": "all usage, tasks that no occupation holds included",
}


def allocate(
    usage: pl.DataFrame,
    statements: pl.DataFrame,
    *,
    allocation: Allocation = "equal_title",
    base: UsageBase = "classified",
    groups: pl.DataFrame | None = None,
    employment: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Usage over (task, occupation) rows: task, onet_soc, title, group, share, base, allocation.

    Parameters
    ----------
    allocation : how a task held by several occupations is divided. `equal_title`: equally over
        their titles, the Economic Index's rule (`pct_occ_scaled`). `equal_group`: equally over
        major groups, then over the group's titles. `employment`: over major groups as people
        work in them (needs `groups` and `employment`), then equally over the group's titles.
        `duplicate`: in full to each title, which breaks the shares of groups: it is here because
        published work does it.
    base : `classified` divides by the usage that found an occupation, so that the rows add up to
        1; `all` leaves the shares of all usage, so that they add up to less (with `duplicate`:
        to more)

    Raises
    ------
    OnetError
        No task of the usage is among the statements, those that are have no usage, or a group has
        no employment.
    SettingsError
        An unknown word, or `employment` without its two frames.
    """
    chosen("allocation", allocation, get_args(Allocation))
    chosen("base", base, get_args(UsageBase))
    rows = _held(checked("usage", usage), checked("statements", statements))
    weighted = rows.with_columns(weight=_weight(rows, allocation, groups, employment))
    if base == "classified" and not weighted["usage"].sum() > 0:
        raise OnetError("the tasks that an occupation holds have no usage at all: shares of 0.")
    scaled = pl.col("usage") * pl.col("weight")
    if base == "classified":
        scaled = scaled / total(scaled)
    return weighted.select(
        "task",
        "onet_soc",
        "title",
        "group",
        share=scaled,
        base=pl.lit(USAGE_BASES[base]),
        allocation=pl.lit(allocation),
    ).sort("onet_soc", "task")


def _held(usage: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """One row a (task, occupation): a statement that an occupation repeats counts once."""
    keyed = statements.select("onet_soc", "title", task=statement_key(pl.col("task")))
    held = keyed.sort("onet_soc", "title", "task")
    rows = held.unique(["task", "title"], keep="first", maintain_order=True).join(
        usage.select("task", usage="share"), on="task", maintain_order="left"
    )
    if rows.is_empty():
        raise OnetError(
            f"none of the {usage.height:,} tasks of the usage frame is among the "
            f"{statements.height:,} statements; expected lower-cased statements of one O*NET "
            "version in both."
        )
    return rows.with_columns(group=pl.col("onet_soc").str.slice(0, 2))


def _weight(
    rows: pl.DataFrame,
    allocation: str,
    groups: pl.DataFrame | None,
    employment: pl.DataFrame | None,
) -> pl.Expr | pl.Series:
    titles = pl.len().over("task")
    titles_of_group = pl.len().over("task", "group")
    match allocation:
        case "duplicate":
            return pl.lit(1.0)
        case "equal_title":
            return 1 / titles
        case "equal_group":
            return 1 / pl.col("group").n_unique().over("task") / titles_of_group
        case _:
            return _by_employment(rows, groups, employment)


def _by_employment(
    rows: pl.DataFrame, groups: pl.DataFrame | None, employment: pl.DataFrame | None
) -> pl.Series:
    if groups is None or employment is None:
        raise SettingsError("allocation 'employment' needs the frames groups and employment.")
    people = checked("groups", groups).join(checked("employment", employment), on="title")
    joined = rows.join(
        people.select("group", "employment"), on="group", how="left", maintain_order="left"
    )
    unknown = joined.filter(pl.col("employment").is_null())["group"].unique().sort()
    if len(unknown):
        raise OnetError(
            f"no employment for the major groups {', '.join(unknown)}; expected a row for each "
            "title of the groups frame."
        )
    of_group = pl.col("employment") / pl.len().over("task", "group")
    return joined.select(of_group / total(of_group).over("task")).to_series()
