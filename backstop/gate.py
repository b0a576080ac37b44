"""The outermost layer of the web process: size, trace, headers, one log line, one measurement."""

import logging
import re
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backstop import cookies
from backstop.addresses import UNKNOWN, Networks, client_of
from backstop.headers import Header, headers_for
from backstop.settings import NodeSettings
from shared.errors import Refused
from shared.logs import follow_trace, trace_id
from shared.metrics import REQUEST_SECONDS

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 1_048_576
"""No form or JSON body of this system comes near it; files have doors of their own."""
FILE_DOORS = re.compile(
    r"/api/v1/cases/[^/]+/attachments(/[^/]+/copies)?|/follow/files|/desk/files(/[^/]+/copy)?|(/api/v1)?/outside/files"
)
"""Paths to which a form with a file is sent."""
PIECE_DOORS = re.compile(r"/api/v1/cases/[^/]+/uploads/[^/]+")
"""Paths to which a file comes in pieces, of which each may be the whole."""
AROUND_A_FILE = 65_536
"""What the form around the file may take besides."""
HEARD_OUT = 5
"""A file of so many times the size that is allowed is still read to its end, and thrown away."""
REST_SECONDS = 5
"""So long an answer waits for the rest of a body that nobody wanted to read."""

client_address: ContextVar[str] = ContextVar("client_address", default=UNKNOWN)
"""Who really asks, for requests that pages make to the API in this process."""

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""Any other word that a client sends as its method is measured under one name."""
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: neither a log line nor a measurement."""

LASTING = frozenset({"/desk/board/stream", "/board/wall/stream"})
"""Answers that go on until somebody leaves: how long they took says nothing of the process."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """How people reach the node: by HTTPS or not, and through which proxies."""

    secure: bool = False
    proxies: Networks = field(default_factory=Networks)
    most_file_bytes: int = MOST_BODY_BYTES

    @classmethod
    def of(cls, settings: NodeSettings) -> "Entrance":
        """Return the entrance that the settings tell of."""
        return cls(
            settings.public_url.startswith("https:"),
            Networks(settings.trusted_proxies),
            settings.intake.attachment_limits.bytes,
        )

    def room_for(self, scope: Scope) -> "Room":
        """Return how large the body of a request may be."""
        if scope["method"] == "POST" and FILE_DOORS.fullmatch(scope["path"]):
            most = self.most_file_bytes + AROUND_A_FILE
            return Room(most, "file_too_large", "file", HEARD_OUT * most)
        if scope["method"] == "PATCH" and PIECE_DOORS.fullmatch(scope["path"]):
            return Room(self.most_file_bytes, "file_too_large", "file")
        return Room(MOST_BODY_BYTES, "too_large", "body")

    def enter(self, scope: Scope) -> Scope:
        """Return a request as the application shall see it: who really asks, and plain cookies."""
        headers = list(scope["headers"])
        peer = scope["client"][0] if scope.get("client") else UNKNOWN
        if self.proxies:
            told = b",".join(value for name, value in headers if name == b"x-forwarded-for")
            peer = client_of(peer, told.decode("latin-1"), self.proxies)
        shown = cookies.inbound(headers) if self.secure else headers
        return {**scope, "client": (peer, 0), "headers": shown}


@dataclass(frozen=True, slots=True)
class Room:
    """How large a body may be, what is said to a larger one, and how much of it is heard out.

    A browser that is answered while it still sends shows an error of its own instead: a person who
    chose too large a photograph would never learn why it failed.
    """

    most: int
    code: str
    field: str
    heard_out: int = 0


class Gate:
    """Wraps one node's application."""

    def __init__(self, app: ASGIApp, node: str, entrance: Entrance | None = None) -> None:
        self._app = app
        self._node = node
        self._entrance = entrance or Entrance()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request through; whoever reads more than the most is refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._entrance.enter(scope)
        passing = _Passing(scope, receive, send, self._entrance)
        client_address.set(scope["client"][0])
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
        if route not in LASTING:
            REQUEST_SECONDS.labels(**labels, status=f"{status // 100}xx").observe(seconds)
        fields: dict[str, Any] = {
            **labels,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "trace_id": trace_id(trace),
        }
        log.info("answered", extra=fields)


class _Passing:
    def __init__(self, scope: Scope, receive: Receive, send: Send, entrance: Entrance) -> None:
        self.scope = scope
        self._secure = entrance.secure
        self._room = entrance.room_for(scope)
        self._receive = receive
        self._send = send
        self.status = 0
        self.is_answered = False
        self._received = 0
        self._is_read = not _has_body(scope)
        self._is_left_unread = False

    @property
    def _announced(self) -> int:
        length = dict(self.scope["headers"]).get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    async def receive(self) -> Message:
        await self._demand_room(self._announced)
        message = await self._next()
        await self._demand_room(self._received)
        return message

    async def _next(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        self._is_read = self._is_read or not message.get("more_body")
        return message

    async def _demand_room(self, size: int) -> None:
        # Raised where the body is read, so that a form is refused by a page and a call by JSON.
        if size <= self._room.most:
            return
        self._is_left_unread = True
        while max(size, self._received) <= self._room.heard_out:
            if not (await self._next()).get("more_body"):
                self._is_left_unread = False
                break
        raise Refused(self._room.code, field=self._room.field)

    async def _hear_out(self) -> None:
        # A connection whose request was not read to its end is closed behind the answer, and the
        # next request on it, which may be another person's by way of a proxy, fails unanswered.
        if self._is_read or self._is_left_unread:
            return
        self._is_left_unread = True
        with anyio.move_on_after(REST_SECONDS):
            while max(self._announced, self._received) <= self._room.most:
                if not (await self._next()).get("more_body"):
                    self._is_left_unread = False
                    break

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._hear_out()
            self.status = message["status"]
            message["headers"] = self._completed(message["headers"])
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.is_answered = True

    def _completed(self, headers: Iterable[Header]) -> list[Header]:
        given = cookies.outbound(headers) if self._secure else list(headers)
        present = {name.lower() for name, _ in given}
        added = headers_for(self.scope["path"], secure=self._secure)
        if self._is_left_unread:  # the rest of the body would be taken for the next request
            added.append((b"connection", b"close"))
        return [*given, *(header for header in added if header[0] not in present)]


def _has_body(scope: Scope) -> bool:
    names = {name for name, value in scope["headers"] if value != b"0"}
    return not names.isdisjoint({b"content-length", b"transfer-encoding"})


def _inbound_trace(scope: Scope) -> str | None:
    given = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
    parts = given.split("-")
    sizes = [2, 32, 16, 2]
    is_sound = [len(part) for part in parts] == sizes and all(
        set(part) <= set("0123456789abcdef") for part in parts
    )
    return given if is_sound else None
