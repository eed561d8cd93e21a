"""A published usage table in, how likely each statement is to be used at all out."""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.errors import OnetError

N_NEAREST = 20
TEMPERATURE = 0.05
"""How fast a neighbour's say falls with its distance in cosine: to 1/e at 0.05."""
FLOOR = 1e-6
"""Share below which tasks are all alike: a twentieth of the least that the index published."""
BLOCK = 2_048


def usage_prior(usage: pl.DataFrame, statements: pl.DataFrame, vectors: np.ndarray) -> np.ndarray:
    """The logarithm of each statement's share of use, spread over its 20 nearest statements.

    Spreading gives a task that the table leaves out, for want of conversations or because it is
    worded otherwise in another release, the use of tasks that say the same.

    Parameters
    ----------
    usage : task (a statement's key; "none" and unknown ones are passed over, those of a task that
        stands twice are added up), share
    statements : statement; one row a row of `vectors`
    vectors : (n, d) unit vectors

    Returns
    -------
    Shape (n,), float32, log of a share of all use that falls on known statements.

    Raises
    ------
    OnetError
        A share is not a number from 0 up, or no statement of this release has any.
    """
    if usage.filter(~(pl.col("share") >= 0) | pl.col("share").is_nan()).height:
        raise OnetError(
            "the usage table has a share below 0 or one that is no number; expected shares of all "
            "use, 0 to 1: read or fetch the table again."
        )
    sums = usage.group_by(statement="task").agg(pl.col("share").sum())
    known = statements.select("statement").join(
        sums, on="statement", how="left", maintain_order="left"
    )
    shares = known["share"].fill_null(0.0).to_numpy()
    if not shares.sum() > 0:
        raise OnetError(
            f"none of the {usage.height:,} tasks of the usage table is both used and among the "
            f"{statements.height:,} statements of this O*NET release; give a table such as the "
            "Economic Index's task_pct_v2.csv."
        )
    smoothed = np.log(_spread(shares / shares.sum(), vectors) + FLOOR)
    prior: np.ndarray = smoothed.astype(np.float32)
    return prior


def _spread(shares: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    nearest = min(N_NEAREST, len(vectors))
    spread = np.empty(len(vectors))
    for start in range(0, len(vectors), BLOCK):
        similarity = vectors[start : start + BLOCK] @ vectors.T
        places = np.argpartition(-similarity, nearest - 1, axis=1)[:, :nearest]
        closeness = np.take_along_axis(similarity, places, axis=1)
        weights = np.exp((closeness - 1) / TEMPERATURE)
        spread[start : start + BLOCK] = (weights * shares[places]).sum(axis=1) / weights.sum(axis=1)
    return spread
