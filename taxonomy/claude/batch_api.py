"""The six calls on batches, as plain JSON: the SDK's own records pass over what they do not know.

Each gives JSON or a `Failure`; only the results come as a stream, which may break off anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from typing import Any

from taxonomy.claude.connection import Connection, Failure, failure_of
from taxonomy.errors import ClaudeError

PAGE = 100
MAX_PAGES = 10


class BrokenResults(Exception):
    """The stream of results ended before its end; what came before is good."""


class BatchApi:
    """The Message Batches API of one connection."""

    def __init__(self, connection: Connection, *, create_seconds: float) -> None:
        self._batches = connection.client.messages.batches
        self._create_seconds = create_seconds

    def create(self, requests: Sequence[dict[str, Any]]) -> dict[str, Any] | Failure:
        """The new batch. A failure that is `billed` may have made one all the same."""
        return self._call(
            self._batches.with_raw_response.create,
            requests=requests,
            timeout=self._create_seconds,
            ambiguous=True,
        )

    def retrieve(self, batch: str) -> dict[str, Any] | Failure:
        """The batch as it is now."""
        return self._call(self._batches.with_raw_response.retrieve, batch)

    def cancel(self, batch: str) -> dict[str, Any] | Failure:
        """The batch, asked to end early."""
        return self._call(self._batches.with_raw_response.cancel, batch)

    def delete(self, batch: str) -> dict[str, Any] | Failure:
        """A word that the batch, which must have ended, is gone."""
        return self._call(self._batches.with_raw_response.delete, batch)

    def newest(self) -> list[dict[str, Any]] | Failure:
        """The newest thousand batches of the workspace, newest first."""
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        for _ in range(MAX_PAGES):
            page = self._call(self._batches.with_raw_response.list, limit=PAGE, **more)
            if isinstance(page, Failure):
                return page
            found += page.get("data") or []
            if not page.get("has_more"):
                break
            more = {"after_id": page["last_id"]}
        return found

    def results(self, batch: str) -> Generator[dict[str, Any], None, None]:
        """The results of a batch that ended, in any order.

        Raises
        ------
        BrokenResults
            The stream broke off, or is not what it should be.
        """
        try:
            with self._batches.with_streaming_response.results(batch) as response:
                for line in response.iter_lines():
                    if line.strip():
                        yield json.loads(line)
        except ValueError as error:
            raise BrokenResults(f"a line is cut off: {error}") from error
        except Exception as error:
            if not _is_of_network(error):
                raise
            raise BrokenResults(str(error)) from error

    def _call(
        self, method: Callable[..., Any], *given: Any, ambiguous: bool = False, **named: Any
    ) -> dict[str, Any] | Failure:
        try:
            raw = method(*given, **named)
            body = raw.http_response.json()
        except ValueError as error:
            return Failure(f"not JSON: {error}", billed=True, kind="later")
        except Exception as error:
            if not _is_of_network(error):
                raise
            failure = failure_of(error)
            if ambiguous and failure.status >= 500:
                # What broke may have broken after the batch was made.
                return Failure(failure.text, billed=True, kind="later", status=failure.status)
            return failure
        if not isinstance(body, dict):
            return Failure(f"not a batch: {str(body)[:80]!r}", billed=True, kind="later")
        return body


def check_allowed(failure: Failure) -> None:
    """Raise where no call will fare better, such as for a key that is not accepted."""
    if failure.kind == "stop" and failure.status != 404:
        raise ClaudeError(
            f"the server does not let us use batches: {failure.text}. Check the key and the "
            "account, or use --set claude.mode=direct; what was answered is in the ledger."
        )


def _is_of_network(error: Exception) -> bool:
    import anthropic
    import httpx2

    return isinstance(error, anthropic.AnthropicError | httpx2.HTTPError | httpx2.StreamError)
