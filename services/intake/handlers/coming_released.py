"""Files of neighbours that one unit alone may see: for whom they come, and how they go again."""

from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.offering import FileHouse, offer_to_legs, recall
from services.intake.handlers.trace import leave_trace
from services.intake.repository.attachments import attachment_of, drop_attachment
from services.intake.repository.cases import Case, case_of
from services.intake.repository.coming import drop_coming, lock_coming
from services.intake.repository.releases import (
    Release,
    end_release,
    find_release,
    standing_of_file,
)
from services.intake.repository.stored import let_file_go
from shared.events.intake import FileOffered, FileRecalled
from shared.events.link import FactRelayed
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.pieces import Shelf, Way, clear


def release_of(offered: FileOffered, via: str) -> Release | None:
    """Return what an offer says of the unit that it is for, if it is for one alone."""
    told = offered.release
    if told is None:
        return None
    return Release(
        **told.model_dump(),
        case_id=offered.case_id,
        file_id=offered.file_id,
        shown_id=offered.file_id,
        released_at=offered.occurred_at,
        released_by=via,
        via=via,
    )


def pass_on(db: Connection, case: Case, file_id: UUID, house: FileHouse) -> None:
    """Offer a file that lies here already to those further on, for another unit."""
    attachment = attachment_of(db, case.case_id, file_id)
    if attachment is not None:
        offer_to_legs(db, attachment, house.node, house.now)


def take_away(db: Connection, event: FactRelayed, house: FileHouse) -> None:
    """A unit here, or further on, is to see a file no longer: it goes, unless another one may."""
    recalled = event.fact.open(FileRecalled)
    if recalled.to_node != house.node or event.fact.node != event.via:
        return
    case = case_of(db, event.case_id, lock=True)
    release = None if case is None else find_release(db, event.case_id, recalled.release_id)
    if case is None or release is None or release.ended_at or release.via != event.via:
        return
    end_release(db, release.release_id, house.now, "")
    recall(db, release, house.node, house.now)
    if not standing_of_file(db, release.shown_id):
        _drop(db, case, release, house)


def _drop(db: Connection, case: Case, release: Release, house: FileHouse) -> None:
    coming = lock_coming(db, release.file_id)
    if coming is not None and coming.via == release.via:
        clear(db, Shelf(Way.IN, coming.via, coming.file_id))
        drop_coming(db, coming.file_id)
    attachment = attachment_of(db, case.case_id, release.shown_id)
    if attachment is not None and attachment.origin is not None:
        let_file_go(db, attachment.attachment_id, house.now)
        drop_attachment(db, attachment.attachment_id)
        actor = Actor(kind=ActorKind.SYSTEM, node=house.node, id=release.via or "")
        caller = Caller(actor, house.now)
        leave_trace(db, caller, "attachment.recall", case.number, before=attachment.digest)
