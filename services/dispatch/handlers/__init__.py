"""What dispatch does when it is woken or asked: one module for each use case."""

from services.dispatch.handlers.assign import Placement, dispatch_manually
from services.dispatch.handlers.contact import Attempt, log_contact
from services.dispatch.handlers.finish import Finishing, finish_order
from services.dispatch.handlers.give_back import GivingBack, return_order
from services.dispatch.handlers.listing import (
    ItemListing,
    Listed,
    UnitListing,
    list_item,
    list_place,
    list_unit,
)
from services.dispatch.handlers.reopen import reopen_case
from services.dispatch.handlers.route import route_case
from services.dispatch.handlers.sign import sign
from shared.security.caller import Caller

__all__ = [
    "Attempt",
    "Caller",
    "Finishing",
    "GivingBack",
    "ItemListing",
    "Listed",
    "Placement",
    "UnitListing",
    "dispatch_manually",
    "finish_order",
    "list_item",
    "list_place",
    "list_unit",
    "log_contact",
    "reopen_case",
    "return_order",
    "route_case",
    "sign",
]
