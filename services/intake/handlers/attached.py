"""Read the files of a case; whoever looks from inside says why, and it is written down."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.attach import INSIDE
from services.intake.handlers.safe import bytes_of_file
from services.intake.handlers.shared_files import file_beside, files_beside, unlike
from services.intake.handlers.trace import leave_trace
from services.intake.policy.files import Kind
from services.intake.policy.looks import LookLimits, wait_after
from services.intake.policy.names import bare_name
from services.intake.repository.attachments import (
    FILE,
    THUMBNAIL,
    Attachment,
    attachment_of,
    attachments_of,
)
from services.intake.repository.cases import Case
from services.intake.repository.looks import count_looks, has_read_files
from services.intake.repository.releases import standing
from services.intake.tables import READ, SEEN
from shared.audit import AuditOutcome
from shared.errors import Refused
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.policy import Action
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_for, sealers_for
from shared.security.withheld import is_kept_from
from shared.store.sealed import Safe


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a case; name and place in the clear for those who see persons."""

    attachment: Attachment
    name: str | None = None
    place: dict[str, float] | None = None
    number: str | None = None
    """The case that has it, if it is another one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file of a case: itself (`FILE`) or its small picture (`THUMBNAIL`)."""

    case: Case
    attachment_id: UUID
    variant: str


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, and why; a citizen needs no reason to see what is theirs."""

    caller: Caller
    purpose: str | None = None

    @property
    def is_inside(self) -> bool:
        """Whether the look is written down."""
        return self.caller.actor.kind in INSIDE

    def is_shown(self, attachment: Attachment) -> bool:
        """Tell whether it is theirs to see: copies made for units are a matter of the house."""
        return self.is_inside or attachment.replaces is None


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The bytes of a file, and what it is."""

    kind: Kind
    name: str
    data: bytes


def wait_for_files(db: Connection, number: str, looker: Looker, limits: LookLimits) -> int | None:
    """Return for how many seconds an account may see no more files; the refusal is audited.

    Files of one case are one look, so that a page of them is never shown by half.
    """
    caller, purpose = looker.caller, looker.purpose
    if caller.actor.kind is not ActorKind.STAFF or purpose is None:
        return None
    wait = wait_after(count_looks(db, caller.actor.id, SEEN, caller.now), limits.looks, caller.now)
    if wait is None or has_read_files(db, caller.actor.id, number, caller.now):
        return None
    leave_trace(db, caller, READ, number, purpose=purpose, outcome=AuditOutcome.DENIED)
    return wait


def list_attachments(
    db: Connection, keys: NodeKeys, case: Case, looker: Looker
) -> Sequence[Listed]:
    """Return the files of a case, then those that are shown with them though others have them.

    Without a purpose staff learn only that they are there.
    """
    alone = let_see_alone(db, case, looker.caller)
    if alone is not None:
        return _released(db, case, alone, looker)
    own = [each for each in attachments_of(db, case.case_id) if looker.is_shown(each)]
    beside = unlike(own, files_beside(db, case, looker.caller))
    found = [Listed(attachment) for attachment in own]
    found += [Listed(each.attachment, number=each.number) for each in beside]
    if looker.is_inside:
        if looker.purpose is None:
            return found
        for number in dict.fromkeys((case.number, *(each.number for each in beside))):
            leave_trace(db, looker.caller, READ, number, purpose=looker.purpose)
    sealers = sealers_for(db, keys, {each.attachment.key_id for each in found})
    return [_listed(each, sealers.get(each.attachment.key_id)) for each in found]


def open_attachment(db: Connection, safe: Safe, wanted: Wanted, looker: Looker) -> OpenedFile:
    """Return the bytes of what is wanted; Refused if there is none, or if it was erased."""
    case, variant = wanted.case, wanted.variant
    alone = let_see_alone(db, case, looker.caller)
    own = attachment_of(db, case.case_id, wanted.attachment_id)
    shared = None
    if own is None and alone is None:
        shared = file_beside(db, case, wanted.attachment_id, looker.caller)
    attachment = shared.attachment if shared else own
    if attachment is not None and not _is_theirs(attachment, alone, looker):
        attachment = None
    if attachment is None or (variant == THUMBNAIL and not attachment.has_thumbnail):
        raise Refused("unknown_file", field="attachment_id")
    if looker.is_inside:
        for number in (case.number, *([shared.number] if shared else ())):
            _written_down(db, looker, number, attachment)
    try:
        sealer = sealer_for(db, safe.keys, attachment.key_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error
    kind = Kind(attachment.kind) if variant == FILE else Kind.JPEG
    name = sealer.open(attachment.name) if alone is None else bare_name(kind)
    data = bytes_of_file(db, safe.store, sealer, attachment, variant)
    return OpenedFile(kind, name, data)


def let_see_alone(db: Connection, case: Case, caller: Caller) -> frozenset[UUID] | None:
    """Return which files alone are seen by who is not to know the person of a case; None: all."""
    actor = caller.actor
    if not case.complainant.withheld or not is_kept_from(actor, Action.ATTACHMENT_READ):
        return None
    mine = (actor.node, actor.unit)
    holds = standing(db, case.case_id)
    return frozenset(each.shown_id for each in holds if (each.unit_node, each.unit_code) == mine)


def _is_theirs(attachment: Attachment, alone: frozenset[UUID] | None, looker: Looker) -> bool:
    return looker.is_shown(attachment) if alone is None else attachment.attachment_id in alone


def _released(
    db: Connection, case: Case, alone: frozenset[UUID], looker: Looker
) -> Sequence[Listed]:
    shown = [each for each in attachments_of(db, case.case_id) if each.attachment_id in alone]
    if looker.purpose is None:
        return [Listed(each) for each in shown]
    leave_trace(db, looker.caller, READ, case.number, purpose=looker.purpose)
    return [Listed(each, name=bare_name(Kind(each.kind))) for each in shown]


def _written_down(db: Connection, looker: Looker, number: str, attachment: Attachment) -> None:
    if looker.purpose is None:
        raise Refused("purpose_needed", field="purpose")
    digest = attachment.digest
    leave_trace(db, looker.caller, READ, number, purpose=looker.purpose, after=digest)


def place_of(sealer: Sealer, attachment: Attachment) -> dict[str, float] | None:
    """Return where a photograph was taken, if its person agreed that this is kept."""
    return None if attachment.place is None else json.loads(sealer.open(attachment.place))


def _listed(listed: Listed, sealer: Sealer | None) -> Listed:
    if sealer is None:
        return listed
    attachment = listed.attachment
    name, place = sealer.open(attachment.name), place_of(sealer, attachment)
    return replace(listed, name=name, place=place)
