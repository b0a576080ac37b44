"""Callbacks stand in lists of their own until they are made, and on the board beside the rest."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.handlers import sight_of
from services.portal.pages.next_steps import next_steps
from services.portal.pages.story import story
from services.portal.policy import Cell
from services.portal.repository import CaseCard, ListKind, ListScope
from shared.clock import new_id
from shared.events import review, sla
from shared.events.base import Event
from shared.events.words import ClockKind, Lamp, Level
from shared.security.actor import Actor, ActorKind, Role
from tests.browser.facts import NODE as FACTS
from tests.integration.portal.stories import NINE, NODE, OFFICER, Speakers, Story
from tests.integration.portal.test_lists import case, held, listed
from tests.integration.portal.test_outlook import SCOPES, counted
from tests.integration.relaying import relayed_by

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
UNIT, CENTRE = "callback", "centre_callback"
REVIEWER = Actor(kind=ActorKind.STAFF, node=NODE, id="r", roles=frozenset({Role.REVIEWER}))
HOUSING = Actor(
    kind=ActorKind.STAFF,
    node=NODE,
    id="h",
    unit="housing",
    roles=frozenset({Role.DISPOSAL_OFFICER}),
)


def clock(told: Story, kind: str, due: timedelta, lamp: Lamp = Lamp.GREEN) -> sla.ClockStarted:
    return sla.ClockStarted(
        **told.next(),
        clock_id=new_id(),
        started_at=NINE,
        kind=ClockKind.FEEDBACK,
        kind_detail=kind,
        unit_code="housing" if kind == UNIT else None,
        due_at=NINE + due,
        lamp=lamp,
    )


def stopped(begun: sla.ClockStarted, told: Story) -> sla.ClockStopped:
    about = begun.model_dump(exclude={"occurred_at", "started_at", "case_id"})
    return sla.ClockStopped(**{**about, **told.next()}, reason=sla.StopReason.MET, on_time=True)


def called(told: Story, by: str, **said: Any) -> review.CallbackMade:
    facts = {"callback_id": new_id(), "round": 1, "called_by": by, "tries": 1, "by": OFFICER}
    return review.CallbackMade(**{**told.next(), **facts, "reached": True, "ended": True, **said})


def done(told: Story, *clocks: Event) -> list[Event]:
    """A case with its result, of which callbacks are due."""
    begun = [*held(told), told.stopped()]
    order_id = next(each.order_id for each in begun if hasattr(each, "because"))  # type: ignore[attr-defined]
    return [*begun, told.order_finished(order_id), told.finished(), told.invited(), *clocks]


def shown(db: Connection, told: Story) -> CaseCard:
    found = repository.case_page(db, told.number)
    assert found is not None
    return found


def offered(db: Connection, actor: Actor, told: Story) -> set[str]:
    steps = next_steps(actor, shown(db, told), FACTS)
    return {steps.next, *steps.others} & {"callback_unit", "callback_centre"}  # type: ignore[return-value]


def test_what_is_to_be_called_back_is_listed_by_who_owes_it_what_is_due_first(
    db: Connection,
) -> None:
    speakers, late, soon = Speakers(), case(1), case(2)
    unit, centre = clock(late, UNIT, 9 * DAY), clock(late, CENTRE, 12 * DAY)
    red = clock(soon, UNIT, -DAY, Lamp.RED)
    handlers.record(db, speakers.say(*done(late, unit, centre), *done(soon, red)))

    assert listed(db, ListKind.CALLBACKS) == [soon.number, late.number]
    assert listed(db, ListKind.CENTRE_CALLBACKS) == [late.number]
    assert (shown(db, soon).lamp, shown(db, soon).custody_kind) == (None, None)
    ours = ListScope(kind=ListKind.CALLBACKS, sight=sight_of(HOUSING, NODE))
    theirs = replace(ours, sight=sight_of(replace(HOUSING, unit="tax"), NODE))
    assert [repository.case_count(db, each, 9) for each in (ours, theirs)] == [2, 0]
    assert offered(db, HOUSING, late) == {"callback_unit"}
    assert offered(db, REVIEWER, late) == {"callback_centre"}

    made = called(late, "unit", solved=True, level=Level.SATISFIED, note_masked="谢谢")
    handlers.record(db, speakers.say(made, stopped(unit, late)))
    assert listed(db, ListKind.CALLBACKS) == [soon.number]
    assert offered(db, HOUSING, late) == set()
    (told,) = [each for each in story(shown(db, late).timeline, FACTS) if "回访：" in each.text]
    assert (told.text, told.note) == ("承办单位回访：联系上了", "说解决了；满意；谢谢")


def test_each_number_of_callbacks_on_the_board_counts_its_list(db: Connection) -> None:
    late, soon = case(1), case(2)
    both = (clock(late, UNIT, 9 * DAY), clock(late, CENTRE, 12 * DAY))
    told = [*done(late, *both), *done(soon, clock(soon, UNIT, -DAY, Lamp.RED))]
    handlers.record(db, Speakers().say(*told))

    tables = {table.key: table for table in counted(db, SCOPES["all"])["tables"]}
    numbers = [number for line in tables["clocks"].lines for number in line.numbers]

    lists = {UNIT: ListKind.CALLBACKS, CENTRE: ListKind.CENTRE_CALLBACKS}
    for number in numbers:
        cell = Cell.read(number.key)
        scope = replace(SCOPES["all"], kind=lists[cell.clock or ""], cell=cell)
        assert repository.case_count(db, scope, 9) == int(number.text)
    assert sum(int(number.text) for number in numbers) == 3
    assert [line.title for line in tables["clocks"].lines] == ["承办单位回访", "中心回访"]


def test_what_was_reported_falsely_is_a_candidate_for_the_bulletin(db: Connection) -> None:
    told = case(1)
    events = [*done(told), called(told, "centre", truthful=False), told.reopened()]
    handlers.record(db, Speakers().say(*events))

    assert listed(db, ListKind.BULLETINS) == [told.number]
    (line,) = [each for each in story(shown(db, told).timeline, FACTS) if "回访：" in each.text]
    assert line.note == "办理情况不实或有隐瞒"


def test_a_callback_of_another_node_is_in_no_list_here(db: Connection) -> None:
    told = case(1)
    theirs = relayed_by("341500", clock(told, UNIT, DAY), NINE)
    handlers.record(db, Speakers().say(*done(told), theirs))

    assert listed(db, ListKind.CALLBACKS) == []
