"""Withdrawn cases as desks find them, counted apart; who was asked to withdraw, for some alone."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from services.portal import handlers, repository
from services.portal.pages.story import story as sentences
from services.portal.policy import Dimension, Status, day_of
from services.portal.repository import ListKind
from services.portal.tables import live
from shared.clock import new_id
from shared.events import intake, review, sla
from shared.events.base import Event
from shared.events.intake import CaseErased, ErasureGround
from shared.events.portal import DayCounted
from shared.outbox import said
from shared.security.sealing import NodeKeys
from tests.integration.portal.stories import NINE, NODE, Speakers, Story, contents, interleaved
from tests.integration.portal.test_afterwards import (
    CITIZEN,
    FACTS,
    card,
    listed,
    record,
)
from tests.integration.portal.test_notices import hear, keys, kinds, people

__all__ = ["keys", "people"]

pytestmark = pytest.mark.integration

WEEK = timedelta(days=7)


def withdrawn(story: Story, **more: Any) -> Event:
    told = {"withdrawal_id": new_id(), "round": 1, "accepted": True, "reason": "solved", **more}
    return intake.CaseWithdrawn(**story.next(), **told, take_back_by=story.at + WEEK, by=CITIZEN)


def back(story: Story, *, accepted: bool = True) -> Event:
    told = {"withdrawal_id": new_id(), "round": 1, "accepted": accepted}
    return intake.WithdrawalTakenBack(**story.next(), **told, by=CITIZEN)


def pressed(story: Story, words: str = "局里的人要我撤") -> Event:
    told = {"pressure_id": new_id(), "round": 1, "text_masked": words}
    about = {**story.next(), **told, "take_back_by": story.at + WEEK}
    return intake.PressureTold(**about, by=CITIZEN)


def ended(story: Story, order: UUID) -> list[Event]:
    kept: dict[str, Any] = {
        "on_time": True,
        "reason": sla.StopReason.RETURNED,
        "reason_detail": "withdrawn",
    }
    return [
        story.order_finished(order).model_copy(update={"withdrawn": True}),
        story.finished().model_copy(update={"withdrawn": True}),
        story.clock(sla.ClockStopped, **kept),
    ]


def closed(story: Story) -> Event:
    how = {"how": review.Closing.UNANSWERED, "how_detail": "withdrawn"}
    return review.CaseClosed(**story.next(), round=1, **how)


def of_case(story: Story, order: UUID) -> list[Event]:
    return [story.registered(), story.accepted(), story.started(), story.dispatched(order)]


def counted(db: Connection) -> dict[str, int]:
    c = live.counts.c
    kinds = (Dimension.WITHDRAWN_ON, Dimension.FINISHED_ON, Dimension.ON_TIME_ON)
    query = select(c.dimension, c.n).where(c.dimension.in_(kinds), c.n > 0)
    return {row.dimension: row.n for row in db.execute(query)}


def test_a_withdrawn_case_is_at_rest_in_a_list_of_its_own_and_counts_as_no_result(
    db: Connection,
) -> None:
    story, order = Story(), new_id()
    speakers = record(db, [*of_case(story, order), withdrawn(story)])
    assert listed(db, ListKind.WITHDRAWN) == [story.number]
    record(db, [*ended(story, order), closed(story)], speakers)

    shown = card(db, story)
    assert (shown.status, shown.round, shown.citizen_on_time) == (Status.WITHDRAWN, 1, None)
    assert listed(db, ListKind.OPEN) == []
    assert listed(db, ListKind.REST) == [story.number]
    assert counted(db) == {"withdrawn_on": 1}
    handlers.tell_days(db, NODE, NINE + timedelta(days=1))
    board = {day.day: day.withdrawn for day in repository.board(db, NINE).days}
    told = {one.day: one.withdrawn for one in said(db) if isinstance(one, DayCounted)}
    on = day_of(NINE)
    assert (board.pop(on), told.pop(on)) == (1, 1)
    assert {*board.values(), *told.values()} == {0}
    assert shown.orders[0].finished_at is None
    words = [one.text for one in sentences(shown.timeline, FACTS)]
    assert any(text.startswith("诉求人撤回（—）：事情已经解决了") for text in words)
    assert "结束：诉求人已撤回" in words


def test_taken_back_it_is_open_again_and_no_reopening_for_want_of_a_result(
    db: Connection,
) -> None:
    story, order = Story(), new_id()
    again = story.reopened().model_copy(update={"taken_back": True})
    events = [*of_case(story, order), withdrawn(story), *ended(story, order), back(story)]
    record(db, [*events, again.model_copy(update={"occurred_at": story.at})])

    shown = card(db, story)
    assert (shown.status, shown.round) == (Status.REOPENED, 2)
    assert counted(db) == {}
    c = live.counts.c
    is_again = (c.dimension == Dimension.ITEM_AGAIN, c.n > 0)
    assert db.execute(select(c.key).where(*is_again)).all() == []
    assert listed(db, ListKind.WITHDRAWN) == []


def test_what_nobody_accepted_waits_to_be_decided_upon_again(db: Connection) -> None:
    story = Story()
    gone = withdrawn(story, accepted=False)
    speakers = record(db, [story.registered(), gone])
    assert card(db, story).status == Status.WITHDRAWN

    record(db, [back(story, accepted=False), closed(story)], speakers)

    assert card(db, story).status == Status.REGISTERED
    assert listed(db, ListKind.INTAKE) == [story.number]


def test_the_same_facts_show_the_same_in_whatever_order_the_speakers_were_heard(
    db: Connection,
) -> None:
    story, order = Story(), new_id()
    events = [*of_case(story, order), pressed(story), withdrawn(story), *ended(story, order)]
    events += [closed(story)]
    shown = set()
    for seed in range(4):
        with db.begin_nested() as trying:
            handlers.record(db, interleaved(Speakers().say(*events), Random(seed)))  # noqa: S311
            shown.add(str(contents(db)["cases"]))
            trying.rollback()

    assert len(shown) == 1


def test_who_was_asked_to_withdraw_stands_in_no_story_and_supervisors_alone_are_told(
    db: Connection, keys: NodeKeys, people: None
) -> None:
    story, order = Story(), new_id()
    speakers = Speakers()
    hear(db, keys, speakers.say(*of_case(story, order), pressed(story)))
    hear(db, keys, speakers.say(withdrawn(story), *ended(story, order)))

    assert listed(db, ListKind.PRESSED) == [story.number]
    assert card(db, story).pressed_masked == "局里的人要我撤"
    assert "要求撤回" not in str(sentences(card(db, story).timeline, FACTS))
    told = {login: kinds(db, keys, login) for login in ("li", "song", "xu")}
    assert told == {"li": ["order", "withdrawn"], "song": ["pressure"], "xu": []}

    about = {"number": story.number, "order_id": new_id(), "ordered_by": NODE, "digest": None}
    gone = CaseErased(**story.next(), **about, ground=ErasureGround.REQUEST)
    record(db, [gone], speakers)
    assert "局里" not in str(card(db, story).pressed_masked)
