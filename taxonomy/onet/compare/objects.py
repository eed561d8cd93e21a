"""An O*NET release and what is known of it in, its objects with their weights out."""

from __future__ import annotations

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.reading import TASK_KEY
from taxonomy.onet.tables import Onet, statement_key

MAJOR = ONET_LEVELS[-1]
LEVEL_ORDER = {level: place for place, level in enumerate(ONET_LEVELS)}
MILITARY = "55"


def onet_objects(
    onet: Onet,
    homes: pl.DataFrame,
    *,
    usage: pl.DataFrame | None = None,
    groups: pl.DataFrame | None = None,
    employment: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What a cluster can be compared with: the objects of every level that a task stands under.

    Parameters
    ----------
    homes : as `homes.homes` gives them
    usage : task (the key), share (of all usage, 0 to 1)
    groups : group, title: the SOC major groups, as `soc.major_groups` gives them
    employment : title, employment (persons), as `soc.read_employment` gives it; needs `groups`

    Returns
    -------
    level, object_id, object, n_statements (parts of statements, adding up to those with a home),
    usage_share (of all usage), importance (sum of the statements' mean importance, 1 to 5 each),
    employment (persons; major groups only); sorted by level, finest first, and object_id. A weight
    that is not known is null. Military occupations (55) have no tasks and so no row.

    Raises
    ------
    OnetError
        No task of the usage, or no title of the employment, is known here.
    """
    statements = _importance(onet)
    if usage is not None:
        statements = statements.join(_usage(usage, homes), on="statement", how="left").with_columns(
            pl.col("usage_share").fill_null(0.0)
        )
    else:
        statements = statements.with_columns(usage_share=pl.lit(None, pl.Float64))
    objects = (
        homes.filter((pl.col("level") != MAJOR) | (pl.col("object_id") != MILITARY))
        .join(statements, on="statement", maintain_order="left")
        .group_by("level", "object_id")
        .agg(
            pl.col("object").first(),
            n_statements=pl.col("part").sum(),
            usage_share=_known_sum("usage_share"),
            importance=_known_sum("importance"),
        )
        .join(_people(groups, employment), on=["level", "object_id"], how="left")
        .with_columns(object=pl.coalesce("title", "object"))
    )
    return objects.select(
        "level", "object_id", "object", "n_statements", "usage_share", "importance", "employment"
    ).sort(pl.col("level").replace_strict(LEVEL_ORDER), "object_id")


def placed_usage(objects: pl.DataFrame) -> dict[str, float]:
    """Level -> the share of all published usage that falls on its objects; empty without usage.

    The rest is "none", tasks of another release, and above tasks those without a DWA.
    """
    known = objects.drop_nulls("usage_share").sort("level", "object_id")
    sums = known.group_by("level", maintain_order=True).agg(pl.col("usage_share").sum())
    return {level: round(share, 6) for level, share in sums.iter_rows()}


def _known_sum(column: str) -> pl.Expr:
    """The sum of the statements' parts, null where nothing is known."""
    known = pl.col(column).is_not_null()
    return pl.when(known.any()).then((pl.col(column) * pl.col("part")).sum())


def _importance(onet: Onet) -> pl.DataFrame:
    rated = onet.tasks.select(*TASK_KEY, statement=statement_key(pl.col("task"))).join(
        onet.ratings, on=TASK_KEY, how="left"
    )
    return rated.group_by("statement").agg(pl.col("importance").cast(pl.Float64).mean())


def _usage(usage: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    keyed = usage.select(statement=statement_key(pl.col("task")), usage_share="share")
    if keyed.join(homes, on="statement", how="semi").is_empty():
        raise OnetError(
            f"none of the {usage.height:,} tasks of the usage table is a task of this O*NET "
            "release; give the release that the usage was measured with (20.1 for the Economic "
            "Index of 2025)."
        )
    return keyed.group_by("statement").agg(pl.col("usage_share").sum())


def _people(groups: pl.DataFrame | None, employment: pl.DataFrame | None) -> pl.DataFrame:
    """Title and, where known, employment of the major groups."""
    schema = {"object_id": pl.String, "title": pl.String, "employment": pl.Float64}
    if groups is None:
        if employment is not None:
            raise OnetError(
                "employment is by title of the major group, and no groups were given that tell "
                "which group has which title; give the SOC structure as well."
            )
        return pl.DataFrame(schema=schema).with_columns(level=pl.lit(MAJOR))
    named = groups.select(object_id="group", title="title", level=pl.lit(MAJOR))
    if employment is None:
        return named.with_columns(employment=pl.lit(None, pl.Float64))
    people = employment.select("title", pl.col("employment").cast(pl.Float64))
    unknown = people.join(groups, on="title", how="anti")["title"].sort()
    if len(unknown):
        raise OnetError(
            f"employment is given for {unknown[0]!r} (and {len(unknown) - 1} more), which is no "
            "title of a SOC major group; expected titles as the SOC structure writes them."
        )
    return named.join(people, on="title", how="left")
