"""Scores and Claude's votes in, the weights of tasks and of "nothing fits" out."""

from __future__ import annotations

import polars as pl

from taxonomy.onet.questions import NONE

WEIGHED = ["node_id", "statement", "weight", "votes", "confidence"]


def weigh(candidates: pl.DataFrame, votes: pl.DataFrame | None) -> pl.DataFrame:
    """node_id, statement, weight, votes, confidence; "none" is a statement here.

    Where nobody answered a task weighs what its score gives it; votes and confidence are null.
    Where Claude answered, only its answers count: each has one vote, for none or for the tasks,
    which share the votes of all that name any by votes times mean probability; where all of those
    are 0, nothing fits. `confidence` is the share of the answers that named the task, times the
    mean probability they gave it. The weights of a node add up to 1.

    Parameters
    ----------
    candidates : as `index.CANDIDATES`
    votes : as `adjudicate.VOTES`
    """
    scored = _scored(candidates)
    if votes is None:
        return scored
    answered = votes.filter(pl.col("asked") > 0)
    left = scored.filter(~pl.col("node_id").is_in(answered["query"].unique().implode()))
    return pl.concat([left, _voted(answered)])


def _scored(candidates: pl.DataFrame) -> pl.DataFrame:
    weight = pl.col("weight") * (1 - pl.col("none_share"))
    tasks = candidates.select(node_id="query", statement="statement", weight=weight)
    none = candidates.filter(pl.col("rank") == 1).select(
        node_id="query", statement=pl.lit(NONE), weight="none_share"
    )
    unknown = {"votes": pl.lit(None, pl.Int64), "confidence": pl.lit(None, pl.Float64)}
    return pl.concat([tasks, none]).with_columns(**unknown).select(WEIGHED)


def _voted(votes: pl.DataFrame) -> pl.DataFrame:
    is_none = pl.col("statement") == NONE
    named = votes.filter(~is_none).with_columns(mass=pl.col("votes") * pl.col("probability"))
    none = votes.filter(is_none).select("query", none_votes="votes")
    nodes = votes.select("query", "asked").unique(maintain_order=True)
    nodes = nodes.join(none, on="query", how="left", maintain_order="left").join(
        named.group_by("query").agg(total=pl.col("mass").sort().sum()), on="query", how="left"
    )
    nodes = nodes.with_columns(
        none_weight=pl.when(pl.col("total") > 0)
        .then(pl.col("none_votes").fill_null(0) / pl.col("asked"))
        .otherwise(1.0)
    )
    tasks = (
        named.drop("asked")
        .join(nodes, on="query", maintain_order="left")
        .with_columns(
            weight=pl.when(pl.col("total") > 0)
            .then(pl.col("mass") / pl.col("total") * (1 - pl.col("none_weight")))
            .otherwise(0.0),
            confidence=pl.col("mass") / pl.col("asked"),
        )
    )
    nothing = nodes.with_columns(
        statement=pl.lit(NONE),
        weight="none_weight",
        votes=pl.col("none_votes").fill_null(0),
        confidence=pl.lit(None, pl.Float64),
    )
    return pl.concat(
        [part.rename({"query": "node_id"}).select(WEIGHED) for part in (tasks, nothing)]
    )
