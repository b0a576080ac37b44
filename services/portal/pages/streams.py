"""Numbers that come by themselves: server-sent events for boards that are open.

A stream is a coroutine of the web process and holds no thread and no connection of the database
while it waits. Once a second at most the boards of a node ask how far the journal is written; if
it moved, each kind of board is counted once for all that show it, and each is sent what changed.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from services.portal import repository
from services.portal.handlers import SESSION_COOKIE, holder_of
from services.portal.pages.dates import full, iso
from services.portal.pages.desk import staff_of
from services.portal.pages.language import language_now
from services.portal.pages.outlook import Watch, counted
from services.portal.pages.outlook_values import all_numbers
from services.portal.pages.rendering import door_here
from shared.errors import Refused
from shared.http import Door
from shared.metrics import BOARD_STREAMS, BOARD_STREAMS_REFUSED
from shared.security.actor import Actor
from shared.security.parties import with_names

log = logging.getLogger(__name__)

AGAIN = b"retry: 3000\n\n"
BEAT = b"event: beat\ndata: {}\n\n"
ENDED = b'event: end\ndata: {"reason": "session"}\n\n'
RESTS = 9
"""Counting takes at most a tenth of the time: so many times as long nothing is counted again."""
MOST_KEPT = 64
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StreamRules:
    """How many streams are open at once in one process, and for how long each."""

    per_account: int
    in_all: int
    lasting: timedelta


@dataclass(frozen=True, slots=True)
class _Counted:
    at: tuple[int, datetime]
    """Of which position of the journal and which minute."""
    until: float
    values: Values


@dataclass(slots=True)
class Streams:
    """The open streams of one node in this process, and what was counted for them."""

    rules: StreamRules
    pace: float = 1.0
    """Seconds between two looks at the journal."""
    beat: float = 10.0
    """Seconds between two looks at the session, each of which is told as a sign of life."""
    taken: Counter[str] = field(default_factory=Counter)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _position: tuple[float, int] | None = None
    _kept: dict[Hashable, _Counted] = field(default_factory=dict)

    @contextmanager
    def seat(self, node: str, account: str) -> Iterator[None]:
        """Hold a place for one stream; Refused (`too_many_boards`, `boards_full`) without one."""
        self._demand_room(node, account)
        self.taken[account] += 1
        BOARD_STREAMS.labels(node=node).inc()
        try:
            yield
        finally:
            self.taken[account] -= 1
            self.taken += Counter()
            BOARD_STREAMS.labels(node=node).dec()

    def _demand_room(self, node: str, account: str) -> None:
        reason = ""
        if self.taken[account] >= self.rules.per_account:
            reason = "too_many_boards"
        elif self.taken.total() >= self.rules.in_all:
            reason = "boards_full"
        if reason:
            BOARD_STREAMS_REFUSED.labels(node=node, reason=reason).inc()
            raise Refused(reason)

    async def values(self, door: Door, key: Hashable, count: Callable[[], Any]) -> Values:
        """Return what boards of one kind show, counted anew where something moved."""
        async with self._lock:
            at = (await self._moved(door), door.now().replace(second=0, microsecond=0))
            kept = self._kept.get(key)
            if kept and (kept.at == at or monotonic() < kept.until):
                return kept.values
            begun = monotonic()
            values: Values = await count()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            rests = max(self.pace, RESTS * (monotonic() - begun))
            self._kept[key] = _Counted(at, monotonic() + rests, values)
            return values

    async def _moved(self, door: Door) -> int:
        if self._position is None or monotonic() >= self._position[0] + self.pace:
            self._position = (monotonic(), await run_in_threadpool(_position, door))
        return self._position[1]


def _position(door: Door) -> int:
    with door.unit.transaction() as db:
        return repository.position_of_journal(db)


@dataclass(slots=True)
class Listener:
    """One open board: who watches what, and what was sent to it."""

    request: Request
    actor: Actor
    watch: Watch
    touches: bool
    """Whether watching keeps the session, as on a wall at which nobody does anything."""
    known: str
    """The name of the state that the page shows."""
    sent: Mapping[str, str] | None = None

    async def told(self, streams: Streams) -> AsyncIterator[bytes]:
        """Yield what changes, and signs of life, until the session or the time is over."""
        yield AGAIN
        ends = monotonic() + streams.rules.lasting.total_seconds()
        beats_at = monotonic() + streams.beat
        try:
            while True:
                for event in self._news(await self._values(streams)):
                    yield event
                if monotonic() >= ends:  # the browser comes again by itself
                    return
                await asyncio.sleep(streams.pace)
                if monotonic() >= beats_at:
                    beats_at = monotonic() + streams.beat
                    if not await run_in_threadpool(self._holds):
                        yield ENDED
                        return
                    yield BEAT
        except SQLAlchemyError as error:  # so it does when the database is back
            log.warning("a board was left", extra={"error": type(error).__name__})

    async def _values(self, streams: Streams) -> Values:
        door = door_here(self.request)
        return await streams.values(
            door, key_of(self.watch), lambda: counted(self.request, self.watch)
        )

    def _news(self, values: Values) -> Iterator[bytes]:
        numbers, state = all_numbers(values), values["state"]
        if state == self.known:
            self.sent = numbers
            return
        before = self.sent or {}
        changed = {key: text for key, text in numbers.items() if before.get(key) != text}
        whole = self.sent is None or not before.keys() <= numbers.keys()
        told = {
            "state": state,
            "at": iso(values["at"]),
            "at_words": full(values["at"], language_now()),
            "whole": whole,
            "numbers": numbers if whole else changed,
        }
        self.sent, self.known = numbers, state
        data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        yield f"id: {state}\nevent: numbers\ndata: {data}\n\n".encode()

    def _holds(self) -> bool:
        door, token = door_here(self.request), self.request.cookies.get(SESSION_COOKIE, "")
        with door.unit.transaction() as db:
            rules = door.settings.sessions(door.node.code)
            found = holder_of(db, token, door.now(), rules, touches=self.touches)
        if found is None or found.duty is not None:
            return False
        return with_names(door.keys, found.actor) == self.actor


class BoardStream(StreamingResponse):
    """A stream that holds its seat from before the first byte until it is closed."""

    def __init__(self, listener: Listener, streams: Streams) -> None:
        super().__init__(
            listener.told(streams), media_type="text/event-stream", headers=dict(HEADERS)
        )
        self._listener, self._streams = listener, streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what the listener is told, or refuse where all seats are taken."""
        actor = self._listener.actor
        with self._streams.seat(actor.node, actor.id):
            await super().__call__(scope, receive, send)


def stream_to(request: Request, watch: Watch, last: str, *, touches: bool = False) -> BoardStream:
    """Return a stream of what somebody watches, behind the state that the page shows."""
    known = request.headers.get("last-event-id", last)
    listener = Listener(request, staff_of(request), watch, touches, known)
    streams: Streams = request.app.state.streams
    return BoardStream(listener, streams)


def key_of(watch: Watch) -> Hashable:
    """Return what is alike for boards that count the same, whoever reads them."""
    scopes = [scope for scope in (watch.scope, watch.below) if scope is not None]
    readers = [scope.reader for scope in scopes if scope.reader is not None]
    return (
        tuple(replace(scope, reader=None) for scope in scopes),
        tuple((reader.unit, reader.above, reader.known_as) for reader in readers),
        watch.view is not None,
        language_now(),
    )
