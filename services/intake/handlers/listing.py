"""Keep the catalogue of items and the names of units, as dispatch lists them."""

from sqlalchemy import Connection

from services.intake.policy.scope import normal_title
from services.intake.repository import catalogue
from shared.events.dispatch import ItemListed, UnitListed


def list_item(db: Connection, event: ItemListed) -> None:
    """Enter an item, or its changed entry; the later entry stays, whichever is heard last."""
    catalogue.list_item(
        db,
        catalogue.Item(
            code=event.code,
            title=event.title,
            normal_title=normal_title(event.title),
            complexity=event.complexity.value,
            active=event.active,
            listed_at=event.occurred_at,
            valid_from=event.valid_from,
            valid_until=event.valid_until,
        ),
    )


def list_unit(db: Connection, event: UnitListed) -> None:
    """Enter a unit, or its changed entry; the later entry stays, whichever is heard last."""
    catalogue.list_unit(
        db,
        catalogue.UnitEntry(
            code=event.code, title=event.title, phone=event.phone, listed_at=event.occurred_at
        ),
    )
