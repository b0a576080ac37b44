"""Which single files of persons whose names are withheld are shown to which units."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.intake.policy.releases import Unit
from services.intake.tables import file_releases

R = file_releases.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One file shown to one unit; `shown_id` is what it sees: the file, or a copy of it."""

    release_id: UUID
    case_id: UUID
    file_id: UUID
    shown_id: UUID
    unit_node: str
    unit_code: str
    unit_name: str
    released_at: datetime
    released_by: str
    because_masked: str = ""
    via: str | None = None
    """The neighbour that told of it; None for one of this node."""
    ended_at: datetime | None = None
    ended_because_masked: str | None = None

    @property
    def unit(self) -> Unit:
        """Who sees it."""
        return Unit(self.unit_node, self.unit_code, self.unit_name)


def add_release(db: Connection, release: Release) -> bool:
    """Insert a release; False if it is known."""
    adding = insert(file_releases).values(asdict(release)).on_conflict_do_nothing()
    return db.scalar(adding.returning(R.release_id)) is not None


def releases_of(db: Connection, case_id: UUID) -> Sequence[Release]:
    """Return all releases of a case, the first one first."""
    return _found(db, _ordered(R.case_id == case_id))


def standing(db: Connection, case_id: UUID) -> Sequence[Release]:
    """Return the releases of a case that hold now."""
    return _found(db, _ordered(R.case_id == case_id, R.ended_at.is_(None)))


def standing_of_file(db: Connection, shown_id: UUID) -> Sequence[Release]:
    """Return the releases that hold now by which somebody sees this file."""
    return _found(db, _ordered(R.shown_id == shown_id, R.ended_at.is_(None)))


def find_release(db: Connection, case_id: UUID, release_id: UUID) -> Release | None:
    """Return one release of a case."""
    return next(iter(_found(db, _ordered(R.case_id == case_id, R.release_id == release_id))), None)


def show_instead(db: Connection, shown_id: UUID, other_id: UUID) -> None:
    """Write that units see another row of the same bytes, which the case had already."""
    db.execute(update(file_releases).where(R.shown_id == shown_id).values(shown_id=other_id))


def end_release(db: Connection, release_id: UUID, at: datetime, because_masked: str) -> None:
    """Write that a release holds no more."""
    ended = {"ended_at": at, "ended_because_masked": because_masked}
    db.execute(update(file_releases).where(R.release_id == release_id).values(ended))


def erase_releases(db: Connection, case_id: UUID) -> None:
    """Delete the releases of a case."""
    db.execute(delete(file_releases).where(R.case_id == case_id))


def _ordered(*conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(file_releases).where(*conditions).order_by(R.released_at, R.release_id)


def _found(db: Connection, query: Select[tuple[object, ...]]) -> Sequence[Release]:
    return [Release(**row) for row in db.execute(query).mappings()]
