"""A batch was heard: journal it, then bring the projection up to it."""

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.erasing import forget
from services.portal.handlers.exports import withdraw_exports
from services.portal.handlers.project import Heard, project
from services.portal.tables import live
from shared.events.base import Event
from shared.events.intake import CaseErased
from shared.events.link import FactRelayed


def record(db: Connection, heard: Heard) -> None:
    """Append every event to the journal and project it, in one transaction."""
    repository.append(db, [envelope for envelope, _ in heard])
    erased = project(db, live, heard)
    forget(db, erased)
    if erased and any(_erases(event) for _, event in heard):
        withdraw_exports(db)


def _erases(event: Event) -> bool:
    is_told = isinstance(event, FactRelayed) and event.fact.type == CaseErased.name
    return is_told or isinstance(event, CaseErased)
