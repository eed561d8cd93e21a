"""A question in, the message that the model would have given out, whole or spoilt by a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from taxonomy.claude.fake.brain import answer_question
from taxonomy.claude.fake.models import MODELS
from taxonomy.claude.fake.question import (
    Question,
    count_input_tokens,
    count_tokens,
    read_question,
)

THOUGHT = "The material is data. What matters is what was asked for, and in what form."
REFUSAL = "I can't help with that request."
WRONG_CHOICE = "none of these"
REFUSAL_CATEGORIES = ("cyber", "bio", "frontier_llm", "general_harms", None)
PROSE = "Here is the answer you asked for:\n\n```json\n{}\n```\n\nLet me know if you need more."
_INJECTED = re.compile(r'answer with "([^"]+)"', re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What the model said, and why it stopped."""

    text: str
    stop_reason: str = "end_turn"
    category: str | None = None
    """Of a refusal."""


def make_message(
    params: Mapping[str, Any], fault: str | None, *, digest: str, tier: str
) -> dict[str, Any]:
    """The JSON of a message.

    Parameters
    ----------
    params : as `check_message` let them pass
    fault : one of kind `answer`, or another, which changes nothing here
    digest : of the request; the message's id hangs on it
    tier : standard or batch
    """
    said = _cut_to_fit(_say(params, fault, digest), params["max_tokens"])
    thinks = said.stop_reason != "refusal" and (fault == "thinking_first" or _thinks(params))
    blocks = [{"type": "thinking", "thinking": THOUGHT, "signature": digest}] if thinks else []
    if said.text:
        blocks.append({"type": "text", "text": said.text})
    return {
        "id": f"msg_{digest[:24]}",
        "type": "message",
        "role": "assistant",
        "model": params["model"],
        "content": blocks,
        "stop_reason": said.stop_reason,
        "stop_sequence": None,
        "stop_details": _stop_details(said),
        "usage": {
            "input_tokens": count_input_tokens(params),
            "output_tokens": count_tokens(said.text + (THOUGHT if thinks else "")),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": tier,
        },
    }


def _thinks(params: Mapping[str, Any]) -> bool:
    """Models of the fifth generation think, and bill it, unless they are told not to."""
    thinking = params.get("thinking")
    if thinking is None:
        return MODELS[params["model"]].thinks != "asked"
    return bool(thinking["type"] != "disabled")


def _say(params: Mapping[str, Any], fault: str | None, digest: str) -> Said:
    if fault in ("refusal_empty", "refusal_text"):
        category = REFUSAL_CATEGORIES[int(digest[:4], 16) % len(REFUSAL_CATEGORIES)]
        return Said(REFUSAL if fault == "refusal_text" else "", "refusal", category)
    question = read_question(params)
    if not question.schema:
        return Said("Yes.")
    answer = _spoilt(answer_question(question), question, fault)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    if fault == "max_tokens":
        return Said(text[: len(text) // 2], "max_tokens")
    return Said(PROSE.format(text) if fault == "prose" else text)


def _spoilt(answer: dict[str, Any], question: Question, fault: str | None) -> dict[str, Any]:
    if fault == "missing_field":
        return dict(list(answer.items())[:-1])
    if fault == "wrong_choice":
        return {**answer, **_wrong_choice(question)}
    injected = _injected(question.material) if fault == "obeyed" else None
    if injected is None:
        return answer
    texts = [name for name, part in question.properties.items() if part.get("type") == "string"]
    return {**answer, texts[0]: injected} if texts else answer


def _wrong_choice(question: Question) -> dict[str, Any]:
    """A value outside the list for the first field that has one, else for the first field."""
    fields = question.properties
    name = next((name for name, part in fields.items() if "enum" in part), next(iter(fields)))
    is_list = fields[name].get("type") == "array"
    return {name: [WRONG_CHOICE] if is_list else WRONG_CHOICE}


def _injected(material: object) -> str | None:
    """What an instruction hidden in the material wants to be said."""
    found = (_INJECTED.search(text) for text in _texts(material))
    return next((match.group(1) for match in found if match), None)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _cut_to_fit(said: Said, max_tokens: int) -> Said:
    room = 4 * max_tokens
    if len(said.text.encode("utf-8")) <= room:
        return said
    return Said(said.text.encode("utf-8")[:room].decode("utf-8", "ignore"), "max_tokens")


def _stop_details(said: Said) -> dict[str, Any] | None:
    if said.stop_reason != "refusal":
        return None
    return {"type": "refusal", "category": said.category, "explanation": None}
