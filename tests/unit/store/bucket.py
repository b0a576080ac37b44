"""A server on loopback that speaks the part of S3 that a store needs, and checks who signed.

Signatures are computed here by the published steps of AWS Signature Version 4, not by the library.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET, REGION, BUCKET = "backstop", "a secret of the test", "cn-east-1", "files"
FOUND = (
    '<?xml version="1.0"?><ListBucketResult><Name>{bucket}</Name>'
    "<IsTruncated>{more}</IsTruncated>{next}{items}</ListBucketResult>"
)
ITEM = (
    "<Contents><Key>{key}</Key><LastModified>2026-03-02T01:00:00.000Z</LastModified>"
    '<ETag>"x"</ETag><Size>1</Size></Contents>'
)
WRONG = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
PAGE = 2
"""So few at a time, so that a list has pages."""


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    down: threading.Event

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self._is_let_in(body):
            self.objects[self._key()] = body
            self._answer(200, b"", {"ETag": '"x"'})

    def do_GET(self) -> None:
        if not self._is_let_in(b""):
            return
        key = self._key()
        if not key:
            self._list()
        elif key in self.objects:
            told = {"Last-Modified": "Mon, 02 Mar 2026 01:00:00 GMT", "ETag": '"x"'}
            self._answer(200, self.objects[key], told)
        else:
            self._refuse(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        if self._is_let_in(b""):
            self.objects.pop(self._key(), None)
            self._answer(204, b"")

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").removeprefix("/")

    def _list(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        after = asked.get("continuation-token", "")
        keys = [k for k in sorted(self.objects) if k.startswith(asked["prefix"]) and k > after]
        page, more = keys[:PAGE], len(keys) > PAGE
        following = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        items = "".join(ITEM.format(key=escape(key)) for key in page)
        told = {"bucket": BUCKET, "more": str(more).lower(), "next": following, "items": items}
        self._answer(200, FOUND.format(**told).encode())

    def _is_let_in(self, body: bytes) -> bool:
        if self.down.is_set():
            self._refuse(503, "SlowDown")
        elif self._signature(body) != self.headers["authorization"].rpartition("Signature=")[2]:
            self._refuse(403, "SignatureDoesNotMatch")
        else:
            return True
        return False

    def _signature(self, body: bytes) -> str:
        told = self.headers["authorization"]
        names = told.partition("SignedHeaders=")[2].partition(",")[0]
        place, sent = urlsplit(self.path), self.headers["x-amz-content-sha256"]
        if sent not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return "another body"
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(parse_qsl(place.query, keep_blank_values=True))
        )
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in names.split(";"))
        asked = "\n".join((self.command, place.path, query, headers, names, sent))
        moment = self.headers["x-amz-date"]
        scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        key = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            key = _hmac(key, part)
        return _hmac(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}").hex()

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, WRONG.format(code=code).encode(), {"Content-Type": "application/xml"})

    def _answer(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class BucketServer:
    """Its address, what lies in it, and a way to let it be away."""

    def __init__(self, url: str, handler: type[_Handler]) -> None:
        self.url = url
        self.objects = handler.objects
        self.down = handler.down


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """Run one for as long as it is needed."""
    handler = type("Handler", (_Handler,), {"objects": {}, "down": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield BucketServer(f"http://127.0.0.1:{server.server_port}", handler)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
