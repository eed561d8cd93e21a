"""Texts of O*NET in, their unit vectors out, kept in a folder so that they are made once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from taxonomy.embedding import Encoder, encode_texts

SHARD_SIZE = 2_048


def cached_vectors(texts: Sequence[str], encoder: Encoder, cache: Path) -> np.ndarray:
    """Shape (n_texts, d), float32, read from `cache` where the same encoder made them before.

    A file is named by the digest of the texts and the encoder, and is moved into place when whole;
    one that was damaged since is made again. A call that was broken off is taken up again.

    Raises
    ------
    EncoderError
        There is no text, or the encoder does not give unit vectors.
    """
    digest = hashlib.sha256("\0".join([encoder.identity, *texts]).encode()).hexdigest()[:32]
    file = cache / f"vectors-{digest}.npy"
    vectors = _read(file, len(texts))
    if vectors is None:
        # A folder of its own: what another call left unfinished is not ours to clear away.
        shards, partial = cache / f"shards-{digest}", cache / f".vectors-{digest}.npy"
        encode_texts(texts, encoder, partial, shard_size=SHARD_SIZE, shards=shards)
        partial.replace(file)
        shutil.rmtree(shards)
        vectors = np.load(file)
    return vectors


def mean_vectors(members: Sequence[Sequence[int]], vectors: np.ndarray) -> np.ndarray:
    """For each list of rows of `vectors` their mean at length 1; zeros for an empty list."""
    means = np.zeros((len(members), vectors.shape[1]), dtype=np.float32)
    for row, chosen in enumerate(members):
        if len(chosen):
            mean = vectors[list(chosen)].mean(axis=0)
            means[row] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return means


def _read(file: Path, n_texts: int) -> np.ndarray | None:
    """The vectors in a file; None where there is none, or it is not whole."""
    try:
        vectors: np.ndarray = np.load(file)
    except (OSError, EOFError, ValueError):
        return None
    return vectors if vectors.ndim == 2 and len(vectors) == n_texts else None
