"""The published shapes: how each is told by its rows, and how a row becomes a draft.

In come the first rows of a file, and then all of them; out come drafts under our names. A shape
is one record in `FORMATS`; the one that fits most of the first rows counts, and of equals the
one that stands first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taxonomy.conversations.messages import CONTENT_KEYS, message_role
from taxonomy.conversations.records import FACT_NAMES, known_facts
from taxonomy.conversations.schema import BadRow, Draft, Entry, Row
from taxonomy.conversations.threads import MESSAGE_KEYS, PARENT_KEYS, THREAD_KEYS
from taxonomy.conversations.trees import as_row, best_replies, chatgpt_branch

TEXT_KEYS = ("text", "prompt", "instruction", "request")
ANSWER_KEYS = ("response", "output", "completion", "answer")

MAPPABLE = frozenset(
    {*FACT_NAMES, "messages", "turns", "role", "rank", *TEXT_KEYS, *CONTENT_KEYS}
    | {*THREAD_KEYS, *MESSAGE_KEYS, *PARENT_KEYS}
)
"""Our names that `conversations.columns` may give to a column of the input."""


@dataclass(frozen=True)
class Format:
    """One published shape."""

    name: str
    looks_like: str
    """What its rows hold, for the message when no shape fits."""
    fits: Callable[[Row], bool]
    convert: Callable[[Row], Row] | None
    """A row -> a draft; None where a row is one message of a conversation."""


def recognise(sample: Sequence[Row], *, name: str = "auto") -> Format | None:
    """The shape of the first rows of a file; None if no shape fits half of them.

    With a `name` other than auto only shapes of that name are tried, and one row is enough.
    """
    shapes = [shape for shape in FORMATS if name in ("auto", shape.name)]
    fitting = [sum(map(shape.fits, sample)) for shape in shapes]
    best = max(range(len(shapes)), key=lambda i: (fitting[i], -i))
    needed = 1 if name != "auto" else (len(sample) + 1) // 2
    return shapes[best] if sample and fitting[best] >= needed else None


def convert_rows(entries: Iterable[Entry], convert: Callable[[Row], Row]) -> Iterator[Draft]:
    """The drafts of a file that has one conversation a row."""
    for line, row in entries:
        yield (line,), row if isinstance(row, BadRow) else _try(convert, row)


def rename(row: Row, columns: Mapping[str, str]) -> Row:
    """The row with the columns of the input under our names, the others as they are."""
    taken = set(columns.values()) - set(columns)
    kept = {name: value for name, value in row.items() if name not in taken}
    return kept | {ours: row[theirs] for ours, theirs in columns.items() if theirs in row}


def _try(convert: Callable[[Row], Row], row: Row) -> Row | BadRow:
    try:
        return convert(row)
    except BadRow as bad:
        return bad


def _listed(value: Any) -> list[Any] | None:
    """The list, or the list that a cell of a CSV file spells as JSON; else None."""
    if isinstance(value, list):
        return value
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return None
    try:
        parsed = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, list) else None


def _holds_list(*names: str) -> Callable[[Row], bool]:
    return lambda row: any(_listed(row.get(name)) is not None for name in names)


def _messages_in(*names: str) -> Callable[[Row], Row]:
    """Makes a converter for shapes that have a list of messages under one of the names."""

    def convert(row: Row) -> Row:
        found = (_listed(row.get(name)) for name in names)
        messages = next((value for value in found if value is not None), None)
        if messages is None:
            raise BadRow("no list of messages")
        return known_facts(row) | {"messages": messages}

    return convert


def _claude(row: Row) -> Row:
    draft = _messages_in("chat_messages")(row)
    return draft | {"user_id": draft["user_id"] or as_row(row.get("account")).get("uuid")}


def _chatgpt(row: Row) -> Row:
    if not isinstance(row.get("mapping"), dict):
        raise BadRow("no list of messages")
    messages = list(filter(_is_shown, chatgpt_branch(row["mapping"], row.get("current_node"))))
    models = [as_row(message.get("metadata")).get("model_slug") for message in messages]
    facts = known_facts(row)
    facts["model"] = next((model for model in reversed(models) if model), facts["model"])
    return facts | {"messages": [_chatgpt_message(message) for message in messages]}


def _is_shown(message: Row) -> bool:
    hidden = as_row(message.get("metadata")).get("is_visually_hidden_from_conversation")
    return bool(message.get("author")) and not hidden


def _chatgpt_message(message: Row) -> Row:
    recipient = message.get("recipient") or "all"
    if recipient == "all":
        return {"role": message["author"], "content": message.get("content")}
    return {"role": message["author"], "content": {"type": "tool_use", "name": recipient}}


def _openassistant_tree(row: Row) -> Row:
    root = row.get("prompt")
    if not isinstance(root, dict):
        raise BadRow("no list of messages")
    facts = known_facts(root)
    tree_id = row.get("message_tree_id") or root.get("message_id") or facts["conversation_id"]
    return facts | {"conversation_id": tree_id, "messages": best_replies(root)}


def _request(row: Row) -> Row:
    facts = known_facts(row)
    turns = _listed(row.get("turns"))
    if turns is not None:
        return facts | {"messages": [_by_user(turn) for turn in turns]}
    text = next((row[key] for key in TEXT_KEYS if row.get(key)), None)
    spoken = _listed(text) if isinstance(text, list) else None
    if spoken is not None:
        return facts | {"messages": spoken}
    if text is not None and not isinstance(text, str):
        raise BadRow("a request that is not text")
    # An Alpaca row has what to work on in `input`, beside the instruction.
    given = row.get("input") if row.get("instruction") else None
    asked = f"{text}\n\n{given}" if isinstance(given, str) and given else text
    return facts | {"messages": [_by_user(asked), *_answer(row)]}


def _by_user(turn: Any) -> Row:
    return turn if isinstance(turn, dict) else {"role": "user", "content": turn}


def _answer(row: Row) -> list[Row]:
    answer = next((row[key] for key in ANSWER_KEYS if isinstance(row.get(key), str)), None)
    return [{"role": "assistant", "content": answer}] if answer else []


def _is_wildchat(row: Row) -> bool:
    return _holds_list("conversation")(row) and bool(
        row.keys() & {"conversation_hash", "hashed_ip", "toxic"}
    )


def _is_openassistant_message(row: Row) -> bool:
    marked = "message_tree_id" in row or row.get("role") == "prompter"
    return marked and "message_id" in row and "text" in row


def _is_message(row: Row) -> bool:
    return _has_role(row) and any(key in row for key in CONTENT_KEYS)


def _has_role(row: Row) -> bool:
    if row.get("role") or row.get("role_inferred"):
        return True
    try:  # an author or a sender may as well be a person
        return bool(message_role(row))
    except BadRow:
        return False


def _is_request(row: Row) -> bool:
    return any(key in row for key in TEXT_KEYS) or _listed(row.get("turns")) is not None


FORMATS = (
    Format("chatgpt", "mapping", lambda row: isinstance(row.get("mapping"), dict), _chatgpt),
    Format("claude", "chat_messages", _holds_list("chat_messages"), _claude),
    Format(
        "wildchat", "conversation_hash, conversation", _is_wildchat, _messages_in("conversation")
    ),
    Format("lmsys", "conversation", _holds_list("conversation"), _messages_in("conversation")),
    Format(
        "sharegpt",
        "conversations",
        _holds_list("conversations", "items"),
        _messages_in("conversations", "items"),
    ),
    Format(
        "openassistant",
        "message_tree_id, prompt with replies",
        lambda row: isinstance(row.get("prompt"), dict),
        _openassistant_tree,
    ),
    Format(
        "openassistant",
        "message_id, parent_id, message_tree_id, role, text",
        _is_openassistant_message,
        None,
    ),
    Format(
        "conversations",
        "conversation_id, messages",
        _holds_list("messages"),
        _messages_in("messages"),
    ),
    Format("messages", "role, content, and conversation_id or parent_id", _is_message, None),
    Format("requests", "text, prompt, instruction or turns", _is_request, _request),
)
