"""A batch was heard: journal it, then bring the projection up to it."""

from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.erasing import forget
from services.portal.handlers.exports import withdraw_exports
from services.portal.handlers.project import Heard, project
from services.portal.tables import live
from shared.events.base import Event
from shared.events.intake import CaseErased
from shared.events.link import FactRelayed, NodeFactRelayed
from shared.events.review import LeadRaised
from shared.security.erasing import ERASED


def record(db: Connection, heard: Heard) -> None:
    """Append every event to the journal and project it, in one transaction."""
    repository.append(db, [envelope for envelope, _ in heard])
    erased = project(db, live, heard)
    forget(db, erased | _emptied(heard))
    if erased and any(_erases(event) for _, event in heard):
        withdraw_exports(db)


def _emptied(heard: Heard) -> frozenset[UUID]:
    # A lead was taken from a case that was erased: its node says so by telling it without words.
    told = [event.fact if isinstance(event, NodeFactRelayed) else one for one, event in heard]
    return frozenset(
        one.subject
        for one in told
        if one.type == LeadRaised.name and one.data.get("text_masked") == ERASED
    )


def _erases(event: Event) -> bool:
    is_told = isinstance(event, FactRelayed) and event.fact.type == CaseErased.name
    return is_told or isinstance(event, CaseErased)
