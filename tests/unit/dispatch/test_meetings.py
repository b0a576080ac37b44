"""What may be done with a coordination meeting, and what a division of duties holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.dispatch.policy.meetings import (
    FARTHEST,
    Duty,
    Invitee,
    MeetingObjection,
    MeetingState,
    MeetingStep,
    PartyKind,
    PartyRole,
    Presence,
    RoundResult,
    Seen,
    missing_at,
    objection_to_duties,
    objection_to_end,
    objection_to_meeting_step,
    objection_to_meeting_time,
    objection_to_parties,
    objection_to_round,
    state_after_round,
)
from shared.events import dispatch as said

NOW = datetime(2030, 1, 2, 1, tzinfo=UTC)
TODAY = date(2030, 1, 2)
HERE, AWAY = Seen(Presence.PRESENT), Seen(Presence.ABSENT)


def party(kind: PartyKind = PartyKind.UNIT, name: str = "", unit: str | None = None) -> Invitee:
    return Invitee(party_id=uuid4(), kind=kind, unit_code=unit, name=name)


HOUSING = party(unit="zjj", name="住建局")
CITY = party(unit="cgj", name="城管局")
BUILDER = party(PartyKind.COMPANY, "恒通建设公司")
PERSON = party(PartyKind.COMPLAINANT)
TABLE = [HOUSING, CITY, BUILDER, PERSON]


@pytest.mark.parametrize(
    ("parties", "wrong"),
    [
        ([HOUSING, PERSON], None),
        ([HOUSING], MeetingObjection.TOO_FEW_PARTIES),
        ([], MeetingObjection.TOO_FEW_PARTIES),
        ([HOUSING, replace(CITY, role=PartyRole.HEARD)], MeetingObjection.TOO_FEW_PARTIES),
        ([HOUSING, replace(HOUSING, name="住房局")], MeetingObjection.PARTY_TWICE),
        ([PERSON, replace(PERSON, party_id=uuid4())], MeetingObjection.PARTY_TWICE),
        ([BUILDER, party(PartyKind.COMPANY, "安居公司")], None),
    ],
)
def test_a_meeting_takes_two_parties_beside_who_is_only_heard(
    parties: list[Invitee], wrong: MeetingObjection | None
) -> None:
    assert objection_to_parties(parties) is wrong


def test_who_convenes_is_none_of_the_two() -> None:
    assert objection_to_parties([HOUSING, CITY], "zjj") is MeetingObjection.TOO_FEW_PARTIES
    assert objection_to_parties([HOUSING, CITY, PERSON], "zjj") is None


@pytest.mark.parametrize(
    ("at", "fits"),
    [
        (NOW, False),
        (NOW + timedelta(minutes=1), True),
        (NOW + FARTHEST, True),
        (NOW + FARTHEST + timedelta(minutes=1), False),
    ],
)
def test_a_round_lies_ahead_and_not_too_far(at: datetime, fits: bool) -> None:
    assert (objection_to_meeting_time(at, NOW) is None) is fits


@pytest.mark.parametrize(
    ("result", "planned_at", "seen", "wrong"),
    [
        (RoundResult.AGREED, NOW, [HERE, HERE], None),
        (RoundResult.AGREED, NOW, [HERE, Seen(Presence.ABSENT, has_substitute=True)], None),
        (RoundResult.AGREED, NOW, [HERE, AWAY], MeetingObjection.TOO_FEW_PRESENT),
        (RoundResult.NEXT, NOW, [HERE, AWAY], None),
        (RoundResult.FAILED, NOW, [AWAY, AWAY], None),
        (
            RoundResult.NEXT,
            NOW,
            [HERE, Seen(Presence.CONFIRMED)],
            MeetingObjection.PRESENCE_MISSING,
        ),
        (RoundResult.AGREED, NOW + timedelta(1), [HERE, HERE], MeetingObjection.NOT_YET),
    ],
)
def test_a_round_accounts_for_each_party_and_two_agree(
    result: RoundResult, planned_at: datetime, seen: list[Seen], wrong: MeetingObjection | None
) -> None:
    assert objection_to_round(result, planned_at, NOW, seen) is wrong


WORK = Duty("zjj", days=5)


@pytest.mark.parametrize(
    ("duties", "wrong"),
    [
        ([WORK, Duty("cgj", due_on=TODAY)], None),
        ([WORK, Duty("zjj", company="恒通建设公司", days=5)], None),
        ([], MeetingObjection.DUTIES_NEEDED),
        ([Duty("zjj")], MeetingObjection.ONE_LIMIT),
        ([Duty("zjj", days=5, due_on=TODAY)], MeetingObjection.ONE_LIMIT),
        ([Duty("zjj", due_on=TODAY - timedelta(1))], MeetingObjection.LIMIT_PAST),
        ([Duty("gtj", days=5)], MeetingObjection.NO_PARTY),
        ([Duty("zjj", company="别家公司", days=5)], MeetingObjection.NO_PARTY),
        (
            [WORK, Duty("zjj", company="恒通建设公司", days=9)],
            MeetingObjection.LIMITS_DIFFER,
        ),
    ],
)
def test_a_duty_binds_a_party_until_one_limit(
    duties: list[Duty], wrong: MeetingObjection | None
) -> None:
    assert objection_to_duties(MeetingState.AGREED, duties, TABLE, TODAY) is wrong


def test_who_is_only_heard_takes_no_duty() -> None:
    heard = [replace(HOUSING, role=PartyRole.HEARD), CITY, PERSON]

    wrong = objection_to_duties(MeetingState.AGREED, [WORK], heard, TODAY)
    assert wrong is MeetingObjection.NO_PARTY


def test_minutes_without_agreement_bind_nobody_and_amendments_may_bind_nobody_anew() -> None:
    failed = objection_to_duties(MeetingState.FAILED, [WORK], TABLE, TODAY)

    assert failed is MeetingObjection.NO_DUTIES
    assert objection_to_duties(MeetingState.FAILED, [], TABLE, TODAY) is None
    assert objection_to_duties(MeetingState.CONFIRMED, [], TABLE, TODAY) is None


def test_after_its_end_a_meeting_has_minutes_only_and_before_an_agreement_none() -> None:
    for state in MeetingState:
        rounds = objection_to_meeting_step(MeetingStep.HOLD, state)
        minutes = objection_to_meeting_step(MeetingStep.CONFIRM, state)
        assert (rounds is None) is (state is MeetingState.OPEN)
        assert (minutes is None) is (state not in (MeetingState.OPEN, MeetingState.CANCELLED))
    early = objection_to_meeting_step(MeetingStep.DRAFT, MeetingState.OPEN)
    assert early is MeetingObjection.NOT_AGREED
    late = objection_to_meeting_step(MeetingStep.CANCEL, MeetingState.CONFIRMED)
    assert late is MeetingObjection.OVER


def test_an_open_meeting_keeps_its_case_but_for_one_that_is_withdrawn() -> None:
    assert objection_to_end("done", is_open=True) is MeetingObjection.MEETING_OPEN
    assert objection_to_end("withdrawn", is_open=True) is None
    assert objection_to_end("done", is_open=False) is None


def test_a_party_is_missing_until_somebody_says_that_somebody_comes() -> None:
    a, b, c, d = (UUID(int=n) for n in range(4))
    seen = {
        a: Seen(Presence.INVITED),
        b: Seen(Presence.CONFIRMED),
        c: Seen(Presence.ABSENT),
        d: Seen(Presence.ABSENT, has_substitute=True),
    }

    assert missing_at(seen) == {a, c}


def test_results_are_those_that_events_know() -> None:
    assert [one.value for one in RoundResult] == [one.value for one in said.RoundResult]
    assert {state_after_round(one) for one in RoundResult} == {
        MeetingState.AGREED,
        MeetingState.OPEN,
        MeetingState.FAILED,
    }
