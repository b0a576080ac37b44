"""A service of this node said something about a case: keep it, and tell the neighbours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.amend import person_for, told_of
from services.link.handlers.audience import after_telling, heard_by, is_shown_above
from services.link.handlers.erase import erase
from services.link.handlers.house import House
from services.link.handlers.kinds import FOR_ONE
from services.link.handlers.masking import masked
from services.link.handlers.person import (
    amendment_of,
    person_of,
    received,
    sealed_answer,
    sealed_person,
)
from services.link.handlers.posting import Item, Posting
from services.link.policy import Fact
from services.link.repository.cases import (
    Case,
    Told,
    facts_named,
    facts_of,
    keep_facts,
    lock_cases,
    take_box,
    write_cases,
)
from shared.clock import new_id
from shared.errors import NotYet
from shared.events.base import CaseEvent, Envelope, Event
from shared.events.dispatch import CaseReportedUp, HandOverAnswered, HandOverOffered
from shared.events.intake import (
    CaseAmended,
    CaseErased,
    CaseRegistered,
    ComplaintMarked,
    UnitComplainedOf,
)
from shared.events.link import CaseReceived, OrderPassedOn
from shared.events.sealed import WITHHELD, SealedName
from shared.events.words import HandOverKind
from shared.outbox import say
from shared.security.erasing import redacted_text

GIVEN = frozenset({HandOverKind.UP, HandOverKind.DOWN})
"""Kinds of hand-over with which the person goes along."""

Heard = Sequence[tuple[Envelope, CaseEvent]]
E = TypeVar("E", bound=CaseEvent)


def note_facts(db: Connection, heard: Heard, house: House) -> None:
    """Keep masked copies of what was said here, and post them to whoever hears of them."""
    known = lock_cases(db, {event.case_id for _, event in heard})
    cases = dict(known)
    said = [(_masked(db, envelope, event, known), event) for envelope, event in heard]
    fresh = keep_facts(db, [_told(envelope, event) for envelope, event in said])
    posting = Posting()
    for envelope, event in said:
        if envelope.id in fresh:
            case = cases.get(event.case_id) or _born(event)
            cases[event.case_id] = _Noting(db, house, posting, case).note(envelope, event)
    write_cases(db, [case for case in cases.values() if known.get(case.case_id) != case])
    posting.write(db, house)


def _born(event: CaseEvent) -> Case:
    return Case(event.case_id, known_at=event.occurred_at)


def _masked(
    db: Connection, envelope: Envelope, event: CaseEvent, known: Mapping[UUID, Case]
) -> Envelope:
    told, case = masked(envelope, event), known.get(event.case_id)
    if case is None or case.erased_at is None:
        return told
    return Envelope.model_validate_json(redacted_text(db, body_of(told)))


def _told(envelope: Envelope, event: CaseEvent) -> Told:
    return Told(envelope.id, event.case_id, None, envelope.type, body_of(envelope))


def own_envelope(house: House, event: Event, earlier: Iterable[str]) -> Envelope:
    """Wrap what link itself tells other nodes; its bus here gets it by itself.

    `earlier` are the envelopes of what was told before about the same, others' among them.
    """
    told = (Envelope.model_validate_json(body) for body in earlier)
    return Envelope(
        id=new_id(),
        source=f"/nodes/{house.node}/link",
        type=event.name,
        time=event.occurred_at,
        subject=event.subject_id,
        version=1 + max((one.version for one in told if one.node == house.node), default=0),
        data=event.model_dump(mode="json"),
    )


def body_of(envelope: Envelope) -> str:
    """Return an envelope as it is kept and posted."""
    return envelope.model_dump_json(exclude_none=True)


class _Noting:
    def __init__(self, db: Connection, house: House, posting: Posting, case: Case) -> None:
        self.db = db
        self.house = house
        self.posting = posting
        self.case = case

    def note(self, envelope: Envelope, event: CaseEvent) -> Case:
        box = None
        match event:
            case CaseRegistered():
                self.case = replace(self.case, person=person_of(event))
            case ComplaintMarked():
                self._complains_of(event.complained_of.persons)
            case HandOverOffered():
                box = self._offered(envelope, event)
            case HandOverAnswered():
                self._answered(event)
            case CaseReportedUp() if not is_shown_above(self.house, self.case):
                self._open_to(event.to_node, {})
            case CaseErased():
                self.case = erase(self.db, self.case, self.house.now)
                return self._ordered(envelope, event)
            case CaseAmended():
                self._amended(event)
                return self._ordered(envelope, event)
            case _:
                pass
        self._post(envelope, event, box)
        return self.case

    def _post(self, envelope: Envelope, event: CaseEvent, box: str | None) -> None:
        to_node: str | None = getattr(event, "to_node", None)
        fact = Fact(to_node=to_node, for_one=event.for_one)
        peers = heard_by(self.house, fact, self.case)
        self.case = after_telling(self.house, self.case, peers)
        for peer in peers:
            item = Item(str(envelope.id), body_of(envelope), box if peer == to_node else None)
            self.posting.add(peer, item)

    def _amended(self, event: CaseAmended) -> None:
        is_here = event.title.algorithm != WITHHELD
        if is_here and event.amendment > amendment_of(self.case.person):
            self.case = replace(self.case, person=person_of(event))

    def _ordered(self, envelope: Envelope, event: CaseErased | CaseAmended) -> Case:
        peers = sorted(heard_by(self.house, Fact(is_order=True), self.case))
        passed_on = OrderPassedOn(
            case_id=event.case_id,
            occurred_at=self.house.now,
            order_id=event.order_id,
            to_nodes=tuple(peers),
        )
        say(self.db, passed_on)
        before = facts_named(self.db, event.case_id, OrderPassedOn.name)
        told = _told(own_envelope(self.house, passed_on, before), passed_on)
        keep_facts(self.db, [told])
        for peer in peers:
            box = self._box_for(peer, event)
            self.posting.add(peer, Item(str(envelope.id), body_of(envelope), box))
            self.posting.add(peer, Item(str(told.fact_id), told.body))
        return self.case

    def _box_for(self, peer: str, event: CaseErased | CaseAmended) -> str | None:
        is_order = isinstance(event, CaseAmended) and event.ordered_by == self.house.node
        return person_for(self.db, self.house, self.case, peer) if is_order else None

    def _offered(self, envelope: Envelope, event: HandOverOffered) -> str | None:
        card = self.house.cards.get(event.to_node)
        if card is None:
            raise NotYet(f"there is no link to {event.to_node}")
        if event.kind is HandOverKind.RESULT:
            return sealed_answer(self.db, self.house, card, event)
        if event.kind not in GIVEN:
            return None
        if self.case.person is None:
            raise NotYet("the person of the case has not been heard of here")
        box = sealed_person(self.db, self.house, card, event.case_id, told_of(self.case))
        self._open_to(event.to_node, {envelope.id: box})
        return box

    def _answered(self, event: HandOverAnswered) -> None:
        if event.kind not in GIVEN:
            return
        box = take_box(self.db, event.hand_over_id)
        if not event.accepted:
            return
        self._share(event.to_node)
        told = self._first_told(event)
        taken = self._reworded(received(self.db, self.house, *told, box))
        more = {"complained_units": self._own_units(event.case_id), "given_by": event.to_node}
        fact = taken.model_copy(update=more)
        say(self.db, fact)
        self.case = replace(self.case, person=person_of(fact))

    def _complains_of(self, persons: Sequence[SealedName]) -> None:
        told = [person.name.model_dump(mode="json") for person in persons]
        self.case = replace(self.case, complained_of=told or None)

    def _own_units(self, case_id: UUID) -> tuple[UnitComplainedOf, ...]:
        marks = self._facts(case_id, ComplaintMarked)
        named = (unit for mark in marks for unit in mark.complained_of.units)
        return tuple(dict.fromkeys(unit for unit in named if unit.node == self.house.node))

    def _first_told(self, event: HandOverAnswered) -> tuple[CaseRegistered, HandOverOffered]:
        registered = self._facts(event.case_id, CaseRegistered)
        offered = self._facts(event.case_id, HandOverOffered)
        mine = [one for one in offered if one.hand_over_id == event.hand_over_id]
        if not registered or not mine:
            raise NotYet("the case has not come over the link")
        return registered[0], mine[0]

    def _reworded(self, fact: CaseReceived) -> CaseReceived:
        # Who offered it may not have heard of the correction that is in it.
        amended = self._facts(fact.case_id, CaseAmended) if fact.amendment else []
        if not amended:
            return fact
        last = max(amended, key=lambda one: one.amendment)
        words = {"title_masked": last.title_masked, "text_masked": last.text_masked}
        return fact.model_copy(update=words)

    def _facts(self, case_id: UUID, kind: type[E]) -> list[E]:
        bodies = facts_named(self.db, case_id, kind.name)
        return [Envelope.model_validate_json(body).open(kind) for body in bodies]

    def _open_to(self, peer: str, boxes: Mapping[UUID, str | None]) -> None:
        # The offer stands in the history too: it must not be known there without its box.
        self._share(peer)
        for fact_id, body in facts_of(self.db, self.case.case_id, peer, FOR_ONE):
            self.posting.add(peer, Item(str(fact_id), body, boxes.get(fact_id)))

    def _share(self, peer: str) -> None:
        self.case = replace(self.case, shares=self.case.shares | {peer})
