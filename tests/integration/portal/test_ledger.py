"""A page of the ledger walks no further than it may, and whoever goes on misses nothing."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.handlers import ViewOrder
from services.portal.policy.ledger import Asked
from services.portal.repository import ListKind, ListScope, Slice
from services.portal.repository import ledger as walks
from services.portal.tables import live
from shared.clock import new_id
from shared.errors import Refused
from shared.events.words import Channel
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from tests.integration.portal.stories import ALL_SEEING, NINE, NODE, Speakers, Story

pytestmark = pytest.mark.integration

RARE = ("channel", "video"), ("channel", "kiosk")
"""Two values: no index leads to either."""


def tell(db: Connection, *channels: Channel) -> list[str]:
    """Register a case an hour for each channel; return their numbers."""
    speakers, numbers = Speakers(), []
    for n, channel in enumerate(channels):
        numbers.append(f"BCS3415233001070{n:05}")
        story = Story(number=numbers[-1], at=NINE + timedelta(hours=n))
        handlers.record(db, speakers.say(story.registered(channel=channel)))
    return numbers


def pages(
    db: Connection, *told: tuple[str, str], limit: int = 2, text: str = ""
) -> Iterator[Slice]:
    scope = ListScope(kind=ListKind.ALL, sight=ALL_SEEING, text=text, ledger=Asked.read(told))
    after = None
    while True:
        page = repository.ledger_list(db, scope, after, limit)
        yield page
        if page.next is None:
            return
        after = page.next


def test_where_few_fit_a_page_says_how_far_it_looked_and_the_next_goes_on(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "WALK", 3)
    web, video = Channel.WEB, Channel.VIDEO
    numbers = tell(db, video, web, web, web, web, video, web, web)

    found = list(pages(db, *RARE))

    shown = [[row.number for row in page.rows] for page in found]
    assert shown == [[numbers[5]], [], [numbers[0]]]
    ends = [page.looked_to for page in found]
    assert ends == [NINE + timedelta(hours=6), NINE + timedelta(hours=3), None]


def test_whatever_leads_each_case_comes_once_in_its_order(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "WALK", 2)
    numbers = tell(db, *[Channel.WEB] * 5)
    questions = (
        (),
        (("channel", "web"),),
        (("region", "341523"),),
        (("region", "340000"),),
        (("status", "registered"),),
        (("since", "2030-01-07"), ("until", "2030-01-07")),
        (("order", "due"),),
        tuple(("number", number) for number in numbers),
    )
    for told in questions:
        rows = [row.number for page in pages(db, *told) for row in page.rows]
        assert sorted(rows) == numbers, told
        assert told[:1] == (("order", "due"),) or rows == numbers[::-1], told
    by_words = [row.number for page in pages(db, text="不动产") for row in page.rows]
    assert by_words == numbers[::-1]
    assert not [page.rows for page in pages(db, ("until", "2030-01-06")) if page.rows]


def test_a_case_of_a_tier_below_is_in_no_ledger_whatever_is_asked(db: Connection) -> None:
    numbers = tell(db, Channel.WEB)
    db.execute(live.cases.update().values(is_ours=False))

    for told in ((), (("number", numbers[0]),), (("order", "due"),)):
        assert [page.rows for page in pages(db, *told)] == [[]]


def keeper(login: str, unit: str | None = None) -> Caller:
    roles = frozenset({Role.SUPERVISOR})
    return Caller(
        Actor(kind=ActorKind.STAFF, node=NODE, id=login, name=login, unit=unit, roles=roles), NINE
    )


def kept(db: Connection, caller: Caller, shared: str = "own") -> UUID:
    order = ViewOrder(name="红灯", shared=shared, asked=Asked(), words="")
    return handlers.put_view(db, new_id(), order, caller).view_id


def test_what_an_ended_unit_shared_its_successors_use(db: Connection) -> None:
    blank = {
        "unit_id": new_id(),
        "title": "旧局",
        "region": NODE,
        "kind": "ordinary",
        "version": 1,
    }
    old = {**blank, "code": "OLD", "active": False, "successors": ["NEW"]}
    db.execute(live.units.insert().values(old))
    view = kept(db, keeper("zhang", "OLD"), "unit")

    def seen_by(unit: str) -> list[UUID]:
        return [each.view_id for each in repository.views_for(db, "li", unit)]

    assert seen_by("OLD") == seen_by("NEW") == [view]
    assert seen_by("OTHER") == []
    db.execute(live.units.update().values(active=True))
    assert seen_by("NEW") == []


def test_nobody_keeps_more_views_than_anybody_reads(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.portal.handlers.views.MOST_VIEWS", 2)
    first, _second = kept(db, keeper("zhang")), kept(db, keeper("zhang"))
    order = ViewOrder(name="改名", shared="own", asked=Asked(), words="")

    with pytest.raises(Refused, match="too_many_views"):
        kept(db, keeper("zhang"))
    assert handlers.put_view(db, first, order, keeper("zhang")).name == "改名"
    handlers.begin_with(db, first, keeper("zhang"))
    with pytest.raises(Refused, match="unknown_view"):
        handlers.begin_with(db, first, keeper("li"))
    handlers.drop_view(db, first, keeper("zhang"), tidies=False)
    assert repository.first_view(db, "zhang") is None
