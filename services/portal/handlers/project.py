"""The projector: events in, rows out; the same for what is heard and for what is replayed.

It never waits for a prerequisite: between speakers no order is guaranteed, so a row may be born of
any event, and what is shown is derived anew from all facts known. The same events show the same
projection in whatever order the speakers were heard.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.facts import FACTS
from services.portal.handlers.settling import settle
from services.portal.handlers.sheet import Sheet, open_sheet, write_sheet
from services.portal.handlers.telling import step_of
from services.portal.tables import Projection
from shared.events.base import CaseEvent, Envelope, Event
from shared.events.dispatch import ItemListed, UnitListed

Heard = Sequence[tuple[Envelope, Event]]


def project(db: Connection, projection: Projection, heard: Heard) -> None:
    """Bring a projection up to these events, in a dozen statements however many they are."""
    cases = {event.case_id for _, event in heard if isinstance(event, CaseEvent)}
    sheet = open_sheet(db, projection, cases)
    _open_catalogue(db, projection, sheet, heard)
    for envelope, event in heard:
        FACTS[type(event)](sheet, envelope, event)
        _note(sheet, envelope, event)
    settle(sheet)
    write_sheet(db, projection, sheet)


def _open_catalogue(db: Connection, projection: Projection, sheet: Sheet, heard: Heard) -> None:
    units = {event.unit_id for _, event in heard if isinstance(event, UnitListed)}
    items = {event.item_id for _, event in heard if isinstance(event, ItemListed)}
    if units:
        rows = repository.rows_by_key(db, projection.units, units)
        sheet.units = {row["unit_id"]: row for row in rows}
    if items:
        rows = repository.rows_by_key(db, projection.items, items)
        sheet.items = {row["item_id"]: row for row in rows}


def _note(sheet: Sheet, envelope: Envelope, event: Event) -> None:
    said = (envelope.speaker, envelope.subject)
    sheet.reached[said] = max(sheet.reached.get(said, 0), envelope.version)
    if isinstance(event, CaseEvent):
        sheet.timeline.append(step_of(envelope, event))
