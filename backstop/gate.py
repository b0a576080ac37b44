"""The outermost layer of the web process: size, trace, headers, one log line, one measurement."""

import logging
import time
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Refused
from shared.http.problems import answer, problem_of
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
NO_STORE = (b"cache-control", b"no-store")


UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: neither a log line nor a measurement."""


class BodyTooLarge(Exception):
    """More bytes came than any request of this system has."""


class Gate:
    """Wraps one node's application."""

    def __init__(self, app: ASGIApp, node: str) -> None:
        self._app = app
        self._node = node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request through; refuse what is too large before anything reads it."""
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
            if passing.announced_bytes > MOST_BODY_BYTES:
                raise BodyTooLarge  # noqa: TRY301
            await self._app(passing.scope, passing.receive, passing.send)
        except BodyTooLarge:
            if not passing.status:
                refuse = answer(problem_of(Refused("too_large")))
                await refuse(passing.scope, passing.receive_nothing, passing.send)

    def _tell(self, passing: "_Passing", trace: str, seconds: float) -> None:
        route = getattr(passing.scope.get("route"), "path", "unmatched")
        if route in UNWATCHED:
            return
        method, status = passing.scope["method"], passing.status or 499
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
        self._received = 0

    @property
    def announced_bytes(self) -> int:
        length = dict(self.scope["headers"]).get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > MOST_BODY_BYTES:
            raise BodyTooLarge
        return message

    async def receive_nothing(self) -> Message:
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name.lower() for name, _ in message["headers"]}
            added = [*HEADERS, NO_STORE]
            message["headers"] = [
                *message["headers"],
                *(header for header in added if header[0] not in present),
            ]
        await self._send(message)


def _inbound_trace(scope: Scope) -> str | None:
    given = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
    parts = given.split("-")
    sizes = [2, 32, 16, 2]
    is_sound = [len(part) for part in parts] == sizes and all(
        set(part) <= set("0123456789abcdef") for part in parts
    )
    return given if is_sound else None
