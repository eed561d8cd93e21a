"""Members and vectors in, what Claude is shown of each cluster out: some inside, some just outside.

A random sample says what a cluster is about; those nearest to its centre among the others say
where it ends (Clio, appendix G.5). A user is heard once in each list, and a text is shown once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from taxonomy.claude.untrusted import scrub
from taxonomy.clustering.blocks import map_in_order, row_blocks

N_MEMBERS = 50
N_OUTSIDERS = 50
MAX_CHARACTERS = 400
"""More of a summary is not shown."""
CANDIDATES = 4
"""Nearest outsiders looked at for each that is shown, since some are of one user."""


@dataclass(frozen=True)
class Sample:
    """Summaries of a cluster and of its surroundings, and whose they are."""

    members: tuple[str, ...]
    outsiders: tuple[str, ...]
    conversation_ids: tuple[str, ...]


class _Rows(NamedTuple):
    """The members as plain lists, row i of the vectors being member i."""

    ids: list[str]
    users: list[str]
    texts: list[str]


def sample_clusters(
    members: pl.DataFrame, vectors: np.ndarray, centers: np.ndarray, *, random_state: int
) -> dict[int, Sample]:
    """What is shown of each cluster that has members with a request.

    Parameters
    ----------
    members : conversation_id, user_id (null: its own user), request, cluster (below 0: in none)
    vectors : (n, d) float32 unit vectors, row i of member i; read block by block
    centers : (k, d) float32 unit vectors
    """
    rows = _rows(members)
    labels = members["cluster"].fill_null(-1).to_numpy()
    order = np.argsort(np.asarray(rows.ids), kind="stable")
    first = _first_of_text(rows.texts, order)
    near = nearest_outsiders(vectors, labels, centers, usable=first, n=CANDIDATES * N_OUTSIDERS)
    samples = {}
    for cluster, inside in _rows_by_cluster(labels, order).items():
        drawn = np.random.default_rng([random_state, cluster]).permutation(inside)
        own = _heard_once(drawn, rows, most=N_MEMBERS)
        others = _heard_once(near[cluster], rows, most=N_OUTSIDERS)
        if own:
            shown = [rows.ids[row] for row in (*own, *others)]
            samples[cluster] = Sample(_texts(own, rows), _texts(others, rows), tuple(shown))
    return samples


def nearest_outsiders(
    vectors: np.ndarray, labels: np.ndarray, centers: np.ndarray, *, usable: np.ndarray, n: int
) -> np.ndarray:
    """Rows nearest to each centre among those of other clusters, shape (k, n), nearest first.

    Where fewer rows are usable, the places at the end hold -1.

    Parameters
    ----------
    usable : (n_rows,) bool; other rows are passed over
    """
    centers = np.asarray(centers, dtype=np.float32)
    found = np.full((len(centers), n), -1, np.int64)
    similarity = np.full((len(centers), n), -np.inf, np.float32)

    def nearest_of(block: slice) -> tuple[np.ndarray, np.ndarray]:
        near = np.asarray(vectors[block] @ centers.T).T
        near[:, ~usable[block]] = -np.inf
        own = labels[block]
        assigned = np.flatnonzero(own >= 0)
        near[own[assigned], assigned] = -np.inf
        best = np.argpartition(-near, min(n, near.shape[1]) - 1, axis=1)[:, :n]
        return best + block.start, np.take_along_axis(near, best, axis=1)

    for block in map_in_order(nearest_of, row_blocks(len(vectors))):
        rows = np.concatenate([found, block[0]], axis=1)
        near = np.concatenate([similarity, block[1]], axis=1)
        order = np.lexsort((rows, -near), axis=1)[:, :n]
        found = np.take_along_axis(rows, order, axis=1)
        similarity = np.take_along_axis(near, order, axis=1)
    return np.where(np.isfinite(similarity), found, -1)


def _rows(members: pl.DataFrame) -> _Rows:
    # The prefixes keep user ids and conversation ids apart.
    own = pl.concat_str(pl.lit("conversation:"), "conversation_id")
    user = pl.coalesce(pl.concat_str(pl.lit("user:"), "user_id"), own)
    text = pl.col("request").fill_null("").str.strip_chars().str.slice(0, MAX_CHARACTERS)
    table = members.select("conversation_id", user=user, text=text)
    return _Rows(*(table[column].to_list() for column in ("conversation_id", "user", "text")))


def _first_of_text(texts: list[str], order: np.ndarray) -> np.ndarray:
    """Which rows are the first of their text, blank ones never."""
    seen = {""}
    first = np.zeros(len(texts), dtype=bool)
    for row in order:
        first[row] = texts[row] not in seen
        seen.add(texts[row])
    return first


def _rows_by_cluster(labels: np.ndarray, order: np.ndarray) -> Mapping[int, np.ndarray]:
    """The rows of each cluster, in a fixed order."""
    sorted_rows = order[np.argsort(labels[order], kind="stable")]
    clusters, starts = np.unique(labels[sorted_rows], return_index=True)
    parts = dict(zip(clusters.tolist(), np.split(sorted_rows, starts[1:]), strict=True))
    parts.pop(-1, None)
    return parts


def _heard_once(candidates: Iterable[int], rows: _Rows, *, most: int) -> list[int]:
    """The first rows whose user and text are new."""
    users: set[str] = set()
    texts = {""}
    kept: list[int] = []
    for row in map(int, candidates):
        if len(kept) == most:
            break
        if row >= 0 and rows.users[row] not in users and rows.texts[row] not in texts:
            users.add(rows.users[row])
            texts.add(rows.texts[row])
            kept.append(row)
    return kept


def _texts(kept: list[int], rows: _Rows) -> tuple[str, ...]:
    # A request that the input brought may be anybody's raw words.
    return tuple(scrub(rows.texts[row]) for row in kept)
