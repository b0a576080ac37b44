"""Let a part that another tier takes have its own copy of the files that it shows of its report.

Between nodes files go with the case that has them, and the report stays here.
"""

from collections.abc import Sequence
from io import BytesIO

from sqlalchemy import Connection

from services.intake.handlers.attach import Kept, Prepared, keep, lay_all
from services.intake.handlers.attached import place_of
from services.intake.handlers.offering import GIVEN, FileHouse
from services.intake.handlers.safe import bytes_of_file
from services.intake.handlers.shared_files import files_of_report, unlike
from services.intake.policy.files import Kind
from services.intake.repository.attachments import FILE, THUMBNAIL, Attachment, attachments_of
from services.intake.repository.cases import Case, cases_among
from shared.clock import new_id
from shared.events.base import CaseEvent
from shared.events.dispatch import CaseHandedOver
from shared.security.sealing import KeyDestroyed, Sealer
from shared.security.vault import sealer_for, sealer_of_case


def adopt_shared(db: Connection, events: Sequence[CaseEvent], house: FileHouse) -> None:
    """Copy shared files of cases that another tier took over, before they are offered to it."""
    given = (event for event in events if isinstance(event, CaseHandedOver))
    taken = {event.case_id for event in given if event.kind in GIVEN}
    if not taken:
        return
    for case in cases_among(db, taken).values():
        if case.promised_from is not None:
            _adopt(db, case, house)


def _adopt(db: Connection, case: Case, house: FileHouse) -> None:
    shown = files_of_report(db, case)
    try:
        sealer = sealer_of_case(db, house.keys, case.case_id)
        for each in unlike(attachments_of(db, case.case_id), shown):
            theirs = sealer_for(db, house.keys, each.attachment.key_id)
            _copy(db, case, each.attachment, (theirs, sealer), house)
    except KeyDestroyed:
        return  # whose person was erased shows no file any more


def _copy(
    db: Connection,
    case: Case,
    file: Attachment,
    sealers: tuple[Sealer, Sealer],
    house: FileHouse,
) -> None:
    theirs, own = sealers
    taken = (db, house.store, theirs, file)
    small = bytes_of_file(*taken, THUMBNAIL) if file.has_thumbnail else None
    data = bytes_of_file(*taken, FILE)
    prepared = Prepared(
        kind=Kind(file.kind),
        name=theirs.open(file.name),
        source=BytesIO(data),
        size=len(data),
        digest=file.digest,
        content=file.content or file.digest,
        most=house.limits.per_case,
        thumbnail=small,
        place=place_of(theirs, file),
    )
    kept = Kept(new_id(), case.case_id, file.added_at, file.added_by_staff, file.origin)
    keep(db, own, kept, prepared, lay_all(house.store, own, kept.attachment_id, prepared))
