"""Who may have a seat at a meeting: units in use, and nobody of whom the case complains."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import Barred
from services.dispatch.policy import UnitRule
from services.dispatch.policy.meetings import Invitee, PartyKind, PartyRole
from services.dispatch.repository.catalogue import find_in_place
from services.dispatch.repository.meetings import Meeting, MeetingParty
from shared.clock import new_id
from shared.errors import Refused
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAsked:
    """A party as somebody names it: a unit by its code, all others by words."""

    kind: PartyKind
    role: PartyRole = PartyRole.MEMBER
    unit_code: str | None = None
    name: str = ""


def party_asked(
    db: Connection, meeting_id: UUID, asked: PartyAsked, against: Barred
) -> MeetingParty:
    """Return somebody who is asked as a party; Refused if the case complains of them."""
    if asked.role is PartyRole.HEARD:
        raise Refused("heard_by_supervisor", field="parties")
    name, code = mask_text(asked.name), None
    if asked.kind is PartyKind.UNIT:
        unit = unit_asked(db, asked.unit_code or "", "parties")
        if against.has(unit.code):
            raise Refused("party_complained_of", field="parties")
        name, code = unit.title, unit.code
    elif asked.kind is PartyKind.COMPLAINANT:
        name = ""
    elif not name:
        raise Refused("party_name_needed", field="parties")
    return MeetingParty(
        party_id=new_id(),
        meeting_id=meeting_id,
        kind=asked.kind,
        role=asked.role,
        unit_code=code,
        name_masked=name,
    )


def chair_of(
    db: Connection, meeting: Meeting, parties: Sequence[MeetingParty]
) -> list[MeetingParty]:
    """Return the party of a unit that convenes, unless it sits at the table anyhow."""
    code = meeting.convenor_unit
    if code is None or code in {party.unit_code for party in parties}:
        return []
    unit = unit_asked(db, code, "convenor_unit")
    chair = MeetingParty(
        party_id=new_id(),
        meeting_id=meeting.meeting_id,
        kind=PartyKind.UNIT,
        role=PartyRole.CHAIR,
        unit_code=code,
        name_masked=unit.title,
    )
    return [chair]


def check_convenor(db: Connection, code: str | None, against: Barred) -> None:
    """Refuse a unit as convenor that is not in use, or of which the case complains."""
    if code is not None and against.has(unit_asked(db, code, "convenor_unit").code):
        raise Refused("party_complained_of", field="convenor_unit")


def unit_asked(db: Connection, code: str, field: str) -> UnitRule:
    """Return a unit in use; Refused (`field`) otherwise."""
    # One outside the node's administration has no account, and may be asked all the same.
    unit = find_in_place(db, code)
    if unit is None:
        raise Refused("unknown_unit", field=field)
    if not unit.active:
        raise Refused("unit_inactive", field=field)
    return unit


def invitees(parties: Sequence[MeetingParty]) -> list[Invitee]:
    """Return parties as the rules look at them."""
    return [
        Invitee(
            party_id=party.party_id,
            kind=party.kind,
            role=party.role,
            unit_code=party.unit_code,
            name=party.name_masked,
        )
        for party in parties
    ]


def units_asked(parties: Sequence[MeetingParty]) -> tuple[str, ...]:
    """Return the codes of the units that are asked still; who is only heard is told of nothing."""
    return tuple(
        party.unit_code
        for party in parties
        if party.unit_code and party.role is not PartyRole.HEARD and party.dismissed_at is None
    )
