"""A real HTTP server of one file, which can be told to misbehave."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What the server holds and does; `requests` are the Range headers it was sent."""

    content: bytes
    tag: str | None = '"first"'
    modified: str | None = None
    honours_range: bool = True
    breaks_after: list[int | None] = field(default_factory=list)
    silent_for: float = 0
    stalls_for: float = 0
    status: int = 200
    kind: str = "application/zip"
    tells_length: bool = True
    requests: list[str | None] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        does = self.server.behaviour
        asked = self.headers.get("Range")
        does.requests.append(asked)
        time.sleep(does.silent_for)
        if does.status != 200:
            self.send_error(does.status)
            return
        same = self.headers.get("If-Range") in (does.tag, does.modified)
        start = int(asked[6:-1]) if asked and does.honours_range and same else 0
        if asked and start >= len(does.content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            last = len(does.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
        if does.tag:
            self.send_header("ETag", does.tag)
        if does.modified:
            self.send_header("Last-Modified", does.modified)
        if does.tells_length:
            self.send_header("Content-Length", str(len(does.content) - start))
        self.send_header("Content-Type", does.kind)
        self.end_headers()
        limit = does.breaks_after.pop(0) if does.breaks_after else None
        body = does.content[start:]
        self.wfile.write(body if limit is None else body[:limit])
        self.wfile.flush()
        time.sleep(does.stalls_for)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """Serves `behaviour` on a free port of this machine until closed."""

    daemon_threads = True

    def __init__(self, behaviour):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour = behaviour
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/db_{{version}}_text.zip"

    def close(self):
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, *_):
        pass
