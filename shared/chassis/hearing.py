"""What becomes of a batch of messages: one transaction, and three fates.

1. Record the ids; what was heard before falls away.
2. Keep what stands behind a waiting event of the same subject and speaker.
3. Call the cue of each fresh event; write what was said; commit.

An error rolls the batch back and runs its messages one by one, so that one poison message parks
alone. A database that is away parks nothing: the caller stops and waits. No framework in here.
"""

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from shared.chassis.reading import Broken, Heard, Read, Reader
from shared.errors import Unavailable, Verdict, verdict
from shared.events.base import Envelope, Event
from shared.inbox import (
    Kept,
    Parked,
    asked_replays,
    end_parked,
    first_heard,
    keep,
    kept_about,
    kept_before,
    park,
    park_again,
    release,
)
from shared.logs import follow_trace, trace_id
from shared.metrics import EVENTS_HEARD, HEARING_SECONDS
from shared.unit import Unit

log = logging.getLogger(__name__)

PATIENCE = timedelta(hours=24)
"""After this long a kept event is parked and alarmed: its prerequisite will not come."""
RETRY_AFTER = timedelta(seconds=2)
RETRIES_AT_ONCE = 200
REASON_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Cues:
    """Which method hears which event: one by one, or a batch together with its envelopes."""

    single: Mapping[str, tuple[type[Event], Callable[[Connection, Event], None]]]
    together: Callable[[Connection, Sequence[tuple[Envelope, Event]]], None] | None = None
    together_kinds: tuple[type[Event], ...] = ()

    @property
    def kinds(self) -> dict[str, type[Event]]:
        """Every kind that is heard, by name."""
        heard = {kind.name: kind for kind in self.together_kinds}
        return heard | {name: kind for name, (kind, _) in self.single.items()}


