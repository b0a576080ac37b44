"""Coordination meetings: parties, rounds, who was there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy.meetings import (
    MeetingState,
    PartyKind,
    PartyRole,
    Presence,
    RoundResult,
    Seen,
)
from services.dispatch.tables import (
    complaints,
    meeting_parties,
    meeting_presences,
    meeting_rounds,
    meetings,
)
from shared.complaints import shown_to
from shared.db.bulk import insert_rows
from shared.security.actor import Actor
from shared.security.reach import EVERYTHING, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting about a case; without a convening unit the node's dispatch desk convenes."""

    meeting_id: UUID
    case_id: UUID
    round: int
    state: MeetingState
    convenor_unit: str | None
    convened_by: str
    convened_at: datetime
    topic_masked: str
    bring_masked: str
    ended_at: datetime | None = None
    ended_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingParty:
    """Who sits at the table."""

    party_id: UUID
    meeting_id: UUID
    kind: PartyKind
    role: PartyRole
    unit_code: str | None = None
    name_masked: str = ""
    heard_because: str | None = None
    dismissed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRound:
    """One sitting; what was said stands in it once it was held."""

    round_id: UUID
    meeting_id: UUID
    serial: int
    planned_at: datetime
    place_masked: str
    agenda_masked: str
    moves: int = 0
    held_at: datetime | None = None
    said_masked: str | None = None
    result: RoundResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presences:
    """How one party stands to one round."""

    round_id: UUID
    party_id: UUID
    presence: Presence = Presence.INVITED
    substitute_masked: str = ""

    @property
    def seen(self) -> Seen:
        """Return it as the rules look at it."""
        return Seen(self.presence, bool(self.substitute_masked))


@dataclass(frozen=True, slots=True)
class MeetingsWanted:
    """Which meetings a list shows."""

    reader: Actor
    """Who asks: none about whom a case complains of."""
    reach: Within = EVERYTHING
    case_id: UUID | None = None
    """All meetings of this case; else all that are still open."""


def add_meeting(db: Connection, meeting: Meeting) -> None:
    """Insert a meeting."""
    db.execute(meetings.insert().values(asdict(meeting)))


def find_meeting(db: Connection, meeting_id: UUID) -> Meeting | None:
    """Return a meeting; only under the lock of its case does it stay as it is."""
    query = select(meetings).where(meetings.c.meeting_id == meeting_id)
    return next(iter(_meetings(db, query)), None)


def open_meeting(db: Connection, case_id: UUID) -> Meeting | None:
    """Return the meeting of a case that has not ended."""
    mine = (meetings.c.case_id == case_id, meetings.c.ended_at.is_(None))
    return next(iter(_meetings(db, select(meetings).where(*mine))), None)


def change_meeting(db: Connection, meeting_id: UUID, **changes: object) -> None:
    """Write the columns that a step changed."""
    mine = meetings.c.meeting_id == meeting_id
    db.execute(update(meetings).where(mine).values(changes))


def meetings_like(db: Connection, wanted: MeetingsWanted, limit: int) -> Sequence[Meeting]:
    """Return meetings: of a case the youngest first, else by the day of their next round.

    An agreed one has no next round and stands behind those that have.
    """
    m, r = meetings.c, meeting_rounds.c
    coming = and_(r.meeting_id == m.meeting_id, r.held_at.is_(None))
    query = select(meetings).outerjoin(meeting_rounds, coming)
    query = query.where(shown_to(wanted.reader, complaints, m.case_id), _within(wanted.reach))
    if wanted.case_id is not None:
        query = query.where(m.case_id == wanted.case_id).order_by(m.convened_at.desc())
    else:
        query = query.where(m.ended_at.is_(None)).order_by(r.planned_at, m.meeting_id)
    return _meetings(db, query.limit(limit))


def add_parties(db: Connection, parties: Sequence[MeetingParty]) -> None:
    """Insert parties."""
    insert_rows(db, meeting_parties, [asdict(party) for party in parties])


def parties_of(db: Connection, meeting_ids: Collection[UUID]) -> Sequence[MeetingParty]:
    """Return the parties of meetings in the order in which they were asked."""
    p = meeting_parties.c
    query = select(meeting_parties).where(p.meeting_id.in_(meeting_ids)).order_by(p.party_id)
    return [_party(row) for row in db.execute(query).mappings()]


def dismiss_party(db: Connection, party_id: UUID, at: datetime) -> None:
    """Write that a party is asked no more."""
    mine = meeting_parties.c.party_id == party_id
    db.execute(update(meeting_parties).where(mine).values(dismissed_at=at))


def add_round(db: Connection, one: MeetingRound, asked: Sequence[Presences]) -> None:
    """Insert a round with how those who are asked stand to it."""
    db.execute(meeting_rounds.insert().values(asdict(one)))
    insert_rows(db, meeting_presences, [asdict(each) for each in asked])


def change_round(db: Connection, round_id: UUID, **changes: object) -> None:
    """Write the columns of a round that changed."""
    mine = meeting_rounds.c.round_id == round_id
    db.execute(update(meeting_rounds).where(mine).values(changes))


def rounds_of(db: Connection, meeting_ids: Collection[UUID]) -> Sequence[MeetingRound]:
    """Return the rounds of meetings, first to last."""
    r = meeting_rounds.c
    query = select(meeting_rounds).where(r.meeting_id.in_(meeting_ids)).order_by(r.serial)
    return [_round(row) for row in db.execute(query).mappings()]


def put_presences(db: Connection, told: Sequence[Presences]) -> None:
    """Write how parties stand to a round, in place of what was known."""
    for one in told:
        row = asdict(one)
        key = ["round_id", "party_id"]
        changed = {name: row[name] for name in ("presence", "substitute_masked")}
        written = insert(meeting_presences).values(row)
        db.execute(written.on_conflict_do_update(index_elements=key, set_=changed))


def presences_of(
    db: Connection, round_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[UUID, Presences]]:
    """Return by round, then by party, how each stands to it."""
    query = select(meeting_presences).where(meeting_presences.c.round_id.in_(round_ids))
    found: dict[UUID, dict[UUID, Presences]] = {}
    for row in db.execute(query).mappings():
        one = Presences(**{**row, "presence": Presence(row["presence"])})
        found.setdefault(one.round_id, {})[one.party_id] = one
    return found


def _within(reach: Within) -> Any:
    if reach.everything:
        return True
    m, p = meetings.c, meeting_parties.c
    if reach.unit is None:
        return False
    sits = and_(
        p.meeting_id == m.meeting_id,
        p.unit_code == reach.unit,
        p.role != PartyRole.HEARD,
        p.dismissed_at.is_(None),
    )
    return or_(m.convenor_unit == reach.unit, exists().where(sits))


def _meetings(db: Connection, query: Select[Any]) -> Sequence[Meeting]:
    rows = db.execute(query).mappings()
    return [Meeting(**{**row, "state": MeetingState(row["state"])}) for row in rows]


def _party(row: Any) -> MeetingParty:
    kinds = {"kind": PartyKind(row["kind"]), "role": PartyRole(row["role"])}
    return MeetingParty(**{**row, **kinds})


def _round(row: Any) -> MeetingRound:
    result = row["result"]
    return MeetingRound(**{**row, "result": result and RoundResult(result)})
