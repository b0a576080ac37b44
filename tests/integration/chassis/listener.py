"""A service in miniature that hears, and the facts it is told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Column, Connection, Engine, Identity, Integer, Table, Uuid, select
from sqlalchemy.exc import OperationalError

from shared import inbox
from shared.chassis.hearing import Cue, Hearing, Manner
from shared.db import new_metadata
from shared.errors import NotYet
from shared.events.base import Envelope, Event
from shared.events.intake import CaseAccepted
from shared.events.review import CaseClosed, CaseReopened, Closing
from shared.events.sla import ClockResumed
from shared.events.words import By, Channel, ClockKind, Complexity, Lamp
from shared.outbox import say, unsent
from shared.unit import Unit, plumbing_tables

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
metadata = new_metadata("sla")
plumbing = plumbing_tables(metadata)
effects = Table(
    "effects",
    metadata,
    Column("n", Integer, Identity(), primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("round", Integer, nullable=False),
)


class Listener:
    """A service in miniature: a closing is its prerequisite, a round of 13 is a bug."""

    def __init__(self, engine: Engine) -> None:
        self.unit = Unit(engine, "341523", "sla", plumbing, wake=lambda: None)
        cues = [
            Cue((CaseClosed,), self.on_closed),
            Cue((CaseReopened,), self.on_reopened),
            Cue((CaseAccepted,), self.on_accepted, Manner.MANY),
        ]
        self.hearing = Hearing(self.unit, cues)
        self.runs: list[int] = []
        self.away = False
        self.mended = False
        self.early: UUID | None = None

    def on_closed(self, db: Connection, event: Event) -> None:
        assert isinstance(event, CaseClosed)
        if self.away:
            raise OperationalError("select", {}, Exception("server closed the connection"))
        if event.round == 13 and not self.mended:
            raise ZeroDivisionError("a bug")
        db.execute(effects.insert().values(case_id=event.case_id, round=event.round))
        say(db, resumed(event.case_id))
        if event.case_id == self.early:
            raise NotYet

    def on_reopened(self, db: Connection, event: Event) -> None:
        assert isinstance(event, CaseReopened)
        if not db.scalar(select(effects.c.n).where(effects.c.case_id == event.case_id)):
            raise NotYet
        db.execute(effects.insert().values(case_id=event.case_id, round=event.round))

    def on_accepted(self, db: Connection, events: Sequence[CaseAccepted]) -> None:
        self.runs.append(len(events))
        for event in events:
            if event.title_masked == "a bug":
                raise ZeroDivisionError("a bug")
            db.execute(effects.insert().values(case_id=event.case_id, round=0))
            say(db, resumed(event.case_id))

    def effects_of(self, case_id: UUID) -> list[int]:
        with self.unit.transaction() as db:
            query = select(effects.c.round).where(effects.c.case_id == case_id)
            return list(db.scalars(query.order_by(effects.c.n)))

    def parked(self) -> list[inbox.Parked]:
        with self.unit.transaction() as db:
            return list(inbox.parked(db, plumbing.inbox))

    def said(self) -> int:
        with self.unit.transaction() as db:
            return len(unsent(db, plumbing.outbox, 100))


def resumed(case_id: UUID) -> ClockResumed:
    return ClockResumed(
        case_id=case_id,
        occurred_at=NOON,
        clock_id=uuid4(),
        kind=ClockKind.CITIZEN,
        due_at=NOON,
        lamp=Lamp.RED,
    )


def accepted(case_id: UUID, title: str = "提交二十天没有回音") -> CaseAccepted:
    return CaseAccepted(
        case_id=case_id,
        occurred_at=NOON,
        number="BCS-341523-20260302-00001-X",
        region="341523",
        channel=Channel.WEB,
        complexity=Complexity.ORDINARY,
        item_code=None,
        item_name=None,
        title_masked=title,
        text_masked="",
        by=By(kind="anonymous"),
    )


def closed(case_id: UUID, round_: int = 1) -> CaseClosed:
    return CaseClosed(case_id=case_id, occurred_at=NOON, round=round_, how=Closing.RATED)


def reopened(case_id: UUID, round_: int = 2) -> CaseReopened:
    return CaseReopened(case_id=case_id, occurred_at=NOON, round=round_, because="没有解决")


def envelope(event: Event, speaker: str = "review") -> bytes:
    wrapped = Envelope(
        id=uuid4(),
        source=f"/nodes/341523/{speaker}",
        type=event.name,
        time=event.occurred_at,
        subject=event.subject_id,
        version=1,
        data=event.model_dump(mode="json"),
    )
    return wrapped.model_dump_json().encode()


def packed(*envelopes: bytes) -> bytes:
    return b"[" + b",".join(envelopes) + b"]"
