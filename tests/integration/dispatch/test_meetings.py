"""A coordination meeting from its invitation to the duties that it leaves (N8)."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine

from services.dispatch import handlers
from services.dispatch.handlers import (
    Caller,
    Reply,
    Sitting,
)
from services.dispatch.policy.meetings import (
    MeetingState,
    Presence,
    RoundResult,
)
from services.dispatch.repository.disputes import open_arbitration
from services.dispatch.repository.meetings import (
    Meeting,
    find_meeting,
    parties_of,
    presences_of,
    rounds_of,
)
from services.dispatch.repository.minutes import duties_of, minutes_of
from services.dispatch.repository.orders import Order, find_order
from services.dispatch.repository.parts import parts_of
from shared.events.dispatch import (
    MeetingCalled,
    MeetingCancelled,
    MeetingHeld,
    MinutesConfirmed,
    PartOpened,
)
from shared.events.words import OutcomeDetail
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.meeting_stories import (
    BUILDER,
    CHAIR,
    CHECK,
    FRIDAY,
    MARKET,
    MONDAY,
    PERSON,
    REPAIR,
    SITTING,
    SUPERVISOR,
    TOWN,
    WATCH,
    agreed,
    at,
    convening,
    drafting,
    erased,
    holding,
    signed_order,
    words_of,
)
from tests.integration.dispatch.stories import (
    HOUSE,
    MARKET_OFFICER,
    NINE,
    TEN,
    TOWN_OFFICER,
    at_ten,
    finishing,
    give_key,
    last,
    names,
    try_to_reach,
)
from tests.integration.dispatch.test_steps import refusal_of

pytestmark = pytest.mark.integration


def test_parties_are_asked_to_one_meeting_and_to_each_of_its_rounds(db: Connection) -> None:
    order = signed_order(db)
    meeting = handlers.convene(db, convening(order.case_id), CHAIR)
    called = last(db, MeetingCalled)

    assert (called.serial, called.starts_at, called.with_person) == (1, FRIDAY, True)
    assert called.units == ("城关镇", "县市场监督管理局")
    assert called.bring_masked == "合同\n电话 138****6160 的收据"
    again = refusal_of(lambda: handlers.convene(db, convening(order.case_id), CHAIR))
    assert again == "meeting_there"

    town = parties_of(db, [meeting.meeting_id])[0]
    coming = Reply(town.party_id, Presence.ABSENT, "王副镇长")
    handlers.reply(db, meeting.meeting_id, coming, at(NINE, TOWN_OFFICER))
    early = refusal_of(lambda: handlers.hold_round(db, holding(db, meeting), at(TEN)))
    assert early == "meeting_not_yet"
    on = Sitting(starts_at=MONDAY, place="现场", agenda="再议出资")
    unfinished = holding(db, meeting, result=RoundResult.NEXT)
    assert refusal_of(lambda: handlers.hold_round(db, unfinished, at(FRIDAY))) == (
        "next_round_needed"
    )
    handlers.hold_round(db, replace(unfinished, following=on), at(FRIDAY))
    assert last(db, MeetingHeld).said_masked == "镇里说 138****6160 打过电话"
    assert (last(db, MeetingCalled).serial, last(db, MeetingCalled).starts_at) == (2, MONDAY)
    handlers.hold_round(db, holding(db, meeting), at(MONDAY))
    after = find_meeting(db, meeting.meeting_id)
    assert after is not None
    assert (after.state, after.ended_at) == (MeetingState.AGREED, None)


def test_confirmed_duties_are_parts_of_the_order_and_the_case_waits_for_them(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed_order(db)
    give_key(engine, keys, order.case_id)
    meeting = agreed(db, order)
    handlers.log_contact(db, try_to_reach(order.order_id), at(MONDAY, MARKET_OFFICER))

    def finish() -> Order:
        done = finishing(order.order_id)
        return handlers.finish_order(db, keys, done, at(MONDAY, MARKET_OFFICER), HOUSE)

    assert refusal_of(finish) == "meeting_open"

    def confirm(who: Caller = at(MONDAY)) -> Meeting:
        return handlers.confirm_meeting(db, meeting.meeting_id, "舒城县", who)

    assert refusal_of(confirm) == "no_minutes_drafted"
    handlers.draft_minutes(db, drafting(meeting, CHECK), at(MONDAY))
    handlers.draft_minutes(db, drafting(meeting, REPAIR, WATCH, CHECK), at(MONDAY))
    assert refusal_of(lambda: confirm(at(MONDAY, SUPERVISOR))) == "not_convenor"
    confirm()

    told = last(db, MinutesConfirmed)
    assert [(duty.unit_name, duty.company_masked) for duty in told.duties] == [
        ("城关镇", ""),
        ("城关镇", "恒通建设公司"),
        ("县市场监督管理局", ""),
    ]
    (part,) = parts_of(db, order.order_id)
    task = "协调会分工：三盏路灯修好；恒通建设公司：换电缆"
    assert (part.unit_code, part.task_masked, last(db, PartOpened).days) == ("cgz", task, 5)
    (kept,) = minutes_of(db, meeting.meeting_id)
    rows = duties_of(db, kept.minutes_id)
    assert [row.part_id for row in rows] == [part.part_id, part.part_id, None]
    assert refusal_of(finish) == "parts_unsettled"


def test_minutes_are_a_paper_that_stays_and_is_amended_by_another(db: Connection) -> None:
    meeting = agreed(db, signed_order(db))
    handlers.draft_minutes(db, drafting(meeting, REPAIR), at(FRIDAY))

    def paper(serial: int) -> bytes:
        return handlers.minutes_file(db, meeting.meeting_id, serial, "舒城县", at(FRIDAY))

    assert "协调会纪要（草稿，未经确认）" in words_of(paper(1))
    handlers.confirm_meeting(db, meeting.meeting_id, "舒城县", at(FRIDAY))
    first = words_of(paper(1))

    assert {"协调会纪要", "城关镇", "三盏路灯修好", "确认后 5 个工作日内", "签字"} <= set(first)
    assert "反映件编号：BCS-341523-20300102-00001-X" in first
    assert "事由：路灯谁修，联系 138****6160" in first
    assert "发言：镇里说 138****6160 打过电话" in first
    assert any(line.startswith("第 1 轮　2030年1月4日09:00") for line in first)

    amended = drafting(meeting, conclusion="改由镇里出资")
    assert refusal_of(lambda: handlers.draft_minutes(db, amended, at(MONDAY))) == (
        "amendment_ground_needed"
    )
    amended = replace(amended, amends_because="出资方写错了")
    handlers.draft_minutes(db, amended, at(MONDAY))
    handlers.confirm_meeting(db, meeting.meeting_id, "舒城县", at(MONDAY))
    assert words_of(paper(1)) == first
    assert {"修订原因：出资方写错了", "改由镇里出资"} <= set(words_of(paper(2)))
    assert refusal_of(lambda: paper(3)) == "unknown_minutes"


def test_a_meeting_that_fails_asks_others_whose_the_case_is(db: Connection) -> None:
    order = signed_order(db)
    meeting = handlers.convene(db, convening(order.case_id), CHAIR)
    failed = holding(db, meeting, result=RoundResult.FAILED)

    handlers.hold_round(db, failed, at(FRIDAY))

    found = open_arbitration(db, order.case_id)
    assert found is not None
    assert (found.order_id, found.returns) == (order.order_id, 0)
    kept = find_order(db, order.order_id)
    assert kept is not None
    assert (kept.state, kept.return_ground) == ("returned", None)
    assert names(db)[-4:] == [
        "meeting_held",
        "order_returned",
        "case_pooled",
        "arbitration_opened",
    ]
    minutes = drafting(meeting, REPAIR)
    assert refusal_of(lambda: handlers.draft_minutes(db, minutes, at(FRIDAY))) == (
        "no_duties_without_agreement"
    )
    handlers.draft_minutes(db, drafting(meeting), at(FRIDAY))
    handlers.confirm_meeting(db, meeting.meeting_id, "舒城县", at(FRIDAY))


def test_a_round_is_moved_and_a_meeting_taken_over_or_cancelled(db: Connection) -> None:
    order = signed_order(db)
    meeting = handlers.convene(db, convening(order.case_id, (TOWN, MARKET)), CHAIR)
    town = parties_of(db, [meeting.meeting_id])[0]
    coming = Reply(town.party_id, Presence.CONFIRMED)
    handlers.reply(db, meeting.meeting_id, coming, at(NINE, TOWN_OFFICER))
    late = replace(SITTING, starts_at=MONDAY)
    past = replace(SITTING, starts_at=NINE)

    assert last(db, MeetingCalled).with_person is False
    wrong = refusal_of(lambda: handlers.move_meeting(db, meeting.meeting_id, past, at(TEN)))
    assert wrong == "bad_meeting_time"
    handlers.move_meeting(db, meeting.meeting_id, late, at(TEN))
    told = last(db, MeetingCalled)
    assert (told.serial, told.moves, told.starts_at) == (1, 1, MONDAY)
    (coming_round,) = rounds_of(db, [meeting.meeting_id])
    seen = presences_of(db, [coming_round.round_id])[coming_round.round_id]
    assert {one.presence for one in seen.values()} == {Presence.INVITED}

    handlers.invite(db, meeting.meeting_id, PERSON, at(TEN))
    assert last(db, MeetingCalled).with_person is True
    twice = refusal_of(lambda: handlers.invite(db, meeting.meeting_id, TOWN, at(TEN)))
    assert twice == "party_twice"


def test_a_meeting_is_taken_over_and_cancelled_with_a_reason(db: Connection) -> None:
    meeting = handlers.convene(db, convening(signed_order(db).case_id), CHAIR)

    handlers.take_meeting(db, meeting.meeting_id, at(TEN, SUPERVISOR))
    taken = find_meeting(db, meeting.meeting_id)
    assert taken is not None
    assert taken.convened_by == SUPERVISOR.id
    handlers.cancel_meeting(db, meeting.meeting_id, "已私下商定", at(TEN))
    off = last(db, MeetingCancelled)
    assert (off.with_person, off.because) == (True, "已私下商定")
    over = refusal_of(lambda: handlers.invite(db, meeting.meeting_id, BUILDER, at(TEN)))
    assert over == "meeting_over"


def test_a_case_that_is_withdrawn_takes_its_meeting_with_it(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed_order(db)
    give_key(engine, keys, order.case_id)
    meeting = handlers.convene(db, convening(order.case_id), CHAIR)
    handlers.log_contact(db, try_to_reach(order.order_id), at(TEN, MARKET_OFFICER))
    withdrawn = replace(
        finishing(order.order_id), outcome=OutcomeDetail.WITHDRAWN, evidence="书面撤回"
    )

    handlers.finish_order(db, keys, withdrawn, at_ten(MARKET_OFFICER), HOUSE)

    after = find_meeting(db, meeting.meeting_id)
    assert after is not None
    assert after.state is MeetingState.CANCELLED
    assert last(db, MeetingCancelled).by.kind == "system"


def test_erasure_leaves_no_word_of_a_meeting(db: Connection) -> None:
    order = signed_order(db)
    meeting = agreed(db, order)
    handlers.draft_minutes(db, drafting(meeting, REPAIR, WATCH), at(FRIDAY))
    handlers.confirm_meeting(db, meeting.meeting_id, "舒城县", at(FRIDAY))

    handlers.erase_case(db, erased(order.case_id))

    kept = find_meeting(db, meeting.meeting_id)
    (one,) = rounds_of(db, [meeting.meeting_id])
    (paper,) = minutes_of(db, meeting.meeting_id)
    assert kept is not None
    assert {kept.topic_masked, one.said_masked, paper.conclusion_masked} == {ERASED}
    assert paper.paper is None
    assert {row.words_masked for row in duties_of(db, paper.minutes_id)} == {ERASED}
