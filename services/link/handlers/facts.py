"""Facts of other nodes: said on this node's bus once each, and passed on to who else hears."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.amend import may_correct, pass_amended, take_amended
from services.link.handlers.audience import after_telling, heard_by, may_guide
from services.link.handlers.house import House
from services.link.handlers.kinds import RELAYED
from services.link.handlers.letters import Content
from services.link.handlers.note import GIVEN, body_of
from services.link.handlers.person import opened_answer
from services.link.handlers.posting import Item, Posting
from services.link.policy import Fact, may_tell
from services.link.repository.cases import (
    Case,
    Told,
    keep_box,
    keep_facts,
    lock_cases,
    write_cases,
)
from services.link.repository.links import note_refused
from shared.errors import BadMessage, LaterWord
from shared.events.base import CaseEvent, Envelope
from shared.events.dispatch import HandOverAnswered, HandOverOffered
from shared.events.intake import CaseAmended, CaseErased
from shared.events.link import FactRelayed, OrderPassedOn
from shared.events.sealed import Sealed
from shared.events.words import HandOverKind
from shared.metrics import PARCELS_REFUSED
from shared.outbox import say
from shared.security.erasing import redacted_text
from shared.security.sealing import SealBroken, sm3

ORDERS = frozenset({CaseAmended.name, CaseErased.name, OrderPassedOn.name})
"""What concerns every copy of a case."""


@dataclass(frozen=True)
class _Arrived:
    envelope: Envelope
    event: CaseEvent | None
    """None for what cannot be read here, as of a later release: passed on, and not heard."""
    box: str | None

    @cached_property
    def body(self) -> str:
        """The envelope as it is kept and passed on."""
        return body_of(self.envelope)

    def told(self, peer: str) -> Told:
        """The fact as it is kept."""
        envelope = self.envelope
        return Told(envelope.id, envelope.subject, peer, envelope.type, self.body)


def take_facts(db: Connection, peer: str, contents: Sequence[Content], house: House) -> None:
    """Hear a neighbour's facts in their order; one that may not be told by it is refused."""
    read = [one for content in contents for one in _read_all(db, peer, content, house)]
    foreign = [one for one in read if one.envelope.node != house.node]
    known = lock_cases(db, {one.envelope.subject for one in foreign})
    cases = dict(known)
    # Nothing that a neighbour tells changes which cases it may tell of.
    theirs = [one for one in foreign if _is_theirs(db, house, peer, one, cases)]
    believed = list(_by_id(_without_person(db, one, cases) for one in theirs).values())
    fresh = keep_facts(db, [one.told(peer) for one in believed])
    posting = Posting()
    for one in believed:
        if one.envelope.id in fresh:
            subject = one.envelope.subject
            case = cases.get(subject) or Case(subject, peer, known_at=one.envelope.time)
            cases[subject] = _Taking(db, house, posting, peer).take(one, case)
    write_cases(db, [case for case in cases.values() if known.get(case.case_id) != case])
    posting.write(db, house)


def _read_all(db: Connection, peer: str, content: Content, house: House) -> list[_Arrived]:
    read = (_read(db, peer, told, content, house) for told in content.facts)
    return [one for one in read if one is not None]


def _by_id(read: Iterable[_Arrived]) -> dict[UUID, _Arrived]:
    # A node of an earlier release sends an offer twice, with the history and with what is sealed:
    # the one that came with something sealed tells more.
    known: dict[UUID, _Arrived] = {}
    for one in read:
        if one.envelope.id not in known or one.box is not None:
            known[one.envelope.id] = one
    return known


def _is_theirs(
    db: Connection, house: House, peer: str, one: _Arrived, cases: Mapping[UUID, Case]
) -> bool:
    case = cases.get(one.envelope.subject)
    if not may_tell(peer, case.known if case else None, house.parent):
        refuse_fact(db, house, peer, "not_theirs", one.body)
        return False
    if not may_guide(house, peer, one.envelope):
        refuse_fact(db, house, peer, "not_granted", one.body)
        return False
    return True


def _without_person(db: Connection, one: _Arrived, cases: Mapping[UUID, Case]) -> _Arrived:
    case = cases.get(one.envelope.subject)
    if case is None or case.erased_at is None:
        return one
    # A neighbour that was restored, or late, tells once more what was erased meanwhile.
    envelope = Envelope.model_validate_json(redacted_text(db, one.body))
    return _Arrived(
        envelope, None if one.event is None else _read_again(envelope, one.event), None
    )


