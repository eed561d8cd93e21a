"""A request and its state in, what has to be sent next for it out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from taxonomy.claude.connection import Connection
from taxonomy.claude.entries import Sending, State
from taxonomy.claude.records import Request, wire_schema
from taxonomy.claude.wire import LONGER, REPAIR_BYTES, Step, message_params


@dataclass(frozen=True, slots=True)
class Pending:
    """A request and what has to be sent for it next."""

    request: Request
    step: Step = "first"
    faulty: str = ""
    faults: str = ""

    @property
    def key(self) -> bytes:
        """The key of the request."""
        return self.request.key

    @property
    def max_tokens(self) -> int:
        """The most tokens that its answer may have."""
        return self.request.max_tokens * (LONGER if self.step == "longer" else 1)

    @property
    def n_bytes(self) -> int:
        """The most bytes of text in what is sent."""
        asked = self.request
        material = json.dumps(asked.material, ensure_ascii=False)
        # A bracket of the material is sent as six bytes.
        brackets = 5 * (material.count("<") + material.count(">"))
        repair = REPAIR_BYTES if self.step == "repair" else 0
        texts = (material, asked.system, asked.task, json.dumps(wire_schema(asked.answer)))
        return sum(len(text.encode("utf-8", "replace")) for text in texts) + brackets + repair + 500

    def params(self, connection: Connection) -> dict[str, Any]:
        """What is sent."""
        return message_params(
            self.request,
            step=self.step,
            faulty=self.faulty,
            faults=self.faults,
            structured=connection.capabilities.structured,
            tunable=connection.capabilities.tunable,
        )

    def sending(self, reserved: float) -> Sending:
        """What the ledger writes down before it is sent."""
        asked = self.request
        return Sending(
            asked.key, self.step, reserved, asked.stage, asked.model, asked.prompt_version
        )


def next_pending(request: Request, state: State | None) -> Pending | None:
    """What is sent after a state; None where the state is final.

    A refusal is final. What was cut off gets more room once, what is faulty is mended once; where
    no answer came at all, a later command asks again.
    """
    if state is None or state.status in {"errored", "expired"}:
        return Pending(request)
    if state.status == "truncated" and state.step == "first":
        return Pending(request, "longer")
    if state.status == "invalid" and state.step != "repair":
        return Pending(request, "repair", state.text, state.detail)
    return None
