"""An HTTP call as a record and its reply as another, so that endpoints know nothing of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Manner = Literal["whole", "cut", "drop", "reset", "hang"]
"""How a reply leaves: `cut` ends early without a word, `drop` ends before its announced length,
`reset` and `hang` send nothing at all."""

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(frozen=True)
class Call:
    """What a client sent."""

    method: str
    path: str
    """Without the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""
    n_bytes: int = 0
    """Size of the body, which is not kept where it is too large."""


@dataclass(frozen=True)
class Reply:
    """What the server sends back, and how."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    manner: Manner = "whole"
    billed: str | None = None
    """Digest of the request whose answer this is, if it was billed."""


class ApiError(Exception):
    """An error reply of the API."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def body(self, request_id: str | None) -> dict[str, Any]:
        """The JSON of the error as the API writes it."""
        return error_body(ERROR_TYPES[self.status], str(self), request_id)


def error_body(kind: str, message: str, request_id: str | None) -> dict[str, Any]:
    """An error as the API writes it, in a reply and in the result of a batch."""
    error = {"type": kind, "message": message}
    return {"type": "error", "error": error, "request_id": request_id}


def to_json(value: object) -> bytes:
    """JSON as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
