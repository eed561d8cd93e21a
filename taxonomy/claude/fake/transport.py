"""Sockets in, sockets out: reads calls, and sends their replies in the manner they ask for.

A reply can end too early, never come, or be a connection that is reset, as on a bad line.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from taxonomy.claude.fake.accounts import Accounts, Record
from taxonomy.claude.fake.calls import Call, Reply
from taxonomy.claude.fake.endpoints import LEDGER, Endpoints, max_bytes

logger = logging.getLogger(__name__)

CHUNK = 1024**2


class Server(ThreadingHTTPServer):
    """Listens on the loopback interface, with one thread a connection.

    Parameters
    ----------
    port : 0 for one that is free
    hang_seconds : how long a call that hangs is kept open
    """

    daemon_threads = True
    request_queue_size = 1024
    endpoints: Endpoints

    def __init__(self, port: int, accounts: Accounts, *, hang_seconds: float) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.accounts = accounts
        self.hang_seconds = hang_seconds
        self.stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `stop` can cut it."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log mistakes of ours; clients come and go."""
        if not isinstance(sys.exception(), OSError):
            logger.exception("a connection failed")

    def stop(self) -> None:
        """Close the port, and every connection that a client keeps alive."""
        self.stopped.set()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        url = urlsplit(self.path)
        n_bytes = int(self.headers.get("content-length") or 0)
        call = Call(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query)),
            headers={name.lower(): text for name, text in self.headers.items()},
            body=self._read(n_bytes, keep=n_bytes <= max_bytes(url.path)),
            n_bytes=n_bytes,
        )
        reply = self.server.endpoints.respond(call)
        if call.path != LEDGER:
            self.server.accounts.note(Record(call.method, call.path, reply.status))
        if reply.billed and self._is_client_gone():
            self.server.accounts.destroy([reply.billed])
        self._send(reply)

    do_GET = do_POST = do_DELETE = _serve

    def _read(self, n_bytes: int, *, keep: bool) -> bytes:
        """The body; a client that is told why only after it sent all does not see a reset."""
        if keep:
            return self.rfile.read(n_bytes)
        while n_bytes > 0:
            n_bytes -= len(self.rfile.read(min(n_bytes, CHUNK))) or n_bytes
        return b""

    def _is_client_gone(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _send(self, reply: Reply) -> None:
        if reply.manner != "whole":
            self.close_connection = True
        if reply.manner == "hang":
            self.server.stopped.wait(self.server.hang_seconds)
        elif reply.manner == "reset":
            self._reset()
        else:
            self.wfile.write(_head(reply) + reply.body[: _sent_bytes(reply)])

    def _reset(self) -> None:
        """Close at once, so that the client reads `connection reset` rather than an end."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the accounts hold what came in."""


def _sent_bytes(reply: Reply) -> int:
    if reply.manner == "whole":
        return len(reply.body)
    half = len(reply.body) // 2
    # Lines of equal length: half of them would be whole lines, and look like all there is.
    return half - 9 if b"\n" in reply.body[half - 1 : half + 1] else half


def _head(reply: Reply) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase if reply.status != 529 else ''}",
        f"content-type: {reply.content_type}",
        *(f"{name}: {text}" for name, text in reply.headers.items()),
    ]
    # Without a length the end of the connection is the end of the body, wherever it comes.
    ends = reply.manner == "cut"
    lines.append("connection: close" if ends else f"content-length: {len(reply.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
