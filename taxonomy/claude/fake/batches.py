"""Batches: requests in, a file of shuffled results out, made by one thread in the background.

A body is never kept in memory: what is still to be answered waits in a file without a name, and of
what was answered only the line of the result and the digest are left.
"""

from __future__ import annotations

import hashlib
import json
import logging
import queue
import random
import re
import secrets
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from taxonomy.claude.fake.accounts import Accounts
from taxonomy.claude.fake.calls import ApiError, error_body, to_json
from taxonomy.claude.fake.faults import FAULTS, Script
from taxonomy.claude.fake.messages import make_message
from taxonomy.claude.fake.question import request_digest
from taxonomy.claude.fake.strictness import check_message

logger = logging.getLogger(__name__)

MAX_REQUESTS = 100_000
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LIFE = timedelta(hours=24)
LEFT_OUT = 8
"""A partial batch loses one result in this many, and one at least."""
OUTCOMES = ("succeeded", "errored", "canceled", "expired")


@dataclass
class Batch:
    """One batch; what its end needs is made as it goes."""

    id: str
    digest: str
    """Stands for its custom ids."""
    n_requests: int
    fault: str | None
    spool: IO[bytes]
    created_at: datetime
    outcomes: Counter[str] = field(default_factory=Counter)
    results: list[tuple[bytes, str | None]] = field(default_factory=list)
    """Line, and the digest of what was billed for it."""
    canceled_at: datetime | None = None
    ends_at: datetime | None = None
    """Known once the last answer was made."""

    @property
    def status(self) -> str:
        """As the API calls it."""
        if self.ends_at and datetime.now(UTC) >= self.ends_at:
            return "ended"
        return "canceling" if self.canceled_at else "in_progress"

    @property
    def is_archived(self) -> bool:
        """Whether its results are gone."""
        return self.fault == "archived" and self.status == "ended"

    def entry(self, url: str) -> dict[str, Any]:
        """The batch as the API shows it: counts of what became of it only at the very end."""
        status = self.status  # asked once: it may end between two looks at the clock
        has_ended = status == "ended"
        archived = has_ended and self.fault == "archived"
        counts = {outcome: self.outcomes[outcome] if has_ended else 0 for outcome in OUTCOMES}
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": {"processing": 0 if has_ended else self.n_requests, **counts},
            "created_at": _written(self.created_at),
            "expires_at": _written(self.created_at + LIFE),
            "ended_at": _written(self.ends_at) if has_ended else None,
            "cancel_initiated_at": _written(self.canceled_at),
            "archived_at": _written(self.ends_at) if archived else None,
            "results_url": f"{url}/v1/messages/batches/{self.id}/results" if has_ended else None,
        }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def check_requests(body: Any) -> list[dict[str, Any]]:
    """The requests of a batch; what is wrong with their params shows only in the results.

    Raises
    ------
    ApiError
        400: there are none or too many, or a custom id is of the wrong form or comes twice.
    """
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests:
        raise ApiError(400, "requests: at least one request is required")
    if len(requests) > MAX_REQUESTS:
        raise ApiError(400, f"requests: {len(requests)} > {MAX_REQUESTS}, the most of a batch")
    seen: set[str] = set()
    for place, request in enumerate(requests):
        if not isinstance(request, dict) or set(request) != {"custom_id", "params"}:
            raise ApiError(400, f"requests.{place}: custom_id and params are required, no more")
        name = request["custom_id"]
        if not isinstance(name, str) or not CUSTOM_ID.fullmatch(name):
            raise ApiError(400, f"requests.{place}.custom_id: must match ^[a-zA-Z0-9_-]{{1,64}}$")
        if name in seen:
            raise ApiError(400, f"requests.{place}.custom_id: {name!r} comes twice")
        seen.add(name)
    return requests


def requests_digest(requests: Sequence[Mapping[str, Any]]) -> str:
    """What stands for the custom ids of a batch."""
    names = "\n".join(request["custom_id"] for request in requests)
    return hashlib.sha256(names.encode()).hexdigest()


