"""Take cases out of their groups: by hand, or because one complains of somebody new."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.repository.cases import case_of
from services.intake.repository.groupings import Grouping, around, end_grouping
from shared.events.intake import CaseUngrouped, GroupKind
from shared.events.words import By
from shared.outbox import say

BY_CONFLICT = "反映对象有变化，按回避规定分开办理"


def dissolve(db: Connection, grouping: Grouping, because: str, by: By, at: datetime) -> None:
    """End one grouping and say so; its person reads of it only if the lead is theirs too."""
    end_grouping(db, grouping.grouping_id, at)
    lead = case_of(db, grouping.lead_id)
    assert lead is not None, "a lead is a case that is here"  # noqa: S101
    kind = GroupKind(grouping.kind)
    ended = CaseUngrouped(
        case_id=grouping.case_id,
        occurred_at=at,
        lead_id=lead.case_id,
        lead_number=lead.number,
        kind=kind,
        because_masked=because,
        by=by,
    )
    if kind is GroupKind.JOINED:
        tell(db, ended)
    else:
        say(db, ended)


def dissolve_for_conflict(db: Connection, case_id: UUID, by: By, at: datetime) -> None:
    """End every grouping of a case whose conflicts changed: they are no longer those of both."""
    for grouping in around(db, case_id):
        dissolve(db, grouping, BY_CONFLICT, by, at)
