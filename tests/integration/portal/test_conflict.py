"""The desk's lists hide what the policy refuses, whoever marked it, in whatever order it came."""

from itertools import product

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.next_steps import may_see
from services.portal.repository import ListKind, ListScope
from shared.events.intake import ComplainedOf, ComplaintMarked, UnitComplainedOf
from shared.events.sealed import Sealed, SealedName
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.portal.stories import ALL_SEEING, NODE, OFFICER, Speakers, Story
from tests.integration.relaying import relayed_by

pytestmark = pytest.mark.integration

CITY = "341500"
UNITS = [(), ("RSJ",), ("RSJ", "GAJ")]
PERSONS = [(), ("li",), ("li", "wang")]
READERS = [
    Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        unit=unit,
        above=frozenset(above),
        known_as=frozenset(known),
        roles=frozenset({Role.SUPERVISOR}),
    )
    for unit, above in ((None, ()), ("RSJ", ()), ("YBZ", ("GAJ", "XZFB")))
    for known in ((), ("li",), ("wang", "login"))
]


def against(node: str, units: tuple[str, ...] = (), persons: tuple[str, ...] = ()) -> ComplainedOf:
    name = Sealed.withheld("complained_of")
    return ComplainedOf(
        units=tuple(UnitComplainedOf(node=node, code=code, title=code) for code in units),
        persons=tuple(SealedName(name=name, name_hash=hashed) for hashed in persons),
    )


def marked(story: Story, told: ComplainedOf) -> ComplaintMarked:
    return ComplaintMarked(**story.next(), complained_of=told, by=OFFICER)


def numbers(db: Connection, reader: Actor | None) -> set[str]:
    scope = ListScope(kind=ListKind.ALL, sight=ALL_SEEING, reader=reader)
    listed = {row.number for row in repository.case_list(db, scope, None, 50).rows}
    assert {row.number for row in repository.ledger_list(db, scope, None, 50).rows} == listed
    return listed


def test_a_list_shows_exactly_what_may_be_seen(db: Connection) -> None:
    speakers, stories = Speakers(), []
    for n, (units, persons) in enumerate(product(UNITS, PERSONS)):
        story = Story(number=f"BCS3415233001070{n:05}")
        stories.append(story)
        events = [marked(story, against(NODE, units, persons))] if units or persons else []
        handlers.record(db, speakers.say(*events, story.registered(), story.accepted()))

    for reader in READERS:
        cards = [repository.case_page(db, story.number) for story in stories]
        seen = {card.number for card in cards if card and may_see(reader, card, NODE)}
        assert numbers(db, reader) == seen, reader
    assert len(numbers(db, None)) == len(stories)


def test_another_node_s_units_and_persons_are_shown_and_hide_from_nobody_here(
    db: Connection,
) -> None:
    story, speakers = Story(), Speakers()
    handlers.record(db, speakers.say(story.registered(), story.accepted()))
    told = against(CITY, ("RSJ",))
    masked = (SealedName(name=Sealed.withheld("complained_of")),)
    told = told.model_copy(update={"persons": masked})

    fact = marked(story, told)
    handlers.record(db, speakers.say(relayed_by(CITY, fact, fact.occurred_at)))

    card = repository.case_page(db, story.number)
    assert card is not None
    theirs = {"version": 1, "units": ["RSJ"], "persons": 1, "own": [], "known_as": []}
    assert card.complained_of == {CITY: theirs}
    assert all(numbers(db, reader) == {story.number} for reader in READERS)


def test_what_a_node_unmarks_stays_hidden_as_far_as_another_one_marks_it(db: Connection) -> None:
    story, speakers = Story(), Speakers()
    handlers.record(db, speakers.say(story.registered(), marked(story, against(NODE, ("RSJ",)))))
    elsewhere = marked(story, against(NODE, ("GAJ",)))
    handlers.record(db, speakers.say(relayed_by(CITY, elsewhere, elsewhere.occurred_at)))

    handlers.record(db, speakers.say(marked(story, against(NODE, ()))))

    card = repository.case_page(db, story.number)
    assert card is not None
    assert card.complained_units == ["GAJ"]
    assert card.complained_of is not None
    assert card.complained_of[NODE]["units"] == []


def test_an_older_mark_that_comes_late_takes_nothing_back(db: Connection) -> None:
    story, speakers = Story(), Speakers()
    older, newer = speakers.say(
        marked(story, against(NODE, ("RSJ",))), marked(story, against(NODE, ("RSJ", "GAJ")))
    )

    handlers.record(db, [newer, *speakers.say(story.registered()), older])

    card = repository.case_page(db, story.number)
    assert card is not None
    assert card.complained_units == ["GAJ", "RSJ"]
