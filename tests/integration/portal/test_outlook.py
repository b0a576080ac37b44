"""Every number of the board of limits is the length of the list that it leads to."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.outlook_values import Known, all_numbers, outlook_values
from services.portal.policy import Cell, Past, ages_at, days_from, hours_from
from services.portal.repository import ListKind, ListScope, OutlookScope
from services.portal.tables import live
from shared.clock import new_id
from shared.events import sla
from shared.events.base import Event
from shared.events.words import Lamp
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.portal.desks import Desk
from tests.integration.portal.stories import ALL_SEEING, NINE, NODE, Speakers, Story
from tests.integration.portal.test_conflict import against, marked
from tests.integration.portal.tiers import Leg, begun

pytestmark = pytest.mark.integration

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = NINE + 10 * DAY + 20 * timedelta(minutes=1)
READER = Actor(kind=ActorKind.STAFF, node=NODE, unit="RSJ", roles=frozenset({Role.SUPERVISOR}))
SCOPES = {
    "all": ListScope(kind=ListKind.OPEN, sight=ALL_SEEING),
    "of one unit": ListScope(kind=ListKind.UNIT, sight=ALL_SEEING, unit="housing"),
    "of whom one case complains": ListScope(kind=ListKind.OPEN, sight=ALL_SEEING, reader=READER),
}


def lamp_of(left: timedelta) -> Lamp:
    if left < timedelta():
        return Lamp.RED
    return Lamp.YELLOW if left <= DAY else Lamp.GREEN


def told(story: Story, left: timedelta, *, contact: timedelta | None = None) -> list[Event]:
    """A case that a unit works on; its limits lie so far from now."""
    events: list[Event] = [story.registered(), story.accepted(), story.dispatched(new_id())]
    for is_contact, ends in ((False, left), (True, contact)):
        if ends is not None:
            lamp = lamp_of(ends)
            turns = NOW + ends - DAY if lamp is Lamp.GREEN else None
            more: dict[str, Any] = {
                "due_at": NOW + ends,
                "lamp": lamp,
                "turns_at": turns,
                "unit_code": "housing",
            }
            events.append(story.started(contact=is_contact, **more))
    return events


LEFT = [
    *(timedelta(days=-40), -3 * DAY, -1 * DAY, -1 * HOUR, 1 * HOUR, 5 * HOUR, 23 * HOUR),
    *(26 * HOUR, 29 * HOUR, 47 * HOUR, 3 * DAY, 5 * DAY, 12 * DAY),
]


def fill(db: Connection) -> None:
    """Cases with every lamp, with two clocks, at rest, in the pool, and with a complaint."""
    speakers = Speakers()
    stories = [Story(number=f"BCS34152330010700{n:04}") for n in range(len(LEFT) + 4)]
    for n, left in enumerate(LEFT):
        contact = LEFT[(n + 5) % len(LEFT)] if n % 2 else None
        handlers.record(db, speakers.say(*told(stories[n], left, contact=contact)))
    pooled, resting, against_us, done = stories[len(LEFT) :]
    paused: dict[str, Any] = {"reason": sla.PauseReason.MATERIALS, "until": NOW + 9 * DAY}
    handlers.record(
        db,
        speakers.say(
            *(pooled.registered(), pooled.accepted(), pooled.pooled()),
            *told(resting, 2 * HOUR),
            resting.clock(sla.ClockPaused, due_at=NOW + 2 * HOUR, lamp=Lamp.YELLOW, **paused),
            *told(against_us, -2 * HOUR),
            marked(against_us, against(NODE, ("RSJ",))),
            *told(done, 2 * HOUR, contact=5 * HOUR),
            *(done.finished(), done.stopped(), done.stopped(contact=True)),
        ),
    )
    listed = {"active": True, "version": 1, "complexity": "ordinary", "unit_code": "housing"}
    item = {"item_id": new_id(), "code": "BDC-01", "title": "登记", "kind": "confirmation"}
    db.execute(live.items.insert(), {**item, **listed})


def counted(db: Connection, scope: ListScope) -> Mapping[str, Any]:
    hours = hours_from(NOW)
    days = days_from(hours[-1].until, lambda day: day.weekday() < 5)
    asked = OutlookScope(scope=scope, below=None, spans=[*hours, *days], ages=ages_at(NOW))
    past = Past(repository.past_clocks(db, NINE - 90 * DAY, NOW))
    known = Known(units={}, nodes={}, past=past, link=lambda cell: cell.code, link_below=None)
    return outlook_values(repository.outlook(db, asked, NOW), asked, known)


@pytest.mark.parametrize("name", SCOPES)
def test_each_number_counts_its_list(db: Connection, name: str) -> None:
    fill(db)
    scope, numbers = SCOPES[name], all_numbers(counted(db, SCOPES[name]))

    cells = [Cell.read(key) for key in numbers if not key.startswith("expected")]
    lists = {
        cell.code: repository.case_count(db, replace(scope, cell=cell), 1_000) for cell in cells
    }

    assert lists == {code: int(numbers[code]) for code in lists}
    kinds = [
        *({"lamp"}, {"unit", "lamp"}, {"kind", "lamp"}, {"clock", "lamp"}),
        *({"turns", "since", "until"}, {"late", "until"}, {"clock", "of", "due"}),
    ]
    found = [
        {part.partition(".")[0] for part in code.split("~")} for code, n in lists.items() if n
    ]
    assert all(any(kind <= each for each in found) for kind in kinds)


def test_what_is_late_or_has_a_lamp_adds_up(db: Connection) -> None:
    fill(db)
    values = counted(db, SCOPES["all"])
    tables = {table.key: table for table in values["tables"]}
    lamps = {code: int(number.text) for code, _word, number in values["lamps"]}

    late = [int(line.numbers[0].text) for line in tables["late"].lines]
    units = [int(line.numbers[-1].text) for line in tables["units"].lines]

    assert sum(late) == lamps["red"] > 0
    assert sum(units) == repository.case_count(db, SCOPES["all"], 1_000) == len(LEFT) + 3
    hidden = counted(db, SCOPES["of whom one case complains"])["lamps"]
    assert int(hidden[2][2].text) == lamps["red"] - 1


def test_the_past_of_a_unit_is_told_with_its_evidence(db: Connection) -> None:
    fill(db)
    speakers = Speakers()
    for n in range(5):
        story = Story(number=f"BCS34152330010799{n:04}", at=NINE)
        limit: dict[str, Any] = {
            "due_at": NINE + 4 * DAY,
            "unit_code": "housing",
        }
        begun = [story.registered(), story.accepted(), story.started(**limit)]
        ends = story.clock(
            sla.ClockStopped, reason=sla.StopReason.MET, on_time=n > 0, **limit
        ).model_copy(update={"occurred_at": NINE + (5 if n == 0 else 3) * DAY})
        handlers.record(db, speakers.say(*begun, ends))

    values = counted(db, SCOPES["all"])
    (table,) = [table for table in values["tables"] if table.key == "forecast"]
    told = {line.title: line for line in table.lines}["housing · 对群众的承诺"]

    assert "像这样的" in told.because
    assert 0 < float(told.numbers[1].text) < int(told.numbers[0].text)


def test_a_number_of_the_page_leads_to_the_cases_that_it_counts(desk: Desk) -> None:
    with desk.unit.transaction() as db:
        fill(db)
    desk.api.answers["/api/v1/calendar/2030"] = calendar()

    page = desk.get(Role.SUPERVISOR, "/desk/board")
    link = re.search(r'href="([^"]+)" data-number="lamp.red">(\d+)<', page.text)
    assert link is not None
    there = desk.get(Role.SUPERVISOR, unescape(link[1]))

    assert there.text.count(" data-row>") == int(link[2]) > 0
    assert "红灯" in there.text
    assert "/desk/exports?view=open&amp;cell=lamp.red" in there.text
    assert desk.get(Role.SUPERVISOR, "/desk?view=open&cell=nonsense").status_code == 422
    assert desk.get(Role.LEGAL_EXPERT, "/desk/board").status_code == 403
    assert desk.get(Role.OPERATOR, "/desk/board").status_code == 403


def test_what_tiers_below_hold_is_counted_by_its_list(desk: Desk) -> None:
    desk.api.answers["/api/v1/calendar/2030"] = calendar()
    for _n in range(2):
        desk.hear(begun(Leg(), new_id()))

    page = desk.get(Role.SUPERVISOR, "/desk/board").text
    numbers = re.findall(r'href="([^"]+view=below[^"]+)" data-number="below[^"]+">(\d+)<', page)
    lists = [desk.get(Role.SUPERVISOR, unescape(link)).text for link, _n in numbers]

    assert [text.count(" data-row>") for text in lists] == [int(n) for _link, n in numbers]
    assert max(int(n) for _link, n in numbers) == 2


def test_a_wall_shows_no_case_and_leads_to_none(desk: Desk) -> None:
    with desk.unit.transaction() as db:
        fill(db)
    desk.api.answers["/api/v1/calendar/2030"] = calendar()

    page = desk.get(Role.OPERATOR, "/board/wall?look=dark")

    assert page.status_code == 200
    assert "BCS34" not in page.text
    assert "<a " not in page.text.partition("data-live")[2].partition("</main>")[0]
    assert desk.get(Role.DISPOSAL_OFFICER, "/board/wall").status_code == 403


def calendar() -> httpx.Response:
    day = {"day": date(2030, 1, 7).isoformat(), "kind": "worked", "name": ""}
    return httpx.Response(200, json={"days": [day]})
