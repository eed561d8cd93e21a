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
KEPT = 20 * 86_400.0
"""Seconds for which a batch is surely in the server's list: it keeps results for 29 days."""
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
        self._unseen_since: dict[int, float] = {}
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
            if why := self._tend(row):
                gone.append((row, why))
        if gone:
            raise ClaudeError(_lost(gone))
        return len(self._rows.here())

    def _tend(self, row: Row) -> str | None:
        """See to one batch; why its answers are gone, if they are."""
        if row.server_id is None:
            return self._search(row)
        if not self._rows.has_open(row.number):  # a process died right after the last booking
            self._rows.set_state(row.number, "collected")
            return None
        why = self._look(row, row.server_id)
        if why and not row.is_proven:
            # It may have been somebody else's: ours is searched again, and missed only aloud.
            self._rows.disown(row, doubt=f"a batch that may have been ours is gone: {why}")
            return None
        return why

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
        """Find a batch whose creation did not end well in the server's list.

        Where nothing is found for a while, it was never made; why that cannot be said for sure,
        if it cannot.
        """
        listed = self._api.since(row.created_at - SKEW)
        if isinstance(listed, Failure):
            check_allowed(listed)
            self.bear(listed, since=self._helped_at)
            return None
        self.helped()
        known = self._rows.known_ids(row.number)
        alike = [b for b in listed if b["id"] not in known and n_requests(b) == row.n]
        unseen = None
        for batch in alike:
            found = self._try_on(row, batch)
            if found is True:
                return None
            unseen = found or unseen
        if unseen:
            since = self._unseen_since.setdefault(row.number, time.monotonic())
            self.bear(unseen, since=since)
            return None
        if any(b.get("archived_at") for b in alike):
            return "a batch of its size is archived, and may be it"
        return self._miss(row)

    def _try_on(self, row: Row, batch: dict[str, Any]) -> bool | Failure:
        """Whether a batch of the right size was taken for a row; a failure if it cannot be seen."""
        server_id = str(batch["id"])
        if batch.get("archived_at"):
            return False
        if batch.get("processing_status") != "ended":
            self._rows.adopt(row.number, server_id, is_proven=False)
            self._session.say(f"batch {server_id} may have been created after all")
            return True
        ours = is_ours(self._api, row.mark, server_id)
        if isinstance(ours, Failure) and ours.status != 404:
            check_allowed(ours)
            return ours
        if ours is True:
            self._rows.adopt(row.number, server_id, is_proven=True)
            self._session.say(f"batch {server_id} was created after all")
            return True
        if ours is None:
            return Failure(f"{server_id} has ended without a result", billed=False, kind="later")
        if ours is False:
            self._rows.note_stranger(row.number, server_id)
        return False

    def _miss(self, row: Row) -> str | None:
        """Note that a batch was never made, once it was looked for long enough."""
        rivals = [r for r in self._rows.here() if r.state == "guessed" and r.n == row.n]
        since = self._searched_since.setdefault(row.number, time.monotonic())
        if rivals or time.monotonic() - since <= self._patience.grace:
            return None  # what a rival was guessed to be may be ours
        if row.detail:
            return row.detail
        if time.time() - row.created_at > KEPT:
            return "it is so old that the server may have forgotten it"
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
        if self._is_stuck(batch) and row.is_proven and row.number not in self._canceled:
            self._session.say(f"batch {server_id} is long past its expiry: canceled")
            if not isinstance(self._api.cancel(server_id), Failure):
                self._canceled.add(row.number)
        return None

    def _collect(self, row: Row, server_id: str) -> str | None:
        try:
            n = collect(self._session, self._api, row)
        except NotOurs:
            self._rows.disown(row)
            return None
        except BrokenResults as unread:
            return self._read_again(row, unread.failure)
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
        self._session.say(f"results of batch {row.server_id}: {failure.text}")
        since = self._broken_since.setdefault(row.number, time.monotonic())
        if failure.status:  # the server has trouble, and the results are still there
            self.bear(failure, since=since)
        elif time.monotonic() - since > self._patience.rereading:
            return failure.text
        else:
            self.sleep()
        return None

    def _is_stuck(self, batch: dict[str, Any]) -> bool:
        expires = seconds(batch, "expires_at")
        return expires is not None and time.time() > expires + self._patience.stuck


def _lost(gone: list[tuple[Row, str]]) -> str:
    """What to do about answers that were paid for and are nowhere."""
    n = sum(row.n for row, _ in gone)
    names = " ".join(row.name for row, _ in gone)
    return (
        f"up to {n:,} answers that were paid for cannot be had: {gone[0][1]} ({names}). With the "
        "key of another workspace they cannot be seen either. To write them off, run "
        f"`taxonomy answers abandon {names}`; the same command then asks, and pays, again."
    )
