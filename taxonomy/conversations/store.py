"""Checked conversations in, frames of them by bucket out, in bounded memory.

A conversation goes to the bucket of its id's hash, with its place in the input. What does not fit
in memory waits in Arrow files; whether it did changes nothing in what comes out.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

import polars as pl

from taxonomy.conversations.records import Record
from taxonomy.conversations.schema import CONVERSATIONS
from taxonomy.conversations.spill import MEMORY_BYTES, N_BUCKETS, bucket_of, stable_hash

_FACTS: Final = {
    **{name: CONVERSATIONS[name] for name in Record._fields if name in CONVERSATIONS},
    "created_at": pl.Int64,
    "n_cut": pl.Int64,
    "key": pl.String,
    "digest": pl.String,
    "order": pl.Int64,
    "source": pl.Int64,
    "line": pl.Int64,
    "bucket": pl.Int64,
}
_N_FACTS = Record._fields.index("roles")
# A character that cleaning removes from every text, so it cannot be part of one.
_SEPARATOR = "\x1f"


class Store:
    """Conversations by bucket; a context manager that removes its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting = _Waiting()
        self._n_added = 0
        self._n_flushes = 0
        self._seen: Counter[int] = Counter()

    def __enter__(self) -> Self:
        self._remove()  # what a killed run may have left
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def add(self, record: Record, *, source: int, line: int) -> None:
        """Put a conversation into the bucket of its id.

        One without an id is named by the hash of its messages and the number of times that they
        were seen: the same wherever the file lies, and however it is cut into files.
        """
        digest = stable_hash(_SEPARATOR.join([*record.roles, *record.contents]))
        own_id = record.conversation_id or self._next_id(digest)
        key = stable_hash(own_id)
        facts = (own_id, *record[1:_N_FACTS], key, digest, self._n_added, source, line)
        self._waiting.add((*facts, bucket_of(key)), record)
        self._n_added += 1
        if self._waiting.n_characters > MEMORY_BYTES:
            self._flush()

    def buckets(self) -> Iterator[pl.DataFrame]:
        """The conversations of each bucket that has any, in the order in which they were added."""
        waiting = self._waiting.by_bucket()
        for bucket in range(N_BUCKETS):
            files = [self._file(bucket, flush) for flush in range(self._n_flushes)]
            parts = [pl.read_ipc(file) for file in files if file.exists()]
            parts += [waiting.pop(bucket)] if bucket in waiting else []
            if parts:
                yield pl.concat(parts)

    def _next_id(self, digest: str) -> str:
        seen = int(digest, 16)
        self._seen[seen] += 1
        return f"{digest}-{self._seen[seen]}"

    def _flush(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for bucket, frame in self._waiting.by_bucket().items():
            frame.write_ipc(self._file(bucket, self._n_flushes), compression="uncompressed")
        self._waiting = _Waiting()
        self._n_flushes += 1

    def _file(self, bucket: int, flush: int) -> Path:
        return self._folder / f"{bucket:02d}-{flush:05d}.arrow"

    def _remove(self) -> None:
        if self._folder.exists():
            shutil.rmtree(self._folder)


class _Waiting:
    """Conversations in memory as flat lists, from which frames are made quickly."""

    def __init__(self) -> None:
        self.n_characters = 0
        self._facts: list[tuple[Any, ...]] = []
        self._conversation: list[int] = []
        self._roles: list[str] = []
        self._contents: list[str] = []

    def add(self, facts: tuple[Any, ...], record: Record) -> None:
        """Take a conversation: its facts in the order of `_FACTS`, and its messages."""
        self._conversation.extend([len(self._facts)] * len(record.roles))
        self._roles.extend(record.roles)
        self._contents.extend(record.contents)
        self._facts.append(facts)
        self.n_characters += sum(map(len, record.contents))

    def by_bucket(self) -> dict[int, pl.DataFrame]:
        """Bucket -> its conversations, in the order in which they were added."""
        if not self._facts:
            return {}
        columns = zip(_FACTS, zip(*self._facts, strict=True), strict=True)
        frame = pl.DataFrame(dict(columns), schema=_FACTS).with_columns(self._messages())
        parts = frame.partition_by("bucket", as_dict=True, include_key=False)
        return {bucket: part for (bucket,), part in parts.items()}

    def _messages(self) -> pl.Series:
        flat = {"i": self._conversation, "role": self._roles, "content": self._contents}
        grouped = pl.DataFrame(flat).group_by("i", maintain_order=True)
        return grouped.agg(messages=pl.struct("role", "content"))["messages"]
