"""What the ledger writes down, as records: what was sent, what became of it, what is known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """What the ledger knows of a request."""

    status: str
    step: str
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A request about to be sent."""

    key: bytes
    step: str
    reserved: float
    stage: str
    model: str
    prompt_version: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sending."""

    state: str
    """answered; failed: not billed; lost: it may have been billed, and no answer came."""
    usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    error: str = ""
    request_id: str = ""
