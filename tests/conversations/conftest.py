"""A small way to run the reader: files in, rows and report and bad rows out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from taxonomy.conversations import IngestReport, ingest_conversations
from taxonomy.settings import ConversationSettings


@dataclass(frozen=True)
class Read:
    frame: pl.DataFrame
    report: IngestReport
    rejected: list[dict]

    @property
    def rows(self) -> list[dict]:
        """By id, so that a test need not know the order of the hashes."""
        return sorted(self.frame.to_dicts(), key=lambda row: row["conversation_id"])

    @property
    def said(self) -> list[list[tuple[str, str]]]:
        return [[(m["role"], m["content"]) for m in row["messages"]] for row in self.rows]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return sorted((bad["line"], bad["reason"]) for bad in self.rejected)


@pytest.fixture
def ingest(tmp_path):
    def read(*paths: Path, **settings) -> Read:
        out, rejected = tmp_path / "out.parquet", tmp_path / "rejected.jsonl"
        report = ingest_conversations(paths, out, rejected, ConversationSettings(**settings))
        bad = [json.loads(line) for line in rejected.read_text(encoding="utf-8").splitlines()]
        return Read(pl.read_parquet(out), report, bad)

    return read


@pytest.fixture
def write(tmp_path):
    def write_bytes(data: bytes | str, name: str = "input") -> Path:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write_bytes
