"""Questions as the arms ask them, and a client of the real SDK to ask them with."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import Literal

import anthropic
from pydantic import BaseModel, ConfigDict, Field

from taxonomy.claude.fake import FakeClaude
from taxonomy.claude.records import Request
from taxonomy.claude.wire import message_params

SYSTEM = "Say what the person wants."
TASK = "Answer about the conversation above."


class Facets(BaseModel):
    model_config = ConfigDict(extra="forbid")

    request: str = Field(max_length=200)
    task: str = Field(max_length=300)
    language: str
    collaboration: Literal["directive", "feedback loop", "task iteration", "learning",
                           "validation", "none"]  # fmt: skip
    use_case: Literal["work", "coursework", "personal"]
    concern: Literal[1, 2, 3, 4, 5]


class NodeText(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=4, max_length=110)
    description: str = Field(min_length=20, max_length=700)


class Names(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: list[str] = Field(min_length=2, max_length=4)


class Parent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parent: str


def make_request(material, answer, **changes):
    usual = {"stage": "facets", "model": "claude-haiku-5-5", "system": SYSTEM, "task": TASK}
    usual |= {"max_tokens": 400, "prompt_version": "1"}
    return Request(material=material, answer=answer, **usual | changes)


def ask_about(*said, answer=Facets, **how):
    messages = [{"role": "user", "content": text} for text in said]
    return message_params(make_request({"transcript": {"messages": messages}}, answer), **how)


def ask(material, answer, **how):
    return message_params(make_request(material, answer), **how)


@contextmanager
def serving(script=None, **how):
    """A server and a client of the real SDK that retries nothing."""
    with (
        FakeClaude(script, **how) as fake,
        anthropic.Anthropic(base_url=fake.url, api_key="test", max_retries=0) as client,
    ):
        yield fake, client


def text_of(message):
    return next(block.text for block in message.content if block.type == "text")


def answer_of(message):
    return json.loads(text_of(message))


def batch_of(*params):
    return [{"custom_id": f"c{place}", "params": one} for place, one in enumerate(params)]


def wait_for(client, batch_id):
    while True:
        batch = client.messages.batches.retrieve(batch_id)
        if batch.processing_status == "ended":
            return batch


def run_batch(client, requests):
    """The results of a batch, by custom id."""
    batch = client.messages.batches.create(requests=requests)
    wait_for(client, batch.id)
    return {row.custom_id: row.result for row in client.messages.batches.results(batch.id)}
