from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.repository import ListKind, ListScope, Slice
from shared.clock import new_id
from shared.errors import Refused
from shared.events import sla
from shared.events.base import Event
from shared.events.words import Lamp, Level
from tests.integration.portal.stories import ALL_SEEING, NINE, Speakers, Story, in_two_rounds

pytestmark = pytest.mark.integration


def record(db: Connection, *events: Event) -> None:
    handlers.record(db, Speakers().say(*events))


def case(n: int) -> Story:
    return Story(number=f"BCS34152330010700{n:04}", at=NINE + timedelta(days=n))


def held(story: Story, days_left: int = 3, lamp: Lamp = Lamp.GREEN) -> Sequence[Event]:
    """A case that a unit works on, due so many days after nine."""
    due_at = NINE + timedelta(days=days_left)
    return [
        story.registered(),
        story.accepted(),
        story.dispatched(new_id()),
        story.started(due_at=due_at, lamp=lamp),
    ]


def listed(db: Connection, kind: ListKind, **scope: Any) -> list[str]:
    found = repository.case_list(db, ListScope(kind=kind, sight=ALL_SEEING, **scope), None, 50)
    return [row.number for row in found.rows]


def test_open_cases_come_in_the_order_in_which_they_are_due(db: Connection) -> None:
    late, soon, latest = case(1), case(2), case(3)
    record(db, *held(late, 4), *held(soon, 2), *held(latest, 9))

    assert listed(db, ListKind.OPEN) == [soon.number, late.number, latest.number]


def test_each_list_has_what_waits_for_its_reader(db: Connection) -> None:
    new, pooled, working, done, rested = (case(n) for n in range(5))
    record(
        db,
        new.registered(),
        pooled.registered(),
        pooled.accepted(),
        pooled.pooled(),
        *held(working),
        *held(done),
        done.finished(),
        *in_two_rounds(rested),
    )

    assert listed(db, ListKind.INTAKE) == [new.number]
    assert listed(db, ListKind.POOL) == [pooled.number]
    assert listed(db, ListKind.UNIT, unit="housing") == [working.number]
    assert listed(db, ListKind.UNIT, unit="tax") == []
    assert listed(db, ListKind.FEEDBACK) == [done.number]
    assert listed(db, ListKind.REST) == [rested.number]
    assert listed(db, ListKind.ALL) == [
        story.number for story in (rested, done, working, pooled, new)
    ]


def test_a_list_is_narrowed_by_lamp_and_status(db: Connection) -> None:
    red, green = case(1), case(2)
    record(db, *held(red, lamp=Lamp.RED), *held(green))

    assert listed(db, ListKind.OPEN, lamp="red") == [red.number]
    assert listed(db, ListKind.UNIT, unit="housing", lamp="green") == [green.number]
    assert listed(db, ListKind.ALL, status="accepted") == []


@pytest.mark.parametrize("kind", [ListKind.OPEN, ListKind.ALL])
def test_pages_follow_each_other_without_gap_or_repeat(db: Connection, kind: ListKind) -> None:
    record(db, *(event for n in range(7) for event in held(case(n), days_left=3)))
    scope, seen, after = ListScope(kind=kind, sight=ALL_SEEING), list[str](), None

    while True:
        page: Slice = repository.case_list(db, scope, after, 3)
        seen += [row.number for row in page.rows]
        if page.next is None:
            break
        after = page.next

    assert seen == listed(db, kind)
    assert len(set(seen)) == 7


@pytest.mark.parametrize("after", [("x", "y"), (), (NINE.isoformat(), "no-id")])
def test_a_foreign_cursor_is_refused(db: Connection, after: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refused:
        repository.case_list(db, ListScope(kind=ListKind.OPEN, sight=ALL_SEEING), after, 3)

    assert refused.value.code == "bad_cursor"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("不动产", True),
        ("盖章 材料", True),
        ("不动产 税务", False),
        ("bcs3415233001 07000001", True),
        ("' & !", False),
        ("\\", False),
        ("　", True),
    ],
)
def test_search_finds_every_word_or_the_number(db: Connection, words: str, *, found: bool) -> None:
    record(db, *held(case(1)))

    assert bool(listed(db, ListKind.ALL, text=words)) == found


@pytest.mark.parametrize("few", [0, 2_000], ids=["many matches", "few matches"])
def test_search_finds_the_same_by_either_way(
    db: Connection, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("services.portal.repository.words.FEW", few)
    first, second, third = case(1), case(2), case(3)
    record(db, *held(first), *held(second), third.registered(title="税务"))

    assert listed(db, ListKind.ALL, text="不动产") == [second.number, first.number]
    assert listed(db, ListKind.ALL, text="税务") == [third.number]


def test_a_case_of_which_only_a_later_fact_was_heard_is_in_no_list(db: Connection) -> None:
    story = case(1)
    record(db, story.dispatched(new_id()), story.started(), story.rated(Level.SATISFIED))

    assert [listed(db, kind, unit="housing") for kind in ListKind] == [[]] * len(ListKind)


def test_a_lamp_that_turns_moves_the_case_in_its_list(db: Connection) -> None:
    story, speakers = case(1), Speakers()
    handlers.record(db, speakers.say(*held(story)))

    handlers.record(db, speakers.say(story.clock(sla.LampChanged, lamp=Lamp.YELLOW)))

    assert listed(db, ListKind.OPEN, lamp="yellow") == [story.number]
