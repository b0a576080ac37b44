"""Cases that may be about the same matter, found by what a text says."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from services.portal import handlers
from services.portal.repository import ListKind, ListScope
from services.portal.repository.alike import alike_to_case, alike_to_text
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.portal.stories import ALL_SEEING, NINE, NODE, Speakers, Story
from tests.integration.portal.test_conflict import against, marked

pytestmark = pytest.mark.integration

SCOPE = ListScope(kind=ListKind.ALL, sight=ALL_SEEING)
TYPED = "老字号牌匾变更经营者，核准原件遗失了，补不出来"
TITLES = (
    "老字号牌匾变更经营者，原件遗失办不了",
    "变更经营者要老字号牌匾的核准原件，早已遗失",
    "食品经营许可二十天没有回音",
    "老字号牌匾变更经营者，遗失原件怎么补",
)


def stories() -> list[Story]:
    return [
        Story(number=f"BCS34152330010700{n:04}", at=NINE + timedelta(days=n))
        for n, _title in enumerate(TITLES)
    ]


def test_what_was_told_before_is_found_also_when_it_is_closed(db: Connection) -> None:
    first, second, other, of_a_unit = told = stories()
    speakers = Speakers()
    for story, title in zip(told, TITLES, strict=True):
        handlers.record(db, speakers.say(story.registered(title=title)))
    handlers.record(db, speakers.say(first.declined(), marked(of_a_unit, against(NODE, ("RSJ",)))))
    unit = Actor(kind=ActorKind.STAFF, node=NODE, unit="RSJ", roles=frozenset({Role.SUPERVISOR}))
    kept_from = ListScope(kind=ListKind.ALL, sight=ALL_SEEING, reader=unit)

    found = alike_to_text(db, SCOPE, TYPED, 5)
    shown = alike_to_text(db, kept_from, TYPED, 5)
    beside = alike_to_case(db, SCOPE, first.number, 5)

    assert {case.number for case in found} == {first.number, second.number, of_a_unit.number}
    assert {case.is_open for case in found} == {True, False}
    assert {case.number for case in shown} == {first.number, second.number}
    assert {case.number for case in beside} == {second.number, of_a_unit.number}
    assert len(alike_to_text(db, SCOPE, TYPED, 1)) == 1
    assert alike_to_text(db, SCOPE, "你好", 5) == []
    assert alike_to_case(db, SCOPE, "BCS-none", 5) == []
    assert [case.number for case in alike_to_text(db, SCOPE, TITLES[2], 5)] == [other.number]
