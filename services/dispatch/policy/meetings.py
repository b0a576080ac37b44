"""Coordination meetings: who takes part, which step may follow, what a division of duties holds.

open ─► agreed ─► confirmed, or open ─► failed; open and agreed ones may be cancelled. It has
rounds, one after the other; each ends agreed, with a day for the next one, or failed (N8).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from uuid import UUID


@unique
class MeetingState(StrEnum):
    """Where a meeting stands."""

    OPEN = "open"
    AGREED = "agreed"
    """Its minutes are not confirmed: nobody is bound yet."""
    CONFIRMED = "confirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@unique
class PartyKind(StrEnum):
    """Who may sit at the table."""

    UNIT = "unit"
    COMPANY = "company"
    """No account: a unit answers for what it takes on (S1-20)."""
    COMPLAINANT = "complainant"
    LEGAL_EXPERT = "legal_expert"
    PETITION_OFFICE = "petition_office"
    LEADER = "leader"


@unique
class PartyRole(StrEnum):
    """As what somebody takes part."""

    MEMBER = "member"
    CHAIR = "chair"
    ADVISER = "adviser"
    HEARD = "heard"
    """Complained of: it is heard and named, takes no duty, and sees nothing of the case."""


@unique
class Presence(StrEnum):
    """How a party stands to one round."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    PRESENT = "present"
    ABSENT = "absent"
    """Or coming instead of whom was asked, where a substitute is named."""


@unique
class RoundResult(StrEnum):
    """How a round ended."""

    AGREED = "agreed"
    NEXT = "next"
    FAILED = "failed"


@unique
class MeetingStep(StrEnum):
    """What may be done with a meeting."""

    INVITE = "invite"
    ANSWER = "answer"
    MOVE = "move"
    HOLD = "hold"
    TAKE = "take"
    DRAFT = "draft"
    CONFIRM = "confirm"
    CANCEL = "cancel"


@unique
class MeetingObjection(StrEnum):
    """Why something about a meeting is not possible; the words are codes of the HTTP door."""

    OVER = "meeting_over"
    NOT_AGREED = "meeting_not_agreed"
    TOO_FEW_PARTIES = "too_few_parties"
    TOO_MANY_PARTIES = "too_many_parties"
    PARTY_TWICE = "party_twice"
    BAD_TIME = "bad_meeting_time"
    NOT_YET = "meeting_not_yet"
    PRESENCE_MISSING = "presence_missing"
    TOO_FEW_PRESENT = "too_few_present"
    DUTIES_NEEDED = "duties_needed"
    NO_DUTIES = "no_duties_without_agreement"
    ONE_LIMIT = "one_limit_needed"
    LIMIT_PAST = "duty_limit_past"
    NO_PARTY = "duty_of_no_party"
    LIMITS_DIFFER = "duty_limits_differ"
    MEETING_OPEN = "meeting_open"


OPEN_MEETING = frozenset({MeetingState.OPEN, MeetingState.AGREED})
LEAST_PARTIES, MOST_PARTIES = 2, 24
FARTHEST = timedelta(days=60)
"""Nobody is invited to a day that lies farther ahead: the clocks of the case run meanwhile."""
ENDS_WITHOUT_MEETING = frozenset({"withdrawn", "merged"})
"""Outcomes after which there is nothing left to settle: the meeting is cancelled."""

