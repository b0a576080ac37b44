"""A one-time code of each of several complainants: to their own telephone, for their own alone."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select, update

from services.intake import handlers
from services.intake.handlers import (
    Agency,
    Caller,
    Claim,
    ContactAsking,
    Opened,
    Proving,
    Registered,
    renew_code,
)
from services.intake.handlers.contact import Proven
from services.intake.handlers.erasure import destroy_here
from services.intake.repository.cases import Case, case_by_number
from services.intake.settings import Settings
from services.intake.tables import cases, contact_changes, one_time_codes
from shared.errors import Refused
from shared.events.base import CaseEvent
from shared.events.intake import CaseAmended, OneTimeCodeMade, OwnCodeRenewed
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.outbox import said
from shared.security.actor import Actor, citizen
from shared.security.policy import Action, Resource, may
from shared.security.sealing import NodeKeys
from shared.security.standing import OF_EACH
from shared.security.vault import sealer_for
from tests.integration.intake.lost import MINUTE, SECOND, Lost, new_phone, other_than, party
from tests.integration.intake.stories import NINE, NODE

pytestmark = pytest.mark.integration

SECOND_ONE = 2
Fact = TypeVar("Fact", bound=CaseEvent)


@pytest.fixture
def lost(db: Connection, keys: NodeKeys) -> Lost:
    """The second of three; `phone` is theirs."""
    return Lost.at(db, keys, per_phone=20, per_number=20)


def strict(lost: Lost) -> Lost:
    """The same under the rules of everybody."""
    return replace(lost, house=replace(lost.house, rules=Settings().lost_code_rules))


@pytest.fixture
def told(lost: Lost) -> Registered:
    others = (party(lost.phone, "独孤望山"), party(new_phone(), "赫连观云"))
    return lost.reports(reporter=party(new_phone(), "拓跋听松"), others=others)


def case_now(lost: Lost, told: Registered) -> Case:
    case = case_by_number(lost.db, told.number)
    assert case is not None
    return case


def holder(told: Registered, claim: Claim) -> Actor:
    assert claim.case_id == told.case_id
    return citizen(NODE, told.case_id, told.number, claim.scopes)


def allowed(told: Registered, claim: Claim) -> set[Action]:
    actor, own = holder(told, claim), Resource(node=NODE, case_id=told.case_id)
    return {action for action in Action if may(actor, action, own).allowed}


def as_one(lost: Lost, told: Registered) -> Caller:
    claim = lost.shows(told.number, lost.opens(told.number))
    return Caller(holder(told, claim), NINE + MINUTE)


def facts(lost: Lost, told: Registered, kind: type[Fact]) -> list[Fact]:
    found = [fact for fact in said(lost.db) if isinstance(fact, kind)]
    return [fact for fact in found if fact.case_id == told.case_id]


def test_the_code_goes_to_ones_own_telephone_and_opens_what_is_each_ones(
    lost: Lost, told: Registered
) -> None:
    for number in (told.number, None):
        ask_id = lost.asks_for_good(number)
        opened = lost.tries(ask_id, lost.is_sent(ask_id) or "")
        claim = lost.shows(told.number, opened.case_pass or "")

        assert opened.numbers == (told.number,)
        assert allowed(told, claim) == OF_EACH
        assert "complainant:2" in claim.scopes
        [fact] = [one for one in facts(lost, told, OneTimeCodeMade) if one.ask_id == ask_id]
        own = case_now(lost, told).others[0].party.name.key_id
        assert fact.phone.key_id == fact.code.key_id == own
        assert sealer_for(lost.db, lost.keys, own).open(fact.phone) == lost.phone
        row = lost.db.execute(select(one_time_codes).where(one_time_codes.c.id == ask_id)).one()
        # A release that knows of nobody beside opens nothing by it.
        assert (row.case_ids, row.beside) == ([], {str(told.case_id): SECOND_ONE})


def test_it_is_guessed_no_easier_and_answered_alike(lost: Lost, told: Registered) -> None:
    ask_id = lost.asks_for_good(told.number)
    stranger = lost.asks_for_good(told.number, phone=new_phone())
    code = lost.is_sent(ask_id) or ""

    assert lost.is_sent(stranger) is None
    for _ in range(5):
        assert lost.tries(ask_id, other_than(code)) == lost.tries(stranger, code) == Opened()
    assert lost.tries(ask_id, code) == Opened()
    case_pass = lost.opens(told.number)
    assert lost.shows(told.number, case_pass, NINE + 31 * MINUTE) == Claim()
    assert [strict(lost).asks().retry_after for _ in range(2)] == [None, 3600]


def test_a_new_code_is_ones_own_and_nobody_elses_ends(lost: Lost, told: Registered) -> None:
    mine, thirds = (each.query_code for each in told.others)
    caller, lost = as_one(lost, told), strict(lost)

    code = renew_code(lost.db, lost.house, case_now(lost, told), caller)

    assert lost.shows(told.number, mine) == Claim()
    assert "complainant:2" in lost.shows(told.number, code).scopes
    assert "complainant:3" in lost.shows(told.number, thirds).scopes
    assert lost.shows(told.number, told.query_code).scopes == frozenset()
    [fact] = facts(lost, told, OwnCodeRenewed)
    assert fact.complainant == SECOND_ONE
    assert sealer_for(lost.db, lost.keys, fact.query_code.key_id).open(fact.query_code) == code
    for _ in range(2):
        renew_code(lost.db, lost.house, case_now(lost, told), caller)
    with pytest.raises(Refused, match="3600"):
        renew_code(lost.db, lost.house, case_now(lost, told), caller)
    first = Caller(citizen(NODE, told.case_id, told.number, frozenset({"code.renew"})), NINE)
    assert renew_code(lost.db, lost.house, case_now(lost, told), first)


def test_who_has_left_or_was_erased_gets_no_code_and_what_was_open_closes(
    lost: Lost, told: Registered
) -> None:
    caller, case_pass = as_one(lost, told), lost.opens(told.number)
    asking = ContactAsking(new_phone(), None, "host-1", SECOND_ONE)
    handlers.ask_contact(lost.db, lost.house, case_now(lost, told), asking, caller)
    ask_id = lost.asks_for_good(told.number)
    code = lost.is_sent(ask_id) or ""

    handlers.leave_case(lost.db, lost.keys, case_now(lost, told), SECOND_ONE, caller)

    assert lost.shows(told.number, case_pass) == Claim()
    assert lost.tries(ask_id, code).numbers == ()
    waiting = select(contact_changes).where(contact_changes.c.case_id == told.case_id)
    assert lost.db.execute(waiting).all() == []
    again = lost.asks_for_good(phone=lost.phone)
    assert lost.is_sent(again, NINE + 2 * SECOND) is None
    with pytest.raises(Refused, match="person_erased"):
        renew_code(lost.db, lost.house, case_now(lost, told), caller)
    # A row that still says so, from a backup or an older release, opens nothing either.
    beside = {str(told.case_id): SECOND_ONE}
    lost.db.execute(update(one_time_codes).values(beside=beside))
    assert lost.shows(told.number, case_pass) == Claim()
    destroy_here(lost.db, told.case_id, NINE)
    assert lost.db.execute(select(one_time_codes)).all() == []


def changes_phone(lost: Lost, told: Registered, phone: str, caller: Caller) -> Proven | None:
    asking = ContactAsking(phone, None, f"host-{phone}", SECOND_ONE)
    asked = handlers.ask_contact(lost.db, lost.house, case_now(lost, told), asking, caller)
    made = facts(lost, told, ContactCodeMade)[-1]
    sealer = sealer_for(lost.db, lost.keys, made.code.key_id)
    assert sealer.open(made.phone) == phone
    proving = Proving(asked.change_id, sealer.open(made.code), None)
    of_first = Caller(citizen(NODE, told.case_id, told.number), caller.now)
    case = case_now(lost, told)
    # Who speaks for all cannot show it for another, whatever code they have got hold of.
    assert handlers.prove_contact(lost.db, lost.house, case, proving, of_first) is None
    return handlers.prove_contact(lost.db, lost.house, case, proving, caller)


def test_a_new_telephone_is_ones_own_and_no_party_of_the_case_changes(
    lost: Lost, told: Registered
) -> None:
    before, new = case_now(lost, told), new_phone()
    caller, still_open = as_one(lost, told), lost.opens(told.number)

    proven = changes_phone(lost, told, new, caller)

    assert proven is not None
    after = case_now(lost, told)
    assert (after.complainant, after.agent) == (before.complainant, before.agent)
    assert after.others[1] == before.others[1]
    assert after.others[0].party.masked_phone == proven.masked_phone
    assert after.query_code_hash == before.query_code_hash
    assert lost.shows(told.number, still_open) == Claim()
    assert "complainant:2" in lost.shows(told.number, proven.query_code or "").scopes
    assert lost.shows(told.number, told.others[0].query_code) == Claim()
    for phone, is_theirs in ((lost.phone, False), (new, True)):
        ask_id = lost.asks_for_good(told.number, phone=phone)
        assert (lost.is_sent(ask_id) is not None) is is_theirs
    [amended], [changed] = facts(lost, told, CaseAmended), facts(lost, told, ContactChanged)
    assert amended.fields == ("others.2.phone",)
    assert all(each.query_code is None and each.code_hash is None for each in amended.others)
    assert (changed.complainant, changed.masked_phone) == (SECOND_ONE, proven.masked_phone)
    kept = repr(lost.db.execute(select(cases).where(cases.c.case_id == told.case_id)).one())
    assert new.removeprefix("+86") not in kept


@pytest.mark.parametrize("who", ["both", "principal"])
def test_an_agent_beside_the_person_gets_what_the_agent_may_and_no_more(
    lost: Lost, who: str
) -> None:
    paper = Agency(
        relation="family",
        told=who,
        kind="letter",
        scopes=("materials.answer",),
        valid_until=date(2030, 1, 31),
    )
    about = {"agent": party(lost.phone, "李明"), "agency": paper}
    told = lost.reports(reporter=party(new_phone()), **about)
    claim = lost.shows(told.number, lost.opens(told.number))

    may_do = allowed(told, claim)
    code = renew_code(lost.db, lost.house, case_now(lost, told), Caller(holder(told, claim), NINE))

    assert Action.MATERIALS_ANSWER in may_do
    assert may_do.isdisjoint({Action.CONTACT_CHANGE, Action.CASE_WITHDRAW})
    assert lost.shows(told.number, told.query_code).scopes == frozenset()
    assert allowed(told, lost.shows(told.number, code)) == may_do - {Action.CODE_RENEW}
