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

from taxonomy.claude.batch_api import BatchApi, BrokenResults
from taxonomy.claude.ledger import RECEIVED, Outcome
from taxonomy.claude.session import MAX_TRIES, Session

KEY_DIGITS = 40
COMMIT_EVERY = 500
READINGS = 3
EXPIRY_TRIES = MAX_TRIES // 3
"""An expiry costs a day, so fewer of them are borne than of other failures."""


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


def collect(session: Session, api: BatchApi, number: int, mark: str, server_id: str) -> int:
    """Book every result of a batch; the number of messages that came.

    Parameters
    ----------
    number : of the batch in the ledger; server_id is its name at the server

    Raises
    ------
    NotOurs
        The results have other names than ours.
    """
    n_messages = 0
    for _ in range(READINGS):
        items = open_items(session, number, mark)
        try:
            for part in _parts(api.results(server_id)):
                n_messages += _book(session, items, part, mark)
            break
        except BrokenResults as error:
            session.say(f"reading the results of {server_id} again: {error}")
    for item in open_items(session, number, mark).values():
        outcome = Outcome("lost", item.reserved, error="missing from the results of its batch")
        with session.ledger.transaction():
            _settle(session, item, outcome)
            session.count_failure(item.key, "errored", outcome.error)
    return n_messages


def is_ours(api: BatchApi, mark: str, server_id: str) -> bool:
    """Whether the first result of a batch that ended bears our mark."""
    try:
        with closing(api.results(server_id)) as results:
            first = next(results, {})
    except BrokenResults:
        return False
    return str(first.get("custom_id", "")).startswith(f"{mark}-")


def open_items(session: Session, number: int, mark: str) -> dict[str, Item]:
    """Custom id -> the request of the batch whose fate is open."""
    query = "SELECT id, key, step, model, reserved, run FROM attempts WHERE batch=?"
    rows = session.ledger.rows(f"{query} AND state='sent' AND key IS NOT NULL", number)
    return {custom_id(mark, row[1]): Item(*row) for row in rows}


def write_off(session: Session, number: int, mark: str, why: str) -> int:
    """Count every open request of a batch as paid and lost; their number."""
    items = open_items(session, number, mark)
    with session.ledger.transaction():
        for item in items.values():
            _settle(session, item, Outcome("lost", item.reserved, error=why))
            session.count_failure(item.key, "errored", why)
    return len(items)


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
    session: Session, items: Mapping[str, Item], results: list[dict[str, Any]], mark: str
) -> int:
    n_messages = 0
    with session.ledger.transaction():
        for result in results:
            name = str(result.get("custom_id", ""))
            if not name.startswith(f"{mark}-"):
                raise NotOurs(name)
            if name in items:
                n_messages += _book_one(session, items[name], result.get("result"))
    return n_messages


def _book_one(session: Session, item: Item, result: object) -> bool:
    """Whether a message came."""
    result = result if isinstance(result, Mapping) else {}
    kind = result.get("type")
    if kind == "succeeded":
        message = result.get("message")
        outcome = session.outcome_of(message, item.model, batch=True, reserved=item.reserved)
        _settle(session, item, outcome)
        if outcome.state == "answered":
            text = json.dumps(message, ensure_ascii=False)
            session.ledger.store([(item.key, RECEIVED, item.step, text, "")])
            return True
        session.count_failure(item.key, "errored", outcome.error)
        return False
    if kind in {"errored", "expired", "canceled"}:
        _book_failure(session, item, str(kind), result)
        return False
    error = f"unknown kind of result {kind!r}"
    _settle(session, item, Outcome("lost", item.reserved, error=error))
    session.count_failure(item.key, "errored", error)
    return False


def _book_failure(session: Session, item: Item, kind: str, result: Mapping[str, Any]) -> None:
    detail, type_ = _error_of(result)
    _settle(session, item, Outcome("failed", error=detail or kind))
    if type_ == "invalid_request_error":
        session.give_up(item.key, detail)
        return
    for _ in range(EXPIRY_TRIES if kind == "expired" else 1):
        session.count_failure(
            item.key, "expired" if kind == "expired" else "errored", detail or kind
        )


def _error_of(result: Mapping[str, Any]) -> tuple[str, str]:
    error = result.get("error")
    inner = error.get("error") if isinstance(error, Mapping) else None
    if not isinstance(inner, Mapping):
        return "", ""
    type_ = str(inner.get("type") or "")
    return f"{type_}: {inner.get('message') or ''}", type_


def _settle(session: Session, item: Item, outcome: Outcome) -> None:
    session.ledger.close_attempts([(item.attempt, outcome)])
    if item.run == session.run:  # what another run reserved is not in our budget
        session.budget.settle(item.reserved, outcome.usd)