class Hearing:
    """Runs one service's cues over what its queue delivers."""

    def __init__(self, unit: Unit, cues: Cues) -> None:
        self._unit = unit
        self._inbox = unit.plumbing.inbox
        self._cues = cues
        self._reader = Reader(cues.kinds)
        self._labels = {"node": unit.node, "service": unit.service}

    def wants(self, names: Iterable[str]) -> bool:
        """Tell whether a message that holds these events may hold one for this service."""
        return self._reader.wants(names)

    def hear(self, bodies: Sequence[bytes]) -> None:
        """Settle these messages; raise Unavailable if database or broker are away."""
        reads = [read for body in bodies for read in self._reader.read(body)]
        started = time.perf_counter()
        try:
            touched = self._settle(reads)
        except Exception as error:  # noqa: BLE001  # settled below, message by message
            _wait_if_away(error)
            touched = set().union(*(self._alone(read) for read in reads))
        HEARING_SECONDS.labels(**self._labels).observe(time.perf_counter() - started)
        if touched:
            self._catch_up(touched)

    def tick(self, now: datetime) -> None:
        """Between batches: try what waits and what a person wants replayed; park the hopeless."""
        try:
            with self._unit.transaction() as db:
                overdue = kept_before(db, self._inbox, now - PATIENCE, RETRIES_AT_ONCE)
                waiting = kept_before(db, self._inbox, now - RETRY_AFTER, RETRIES_AT_ONCE)
            for kept in overdue:
                self._give_up(kept)
            self._retry([kept for kept in waiting if kept not in overdue])
            self._replay()
        except Exception as error:
            _wait_if_away(error)
            raise

    def _settle(self, reads: Sequence[Read]) -> set[UUID]:
        with self._unit.begin() as work:
            db = work.db
            fresh = self._fresh(db, reads)
            subjects = {read.envelope.subject for read in fresh if isinstance(read, Heard)}
            kept = kept_about(db, self._inbox, subjects) if subjects else ()
            behind = {(row.subject_id, row.speaker) for row in kept}
            ready = [read for read in fresh if self._is_ready(db, read, behind)]
            self._call(db, ready)
        self._told(ready, "acknowledged")
        return {row.subject_id for row in kept}

    def _fresh(self, db: Connection, reads: Sequence[Read]) -> list[Read]:
        named = {read.id: read for read in reads if read.id is not None}
        first = first_heard(db, self._inbox, named)
        nameless = [read for read in reads if read.id is None]
        return [read for message_id, read in named.items() if message_id in first] + nameless

    def _is_ready(self, db: Connection, read: Read, behind: set[tuple[UUID, str]]) -> bool:
        if isinstance(read, Broken):
            self._park(db, read, read.reason, "")
            return False
        if (read.envelope.subject, read.envelope.speaker) in behind:
            self._keep(db, read)
            return False
        return True

    def _call(self, db: Connection, ready: Sequence[Read]) -> None:
        heard = [read for read in ready if isinstance(read, Heard)]
        if self._cues.together is not None and heard:
            self._cues.together(db, [(read.envelope, read.event) for read in heard])
            return
        for read in heard:
            follow_trace(read.envelope.traceparent)
            self._cues.single[read.envelope.type][1](db, read.event)

    def _alone(self, read: Read) -> set[UUID]:
        try:
            return self._settle([read])
        except Exception as error:  # noqa: BLE001  # the verdict decides what becomes of it
            _wait_if_away(error)
            with self._unit.transaction() as db:
                if self._fresh(db, [read]):
                    self._put_aside(db, read, error)
            return set()

    def _put_aside(self, db: Connection, read: Read, error: Exception) -> None:
        if verdict(error) is Verdict.KEEP and isinstance(read, Heard):
            self._keep(db, read)
            return
        self._park(db, read, *_failure(error))

    def _keep(self, db: Connection, read: Heard) -> None:
        keep(db, self._inbox, (read.envelope.subject, read.envelope.speaker, read.raw))
        self._told([read], "kept")

    def _park(self, db: Connection, read: Read, reason: str, trace: str) -> None:
        row: dict[str, object] = {
            "message_id": read.id,
            "name": read.name,
            "subject_id": read.subject,
            "body": read.raw,
            "reason": reason[:REASON_CHARACTERS],
            "traceback": trace,
        }
        park(db, self._inbox, row)
        EVENTS_HEARD.labels(**self._labels, event=read.name, outcome="parked").inc()
        log.error("parked", extra={**self._labels, "event": read.name, "reason": reason[:300]})

    def _catch_up(self, subjects: set[UUID]) -> None:
        with self._unit.transaction() as db:
            waiting = kept_about(db, self._inbox, subjects)
        self._retry(waiting)

    def _retry(self, waiting: Sequence[Kept]) -> None:
        blocked: set[tuple[UUID, str]] = set()
        for kept in waiting:
            line = (kept.subject_id, kept.speaker)
            if line not in blocked and not self._run_kept(kept):
                blocked.add(line)

    def _run_kept(self, kept: Kept) -> bool:
        [read] = self._reader.read(kept.body)
        try:
            with self._unit.transaction() as db:
                release(db, self._inbox, kept.position)
                self._call(db, [read])
        except Exception as error:  # noqa: BLE001  # the verdict decides what becomes of it
            _wait_if_away(error)
            if verdict(error) is Verdict.KEEP:
                return False
            self._give_up(kept, error)
            return True
        self._told([read], "acknowledged")
        return True

    def _give_up(self, kept: Kept, error: Exception | None = None) -> None:
        reason, trace = _failure(error) if error else ("its prerequisite never came", "")
        [read] = self._reader.read(kept.body)
        with self._unit.transaction() as db:
            release(db, self._inbox, kept.position)
            self._park(db, read, reason, trace)

    def _replay(self) -> None:
        with self._unit.transaction() as db:
            asked = asked_replays(db, self._inbox, RETRIES_AT_ONCE)
        for row in asked:
            self._replay_one(row)

    def _replay_one(self, row: Parked) -> None:
        try:
            with self._unit.transaction() as db:
                reads = self._reader.read(row.body)
                broken = [read.reason for read in reads if isinstance(read, Broken)]
                if broken or not reads:
                    raise ValueError(*(broken or ["nothing this service hears"]))  # noqa: TRY301
                self._call(db, reads)
                end_parked(db, self._inbox, row.position)
        except Exception as error:  # noqa: BLE001  # the verdict decides what becomes of it
            _wait_if_away(error)
            with self._unit.transaction() as db:
                park_again(db, self._inbox, row.position, _failure(error))
            return
        self._told(reads, "replayed")

    def _told(self, reads: Sequence[Read], outcome: str) -> None:
        for read in reads:
            if isinstance(read, Heard):
                envelope = read.envelope
                name = envelope.type
                EVENTS_HEARD.labels(**self._labels, event=name, outcome=outcome).inc()
                log.info(
                    "heard",
                    extra={
                        **self._labels,
                        "event": name,
                        "case_id": str(envelope.subject),
                        "message_id": str(envelope.id),
                        "trace_id": trace_id(envelope.traceparent),
                        "outcome": outcome,
                    },
                )


def _failure(error: Exception) -> tuple[str, str]:
    reason = f"{type(error).__name__}: {error}"[:REASON_CHARACTERS]
    return reason, "".join(traceback.format_tb(error.__traceback__))


def _wait_if_away(error: Exception) -> None:
    if verdict(error) is Verdict.WAIT:
        raise Unavailable(f"{type(error).__name__}") from error