class Batches:
    """Every batch of a server, and the thread that answers them one after the other."""

    def __init__(self, accounts: Accounts, script: Script, *, seconds: float) -> None:
        self._accounts = accounts
        self._script = script
        self._pause = timedelta(seconds=seconds)
        self._batches: dict[str, Batch] = {}
        self._waiting: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._worker = threading.Thread(target=self._work, name="fake batches", daemon=True)
        self._worker.start()

    def stop(self) -> None:
        """End the thread; batches that are not finished stay so."""
        self._stopped.set()
        self._waiting.put(None)
        self._worker.join()
        for batch in self._batches.values():
            batch.spool.close()

    def create(self, requests: Sequence[Mapping[str, Any]], fault: str | None) -> Batch:
        """A new batch of requests that `check_requests` let pass."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115  (closed once it is answered)
        for request in requests:
            spool.write(to_json([request["custom_id"], request["params"]]) + b"\n")
        batch = Batch(
            id=f"msgbatch_{secrets.token_hex(12)}",
            digest=requests_digest(requests),
            n_requests=len(requests),
            fault=fault,
            spool=spool,
            created_at=datetime.now(UTC),
        )
        self._batches[batch.id] = batch
        self._accounts.note_batch(request["custom_id"] for request in requests)
        if fault != "stuck":
            self._waiting.put(batch)
        return batch

    def get(self, batch_id: str) -> Batch:
        """The batch of an id, or a 404."""
        batch = self._batches.get(batch_id)
        if batch is None:
            raise ApiError(404, f"there is no batch {batch_id}")
        return batch

    def newest_first(self) -> list[Batch]:
        """All batches that were not deleted."""
        return list(self._batches.values())[::-1]

    def cancel(self, batch_id: str) -> Batch:
        """Stop a batch; what is not answered yet is canceled."""
        batch = self.get(batch_id)
        if batch.status == "ended":
            raise ApiError(400, f"batch {batch_id} has ended and cannot be canceled")
        if batch.canceled_at is None:
            batch.canceled_at = datetime.now(UTC)
            if batch.fault == "stuck":
                self._waiting.put(batch)
        return batch

    def delete(self, batch_id: str) -> None:
        """Forget a batch that has ended."""
        if self.get(batch_id).status != "ended":
            raise ApiError(400, f"batch {batch_id} has not ended; cancel it first")
        del self._batches[batch_id]

    def results(self, batch_id: str) -> tuple[Batch, list[bytes]]:
        """The lines of a batch that has ended."""
        batch = self.get(batch_id)
        if batch.status != "ended":
            raise ApiError(400, f"batch {batch_id} has not ended; it has no results yet")
        if batch.is_archived:
            raise ApiError(404, f"the results of batch {batch_id} are not available any more")
        return batch, [line for line, _ in batch.results]

    def _work(self) -> None:
        while (batch := self._waiting.get()) is not None and not self._stopped.is_set():
            with batch.spool:
                self._answer_all(batch)

    def _answer_all(self, batch: Batch) -> None:
        batch.spool.seek(0)
        for line in batch.spool:
            if self._stopped.is_set():
                return
            custom_id, params = json.loads(line)
            if batch.canceled_at:
                result, digest = {"type": "canceled"}, None
            else:
                result, digest = self._answer(params)
            outcome = result["type"]
            batch.outcomes[outcome if outcome in OUTCOMES else "succeeded"] += 1
            written = to_json({"custom_id": custom_id, "result": result}) + b"\n"
            batch.results.append((written, digest))
        random.Random(batch.id).shuffle(batch.results)
        self._lose_results(batch)
        batch.ends_at = datetime.now(UTC) + self._pause

    def _answer(self, params: Any) -> tuple[dict[str, Any], str | None]:
        """The result of one request, and its digest if it was billed."""
        try:
            check_message(params)
            digest = request_digest(params)
            fault = self._script.draw("item", digest, params)
            if fault and FAULTS[fault] == "item":
                return _item_result(fault), None
            message = make_message(params, fault, digest=digest, tier="batch")
        except ApiError as error:
            return _errored("invalid_request_error", str(error)), None
        except Exception as error:
            logger.exception("a request of a batch failed")
            return _errored("api_error", f"the stand-in failed: {error!r}"), None
        self._accounts.bill(digest, message)
        return {"type": "succeeded", "message": message}, digest

    def _lose_results(self, batch: Batch) -> None:
        lost = slice(None) if batch.fault == "archived" else slice(None, None, LEFT_OUT)
        if batch.fault in ("archived", "partial"):
            self._accounts.destroy(digest for _, digest in batch.results[lost] if digest)
            del batch.results[lost]


def _item_result(fault: str) -> dict[str, Any]:
    if fault == "errored_overloaded":
        return _errored("overloaded_error", "Overloaded")
    if fault == "errored_invalid":
        return _errored("invalid_request_error", "this request was not accepted")
    return {"type": "postponed" if fault == "unknown_type" else fault}


def _errored(kind: str, message: str) -> dict[str, Any]:
    return {"type": "errored", "error": error_body(kind, message, None)}
