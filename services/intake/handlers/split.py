"""Take a report apart that tells of several matters; take a part back that was none.

The person stays one: each part has the same party, sealed anew under a key of its own, complains
of the same, is held like the report, and counts its promise from when that came.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from services.intake.handlers.complaint import PERSON, Named
from services.intake.handlers.follow import tell
from services.intake.handlers.grouping import AT_REST, GroupAsking, group_case
from services.intake.handlers.holds import hold_part
from services.intake.handlers.look import Look
from services.intake.handlers.register import (
    Entry,
    Registered,
    Report,
    demand_of,
    enter,
    is_accepted,
    judged,
    mask_for,
)
from services.intake.handlers.trace import leave_trace
from services.intake.policy.days import day_in_china
from services.intake.policy.grouping import Kind
from services.intake.policy.splitting import Objection, Standing, is_in_hand, objection_to_split
from services.intake.repository.cases import Case
from services.intake.repository.catalogue import Item
from services.intake.repository.groupings import grouping_of
from services.intake.repository.splits import Split, add_splits, split_off
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseSplit, ComplainedOf, PartTakenBack
from shared.events.sealed import SealedName
from shared.events.words import Channel, DemandKind
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.parties import Party, opened_party
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import new_key, sealer_of_case


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing that a report told of, in words of whoever takes it apart."""

    title: str
    text: str
    region: str | None = None
    """None for the place of the report."""
    item: str | None = None
    """Name or code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMatter:
    """A matter as it would be entered."""

    title_masked: str
    text_masked: str
    item: Item | None
    accepted: bool
    """Otherwise an officer decides about its scope."""
    hint: str | None


@dataclass(frozen=True, slots=True)
class _Opened:
    """Who told a report, in the clear, and of whom they complain."""

    first: Case
    reporter: Party
    agent: Party | None
    persons: tuple[tuple[str, str | None], ...]
    """Name in the clear, and the hashes by which it is known."""

    @property
    def names(self) -> tuple[str, ...]:
        return Named(persons=tuple(name for name, _hash in self.persons)).spellings

    def report(self, matter: Matter) -> Report:
        """Return a matter as its person would have told it; their ways stand in the report."""
        return Report(
            region=matter.region or self.first.region,
            channel=Channel(self.first.channel),
            reporter=self.reporter,
            agent=self.agent,
            title=matter.title,
            text=matter.text,
            item=matter.item,
            demand=demand_of(self.first) or DemandKind.HELP,
            attempts=0,
        )

    def against(self, sealer: Sealer) -> ComplainedOf | None:
        """Return whom each matter complains of: all of whom the report does."""
        told = self.first.complained_of
        if told is None:
            return None
        persons = tuple(
            SealedName(name=sealer.seal(PERSON, name), name_hash=known)
            for name, known in self.persons
        )
        return ComplainedOf(units=told.units, persons=persons)


def objection_now(
    db: Connection, report: Look, more: int, *, dispatches: bool
) -> Objection | None:
    """Return why so many more matters cannot be split off a report as it stands."""
    case, progress = report.case, report.progress
    under = grouping_of(db, case.case_id)
    standing = Standing(
        matters=1 + len(split_off(db, case.case_id)),
        is_here=case.origin is None and progress.node is None,
        is_at_rest=progress.status in AT_REST or case.erased_at is not None,
        is_part=case.promised_from is not None,
        is_joined=under is not None and under.kind == Kind.JOINED,
        is_given=bool(progress.orders),
    )
    return objection_to_split(standing, more, dispatches=dispatches)


def preview_split(
    db: Connection, keys: NodeKeys, report: Look, matters: Sequence[Matter]
) -> list[SeenMatter]:
    """Return how these matters would be entered."""
    told = _opened(db, keys, report.case)
    return [_seen(db, told, matter) for matter in matters]


def split_case(
    db: Connection, keys: NodeKeys, report: Look, matters: Sequence[Matter], caller: Caller
) -> list[Registered]:
    """Enter further matters of a locked report as cases of their own; say so of all."""
    told, first = _opened(db, keys, report.case), report.case
    known = len(split_off(db, first.case_id))
    parts = [_entered(db, keys, told, matter, caller) for matter in matters]
    add_splits(
        db,
        [
            Split(case_id=part.case_id, first_id=first.case_id, serial=n, split_at=caller.now)
            for n, part in enumerate(parts, known + 1)
        ],
    )
    split = CaseSplit(
        case_id=first.case_id,
        occurred_at=caller.now,
        split_id=new_id(),
        numbers=tuple(part.number for part in parts),
        matters=1 + known + len(parts),
        by=caller.by,
    )
    tell(db, split)
    leave_trace(db, caller, "case.split", first.number, after=" ".join(split.numbers))
    return parts


def take_back(db: Connection, part: Look, report: Look, because: str, caller: Caller) -> None:
    """Join a locked part to the locked report off which it was split, and say so of both."""
    if is_in_hand(part.facts):
        raise Refused("split_in_hand")
    group_case(db, part, report, GroupAsking(Kind.JOINED, because), caller)
    back = PartTakenBack(
        case_id=report.case.case_id,
        occurred_at=caller.now,
        part_id=part.case.case_id,
        part_number=part.case.number,
        because_masked=mask_text(because),
        by=caller.by,
    )
    tell(db, back)
    leave_trace(db, caller, "case.take_back", part.case.number, purpose=report.case.number)


def _entered(
    db: Connection, keys: NodeKeys, told: _Opened, matter: Matter, caller: Caller
) -> Registered:
    sealer, key = new_key(keys, new_id(), caller.now)
    entry = Entry(sealer, key, caller.now, told.against(sealer), told.names, told.first)
    part = enter(db, keys, told.report(matter), entry, caller)
    leave_trace(db, caller, "case.register", part.number)
    hold_part(db, told.first.case_id, part, caller)
    return part


def _seen(db: Connection, told: _Opened, matter: Matter) -> SeenMatter:
    report = told.report(matter)
    item, scope = judged(db, report, day_in_china(told.first.registered_at))
    mask = mask_for(report, told.names)
    return SeenMatter(
        title_masked=mask(report.title),
        text_masked=mask(report.text),
        item=item,
        accepted=is_accepted(scope, told.first),
        hint=scope.hint,
    )


def _opened(db: Connection, keys: NodeKeys, first: Case) -> _Opened:
    try:
        sealer = sealer_of_case(db, keys, first.case_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error
    agent, against = first.agent, first.complained_of or ComplainedOf()
    return _Opened(
        first,
        opened_party(sealer, first.complainant),
        opened_party(sealer, agent) if agent else None,
        tuple((sealer.open(one.name), one.name_hash) for one in against.persons),
    )
