"""What one asking holds together: the ledger, the budget, the connection, and who is still open.

`Session` turns requests into what has to be sent next, and what came back into rows of the ledger.
How it is sent is the affair of `direct` and `batches`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from taxonomy.claude.connection import Connection, Failure
from taxonomy.claude.entries import Outcome, State
from taxonomy.claude.ledger import RECEIVED, Ledger
from taxonomy.claude.money import Budget, Tariff, check_priced
from taxonomy.claude.pending import Pending, next_pending
from taxonomy.claude.reading import read_message, read_usage
from taxonomy.claude.records import Request, in_groups
from taxonomy.claude.tally import MAX_TRIES, PAID_TRIES, Tally
from taxonomy.errors import ClaudeError
from taxonomy.progress import advance, grow


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
    """After a first look in vain, for a batch that may have been created to appear in the list."""
    rereading: float = 600.0
    """For results that cannot be read, or are not all there, before they count as gone."""
    stuck: float = 3_600.0
    """After its expiry before a batch is canceled."""


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
    delete_collected: bool
    tally: Tally
    say: Callable[[str], None]
    awaited: set[bytes] = field(default_factory=set)
    """Requests of ours that an earlier command has sent in batches."""
    _has_noted: bool = False

    def scan(self, requests: Iterable[Request], skip: set[bytes]) -> Iterator[Pending]:
        """What has to be sent next, each request once; messages that came are read on the way.

        Parameters
        ----------
        skip : keys that are under way; what is given out is added
        """
        sent_before = frozenset(skip)
        for group in in_groups(requests):
            self._note_subjects(group)
            states = self.ledger.states([request.key for request in group])
            states |= self._read_received(group, states)
            if not self._has_noted:
                self.tally.n_requests += len(group)
                grow(len(group), "answers")
            for request in group:
                pending = self.pending(request, states.get(request.key))
                if pending is None:
                    advance(not self._has_noted, "answers", is_old=True)
                    continue
                if request.key in sent_before:
                    self.awaited.add(request.key)
                elif request.key not in skip:
                    skip.add(request.key)
                    yield pending
        self._has_noted = True

    def pending(self, request: Request, state: State | None) -> Pending | None:
        """What has to be sent next for a request, None where it is final or was given up."""
        return None if self.tally.is_given_up(request.key) else next_pending(request, state)

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
        """What the books say of what came; a message that does not say its usage cost the most."""
        if not isinstance(message, Mapping) or not isinstance(message.get("content"), list):
            return Outcome("lost", reserved, error=f"no message: {str(message)[:200]!r}")
        usage = read_usage(message.get("usage"))
        if usage is None:
            return Outcome("answered", reserved, request_id=request_id)
        return Outcome(
            "answered",
            self.tariff.cost(model, usage, batch=batch),
            usage.input + usage.cache_write + usage.cache_read,
            usage.output,
            request_id=request_id,
        )

    def store(self, request: Request, step: str, message: object) -> State | None:
        """Read a message into the ledger; None where it is none, so the request stays open."""
        reading = read_message(message, request)
        if reading.status == "broken":
            return None
        # A refusal's words are never kept as if they were an answer.
        text = "" if reading.status == "refused" else reading.text
        self.ledger.store([(request.key, reading.status, step, text, reading.detail)])
        return State(reading.status, step, text, reading.detail)

    def count(self, request: Request, state: State | None) -> None:
        """Count an answer that was read, or None for one that was no message."""
        if state is None:
            self.count_failure(request.key, "errored", "no message", tries=PAID_TRIES)
        else:
            self.tally.read[state.status] += 1

    def count_failure(self, key: bytes, status: str, detail: str, *, tries: int = 1) -> None:
        """Count a try that brought no answer; the last one is written down as the request's end."""
        if self.tally.fail(key, status, detail, tries=tries):
            self.ledger.store_failure(key, status, detail)
            advance(1, "answers")

    def give_up(self, key: bytes, detail: str) -> None:
        """End a request that the server finds malformed: it can never be answered."""
        self.tally.fail(key, "malformed", detail, tries=MAX_TRIES)
        self.ledger.store_failure(key, "errored", detail)

    def wait_after(self, key: bytes) -> float:
        """Seconds to wait before a request that failed is sent again."""
        doubled = self.patience.backoff * 2.0 ** (self.tally.failures(key) - 1)
        return min(doubled, self.patience.longest_pause)

    def note_failure(self, pending: Pending, failure: Failure) -> None:
        """Count a failed call; raise where no request will fare better."""
        if failure.kind == "stop":
            raise ClaudeError(
                f"the server does not let us ask {pending.request.model}: {failure.text}. Check "
                "the key, the address, the model's name and the account; what was answered is in "
                "the ledger."
            )
        if failure.kind == "never":
            self.give_up(pending.key, failure.text)
        else:
            tries = PAID_TRIES if failure.billed else 1
            self.count_failure(pending.key, "errored", failure.text, tries=tries)

    def _note_subjects(self, group: list[Request]) -> None:
        """Write down whose words the requests hold, so that all can be purged, however asked."""
        if not self._has_noted:
            with self.ledger.transaction():
                self.ledger.note_subjects(
                    (one, request.key) for request in group for one in request.conversation_ids
                )

    def _read_received(
        self, group: list[Request], states: Mapping[bytes, State]
    ) -> dict[bytes, State]:
        received = {r.key: r for r in group if (s := states.get(r.key)) and s.status == RECEIVED}
        if not received:
            return {}
        read: dict[bytes, State | None] = {}
        with self.ledger.transaction():
            for key, request in received.items():
                read[key] = self.store(request, states[key].step, json.loads(states[key].text))
                if read[key] is None:
                    self.ledger.write("DELETE FROM answers WHERE key = ?", key)
        for key, state in read.items():
            self.count(received[key], state)
        gone = State("errored", "first", "", "no message")
        return {key: state or gone for key, state in read.items()}
