"""Notices of the calendar that a tier above has signed, on a real PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import IssuedNotice, NoticeState
from services.sla.repository import notices as kept
from shared.events.base import Envelope
from shared.events.link import NodeFactRelayed
from shared.events.sla import NoticeDay, NoticeSigned
from shared.outbox import said
from tests.integration.doorway import NODE
from tests.integration.sla.stories import PROMISE
from tests.integration.sla.test_notices import (
    ADMINISTRATOR,
    CITY,
    ISSUED,
    PROVINCE,
    SIGNING,
    SUPERVISOR,
    by,
    draft,
    signed,
)
from tests.unit.sla.issued import days_2027, notice_2027

pytestmark = pytest.mark.integration


def arrived(
    issued: IssuedNotice = ISSUED, at: datetime = SIGNING, node: str = PROVINCE, **other: Any
) -> NodeFactRelayed:
    days = tuple(NoticeDay(day=each.day, name=each.name, off=each.off) for each in issued.days)
    fact = NoticeSigned(
        occurred_at=at,
        node=node,
        year=issued.year,
        title=issued.title,
        number=issued.number,
        issued_on=issued.issued_on,
        days=days,
        digest="as they say",
        **other,
    )
    envelope = Envelope(
        id=uuid4(),
        source=f"/nodes/{node}/sla",
        type=fact.name,
        time=at,
        subject=fact.subject_id,
        version=1,
        data=fact.model_dump(mode="json"),
    )
    return NodeFactRelayed(occurred_at=at, fact_id=fact.subject_id, via=CITY, fact=envelope)


def hear(db: Connection, event: NodeFactRelayed, mode: str = "sign") -> Sequence[kept.KeptNotice]:
    handlers.hear_notice(db, event, PROMISE, mode, handlers.by_time(NODE, SIGNING))
    return kept.all_notices(db)


def test_a_notice_from_above_waits_for_one_signature_here(db: Connection) -> None:
    [told] = hear(db, arrived())
    assert (told.state, told.from_node) == (NoticeState.ARRIVED, PROVINCE)

    handlers.sign_notice(db, told.notice_id, told.digest, PROMISE, by(ADMINISTRATOR))
    hear(db, arrived(at=SIGNING + timedelta(days=1)))

    [counting] = kept.all_notices(db)
    assert counting.state is NoticeState.SIGNED
    # Link passes on what came from above; said again here it would be this node's own notice.
    assert [event for event in said(db) if isinstance(event, NoticeSigned)] == []


def test_the_same_notice_has_the_same_digest_at_every_tier(db: Connection) -> None:
    own = draft(db)
    handlers.end_notice(db, own.notice_id, NoticeState.WITHDRAWN, "上级会发", by(ADMINISTRATOR))

    told = hear(db, arrived())[0]

    assert told.digest == own.digest


def test_where_the_node_says_so_it_counts_at_once(db: Connection) -> None:
    [told] = hear(db, arrived(), "count")
    assert told.state is NoticeState.SIGNED

    amended = notice_2027(days_2027()[:-1])
    states = [each.state for each in hear(db, arrived(amended), "count")]

    assert sorted(states) == ["replaced", "signed"]


def test_what_contradicts_a_notice_of_this_node_never_replaces_it_by_itself(
    db: Connection,
) -> None:
    own = signed(db, notice_2027(days_2027()[:-1]))

    states = {each.notice_id == own: each.state for each in hear(db, arrived(), "count")}

    assert states == {True: NoticeState.SIGNED, False: NoticeState.ARRIVED}


def test_what_was_rejected_here_does_not_come_back_each_day(db: Connection) -> None:
    [told] = hear(db, arrived())
    handlers.end_notice(db, told.notice_id, NoticeState.REJECTED, "与本省不同", by(SUPERVISOR))

    assert len(hear(db, arrived(at=SIGNING + timedelta(days=1)))) == 1


def test_an_amended_notice_from_above_takes_the_place_of_one_that_nobody_signed(
    db: Connection,
) -> None:
    hear(db, arrived())

    amended = hear(db, arrived(notice_2027(days_2027()[:-1]), SIGNING + timedelta(days=1)))

    assert sorted(each.state for each in amended) == ["arrived", "replaced"]
    assert len(hear(db, arrived(at=SIGNING + timedelta(days=2)))) == 3


def test_what_is_no_notice_here_is_left_alone(db: Connection) -> None:
    later = arrived().model_copy(deep=True)
    later.fact.data["days"] = [{"day": "2031-01-01", "name": "x", "off": True}]

    assert hear(db, later) == []


def test_the_tiers_below_are_told_at_the_signature_and_again_each_day(db: Connection) -> None:
    signed(db)
    told = [event for event in said(db) if isinstance(event, NoticeSigned)]
    assert [(event.node, event.about, len(event.days)) for event in told] == [
        (NODE, "2027", len(ISSUED.days))
    ]

    assert handlers.tell_notices(db, NODE, SIGNING + timedelta(hours=23)) == 0
    assert handlers.tell_notices(db, NODE, SIGNING + timedelta(hours=25)) == 1
    assert handlers.tell_notices(db, NODE, SIGNING + timedelta(hours=25)) == 0
