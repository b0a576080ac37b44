"""Corrections of other nodes: obeyed once, in any order, by whoever has a copy."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection

from services.intake.handlers import hear_order, note_passed_on, receive_case, reveal_person
from services.intake.policy.corrections import MOST_LOST
from services.intake.repository.cases import case_by_number
from services.intake.repository.orders import copies_of, laggards, lock_order
from shared.events.intake import MOST_AMENDMENTS, CaseAmended, CaseErased, ErasureGround
from shared.events.link import CaseReceived, FactRelayed, OrderPassedOn
from shared.events.sealed import PartyRole, Sealed, SealedParty
from shared.outbox import said
from shared.security.parties import sealed_party
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from tests.integration.intake.correcting import RIGHT, correct, found
from tests.integration.intake.stories import (
    CITY,
    NINE,
    NODE,
    OFFICER,
    received,
    register,
    relayed,
    report,
)

pytestmark = pytest.mark.integration

PROVINCE = "340000"
LATER = NINE + timedelta(hours=2)
PARTY_FIELDS = ("name", "phone", "id_number", "address")


@dataclass(frozen=True)
class Leg:
    """A case of the city's that came here with its person."""

    db: Connection
    keys: NodeKeys
    came: CaseReceived

    def amended(self, n: int, phone: str = RIGHT, **more: object) -> FactRelayed:
        """What the city orders: a correction, sealed for this node."""
        sealer = sealer_of_case(self.db, self.keys, self.came.case_id)
        told = report()
        party = told.reporter.__class__(
            kind=told.reporter.kind, name=told.reporter.name, phone=phone
        )
        sealed = sealed_party(sealer, party, PartyRole.COMPLAINANT)
        fact = amended_by(CITY, self.came.case_id, self.came.number, n, sealed, **more)
        fields = {"title": sealer.seal("title", f"第 {n} 次更正的标题")}
        fields["text"] = sealer.seal("text", told.text)
        fields |= {
            f"complainant.{name}": value
            for name in PARTY_FIELDS
            if (value := getattr(sealed, name)) is not None
        }
        return relayed(fact).model_copy(update={"sealed": fields})

    def phone(self) -> str | None:
        case = case_by_number(self.db, self.came.number)
        assert case is not None
        return reveal_person(self.db, self.keys, case, "看", OFFICER).complainant.phone

    def hear(self, *events: FactRelayed) -> None:
        for event in events:
            hear_order(self.db, self.keys, event, NODE)

    def answers(self) -> list[tuple[UUID, int]]:
        mine = [one for one in said(self.db) if isinstance(one, CaseAmended)]
        return [(one.order_id, one.amendment) for one in mine if one.case_id == self.came.case_id]


def amended_by(
    node: str, case_id: UUID, number: str, n: int, party: SealedParty, **more: object
) -> CaseAmended:
    told = CaseAmended(
        case_id=case_id,
        occurred_at=LATER,
        number=number,
        order_id=uuid4(),
        ordered_by=node,
        amendment=n,
        fields=("complainant.phone", "title"),
        title=Sealed.withheld("title"),
        title_masked=f"第 {n} 次更正的标题",
        text=Sealed.withheld("text"),
        text_masked="材料两次被退回。",
        complainant=masked(party),
    )
    return told.model_copy(update=more)


def masked(party: SealedParty) -> SealedParty:
    gone = {name: Sealed.withheld(name) for name in PARTY_FIELDS if getattr(party, name)}
    return party.model_copy(update=gone)


def order_of(event: FactRelayed) -> UUID:
    return event.fact.open(CaseAmended).order_id


@pytest.fixture
def leg(db: Connection, keys: NodeKeys) -> Leg:
    came = received(db, keys)
    receive_case(db, keys, came, NODE)
    return Leg(db, keys, came)


def test_the_order_of_the_node_of_origin_is_carried_out_once_and_said(leg: Leg) -> None:
    event = leg.amended(1)

    leg.hear(event, event)

    assert leg.phone() == RIGHT
    assert leg.came.number in found(leg.db, leg.keys, RIGHT)
    assert leg.answers() == [(order_of(event), 1)]
    mine = [one for one in said(leg.db) if isinstance(one, CaseAmended)]
    assert (mine[0].ordered_by, mine[0].title_masked) == (CITY, "第 1 次更正的标题")


def test_of_two_corrections_the_later_one_stands_in_whatever_order_they_come(leg: Leg) -> None:
    first, second = leg.amended(1, "+8613900000001"), leg.amended(2)

    leg.hear(second, first)

    assert leg.phone() == RIGHT
    assert leg.answers() == [(order_of(second), 2), (order_of(first), 2)]


def test_without_the_new_values_it_owes_its_answer_until_they_come(leg: Leg) -> None:
    event, later = leg.amended(1), leg.amended(2)

    leg.hear(event.model_copy(update={"sealed": {}}))

    held = lock_order(leg.db, order_of(event))
    assert held is not None
    assert (held.state, leg.answers()) == ("held", [])
    leg.hear(later)
    assert leg.answers() == [(order_of(event), 2), (order_of(later), 2)]


