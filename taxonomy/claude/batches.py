"""Requests in, batches at the server, their results in the ledger.

Creating a batch is not idempotent: a call that timed out may have made one, and calling again
would pay twice. So a batch is written down before it is created; where its creation did not end
well, the server's list is searched for it, and what is found is adopted.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from taxonomy.claude.batch_api import BatchApi, check_allowed
from taxonomy.claude.collecting import NotOurs, collect, custom_id, is_ours, write_off
from taxonomy.claude.connection import Failure
from taxonomy.claude.session import Pending, Session
from taxonomy.errors import BudgetError, ClaudeError

MAX_REQUESTS = 10_000
MAX_BYTES = 32 * 2**20
"""A tenth of what the server takes: so much is held in memory, and so much is lost at worst."""
SIZES = 64
"""Batches have up to this many requests fewer than the most: the server lists only their number,
so different numbers tell them apart."""
SLOWER = 1.5
Chunk: TypeAlias = list[tuple[Pending, float]]
"""Requests of one batch, each with the most that it can cost."""


@dataclass(frozen=True)
class Row:
    """A batch that the ledger holds to be under way."""

    number: int
    mark: str
    state: str
    n: int
    server_id: str | None
    created_at: float


class Batches:
    """The batches of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ledger = session.ledger
        self._api = BatchApi(session.connection, create_seconds=session.patience.create)
        self._pause = session.patience.first_poll
        self._answered_at = time.monotonic()
        self._canceled: set[int] = set()

    def run(self, pendings: Iterator[Pending]) -> None:
        """Send all, and wait until every batch has been collected.

        Raises
        ------
        BudgetError
            The next request could pass the budget, and nothing is under way that would free some.
        ClaudeError
            The server does not let us, or too many answers cannot be used.
        """
        for chunk in self._chunks(pendings):
            self._submit(chunk)
            self._session.stop_if_failing()
        while self.poll():
            self._sleep()

    def under_way(self) -> list[Row]:
        """The batches that were not yet collected, oldest first."""
        query = "SELECT id, mark, state, n, server_id, created_at FROM batches"
        where = "WHERE state IN ('submitting', 'submitted') ORDER BY id"
        return [Row(*row) for row in self._ledger.rows(f"{query} {where}")]

    def poll(self) -> int:
        """Look at every batch once, collect what has ended; the number still under way."""
        for row in self.under_way():
            if row.server_id is None:
                self._search(row)
            else:
                self._look(row, row.server_id)
        return len(self.under_way())

    def cancel(self) -> int:
        """Ask the server to end every batch early; their number."""
        rows = [row for row in self.under_way() if row.server_id]
        for row in rows:
            answer = self._api.cancel(str(row.server_id))
            if isinstance(answer, Failure):
                raise ClaudeError(f"cannot cancel {row.server_id}: {answer.text}.")
        return len(rows)

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
        """Whether a batch was under way, and has been collected now."""
        before = len(self.under_way())
        if not before:
            return False
        while self.poll() >= before:
            self._sleep()
        return True

    def _submit(self, chunk: Chunk) -> None:
        """Create one batch of the chunk, or two where the server finds it too large."""
        started = time.monotonic()
        while (failure := self._create(chunk)) is not None:
            if failure.status == 413 and len(chunk) > 1:
                middle = len(chunk) // 2
                self._submit(chunk[:middle])
                self._submit(chunk[middle:])
                return
            if failure.kind == "never":
                raise ClaudeError(f"the server takes no such batch: {failure.text}.")
            self._bear(started, failure)

    def _create(self, chunk: Chunk) -> Failure | None:
        """Why there is no batch of the chunk, None where there is one."""
        number, mark = self._write_down(chunk)
        params = [pending.params(self._session.connection) for pending, _ in chunk]
        answer = self._api.create(
            [
                {"custom_id": custom_id(mark, pending.request.key), "params": sent}
                for (pending, _), sent in zip(chunk, params, strict=True)
            ]
        )
        if isinstance(answer, dict) and not isinstance(answer.get("id"), str):
            answer = Failure("a batch without an id", billed=True, kind="later")
        if isinstance(answer, Failure):
            if not answer.billed:
                self._reject(number, answer.text)
                check_allowed(answer)
                return answer
            # It may be there: nothing else is created until that is known.
            while self._state(number) == "submitting":
                self._sleep(self._session.patience.first_poll)
                self.poll()
            return answer if self._state(number) == "rejected" else None
        self._adopt(number, str(answer["id"]))
        self._session.say(f"batch {answer['id']}: {len(chunk):,} requests")
        return None

    def _write_down(self, chunk: Chunk) -> tuple[int, str]:
        """Number and mark of a batch that is about to be created; its worst cost is reserved."""
        mark = secrets.token_hex(4)
        self._session.budget.reserve(sum(cost for _, cost in chunk))
        with self._ledger.transaction():
            ((number,),) = self._ledger.rows(
                "INSERT INTO batches(mark, state, n, created_at) VALUES (?, 'submitting', ?, ?) "
                "RETURNING id", mark, len(chunk), time.time(),
            )  # fmt: skip
            self._ledger.open_attempts(
                [pending.sending(cost) for pending, cost in chunk],
                run=self._session.run,
                batch=number,
            )
        return number, mark

    def _state(self, number: int) -> str:
        return str(self._ledger.rows("SELECT state FROM batches WHERE id=?", number)[0][0])

    def _adopt(self, number: int, server_id: str) -> None:
        self._ledger.write(
            "UPDATE batches SET state='submitted', server_id=? WHERE id=?", server_id, number
        )

    def _reject(self, number: int, why: str) -> None:
        """Note that a batch was never made: what it reserved is free again."""
        with self._ledger.transaction():
            self._end(number, "rejected", why)
            query = "SELECT SUM(reserved) FROM attempts WHERE batch=? AND state='sent' AND run=?"
            ((free,),) = self._ledger.rows(query, number, self._session.run)
            self._ledger.write(
                "UPDATE attempts SET state='failed', error=? WHERE batch=? AND state='sent'",
                why, number,
            )  # fmt: skip
        self._session.budget.settle(free or 0.0, 0.0)

    def _end(self, number: int, state: str, detail: str = "") -> None:
        query = "UPDATE batches SET state=?, detail=? WHERE id=?"
        self._ledger.write(query, state, detail[:500], number)

    def _search(self, row: Row) -> None:
        """Find a batch whose creation did not end well in the server's list."""
        listed = self._api.newest()
        if isinstance(listed, Failure):
            check_allowed(listed)
            self._bear(self._answered_at, listed)
            return
        known = {name for (name,) in self._ledger.rows("SELECT server_id FROM batches")}
        known |= {
            name
            for (name,) in self._ledger.rows(
                "SELECT server_id FROM strangers WHERE batch=?", row.number
            )
        }
        for batch in reversed(listed):
            if batch["id"] in known or _size(batch) != row.n:
                continue
            # One that is still in progress is taken for ours until its results say otherwise.
            if batch.get("processing_status") == "ended" and not is_ours(
                self._api, row.mark, batch["id"]
            ):
                continue
            self._session.say(f"batch {batch['id']} was created after all: adopted")
            self._adopt(row.number, batch["id"])
            return
        if time.time() > row.created_at + self._session.patience.grace:
            self._reject(row.number, "not in the server's list")

    def _look(self, row: Row, server_id: str) -> None:
        """Collect a batch if it has ended."""
        batch = self._api.retrieve(server_id)
        if isinstance(batch, Failure):
            if batch.status == 404:
                self._lose(row, "the server no longer knows the batch")
                return
            check_allowed(batch)
            self._bear(self._answered_at, batch)
            return
        self._answered_at = time.monotonic()
        if batch.get("archived_at"):
            self._lose(row, "the server has archived the results")
        elif batch.get("processing_status") == "ended":
            self._collect(row, server_id)
        elif self._is_stuck(batch) and row.number not in self._canceled:
            self._session.say(f"batch {server_id} is long past its expiry: canceled")
            self._api.cancel(server_id)
            self._canceled.add(row.number)

    def _collect(self, row: Row, server_id: str) -> None:
        try:
            n_messages = collect(self._session, self._api, row.number, row.mark, server_id)
        except NotOurs:
            with self._ledger.transaction():
                self._ledger.write(
                    "INSERT OR IGNORE INTO strangers VALUES (?, ?)", row.number, server_id
                )
                query = "UPDATE batches SET state='submitting', server_id=NULL WHERE id=?"
                self._ledger.write(query, row.number)
            return
        self._end(row.number, "collected")
        self._pause = self._session.patience.first_poll
        self._session.say(f"batch {server_id}: {n_messages:,} of {row.n:,} answers")
        if self._session.delete_collected:
            self._api.delete(server_id)  # a batch that stays is gone by itself after 29 days

    def _lose(self, row: Row, why: str) -> None:
        n = write_off(self._session, row.number, row.mark, why)
        self._end(row.number, "lost", why)
        self._session.say(f"batch {row.server_id}: {n:,} answers lost: {why}; asking again")

    def _is_stuck(self, batch: dict[str, Any]) -> bool:
        expires = datetime.fromisoformat(str(batch["expires_at"])).timestamp()
        return time.time() > expires + self._session.patience.stuck

    def _bear(self, since: float, failure: Failure) -> None:
        """Wait after a failure; raise when it has gone on for too long."""
        patience = self._session.patience
        if time.monotonic() - since > patience.longest_throttling:
            raise ClaudeError(
                f"the server has not helped for {patience.longest_throttling / 60:,.0f} minutes: "
                f"{failure.text}. Batches go on there; run the same command later."
            )
        self._sleep(min(failure.retry_after or patience.first_poll, patience.longest_pause))

    def _sleep(self, seconds: float | None = None) -> None:
        time.sleep(self._pause if seconds is None else seconds)
        self._pause = min(self._pause * SLOWER, self._session.patience.longest_poll)


def _batch_size() -> int:
    return MAX_REQUESTS - secrets.randbelow(SIZES)


def _size(batch: dict[str, Any]) -> int:
    counts = batch.get("request_counts")
    return sum(counts.values()) if isinstance(counts, dict) else -1
