"""Facts about one case as sla hears them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from services.sla import repository
from services.sla.policy import ClockKind
from services.sla.settings import Settings
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CaseFinished,
    CaseHandedOver,
    HandOverAnswered,
    HandOverOffered,
    OrderDispatched,
    Route,
)
from shared.events.intake import CaseAccepted
from shared.events.sealed import Sealed
from shared.events.words import By, Channel, Complexity, HandOverKind, Outcome
from shared.outbox import said

MONDAY_TEN = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""10:00 in Shanghai."""
PROMISE = Settings().promise
CASE = uuid4()
ORDER = uuid4()
OFFICER = By(kind="staff", role="disposal_officer", unit="SCJGJ")


def accepted(at: datetime = MONDAY_TEN) -> CaseAccepted:
    return CaseAccepted(
        case_id=CASE,
        occurred_at=at,
        number="BCS-341523-20260302-00001-X",
        region="341523",
        channel=Channel.WEB,
        complexity=Complexity.ORDINARY,
        title_masked="食品经营许可证没有回音",
        text_masked="二十天了",
        by=By(kind="anonymous"),
    )


def dispatched(
    order_id: UUID = ORDER, round_: int = 1, at: datetime = MONDAY_TEN
) -> OrderDispatched:
    return OrderDispatched(
        case_id=CASE,
        occurred_at=at,
        order_id=order_id,
        round=round_,
        unit_code="SCJGJ",
        unit_name="县市场监督管理局",
        complexity=Complexity.ORDINARY,
        route=Route.ITEM,
        because="事项：食品经营许可",
        by=By(kind="system"),
    )


def of_order(kind: type[CaseEvent], at: datetime, **more: Any) -> Any:
    common = {"unit_code": "SCJGJ", "unit_name": "县市场监督管理局", "by": OFFICER}
    return kind(case_id=CASE, occurred_at=at, order_id=ORDER, **common, **more)


def finished(at: datetime, round_: int = 1) -> CaseFinished:
    sealed = Sealed(case_id=CASE, key_id=uuid4(), field="answer", data="AAAA")
    return CaseFinished(
        case_id=CASE,
        occurred_at=at,
        round=round_,
        unit_code="SCJGJ",
        unit_name="县市场监督管理局",
        outcome=Outcome.DONE,
        answer=sealed,
        answer_masked="已受理",
    )


def taken(
    epoch: int, at: datetime = MONDAY_TEN, kind: HandOverKind = HandOverKind.UP, **more: Any
) -> HandOverAnswered:
    """This node's answer to an offer: yes, unless it says no."""
    told: dict[str, Any] = {"hand_over_id": uuid4(), "round": 1, "accepted": True, **more}
    return HandOverAnswered(
        case_id=CASE,
        occurred_at=at,
        epoch=epoch,
        kind=kind,
        to_node="341523",
        complexity=Complexity.ORDINARY,
        by=By(kind="staff", role="dispatcher"),
        **told,
    )


def offered(epoch: int, at: datetime, kind: HandOverKind = HandOverKind.RESULT) -> HandOverOffered:
    """This node offers the case to a neighbour."""
    return HandOverOffered(
        case_id=CASE,
        occurred_at=at,
        hand_over_id=uuid4(),
        epoch=epoch,
        round=1,
        kind=kind,
        to_node="341523",
        origin="341523",
        number="BCS-341523-20260302-00001-X",
        region="341523",
        complexity=Complexity.ORDINARY,
        title_masked="公积金一直提不出来",
        text_masked="窗口说要等市里",
        accepted_at=MONDAY_TEN,
        because="已办结",
        by=By(kind="system"),
    )


def handed_over(
    epoch: int,
    at: datetime,
    order_id: UUID | None = ORDER,
    kind: HandOverKind = HandOverKind.UP,
) -> CaseHandedOver:
    """A neighbour took the case from this node."""
    return CaseHandedOver(
        case_id=CASE,
        occurred_at=at,
        hand_over_id=uuid4(),
        epoch=epoch,
        round=1,
        kind=kind,
        to_node="341500",
        to_name="六安市",
        order_id=order_id,
    )


def clocks(db: Connection) -> dict[ClockKind, repository.Clock]:
    return {clock.kind: clock for clock in repository.clocks_of_case(db, CASE)}


def names(db: Connection) -> list[str]:
    return [event.name.removeprefix("sla.").removesuffix(".v1") for event in said(db)]