def test_who_has_a_masked_copy_only_says_that_it_was_corrected(
    db: Connection, keys: NodeKeys
) -> None:
    told = report()
    number = "BCS-341500-20300102-00077-X"
    sealed = SealedParty(name=Sealed.withheld("name"), masked_name="张**")
    fact = amended_by(CITY, uuid4(), number, 1, sealed)

    for _ in range(2):
        hear_order(db, keys, relayed(fact), NODE)

    mine = [one for one in said(db) if isinstance(one, CaseAmended)]
    assert [(one.order_id, one.complainant.masked_name) for one in mine] == [
        (fact.order_id, "张**")
    ]
    assert told.reporter.name not in mine[0].model_dump_json()


def test_nobody_else_may_order_it(leg: Leg, db: Connection, keys: NodeKeys) -> None:
    own, before = register(db, keys), leg.phone()
    sealed = SealedParty(name=Sealed.withheld("name"), masked_name="假**")
    theirs = leg.amended(1)
    forged = theirs.fact.open(CaseAmended)

    hear_order(db, keys, relayed(forged, PROVINCE), NODE)
    hear_order(
        db, keys, relayed(forged.model_copy(update={"ordered_by": PROVINCE}), PROVINCE), NODE
    )
    hear_order(db, keys, relayed(amended_by(CITY, own.case_id, own.number, 1, sealed)), NODE)

    assert (leg.phone(), leg.answers()) == (before, [])
    case = case_by_number(db, own.number)
    assert case is not None
    assert case.complainant.masked_name == "张**"


def test_what_comes_after_an_erasure_changes_nothing(leg: Leg) -> None:
    event = leg.amended(1)
    erased = CaseErased(
        case_id=leg.came.case_id,
        occurred_at=LATER,
        number=leg.came.number,
        order_id=uuid4(),
        ordered_by=CITY,
        ground=ErasureGround.REQUEST,
    )

    leg.hear(leg.amended(1).model_copy(update={"sealed": {}}), relayed(erased), event)

    case = case_by_number(leg.db, leg.came.number)
    assert case is not None
    assert (case.amendment, leg.answers()) == (0, [])
    assert lock_order(leg.db, order_of(event)) is None


def test_who_takes_a_corrected_case_says_so_once_there_is_a_row(
    db: Connection, keys: NodeKeys
) -> None:
    came = received(db, keys).model_copy(update={"amendment": 1})
    leg = Leg(db, keys, came)
    event = leg.amended(1)
    leg.hear(event.model_copy(update={"sealed": {}}))
    before = leg.answers()

    receive_case(db, keys, came, NODE)

    assert before == [(order_of(event), 1)]
    assert leg.answers() == [(order_of(event), 1)] * 2


def test_a_case_that_comes_once_more_brings_its_correction(leg: Leg) -> None:
    event = leg.amended(1)
    leg.hear(event.model_copy(update={"sealed": {}}))
    sealer = sealer_of_case(leg.db, leg.keys, leg.came.case_id)
    phone = sealer.seal("complainant.phone", RIGHT)
    person = leg.came.complainant.model_copy(update={"phone": phone})
    again = leg.came.model_copy(update={"amendment": 1, "complainant": person})

    receive_case(leg.db, leg.keys, again, NODE)

    assert leg.phone() == RIGHT
    assert leg.answers() == [(order_of(event), 1)]


def test_the_node_of_origin_sees_who_owes_its_answer(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    event = correct(db, keys, told, phone=RIGHT)
    about = {"case_id": told.case_id, "occurred_at": NINE, "order_id": event.order_id}
    note_passed_on(db, OrderPassedOn(**about, to_nodes=(CITY, PROVINCE)), NODE)

    hear_order(db, keys, relayed(event), NODE)

    done = {each.node: each.done_at is not None for each in copies_of(db, [event.order_id])}
    assert done == {CITY: True, PROVINCE: False}
    assert laggards(db, NINE) == {PROVINCE: 1}


def test_who_has_erased_a_person_owes_no_correction(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    event = correct(db, keys, told, phone=RIGHT)
    about = {"case_id": told.case_id, "occurred_at": NINE}
    passed = OrderPassedOn(**about, order_id=event.order_id, to_nodes=(CITY,))
    note_passed_on(db, passed, NODE)
    erased = {"number": told.number, "ordered_by": NODE, "ground": ErasureGround.REQUEST}

    hear_order(db, keys, relayed(CaseErased(**about, order_id=uuid4(), **erased)), NODE)

    assert laggards(db, NINE) == {}


def test_a_node_that_was_restored_counts_on_where_the_others_are(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    sealed = SealedParty(name=Sealed.withheld("name"), masked_name="张**")
    answer = amended_by(NODE, told.case_id, told.number, 3, sealed)

    hear_order(db, keys, relayed(answer), NODE)

    assert correct(db, keys, told, phone=RIGHT).amendment == 4


def test_a_neighbour_that_says_any_number_takes_none_of_those_to_come(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    sealed = SealedParty(name=Sealed.withheld("name"), masked_name="张**")
    for number in (MOST_LOST + 1, MOST_AMENDMENTS):
        said_so = amended_by(NODE, told.case_id, told.number, number, sealed)
        hear_order(db, keys, relayed(said_so), NODE)

    assert correct(db, keys, told, phone=RIGHT).amendment == 1
    with pytest.raises(ValidationError):
        amended_by(NODE, told.case_id, told.number, MOST_AMENDMENTS + 1, sealed)
