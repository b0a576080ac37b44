"""Stories of whole cases, as the five speakers tell them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from services.portal.repository import Sight
from services.portal.tables import Projection, live
from shared.clock import new_id
from shared.events import dispatch, intake, notify, review, sla
from shared.events.base import Envelope, Event
from shared.events.sealed import Sealed, SealedParty
from shared.events.words import By, Channel, ClockKind, Complexity, Lamp, Level, Outcome
from shared.security.reach import EVERYTHING

NODE = "341523"
NINE = datetime(2030, 1, 7, 1, tzinfo=UTC)
OFFICER = By(kind="staff", role="window_officer")
ALL_SEEING = Sight(node="000000", ours=EVERYTHING, incoming=EVERYTHING, below=EVERYTHING)
"""Of somebody who may look at every case of every area."""
UNIT = {"unit_code": "housing", "unit_name": "不动产登记中心"}

Heard = list[tuple[Envelope, Event]]


def sealed(name: str) -> Sealed:
    return Sealed(key_id=UUID(int=7), field=name, data="c2VhbGVk")


@dataclass(slots=True)
class Speakers:
    """Says events as a node's services do: each counts what it says about each subject."""

    node: str = NODE
    versions: defaultdict[tuple[str, UUID], int] = field(default_factory=lambda: defaultdict(int))

    def say(self, *events: Event) -> Heard:
        return [(self._envelope(event), event) for event in events]

    def _envelope(self, event: Event) -> Envelope:
        speaker = event.name.partition(".")[0]
        self.versions[speaker, event.subject_id] += 1
        return Envelope(
            id=new_id(),
            source=f"/nodes/{self.node}/{speaker}",
            type=event.name,
            time=event.occurred_at,
            subject=event.subject_id,
            version=self.versions[speaker, event.subject_id],
            data=event.model_dump(mode="json"),
        )


@dataclass(slots=True)
class Story:
    """One case; each method is a fact at the next hour, or at `at`."""

    number: str = "BCS341523300107000015"
    origin: str = NODE
    case_id: UUID = field(default_factory=new_id)
    at: datetime = NINE
    citizen_clock: UUID = field(default_factory=new_id)
    contact_clock: UUID = field(default_factory=new_id)

    def next(self) -> dict[str, Any]:
        self.at += timedelta(hours=1)
        return {"case_id": self.case_id, "occurred_at": self.at}

    def registered(
        self, title: str = "不动产登记跑了三趟", channel: Channel = Channel.WEB
    ) -> intake.CaseRegistered:
        return intake.CaseRegistered(
            **self.next(),
            number=self.number,
            region="341523",
            channel=channel,
            title=sealed("title"),
            title_masked=title,
            text=sealed("text"),
            text_masked="窗口要求提供多年前的盖章材料",
            item_name="房产证",
            complainant=SealedParty(
                name=sealed("name"), masked_name="张*", masked_phone="138****8000"
            ),
            query_code=sealed("query_code"),
            query_code_hash="hash",
            by=OFFICER,
        )

    def accepted(self) -> intake.CaseAccepted:
        return intake.CaseAccepted(
            **self.next(),
            number=self.number,
            region="341523",
            channel=Channel.WEB,
            complexity=Complexity.ORDINARY,
            item_code="BDC-01",
            item_name="不动产首次登记",
            title_masked="不动产登记跑了三趟",
            text_masked="窗口要求提供多年前的盖章材料",
            by=OFFICER,
        )

    def declined(self) -> intake.CaseDeclined:
        return intake.CaseDeclined(
            **self.next(),
            number=self.number,
            reason=intake.DeclineReason.LITIGATION,
            legal_basis="第三条",
            explanation="已进入诉讼程序",
            guide_to="人民法院",
            by=OFFICER,
        )

    def pooled(
        self, reason: dispatch.PoolReason = dispatch.PoolReason.NO_RULE, epoch: int = 0
    ) -> Event:
        return dispatch.CasePooled(**self.next(), reason=reason, epoch=epoch)

    def dispatched(
        self, order_id: UUID, round: int = 1, epoch: int = 0
    ) -> dispatch.OrderDispatched:
        return dispatch.OrderDispatched(
            **self.next(),
            **UNIT,
            order_id=order_id,
            round=round,
            epoch=epoch,
            complexity=Complexity.ORDINARY,
            route=dispatch.Route.ITEM,
            because="事项目录",
            by=By(kind="system"),
        )

    def signed(self, order_id: UUID) -> dispatch.OrderSigned:
        return dispatch.OrderSigned(**self.next(), **UNIT, order_id=order_id, by=OFFICER)

    def contacted(self, order_id: UUID, *, reached: bool = True) -> dispatch.ContactLogged:
        return dispatch.ContactLogged(
            **self.next(), **UNIT, order_id=order_id, way="phone", reached=reached, by=OFFICER
        )

    def returned(self, order_id: UUID) -> dispatch.OrderReturned:
        return dispatch.OrderReturned(
            **self.next(),
            **UNIT,
            order_id=order_id,
            ground=dispatch.ReturnGround.NOT_OUR_DUTY,
            legal_basis="职责清单",
            by=OFFICER,
        )

    def order_finished(self, order_id: UUID) -> dispatch.OrderFinished:
        return dispatch.OrderFinished(
            **self.next(),
            **UNIT,
            order_id=order_id,
            outcome=Outcome.DONE,
            answer=sealed("answer"),
            answer_masked="已办结",
            by=OFFICER,
        )

    def finished(self, round: int = 1) -> dispatch.CaseFinished:
        return dispatch.CaseFinished(
            **self.next(),
            **UNIT,
            round=round,
            outcome=Outcome.DONE,
            answer=sealed("answer"),
            answer_masked=f"第{round}轮已办结",
        )

    def clock(self, kind: type[sla.ClockEvent], *, contact: bool = False, **more: Any) -> Event:
        facts = {
            "clock_id": self.contact_clock if contact else self.citizen_clock,
            "kind": ClockKind.CONTACT if contact else ClockKind.CITIZEN,
            "due_at": NINE + timedelta(days=1 if contact else 3),
            "lamp": Lamp.GREEN,
        }
        return kind(**self.next(), **(facts | more))

    def started(self, *, contact: bool = False, **more: Any) -> Event:
        return self.clock(sla.ClockStarted, contact=contact, started_at=self.at, **more)

    def stopped(self, *, on_time: bool = True, contact: bool = False) -> Event:
        return self.clock(
            sla.ClockStopped, contact=contact, reason=sla.StopReason.MET, on_time=on_time
        )

    def delivered(self) -> notify.MessageDelivered:
        return notify.MessageDelivered(
            **self.next(),
            message_id=new_id(),
            purpose=notify.Purpose.RESULT,
            provider="embedded",
            attempts=1,
        )

    def invited(self, round: int = 1) -> review.EvaluationInvited:
        return review.EvaluationInvited(
            **self.next(), round=round, answer_by=NINE + timedelta(days=20)
        )

    def rated(self, level: Level, round: int = 1) -> review.EvaluationReceived:
        return review.EvaluationReceived(
            **self.next(),
            evaluation_id=new_id(),
            round=round,
            level=level,
            solved=not level.is_bad,
            reasons=("101",),
            text_masked="好",
        )

    def reopened(self, round: int = 2) -> review.CaseReopened:
        return review.CaseReopened(**self.next(), round=round, because="没有解决")

    def closed(self, round: int = 1) -> review.CaseClosed:
        return review.CaseClosed(
            **self.next(), round=round, how=review.Closing.RATED, level=Level.SATISFIED
        )


