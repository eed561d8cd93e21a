"""A batch that ended in, its results in the ledger out.

Messages are stored as they came, and read later beside their requests: a fault in our reading can
then never lose an answer that was paid for. A result is booked once, however often it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from taxonomy.claude.batch_api import BatchApi, BrokenResults, broken
from taxonomy.claude.batch_rows import Row
from taxonomy.claude.connection import Failure
from taxonomy.claude.entries import Outcome
from taxonomy.claude.ledger import RECEIVED
from taxonomy.claude.session import Session
from taxonomy.progress import advance

KEY_DIGITS = 40
COMMIT_EVERY = 500
EXPIRY_TRIES = 2
"""What an expiry counts for: it costs a day, so three of them are borne."""
LOST_TRIES = 3
"""What an answer counts for that was paid and is gone: it is asked for once more."""


class NotOurs(Exception):
    """The results belong to a batch that somebody else made."""


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a batch whose fate is open."""

    attempt: int
    key: bytes
    step: str
    model: str
    reserved: float
    run: str


def custom_id(mark: str, key: bytes) -> str:
    """What names a request in a batch: at most 64 characters, unique, and provably ours."""
    return f"{mark}-{key.hex()[:KEY_DIGITS]}"


def collect(session: Session, api: BatchApi, row: Row) -> int:
    """Book every result of a batch; the number of messages that came.

    Raises
    ------
    BrokenResults
        The stream broke off or lacks results; what came is booked, and reading again books the
        rest.
    NotOurs
        The batch was guessed to be ours, and its results have other names.
    """
    items = open_items(session, row.number, row.mark)
    n_messages = sum(
        _book(session, items, part, row) for part in _parts(api.results(str(row.server_id)))
    )
    if n_open := len(open_items(session, row.number, row.mark)):
        raise broken(f"{n_open:,} of {row.n:,} results are missing")
    return n_messages


def is_ours(api: BatchApi, mark: str, server_id: str) -> bool | Failure | None:
    """Whether the first result of a batch that ended bears our mark.

    None where there is no result to see it by, a failure where it cannot be read.
    """
    try:
        with closing(api.results(server_id)) as results:
            first = next(results, None)
    except BrokenResults as unread:
        return unread.failure
    return None if first is None else str(first["custom_id"]).startswith(f"{mark}-")


def open_items(session: Session, number: int, mark: str) -> dict[str, Item]:
    """Custom id -> the request of the batch whose fate is open."""
    query = "SELECT id, key, step, model, reserved, run FROM attempts WHERE batch=?"
    rows = session.ledger.rows(f"{query} AND state='sent' AND key IS NOT NULL", number)
    return {custom_id(mark, row[1]): Item(*row) for row in rows}


def _parts(results: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Results in groups; what came before a break is given out before the break is raised."""
    part: list[dict[str, Any]] = []
    try:
        for result in results:
            part.append(result)
            if len(part) == COMMIT_EVERY:
                yield part
                part = []
    except BrokenResults:
        yield part
        raise
    yield part


def _book(
    session: Session, items: Mapping[str, Item], results: list[dict[str, Any]], row: Row
) -> int:
    """Book some results; the number of messages among them."""
    failed: list[tuple[Item, str, Outcome, int]] = []
    closed: list[tuple[Item, Outcome]] = []
    n_messages = 0
    with session.ledger.transaction():
        for result in results:
            name = str(result["custom_id"])
            if not name.startswith(f"{row.mark}-"):
                raise broken(f"a result of another batch: {name}") if row.is_proven else NotOurs
            if item := items.get(name):
                kind, outcome, tries = _outcome(session, item, result.get("result"))
                session.ledger.close_attempts([(item.attempt, outcome)])
                closed.append((item, outcome))
                if outcome.state == "answered":
                    _store(session, item, result["result"]["message"])
                    n_messages += 1
                else:
                    failed.append((item, kind, outcome, tries))
    advance(n_messages, "answers")
    for item, outcome in closed:
        _settle(session, item, outcome)
    for item, kind, outcome, tries in failed:
        if kind == "malformed":
            session.give_up(item.key, outcome.error)
        else:
            session.count_failure(item.key, kind, outcome.error, tries=tries)
    return n_messages


def _store(session: Session, item: Item, message: object) -> None:
    # In ASCII, since a message may hold what SQLite does not take.
    session.ledger.store([(item.key, RECEIVED, item.step, json.dumps(message), "")])


def _outcome(session: Session, item: Item, result: object) -> tuple[str, Outcome, int]:
    """What became of a request: its status, what the books say, and what a failure counts for."""
    result = result if isinstance(result, Mapping) else {}
    kind = result.get("type")
    if kind == "succeeded":
        message = result.get("message")
        outcome = session.outcome_of(message, item.model, batch=True, reserved=item.reserved)
        return "errored", outcome, LOST_TRIES
    if kind not in {"errored", "expired", "canceled"}:
        error = f"unknown kind of result {kind!r}"
        return "errored", Outcome("lost", item.reserved, error=error), LOST_TRIES
    detail, type_ = _error_of(result)
    outcome = Outcome("failed", error=detail or str(kind))
    if type_ == "invalid_request_error":
        return "malformed", outcome, 1
    return ("expired", outcome, EXPIRY_TRIES) if kind == "expired" else ("errored", outcome, 1)


def _error_of(result: Mapping[str, Any]) -> tuple[str, str]:
    error = result.get("error")
    inner = error.get("error") if isinstance(error, Mapping) else None
    if not isinstance(inner, Mapping):
        return "", ""
    type_ = str(inner.get("type") or "")
    return f"{type_}: {inner.get('message') or ''}", type_


def _settle(session: Session, item: Item, outcome: Outcome) -> None:
    if item.run == session.run:  # what another run reserved is not in our budget
        session.budget.settle(item.reserved, outcome.usd)
