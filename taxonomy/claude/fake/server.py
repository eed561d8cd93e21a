"""The stand-in as one object: a server on the loopback interface, and what it counted."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType
from typing import Self

from taxonomy.claude.fake.accounts import Accounts, Record
from taxonomy.claude.fake.batches import Batches
from taxonomy.claude.fake.endpoints import Endpoints
from taxonomy.claude.fake.faults import Script
from taxonomy.claude.fake.transport import Server
from taxonomy.errors import ClaudeError


class FakeClaude:
    """A server that is up from when it is entered until it is left.

    Parameters
    ----------
    script : what goes wrong; None: nothing does
    port : 0 for one that is free
    batch_seconds : how long after its last answer a batch ends

    Attributes
    ----------
    url : where it listens, such as `http://127.0.0.1:8765`

    Raises
    ------
    ClaudeError
        The port is in use.
    """

    def __init__(
        self, script: Script | None = None, *, port: int = 0, batch_seconds: float = 0.0
    ) -> None:
        script = script or Script()
        self._accounts = Accounts()
        try:
            self._http = Server(port, self._accounts, hang_seconds=script.hang_seconds)
        except OSError as error:
            raise ClaudeError(
                f"cannot listen on port {port} of this machine: {error.strerror}; choose another."
            ) from error
        self._batches = Batches(self._accounts, script, seconds=batch_seconds)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._http.endpoints = Endpoints(self._accounts, script, self._batches, url=self.url)
        self._serves = False
        self._thread = threading.Thread(target=self.serve_forever, name="fake Claude", daemon=True)

    def __enter__(self) -> Self:
        self._serves = True  # at once: it may be left before its thread runs
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        self._thread.join()

    def serve_forever(self) -> None:
        """Answer until the process is interrupted; for a server that is not entered."""
        self._serves = True
        self._http.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Stop to answer, cut every connection and forget every batch."""
        if self._serves:  # else there is nothing to wait for
            self._http.shutdown()
        self._http.stop()
        self._batches.stop()

    @property
    def log(self) -> list[Record]:
        """Every request received, in order, but looks at the ledger: method, path, status."""
        return self._accounts.log

    @property
    def custom_ids(self) -> set[str]:
        """The names of all requests that were ever in a batch."""
        return self._accounts.custom_ids

    @property
    def bills(self) -> dict[str, int]:
        """Digest of a request -> how often an answer was billed."""
        return self._accounts.bills

    @property
    def destroyed(self) -> Counter[str]:
        """Digest of a request -> how many of the answers billed never reached the client."""
        return self._accounts.destroyed

    @property
    def input_tokens(self) -> int:
        """The input tokens billed."""
        return self._accounts.tokens[0]

    @property
    def output_tokens(self) -> int:
        """The output tokens billed."""
        return self._accounts.tokens[1]
