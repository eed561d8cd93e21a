"""The frames of a comparison in, its most telling figures out, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from taxonomy.onet.compare.blind_spots import LEAST_SHARE, LEAST_WEIGHT
from taxonomy.onet.compare.clusters import BASE_CONVERSATIONS
from taxonomy.onet.compare.coverage import BY_WEIGHT
from taxonomy.onet.compare.novelty import LEAST_MATCH
from taxonomy.onet.compare.representation import OVER, UNDER
from taxonomy.onet.compare.shares import CLUSTERS, CONVERSATIONS, USAGE

AT_LEAST = LEAST_WEIGHT
"""The weight at which the summary reads the coverage curve."""


def summary_lines(facts: dict[str, Any], frames: dict[str, pl.DataFrame]) -> list[str]:
    """About ten lines: coverage, novelty, blind spots, representation, agreement."""
    levels = "/".join(f"{n:,}" for n in facts["levels"].values())
    routes = " and ".join(facts["crosswalk_routes"]) or "unknown"
    return [
        f"Taxonomy of {levels} nodes beside O*NET {facts['onet']} (crosswalk: {routes})",
        *_prior(facts),
        *_coverage(frames["coverage"], facts),
        *_novelty(frames),
        *_blind(frames),
        *_representation(frames["representation"]),
        *_agreement(frames),
    ]


def covered_at(frame: pl.DataFrame, level: str, weighting: str) -> dict[str, Any] | None:
    """The row of the coverage curve that the summary reads, or None where there is none."""
    rows = frame.filter(
        (pl.col("level") == level)
        & (pl.col("weighting") == weighting)
        & (pl.col("criterion") == BY_WEIGHT)
        & ((pl.col("threshold") - AT_LEAST).abs() < 1e-9)
    )
    return rows.row(0, named=True) if rows.height else None


def _prior(facts: dict[str, Any]) -> Iterator[str]:
    if facts["has_prior"]:
        yield (
            "The crosswalk was made with a usage table as a prior: it agrees with usage in part by "
            "its making, so coverage by usage and rank correlations are not independent of it"
        )


def _coverage(frame: pl.DataFrame, facts: dict[str, Any]) -> Iterator[str]:
    counts = [
        f"{row['n']:,} of {row['total']:,.0f} {level if level != 'major' else 'major group'}s "
        f"({row['share']:.1%})"
        for level in ("task", "DWA", "IWA", "GWA", "major")
        if (row := covered_at(frame, level, "objects"))
    ]
    yield f"Covered by a cluster with weight {AT_LEAST:g} or more: {', '.join(counts)}"
    used = [
        f"{level} {row['share']:.1%} (of the {facts['placed_usage'][level]:.1%} that has one)"
        for level in ("task", "DWA", "IWA", "GWA")
        if (row := covered_at(frame, level, "usage"))
    ]
    if used:
        yield f"Of published usage, on covered objects: {', '.join(used)}"


def _novelty(frames: dict[str, pl.DataFrame]) -> Iterator[str]:
    reasons = frames["novelty_reasons"]
    lost, every = (
        reasons.filter(pl.col("scope") == scope) for scope in ("without a home", "all clusters")
    )
    n, mass = lost["n"].sum(), lost["conversation_share"].sum()
    of_them = f" ({_told(lost)})" if n else ""
    counted = f"{n:,} cluster{'' if n == 1 else 's'}"
    yield (
        f"Without a home in O*NET (match below {LEAST_MATCH:g}): {counted}, {mass:.1%} of "
        f"{BASE_CONVERSATIONS}{of_them}"
    )
    yield f"By their names, of all clusters, whatever the match: {_told(every)}"


def _told(reasons: pl.DataFrame) -> str:
    return ", ".join(
        f"{row['why']} {row['n']:,} ({row['conversation_share']:.1%})"
        for row in reasons.iter_rows(named=True)
    )


def _blind(frames: dict[str, pl.DataFrame]) -> Iterator[str]:
    totals, spots = frames["blind_totals"], frames["blind_spots"]
    for weighting in ("usage", "external user goal", "statements"):
        row = totals.filter((pl.col("level") == "IWA") & (pl.col("weighting") == weighting))
        if row.is_empty():
            continue
        first = spots.filter((pl.col("level") == "IWA") & (pl.col("weighting") == weighting))
        most = f"; most: {first['object'][0]} ({first['value'][0]:.2%})" if first.height else ""
        yield (
            f"IWAs without a cluster (no weight of {AT_LEAST:g}, and under {LEAST_SHARE:.1%} of "
            f"conversations): "
            f"{row['n'][0]:,} of {row['n_objects'][0]:,}, {row['share'][0]:.1%} of "
            f"{row['base'][0]}{most}"
        )


def _representation(frame: pl.DataFrame) -> Iterator[str]:
    of_clusters = frame.filter(pl.col("route") == CLUSTERS).drop_nulls("lq")
    for side, wanted in (("Over", OVER), ("Under", UNDER)):
        rows = of_clusters.filter(pl.col("represented") == wanted)
        rows = rows.sort("lq", "group", descending=[wanted == OVER, False])
        if rows.height:
            told = [
                f"{row['title'].removesuffix(' Occupations')} {row['lq']:.2f} "
                f"({row['lq_low']:.2f} to {row['lq_high']:.2f})"
                for row in rows.head(3).iter_rows(named=True)
            ]
            yield (
                f"{side}-represented against employment (location quotient, 95% interval): "
                f"{'; '.join(told)}"
            )


def _agreement(frames: dict[str, pl.DataFrame]) -> Iterator[str]:
    ranked = frames["marginals"].drop_nulls("spearman").filter(pl.col("route_a") == CLUSTERS)
    for other in (CONVERSATIONS, USAGE):
        told = [
            f"{level} {correlation:.2f}"
            for level, correlation in ranked.filter(pl.col("route_b") == other)
            .select("level", "spearman")
            .iter_rows()
        ]
        if told:
            yield f"Shares by clusters and by {other}, rank correlation: {', '.join(told)}"
    pairs = frames["agreement"].drop_nulls("ami")
    if pairs.height:
        best = pairs.sort("ami", descending=True).row(0, named=True)
        yield (
            f"Same conversations by both routes: AMI {best['ami']:.2f} at best (taxonomy level "
            f"{best['level_a']} with {best['level_b']}; n = {best['n']:,})"
        )
    for row in frames["trees"].drop_nulls("agreement").iter_rows(named=True):
        yield (
            f"Triplets joined alike by the taxonomy and {row['tree_b']}: {row['agreement']:.1%} "
            f"of those resolved in both (shuffled: {row['agreement_permuted']:.1%}; "
            f"{row['resolved_both']:.1%} of {row['n_triplets']:,})"
        )
