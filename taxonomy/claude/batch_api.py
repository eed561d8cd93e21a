"""The six calls on batches, as plain JSON: the SDK's own records pass over what they do not know.

Each gives JSON whose shape was looked at, or a `Failure`; only the results come as a stream, which
may break off anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from taxonomy.claude.connection import Connection, Failure, failure_of
from taxonomy.errors import ClaudeError

PAGE = 100


class BrokenResults(Exception):
    """The stream of results ended before its end; what came before is good."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


def broken(text: str) -> BrokenResults:
    """Results that are not what they should be, and may be so later."""
    return BrokenResults(Failure(text, billed=False, kind="later"))


class BatchApi:
    """The Message Batches API of one connection."""

    def __init__(self, connection: Connection, *, create_seconds: float) -> None:
        self._batches = connection.client.messages.batches
        self._create_seconds = create_seconds

    def create(self, requests: Sequence[dict[str, Any]]) -> dict[str, Any] | Failure:
        """The new batch. A failure that is `billed` may have made one all the same."""
        made = self._call(
            self._batches.with_raw_response.create, requests=requests, timeout=self._create_seconds
        )
        if isinstance(made, Failure):
            # What broke at the server may have broken after the batch was made.
            maybe = made.billed or made.status >= 500
            return Failure(made.text, maybe, made.kind, made.status, made.retry_after)
        return made

    def retrieve(self, batch: str) -> dict[str, Any] | Failure:
        """The batch as it is now."""
        return self._call(self._batches.with_raw_response.retrieve, batch)

    def cancel(self, batch: str) -> dict[str, Any] | Failure:
        """The batch, asked to end early."""
        return self._call(self._batches.with_raw_response.cancel, batch)

    def delete(self, batch: str) -> dict[str, Any] | Failure:
        """A word that the batch, which must have ended, is gone."""
        return self._call(self._batches.with_raw_response.delete, batch)

    def since(self, moment: float) -> list[dict[str, Any]] | Failure:
        """The batches of the workspace that were created after a moment, oldest first.

        Parameters
        ----------
        moment : seconds since 1970 by the server's clock
        """
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            page = self._call(self._batches.with_raw_response.list, limit=PAGE, **more)
            if isinstance(page, Failure):
                return page
            batches = [batch for batch in page.get("data") or [] if _is_batch(batch)]
            young = [batch for batch in batches if (seconds(batch, "created_at") or 0.0) >= moment]
            found += young
            is_last = not page.get("has_more") or len(young) < len(batches) or not batches
            if is_last or {"after_id": batches[-1]["id"]} == more:
                return found[::-1]
            more = {"after_id": batches[-1]["id"]}

    def results(self, batch: str) -> Generator[dict[str, Any], None, None]:
        """The results of a batch that ended, in any order.

        Raises
        ------
        BrokenResults
            The stream broke off, or is not what it should be.
        """
        try:
            with self._batches.with_streaming_response.results(batch) as response:
                for line in _lines(response.iter_bytes()):
                    result = json.loads(line)
                    if not isinstance(result, dict) or not isinstance(result.get("custom_id"), str):
                        raise ValueError(f"not a result: {line[:60]!r}")
                    yield result
        except (ValueError, RecursionError) as error:
            raise broken(f"a line is cut off or no result: {error}") from error
        except Exception as error:
            if not _is_of_network(error):
                raise
            raise BrokenResults(failure_of(error)) from error

    def _call(
        self, method: Callable[..., Any], *given: Any, **named: Any
    ) -> dict[str, Any] | Failure:
        try:
            raw = method(*given, **named)
            body = raw.http_response.json()
        except (ValueError, RecursionError) as error:
            return Failure(f"not JSON: {error}", billed=True, kind="later")
        except Exception as error:
            if not _is_of_network(error):
                raise
            return failure_of(error)
        if not isinstance(body, dict):
            return Failure(f"not a batch: {str(body)[:80]!r}", billed=True, kind="later")
        return body


def check_allowed(failure: Failure) -> None:
    """Raise where no call will fare better, such as for a key that is not accepted."""
    if failure.kind == "stop":
        raise ClaudeError(
            f"the server does not let us use batches: {failure.text}. Check the key, the address "
            "and the account, or use --set claude.mode=direct; what was answered is in the ledger."
        )


def seconds(batch: dict[str, Any], name: str) -> float | None:
    """A time of a batch in seconds since 1970, None where there is none."""
    try:
        return datetime.fromisoformat(str(batch.get(name))).timestamp()
    except ValueError:
        return None


def n_requests(batch: dict[str, Any]) -> int:
    """How many requests a batch holds, -1 where it does not say."""
    counts = batch.get("request_counts")
    values = list(counts.values()) if isinstance(counts, dict) else []
    return sum(values) if values and all(isinstance(n, int) for n in values) else -1


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of JSON Lines, which end at a line feed and nowhere else.

    The SDK's own splitting also ends them at U+2028 and its like, which may stand inside a string.
    """
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from filter(bytes.strip, lines)
    if rest.strip():
        yield rest


def _is_batch(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def _is_of_network(error: Exception) -> bool:
    import anthropic
    import httpx2

    return isinstance(error, anthropic.AnthropicError | httpx2.HTTPError | httpx2.StreamError)
