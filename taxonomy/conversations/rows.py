"""An open file -> its rows, one at a time, whatever the container.

In come decoded text streams (bytes that are no UTF-8 stand as lone surrogates, as Python's
`surrogateescape` leaves them), Parquet files and frames; out come rows with their line.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import polars as pl

from taxonomy.conversations.schema import BadFile, BadRow, Entry

CHUNK_CHARACTERS = 4 * 2**20
CHUNK_ROWS = 10_000

_UNDECODED = re.compile("[\udc80-\udcff]")
_BETWEEN_ITEMS = re.compile(r"[\s,]*")
# Sloppy writers leave raw tabs and line ends in strings: read them, cleaning comes later.
_JSON = json.JSONDecoder(strict=False)


def jsonl_rows(stream: TextIO) -> Iterator[Entry]:
    """The objects of a JSON Lines file and their lines; blank lines are no rows."""
    for number, line in enumerate(stream, start=1):
        if not line.isspace():
            yield number, _parse_line(line)


def json_rows(stream: TextIO) -> Iterator[Entry]:
    """The one object of a JSON file as its only row."""
    text = stream.read()
    try:
        value = _JSON.decode(text)
    except (ValueError, RecursionError) as error:
        raise BadFile("the file is not valid JSON") from error
    yield 1, _as_row(value, is_decoded=not _UNDECODED.search(text))


def array_rows(stream: TextIO) -> Iterator[Entry]:
    """The objects of a JSON array and their numbers, without holding the whole array."""
    text = stream.read(CHUNK_CHARACTERS)
    place = text.index("[") + 1
    number = 0
    while True:
        start = _item_start(text, place)
        if text.startswith("]", start):
            return
        try:
            value, place = _JSON.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            text, place = _with_more(text[start:], stream, error=error, shift=start), 0
            continue
        number += 1
        is_decoded = text.isascii() or not _UNDECODED.search(text, start, place)
        yield number, _as_row(value, is_decoded=is_decoded)


def csv_rows(stream: TextIO, *, delimiter: str) -> Iterator[Entry]:
    """The rows of a table with a header line; an empty cell is null.

    Where quoting is damaged, every line that the damaged row swallowed counts as a bad row.
    """
    csv.field_size_limit(sys.maxsize)  # the default of 128 KiB is less than one long message
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    header = next(reader, [])
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            bad = BadRow("damaged CSV quoting")
            yield from ((swallowed, bad) for swallowed in range(line, reader.line_num + 1))
            continue
        if cells:
            yield line, _table_row(header, cells)


def parquet_rows(path: Path) -> Iterator[Entry]:
    """The rows of a Parquet file and their numbers."""
    try:
        batches = pl.scan_parquet(path).collect_batches(
            chunk_size=CHUNK_ROWS, maintain_order=True, engine="streaming"
        )
        yield from _numbered(batches)
    except pl.exceptions.PolarsError as error:
        raise BadFile("the Parquet data are damaged here") from error


def frame_rows(frame: pl.DataFrame) -> Iterator[Entry]:
    """The rows of a frame and their numbers."""
    return _numbered(frame.iter_slices(CHUNK_ROWS))


def _item_start(text: str, place: int) -> int:
    between = _BETWEEN_ITEMS.match(text, place)
    return between.end() if between else place


def _with_more(text: str, stream: TextIO, *, error: Exception, shift: int) -> str:
    """The text and what follows it, if the error can come from where the text was cut."""
    is_cut = isinstance(error, json.JSONDecodeError) and (
        error.msg.startswith("Unterminated string") or error.pos - shift >= len(text) - 16
    )
    if not is_cut:
        raise BadFile(f"the JSON array is damaged here ({type(error).__name__})") from error
    more = stream.read(max(CHUNK_CHARACTERS, len(text)))
    if not more:
        raise BadFile("the JSON array is cut off here") from error
    return text + more


def _numbered(frames: Iterator[pl.DataFrame]) -> Iterator[Entry]:
    rows = chain.from_iterable(frame.iter_rows(named=True) for frame in frames)
    return enumerate(rows, start=1)


def _parse_line(line: str) -> Any:
    if not line.isascii() and _UNDECODED.search(line):
        return BadRow("not UTF-8")
    try:
        value = _JSON.decode(line)
    except (ValueError, RecursionError):
        return BadRow("not valid JSON")
    return _as_row(value, is_decoded=True)


def _as_row(value: Any, *, is_decoded: bool) -> Any:
    if not is_decoded:
        return BadRow("not UTF-8")
    return value if isinstance(value, dict) else BadRow("not a JSON object")


def _table_row(header: Sequence[str], cells: Sequence[str]) -> Any:
    if len(cells) != len(header):
        return BadRow(f"{len(cells)} cells under a header of {len(header)}")
    if any(not cell.isascii() and _UNDECODED.search(cell) for cell in cells):
        return BadRow("not UTF-8")
    return {name: cell or None for name, cell in zip(header, cells, strict=True)}
