"""What becomes of a batch of messages: one transaction, and three fates.

1. Record the ids; what was heard before falls away.
2. Keep what stands behind a waiting event of the same subject and speaker.
3. Call the cues of the fresh events in their order; write what was said; commit.

An error rolls the batch back and runs its messages one by one, so that one poison message parks
alone. A database that is away parks nothing: the caller stops and waits. No framework in here.
"""

import logging
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from shared.chassis.reading import Broken, Heard, Read, Reader
from shared.errors import BadMessage, Unavailable, Verdict, verdict
from shared.events.base import Event
from shared.inbox import (
    Kept,
    Parked,
    asked_replays,
    end_parked,
    first_heard,
    keep,
    kept_about,
    park,
    park_again,
    release,
    stuck_subjects,
)
from shared.logs import follow_trace, trace_id
from shared.metrics import EVENTS_HEARD, HEARING_SECONDS
from shared.outbox import follow
from shared.unit import Unit

log = logging.getLogger(__name__)

PATIENCE = timedelta(hours=24)
"""After this long a kept event is parked and alarmed: its prerequisite will not come."""
RETRY_AFTER = timedelta(seconds=2)
RETRIES_AT_ONCE = 50
"""Subjects a tick; the next tick goes on behind them, so that none is left out."""
REASON_CHARACTERS = 2_000
NOT_HEARD = "nothing this service hears"


@unique
class Fate(StrEnum):
    """What became of one event, as logs and metrics call it."""

    ACKNOWLEDGED = "acknowledged"
    KEPT = "kept"
    PARKED = "parked"
    REPLAYED = "replayed"


@unique
class Manner(StrEnum):
    """How a cue takes what it hears."""

    ONE = "one"
    """`(db, event)`, for each event."""
    MANY = "many"
    """`(db, events)`, for each run of events in a batch that are all its own."""
    ENVELOPES = "envelopes"
    """`(db, [(envelope, event)])`, for each such run."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A method and the kinds of events that it hears."""

    kinds: tuple[type[Event], ...]
    act: Callable[[Connection, Any], None]
    manner: Manner = Manner.ONE


