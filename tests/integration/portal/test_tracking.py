"""What goes on without a result stays in the lists of who keeps it, and of who must agree."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.story import story
from services.portal.repository import ListKind, Window
from shared.clock import new_id
from shared.events import dispatch, sla
from shared.events.base import Event
from shared.events.words import ClockKind, Lamp
from tests.browser.facts import NODE as FACTS
from tests.integration.portal.stories import NINE, NODE, OFFICER, UNIT, Speakers, Story, sealed
from tests.integration.portal.test_lists import case, held, listed

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
REPORT = UUID(int=1)


def reported(told: Story, order_id: UUID, **more: Any) -> Event:
    facts = {"report_id": REPORT, "round": 1, "serial": 1, "next_on": date(2030, 1, 14)}
    words = {"explanation_masked": "省里没有批", "ground_masked": "条例第九条"}
    return dispatch.TrackingReported(
        **{**told.next(), **UNIT, **facts, **words, **more},
        order_id=order_id,
        explanation=sealed("explanation"),
        by=OFFICER,
    )


def tracked(told: Story) -> Event:
    facts = {"report_id": REPORT, "round": 1, "serial": 1, "next_on": date(2030, 1, 14)}
    words = {"explanation_masked": "省里没有批", "ground_masked": "条例第九条"}
    return dispatch.CaseTracked(
        **told.next(), **facts, **words, unit_name="不动产登记中心", promise_kept=True
    )


def goes_on(told: Story, due: timedelta, **more: Any) -> tuple[UUID, list[Event]]:
    """A case that its unit has explained, with the clock of the next word."""
    *begun, started = held(told)
    (order_id,) = [each.order_id for each in begun if isinstance(each, dispatch.OrderDispatched)]
    clock = sla.ClockStarted(
        **told.next(),
        clock_id=new_id(),
        started_at=NINE,
        kind=ClockKind.FEEDBACK,
        kind_detail="tracking",
        order_id=REPORT,
        unit_code="housing",
        due_at=NINE + due,
        lamp=more.pop("lamp", Lamp.GREEN),
    )
    says = [reported(told, order_id, **more), tracked(told), told.contacted(order_id)]
    return order_id, [*begun, started, *says, told.stopped(), clock]


def test_a_next_word_that_is_late_counts_among_what_was_late_on_its_day(db: Connection) -> None:
    speakers, late = Speakers(), case(4)
    _order, told = goes_on(late, -DAY, lamp=Lamp.RED)
    begun = told[-1]
    assert isinstance(begun, sla.ClockStarted)
    of_clock = begun.model_dump(include=set(sla.DeadlineMissed.model_fields))
    missed = sla.DeadlineMissed(**{**of_clock, **late.next(), "occurred_at": NINE})
    handlers.record(db, speakers.say(*told, missed))

    day = NINE.date()
    work = repository.work_of_days(db, NODE, Window(day, day))

    assert work.late == {day: {"housing": 1}}


def test_what_goes_on_is_listed_whose_next_word_is_due_first(db: Connection) -> None:
    speakers, late, soon, plain = Speakers(), case(1), case(2), case(3)
    order_id, told = goes_on(late, 9 * DAY, needs_consent=True)
    _other, red = goes_on(soon, -DAY, lamp=Lamp.RED)
    handlers.record(db, speakers.say(*told, *red, *held(plain)))

    assert listed(db, ListKind.TRACKED) == [soon.number, late.number]
    assert listed(db, ListKind.OPEN, lamp="red") == [soon.number]
    assert listed(db, ListKind.CONSENTS) == [late.number]
    assert repository.board(db, NINE).by_status == {"tracking": 2, "dispatched": 1}
    page = repository.case_page(db, late.number)
    assert page is not None
    assert page.order is not None
    assert (page.status, page.custody_kind, page.citizen_on_time) == ("tracking", "tracking", True)
    assert (page.order.tracking_on, page.order.tracking_masked) == (
        date(2030, 1, 14),
        "省里没有批",
    )
    sentences = [each.text for each in story(page.timeline, FACTS)]
    assert "不动产登记中心说明难处，继续跟踪（第 1 次），1月14日（星期一）前再告知" in sentences
    assert "向诉求人说明难处，1月14日（星期一）前再告知" in sentences

    facts = {**late.next(), **UNIT, "order_id": order_id, "reports": 1, "because": "等省里"}
    agreed = dispatch.TrackingDecided(**facts, granted=True, by=OFFICER)
    handlers.record(db, speakers.say(agreed))
    assert listed(db, ListKind.CONSENTS) == []
    assert listed(db, ListKind.TRACKED) == [soon.number, late.number]

    handlers.record(db, speakers.say(late.order_finished(order_id), late.finished()))
    assert listed(db, ListKind.TRACKED) == [soon.number]
    assert listed(db, ListKind.FEEDBACK) == [late.number]
