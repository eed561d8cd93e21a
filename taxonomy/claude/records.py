"""What is asked of Claude and what comes back, as records.

A request keeps instructions and material apart: the instructions are ours, the material is not to
be trusted, and only `wire` puts the two into one message.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from typing import Any, Literal, Protocol

from pydantic import BaseModel

Status = Literal["ok", "refused", "truncated", "invalid", "errored", "expired"]
STATUSES: tuple[Status, ...] = ("ok", "refused", "truncated", "invalid", "errored", "expired")

# What a JSON schema may say on the wire; bounds are checked by the record itself.
_BOUNDS = frozenset({"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"})
_UNSENT = _BOUNDS | {"title", "default", "pattern", "uniqueItems", "multipleOf"}


@dataclass(frozen=True)
class Request:
    """One question to a model, of one turn."""

    stage: str
    """Which stage asks: for the accounts, not part of the question."""
    model: str
    system: str
    """The instructions: all of them, and nothing else."""
    material: Mapping[str, Any]
    """Tag -> a JSON value that the question is about; not to be trusted."""
    task: str
    """What to do, in one or two sentences: repeated after the material."""
    answer: type[BaseModel]
    """What an answer looks like: its schema is sent, and every answer is checked against it."""
    max_tokens: int
    prompt_version: str
    """Digest of the prompt that `system` and `task` were filled from."""
    effort: Literal["low", "medium", "high"] = "low"
    thinking: Literal["disabled", "adaptive"] = "disabled"
    draw: int = 0
    """Equal requests with another number are asked again."""
    conversation_ids: tuple[str, ...] = ()
    """Whose words the material holds, so that the answer can be purged with them."""
    check: Callable[[Any], list[str]] | None = field(default=None, compare=False)
    """Further faults of an answer, in words that Claude is shown when it is asked to mend them."""

    @cached_property
    def key(self) -> bytes:
        """32 bytes that stand for everything the answer depends on."""
        parts = {
            "api": "messages",
            "model": self.model,
            "system": self.system,
            "material": self.material,
            "task": self.task,
            "schema": wire_schema(self.answer),
            "max_tokens": self.max_tokens,
            "effort": self.effort,
            "thinking": self.thinking,
            "prompt_version": self.prompt_version,
            "draw": self.draw,
        }
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True)
class Answer:
    """What became of a request."""

    status: Status
    value: Any = None
    """A record of the request's `answer` type where `status` is `ok`, else None."""
    detail: str = ""
    """Why there is no value: the category of a refusal, the faults, the last error."""


def in_groups(requests: Iterable[Request], size: int = 500) -> Iterator[list[Request]]:
    """The requests in their order, some at a time: as many as are looked up together."""
    remaining = iter(requests)
    while group := list(islice(remaining, size)):
        yield group


class Asker(Protocol):
    """Whoever answers requests; how, when and at what cost is its own affair."""

    def ask(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """One answer a request, in their order.

        Parameters
        ----------
        requests : any number; they are gone through more than once, so not a generator
        """
        ...


@cache
def wire_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a record as the API takes it: closed objects, no bounds, no references.

    Bounds go into the descriptions, since the API does not enforce them and the model should know.
    """
    schema = answer.model_json_schema()
    definitions = schema.pop("$defs", {})
    sent: dict[str, Any] = _sendable(schema, definitions)
    return sent


def _sendable(part: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(part, list):
        return [_sendable(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _sendable(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    kept = {
        name: {key: _sendable(value, definitions) for key, value in content.items()}
        if name == "properties"
        else _sendable(content, definitions)
        for name, content in part.items()
        if name not in _UNSENT
    }
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if kept.get("type") == "object":
        kept["additionalProperties"] = False
        kept["required"] = list(kept.get("properties", {}))
    bounds = [f"{name} {part[name]}" for name in sorted(_BOUNDS & part.keys())]
    if bounds:
        kept["description"] = "; ".join([*filter(None, [kept.get("description")]), *bounds])
    return kept
