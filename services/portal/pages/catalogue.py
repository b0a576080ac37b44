"""Units and items as forms offer them: the items in groups, each under the unit that does it."""

from collections.abc import Sequence
from itertools import groupby

from services.portal import repository
from services.portal.pages.places import Group
from shared.http import Door

MOST_ITEMS = 2_000


def item_choices(door: Door) -> Sequence[Group]:
    """Return the active items by unit."""
    with door.unit.transaction() as db:
        titles = {unit.code: unit.title for unit in repository.units(db)}
        items = repository.items(db, "", MOST_ITEMS)
    by_unit = sorted(items, key=lambda item: (item.unit_code, item.title))
    return [
        (titles.get(unit, unit), [(item.code, item.title) for item in found])
        for unit, found in groupby(by_unit, key=lambda item: item.unit_code)
    ]


def unit_choices(door: Door) -> Sequence[tuple[str, str]]:
    """Return the active units."""
    with door.unit.transaction() as db:
        return [(unit.code, unit.title) for unit in repository.units(db)]


def unit_title(door: Door, code: str) -> str | None:
    """Return the title of a unit."""
    with door.unit.transaction() as db:
        found = repository.unit(db, code)
    return found.title if found else None


def item_title(door: Door, code: str) -> str | None:
    """Return the title of an item."""
    with door.unit.transaction() as db:
        found = repository.item(db, code)
    return found.title if found else None
