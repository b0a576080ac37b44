"""Let one unit see one file of a person whose name is withheld, and take that back (ADR 56).

Only the node that registered the case has the person and the files, so only there somebody looks
and releases. Whoever is let see it finds nothing else of the case's files.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.look import Look
from services.intake.handlers.offering import offer_released, recall
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own, sealed_words
from services.intake.policy.releases import Asked, Unit, objection_to_release
from services.intake.repository.attachments import Attachment, attachment_of
from services.intake.repository.looks import has_opened
from services.intake.repository.releases import (
    Release,
    add_release,
    end_release,
    find_release,
    standing,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import ComplainedOf, FileReleased, FileReleaseEnded
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

FIELD = "file_release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """Which file is shown, in whose place a copy, and why."""

    file_id: UUID
    copy_id: UUID | None = None
    because: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ending:
    """Which release is taken back, and why."""

    release_id: UUID
    because: str = field(repr=False)


def release_file(
    db: Connection, keys: NodeKeys, look: Look, asking: Releasing, caller: Caller
) -> Release:
    """Show a file, or the copy that was made of it, to the unit that has the locked case."""
    demand_own(look.case)
    file, shown = _files(db, look, asking)
    unit = unit_of(look, caller.actor.node)
    why = objection_to_release(_asked(db, look, unit, (file, shown), caller))
    if why is not None or unit is None:
        raise Refused(why or "no_unit_holds_it", field="copy_id" if why == "look_first" else None)
    release = Release(
        release_id=new_id(),
        case_id=look.case.case_id,
        file_id=file.attachment_id,
        shown_id=shown.attachment_id,
        unit_node=unit.node,
        unit_code=unit.code,
        unit_name=unit.name,
        released_at=caller.now,
        released_by=caller.actor.id,
        because_masked=sealed_words(db, keys, look.case, FIELD, asking.because)[1],
    )
    add_release(db, release)
    _tell_released(db, release, shown, caller)
    offer_released(db, release, shown, caller.actor.node, caller.now)
    because, digest = release.because_masked, shown.digest
    number = look.case.number
    leave_trace(db, caller, "attachment.release", number, reason=because, after=digest)
    return release


def take_release_back(
    db: Connection, keys: NodeKeys, look: Look, ending: Ending, caller: Caller
) -> Release:
    """Show a file of a locked case to its unit no longer; where it was brought, it goes."""
    demand_own(look.case)
    release = find_release(db, look.case.case_id, ending.release_id)
    if release is None:
        raise Refused("unknown_release", field="release_id")
    if release.ended_at is not None:
        raise Refused("release_ended")
    masked = sealed_words(db, keys, look.case, FIELD, ending.because)[1]
    end_release(db, release.release_id, caller.now, masked)
    ended = FileReleaseEnded(
        case_id=release.case_id,
        occurred_at=caller.now,
        release_id=release.release_id,
        file_id=release.file_id,
        unit_code=release.unit_code,
        unit_name=release.unit_name,
        because_masked=masked,
        by=caller.by,
    )
    say(db, ended)
    recall(db, release, caller.actor.node, caller.now)
    leave_trace(db, caller, "attachment.unrelease", look.case.number, reason=masked)
    return release


def unit_of(look: Look, node: str) -> Unit | None:
    """Return the unit that has a case now, here or at another node; None while none has it."""
    holder = next(reversed(list(look.progress.orders.values())), None)
    return None if holder is None else Unit(holder.node or node, holder.code, holder.name)


def _files(db: Connection, look: Look, asking: Releasing) -> tuple[Attachment, Attachment]:
    file = attachment_of(db, look.case.case_id, asking.file_id)
    if file is None or file.replaces is not None:
        raise Refused("unknown_file", field="attachment_id")
    if asking.copy_id is None:
        return file, file
    copy = attachment_of(db, look.case.case_id, asking.copy_id)
    if copy is None or copy.replaces != file.attachment_id:
        raise Refused("unknown_file", field="copy_id")
    return file, copy


def _asked(
    db: Connection,
    look: Look,
    unit: Unit | None,
    files: Sequence[Attachment],
    caller: Caller,
) -> Asked:
    file, shown = files
    against = look.case.complained_of or ComplainedOf()
    holds = [
        each
        for each in standing(db, look.case.case_id)
        if unit is not None
        and (each.unit_node, each.unit_code) == (unit.node, unit.code)
        and each.file_id == file.attachment_id
    ]
    return Asked(
        is_withheld=look.case.complainant.withheld,
        has_unit=unit is not None,
        is_complained_of=unit is not None and unit.code in against.units_of(unit.node),
        is_shown=bool(holds),
        was_opened=all(
            has_opened(db, caller.actor.id, look.case.number, digest, caller.now)
            for digest in {file.digest, shown.digest}
        ),
    )


def _tell_released(db: Connection, release: Release, shown: Attachment, caller: Caller) -> None:
    released = FileReleased(
        case_id=release.case_id,
        occurred_at=caller.now,
        release_id=release.release_id,
        file_id=release.file_id,
        kind=shown.kind,
        redacted=release.shown_id != release.file_id,
        unit_node=release.unit_node,
        unit_code=release.unit_code,
        unit_name=release.unit_name,
        because_masked=release.because_masked,
        by=caller.by,
    )
    say(db, released)
