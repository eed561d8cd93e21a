"""Objects and what reaches them in, coverage of O*NET by the taxonomy out, as curves."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from taxonomy.onet.compare.clusters import BASE_CONVERSATIONS
from taxonomy.onet.compare.objects import LEVEL_ORDER

WEIGHTS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Least weights of the best cluster at which an object counts as covered."""

SHARES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Least shares of conversations at which an object counts as covered."""

BY_WEIGHT, BY_SHARE = "best_weight", "conversation_share"
WEIGHTINGS = {
    "objects": "objects of the level that an O*NET task stands under",
    "usage": "published usage (shares of all usage) of the level's objects",
    "importance": "importance of the rated tasks under the level's objects",
    "employment": "employment of the major groups",
}
"""How the objects of a level are counted, and what their share is a share of."""


def coverage(
    objects: pl.DataFrame,
    reached: pl.DataFrame,
    *,
    weights: Sequence[float] = WEIGHTS,
    shares: Sequence[float] = SHARES,
) -> pl.DataFrame:
    """How much of each level of O*NET the clusters cover, by threshold and weighting.

    Cov(t) = |{o: max_c W[c, o] >= t}| / |O| for criterion `best_weight`; for `conversation_share`
    the same with the conversations that the clusters bring to the object.

    Parameters
    ----------
    objects : as `onet_objects` gives them
    reached : as `clusters.reach` gives it

    Returns
    -------
    level, criterion, threshold, weighting (objects, usage, importance, employment), covered,
    total, share (covered / total), n (objects covered), base. A weighting that is not known at a
    level has no rows there.
    """
    both = objects.join(
        reached, on=["level", "object_id"], how="left", maintain_order="left"
    ).with_columns(pl.col(BY_WEIGHT, BY_SHARE).fill_null(0.0))
    values = {
        "objects": pl.lit(1.0),
        "usage": pl.col("usage_share"),
        "importance": pl.col("importance"),
        "employment": pl.col("employment"),
    }
    parts = [
        _curve(both.with_columns(value=value), criterion, threshold, weighting)
        for criterion, grid in ((BY_WEIGHT, weights), (BY_SHARE, shares))
        for threshold in grid
        for weighting, value in values.items()
    ]
    order = {name: place for place, name in enumerate(WEIGHTINGS)}
    return pl.concat(parts).sort(
        pl.col("level").replace_strict(LEVEL_ORDER),
        "criterion",
        pl.col("weighting").replace_strict(order),
        "threshold",
    )


def _curve(both: pl.DataFrame, criterion: str, threshold: float, weighting: str) -> pl.DataFrame:
    # Sums of weights that should be 0.3 may come out a hair below.
    hit = pl.col(criterion) >= threshold - 1e-9
    counted = both.group_by("level").agg(
        covered=pl.col("value").filter(hit).sum(),
        total=pl.col("value").sum(),
        n=hit.sum().cast(pl.Int64),
    )
    base = WEIGHTINGS[weighting]
    if criterion == BY_SHARE:
        base = f"{base}; threshold: share of {BASE_CONVERSATIONS}"
    return counted.filter(pl.col("total") > 0).select(
        "level",
        criterion=pl.lit(criterion),
        threshold=pl.lit(threshold),
        weighting=pl.lit(weighting),
        covered="covered",
        total="total",
        share=pl.col("covered") / pl.col("total"),
        n="n",
        base=pl.lit(base),
    )
