"""The outermost layer of the web process: size, trace, headers, one log line, one measurement."""

import logging
import time
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Refused
from shared.logs import follow_trace, trace_id
from shared.metrics import REQUEST_SECONDS

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 1_048_576
"""No form or JSON body of this system comes near it; files will have their own door."""

client_address: ContextVar[str] = ContextVar("client_address", default="?")
"""Who really asks, for requests that pages make to the API in this process."""

HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
CACHING = (
    ("/static/vendor/", b"public, max-age=86400"),
    ("/static/", b"no-cache"),
)
NOT_AT_ALL = b"no-store"
"""What a browser may keep, by the beginning of the path: libraries for a day, our own style and
scripts if they are unchanged, and nothing that may be about a case."""


METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""Any other word that a client sends as its method is measured under one name."""
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: neither a log line nor a measurement."""


class Gate:
    """Wraps one node's application."""

    def __init__(self, app: ASGIApp, node: str) -> None:
        self._app = app
        self._node = node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request through; whoever reads more than the most is refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = _Passing(scope, receive, send)
        client_address.set(scope["client"][0] if scope.get("client") else "?")
        trace = follow_trace(_inbound_trace(scope))
        started = time.perf_counter()
        try:
            await self._guarded(passing)
        finally:
            self._tell(passing, trace, time.perf_counter() - started)

    async def _guarded(self, passing: "_Passing") -> None:
        try:
            await self._app(passing.scope, passing.receive, passing.send)
        except Exception:
            # The application has answered and logged it, and raises it once more for the server,
            # which would log it again without leaving personal data out.
            if not passing.is_answered:
                raise

    def _tell(self, passing: "_Passing", trace: str, seconds: float) -> None:
        route = getattr(passing.scope.get("route"), "path", "unmatched")
        if route in UNWATCHED:
            return
        sent, status = passing.scope["method"], passing.status or 499
        method = sent if sent in METHODS else "OTHER"
        labels = {"node": self._node, "method": method, "route": route}
        REQUEST_SECONDS.labels(**labels, status=f"{status // 100}xx").observe(seconds)
        fields: dict[str, Any] = {
            **labels,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "trace_id": trace_id(trace),
        }
        log.info("answered", extra=fields)


class _Passing:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.status = 0
        self.is_answered = False
        self._received = 0
        self._is_left_unread = False

    @property
    def _announced(self) -> int:
        length = dict(self.scope["headers"]).get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    async def receive(self) -> Message:
        self._demand_room(self._announced)
        message = await self._receive()
        self._received += len(message.get("body", b""))
        self._demand_room(self._received)
        return message

    def _demand_room(self, size: int) -> None:
        # Raised where the body is read, so that a form is refused by a page and a call by JSON.
        if size > MOST_BODY_BYTES:
            self._is_left_unread = True
            raise Refused("too_large", field="body")

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name.lower() for name, _ in message["headers"]}
            added = [*HEADERS, (b"cache-control", may_keep(self.scope["path"]))]
            if self._is_left_unread:  # the rest of the body would be taken for the next request
                added.append((b"connection", b"close"))
            message["headers"] = [
                *message["headers"],
                *(header for header in added if header[0] not in present),
            ]
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.is_answered = True


def may_keep(path: str) -> bytes:
    """Return what a browser is told about keeping the answer at this path."""
    return next((rule for start, rule in CACHING if path.startswith(start)), NOT_AT_ALL)


def _inbound_trace(scope: Scope) -> str | None:
    given = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
    parts = given.split("-")
    sizes = [2, 32, 16, 2]
    is_sound = [len(part) for part in parts] == sizes and all(
        set(part) <= set("0123456789abcdef") for part in parts
    )
    return given if is_sound else None