def _read_again(envelope: Envelope, event: CaseEvent) -> CaseEvent | None:
    try:
        return envelope.open(type(event))
    except BadMessage:
        return None


def refuse_fact(db: Connection, house: House, peer: str, reason: str, body: str) -> None:
    """Record a fact that was not believed; those around it count."""
    note_refused(db, peer, reason, sm3(body.encode()), house.now)
    PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()


def _read(
    db: Connection, peer: str, told: dict[str, Any], content: Content, house: House
) -> _Arrived | None:
    try:
        envelope = Envelope.model_validate(told)
        kind = RELAYED.get(envelope.type)
        event = None if kind is None else _opened(envelope, kind)
    except (ValueError, BadMessage):
        refuse_fact(db, house, peer, "malformed", str(sorted(told)))
        return None
    return _Arrived(envelope, event, content.boxes.get(str(envelope.id)))


def _opened(envelope: Envelope, kind: type[CaseEvent]) -> CaseEvent | None:
    if UUID(str(envelope.data.get("case_id"))) != envelope.subject:
        raise BadMessage("it is about another case than it says")
    try:
        return envelope.open(kind)
    except LaterWord:
        return None


class _Taking:
    def __init__(self, db: Connection, house: House, posting: Posting, peer: str) -> None:
        self.db = db
        self.house = house
        self.posting = posting
        self.peer = peer

    def take(self, one: _Arrived, case: Case) -> Case:
        sealed: dict[str, Sealed] = {}
        if one.event is not None:
            case, sealed = self._unsealed(one, one.event, case)
            self._say(one, one.event, sealed)
        return self._after(one.event, self._pass_on(one, case))

    def _say(self, one: _Arrived, event: CaseEvent, sealed: dict[str, Sealed]) -> None:
        relayed = FactRelayed(
            case_id=event.case_id,
            occurred_at=self.house.now,
            via=self.peer,
            fact=one.envelope,
            sealed=sealed,
        )
        say(self.db, relayed)

    def _unsealed(
        self, one: _Arrived, event: CaseEvent, case: Case
    ) -> tuple[Case, dict[str, Sealed]]:
        if one.box is None:
            return case, {}
        try:
            match event:
                case HandOverOffered() if event.to_node == self.house.node:
                    return case, self._open(one.box, event)
                case CaseAmended() if may_correct(self.db, one.envelope, event):
                    return take_amended(self.db, self.house, case, event, one.box)
        except SealBroken:
            refuse_fact(self.db, self.house, self.peer, "broken_seal", one.box)
        return case, {}

    def _open(self, box: str, event: HandOverOffered) -> dict[str, Sealed]:
        if event.kind is HandOverKind.RESULT:
            return opened_answer(self.db, self.house, event.case_id, box)
        if event.kind in GIVEN:
            row = {"hand_over_id": event.hand_over_id, "case_id": event.case_id}
            keep_box(self.db, {**row, "sealed": box, "arrived_at": self.house.now})
        return {}

    def _pass_on(self, one: _Arrived, case: Case) -> Case:
        to_node = one.envelope.data.get("to_node")
        is_ours = to_node == self.house.node
        is_order = one.envelope.type in ORDERS
        kind = RELAYED.get(one.envelope.type)
        for_one = kind is not None and kind.for_one
        fact = Fact(self.peer, None if is_ours else to_node, is_order, for_one)
        peers = heard_by(self.house, fact, case)
        for peer in peers:
            # A box goes on closed: only its addressee can open it.
            box = one.box if peer == to_node else self._passed_on(one, case, peer)
            self.posting.add(peer, Item(str(one.envelope.id), one.body, box))
        return after_telling(self.house, case, peers)

    def _passed_on(self, one: _Arrived, case: Case, peer: str) -> str | None:
        # The person came here with custody, and went on from here with it.
        if one.box is None or not isinstance(one.event, CaseAmended):
            return None
        if not may_correct(self.db, one.envelope, one.event):
            return None
        return pass_amended(self.db, self.house, case, peer, one.box)

    def _after(self, event: CaseEvent | None, case: Case) -> Case:
        is_ours = isinstance(event, HandOverAnswered) and event.to_node == self.house.node
        if isinstance(event, HandOverAnswered) and is_ours and not event.accepted:
            former = case.former | {self.peer}
            return replace(case, shares=case.shares - {self.peer}, former=former)
        return case
