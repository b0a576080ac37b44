"""Stories of cases that move between a county, its city and the province, as each of them hears.

What a node says itself it hears as it is; what another one says it hears from its link.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.clock import new_id
from shared.events import dispatch, link, review, sla
from shared.events.base import Envelope, Event
from shared.events.sealed import SealedParty
from shared.events.words import (
    By,
    Channel,
    ClockKind,
    Complexity,
    HandOverGround,
    HandOverKind,
    Lamp,
    Level,
    Outcome,
)
from tests.integration.portal.stories import NINE, NODE, OFFICER, Heard, Speakers, Story, sealed

COUNTY, CITY, PROVINCE = NODE, "341500", "340000"
RULES = By(kind="system")

Said = tuple[str, Event]
"""A node and what it says."""


@dataclass(slots=True)
class Tiers:
    """The nodes, each with its speakers; what they say is heard at one of them."""

    speakers: dict[str, Speakers] = field(
        default_factory=lambda: {node: Speakers(node) for node in (COUNTY, CITY, PROVINCE)}
    )

    def say(self, said: Iterable[Said]) -> Heard:
        """Return what was said, each in the envelope of its node."""
        return [pair for node, event in said for pair in self.speakers[node].say(event)]

    def heard_at(self, here: str, said: Heard) -> Heard:
        """Return the same as one node hears it; its own facts do not come over the link."""
        return [
            (envelope, event) if envelope.node == here else self.relay(here, envelope)
            for envelope, event in said
        ]

    def relay(self, here: str, fact: Envelope) -> tuple[Envelope, Event]:
        """Return a fact of another node as the link of this one says it."""
        about = {"case_id": fact.subject, "occurred_at": fact.time}
        return self.speakers[here].say(link.FactRelayed(**about, via=CITY, fact=fact))[0]


@dataclass(slots=True)
class Leg(Story):
    """A case that also moves between nodes."""

    leg_clock: UUID = field(default_factory=new_id)
    offers: dict[int, UUID] = field(default_factory=dict)

    def _about(self, epoch: int, kind: HandOverKind, round: int) -> dict[str, Any]:
        hand_over_id = self.offers.setdefault(epoch, new_id())
        told = {"hand_over_id": hand_over_id, "epoch": epoch, "kind": kind, "round": round}
        return self.next() | told

    def offered(
        self, epoch: int, kind: HandOverKind, to_node: str, round: int = 1, **more: Any
    ) -> dispatch.HandOverOffered:
        return dispatch.HandOverOffered(
            **self._about(epoch, kind, round),
            to_node=to_node,
            origin=self.origin,
            number=self.number,
            region="341523",
            complexity=Complexity.COMPLEX,
            title_masked="不动产登记跑了三趟",
            text_masked="窗口要求提供多年前的盖章材料",
            accepted_at=NINE,
            because="要市公积金中心出证明",
            by=OFFICER,
            **more,
        )

    def result(self, epoch: int, to_node: str, round: int = 1) -> dispatch.HandOverOffered:
        told = {"outcome": Outcome.DONE, "answer": sealed("answer"), "answer_masked": "已办结"}
        return self.offered(epoch, HandOverKind.RESULT, to_node, round, **told)

    def taken(
        self, epoch: int, kind: HandOverKind, from_node: str, round: int = 1
    ) -> dispatch.HandOverAnswered:
        return dispatch.HandOverAnswered(
            **self._about(epoch, kind, round),
            to_node=from_node,
            accepted=True,
            complexity=Complexity.COMPLEX,
            by=RULES,
        )

    def refused(
        self,
        epoch: int,
        from_node: str,
        ground: HandOverGround = HandOverGround.NOT_OUR_TIER,
        round: int = 1,
    ) -> dispatch.HandOverAnswered:
        return dispatch.HandOverAnswered(
            **self._about(epoch, HandOverKind.UP, round),
            to_node=from_node,
            accepted=False,
            complexity=Complexity.COMPLEX,
            ground=ground,
            legal_basis="权责清单第 12 条",
            note_masked="请按属地办理",
            by=OFFICER,
        )

    def withdrawn(self, epoch: int, to_node: str) -> dispatch.HandOverWithdrawn:
        about = self._about(epoch, HandOverKind.UP, 1)
        return dispatch.HandOverWithdrawn(**about, to_node=to_node, because="本县能办", by=OFFICER)

    def handed_over(
        self,
        epoch: int,
        kind: HandOverKind,
        to_node: str,
        round: int = 1,
        order_id: UUID | None = None,
    ) -> dispatch.CaseHandedOver:
        return dispatch.CaseHandedOver(
            **self._about(epoch, kind, round), to_node=to_node, to_name="六安市", order_id=order_id
        )

    def received(self) -> link.CaseReceived:
        return link.CaseReceived(
            **self.next(),
            number=self.number,
            origin=self.origin,
            region="341523",
            channel=Channel.WEB,
            complexity=Complexity.ORDINARY,
            title=sealed("title"),
            title_masked="不动产登记跑了三趟",
            text=sealed("text"),
            text_masked="窗口要求提供多年前的盖章材料",
            complainant=SealedParty(
                name=sealed("name"), masked_name="张*", masked_phone="138****8000"
            ),
            registered_at=NINE + timedelta(hours=1),
            accepted_at=NINE,
        )

    def leg(self, kind: type[sla.ClockEvent], **more: Any) -> Event:
        facts = {
            "clock_id": self.leg_clock,
            "kind": ClockKind.LEG,
            "due_at": NINE + timedelta(days=5),
            "lamp": Lamp.GREEN,
        }
        return kind(**self.next(), **(facts | more))

    def reported_up(self, to_node: str = CITY) -> dispatch.CaseReportedUp:
        about = {"to_node": to_node, "because": "涉及面广，先报告", "by": OFFICER}
        return dispatch.CaseReportedUp(**self.next(), **about)

    def supervised(self, supervision_id: UUID, to_node: str) -> review.SupervisionOrdered:
        return review.SupervisionOrdered(
            **self.next(),
            supervision_id=supervision_id,
            number=self.number,
            to_node=to_node,
            text_masked="请说明为什么超时",
            answer_by=self.at + timedelta(days=1),
            by=OFFICER,
        )

    def answered(self, supervision_id: UUID) -> review.SupervisionAnswered:
        return review.SupervisionAnswered(
            **self.next(), supervision_id=supervision_id, text_masked="明天办好", by=OFFICER
        )


def begun(story: Leg, order_id: UUID, node: str = COUNTY) -> Sequence[Said]:
    """A case that a unit of the node that registered it works on."""
    return [
        (node, story.registered()),
        (node, story.accepted()),
        (node, story.started()),
        (node, story.dispatched(order_id)),
        (node, story.started(contact=True, order_id=order_id)),
        (node, story.signed(order_id)),
    ]


def moved_up(story: Leg, order_id: UUID, theirs: UUID) -> Sequence[Said]:
    """A case of the county that the city took over and has given to a unit of its own."""
    return [
        *begun(story, order_id),
        (COUNTY, story.offered(1, HandOverKind.UP, CITY)),
        (CITY, story.taken(1, HandOverKind.UP, COUNTY)),
        (CITY, story.dispatched(theirs, epoch=1)),
        (CITY, story.leg(sla.ClockStarted, started_at=story.at)),
        (COUNTY, story.handed_over(1, HandOverKind.UP, CITY, order_id=order_id)),
        (
            COUNTY,
            story.clock(
                sla.ClockStopped, contact=True, reason=sla.StopReason.HANDED_OVER, on_time=True
            ),
        ),
    ]


def solved_above(story: Leg, theirs: UUID) -> Sequence[Said]:
    """What follows when the city's unit solves it: the county tells the person."""
    return [
        (CITY, story.signed(theirs)),
        (CITY, story.contacted(theirs)),
        (CITY, story.order_finished(theirs)),
        (CITY, story.result(2, COUNTY)),
        (COUNTY, story.taken(2, HandOverKind.RESULT, CITY)),
        (COUNTY, story.finished()),
        (COUNTY, story.stopped()),
        (COUNTY, story.invited()),
        (CITY, story.handed_over(2, HandOverKind.RESULT, COUNTY)),
        (
            CITY,
            story.leg(sla.ClockStopped, reason=sla.StopReason.HANDED_OVER, on_time=True),
        ),
    ]


