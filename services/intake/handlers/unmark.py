"""A case complains of somebody no more: one person asks for it with a reason, another approves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict, known_as, say_marked
from services.intake.handlers.dissolving import dissolve_for_conflict
from services.intake.handlers.trace import leave_trace
from services.intake.repository.cases import Case, case_by_number, mark_complaint
from services.intake.repository.unmarkings import (
    Unmarking,
    add_unmarking,
    change_unmarking,
    unmarking_of,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import ComplainedOf, UnitComplainedOf
from shared.security.caller import Caller
from shared.security.masking import mask_name, mask_text
from shared.security.parties import name_hashes
from shared.security.sealing import KeyDestroyed, NodeKeys
from shared.security.vault import sealer_of_case


@unique
class UnmarkingState(StrEnum):
    """How far an asking has come."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Unmark:
    """Who shall be complained of no more: units as `unit_key` has them, persons by name."""

    units: Sequence[str]
    persons: Sequence[str]
    because: str


@dataclass(frozen=True, slots=True)
class Meant:
    """A person whom an asking means, masked; `more`: known by more than this name."""

    name: str
    more: bool


def meant_by(db: Connection, keys: NodeKeys, case: Case, asked: Unmarking) -> Sequence[Meant]:
    """Return every person of whom a case complains no more if an asking is approved."""
    persons = case.complained_of.persons if case.complained_of else ()
    gone = frozenset(asked.persons if asked.state == UnmarkingState.ASKED else ())
    meant = [one for one in persons if one.hashes & gone]
    if not meant:
        return []
    try:
        sealer = sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed:
        return []
    names = [(sealer.open(one.name), one.hashes) for one in meant]
    return [Meant(mask_name(name), bool(known - name_hashes(keys, name))) for name, known in names]


def unit_key(unit: UnitComplainedOf) -> str:
    """Return by what a unit complained of is named in an asking."""
    return "/".join(known_as(unit))


def ask_unmarking(
    db: Connection, keys: NodeKeys, number: str, unmark: Unmark, caller: Caller
) -> Unmarking:
    """Ask that a case complains of somebody no more; Refused (`not_marked`) if it does not."""
    case = _case(db, number, caller)
    asked = Unmarking(
        unmarking_id=new_id(),
        case_id=case.case_id,
        number=case.number,
        state=UnmarkingState.ASKED,
        units=list(dict.fromkeys(unmark.units)),
        persons=_hashes(keys, case, unmark),
        because=mask_text(unmark.because),
        asked_by=caller.actor.id,
        asked_name=caller.actor.name,
        asked_at=caller.now,
    )
    if not add_unmarking(db, asked):
        raise Refused("unmarking_open")
    why = {"purpose": unmark.because, "after": str(asked.unmarking_id)}
    leave_trace(db, caller, "unmark.ask", case.number, **why)  # type: ignore[arg-type]
    return asked


def approve_unmarking(db: Connection, unmarking_id: UUID, caller: Caller) -> Case:
    """Let a case complain of them no more, as somebody else asked, and say so."""
    case, asked = _undecided(db, unmarking_id, caller)
    _decide(db, asked, UnmarkingState.APPROVED, caller)
    left = _without(case.complained_of or ComplainedOf(), asked)
    mark_complaint(db, case.case_id, left)
    say_marked(db, replace(case, complained_of=left), caller.by, caller.now)
    dissolve_for_conflict(db, case.case_id, caller.by, caller.now)
    leave_trace(db, caller, "unmark.approve", case.number, after=str(unmarking_id))
    return case


def refuse_unmarking(db: Connection, unmarking_id: UUID, reason: str, caller: Caller) -> Case:
    """Decide that a case goes on complaining of them."""
    case, asked = _undecided(db, unmarking_id, caller)
    _decide(db, asked, UnmarkingState.REFUSED, caller, refusal=mask_text(reason))
    why = {"purpose": reason, "after": str(unmarking_id)}
    leave_trace(db, caller, "unmark.refuse", case.number, **why)  # type: ignore[arg-type]
    return case


def _case(db: Connection, number: str, caller: Caller) -> Case:
    case = case_by_number(db, number, lock=True)
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    return case


def _hashes(keys: NodeKeys, case: Case, unmark: Unmark) -> list[str]:
    known = case.complained_of or ComplainedOf()
    if not set(unmark.units) <= set(map(unit_key, known.units)):
        raise Refused("not_marked", field="units")
    found = [name_hashes(keys, name) & known.hashes for name in unmark.persons]
    if not all(found):
        raise Refused("not_marked", field="persons")
    return sorted(frozenset().union(*found))


def _undecided(db: Connection, unmarking_id: UUID, caller: Caller) -> tuple[Case, Unmarking]:
    # The case before its asking: nobody marks it meanwhile.
    named = unmarking_of(db, unmarking_id)
    if named is None:
        raise Refused("unknown_unmarking")
    case = _case(db, named.number, caller)
    asked = unmarking_of(db, unmarking_id, lock=True) or named
    if asked.state != UnmarkingState.ASKED:
        raise Refused("wrong_state")
    if asked.asked_by == caller.actor.id:
        raise Refused("second_person")
    return case, asked


def _decide(
    db: Connection, asked: Unmarking, state: UnmarkingState, caller: Caller, **more: str
) -> None:
    who = {"decided_by": caller.actor.id, "decided_name": caller.actor.name}
    change_unmarking(db, asked.unmarking_id, state=state, decided_at=caller.now, **who, **more)


def _without(known: ComplainedOf, asked: Unmarking) -> ComplainedOf:
    gone = frozenset(asked.persons)
    units = tuple(unit for unit in known.units if unit_key(unit) not in asked.units)
    return ComplainedOf(
        units=units, persons=tuple(one for one in known.persons if not one.hashes & gone)
    )
