"""Requests in, batches at the server, their results in the ledger.

Creating a batch is not idempotent: a call that timed out may have made one, and calling again
would pay twice. So a batch is written down before it is created; where its creation did not end
well, the server's list is searched for it, and what is found is adopted.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import TypeAlias

from taxonomy.claude.batch_api import BatchApi, check_allowed
from taxonomy.claude.batch_rows import BatchRows, Row
from taxonomy.claude.collecting import custom_id
from taxonomy.claude.connection import Failure
from taxonomy.claude.pending import Pending
from taxonomy.claude.session import Session
from taxonomy.claude.watching import Watch
from taxonomy.errors import BudgetError, ClaudeError

MAX_REQUESTS = 10_000
MAX_BYTES = 32 * 2**20
"""A tenth of what the server takes: so much is held in memory, and so much is lost at worst."""
LEAST_REQUESTS = 100
"""Smaller batches are not made just because the budget leaves no more."""
SIZES = 64
"""Batches have up to this many requests fewer than the most: the server lists only their number,
so different numbers tell them apart."""
Chunk: TypeAlias = list[tuple[Pending, float]]
"""Requests of one batch, each with the most that it can cost."""


class Batches:
    """The batches of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._api = BatchApi(session.connection, create_seconds=session.patience.create)
        self._server = str(session.connection.client.base_url)
        self._rows = BatchRows(session.ledger, server=self._server, run=session.run)
        self._watch = Watch(session, self._rows, self._api)
        self._own: set[int] = set()

    def run(self, pendings: Iterator[Pending]) -> None:
        """Send all, and wait until they and those sent before have been collected.

        Raises
        ------
        BudgetError
            The next request could pass the budget, and nothing is under way that would free some.
        ClaudeError
            The server does not let us, has lost answers, or too many answers cannot be used.
        """
        self._watch.helped()
        for chunk in self._chunks(pendings):
            self._session.tally.stop_if_failing()
            self._submit(chunk)
        self.wait()

    def wait(self) -> None:
        """Wait for the batches that hold requests of this session."""
        wanted = self._own | self._rows.holding(self._session.awaited)
        if rows := [row for row in self._rows.under_way() if row.number in wanted]:
            n = sum(row.n for row in rows)
            self._session.say(f"waiting for {len(rows):,} batches of {n:,} requests")
        while rows := [row for row in self._rows.under_way() if row.number in wanted]:
            if all(row.server != self._server for row in rows):
                raise ClaudeError(_elsewhere(rows))
            self._watch.poll()
            if self._rows.state(rows[0].number) in {"submitting", "guessed", "submitted"}:
                self._watch.sleep()

    def cancel(self) -> int:
        """Ask the server to end every batch of ours early; the number of those asked."""
        n = 0
        for row in self._rows.here():
            if row.is_proven:
                answer = self._api.cancel(str(row.server_id))
                if isinstance(answer, Failure) and answer.status != 400:  # it has ended already
                    check_allowed(answer)
                    self._session.say(f"batch {row.server_id} was not canceled: {answer.text}")
                else:
                    n += 1
        return n

    def _chunks(self, pendings: Iterator[Pending]) -> Iterator[Chunk]:
        """Requests in the sizes of batches, each chunk within what the budget leaves."""
        chunk: Chunk = []
        usd, n_bytes, most = 0.0, 0, _batch_size()
        for pending in pendings:
            cost = self._session.worst_cost(pending, batch=True)
            while not self._session.budget.fits(usd + cost):
                if self._wait_for_one():
                    continue  # what it reserved is settled now, for less
                if not chunk:
                    raise BudgetError(self._session.budget.explain(cost))
                if self._own and len(chunk) < LEAST_REQUESTS:
                    raise BudgetError(self._session.budget.explain_batch(len(chunk)))
                yield chunk
                chunk, usd, n_bytes = [], 0.0, 0
            chunk.append((pending, cost))
            usd, n_bytes = usd + cost, n_bytes + pending.n_bytes
            if len(chunk) >= most or n_bytes >= MAX_BYTES:
                yield chunk
                chunk, usd, n_bytes, most = [], 0.0, 0, _batch_size()
        if chunk:
            yield chunk

    def _wait_for_one(self) -> bool:
        """Whether a batch of this run was under way, and has been collected now."""
        before = self._rows.of_run()
        if not any(row.number in before for row in self._rows.here()):
            return False
        while self._rows.of_run() >= before:
            self._watch.poll()
            self._watch.sleep()
        return True

    def _submit(self, chunk: Chunk) -> None:
        """Create one batch of the chunk, or two where the server finds it too large."""
        started = time.monotonic()
        number, mark = self._plan(chunk)
        while (failure := self._create(number, mark, chunk)) is not None:
            if failure.billed:
                if self._is_found(number):
                    return
                number, mark = self._plan(chunk)
            else:
                self._rows.set_state(number, "planned")
                if failure.kind != "later":
                    self._watch.reject(number, failure.text)
                    check_allowed(failure)
                    self._submit_halves(chunk, failure)
                    return
            if failure.status == 429 and any(row.is_proven for row in self._rows.here()):
                self._watch.poll()  # our own fill the queue: as they end, there is room again
                started = time.monotonic()
            self._watch.bear(failure, since=started)

    def _submit_halves(self, chunk: Chunk, failure: Failure) -> None:
        if failure.status != 413 or len(chunk) == 1:
            raise ClaudeError(f"the server takes no such batch: {failure.text}.")
        middle = len(chunk) // 2
        self._submit(chunk[:middle])
        self._submit(chunk[middle:])

    def _plan(self, chunk: Chunk) -> tuple[int, str]:
        """Number and mark of a batch that is written down; its worst cost is reserved."""
        self._session.budget.reserve(sum(cost for _, cost in chunk))
        number, mark = self._rows.plan([pending.sending(cost) for pending, cost in chunk])
        self._own.add(number)
        return number, mark

    def _create(self, number: int, mark: str, chunk: Chunk) -> Failure | None:
        """Why there is no batch of the chunk, None where there is one."""
        requests = [
            {
                "custom_id": custom_id(mark, pending.key),
                "params": pending.params(self._session.connection),
            }
            for pending, _ in chunk
        ]
        self._rows.submitting(number)
        answer = self._api.create(requests)
        if isinstance(answer, Failure):
            return answer
        if not isinstance(answer.get("id"), str):
            return Failure("a batch without an id", billed=True, kind="later")
        self._watch.helped()
        self._rows.adopt(number, answer["id"], is_proven=True)
        self._session.say(f"batch {answer['id']}: {len(chunk):,} requests")
        return None

    def _is_found(self, number: int) -> bool:
        """Whether a batch that may have been made was found; nothing else is created till then."""
        while self._rows.state(number) == "submitting":
            self._watch.poll()
            self._watch.sleep(self._session.patience.first_poll)
        return self._rows.state(number) != "rejected"


def _batch_size() -> int:
    return MAX_REQUESTS - secrets.randbelow(SIZES)


def _elsewhere(rows: list[Row]) -> str:
    n = sum(row.n for row in rows)
    names = " ".join(row.name for row in rows)
    return (
        f"up to {n:,} requests are under way in batches at {rows[0].server}: ask through that "
        f"address to collect them, or give them up with `taxonomy answers abandon {names}` and pay "
        "for them again here."
    )
