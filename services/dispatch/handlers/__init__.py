"""What dispatch does when it is woken or asked: one module for each use case."""

from services.dispatch.handlers.amend import amend_case
from services.dispatch.handlers.answer import Refusing, accept_hand_over, refuse_hand_over
from services.dispatch.handlers.arbitrate import Opining, Ruling, decide_dispute, give_opinion
from services.dispatch.handlers.assign import Placement, dispatch_manually
from services.dispatch.handlers.complaint import hear_complaint
from services.dispatch.handlers.contact import Attempt, log_contact
from services.dispatch.handlers.duty_gaps import Watch, look_for_gaps
from services.dispatch.handlers.erase import erase_case
from services.dispatch.handlers.extend import (
    Deciding,
    Pleading,
    ask_extension,
    decide_on_extension,
)
from services.dispatch.handlers.finish import Finishing, finish_order
from services.dispatch.handlers.give_back import GivingBack, return_order
from services.dispatch.handlers.hand_over import Offering, offer_hand_over, withdraw
from services.dispatch.handlers.importing import import_units
from services.dispatch.handlers.learn import learn_anew, learn_some
from services.dispatch.handlers.ledger import CustodyState, custody_states
from services.dispatch.handlers.listing import (
    ItemListing,
    Listed,
    UnitListing,
    list_item,
    list_place,
    list_unit,
)
from services.dispatch.handlers.materials import (
    Asking,
    Settling,
    ask_materials,
    hear_materials,
    hear_materials_elsewhere,
    settle_materials,
)
from services.dispatch.handlers.neighbour import hear_neighbour
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.reconcile import ask_custody, hear_custody, reconcile_nightly
from services.dispatch.handlers.reference import hear_reference, share_items
from services.dispatch.handlers.reopen import reopen_case
from services.dispatch.handlers.report_up import Reporting, report_up
from services.dispatch.handlers.rota import (
    PersonListing,
    Plan,
    list_person,
    list_post,
    mark_away,
    mark_back,
    plan_shifts,
    set_day,
)
from services.dispatch.handlers.route import route_cases
from services.dispatch.handlers.searching import take_search
from services.dispatch.handlers.sign import sign
from services.dispatch.handlers.simulate import simulate_some
from services.dispatch.handlers.succeed import Moved, move_orders
from services.dispatch.handlers.suggest import Suggestion, suggest
from services.dispatch.handlers.terms import (
    end_term,
    move_sign_limits,
    note_reminder,
    note_sign_limits,
)
from services.dispatch.handlers.work import Doing, log_work
from shared.security.caller import Caller

__all__ = [
    "Asking",
    "Attempt",
    "Caller",
    "CustodyState",
    "Deciding",
    "Doing",
    "Finishing",
    "GivingBack",
    "House",
    "ItemListing",
    "Listed",
    "Moved",
    "Offering",
    "Opining",
    "PersonListing",
    "Placement",
    "Plan",
    "Pleading",
    "Refusing",
    "Reporting",
    "Ruling",
    "Settling",
    "Suggestion",
    "UnitListing",
    "Watch",
    "accept_hand_over",
    "amend_case",
    "ask_custody",
    "ask_extension",
    "ask_materials",
    "custody_states",
    "decide_dispute",
    "decide_on_extension",
    "dispatch_manually",
    "end_term",
    "erase_case",
    "finish_order",
    "give_opinion",
    "hear_complaint",
    "hear_custody",
    "hear_materials",
    "hear_materials_elsewhere",
    "hear_neighbour",
    "hear_reference",
    "import_units",
    "learn_anew",
    "learn_some",
    "list_item",
    "list_person",
    "list_place",
    "list_post",
    "list_unit",
    "log_contact",
    "log_work",
    "look_for_gaps",
    "mark_away",
    "mark_back",
    "move_orders",
    "move_sign_limits",
    "note_reminder",
    "note_sign_limits",
    "offer_hand_over",
    "plan_shifts",
    "reconcile_nightly",
    "refuse_hand_over",
    "reopen_case",
    "report_up",
    "return_order",
    "route_cases",
    "set_day",
    "settle_materials",
    "share_items",
    "sign",
    "simulate_some",
    "suggest",
    "take_search",
    "withdraw",
]
