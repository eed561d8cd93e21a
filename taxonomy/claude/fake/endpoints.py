"""A call in, its reply out: which endpoint it is for, what the API says, and what goes wrong."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from taxonomy.claude.fake.accounts import Accounts
from taxonomy.claude.fake.batches import Batches, check_requests, requests_digest
from taxonomy.claude.fake.calls import ApiError, Call, Reply, to_json
from taxonomy.claude.fake.faults import FAULTS, Script
from taxonomy.claude.fake.messages import make_message
from taxonomy.claude.fake.models import MODELS, model_entry
from taxonomy.claude.fake.question import count_input_tokens, request_digest
from taxonomy.claude.fake.strictness import check_message

logger = logging.getLogger(__name__)

MEBIBYTE = 1024**2
MAX_BYTES = {"/v1/messages/batches": 256 * MEBIBYTE}
"""Path -> the largest body it takes, where that is not the usual one."""
USUAL_MAX_BYTES = 32 * MEBIBYTE
LEDGER = "/fake/ledger"
_BATCH = r"/v1/messages/batches/(\w+)"
_ROUTES = tuple(
    (method, re.compile(pattern), endpoint)
    for method, pattern, endpoint in (
        ("POST", "/v1/messages", "messages"),
        ("POST", "/v1/messages/count_tokens", "count_tokens"),
        ("GET", "/v1/models", "models"),
        ("GET", "/v1/models/([^/]+)", "models"),
        ("POST", "/v1/messages/batches", "create"),
        ("GET", "/v1/messages/batches", "list"),
        ("GET", _BATCH, "retrieve"),
        ("POST", f"{_BATCH}/cancel", "cancel"),
        ("DELETE", _BATCH, "delete"),
        ("GET", f"{_BATCH}/results", "results"),
    )
)
_EARLY: dict[str, tuple[int, str, dict[str, str]]] = {
    "rate_limited": (429, "Number of requests has exceeded your limit", {"retry_after": "0.05"}),
    "rate_limited_long": (429, "Number of tokens has exceeded your limit", {"retry_after": "3600"}),
    "overloaded": (529, "Overloaded", {}),
    "server_error": (500, "Internal server error", {}),
    "server_error_no_retry": (500, "Internal server error", {"x_should_retry": "false"}),
}
_HTML = b"<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def max_bytes(path: str) -> int:
    """The largest body that a path takes."""
    return MAX_BYTES.get(path, USUAL_MAX_BYTES)


class Endpoints:
    """The API of one server."""

    def __init__(self, accounts: Accounts, script: Script, batches: Batches, *, url: str) -> None:
        self._accounts = accounts
        self._script = script
        self._batches = batches
        self._url = url

    def respond(self, call: Call) -> Reply:
        """The reply to a call, whatever happens; a mistake of ours is a 500 and is logged."""
        request_id = f"req_{secrets.token_hex(12)}"
        try:
            reply = self._respond(call)
        except ApiError as error:
            reply = Reply(error.status, to_json(error.body(request_id)), error.headers)
        except Exception as error:
            logger.exception("%s %s failed", call.method, call.path)
            mistake = ApiError(500, f"the stand-in failed: {error!r}")
            reply = Reply(500, to_json(mistake.body(request_id)))
        headers = {"request-id": request_id, **_limits(reply.status), **reply.headers}
        return replace(reply, headers=headers)

    def _respond(self, call: Call) -> Reply:
        if call.path == LEDGER and call.method == "GET":
            return Reply(200, to_json(self._accounts.ledger()))
        _check_headers(call)
        if call.n_bytes > max_bytes(call.path):
            raise ApiError(413, f"the body of {call.n_bytes} bytes is too large")
        for method, pattern, endpoint in _ROUTES:
            match = pattern.fullmatch(call.path)
            if match and method == call.method:
                answer: Callable[..., Reply] = getattr(self, f"_{endpoint}")
                return answer(call, *match.groups())
        raise ApiError(404, f"there is nothing at {call.method} {call.path}")

    def _messages(self, call: Call) -> Reply:
        params = _parse(call.body)
        check_message(params)
        digest = request_digest(params)

        def make(fault: str | None) -> Reply:
            message = make_message(params, fault, digest=digest, tier="standard")
            self._accounts.bill(digest, message)
            return Reply(200, to_json(message), billed=digest)

        return self._unless_struck("messages", digest, make, params)

    def _count_tokens(self, call: Call) -> Reply:
        params = _parse(call.body)
        check_message(params, counting=True)
        counted = {"input_tokens": count_input_tokens(params)}
        return self._plain("count_tokens", call, lambda: counted)

    def _models(self, call: Call, model_id: str | None = None) -> Reply:
        return self._plain("models", call, lambda: _list_models(model_id))

    def _create(self, call: Call) -> Reply:
        requests = check_requests(_parse(call.body))

        def make(fault: str | None) -> Reply:
            batch = self._batches.create(requests, fault)
            return Reply(200, to_json(batch.entry(self._url)))

        return self._unless_struck("create", requests_digest(requests), make)

    def _list(self, call: Call) -> Reply:
        return self._plain("list", call, lambda: self._page(call))

    def _retrieve(self, call: Call, batch_id: str) -> Reply:
        return self._plain("retrieve", call, lambda: self._batches.get(batch_id).entry(self._url))

    def _cancel(self, call: Call, batch_id: str) -> Reply:
        return self._plain("cancel", call, lambda: self._batches.cancel(batch_id).entry(self._url))

    def _delete(self, call: Call, batch_id: str) -> Reply:
        def delete() -> dict[str, Any]:
            self._batches.delete(batch_id)
            return {"id": batch_id, "type": "message_batch_deleted"}

        return self._plain("delete", call, delete)

    def _results(self, call: Call, batch_id: str) -> Reply:
        batch, lines = self._batches.results(batch_id)

        def make(fault: str | None) -> Reply:
            reply = Reply(200, b"".join(lines), content_type="application/x-jsonl")
            if fault == "results_cut":
                return replace(reply, manner="cut")
            return replace(reply, manner="drop") if fault == "results_drop" else reply

        return self._unless_struck("results", batch.digest, make)

    def _plain(self, endpoint: str, call: Call, make: Callable[[], dict[str, Any]]) -> Reply:
        """A reply without a bill; what it asks for is told by its path."""
        digest = hashlib.sha256(f"{call.method} {call.path}".encode()).hexdigest()
        return self._unless_struck(endpoint, digest, lambda _: Reply(200, to_json(make())))

    def _unless_struck(
        self,
        endpoint: str,
        digest: str,
        make: Callable[[str | None], Reply],
        params: dict[str, Any] | None = None,
    ) -> Reply:
        """What `make` gives, or what a fault leaves of it."""
        fault = self._script.draw(endpoint, digest, params)
        if fault in _EARLY:
            status, text, headers = _EARLY[fault]
            raise ApiError(status, text, **headers)
        if fault == "create_rejected":
            raise ApiError(*((429, "Too many batches") if digest < "8" else (500, "Not made")))
        if fault == "reset_before":
            return Reply(0, b"", manner="reset")
        reply = make(fault)
        if fault and FAULTS[fault] == "after" and reply.billed:
            self._accounts.destroy([reply.billed])
        return _struck(reply, fault)

    def _page(self, call: Call) -> dict[str, Any]:
        """One page of the batches, newest first."""
        limit = _limit(call.query.get("limit", "20"))
        entries = self._batches.newest_first()
        ids = [batch.id for batch in entries]
        start, end = 0, len(ids)
        if after := call.query.get("after_id"):
            start = _place(ids, after) + 1
        if before := call.query.get("before_id"):
            end = _place(ids, before)
        is_backwards = before is not None and after is None
        page = entries[start:end][-limit:] if is_backwards else entries[start:end][:limit]
        return {
            "data": [batch.entry(self._url) for batch in page],
            "has_more": end - start > limit,
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
        }


def _struck(reply: Reply, fault: str | None) -> Reply:
    if fault in ("hang", "create_hang"):
        return replace(reply, status=0, manner="hang", billed=None)
    if fault in ("reset_after", "create_reset"):
        return replace(reply, status=0, manner="reset", billed=None)
    if fault == "html":
        return replace(reply, body=_HTML, content_type="text/html", billed=None)
    return replace(reply, manner="cut", billed=None) if fault == "cut_json" else reply


def _check_headers(call: Call) -> None:
    bearer = call.headers.get("authorization", "").removeprefix("Bearer").strip()
    if not bearer and not call.headers.get("x-api-key", "").strip():
        raise ApiError(401, "x-api-key header is required")
    if "anthropic-version" not in call.headers:
        raise ApiError(400, "anthropic-version: header is required")


def _parse(body: bytes) -> Any:
    try:
        value = json.loads(body)
        if _SURROGATE.search(body):
            to_json(value)  # half of a pair is no text
    except ValueError as error:
        raise ApiError(400, f"The request body is not valid JSON: {error}") from error
    return value


def _list_models(model_id: str | None) -> dict[str, Any]:
    if model_id is None:
        ids = list(MODELS)
        data = [model_entry(model) for model in MODELS.values()]
        return {"data": data, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}
    if model_id not in MODELS:
        raise ApiError(404, f"model: {model_id}")
    return model_entry(MODELS[model_id])


def _limit(text: str) -> int:
    limit = int(text) if text.isdecimal() else 0
    if not 1 <= limit <= 1000:
        raise ApiError(400, f"limit: {text} is not a whole number from 1 to 1000")
    return limit


def _place(ids: list[str], cursor: str) -> int:
    if cursor not in ids:
        raise ApiError(400, f"there is no batch {cursor} to go on from")
    return ids.index(cursor)


def _limits(status: int) -> dict[str, str]:
    """The headers that say how much more may be asked."""
    left = "0" if status == 429 else "3999"
    numbers = {"limit": "4000", "remaining": left, "reset": "2027-01-01T00:00:00Z"}
    return {
        f"anthropic-ratelimit-{what}-{name}": number
        for what in ("requests", "tokens", "input-tokens", "output-tokens")
        for name, number in numbers.items()
    }
