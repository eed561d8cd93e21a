"""The parameters of a message in, an `ApiError` where Anthropic's API would not take them.

The rules are those of API version 2026-10-21: no sampling parameters, no prefill, closed schemas
without bounds. What a real server refuses must not work here, or tests would prove nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from taxonomy.claude.fake.calls import ApiError
from taxonomy.claude.fake.models import EFFORTS, MODELS, THINKING
from taxonomy.facets.words import word_set

MESSAGE_FIELDS = word_set(
    """
    model messages max_tokens system output_config thinking metadata service_tier speed stream
    stop_sequences tools tool_choice cache_control container diagnostics inference_geo
    """
)
COUNT_FIELDS = word_set(
    "model messages system output_config thinking speed tools tool_choice cache_control"
)
SCHEMA_WORDS = word_set(
    """
    type properties required additionalProperties items enum const anyOf allOf $ref $defs
    description title default format
    """
)
SCHEMA_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")


def check_message(params: Any, *, counting: bool = False) -> None:
    """Raise what the API would say to these parameters.

    Parameters
    ----------
    params : the body of a call, or the `params` of a request in a batch
    counting : they are for `count_tokens`, which knows fewer

    Raises
    ------
    ApiError
        400, or 404 for a model that is not known.
    """
    if not isinstance(params, dict):
        raise ApiError(400, "the body must be a JSON object")
    known = COUNT_FIELDS if counting else MESSAGE_FIELDS
    for name in params:
        if name not in known:
            raise ApiError(400, f"{name}: Extra inputs are not permitted")
    for name in ("model", "messages") if counting else ("model", "max_tokens", "messages"):
        if name not in params:
            raise ApiError(400, f"{name}: Field required")
    _check_model(params)
    _check_messages(params["messages"])
    _check_text(params.get("system", ""), "system")
    _check_output(params)
    _check_thinking(params)
    if params.get("stream"):
        raise ApiError(400, "stream: this stand-in does not stream; ask without it")


def _check_model(params: Mapping[str, Any]) -> None:
    model = MODELS.get(params["model"]) if isinstance(params["model"], str) else None
    if model is None:
        raise ApiError(404, f"model: {params['model']}")
    most = params.get("max_tokens", 1)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ApiError(400, "max_tokens: Input should be a whole number of at least 1")
    if most > model.max_tokens:
        raise ApiError(400, f"max_tokens: {most} > {model.max_tokens}, the most of {model.id}")


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise ApiError(400, "messages: at least one message is required")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or set(message) != {"role", "content"}:
            raise ApiError(400, f"messages.{place}: a message has a role and content, no more")
        if message["role"] not in ("user", "assistant"):
            raise ApiError(400, f"messages.{place}.role: Input should be 'user' or 'assistant'")
        _check_text(message["content"], f"messages.{place}.content")
        if not message["content"]:
            raise ApiError(400, f"messages.{place}: text content must be non-empty")
    if messages[0]["role"] != "user":
        raise ApiError(400, "messages: first message must use the 'user' role")
    if messages[-1]["role"] == "assistant":
        raise ApiError(
            400,
            "This model does not support assistant message prefill. The conversation must end "
            "with a user message.",
        )


def _check_text(content: Any, where: str) -> None:
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise ApiError(400, f"{where}: Input should be a string or a list of blocks")
    for block in content:
        if not isinstance(block, dict) or not isinstance(block.get("text"), str):
            raise ApiError(400, f"{where}: this stand-in reads text blocks alone")


def _check_output(params: Mapping[str, Any]) -> None:
    config = params.get("output_config", {})
    if not isinstance(config, dict) or not set(config) <= {"format", "effort"}:
        raise ApiError(400, "output_config: Extra inputs are not permitted")
    if config.get("effort") not in (None, *EFFORTS):
        raise ApiError(400, f"output_config.effort: Input should be one of {', '.join(EFFORTS)}")
    form = config.get("format")
    if form is None:
        return
    if not isinstance(form, dict) or set(form) != {"type", "schema"}:
        raise ApiError(400, "output_config.format: it has a type and a schema, no more")
    if form["type"] != "json_schema" or not isinstance(form["schema"], dict):
        raise ApiError(400, "output_config.format: only json_schema, with an object as schema")
    fault = _schema_fault(json.dumps(form["schema"], sort_keys=True))
    if fault:
        raise ApiError(400, f"output_config.format.schema: {fault}")


def _check_thinking(params: Mapping[str, Any]) -> None:
    thinking = params.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind not in THINKING:
        raise ApiError(400, f"thinking.type: Input should be one of {', '.join(THINKING)}")
    if kind not in MODELS[params["model"]].thinking:
        raise ApiError(400, f"thinking.type: {kind} is not supported by {params['model']}")
    if kind == "disabled" and params.get("output_config", {}).get("effort") in ("xhigh", "max"):
        raise ApiError(400, "thinking: cannot be disabled at effort above high")


@lru_cache(maxsize=256)
def _schema_fault(schema: str) -> str:
    """What is wrong with a schema, empty when nothing is; a batch asks with one schema often."""
    return next(_schema_faults(json.loads(schema)), "")


def _schema_faults(part: Any) -> Iterator[str]:
    if not isinstance(part, dict):
        yield "a schema must be an object"
        return
    for word in sorted(part.keys() - SCHEMA_WORDS):
        yield f"For '{part.get('type', 'any')}' type, property '{word}' is not supported"
    if part.get("type", "object") not in SCHEMA_TYPES:
        yield f"type {part['type']!r} is not supported"
    if part.get("type") == "object" and part.get("additionalProperties") is not False:
        yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
    if any(isinstance(value, dict | list) for value in part.get("enum", ())):
        yield "an enum holds plain values alone"
    for below in _parts_below(part):
        yield from _schema_faults(below)


def _parts_below(part: Mapping[str, Any]) -> Iterator[Any]:
    for word in ("properties", "$defs"):
        yield from part.get(word, {}).values()
    for word in ("anyOf", "allOf"):
        yield from part.get(word, ())
    if "items" in part:
        yield part["items"]
