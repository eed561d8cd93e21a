"""One message a row -> one conversation a thread.

In come the rows of a file in order; out come drafts of conversations. Rows meet by their
conversation id, or by their parent ids, or, where a file has neither, by their order: then a
user turn starts a thread and holds what follows it, up to the next one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from taxonomy.conversations.fields import read_flag, read_id, read_time
from taxonomy.conversations.messages import message_role
from taxonomy.conversations.records import known_facts
from taxonomy.conversations.schema import BadRow, Draft, Entry, Row
from taxonomy.conversations.spill import Spill, stable_hash
from taxonomy.conversations.trees import Node, best_path

THREAD_KEYS = ("conversation_id", "thread_id", "message_tree_id")
MESSAGE_KEYS = ("message_id", "id", "uuid")
PARENT_KEYS = ("parent_id", "parent_message_id")
PLACE_KEYS = ("message_index", "turn_index", "turn", "position")

Numbered: TypeAlias = tuple[int, Row]


def threads(
    entries: Callable[[], Iterator[Entry]], sample: Sequence[Row], spill: Spill
) -> Iterator[Draft]:
    """The drafts of a file of messages; a bad row comes out as it is.

    Parameters
    ----------
    entries : reads the file from its start, each time that it is called
    sample : the first rows of the file, which tell how its messages are tied together
    spill : where the messages of a thread meet; empty
    """
    if _any_value(sample, THREAD_KEYS):
        return _by_key(entries(), _thread_key, spill)
    if _any_value(sample, PARENT_KEYS):
        roots = _roots(entries())  # in memory: about 300 bytes a message
        return _by_key(entries(), lambda row: _root_key(row, roots), spill)
    return _by_order(entries())


def _by_order(entries: Iterable[Entry]) -> Iterator[Draft]:
    thread: list[Numbered] = []
    has_turn = False
    for line, row in entries:
        try:
            message, role = _message(row)
        except BadRow as bad:
            yield (line,), bad
            continue
        if role == "user" and has_turn:
            yield _draft(thread, [row for _, row in thread], key=None)
            thread, has_turn = [], False
        has_turn = has_turn or role != ""
        thread.append((line, message))
    if thread:
        yield _draft(thread, [row for _, row in thread], key=None)


def _by_key(
    entries: Iterable[Entry], key_of: Callable[[Row], str], spill: Spill
) -> Iterator[Draft]:
    for line, row in entries:
        try:
            message, _ = _message(row)
            key = key_of(message)
        except BadRow as bad:
            yield (line,), bad
            continue
        spill.add(stable_hash(key), json.dumps([key, line, message], default=str).encode())
    for lines in spill.buckets():
        yield from _bucket_drafts(lines)


def _bucket_drafts(lines: bytes) -> Iterator[Draft]:
    grouped: dict[str, list[Numbered]] = {}
    for stored in lines.splitlines():
        key, line, row = json.loads(stored)
        grouped.setdefault(key, []).append((line, row))
    for key, thread in grouped.items():
        yield _thread_draft(thread, key)


def _thread_draft(thread: list[Numbered], key: str) -> Draft:
    rows = [row for _, row in thread]
    if not _any_value(rows, PARENT_KEYS):
        return _draft(thread, _in_order(rows), key=key)
    try:
        nodes = [
            # A message without an id of its own has no replies: its line stands in.
            Node(_id_of(row, MESSAGE_KEYS) or line, _id_of(row, PARENT_KEYS), row)
            for line, row in thread
        ]
        return _draft(thread, best_path(nodes), key=key)
    except BadRow as bad:
        return tuple(line for line, _ in thread), bad


def _draft(thread: Sequence[Numbered], rows: Sequence[Row], *, key: str | None) -> Draft:
    facts = [known_facts(row) for row in rows]
    draft = {name: _first(fact[name] for fact in facts) for name in facts[0]}
    by_user = [fact for fact, row in zip(facts, rows, strict=True) if message_role(row) == "user"]
    draft["user_id"] = _first(fact["user_id"] for fact in by_user)  # not the assistant's author
    draft["conversation_id"] = key or facts[0]["conversation_id"]
    for name in ("thinking", "flagged"):
        draft[name] = any(read_flag(fact[name]) for fact in facts) or draft[name]
    return tuple(line for line, _ in thread), draft | {"messages": list(rows)}


def _in_order(rows: list[Row]) -> list[Row]:
    """By place in the conversation, else by time, if every message has one; else as they came."""
    for read in (_place, lambda row: read_time(known_facts(row)["created_at"])):
        places = [read(row) for row in rows]
        if None not in places:
            order = sorted(range(len(rows)), key=lambda i: (places[i], i))
            return [rows[i] for i in order]
    return rows


def _place(row: Row) -> float | None:
    try:
        return float(next(row[key] for key in PLACE_KEYS if row.get(key) is not None))
    except (StopIteration, TypeError, ValueError):
        return None


def _roots(entries: Iterable[Entry]) -> dict[str, str]:
    """Message id -> the id of the first message of its thread."""
    parents: dict[str, str | None] = {}
    for _, row in entries:
        with suppress(BadRow):  # it is rejected where threads are made
            message, _ = _message(row)
            if (own := _id_of(message, MESSAGE_KEYS)) is not None:
                parents.setdefault(own, _id_of(message, PARENT_KEYS))
    roots: dict[str, str] = {}
    for own in parents:
        _find_root(own, parents, roots)
    return roots


def _find_root(own: str, parents: Mapping[str, str | None], roots: dict[str, str]) -> None:
    passed = {own}
    top, parent = own, parents[own]
    while parent is not None and not (parent in roots or parent in passed):
        if parent not in parents:
            break
        passed.add(parent)
        top, parent = parent, parents[parent]
    roots.update(dict.fromkeys(passed, roots.get(parent or "", top)))


def _message(row: Row | BadRow) -> tuple[Row, str]:
    if isinstance(row, BadRow):
        raise row
    return row, message_role(row)


def _thread_key(row: Row) -> str:
    key = _id_of(row, THREAD_KEYS)
    if key is None:
        raise BadRow("a message without a conversation id")
    return key


def _root_key(row: Row, roots: Mapping[str, str]) -> str:
    own = _id_of(row, MESSAGE_KEYS)
    if own is None or own not in roots:
        raise BadRow("a message without an id")
    return roots[own]


def _id_of(row: Row, keys: Sequence[str]) -> str | None:
    return read_id(_first(row.get(key) for key in keys), what="an id")


def _any_value(rows: Iterable[Row], keys: Sequence[str]) -> bool:
    return any(row.get(key) not in (None, "") for row in rows for key in keys)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None and value != ""), None)
