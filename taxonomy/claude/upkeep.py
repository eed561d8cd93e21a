"""The ledger's upkeep: what it holds and cost, and ways to prune, copy and purge it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from taxonomy.claude.batch_rows import UNDER_WAY
from taxonomy.claude.ledger import FORMAT, Ledger
from taxonomy.claude.records import STATUSES
from taxonomy.errors import LedgerError
from taxonomy.run import full_disk_as_run_error

EXPORT_KIND = "taxonomy answers"
_KIND = ("stage", "model", "prompt_version")
DAY = 86_400.0


@dataclass(frozen=True)
class Spending:
    """What one stage of one run cost with one model."""

    run: str
    stage: str
    model: str
    requests: int
    answered: int
    under_way: int
    lost: int
    """Sent and maybe billed, without an answer."""
    input_tokens: int
    output_tokens: int
    usd: float
    """With what is under way or lost at the most that it can cost."""


def spending(ledger: Ledger, run: str | None = None) -> list[Spending]:
    """What was spent, by run, stage and model."""
    where = "WHERE state <> 'imported'" + (" AND run = ?" if run is not None else "")
    values = [] if run is None else [run]
    rows = ledger.rows(
        "SELECT run, stage, model, COUNT(*), SUM(state = 'answered'), SUM(state = 'sent'), "
        "SUM(state = 'lost'), "
        "COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0), "
        "SUM(CASE state WHEN 'sent' THEN reserved ELSE usd END) "
        f"FROM attempts {where} GROUP BY run, stage, model ORDER BY run, stage, model",
        *values,
    )
    return [Spending(*row) for row in rows]


def status_counts(ledger: Ledger) -> dict[str, int]:
    """Status -> answers that have it."""
    return dict(ledger.rows("SELECT status, COUNT(*) FROM answers GROUP BY status ORDER BY status"))


def failures(ledger: Ledger) -> list[tuple[str, str, str, int]]:
    """Status or state, stage, reason and number of what brought no answer, commonest first."""
    faulty = ledger.rows(
        "SELECT a.status, t.stage, a.detail, COUNT(DISTINCT a.key) FROM answers a "
        "JOIN attempts t ON t.key = a.key WHERE a.status NOT IN ('ok', 'received') "
        "GROUP BY a.status, t.stage, a.detail"
    )
    lost = ledger.rows(
        "SELECT 'lost', stage, error, COUNT(*) FROM attempts WHERE state = 'lost' "
        "GROUP BY stage, error"
    )
    return sorted([*faulty, *lost], key=lambda row: (-row[3], row))


def prune(
    ledger: Ledger,
    *,
    older_than_days: float | None = None,
    statuses: Sequence[str] = (),
    prompt_versions: Sequence[str] = (),
) -> int:
    """The number of answers taken out, which will be asked and paid for again when needed.

    An answer goes where every condition that is given holds; none given is an error. What was
    spent stays on the books.

    Raises
    ------
    LedgerError
        No condition is given, or a status does not exist.
    """
    if unknown := set(statuses) - set(STATUSES):
        raise LedgerError(
            f"there is no status {', '.join(sorted(unknown))}; they are {', '.join(STATUSES)}."
        )
    tests: list[tuple[str, list[Any]]] = []
    if older_than_days is not None:
        tests.append(("at < ?", [time.time() - older_than_days * DAY]))
    if statuses:
        tests.append((f"status IN ({_marks(statuses)})", [*statuses]))
    if prompt_versions:
        inner = f"SELECT key FROM attempts WHERE prompt_version IN ({_marks(prompt_versions)})"
        tests.append((f"key IN ({inner})", [*prompt_versions]))
    if not tests:
        raise LedgerError("say what to prune: by age, by status or by prompt version.")
    where = " AND ".join(test for test, _ in tests)
    values = [value for _, given in tests for value in given]
    n = ledger.write(f"DELETE FROM answers WHERE {where}", *values)
    ledger.compact()
    return n


def purge(ledger: Ledger, conversation_ids: Sequence[str]) -> int:
    """The number of answers removed: every one whose request held words of these conversations.

    The file is rewritten, so that what is gone cannot be read from its free pages. What was spent
    stays on the books, without a key that could tell for what.

    Raises
    ------
    LedgerError
        Another process asks, or a batch that may hold such a request is under way: its answer
        would come in afterwards.
    """
    with ledger.alone():
        return _purge(ledger, conversation_ids)


def _purge(ledger: Ledger, conversation_ids: Sequence[str]) -> int:
    keys: set[bytes] = set()
    for one in conversation_ids:
        rows = ledger.rows("SELECT key FROM subjects WHERE conversation_id = ?", one)
        keys |= {key for (key,) in rows}
    if n_open := len(keys & ledger.under_way()):
        raise LedgerError(
            f"{n_open:,} requests that hold words of these conversations are under way; finish the "
            "run, or cancel its batches (taxonomy answers cancel) and finish it, then purge."
        )
    n_before = ledger.rows("SELECT COUNT(*) FROM answers")[0][0]
    with ledger.transaction():
        for statement in (
            "DELETE FROM answers WHERE key = ?",
            "DELETE FROM subjects WHERE key = ?",
            "UPDATE attempts SET key = NULL, error = NULL, request_id = NULL WHERE key = ?",
        ):
            ledger.write_many(statement, ((key,) for key in sorted(keys)))
    ledger.compact()
    return int(n_before - ledger.rows("SELECT COUNT(*) FROM answers")[0][0])


def abandon(ledger: Ledger, names: Sequence[str]) -> int:
    """The number of requests whose batches were given up: written off as paid and lost.

    A run that needs them asks, and pays, again.

    Parameters
    ----------
    names : batches under way, as the server calls them or by their mark in the ledger

    Raises
    ------
    LedgerError
        Another process asks, or there is no such batch under way; then nothing is given up.
    """
    found = {}
    with ledger.alone(), ledger.transaction():
        for name in names:
            rows = ledger.rows(
                f"SELECT id FROM batches WHERE state IN {UNDER_WAY} AND ? IN (server_id, mark)",
                name,
            )
            if not rows:
                raise LedgerError(f"no batch {name} is under way; nothing was given up.")
            found[name] = rows[0][0]
        n = 0
        for number in found.values():
            ledger.write("UPDATE batches SET state='abandoned' WHERE id=?", number)
            n += ledger.write(
                "UPDATE attempts SET state='lost', usd=reserved, error='its batch was given up' "
                "WHERE batch=? AND state='sent'",
                number,
            )
    return n


def export_answers(ledger: Ledger, file: Path) -> int:
    """Write every answer to a JSON Lines file, private to its owner; their number.

    Whoever imports it can repeat the runs without a key. It holds what Claude said of
    conversations, so it is as private as the ledger.
    """
    n = 0
    partial = file.with_name(f".{file.name}.partial")
    try:
        with full_disk_as_run_error(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            # Never open to others, not even while it is written.
            handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with open(handle, "w", encoding="utf-8", newline="\n") as stream:  # noqa: PTH123
                stream.write(json.dumps({"kind": EXPORT_KIND, "format": FORMAT}) + "\n")
                for row in _exported(ledger):
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                    n += 1
            partial.replace(file)
    except OSError as error:
        raise LedgerError(f"cannot write {file}: {error.strerror}; give another file.") from error
    return n


def import_answers(ledger: Ledger, file: Path) -> int:
    """The number of answers taken in from an export; those that are there already stay.

    Raises
    ------
    LedgerError
        The file is no export, or a line of it is damaged; then nothing is taken in.
    """
    n_before = ledger.rows("SELECT COUNT(*) FROM answers")[0][0]
    try:
        with file.open(encoding="utf-8") as stream, ledger.transaction():
            head = json.loads(next(stream, "null"))
            if head != {"kind": EXPORT_KIND, "format": FORMAT}:
                raise ValueError("it does not begin like an export of answers")
            for line in stream:
                _import_row(ledger, _Row.model_validate_json(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            f"cannot import {file}: {error}; expected a file that `taxonomy answers export` wrote. "
            "Nothing was imported."
        ) from error
    return int(ledger.rows("SELECT COUNT(*) FROM answers")[0][0] - n_before)


def _exported(ledger: Ledger) -> Iterator[dict[str, Any]]:
    about = "SELECT conversation_id FROM subjects s WHERE s.key = a.key ORDER BY 1"
    kinds = "SELECT json_array(stage, model, prompt_version) FROM attempts t WHERE t.key = a.key"
    names = ("status", "step", "text", "detail", "at")
    for key, subjects, kind, *facts in ledger.stream(
        f"SELECT key, (SELECT json_group_array(conversation_id) FROM ({about})), "
        f"({kinds} LIMIT 1), {', '.join(names)} FROM answers a ORDER BY key"
    ):
        row = dict(zip(names, facts, strict=True))
        told = dict(zip(_KIND, json.loads(kind or '["", "", ""]'), strict=True))
        yield {"key": key.hex(), **row, **told, "conversation_ids": json.loads(subjects)}


class _Row(BaseModel):
    """A line of an export."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(pattern="^[0-9a-f]{64}$")
    status: Literal["ok", "refused", "truncated", "invalid", "errored", "expired", "received"]
    step: Literal["first", "longer", "repair"]
    text: str
    detail: str
    at: float
    stage: str
    model: str
    prompt_version: str
    conversation_ids: list[str]


def _import_row(ledger: Ledger, row: _Row) -> None:
    key = bytes.fromhex(row.key)
    is_new = ledger.write(
        "INSERT INTO answers(key, status, step, text, detail, at) VALUES (?,?,?,?,?,?) "
        "ON CONFLICT(key) DO NOTHING",
        key, row.status, row.step, row.text, row.detail, row.at,
    )  # fmt: skip
    if is_new:  # what kind of request it was; it has cost nothing here
        ledger.write(
            "INSERT INTO attempts(key, run, stage, model, prompt_version, step, state, reserved, "
            "usd, sent_at) VALUES (?, 'imported', ?, ?, ?, ?, 'imported', 0, 0, ?)",
            key, row.stage, row.model, row.prompt_version, row.step, row.at,
        )  # fmt: skip
    ledger.note_subjects((one, key) for one in row.conversation_ids)


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))
