from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from taxonomy.claude.records import Request, wire_schema


class Inner(BaseModel):
    word: str = Field(max_length=3)


class Shape(BaseModel):
    name: str = Field(min_length=1, max_length=20, pattern="^[a-z]+$", description="a name")
    kind: Literal["a", "b"]
    only: Literal[1]
    inner: list[Inner] = Field(min_length=2, max_length=4)


def request(**changes):
    given = {
        "stage": "facets",
        "model": "claude-haiku-5-5",
        "system": "Say what it is.",
        "material": {"text": ["one", "two"]},
        "task": "Answer now.",
        "answer": Inner,
        "max_tokens": 50,
        "prompt_version": "1",
    }
    return Request(**(given | changes))


def test_the_schema_that_is_sent_is_closed_and_says_its_bounds_in_words():
    schema = wire_schema(Shape)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "kind", "only", "inner"]
    assert schema["properties"]["name"] == {
        "type": "string",
        "description": "a name; maxLength 20; minLength 1",
    }
    assert schema["properties"]["kind"] == {"type": "string", "enum": ["a", "b"]}
    assert schema["properties"]["only"]["enum"] == [1]
    inner = schema["properties"]["inner"]
    assert inner["description"] == "maxItems 4; minItems 2"
    assert inner["items"]["additionalProperties"] is False
    assert "$defs" not in schema


def test_the_key_is_the_same_for_equal_questions():
    assert request().key == request().key
    assert len(request().key) == 32


def test_the_key_changes_with_whatever_the_answer_depends_on():
    changes = [
        {"model": "claude-sonnet-5-5"},
        {"system": "Say what it was."},
        {"material": {"text": ["one", "three"]}},
        {"task": "Answer."},
        {"answer": Shape},
        {"max_tokens": 51},
        {"prompt_version": "2"},
        {"draw": 1},
        {"effort": "high"},
        {"thinking": "adaptive"},
    ]
    keys = {request().key, *(request(**change).key for change in changes)}
    assert len(keys) == 1 + len(changes)


def test_the_key_does_not_change_with_who_asks_and_for_whom():
    same = request(stage="names", conversation_ids=("c1",), check=lambda value: [])
    assert same.key == request().key


def test_a_lone_surrogate_in_the_material_still_has_a_key():
    assert len(request(material={"text": "\ud800"}).key) == 32
