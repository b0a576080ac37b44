"""Who is reminded of a meeting: who is asked still, and said nothing else (ADR 41)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from services.dispatch import handlers
from services.dispatch.handlers import OutsideAsking, PartyAsked, PartyListing, Reply
from services.dispatch.policy.meetings import PartyKind, Presence
from services.dispatch.policy.outside import PartyKind as OutsideKind
from services.dispatch.repository.meetings import Meeting, parties_of
from shared.events.dispatch import (
    MeetingCalled,
    MeetingReminded,
    OutsideMessage,
    OutsideMessageMade,
)
from shared.events.sla import MeetingNear
from shared.outbox import said
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.meeting_stories import (
    CHAIR,
    FRIDAY,
    MONDAY,
    SITTING,
    convening,
    signed_order,
)
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    MARKET_OFFICER,
    at_ten,
    give_key,
)

pytestmark = pytest.mark.integration


def near(meeting: Meeting, **told: object) -> MeetingNear:
    about = {"case_id": meeting.case_id, "meeting_id": meeting.meeting_id, "starts_at": FRIDAY}
    return MeetingNear(**{**about, "occurred_at": FRIDAY - timedelta(days=1), **told})


def reminded(db: Connection, meeting: Meeting) -> list[MeetingReminded]:
    told = [event for event in said(db) if isinstance(event, MeetingReminded)]
    return [event for event in told if event.meeting_id == meeting.meeting_id]


def test_parties_are_reminded_but_for_those_who_do_not_come(
    db: Connection, keys: NodeKeys
) -> None:
    meeting = handlers.convene(db, convening(signed_order(db).case_id), CHAIR)
    parties = {party.unit_code: party for party in parties_of(db, [meeting.meeting_id])}
    away = Reply(parties["scjgj"].party_id, Presence.ABSENT)
    handlers.reply(db, meeting.meeting_id, away, CHAIR)
    handlers.remind_of_meeting(db, keys, near(meeting))

    (told,) = reminded(db, meeting)
    assert (told.unit_codes, told.with_person, told.starts_at) == (("cgz",), True, FRIDAY)
    assert not [event for event in said(db) if isinstance(event, OutsideMessageMade)]


def test_a_moved_or_cancelled_meeting_reminds_nobody_of_its_old_day(
    db: Connection, keys: NodeKeys
) -> None:
    meeting = handlers.convene(db, convening(signed_order(db).case_id), CHAIR)
    later = replace(SITTING, starts_at=MONDAY)
    handlers.move_meeting(db, meeting.meeting_id, later, CHAIR)
    handlers.remind_of_meeting(db, keys, near(meeting))
    before = len(reminded(db, meeting))
    handlers.remind_of_meeting(db, keys, near(meeting, starts_at=MONDAY))
    handlers.cancel_meeting(db, meeting.meeting_id, "已商定", CHAIR)
    handlers.remind_of_meeting(db, keys, near(meeting, starts_at=MONDAY))

    assert (before, len(reminded(db, meeting))) == (0, 1)


def test_a_unit_that_is_asked_later_is_told_and_nobody_else(db: Connection) -> None:
    meeting = handlers.convene(db, convening(signed_order(db).case_id), CHAIR)
    late = PartyAsked(kind=PartyKind.UNIT, unit_code="zwfw")
    handlers.invite(db, meeting.meeting_id, late, CHAIR)
    heard = [event for event in said(db) if isinstance(event, MeetingCalled)]
    calls = [event for event in heard if event.meeting_id == meeting.meeting_id]

    assert [event.unit_codes for event in calls] == [("cgz", "scjgj"), ("zwfw",)]


def test_a_company_that_is_asked_by_a_link_is_reminded_on_its_telephone(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed_order(db)
    give_key(engine, keys, order.case_id)
    told: dict[str, Any] = {
        "contact": "钱多多",
        "phone": "+8613900001234",
        "valid_from": date(2030, 1, 1),
    }
    listing = PartyListing(name="恒通建设公司", kind=OutsideKind.COMPANY, **told)
    party = handlers.list_party(db, keys, listing, None, at_ten(ADMINISTRATOR))
    asked: dict[str, Any] = {"order_id": order.order_id, "party_id": party.party_id, "days": 14}
    handlers.ask_outside(db, keys, OutsideAsking(text="谁装的？", **asked), at_ten(MARKET_OFFICER))
    meeting = handlers.convene(db, convening(order.case_id), CHAIR)
    handlers.remind_of_meeting(db, keys, near(meeting))

    sent = [event for event in said(db) if isinstance(event, OutsideMessageMade)]
    assert [event.kind for event in sent] == [OutsideMessage.LINK, OutsideMessage.MEETING]
    assert (sent[1].token, sent[1].answer_by) == (None, FRIDAY)
