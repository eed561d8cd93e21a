"""An address in, a whole file on disk out: a download that goes on where it broke off."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

from taxonomy.errors import OnetError
from taxonomy.progress import advance, progress

_CHUNK = 1 << 18
_NETWORK = (OSError, http.client.HTTPException)
# A connection that breaks off is taken up again this often before the user is asked to.
_TRIES = 4
_PARTIAL_CONTENT = 206
_RANGE_NOT_SATISFIABLE = 416


@dataclass(frozen=True)
class Download:
    """A file to be fetched.

    Attributes
    ----------
    address : http or https
    partial : where the file grows; its `.validator` beside it tells the server's versions apart
    by_hand : how to get the file otherwise; every error ends with it
    timeout : seconds the server may stay silent
    """

    address: str
    partial: Path
    by_hand: str
    timeout: float

    def fetch(self) -> None:
        """Make `partial` whole, going on from what is there if the server's file is the same.

        Raises
        ------
        OnetError
            The server cannot be reached, lacks the file, sends a web page, stays silent or breaks
            off again and again. What has come stays for the next call.
        OSError
            `partial` cannot be written.
        """
        for _ in range(_TRIES):
            expected = self._go_on()
            if expected is None or self._size() == expected:
                return
        raise self._error(
            f"{self.address} broke off {_TRIES} times, after {self._size():,} of {expected:,} "
            "bytes at last; fetch again to go on from there"
        )

    def discard(self) -> None:
        """Remove what has come."""
        self.partial.unlink(missing_ok=True)
        self._validator.unlink(missing_ok=True)

    @property
    def _validator(self) -> Path:
        return self.partial.with_name(f"{self.partial.name}.validator")

    def _size(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    def _go_on(self) -> int | None:
        """Ask once for what is missing; the whole file's size, None where the server hides it."""
        known = self._validator.read_text(encoding="utf-8") if self._validator.exists() else ""
        start = self._size() if known else 0
        response = self._open(start, known)
        if response is None:
            self.discard()
            return self._go_on()
        with response:
            begin, total = _extent(response)
            validator = _validator_of(response)
            if begin and not start:
                raise self._error(f"{self.address} answered with a part that was not asked for")
            if begin and (begin != start or validator != known):
                self.discard()
                return self._go_on()
            if response.headers.get_content_type() == "text/html":
                raise self._error(f"{self.address} answered with a web page, not an archive")
            with progress("fetch", total=total, unit="bytes", initial=begin, is_bytes=True):
                self._keep(response, validator, append=begin > 0)
        return total

    def _open(self, start: int, known: str) -> HTTPResponse | None:
        """The answer from byte `start` on; None where the server has no such byte any more."""
        headers = {"User-Agent": "bottom-up-taxonomy", "Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": known}
        try:
            request = urllib.request.Request(self.address, headers=headers)
            response: HTTPResponse = urllib.request.urlopen(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            with error:
                if start and error.code == _RANGE_NOT_SATISFIABLE:
                    return None
                raise self._error(
                    f"{self.address} answered {error.code} {error.reason}; is there such a release?"
                ) from error
        except ValueError as error:
            raise self._error(f"{self.address} is not an address: {error}") from error
        except _NETWORK as error:
            raise self._unreachable(error) from error
        return response

    def _keep(self, response: HTTPResponse, validator: str, *, append: bool) -> None:
        self._validator.write_text(validator, encoding="utf-8")
        with self.partial.open("ab" if append else "wb") as file:
            while chunk := self._read(response):
                file.write(chunk)
                advance(len(chunk), "bytes")

    def _read(self, response: HTTPResponse) -> bytes:
        """The next bytes; none at the end, and where the connection breaks off."""
        try:
            return response.read1(_CHUNK)
        except TimeoutError as error:
            raise self._unreachable(error) from error
        except (ConnectionError, http.client.IncompleteRead):
            return b""
        except _NETWORK as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> OnetError:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return self._error(f"{self.address} was silent for {self.timeout:g} seconds")
        return self._error(f"cannot reach {self.address}: {reason}")

    def _error(self, what: str) -> OnetError:
        return OnetError(f"{what}. {self.by_hand}")


def _extent(response: HTTPResponse) -> tuple[int, int | None]:
    """The first byte that the answer holds, and the size of the whole file where it is told."""
    if response.status == _PARTIAL_CONTENT:
        told = re.fullmatch(
            r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", "").strip()
        )
        return (int(told[1]), int(told[2])) if told else (-1, None)
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _validator_of(response: HTTPResponse) -> str:
    """What tells this version of the server's file from others; empty where nothing does."""
    tag = str(response.headers.get("ETag", ""))
    # A weak tag only says that the content means the same.
    return (
        tag if tag and not tag.startswith("W/") else str(response.headers.get("Last-Modified", ""))
    )
