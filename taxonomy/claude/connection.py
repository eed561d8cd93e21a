"""Settings and environment in, a connection to Claude or a like server out.

Whether there is a key is decided here, by two variables and the settings alone: the SDK would also
take a profile that lies on disk, and spend somebody's money.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from taxonomy.errors import ClaudeError
from taxonomy.settings import ClaudeSettings

if TYPE_CHECKING:
    import anthropic

KEY_VARIABLE = "ANTHROPIC_API_KEY"
URL_VARIABLE = "ANTHROPIC_BASE_URL"
CALL_SECONDS = 600.0


@dataclass(frozen=True)
class Capabilities:
    """What a kind of server can do."""

    batches: bool
    structured: bool
    """Holds an answer to a JSON schema; else the schema is said in words."""
    tunable: bool
    """Knows of effort and thinking."""
    counts_tokens: bool


CAPABILITIES = {
    "anthropic": Capabilities(batches=True, structured=True, tunable=True, counts_tokens=True),
    "vllm": Capabilities(batches=False, structured=True, tunable=False, counts_tokens=True),
    # Takes a schema without a word and does not follow it.
    "llama.cpp": Capabilities(batches=False, structured=False, tunable=False, counts_tokens=True),
    "ollama": Capabilities(batches=False, structured=False, tunable=False, counts_tokens=False),
}


@dataclass(frozen=True)
class Connection:
    """A client of the SDK that retries nothing by itself, and what its server can do."""

    client: anthropic.Anthropic
    capabilities: Capabilities


def is_configured(settings: ClaudeSettings, environ: Mapping[str, str]) -> bool:
    """Whether the settings or the environment say whom to ask."""
    named = (environ.get(KEY_VARIABLE), environ.get(URL_VARIABLE), settings.base_url)
    return any(name and name.strip() for name in named)


def connect(
    settings: ClaudeSettings, environ: Mapping[str, str], *, call_seconds: float = CALL_SECONDS
) -> Connection:
    """A connection; nothing is sent yet.

    Parameters
    ----------
    call_seconds : after which a call that gave no answer is given up

    Raises
    ------
    ClaudeError
        Neither the settings nor the environment say whom to ask, or what they say is no key or no
        address.
    """
    if not is_configured(settings, environ):
        raise ClaudeError(
            f"there is no key: set {KEY_VARIABLE}, or {URL_VARIABLE} for another server, or use "
            "--llm offline."
        )
    import anthropic

    client = anthropic.Anthropic(
        api_key=_checked_key(environ.get(KEY_VARIABLE)),
        base_url=_checked_url(settings.base_url or environ.get(URL_VARIABLE)),
        # The ledger counts every sending, and a batch that is created twice is paid twice.
        max_retries=0,
        timeout=call_seconds,
    )
    return Connection(client, CAPABILITIES[settings.server])


def _checked_key(given: str | None) -> str:
    # A server of one's own takes any key; a key of ours keeps the SDK from looking for others.
    key = (given or "").strip() or "none"
    if not re.fullmatch(r"[!-~]+", key):
        raise ClaudeError(
            f"{KEY_VARIABLE} holds spaces, line breaks or other characters that no key has; set it "
            "again."
        )
    return key


def _checked_url(given: str | None) -> str | None:
    url = (given or "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ClaudeError(
            f"{url!r} is no address of a server; write it like http://localhost:11434 "
            f"(claude.base_url or {URL_VARIABLE})."
        )
    return url


@dataclass(frozen=True)
class Failure:
    """Why a call gave no answer."""

    text: str
    billed: bool
    """Whether it may have been billed all the same."""
    kind: str
    """later: try again; never: this request is at fault; stop: no request will fare better."""
    status: int = 0
    retry_after: float | None = None
    request_id: str = ""

    @property
    def is_throttling(self) -> bool:
        """Whether the server asks for fewer calls."""
        return self.status in {429, 529}


_STOP = {401, 402, 403, 404}
_NEVER = {400, 413, 422}
# The gateway gave up waiting; what is behind it may have gone on.
_MAYBE_BILLED = {408, 502, 504, 520, 524}


def failure_of(error: Exception) -> Failure:
    """What an exception of the SDK or of its HTTP library means for the request."""
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        return _status_failure(error)
    cause = error.__cause__ if isinstance(error, anthropic.APIConnectionError) else None
    # These come before the first byte was sent.
    unsent = type(cause).__name__ in {"ConnectError", "ConnectTimeout", "PoolTimeout"}
    text = f"{type(error).__name__}: {cause or error}"
    return Failure(_shorten(text), billed=not unsent, kind="later")


def _status_failure(error: anthropic.APIStatusError) -> Failure:
    status = error.status_code
    kind = "stop" if status in _STOP else "never" if status in _NEVER else "later"
    return Failure(
        _shorten(f"{status} {error.type or ''}: {error.api_message or error.message}"),
        billed=status in _MAYBE_BILLED,
        kind=kind,
        status=status,
        retry_after=_seconds(error.response.headers.get("retry-after")),
        request_id=error.request_id or "",
    )


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:  # a date: rare, and the usual waiting does
        return None


def _shorten(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:300]


def call_message(connection: Connection, params: dict[str, Any]) -> tuple[Any, str] | Failure:
    """The JSON of a message and the id of the request, or why there is none."""
    try:
        raw = connection.client.messages.with_raw_response.create(**params)
        return raw.http_response.json(), raw.headers.get("request-id", "")
    except (ValueError, RecursionError) as error:  # no JSON: cut, or a page of a proxy
        return Failure(_shorten(f"not JSON: {error}"), billed=True, kind="later")
    except Exception as error:
        return failure_of(_known(error))


def _known(error: Exception) -> Exception:
    """The error if it is one of the network; any other is a mistake of ours and goes on."""
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIError | httpx2.HTTPError):
        return error
    raise error


def count_tokens(connection: Connection, params: dict[str, Any]) -> int:
    """The input tokens of a message, as the server counts them; nothing is answered or billed.

    Raises
    ------
    ClaudeError
        The server does not count.
    """
    counted = {name: value for name, value in params.items() if name != "max_tokens"}
    try:
        raw = connection.client.messages.with_raw_response.count_tokens(**counted)
        return int(raw.http_response.json()["input_tokens"])
    except (ValueError, KeyError, TypeError) as error:
        reason = f"its answer is no count ({type(error).__name__})"
    except Exception as error:
        reason = failure_of(_known(error)).text
    raise ClaudeError(
        f"the server does not count tokens: {reason}. Use --llm offline to estimate them from the "
        "length of the texts."
    )
