"""When somebody last looked at cases, so that what is new to them can be marked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from services.portal.tables import case_looks
from shared.db.bulk import among

_look = case_looks.c


def looks_of(db: Connection, account: str, cases: Collection[UUID]) -> Mapping[UUID, datetime]:
    """Return when an account last looked at each of these cases; of others nothing."""
    if not cases:
        return {}
    mine = (_look.account == account, among(_look.case_id, sorted(cases)))
    found = db.execute(select(_look.case_id, _look.looked_at).where(*mine))
    return {row.case_id: row.looked_at for row in found}


def note_look(db: Connection, account: str, case_id: UUID, at: datetime) -> None:
    """Remember that an account looks at a case now; an earlier moment changes nothing."""
    fresh = insert(case_looks).values(account=account, case_id=case_id, looked_at=at)
    later = fresh.excluded.looked_at
    db.execute(
        fresh.on_conflict_do_update(
            index_elements=[_look.account, _look.case_id],
            set_={"looked_at": later},
            where=_look.looked_at < later,
        )
    )


def forget_looks(db: Connection, case_id: UUID) -> None:
    """Delete who looked at a case when."""
    db.execute(delete(case_looks).where(_look.case_id == case_id))
