"""What one asking holds together: the ledger, the budget, the connection, and who is still open.

`Session` turns requests into what has to be sent next, and what came back into rows of the ledger.
How it is sent is the affair of `direct` and `batches`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from taxonomy.claude.connection import Connection, Failure
from taxonomy.claude.ledger import RECEIVED, Ledger, Outcome, Sending, State
from taxonomy.claude.money import Budget, Tariff, check_priced
from taxonomy.claude.reading import Reading, Usage, read_message, read_usage
from taxonomy.claude.records import Request, wire_schema
from taxonomy.claude.wire import LONGER, REPAIR_CHARACTERS, Step, message_params
from taxonomy.errors import ClaudeError

MAX_TRIES = 6
"""Failures of one request in one asking, after which it is given up."""
SCANNED = 500
LEAST_JUDGED = 200
"""Answers before the share of failures is looked at."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds."""

    create: float = 120.0
    """For a batch to be taken."""
    first_poll: float = 1.0
    longest_poll: float = 60.0
    backoff: float = 1.0
    """After the first failure of a request; doubled after each further one."""
    longest_pause: float = 60.0
    """A server that asks for a longer pause is asked again after this."""
    longest_throttling: float = 3_600.0
    """After the last answer, before a server that only asks to wait is given up."""
    grace: float = 60.0
    """For a batch that may have been created to appear in the list."""
    stuck: float = 3_600.0
    """After its expiry before a batch is canceled."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A request and what has to be sent for it next."""

    request: Request
    step: Step = "first"
    faulty: str = ""
    faults: str = ""

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
        repair = 4 * REPAIR_CHARACTERS + 2_000 if self.step == "repair" else 0
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
        return Sending(asked.key, self.step, reserved, asked.stage, asked.model,
                       asked.prompt_version, asked.conversation_ids)  # fmt: skip


