"""The parameters of a message in, what is asked out: its schema, its material and its digest.

Also the digest by which two askings of the same question are known as one, whatever random code
their tags were given.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taxonomy.claude.reading import first_object

_CODE = re.compile(r"(</?[A-Za-z_]+)-[0-9a-f]{12}>")
_MATERIAL = re.compile(r"<([A-Za-z_]+)-([0-9a-f]{12})>\n(.*?)\n</\1-\2>", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """What a message asks for."""

    schema: Mapping[str, Any]
    """What the answer must fit; empty where no JSON is asked for."""
    material: Mapping[str, Any]
    """Tag -> value."""
    seed: str = ""
    """The material as it came, without tags: a choice made by it is the same every time."""
    faulty: tuple[Mapping[str, Any], ...] = ()
    """Answers that were given back to be mended."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """The fields of the answer."""
        properties: Mapping[str, Any] = self.schema.get("properties", {})
        return properties


def read_question(params: Mapping[str, Any]) -> Question:
    """What is asked by parameters that `check_message` let pass."""
    first, *later = params["messages"]
    found = _MATERIAL.findall(text_of(first["content"]))
    given_back = [
        first_object(text_of(turn["content"])) for turn in later if turn["role"] == "assistant"
    ]
    return Question(
        schema=schema_of(params),
        material={tag: _value(text) for tag, _, text in found},
        seed="\n".join(text for _, _, text in found),
        faulty=tuple(answer for answer in given_back if answer is not None),
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def schema_of(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema of the answer: of the output's format, else the last line of the system."""
    form = params.get("output_config", {}).get("format")
    if form:
        schema: Mapping[str, Any] = form["schema"]
        return schema
    last = text_of(params.get("system", "")).rstrip().rpartition("\n")[2]
    said = first_object(last) if last.startswith("{") else None
    return said or {}


def text_of(content: str | list[dict[str, Any]]) -> str:
    """The text of a message or of the system part."""
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content)


def count_input_tokens(params: Mapping[str, Any]) -> int:
    """Four bytes of the system part, the messages and the schema are one token."""
    texts = [text_of(turn["content"]) for turn in params["messages"]]
    form = params.get("output_config", {}).get("format")
    texts += [text_of(params.get("system", "")), canonical(form["schema"]) if form else ""]
    return count_tokens("".join(texts))


def count_tokens(text: str) -> int:
    """Four bytes of text are one token."""
    return -(-len(text.encode("utf-8")) // 4)


def canonical(value: Any) -> str:
    """Equal values give equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def request_digest(params: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of what a request asks; the random codes of its tags do not count."""
    fields = ("model", "system", "messages", "max_tokens", "output_config")
    return _digest({name: params.get(name) for name in fields})


def first_digest(params: Mapping[str, Any]) -> str:
    """The same for a question, whether it is asked first, with more room, or to be mended."""
    asked = {"model": params["model"], "system": params.get("system")}
    return _digest({**asked, "messages": params["messages"][:1]})


def _digest(value: Any) -> str:
    text = _CODE.sub(r"\1>", canonical(value))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
