"""What intake does when it is woken or asked: one module for each use case."""

from services.intake.handlers.accept import Acceptance, accept_case
from services.intake.handlers.claim import Claim, Knock, claim_case, forget_old_counts
from services.intake.handlers.complaint import Named, mark_complained_of
from services.intake.handlers.decline import Declining, decline_case
from services.intake.handlers.follow import FOLLOWED, follow, follow_relayed
from services.intake.handlers.listing import list_item, list_unit
from services.intake.handlers.look import Look, look_up
from services.intake.handlers.lost_code import (
    Asked,
    Asking,
    CodeHouse,
    ask_code,
    forget_old_asks,
    send_codes,
)
from services.intake.handlers.receive import receive_case
from services.intake.handlers.regain import Opened, Trying, renew_code, use_code
from services.intake.handlers.register import Registered, Report, register_case
from services.intake.handlers.reveal import Person, Revealed, reveal_person
from shared.security.caller import Caller
from shared.security.parties import Party

__all__ = [
    "FOLLOWED",
    "Acceptance",
    "Asked",
    "Asking",
    "Caller",
    "Claim",
    "CodeHouse",
    "Declining",
    "Knock",
    "Look",
    "Named",
    "Opened",
    "Party",
    "Person",
    "Registered",
    "Report",
    "Revealed",
    "Trying",
    "accept_case",
    "ask_code",
    "claim_case",
    "decline_case",
    "follow",
    "follow_relayed",
    "forget_old_asks",
    "forget_old_counts",
    "list_item",
    "list_unit",
    "look_up",
    "mark_complained_of",
    "receive_case",
    "register_case",
    "renew_code",
    "reveal_person",
    "send_codes",
    "use_code",
]
