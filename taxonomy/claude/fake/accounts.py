"""What was received and what was billed, so that a test can say what a run cost."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_BATCH_ID = re.compile(r"msgbatch_\w+")


class Record(NamedTuple):
    """One request that came in."""

    method: str
    path: str
    status: int
    """0 where nothing was sent back."""


class Accounts:
    """Counts that any thread may add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log: list[Record] = []
        self._bills: Counter[str] = Counter()
        self._destroyed: Counter[str] = Counter()
        self._tokens = [0, 0]
        self._custom_ids: set[str] = set()

    def note(self, record: Record) -> None:
        """A request was received."""
        with self._lock:
            self._log.append(record)

    def note_batch(self, custom_ids: Iterable[str]) -> None:
        """A batch was made of requests with these names."""
        with self._lock:
            self._custom_ids.update(custom_ids)

    def bill(self, digest: str, message: Mapping[str, Any]) -> None:
        """A message was made in answer to the request of this digest, and must be paid for."""
        usage = message["usage"]
        with self._lock:
            self._bills[digest] += 1
            self._tokens[0] += usage["input_tokens"]
            self._tokens[1] += usage["output_tokens"]

    def destroy(self, digests: Iterable[str]) -> None:
        """Answers that were billed never reached the client."""
        with self._lock:
            self._destroyed.update(digests)

    @property
    def log(self) -> list[Record]:
        """Every request received, in order."""
        with self._lock:
            return list(self._log)

    @property
    def custom_ids(self) -> set[str]:
        """The names of all requests that were ever in a batch."""
        with self._lock:
            return set(self._custom_ids)

    @property
    def bills(self) -> dict[str, int]:
        """Digest of a request -> how often an answer was billed."""
        with self._lock:
            return dict(self._bills)

    @property
    def destroyed(self) -> Counter[str]:
        """Digest of a request -> how many of the answers billed never arrived."""
        with self._lock:
            return Counter(self._destroyed)

    @property
    def tokens(self) -> tuple[int, int]:
        """The tokens billed: input, output."""
        with self._lock:
            return self._tokens[0], self._tokens[1]

    def ledger(self) -> dict[str, Any]:
        """Everything as JSON."""
        input_tokens, output_tokens = self.tokens
        calls = Counter(
            f"{method} {_BATCH_ID.sub('{id}', path)} {status}" for method, path, status in self.log
        )
        return {
            "bills": self.bills,
            "destroyed": dict(self.destroyed),
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "calls": dict(sorted(calls.items())),
        }
