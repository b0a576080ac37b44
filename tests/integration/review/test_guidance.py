"""Advice to a tier below, and how far a supervision has come."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from services.review import handlers
from services.review.handlers import Guiding, Ordering
from services.review.repository.supervisions import Supervision, Wanted, supervisions_like
from shared.clock import new_id
from shared.errors import Refused
from shared.events.base import Envelope, NodeFact
from shared.events.dispatch import CaseReportedUp
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.review import (
    GuidanceGiven,
    SupervisionAnswered,
    SupervisionReached,
    SupervisionRead,
)
from shared.events.words import By, Disclosure
from shared.security.actor import Role
from tests.integration.doorway import Call, staff
from tests.integration.review.stories import (
    NINE,
    TEN,
    asked_from_above,
    known_case,
    last,
    names,
    registered,
)
from tests.integration.review.test_supervision import (
    CITY,
    COUNTY,
    DISPATCHER,
    HOUSE,
    PROVINCE,
    SUPERVISOR,
    audited,
    below,
    hear,
    refusal_of,
)

pytestmark = pytest.mark.integration

ADVICE = "张伟的件，请打电话13800006160，按省厅〔2029〕12 号文办"


def told(fact: NodeFact, via: str = COUNTY) -> NodeFactRelayed:
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{COUNTY}/link",
        type=fact.name,
        time=fact.occurred_at,
        subject=fact.subject_id,
        version=1,
        data=fact.model_dump(mode="json"),
    )
    return NodeFactRelayed(occurred_at=TEN, fact_id=fact.subject_id, via=via, fact=envelope)


def lets(db: Connection, level: Disclosure, **more: Any) -> None:
    about = {"occurred_at": NINE, "node": COUNTY, **more}
    handlers.hear_node_fact(db, told(DisclosureSet(level=level, **about)), CITY)


def advise(db: Connection, case_id: UUID) -> GuidanceGiven:
    return handlers.give_guidance(db, Guiding(case_id, ADVICE), SUPERVISOR, HOUSE)


def test_who_lets_the_tier_above_assist_is_advised_masked_and_audited(db: Connection) -> None:
    case_id = below(db)
    lets(db, Disclosure.ASSIST)

    given = advise(db, case_id)

    assert last(db, GuidanceGiven) == given
    assert given.to_node == COUNTY
    assert "12 号文" in given.text_masked
    assert "13800006160" not in given.text_masked
    assert audited(db) == [("case.advise", str(given.guidance_id))]


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (None, "takes_no_advice"),
        (Disclosure.VIEW, "takes_no_advice"),
        (Disclosure.NONE, "unknown_case"),
    ],
    ids=str,
)
def test_who_does_not_is_not_advised(db: Connection, level: Disclosure | None, code: str) -> None:
    case_id = below(db)
    if level is not None:
        lets(db, level)

    assert refusal_of(lambda: advise(db, case_id)) == code
    assert names(db) == []


def test_a_later_rule_replaces_an_earlier_one_in_whatever_order_they_come(db: Connection) -> None:
    case_id = below(db)
    lets(db, Disclosure.VIEW, occurred_at=TEN)
    lets(db, Disclosure.ASSIST)

    assert refusal_of(lambda: advise(db, case_id)) == "takes_no_advice"


def test_what_this_node_has_or_does_not_know_is_not_advised_from_here(db: Connection) -> None:
    lets(db, Disclosure.ASSIST)
    own = known_case(db)

    assert refusal_of(lambda: advise(db, own)) == "held_here"
    assert refusal_of(lambda: advise(db, new_id())) == "unknown_case"


def test_each_node_on_the_way_says_that_a_supervision_has_come(db: Connection) -> None:
    case_id = below(db)
    passing = asked_from_above(case_id, COUNTY)
    hear(db, passing, node=PROVINCE, via=PROVINCE)

    reached = last(db, SupervisionReached)
    assert (reached.supervision_id, reached.to_node) == (passing.supervision_id, PROVINCE)
    with pytest.raises(Refused):
        handlers.read_supervision(db, passing.supervision_id, DISPATCHER, CITY)


def test_what_a_node_below_claims_to_order_has_come_to_nobody(db: Connection) -> None:
    hear(db, asked_from_above(below(db), CITY), node=COUNTY, via=COUNTY)

    assert names(db) == []


def test_who_is_asked_signs_once_and_the_answer_is_meant_for_who_asked(db: Connection) -> None:
    event = asked_from_above(known_case(db), CITY)
    hear(db, event, node=PROVINCE, via=PROVINCE)

    signed = handlers.read_supervision(db, event.supervision_id, DISPATCHER, CITY)
    again = refusal_of(
        lambda: handlers.read_supervision(db, event.supervision_id, DISPATCHER, CITY)
    )
    handlers.answer_supervision(db, event.supervision_id, "明天办好", DISPATCHER, CITY)

    assert signed.read_at == TEN
    assert again == "already_read"
    assert last(db, SupervisionRead).to_node == PROVINCE
    assert last(db, SupervisionAnswered).to_node == PROVINCE


def test_the_door_of_advice_is_open_to_supervisors_and_dispatchers_alone(call: Call) -> None:
    body = {"case_id": str(new_id()), "text": "请按文件办"}
    codes = {
        role: call(staff(role), "POST", "/guidances", json=body).status_code
        for role in (Role.SUPERVISOR, Role.DISPATCHER, Role.WINDOW_OFFICER, Role.INSPECTOR)
    }

    assert codes == {
        Role.SUPERVISOR: 404,
        Role.DISPATCHER: 404,
        Role.WINDOW_OFFICER: 403,
        Role.INSPECTOR: 403,
    }


def test_who_asked_hears_that_somebody_below_has_read_it(db: Connection) -> None:
    case_id = below(db)
    asked = handlers.order_supervision(db, Ordering(case_id, "为什么超时？"), SUPERVISOR, HOUSE)
    about = {"case_id": case_id, "occurred_at": TEN, "supervision_id": asked.supervision_id}
    signed = SupervisionRead(**about, to_node=CITY, by=By(kind="staff"))

    hear(db, signed, node="341522")
    unmoved = find(db, case_id).read_at
    hear(db, signed)

    assert (unmoved, find(db, case_id).read_at) == (None, TEN)


def find(db: Connection, case_id: UUID) -> Supervision:
    [found] = supervisions_like(db, Wanted(case_id, None), 2)
    return found


def test_a_case_that_its_node_hides_is_unknown_here_until_it_is_reported(db: Connection) -> None:
    case_id = below(db)
    lets(db, Disclosure.NONE)

    def ask() -> Supervision:
        ordering = Ordering(case_id, "为什么超时？")
        return handlers.order_supervision(db, ordering, SUPERVISOR, HOUSE)

    hidden = refusal_of(ask)
    about = {"case_id": case_id, "occurred_at": TEN, "to_node": CITY}
    hear(db, CaseReportedUp(**about, because="先报告", by=By(kind="staff")))

    assert hidden == "unknown_case"
    assert ask().to_node == COUNTY


def test_a_wider_rule_shows_only_what_was_registered_since(db: Connection) -> None:
    old, lately = below(db), registered().model_copy(update={"occurred_at": TEN})
    hear(db, lately)
    lets(db, Disclosure.ASSIST, since=TEN)

    assert refusal_of(lambda: advise(db, old)) == "unknown_case"
    assert advise(db, lately.case_id).to_node == COUNTY