_ROUNDS = frozenset({MeetingState.OPEN})
_MINUTES = frozenset({MeetingState.AGREED, MeetingState.FAILED, MeetingState.CONFIRMED})
MEETING_STEPS: Mapping[MeetingStep, frozenset[MeetingState]] = MappingProxyType(
    {
        MeetingStep.INVITE: _ROUNDS,
        MeetingStep.ANSWER: _ROUNDS,
        MeetingStep.MOVE: _ROUNDS,
        MeetingStep.HOLD: _ROUNDS,
        MeetingStep.TAKE: frozenset(MeetingState) - {MeetingState.CANCELLED},
        MeetingStep.DRAFT: _MINUTES,
        MeetingStep.CONFIRM: _MINUTES,
        MeetingStep.CANCEL: OPEN_MEETING,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """A party as far as the rules look at it; `name` is empty for the complainant."""

    party_id: UUID
    kind: PartyKind
    role: PartyRole = PartyRole.MEMBER
    unit_code: str | None = None
    name: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """By which one party is told from another."""
        return self.kind.value, self.unit_code or self.name


@dataclass(frozen=True, slots=True)
class Seen:
    """Who of a party was at a round."""

    presence: Presence
    has_substitute: bool = False

    @property
    def is_there(self) -> bool:
        """Tell whether somebody sat there for the party."""
        return self.presence is Presence.PRESENT or self.has_substitute


@dataclass(frozen=True, slots=True)
class Duty:
    """What a unit takes on: within working days from the confirmation, or until a day."""

    unit_code: str
    company: str | None = None
    days: int | None = None
    due_on: date | None = None


def objection_to_meeting_step(step: MeetingStep, state: MeetingState) -> MeetingObjection | None:
    """Return why a step may not follow a state, or None if it may."""
    if state in MEETING_STEPS[step]:
        return None
    waits = step in (MeetingStep.DRAFT, MeetingStep.CONFIRM) and state is MeetingState.OPEN
    return MeetingObjection.NOT_AGREED if waits else MeetingObjection.OVER


def objection_to_parties(
    parties: Sequence[Invitee], convenor: str | None = None
) -> MeetingObjection | None:
    """Return what is wrong with a table: two beside the convenor and who is heard, none twice."""
    keys = [party.key for party in parties]
    if len(keys) != len(set(keys)):
        return MeetingObjection.PARTY_TWICE
    others = [party for party in parties if convenor is None or party.unit_code != convenor]
    count = sum(party.role is not PartyRole.HEARD for party in others)
    return MeetingObjection.TOO_FEW_PARTIES if count < LEAST_PARTIES else None


def objection_to_seat(party: Invitee, parties: Sequence[Invitee]) -> MeetingObjection | None:
    """Return why one more party may not sit down: it sits there, or no seat is free."""
    if party.key in {each.key for each in parties}:
        return MeetingObjection.PARTY_TWICE
    return MeetingObjection.TOO_MANY_PARTIES if len(parties) >= MOST_PARTIES else None


def objection_to_meeting_time(at: datetime, now: datetime) -> MeetingObjection | None:
    """Return why a round may not be called for a moment: it lies ahead, and not too far."""
    return None if now < at <= now + FARTHEST else MeetingObjection.BAD_TIME


def objection_to_round(
    result: RoundResult, planned_at: datetime, now: datetime, seen: Sequence[Seen]
) -> MeetingObjection | None:
    """Return why a round cannot be written down: each party is accounted for, two agree."""
    if now < planned_at:
        return MeetingObjection.NOT_YET
    if any(each.presence not in (Presence.PRESENT, Presence.ABSENT) for each in seen):
        return MeetingObjection.PRESENCE_MISSING
    few = sum(each.is_there for each in seen) < LEAST_PARTIES
    return MeetingObjection.TOO_FEW_PRESENT if few and result is RoundResult.AGREED else None


def state_after_round(result: RoundResult) -> MeetingState:
    """Return where a round leaves its meeting."""
    match result:
        case RoundResult.AGREED:
            return MeetingState.AGREED
        case RoundResult.NEXT:
            return MeetingState.OPEN
        case RoundResult.FAILED:
            return MeetingState.FAILED


def objection_to_duties(
    state: MeetingState, duties: Sequence[Duty], parties: Sequence[Invitee], today: date
) -> MeetingObjection | None:
    """Return what is wrong with a division of duties; the first minutes of an agreement have one.

    Amendments, drafted once a meeting is confirmed, may add duties or none.
    """
    if state is MeetingState.FAILED and duties:
        return MeetingObjection.NO_DUTIES
    if state is MeetingState.AGREED and not duties:
        return MeetingObjection.DUTIES_NEEDED
    bound = [party for party in parties if party.role is not PartyRole.HEARD]
    found = (_objection_to_duty(duty, bound, today) for duty in duties)
    wrong = next((wrong for wrong in found if wrong is not None), None)
    limits = {(duty.unit_code, duty.days, duty.due_on) for duty in duties}
    if wrong is None and len(limits) != len({duty.unit_code for duty in duties}):
        # What one unit answers for is one part of the order, with one clock.
        return MeetingObjection.LIMITS_DIFFER
    return wrong


def _objection_to_duty(
    duty: Duty, parties: Collection[Invitee], today: date
) -> MeetingObjection | None:
    if (duty.days is None) == (duty.due_on is None):
        return MeetingObjection.ONE_LIMIT
    if duty.due_on is not None and duty.due_on < today:
        return MeetingObjection.LIMIT_PAST
    keys = {party.key for party in parties}
    of_company = duty.company is None or (PartyKind.COMPANY.value, duty.company) in keys
    is_party = (PartyKind.UNIT.value, duty.unit_code) in keys
    return None if is_party and of_company else MeetingObjection.NO_PARTY


def objection_to_end(outcome: str, *, is_open: bool) -> MeetingObjection | None:
    """Return why a case may not be finished: what its meeting is to settle is not settled."""
    stays = is_open and outcome not in ENDS_WITHOUT_MEETING
    return MeetingObjection.MEETING_OPEN if stays else None


def missing_at(seen: Mapping[UUID, Seen]) -> frozenset[UUID]:
    """Return the parties of which nobody has said that somebody comes."""
    settled = frozenset({Presence.CONFIRMED, Presence.PRESENT})
    return frozenset(
        party
        for party, each in seen.items()
        if each.presence not in settled and not each.has_substitute
    )
