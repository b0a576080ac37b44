"""Keep the catalogue: units and place rules; an entry put twice is said once."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import Tenure, UnitKind
from services.dispatch.repository.catalogue import (
    PlaceEntry,
    UnitEntry,
    entry_of,
    find_unit,
    lock_tree,
    put_place,
    put_unit,
    standings,
)
from services.dispatch.tables import places, units
from shared.errors import Refused
from shared.events.dispatch import UnitListed
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.policy import Action

ENTRIES = UUID("6b1e5f5e-2c0d-5f0a-9d7b-0f6f6e3a7c11")
"""Namespace of the ids of catalogue entries: the same code at the same node is the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitListing:
    """A unit as an administrator enters it."""

    code: str
    title: str
    region: str
    parent: str | None = None
    phone: str | None = None
    active: bool = True
    kind: UnitKind = UnitKind.ORDINARY
    supervised_by: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of an entry; facts about it have `subject_id`, where any are said."""

    code: str
    changed: bool
    subject_id: UUID | None = None


def list_unit(db: Connection, listing: UnitListing, caller: Caller) -> Listed:
    """Enter a unit below its parent; one out of use keeps its orders and gets no new ones."""
    _check_parent(db, listing)
    _check_standing(db, listing)
    unit_id = uuid5(ENTRIES, f"{caller.actor.node}/unit/{listing.code}")
    told = asdict(listing)

    before = entry_of(db, units, listing.code, told)
    changed = put_unit(db, UnitEntry(unit_id=unit_id, **told))
    if changed:
        say(db, UnitListed(unit_id=unit_id, occurred_at=caller.now, **told))
        leave_trace(db, caller, Trace(Action.UNIT_WRITE, "unit", listing.code, told, before))
    return Listed(listing.code, changed, unit_id)


def list_place(db: Connection, region: str, unit_code: str, caller: Caller) -> Listed:
    """Let a unit take what happens in a region; the nearest rule to a place wins."""
    check_owner(db, unit_code)
    place = PlaceEntry(region=policy.significant(region), unit_code=unit_code)

    before = entry_of(db, places, place.region, asdict(place))
    changed = put_place(db, place)
    if changed:
        told = asdict(place)
        leave_trace(db, caller, Trace(Action.RULE_WRITE, "place", place.region, told, before))
    return Listed(place.region, changed)


def check_owner(db: Connection, code: str, field: str = "unit_code") -> None:
    """Refuse a unit to which nothing can be sent: an unknown one, or an outside party."""
    unit = find_unit(db, code)
    if unit is None:
        raise Refused("unknown_unit", field=field)
    if unit.kind is UnitKind.OUTSIDE:
        raise Refused("unit_outside", field=field)


def _check_parent(db: Connection, listing: UnitListing) -> None:
    parents = lock_tree(db)
    if listing.parent is None:
        return
    if listing.parent not in parents and listing.parent != listing.code:
        raise Refused("unknown_unit", field="parent")
    if policy.is_below(listing.parent, listing.code, parents):
        raise Refused("unit_below_itself", field="parent")


def _check_standing(db: Connection, listing: UnitListing) -> None:
    if listing.kind is UnitKind.VERTICAL and listing.supervised_by is None:
        raise Refused("supervising_body_missing", field="supervised_by")
    validity = (listing.valid_from, listing.valid_until, listing.successors)
    entered = Tenure(listing.active, listing.kind, *validity)
    objection = policy.objection_to_unit(listing.code, {**standings(db), listing.code: entered})
    if objection is not None:
        raise Refused(objection.code, field=objection.field)
