"""Keep on which days units work otherwise than the country: the rota follows it."""

from sqlalchemy import Connection

from services.dispatch.repository import rota as repository
from shared.events.sla import LocalYearTold


def hear_local_year(db: Connection, event: LocalYearTold) -> None:
    """Keep what is local of a unit, or of all that have no notice of their own."""
    days = {each.day.isoformat(): (each.hours, each.opens) for each in event.days}
    of = (event.unit_code, event.year)
    repository.keep_local_year(db, of, days, event.occurred_at)
