"""Parts of orders in the projection: what the lead, the helper and the supervisor find."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.next_steps import may_see, next_steps
from services.portal.pages.parts import merged_answer, own_part
from services.portal.repository import CaseCard, ListKind, ListScope, PartCard
from shared.clock import new_id
from shared.events import dispatch, sla
from shared.events.base import Event
from shared.events.words import By, ClockKind, Lamp
from shared.http import NodeFacts
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.portal.stories import (
    ALL_SEEING,
    NINE,
    NODE,
    UNIT,
    Speakers,
    Story,
    contents,
    interleaved,
)

pytestmark = pytest.mark.integration

PART = new_id()
FACTS = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1")
TAX = {"unit_code": "tax", "unit_name": "税务局"}


def officer(unit: str, role: Role = Role.DISPOSAL_OFFICER) -> Actor:
    return Actor(kind=ActorKind.STAFF, node=NODE, id=unit, unit=unit, roles=frozenset({role}))


LEAD, HELPER, OTHER = officer("housing"), officer("tax"), officer("water")


def of_part(story: Story, kind: type[dispatch.PartEvent], order: UUID, **more: Any) -> Event:
    about = {"part_id": PART, "order_id": order, "kind": dispatch.PartKind.CO_HANDLING}
    return kind(**story.next(), **TAX, **about, by=By(kind="staff"), **more)


def opened(story: Story, order: UUID) -> Event:
    lead = {"lead_code": UNIT["unit_code"], "lead_name": UNIT["unit_name"]}
    return of_part(story, dispatch.PartOpened, order, round=1, task_masked="核对缴费", **lead)


def ticking(story: Story, kind: type[sla.ClockEvent] = sla.ClockStarted, **more: Any) -> Event:
    of = {"clock_id": PART, "kind": ClockKind.RESOLVE, "kind_detail": "co_handle"}
    due = {"order_id": PART, "unit_code": "tax", "due_at": NINE + timedelta(hours=2)}
    began = {"started_at": NINE, "sign_by": NINE} if kind is sla.ClockStarted else {}
    return kind(**story.next(), **of, **due, **began, **{"lamp": Lamp.YELLOW, **more})


def begun(story: Story, order: UUID) -> list[Event]:
    return [
        story.registered(),
        story.accepted(),
        story.dispatched(order),
        story.signed(order),
        story.started(),
        opened(story, order),
        ticking(story),
    ]


def record(db: Connection, events: list[Event]) -> None:
    handlers.record(db, Speakers().say(*events))


def card(db: Connection, story: Story) -> CaseCard:
    found = repository.case_page(db, story.number)
    assert found is not None
    return found


def listed(db: Connection, kind: ListKind, unit: str | None = None) -> list[str]:
    scope = ListScope(kind=kind, sight=ALL_SEEING, unit=unit)
    return [row.number for row in repository.case_list(db, scope, None, 50).rows]


def part_of(case: CaseCard) -> PartCard:
    (part,) = case.parts
    return part


def test_a_helper_finds_the_case_with_the_lamp_of_its_part(db: Connection) -> None:
    story, order = Story(), new_id()
    record(db, begun(story, order))
    case = card(db, story)

    assert listed(db, ListKind.HELPED, "tax") == [story.number]
    assert listed(db, ListKind.HELPED, "housing") == listed(db, ListKind.UNIT, "tax") == []
    assert case.helping_units == ["tax"]
    assert (part_of(case).lamp, part_of(case).due_at) == ("yellow", NINE + timedelta(hours=2))
    assert (case.lamp, case.custody_lamp) == ("green", None)
    owed = repository.live_parts_of(db, "tax", [case.case_id])[case.case_id]
    assert [part.part_id for part in owed] == [PART]
    assert [may_see(actor, case, NODE) for actor in (LEAD, HELPER, OTHER)] == [True, True, False]
    assert own_part(case, "tax", NODE) == part_of(case)


def test_each_side_is_offered_what_is_its_own(db: Connection) -> None:
    story, order = Story(), new_id()
    record(db, begun(story, order))
    case = card(db, story)

    helper, lead = next_steps(HELPER, case, FACTS), next_steps(LEAD, case, FACTS)

    assert helper.next == "answer_part"
    assert {"dissent_part", "decline_part", "part_work"} <= set(helper.others)
    assert not {"finish", "contact", "open_part", "withdraw_part"} & {helper.next, *helper.others}
    assert helper.may_reveal
    assert {"open_part", "urge_part", "withdraw_part"} <= set(lead.others)
    assert not {"answer_part", "dissent_part"} & {lead.next, *lead.others}


def test_answers_are_laid_ready_for_the_lead_and_leave_the_list(db: Connection) -> None:
    story, order = Story(), new_id()
    told = {"answer_masked": "2009 年起欠缴", "legal_basis": "《社会保险法》"}
    answered = of_part(story, dispatch.PartAnswered, order, **told)
    ended = ticking(story, sla.ClockStopped, reason=sla.StopReason.MET, on_time=True)
    record(db, [*begun(story, order), answered, ended])
    case = card(db, story)

    assert merged_answer(case) == "税务局：2009 年起欠缴（依据：《社会保险法》）"
    assert listed(db, ListKind.HELPED, "tax") == []
    assert (part_of(case).is_live, part_of(case).lamp) == (False, None)
    assert may_see(HELPER, case, NODE)


def test_who_was_taken_back_from_sees_it_no_more_nor_in_the_next_round(db: Connection) -> None:
    one, other = Story(), Story(number="BCS341523300107000023")
    order, later = new_id(), new_id()
    back = of_part(one, dispatch.PartWithdrawn, order, why=dispatch.PartEnd.WITHDRAWN)
    record(db, [*begun(one, order), back])
    assert card(db, one).helping_units == []
    assert not may_see(HELPER, card(db, one), NODE)

    answered = of_part(other, dispatch.PartAnswered, later, answer_masked="属实")
    finished = [other.order_finished(later), other.finished()]
    new_round = [other.reopened(), other.dispatched(new_id(), round=2)]
    record(db, [*begun(other, later), answered, *finished, *new_round])

    assert not may_see(HELPER, card(db, other), NODE)
    assert next_steps(HELPER, card(db, other), FACTS).next is None


def test_the_supervisor_finds_what_was_finished_over_a_part_until_it_is_closed(
    db: Connection,
) -> None:
    story, order = Story(), new_id()
    over = {"override_reason": dispatch.OverrideReason.NO_ANSWER, "override_masked": "催过"}
    finished = story.order_finished(order).model_copy(update=over)
    record(db, [*begun(story, order), finished, story.finished()])

    assert listed(db, ListKind.OVERRIDDEN) == [story.number]
    record_more = Speakers()
    record_more.versions["review", story.case_id] = 5
    handlers.record(db, record_more.say(story.closed()))
    assert listed(db, ListKind.OVERRIDDEN) == []


def test_parts_are_shown_the_same_in_whatever_order_the_speakers_were_heard(
    db: Connection,
) -> None:
    story, order = Story(), new_id()
    urged = of_part(story, dispatch.PartUrged, order, urges=1)
    ended = ticking(story, sla.ClockStopped, reason=sla.StopReason.MET, on_time=True)
    answered = of_part(story, dispatch.PartAnswered, order, answer_masked="属实")
    heard = Speakers().say(*begun(story, order), urged, answered, ended)
    found = []
    for seed in range(4):
        with db.begin_nested() as undone:
            for envelope in interleaved(heard, Random(seed)):  # noqa: S311  # repeatable
                handlers.record(db, [envelope])
            found.append(contents(db))
            undone.rollback()

    assert all(each == found[0] for each in found)
    assert found[0]["parts"] != []