def with_everything(story: Leg) -> Sequence[Said]:
    """A case that goes up, is solved there, opened again, refused further up, and returned."""
    first, second, third, fourth = (new_id() for _ in range(4))
    asked, later = new_id(), new_id()
    return [
        *moved_up(story, first, second),
        (CITY, story.supervised(asked, COUNTY)),
        (COUNTY, story.reported_up()),
        (COUNTY, story.answered(asked)),
        *solved_above(story, second),
        (COUNTY, story.rated(Level.DISSATISFIED)),
        (COUNTY, story.reopened()),
        (COUNTY, story.clock(sla.ClockResumed)),
        (COUNTY, story.pooled(dispatch.PoolReason.REOPENED, epoch=2)),
        (COUNTY, story.offered(3, HandOverKind.REOPENED, CITY, 2)),
        (CITY, story.taken(3, HandOverKind.REOPENED, COUNTY, 2)),
        (COUNTY, story.handed_over(3, HandOverKind.REOPENED, CITY, 2)),
        (CITY, story.pooled(epoch=3)),
        (CITY, story.dispatched(third, 2, 3)),
        (CITY, story.signed(third)),
        (CITY, story.offered(4, HandOverKind.UP, PROVINCE, 2)),
        (PROVINCE, story.refused(4, CITY, round=2)),
        (CITY, story.returned(third)),
        (CITY, story.pooled(dispatch.PoolReason.RETURNED, epoch=4)),
        (CITY, story.offered(5, HandOverKind.RETURN, COUNTY, 2)),
        (COUNTY, story.taken(5, HandOverKind.RETURN, CITY, 2)),
        (COUNTY, story.pooled(dispatch.PoolReason.RETURNED, epoch=5)),
        (COUNTY, story.dispatched(fourth, 2, 5)),
        (CITY, story.handed_over(5, HandOverKind.RETURN, COUNTY, 2)),
        (CITY, story.supervised(later, COUNTY)),
        (COUNTY, story.order_finished(fourth)),
        (COUNTY, story.finished(2)),
        (COUNTY, story.rated(Level.SATISFIED, 2)),
        (COUNTY, story.closed(2)),
    ]
