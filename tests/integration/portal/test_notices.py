"""Staff are told of facts: once, and nobody of whom the case complains (ADR 41)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.repository import Account
from services.portal.repository import notices as inboxes
from services.portal.repository.notices import Notice
from shared.clock import new_id
from shared.events import dispatch, review, sla
from shared.events.base import Event
from shared.events.dispatch import DutyTold, PartEnd, PartKind, RoundResult
from shared.events.intake import CaseErased, ComplainedOf, ComplaintMarked
from shared.events.link import FactRelayed
from shared.events.notify import DutyPhoneListed
from shared.events.portal import NoticeKind as Kind
from shared.events.portal import UnitTold
from shared.events.sealed import Sealed, SealedName
from shared.events.words import By, Complexity
from shared.outbox import said
from shared.security.actor import Actor, ActorKind, Role
from shared.security.parties import name_hash, name_hashes
from shared.security.sealing import NodeKeys
from tests.integration.portal.accounts import NINE
from tests.integration.portal.desks import Desk
from tests.integration.portal.stories import NODE, OFFICER, Heard, Speakers, Story

pytestmark = pytest.mark.integration

LEAD, HELPER = "housing", "tax"
PEOPLE = {
    "wang": ("王敏", Role.DISPOSAL_OFFICER, LEAD),
    "li": ("李强", Role.DISPOSAL_OFFICER, LEAD),
    "zhao": ("赵刚", Role.DISPOSAL_OFFICER, HELPER),
    "xu": ("徐敏", Role.DISPATCHER, None),
    "song": ("宋慧", Role.SUPERVISOR, None),
}
BY_LEAD = By(kind="staff", role="disposal_officer", unit=LEAD)
DESK = By(kind="staff", role="dispatcher")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    """The keys of the node."""
    return NodeKeys.create(tmp_path_factory.mktemp("notices") / "node.json")


@pytest.fixture
def people(db: Connection) -> None:
    """The accounts of two units, a dispatcher and a supervisor."""
    for login, (name, role, unit) in PEOPLE.items():
        told = {"roles": (role.value,), "unit_code": unit, "password_hash": "x", "active": True}
        repository.write_account(db, Account(login=login, name=name, **told), NINE)  # type: ignore[arg-type]


def reader(login: str, keys: NodeKeys) -> Actor:
    name, role, unit = PEOPLE[login]
    about = {"unit": unit, "known_as": name_hashes(keys, name, login)}
    roles = frozenset({role})
    return Actor(kind=ActorKind.STAFF, node=NODE, id=login, name=name, roles=roles, **about)  # type: ignore[arg-type]


def hear(db: Connection, keys: NodeKeys, heard: Heard) -> None:
    handlers.record(db, heard)
    handlers.tell_staff(db, heard, keys)


def inbox(db: Connection, keys: NodeKeys, login: str) -> Sequence[Notice]:
    return inboxes.inbox(db, reader(login, keys), None, 50)


def kinds(db: Connection, keys: NodeKeys, login: str) -> list[str]:
    """Return what somebody was told, the first first."""
    return [notice.kind for notice in reversed(inbox(db, keys, login))]


def rung(db: Connection, story: Story) -> list[UnitTold]:
    """Return for what telephones rang."""
    told = [event for event in said(db) if isinstance(event, UnitTold)]
    return [event for event in told if event.case_id == story.case_id]


def on_duty(unit: str, *crews: tuple[str, ...]) -> Event:
    return dispatch.DutyChanged(unit_id=new_id(), unit_code=unit, crews=crews, occurred_at=NINE)


def part(story: Story, order: UUID, part_id: UUID, **more: Any) -> dict[str, Any]:
    whose = {"unit_code": HELPER, "unit_name": "税务局", "by": BY_LEAD}
    about = {"order_id": order, "part_id": part_id, "kind": PartKind.CO_HANDLING}
    return {**story.next(), **whose, **about, **more}


def opened(story: Story, order: UUID, part_id: UUID, **more: Any) -> Event:
    lead = {"lead_code": LEAD, "lead_name": "登记中心", "task_masked": "查税", "round": 1}
    return dispatch.PartOpened(**part(story, order, part_id, **lead, **more))


def meeting(story: Story, meeting_id: UUID, *units: str, **more: Any) -> Event:
    told = {"meeting_id": meeting_id, "round": 1, "serial": 1, "place_masked": "301"}
    about = {"starts_at": NINE + timedelta(days=3), "with_person": False, "by": DESK}
    return dispatch.MeetingCalled(**story.next(), **{**told, **about, "unit_codes": units, **more})


def test_each_fact_is_told_once_to_whom_it_concerns(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    speakers, story = Speakers(), Story()
    order, mine, theirs, table = new_id(), new_id(), new_id(), new_id()
    ended = {"order_id": order, "unit_code": LEAD, "unit_name": "登记中心", "by": DESK}
    duty = {"unit_name": "x", "words_masked": "办"}
    term = {"order_id": order, "unit_code": LEAD, "due_at": NINE + timedelta(days=1)}
    events = [
        story.registered(),
        story.dispatched(order),
        opened(story, order, mine),
        opened(story, order, theirs, kind=PartKind.DUTY),
        dispatch.PartUrged(**part(story, order, mine), urges=1),
        dispatch.PartDeclined(
            **part(story, order, mine), ground="not_our_duty", legal_basis="三定"
        ),
        dispatch.PartDissented(**part(story, order, mine), reason="law", note_masked="不同意"),
        dispatch.PartAnswered(**part(story, order, mine), answer_masked="已查"),
        dispatch.PartWithdrawn(**part(story, order, mine), why=PartEnd.WITHDRAWN),
        dispatch.PartWithdrawn(**part(story, order, theirs, by=DESK), why=PartEnd.REASSIGNED),
        meeting(story, table, LEAD, HELPER),
        meeting(story, table, LEAD, HELPER, moves=1, by=BY_LEAD),
        dispatch.MeetingReminded(
            **story.next(),
            **{"meeting_id": table, "round": 1, "serial": 1, "with_person": False},
            starts_at=NINE,
            unit_codes=(HELPER,),
        ),
        dispatch.MinutesConfirmed(
            **story.next(),
            **{"meeting_id": table, "serial": 1, "conclusion_masked": "定了", "by": DESK},
            duties=tuple(DutyTold(unit_code=unit, **duty) for unit in (LEAD, HELPER)),
        ),
        dispatch.MeetingHeld(
            **story.next(),
            **{"meeting_id": table, "serial": 1, "held_at": NINE, "said_masked": "吵", "by": DESK},
            result=RoundResult.FAILED,
        ),
        dispatch.MeetingCancelled(
            **story.next(),
            **{"meeting_id": table, "round": 1, "with_person": False, "because": "x", "by": DESK},
            unit_codes=(HELPER,),
        ),
        dispatch.ExtensionDecided(
            **story.next(), **ended, extension_id=new_id(), granted=False, days=2, because="不批"
        ),
        sla.TermNear(**story.next(), kind="sign", **term),
        sla.TermOver(**story.next(), kind="sign", **term),
        sla.TermOver(**story.next(), kind="search", due_at=NINE),
        dispatch.DutyGapFound(
            gap_id=new_id(),
            kind="disposal_officer",
            unit_code=LEAD,
            unit_name="登记中心",
            begins=NINE,
            ends=NINE,
            occurred_at=story.at + timedelta(hours=1),
        ),
    ]
    heard = speakers.say(*events)
    hear(db, keys, heard)
    handlers.tell_staff(db, heard, keys)  # what is heard again is told to nobody again
    hear(db, keys, speakers.say(story.returned(order)))

    of_lead = "order part_declined part_dissented part_answered part_back meeting minutes"
    assert kinds(db, keys, "wang") == [
        *of_lead.split(),
        *("no_extension", "sign_soon", "sign_over", "nobody"),
    ]
    assert kinds(db, keys, "zhao") == [
        *("part", "duty", "part_urged", "part_back", "part_back"),
        *("meeting", "meeting_moved", "meeting_soon", "meeting_off"),
    ]
    assert kinds(db, keys, "xu") == ["search_over", "nobody", "order_back"]
    assert kinds(db, keys, "song") == ["search_over", "nobody"]
    told = next(one for one in inbox(db, keys, "zhao") if one.kind == Kind.PART)
    assert (told.number, told.unit_name, told.read_at) == (story.number, "登记中心", None)
    assert not rung(db, story)


def test_who_is_on_duty_is_told_and_the_telephone_of_the_unit_rings(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    speakers, story = Speakers(), Story()
    listed = DutyPhoneListed(unit_code=LEAD, is_given=True, occurred_at=NINE)
    rota = [on_duty(LEAD, ("li", "wang")), on_duty(HELPER, ("gone",)), listed]
    first, second = new_id(), new_id()
    hear(db, keys, speakers.say(*rota, story.registered(), story.dispatched(first)))
    hear(db, keys, speakers.say(on_duty(LEAD), story.dispatched(second)))

    assert [len(kinds(db, keys, login)) for login in ("li", "wang")] == [2, 1]
    assert [(one.unit_code, one.kind, one.number) for one in rung(db, story)] == [
        (LEAD, Kind.ORDER, story.number)
    ] * 2
    nobody = dict.fromkeys(("unit_code", "unit_name"), "empty")
    given = {"order_id": new_id(), "round": 1, "complexity": Complexity.ORDINARY}
    route = {"route": dispatch.Route.MANUAL, "because": "x", "by": DESK}
    lonely = dispatch.OrderDispatched(**story.next(), **nobody, **given, **route)
    hear(db, keys, speakers.say(lonely))
    assert kinds(db, keys, "xu") == [Kind.ORDER], "a unit without anybody"


def step(story: Story, step: str, whom: str, **more: Any) -> Event:
    clock = {"clock_id": new_id(), "kind": "resolve", "unit_code": LEAD, "lamp": "red"}
    about = {"due_at": NINE, "step_due_at": NINE, "level": 1, "step": step, "whom": whom}
    return sla.StepTaken.model_validate({**story.next(), **clock, **about, **more})


def test_what_follows_from_a_limit_is_told_to_whom_it_addresses(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    speakers, story, together = Speakers(), Story(), new_id()
    listed = DutyPhoneListed(unit_code=LEAD, is_given=True, occurred_at=NINE)
    steps = [
        step(story, "remind", "unit", message_id=together),
        step(story, "urge", "unit_lead", message_id=together),
        step(story, "supervise", "unit", answer_by=NINE + timedelta(days=3)),
        step(story, "bulletin", "supervisor"),
        step(story, "raise", "dispatcher"),
        step(story, "urge", "unit", unit_code=None),
    ]
    hear(db, keys, speakers.say(on_duty(LEAD, ("li", "wang")), listed, story.registered(), *steps))

    assert kinds(db, keys, "li") == ["limit_soon", "limit_over", "slip"]
    assert kinds(db, keys, "wang") == ["limit_over"], "who answers for the unit is among all"
    assert (kinds(db, keys, "song"), kinds(db, keys, "xu")) == (["bulletin"], ["raising"])
    assert inbox(db, keys, "li")[0].about_at == NINE + timedelta(days=3)
    assert [one.message_id for one in rung(db, story)] == [together, together, None]


def test_nobody_hears_of_a_case_that_complains_of_them(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    speakers, story = Speakers(), Story()
    listed = DutyPhoneListed(unit_code=HELPER, is_given=True, occurred_at=NINE)
    rota = [on_duty(LEAD, ("wang", "li")), listed]
    order = new_id()
    named = SealedName(
        name=Sealed.withheld("complained_of"), name_hash=name_hash(keys, "王敏科长")
    )
    unit = {"node": NODE, "code": HELPER, "title": "税务局"}
    against = ComplainedOf(units=(unit,), persons=(named,))
    marked = ComplaintMarked(**story.next(), complained_of=against, by=OFFICER)
    parts = [opened(story, order, new_id()) for _ in range(2)]

    hear(db, keys, speakers.say(*rota, story.registered(), story.dispatched(order), parts[0]))
    before = [len(kinds(db, keys, login)) for login in ("wang", "li", "zhao", "xu")]
    hear(db, keys, speakers.say(marked))
    hear(db, keys, speakers.say(story.dispatched(order), parts[1]))

    assert before == [1, 0, 1, 0]
    assert [len(kinds(db, keys, login)) for login in ("wang", "li", "zhao", "xu")] == [
        *(0, 1, 0, 1)
    ]
    assert inboxes.unread(db, "wang") == inboxes.unread(db, "zhao") == 0
    assert len(rung(db, story)) == 1, "before it was marked"


def test_a_tier_above_asks_and_an_erased_case_leaves_no_notice(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    speakers, above, story = Speakers(), Speakers("341500"), Story()
    asked = {"supervision_id": new_id(), "number": story.number, "text_masked": "办得怎样"}
    until = {"answer_by": NINE + timedelta(days=5), "by": DESK}
    ordered = [
        review.SupervisionOrdered(**story.next(), **asked, **until, to_node=node)
        for node in (NODE, "341502")
    ]
    relayed = [
        FactRelayed(case_id=story.case_id, occurred_at=NINE, via="341500", fact=envelope)
        for envelope, _event in above.say(*ordered)
    ]
    order = new_id()
    hear(db, keys, speakers.say(story.registered(), story.dispatched(order), *relayed))

    assert kinds(db, keys, "song") == [Kind.SUPERVISION]
    assert kinds(db, keys, "li") == [Kind.SUPERVISION, Kind.ORDER]
    ended = {"order_id": new_id(), "ordered_by": NODE, "ground": "request"}
    erased = CaseErased.model_validate({**story.next(), "number": story.number, **ended})
    hear(db, keys, speakers.say(erased))
    assert not kinds(db, keys, "li") + kinds(db, keys, "song")


def test_an_inbox_is_read_page_by_page_and_forgotten_in_time(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    speakers, story = Speakers(), Story()
    orders = [story.dispatched(new_id()) for _ in range(5)]
    hear(db, keys, speakers.say(story.registered(), *orders))
    mine, found = reader("li", keys), inbox(db, keys, "li")
    key = (found[1].told_at, found[1].notice_id)

    assert [one.told_at for one in found] == sorted((o.occurred_at for o in orders), reverse=True)
    assert inboxes.inbox(db, mine, key, 2) == found[2:4]
    assert inboxes.read(db, "li", [found[0].notice_id], None, NINE) == 1
    assert inboxes.read(db, "li", [found[0].notice_id], None, NINE) == 0
    assert inboxes.read(db, "li", None, found[2].told_at, NINE) == 3
    assert (inboxes.unread(db, "li"), inboxes.unread(db, "wang")) == (1, 5)
    assert inboxes.notice_of(db, replace(mine, id="song"), found[0].notice_id) is None
    assert inboxes.forget_before(db, found[1].told_at, 100) == 6
    assert len(inbox(db, keys, "li")) == 2


def test_the_page_marks_what_it_showed_and_leads_to_the_next_act(desk: Desk) -> None:
    told_at = (NINE + timedelta(microseconds=7)).isoformat()
    notice: dict[str, Any] = {"notice_id": str(new_id()), "kind": "part", "told_at": told_at}
    notice |= {"number": "BCS-1", "unit_name": "登记中心", "about_at": None}
    notice |= {"ref": None, "read_at": None}
    api = "/api/v1/notices"
    one = f"{api}/{notice['notice_id']}/read"
    answers = {api: {"items": [notice], "next": None, "unread": 1}, one: notice}
    answers[f"{api}/read"] = {"read": 1}
    desk.api.answers |= {path: httpx.Response(200, json=told) for path, told in answers.items()}
    role = Role.DISPOSAL_OFFICER

    html = desk.get(role, "/desk/notices").text
    opened = desk.post(role, "/desk/notices/open", notice_id=notice["notice_id"])
    read = desk.post(role, "/desk/notices/read", until=told_at)

    assert f'name="until" value="{told_at}"' in html
    assert "登记中心请本单位协办" in html
    assert opened.headers["location"] == "/desk?view=helped&case=BCS-1"
    assert (read.headers["location"], desk.api.body) == (
        "/desk/notices?done=all",
        {"until": told_at},
    )
    desk.api.answers[one] = httpx.Response(404, json={"code": "not_found"})
    assert desk.post(role, "/desk/notices/open", notice_id=notice["notice_id"]).status_code == 404
