"""What is new to somebody of the staff: what persons said of cases after that one had looked."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.repository import CaseCard, ListedCase

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def news_among(db: Connection, account: str, rows: Sequence[ListedCase]) -> frozenset[UUID]:
    """Return of which cases of a list an account has something to read."""
    said = {row.case_id: row.said_at for row in rows if row.said_at is not None}
    looked = repository.looks_of(db, account, said)
    return frozenset(key for key, at in said.items() if looked.get(key, NEVER) < at)


def look_at(db: Connection, account: str, case: CaseCard, now: datetime) -> datetime | None:
    """Note that an account looks at a case; return when it last did, None if nothing is new."""
    if case.said_at is None:
        return None
    before = repository.looks_of(db, account, [case.case_id]).get(case.case_id, NEVER)
    repository.note_look(db, account, case.case_id, now)
    return before
