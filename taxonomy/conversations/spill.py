"""Lines in, the same lines out by bucket, in bounded memory.

A line goes to the bucket that the first bits of its hash name, so all lines with one hash meet in
one bucket and the buckets are in the order of the hashes. What does not fit in memory waits in
one file a bucket; whether it did changes nothing in what comes out.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

N_BUCKETS = 64
MEMORY_BYTES = 64 * 2**20


def stable_hash(text: str | bytes) -> str:
    """Sixteen hex digits that depend on the text alone, on every machine and in every version."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def bucket_of(key: str) -> int:
    """The bucket of a `stable_hash`: its first bits, so that buckets are in the hashes' order."""
    return int(key[:2], 16) * N_BUCKETS // 256


class Spill:
    """Lines by bucket; a context manager that removes its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[list[bytes]] = [[] for _ in range(N_BUCKETS)]
        self._n_waiting_bytes = 0

    def __enter__(self) -> Spill:
        self._remove()  # what a killed run may have left
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def add(self, key: str, line: bytes) -> None:
        """Put a line, without its line end, into the bucket of a `stable_hash`."""
        self._waiting[bucket_of(key)].append(line)
        self._n_waiting_bytes += len(line)
        if self._n_waiting_bytes > MEMORY_BYTES:
            self._flush()

    def buckets(self) -> Iterator[bytes]:
        """The lines of each bucket that has any, in the order in which they were added."""
        for number, waiting in enumerate(self._waiting):
            file = self._file(number)
            spilled = file.read_bytes() if file.exists() else b""
            lines = spilled + b"".join(line + b"\n" for line in waiting)
            if lines:
                yield lines

    def _flush(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for number, waiting in enumerate(self._waiting):
            with self._file(number).open("ab") as file:
                file.writelines(line + b"\n" for line in waiting)
            waiting.clear()
        self._n_waiting_bytes = 0

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:02d}.jsonl"

    def _remove(self) -> None:
        if self._folder.exists():
            shutil.rmtree(self._folder)
