"""Supervision between tiers: whom one may ask, who may answer, and what becomes of both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, select

from services.review import handlers
from services.review.handlers import House, Ordering
from services.review.repository.custodies import find_custody
from services.review.repository.supervisions import Supervision, Wanted, supervisions_like
from services.review.tables import plumbing
from shared.errors import Refused
from shared.events.base import CaseEvent
from shared.events.dispatch import HandOverAnswered
from shared.events.intake import CaseRegistered
from shared.events.review import SupervisionAnswered, SupervisionOrdered, SupervisionReached
from shared.events.words import By, Complexity, HandOverKind
from shared.neighbours import Neighbour, Relation
from shared.outbox import said
from shared.security.actor import Role
from shared.security.caller import Caller
from tests.integration.doorway import staff
from tests.integration.relaying import relayed_by
from tests.integration.review.stories import (
    NINE,
    NUMBER,
    TEN,
    asked_from_above,
    known_case,
    last,
    registered,
)

pytestmark = pytest.mark.integration

COUNTY, CITY, PROVINCE = "341523", "341500", "340000"
BELOW = Neighbour(COUNTY, "舒城县", "county", Relation.BELOW)
ABOVE = Neighbour(PROVINCE, "安徽省", "province", Relation.ABOVE)
HOUSE = House(CITY, {COUNTY: BELOW, PROVINCE: ABOVE})
SUPERVISOR = Caller(staff(Role.SUPERVISOR), NINE)
DISPATCHER = Caller(staff(Role.DISPATCHER), TEN)
BY = By(kind="staff", role="supervisor")
WHY = "张伟的许可证为什么还没有办？电话13800006160"


def hear(db: Connection, fact: CaseEvent, node: str = COUNTY, via: str = COUNTY) -> None:
    handlers.hear_neighbours(db, [relayed_by(node, fact, NINE, via)], HOUSE)


def taken(case_id: UUID, epoch: int, **more: Any) -> HandOverAnswered:
    told: dict[str, Any] = {"kind": HandOverKind.UP, "accepted": True, **more}
    return HandOverAnswered(
        case_id=case_id,
        occurred_at=NINE,
        hand_over_id=uuid4(),
        epoch=epoch,
        round=1,
        to_node=COUNTY,
        complexity=Complexity.ORDINARY,
        by=BY,
        **told,
    )


def below(db: Connection) -> UUID:
    """A case that the county registered."""
    event = registered()
    hear(db, event)
    return event.case_id


def order(db: Connection, case_id: UUID, **more: Any) -> Supervision:
    return handlers.order_supervision(db, Ordering(case_id, WHY, **more), SUPERVISOR, HOUSE)


def kept(db: Connection, case_id: UUID) -> list[Supervision]:
    return list(supervisions_like(db, Wanted(case_id, None), 9))


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def audited(db: Connection) -> list[tuple[str, str]]:
    rows = db.execute(select(plumbing.audit.c.action, plumbing.audit.c.object_id))
    return [(row.action, row.object_id) for row in rows]


def test_the_node_that_registered_a_case_below_is_asked(db: Connection) -> None:
    case_id = below(db)

    supervision = order(db, case_id)

    event = last(db, SupervisionOrdered)
    assert (event.to_node, event.number, event.case_id) == (COUNTY, NUMBER, case_id)
    assert event.answer_by == NINE + timedelta(days=1)
    assert event.text_masked == supervision.text_masked
    assert "13800006160" not in event.text_masked
    assert kept(db, case_id) == [supervision]
    assert audited(db) == [("supervision.order", str(supervision.supervision_id))]


def test_who_took_the_case_last_is_asked(db: Connection) -> None:
    case_id, other = below(db), "341522"
    hear(db, taken(case_id, 3), node=other)
    hear(db, taken(case_id, 2), node=CITY)
    hear(db, taken(case_id, 4, accepted=False), node=PROVINCE)

    assert order(db, case_id).to_node == other


def test_registrations_that_are_heard_together_are_noted_each(db: Connection) -> None:
    told = [registered() for _ in range(3)]
    again = told[0].model_copy(update={"number": "BCS-341523-20300102-000009-X"})
    heard = [relayed_by(COUNTY, fact, NINE, COUNTY) for fact in (*told, again)]
    acceptance = taken(told[1].case_id, 1).model_copy(update={"to_node": CITY})
    heard.insert(2, relayed_by(CITY, acceptance, NINE, PROVINCE))

    handlers.hear_neighbours(db, heard, HOUSE)

    first, second, third = (find_custody(db, fact.case_id) for fact in told)
    assert first
    assert second
    assert third
    assert (first.number, first.holder) == (again.number, COUNTY)
    assert (second.number, second.holder, second.epoch) == (told[1].number, CITY, 1)
    assert (third.number, third.holder) == (told[2].number, COUNTY)


def test_an_acceptance_that_is_heard_first_leaves_room_for_the_number(db: Connection) -> None:
    event = registered()
    hear(db, taken(event.case_id, 1), node="341522")
    code = refusal_of(lambda: order(db, event.case_id))

    hear(db, event)

    assert code == "unknown_case"
    assert (order(db, event.case_id).to_node, kept(db, event.case_id)[0].number) == (
        "341522",
        NUMBER,
    )


def test_a_case_of_this_node_that_went_down_is_asked_for_below(db: Connection) -> None:
    case_id = known_case(db)
    hear(db, taken(case_id, 1, kind=HandOverKind.DOWN))

    assert (order(db, case_id).number, order(db, case_id).to_node) == (NUMBER, COUNTY)


def test_what_this_node_has_is_not_supervised_from_here(db: Connection) -> None:
    own, came_up = known_case(db), below(db)
    handlers.take_here(db, taken(came_up, 1), CITY)

    assert refusal_of(lambda: order(db, own)) == "held_here"
    assert refusal_of(lambda: order(db, came_up)) == "held_here"


def test_an_offer_that_was_not_taken_leaves_the_case_below(db: Connection) -> None:
    case_id = below(db)
    handlers.take_here(db, taken(case_id, 1, accepted=False), CITY)

    assert order(db, case_id).to_node == COUNTY


def test_nobody_supervises_a_tier_above(db: Connection) -> None:
    case_id = below(db)
    hear(db, taken(case_id, 1), node=PROVINCE, via=PROVINCE)

    assert refusal_of(lambda: order(db, case_id)) == "held_above"


def test_nobody_supervises_a_case_of_which_nothing_was_heard(db: Connection) -> None:
    assert refusal_of(lambda: order(db, uuid4())) == "unknown_case"


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=-1)])
def test_no_answer_is_wanted_by_a_day_that_has_passed(db: Connection, late: timedelta) -> None:
    case_id = below(db)

    assert refusal_of(lambda: order(db, case_id, answer_by=NINE + late)) == "past_date"
    assert kept(db, case_id) == []


def test_a_supervision_from_above_is_kept_once(db: Connection) -> None:
    event = asked_from_above(uuid4(), CITY)
    for _ in range(2):
        hear(db, event, node=PROVINCE, via=PROVINCE)

    [supervision] = kept(db, event.case_id)
    assert (supervision.from_node, supervision.to_node) == (PROVINCE, CITY)
    assert [type(event) for event in said(db)] == [SupervisionReached]


def test_a_supervision_for_another_node_or_from_below_is_none_of_this_one(db: Connection) -> None:
    further, insolent = asked_from_above(uuid4(), COUNTY), asked_from_above(uuid4(), CITY)
    hear(db, further, node=PROVINCE, via=PROVINCE)
    hear(db, insolent, node=COUNTY, via=COUNTY)

    assert kept(db, further.case_id) == kept(db, insolent.case_id) == []


def test_the_node_that_was_asked_answers_once(db: Connection) -> None:
    event = asked_from_above(uuid4(), CITY)
    hear(db, event, node=PROVINCE, via=PROVINCE)

    def answer() -> Supervision:
        told = "明天办结，找王芳13800006160"
        return handlers.answer_supervision(db, event.supervision_id, told, DISPATCHER, CITY)

    answered = answer()

    fact = last(db, SupervisionAnswered)
    assert (fact.supervision_id, fact.occurred_at) == (event.supervision_id, TEN)
    assert fact.text_masked == answered.answer_masked
    assert "13800006160" not in fact.text_masked
    assert kept(db, event.case_id) == [answered]
    assert audited(db) == [("supervision.answer", str(event.supervision_id))]
    assert refusal_of(answer) == "already_answered"


def test_only_the_node_that_was_asked_answers(db: Connection) -> None:
    mine = order(db, below(db)).supervision_id

    for one in (mine, uuid4()):
        code = refusal_of(
            lambda: handlers.answer_supervision(db, one, "明天", DISPATCHER, CITY)  # noqa: B023
        )
        assert code == "unknown_supervision"


def test_the_answer_comes_back_to_who_asked(db: Connection) -> None:
    supervision = order(db, below(db))
    fact = SupervisionAnswered(
        case_id=supervision.case_id,
        occurred_at=TEN,
        supervision_id=supervision.supervision_id,
        text_masked="明天办结",
        by=BY,
    )

    hear(db, fact, node="341522")
    assert kept(db, supervision.case_id)[0].answered_at is None
    hear(db, fact)
    hear(db, fact.model_copy(update={"text_masked": "别的"}))

    [answered] = kept(db, supervision.case_id)
    assert (answered.answered_at, answered.answer_masked) == (TEN, "明天办结")


def test_an_answer_to_the_question_of_another_node_passes_by(db: Connection) -> None:
    fact = SupervisionAnswered(
        case_id=uuid4(), occurred_at=TEN, supervision_id=uuid4(), text_masked="明天", by=BY
    )

    hear(db, fact)

    assert kept(db, fact.case_id) == []


def test_facts_that_concern_no_supervision_pass_by(db: Connection) -> None:
    event = registered()
    accepted = {"type": "intake.case_accepted.v1"}
    fact = relayed_by(COUNTY, event, NINE)
    other = fact.model_copy(update={"fact": fact.fact.model_copy(update=accepted)})

    handlers.hear_neighbours(db, [other], HOUSE)

    assert find_custody(db, event.case_id) is None


def test_a_registration_told_again_takes_the_case_from_nobody(db: Connection) -> None:
    event: CaseRegistered = registered()
    hear(db, event)
    hear(db, taken(event.case_id, 1), node="341522")

    hear(db, event)

    custody = find_custody(db, event.case_id)
    assert custody is not None
    assert (custody.holder, custody.epoch) == ("341522", 1)
