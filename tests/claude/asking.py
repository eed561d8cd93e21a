"""Facet requests for the tests; and, run as a program, a process that asks and may be killed."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from taxonomy.claude import Claude, Request, batches, connect
from taxonomy.claude.session import Patience
from taxonomy.claude.upkeep import abandon
from taxonomy.collaboration import COLLABORATIONS
from taxonomy.errors import ClaudeError
from taxonomy.settings import ClaudeSettings

HAIKU = "claude-haiku-5-5"
QUICK = Patience(
    create=0.5,
    first_poll=0.02,
    longest_poll=0.1,
    backoff=0.02,
    longest_pause=0.1,
    longest_throttling=30.0,
    grace=0.3,
    rereading=1.0,
    stuck=1.0 - 86_400.0,  # a batch expires a day after it was made: here, a second after
)


class Facets(BaseModel):
    model_config = ConfigDict(extra="forbid")

    request: str
    language: str
    collaboration: Literal[COLLABORATIONS]


def facet_request(number, **changes):
    words = ["table", "river", "stone", "cloud", "bread", "glass", "paper"]
    text = f"Please write a short poem about a {words[number % 7]} and the number {number}."
    given = {
        "stage": "facets",
        "model": HAIKU,
        "system": "Say what the person asks for.",
        "material": {"transcript": {"messages": [{"role": "user", "content": text}]}},
        "task": "Answer with the facets.",
        "answer": Facets,
        "max_tokens": 300,
        "prompt_version": "test-1",
        "conversation_ids": (f"c{number}",),
    }
    return Request(**(given | changes))


def open_claude(url, ledger, *, mode="auto", budget=None, patience=QUICK, **changes):
    settings = ClaudeSettings(base_url=url, mode=mode, max_concurrency=16, **changes)
    connection = connect(settings, {"ANTHROPIC_API_KEY": "test"}, call_seconds=0.5)
    return Claude(ledger, connection, settings, budget=budget, run="run", patience=patience)


def ask_to_the_end(claude, requests):
    """Ask again while a later command would: for what got no answer, or was lost and given up."""
    for _ in range(10):
        try:
            answers = list(claude.ask(requests))
        except ClaudeError as error:
            found = re.search(r"taxonomy answers abandon ([\w ]+)`", str(error))
            if not found:
                raise
            abandon(claude.ledger, found[1].split())
        else:
            if not {answer.status for answer in answers} & {"errored", "expired"}:
                break
    return answers


def main(url, ledger, mode, n, budget, out):
    """Ask for n facets, and write the answers down at the end."""
    batches.MAX_REQUESTS = 300
    requests = [facet_request(number) for number in range(int(n))]
    with open_claude(url, Path(ledger), mode=mode, budget=float(budget)) as claude:
        print("ready", flush=True)
        rows = [
            [answer.status, answer.value and answer.value.model_dump()]
            for answer in ask_to_the_end(claude, requests)
        ]
    Path(out).write_text(json.dumps(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
