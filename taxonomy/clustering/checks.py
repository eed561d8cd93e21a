"""Vectors in, nothing out unless they cannot be clustered: then an error that says why."""

from __future__ import annotations

import numpy as np

from taxonomy.clustering.blocks import row_blocks
from taxonomy.errors import ClusteringError

UNIT_TOLERANCE = 1e-3


def check_vectors(vectors: np.ndarray) -> None:
    """Raise ClusteringError unless `vectors` is an (n, d) float32 array of unit vectors."""
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ClusteringError(
            f"found vectors of shape {vectors.shape} and type {vectors.dtype}, expected (n, d) "
            "float32; convert them with numpy.asarray(vectors, dtype=numpy.float32)."
        )
    for rows in row_blocks(len(vectors)):
        squared = np.einsum("ij,ij->i", vectors[rows], vectors[rows])
        # Written so that NaN counts as wrong.
        wrong = np.flatnonzero(~(np.abs(np.sqrt(squared) - 1) <= UNIT_TOLERANCE))
        if len(wrong):
            _raise_not_unit(rows.start + int(wrong[0]), float(np.sqrt(squared[wrong[0]])))


def check_enough_distinct(n_distinct: int, n: int, n_clusters: int) -> None:
    """Raise ClusteringError unless there are at least as many distinct vectors as clusters."""
    if n_distinct < n_clusters:
        raise ClusteringError(
            f"found {n_distinct:,} distinct vectors among {n:,}, expected at least one for each of "
            f"{n_clusters:,} clusters; ask for fewer (cluster.n_clusters) or give more "
            "conversations."
        )


def _raise_not_unit(row: int, length: float) -> None:
    what = f"has length {length:.4g}" if np.isfinite(length) else "holds NaN or infinity"
    raise ClusteringError(
        f"vector {row} {what}, expected length 1; embed it again, or leave it out."
    )
