"""When an item may stand as it is entered, and what must be said before it ends.

An item has its days and its successor as a unit has (`succession`). What rules name or open orders
are about does not end in silence: a successor is named, or it is said that those rules match
nothing any more and that the units finish the orders they have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.dispatch.policy.succession import Objection, Tenure, objection_to_unit

OF_ITEMS: Mapping[str, Objection] = MappingProxyType(
    {
        "unit_ends_before_it_begins": Objection("item_ends_before_it_begins", "valid_until"),
        "successor_without_end": Objection("item_successor_without_end", "valid_until"),
        "unknown_unit": Objection("unknown_item", "successor"),
        "successor_ring": Objection("item_successor_ring", "successor"),
        "successor_not_in_use": Objection("item_successor_not_in_use", "successor"),
        "successor_chain_ends": Objection("item_chain_ends", "successor"),
    }
)
"""What is wrong with the days and successor of a unit, as it is told of an item."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What was said of those who still use an item that ends."""

    rules_lapse: bool = False
    """Rules that name it match nothing any more."""
    orders_stay: bool = False
    """Units finish the open orders that are about it."""


@dataclass(frozen=True, slots=True)
class Using:
    """Who uses an item: rules in force or to come without its successor, open orders."""

    rules: Sequence[str] = ()
    orders: int = 0


def ends(item: Tenure) -> bool:
    """Tell whether an item is out of use or has a last day."""
    return not item.active or item.valid_until is not None


def is_ending(before: Tenure | None, after: Tenure) -> bool:
    """Tell whether a change ends an item, or takes the successor from one that ends."""
    if before is None or not ends(after):
        return False
    return not ends(before) or bool(set(before.successors) - set(after.successors))


def objection_to_item(code: str, items: Mapping[str, Tenure]) -> Objection | None:
    """Return why an item cannot stand as it is entered; `items` has it already."""
    found = objection_to_unit(code, items)
    return None if found is None else OF_ITEMS[found.code]


def objection_to_ending(after: Tenure, using: Using, leaving: Leaving) -> Objection | None:
    """Return what is still to be said before an item may end."""
    if using.rules and not leaving.rules_lapse:
        return Objection("item_in_rules", "rules_lapse")
    if using.orders and not after.successors and not leaving.orders_stay:
        return Objection("item_has_orders", "orders_stay")
    return None
