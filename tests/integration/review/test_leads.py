"""The registers of policy gaps and hidden barriers: noted, routed, answered, told over tiers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.review import api, handlers
from services.review.handlers import Answering, House, Noting, Routing
from services.review.policy import LeadAnswer, LeadKind, LeadOutcome, LeadState
from services.review.repository.leads import (
    Lead,
    LeadsWanted,
    leads_like,
    lock_lead,
    numbers_of,
    steps_of,
)
from services.review.settings import Settings
from services.review.tables import complaints
from shared.clock import new_id
from shared.complaints import Complaint, keep_complaint
from shared.errors import Refused
from shared.events.base import Envelope, NodeFact
from shared.events.dispatch import UnitListed
from shared.events.intake import CaseErased, ErasureGround
from shared.events.link import NodeFactRelayed
from shared.events.review import LeadAnswered, LeadRaised
from shared.http import Door, NodeFacts
from shared.outbox import said
from shared.security.actor import Role, anonymous
from shared.security.caller import Caller
from shared.security.erasing import ERASED
from shared.security.reach import EVERYTHING
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, staff
from tests.integration.review.stories import NINE, TEN, known_case, last
from tests.integration.review.test_supervision import ABOVE, BELOW, CITY, COUNTY, PROVINCE

pytestmark = pytest.mark.integration

HERE = House(NODE, {CITY: replace(ABOVE, code=CITY)})
MIDDLE = House(CITY, {COUNTY: BELOW, PROVINCE: ABOVE})
TOP = House(PROVINCE, {CITY: BELOW})
SUPERVISOR = Caller(staff(Role.SUPERVISOR), NINE)
OFFICER = Caller(staff(Role.DISPOSAL_OFFICER, unit="scjgj"), TEN)
STRANGER = Caller(staff(Role.DISPOSAL_OFFICER, unit="rsj"), TEN)
CHANGED = LeadAnswer(LeadOutcome.CHANGED, "皖政〔2030〕1 号", date(2030, 3, 1))
KEPT = LeadAnswer(LeadOutcome.KEPT, "食品安全法 35")
NOT_OURS = LeadAnswer(LeadOutcome.NOT_OURS)


def unit_listed(db: Connection, code: str = "scjgj", **more: Any) -> None:
    told = {"title": "县市场监督管理局", "region": NODE, **more}
    handlers.hear_unit(db, UnitListed(unit_id=uuid4(), occurred_at=NINE, code=code, **told))


def note(db: Connection, case_id: UUID | None = None, **more: Any) -> Lead:
    noting = Noting(
        kind=LeadKind.POLICY_GAP,
        title="小作坊登记互为前置",
        text="张伟（13800006160）说：两证互为前置",
        **more,
    )
    return handlers.note_lead(db, replace(noting, case_id=case_id), SUPERVISOR, HERE)


def routed(db: Connection, unit: str | None = "scjgj", case_id: UUID | None = None) -> Lead:
    lead = note(db, case_id)
    return handlers.route_lead(db, lead.lead_id, Routing(unit_code=unit), SUPERVISOR, HERE)


def answer(
    db: Connection, lead: Lead, given: LeadAnswer, caller: Caller = OFFICER, house: House = HERE
) -> Lead:
    return handlers.answer_lead(db, lead.lead_id, Answering(given, "已修订"), caller, house)


def relay(db: Connection, fact: NodeFact, at: datetime = NINE, via: str = CITY) -> None:
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{fact.node}/review",
        type=fact.name,
        time=at,
        subject=fact.subject_id,
        version=1,
        data=fact.model_dump(mode="json"),
    )
    told = NodeFactRelayed(occurred_at=at, fact_id=fact.subject_id, via=via, fact=envelope)
    handlers.hear_node_fact(db, told)


def raised(**more: Any) -> LeadRaised:
    told = LeadRaised(
        node=COUNTY,
        occurred_at=NINE,
        lead_id=new_id(),
        year=2030,
        serial=7,
        kind="policy_gap",
        title_masked="两证互为前置",
        text_masked="找李小明 13800006160",
        cases=3,
        noted_at=NINE,
    )
    return told.model_copy(update=more)


def steps(db: Connection, lead: Lead) -> list[str]:
    return [step.what for step in steps_of(db, lead.lead_id)]


def kept(db: Connection, lead_id: UUID) -> Lead:
    found = lock_lead(db, lead_id)
    assert found is not None
    return found


def refusal_of(act: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code, refused.value.field


def test_leads_are_masked_and_numbered_by_the_year_of_china(db: Connection) -> None:
    late = Caller(SUPERVISOR.actor, datetime.fromisoformat("2029-12-31T16:30:00Z"))

    first, second = note(db), note(db)
    old = handlers.note_lead(
        db, Noting(kind=LeadKind.HIDDEN_BARRIER, title="要多盖章", text="x"), late, HERE
    )

    assert [(lead.year, lead.serial) for lead in (first, second, old)] == [
        (2030, 1),
        (2030, 2),
        (2030, 3),
    ]
    assert "13800006160" not in first.text_masked
    assert "张伟" not in first.text_masked


def test_a_unit_answers_what_it_was_asked_and_nobody_else_does(db: Connection) -> None:
    unit_listed(db)
    lead = routed(db)

    assert refusal_of(lambda: answer(db, lead, CHANGED, STRANGER))[0] == "unknown_lead"
    done = answer(db, lead, CHANGED)

    assert (done.state, done.outcome, done.answered_by) == (
        "closed",
        "changed",
        "县市场监督管理局",
    )
    assert kept(db, lead.lead_id) == done
    assert steps(db, lead) == ["noted", "routed", "answered_changed"]
    assert refusal_of(lambda: answer(db, lead, KEPT))[0] == "wrong_state"
    assert not said(db)


def test_who_is_not_the_one_sends_it_back_to_be_routed_anew(db: Connection) -> None:
    unit_listed(db)
    lead = routed(db)

    assert answer(db, lead, NOT_OURS).state == LeadState.OPEN
    again = handlers.route_lead(db, lead.lead_id, Routing(), SUPERVISOR, HERE)

    assert (again.state, again.unit_code, again.raised) == ("routed", None, True)
    assert last(db, LeadRaised).lead_id == lead.lead_id


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (LeadAnswer(LeadOutcome.CHANGED), "document"),
        (LeadAnswer(LeadOutcome.UNDER_WAY, promised_on=date(2030, 1, 1)), "promised_on"),
    ],
)
def test_an_answer_without_what_it_needs_changes_nothing(
    db: Connection, given: LeadAnswer, field: str
) -> None:
    unit_listed(db)
    lead = routed(db)

    assert refusal_of(lambda: answer(db, lead, given))[1] == field
    assert kept(db, lead.lead_id) == lead


def test_a_body_that_its_cases_complain_of_is_not_asked_and_does_not_see_it(
    db: Connection,
) -> None:
    unit_listed(db)
    case_id = known_case(db)
    keep_complaint(db, complaints, case_id, Complaint(frozenset({"scjgj"})))
    lead = note(db, case_id)

    ask = Routing(unit_code="scjgj")
    code, field = refusal_of(lambda: handlers.route_lead(db, lead.lead_id, ask, SUPERVISOR, HERE))

    assert (code, field) == ("unit_complained_of", "unit_code")
    assert leads_like(db, LeadsWanted(OFFICER.actor, EVERYTHING), 9) == []
    assert refusal_of(lambda: answer(db, lead, KEPT))[0] == "unknown_lead"


def test_a_lead_whose_cases_complain_of_somebody_does_not_go_up(db: Connection) -> None:
    against = known_case(db)
    keep_complaint(db, complaints, against, Complaint(persons=frozenset({"x"})))
    lead, raised_before = note(db, against), routed(db, None)

    up = refusal_of(lambda: handlers.route_lead(db, lead.lead_id, Routing(), SUPERVISOR, HERE))
    added = refusal_of(
        lambda: handlers.add_to_lead(db, raised_before.lead_id, against, SUPERVISOR, HERE)
    )

    assert up == ("lead_complains", "unit_code")
    assert added == ("lead_complains", "case_id")


@pytest.mark.parametrize("unit", ["nobody", "closed"])
def test_only_a_unit_in_use_is_asked(db: Connection, unit: str) -> None:
    unit_listed(db, "closed", active=False)
    lead = note(db)

    ask = Routing(unit_code=unit)
    refused = refusal_of(lambda: handlers.route_lead(db, lead.lead_id, ask, SUPERVISOR, HERE))

    assert refused == ("unknown_unit", "unit_code")


def test_the_highest_tier_has_nobody_to_raise_a_lead_to(db: Connection) -> None:
    lead = note(db)
    top = House(NODE, {})

    refused = refusal_of(lambda: handlers.route_lead(db, lead.lead_id, Routing(), SUPERVISOR, top))

    assert refused == ("nobody_above", "unit_code")


def test_another_case_that_met_the_same_is_counted_once_and_told_above(db: Connection) -> None:
    lead = routed(db, None, known_case(db))
    other = known_case(db)

    handlers.add_to_lead(db, lead.lead_id, other, SUPERVISOR, HERE)

    assert len(numbers_of(db, lead.lead_id)) == last(db, LeadRaised).cases == 2
    again = refusal_of(lambda: handlers.add_to_lead(db, lead.lead_id, other, SUPERVISOR, HERE))
    unknown = refusal_of(lambda: handlers.add_to_lead(db, lead.lead_id, uuid4(), SUPERVISOR, HERE))
    assert (again[0], unknown[0]) == ("already_done", "unknown_case")


def test_a_tier_above_keeps_what_is_raised_and_its_answer_comes_back(db: Connection) -> None:
    told = raised()
    relay(db, told, via=COUNTY)
    above = kept(db, told.lead_id)

    assert (above.origin, above.state, above.cases_told) == (COUNTY, "open", 3)
    assert "13800006160" not in above.text_masked

    handlers.route_lead(db, told.lead_id, Routing(), SUPERVISOR, MIDDLE)
    answer(db, above, CHANGED, SUPERVISOR, MIDDLE)
    back = last(db, LeadAnswered)
    assert (back.node, back.origin, back.outcome) == (CITY, COUNTY, "changed")
    assert not [event for event in said(db) if isinstance(event, LeadRaised)]


def test_the_answer_of_a_tier_above_closes_a_lead_at_its_origin_once(db: Connection) -> None:
    lead = routed(db, None)
    told = LeadAnswered(
        node=PROVINCE,
        occurred_at=TEN,
        lead_id=lead.lead_id,
        origin=NODE,
        outcome="changed",
        answered_by="省市场监管局",
        answer_masked="已修订，找李小明 13800006160",
        document="皖政〔2030〕1 号",
        in_force_from=date(2030, 3, 1),
    )
    relay(db, told.model_copy(update={"origin": "341500"}))
    assert kept(db, lead.lead_id).state == LeadState.ROUTED

    relay(db, told)
    closed = kept(db, lead.lead_id)
    relay(db, told.model_copy(update={"node": CITY, "outcome": "kept"}))

    assert (closed.state, closed.answered_node) == ("closed", PROVINCE)
    assert "13800006160" not in (closed.answer_masked or "")
    assert kept(db, lead.lead_id) == closed
    assert steps(db, lead) == ["noted", "routed", "answered_changed", "answered_kept"]


def test_an_earlier_telling_and_another_node_s_change_nothing(db: Connection) -> None:
    told = raised()
    relay(db, told, TEN)

    relay(db, told.model_copy(update={"title_masked": "旧的"}), NINE)
    relay(db, told.model_copy(update={"node": "341522", "title_masked": "别人的"}), TEN)
    assert kept(db, told.lead_id).title_masked == "两证互为前置"

    relay(db, told.model_copy(update={"is_closed": True}), TEN + timedelta(hours=1))
    assert kept(db, told.lead_id).state == LeadState.CLOSED


def test_a_kind_of_a_later_release_passes_by(db: Connection) -> None:
    told = raised(kind="something_new")

    relay(db, told)

    assert lock_lead(db, told.lead_id) is None


def test_what_was_taken_from_an_erased_case_is_emptied_here_and_above(db: Connection) -> None:
    case_id = known_case(db)
    lead = routed(db, None, case_id)
    erased = CaseErased(
        case_id=case_id,
        occurred_at=TEN,
        order_id=uuid4(),
        number="BCS-341523-20300102-00001-X",
        ground=ErasureGround.RETENTION,
        digest="00",
        ordered_by=NODE,
    )

    handlers.erase_case(db, erased, HERE)

    left, above = kept(db, lead.lead_id), last(db, LeadRaised)
    assert left.title_masked == left.text_masked == above.text_masked == ERASED
    assert (above.occurred_at, above.cases) == (TEN, 0)


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    facts = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1:8002", HERE.neighbours)
    return calling(api.router, Door(unit, Settings(), keys, facts, lambda: NINE))


def test_the_door_keeps_a_register_and_shows_each_what_they_may_see(
    unit: Unit, call: Call
) -> None:
    with unit.transaction() as db:
        unit_listed(db)
    body = {"kind": "hidden_barrier", "title": "要盖三个章", "text": "规定里没有"}
    window, once = staff(Role.WINDOW_OFFICER), {"Idempotency-Key": str(uuid4())}

    made = call(window, "POST", "/leads", json=body, headers=once)
    again = call(window, "POST", "/leads", json=body, headers=once)
    lead_id = made.json()["lead_id"]
    to = {"unit_code": "scjgj", "note": "请研究"}
    sent = call(SUPERVISOR.actor, "POST", f"/leads/{lead_id}/route", json=to)
    mine = call(OFFICER.actor, "GET", "/leads?kind=hidden_barrier").json()["items"]
    others = call(STRANGER.actor, "GET", "/leads").json()["items"]
    whole = call(OFFICER.actor, "GET", f"/leads/{lead_id}").json()

    assert (made.status_code, again.json(), sent.status_code) == (201, made.json(), 200)
    assert ([each["lead_id"] for each in mine], others) == ([lead_id], [])
    assert [step["what"] for step in whole["steps"]] == ["noted", "routed"]
    assert call(STRANGER.actor, "GET", f"/leads/{lead_id}").status_code == 404
    counts = call(SUPERVISOR.actor, "GET", "/leads/counts?year=2030").json()["counts"]
    assert counts == [{"kind": "hidden_barrier", "state": "routed", "count": 1}]
    done = {"outcome": "kept", "text": "依法不能改", "document": "食品安全法 35"}
    assert call(OFFICER.actor, "POST", f"/leads/{lead_id}/answer", json=done).is_success
    assert call(SUPERVISOR.actor, "GET", "/leads?state=closed").json()["items"][0]["outcome"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/leads?year=1", None, 422),
        ("GET", "/leads?kind=x", None, 422),
        ("GET", "/leads?cursor=bm9wZQ", None, 400),
        ("POST", "/leads", {"kind": "policy_gap", "title": "", "text": "x"}, 422),
        ("POST", "/leads", {"kind": "x", "title": "x", "text": "x"}, 422),
        ("POST", f"/leads/{uuid4()}/cases", {"case_id": str(uuid4())}, 404),
        ("POST", f"/leads/{uuid4()}/route", {"unit_code": "a b"}, 422),
        ("POST", f"/leads/{uuid4()}/answer", {"outcome": "kept", "text": "x"}, 404),
    ],
    ids=lambda value: None if isinstance(value, int) else "",
)
def test_what_is_wrong_is_refused(
    call: Call, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    assert call(SUPERVISOR.actor, method, path, json=body).status_code == status
    assert call(anonymous(NODE), "GET", "/leads").status_code == 401
