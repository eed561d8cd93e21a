"""Shares of the same objects by two routes in, how far they agree at each level out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl

from taxonomy.onet.compare.objects import LEVEL_ORDER
from taxonomy.onet.homes import ONET_LEVELS

LEAST_OBJECTS = 3
MARGINALS = {
    "level": pl.String,
    "route_a": pl.String,
    "route_b": pl.String,
    "pearson": pl.Float64,
    "spearman": pl.Float64,
    "kendall": pl.Float64,
    "spearman_common": pl.Float64,
    "total_variation": pl.Float64,
    "jensen_shannon": pl.Float64,
    "n_objects": pl.Int64,
    "n_common": pl.Int64,
    "base": pl.String,
}
BASE_MARGINALS = "What each route placed at the level, of the objects that either has"


def marginal_agreement(shares: pl.DataFrame) -> pl.DataFrame:
    """How far the routes agree in the shares of the objects, as `MARGINALS`, a row a pair.

    The report of Appendix G of the first Economic Index paper, which sets direct assignment
    beside assignment by clusters. Shares are made to add up to 1 within a route and level, and an
    object that only one of the two has counts as 0 in the other; at fine levels, where most have
    only one, that alone pulls rank correlations down, so spearman_common is over the objects that
    both have. total_variation is half the sum of
    differences (0 to 1), jensen_shannon the divergence in bits (0 to 1), kendall tau-b. The
    correlations are null with fewer than three objects, or where a route gives all the same share.

    Parameters
    ----------
    shares : route, level, object_id, share
    """
    levels = [level for level in ONET_LEVELS if level in shares["level"].unique()]
    routes = shares["route"].unique(maintain_order=True).to_list()
    rows = []
    for level in levels:
        at = shares.filter((pl.col("level") == level) & (pl.col("share") > 0))
        for route_a, route_b in combinations(routes, 2):
            row = {"level": level, "route_a": route_a, "route_b": route_b}
            one, other = (
                at.filter(pl.col("route") == route).select("object_id", "share")
                for route in (route_a, route_b)
            )
            if one.height and other.height:
                rows.append(row | _measures(one, other))
    return pl.DataFrame(rows, schema=MARGINALS).sort(
        pl.col("level").replace_strict(LEVEL_ORDER), maintain_order=True
    )


def _measures(one: pl.DataFrame, other: pl.DataFrame) -> dict[str, object]:
    both = (
        one.join(other, on="object_id", how="full", coalesce=True, suffix="_b")
        .fill_null(0.0)
        .sort("object_id")
    )
    a, b = both["share"].to_numpy(), both["share_b"].to_numpy()
    a, b = a / a.sum(), b / b.sum()
    middle, common = (a + b) / 2, (a > 0) & (b > 0)
    return {
        **_correlations(a, b),
        "spearman_common": _correlations(a[common], b[common])["spearman"],
        "total_variation": float(np.abs(a - b).sum() / 2),
        "jensen_shannon": (_divergence(a, middle) + _divergence(b, middle)) / 2,
        "n_objects": both.height,
        "n_common": int(common.sum()),
        "base": BASE_MARGINALS,
    }


def _correlations(a: np.ndarray, b: np.ndarray) -> dict[str, float | None]:
    if len(a) < LEAST_OBJECTS or np.ptp(a) == 0 or np.ptp(b) == 0:
        return {"pearson": None, "spearman": None, "kendall": None}
    from scipy import stats

    return {
        "pearson": float(stats.pearsonr(a, b).statistic),
        "spearman": float(stats.spearmanr(a, b).statistic),
        "kendall": float(stats.kendalltau(a, b).statistic),
    }


def _divergence(a: np.ndarray, b: np.ndarray) -> float:
    seen = a > 0
    return float((a[seen] * np.log2(a[seen] / b[seen])).sum())
