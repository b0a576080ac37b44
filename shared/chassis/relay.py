"""The relay: what a service said goes from its outbox to the bus.

One leader per schema. It reads unsent rows in order without locking them, publishes, waits for
the confirms with no transaction open, and then marks the rows in the short transaction in which
it reads the next. A crash between the two publishes again, which the hearers' inboxes make
harmless; nothing else is published while the database does not take the marks.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider

from shared.bus import embedded
from shared.bus.messages import packed, rows_of
from shared.bus.publisher import ConfirmedPublisher
from shared.bus.topology import shard_of
from shared.chassis.backoff import Backoff
from shared.chassis.glance import Kind
from shared.chassis.runtime import runtime_of, unit_of
from shared.clock import utcnow
from shared.errors import Unavailable, Verdict, verdict
from shared.inbox import forget_ended_before, forget_heard_before
from shared.metrics import EVENTS_SENT, RELAY_LEADS
from shared.outbox import Waiting, forget_sent_before, mark_sent, unsent
from shared.unit import Unit

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 500
SWEEP_SECONDS = 1.0
CONFIRM_SECONDS = 30.0
TIDY_EVERY = timedelta(hours=1)
TIDY_ROWS = 5_000
"""In one short transaction; while there is more, each round of the relay takes so many."""


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    shard: int
    body: str

    @classmethod
    def of(cls, waiting: Waiting, shards: int) -> Self:
        return cls(waiting.id, waiting.name, shard_of(waiting.subject_id, shards), waiting.body)


class Relay(DependencyProvider):
    """Publishes what the service of this container said."""

    def setup(self) -> None:
        """Prepare; nothing connects before `start`."""
        embedded.register()
        runtime = runtime_of(self.container)
        self.direct, self.glance = runtime.direct, runtime.glance
        self.keep = timedelta(days=runtime.keep_days)
        self.service: str = self.container.service_name
        self.labels = {"node": runtime.node, "service": self.service}
        self.shards = runtime.shards
        self.publisher = ConfirmedPublisher(
            runtime.bus_url, shards=runtime.shards, neighbours=sorted(runtime.neighbours)
        )
        self.unmarked: list[int] = []
        """Positions of what the bus has confirmed and the database does not know yet."""
        self.signal = Signal()
        self.ended = Signal()
        self.tidy_at = utcnow() + TIDY_EVERY

    def start(self) -> None:
        """Begin to relay in a greenlet of the container."""
        self.unit: Unit = unit_of(self.container)
        self.direct.wake_on(self.service, self.wake)
        self.glance.wake_on(self.service, Kind.SAID, self.wake)
        self.thread = self.container.spawn_managed_thread(self.run, identifier="relay")

    def stop(self) -> None:
        """Finish the round in hand and close."""
        self.kill()
        self.thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        if not self.ended.ready():
            self.ended.send()
        self.publisher.stop()
        self.wake()

    def wake(self) -> None:
        """Tell the relay that there is something to send."""
        if not self.signal.ready():
            self.signal.send(None)

    def get_dependency(self, worker_ctx: Any) -> "Relay":
        """Return the relay itself; services need not touch it."""
        return self

    @property
    def leads(self) -> bool:
        """Tell whether this process is the one that sends for the service."""
        return self.direct.leads(self.service)

    @property
    def term(self) -> UUID | None:
        """Return an id of when this process became the one that sends; None while it is not."""
        return self.direct.term_of(self.service)

    def run(self) -> None:
        """Relay until stopped; wait while database or broker are away."""
        backoff = Backoff()
        while not self.ended.ready():
            try:
                sent = self.relay_once()
            except Exception as error:  # every fate but waiting is re-raised
                if verdict(error) is not Verdict.WAIT:
                    raise
                log.warning("relay waits", extra={**self.labels, "error": str(error)[:200]})
                _wait_for(self.ended, backoff.next())
                continue
            backoff.reset()
            if not sent:
                _wait_for(self.signal, SWEEP_SECONDS)
        self._mark_the_last()
        self.publisher.close()

    def relay_once(self) -> int:
        """Publish the oldest unsent rows if this process leads; return how many were confirmed."""
        is_told = self.signal.ready()
        # Before anything is looked at: what is said from now on wakes the relay again.
        self.signal = Signal()
        leads = self.leads
        RELAY_LEADS.labels(**self.labels).set(leads)
        if not leads:
            return 0
        looks = self.glance.take(self.service, Kind.SAID) or is_told or self.unmarked
        rows = self._next_rows() if looks else ()
        self._tidy()
        if not rows:
            self.publisher.beat()
            return 0
        return self._publish(rows)

    def _next_rows(self) -> Sequence[Waiting]:
        # What was published is marked before anything else is: a full disk or a lock may last, and
        # nothing must be said again each time. A mark that a crash forgets is one said again once.
        with self.unit.forgetful() as db:
            if self.unmarked:
                mark_sent(db, self.unit.plumbing.outbox, self.unmarked)
            rows = unsent(db, self.unit.plumbing.outbox, ROWS_AT_ONCE)
        self.unmarked = []
        return rows

    def _publish(self, waiting: Sequence[Waiting]) -> int:
        parcels = packed([_Row.of(row, self.shards) for row in waiting], self.service)
        outcome = self.publisher.publish([parcel.message for parcel in parcels], CONFIRM_SECONDS)
        self.unmarked = [waiting[index].position for index in rows_of(parcels, outcome.confirmed)]
        EVENTS_SENT.labels(**self.labels).inc(len(self.unmarked))
        if outcome.returned or outcome.refused:
            raise Unavailable("the bus took not all of it")
        return len(self.unmarked)

    def _mark_the_last(self) -> None:
        if not self.unmarked:
            return
        try:
            with self.unit.forgetful() as db:
                mark_sent(db, self.unit.plumbing.outbox, self.unmarked)
        except Exception as error:  # every fate but waiting is re-raised
            # It is said again after the next start, and hearers know it.
            if verdict(error) is not Verdict.WAIT:
                raise

    def _tidy(self) -> None:
        if utcnow() < self.tidy_at:
            return
        before, plumbing = utcnow() - self.keep, self.unit.plumbing
        with self.unit.transaction() as db:
            forgotten = (
                forget_sent_before(db, plumbing.outbox, before, TIDY_ROWS),
                forget_heard_before(db, plumbing.inbox, before, TIDY_ROWS),
                forget_ended_before(db, plumbing.inbox, before, TIDY_ROWS),
            )
        if max(forgotten) < TIDY_ROWS:
            self.tidy_at = utcnow() + TIDY_EVERY


def _wait_for(signal: Signal, seconds: float) -> None:
    with eventlet.Timeout(seconds, False):
        signal.wait()
