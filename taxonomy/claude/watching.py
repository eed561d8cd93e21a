"""Batches at the server in, those that ended collected; those that went missing found again.

A batch whose creation was not answered is searched for in the server's list by its size. One that
is still in progress is a guess until its results bear our mark; one that was never made is noted
as such only after it was looked for in vain for a while.
"""

from __future__ import annotations

import time
from typing import Any

from taxonomy.claude.batch_api import BatchApi, BrokenResults, check_allowed, n_requests, seconds
from taxonomy.claude.batch_rows import BatchRows, Row
from taxonomy.claude.collecting import NotOurs, collect, is_ours
from taxonomy.claude.connection import Failure
from taxonomy.claude.session import Session
from taxonomy.errors import ClaudeError

SKEW = 900.0
"""Seconds by which the server's clock may be behind ours."""
SLOWER = 1.5


class Watch:
    """The batches of one server, looked at again and again."""

    def __init__(self, session: Session, rows: BatchRows, api: BatchApi) -> None:
        self._session = session
        self._patience = session.patience
        self._rows = rows
        self._api = api
        self._pause = session.patience.first_poll
        self._helped_at = time.monotonic()
        self._canceled: set[int] = set()
        self._searched_since: dict[int, float] = {}
        self._broken_since: dict[int, float] = {}

    def helped(self) -> None:
        """Note that the server has just done what it was asked."""
        self._helped_at = time.monotonic()

    def poll(self) -> int:
        """Look at every batch once, collect what has ended; the number still under way here.

        Raises
        ------
        ClaudeError
            The server has lost answers that were paid for.
        """
        gone = []
        for row in self._rows.here():
            why = self._search(row) if row.server_id is None else self._look(row, row.server_id)
            if why and row.is_proven:
                gone.append((row, why))
            elif why:
                self._rows.disown(row)
        if gone:
            raise ClaudeError(_lost(gone))
        return len(self._rows.here())

    def reject(self, number: int, why: str) -> None:
        """Note that a batch was never made: what it reserved is free again."""
        self._session.budget.settle(self._rows.reject(number, why), 0.0)

    def bear(self, failure: Failure, *, since: float) -> None:
        """Wait after a failure; raise when it has gone on for too long."""
        patience = self._patience
        if time.monotonic() - since > patience.longest_throttling:
            raise ClaudeError(
                f"the server has not helped for {patience.longest_throttling / 60:,.0f} minutes: "
                f"{failure.text}. Batches go on there; run the same command later."
            )
        self.sleep(min(failure.retry_after or patience.first_poll, patience.longest_pause))

    def sleep(self, wanted: float | None = None) -> None:
        """Wait, for longer each time that nothing has ended."""
        time.sleep(self._pause if wanted is None else wanted)
        self._pause = min(self._pause * SLOWER, self._patience.longest_poll)

    def _search(self, row: Row) -> str | None:
        """Find a batch whose creation did not end well in the server's list."""
        listed = self._api.since(row.created_at - SKEW)
        if isinstance(listed, Failure):
            check_allowed(listed)
            self.bear(listed, since=self._helped_at)
            return None
        self.helped()
        known = self._rows.known_ids(row.number)
        for batch in listed:
            if batch["id"] in known or n_requests(batch) != row.n:
                continue
            has_ended = batch.get("processing_status") == "ended"
            if has_ended and batch.get("archived_at"):
                continue
            ours = is_ours(self._api, row.mark, batch["id"]) if has_ended else True
            if ours:
                self._rows.adopt(row.number, batch["id"], is_proven=has_ended)
                self._session.say(f"batch {batch['id']} may have been created after all")
            elif ours is not None:
                self._rows.note_stranger(row.number, batch["id"])
                continue
            return None  # found; or it cannot be seen yet whose it is
        since = self._searched_since.setdefault(row.number, time.monotonic())
        if time.monotonic() - since > self._patience.grace:
            self.reject(row.number, "not in the server's list")
        return None

    def _look(self, row: Row, server_id: str) -> str | None:
        """Collect a batch if it has ended; why its answers are gone, if they are."""
        batch = self._api.retrieve(server_id)
        if isinstance(batch, Failure):
            if batch.status == 404:
                return "the server no longer knows it"
            check_allowed(batch)
            self.bear(batch, since=self._helped_at)
            return None
        self.helped()
        if batch.get("archived_at"):
            return "the server has archived its results"
        if batch.get("processing_status") == "ended":
            return self._collect(row, server_id)
        if self._is_stuck(batch) and row.number not in self._canceled:
            if not row.is_proven:
                return "it is long past its expiry"
            self._session.say(f"batch {server_id} is long past its expiry: canceled")
            if not isinstance(self._api.cancel(server_id), Failure):
                self._canceled.add(row.number)
        return None

    def _collect(self, row: Row, server_id: str) -> str | None:
        try:
            n = collect(self._session, self._api, row.number, row.mark, server_id)
        except NotOurs:
            self._rows.disown(row)
            return None
        except BrokenResults as broken:
            return self._read_again(row, broken.failure)
        self._rows.set_state(row.number, "collected")
        self._pause = self._patience.first_poll
        self._session.say(f"batch {server_id}: {n:,} of {row.n:,} answers")
        if self._session.delete_collected:
            self._api.delete(server_id)  # a batch that stays is gone by itself after 29 days
        return None

    def _read_again(self, row: Row, failure: Failure) -> str | None:
        """The next look reads the results again, which are booked once however often they come."""
        if failure.status == 404:
            return "the server has no results of it"
        check_allowed(failure)
        self._session.say(f"the results of batch {row.server_id} broke off: {failure.text}")
        since = self._broken_since.setdefault(row.number, time.monotonic())
        self.bear(failure, since=since)
        return None

    def _is_stuck(self, batch: dict[str, Any]) -> bool:
        expires = seconds(batch, "expires_at")
        return expires is not None and time.time() > expires + self._patience.stuck


def _lost(gone: list[tuple[Row, str]]) -> str:
    """What to do about answers that were paid for and are nowhere."""
    n = sum(row.n for row, _ in gone)
    names = " ".join(row.name for row, _ in gone)
    return (
        f"up to {n:,} answers that were paid for are gone: {gone[0][1]} ({names}). To write them "
        f"off, run `taxonomy answers abandon {names}`; the same command then asks, and pays, again."
    )