def in_two_rounds(story: Story) -> Sequence[Event]:
    """A case that comes back once, is pooled, is solved badly, is opened again, and closed."""
    first, second, third = new_id(), new_id(), new_id()
    return [
        story.registered(),
        story.accepted(),
        story.started(),
        story.dispatched(first),
        story.started(contact=True),
        story.clock(sla.LampChanged, contact=True, lamp=Lamp.YELLOW),
        story.returned(first),
        story.pooled(dispatch.PoolReason.RETURNED),
        story.dispatched(second),
        story.signed(second),
        story.contacted(second, reached=False),
        story.contacted(second),
        story.stopped(contact=True),
        story.order_finished(second),
        story.finished(),
        story.stopped(),
        story.delivered(),
        story.invited(),
        story.rated(Level.DISSATISFIED),
        story.reopened(),
        story.clock(sla.ClockResumed),
        story.dispatched(third, round=2),
        story.clock(sla.DeadlineMissed, lamp=Lamp.RED),
        story.order_finished(third),
        story.finished(2),
        story.stopped(on_time=False),
        story.invited(2),
        story.rated(Level.SATISFIED, 2),
        story.closed(2),
    ]


def interleaved(heard: Heard, random: Random) -> Heard:
    """Return the same events in another order that keeps what each speaker said in its order."""
    by_speaker: defaultdict[str, Heard] = defaultdict(list)
    for envelope, event in heard:
        by_speaker[envelope.source].append((envelope, event))
    queues = [list(reversed(said)) for said in by_speaker.values()]
    mixed: Heard = []
    while queues:
        queue = random.choice(queues)
        mixed.append(queue.pop())
        queues = [queue for queue in queues if queue]
    return mixed


def contents(db: Connection, projection: Projection = live) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of a projection, by table, in a fixed order."""
    found = {
        table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr)
        for table in projection.all
    }
    found["counts"] = [row for row in found["counts"] if row[-1] != 0]
    return found
