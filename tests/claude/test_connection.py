from __future__ import annotations

import anthropic
import httpx2
import pytest

from taxonomy.claude.connection import CAPABILITIES, failure_of

REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/messages")


def status_error(status, headers=None):
    body = {"type": "error", "error": {"type": "some_error", "message": "words"}}
    response = httpx2.Response(status, headers=headers, json=body, request=REQUEST)
    return anthropic.APIStatusError("words", response=response, body=body)


@pytest.mark.parametrize(
    ("status", "kind", "billed"),
    [
        (400, "never", False),
        (401, "stop", False),
        (402, "stop", False),
        (403, "stop", False),
        (404, "stop", False),
        (408, "later", True),
        (413, "never", False),
        (422, "never", False),
        (429, "later", False),
        (500, "later", False),
        (502, "later", True),
        (504, "later", True),
        (529, "later", False),
    ],
)
def test_every_status_says_whether_to_try_again_and_whether_it_was_paid(status, kind, billed):
    failure = failure_of(status_error(status))
    assert (failure.kind, failure.billed, failure.status) == (kind, billed, status)
    assert failure.text == f"{status} some_error: words"


def test_a_wait_that_the_server_asks_for_is_read_and_a_strange_one_passed_over():
    assert failure_of(status_error(429, {"retry-after": "7.5"})).retry_after == 7.5
    assert failure_of(status_error(429, {"retry-after": "-3"})).retry_after == 0
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    assert failure_of(status_error(429, {"retry-after": date})).retry_after is None


@pytest.mark.parametrize(
    ("cause", "billed"),
    [
        (httpx2.ConnectError("refused"), False),
        (httpx2.ConnectTimeout("slow"), False),
        (httpx2.ReadTimeout("slow"), True),
        (httpx2.RemoteProtocolError("cut"), True),
    ],
)
def test_a_connection_that_failed_was_paid_for_only_if_something_was_sent(cause, billed):
    error = anthropic.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    assert failure_of(error).billed is billed


def test_only_the_real_server_has_batches():
    assert [name for name, can in CAPABILITIES.items() if can.batches] == ["anthropic"]
