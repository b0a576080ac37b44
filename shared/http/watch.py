"""What the audit is told of those who ask: what they were refused, what the inspector looks at.

`Door.demand` notes it while a request is answered; `Witness`, around the application, writes it in
a transaction of its own before the first byte of the answer goes out. What cannot be written down
is not shown.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.audit import Entry, record
from shared.errors import Refused
from shared.http.problems import answer, problem_of
from shared.security.actor import Actor, ActorKind, Role
from shared.security.policy import Action
from shared.unit import Unit

log = logging.getLogger(__name__)

WATCHED = frozenset({Role.INSPECTOR, Role.AUDIT_ADMINISTRATOR})
"""Who may look at everything, or at what everybody did: each look stands in the audit."""
WRITTEN_ANYWAY = frozenset({Action.PERSON_REVEAL, Action.AUDIT_EXPORT})
"""Each of these has a row with its purpose, whoever does it."""
KNOWN = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
MOST_KEYS = 10_000

Noted = tuple[Unit, Entry]
_NOTED: ContextVar[list[Noted] | None] = ContextVar("noted", default=None)


def is_watched(actor: Actor, action: Action) -> bool:
    """Tell whether a look of an actor is written down for that alone."""
    return bool(actor.roles & WATCHED) and action not in WRITTEN_ANYWAY


def note(unit: Unit, entry: Entry) -> None:
    """Have an entry written before the answer to this request goes out."""
    noted = _NOTED.get()
    if noted is not None:
        noted.append((unit, entry))


@dataclass(slots=True)
class Repeats:
    """Counts what happens again within a minute, so that a flood fills no disk.

    Of a thing that happens n times a minute, the 1st, 2nd, 4th, 8th … are told.
    """

    minute: datetime | None = None
    counts: dict[tuple[str, ...], int] = field(default_factory=dict)

    def told(self, key: tuple[str, ...], now: datetime) -> int | None:
        """Return how often it has happened this minute; None where that is not to be told."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self.minute or len(self.counts) >= MOST_KEYS:
            self.minute = minute
            self.counts.clear()
        count = self.counts[key] = self.counts.get(key, 0) + 1
        return count if count & (count - 1) == 0 else None


class Witness:
    """Writes down what was noted while a request was answered, before the answer goes out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with _noting() as noted:
            sending = _Sending(scope, receive, send, noted)
            await self._app(scope, receive, sending.send)


@dataclass(slots=True)
class _Sending:
    scope: Scope
    receive: Receive
    pass_on: Send
    noted: list[Noted]
    is_withheld: bool = False

    async def send(self, message: Message) -> None:
        if self.noted and message["type"] == "http.response.start":
            await self._write()
        if not self.is_withheld:
            await self.pass_on(message)

    async def _write(self) -> None:
        try:
            await run_in_threadpool(_write, tuple(self.noted))
        except SQLAlchemyError as error:
            log.warning("not written down", extra={"error": type(error).__name__})
            self.is_withheld = True
            away = answer(problem_of(Refused("unavailable")), {"Retry-After": "5"})
            await away(self.scope, self.receive, self.pass_on)
        self.noted.clear()


@contextmanager
def _noting() -> Iterator[list[Noted]]:
    noted: list[Noted] = []
    before = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(before)


def _write(noted: Sequence[Noted]) -> None:
    for unit, entry in noted:
        with unit.transaction() as db:
            record(db, unit.plumbing.audit, entry)
