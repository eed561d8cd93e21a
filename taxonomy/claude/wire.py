"""A request in, the parameters of the Messages API out.

The material goes into the user's message as JSON between tags whose random code is made when the
message is: nobody who wrote the material could know it, so nothing in it can close the tag.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, Literal

from taxonomy.claude.records import Request, wire_schema

Step = Literal["first", "longer", "repair"]
"""What is asked: the request itself; the same with more room; or to mend a faulty answer."""
LONGER = 2
FAULTY_CHARACTERS = 4_000
FAULTS_CHARACTERS = 1_500
REPAIR_BYTES = 4 * (FAULTY_CHARACTERS + FAULTS_CHARACTERS) + 200
"""The most that showing a faulty answer and its faults adds to a request."""


def message_params(
    request: Request,
    *,
    step: Step = "first",
    faulty: str = "",
    faults: str = "",
    structured: bool = True,
    tunable: bool = True,
) -> dict[str, Any]:
    """The keyword arguments of `messages.create`, and of a request in a batch.

    Parameters
    ----------
    step : `longer` doubles the room for the answer, `repair` shows the faulty answer
    faulty, faults : the answer to mend and what is wrong with it, for `repair`
    structured : the server holds its answer to a schema; else the schema is said in words
    tunable : the server knows of effort and thinking
    """
    schema = wire_schema(request.answer)
    system = request.system if structured else request.system + _shape_in_words(schema)
    messages = [{"role": "user", "content": _user_message(request)}]
    if step == "repair":
        messages += _repair_turns(faulty, faults)
    params: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens * (LONGER if step == "longer" else 1),
        "system": system,
        "messages": messages,
    }
    output: dict[str, Any] = {"effort": request.effort} if tunable else {}
    if structured:
        output["format"] = {"type": "json_schema", "schema": schema}
    if output:
        params["output_config"] = output
    if tunable:
        params["thinking"] = {"type": request.thinking}
    return params


def _user_message(request: Request) -> str:
    code = secrets.token_hex(6)
    parts = [
        f"<{tag}-{code}>\n{_as_json(value)}\n</{tag}-{code}>"
        for tag, value in request.material.items()
    ]
    return "\n\n".join([*parts, request.task])


def _as_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate cannot be sent; a bracket in the material must not look like a tag.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _repair_turns(faulty: str, faults: str) -> list[dict[str, str]]:
    return [
        {"role": "assistant", "content": faulty[:FAULTY_CHARACTERS].strip() or "(nothing)"},
        {
            "role": "user",
            "content": f"That answer cannot be used: {faults[:FAULTS_CHARACTERS]}. Answer again, "
            "mending this alone.",
        },
    ]


def _shape_in_words(schema: dict[str, Any]) -> str:
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return (
        f"\nAnswer with one JSON object and nothing else. It must fit this JSON schema:\n{text}\n"
    )
