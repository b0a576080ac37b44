"""Show an outside party the files of a case that the unit chose for it, and no other."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.attached import OpenedFile
from services.intake.handlers.safe import bytes_of_file
from services.intake.handlers.shared_files import file_beside, files_beside
from services.intake.handlers.trace import leave_trace
from services.intake.policy.files import Kind
from services.intake.repository.attachments import (
    FILE,
    Attachment,
    attachment_of,
    attachments_of,
)
from services.intake.repository.cases import Case, case_of
from services.intake.tables import READ
from shared.errors import Refused
from shared.security.actor import file_scope
from shared.security.caller import Caller
from shared.security.sealing import KeyDestroyed
from shared.security.vault import sealer_for
from shared.store.sealed import Safe

BECAUSE = "外部单位协助答复"
"""Why a party looks, in the audit."""


def files_shown(db: Connection, caller: Caller) -> Sequence[Attachment]:
    """Return the files of its case that a party may see."""
    party = caller.actor
    case = None if party.case_id is None else case_of(db, party.case_id)
    if case is None or case.complainant.withheld:
        return []
    beside = files_beside(db, case, caller)
    found = [*attachments_of(db, case.case_id), *(each.attachment for each in beside)]
    return [each for each in found if file_scope(each.attachment_id) in party.scopes]


def open_shown(db: Connection, safe: Safe, file_id: UUID, caller: Caller) -> OpenedFile:
    """Return the bytes of a file; the policy was asked before. The look is written down."""
    case_id = caller.actor.case_id
    case = None if case_id is None else case_of(db, case_id)
    attachment = None if case is None else _file(db, case, file_id, caller)
    if attachment is None or case is None:
        raise Refused("unknown_file", field="file_id")
    try:
        sealer = sealer_for(db, safe.keys, attachment.key_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error
    leave_trace(db, caller, READ, case.number, purpose=BECAUSE, after=attachment.digest)
    data = bytes_of_file(db, safe.store, sealer, attachment, FILE)
    return OpenedFile(Kind(attachment.kind), "", data)


def _file(db: Connection, case: Case, file_id: UUID, caller: Caller) -> Attachment | None:
    own = attachment_of(db, case.case_id, file_id)
    shared = None if own else file_beside(db, case, file_id, caller)
    return shared.attachment if shared else own
