"""Days in numbers: what a node counts of itself, and what the tier above shows of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.days import days_values
from shared.clock import new_id
from shared.events import sla
from shared.events.link import NodeFactRelayed
from shared.events.portal import DayCounted
from shared.events.words import Lamp, Level
from shared.http import NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.outbox import forget, said
from tests.integration.portal.stories import NINE, Story, contents
from tests.integration.portal.tiers import CITY, COUNTY, PROVINCE, Tiers

pytestmark = pytest.mark.integration

DAY = NINE.date()
TOMORROW = NINE + timedelta(days=1)
BELOW = {
    COUNTY: Neighbour(COUNTY, "舒城县", "county", Relation.BELOW),
    "341524": Neighbour("341524", "金寨县", "county", Relation.BELOW),
}
AT_CITY = NodeFacts(CITY, "city", "六安市", "http://127.0.0.1", BELOW)


@pytest.fixture(autouse=True)
def nothing_said(db: Connection) -> None:
    """Begin without what an earlier test said on the same connection."""
    forget(db)


def days(db: Connection) -> list[DayCounted]:
    return [event for event in said(db) if isinstance(event, DayCounted)]


def hear_back(db: Connection, tiers: Tiers) -> None:
    """Let the portal hear what it said itself."""
    handlers.record(db, tiers.speakers[COUNTY].say(*days(db)))


def solved(db: Connection, tiers: Tiers, level: Level = Level.SATISFIED) -> Story:
    """A case that the unit solved on the day, and that its person rated."""
    story, order_id = Story(), new_id()
    facts = [
        story.registered(),
        story.accepted(),
        story.started(),
        story.dispatched(order_id),
        story.order_finished(order_id),
        story.finished(),
        story.stopped(),
        story.rated(level),
    ]
    handlers.record(db, tiers.say((COUNTY, fact) for fact in facts))
    return story


def test_a_node_tells_each_day_that_has_ended_once(db: Connection) -> None:
    tiers = Tiers()
    for _ in range(3):
        solved(db, tiers)

    assert handlers.tell_days(db, COUNTY, TOMORROW) == 7
    [told] = [each for each in days(db) if each.day == DAY]
    assert (told.registered, told.dispatched, told.finished) == (3, 3, 3)
    assert (told.on_time + told.late, told.evaluations) == (3, {"4": 3})
    assert [(unit.code, unit.dispatched, unit.finished) for unit in told.units] == [
        ("housing", 3, 3)
    ]
    assert DAY + timedelta(days=1) not in {each.day for each in days(db)}

    hear_back(db, tiers)
    assert handlers.tell_days(db, COUNTY, TOMORROW) == 0


def test_what_comes_late_corrects_the_day_and_leaves_its_lamps(db: Connection) -> None:
    tiers = Tiers()
    solved(db, tiers)
    opened = Story()
    late = [opened.registered(), opened.accepted(), opened.started(lamp=Lamp.RED)]
    handlers.record(db, tiers.say((COUNTY, fact) for fact in late))
    handlers.tell_days(db, COUNTY, TOMORROW)
    hear_back(db, tiers)
    first = next(each for each in days(db) if each.day == DAY)

    solved(db, tiers)
    changed = [opened.clock(sla.LampChanged, lamp=Lamp.GREEN)]
    handlers.record(db, tiers.say((COUNTY, fact) for fact in changed))
    assert handlers.tell_days(db, COUNTY, TOMORROW + timedelta(hours=1)) == 1

    corrected = days(db)[-1]
    assert (first.registered, corrected.registered) == (2, 3)
    assert first.lamps == corrected.lamps == {"red": 1}
    assert first.subject_id == corrected.subject_id


def test_numbers_of_one_or_two_persons_are_withheld(db: Connection) -> None:
    tiers = Tiers()
    solved(db, tiers, Level.VERY_DISSATISFIED)
    handlers.tell_days(db, COUNTY, TOMORROW)

    [told] = [each for each in days(db) if each.day == DAY]
    assert told.evaluations == {"1": None}
    assert told.units[0].finished is None
    assert told.finished == 1


def counted(day: date, registered: int = 4, node: str = COUNTY, **more: Any) -> DayCounted:
    numbers = dict.fromkeys(("dispatched", "finished", "on_time", "late"), 0)
    told = {"node": node, "day": day, "evaluations": {}, "registered": registered}
    return DayCounted(**{"occurred_at": NINE, **numbers, **told, **more})


def hear(db: Connection, tiers: Tiers, fact: DayCounted) -> None:
    [(envelope, _)] = tiers.speakers[fact.node].say(fact)
    about = {"occurred_at": NINE, "fact_id": envelope.subject}
    relayed = NodeFactRelayed(**about, via=fact.node, fact=envelope)
    handlers.record(db, tiers.speakers[CITY].say(relayed))


def shown(db: Connection, today: date) -> dict[str, Any]:
    first = today - timedelta(days=7)
    told, last = repository.told_days(db, first), repository.last_days(db, first)
    return {report.code: report for report in days_values(told, last, AT_CITY, today)["reports"]}


def test_the_tier_above_shows_each_day_once_and_a_day_nobody_told_as_missing(
    db: Connection,
) -> None:
    tiers, today = Tiers(), DAY + timedelta(days=3)
    hear(db, tiers, counted(DAY))
    hear(db, tiers, counted(DAY, 9, occurred_at=TOMORROW))
    hear(db, tiers, counted(DAY + timedelta(days=2), 2))

    reports = shown(db, today)
    county, never = reports[COUNTY], reports["341524"]

    assert [day.told and day.told.registered for day in county.days][-3:] == [9, None, 2]
    assert (county.last, county.missing) == (DAY + timedelta(days=2), 5)
    assert county.latest is not None
    assert county.latest.registered == 2
    assert (never.last, never.missing, never.latest) == (None, 7, None)


def test_days_of_who_is_not_below_are_not_shown(db: Connection) -> None:
    tiers = Tiers()
    hear(db, tiers, counted(DAY, node=PROVINCE))

    assert set(shown(db, DAY + timedelta(days=1))) == set(BELOW)


def test_a_replay_shows_the_same_days(db: Connection) -> None:
    tiers = Tiers()
    hear(db, tiers, counted(DAY))
    before = contents(db)
    hear(db, tiers, counted(DAY, 9, occurred_at=NINE - timedelta(hours=1)))

    told = {name: rows for name, rows in contents(db).items() if name == "node_facts"}
    assert told == {name: rows for name, rows in before.items() if name == "node_facts"}
