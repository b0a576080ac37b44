"""Meetings from which the tests of dispatch make their stories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from docx import Document
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import (
    Caller,
    Convening,
    Drafting,
    DutyAsked,
    Holding,
    PartyAsked,
    Sitting,
    Was,
)
from services.dispatch.policy.meetings import (
    PartyKind,
    Presence,
    RoundResult,
)
from services.dispatch.repository.meetings import (
    Meeting,
    parties_of,
)
from services.dispatch.repository.orders import Order
from shared.events.intake import (
    CaseErased,
    ComplainedOf,
    ComplaintMarked,
    ErasureGround,
    UnitComplainedOf,
)
from shared.events.words import By
from shared.security.actor import Role
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    NODE,
    TEN,
    fill_catalogue,
    held_case,
)
from tests.integration.doorway import staff

CHAIR = Caller(DISPATCHER, NINE)
SUPERVISOR = staff(Role.SUPERVISOR)
FRIDAY = datetime(2030, 1, 4, 1, tzinfo=UTC)
MONDAY = FRIDAY + timedelta(days=3)
SITTING = Sitting(starts_at=FRIDAY, place="政务中心 301", agenda="谁来修，谁出钱")
TOWN = PartyAsked(kind=PartyKind.UNIT, unit_code="cgz")
MARKET = PartyAsked(kind=PartyKind.UNIT, unit_code="scjgj")
BUILDER = PartyAsked(kind=PartyKind.COMPANY, name="恒通建设公司")
PERSON = PartyAsked(kind=PartyKind.COMPLAINANT)
TABLE = (TOWN, MARKET, BUILDER, PERSON)


def at(moment: datetime, actor: Any = DISPATCHER) -> Caller:
    return Caller(actor, moment)


def signed_order(db: Connection, **changed: Any) -> Order:
    fill_catalogue(db)
    order = held_case(db, **changed)
    return handlers.sign(db, order.order_id, at(NINE, MARKET_OFFICER))


def convening(case_id: UUID, parties: tuple[PartyAsked, ...] = TABLE) -> Convening:
    return Convening(
        case_id=case_id,
        topic="路灯谁修，联系 13800006160",
        sitting=SITTING,
        parties=parties,
        bring="合同\n电话 13800006160 的收据",
    )


def holding(db: Connection, meeting: Meeting, **changed: Any) -> Holding:
    seen = {
        party.party_id: Was(Presence.PRESENT)
        for party in parties_of(db, [meeting.meeting_id])
        if party.dismissed_at is None
    }
    told = Holding(
        meeting_id=meeting.meeting_id,
        seen=seen,
        said="镇里说 13800006160 打过电话",
        result=RoundResult.AGREED,
    )
    return replace(told, **changed)


def agreed(db: Connection, order: Order) -> Meeting:
    meeting = handlers.convene(db, convening(order.case_id), CHAIR)
    return handlers.hold_round(db, holding(db, meeting), at(FRIDAY))


def drafting(meeting: Meeting, *duties: DutyAsked, **changed: Any) -> Drafting:
    told = {"meeting_id": meeting.meeting_id, "conclusion": "镇里牵头修好", **changed}
    return Drafting(**told, duties=duties)


REPAIR = DutyAsked(unit_code="cgz", words="三盏路灯修好", days=5)
WATCH = DutyAsked(unit_code="cgz", words="换电缆", company="恒通建设公司", days=5)
CHECK = DutyAsked(unit_code="scjgj", words="查灯具质量", due_on=FRIDAY.date() + timedelta(7))


def words_of(file: bytes) -> list[str]:
    document = Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(line.text for line in document.paragraphs), *cells]


def marked(case_id: UUID, *units: str) -> Any:
    told = ComplainedOf(
        units=tuple(UnitComplainedOf(code=code, title=code, node=NODE) for code in units)
    )
    by = By(kind="staff")
    return ComplaintMarked(case_id=case_id, occurred_at=TEN, complained_of=told, by=by)


def erased(case_id: UUID) -> CaseErased:
    return CaseErased(
        case_id=case_id,
        occurred_at=MONDAY,
        order_id=uuid4(),
        ordered_by=NODE,
        number="BCS-341523-20300102-00001-X",
        digest="x",
        ground=ErasureGround.RETENTION,
    )
