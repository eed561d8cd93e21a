"""Matched clusters in, what O*NET has no task for out: the curve, and the clusters with why."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from taxonomy.onet.compare.clusters import BASE_CONVERSATIONS
from taxonomy.onet.compare.coverage import WEIGHTS
from taxonomy.onet.compare.reasons import REASONS, SUBJECTS, reason, subject

LEAST_MATCH = 0.5
"""A cluster whose match is below has no home in O*NET."""

CRITERIA = {
    "match": "probability that some task fits",
    "confidence": "confidence of the most certain task",
}


def novelty_curve(matched: pl.DataFrame, *, thresholds: Sequence[float] = WEIGHTS) -> pl.DataFrame:
    """How much falls below a match, by threshold: Nov(t) = sum of m_c over match_c < t.

    Parameters
    ----------
    matched : as `clusters.matches` gives it

    Returns
    -------
    criterion (match, confidence), threshold, n (clusters below), cluster_share (of clusters),
    conversation_share, base
    """
    parts = [
        matched.select(
            criterion=pl.lit(criterion),
            threshold=pl.lit(threshold),
            n=below.sum().cast(pl.Int64),
            cluster_share=below.mean(),
            conversation_share=pl.col("mass").filter(below).sum(),
            base=pl.lit(f"published clusters; {BASE_CONVERSATIONS}; threshold: {meaning}"),
        )
        for criterion, meaning in CRITERIA.items()
        for threshold in thresholds
        # Told here, since a loop's variable is bound late.
        for below in [pl.col(criterion) < threshold - 1e-9]
    ]
    return pl.concat(parts)


def novel_clusters(matched: pl.DataFrame, *, least_match: float = LEAST_MATCH) -> pl.DataFrame:
    """The clusters without a home in O*NET, the largest first.

    Returns
    -------
    node_id, code, name, conversation_share, match, confidence, best_task (the nearest, verbatim),
    effective_gwas, effective_groups, why (one of `reasons.REASONS`), base
    """
    flagged = matched.filter(pl.col("match") < least_match - 1e-9)
    return flagged.select(
        "node_id",
        "code",
        "name",
        "match",
        "confidence",
        "best_task",
        "effective_gwas",
        "effective_groups",
        conversation_share="mass",
        why=reason(),
        base=pl.lit(BASE_CONVERSATIONS),
    ).sort("conversation_share", "code", descending=[True, False])


def novelty_reasons(matched: pl.DataFrame, novel: pl.DataFrame) -> pl.DataFrame:
    """How many clusters by reason, of those without a home and of all.

    A task of O*NET can be near a cluster that is no work: the scope `all clusters` counts what the
    names (or personal shares) tell, whatever the match.

    Parameters
    ----------
    matched : as `clusters.matches` gives it
    novel : as `novel_clusters` gives it

    Returns
    -------
    scope (without a home, all clusters), why, n, conversation_share, base; a row for each reason,
    of all clusters only `about AI itself` and `not work`
    """
    subjects = matched.with_columns(why=subject(), conversation_share="mass")
    return pl.concat(
        [_counted(novel, "without a home", REASONS), _counted(subjects, "all clusters", SUBJECTS)]
    )


def _counted(clusters: pl.DataFrame, scope: str, reasons: tuple[str, ...]) -> pl.DataFrame:
    counted = clusters.group_by("why").agg(
        n=pl.len().cast(pl.Int64), conversation_share=pl.col("conversation_share").sum()
    )
    every = pl.DataFrame({"why": reasons}).join(
        counted, on="why", how="left", maintain_order="left"
    )
    return every.select(
        pl.lit(scope).alias("scope"),
        "why",
        pl.col("n").fill_null(0),
        pl.col("conversation_share").fill_null(0.0),
        base=pl.lit(BASE_CONVERSATIONS),
    )
