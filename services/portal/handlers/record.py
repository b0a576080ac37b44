"""A batch was heard: journal it, then bring the projection up to it."""

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.erasing import forget
from services.portal.handlers.project import Heard, project
from services.portal.tables import live


def record(db: Connection, heard: Heard) -> None:
    """Append every event to the journal and project it, in one transaction."""
    repository.append(db, [envelope for envelope, _ in heard])
    forget(db, project(db, live, heard))
