"""A tier above advises who has a case below, where that node lets it; the case stays there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.review.handlers.house import House
from services.review.handlers.supervise import complains_of, held_below
from services.review.handlers.trace import leave_trace
from services.review.repository.disclosures import keep_rule, rules_below
from shared.clock import new_id
from shared.errors import Refused
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.review import GuidanceGiven
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.disclosure import may_advise
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True)
class Guiding:
    """What a tier above advises about which case."""

    case_id: UUID
    text: str


def give_guidance(db: Connection, guiding: Guiding, caller: Caller, house: House) -> GuidanceGiven:
    """Advise whoever has a case below; Refused if nobody below has it, or it takes no advice."""
    if complains_of(db, guiding.case_id, caller):
        raise Refused("unknown_case", field="case_id")
    custody = held_below(db, guiding.case_id, house)
    if not may_advise(rules_below(db), custody.holder):
        raise Refused("takes_no_advice", field="case_id")

    fact = GuidanceGiven(
        case_id=custody.case_id,
        occurred_at=caller.now,
        guidance_id=new_id(),
        number=custody.number or "",
        to_node=custody.holder,
        text_masked=mask_text(guiding.text),
        by=caller.by,
    )
    say(db, fact)
    after = {"to": fact.to_node, "text": fact.text_masked}
    leave_trace(db, caller, Action.CASE_ADVISE, fact.guidance_id, after)
    return fact


def hear_rule(db: Connection, event: NodeFactRelayed) -> None:
    """Keep what a node below lets the tier above see."""
    keep_rule(db, event.fact.open(DisclosureSet), event.fact.time)
