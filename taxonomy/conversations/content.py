"""The content of one message, in any published shape -> plain text.

In come strings, lists of blocks and single blocks, as Claude, ChatGPT and OpenAI write them. Out
comes one string: text is joined, and what is not text leaves a short mark such as `[image]` or
`[tool use: search]`. A model's thinking is left out.
"""

from __future__ import annotations

import re
from typing import Any

_MARKS = {
    "image": "[image]",
    "image_url": "[image]",
    "image_file": "[image]",
    "input_image": "[image]",
    "image_asset_pointer": "[image]",
    "audio": "[audio]",
    "input_audio": "[audio]",
    "audio_asset_pointer": "[audio]",
    "video": "[video]",
    "document": "[file]",
    "file": "[file]",
    "input_file": "[file]",
    "tool_result": "[tool result]",
    "function_call_output": "[tool result]",
}
_TOOL_USES = frozenset({"tool_use", "server_tool_use", "mcp_tool_use", "tool_call"})
_FUNCTION_CALLS = frozenset({"function", "function_call"})
_THINKING = frozenset({"thinking", "redacted_thinking", "reasoning", "thoughts", "reasoning_recap"})

# NUL and the other control characters but tab, line feed and return; and lone surrogates, which
# JSON escapes can spell and UTF-8 cannot hold.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PLAIN_NAME = re.compile(r"[\w .:-]{1,40}")


def clean_text(text: str) -> str:
    """The text without control characters and lone surrogates; tabs and line ends stay."""
    return text if text.isprintable() else _UNWANTED.sub("", text)


def content_text(content: Any) -> str:
    """The text of a message's content, its blocks joined by line ends, before any cleaning."""
    if isinstance(content, str):
        return content
    if isinstance(content, list | tuple):
        return "\n".join(part for part in map(content_text, content) if part)
    if isinstance(content, dict):
        return _block_text(content)
    return ""


def holds_thinking(content: Any) -> bool:
    """Whether one of the content's blocks is a model's thinking."""
    if isinstance(content, list | tuple):
        return any(map(holds_thinking, content))
    return isinstance(content, dict) and _kind(content) in _THINKING


def only_tool_results(content: Any) -> bool:
    """Whether the content is one or more blocks, and all of them results of tools."""
    blocks = content if isinstance(content, list | tuple) else [content]
    return bool(blocks) and all(
        isinstance(block, dict) and _MARKS.get(_kind(block)) == "[tool result]" for block in blocks
    )


def _block_text(block: dict[str, Any]) -> str:
    kind = _kind(block)
    if kind in _THINKING:
        return ""
    if kind in _MARKS:
        return _MARKS[kind]
    if kind in _TOOL_USES or kind in _FUNCTION_CALLS:
        return tool_mark(block)
    for key in ("text", "parts", "value", "content"):
        if block.get(key):
            return content_text(block[key])
    return f"[{kind.replace('_', ' ')}]" if kind != "text" and _PLAIN_NAME.fullmatch(kind) else ""


def tool_mark(call: dict[str, Any]) -> str:
    """`[tool use: name]`, or `[tool use]` where the call has no plain name."""
    function = call.get("function")
    name = call.get("name") or (function.get("name") if isinstance(function, dict) else None)
    named = isinstance(name, str) and _PLAIN_NAME.fullmatch(name)
    return f"[tool use: {name}]" if named else "[tool use]"


def _kind(block: dict[str, Any]) -> str:
    kind = block.get("type") or block.get("content_type") or "text"
    return kind if isinstance(kind, str) else "text"
