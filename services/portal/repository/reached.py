"""How far the projection has come: the last version heard, by speaker and subject."""

from uuid import UUID

from sqlalchemy import Connection, select

from services.portal.tables import live


def has_reached(db: Connection, service: str, subject_id: UUID, version: int) -> bool:
    """Tell whether what a service said about a subject is shown up to this version."""
    reached = live.reached.c
    query = select(reached.version).where(
        reached.service == service, reached.subject_id == subject_id
    )
    return (db.scalar(query) or 0) >= version
