"""Facts about a case as notify hears them, sealed with a real key."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine

from services.notify.handlers import House
from shared.events.base import CaseEvent
from shared.events.dispatch import CaseFinished, CaseHandedOver, OrderDispatched, Route
from shared.events.intake import (
    CaseAmended,
    CaseDeclined,
    CaseRegistered,
    DeclineReason,
    OneTimeCodeMade,
    QueryCodeRenewed,
)
from shared.events.link import CaseReceived, FactRelayed
from shared.events.review import CaseReopened, EvaluationInvited
from shared.events.sealed import PartyRole, SealedParty
from shared.events.sla import ClockStarted
from shared.events.words import (
    By,
    Channel,
    ClockKind,
    Complexity,
    HandOverKind,
    Lamp,
    Outcome,
)
from shared.security.sealing import NodeKeys, Sealer
from shared.security.vault import create_key
from tests.integration.relaying import relayed_by

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
BY = By(kind="staff")
NUMBER = "BCS-341523-20300102-00001-X"
CODE = "ACDEFGHJKM"
MOBILE = "+8613800006160"
URL = "http://127.0.0.1:8002"


@dataclass(frozen=True)
class Case:
    """One case with its data key in the vault."""

    sealer: Sealer
    house: House

    @property
    def id(self) -> UUID:
        return self.sealer.case_id

    def party(self, phone: str | None, role: PartyRole = PartyRole.COMPLAINANT) -> SealedParty:
        return SealedParty(
            role=role,
            name=self.sealer.seal("name", "张晓明"),
            phone=self.sealer.seal_if("phone", phone),
            masked_name="张**",
            masked_phone="138****6160" if phone else None,
        )

    def registered(self, phone: str | None = MOBILE, agent: str | None = None) -> CaseRegistered:
        return CaseRegistered(
            case_id=self.id,
            occurred_at=NINE,
            number=NUMBER,
            region="341523",
            channel=Channel.WEB,
            title=self.sealer.seal("title", "材料被退回"),
            title_masked="材料被退回",
            text=self.sealer.seal("text", "两次被退回"),
            text_masked="两次被退回",
            complainant=self.party(phone),
            agent=self.party(agent, PartyRole.AGENT) if agent else None,
            query_code=self.sealer.seal("query_code", CODE),
            query_code_hash="0",
            by=BY,
        )

    def one_time_code(self, code: str, phone: str = MOBILE) -> OneTimeCodeMade:
        return OneTimeCodeMade(
            case_id=self.id,
            occurred_at=NINE,
            ask_id=uuid4(),
            code=self.sealer.seal("one_time_code", code),
            phone=self.sealer.seal("agent.phone", phone),
            masked_phone="139****0001",
            expires_at=NINE + timedelta(minutes=10),
        )

    def renewed(self, code: str) -> QueryCodeRenewed:
        return QueryCodeRenewed(
            case_id=self.id,
            occurred_at=NINE,
            renewal_id=uuid4(),
            query_code=self.sealer.seal("query_code", code),
            query_code_hash="1",
            by=BY,
        )

    def amended(
        self, n: int, phone: str | None, code: str | None = None, by: str = "341523"
    ) -> CaseAmended:
        person = self.party(phone)
        hidden = f"{phone[3:6]}****{phone[-4:]}" if phone else None
        return CaseAmended(
            case_id=self.id,
            occurred_at=NINE,
            number=NUMBER,
            order_id=uuid4(),
            ordered_by=by,
            amendment=n,
            fields=("complainant.phone",),
            title=self.sealer.seal("title", "材料被退回"),
            title_masked="材料被退回",
            text=self.sealer.seal("text", "两次被退回"),
            text_masked="两次被退回",
            complainant=person.model_copy(update={"masked_phone": hidden}),
            query_code=self.sealer.seal_if("query_code", code),
        )

    def promised(self, kind: ClockKind = ClockKind.CITIZEN) -> ClockStarted:
        return ClockStarted(
            case_id=self.id,
            occurred_at=NINE,
            clock_id=uuid4(),
            kind=kind,
            due_at=NINE + timedelta(days=3, hours=8),
            lamp=Lamp.GREEN,
            started_at=NINE,
        )

    def dispatched(self, round_: int = 1) -> OrderDispatched:
        return OrderDispatched(
            case_id=self.id,
            occurred_at=NINE,
            order_id=uuid4(),
            round=round_,
            unit_code="341523-rsj",
            unit_name="县人社局",
            complexity=Complexity.ORDINARY,
            route=Route.ITEM,
            because="",
            by=BY,
        )

    def handed_over(self, kind: HandOverKind = HandOverKind.UP) -> CaseHandedOver:
        return CaseHandedOver(
            case_id=self.id,
            occurred_at=NINE,
            hand_over_id=uuid4(),
            epoch=1,
            round=1,
            kind=kind,
            to_node="341500",
            to_name="六安市",
        )

    def received(self) -> CaseReceived:
        return CaseReceived(
            case_id=self.id,
            occurred_at=NINE,
            number=NUMBER,
            origin="341523",
            region="341523",
            channel=Channel.WEB,
            complexity=Complexity.ORDINARY,
            title=self.sealer.seal("title", "材料被退回"),
            title_masked="材料被退回",
            text=self.sealer.seal("text", "两次被退回"),
            text_masked="两次被退回",
            complainant=self.party(MOBILE),
            registered_at=NINE,
            accepted_at=NINE,
        )

    def finished(self, round_: int = 1) -> CaseFinished:
        return CaseFinished(
            case_id=self.id,
            occurred_at=NINE,
            round=round_,
            unit_code="341523-rsj",
            unit_name="县人社局",
            outcome=Outcome.DONE,
            answer=self.sealer.seal("answer", "已办好"),
            answer_masked="已办好",
        )

    def declined(self) -> CaseDeclined:
        return CaseDeclined(
            case_id=self.id,
            occurred_at=NINE,
            number=NUMBER,
            reason=DeclineReason.PETITION,
            legal_basis="《信访工作条例》",
            explanation="请走信访程序",
            by=BY,
        )

    def invited(self) -> EvaluationInvited:
        return EvaluationInvited(
            case_id=self.id, occurred_at=NINE, round=1, answer_by=NINE + timedelta(days=15)
        )

    def reopened(self) -> CaseReopened:
        return CaseReopened(case_id=self.id, occurred_at=NINE, round=2, because="没有解决")


def relayed(fact: CaseEvent, node: str = "341500") -> FactRelayed:
    """What the city said, or another node."""
    return relayed_by(node, fact, NINE)


def new_case(engine: Engine, keys: NodeKeys) -> Case:
    with engine.begin() as db:
        sealer = create_key(db, keys, uuid4(), NINE)
    return Case(sealer, House(keys, URL, "embedded"))


def about(events: list[CaseEvent], kind: type[CaseEvent]) -> list[CaseEvent]:
    return [event for event in events if isinstance(event, kind)]
