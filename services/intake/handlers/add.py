"""A person adds to what they told, or staff does for them: sealed, and shown masked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from services.intake.handlers.counting import too_often
from services.intake.handlers.follow import tell
from services.intake.handlers.group_lead import lead_of
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own, sealed_words
from services.intake.policy.urging import ENDED
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake.afterwards import InformationAdded
from shared.events.words import Channel
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.security.standing import complainant_of

TEXT = "addition"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """What is told more, by which channel, and how often a case takes it in a day."""

    text: str
    channel: Channel | None
    per_day: int


def add_information(
    db: Connection, keys: NodeKeys, look: Look, adding: Adding, caller: Caller
) -> InformationAdded:
    """Keep what is told of a locked case; whoever works on the lead of its group sees it, too."""
    case = look.case
    demand_own(case)
    if look.progress.status in ENDED:
        raise Refused("case_ended")
    most = {keys.keyed_hash("added_number", case.number): adding.per_day}
    wait = too_often(db, most, DAY, caller.now)
    if wait:
        raise Refused("added_too_often", str(wait))
    text, masked = sealed_words(db, keys, case, TEXT, adding.text)
    facts: dict[str, Any] = {
        "occurred_at": caller.now,
        "addition_id": new_id(),
        "round": look.progress.round,
        "text_masked": masked,
        "channel": adding.channel,
        "complainant": complainant_of(caller.actor),
        "by": caller.by,
    }
    added = InformationAdded(**facts, case_id=case.case_id, text=text)
    tell(db, added)
    lead = lead_of(db, case)
    if lead is not None:
        say(db, InformationAdded(**facts, case_id=lead.case_id, for_number=case.number))
    leave_trace(db, caller, "case.add", case.number)
    return added
