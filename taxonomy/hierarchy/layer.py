"""The nodes of one level in, what the level above is built from out: texts, vectors, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from taxonomy.clustering import SphericalKMeans
from taxonomy.clustering.blocks import distinct_rows
from taxonomy.embedding import Encoder
from taxonomy.naming.asking import NodeText

NEIGHBORHOOD = 40
"""Nodes of a neighbourhood on average (Clio, appendix G.7)."""
N_OUTSIDERS = 10


@dataclass(frozen=True)
class Layer:
    """The nodes of one level."""

    texts: tuple[NodeText, ...]
    vectors: np.ndarray
    """(n, d) float32 unit vectors of the texts: what the nodes are called."""
    points: np.ndarray
    """(n, e) centres: what their members asked."""
    sizes: np.ndarray
    """(n,) conversations; 0 where the node will not be published."""
    weights: np.ndarray
    """(n,) clusters in the node."""

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def is_shown(self) -> np.ndarray:
        """(n,) whether Claude may see the node's text beside others: only if it is published."""
        return self.sizes > 0

    @cached_property
    def is_counted(self) -> np.ndarray:
        """(n,) whether the node counts as a child: those published, or all where none is."""
        return self.is_shown if self.is_shown.any() else np.ones(len(self), dtype=bool)


def embed(texts: Sequence[NodeText], encoder: Encoder) -> np.ndarray:
    """Unit vectors of names and descriptions, shape (n, d)."""
    return encoder.encode([f"{text.name}. {text.description}" for text in texts])


def neighborhoods(layer: Layer, *, random_state: int) -> list[np.ndarray]:
    """The rows of the published nodes, in groups of about 40 with like texts; none is empty."""
    rows = np.flatnonzero(layer.is_shown)
    vectors = np.ascontiguousarray(layer.vectors[rows], dtype=np.float32)
    wanted = round(len(rows) / NEIGHBORHOOD)
    n_groups = min(wanted, len(distinct_rows(vectors).first))
    if n_groups < 2:
        return [rows]
    labels = SphericalKMeans(n_groups, random_state=random_state).fit_predict(vectors)
    return [rows[labels == group] for group in range(n_groups)]


def nearest_outside(layer: Layer, rows: np.ndarray) -> np.ndarray:
    """The 10 published nodes nearest to a group's mean that are not in it, nearest first."""
    mean = layer.vectors[rows].mean(axis=0)
    closeness = layer.vectors @ mean
    others = np.setdiff1d(np.flatnonzero(layer.is_shown), rows)
    return others[np.argsort(-closeness[others], kind="stable")][:N_OUTSIDERS]


def bounds(wanted: float, *, most: int | None = None) -> tuple[int, int]:
    """The fewest and the most nodes that pass for `wanted`: half and one and a half times it.

    Parameters
    ----------
    most : never more than this
    """
    upper = max(1, int(1.5 * wanted + 1e-9))
    upper = upper if most is None else min(upper, most)
    return max(1, min(int(0.5 * wanted + 1e-9), upper)), upper
