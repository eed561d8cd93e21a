"""A message of Claude in, what it is worth out: `stop_reason` first, then our own checks.

The SDK checks nothing: a page of HTML comes back as text, and missing fields pass. So a message is
read here from plain JSON, whether it came from a call or from a batch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from taxonomy.claude.records import Request

MAX_FAULTS = 6
MAX_DETAIL = 1_500
_CACHE_TOKENS = ("cache_creation_input_tokens", "cache_read_input_tokens")


@dataclass(frozen=True)
class Usage:
    """The tokens that a message was billed for."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0


@dataclass(frozen=True)
class Reading:
    """What one message is worth."""

    status: Literal["ok", "refused", "truncated", "invalid", "broken"]
    """`broken`: no message of the API at all, such as HTML; whether it was billed is unknown."""
    text: str = ""
    """The JSON of the answer where the status is `ok`, else what there was."""
    detail: str = ""
    usage: Usage = Usage()
    stop_reason: str = ""


def read_message(message: object, request: Request) -> Reading:
    """What a message says in answer to a request.

    Parameters
    ----------
    message : the JSON of a message, as far as it is one
    """
    if not isinstance(message, Mapping) or not isinstance(message.get("content"), list):
        return Reading("broken", detail=f"not a message of the API: {str(message)[:80]!r}")
    usage = read_usage(message.get("usage")) or Usage()
    stop = str(message.get("stop_reason") or "")
    text = "".join(
        str(block.get("text") or "")
        for block in message["content"]
        if isinstance(block, Mapping) and block.get("type") == "text"
    )
    if stop == "refusal":
        details = message.get("stop_details")
        category = details.get("category") if isinstance(details, Mapping) else None
        return Reading("refused", detail=str(category or "no category"), usage=usage,
                       stop_reason=stop)  # fmt: skip
    if stop in {"max_tokens", "model_context_window_exceeded"}:
        return Reading("truncated", text, stop, usage, stop)
    parsed, faults = parse_answer(text, request)
    if parsed is None:
        return Reading("invalid", text, "; ".join(faults[:MAX_FAULTS])[:MAX_DETAIL], usage, stop)
    return Reading("ok", parsed, usage=usage, stop_reason=stop)


def parse_answer(text: str, request: Request) -> tuple[str | None, list[str]]:
    """The answer as compact JSON, or None and what is wrong with it."""
    found = first_object(text)
    if found is None:
        return None, ["there is no JSON object in it"]
    try:
        record = request.answer.model_validate(found)
        faults = request.check(record) if request.check else []
        return (None, faults) if faults else (record.model_dump_json(), [])
    except ValidationError as error:
        return None, [_fault(item) for item in error.errors()]
    except (UnicodeError, PydanticSerializationError):
        return None, ["it holds characters that cannot be written"]


def load_answer(text: str, answer: type[BaseModel]) -> BaseModel:
    """The record of an answer that was checked before."""
    return answer.model_validate_json(text)


def first_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in a text, whatever stands around it; local models talk and think."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"\{", text)):
        try:
            value, _ = decoder.raw_decode(text, start)
        except ValueError:
            continue
        except RecursionError:  # nested thousands deep, to do harm
            return None
        return value if isinstance(value, dict) else None
    return None


def read_usage(usage: object) -> Usage | None:
    """The tokens billed, None where the message does not say so in whole numbers."""
    if not isinstance(usage, Mapping):
        return None
    counts = [usage.get(name) for name in ("input_tokens", "output_tokens")]
    counts += [usage.get(name) or 0 for name in _CACHE_TOKENS]
    whole = [count for count in counts if isinstance(count, int) and count >= 0]
    return Usage(*whole) if len(whole) == len(counts) else None


def _fault(item: Mapping[str, Any]) -> str:
    if item["type"] == "extra_forbidden":  # its name may be somebody's words
        return "there is a field that was not asked for"
    where = ".".join(map(str, item["loc"])) or "answer"
    return f"{where}: {item['msg']}"
