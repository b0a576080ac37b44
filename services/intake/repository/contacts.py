"""Changes of telephones that wait for the code that was sent to the new one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from services.intake.policy.lost_codes import Ask
from services.intake.tables import contact_changes as changes
from shared.events.sealed import PartyRole, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new telephone, sealed, and the keyed hash of the code that went to it."""

    change_id: UUID
    case_id: UUID
    party: PartyRole
    phone: Sealed
    masked_phone: str
    code_hash: str
    asked_at: datetime
    expires_at: datetime
    complainant: int | None = None
    """Which of several it is of, under whose own key it is sealed; None for the case's parties."""
    tries: int = 0
    used_at: datetime | None = None

    @property
    def ask(self) -> Ask:
        """What decides whether its code can still be tried."""
        return Ask(self.expires_at, self.tries, self.used_at)


def add_change(db: Connection, change: Change) -> None:
    """Let a change wait in the place of any other one of the same person."""
    forget_changes_of_one(db, change.case_id, change.complainant)
    row = {name: getattr(change, name) for name in Change.__slots__}
    db.execute(changes.insert().values(row | {"phone": change.phone.model_dump(mode="json")}))


def change_of(db: Connection, change_id: UUID, case_id: UUID) -> Change | None:
    """Lock and return a change of a case."""
    mine = (changes.c.change_id == change_id, changes.c.case_id == case_id)
    row = db.execute(select(changes).where(*mine).with_for_update()).mappings().one_or_none()
    if row is None:
        return None
    told = {"party": PartyRole(row["party"]), "phone": Sealed.model_validate(row["phone"])}
    return Change(**{**row, **told})


def count_contact_try(db: Connection, change_id: UUID) -> None:
    """Count one more try of a code."""
    mine = changes.c.change_id == change_id
    db.execute(update(changes).where(mine).values(tries=changes.c.tries + 1))


def end_change(db: Connection, change_id: UUID, at: datetime) -> None:
    """Let the code of a change count no more: it was right."""
    db.execute(update(changes).where(changes.c.change_id == change_id).values(used_at=at))


def forget_changes_of(db: Connection, case_id: UUID) -> None:
    """Delete what waits of a case."""
    db.execute(delete(changes).where(changes.c.case_id == case_id))


def forget_changes_of_one(db: Connection, case_id: UUID, complainant: int | None) -> None:
    """Delete what waits of one of several complainants, or of the parties of a case."""
    theirs = changes.c.complainant.is_not_distinct_from(complainant)
    db.execute(delete(changes).where(changes.c.case_id == case_id, theirs))


def forget_changes_before(db: Connection, moment: datetime) -> int:
    """Delete the changes whose codes are over since before `moment`; return how many."""
    return db.execute(delete(changes).where(changes.c.expires_at < moment)).rowcount
