from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from services.intake.handlers import (
    Acceptance,
    Declining,
    accept_case,
    decline_case,
    look_up,
    reveal_person,
)
from services.intake.repository.cases import case_of
from services.intake.tables import plumbing
from shared.errors import Refused
from shared.events.intake import CaseAccepted, CaseDeclined, CaseRegistered, DeclineReason
from shared.events.words import Complexity, DemandKind
from shared.outbox import said
from shared.security.sealing import NodeKeys
from shared.security.vault import destroy
from tests.integration.intake.stories import (
    NINE,
    OFFICER,
    TERMS,
    last_said,
    list_item,
    register,
)

pytestmark = pytest.mark.integration

NO = Declining(
    DeclineReason.LITIGATION, "《信访工作条例》第二十八条", "判决请找 13912345678", "人民法院"
)


def actions(db: Connection, number: str) -> list[tuple[str, str | None]]:
    audit = plumbing.audit
    rows = db.execute(select(audit).where(audit.c.object_id == number).order_by(audit.c.id))
    return [(row.action, row.purpose) for row in rows]


def test_an_officer_accepts_what_the_machine_left(db: Connection, keys: NodeKeys) -> None:
    number = register(db, keys).number

    accept_case(db, number, Acceptance(Complexity.COMPLEX), OFFICER)

    event = last_said(db)
    assert isinstance(event, CaseAccepted)
    assert (event.complexity, event.by.role) == (Complexity.COMPLEX, "window_officer")
    assert actions(db, number) == [("case.accept", None)]


def test_an_officer_may_say_which_item_it_is(db: Connection, keys: NodeKeys) -> None:
    item = list_item(db, "农村宅基地用地审批", complexity=Complexity.COMPLEX)
    number = register(db, keys).number

    accept_case(db, number, Acceptance(item=item.code), OFFICER)

    event = last_said(db)
    assert isinstance(event, CaseAccepted)
    assert (event.item_code, event.item_name) == (item.code, item.title)
    assert event.complexity is Complexity.COMPLEX
    assert event.demand is DemandKind.HELP


def test_an_officer_may_put_right_what_is_asked_for(db: Connection, keys: NodeKeys) -> None:
    registered = register(db, keys, demand=DemandKind.CONSULT)

    accept_case(db, registered.number, Acceptance(demand=DemandKind.COMPLAINT), OFFICER)

    told = [each.demand for each in said(db) if isinstance(each, CaseRegistered | CaseAccepted)]
    case = case_of(db, registered.case_id)
    assert told == [DemandKind.CONSULT, DemandKind.COMPLAINT]
    assert case is not None
    assert case.demand == DemandKind.COMPLAINT


def test_an_item_that_nobody_listed_is_refused(db: Connection, keys: NodeKeys) -> None:
    number = register(db, keys).number

    with pytest.raises(Refused, match="unknown_item"):
        accept_case(db, number, Acceptance(item="没有这个事项"), OFFICER)


def test_a_case_is_declined_with_reason_basis_and_route(db: Connection, keys: NodeKeys) -> None:
    number = register(db, keys).number

    decline_case(db, number, NO, OFFICER, TERMS)

    event = last_said(db)
    assert isinstance(event, CaseDeclined)
    assert (event.reason, event.guide_to) == (DeclineReason.LITIGATION, "人民法院")
    assert "13912345678" not in event.explanation
    assert actions(db, number) == [("case.decline", None)]


def test_nothing_that_an_officer_writes_into_a_no_names_a_number(
    db: Connection, keys: NodeKeys
) -> None:
    number = register(db, keys).number
    told = replace(NO, legal_basis="张晓明 13800006160 无依据", guide_to="找王小林 13912345678")

    decline_case(db, number, told, OFFICER, TERMS)

    event = last_said(db)
    assert isinstance(event, CaseDeclined)
    assert event.legal_basis == "张** 138****6160 无依据"
    assert "13912345678" not in str(event.guide_to)


@pytest.mark.parametrize(
    ("reason", "route"),
    [(DeclineReason.DISCIPLINE, "12388"), (DeclineReason.EMERGENCY, "110、119、120、122")],
)
def test_who_is_told_no_is_led_on_also_where_the_officer_names_no_route(
    db: Connection, keys: NodeKeys, reason: DeclineReason, route: str
) -> None:
    number = register(db, keys).number

    decline_case(db, number, replace(NO, reason=reason, guide_to=None), OFFICER, TERMS)

    event = last_said(db)
    assert isinstance(event, CaseDeclined)
    assert route in str(event.guide_to)
    assert event.appeal_by == NINE + TERMS.within


@pytest.mark.parametrize("first", ["accept", "decline"])
@pytest.mark.parametrize("second", ["accept", "decline"])
def test_a_case_is_decided_once(db: Connection, keys: NodeKeys, first: str, second: str) -> None:
    number = register(db, keys).number
    decide = {
        "accept": lambda: accept_case(db, number, Acceptance(), OFFICER),
        "decline": lambda: decline_case(db, number, NO, OFFICER, TERMS),
    }
    decide[first]()

    with pytest.raises(Refused, match="wrong_state"):
        decide[second]()


def test_an_unknown_number_is_refused(db: Connection) -> None:
    with pytest.raises(Refused, match="unknown_case"):
        accept_case(db, "BCS-341523-20300102-99999-X", Acceptance(), OFFICER)


def test_a_look_at_a_person_is_audited_with_its_purpose(db: Connection, keys: NodeKeys) -> None:
    number = register(db, keys).number
    look = look_up(db, number)
    assert look is not None

    revealed = reveal_person(db, keys, look.case, "联系当事人核实", OFFICER)

    assert revealed.complainant.name == "张晓明"
    assert revealed.complainant.phone == "+8613800006160"
    assert "13800006160" in revealed.text
    assert actions(db, number) == [("person.reveal", "联系当事人核实")]


def test_a_purpose_is_kept_without_names_and_numbers(db: Connection, keys: NodeKeys) -> None:
    number = register(db, keys).number
    look = look_up(db, number)
    assert look is not None

    reveal_person(db, keys, look.case, "张晓明 13800006160 来电", OFFICER)

    assert actions(db, number) == [("person.reveal", "张** 138****6160 来电")]


def test_a_person_who_was_erased_cannot_be_looked_at(db: Connection, keys: NodeKeys) -> None:
    registered = register(db, keys)
    look = look_up(db, registered.number)
    assert look is not None
    destroy(db, registered.case_id, NINE + timedelta(days=1))

    with pytest.raises(Refused, match="person_erased"):
        reveal_person(db, keys, look.case, "核实", OFFICER)
