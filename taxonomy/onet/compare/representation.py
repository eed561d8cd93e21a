"""Shares of the SOC major groups in, how over- or under-represented each is against employment."""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.onet.compare.objects import MAJOR, MILITARY
from taxonomy.onet.compare.shares import CLUSTERS, CONVERSATIONS, USAGE
from taxonomy.onet.crosswalk import REMAINDER

Z_95 = 1.959964
N_DRAWS = 2000
OVER, UNDER, UNCLEAR = "over", "under", "unclear"
EMPLOYMENT_BASE = "employment of the major groups with tasks (no military)"
REPRESENTATION = {
    "route": pl.String,
    "group": pl.String,
    "title": pl.String,
    "share": pl.Float64,
    "employment_share": pl.Float64,
    "lq": pl.Float64,
    "lq_low": pl.Float64,
    "lq_high": pl.Float64,
    "log_lq": pl.Float64,
    "log_lq_low": pl.Float64,
    "log_lq_high": pl.Float64,
    "represented": pl.String,
    "interval": pl.String,
    "n": pl.Float64,
    "base": pl.String,
}


def of_clusters(
    crosswalk: pl.DataFrame,
    clusters: pl.DataFrame,
    objects: pl.DataFrame,
    *,
    n_draws: int = N_DRAWS,
    random_state: int = 0,
) -> pl.DataFrame:
    """Location quotients of the clusters' conversations, as `REPRESENTATION`.

    LQ_o = s_o / e_o, share of placed conversations by share of employment. The 95% interval is
    the percentiles of a bootstrap: each draw takes as many clusters as there are, with
    replacement, and puts each into one group drawn from its weights, so that the crosswalk's doubt
    reaches the interval. Employment is taken as known. `n` counts clusters, by weight.

    Parameters
    ----------
    crosswalk, clusters : of `clusters.check_crosswalk` and `clusters.clusters_of`
    objects : as `onet_objects` gives them, with employment
    """
    groups = _employed(objects)
    cells = (
        crosswalk.filter(
            (pl.col("object_level") == MAJOR)
            & ~pl.col("object_id").is_in([*REMAINDER, MILITARY])
            & (pl.col("weight") > 0)
        )
        .join(clusters.select("node_id", "mass"), on="node_id")
        .join(groups.select(object_id="group"), on="object_id", how="semi")
        .sort("node_id", "object_id")
    )
    codes = groups["group"].to_list()
    column = np.array([codes.index(code) for code in cells["object_id"]], dtype=np.int64)
    mass, weight = cells["mass"].to_numpy(), cells["weight"].to_numpy()
    totals = _group_sums(column, (mass * weight)[None, :], len(codes))
    draws = _draws(cells, column, (n_draws, len(codes)), clusters.height, random_state)
    employed = groups["employment_share"].to_numpy()
    low, high = np.percentile(draws / employed, [2.5, 97.5], axis=0)
    shares = totals[0] / totals.sum() if totals.sum() else totals[0]
    counts = _group_sums(column, weight[None, :], len(codes))[0]
    # A group that no cluster reaches was never drawn: of how rare it is the bootstrap says nothing.
    reached = pl.col("n") > 0
    found = groups.with_columns(share=shares, lq_low=low, lq_high=high, n=counts)
    return _rows(
        found.with_columns(pl.when(reached).then(pl.col("lq_low", "lq_high"))),
        route=CLUSTERS,
        interval="bootstrap over clusters and their weights",
        base="conversations in published clusters that a major group was found for",
    )


