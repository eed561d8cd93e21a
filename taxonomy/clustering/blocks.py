"""A function over rows in, its results block by block out: the one place that uses threads.

Every matrix product runs on one BLAS thread, on a block of rows whose bounds depend on the number
of rows alone, and results come back in the order of the blocks. So what is computed, to the last
bit, does not depend on how many threads compute it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

BLOCK_ROWS = 8_192
TILE_ROWS = 512
"""Rows of one product: 512 x 630 similarities stay in the second-level cache of a core."""

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class DistinctRows:
    """Which rows of a table of vectors are equal, byte for byte."""

    first: np.ndarray
    """Shape (n_distinct,): the first row that holds each distinct vector, ascending."""
    inverse: np.ndarray
    """Shape (n,): for each row its place in `first`."""
    counts: np.ndarray
    """Shape (n_distinct,): rows that hold each distinct vector."""


def map_in_order(function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
    """Results of a function over tasks, in the tasks' order, on as many threads as BLAS may use."""
    # What BLAS may use now, so that OPENBLAS_NUM_THREADS and threadpool_limits are honoured.
    n_threads = max((library["num_threads"] for library in _blas().info()), default=1)
    with one_blas_thread(), ThreadPoolExecutor(n_threads) as pool:
        yield from pool.map(function, tasks)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside, a matrix product runs on one thread, so that its rounding is always the same."""
    with _blas().limit(limits=1):
        yield


def row_blocks(n_rows: int, *, block_rows: int = BLOCK_ROWS) -> list[slice]:
    """Consecutive slices that cover `n_rows` rows."""
    starts = range(0, n_rows, block_rows)
    return [slice(start, min(start + block_rows, n_rows)) for start in starts]


def distinct_rows(vectors: np.ndarray) -> DistinctRows:
    """The distinct rows of `vectors`, shape (n, d), told apart by a 64-bit hash of their bytes.

    Two different rows among a million share a hash with probability 3e-8. Which rows are equal is
    all that is kept of the hashes, so that they differ from process to process does not matter.
    """
    hashes = np.empty(len(vectors), dtype=np.int64)
    for rows in row_blocks(len(vectors)):
        hashes[rows] = [hash(row.tobytes()) for row in vectors[rows]]
    _, first, inverse, counts = np.unique(
        hashes, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return DistinctRows(first[order], place[inverse], counts[order])


@cache
def _blas() -> ThreadpoolController:
    # Found once: numpy's BLAS is loaded with numpy, and looking for libraries takes milliseconds.
    return ThreadpoolController().select(user_api="blas")
