"""Who tells the person of a case that moves between nodes: the one that registered it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from services.notify import handlers
from services.notify.repository.messages import Wanted, latest_messages
from services.notify.tables import messages
from shared.errors import NotYet
from shared.events.words import ClockKind, HandOverKind
from shared.security.actor import anonymous
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.notify.stories import NINE, Case, new_case, relayed

pytestmark = pytest.mark.integration


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


@pytest.fixture
def own(unit: Unit, case: Case) -> Case:
    """A case that was registered here."""
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
    return case


@pytest.fixture
def leg(unit: Unit, case: Case) -> Case:
    """A case that another node registered."""
    with unit.transaction() as db:
        handlers.leave_to_origin(db, case.received())
    return case


def purposes(unit: Unit) -> list[str]:
    with unit.transaction() as db:
        return list(db.scalars(select(messages.c.purpose).order_by(messages.c.id)))


@pytest.mark.parametrize("kind", HandOverKind)
def test_the_person_is_told_when_another_tier_takes_the_case(
    unit: Unit, own: Case, kind: HandOverKind
) -> None:
    with unit.transaction() as db:
        handlers.tell_handed_over(db, own.handed_over(kind), own.house)

    told = kind in (HandOverKind.UP, HandOverKind.DOWN)
    assert purposes(unit) == ["receipt", *(["handed_over"] if told else [])]


def test_each_hand_over_is_told(unit: Unit, own: Case) -> None:
    with unit.transaction() as db:
        for _ in range(2):
            handlers.tell_handed_over(db, own.handed_over(), own.house)

    assert purposes(unit) == ["receipt", "handed_over", "handed_over"]


def test_of_what_other_nodes_say_only_their_units_are_told(unit: Unit, own: Case) -> None:
    facts = (own.finished(), own.reopened(), own.promised(), own.handed_over())
    with unit.transaction() as db:
        for fact in facts:
            handlers.tell_dispatched_elsewhere(db, [relayed(fact)], own.house)

    assert purposes(unit) == ["receipt"]


def test_a_unit_of_another_node_is_told_at_once_whatever_its_clock_says(
    unit: Unit, own: Case
) -> None:
    ahead = own.dispatched().model_copy(update={"occurred_at": NINE + timedelta(hours=3)})
    with unit.transaction() as db:
        handlers.tell_dispatched_elsewhere(db, [relayed(ahead)], own.house)

        assert set(db.scalars(select(messages.c.next_at))) == {NINE}


def test_a_case_of_which_nobody_here_is_told_waits_for_nothing(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        handlers.tell_dispatched_elsewhere(db, [relayed(case.dispatched())], case.house)

    assert purposes(unit) == []


def test_a_leg_tells_its_person_nothing(unit: Unit, leg: Case) -> None:
    with unit.transaction() as db:
        handlers.tell_dispatched(db, [leg.dispatched()], leg.house)
        handlers.tell_dispatched_elsewhere(db, [relayed(leg.dispatched())], leg.house)
        handlers.tell_handed_over(db, leg.handed_over(), leg.house)
        handlers.tell_promises(db, [leg.promised(ClockKind.LEG)], leg.house)

    assert purposes(unit) == []


def test_the_order_of_a_leg_waits_until_it_is_known_who_tells(unit: Unit, case: Case) -> None:
    with unit.transaction() as db, pytest.raises(NotYet):
        handlers.tell_dispatched(db, [case.dispatched()], case.house)

    with unit.transaction() as db:
        handlers.leave_to_origin(db, case.received())
        handlers.tell_dispatched(db, [case.dispatched()], case.house)

    assert purposes(unit) == []


def test_a_case_of_this_node_stays_so_whatever_comes(unit: Unit, own: Case) -> None:
    with unit.transaction() as db:
        handlers.leave_to_origin(db, own.received())
        handlers.tell_dispatched(db, [own.dispatched()], own.house)

    assert purposes(unit) == ["receipt", "dispatched"]


def test_the_messages_of_a_node_are_listed_beside_legs_that_have_none(
    unit: Unit, engine: Engine, keys: NodeKeys, own: Case
) -> None:
    other = new_case(engine, keys)
    with unit.transaction() as db:
        handlers.leave_to_origin(db, other.received())
        handlers.tell_handed_over(db, own.handed_over(), own.house)

        listed = latest_messages(db, Wanted(None, None, 9), anonymous("341523"))

    assert [(entry.case_id, entry.purpose) for entry in listed] == [
        (own.id, "handed_over"),
        (own.id, "receipt"),
    ]
