"""Which files are shown with a case though they were added to another one; no byte is kept twice.

A part shows what its report had when it was taken apart. A lead shows, to staff alone, what the
cases have that are joined to it. Of a case that complains of who looks nothing is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict
from services.intake.policy.grouping import Kind
from services.intake.repository.attachments import Attachment, attachments_of
from services.intake.repository.cases import Case, case_of, cases_among
from services.intake.repository.groupings import led_by
from services.intake.repository.splits import split_of
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.policy import Action
from shared.security.withheld import is_kept_from


@dataclass(frozen=True, slots=True)
class Shared:
    """A file and the number of the case that has it."""

    number: str
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class _Source:
    case: Case
    until: datetime | None = None


def files_beside(db: Connection, case: Case, caller: Caller) -> list[Shared]:
    """Return the files that are shown with those of a case, as who asks may see them."""
    sources = _report_of(db, case)
    if caller.actor.kind is not ActorKind.CITIZEN:
        sources += _joined_to(db, case)
    seen = [each for each in sources if not _is_kept_from(each.case, caller)]
    return [shared for source in seen for shared in _files_of(db, source)]


def _is_kept_from(case: Case, caller: Caller) -> bool:
    hides = case.complainant.withheld and is_kept_from(caller.actor, Action.ATTACHMENT_READ)
    return hides or is_in_conflict(case, caller)


def files_of_report(db: Connection, case: Case) -> list[Shared]:
    """Return the files that a part shows of its report; none of any other case."""
    return [shared for source in _report_of(db, case) for shared in _files_of(db, source)]


def file_beside(db: Connection, case: Case, file_id: UUID, caller: Caller) -> Shared | None:
    """Return one of these files."""
    found = files_beside(db, case, caller)
    return next((each for each in found if each.attachment.attachment_id == file_id), None)


def _report_of(db: Connection, case: Case) -> list[_Source]:
    split = split_of(db, case.case_id) if case.promised_from is not None else None
    report = None if split is None else case_of(db, split.first_id)
    return [] if split is None or report is None else [_Source(report, split.split_at)]


def _joined_to(db: Connection, lead: Case) -> list[_Source]:
    joined = [each.case_id for each in led_by(db, lead.case_id) if each.kind == Kind.JOINED]
    found = cases_among(db, joined) if joined else {}
    return [_Source(found[case_id]) for case_id in joined]


def _files_of(db: Connection, source: _Source) -> Iterator[Shared]:
    for attachment in attachments_of(db, source.case.case_id):
        is_early = source.until is None or attachment.added_at <= source.until
        if is_early and attachment.replaces is None:
            yield Shared(source.case.number, attachment)


def unlike(own: Sequence[Attachment], beside: Sequence[Shared]) -> list[Shared]:
    """Return those of these files that a case does not have itself."""
    digests = {attachment.digest for attachment in own}
    return [each for each in beside if each.attachment.digest not in digests]
