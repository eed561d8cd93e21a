"""The batches of the ledger: what is under way, where, and in what state.

planned -> submitting -> submitted -> collected, or rejected where the server never made it, or
abandoned where somebody gave it up. A batch whose creation was not answered may be `guessed` in
between: one of the same size was found in the server's list, and its results will tell.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from taxonomy.claude.entries import Sending
from taxonomy.claude.ledger import Ledger

UNDER_WAY = "('submitting', 'guessed', 'submitted')"


@dataclass(frozen=True)
class Row:
    """A batch that is under way."""

    number: int
    server: str
    mark: str
    state: str
    n: int
    server_id: str | None
    created_at: float
    detail: str
    """Why it may have been made although it is not found, if there is a reason to think so."""

    @property
    def name(self) -> str:
        """What the user may call it."""
        return self.server_id or self.mark

    @property
    def is_proven(self) -> bool:
        """Whether the batch at the server is known to be ours."""
        return self.state == "submitted"


class BatchRows:
    """The rows of batches in a ledger, written by one run for one server."""

    def __init__(self, ledger: Ledger, *, server: str, run: str) -> None:
        self._ledger = ledger
        self._server = server
        self._run = run

    def plan(self, sendings: Sequence[Sending]) -> tuple[int, str]:
        """Number and mark of a new batch, written down with its requests."""
        mark = secrets.token_hex(4)
        with self._ledger.transaction():
            ((number,),) = self._ledger.rows(
                "INSERT INTO batches(server, mark, state, n, created_at) "
                "VALUES (?, ?, 'planned', ?, ?) RETURNING id",
                self._server, mark, len(sendings), time.time(),
            )  # fmt: skip
            self._ledger.open_attempts(sendings, run=self._run, batch=number)
        return number, mark

    def under_way(self) -> list[Row]:
        """The batches under way at any server, oldest first."""
        columns = "id, server, mark, state, n, server_id, created_at, detail"
        query = f"SELECT {columns} FROM batches WHERE state IN {UNDER_WAY} ORDER BY id"
        return [Row(*row) for row in self._ledger.rows(query)]

    def here(self) -> list[Row]:
        """Those at this server."""
        return [row for row in self.under_way() if row.server == self._server]

    def of_run(self) -> set[int]:
        """The numbers of the batches that hold open requests of this run."""
        query = "SELECT DISTINCT batch FROM attempts WHERE state='sent' AND run=?"
        return {number for (number,) in self._ledger.rows(query, self._run)}

    def holding(self, keys: set[bytes]) -> set[int]:
        """The numbers of the batches that hold any of these requests."""
        if not keys:
            return set()
        rows = self._ledger.rows("SELECT key, batch FROM attempts WHERE state='sent'")
        return {number for key, number in rows if key in keys}

    def has_open(self, number: int) -> bool:
        """Whether the fate of any request of a batch is open."""
        query = "SELECT 1 FROM attempts WHERE batch=? AND state='sent' LIMIT 1"
        return bool(self._ledger.rows(query, number))

    def state(self, number: int) -> str:
        """The state of a batch."""
        return str(self._ledger.rows("SELECT state FROM batches WHERE id=?", number)[0][0])

    def set_state(self, number: int, state: str, detail: str = "") -> None:
        """Change the state of a batch."""
        query = "UPDATE batches SET state=?, detail=? WHERE id=?"
        self._ledger.write(query, state, detail[:500], number)

    def submitting(self, number: int) -> None:
        """Note that the batch is about to be created."""
        query = "UPDATE batches SET state='submitting', created_at=? WHERE id=?"
        self._ledger.write(query, time.time(), number)

    def adopt(self, number: int, server_id: str, *, is_proven: bool) -> None:
        """Note which batch at the server it is."""
        state = "submitted" if is_proven else "guessed"
        query = "UPDATE batches SET state=?, server_id=? WHERE id=?"
        self._ledger.write(query, state, server_id, number)

    def disown(self, row: Row, *, doubt: str = "") -> None:
        """Note that the batch at the server is somebody else's: ours is to be searched again.

        Parameters
        ----------
        doubt : why it may have been ours all the same
        """
        with self._ledger.transaction():
            self.note_stranger(row.number, str(row.server_id))
            query = "UPDATE batches SET state='submitting', server_id=NULL, detail=? WHERE id=?"
            self._ledger.write(query, doubt, row.number)

    def note_stranger(self, number: int, server_id: str) -> None:
        """Note that a batch at the server is not the one that is searched for."""
        self._ledger.write("INSERT OR IGNORE INTO strangers VALUES (?, ?)", number, server_id)

    def known_ids(self, number: int) -> set[str]:
        """The batches at the server that this one cannot be."""
        ours = self._ledger.rows("SELECT server_id FROM batches WHERE server_id IS NOT NULL")
        others = self._ledger.rows("SELECT server_id FROM strangers WHERE batch=?", number)
        return {server_id for (server_id,) in (*ours, *others)}

    def reject(self, number: int, why: str) -> float:
        """Note that a batch was never made; the US dollars that this run had reserved for it."""
        with self._ledger.transaction():
            self.set_state(number, "rejected", why)
            query = "SELECT SUM(reserved) FROM attempts WHERE batch=? AND state='sent' AND run=?"
            ((free,),) = self._ledger.rows(query, number, self._run)
            self._ledger.write(
                "UPDATE attempts SET state='failed', error=? WHERE batch=? AND state='sent'",
                why, number,
            )  # fmt: skip
        return float(free or 0.0)
