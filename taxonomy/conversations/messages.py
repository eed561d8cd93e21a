"""The messages of one conversation, in any published shape -> cleaned user and assistant turns.

In comes the list as the file has it; out come `{"role", "content"}` records whose role is `user`
or `assistant`, and what was seen on the way: messages cut for length, and a model's thinking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from taxonomy.conversations.content import (
    clean_text,
    content_text,
    holds_thinking,
    only_tool_results,
    tool_mark,
)
from taxonomy.conversations.schema import BadRow, Row

ROLE_KEYS = ("role", "from", "sender", "author", "role_inferred")
CONTENT_KEYS = ("content", "value", "text", "message", "parts")

_ROLES = {
    **dict.fromkeys(("user", "human", "prompter"), "user"),
    **dict.fromkeys(
        ("assistant", "gpt", "model", "bot", "chatbot", "ai", "chatgpt", "claude", "bing", "bard"),
        "assistant",
    ),
    # Not turns of the conversation: what the makers or the tools put in.
    **dict.fromkeys(("system", "developer", "tool", "function", "tool_result", "context"), ""),
}
_PLAIN_ROLE = re.compile(r"[\w.-]{1,30}")


_BESIDE = frozenset({"tool_calls", "attachments", "files"})


class Turns(NamedTuple):
    """The turns of one conversation, in order."""

    roles: list[str]
    contents: list[str]
    n_cut: int
    """Messages that were longer than allowed and were cut."""
    saw_thinking: bool
    """Whether a block of a model's thinking was among the contents."""


def read_turns(messages: Iterable[Any], *, max_characters: int) -> Turns:
    """The user and assistant turns of a conversation.

    Empty messages and those of systems and tools are left out. Raises BadRow if a message has no
    known role, or if no message, or none by the user, is left.
    """
    roles: list[str] = []
    contents: list[str] = []
    n_cut = 0
    saw_thinking = False
    for message in messages:
        role, text, has_thinking = _read_message(message)
        saw_thinking = saw_thinking or has_thinking
        if role and text and not text.isspace():
            n_cut += len(text) > max_characters
            roles.append(role)
            contents.append(text[:max_characters])
    if not roles:
        raise BadRow("no message")
    if "user" not in roles:
        raise BadRow("no user message")
    return Turns(roles, contents, n_cut, saw_thinking)


def message_role(message: Any) -> str:
    """`user`, `assistant`, or an empty string for a system or a tool; BadRow for any other."""
    if not isinstance(message, dict):
        raise BadRow("a message that is not a role and a content")
    role = message.get("role") or next(
        (message[key] for key in ROLE_KEYS if message.get(key)), None
    )
    if isinstance(role, dict):
        role = role.get("role")
    if not isinstance(role, str):
        raise BadRow("a message without a role")
    known = _ROLES.get(role)
    return _other_role(role) if known is None else known


def _other_role(role: str) -> str:
    known = _ROLES.get(role.strip().lower())
    if known is None:
        # A role that is not a plain word may be message text in the wrong column.
        shown = f"unknown role {role!r}" if _PLAIN_ROLE.fullmatch(role) else "unknown role"
        raise BadRow(shown)
    return known


def _read_message(message: Any) -> tuple[str, str, bool]:
    """The role and clean text of a message, and whether a model's thinking was in it."""
    role = message_role(message)
    content = message.get("content") or _first_of(message, CONTENT_KEYS)
    if isinstance(content, str):
        text, has_thinking = clean_text(content), False
    else:
        text, has_thinking = clean_text(content_text(content)), holds_thinking(content)
        # Claude's API sends tool results under the user's role; no user wrote them.
        role = "" if only_tool_results(content) else role
    if not _BESIDE.isdisjoint(message):
        text = "\n".join([*([text] if text else ()), *_marks_beside(message)])
    return role, text, has_thinking


def _first_of(message: Row, keys: Sequence[str]) -> Any:
    return next((message[key] for key in keys if message.get(key)), None)


def _marks_beside(message: Row) -> list[str]:
    """Marks for what stands beside the content: OpenAI's tool calls, Claude.ai's attachments."""
    calls, *files = (_list_at(message, key) for key in ("tool_calls", "attachments", "files"))
    marks = [tool_mark(call) for call in calls if isinstance(call, dict)]
    return marks + ["[file]"] * sum(map(len, files))


def _list_at(message: Row, key: str) -> list[Any]:
    value = message.get(key)
    return value if isinstance(value, list) else []
