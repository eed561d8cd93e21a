"""A path -> its sources: a name, and a way to read its rows from the start.

In come JSON Lines, JSON, CSV, TSV and Parquet files, plain or gzipped, and the zip files of
Claude.ai and ChatGPT exports. The container is told by the first bytes, never by the file's name.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, cast

import polars as pl

from taxonomy.conversations.rows import (
    array_rows,
    csv_rows,
    frame_rows,
    json_rows,
    jsonl_rows,
    parquet_rows,
)
from taxonomy.conversations.schema import BadFile, Entry
from taxonomy.errors import ConversationError

HEAD_BYTES = 2**20

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_UNSUPPORTED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ": "xz",
    b"BZh": "bzip2",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DATA_ENDINGS = (".json", ".jsonl", ".csv", ".tsv")

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Source:
    """Something with rows."""

    name: str
    """The file's name without its folder; in a zip file, with its place there."""
    entries: Callable[[], Iterator[Entry]]
    """Reads the rows from the start, each time that it is called."""


def open_sources(path: Path) -> list[Source]:
    """What a path holds: one source, or several for a zip file with several conversation files.

    Raises
    ------
    ConversationError
        There is no such file, it is empty, or it is in a container that is not read.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no file"
        raise ConversationError(f"there is {found} at {path}; give files of conversations.")
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(_ZIP):
        return _zip_sources(path)
    if magic.startswith(_PARQUET):
        return [_guarded(path.name, lambda: parquet_rows(path))]
    for start, kind in _UNSUPPORTED.items():
        if magic.startswith(start):
            raise ConversationError(f"{path} is {kind}-compressed; decompress it, or use gzip.")
    return [_guarded(path.name, lambda: _text_rows(_opener(path, magic)))]


def frame_source(frame: pl.DataFrame) -> Source:
    """A frame as a source, named `frame`."""
    return Source("frame", lambda: frame_rows(frame))


def _opener(path: Path, magic: bytes) -> Opener:
    if magic.startswith(_GZIP):
        return lambda: cast(BinaryIO, gzip.open(path, "rb"))
    return lambda: path.open("rb")


def _zip_sources(path: Path) -> list[Source]:
    with zipfile.ZipFile(path) as archive:
        files = sorted(name for name in archive.namelist() if name.endswith(_DATA_ENDINGS))
    exported = [name for name in files if PurePosixPath(name).name.startswith("conversations")]
    if not exported and len(files) != 1:
        raise ConversationError(
            f"{path} holds no conversations.json; found {', '.join(files[:8]) or 'no data file'}. "
            "Unpack it and give the files with conversations."
        )
    return [_zip_source(path, name) for name in exported or files]


def _zip_source(path: Path, member: str) -> Source:
    def open_member() -> BinaryIO:
        archive = zipfile.ZipFile(path)
        return cast(BinaryIO, archive.open(member))

    return _guarded(f"{path.name}/{member}", lambda: _text_rows(open_member))


def _guarded(name: str, entries: Callable[[], Iterator[Entry]]) -> Source:
    """A source whose damage is told with its name and how far it could be read."""

    def read() -> Iterator[Entry]:
        n_rows = 0
        try:
            for entry in entries():
                n_rows += 1
                yield entry
        except (BadFile, EOFError, OSError, zlib.error, zipfile.BadZipFile, UnicodeError) as error:
            what = error if isinstance(error, BadFile) else f"cannot be read on ({error})"
            raise ConversationError(
                f"{name}, after row {n_rows}: {what}. How much is lost is not known, so nothing "
                "was kept; fetch or export the file again."
            ) from error

    return Source(name, read)


def _text_rows(opener: Opener) -> Iterator[Entry]:
    with closing(io.BufferedReader(cast(io.RawIOBase, opener()), HEAD_BYTES)) as stream:
        head = stream.peek(HEAD_BYTES)
        encoding = "utf-16" if head.startswith(_UTF_16) else "utf-8-sig"
        errors = "strict" if encoding == "utf-16" else "surrogateescape"
        container = _container(head.decode(encoding, errors="replace"))
        newline = "" if container in ("csv", "tsv", "ssv") else "\n"
        text = io.TextIOWrapper(stream, encoding, errors=errors, newline=newline)
        yield from _read_container(text, container)


Container = Literal["array", "json", "jsonl", "csv", "tsv", "ssv"]
_DELIMITERS: dict[Container, str] = {"csv": ",", "tsv": "\t", "ssv": ";"}


def _read_container(text: io.TextIOWrapper, container: Container) -> Iterator[Entry]:
    if container == "array":
        return array_rows(text)
    if container == "json":
        return json_rows(text)
    if container == "jsonl":
        return jsonl_rows(text)
    return csv_rows(text, delimiter=_DELIMITERS[container])


def _container(head: str) -> Container:
    lines = [line.strip() for line in head.split("\n") if line.strip()][:20]
    first = lines[0] if lines else ""
    if first.startswith("["):
        return "array"
    n_objects = sum(map(_is_object, lines))
    # A first line may be damaged, and a message in a CSV file may hold a line of JSON.
    if n_objects > len(lines) // 2 or (first.startswith("{") and len(lines) == 1):
        return "jsonl"
    if first.startswith("{"):
        return "jsonl" if n_objects else "json"
    return max(_DELIMITERS, key=lambda kind: first.count(_DELIMITERS[kind]))


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False
