"""Objects and what reaches them in, the blind spots of the taxonomy out: used, but no cluster."""

from __future__ import annotations

import polars as pl

from taxonomy.onet.compare.clusters import BASE_CONVERSATIONS
from taxonomy.onet.compare.objects import LEVEL_ORDER

LEAST_WEIGHT = 0.2
LEAST_SHARE = 0.001
"""An object that no cluster reaches with this weight, and that all clusters together bring less
than this share of the conversations, has no cluster."""

WEIGHTINGS = {
    "usage": "published usage",
    "external user goal": "external usage, by what the user wants",
    "external AI action": "external usage, by what the AI does",
    "importance": "importance of the rated tasks of the level",
    "employment": "employment of the major groups",
    "statements": "O*NET statements with a home at the level",
}
"""By what objects are ranked, and what `value` is a share of."""


def blind_spots(
    objects: pl.DataFrame,
    reached: pl.DataFrame,
    *,
    external: pl.DataFrame | None = None,
    least_weight: float = LEAST_WEIGHT,
    least_share: float = LEAST_SHARE,
) -> pl.DataFrame:
    """The objects above the tasks that the clusters do not reach, the weightiest first.

    Parameters
    ----------
    objects : as `onet_objects` gives them
    reached : as `clusters.reach` gives it
    external : iwa_id, share_user, share_ai, as `iwa_usage.read_iwa_usage` gives it

    Returns
    -------
    level (DWA, IWA, GWA, major), weighting, rank (1 = most), object_id, object, value (share of
    the base, 0 to 1), best_weight, conversation_share, base. Objects of value 0 have no row.
    """
    weighted = _weighted(objects, external).join(
        reached, on=["level", "object_id"], how="left", maintain_order="left"
    )
    blind = weighted.with_columns(
        pl.col("best_weight", "conversation_share").fill_null(0.0)
    ).filter(
        (pl.col("best_weight") < least_weight - 1e-9)
        & (pl.col("conversation_share") < least_share - 1e-9)
        & (pl.col("value") > 0)
    )
    order = {name: place for place, name in enumerate(WEIGHTINGS)}
    keys = [pl.col("level").replace_strict(LEVEL_ORDER), pl.col("weighting").replace_strict(order)]
    ranked = blind.sort(
        *keys, "value", "object_id", descending=[False, False, True, False]
    ).with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("level", "weighting"))
    return ranked.select(
        "level",
        "weighting",
        "rank",
        "object_id",
        "object",
        "value",
        "best_weight",
        "conversation_share",
        base=pl.concat_str(
            pl.lit("value: "),
            pl.col("weighting").replace_strict(WEIGHTINGS),
            pl.lit(f"; conversation_share: {BASE_CONVERSATIONS}"),
        ),
    )


def blind_totals(
    objects: pl.DataFrame, spots: pl.DataFrame, *, external: pl.DataFrame | None = None
) -> pl.DataFrame:
    """How much the blind spots hold together.

    Returns
    -------
    level, weighting, share (of the base), n (blind objects), n_objects (of the level with a value
    above 0), base; a level and weighting without blind spots has a row of zeros
    """
    known = _weighted(objects, external).filter(pl.col("value") > 0)
    sizes = known.group_by("level", "weighting").agg(n_objects=pl.len().cast(pl.Int64))
    sums = spots.group_by("level", "weighting").agg(
        share=pl.col("value").sum(), n=pl.len().cast(pl.Int64)
    )
    order = {name: place for place, name in enumerate(WEIGHTINGS)}
    return (
        sizes.join(sums, on=["level", "weighting"], how="left")
        .select(
            "level",
            "weighting",
            pl.col("share").fill_null(0.0),
            pl.col("n").fill_null(0),
            "n_objects",
            base=pl.col("weighting").replace_strict(WEIGHTINGS),
        )
        .sort(
            pl.col("level").replace_strict(LEVEL_ORDER),
            pl.col("weighting").replace_strict(order),
        )
    )


def _weighted(objects: pl.DataFrame, external: pl.DataFrame | None) -> pl.DataFrame:
    """Each object once a weighting: level, object_id, object, weighting, value."""
    above = objects.filter(pl.col("level") != "task")

    def of_level(column: str) -> pl.Expr:
        return (pl.col(column) / pl.col(column).sum().over("level")).cast(pl.Float64)

    # Usage is a share already: of all usage, tasks without a home at the level included.
    values = {
        "usage": pl.col("usage_share").cast(pl.Float64),
        "importance": of_level("importance"),
        "employment": of_level("employment"),
        "statements": of_level("n_statements"),
    }
    kept = ["level", "object_id", "object"]
    parts = [
        above.select(*kept, weighting=pl.lit(name), value=value).drop_nulls("value")
        for name, value in values.items()
    ]
    if external is not None:
        seen = above.filter(pl.col("level") == "IWA").join(
            external, left_on="object_id", right_on="iwa_id", maintain_order="left"
        )
        sides = {"external user goal": "share_user", "external AI action": "share_ai"}
        parts += [
            seen.select(*kept, weighting=pl.lit(name), value=column)
            for name, column in sides.items()
        ]
    return pl.concat(parts)
