"""What one asking has met so far: how often each request failed, and whether to go on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from taxonomy.errors import ClaudeError

MAX_TRIES = 6
"""Failures of one request in one asking, after which it is given up."""
PAID_TRIES = 2
"""What a failure counts for that may have been billed: fewer of those are borne."""
LEAST_JUDGED = 200
"""Answers before the share of those that cannot be used is looked at."""


@dataclass
class Tally:
    """Failures and answers of one asking."""

    max_failed_share: float
    n_requests: int = 0
    """All that were asked for, answered before or not."""
    read: Counter[str] = field(default_factory=Counter)
    """Status -> answers that were read to have it, each time that a request was answered."""
    given_up: Counter[str] = field(default_factory=Counter)
    """Status -> requests that were given up without an answer."""
    last_error: str = ""
    _failures: Counter[bytes] = field(default_factory=Counter)

    def failures(self, key: bytes) -> int:
        """How often a request has failed."""
        return self._failures[key]

    def is_given_up(self, key: bytes) -> bool:
        """Whether a request has failed too often to be tried again in this asking."""
        return self._failures[key] >= MAX_TRIES

    def fail(self, key: bytes, status: str, detail: str, *, tries: int = 1) -> bool:
        """Count a failure of a request; whether it is given up with this one."""
        if self.is_given_up(key):
            return False
        self._failures[key] += tries
        self.last_error = detail
        if not self.is_given_up(key):
            return False
        self.given_up[status] += 1
        return True

    def stop_if_failing(self) -> None:
        """Raise where too many answers cannot be used: going on would waste money.

        Raises
        ------
        ClaudeError
            There are answers enough to judge by, and too many are no use.
        """
        counts = self.read + self.given_up
        total = counts.total()
        bad = total - counts["ok"] - counts["refused"]
        if total >= LEAST_JUDGED and bad > self.max_failed_share * total:
            kinds = ", ".join(f"{n:,} {status}" for status, n in sorted(counts.items()))
            raise ClaudeError(
                f"{bad:,} of {total:,} answers cannot be used ({kinds}), more than "
                f"claude.max_failed_share = {self.max_failed_share}; `taxonomy answers failures` "
                "shows why. What was answered is in the ledger."
            )

    def stop_if_unanswered(self) -> None:
        """Raise at the end where too many requests got no answer: made without them, what comes
        next would stay as it is although the server may answer tomorrow.

        Raises
        ------
        ClaudeError
            Too many got none, however few there were.
        """
        n = self.given_up["errored"] + self.given_up["expired"]
        if n > self.max_failed_share * self.n_requests:
            raise ClaudeError(
                f"{n:,} of {self.n_requests:,} requests got no answer from the server; the last "
                f"error was: {self.last_error}. The same command asks them again."
            )
