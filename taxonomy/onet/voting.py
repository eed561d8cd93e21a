"""Scores and Claude's votes in, the weights of tasks and of "nothing fits" out."""

from __future__ import annotations

import polars as pl

NONE = "none"


def weigh(candidates: pl.DataFrame, votes: pl.DataFrame | None) -> pl.DataFrame:
    """node_id, statement, weight, votes (null where nobody voted); "none" is a statement here.

    Without votes a task weighs what its score gives it. With votes the score counts as one answer
    among Claude's, and each answer has one vote: for none, or for the tasks, which share the votes
    of all that name any by votes times mean probability. The weights of a node add up to 1, or to
    less where all that was named has probability 0: such answers are for nothing.

    Parameters
    ----------
    candidates : as `index.CANDIDATES`
    votes : as `adjudicate.VOTES`
    """
    scored = _scored(candidates)
    if votes is None:
        return scored.with_columns(votes=pl.lit(None, pl.Int64))
    voted = _voted(votes.filter(pl.col("asked") > 0, pl.col("statement").is_not_null()))
    answers = voted.select("node_id", "asked").unique()
    return (
        scored.join(voted.drop("asked"), on=["node_id", "statement"], how="full", coalesce=True)
        .join(answers, on="node_id", how="left")
        .with_columns(pl.col("weight", "mass", "asked").fill_null(0))
        .with_columns(
            weight=(pl.col("weight") + pl.col("mass")) / (1 + pl.col("asked")),
            votes=pl.when(pl.col("asked") > 0).then(pl.col("votes").fill_null(0)),
        )
        .select("node_id", "statement", "weight", "votes")
    )


def _scored(candidates: pl.DataFrame) -> pl.DataFrame:
    weight = pl.col("weight") * (1 - pl.col("none_share"))
    tasks = candidates.select(node_id="query", statement="statement", weight=weight)
    none = candidates.filter(pl.col("rank") == 1).select(
        node_id="query", statement=pl.lit(NONE), weight="none_share"
    )
    return pl.concat([tasks, none])


def _voted(votes: pl.DataFrame) -> pl.DataFrame:
    """node_id, statement, votes, asked, mass; the mass of a node adds up to `asked`."""
    is_none = pl.col("statement") == NONE
    rows = votes.rename({"query": "node_id"}).with_columns(
        named=pl.when(~is_none).then(pl.col("votes") * pl.col("probability")).fill_null(0.0),
        none_votes=pl.when(is_none).then("votes").otherwise(0).sum().over("node_id"),
    )
    total = pl.col("named").sum().over("node_id")
    share = pl.when(total > 0).then(pl.col("named") / total).otherwise(0.0)
    mass = (
        pl.when(is_none).then("votes").otherwise(share * (pl.col("asked") - pl.col("none_votes")))
    )
    return rows.select("node_id", "statement", "votes", "asked", mass=mass)
