"""A place on loopback where the provider leaves what it sends to its clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import ClassVar

PATIENCE_SECONDS = 20


class Letters(HTTPServer):
    """Keeps the body of each form that is posted."""

    def __init__(self) -> None:
        self.bodies: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
        super().__init__(("127.0.0.1", 0), _Box)

    @property
    def address(self) -> str:
        """Where the provider posts."""
        return f"http://127.0.0.1:{self.server_port}/"

    def next(self) -> tuple[str, bytes]:
        """Return kind and body of the next form, once it has come."""
        return self.bodies.get(timeout=PATIENCE_SECONDS)


class _Box(BaseHTTPRequestHandler):
    server: Letters
    protocol_version: ClassVar[str] = "HTTP/1.1"  # type: ignore[misc]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.put((self.headers["content-type"], body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Letters]:
    """Listen while the block runs."""
    with Letters() as letters:
        thread = Thread(target=letters.serve_forever)
        thread.start()
        try:
            yield letters
        finally:
            letters.shutdown()
            thread.join()
