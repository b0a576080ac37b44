"""The register of outside parties: who may be asked, and a look at whom to call there."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.outside import OutsideLimits, PartyKind, wait_for
from services.dispatch.repository import outside as repository
from services.dispatch.repository.outside import Party
from services.dispatch.tables import plumbing
from services.dispatch.tables.outside import party_label
from shared.audit import AuditOutcome, Entry, record
from shared.clock import new_id
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.masking import mask_name, mask_phone, mask_text
from shared.security.policy import Action
from shared.security.sealing import NodeKeys

LOOK = "outside.look"
"""What a look at a contact, or at what a party wrote or sent, is called in the audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyListing:
    """A party as somebody enters it; without contact or telephone the known ones stay."""

    name: str
    kind: PartyKind
    valid_from: date
    valid_until: date | None = None
    contact: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Looking:
    """Who is looked at, and why."""

    party_id: UUID
    purpose: str


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen in the clear, and why."""

    kind: str
    id: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Looked:
    """Whom to call at a party; or for how many seconds this account may look no more."""

    contact: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    wait: int | None = None


def list_party(
    db: Connection, keys: NodeKeys, listing: PartyListing, party_id: UUID | None, caller: Caller
) -> Party:
    """Enter a party, or change one; contact and telephone are sealed by the node's key."""
    known = None if party_id is None else the_party(db, party_id)
    _check_listing(db, listing, known)
    about = new_id() if known is None else known.party_id
    told = {"name": listing.name, "kind": str(listing.kind), "valid_from": listing.valid_from}
    told |= {"valid_until": listing.valid_until}
    reached = {**_contact(keys, about, listing, known), **_phone(keys, about, listing, known)}

    party = Party(party_id=about, **told, **reached)  # type: ignore[arg-type]
    repository.put_party(db, party)
    trace = Trace(Action.OUTSIDE_WRITE, "outside_party", str(about), told)
    leave_trace(db, caller, trace)
    return party


def look_at_party(
    db: Connection, keys: NodeKeys, looking: Looking, limits: OutsideLimits, caller: Caller
) -> Looked:
    """Show contact and telephone; commit it also where there were too many looks."""
    party = the_party(db, looking.party_id)
    about = ("outside_party", str(party.party_id))
    wait = count_look(db, keys, Look(*about, looking.purpose), limits, caller)
    if wait:
        return Looked(wait=wait)
    return Looked(opened(keys, party, "contact"), opened(keys, party, "phone"))


def count_look(
    db: Connection, keys: NodeKeys, look: Look, limits: OutsideLimits, caller: Caller
) -> int | None:
    """Write a look down and count it; return the seconds to wait if it was one too many."""
    key = keys.lasting_hash("outside_looks", caller.actor.id)
    counted = repository.count_try(db, key, caller.now, caller.now - limits.window)
    wait = wait_for(counted, limits.looks + 1, limits.window, caller.now)
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=LOOK,
        object_kind=look.kind,
        object_id=look.id,
        outcome=AuditOutcome.DENIED if wait else AuditOutcome.DONE,
        purpose=mask_text(look.purpose),  # people write it, and it stays for good
    )
    record(db, plumbing.audit, entry)
    return wait


def the_party(db: Connection, party_id: UUID) -> Party:
    """Return a party of the register; Refused if there is none."""
    party = repository.find_party(db, party_id)
    if party is None:
        raise Refused("unknown_party", field="party_id")
    return party


def opened(keys: NodeKeys, party: Party, field: str) -> str:
    """Return `contact` or `phone` of a party in the clear."""
    sealed: bytes = getattr(party, field)
    return keys.open_bytes(sealed, party_label(party.party_id, field)).decode()


def _check_listing(db: Connection, listing: PartyListing, known: Party | None) -> None:
    if listing.valid_until is not None and listing.valid_until < listing.valid_from:
        raise Refused("period_empty", field="valid_until")
    other = repository.party_named(db, listing.name)
    if other is not None and (known is None or other != known.party_id):
        raise Refused("party_listed_already", field="name")
    for name in ("contact", "phone"):
        if known is None and getattr(listing, name) is None:
            raise Refused("party_unreachable", field=name)


def _contact(
    keys: NodeKeys, about: UUID, listing: PartyListing, known: Party | None
) -> dict[str, object]:
    if listing.contact is None and known is not None:
        return {"contact": known.contact, "masked_contact": known.masked_contact}
    told = listing.contact or ""
    sealed = keys.seal_bytes(told.encode(), party_label(about, "contact"))
    return {"contact": sealed, "masked_contact": mask_name(told)}


def _phone(
    keys: NodeKeys, about: UUID, listing: PartyListing, known: Party | None
) -> dict[str, object]:
    if listing.phone is None and known is not None:
        return {"phone": known.phone, "masked_phone": known.masked_phone}
    told = listing.phone or ""
    sealed = keys.seal_bytes(told.encode(), party_label(about, "phone"))
    return {"phone": sealed, "masked_phone": mask_phone(told)}
