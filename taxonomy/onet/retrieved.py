"""Conversations and a searched index in, the task of each out, by retrieval alone."""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.onet.crosswalk import N_CANDIDATES
from taxonomy.onet.index import TaskIndex
from taxonomy.onet.questions import ASSIGNED, NO_REQUEST, NONE
from taxonomy.onet.weights import agreement
from taxonomy.progress import progress

BLOCK = 4_096
LEAST_NONE = 0.5


def assign_by_retrieval(
    requests: pl.DataFrame, index: TaskIndex, *, vectors: np.ndarray | None = None
) -> pl.DataFrame:
    """The best candidate of each conversation, as `ASSIGNED`, in the order of the rows.

    "none" where the index finds it likelier that no task fits than that one does. `confidence` is
    the probability that the Economic Index's own mapping would name the same task
    (`weights.agreement`), or for "none" that nothing fits. Route `offline`, nobody asked.

    Parameters
    ----------
    requests : conversation_id, request; a null or empty request is flagged, never guessed
    vectors : (n, d) unit vectors of the requests, where they are known
    """
    known = requests["request"].fill_null("").str.strip_chars() != ""
    asked = requests.filter(known)
    if vectors is not None:
        vectors = vectors[np.flatnonzero(known.to_numpy())]
    with progress("search O*NET", total=asked.height, unit="queries"):
        parts = [
            _assign(
                asked.slice(start, BLOCK),
                index,
                None if vectors is None else vectors[start : start + BLOCK],
            )
            for start in range(0, asked.height, BLOCK)
        ]
    found = pl.concat(parts) if parts else pl.DataFrame(schema=ASSIGNED)
    rows = requests.select("conversation_id").join(
        found, on="conversation_id", how="left", maintain_order="left"
    )
    return rows.with_columns(
        route=pl.lit("offline"),
        flags=pl.when(~known).then(pl.lit(NO_REQUEST)),
        n_asked=pl.lit(0),
    ).select(pl.col(name).cast(kind) for name, kind in ASSIGNED.items())


def _assign(requests: pl.DataFrame, index: TaskIndex, vectors: np.ndarray | None) -> pl.DataFrame:
    queries = requests.select(query="conversation_id", text="request")
    found = index.candidates(queries, N_CANDIDATES, vectors=vectors).filter(pl.col("rank") == 1)
    kind = index.kind("request")
    is_none = pl.col("none_share") > LEAST_NONE
    agreed = agreement(pl.col("weight") * (1 - pl.col("none_share")), kind, "task")
    return found.select(
        conversation_id="query",
        statement=pl.when(is_none).then(pl.lit(NONE)).otherwise("statement"),
        confidence=pl.when(is_none).then("none_share").otherwise(agreed),
    )