class Hearing:
    """Runs one service's cues over what its queue delivers."""

    def __init__(self, unit: Unit, cues: Sequence[Cue]) -> None:
        self._unit = unit
        self._inbox = unit.plumbing.inbox
        self._cues = {kind.name: cue for cue in cues for kind in cue.kinds}
        kinds = {kind.name: kind for cue in cues for kind in cue.kinds}
        self._reader = Reader(kinds)
        self._labels = {"node": unit.node, "service": unit.service}
        self._retried_up_to = 0

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
        self._catch_up(touched)

    def tick(self, now: datetime) -> None:
        """Between batches: try what waits and what a person wants replayed; park the hopeless."""
        try:
            with self._unit.transaction() as db:
                asked = asked_replays(db, self._inbox, RETRIES_AT_ONCE)
                stuck = stuck_subjects(
                    db, self._inbox, now - RETRY_AFTER, self._retried_up_to, RETRIES_AT_ONCE
                )
            self._retried_up_to = stuck[-1][0] if len(stuck) == RETRIES_AT_ONCE else 0
            self._catch_up({subject for _, subject in stuck}, now - PATIENCE)
            for row in asked:
                self._replay(row)
        except Exception as error:
            _wait_if_away(error)
            raise

    def _settle(self, reads: Sequence[Read]) -> set[UUID]:
        with self._unit.begin() as work:
            db = work.db
            fresh, waits = self._fresh(db, reads)
            subjects = {read.envelope.subject for read in fresh if isinstance(read, Heard)}
            kept = kept_about(db, self._inbox, subjects) if waits and subjects else ()
            behind = {(row.subject_id, row.speaker) for row in kept}
            fates = [(read, self._fate(db, read, behind)) for read in fresh]
            self._call(db, [read for read, fate in fates if fate is Fate.ACKNOWLEDGED])
        self._tell(fates)
        return {row.subject_id for row in kept}

    def _fresh(self, db: Connection, reads: Sequence[Read]) -> tuple[list[Read], bool]:
        named = {read.id: read for read in reads if read.id is not None}
        first, waits = first_heard(db, self._inbox, named)
        nameless = [read for read in reads if read.id is None]
        fresh = [read for message_id, read in named.items() if message_id in first]
        return fresh + nameless, waits

    def _fate(self, db: Connection, read: Read, behind: set[tuple[UUID, str]]) -> Fate:
        if isinstance(read, Broken):
            self._park(db, read, read.reason, "")
            return Fate.PARKED
        if (read.envelope.subject, read.envelope.speaker) in behind:
            self._keep(db, read)
            return Fate.KEPT
        return Fate.ACKNOWLEDGED

    def _call(self, db: Connection, ready: Sequence[Read]) -> None:
        heard = [read for read in ready if isinstance(read, Heard)]
        for cue, run in groupby(heard, lambda read: self._cues[read.name]):
            _act(db, cue, list(run))

    def _alone(self, read: Read) -> set[UUID]:
        try:
            return self._settle([read])
        except Exception as error:  # noqa: BLE001  # the verdict decides what becomes of it
            _wait_if_away(error)
            self._put_aside(read, error)
            return set()

    def _put_aside(self, read: Read, error: Exception) -> None:
        reason, trace = _failure(error)
        with self._unit.transaction() as db:
            if not self._fresh(db, [read])[0]:
                return
            if verdict(error) is Verdict.KEEP and isinstance(read, Heard):
                self._keep(db, read)
                fate = Fate.KEPT
            else:
                self._park(db, read, reason, trace)
                fate = Fate.PARKED
        self._tell([(read, fate)], reason)

    def _keep(self, db: Connection, read: Heard) -> None:
        keep(db, self._inbox, (read.envelope.subject, read.envelope.speaker, read.raw))

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

    def _catch_up(self, subjects: set[UUID], hopeless: datetime | None = None) -> None:
        if not subjects:
            return
        with self._unit.transaction() as db:
            waiting = kept_about(db, self._inbox, subjects)
        blocked: set[tuple[UUID, str]] = set()
        for kept in waiting:
            line = (kept.subject_id, kept.speaker)
            if line in blocked or self._run_kept(kept):
                continue
            if hopeless is not None and kept.kept_at < hopeless:
                self._give_up(kept, ("its prerequisite never came", ""))
            else:
                blocked.add(line)

    def _run_kept(self, kept: Kept) -> bool:
        read = self._reread(kept)
        try:
            with self._unit.transaction() as db:
                # Consumers of other shards and processes look at the same rows: one may run it.
                if not release(db, self._inbox, kept.position):
                    return True
                self._call(db, _readable([read]))
        except Exception as error:  # noqa: BLE001  # the verdict decides what becomes of it
            _wait_if_away(error)
            if verdict(error) is Verdict.KEEP:
                return False
            self._give_up(kept, _failure(error))
            return True
        self._tell([(read, Fate.ACKNOWLEDGED)])
        return True

    def _give_up(self, kept: Kept, failure: tuple[str, str]) -> None:
        read = self._reread(kept)
        with self._unit.transaction() as db:
            if not release(db, self._inbox, kept.position):
                return
            self._park(db, read, *failure)
        self._tell([(read, Fate.PARKED)], failure[0])

    def _reread(self, kept: Kept) -> Read:
        # A later release may hear it no more, or read it by another contract.
        [read] = self._reader.read(kept.body) or [Broken(kept.body, NOT_HEARD)]
        return read

    def _replay(self, row: Parked) -> None:
        try:
            with self._unit.transaction() as db:
                if not end_parked(db, self._inbox, row.position):
                    return
                reads = _readable(self._reader.read(row.body))
                self._call(db, reads)
        except Exception as error:  # noqa: BLE001  # the verdict decides what becomes of it
            _wait_if_away(error)
            with self._unit.transaction() as db:
                park_again(db, self._inbox, row.position, _failure(error))
            return
        self._tell([(read, Fate.REPLAYED) for read in reads])

    def _tell(self, fates: Sequence[tuple[Read, Fate]], reason: str = "") -> None:
        told: defaultdict[tuple[str, Fate], list[Read]] = defaultdict(list)
        for read, fate in fates:
            told[read.name, fate].append(read)
        for (name, fate), reads in told.items():
            # A name from outside is no label: there may be any number of them.
            event = name if name in self._cues else "?"
            EVENTS_HEARD.labels(**self._labels, event=event, outcome=fate).inc(len(reads))
            fields = {**self._labels, "fact": name, "outcome": fate.value, **_named(reads)}
            if fate is Fate.PARKED:
                log.error("parked", extra={**fields, "reason": _reason(reads, reason)[:300]})
            else:
                log.info("heard", extra=fields)


def _act(db: Connection, cue: Cue, run: Sequence[Heard]) -> None:
    if cue.manner is Manner.ONE:
        for read in run:
            follow(db, {})
            follow_trace(read.envelope.traceparent)
            cue.act(db, read.event)
        return
    follow(db, {read.subject: read.envelope.traceparent for read in run})
    if cue.manner is Manner.MANY:
        cue.act(db, [read.event for read in run])
    else:
        cue.act(db, [(read.envelope, read.event) for read in run])


def _named(reads: Sequence[Read]) -> dict[str, list[str]]:
    # One line for many events; a search for a case or its trace finds it all the same.
    traces = {read.envelope.traceparent for read in reads if isinstance(read, Heard)}
    return {
        "case_ids": [str(read.subject) for read in reads],
        "message_ids": [str(read.id) for read in reads],
        "trace_ids": sorted(filter(None, map(trace_id, traces))),
    }


def _reason(reads: Sequence[Read], reason: str) -> str:
    return reason or "; ".join(read.reason for read in reads if isinstance(read, Broken))


def _readable(reads: Sequence[Read]) -> Sequence[Read]:
    broken = [read.reason for read in reads if isinstance(read, Broken)]
    if broken or not reads:
        raise BadMessage("; ".join(broken) or NOT_HEARD)
    return reads


def _failure(error: Exception) -> tuple[str, str]:
    reason = f"{type(error).__name__}: {error}"[:REASON_CHARACTERS]
    return reason, "".join(traceback.format_tb(error.__traceback__))


def _wait_if_away(error: Exception) -> None:
    if verdict(error) is Verdict.WAIT:
        raise Unavailable(f"{type(error).__name__}") from error
