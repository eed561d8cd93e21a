"""One conversation under our names -> one checked and cleaned record.

In comes a draft, the raw values of one conversation; out comes a record with
the columns of conversations.parquet, its messages as two lists, and how many were cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from taxonomy.conversations.fields import (
    read_collaboration,
    read_flag,
    read_id,
    read_language,
    read_text,
    read_time,
)
from taxonomy.conversations.messages import read_turns
from taxonomy.conversations.schema import BadRow, Row


class Record(NamedTuple):
    """One conversation, checked: texts clean and short enough, times in microseconds, UTC."""

    conversation_id: str | None
    """None where the input has no id."""
    user_id: str | None
    created_at: int | None
    model: str | None
    thinking: bool | None
    language: str | None
    request: str | None
    collaboration: str | None
    flagged: bool | None
    n_cut: int
    roles: list[str]
    contents: list[str]


FACT_NAMES: Mapping[str, tuple[str, ...]] = {
    "conversation_id": (
        "conversation_id",
        "conversation_hash",
        "uuid",
        "id",
        "uid",
        "question_id",
        "message_tree_id",
    ),
    "user_id": ("user_id", "hashed_ip"),
    "created_at": ("created_at", "timestamp", "create_time", "created_date", "date"),
    "model": ("model", "model_slug", "default_model_slug"),
    "thinking": ("thinking",),
    "language": ("language", "lang"),
    "request": ("request",),
    "collaboration": ("collaboration",),
    "flagged": ("flagged", "toxic"),
}
"""Each of our facts and the names that published files give it; the first with a value counts."""


def known_facts(row: Row) -> Row:
    """The facts of a row under our names, null where the row has none."""
    facts = {ours: _first_value(row, theirs) for ours, theirs in _fact_columns(tuple(row))}
    if facts["flagged"] is None and row.get("openai_moderation"):
        facts["flagged"] = _any_flagged(row["openai_moderation"])
    return facts


def to_record(draft: Row, *, max_message_characters: int) -> Record:
    """The checked record of a draft; BadRow if it is no conversation."""
    turns = read_turns(_messages(draft), max_characters=max_message_characters)
    thinking = read_flag(draft.get("thinking"))
    request = read_text(draft.get("request"))
    return Record(
        conversation_id=read_id(draft.get("conversation_id"), what="the conversation id"),
        user_id=read_id(draft.get("user_id"), what="the user id"),
        created_at=read_time(draft.get("created_at")),
        model=read_text(draft.get("model")),
        thinking=True if thinking is None and turns.saw_thinking else thinking,
        language=read_language(draft.get("language")),
        request=request and request[:max_message_characters],
        collaboration=read_collaboration(draft.get("collaboration")),
        flagged=read_flag(draft.get("flagged")),
        n_cut=turns.n_cut,
        roles=turns.roles,
        contents=turns.contents,
    )


@lru_cache(maxsize=256)
def _fact_columns(columns: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """FACT_NAMES without the names that a row with these columns lacks."""
    return tuple(
        (ours, tuple(name for name in theirs if name in columns))
        for ours, theirs in FACT_NAMES.items()
    )


def _messages(draft: Row) -> list[Any]:
    messages = draft.get("messages")
    if not isinstance(messages, list):
        raise BadRow("no list of messages")
    return messages


def _first_value(row: Row, names: tuple[str, ...]) -> Any:
    for name in names:
        value = row.get(name)
        if value is not None and value != "":
            return value
    return None


def _any_flagged(moderation: Any) -> bool | None:
    results = moderation if isinstance(moderation, list) else [moderation]
    flags = [result.get("flagged") for result in results if isinstance(result, dict)]
    return any(flags) if flags else None
