"""A table of conversations in, some rows at a time out, so that a million need little memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

BATCH_ROWS = 50_000


def read_batches(table: Path) -> Iterator[pl.DataFrame]:
    """The conversations of a Parquet file in their order; at least one batch, maybe empty."""
    rows = pl.scan_parquet(table)
    total = rows.select(pl.len()).collect().item()
    for start in range(0, max(total, 1), BATCH_ROWS):
        yield rows.slice(start, BATCH_ROWS).collect()
