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
from services.dispatch.handlers.importing import import_lines
from services.dispatch.handlers.items import ItemListing, list_item
from services.dispatch.handlers.join import hear_grouped, hear_ungrouped
from services.dispatch.handlers.learn import learn_anew, learn_some
from services.dispatch.handlers.ledger import CustodyState, custody_states
from services.dispatch.handlers.listing import (
    Listed,
    UnitListing,
    list_place,
    list_unit,
)
from services.dispatch.handlers.local_days import hear_local_year
from services.dispatch.handlers.materials import (
    Asking,
    Settling,
    ask_materials,
    hear_materials,
    hear_materials_elsewhere,
    settle_materials,
)
from services.dispatch.handlers.meetings import (
    Convening,
    Reply,
    Sitting,
    cancel_meeting,
    convene,
    hear_unit,
    invite,
    is_convenor,
    move_meeting,
    reply,
    take_meeting,
)
from services.dispatch.handlers.meetings_minutes import (
    Drafting,
    DutyAsked,
    confirm_meeting,
    draft_minutes,
    minutes_file,
)
from services.dispatch.handlers.meetings_reminding import remind_of_meeting
from services.dispatch.handlers.meetings_rounds import Holding, Was, hold_round
from services.dispatch.handlers.meetings_seats import PartyAsked
from services.dispatch.handlers.neighbour import hear_neighbour
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.on_spot import answer_on_spot
from services.dispatch.handlers.outside import (
    OutsideAsking,
    Sent,
    ask_outside,
    remind_parties,
    send_again,
    stop_asking_complained_of,
    withdraw_question,
)
from services.dispatch.handlers.outside_door import (
    OutsideAnswer,
    OutsideClaim,
    OutsideKnock,
    add_outside_file,
    answer_question,
    claim_question,
    remove_outside_file,
    unit_phone,
)
from services.dispatch.handlers.outside_files import OutsideFile, file_room, move_to_store
from services.dispatch.handlers.outside_reading import (
    ReadAnswer,
    answer_in_words,
    file_in_full,
    own_answer,
)
from services.dispatch.handlers.outside_register import (
    Look,
    Looking,
    PartyListing,
    count_look,
    list_party,
    look_at_party,
)
from services.dispatch.handlers.part_leading import TakingBack, urge_part, withdraw_part
from services.dispatch.handlers.part_steps import (
    Declining,
    Dissent,
    PartAnswer,
    answer_part,
    decline_part,
    dissent_from_part,
)
from services.dispatch.handlers.parts import Opening, dispatch_with, open_part
from services.dispatch.handlers.reclassify import (
    Reclassifying,
    hear_reclassified_elsewhere,
    reclassify,
)
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
from services.dispatch.handlers.track import (
    Consenting,
    Tracking,
    decide_on_tracking,
    hear_tracked_elsewhere,
    hear_worked_year,
    report_tracking,
)
from services.dispatch.handlers.withdrawn import hear_withdrawn, hear_withdrawn_elsewhere
from services.dispatch.handlers.work import Doing, log_part_work, log_work
from shared.security.caller import Caller

__all__ = [
    "Asking",
    "Attempt",
    "Caller",
    "Consenting",
    "Convening",
    "CustodyState",
    "Deciding",
    "Declining",
    "Dissent",
    "Doing",
    "Drafting",
    "DutyAsked",
    "Finishing",
    "GivingBack",
    "Holding",
    "House",
    "ItemListing",
    "Listed",
    "Look",
    "Looking",
    "Moved",
    "Offering",
    "Opening",
    "Opining",
    "OutsideAnswer",
    "OutsideAsking",
    "OutsideClaim",
    "OutsideFile",
    "OutsideKnock",
    "PartAnswer",
    "PartyAsked",
    "PartyListing",
    "PersonListing",
    "Placement",
    "Plan",
    "Pleading",
    "ReadAnswer",
    "Reclassifying",
    "Refusing",
    "Reply",
    "Reporting",
    "Ruling",
    "Sent",
    "Settling",
    "Sitting",
    "Suggestion",
    "TakingBack",
    "Tracking",
    "UnitListing",
    "Was",
    "Watch",
    "accept_hand_over",
    "add_outside_file",
    "amend_case",
    "answer_in_words",
    "answer_on_spot",
    "answer_part",
    "answer_question",
    "ask_custody",
    "ask_extension",
    "ask_materials",
    "ask_outside",
    "cancel_meeting",
    "claim_question",
    "confirm_meeting",
    "convene",
    "count_look",
    "custody_states",
    "decide_dispute",
    "decide_on_extension",
    "decide_on_tracking",
    "decline_part",
    "dispatch_manually",
    "dispatch_with",
    "dissent_from_part",
    "draft_minutes",
    "end_term",
    "erase_case",
    "file_in_full",
    "file_room",
    "finish_order",
    "give_opinion",
    "hear_complaint",
    "hear_custody",
    "hear_grouped",
    "hear_local_year",
    "hear_materials",
    "hear_materials_elsewhere",
    "hear_neighbour",
    "hear_reclassified_elsewhere",
    "hear_reference",
    "hear_tracked_elsewhere",
    "hear_ungrouped",
    "hear_unit",
    "hear_withdrawn",
    "hear_withdrawn_elsewhere",
    "hear_worked_year",
    "hold_round",
    "import_lines",
    "invite",
    "is_convenor",
    "learn_anew",
    "learn_some",
    "list_item",
    "list_party",
    "list_person",
    "list_place",
    "list_post",
    "list_unit",
    "log_contact",
    "log_part_work",
    "log_work",
    "look_at_party",
    "look_for_gaps",
    "mark_away",
    "mark_back",
    "minutes_file",
    "move_meeting",
    "move_orders",
    "move_sign_limits",
    "move_to_store",
    "note_reminder",
    "note_sign_limits",
    "offer_hand_over",
    "open_part",
    "own_answer",
    "plan_shifts",
    "reclassify",
    "reconcile_nightly",
    "refuse_hand_over",
    "remind_of_meeting",
    "remind_parties",
    "remove_outside_file",
    "reopen_case",
    "reply",
    "report_tracking",
    "report_up",
    "return_order",
    "route_cases",
    "send_again",
    "set_day",
    "settle_materials",
    "share_items",
    "sign",
    "simulate_some",
    "stop_asking_complained_of",
    "suggest",
    "take_meeting",
    "take_search",
    "unit_phone",
    "urge_part",
    "withdraw",
    "withdraw_part",
    "withdraw_question",
]
