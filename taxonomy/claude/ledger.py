"""The ledger: every answer that was ever given, every time something was sent, every batch.

One SQLite file, private to its owner. A request is written down before it is sent and settled when
its fate is known, so whatever moment the process dies at, the next one knows what was paid, what
is still under way, and what may have been paid for nothing.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from taxonomy.claude.entries import Outcome, Sending, State
from taxonomy.errors import LedgerError

FORMAT = 1
RECEIVED = "received"
"""Status of a message that is stored as it came and was not yet read."""
_MANY = 500
"""Keys in one query: SQLite takes 32,766 at most, and more gain nothing."""


class Ledger:
    """An open ledger. Use one from one thread.

    Raises
    ------
    LedgerError
        The file is no ledger, or one of another format.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        with self._errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            # Made by hand, so that it is never open to others, not even for a moment.
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(file, isolation_level=None, timeout=10)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        # FULL: what is written down before it is sent must outlast a power cut as well.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        if self._format() != FORMAT:
            with self.transaction():
                self._make_tables()

    def _format(self) -> int:
        ((found,),) = self._db.execute("PRAGMA user_version")
        return int(found)

    def _make_tables(self) -> None:
        """Make the tables of a new file, whole or not at all; another process may have been first.

        Raises
        ------
        LedgerError
            The file is some other database, or a ledger of another format.
        """
        found = self._format()
        if found == FORMAT:
            return
        if found or self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            what = f"has the format {found}" if found else "is another database"
            raise LedgerError(
                f"{self.file} {what}, expected a ledger of format {FORMAT}; use the version of "
                "this package that wrote it, or another file."
            )
        schema = files("taxonomy.claude").joinpath("ledger.sql").read_text(encoding="utf-8")
        for statement in schema.split(";\n"):
            self._db.execute(statement)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is written, or none of it."""
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # on a full disk SQLite has rolled back by itself
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the ledger against other processes that ask: two would pay for the same requests.

        Direct calls that are still open then were made by a process that died: they are written
        off.

        Raises
        ------
        LedgerError
            Another process holds it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(f"{self.file}.lock", timeout=0, mode=0o600)
        with self._errors():
            try:
                lock.acquire()
            except Timeout as error:
                raise LedgerError(
                    f"another process asks through {self.file}; wait for it to end, or give "
                    "another file with --ledger."
                ) from error
        try:
            self._tidy()
            yield
        finally:
            lock.release()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._errors():
            return self._db.execute(query, values).fetchall()

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one, for those that may not fit in memory."""
        with self._errors():
            yield from self._db.execute(query)

    def write(self, statement: str, *values: Any) -> int:
        """Run one statement that changes something; the number of rows that it changed."""
        with self._errors():
            return self._db.execute(statement, values).rowcount

    def write_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        with self._errors():
            self._db.executemany(statement, values)

    def states(self, keys: Sequence[bytes]) -> dict[bytes, State]:
        """What is known of these requests; those never answered are left out."""
        found: dict[bytes, State] = {}
        for start in range(0, len(keys), _MANY):
            part = keys[start : start + _MANY]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, status, step, text, detail FROM answers WHERE key IN ({marks})"
            found.update((key, State(*rest)) for key, *rest in self.rows(query, *part))
        return found

    def under_way(self) -> set[bytes]:
        """The requests that were sent and whose fate is not known."""
        return {key for (key,) in self.rows("SELECT key FROM attempts WHERE state = 'sent'")}

    def note_subjects(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Write down (conversation id, key): whose words a request holds, asked anew or not."""
        self.write_many("INSERT OR IGNORE INTO subjects(conversation_id, key) VALUES (?,?)", rows)

    def open_attempts(
        self, sendings: Sequence[Sending], *, run: str, batch: int | None = None
    ) -> list[int]:
        """Numbers of the attempts written down; to be called inside a transaction."""
        ids = []
        for sent in sendings:
            cursor = self._db.execute(
                "INSERT INTO attempts(key, run, stage, model, prompt_version, step, batch, state, "
                "reserved, usd, sent_at) VALUES (?,?,?,?,?,?,?,'sent',?,0,?)",
                (sent.key, run, sent.stage, sent.model, sent.prompt_version, sent.step, batch,
                 sent.reserved, time.time()),
            )  # fmt: skip
            ids.append(cursor.lastrowid or 0)
        return ids

    def close_attempts(self, outcomes: Iterable[tuple[int, Outcome]]) -> None:
        """Write down what became of attempts; one whose fate is known keeps it."""
        self.write_many(
            "UPDATE attempts SET state=?, usd=?, input_tokens=?, output_tokens=?, error=?, "
            "request_id=?, ended_at=? WHERE id=? AND state='sent'",
            (
                (o.state, o.usd, o.input_tokens, o.output_tokens, _storable(o.error[:500]),
                 o.request_id, time.time(), number)
                for number, o in outcomes
            ),
        )  # fmt: skip

    def store(self, rows: Iterable[tuple[bytes, str, str, str, str]]) -> None:
        """Write down (key, status, step, text, detail); an answer that is ok is never replaced."""
        self.write_many(
            "INSERT INTO answers(key, status, step, text, detail, at) VALUES (?,?,?,?,?,?) "
            "ON CONFLICT(key) DO UPDATE SET status=excluded.status, step=excluded.step, "
            "text=excluded.text, detail=excluded.detail, at=excluded.at "
            "WHERE answers.status <> 'ok'",
            ((key, *map(_storable, texts), time.time()) for key, *texts in rows),
        )

    def store_failure(self, key: bytes, status: str, detail: str) -> None:
        """Write down that no answer came; whatever answer there is stays."""
        self.write(
            "INSERT INTO answers(key, status, step, text, detail, at) VALUES (?,?,'first','',?,?) "
            "ON CONFLICT(key) DO UPDATE SET status=excluded.status, detail=excluded.detail "
            "WHERE answers.status IN ('errored', 'expired')",
            key, status, _storable(detail[:500]), time.time(),
        )  # fmt: skip

    def spent(self, run: str) -> float:
        """US dollars that a run has spent, with what is under way or lost at its worst."""
        query = "SELECT SUM(CASE state WHEN 'sent' THEN reserved ELSE usd END) FROM attempts"
        ((total,),) = self.rows(f"{query} WHERE run = ?", run)
        return float(total or 0.0)

    def _tidy(self) -> None:
        """Settle what a process that died left: calls may be paid, planned batches are not."""
        with self.transaction():
            self.write(
                "UPDATE attempts SET state='lost', usd=reserved, ended_at=?, "
                "error='the process ended before the answer came' "
                "WHERE state='sent' AND batch IS NULL",
                time.time(),
            )
            self.write(
                "UPDATE attempts SET state='failed', error='never sent' WHERE state='sent' "
                "AND batch IN (SELECT id FROM batches WHERE state='planned')"
            )
            self.write("UPDATE batches SET state='rejected' WHERE state='planned'")

    def has_answered(self, model: str, prompt_version: str) -> bool:
        """Whether a request of this kind was ever answered."""
        query = "SELECT 1 FROM attempts WHERE state='answered' AND model=? AND prompt_version=?"
        return bool(self.rows(f"{query} LIMIT 1", model, prompt_version))

    def output_tokens(self, model: str, prompt_version: str) -> list[int]:
        """How long the answers to first askings of this kind were."""
        return [
            n
            for (n,) in self.rows(
                "SELECT output_tokens FROM attempts WHERE state='answered' AND model=? "
                "AND prompt_version=? AND step='first'",
                model, prompt_version,
            )
        ]  # fmt: skip

    def compact(self) -> None:
        """Rewrite the file, so that nothing deleted is left in its free pages or its log.

        Raises
        ------
        LedgerError
            Another process reads the ledger, so that its log cannot be emptied.
        """
        self.write("VACUUM")
        ((is_busy, *_),) = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_busy:
            raise LedgerError(
                f"another process reads {self.file}, so what was deleted may still be in its log; "
                "end that process and give the same command again."
            )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise LedgerError(
                f"cannot use the ledger {self.file}: {error}. If its disk is full, free some "
                "space and run the same command again; if the file is damaged, move it aside."
            ) from error
        except OSError as error:
            raise LedgerError(
                f"cannot open the ledger {self.file}: {error.strerror}; give another file."
            ) from error


def _storable(text: str) -> str:
    """The text without lone surrogates, which SQLite does not take."""
    return text.encode("utf-8", "replace").decode("utf-8")
