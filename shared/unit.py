"""One transaction of one service: its role, its rows, what it says, what it has heard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Engine, MetaData, Table

from shared.audit import Ledger, ledger_tables
from shared.db import transaction
from shared.inbox import Inbox, inbox_tables
from shared.outbox import Outbox, flush, forget, is_nudged, outbox_tables
from shared.tally import take_tallied

SAID_CHANNEL = "backstop_said"
"""NOTIFY channel on which another process tells the relay that a schema has something to send."""


@dataclass(frozen=True, slots=True)
class Plumbing:
    """The tables every service owns besides its own: outbox, inbox, audit."""

    outbox: Outbox
    inbox: Inbox
    ledger: Ledger

    @property
    def audit(self) -> Table:
        """Where it is written who did what."""
        return self.ledger.audit


def plumbing_tables(metadata: MetaData) -> Plumbing:
    """Declare the plumbing of one service in its schema."""
    return Plumbing(outbox_tables(metadata), inbox_tables(metadata), ledger_tables(metadata))


@dataclass(slots=True)
class Work:
    """An open transaction; `versions` holds what it said last about each subject."""

    db: Connection
    outbox: Outbox
    source: str
    channel: str | None = None
    """On which the relay is told, where it runs in another process."""
    versions: dict[UUID, int] = field(default_factory=dict)

    def speak(self) -> None:
        """Write what has been said so far, so that its versions are known before the commit."""
        self.versions.update(flush(self.db, self.outbox, self.source, self.channel))


@dataclass(frozen=True, slots=True)
class Unit:
    """Opens the transactions of one service on one node; nothing else commits.

    `wake` tells a relay in the same process that there is something to send; without it the
    relay, wherever it runs, is told by NOTIFY.
    """

    engine: Engine
    node: str
    service: str
    plumbing: Plumbing
    wake: Callable[[], None] | None = None

    @property
    def source(self) -> str:
        """The CloudEvents source of what this unit says."""
        return f"/nodes/{self.node}/{self.service}"

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Open a transaction: what is said in it is written when it commits, or not at all."""
        with transaction(self.engine, self.service) as db:
            forget(db)
            take_tallied(db)
            channel = SAID_CHANNEL if self.wake is None else None
            work = Work(db, self.plumbing.outbox, self.source, channel)
            yield work
            work.speak()
            wakes = bool(work.versions) or is_nudged(db)
            counted = take_tallied(db)
        for each in counted:
            each.inc()
        if wakes and self.wake is not None:
            self.wake()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction for a caller that needs no versions."""
        with self.begin() as work:
            yield work.db

    @contextmanager
    def forgetful(self) -> Iterator[Connection]:
        """Open one that says nothing, and whose loss in a crash of the database is harmless."""
        with transaction(self.engine, self.service, forgetful=True) as db:
            forget(db)
            yield db
