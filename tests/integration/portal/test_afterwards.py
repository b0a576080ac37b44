"""What persons did after registering, as desks find it: urged cases, and what is new to whom."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.news import look_at, news_among
from services.portal.pages.story import story as sentences
from services.portal.repository import CaseCard, ListedCase, ListKind, ListScope
from shared.clock import new_id
from shared.events.base import Event
from shared.events.intake.afterwards import CaseUrged, InformationAdded
from shared.events.link import FactRelayed
from shared.events.words import By, Channel
from shared.http import NodeFacts
from tests.integration.portal.stories import (
    ALL_SEEING,
    NINE,
    NODE,
    Speakers,
    Story,
    contents,
    interleaved,
)

pytestmark = pytest.mark.integration

FACTS = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1")
CITIZEN = By(kind="citizen")
CITY = "341500"


def urged(story: Story, n: int, round_: int = 1) -> CaseUrged:
    told: dict[str, Any] = {"urge_id": new_id(), "round": round_, "urges": n, "often_from": 2}
    return CaseUrged(**story.next(), **told, channel=Channel.WEB, by=CITIZEN)


def added(story: Story) -> InformationAdded:
    told: dict[str, Any] = {"addition_id": new_id(), "round": 1, "text_masked": "门牌 12 号"}
    return InformationAdded(**story.next(), **told, by=CITIZEN)


def begun(story: Story) -> list[Event]:
    return [story.registered(), story.accepted(), story.dispatched(new_id())]


def record(db: Connection, events: list[Event], speakers: Speakers | None = None) -> Speakers:
    speakers = speakers or Speakers()
    handlers.record(db, speakers.say(*events))
    return speakers


def listed(db: Connection, kind: ListKind) -> list[str]:
    return [row.number for row in rows(db, kind)]


def rows(db: Connection, kind: ListKind) -> list[ListedCase]:
    scope = ListScope(kind=kind, sight=ALL_SEEING)
    found: list[ListedCase] = []
    after = None
    while True:  # page by page, as somebody reads on
        page = repository.case_list(db, scope, after, 1)
        found += page.rows
        if page.next is None:
            return found
        after = page.next


def card(db: Connection, story: Story) -> CaseCard:
    found = repository.case_page(db, story.number)
    assert found is not None
    return found


def test_what_was_urged_most_stands_first_and_what_was_urged_often_is_for_leaders(
    db: Connection,
) -> None:
    quiet, once, twice = (Story(number=f"BCS34152330010700{n}") for n in ("0111", "0222", "0333"))
    record(db, begun(quiet))
    record(db, [*begun(once), urged(once, 1)])
    record(db, [*begun(twice), urged(twice, 1), urged(twice, 2)])

    assert listed(db, ListKind.URGED) == [twice.number, once.number]
    assert [row.urges for row in rows(db, ListKind.URGED)] == [2, 1]
    assert listed(db, ListKind.URGED_OFTEN) == [twice.number]
    assert card(db, twice).lamp == card(db, quiet).lamp


def test_urges_of_a_round_are_gone_with_it_whichever_was_heard_first(db: Connection) -> None:
    seen = set()
    for first in (True, False):
        story = Story(number=f"BCS34152330010700044{int(first)}")
        speakers = record(db, begun(story))
        urges = [urged(story, 1), urged(story, 2)]
        again = [story.order_finished(new_id()), story.finished(), story.reopened()]
        for events in (urges, again) if first else (again, urges):
            record(db, list(events), speakers)
        seen.add((card(db, story).urges, story.number in listed(db, ListKind.URGED)))

    assert seen == {(None, False)}


def test_the_same_facts_show_the_same_in_whatever_order_the_speakers_were_heard(
    db: Connection,
) -> None:
    story = Story()
    events = [*begun(story), urged(story, 1), added(story), urged(story, 2)]
    shown = set()
    for seed in range(4):
        with db.begin_nested() as trying:
            handlers.record(db, interleaved(Speakers().say(*events), Random(seed)))  # noqa: S311
            shown.add(str(contents(db)["cases"]))
            trying.rollback()

    assert len(shown) == 1


def test_what_the_person_said_is_new_to_each_until_they_look(db: Connection) -> None:
    story = Story()
    speakers = record(db, [*begun(story), added(story)])
    (row,) = rows(db, ListKind.OPEN)

    assert news_among(db, "chen", [row]) == {story.case_id}
    since = look_at(db, "chen", card(db, story), story.at + timedelta(minutes=1))
    assert [one.is_new for one in sentences(card(db, story).timeline, FACTS, since)][-1]
    assert news_among(db, "chen", [row]) == frozenset()
    assert news_among(db, "wang", [row]) == {story.case_id}
    again = look_at(db, "chen", card(db, story), story.at + timedelta(minutes=2))
    assert not any(one.is_new for one in sentences(card(db, story).timeline, FACTS, again))
    record(db, [urged(story, 1)], speakers)
    last = look_at(db, "chen", card(db, story), story.at + timedelta(minutes=1))
    told = [one.text for one in sentences(card(db, story).timeline, FACTS, last) if one.is_new]
    assert told == ["诉求人催办（第 1 次，网上反映）"]


def test_what_comes_late_over_a_link_is_new_though_it_was_said_before_the_look(
    db: Connection,
) -> None:
    story = Story(origin=CITY)
    there, here = Speakers(CITY), Speakers()
    late = added(story)
    (envelope, _event), *_ = there.say(late)
    looked = late.occurred_at + timedelta(hours=1)
    relayed = FactRelayed(
        case_id=story.case_id,
        occurred_at=looked + timedelta(hours=1),
        via=CITY,
        fact=envelope,
        sealed={},
    )

    handlers.record(db, here.say(story.registered(), relayed))

    (entry,) = [one for one in sentences(card(db, story).timeline, FACTS, looked) if one.is_new]
    assert (entry.text, entry.note) == ("诉求人补充情况（—）", "门牌 12 号")
    assert card(db, story).said_at == relayed.occurred_at > NINE