@dataclass
class Session:
    """One asking: made by `Claude.ask`, gone when its answers are in."""

    ledger: Ledger
    connection: Connection
    tariff: Tariff
    budget: Budget
    run: str
    patience: Patience
    max_concurrency: int
    max_failed_share: float
    delete_collected: bool
    say: Callable[[str], None]
    failures: Counter[bytes] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)

    def scan(self, requests: Iterable[Request], skip: set[bytes]) -> Iterator[Pending]:
        """What has to be sent next, each request once; messages that came are read on the way.

        Parameters
        ----------
        skip : keys that are under way; what is given out is added
        """
        remaining = iter(requests)
        while group := list(islice(remaining, SCANNED)):
            states = self.ledger.states([request.key for request in group])
            states |= self._read_received(group, states)
            for request in group:
                pending = self.pending(request, states.get(request.key))
                if pending is not None and request.key not in skip:
                    skip.add(request.key)
                    yield pending

    def pending(self, request: Request, state: State | None) -> Pending | None:
        """What has to be sent next for a request in this state, None where it is final."""
        step = None if self.failures[request.key] >= MAX_TRIES else next_step(state)
        if step == "repair" and state is not None:
            return Pending(request, step, state.text, state.detail)
        return step and Pending(request, step)

    def worst_cost(self, pending: Pending, *, batch: bool) -> float:
        """US dollars that sending this can cost at most.

        Raises
        ------
        BudgetError
            There is a budget, and the model's price is not known.
        """
        check_priced(pending.request.model, self.tariff, self.budget)
        return self.tariff.worst_cost(
            pending.request.model, pending.n_bytes, pending.max_tokens, batch=batch
        )

    def outcome_of(
        self, message: object, model: str, *, batch: bool, reserved: float, request_id: str = ""
    ) -> Outcome:
        """What the books say of a message that came; one without usage was lost on the way."""
        if not isinstance(message, Mapping) or "usage" not in message:
            return Outcome("lost", reserved, error=f"no message: {str(message)[:200]!r}")
        usage: Usage = read_usage(message["usage"])
        return Outcome(
            "answered",
            self.tariff.cost(model, usage, batch=batch),
            usage.input + usage.cache_write + usage.cache_read,
            usage.output,
            request_id=request_id,
        )

    def keep(self, request: Request, step: str, message: object) -> State | None:
        """Read a message into the ledger; None where it is none, so the request stays open."""
        reading = read_message(message, request)
        if reading.status == "broken":
            self.count_failure(request.key, "errored", reading.detail)
            return None
        state = State(reading.status, step, *_kept(reading))
        self.ledger.store([(request.key, state.status, step, state.text, state.detail)])
        if self.pending(request, state) is None:
            self.settled[state.status] += 1
        return state

    def count_failure(self, key: bytes, status: str, detail: str) -> None:
        """Count a try that brought no answer; the last one is written down as the request's end."""
        self.failures[key] += 1
        if self.failures[key] >= MAX_TRIES:
            self.ledger.store_failure(key, status, detail)
            self.settled[status] += 1

    def give_up(self, key: bytes, detail: str) -> None:
        """End a request that can never be answered."""
        self.failures[key] = MAX_TRIES - 1
        self.count_failure(key, "errored", detail)

    def wait_after(self, key: bytes) -> float:
        """Seconds to wait before a request that failed is sent again."""
        doubled = self.patience.backoff * 2.0 ** (self.failures[key] - 1)
        return min(doubled, self.patience.longest_pause)

    def stop_if_failing(self) -> None:
        """Raise where too many answers cannot be used: going on would waste money."""
        total = self.settled.total()
        bad = total - self.settled["ok"] - self.settled["refused"]
        if total >= LEAST_JUDGED and bad > self.max_failed_share * total:
            kinds = ", ".join(f"{n:,} {status}" for status, n in sorted(self.settled.items()))
            raise ClaudeError(
                f"{bad:,} of {total:,} answers cannot be used ({kinds}), more than "
                f"claude.max_failed_share = {self.max_failed_share}; `taxonomy answers failures` "
                "shows why. What was answered is in the ledger."
            )

    def _read_received(
        self, group: list[Request], states: Mapping[bytes, State]
    ) -> dict[bytes, State]:
        received = [r for r in group if (s := states.get(r.key)) and s.status == RECEIVED]
        if not received:
            return {}
        read: dict[bytes, State] = {}
        with self.ledger.transaction():
            for request in {request.key: request for request in received}.values():
                stored = states[request.key]
                state = self.keep(request, stored.step, json.loads(stored.text))
                if state is None:  # a message without content: as if it had never come
                    self.ledger.write("DELETE FROM answers WHERE key = ?", request.key)
                    state = State("errored", "first", "", "no message")
                read[request.key] = state
        return read


def next_step(state: State | None) -> Step | None:
    """What is sent after a state; None where the state is final.

    A refusal is final. What was cut off gets more room once, what is faulty is mended once; where
    no answer came at all, a later command asks again.
    """
    if state is None or state.status in {"errored", "expired"}:
        return "first"
    if state.status == "truncated" and state.step == "first":
        return "longer"
    if state.status == "invalid" and state.step != "repair":
        return "repair"
    return None


def note_failure(session: Session, pending: Pending, failure: Failure) -> None:
    """Count a failed call; raise where no request will fare better."""
    key = pending.request.key
    if failure.kind == "stop":
        raise ClaudeError(
            f"the server does not let us ask {pending.request.model}: {failure.text}. Check the "
            "key, the model's name and the account; what was answered is in the ledger."
        )
    if failure.kind == "never":
        session.give_up(key, failure.text)
    else:
        session.count_failure(key, "errored", failure.text)


def _kept(reading: Reading) -> tuple[str, str]:
    """Text and detail to store: a refusal's words are never kept as if they were an answer."""
    return ("" if reading.status == "refused" else reading.text), reading.detail