def of_conversations(
    assigned: pl.DataFrame, homes: pl.DataFrame, objects: pl.DataFrame, *, floor: int = 0
) -> pl.DataFrame:
    """Location quotients of conversations with a task, as `REPRESENTATION`.

    The 95% interval is by the delta method: var(log s) = (1 - s) / (n s), n conversations taken as
    independent (users who come often make it too narrow). `n` counts conversations; those of a task
    in several groups are divided.

    Parameters
    ----------
    assigned : conversation_id, statement (null or "none": no task)
    floor : a group of fewer conversations has no share, no quotient and no `n`
    """
    counted = assigned.join(
        homes.filter(pl.col("level") == MAJOR), on="statement", maintain_order="left"
    )
    counts = counted.group_by(group="object_id").agg(n=pl.col("part").sum())
    groups = (
        _employed(objects)
        .join(counts, on="group", how="left", maintain_order="left")
        .with_columns(pl.col("n").fill_null(0.0))
    )
    share, n = pl.col("n") / pl.col("n").sum(), pl.col("n").sum()
    shown = pl.col("n") >= floor
    groups = groups.with_columns(share=pl.when(shown).then(share))
    error = ((1 - pl.col("share")) / (n * pl.col("share"))).sqrt() * Z_95
    lq = pl.col("share") / pl.col("employment_share")
    seen = pl.col("n") > 0
    return _rows(
        groups.with_columns(
            lq_low=pl.when(seen).then(lq * (-error).exp()),
            lq_high=pl.when(seen).then(lq * error.exp()),
            n=pl.when(shown).then("n"),
        ),
        route=CONVERSATIONS,
        interval="delta method, conversations as independent",
        base="conversations with a task",
    )


def of_usage(objects: pl.DataFrame) -> pl.DataFrame:
    """Location quotients of the published usage, as `REPRESENTATION`; without an interval.

    The published shares come without their number of conversations.
    """
    usage = objects.filter(pl.col("level") == MAJOR).select(
        group="object_id", usage_share="usage_share"
    )
    groups = _employed(objects).join(usage, on="group", how="left", maintain_order="left")
    nothing = pl.lit(None, pl.Float64)
    return _rows(
        groups.with_columns(
            share=pl.col("usage_share") / pl.col("usage_share").sum(),
            lq_low=nothing,
            lq_high=nothing,
            n=nothing,
        ),
        route=USAGE,
        interval="none: the number of conversations is not published",
        base="published usage of tasks that an occupation holds",
    )


def _employed(objects: pl.DataFrame) -> pl.DataFrame:
    """The major groups with known employment: group, title, employment_share; by group."""
    majors = objects.filter(
        (pl.col("level") == MAJOR) & (pl.col("employment") > 0) & (pl.col("object_id") != MILITARY)
    )
    return majors.select(
        group="object_id",
        title="object",
        employment_share=pl.col("employment") / pl.col("employment").sum(),
    ).sort("group")


def _group_sums(column: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """Values (n_draws, n_cells) added up by group: (n_draws, n_groups)."""
    member = np.zeros((len(column), n_groups))
    member[np.arange(len(column)), column] = 1
    return np.asarray(values @ member)


def _draws(
    cells: pl.DataFrame, column: np.ndarray, shape: tuple[int, int], n_clusters: int, seed: int
) -> np.ndarray:
    """Bootstrapped shares of the groups, of shape (n_draws, n_groups)."""
    chances = cells["weight"].to_numpy() / n_clusters
    # Clusters, or parts of them, that no group was found for are drawn too, and count nowhere.
    chances = np.append(chances, max(0.0, 1 - chances.sum()))
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(n_clusters, chances / chances.sum(), size=shape[0])
    sums = _group_sums(column, drawn[:, :-1] * cells["mass"].to_numpy(), shape[1])
    shares: np.ndarray = sums / np.maximum(sums.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return shares


def _rows(groups: pl.DataFrame, *, route: str, interval: str, base: str) -> pl.DataFrame:
    lq = pl.col("share") / pl.col("employment_share")

    def log(value: pl.Expr) -> pl.Expr:
        return pl.when(value > 0).then(value.log())

    return groups.with_columns(
        route=pl.lit(route),
        lq=lq,
        log_lq=log(lq),
        log_lq_low=log(pl.col("lq_low")),
        log_lq_high=log(pl.col("lq_high")),
        represented=pl.when(pl.col("lq_low") > 1)
        .then(pl.lit(OVER))
        .when(pl.col("lq_high") < 1)
        .then(pl.lit(UNDER))
        .otherwise(pl.lit(UNCLEAR)),
        interval=pl.lit(interval),
        base=pl.lit(f"share: {base}; employment_share: {EMPLOYMENT_BASE}"),
    ).select(pl.col(name).cast(kind) for name, kind in REPRESENTATION.items())
