"""The buckets of checked conversations in; one sorted Parquet file without repeats out.

The first of several conversations with one id counts. One that says the same again is counted
and dropped; one that says something else is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from taxonomy.conversations.rejected import Rejected
from taxonomy.conversations.schema import CONVERSATIONS
from taxonomy.conversations.store import Store
from taxonomy.progress import track

ROW_GROUP_ROWS = 8_192


@dataclass
class Tally:
    """What was counted while the conversations were written."""

    n_conversations: int = 0
    n_duplicates: int = 0
    n_cut_messages: int = 0
    n_without_user_id: int = 0
    n_without_time: int = 0

    def count(self, written: pl.DataFrame) -> None:
        """Add conversations that are written."""
        self.n_conversations += written.height
        self.n_cut_messages += int(written["n_cut"].sum())
        self.n_without_user_id += written["user_id"].null_count()
        self.n_without_time += written["created_at"].null_count()


def write_settled(
    store: Store, out: Path, rejected: Rejected, *, names: Sequence[str], sample: int | None
) -> Tally:
    """Write the conversations of all buckets, sorted by the hash of their id, and count them.

    Parameters
    ----------
    names : the names of the sources, for `rejected`
    sample : write only this many, those with the lowest hashes
    """
    tally = Tally()

    def frames(*_: object) -> Iterator[pl.DataFrame]:
        settled = _sampled(_settled(store, rejected, names, tally), sample)
        yield from _row_groups(settled, tally)

    register_io_source(frames, schema=CONVERSATIONS).sink_parquet(
        out, row_group_size=ROW_GROUP_ROWS, compression="zstd", compression_level=1
    )
    return tally


def _settled(
    store: Store, rejected: Rejected, names: Sequence[str], tally: Tally
) -> Iterator[pl.DataFrame]:
    for unsorted in track(store.buckets(), "sort", unit="parts"):
        bucket = unsorted.sort("key", "conversation_id", "order")
        is_first = bucket["conversation_id"].is_first_distinct()
        if not is_first.all():
            again = _repeats(bucket).filter(~is_first).sort("order")
            tally.n_duplicates += int(again["says_the_same"].sum())
            _reject_others(again.filter(~pl.col("says_the_same")), rejected, names)
        yield bucket.filter(is_first)


def _repeats(bucket: pl.DataFrame) -> pl.DataFrame:
    first_digest = pl.col("digest").first().over("conversation_id")
    return bucket.with_columns(says_the_same=pl.col("digest") == first_digest)


def _reject_others(others: pl.DataFrame, rejected: Rejected, names: Sequence[str]) -> None:
    for source, line, own_id in others.select("source", "line", "conversation_id").iter_rows():
        rejected.add(names[source], line, "a known conversation id with other content", own_id)


def _sampled(frames: Iterator[pl.DataFrame], sample: int | None) -> Iterator[pl.DataFrame]:
    """The first rows up to the sample; the rest is read all the same, for its counts."""
    n_left = sample
    for frame in frames:
        kept = frame if n_left is None else frame.head(n_left)
        n_left = None if n_left is None else n_left - kept.height
        yield kept


def _row_groups(frames: Iterator[pl.DataFrame], tally: Tally) -> Iterator[pl.DataFrame]:
    """Frames of exactly one row group each, so that the file's bytes follow from its rows."""
    waiting = pl.DataFrame(schema=CONVERSATIONS)
    for frame in frames:
        tally.count(frame)
        waiting = pl.concat([waiting, frame.select(_as_schema())])
        while waiting.height >= ROW_GROUP_ROWS:
            yield waiting.head(ROW_GROUP_ROWS).rechunk()
            waiting = waiting.slice(ROW_GROUP_ROWS)
    if waiting.height:
        yield waiting.rechunk()


def _as_schema() -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in CONVERSATIONS.items()]
